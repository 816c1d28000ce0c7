"""A criterion and a run → the parts that must hold."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Any

import numpy as np

from auscult.analysis.failures import first_readings
from auscult.analysis.gate import criteria as of
from auscult.analysis.gate.run import ARRAYS, EVERY, SHARE, NotMeasured, Part, Run, Scale, part, split
from auscult.analysis.joined import OK, STATUS, UNUSABLE, Bools, Column, Floats
from auscult.analysis.quantities import Quantity
from auscult.analysis.quantities.detection import ALL, Errors
from auscult.analysis.quantities.premise import Taking, premise_items, premise_scorer
from auscult.analysis.samples import of_column, of_rows
from auscult.errors import UserError, known_names
from auscult.statistics.one_sided import bounds
from auscult.statistics.risk_coverage import Point, by_agreement, curve

MOST_GROUPS = 30
"""Values of a tag that are compared with each other."""


@dataclass(frozen=True)
class Measured:
    """What a run says to a criterion.

    Attributes:
        parts: all must hold; for a gap, the groups that are compared with each other.
        instrument: scorer with its version; empty where none was used.
        notes: what must be read with the verdict.
        curve: risk by coverage.
    """

    parts: tuple[Part, ...]
    instrument: str = ""
    notes: tuple[str, ...] = ()
    curve: tuple[Point, ...] = ()


def measure(criterion: of.AnyCriterion, run: Run, confidence: float) -> Measured:
    """The parts of a criterion that numbers decide.

    Raises:
        NotMeasured: this run has nothing to say to it.
        UserError: values lie outside the scale.
    """
    measured = _measured(criterion, run, confidence)
    if not any(len(part.rows) for part in measured.parts):
        raise NotMeasured("no question of this run is of that kind")
    if isinstance(criterion, of.Gap | of.Abstention):
        return measured
    parts, notes = list(measured.parts), list(measured.notes)
    for name in criterion.by:
        for whole in measured.parts:
            parts += split(whole, run, name)
        codes = run.joined.labels[run.label(name)]
        if without := sum(int((codes[part.rows] == 0).sum()) for part in measured.parts):
            notes.append(f"{without} questions have no '{name}': in no group, only in all together")
    return replace(measured, parts=tuple(parts), notes=tuple(notes))


def _measured(criterion: of.AnyCriterion, run: Run, confidence: float) -> Measured:
    match criterion:
        case of.Inventions() | of.Misses():
            return _detection(criterion, run)
        case of.Premises():
            return _premises(criterion, run)
        case of.Mean():
            return _mean(criterion, run)
        case of.Harm():
            return _harm(criterion, run)
        case of.Gap():
            return _gap(criterion, run)
        case of.ImageGain():
            return _image(criterion, run)
        case of.Failing():
            return _failures(criterion, run)
        case of.Abstention():
            return _abstention(criterion, run, confidence)
    raise AssertionError(f"{criterion.kind} is decided without numbers")


def _detection(criterion: of.Inventions | of.Misses, run: Run) -> Measured:
    """Each target apart, or all of the run together; an answer that says neither is wrong, or left out if ``apart``.

    Raises:
        NotMeasured: no question of the run asks about a named finding.
    """
    name = run.instrument(criterion.scorer).id
    present = isinstance(criterion, of.Misses)
    errors = Errors(name=criterion.kind, scorer=name, present=present, unclear=criterion.unclear)
    groups = {t: run.joined.where("target", t) for t in criterion.targets}
    if criterion.pooled and groups:
        groups = {"all targets": np.logical_or.reduce(list(groups.values()))}
    elif not groups:
        groups = {ALL: run.joined.labels["target"] > 0}
        if not groups[ALL].any():
            raise NotMeasured("yes/no questions about findings; no question of this run has a finding as its target")
    notes = _never_asked(criterion.targets, run)
    parts = []
    for label, of_targets in groups.items():
        taken = errors.sample(run.joined, run.where(criterion) & of_targets)
        one = part(taken, limit=criterion.at_most, scale=SHARE, label=label)
        unclear = run.joined.columns[name, "with"].unclear[one.rows].any(axis=1) & ~one.lost
        parts.append(replace(one, unclear=unclear))
    return Measured(tuple(parts), name, notes)


def _never_asked(targets: Sequence[str], run: Run) -> tuple[str, ...]:
    """What to say of named findings that no question of the run is about.

    Raises:
        NotMeasured: that is so of all of them.
        UserError: one that is spelt nearly so is there.
    """
    there = run.joined.values_of("target")
    unknown = [t for t in targets if t not in there]
    for target in unknown:
        if near := get_close_matches(target, there, 1, 0.75):
            raise UserError(f"no question is about the finding '{target}'; did you mean '{near[0]}'?")
    if unknown and len(unknown) == len(targets):
        about = known_names(unknown[0], there) if there else "no question of this run has a finding as its target"
        raise NotMeasured(f"questions about {', '.join(unknown)}; {about}")
    return (f"No question is about {', '.join(unknown)}.",) if unknown else ()


def _premises(criterion: of.Premises, run: Run) -> Measured:
    """Shares as the report gives them; an item whose twin's request failed is missing."""
    name = run.instrument(premise_scorer(run.joined) or "premise").id
    if criterion.measure == "knowing acceptance" and not run.joined.reader:
        raise NotMeasured("nothing has read the answers to neutral twins")
    quantity = Taking.named(criterion.measure, run.joined)
    items = run.where(criterion) & ~premise_items(run.joined).knowledge
    parts = []
    for form in criterion.forms or ("",):
        taken = quantity.sample(run.joined, items & (run.joined.where("premise_form", form) if form else True))
        parts.append(part(taken, limit=criterion.at_most, scale=SHARE, label=form or EVERY))
    return Measured(tuple(parts), name)


def _scale(quantity: Quantity, *, higher: bool) -> Scale:
    low, high = quantity.value.bounds
    return Scale(low, high, higher, "share" if (low, high) == (0.0, 1.0) else "plain")


def _valued(quantity: Quantity, run: Run, items: Bools, *, limit: float, scale: Scale, **more: Any) -> Part:
    """A part of a named value; an unusable answer without one counts as the worst."""
    taken = quantity.sample(run.joined, items, silent=scale.natural(1.0), **more)
    return part(taken, limit=limit, scale=scale)


def _mean(criterion: of.Mean, run: Run) -> Measured:
    quantity = run.quantity(criterion)
    limit = criterion.at_least if criterion.at_least is not None else criterion.at_most or 0.0
    scale = _scale(quantity, higher=criterion.at_least is not None)
    return Measured((_valued(quantity, run, run.where(criterion), limit=limit, scale=scale),), quantity.scorer)


def _harm(criterion: of.Harm, run: Run) -> Measured:
    """The mean (10: no harm), or the share of answers at or under a value."""
    quantity = run.quantity(criterion)
    scale = _scale(quantity, higher=True)
    if criterion.at_least is not None:
        one = _valued(quantity, run, run.where(criterion), limit=criterion.at_least, scale=scale)
        return Measured((one,), quantity.scorer)
    taken = quantity.sample(run.joined, run.where(criterion), silent=scale.natural(1.0))
    harmful = np.where(np.isnan(taken.values), np.nan, taken.values <= criterion.harmful_at)
    one = part(replace(taken, values=harmful), limit=criterion.at_most or 0.0, scale=SHARE)
    return Measured((one,), quantity.scorer)


def _gap(criterion: of.Gap, run: Run) -> Measured:
    quantity = run.quantity(criterion)
    # which end is good does not matter for a difference without a sign; what is missing is open between both ends
    scale = _scale(quantity, higher=True)
    whole = _valued(quantity, run, run.where(criterion), limit=criterion.at_most, scale=scale)
    groups = tuple(split(whole, run, criterion.between))
    if not 2 <= len(groups) <= MOST_GROUPS:
        raise NotMeasured(f"'{criterion.between}' has {len(groups)} values; 2 to {MOST_GROUPS} can be compared")
    return Measured(groups, quantity.scorer)


def _image(criterion: of.ImageGain, run: Run) -> Measured:
    """With the image minus the control, item by item, on the questions asked under both."""
    quantity = run.quantity(criterion)
    control = run.instrument(quantity.scorer, criterion.over)
    scale = _scale(quantity, higher=True)
    columns = [run.joined.columns[control.id, condition] for condition in ("with", criterion.over)]
    both = run.where(criterion) & columns[0].asked & columns[1].asked
    own, other = (
        _valued(quantity, run, both, limit=0, scale=scale, condition=condition)
        for condition in ("with", criterion.over)
    )
    return Measured((difference(own, other, limit=criterion.at_least, higher_is_better=True),), quantity.scorer)


def difference(first: Part, second: Part, *, limit: float, higher_is_better: bool) -> Part:
    """The first minus the second on the items of both, as badness from 0 to 1; .5: no difference.

    Args:
        first: a part.
        second: one of the same items, by their rows.
        limit: of the difference, on its own scale.
        higher_is_better: whether the difference of the two *values* is better when higher.
    """
    _, mine, theirs = np.intersect1d(first.rows, second.rows, return_indices=True)
    times = np.unique(first.rows[np.isin(first.rows, second.rows)], return_counts=True)[1]
    mine, theirs = np.repeat(mine, times), np.repeat(theirs, times)
    scale = first.scale.of_differences(higher_is_better=higher_is_better)
    return Part(
        label=first.label,
        rows=first.rows[mine],
        least=(first.least[mine] - second.most[theirs] + 1) / 2,
        most=(first.most[mine] - second.least[theirs] + 1) / 2,
        clusters=first.clusters[mine],
        limit=limit,
        scale=scale,
        unusable=first.unusable[mine],
        unclear=first.unclear[mine],
        lost=first.lost[mine] | second.lost[theirs],
        unread=first.unread[mine] | second.unread[theirs],
        gone=first.gone[mine] | second.gone[theirs],
    )


def _failures(criterion: of.Failing, run: Run) -> Measured:
    """Shares of all questions; whether an answer can be read and used, the first sound rule of its type says."""
    parts = []
    for column, new in first_readings(run.joined):
        failed, open_ = _failing(criterion, run, column)
        taken = of_column(run.joined, column, failed.astype(np.float64), run.where(criterion) & new)
        # what is failing here is known, so that only what is open counts as missing
        known = np.where(column.status > 0, failed, np.nan)[taken.rows]
        told = replace(taken, values=known, lost=open_[taken.rows])
        one = part(told, limit=criterion.at_most, scale=SHARE)
        gone: dict[str, Bools] = {
            "gone": column.missing,
            "unread": column.unread,
            "unusable": column.status == UNUSABLE,
        }
        counted: dict[str, Any] = {name: mask[one.rows].any(axis=1) for name, mask in gone.items()}
        parts.append(replace(one, **counted))
    if not parts:
        raise NotMeasured("no rule has read the answers of this run")
    joined: dict[str, Any] = {name: np.concatenate([getattr(one, name) for one in parts]) for name in ARRAYS}
    return Measured((replace(parts[0], **joined),))


def _failing(criterion: of.Failing, run: Run, column: Column) -> tuple[Bools, Bools]:
    """Which answers are of the kind that is counted, and of which nobody knows; shape (items, samples) both."""
    status, none = column.status, np.zeros(column.status.shape, bool)
    match criterion.measure:
        case "any":
            return status >= UNUSABLE, none
        case "request failed":
            return status == STATUS["request_failed"], none
        case "unread":
            return column.unread, (status > UNUSABLE) & ~column.unread
        case "unusable":
            return status == UNUSABLE, status > UNUSABLE
        case "refused":
            names = run.joined.parsed.names
            refused = names.index("refused") if "refused" in names else -1
            return (status == UNUSABLE) & (column.parsed == refused), status > UNUSABLE


def _abstention(criterion: of.Abstention, run: Run, confidence: float) -> Measured:
    """Coverage and risk at the strictest agreement that still covers enough.

    The level is chosen by what is answered, never by what is right, so that the risk at it is not flattered.
    """
    quantity = run.quantity(criterion)
    column, scale = run.joined.columns[quantity.scorer, "with"], _scale(quantity, higher=True)
    rows = np.flatnonzero(run.where(criterion) & column.asked)
    if not len(rows):
        raise NotMeasured("no question of this run is of that kind")
    status, samples = column.status[rows], column.status.shape[1]
    # who hedges does not answer
    answered = np.asarray((status == OK) & ~column.unclear[rows])
    lost, unread = (np.asarray(mask[rows].any(axis=1)) for mask in (column.missing, column.unread))
    if samples > 1 and run.joined.instruments[quantity.scorer].reads_class:
        chosen = by_agreement(column.parsed[rows], answered)
        sample, sure = chosen.sample, chosen.confidence
        note = f"confidence: agreement of {samples} samples"
    else:
        sample, sure = np.zeros(len(rows), np.intp), answered[:, 0].astype(np.float64)
        why = "one answer a question" if samples == 1 else "agreement is known for yes/no and choices only"
        note = f"no confidence ({why}): the curve has one point"
    sure = np.where(lost, 0.0, sure)
    error = np.asarray(scale.badness(column.value(criterion.value)[rows, sample]), np.float64)
    error = np.where(np.isnan(error), 1.0, error)
    scale.check(error)
    parts = _at_level(criterion, run, rows, (sure, error, lost, unread), confidence)
    return Measured(parts, quantity.scorer, (note,), curve(sure[~lost], error[~lost]) if (~lost).any() else ())


def _at_level(
    criterion: of.Abstention, run: Run, rows: Any, values: tuple[Floats, Floats, Bools, Bools], confidence: float
) -> tuple[Part, ...]:
    """Coverage and risk as parts. A missing answer is not covered; among the answers it is counted as a wrong one."""
    sure, error, lost, unread = values
    clusters = run.joined.cluster[rows]
    known = sorted({float(level) for level in sure[sure > 0]}, reverse=True) or [1.0]
    for level in known:
        out = np.asarray(sure < level)
        least = np.where(lost, 0.0, out)
        sided = bounds(least, np.where(lost, 1.0, out), clusters, confidence, confidence)
        if 1 - sided.high >= criterion.coverage_at_least:
            break
    label = f" (agreement {level:.0%} or more)" if len(known) > 1 else ""
    kept = np.where(out, 0.0, 1.0)
    covered = replace(of_rows(run.joined, rows, kept, lost), unread=unread[:, None], unusable=out & ~lost)
    wrong = replace(of_rows(run.joined, rows, error, lost), unread=unread[:, None])
    scale = Scale(higher_is_better=True)
    at_risk = part(wrong, limit=criterion.risk_at_most, scale=SHARE)
    return (
        part(covered, limit=criterion.coverage_at_least, scale=scale, label=f"coverage{label}"),
        at_risk.within(~out | lost, f"risk{label}"),
    )
