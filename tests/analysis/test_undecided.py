"""Answers that references decide in part: made up between two ends, left out over all findings; counted by hand."""

import csv
from pathlib import Path

import pytest
from tests.analysis.contest import write
from tests.analysis.gated import criteria, finished
from tests.analysis.worked import Asked, Said, ask, study, write_run
from tests.runs.judged_run import judge_run

from auscult.analysis.comparison.comparing import Comparison, compare
from auscult.analysis.gate.decision import decide
from auscult.analysis.joining import join
from auscult.analysis.quantities import Board
from auscult.analysis.quantities.quality import quality
from auscult.analysis.summary import Figure, Summary
from auscult.records import Case, Estimate, Score
from auscult.reports.comparison.csv import write_comparison_csv
from auscult.reports.comparison.tables import differences
from auscult.runs.folder import RunFolder, read_manifest
from auscult.runs.instruments import as_plain
from auscult.runs.judging_options import JudgingOptions
from auscult.statistics.mean import mean
from auscult.statistics.partial import NOT_MEASURABLE
from auscult.store.tables import read_rows, write_rows

KNOWN = "There is a small left pleural effusion. No pneumothorax."
WRONG, RIGHT, MORE = "Right pleural effusion.", "Left pleural effusion.", "Left pleural effusion and a lung nodule."
SILENT, REFUSED, STRANGE = "No pneumothorax.", "I cannot determine this.", "A picture like many others."
TEN = [WRONG, WRONG, RIGHT, RIGHT, RIGHT, MORE, MORE, SILENT, REFUSED, ""]
MADE_UP, LEFT_OUT = "hallucinated (lower is better)", "omitted (lower is better)"


def described(*answers: Said, known: str = KNOWN, **tags: str) -> list[tuple[Case, list[Asked]]]:
    """One image a patient, each described; a tuple of answers: with and without the image."""
    said = [a if isinstance(a, tuple) else (a,) for a in answers]
    about = {"answer_type": "report", "tags": tags}
    return [(study(f"c{n}", f"p{n}"), [ask("Describe it.", known, *a, **about)]) for n, a in enumerate(said)]


def figure(summary: Summary, metric: str) -> Figure:
    return next(f for f in summary.of("headline") if f.metric == metric and f.scorer.startswith("facts"))


def own(summary: Summary, metric: str) -> Estimate:
    found = figure(summary, metric).with_image
    assert found is not None
    return found


@pytest.fixture
def ten(tmp_path: Path) -> Summary:
    return write_run(tmp_path, described(*TEN)).summary()


def test_made_up_lies_between_the_contradicted_and_all_that_nobody_can_decide(ten: Summary) -> None:
    found = own(ten, MADE_UP)
    assert found.value is None and found.span == (2 / 10, 4 / 10)
    assert (found.n, found.unusable, found.decided) == (10, 2, 6)


def test_its_interval_is_the_lower_limit_of_one_end_and_the_upper_limit_of_the_other(ten: Summary) -> None:
    ends = [mean([1] * k + [0] * (10 - k), range(10), name="") for k in (2, 4)]
    found = own(ten, MADE_UP)
    assert (found.low, found.high) == (ends[0].low, ends[1].high)


def test_silence_leaves_out_what_the_reference_names(ten: Summary) -> None:
    found = own(ten, LEFT_OUT)
    assert (found.value, found.n, found.unusable) == (3 / 10, 10, 2)


def test_left_out_is_of_all_findings_and_not_of_answers(tmp_path: Path) -> None:
    two = described(SILENT, known="Left pleural effusion. The heart is enlarged. No pneumothorax.")
    one = described(RIGHT, known="Left pleural effusion.")
    none = described("Normal chest.", known="Normal chest radiograph.")
    studies = [(study(f"{n}", f"{n}"), asked) for n, (_, asked) in enumerate([*two, *one, *none])]
    found = own(write_run(tmp_path, studies).summary(), LEFT_OUT)
    assert found.value == pytest.approx(2 / 3) and (found.n, found.clusters) == (2, 2)
    assert "a share of the 3 findings that the references name" in found.note


def test_an_exhaustive_reference_decides_everything(tmp_path: Path) -> None:
    found = own(write_run(tmp_path, described(*TEN, exhaustive="yes")).summary(), MADE_UP)
    assert (found.value, found.n, found.span, found.decided) == (4 / 10, 10, None, None)


def test_where_nothing_is_decided_nothing_can_be_measured(tmp_path: Path) -> None:
    found = own(write_run(tmp_path, described(MORE, MORE, REFUSED)).summary(), MADE_UP)
    assert (found.value, found.low, found.high, found.withheld) == (None, None, None, NOT_MEASURABLE)


def test_a_model_cannot_choose_its_denominator_by_saying_what_nobody_can_decide(tmp_path: Path) -> None:
    for name in "ab":
        (tmp_path / name).mkdir()
    plain = own(write_run(tmp_path / "a", described(WRONG, *[RIGHT] * 9)).summary(), MADE_UP)
    cunning = own(write_run(tmp_path / "b", described(WRONG, RIGHT, *[MORE] * 8)).summary(), MADE_UP)
    assert plain.value == 1 / 10 and cunning.span == pytest.approx((1 / 10, 9 / 10)) and cunning.n == plain.n == 10


def test_what_cannot_be_read_and_what_failed_are_missing_at_both_ends(tmp_path: Path) -> None:
    found = write_run(tmp_path, described(WRONG, MORE, RIGHT, RIGHT, STRANGE, "!timeout")).summary()
    made_up, left_out = own(found, MADE_UP), own(found, LEFT_OUT)
    assert made_up.span == (1 / 6, 4 / 6) and (made_up.n, made_up.missing, made_up.decided) == (4, 2, 3)
    assert (left_out.value, left_out.best, left_out.worst) == (0, 0, 2 / 6)


def test_the_gain_over_no_image_lies_between_its_ends_too(tmp_path: Path) -> None:
    pairs = [(RIGHT, WRONG), (RIGHT, MORE), (WRONG, WRONG), (MORE, RIGHT)]
    gain = figure(write_run(tmp_path, described(*pairs)).summary(), MADE_UP).gain_over_none
    assert gain and gain.span == (-2 / 4, 0) and (gain.n, gain.decided) == (4, 2)


class TestTheGate:
    HALLUCINATED = "name = 'made up'\nkind = 'mean'\nvalue = 'hallucinated'\nscorer = 'facts'\nat_most = {}"

    def verdict(self, tmp_path: Path, limit: float, answers: list[str]) -> str:
        run = finished(tmp_path / "run", described(*answers))
        return decide(criteria(tmp_path / "criteria.toml", self.HALLUCINATED.format(limit)), run).verdict

    def test_passes_by_the_upper_end_alone(self, tmp_path: Path) -> None:
        assert self.verdict(tmp_path, 0.5, [*[RIGHT] * 30, *[MORE] * 5]) == "PASS"

    def test_does_not_pass_on_what_nobody_can_decide(self, tmp_path: Path) -> None:
        assert self.verdict(tmp_path, 0.5, [*[RIGHT] * 10, *[MORE] * 30]) == "INCONCLUSIVE"


def compared(tmp_path: Path, first: list[str], second: list[str]) -> Comparison:
    runs = [write(tmp_path / n, f"replay:{n}", described(*said)) for n, said in (("a", first), ("b", second))]
    return compare(runs, columns=["facts.hallucinated"])


class TestTheComparison:
    def test_shows_ranges_and_does_not_rank_what_is_undecided(self, tmp_path: Path) -> None:
        found = compared(tmp_path, [WRONG, *[RIGHT] * 19], [WRONG, MORE, *[RIGHT] * 18])
        assert [e.shown.span or e.shown.value for e in found.entries] == [1 / 20, (1 / 20, 2 / 20)]
        assert not any(e.rank for e in found.entries)
        write_comparison_csv(found, None, tmp_path / "c.csv")
        with (tmp_path / "c.csv").open() as file:
            line = [row for row in csv.DictReader(file) if row["section"] == "figure"][1]
        assert (line["value"], line["best"], line["worst"], line["decided"]) == ("", "0.05", "0.1", "19")

    def test_a_difference_that_the_undecided_cannot_undo_is_one(self, tmp_path: Path) -> None:
        found = compared(tmp_path, [*[WRONG] * 18, RIGHT, MORE], [*[RIGHT] * 19, MORE])
        (test,) = found.differences
        assert test.difference.span == (-19 / 20, -17 / 20) and test.better == 1  # the later run invents less
        (row,) = differences(found).rows
        assert (
            row.cells[1].value.replace("\u00a0", " ") == "\u221295.0 points to \u221285.0 points"
            and row.kind == "shown"
        )

    def test_a_difference_that_they_can_undo_is_none(self, tmp_path: Path) -> None:
        found = compared(tmp_path, [*[WRONG] * 8, *[RIGHT] * 12], [*[RIGHT] * 8, *[MORE] * 12])
        (test,) = found.differences
        assert test.difference.span == (-8 / 20, 4 / 20) and test.difference.p_value == 1 and test.better is None


def test_the_fact_checker_as_judge_says_the_same(tmp_path: Path) -> None:
    run = finished(tmp_path / "run", described(*TEN))
    done = judge_run(run, "facts", JudgingOptions(protocol="support"))
    rows = [*read_rows(run / "scores.parquet", Score), *read_rows(done.scores, Score)]
    write_rows(run / "scores.parquet", Score, rows)
    about = read_manifest(run)
    RunFolder(run, about).note(instruments=[*about["instruments"], *as_plain([done.instrument])])
    judged, _ = quality(Board(join(run), 0.05))
    spans = {f.metric: f.with_image.span for f in judged if f.with_image}
    assert spans == {"supported": (4 / 10, 6 / 10), "contradicted (lower is better)": (2 / 10, 4 / 10)}
