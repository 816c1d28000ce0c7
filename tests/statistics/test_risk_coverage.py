import numpy as np
import pytest

from auscult.statistics.risk_coverage import by_agreement, curve


def test_the_majority_is_chosen_and_its_share_is_the_confidence() -> None:
    said = np.array([[1, 1, 2], [2, 1, 2], [1, 2, 3]])
    found = by_agreement(said, np.ones((3, 3), bool))
    assert said[[0, 1, 2], found.sample].tolist() == [1, 2, 1]
    assert found.confidence == pytest.approx([2 / 3, 2 / 3, 1 / 3])


def test_samples_that_answer_nothing_agree_with_each_other_whatever_their_words() -> None:
    found = by_agreement(np.array([[7, 8, 1], [7, 1, 1]]), np.array([[False, False, True], [False, True, True]]))
    assert found.confidence == pytest.approx([0, 2 / 3])


def test_the_curve_rises_in_coverage_and_counts_what_is_never_answered() -> None:
    sure = np.array([1.0, 1.0, 0.6, 0.6, 0.0])
    points = curve(sure, np.array([0.0, 0.0, 1.0, 0.0, 1.0]))
    assert [(p.threshold, p.n) for p in points] == [(1.0, 2), (0.6, 4)]
    assert [p.coverage for p in points] == pytest.approx([0.4, 0.8])
    assert [p.risk for p in points] == pytest.approx([0.0, 0.25])


def test_a_model_that_never_answers_has_no_curve() -> None:
    assert curve(np.zeros(4), np.ones(4)) == ()
