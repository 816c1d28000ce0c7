from tests.reports.synthetic import estimate, figure

from auscult.reports.cells import cell, figure_table, remarks
from auscult.reports.format import Scale
from auscult.reports.table import Notes, Table
from auscult.statistics.partial import NOT_MEASURABLE


def test_a_cell_says_value_interval_n_and_instrument() -> None:
    notes = Notes()
    made = cell(estimate(0.541), Scale.SHARE, notes)
    assert (made.value, made.interval) == ("54.1\u00a0%", "48.1–60.1")
    assert made.counts == "n\u00a0451 · 72\u00a0images"
    assert made.details == ("closed@2",) and "cluster t on the logit scale" in notes.texts[0]
    assert "items and images" in notes.texts[0]


def test_a_withheld_estimate_gives_its_reason_and_no_number() -> None:
    made = cell(estimate(None, withheld="7.2 % are missing"), Scale.SHARE, Notes())
    assert made.value == "withheld: 7.2 % are missing" and not made.interval and not made.present


def test_a_reason_hides_a_value_that_came_with_it() -> None:
    made = cell(estimate(0.9, withheld="too few"), Scale.SHARE, Notes())
    assert made.value == "withheld: too few" and not made.interval


def test_a_withheld_point_leaves_its_range() -> None:
    withheld = "7 of 90 items are missing (7.8%, over 5%)"
    made = cell(
        estimate(None, low=0.412, high=0.63, missing=7, unread=5, unjudged=1, withheld=withheld),
        Scale.SHARE,
        Notes(),
        "closed@2",
    )
    assert made.value == "41.2–63.0\u00a0%" and made.present and not made.interval
    assert made.details == (f"point withheld: {withheld}", "7 missing (5 unread, 1 not judged)")


def test_an_interval_without_an_upper_limit_says_so() -> None:
    made = cell(estimate(2.1, low=1.95, high=None, missing=1), Scale.PLAIN, Notes())
    assert (made.value, made.interval) == ("2.10", "1.95\u00a0or more")


def test_an_estimate_that_was_never_made_is_not_a_dash() -> None:
    assert cell(None, Scale.SHARE, Notes()).value == "not measured"


def test_failures_stand_beside_the_figure() -> None:
    made = cell(
        estimate(0.5, unusable=12, missing=4, usable_value=0.55, coverage=0.973, worst=0.49, best=0.51),
        Scale.SHARE,
        Notes(),
        "closed@2",
    )
    said = " | ".join(made.details).replace("\u00a0", " ")
    assert said == "12 unusable | usable only: 55.0 % | coverage: 97.3 % | 4 missing | bounds: 49.0–51.0"


def test_a_note_of_an_estimate_is_a_footnote_and_equal_notes_share_a_number() -> None:
    notes = Notes()
    first = cell(estimate(0.5, note="few clusters"), Scale.SHARE, notes)
    second = cell(estimate(0.6, note="few clusters"), Scale.SHARE, notes)
    assert first.parts[0].notes == second.parts[0].notes == (1, 2) and notes.texts[1] == "few clusters"


def test_the_headline_keeps_the_three_conditions_even_where_none_was_asked() -> None:
    bare = figure("x", 0.5, 0.4)
    bare = type(bare)(section="headline", label="x", metric="accuracy", scorer="closed@2", with_image=bare.with_image)

    def titles(table: Table) -> list[str]:
        return [c.title for c in table.columns]

    assert titles(figure_table("h", "c", [bare], head="q", controls=True)) == [
        "With image", "Without image", "Wrong image"
    ]  # fmt: skip
    assert titles(figure_table("h", "c", [bare], head="q")) == ["With image"]


def test_words_of_the_cells_are_explained_only_where_they_are_used() -> None:
    assert len(remarks([figure("x", 0.5, 0.4)])) == 4
    assert remarks([]) == []


RANGE = {"worst": 0.45, "best": 0.12, "decided": 27, "low": 0.06, "high": 0.61}


def test_what_references_leave_open_is_a_range_with_its_interval_and_what_was_decided() -> None:
    made = cell(estimate(None, n=95, **RANGE), Scale.SHARE, Notes(), "closed@2")
    assert (made.value, made.interval, made.present) == ("12.0–45.0\u00a0%", "6.0–61.0", True)
    assert made.details == ("decided: 27 of 95",)


def test_nothing_decided_is_said_and_is_no_0() -> None:
    made = cell(estimate(None, n=95, withheld=NOT_MEASURABLE, decided=0), Scale.SHARE, Notes(), "closed@2")
    assert (made.value, made.interval) == ("not measurable with these references", "")
    assert made.details == ("decided: 0 of 95",)
