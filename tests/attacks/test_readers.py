"""Readers of answers take time in proportion to the text, whatever stands in it; what is not read is called unread."""

import time
from random import Random

import pytest

from auscult.analysis.gate.must import criteria_of
from auscult.corpora.medxpertqa import without_choices
from auscult.errors import UserError
from auscult.facts import read_facts
from auscult.facts.presence_questions import finding_asked
from auscult.records import Item
from auscult.scorers import Scorer, ScorerOptions, select
from auscult.scorers.judges.replies import JsonReply, Unreadable, published, strict
from auscult.scorers.premise import read as read_premise

SECONDS = 10.0
"""Of processor time for one text and one reader; on two slow cores the slowest takes about two."""
MILLION = 1_000_000
UNITS = (
    "no x of ", "no effusion of ", "not ", "but ", "(", "[", "{", '{"a":', "1", "12,", "1.", "3 mm ", "3 x ",
    "and ", "- ", "left ", "pleural effusion, ", "There is no effusion. ", "A) ", "The answer is ",
    "Answer: A\n", " ", "\n", "a\u0301", "if ", "<think>", "<", "yes no ", "cannot be ", "one hundred and ",
    '"', "'", "```\n", ":", "? no ", "3-", "10^", "½", "\\frac{", "| a | b |\n", "中", "\u200b", "without ",
    "however, ", "*", "is there ",
)  # fmt: skip
LAST = " " + " ".join(f"w{i * 7919 % 1000}" for i in range(300)) + "."
"""What no reader takes for a loop that a model was caught in."""


def item(kind: str, **more: object) -> Item:
    told = {"question": "Is there a pleural effusion?", "reference": "yes", **more}
    return Item(id="i", case_id="c", source_id="s", answer_type=kind, **told)  # type: ignore[arg-type]


PREMISE = item(
    "open",
    reference="There is no effusion.",
    premise="There is a left pleural effusion.",
    premise_form="presupposition",
    question="How large is the left pleural effusion?",
)
ITEMS = (
    item("yes_no"),
    item("choice", options=("pleural effusion", "pneumothorax", "left lung"), reference="pneumothorax"),
    item("number", reference="3", question="How many lesions are there?"),
    item("open", reference="left pleural effusion"),
    item("report", reference="The heart is normal. No effusion."),
    PREMISE,
)
SCORERS = [s for s in select(("default",), ScorerOptions()) if isinstance(s, Scorer)]


def read_by_all(text: str) -> None:
    for one in ITEMS:
        for scorer in SCORERS:
            if scorer.applies(one):
                began = time.process_time()
                scorer.rule(one, text)
                took = time.process_time() - began
                assert took < SECONDS, f"{scorer.instrument.id} took {took:.1f} s for {one.answer_type}"


@pytest.mark.parametrize("unit", UNITS)
def test_no_repeated_text_takes_long(unit: str) -> None:
    read_by_all((unit * (20_000 // len(unit)))[:20_000] + LAST)


@pytest.mark.parametrize("seed", range(4))
def test_no_mixture_takes_long(seed: int) -> None:
    chance = Random(seed)
    read_by_all("".join(chance.choice(UNITS) for _ in range(5_000)))


@pytest.mark.parametrize(
    "unit", [pytest.param("<", marks=pytest.mark.slow), "no x of ", "1", "((", "a\u0301", "There is no effusion. "]
)
def test_a_million_characters_are_read_or_called_too_long(unit: str) -> None:
    text = (unit * (MILLION // len(unit)))[:MILLION] + LAST
    read_by_all(text)
    assert read_premise(PREMISE, text).response == "too long"


def test_a_sentence_that_never_ends_is_unread_and_not_read_wrongly() -> None:
    for unit in ("but ", ":", "no x of "):
        text = "No, there is no effusion" + (unit * (40_000 // len(unit))) + LAST
        assert read_premise(PREMISE, text).response == "too long"
    assert read_premise(PREMISE, "No, there is no effusion.").response == "denied"


@pytest.mark.parametrize("unit", ["no effusion of ", "(", "3 x ", "1.", "and ", "not "])
def test_facts_and_findings_asked_about_take_no_long(unit: str) -> None:
    text = unit * (20_000 // len(unit))
    for read in (read_facts, finding_asked):
        began = time.process_time()
        read(text)  # type: ignore[operator]
        assert time.process_time() - began < SECONDS


class _Said(JsonReply):
    reading: str


@pytest.mark.parametrize("unit", ["[", "{", '{"a":', "1", " ", "\n", "```", "<think>", "1 "])
def test_a_judges_reply_of_a_million_characters_is_unreadable_at_once(unit: str) -> None:
    text = unit * (MILLION // len(unit))
    for read in (lambda t: _Said.read(t, "x"), strict, published):
        began = time.process_time()
        with pytest.raises(Unreadable):
            read(text)
        assert time.process_time() - began < SECONDS


@pytest.mark.parametrize("sign", [":", " ", "(", "-", "Answer Choices: ", "yes or no "])
def test_a_question_of_one_sign_repeated_takes_no_square_of_its_length(sign: str) -> None:
    question = sign * (50_000 // len(sign)) + "x"
    began = time.process_time()
    finding_asked(question)
    without_choices(question, ("a", "b"))
    assert time.process_time() - began < 2


def test_a_limit_that_is_no_limit_is_refused_unread() -> None:
    with pytest.raises(UserError, match="at most 300 characters"):
        criteria_of(["inventions of " + "a of " * 50_000])
