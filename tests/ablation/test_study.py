from pathlib import Path

import numpy as np
import pytest
from tests.ablation.made_up import PLAN, items_of, make_grid, outcomes_of

from auscult.ablation.contrasts import contrast
from auscult.ablation.outcomes import Outcomes
from auscult.ablation.rows import ROWS
from auscult.ablation.study import Study, study
from auscult.errors import UserError


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return study(*make_grid(tmp_path_factory.mktemp("study")))


def test_every_arm_has_its_figures_on_every_set_and_its_difference_from_base(found: Study) -> None:
    assert found.arms == ("base", "both", "shuffled")
    line = found.line("all", "both", "knowing acceptance")
    assert line is not None and line.against is not None
    own, against = line.own.estimate, line.against.estimate
    assert own.value == pytest.approx(0.1, abs=0.04)
    assert against.low is not None and against.high is not None and against.value is not None
    assert against.low < -0.7 < against.high
    assert against.variance == ("items", "images", "seeds")
    assert len(line.by_seed) == 4
    base = found.line("all", "base", "knowing acceptance")
    assert base is not None and base.against is None and base.own.seeds == 1
    tags = found.line("tags", "both", "knowing acceptance")
    assert tags is not None and tags.own.estimate.n * 2 == pytest.approx(own.n, rel=0.05)


def test_hypotheses_stand_as_the_outcomes_were_drawn(found: Study) -> None:
    stands = {one.hypothesis.name: one for one in found.tested}
    assert stands["acceptance falls by half"].standing == "shown"
    assert stands["shuffled does less than a third"].standing == "shown"
    halves = stands["shuffled halves it too"]
    assert (halves.standing, halves.adjusted) == ("refuted", None)
    fallen = stands["acceptance falls by half"]
    assert fallen.bound is not None and fallen.bound < -0.5
    assert fallen.adjusted is not None and fallen.p_value is not None and fallen.adjusted >= fallen.p_value


def test_the_arm_that_tells_apart_is_a_cure_and_the_other_is_not(found: Study) -> None:
    cures = {cure.arm: cure.found.verdict for cure in found.cures if cure.set == "all"}
    assert cures["both"] == "discriminates"
    assert cures["shuffled"] != "discriminates"


def test_acceptance_of_two_arms_is_taken_among_items_known_in_both() -> None:
    items = items_of(2)
    rows = np.ones(len(items.id), bool)
    response = np.where(items.premise == 1, 1, np.where(items.premise == 2, 1, 0)).astype(np.int8)

    def cell(known: list[int], denied: list[int]) -> Outcomes:
        right = np.zeros(len(items.id), np.float32)
        right[known] = 1
        said = response.copy()
        said[denied] = 2
        return Outcomes((items.premise == 0).astype(np.int8), right, said, np.zeros(len(items.id), np.float32))

    # false premises are rows 1, 4, 7, 10, with their twins in 0, 3, 6, 9
    base, arm = cell([0, 3, 6], []), cell([3, 6, 9], [4])
    found = contrast("knowing acceptance", items, rows, [[arm], [base]], form="difference")
    assert found is not None
    assert (found.estimate.n, found.estimate.value) == (2, -0.5)
    relative = contrast("knowing acceptance", items, rows, [[arm], [base]], form="relative")
    assert relative is not None and relative.estimate.value == -0.5
    alone = contrast("knowing acceptance", items, rows, [[arm]], form="figure")
    assert alone is not None and alone.estimate.value == pytest.approx(2 / 3)


def test_missing_answers_widen_the_limits_and_above_a_share_withhold_the_value(tmp_path: Path) -> None:
    few, many = (study(*make_grid(tmp_path / str(lost), lost=lost)) for lost in (0.004, 0.1))
    whole = study(*make_grid(tmp_path / "whole"))

    def against(of: Study) -> tuple[float | None, float, str]:
        line = of.line("all", "both", "raw acceptance")
        assert line is not None and line.against is not None
        e = line.against.estimate
        assert e.low is not None and e.high is not None
        return e.value, e.high - e.low, e.withheld

    assert against(whole)[1] < against(few)[1] < against(many)[1]
    assert against(few)[0] is not None
    assert against(many)[0] is None and "answers are missing" in against(many)[2]
    stands = {one.hypothesis.name: one.standing for one in many.tested}
    assert stands["acceptance falls by half"] == "withheld"


def test_an_arm_that_is_not_done_leaves_its_hypotheses_not_run_and_counted_by_holm(tmp_path: Path) -> None:
    path, out = make_grid(tmp_path)
    lines = [line for line in (out / ROWS).read_text().splitlines(keepends=True) if '"arm": "shuffled"' not in line]
    (out / ROWS).write_text("".join(lines))
    found = study(path, out)
    assert found.lacking == 4
    stands = {one.hypothesis.name: one for one in found.tested}
    assert stands["shuffled does less than a third"].standing == "not run"
    first = stands["acceptance falls by half"]
    assert first.p_value is not None and first.adjusted == pytest.approx(min(1, 3 * first.p_value))


def test_where_images_are_fewer_than_were_simulated_no_claim_is_decided_and_it_is_said(tmp_path: Path) -> None:
    found = study(*make_grid(tmp_path, images=23))
    for one in found.tested:
        assert (one.standing, one.p_value, one.bound) == ("too few images", None, None)
        assert one.found is not None and "fewer than 24 images" in one.found.estimate.note
        assert one.found.estimate.value is not None
    assert {one.standing for one in study(*make_grid(tmp_path / "enough", images=24)).tested} != {"too few images"}


def test_rows_of_other_plans_are_passed_over_and_said(tmp_path: Path) -> None:
    path, out = make_grid(tmp_path)
    changed = PLAN + "tuning = { epochs = 9 }\n"
    path.write_text(changed)
    found = study(path, out)
    assert "shuffled" not in found.arms
    assert found.passed_over == ("4 rows are of other plans than this one",)
    path.write_text(PLAN.replace('images = "shuffled"', "share = 0.5").replace('name = "both"', 'name = "b"'))
    assert study(path, out).arms == ("base",)


def test_outcomes_that_were_altered_are_refused(tmp_path: Path) -> None:
    path, out = make_grid(tmp_path)
    file = out / "cells" / "both-1.parquet"
    file.write_bytes((out / "cells" / "both-2.parquet").read_bytes())
    with pytest.raises(UserError, match=r"both-1.parquet: altered since its line in rows.jsonl was written"):
        study(path, out)
    file.unlink()
    with pytest.raises(UserError, match=r"both-1.parquet: missing; bring it back"):
        study(path, out)


def test_what_is_drawn_without_an_effect_has_none() -> None:
    items = items_of(100)
    rows = np.ones(len(items.id), bool)
    arms = [[outcomes_of(items, "base", np.random.default_rng([seed, arm])) for seed in range(5)] for arm in (1, 2)]
    for measure in ("knowing acceptance", "over-denial", "AUROC", "d'", "criterion", "accuracy"):
        found = contrast(measure, items, rows, arms)
        assert found is not None
        e = found.estimate
        assert e.low is not None and e.high is not None and e.low < 0 < e.high, measure
