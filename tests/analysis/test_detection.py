import pytest

from auscult.analysis.detection import detect

REFERENCES = ["yes", "yes", "yes", "no", "no", "no", "no", "No"]
PARSED = ["yes", "no", "unclear", "yes", "no", "no", "no", "refused"]


def test_counts_and_rates_leave_the_unclear_apart():
    (found,) = detect(["effusion"] * 8, REFERENCES, PARSED)
    assert (found.tp, found.fn, found.unclear_present) == (1, 1, 1)
    assert (found.fp, found.tn, found.unclear_absent) == (1, 3, 1)
    assert found.fabrication == 0.25 and found.miss == 0.5


def test_outcomes_point_back_to_their_rows():
    (found,) = detect(["effusion"] * 8, REFERENCES, PARSED)
    assert found.fabricated.tolist() == [1, 0, 0, 0] and found.fabricated_rows.tolist() == [3, 4, 5, 6]
    assert found.missed.tolist() == [0, 1] and found.missed_rows.tolist() == [0, 1]


def test_targets_are_kept_apart_in_order():
    found = detect(["b", "a", "b"], ["yes", "no", "no"], ["yes", "yes", "no"])
    assert [(d.target, d.tp, d.fp, d.tn) for d in found] == [("b", 1, 0, 1), ("a", 0, 1, 0)]


def test_a_rate_without_denominator_is_none():
    (found,) = detect(["a"], ["yes"], ["unclear"])
    assert found.fabrication is None and found.miss is None


def test_a_reference_that_is_neither_is_refused():
    with pytest.raises(ValueError, match="row 0"):
        detect(["a"], ["maybe"], ["yes"])
