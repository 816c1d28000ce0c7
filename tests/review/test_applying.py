"""Filled sheets come back, and the figures of the run are corrected by them."""

import csv
import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests.reports import synthetic

from auscult.analysis import summarise
from auscult.errors import UserError
from auscult.records import Item
from auscult.review.applying import apply
from auscult.review.rating import make_sheet
from auscult.runs.ratings import read_ratings
from auscult.store.tables import read_rows, write_rows

FAILED = 4
"""Requests of the run that failed."""
FIELDS = ("rater", "row", "verdict", "problems", "harm", "reference_is", "comment")


@pytest.fixture
def run(tmp_path):
    """A run of yes/no questions about six images."""
    made = synthetic.build(tmp_path / "made")
    manifest = {
        "schema": "auscult.run/1",
        "model": {"spec": "replay:x"},
        "items": {"path": str(made.parent / "items"), "source": {}},
        "settings": {},
        "max_missing": 0.3,
        "instruments": synthetic.summary(made.parent).manifest["instruments"],
    }
    (made / "manifest.json").write_text(json.dumps(manifest))
    items = [replace(i, target="mass") for i in read_rows(made / "items.parquet", Item)]
    (made / "items.parquet").unlink()
    write_rows(made / "items.parquet", Item, items)
    return made


@pytest.fixture
def sheet(run, tmp_path):
    make_sheet([run], tmp_path / "sheet", n=30, seed=2)
    return tmp_path / "sheet"


def said(row, reference="right"):
    """What a rater says who takes the reference for right, or for wrong."""
    right = row["text"].lower().startswith(row["reference"])
    if reference == "wrong":
        right = not right
    if right:
        return {"verdict": "correct", "reference_is": reference}
    problem = "invented" if row["text"].lower().startswith("yes") else "missed"
    return {"verdict": "wrong", "problems": problem, "harm": "severe", "reference_is": reference}


def fill(sheet, say, rater="A"):
    """A sheet as the rater saves it; ``say`` gets the place in the order and the row, and gives its cells."""
    key = json.loads((sheet / "key.json").read_text())
    path = sheet.parent / f"filled-{rater}.csv"
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, FIELDS)
        writer.writeheader()
        for place, name in enumerate(key["orders"][rater]):
            writer.writerow({"rater": rater, "row": name, **say(place, key["rows"][name])})
    return path


def checked(run):
    return {
        f.metric: f.with_image for f in summarise(run).of("corrected", "physician") if f.label.startswith("checked by")
    }


def test_a_physician_who_says_what_the_reader_says_leaves_the_figures_where_they_were(run, sheet):
    apply(sheet, [fill(sheet, lambda _, row: said(row))])
    figures = summarise(run).of("corrected", "physician")
    read = {f.metric: f.with_image for f in figures if f.label == "by the instruments"}
    found = checked(run)
    assert found["correct"].value == pytest.approx(read["correct"].value, abs=0.06)
    assert found["correct"].low < found["correct"].value < found["correct"].high
    assert found["wrong reference"].value == 0 < found["wrong reference"].high
    assert found["harm"].value == found["severe harm"].value > 0


def test_wrong_references_turn_what_is_right(run, sheet):
    apply(sheet, [fill(sheet, lambda _, row: said(row, "wrong"))])
    found = checked(run)
    assert found["wrong reference"].value == 1.0
    read = next(f.with_image for f in summarise(run).of("corrected", "physician") if f.label == "by the instruments")
    assert abs(found["correct"].value + read.value - 1) < 0.25


def test_who_stops_early_saw_a_smaller_draw_and_nothing_is_missing(run, sheet):
    apply(sheet, [fill(sheet, lambda place, row: said(row) if place < 20 else {})])
    found = checked(run)["correct"]
    assert found.missing == FAILED and found.value is not None and "20 of" in found.note
    rated = read_ratings(run)
    assert sum(r.reached for r in rated.items.values()) == 20 and rated.raters == {"A": 20}


def test_answers_that_were_passed_over_are_not_known(run, sheet):
    apply(sheet, [fill(sheet, lambda place, row: {} if place in range(3, 15) else said(row))])
    found = checked(run)["correct"]
    assert found.missing == FAILED + 12 and found.value is None and "got no verdict" in found.withheld
    assert found.low < found.worst < found.best < found.high


def test_cannot_tell_is_no_wrong_answer(run, sheet):
    apply(sheet, [fill(sheet, lambda place, row: {"verdict": "cannot tell"} if place == 0 else said(row))])
    found = checked(run)["correct"]
    assert found.missing == FAILED + 1 and found.worst < found.best


def test_where_two_raters_differ_an_answer_counts_by_half(run, tmp_path):
    sheet = tmp_path / "two"
    make_sheet([run], sheet, n=30, seed=2, raters=["A", "B"])
    wrong = {"verdict": "wrong", "problems": "other", "harm": "none"}
    files = [fill(sheet, lambda *_: {"verdict": "correct"}, "A"), fill(sheet, lambda *_: wrong, "B")]
    apply(sheet, files)
    assert checked(run)["correct"].value == pytest.approx(0.5, abs=0.1)  # unusable answers are not right
    assert "checked by 2 physicians" in {f.label for f in summarise(run).of("corrected", "physician")}


def test_a_column_that_all_left_empty_makes_no_figure(run, sheet):
    wrong = {"verdict": "wrong"}
    apply(sheet, [fill(sheet, lambda *_: wrong)])
    assert set(checked(run)) == {"correct"}


def test_fabrication_and_miss_are_of_what_is_there_by_the_physician(run, sheet):
    apply(sheet, [fill(sheet, lambda _, row: said(row))])
    as_the_reference = checked(run)
    read = {
        f.metric: f.with_image for f in summarise(run).of("corrected", "physician") if f.label == "by the instruments"
    }
    for name in ("fabrication", "miss"):
        assert as_the_reference[name].value == pytest.approx(read[name].value, abs=0.15)
        assert as_the_reference[name].low < as_the_reference[name].value < as_the_reference[name].high
    # who holds the references of all inventions wrong finds none
    apply(sheet, [fill(sheet, lambda _, row: said(row, "wrong" if row["reference"] == "no" else "right"))])
    assert checked(run)["fabrication"].value is None or checked(run)["fabrication"].value < 0.1


def test_nothing_rated_a_foreign_run_and_a_changed_one_are_said(run, sheet, tmp_path):
    with pytest.raises(UserError, match="no answer is rated"):
        apply(sheet, [fill(sheet, lambda *_: {})])
    path = fill(sheet, lambda _, row: said(row))
    apply(sheet, [path])
    ratings = json.loads((run / "ratings.json").read_text())
    ratings["draw"]["of_items"] += "a"
    (run / "ratings.json").write_text(json.dumps(ratings))
    assert "draw a new sheet" in checked(run)["correct"].withheld
    (run / "ratings.json").write_text("{}")
    with pytest.raises(UserError, match="no ratings of this version"):
        summarise(run)
    shutil.move(run, tmp_path / "elsewhere")
    with pytest.raises(UserError, match="the run is gone from there"):
        apply(sheet, [path])


def test_the_estimate_is_the_formula(run, sheet):
    path: Path = fill(sheet, lambda _, row: said(row))
    apply(sheet, [path])
    key = json.loads((sheet / "key.json").read_text())
    (draw,) = key["draws"]
    answers = sum(s["answers"] for s in draw["strata"]) + draw["of_items"].count("-")
    total = 0.0
    for row in key["rows"].values():
        total += (said(row)["verdict"] == "correct") / row["probability"]
    # with what is called right and wrong constant in a stratum, the formula is the weighted sum of what people say
    assert checked(run)["correct"].value == pytest.approx(total / answers)
    assert np.isfinite(total)
