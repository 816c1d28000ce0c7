"""The rule by which a certificate passes, on counts made by hand."""

import pytest

from auscult.certificates.recorded.bias import bias_rows, shown
from auscult.certificates.recorded.grading import Classes, Graded, criterion_rows, decided, graded_part
from auscult.certificates.recorded.reading import Recorded
from auscult.certificates.trial import both

CLASSES = Classes(("yes", "no"), ("unclear",), ("yes", "no"), "made up")


def answers(
    meant: str, n: int, *, unread: int = 0, misread: int = 0, families: int = 3, images: int = 0
) -> list[Graded]:
    """Distinct answers, one an image unless ``images`` says how many they share."""
    found = []
    for k in range(n):
        outcome = "unread" if k < unread else "misread" if k < unread + misread else "right"
        read = {"unread": "unread", "misread": "no" if meant == "yes" else "yes"}.get(outcome, meant)
        about = {"image": f"{meant} {k % images if images else k}", "family": f"f{k % families}", "model": "m"}
        row = Recorded(question="Is it?", answer=f"{meant} {k}", answer_type="yes_no", **about)
        found.append(Graded(row, meant, read, outcome))
    return found


def part(graded):
    return graded_part(graded, CLASSES)


def said(graded) -> dict[tuple[str, str], str]:
    return {(r["what"], r["measure"]): r["verdict"] for r in criterion_rows(graded, CLASSES)}


def test_three_hundred_answers_without_an_error_meet_one_percent_and_fewer_do_not():
    # exact one-sided bound without an event: 1 - .05 ** (1 / n)
    assert said(answers("yes", 300) + answers("no", 298)) | {} == {
        ("meant yes", "misread at most 1%"): "met",
        ("meant yes", "unread at most 5%"): "met",
        ("meant no", "misread at most 1%"): "insufficient",
        ("meant no", "unread at most 5%"): "met",
        ("meant yes minus no", "unread within ±3%"): "met",
        ("meant yes", "at least 3 families of models"): "met",
        ("meant no", "at least 3 families of models"): "met",
    }


@pytest.mark.parametrize(
    ("value", "upper", "texts", "verdict"),
    [
        (0.0, 0.010, 500, "met"),
        (0.009, 0.0101, 999, "insufficient"),
        (0.009, 0.0101, 1000, "missed"),
        (0.0101, 0.02, 200, "missed"),
        (0.0, 0.005, 99, "insufficient"),
        (None, None, 20, "insufficient"),
    ],
)
def test_a_limit_is_missed_by_the_share_itself_or_by_enough_texts(value, upper, texts, verdict):
    assert decided(value, upper, 0.01, texts) == verdict


def test_what_is_read_rightly_passes_and_says_so():
    found = part(answers("yes", 1000, misread=2) + answers("no", 1000, unread=15))
    assert found.passed is True
    yes, no = found.rows[:2]
    assert (yes["hits"], yes["misread"], yes["unread"], yes["texts"]) == (998, 2, 0, 1000)
    assert (no["hits"], no["misread"], no["unread"]) == (985, 0, 15) and no["value"] == 0.985
    assert "meant no 98.5% right, 1.5% unread, 0.0% misread" in found.summary


def test_too_many_misread_in_one_class_fail():
    found = part(answers("yes", 1000) + answers("no", 1000, misread=8))
    assert found.passed is False and "meant no misread at most 1% (0.8%, upper limit" in found.summary


def test_losing_one_class_more_than_the_other_fails_though_both_are_within_their_limit():
    found = part(answers("yes", 1500) + answers("no", 1500, unread=40))
    missed = [r["what"] for r in found.rows if r.get("verdict") == "missed"]
    assert found.passed is False and missed == ["meant yes minus no"]


def test_unread_answers_are_no_misread_ones():
    rows = said(answers("yes", 1000) + answers("no", 1000, unread=92))
    assert rows["meant no", "misread at most 1%"] == "met" and rows["meant no", "unread at most 5%"] == "missed"


def test_under_a_hundred_texts_a_cell_is_insufficient():
    found = part(answers("yes", 1000) + answers("no", 99))
    assert found.passed is None and found.rows[1]["value"] is None and found.rows[1]["label"] == "insufficient"
    assert "meant no 99 of 99 right (insufficient)" in found.summary


def test_two_families_are_not_enough():
    found = part(answers("yes", 1000, families=2) + answers("no", 1000))
    assert found.passed is None and "meant yes at least 3 families" in found.summary


def test_the_same_text_many_times_is_one_text_that_weighs_more():
    one = answers("yes", 400, misread=1)
    again = [g for g in one[:1] for _ in range(40)]
    row = part(one + again + answers("no", 400)).rows[0]
    assert (row["n"], row["texts"], row["misread"], row["clusters"]) == (440, 400, 41, 400)


def test_answers_about_few_images_have_wider_limits():
    many, few = (part(answers("yes", 1000, misread=8, images=i) + answers("no", 1000)).rows[0] for i in (1000, 20))
    assert few["misread_upper_95"] > 2 * many["misread_upper_95"]


def test_one_word_answers_are_beside_the_headline_and_not_in_it():
    bare = [Graded(g.row, "no", "no", "right", bare=True) for g in answers("no", 5000)]
    found = part(answers("yes", 1000) + answers("no", 100, unread=10) + bare)
    assert found.rows[1]["n"] == 100 and found.passed is False
    (too,) = [r for r in found.rows if r["part"].endswith("one-word answers too") and r["what"] == "meant no"]
    assert too["n"] == 5100 and too["value"] > 0.99


def test_where_labellers_differ_the_share_is_a_range():
    torn = [Graded(g.row, "yes", "no", "right", disputed=("yes", "unclear")) for g in answers("torn", 10)]
    found = part(answers("yes", 100, misread=10) + answers("no", 100) + torn)
    assert found.rows[0]["n"] == 100 and found.rows[0]["disputed"] == 10
    assert found.rows[0]["if_disputed_are"] == "0.818 to 0.900"


def test_written_answers_count_apart():
    row = Recorded(question="Is it?", answer="x", answer_type="yes_no", written=True)
    found = part(answers("yes", 100) + answers("no", 100) + [Graded(row, "yes", "no", "misread")])
    assert found.rows[0]["misread"] == 0 and [r for r in found.rows if r["part"] == "answers written for tests"]


def test_a_failed_test_decides_and_then_one_that_decides_nothing():
    assert both(True, True) is True and both(True, None) is None and both(None, False) is False


def test_bias_of_a_reader_that_loses_one_answer_in_ten_of_those_that_deny():
    # true specificity .5: 45 of 95 read answers deny
    assert shown(0.5, kept=0.9, lost=0.1, turned=0.0, other_lost=0.0) == pytest.approx(0.45 / 0.95)
    rows = {r["what"]: r for r in bias_rows(answers("yes", 200) + answers("no", 200, unread=20), ("yes", "no"), "x")}
    assert rows["specificity of 0.50"]["value"] == pytest.approx(0.45 / 0.95 - 0.5)
    assert rows["sensitivity of 0.50"]["value"] == pytest.approx(0.5 / 0.95 - 0.5)
    for row in rows.values():
        assert row["low"] < row["value"] < row["high"]
