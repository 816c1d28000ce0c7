"""What several checker models come to."""

import pytest

from auscult.construction.drafting import CheckerOptions
from auscult.construction.drafting.checking import (
    FOUND_WRONG,
    NO_MAJORITY,
    NOT_ASKED,
    UNDECIDED,
    Says,
    Verdict,
    check_call,
    vote,
)
from auscult.records import Case, Item

R: Says = "right"
W: Says = "wrong"
U: Says = "unusable"
F: Says = "request_failed"


def given(*said: Says) -> list[Verdict]:
    return [Verdict(item_id="i", checker=f"c{n}", verdict=one, reason="why") for n, one in enumerate(said)]


@pytest.mark.parametrize("said", [(), (R,), (R, R), (R, R, W), (R, R, U), (R, R, F), (R, R, R, W)])
def test_more_than_half_of_all_checkers_let_a_pair_in(said: tuple[Says, ...]) -> None:
    assert vote(given(*said)).accepted


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ((W,), FOUND_WRONG),
        ((W, W, R), FOUND_WRONG),
        ((R, W), NO_MAJORITY),
        ((W, U), NO_MAJORITY),
        ((U,), UNDECIDED),
        ((R, U), UNDECIDED),
        ((R, W, U), UNDECIDED),
        ((U, U, W), UNDECIDED),
        ((F,), NOT_ASKED),
        ((R, F), NOT_ASKED),
        ((R, W, F), NOT_ASKED),
    ],
)
def test_what_is_missing_is_a_vote_for_neither_side(said: tuple[Says, ...], reason: str) -> None:
    found = vote(given(*said))
    assert not found.accepted
    assert found.reason == reason
    assert found.failed == (reason == NOT_ASKED)
    assert "why" in found.said


def test_a_failed_request_that_cannot_change_the_outcome_leaves_nothing_open() -> None:
    assert not vote(given(W, W, F)).failed


def test_all_that_is_common_to_the_pairs_of_a_case_precedes_the_pair() -> None:
    case = Case(id="c", source="s", source_key="k", annotation="The heart is enlarged.")
    pair = {"id": "i", "case_id": "c", "source_id": "", "answer_type": "open", "reference": "Yes."}
    one, other = (
        check_call(case, Item(question=q, **pair), CheckerOptions())  # type: ignore[arg-type]
        for q in ("Is it large?", "Where is it?")
    )
    assert one.messages[0] == other.messages[0]
    shared = one.messages[1].text[: one.messages[1].text.index("<<question")]
    assert "The heart is enlarged." in shared
    assert other.messages[1].text.startswith(shared)
