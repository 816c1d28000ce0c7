import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import ClassVar

import pytest
from tests.conftest import REPO
from tests.engine.fakes import Scripted
from tests.protocols.putting import put
from tests.protocols.test_direct import ASKED, item

from auscult.engine.ask import JournalledAsk
from auscult.engine.journal import Journal
from auscult.engine.limits import AskOptions, Prices
from auscult.errors import UserError
from auscult.protocols import ROOM, Asking, Change, Protocol, Question, create
from auscult.records import Answer, Reply
from auscult.store.tables import read_rows, write_rows

CHOICE = Question(item=item(answer_type="choice", options=("left", "right", "both"), reference="both"))


def from_the_docs() -> type[Protocol]:
    """The whole example of docs/how-to/add-a-part.md."""
    section = (REPO / "docs" / "how-to" / "add-a-part.md").read_text("utf-8").split("## A protocol\n")[1]
    example = ModuleType("example")
    exec(section.split("```python\n")[1].split("```")[0], vars(example))
    part: type[Protocol] = example.PROTOCOL
    return part


@dataclass(eq=False)
class Polite(Change):
    version: ClassVar[str] = "1"
    word: str = "Please"

    def put(self, question: Question) -> Question:
        return replace(question, item=replace(question.item, question=f"{self.word}. {question.item.question}"))


class Pleading(Polite):
    pass


@pytest.fixture(autouse=True)
def room(monkeypatch: pytest.MonkeyPatch) -> None:
    """The room with two more parts, as another package adds them."""
    real, more = ROOM.get, {"described": from_the_docs(), "polite": Polite, "pleading": Pleading}
    monkeypatch.setattr(ROOM, "get", lambda n: SimpleNamespace(PROTOCOL=more[n]) if n in more else real(n))


def test_the_room_knows_its_parts() -> None:
    assert ROOM.names() == ["clinhallu", "direct", "few-shot", "shuffled", "staged"]


@pytest.mark.parametrize(
    ("spec", "name"),
    [
        ("direct", "direct@1"),
        ("shuffled:7", "shuffled:7@1+direct@1"),
        ("shuffled:seed=7", "shuffled:7@1+direct@1"),
        ("shuffled:-1+direct", "shuffled:-1@1+direct@1"),
        ("described", "described@1"),
        ("described:50", "described@1"),
        ("polite:Kindly+shuffled:7+described:5", "polite:Kindly@1+shuffled:7@1+described:5@1"),
    ],
)
def test_a_name_says_all_parts_with_options_and_versions(spec: str, name: str) -> None:
    assert create(spec).name == name


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ("nope", "unknown protocol 'nope'; known: clinhallu, direct, few-shot, shuffled, staged"),
        (
            "",
            "protocol '': a name is missing; write NAME or NAME+NAME; "
            "known: clinhallu, direct, few-shot, shuffled, staged",
        ),
        ("shuffled:1+", "protocol 'shuffled:1+': a name is missing"),
        ("shuffled:1+shuffled:2", "protocol 'shuffled:1+shuffled:2': shuffled:2@1 puts a part a second time"),
        ("direct+direct", "direct@1 puts a part a second time; name each part once"),
        ("shuffled", "protocol 'shuffled': seed is missing; write shuffled:seed"),
        ("shuffled:x", "protocol 'shuffled:x': seed: 'x' should be a valid integer; write shuffled:seed"),
        ("shuffled:1,2", "protocol 'shuffled:1,2': '2' is one value too many; write shuffled:seed"),
        ("shuffled:sed=1", "protocol 'shuffled:sed=1': shuffled has no option 'sed'; write shuffled:seed"),
        ("shuffled:1,seed=2", "protocol 'shuffled:1,seed=2': seed is given twice"),
        ("few-shot:0", "protocol 'few-shot:0': k: '0' should be greater than or equal to 1; write few-shot:k[,seed]"),
        ("few-shot:zz=3", "protocol 'few-shot:zz=3': few-shot has no option 'zz'; write few-shot:k[,seed]"),
        ("described:a,b", "'b' is one value too many; write described[:words]"),
        ("direct:5", "protocol 'direct:5': '5' is one value too many; write direct"),
        ("direct+shuffled:7", "protocol 'direct+shuffled:7': direct@1 asks itself, so that nothing can follow it"),
        ("few-shot:2", "few-shot takes its examples from an item set"),
    ],
)
def test_a_spec_that_means_nothing_is_one_line(spec: str, words: str) -> None:
    with pytest.raises(UserError) as error:
        create(spec)
    assert words in str(error.value) and "\n" not in str(error.value)


def test_changes_are_made_from_left_to_right() -> None:
    (call,) = put(create("polite:One+pleading:Two"), ASKED).calls
    assert call.messages[-1].text.startswith("Two. One. Is there")


def test_answers_say_in_which_order_options_stood() -> None:
    shown = {seed: put(create(f"shuffled:{seed}"), CHOICE).answers[0].options for seed in range(9)}
    assert len(set(shown.values())) > 2 and all(sorted(o) == ["both", "left", "right"] for o in shown.values())
    assert put(create("direct"), CHOICE).answers[0].options == CHOICE.item.options


def test_an_answer_of_two_calls_holds_what_both_took_and_the_stage_that_was_given() -> None:
    asking = Asking(model="m", prices=Prices(tokens_in=1e6, tokens_out=0))
    other = replace(ASKED, item=item(id="j"))
    asked = put(create("described", asking), ASKED, other, says=lambda call: f"reply {len(call.messages)}")
    assert [len(c.messages) for c in asked.calls] == [1, 3, 1, 3]
    for answer in asked.answers:
        assert (answer.text, answer.stages) == ("reply 3", {"description": "reply 1"})
        assert (answer.tokens_in, answer.seconds, answer.attempts, answer.cost) == (20, 1.0, 2, 20.0)
    assert [a.item_id for a in asked.answers] == ["i", "j"]


def test_where_the_first_of_two_calls_fails_the_second_is_not_asked_and_the_answer_is_missing() -> None:
    asked = put(create("described"), ASKED, says=Reply(failure="timeout", detail="no reply"))
    assert len(asked.calls) == 1
    assert [(a.status, a.failure, a.detail) for a in asked.answers] == [("request_failed", "timeout", "no reply")]


def test_a_protocol_of_two_calls_is_asked_once_and_goes_on_from_the_journal(tmp_path: Path) -> None:
    def answers() -> tuple[int, Sequence[Answer]]:
        model, journal = Scripted(), Journal(tmp_path)
        ask = JournalledAsk(model, journal, AskOptions())
        made = asyncio.run(create("described").answers([ASKED], ask))
        journal.close()
        return model.requests, made

    (asked, first), (again, second) = answers(), answers()
    assert (asked, again) == (2, 0) and first == second


def test_what_was_shown_and_drawn_is_kept_in_the_table(tmp_path: Path) -> None:
    (answer,) = put(create("shuffled:1+described"), CHOICE).answers
    answer = replace(answer, images=("images/a.png",))
    write_rows(tmp_path / "answers.parquet", Answer, [answer])
    assert list(read_rows(tmp_path / "answers.parquet", Answer)) == [answer]
