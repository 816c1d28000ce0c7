"""Promise: a server that is down or too slow stops the work, and a field that it refuses is left out once, and said."""

import asyncio
import subprocess
import sys
from pathlib import Path

import orjson
import pytest
from aiohttp import web
from tests.attacks.serving import completion, serving, small_items

import auscult as au
from auscult.engine.journal import Journal
from auscult.engine.limits import AskOptions, Outage
from auscult.errors import ServerDown
from auscult.models import CallFailed, ModelOptions, create
from auscult.records import Answer, Call, Decoding, Message
from auscult.store.tables import read_rows


def good() -> web.Response:
    return web.Response(body=completion(), content_type="application/json")


class Failing:
    """Answers the first questions, and then no more."""

    def __init__(self, answers: int, then: str) -> None:
        self.answers, self.then = answers, then

    async def __call__(self, request: web.Request) -> web.StreamResponse:
        await request.read()
        self.answers -= 1
        if self.answers >= 0:
            return good()
        if self.then == "hangs":
            await asyncio.sleep(60)
        if self.then == "closes":
            assert request.transport
            request.transport.abort()
        return web.Response(status=502, text="no backend")


@pytest.mark.parametrize("then", ["hangs", "closes", "says 502"])
def test_a_server_that_stops_answering_stops_the_run_and_the_same_call_goes_on(tmp_path: Path, then: str) -> None:
    items, run = small_items(tmp_path, 8), tmp_path / "run"
    asking = AskOptions(timeout=0.3, retries=2, pause=0.01, concurrency=4)
    chat = Failing(10, then)
    with serving(chat) as server:
        spec = f"openai:m@{server.url}"
        with pytest.raises(ServerDown, match="10 finished calls are kept"):
            au.evaluate(items, spec, run, canary=False, split="all", asking=asking)
        assert server.chats < 60, "all questions were tried to the end"
        chat.answers = 10_000
        before = server.chats
        au.evaluate(items, spec, run, canary=False, split="all", asking=asking)
        asked = server.chats - before
    rows = list(read_rows(run / "answers.parquet", Answer))
    assert {row.text for row in rows} == {"Yes."}
    assert asked == Journal(run / "journal").totals.calls - 10 > 60


def test_the_command_line_says_so_in_a_line_with_an_exit_code_of_its_own(tmp_path: Path) -> None:
    items = small_items(tmp_path, 8)
    with serving(Failing(3, "hangs")) as server:
        words = ["evaluate", items, "--model", f"openai:m@{server.url}", "--out", tmp_path / "run", "--no-canary"]
        words += ["--split", "all", "--timeout", "0.3", "--retries", "1", "--give-up-after", "3"]
        ran = subprocess.run([sys.executable, "-m", "auscult", *map(str, words)], capture_output=True, text=True)
    assert ran.returncode == 7 and "Traceback" not in ran.stderr
    assert "does not answer, 3 times in a row" in ran.stderr.splitlines()[-1]


def test_what_went_out_together_counts_once_and_any_reply_ends_the_row() -> None:
    outage = Outage(3)
    assert not any(outage.failed(1.0) for _ in range(30)) and outage.in_a_row == 1
    assert not outage.failed(float("inf"))
    outage.ended()
    assert [outage.failed(float("inf")) for _ in range(3)] == [False, False, True]
    assert not any(Outage(0).failed(float("inf")) for _ in range(30))


FIELDS = [
    ("temperature", Decoding(temperature=0.5)),
    ("top_p", Decoding(top_p=0.9)),
    ("seed", Decoding(seed=3)),
]
REFUSALS = [
    (400, {"error": {"message": "Unsupported parameter: '{}' is not supported.", "code": "unsupported_parameter"}}),
    (422, {"detail": [{"loc": ["body", "{}"], "msg": "Extra inputs are not permitted", "type": "extra_forbidden"}]}),
    (500, {"error": {"message": "1 validation error: ('body', '{}') Extra inputs are not permitted"}}),
    (502, {"error": {"message": "upstream: 1 validation error: ('body', '{}') Extra inputs are not permitted"}}),
]


@pytest.mark.parametrize(("status", "refusal"), REFUSALS, ids=lambda r: str(r)[:5])
@pytest.mark.parametrize(("field", "decoding"), FIELDS, ids=[f for f, _ in FIELDS])
async def test_a_field_that_a_server_refuses_is_left_out_once_and_said(
    field: str, decoding: Decoding, status: int, refusal: dict[str, object]
) -> None:
    bodies: list[dict[str, object]] = []

    async def chat(request: web.Request) -> web.StreamResponse:
        bodies.append(orjson.loads(await request.read()))
        if field in bodies[-1]:
            said = orjson.dumps(refusal).replace(b"{}", field.encode())
            return web.Response(status=status, body=said, content_type="application/json")
        return good()

    with serving(chat) as server:
        model = create(f"openai:m@{server.url}", ModelOptions())
        call = Call(messages=(Message("user", ("Is there an effusion?",)),), decoding=decoding)
        replies = [(await model.reply([call]))[0] for _ in range(3)]
        await model.close()
    assert [field in body for body in bodies] == [True, False, False, False]
    assert all(f"asked without {field}" in reply.detail for reply in replies)


async def test_a_value_that_a_server_refuses_names_its_option_and_is_not_tried_again() -> None:
    said = orjson.dumps({"error": {"message": "1 validation error: temperature: Input should be less than 2"}})

    async def chat(request: web.Request) -> web.StreamResponse:
        await request.read()
        return web.Response(status=503, body=said, content_type="application/json")

    with serving(chat) as server:
        model = create(f"openai:m@{server.url}", ModelOptions())
        with pytest.raises(CallFailed) as caught:
            await model.reply([Call(messages=(Message("user", ("?",)),))])
        await model.close()
    assert (caught.value.kind, caught.value.retryable, server.chats) == ("rejected", False, 1)
    assert "--temperature" in caught.value.detail
