"""What was meant, from what was read and a few labels."""

import numpy as np
import pytest

from auscult.errors import UserError
from auscult.statistics import misreading
from auscult.statistics.mean import mean
from auscult.statistics.misreading import Answered, Labelled, check_labels, corrected

YES, NO, UNCLEAR = range(3)
LOSES_NO = np.array([[0.97, 0.01, 0.02], [0.02, 0.80, 0.18], [0.05, 0.05, 0.90]])
"""A reader that loses a denial far more often than an assertion."""


def answers(read: list[int], truth: list[int], **more: list[bool]) -> Answered:
    n = len(read)
    masks = {name: np.array(more.get(name, [False] * n)) for name in ("silent", "missing")}
    return Answered(truth=np.array(truth, bool), read=np.array(read), clusters=np.arange(n), **masks)


def labels(*rows: tuple[int, int, int]) -> Labelled:
    """(meant, read, how many)."""
    meant, read = (np.array([row[k] for row in rows for _ in range(row[2])]) for k in (0, 1))
    return Labelled(meant=meant, read=read, clusters=np.arange(len(meant)))


def of(answered: Answered, labelled: Labelled, **more: float) -> dict[str, tuple[float | None, int]]:
    return {n: (e.value, e.n) for n, e in corrected(answered, labelled, instrument="closed@5", **more).items()}


def test_the_matrix_is_inverted_for_the_questions_of_each_truth() -> None:
    # of what means no a quarter is read as unclear: 30 read as no were 40, the 10 unclear were no
    answered = answers([YES] * 60 + [NO] * 30 + [UNCLEAR] * 10, [0] * 100)
    found = of(answered, labels((YES, YES, 20), (NO, NO, 15), (NO, UNCLEAR, 5), (UNCLEAR, UNCLEAR, 5)))
    assert found == {"accuracy": (pytest.approx(0.4), 100), "specificity": (pytest.approx(0.4), 100)}


def test_a_perfect_reader_changes_nothing() -> None:
    answered = answers([YES] * 6 + [NO] * 3 + [UNCLEAR] + [NO] * 8 + [YES] * 2, [1] * 10 + [0] * 10)
    found = of(answered, labels((YES, YES, 9), (NO, NO, 9), (UNCLEAR, UNCLEAR, 9)))
    assert {n: v for n, (v, _) in found.items()} == pytest.approx(
        {"accuracy": 0.7, "sensitivity": 0.6, "specificity": 0.8}
    )


def test_without_a_label_unclear_no_answer_is_taken_to_mean_that() -> None:
    answered = answers([YES] * 50 + [NO] * 40 + [UNCLEAR] * 10, [0] * 100)
    found = of(answered, labels((YES, YES, 20), (NO, NO, 16), (NO, UNCLEAR, 4)))
    assert found["specificity"] == (pytest.approx(0.5), 100)


def test_a_refusal_means_neither_and_stays_in_the_denominator() -> None:
    answered = answers([NO] * 6 + [UNCLEAR] * 4, [0] * 10, silent=[False] * 6 + [True] * 4)
    assert of(answered, labels((YES, YES, 9), (NO, NO, 9)))["specificity"] == (pytest.approx(0.6), 10)


def test_an_error_that_no_answer_shows_is_not_taken_for_impossible() -> None:
    answered = answers([YES] * 20, [1] * 20)
    found = corrected(answered, labels((YES, YES, 9), (NO, NO, 9)), instrument="")["sensitivity"]
    plain = mean([1.0] * 20, range(20), name="")
    assert found.value == pytest.approx(1) and found.high == pytest.approx(1)
    assert found.low is not None and plain.low is not None and found.low == pytest.approx(plain.low, abs=0.05)


def test_missing_answers_are_wrong_at_one_end_and_right_at_the_other() -> None:
    answered = answers([NO] * 8 + [UNCLEAR] * 2, [0] * 10, missing=[False] * 8 + [True] * 2)
    known = labels((YES, YES, 9), (NO, NO, 9))
    found = corrected(answered, known, instrument="", max_missing=0.2)["specificity"]
    assert (found.value, found.worst, found.best, found.n, found.missing) == (1, 0.8, 1, 8, 2)
    hidden = corrected(answered, known, instrument="")["specificity"]
    assert hidden.value is None and "2 of 10 answers are missing" in hidden.withheld and hidden.high == 1


def test_a_reader_that_tells_nothing_apart_is_refused() -> None:
    blind = labels((YES, YES, 10), (YES, NO, 10), (NO, YES, 10), (NO, NO, 10))
    found = corrected(answers([YES, NO] * 10, [0, 1] * 10), blind, instrument="")
    assert all(e.value is None and "does not tell meanings apart" in e.withheld for e in found.values())


@pytest.mark.parametrize(
    ("counts", "name"), [((5, 4, 0), "'no'"), ((0, 9, 0), "'yes'"), ((9, 9, 4), "'unclear'"), ((4, 9, 9), "'yes'")]
)
def test_under_a_handful_of_a_meaning_is_refused(counts: tuple[int, int, int], name: str) -> None:
    with pytest.raises(UserError, match=f"labelled answers mean {name}"):
        check_labels(np.repeat([YES, NO, UNCLEAR], counts))


def test_what_the_reader_makes_of_each_meaning_is_said() -> None:
    found = of(answers([YES, NO], [1, 0]), labels((YES, YES, 9), (YES, UNCLEAR, 1), (NO, NO, 10)))
    assert set(found) == {"accuracy", "sensitivity", "specificity"}
    known = labels((YES, YES, 9), (YES, UNCLEAR, 1), (NO, NO, 10))
    told = corrected(answers([YES, NO], [1, 0]), known, instrument="")["accuracy"].note
    assert "meant yes: read 90 % yes, 0 % no, 10 % unclear; meant no: read 0 % yes, 100 % no, 0 % unclear" in told


def simulated(seed: int, images: int = 80, each: int = 6, labelled: int = 200) -> tuple[Answered, Labelled]:
    """Answers of a model with sensitivity .8 and specificity .5, correlated within images, read by ``LOSES_NO``."""
    rng = np.random.default_rng(seed)
    clusters = np.repeat(np.arange(images), each)
    truth = rng.random(len(clusters)) < 0.5
    ease = rng.normal(0, 0.1, images)[clusters]
    right = rng.random(len(clusters)) < np.where(truth, 0.8, 0.5) / 0.9 + ease
    meant = np.where(rng.random(len(clusters)) < 0.1, UNCLEAR, np.where(right == truth, YES, NO))
    read = (rng.random(len(clusters))[:, None] > np.cumsum(LOSES_NO, axis=1)[meant]).sum(axis=1)
    none, rows = np.zeros(len(clusters), bool), rng.choice(len(clusters), labelled, replace=False)
    answered = Answered(truth=truth, read=read, silent=none, missing=none, clusters=clusters)
    return answered, Labelled(meant=meant[rows], read=read[rows], clusters=clusters[rows])


def test_the_truth_lies_within_the_interval_and_what_was_read_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(misreading, "DRAWS", 300)
    held, raw, sets = np.zeros(2), [], 60
    for seed in range(sets):
        answered, known = simulated(seed)
        found = corrected(answered, known, instrument="")
        for n, (name, true) in enumerate((("sensitivity", 0.8), ("specificity", 0.5))):
            low, high = found[name].low, found[name].high
            assert low is not None and high is not None
            held[n] += low <= true <= high
        raw.append(float((answered.read[~answered.truth] == NO).mean()))
    assert (held >= 0.9 * sets).all(), held / sets
    assert np.mean(raw) < 0.44  # as read: .02 of the yes and .8 of the no
