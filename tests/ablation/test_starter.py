"""A plan that is begun for a set is read, drawn and run as it stands."""

from math import ceil
from pathlib import Path

import pytest
from tests.cli.conftest import Auscult, auscult  # noqa: F401
from tests.tuning.conftest import asked, make_items

from auscult.ablation.evening import even_batch
from auscult.ablation.grid import Grid, Portion
from auscult.ablation.plan import read_plan
from auscult.ablation.starter import starter
from auscult.errors import UserError
from auscult.models import ModelOptions

pytest.importorskip("torch")


def test_a_plan_for_a_set_with_premises_has_the_arms_of_figure_5_and_is_run_as_it_stands(
    auscult: Auscult,  # noqa: F811
    bench: Path,
    tmp_path: Path,
) -> None:
    ran = auscult(
        "ablate", "--starter", bench / "train", "--test", bench / "test", "--model", f"local:{bench / 'base'}"
    )
    assert ran.code == 0 and not ran.err
    path, out = tmp_path / "plan.toml", tmp_path / "grid"
    path.write_text(ran.out)
    plan, _ = read_plan(path)
    names = [arm.name for arm in plan.arm]
    assert names[:4] == ["both", "shuffled", "hallucination only", "others only"]
    assert {"wrong 7.3 %", "25 % of the data", "75 % of the data", "without tag"} < set(names)
    assert plan.match.pairs == 24, "as many as there are of hallucination kind, the fewest"
    assert [h.arm for h in plan.hypothesis if h.primary] == ["without tag", "both", "both", "both", "shuffled"]

    dry = auscult("ablate", path, "--out", out, "--dry-run")
    assert dry.code == 0 and "both: 3 cells; 24 pairs, 3 epochs, 12 steps" in dry.out
    assert "% steps" not in dry.out, "a quarter, a half and three quarters of the pairs come to as many steps"
    assert dry.out.splitlines()[-1].endswith("do one with --only both --cells 1/3")
    ran = auscult("ablate", path, "--out", out, "--only", "both", "--cells", "1/3", "--device", "cpu")
    assert ran.code == 0 and (out / "ablation.html").is_file()
    told = auscult("ablate", path, "--out", out, "--dry-run").out
    assert "cells: 29 to do of 31 (2 are finished)" in told and "by 1 tuned cell done" in told


def test_where_a_batch_leaves_arms_of_less_data_with_other_steps_the_dry_run_names_one_that_does_not(
    bench: Path, tmp_path: Path
) -> None:
    text = starter(bench / "train", bench / "test", f"local:{bench / 'base'}")
    path = tmp_path / "plan.toml"
    path.write_text(text.replace("batch = 6 ", "batch = 64 "))
    told = Grid(path, tmp_path / "grid", ModelOptions(device="cpu")).forecast(Portion())
    assert any("% steps" in line for line in told)
    assert "arms of less data have as many steps as the others with batch = 6 in [tuning]" in told
    path.write_text(text)
    told = Grid(path, tmp_path / "grid", ModelOptions(device="cpu")).forecast(Portion())
    assert not any("% steps" in line or "with batch" in line for line in told)


@pytest.mark.parametrize("pairs", [4, 24, 100, 1000, 6020])
def test_a_batch_is_found_with_which_a_quarter_has_as_many_steps_as_all(pairs: int) -> None:
    batch = even_batch(pairs, 3, (1, 0.25, 0.5, 0.75), 64, 0.02)
    assert batch is not None
    steps = 3 * ceil(pairs / batch)
    for share in (0.25, 0.5, 0.75):
        epochs = round(3 / share)
        assert abs(round(steps / epochs) * epochs / steps - 1) <= 0.02


def test_a_plan_for_a_set_without_premises_has_no_arms_of_one_kind_and_claims_accuracy(tmp_path: Path) -> None:
    items = make_items(tmp_path / "set", asked()).folder
    path = tmp_path / "plan.toml"
    path.write_text(starter(items, model="local:anything"))
    plan, _ = read_plan(path)
    assert [arm.name for arm in plan.arm][:2] == ["both", "shuffled"]
    assert "hallucination only" not in path.read_text() and "acceptance" not in path.read_text()
    assert {h.measure for h in plan.hypothesis} == {"accuracy"}


def test_an_arm_that_the_set_has_no_pairs_for_is_left_out_and_named(tmp_path: Path) -> None:
    rows = [f"{n}.png,where is it?,in lung {n},p{n},q{n},{'test' if n < 3 else 'train'}" for n in range(15)]
    path = tmp_path / "plan.toml"
    path.write_text(starter(make_items(tmp_path / "set", rows, change=None).folder, model="local:x"))
    assert "wrong 40 %" in [arm.name for arm in read_plan(path)[0].arm]
    alone = [f"{n}.png,is it {n}?,in lung {n},p{n},q{n},{'test' if n < 3 else 'train'}" for n in range(15)]
    path.write_text(starter(make_items(tmp_path / "alone", alone).folder, model="local:x"))
    assert "wrong 40 %" not in [arm.name for arm in read_plan(path)[0].arm]
    assert "# No arm 'wrong 40 %': wrong = 0.4 asks for" in path.read_text()


def test_what_cannot_be_begun_is_told_in_one_line(bench: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="has no split 'test' that could be asked; .* --test ITEMS"):
        starter(bench / "train")
    with pytest.raises(UserError, match="is a folder, and a plan is a TOML file; .* --starter"):
        Grid(bench / "train", tmp_path / "grid", ModelOptions()).forecast(Portion())
    with pytest.raises(UserError, match="no such folder"):
        starter(tmp_path / "none")
