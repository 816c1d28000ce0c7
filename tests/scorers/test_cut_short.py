"""Replies that the limit on tokens cut off: unusable, unless the answer was complete before the cut."""

from dataclasses import replace

import pytest
from tests.scorers.items import answer, item

from auscult.records import Item
from auscult.scorers import create, score

EFFUSION = item("yes", "Is there a pleural effusion?")
ORGAN = item("liver", "Which organ is shown?", "choice", options=("heart", "liver", "spleen"))
WIDTH = item("12", "How wide is the nodule in mm?", "number", unit="mm", tolerance=0.5)
OPEN = item("a fracture of the left rib", "What is seen?", "open")


def read(about: Item, text: str, scorer: str = "closed", finish: str = "length") -> tuple[str, str]:
    found = score(create(scorer), about, replace(answer(text), finish=finish))
    return found.status, found.parsed


@pytest.mark.parametrize(
    ("about", "text", "parsed"),
    [
        (EFFUSION, "Yes, there is an effusion on the left.", "yes"),  # ends a sentence
        (EFFUSION, "Yes. The left costophrenic angle is blunted and the", "yes"),
        (EFFUSION, "Yes, the left costophrenic angle is", "yes"),  # the same without what was cut
        (EFFUSION, "Yes", "yes"),  # all that one token holds
        (EFFUSION, "<think>Is the angle sharp?</think>No. The angles are", "no"),
        (ORGAN, "Answer: B", "liver"),
        (ORGAN, "B. The shape and the vessels are those of a", "liver"),
        (EFFUSION, "An effusion is possible. A second film", "unclear"),
    ],
)
def test_an_answer_that_was_complete_before_the_cut_counts(about: Item, text: str, parsed: str) -> None:
    assert read(about, text) == ("ok", parsed)


@pytest.mark.parametrize(
    ("about", "text"),
    [
        (EFFUSION, "<think>The left angle is blunted, so yes, there is an effusion."),  # still thinking
        (EFFUSION, "Looking at the lung bases of this film, I see that there"),
        (EFFUSION, "The heart is not enlarged. An effusion is seen in the"),  # read from what was cut alone
        (ORGAN, "Let me compare the options. The first would be the"),
        (EFFUSION, ""),
    ],
)
def test_an_answer_that_was_not_is_unusable_and_says_so(about: Item, text: str) -> None:
    assert read(about, text) == ("unusable", "cut short")


def test_without_a_cut_the_same_words_are_read_as_ever() -> None:
    text = "The heart is not enlarged. An effusion is seen in the"
    assert read(EFFUSION, text, finish="stop") == read(EFFUSION, text, finish="") == ("ok", "yes")


def test_a_number_at_the_cut_may_have_gone_on() -> None:
    assert read(WIDTH, "It measures 12 mm. The margin is", "number")[0] == "ok"
    assert read(WIDTH, "The nodule measures 1", "number") == ("unusable", "cut short")


def test_an_open_answer_that_stops_in_a_sentence_is_not_scored_by_its_first_half() -> None:
    assert read(OPEN, "A fracture of the left rib.", "token-f1")[0] == "ok"
    found = score(create("token-f1"), OPEN, replace(answer("A fracture of the left"), finish="length"))
    assert (found.status, found.parsed, found.values["recall"]) == ("unusable", "cut short", 0.0)


def test_an_empty_reply_at_the_limit_was_cut_short_and_another_is_empty() -> None:
    for finish, parsed in (("length", "cut short"), ("stop", "empty"), ("content_filter", "refused")):
        found = score(create("closed"), EFFUSION, replace(answer("", status="unusable"), finish=finish))
        assert (found.status, found.parsed, found.values) == ("unusable", parsed, {"correct": 0.0})


def test_a_published_rule_reads_a_cut_reply_as_it_always_did() -> None:
    assert read(EFFUSION, "Looking at this film, yes, I see that there", "llava-med-closed")[0] == "ok"
