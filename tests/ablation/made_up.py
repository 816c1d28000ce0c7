"""A grid whose outcomes are drawn, so that what its analysis must find is known; no model is asked."""

from pathlib import Path

import numpy as np

from auscult.ablation.cells import CELLS, items_digest, items_file
from auscult.ablation.grid import cells_of
from auscult.ablation.outcomes import ACCEPTED, DENIED, LOST, Items, Outcomes, write_items, write_outcomes
from auscult.ablation.plan import BASE, read_plan
from auscult.ablation.rows import SCHEMA, Row, add_row
from auscult.store.files import content_hash

PLAN = """
schema = "auscult.plan/1"
title = "drawn"
model = "phantom"
seeds = [0, 1, 2, 3]
[train]
items = "train"
[[set]]
name = "all"
items = "test"
[[set]]
name = "tags"
items = "test"
where = { premise_form = "tag" }
[[arm]]
name = "both"
[[arm]]
name = "shuffled"
images = "shuffled"
"""
HYPOTHESES = """
[[hypothesis]]
name = "acceptance falls by half"
primary = true
set = "all"
measure = "knowing acceptance"
arm = "both"
form = "relative"
below = -0.5
[[hypothesis]]
name = "no more over-denial"
primary = true
set = "all"
measure = "over-denial"
arm = "both"
below = 0.02
[[hypothesis]]
name = "shuffled does less than a third"
primary = true
set = "all"
measure = "knowing acceptance"
arm = "shuffled"
against = "both"
form = "ratio of effects"
below = 0.333
[[hypothesis]]
name = "shuffled halves it too"
set = "all"
measure = "knowing acceptance"
arm = "shuffled"
form = "relative"
below = -0.5
"""
ACCEPTS = {BASE: 0.8, "both": 0.1, "shuffled": 0.75}
DENIES = {BASE: 0.05, "both": 0.05, "shuffled": 0.06}


def items_of(images: int) -> Items:
    """Of each image: a neutral question, a false premise and a true one, in two forms."""
    premise = np.tile(np.array([0, 1, 2, 0, 1, 2], np.int8), images)
    rows = len(premise)
    twin = np.where(premise > 0, 3 * (np.arange(rows) // 3), -1).astype(np.int32)
    forms = np.tile(["neutral", "tag", "tag", "neutral", "polar", "polar"], images)
    kinds = np.select([premise == 1, premise == 2], ["hallucination", "non-hallucination"], "question")
    return Items(
        asked=np.zeros(rows, np.int8),
        id=[f"i{n}" for n in range(rows)],
        cluster=[f"image {n // 6}" for n in range(rows)],
        yes=premise == 2,
        premise=premise,
        twin=twin,
        question=(np.arange(rows) % 6 // 3 + 1).astype(np.int32),
        labels={"premise_form": list(forms), "kind": list(kinds)},
    )


def outcomes_of(items: Items, arm: str, rng: np.random.Generator, lost: float = 0.0) -> Outcomes:
    """What an arm would say, with what base says of neutral questions."""
    size = len(items.id)
    accepts = ACCEPTS.get(arm, 0.5) + (rng.normal(0, 0.02) if arm != BASE else 0.0)
    chance = np.select([items.premise == 1, items.premise == 2], [accepts, 1 - DENIES.get(arm, 0.05)], 0.0)
    accepted = rng.random(size) < chance
    response = np.where(items.premise > 0, np.where(accepted, ACCEPTED, DENIED), 0)
    response = np.where((rng.random(size) < lost) & (items.premise > 0), LOST, response).astype(np.int8)
    right = np.where(items.premise == 0, rng.random(size) < 0.9, np.nan).astype(np.float32)
    yes = np.where(items.premise > 0, accepted, (right >= 1) == items.yes)
    margin = np.abs(rng.normal(0, 1, size)) * np.where(yes, 1, -1)
    return Outcomes((items.premise == 0).astype(np.int8), right, response, margin.astype(np.float32))


def make_grid(
    folder: Path, hypotheses: str = HYPOTHESES, images: int = 80, lost: float = 0.0, plan: str = PLAN
) -> tuple[Path, Path]:
    """A plan and the folder of its finished grid."""
    folder.mkdir(parents=True, exist_ok=True)
    path, out = folder / "plan.toml", folder / "grid"
    path.write_text(plan + hypotheses)
    (out / CELLS).mkdir(parents=True)
    items = items_of(images)
    named = items_digest(items)
    write_items(items_file(out, named), items)
    parsed, sha256 = read_plan(path)
    for number, cell in enumerate(cells_of(parsed)):
        file = out / CELLS / f"{cell.file}.parquet"
        write_outcomes(file, outcomes_of(items, cell.arm, np.random.default_rng([number, images]), lost))
        row = Row(
            format=SCHEMA,
            arm=cell.arm,
            seed=cell.seed,
            recipe=cell.recipe,
            inputs={"base": "b", "train": "t"},
            plan=sha256,
            code="0",
            tuned={} if cell.seed is None else {"pairs": 100, "epochs": 3, "steps": 6, "tokens": 900, "unmatched": ""},
            figures={},
            items=named,
            places={"test - direct": 0},
            outcomes=(f"{CELLS}/{file.name}", content_hash(file)),
            seconds={"tuning": 1.0, "evaluation": 1.0},
            machine={},
            finished="2026-01-01T00:00:00+00:00",
        )
        add_row(out, row)
    return path, out
