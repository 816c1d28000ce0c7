import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests.analysis.contest import write
from tests.analysis.worked import Asked, ask, study

from auscult.analysis.comparison.comparing import Comparison, as_json, compare, comparison_schema
from auscult.records import Answer, Estimate
from auscult.reports.comparison.csv import COLUMNS, rows
from auscult.reports.comparison.face import comparison_face
from auscult.reports.comparison.outputs import latex, render_comparison
from auscult.reports.comparison.shifts import QUESTION, Line, _row, shift_verdict
from auscult.reports.csv import csv_text
from auscult.reports.face import SHORT, Verdict
from auscult.reports.table import Notes
from auscult.store.tables import read_rows, write_rows

REPO = Path(__file__).parents[2]
WORDS = "Is there a {} on the image?"
IMAGES, FINDINGS = 60, ("effusion", "nodule", "mass", "fracture")


def run(
    folder: Path, leaning: np.ndarray, truth: np.ndarray, known: bool = True, constant: float = 0.0, words: str = WORDS
) -> Path:
    """A run on questions about four findings on each image, whose margins are given."""
    leaning = leaning + constant
    images = []
    for n in range(IMAGES):
        asked: list[Asked] = []
        for k, finding in enumerate(FINDINGS):
            said = "Yes." if leaning[n, k] > 0 else "No."
            asked.append(ask(words.format(finding, n), "yes" if truth[n, k] else "no", said, target=finding))
        images.append((study(f"case {n}", patient=f"p{n}"), asked))
    write(folder, f"openai:{folder.name}@http://localhost/v1", images)
    path = folder / "answers.parquet"
    rows_of = list(read_rows(path, Answer))
    margins = leaning.ravel().tolist() if known else [None] * leaning.size
    write_rows(path, Answer, [replace(row, yes_margin=m) for row, m in zip(rows_of, margins, strict=True)])
    return folder


@pytest.fixture(scope="module")
def truth() -> np.ndarray:
    return np.random.default_rng(1).random((IMAGES, len(FINDINGS))) < 0.5


@pytest.fixture(scope="module")
def before(truth: np.ndarray, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, np.ndarray]:
    leaning = np.random.default_rng(2).normal(size=truth.shape) + 1.2 * truth + 0.3
    return run(tmp_path_factory.mktemp("shift") / "before", leaning, truth), leaning


def against(before: tuple[Path, np.ndarray], after: Path) -> Comparison:
    return compare([before[0], after], names=["before", "after"])


def test_a_model_that_only_says_no_more_often_is_called_so(
    before: tuple[Path, np.ndarray], truth: np.ndarray, tmp_path: Path
) -> None:
    found = against(before, run(tmp_path / "after", before[1], truth, constant=-1.2))
    (shift,) = found.shifts
    assert shift.found is not None and shift.found.verdict == "shifts" and shift.items == shift.known == truth.size
    (said,) = [v for v in comparison_face(found).verdicts if v.question == QUESTION]
    assert said.said == "tells no better" and said.sentence.startswith("It only says no more often: yes to ")
    assert said.short.startswith("says no more often: any true ")


def test_questions_asked_of_too_few_images_claim_nothing_and_show_no_limits_that_are_one_number(
    truth: np.ndarray, tmp_path: Path
) -> None:
    leaning = np.random.default_rng(2).normal(size=truth.shape) + 1.2 * truth + 0.3
    words = "Is there a {} on {}?"
    first = run(tmp_path / "before", leaning, truth, words=words)
    found = compare(
        [first, run(tmp_path / "after", leaning, truth, constant=-1.2, words=words)], names=["before", "after"]
    )
    (shift,) = found.shifts
    assert shift.found is not None and shift.found.verdict == "not known" and shift.found.reason
    (said,) = [v for v in comparison_face(found).verdicts if v.key == "shift"]
    assert said.said == "not known" and said.bars == ()
    assert said.short.startswith("cannot be told: any true ")
    assert "cannot be told: each question is asked of too few images" in said.sentence
    assert "after, before before: cannot be told" in render_comparison(found, None)
    (above,) = [r for r in rows(found, None) if r["section"] == "shift" and r["metric"] == "above its own curve"]
    assert not above["low"] and not above["high"], "0 (0 to 0) is no certainty"


def test_a_model_that_tells_more_apart_is_called_so_in_page_table_and_files(
    before: tuple[Path, np.ndarray], truth: np.ndarray, tmp_path: Path
) -> None:
    leaning = np.random.default_rng(5).normal(size=truth.shape) * 0.3 + 3 * truth - 1.5
    found = against(before, run(tmp_path / "after", leaning, truth))
    (shift,) = found.shifts
    assert shift.found is not None and shift.found.verdict == "discriminates"
    (said,) = [v for v in comparison_face(found).verdicts if v.key == "shift"]
    assert said.said == "tells better" and shift.within is not None
    before_, after = (f"{100 * share:.0f}" for share in shift.within)
    assert f"it says yes more readily to the one of which it is true in {after} of 100 pairs, before {before_} (+" in (
        said.sentence
    )
    assert said.short.startswith(f"true leads {after} of 100 pairs, was {before_}; yes to false ")
    (bar,) = said.bars
    assert shift.found.within is not None and bar.value == shift.found.within.value
    assert shift.found.within.value == pytest.approx(shift.within[1] - shift.within[0])
    page = render_comparison(found, None)
    assert "Cure or shift" in page and "above its own curve" in page and "Cure or shift" in latex(found, None)
    lines = [r for r in csv.DictReader(io.StringIO(csv_text(COLUMNS, rows(found, None)))) if r["section"] == "shift"]
    assert lines[0]["metric"] == "verdict" and lines[0]["note"] == "discriminates"
    (above,) = [r for r in lines if r["metric"] == "above its own curve"]
    assert float(above["low"]) > 0 and above["minus"] == "before"
    data = json.loads(as_json(found))["comparison"]["shifts"][0]["found"]
    assert data["verdict"] == "discriminates" and data["area"]["low"] > 0


def test_a_gain_that_does_not_move_d_prime_is_called_small_beside_the_shift(
    before: tuple[Path, np.ndarray], truth: np.ndarray, tmp_path: Path
) -> None:
    leaning = np.random.default_rng(5).normal(size=truth.shape) * 0.3 + 3 * truth - 1.5
    found = against(before, run(tmp_path / "after", leaning, truth))
    (shift,) = found.shifts
    assert shift.found is not None
    assert "small beside" not in str(shift_verdict(shift))

    def moved(low: float, criterion: tuple[float, float]) -> Verdict:
        assert shift.found is not None
        d = replace(shift.found.d_prime, value=low + 0.5, low=low, high=low + 1)
        c = replace(shift.found.criterion, value=sum(criterion) / 2, low=criterion[0], high=criterion[1])
        told = shift_verdict(replace(shift, found=replace(shift.found, d_prime=d, criterion=c)))
        assert told is not None and told.said == "tells better", "the verdict stays as it is"
        return told

    for low in (-0.4, -2.0):
        said = moved(low, (0.4, 0.9))
        assert said.sentence.endswith("That gain is small beside its shift towards no.")
        assert said.short.endswith("small beside shift to no") and len(said.short) <= SHORT
    assert "towards yes" in moved(-0.4, (-0.9, -0.4)).sentence
    assert "small beside" not in moved(0.1, (0.4, 0.9)).sentence
    assert "small beside" not in moved(-0.4, (-0.1, 0.3)).sentence


def test_a_fall_as_a_share_of_itself_has_its_sign_and_is_not_taken_for_points() -> None:
    fall = Estimate(name="fall", value=0.706, low=0.6, high=0.8, level=0.95, n=40, clusters=40, unit="image")
    row = _row(Line(name="goes along knowingly", before=0.5, after=0.147, change=fall, relative=True), Notes())
    (part,) = row.cells[2].parts
    assert part.value.replace("\u00a0", " ") == "\u221270.6 % of itself"
    assert part.interval.replace("\u00a0", " ") == "\u221280.0 to \u221260.0"


def test_the_published_schema_is_the_one_in_use() -> None:
    published = json.loads((REPO / "docs" / "schemas" / "comparison.schema.json").read_text())
    assert published == json.loads(json.dumps(comparison_schema())), "publish it anew: make schema"


def test_without_margins_nothing_is_said_of_it(
    before: tuple[Path, np.ndarray], truth: np.ndarray, tmp_path: Path
) -> None:
    found = against(before, run(tmp_path / "after", before[1], truth, known=False))
    assert found.shifts == () and "Cure or shift" not in render_comparison(found, None)
    assert all(v.key != "shift" for v in comparison_face(found).verdicts)
