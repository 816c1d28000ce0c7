"""Promise: what a server says beside its answer can neither stop a run nor a later one of the same command."""

import asyncio
import zlib
from pathlib import Path

import orjson
import pytest
from tests.attacks.serving import completion, serving, small_items

import auscult as au
from auscult.engine.ask import JournalledAsk
from auscult.engine.journal import Journal
from auscult.engine.limits import AskOptions
from auscult.models import ModelOptions, create
from auscult.records import Answer, Call, Message, Reply
from auscult.store.tables import read_rows, write_rows

KEY = "0123456789abcdef" * 2
COUNTS = [True, 2**63, 2**64, -1, 1.5, float("nan"), float("inf"), "12", [1], {"n": 1}, None]


def asked(url: str, folder: Path) -> Reply:
    async def once() -> Reply:
        model = create(f"openai:m@{url}", ModelOptions())
        ask = JournalledAsk(model, Journal(folder), AskOptions(retries=0))
        try:
            return await ask(Call(messages=(Message("user", ("Is there an effusion?",)),)))
        finally:
            ask.journal.close()
            await model.close()

    return asyncio.run(once())


def as_row(reply: Reply, path: Path) -> None:
    """Writes a reply as a table would hold it; fails where it fits none."""
    names = ("text", "finish", "tokens_in", "tokens_out", "seconds", "attempts")
    taken = {name: getattr(reply, name) for name in names}
    write_rows(path, Answer, [Answer(id="a", item_id="i", case_id="c", model="m", protocol="p", **taken)])


@pytest.mark.parametrize("count", COUNTS, ids=str)
def test_no_count_of_a_server_fits_no_row(tmp_path: Path, count: object) -> None:
    with serving(completion({"prompt_tokens": count, "completion_tokens": count})) as server:
        reply = asked(server.url, tmp_path / "journal")
    assert reply.text == "Yes." and type(reply.tokens_in) is int and reply.tokens_in == 0
    as_row(reply, tmp_path / "t.parquet")


@pytest.mark.parametrize(
    "choice",
    [
        {"finish_reason": "x" * 1_000_000},
        {"finish_reason": ["stop"]},
        {"finish_reason": 7},
        {"logprobs": float("nan")},
        {"message": {"content": "Yes.\ud83d"}},
        {"message": {"content": "Yes.\x00"}},
        {"message": {"content": [{"type": "text", "text": "Yes."}]}},
    ],
    ids=lambda c: str(c)[:40],
)
def test_odd_values_beside_an_answer_leave_the_answer(tmp_path: Path, choice: dict[str, object]) -> None:
    with serving(completion({"prompt_tokens": 3}, **choice)) as server:
        reply = asked(server.url, tmp_path / "journal")
    assert not reply.failure and reply.text.startswith("Yes.") and len(reply.finish) < 20
    as_row(reply, tmp_path / "t.parquet")


@pytest.mark.parametrize("content", [None, 7, True, {"text": "Yes."}, [7], [["text"]], [{"type": ["text"]}]], ids=str)
def test_what_is_no_answer_is_a_failed_request(tmp_path: Path, content: object) -> None:
    with serving(completion(message={"content": content}, finish_reason=None)) as server:
        assert asked(server.url, tmp_path / "journal").failure == "bad_reply"


@pytest.mark.parametrize("choices", ['"yes"', "7", "[]", "[7]", "[[]]", "{}", "[{}]", '[{"message": "Yes."}]'])
def test_choices_of_odd_types_are_a_failed_request(tmp_path: Path, choices: str) -> None:
    with serving(b'{"choices": %s}' % choices.encode()) as server:
        assert asked(server.url, tmp_path / "journal").failure == "bad_reply"


def journalled(folder: Path, reply: dict[str, object], head: bytes = b"1 1 1") -> None:
    """A journal with one reply, as a program without bounds wrote it."""
    body = b"%b %b" % (head, orjson.dumps(reply))
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "000001.jsonl").write_bytes(b"%b %08x %b\n" % (KEY.encode(), zlib.crc32(body), body))


@pytest.mark.parametrize(
    ("reply", "head"),
    [
        ({"text": "Yes.", "tokens_in": True}, b"1 1 1"),
        ({"text": "Yes.", "tokens_in": 2**63}, b"9223372036854775808 1 1"),
        ({"text": "Yes.", "tokens_in": -1}, b"-1 1 1"),
        ({"text": ["Yes."]}, b"0 0 1"),
        ({"text": None}, b"0 0 1"),
        ({"text": "Yes.", "unknown": 1}, b"0 0 1"),
        ({"text": "Yes.", "seconds": "1"}, b"0 0 1"),
        ([], b"0 0 1"),
        ({"text": "Yes."}, b"none at all"),
    ],
    ids=str,
)
def test_a_journalled_reply_that_fits_no_row_counts_as_not_there(
    tmp_path: Path, reply: dict[str, object], head: bytes
) -> None:
    journalled(tmp_path, reply, head)
    journal = Journal(tmp_path)
    assert journal.find(KEY) is None
    journal.append(KEY, Reply(text="No."))
    journal.close()
    again = Journal(tmp_path)
    found = again.find(KEY)
    assert found and found.text == "No."
    again.close()


def test_a_run_whose_journal_holds_such_a_reply_goes_on(tmp_path: Path) -> None:
    items, run = small_items(tmp_path), tmp_path / "run"
    with serving(completion({"prompt_tokens": 3})) as server:
        for _ in range(2):
            au.evaluate(items, f"openai:m@{server.url}", run, canary=False, split="all")
            asked = server.chats
            for path in (run / "journal").glob("*.jsonl"):
                bodies = [(line[:32], line[42:]) for line in path.read_bytes().splitlines()]
                bodies = [(key, body.replace(b'"tokens_in":3', b'"tokens_in":true')) for key, body in bodies]
                path.write_bytes(b"".join(b"%b %08x %b\n" % (key, zlib.crc32(body), body) for key, body in bodies))
            for path in run.glob("answers.*"):
                path.unlink()
        au.evaluate(items, f"openai:m@{server.url}", run, canary=False, split="all")
    assert {row.text for row in read_rows(run / "answers.parquet", Answer)} == {"Yes."}
    assert server.chats == 1.5 * asked


def test_a_line_that_stands_in_the_journal_twice_is_used_once(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.append(KEY, Reply(text="Yes.", tokens_in=100, tokens_out=7))
    journal.append("f" * 32, Reply(text="No.", tokens_in=50, tokens_out=5))
    journal.close()
    line = (tmp_path / "000001.jsonl").read_bytes()
    (tmp_path / "000002.jsonl").write_bytes(line + line)
    totals = Journal(tmp_path).totals
    assert (totals.calls, totals.attempts, totals.tokens_in, totals.tokens_out) == (2, 2, 150, 12)


def test_a_stray_file_in_the_journal_stops_nothing(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.append(KEY, Reply(text="Yes."))
    journal.close()
    (tmp_path / "notes.jsonl").write_text("mine\n")
    (tmp_path / "000009.jsonl").mkdir()
    again = Journal(tmp_path)
    found = again.find(KEY)
    assert found and found.text == "Yes." and again.path.name == "000002.jsonl"
    again.close()
