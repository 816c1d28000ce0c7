import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from auscult.ablation import cells
from auscult.ablation.grid import Grid, Portion
from auscult.ablation.outcomes import read_items, read_outcomes
from auscult.ablation.rows import ROWS, read_rows_of
from auscult.errors import UserError
from auscult.models import ModelOptions
from auscult.store.held import held


def grid_of(bench: Path, out: Path) -> Grid:
    return Grid(bench / "plan.toml", out, ModelOptions(device="cpu"))


@pytest.fixture(scope="module")
def finished(bench: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("grids") / "grid"
    assert grid_of(bench, out).run(Portion()) == 4
    return out


def test_every_cell_leaves_a_row_and_a_small_file_of_outcomes(finished: Path) -> None:
    rows = read_rows_of(finished)
    assert [(row.arm, row.seed) for row in rows] == [("base", None), ("both", 0), ("shuffled", 0), ("both", 1)]
    base, both = rows[0], rows[1]
    assert base.tuned == {}
    assert (both.tuned["pairs"], both.tuned["steps"], both.tuned["epochs"]) == (16, 2, 1)
    assert both.inputs == base.inputs
    assert set(both.figures) == {"all", "tag questions"}
    assert both.figures["all"]["raw acceptance"][1] + both.figures["all"]["raw acceptance"][2] == 8
    assert both.figures["tag questions"]["raw acceptance"][1] <= 4
    items = read_items(next(finished.glob("items-*.parquet")))
    for row in rows:
        file = finished / row.outcomes[0]
        assert file.stat().st_size < 20_000
        outcomes = read_outcomes(file, len(items.id))
        assert (outcomes.status[items.premise == 0] > 0).all()
        assert (outcomes.response[items.premise > 0] > 0).all()
        assert np.isfinite(outcomes.margin).all()
    assert (items.twin[items.premise > 0] >= 0).all()


def test_a_finished_grid_is_left_as_it_is_and_two_seeds_differ(bench: Path, finished: Path) -> None:
    before = (finished / ROWS).read_bytes()
    assert grid_of(bench, finished).run(Portion()) == 0
    assert (finished / ROWS).read_bytes() == before
    first, second = (row for row in read_rows_of(finished) if row.arm == "both")
    assert first.tuned["draw"] != second.tuned["draw"]
    assert first.outcomes[1] != second.outcomes[1]


def test_a_grid_goes_on_from_its_rows_where_its_work_is_gone(bench: Path, finished: Path, tmp_path: Path) -> None:
    out = tmp_path / "grid"
    shutil.copytree(finished, out, ignore=shutil.ignore_patterns("work"))
    lines = (out / ROWS).read_bytes().splitlines(keepends=True)
    (out / ROWS).write_bytes(b"".join(lines[:3]) + lines[3][:40])
    grid = grid_of(bench, out)
    told = grid.forecast(Portion())
    assert "cells: 1 to do of 4 (3 are finished)" in told
    assert any(": 1 cell; " in line and ", 1 epoch, " in line for line in told), told
    assert grid.run(Portion()) == 1
    again, before = json.loads((out / ROWS).read_bytes().splitlines()[3]), json.loads(lines[3])
    for key in ("recipe", "inputs", "tuned", "figures", "outcomes"):
        assert again[key] == before[key], key


def test_a_cell_that_was_stopped_goes_on_and_a_share_of_cells_can_be_done_elsewhere(
    bench: Path, finished: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, done = tmp_path / "grid", cells.collected

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(cells, "collected", killed)
    with pytest.raises(KeyboardInterrupt):
        grid_of(bench, out).run(Portion.of(["shuffled"], ""))
    assert read_rows_of(out) == []
    monkeypatch.setattr(cells, "collected", done)
    assert grid_of(bench, out).run(Portion.of(["shuffled"], "")) == 2
    base, row = read_rows_of(out)
    assert base.arm == "base", "what is held against base needs it, whatever is selected"
    [before] = [r for r in read_rows_of(finished) if r.arm == "shuffled"]
    assert (row.figures, row.outcomes) == (before.figures, before.outcomes)
    shares = [{cell.name for cell in grid_of(bench, out).chosen(Portion.of([], f"{n}/3"))} for n in (1, 2, 3)]
    assert sorted(map(len, shares)) == [1, 1, 2]
    assert set.union(*shares) == {"base", "both, seed 0", "both, seed 1", "shuffled, seed 0"}


def test_a_changed_arm_is_done_again_and_changed_hypotheses_are_not(
    bench: Path, finished: Path, tmp_path: Path
) -> None:
    for name in ("train", "test", "base"):
        (tmp_path / name).symlink_to(bench / name)
    plan = (bench / "plan.toml").read_text()
    (tmp_path / "plan.toml").write_text(plan.replace("below = 0.0", "below = -0.1").replace("a small", "another"))
    assert len(Grid(tmp_path / "plan.toml", finished).finished()) == 4
    (tmp_path / "plan.toml").write_text(plan.replace("learning_rate = 1e-2", "learning_rate = 1e-3"))
    assert [cell.arm for cell in Grid(tmp_path / "plan.toml", finished).finished()] == ["base"]
    shutil.copytree(finished, tmp_path / "grid")
    again = Grid(tmp_path / "plan.toml", tmp_path / "grid", ModelOptions(device="cpu"))
    assert again.run(Portion.of(["shuffled"], "")) == 1


def test_images_that_are_tuned_on_are_refused_as_a_test(bench: Path, tmp_path: Path) -> None:
    plan = (bench / "plan.toml").read_text().replace('items = "test"', 'items = "train"\nsplit = "train"')
    (bench / "leaks.toml").write_text(plan)
    with pytest.raises(UserError, match="case 'train-0' shows an image that is tuned on; evaluate on others"):
        Grid(bench / "leaks.toml", tmp_path / "out").run(Portion())


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            'images = "shuffled"',
            'leave_out = { premise_form = "tags" }',
            "arm 'shuffled': leave_out: no item of {train} has premise_form = 'tags'; did you mean 'tag'? known: ",
        ),
        (
            'images = "shuffled"',
            'leave_out = { premis_form = "tag" }',
            "leave_out: no item of {train} has a field or tag 'premis_form'; did you mean 'premise_form'",
        ),
        (
            'images = "shuffled"',
            'data = "others"\nwhere = { premise_form = "neutral" }\nleave_out = { premise_form = "tag" }',
            "arm 'shuffled': leave_out leaves out nothing: none of its 24 pairs has premise_form = tag",
        ),
        (
            'images = "shuffled"',
            'where = { modality = ["MR", "CT"] }',
            "arm 'shuffled': where: no item of {train} has modality = 'CT'; known: MR, radiograph",
        ),
        (
            'images = "shuffled"',
            'matched = false\nwhere = { kind = "question", premise_form = "tag" }',
            "arm 'shuffled': has no pair to tune on",
        ),
        (
            'items = "train"',
            'items = "train"\nwhere = { modalty = "MR" }',
            "[train] where: no item of {train} has a field or tag 'modalty'; did you mean 'modality'",
        ),
        (
            'where = { premise_form = "tag" }',
            'where = { premise_form = "tagg" }',
            "set 'tag questions': where: no item of {test} has premise_form = 'tagg'; did you mean 'tag'? known: ",
        ),
        (
            'where = { premise_form = "tag" }',
            'where = { question = "is there a nodule?" }',
            "set 'tag questions': where: no item of {test} has a field or tag 'question'; known: ",
        ),
        (
            'where = { premise_form = "tag" }',
            'where = { premise_form = "tag", kind = "question" }',
            "set 'tag questions': where: no item of {test} has premise_form = tag, kind = question, all at once",
        ),
    ],
)
def test_what_selects_or_leaves_out_nothing_is_refused_by_dry_run_and_before_any_cell(
    bench: Path, tmp_path: Path, old: str, new: str, said: str
) -> None:
    for name in ("train", "test", "base"):
        (tmp_path / name).symlink_to(bench / name)
    plan = (bench / "plan.toml").read_text()
    assert old in plan
    (tmp_path / "plan.toml").write_text(plan.replace(old, new, 1))
    for done in (Grid.forecast, Grid.run):
        with pytest.raises(UserError) as refused:
            done(Grid(tmp_path / "plan.toml", tmp_path / "grid", ModelOptions(device="cpu")), Portion())
        assert said.format(train=tmp_path / "train", test=tmp_path / "test") in str(refused.value)
    assert not (tmp_path / "grid").exists()


def test_base_is_the_first_cell_of_any_selection_and_left_to_another_process_that_is_at_it(
    bench: Path, finished: Path, tmp_path: Path
) -> None:
    grid = grid_of(bench, tmp_path / "grid")
    assert [cell.name for cell in grid.chosen(Portion.of(["both"], "1/2"))] == ["base", "both, seed 0"]
    assert [cell.name for cell in grid.chosen(Portion.of(["both"], "2/2"))] == ["both, seed 1"]
    shutil.copytree(finished, tmp_path / "grid", ignore=shutil.ignore_patterns("work"))
    lines = (finished / ROWS).read_text().splitlines(keepends=True)
    (tmp_path / "grid" / ROWS).write_text("".join(lines[1:]))
    with held(tmp_path / "grid" / "work" / "base", "busy"):
        assert grid.run(Portion.of(["both"], "")) == 0
        with pytest.raises(UserError, match="another process is at this cell"):
            grid.run(Portion.of(["base"], ""))
    assert grid.run(Portion.of(["both"], "")) == 1


@pytest.mark.parametrize("given", ["3", "0/2", "3/2", "a/b", "1/"])
def test_what_is_no_share_of_the_cells_is_refused(given: str) -> None:
    with pytest.raises(UserError, match="--cells takes I/N"):
        Portion.of([], given)


def test_an_unknown_arm_and_a_folder_of_something_else_are_refused(bench: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="has no arm 'bth'; did you mean 'both'"):
        grid_of(bench, tmp_path).chosen(Portion.of(["bth"], ""))
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(UserError, match="is not empty and no folder of a grid"):
        grid_of(bench, tmp_path).run(Portion())


def test_a_damaged_row_is_named_by_its_line(finished: Path, tmp_path: Path) -> None:
    lines = (finished / ROWS).read_text().splitlines(keepends=True)
    (tmp_path / ROWS).write_text(lines[0] + '{"arm": "both"}\n' + lines[1])
    with pytest.raises(UserError, match=r"rows.jsonl: line 2: no row of a grid \(format\)"):
        read_rows_of(tmp_path)
