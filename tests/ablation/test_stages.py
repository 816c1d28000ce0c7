"""Measures of traces: those of a diagnosis, item by item, in cells of a grid."""

from pathlib import Path

import numpy as np
import pytest

from auscult.ablation.grid import Grid, Portion
from auscult.ablation.measures import OF_TRACES, figure
from auscult.ablation.outcomes import Items, Outcomes, read_items, read_outcomes, write_outcomes
from auscult.ablation.rows import read_rows_of
from auscult.ablation.stages import INVALID, LOST, STAGES_ASKED, TRACE, VALID, in_stages, stage_codes
from auscult.diagnosis.published import published
from auscult.diagnosis.rates import UNAIDED, rate
from auscult.diagnosis.table import ArmTable, Diagnosed
from auscult.errors import UserError
from auscult.models import ModelOptions

NAN = float("nan")


def table() -> Diagnosed:
    """Eight items, whose stages are right, false, open, without a verdict or absent."""
    least = np.array([0, 0, 1, 1, 0, NAN, NAN, 1.0])
    most = np.array([0, 0, 1, 1, 1, NAN, NAN, 1.0])
    absent = np.array([False, False, False, False, False, False, True, False])

    def arm(*stages: str, shift: int) -> ArmTable:
        return ArmTable.of(
            np.ones(8),
            wrong={stage: np.roll(least, shift) for stage in stages},
            wrong_most={stage: np.roll(most, shift) for stage in stages},
            absent={stage: np.roll(absent, shift) for stage in stages},
        )

    return Diagnosed.of(
        {
            "baseline": arm("visual_recognition", "knowledge_recall", shift=0),
            "replace_vr": arm("knowledge_recall", shift=1),
            "replace_vr_kr": arm("reasoning", shift=2),
        }
    )


def cell_of(made: Diagnosed) -> tuple[Items, Outcomes]:
    size = len(made)
    items = Items(
        asked=np.zeros(size, np.int8),
        id=list(made.items),
        cluster=[f"image {n // 2}" for n in range(size)],
        yes=np.zeros(size, bool),
        premise=np.zeros(size, np.int8),
        twin=np.full(size, -1, np.int32),
        question=np.zeros(size, np.int32),
        labels={},
    )
    stages = {name: stage_codes(made.arms[arm], stage) for name, (arm, stage) in STAGES_ASKED.items()}
    stages[TRACE] = np.array([VALID] * 5 + [INVALID, INVALID, LOST], np.int8)
    nothing = np.full(size, np.nan, np.float32)
    return items, Outcomes(np.ones(size, np.int8), nothing, np.zeros(size, np.int8), nothing, stages)


def test_published_rates_are_those_of_a_diagnosis_and_ours_leave_out_what_was_not_written() -> None:
    made = table()
    items, cell = cell_of(made)
    rows = np.ones(len(made), bool)
    for name, count in published(made).items():
        if name.startswith("H^"):
            value, n, missing = figure(name, items, rows, [cell])
            assert value == pytest.approx(count.value)
            assert (n, missing) == (count.of, 0)
            assert count.events == 6  # all but two are false, open, without a verdict or absent
    for what, (arm, stage) in UNAIDED.items():
        estimate = rate(made, arm, stage)
        value, n, missing = figure(f"wrong {what}", items, rows, [cell])
        assert (value, n, missing) == (0.6, 5, 2)  # the open one and the one without a verdict
        assert estimate is not None
        assert estimate.worst is not None
        assert estimate.best is not None
        assert estimate.worst <= 0.6 <= estimate.best


def test_a_trace_that_never_came_is_missing_and_one_out_of_form_is_invalid() -> None:
    items, cell = cell_of(table())
    value, n, missing = figure("invalid traces", items, np.ones(8, bool), [cell])
    assert value == pytest.approx(2 / 7)
    assert (n, missing) == (7, 1)


def test_outcomes_of_stages_are_kept_and_a_file_without_them_is_read(tmp_path: Path) -> None:
    _, cell = cell_of(table())
    write_outcomes(tmp_path / "with", cell)
    again = read_outcomes(tmp_path / "with", 8)
    assert {name: codes.tolist() for name, codes in again.stages.items()} == {
        name: codes.tolist() for name, codes in cell.stages.items()
    }
    write_outcomes(tmp_path / "without", Outcomes(cell.status, cell.right, cell.response, cell.margin))
    assert read_outcomes(tmp_path / "without", 8).stages == {}


def test_protocols_in_stages_are_told_from_others() -> None:
    assert in_stages("staged")
    assert not in_stages("direct")
    with pytest.raises(UserError, match="unknown protocol 'stagd'"):
        in_stages("stagd")


PLAN = """
schema = "auscult.plan/1"
title = "traces"
model = "phantom"
seeds = [0]
[train]
items = "train"
where = { said = "trace" }
[tuning]
epochs = 1
batch = 8
[match]
by = "tokens"
pairs = 4
[[set]]
name = "traces"
items = "test"
protocol = "staged"
judge_protocol = "scene"
[[set]]
name = "asked plainly"
items = "test"
[[arm]]
name = "traces"
tuning = { learn = "trace" }
[[arm]]
name = "without eyes"
tuning = { learn = "trace", stage_weights = "0,1,1,1" }
"""


def test_a_cell_that_learns_traces_is_asked_in_stages_and_plainly(tmp_path: Path) -> None:
    """Real tuning and real traces of the bundled model: some seconds, since nothing smaller writes any."""
    pytest.importorskip("peft")
    from recipes.cure.traces import twice, write

    from auscult.certificates.diagnosis.questions import presence_questions
    from auscult.phantoms.folder import FolderPlan

    for part, asks, n in (("train", twice, 3), ("test", presence_questions, 1)):
        made = write(tmp_path / "work" / part, FolderPlan(n=n, seed=5, split=part), asks)  # type: ignore[arg-type]
        (tmp_path / part).symlink_to(made)
    (tmp_path / "plan.toml").write_text(PLAN)
    grid, out = Grid(tmp_path / "plan.toml", tmp_path / "grid", ModelOptions(device="cpu")), tmp_path / "grid"
    assert grid.run(Portion()) == 3
    rows = {row.arm: row for row in read_rows_of(out)}
    items = read_items(next(out.glob("items-*.parquet")))
    for row in rows.values():
        figures = row.figures["traces"]
        assert set(OF_TRACES) <= set(figures)
        assert figures["accuracy"][1] == figures["H^R"][1] == row.figures["asked plainly"]["accuracy"][1]
        assert not set(OF_TRACES) & set(row.figures["asked plainly"])
        outcomes = read_outcomes(out / row.outcomes[0], len(items.id))
        assert (outcomes.stages[TRACE] > 0).sum() == len(items.id) // 2
    whole, masked = (rows[arm].tuned for arm in ("traces", "without eyes"))
    assert whole["settings"]["stage_weights"] == "1,1,1,1"
    assert masked["pairs"] > whole["pairs"]
    assert masked["tokens"] == pytest.approx(whole["tokens"], rel=0.25)
