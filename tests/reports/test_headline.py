"""What must be read before the figures of a run, as the terminal shows them at length."""

from pathlib import Path

from tests.reports.synthetic import estimate, summary

from auscult.analysis.summary import Figure
from auscult.records import Canary, Certificate
from auscult.reports.headline import alerts
from auscult.reports.places import PLUMBING


def test_plumbing_stops_the_reader_first(tmp_path: Path) -> None:
    first = alerts(summary(tmp_path, plumbing_only=True))[0]
    assert (first.weight, first.text) == ("stop", PLUMBING)


def test_alerts_name_warnings_withheld_values_and_the_canary(tmp_path: Path) -> None:
    texts = [a.text for a in alerts(summary(tmp_path))]
    assert "This set was public before the model was trained." in texts
    assert "Headline, yes/no questions: the image changes nothing" in texts
    assert "Withheld: detection, mass, fabrication: 5 absent cases are too few for a rate" in texts
    assert texts[-1] == "Two-image canary passed: two images, one question, two answers."


def test_many_ranges_are_counted_and_not_listed_one_by_one(tmp_path: Path) -> None:
    one = estimate(None, low=0.4, high=0.7, missing=30, withheld="30 of 200 items are missing (15.0%, over 5%)")
    about = {"section": "headline", "metric": "accuracy", "scorer": "closed@2", "with_image": one}
    lines = [Figure(label=f"line {n}", **about) for n in range(40)]  # type: ignore[arg-type]
    texts = [a.text for a in alerts(summary(tmp_path, {"headline": lines}))]
    assert "Range only: headline, line 0, with image: 30 of 200 items are missing (15.0%, over 5%)" in texts
    assert sum(t.startswith(("Range only", "Withheld")) for t in texts) == 6
    assert any("more figures are withheld or given as a range" in t for t in texts)


def test_a_failed_canary_stops_the_reader_first(tmp_path: Path) -> None:
    first = alerts(summary(tmp_path, canary=Canary(status="failed", detail="both images got one answer")))[0]
    assert (first.weight, first.text) == ("stop", "Two-image canary failed: both images got one answer.")


def test_an_instrument_that_did_not_pass_is_an_alert(tmp_path: Path) -> None:
    bad = Certificate(instrument="judge@1", subject="x", passed=False, figures=(), summary="Found 12 % of errors.")
    texts = [a.text for a in alerts(summary(tmp_path, certificates=(bad,)))]
    assert "Judge@1 did not pass its test: Found 12 % of errors." in texts
