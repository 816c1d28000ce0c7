"""What a scorer says of an answer goes into its score as it is; whatever fails before it never comes to the rule."""

from dataclasses import replace

from tests.scorers.items import answer, item, made_up

from auscult.scorers import Verdict, score

SCORER = made_up(lambda item, text: Verdict(status="unread", parsed="unread", explanation="two positions"), "yes_no")


def test_an_answer_that_could_not_be_read_has_no_value() -> None:
    found = score(SCORER, item("yes"), answer("Perhaps not yes."))
    assert (found.status, found.parsed, found.values) == ("unread", "unread", {})
    assert found.explanation == "two positions"


def test_an_answer_that_never_came_is_missing_and_an_empty_one_is_not_correct() -> None:
    failed = replace(answer("", status="request_failed"), failure="timeout")
    assert (score(SCORER, item("yes"), failed).status, score(SCORER, item("yes"), failed).values) == (
        "request_failed",
        {},
    )
    empty = score(SCORER, item("yes"), answer("", status="unusable"))
    assert (empty.status, empty.values) == ("unusable", {"correct": 0.0})
