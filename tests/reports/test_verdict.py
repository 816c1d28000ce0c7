from pathlib import Path

import pytest
from tests.reports.synthetic import estimate, figure, summary

from auscult.analysis.summary import Figure, Summary
from auscult.records import Canary, Certificate, Estimate
from auscult.reports.places import PLUMBING
from auscult.reports.verdict import alerts, verdict


def said(changed: Summary) -> str:
    return verdict(changed).replace("\u00a0", " ")


def line_of(label: str, metric: str, scorer: str, with_image: Estimate) -> Figure:
    return Figure(section="headline", label=label, metric=metric, scorer=scorer, with_image=with_image)


def with_headline(tmp_path: Path, *figures: Figure) -> Summary:
    return summary(tmp_path, {"headline": figures})


def test_one_sentence_with_n_intervals_and_the_blind_control(tmp_path: Path) -> None:
    assert said(summary(tmp_path)) == (
        "Right on 54 % (48–60) of 451 yes/no questions on 72 images; on the 200 of them also asked without the image, "
        "it is right on 55 % (49–61) with the image and 53 % (47–59) without the image: the difference, 1 point "
        "(−4 to 6), cannot be told from zero."
    )


@pytest.mark.parametrize(
    ("gain", "p", "ending"),
    [
        (0.3, 0.001, "30 points (25–35), is above zero."),
        (0.3, 0.2, "does not stand once all lines of the table are tested together (p = 0.20)."),
        (-0.2, 0.001, "−20 points (−25 to −15), is below zero: the image makes it worse."),
        (0.054, 0.01, "5.4 points (0.4–10.4), is above zero."),
    ],
)
def test_the_difference_is_put_in_words(tmp_path: Path, gain: float, p: float, ending: str) -> None:
    assert said(with_headline(tmp_path, figure("yes/no questions", 0.5 + gain, 0.5, p=p))).endswith(ending)


def test_the_first_accuracy_is_what_the_sentence_is_about(tmp_path: Path) -> None:
    recall = line_of(label="open questions", metric="recall", scorer="token-f1@1", with_image=estimate(0.2))
    assert said(with_headline(tmp_path, recall, figure("yes/no questions", 0.5, 0.4))).startswith("Right on 50 %")
    assert said(with_headline(tmp_path, recall)) == (
        "Recall 20 % (14–26) over 451 open questions on 72 images; "
        "whether it needs the image for that was not measured."
    )


def test_a_withheld_headline_gives_its_reason(tmp_path: Path) -> None:
    line = Figure(
        section="headline",
        label="yes/no questions",
        metric="accuracy",
        scorer="closed@2",
        with_image=estimate(None, withheld="too few"),
    )
    assert said(with_headline(tmp_path, line)) == "Yes/no questions: accuracy is withheld: too few."


def test_a_range_stands_in_the_sentence_where_the_point_is_withheld(tmp_path: Path) -> None:
    why = "30 of 481 items are missing (6.2%, over 5%)"
    one = estimate(None, low=0.41, high=0.63, missing=30, withheld=why)
    line = line_of(label="yes/no questions", metric="accuracy", scorer="closed@2", with_image=one)
    assert said(with_headline(tmp_path, line)).startswith(
        f"Right on 41–63 % (a range, since {why}) of 481 yes/no questions on 72 images"
    )


def test_where_nothing_has_a_value_no_share_of_anything_is_told(tmp_path: Path) -> None:
    one = estimate(None, low=0.0, high=1.0, n=0, clusters=0, missing=503, withheld="no item has a value")
    line = line_of(label="multiple choice", metric="accuracy", scorer="closed@2", with_image=one)
    assert (
        said(with_headline(tmp_path, line)) == "Multiple choice: accuracy is not known: none of 503 items has a value."
    )


def test_plumbing_says_nothing_about_a_model(tmp_path: Path) -> None:
    changed = summary(tmp_path, plumbing_only=True)
    assert verdict(changed) == PLUMBING
    assert alerts(changed)[0].text == PLUMBING and alerts(changed)[0].weight == "stop"


def test_alerts_name_warnings_withheld_values_and_the_canary(tmp_path: Path) -> None:
    texts = [a.text for a in alerts(summary(tmp_path))]
    assert "This set was public before the model was trained." in texts
    assert "Headline, yes/no questions: the image changes nothing" in texts
    assert "Withheld: detection, mass, fabrication: 5 absent cases are too few for a rate" in texts
    assert texts[-1] == "Two-image canary passed: two images, one question, two answers."


def test_many_ranges_are_counted_and_not_listed_one_by_one(tmp_path: Path) -> None:
    one = estimate(None, low=0.4, high=0.7, missing=30, withheld="30 of 200 items are missing (15.0%, over 5%)")
    lines = [line_of(label=f"line {n}", metric="accuracy", scorer="closed@2", with_image=one) for n in range(40)]
    texts = [a.text for a in alerts(with_headline(tmp_path, *lines))]
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
