"""The rows of a grid, summed up: every arm on every set, against base, and what became of the hypotheses."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from auscult.ablation.cells import items_file
from auscult.ablation.contrasts import MAX_MISSING, Contrast, contrast
from auscult.ablation.grid import cells_of
from auscult.ablation.measures import MEASURES
from auscult.ablation.outcomes import ACCEPTED, LOST, Items, Outcomes, read_items, read_outcomes
from auscult.ablation.plan import BASE, Hypothesis, Plan, read_plan
from auscult.ablation.rows import ROWS, Row, read_rows_of
from auscult.analysis.joined import Bools
from auscult.errors import UserError
from auscult.statistics.crossed import FEWEST_CLUSTERS, Side
from auscult.statistics.multiple import holm
from auscult.statistics.shift import CureOrShift, cure_or_shift
from auscult.store.files import content_hash

Standing = Literal["shown", "not shown", "refuted", "withheld", "too few images", "not run"]
SHOWN_AT = 0.05
ENOUGH = 50
"""Items of either kind that the test of cure or shift needs to be worth its line."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """What an arm does on a set.

    Attributes:
        set: name.
        arm: name.
        measure: of what.
        own: the figure.
        against: arm minus base; None of base itself, and where base is not done.
        by_seed: the figure of each cell, in the order of the seeds.
    """

    set: str
    arm: str
    measure: str
    own: Contrast
    against: Contrast | None
    by_seed: tuple[float, ...]


@dataclass(frozen=True, kw_only=True)
class Tested:
    """What became of a hypothesis.

    Attributes:
        hypothesis: as the plan says it.
        found: the figure; None where its cells are not done, or the set has nothing to say of it.
        bound: one-sided 95 % limit on the side on which it could fail.
        p_value: one-sided; None where it is withheld.
        adjusted: after Holm over the primary ones; None of an exploratory one.
        standing: whether it is shown at 5 % (after Holm where it is primary); refuted where the 95 % interval lies on
            the other side of the limit; nothing of it where there are fewer images than were simulated.
        lacks: its arms that have no finished cell.
    """

    hypothesis: Hypothesis
    found: Contrast | None
    bound: float | None = None
    p_value: float | None = None
    adjusted: float | None = None
    standing: Standing = "not run"
    lacks: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Cure:
    """Whether an arm tells true from false better on a set, or only says no more often."""

    set: str
    arm: str
    found: CureOrShift


@dataclass(frozen=True, kw_only=True)
class Study:
    """A grid, summed up.

    Attributes:
        plan: the plan.
        rows: arm → its rows, by seed.
        items: that were asked.
        lines: by set, measure and arm.
        tested: by hypothesis, in the order of the plan.
        cures: by set and arm.
        lacking: cells of the plan that are not done.
        passed_over: rows that are not of this plan, by what they are.
        remarks: what must be read with the figures.
    """

    plan: Plan
    rows: Mapping[str, tuple[Row, ...]]
    items: Items
    lines: tuple[Line, ...]
    tested: tuple[Tested, ...]
    cures: tuple[Cure, ...]
    lacking: int
    passed_over: tuple[str, ...]
    remarks: tuple[str, ...]

    @property
    def arms(self) -> tuple[str, ...]:
        """The arms that are done, at least in part: base first, then in the order of the plan."""
        return tuple(self.rows)

    def line(self, of: str, arm: str, measure: str) -> Line | None:
        """A line; None where there is none."""
        return next((one for one in self.lines if (one.set, one.arm, one.measure) == (of, arm, measure)), None)


@dataclass(frozen=True)
class _Table:
    """The outcomes of the cells of a plan.

    Attributes:
        items: of the grid.
        cells: arm → seed → outcomes.
        sets: name → mask of its items.
    """

    items: Items
    cells: Mapping[str, Mapping[int | None, Outcomes]]
    sets: Mapping[str, Bools]
    said: dict[tuple[str, ...], Contrast | None] = field(default_factory=dict)

    def contrast(self, of: str, measure: str, form: str, *arms: str) -> Contrast | None:
        """A figure of an arm, or of arms against each other over the seeds that all of them have; None without any."""
        key = (of, measure, form, *arms)
        if key not in self.said:
            cells = self._together(arms)
            self.said[key] = (
                contrast(measure, self.items, self.sets[of], cells, form=form) if cells else None  # type: ignore[arg-type]
            )
        return self.said[key]

    def _together(self, arms: Sequence[str]) -> list[list[Outcomes]]:
        if any(arm not in self.cells for arm in arms):
            return []
        seeded = [self.cells[arm] for arm in arms if arm != BASE]
        seeds = [s for s in (seeded[0] if seeded else {None: 0}) if all(s in cells for cells in seeded)]
        return [
            [self.cells[arm][None if arm == BASE else s] for s in seeds[: 1 if arm == BASE else None]]
            for arm in arms
            if seeds
        ]


def study(path: Path, out: Path) -> Study:
    """Sums up the rows of a grid that are of a plan; no model and no item set is opened.

    Raises:
        UserError: the plan is wrong, there is no row of it, or a file of outcomes is missing or another one.
    """
    plan, sha256 = read_plan(path)
    rows, passed_over = _of_plan(plan, out)
    asked = next(iter(rows.values()))[0]
    items = read_items(items_file(out, asked.items))
    cells = {arm: {row.seed: _outcomes(out, row, items) for row in those} for arm, those in rows.items()}
    sets = {s.name: _rows(items, s.name, asked.places[s.source], s.where) for s in plan.set if s.source in asked.places}
    table = _Table(items, cells, sets)
    wanted = sum(1 for _ in cells_of(plan))
    return Study(
        plan=plan,
        rows=rows,
        items=items,
        lines=tuple(_lines(table)),
        tested=tuple(_tested(plan, table)),
        cures=tuple(_cures(table)),
        lacking=wanted - sum(map(len, rows.values())),
        passed_over=passed_over,
        remarks=tuple(_remarks(rows, sha256)),
    )


def _of_plan(plan: Plan, out: Path) -> tuple[dict[str, tuple[Row, ...]], tuple[str, ...]]:
    """Arm → its rows; and what other rows there are.

    Raises:
        UserError: there is no row of this plan, or they are of different models or sets.
    """
    recipes = {(cell.arm, cell.seed): cell.recipe for cell in cells_of(plan)}
    every = read_rows_of(out)
    fitting = [row for row in every if recipes.get((row.arm, row.seed)) == row.recipe]
    if not fitting:
        raise UserError(f"{out / ROWS}: holds no row of this plan; run it without --analyse-only")
    newest = fitting[-1]
    kept = [row for row in fitting if (row.inputs, row.items) == (newest.inputs, newest.items)]
    others = len(fitting) - len(kept)
    passed_over = tuple(
        said
        for count, said in (
            (len(every) - len(fitting), f"{len(every) - len(fitting)} rows are of other plans than this one"),
            (others, f"{others} rows were made with another base, other sets or other items than the newest"),
        )
        if count
    )
    rows = {
        arm: tuple(sorted((row for row in kept if row.arm == arm), key=lambda row: row.seed or 0))
        for arm in (BASE, *(arm.name for arm in plan.arm))
    }
    return {arm: those for arm, those in rows.items() if those}, passed_over


def _outcomes(out: Path, row: Row, items: Items) -> Outcomes:
    name, sha256 = row.outcomes
    path = out / name
    if not path.exists():
        raise UserError(f"{path}: missing; bring it back, or take its line ({row.arm}) out of {ROWS}")
    if content_hash(path) != sha256:
        raise UserError(f"{path}: altered since its line in {ROWS} was written (sha256 differs); bring it back")
    return read_outcomes(path, len(items.id))


def _rows(items: Items, name: str, place: int, where: Mapping[str, str | tuple[str, ...]]) -> Bools:
    try:
        return items.where(place, dict(where))
    except UserError as error:
        raise UserError(f"set '{name}': {error}") from None


def _lines(table: _Table) -> Iterator[Line]:
    for of in table.sets:
        for measure in MEASURES:
            for arm, cells in table.cells.items():
                own = table.contrast(of, measure, "figure", arm)
                if own is None or not (own.estimate.n or own.estimate.missing):
                    continue
                against = None if arm == BASE else table.contrast(of, measure, "difference", arm, BASE)
                each = (contrast(measure, table.items, table.sets[of], [[c]], form="figure") for c in cells.values())
                by_seed = tuple(c.estimate.value for c in each if c and c.estimate.value is not None)
                yield Line(set=of, arm=arm, measure=measure, own=own, against=against, by_seed=by_seed)


def _tested(plan: Plan, table: _Table) -> Iterator[Tested]:
    made = [_one(h, table) for h in plan.hypothesis]
    primary = [one for one in made if one.hypothesis.primary]
    # What is not run, withheld, or of too few images counts as not shown: leaving it out would make the others easier.
    adjusted = holm([1.0 if one.p_value is None else one.p_value for one in primary])
    known = {one.hypothesis.name: p for one, p in zip(primary, adjusted, strict=True)}
    for one in made:
        yield _standing(one, known.get(one.hypothesis.name))


def _one(h: Hypothesis, table: _Table) -> Tested:
    arms = (h.arm, h.against, *([BASE] if h.form == "ratio of effects" else []))
    found = table.contrast(h.set, h.measure, h.form, *arms) if h.set in table.sets else None
    if found is None:
        return Tested(hypothesis=h, found=None, lacks=tuple(arm for arm in arms if arm not in table.cells))
    if found.estimate.clusters < FEWEST_CLUSTERS:
        return Tested(hypothesis=h, found=found, standing="too few images")
    limit, side = limit_of(h)
    bound = found.bound("above" if side == "above" else "below")
    return Tested(hypothesis=h, found=found, bound=bound, p_value=found.p_value(limit, side))


def limit_of(h: Hypothesis) -> tuple[float, Side]:
    """The limit of a hypothesis, and the side on which the figure is to lie."""
    sides: tuple[Side, ...] = ("below", "above", "within")
    for side in sides:
        limit: float | None = getattr(h, side)
        if limit is not None:
            return limit, side
    raise AssertionError(h)


def _standing(one: Tested, adjusted: float | None) -> Tested:
    limit, side = limit_of(one.hypothesis)
    standing: Standing = "not shown"
    if one.found is None:
        standing = "not run"
    elif one.standing == "too few images":
        standing = one.standing
    elif one.p_value is None:
        standing = "withheld"
    elif (adjusted if adjusted is not None else one.p_value) <= SHOWN_AT:
        standing = "shown"
    elif _beyond(one.found, limit, side):
        standing = "refuted"
    return Tested(**(vars(one) | {"adjusted": adjusted, "standing": standing}))


def _beyond(found: Contrast, limit: float, side: Side) -> bool:
    low, high = found.estimate.low, found.estimate.high
    over, under = low is not None and low > limit, high is not None and high < limit
    if side == "within":
        return over or (high is not None and high < -limit)
    return over if side == "below" else under


def _cures(table: _Table) -> Iterator[Cure]:
    """Of every arm on every set with enough yes-margins of either kind."""
    base = table.cells.get(BASE, {}).get(None)
    if base is None:
        return
    items = table.items
    for of, rows in table.sets.items():
        for arm, cells in table.cells.items():
            if arm == BASE:
                continue
            every = [base, *cells.values()]
            asked = rows & np.isin(items.premise, (0, 1, 2)) & np.any([np.isfinite(c.margin) for c in every], axis=0)
            at = np.flatnonzero(asked)
            true = items.yes[at]
            if min(int(true.sum()), int((~true).sum())) < ENOUGH:
                continue
            lost = np.any([~np.isfinite(c.margin[at]) | (c.response[at] == LOST) for c in every], axis=0)
            after = np.array([c.margin[at] for c in cells.values()], float)
            said = np.array([_said_yes(items, at, cell) for cell in every], float)
            found = cure_or_shift(
                true,
                np.where(lost, 0.0, base.margin[at]),
                np.where(lost, 0.0, after),
                np.array(items.cluster, dtype=object)[at].astype(str),
                said_before=said[0],
                said_after=said[1:],
                questions=items.question[at],
                missing=lost,
                max_missing=MAX_MISSING,
            )
            if found is not None:
                yield Cure(set=of, arm=arm, found=found)


def _said_yes(items: Items, at: NDArray[np.intp], cell: Outcomes) -> Bools:
    """Whether the answer to an item was yes: to a premise, whether it was accepted."""
    right = cell.right[at] >= 1
    return np.asarray(np.where(items.premise[at] > 0, cell.response[at] == ACCEPTED, right == items.yes[at]))


def _remarks(rows: Mapping[str, tuple[Row, ...]], sha256: str) -> Iterator[str]:
    every = [row for those in rows.values() for row in those]
    for what, names in (("versions of the code", {row.code for row in every}),):
        if len(names) > 1:
            yield f"The cells were done by {len(names)} {what}: {', '.join(sorted(names))}."
    plans = {row.plan for row in every}
    if plans != {sha256}:
        yield (
            "The plan's file is not the one that all cells were done under: arms and sets are the same, hypotheses or "
            "reasons may have been changed since."
        )
    if single := [arm for arm, those in rows.items() if arm != BASE and len(those) == 1]:
        yield f"One seed alone, so that nothing is known of other seeds: {', '.join(single)}."
    gaps = {arm: why for arm, those in rows.items() if (why := those[0].tuned.get("unmatched"))}
    for arm, why in gaps.items():
        yield f"'{arm}' is not matched with the other arms: {why}."
