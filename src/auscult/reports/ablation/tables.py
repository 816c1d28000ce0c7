"""The tables of a grid: hypotheses, every arm on every set, cure or shift, what was tuned, and where variance lies."""

from collections.abc import Iterator, Sequence

from auscult.ablation.measures import MEASURES
from auscult.ablation.plan import BASE
from auscult.ablation.study import Cure, Line, Study, Tested
from auscult.records import Estimate
from auscult.reports import format as say
from auscult.reports.ablation.words import (
    asked,
    better,
    chances,
    claimed,
    found_of,
    in_order,
    range_of,
    scale_of,
    short_names,
    stands,
)
from auscult.reports.cells import cell
from auscult.reports.format import Scale
from auscult.reports.table import Cell, Column, Notes, Row, Table, Tone, text, titled

TONES: dict[str, Tone] = {"shown": "passed", "refuted": "failed"}


def hypotheses(study: Study) -> Table:
    """A line a hypothesis, the primary ones first."""
    names = short_names(study)
    return titled(
        "hypotheses",
        "Hypotheses, fixed in the plan",
        ("Claim", "Limit", "Found", "One-sided 95 % bound", "p", "Stands"),
        [_hypothesis(one, names[one.hypothesis.name]) for one in in_order(study)],
        look="plain",
    )


def _hypothesis(one: Tested, name: str) -> Row:
    h = one.hypothesis
    few = one.standing == "too few images"
    bound = "" if few else "none" if one.bound is None else say.figure(one.bound, scale_of(h.measure, h.form))
    cells = (
        text(claimed(h)),
        text(found_of(one)),
        text(bound if one.found else ""),
        text(chances(one)),
        text(stands(one), tone=TONES.get(one.standing, "open")),
    )
    label = h.name if h.name.startswith(name) else f"{name} {h.name}"
    return Row(label=label, about=f"{asked(h)}{'' if h.primary else ' · exploratory'}", cells=cells)


def sheets(study: Study) -> list[Table]:
    """A table a set: a line an arm, a column a measure, the difference from base below each figure."""
    return [_sheet(study, s.name) for s in study.plan.set if any(line.set == s.name for line in study.lines)]


def _sheet(study: Study, of: str) -> Table:
    measures = [m for m in MEASURES if any(line.set == of and line.measure == m for line in study.lines)]
    notes = Notes()
    rows = [Row(label=arm, cells=tuple(_figure(study.line(of, arm, m), notes) for m in measures)) for arm in study.arms]
    columns = tuple(Column(title=m, better=better(m)) for m in measures)
    name = f"set-{next(n for n, s in enumerate(study.plan.set) if s.name == of)}"
    return Table(name=name, caption=f"On {of}", head="Arm", columns=columns, rows=tuple(rows), notes=notes.texts)


def _figure(line: Line | None, notes: Notes) -> Cell:
    if line is None:
        return cell(None, Scale.SHARE, notes)
    scale = scale_of(line.measure)
    made = cell(line.own.estimate, scale, notes)
    if line.against is None:
        return made
    e, of = line.against.estimate, scale_of(line.measure, "difference")
    limits = range_of(line.against, of)
    said = "withheld" if e.value is None else _signed(e, of)
    return Cell(
        parts=made.parts,
        clusters=made.clusters,
        details=(*made.details, f"against {BASE}: {said}{f' ({limits})' if limits else ''}"),
    )


def _signed(e: Estimate, scale: Scale) -> str:
    said = say.figure(e.value or 0.0, scale)
    return said if scale is Scale.POINTS or said.startswith(say.MINUS) else f"+{said}"


def cures(study: Study) -> Table:
    """Whether each arm tells apart better, or only moved its threshold."""
    heads = (
        "Arm, set",
        "Stands",
        "Hits above its own curve",
        "Above each question's curve",
        "AUROC",
        "d′",
        "Criterion",
    )
    return titled(
        "cures", "Cure or shift: against the ROC of the base's own margins", heads, [_cure(c) for c in study.cures]
    )


def _cure(cure: Cure) -> Row:
    found, notes = cure.found, Notes()
    question = found.above_question
    figures = (
        cell(found.above_global.estimate, Scale.POINTS, notes),
        cell(question.estimate if question else None, Scale.POINTS, notes),
        cell(found.area, Scale.PLAIN, notes),
        cell(found.d_prime, Scale.PLAIN, notes),
        cell(found.criterion, Scale.PLAIN, notes),
    )
    tone: Tone = {"discriminates": "passed", "harms": "failed"}.get(found.verdict, "open")  # type: ignore[assignment]
    return Row(
        label=f"{cure.arm}, {cure.set}",
        cells=(text(found.verdict, *([found.reason] if found.reason else []), tone=tone), *figures),
    )


def arms(study: Study) -> Table:
    """What each arm was tuned on."""
    heads = ("Arm", "Cells", "Pairs", "Epochs", "Steps", "Answer tokens", "Matched", "Minutes a cell")
    return titled("arms", "Arms: what was tuned", heads, list(_arms(study)), look="plain")


def _arms(study: Study) -> Iterator[Row]:
    for arm, rows in study.rows.items():
        first = rows[0].tuned
        minutes = sum(sum(row.seconds.values()) for row in rows) / len(rows) / 60
        tokens = [row.tuned.get("tokens", 0) for row in rows]
        told = [say.whole(round(sum(tokens) / len(tokens)))] if first else [""]
        counts = [say.whole(first[name]) if first else "" for name in ("pairs", "epochs", "steps")]
        matched = "" if not first else f"no: {first['unmatched']}" if first["unmatched"] else "yes"
        cells = (say.whole(len(rows)), *counts, *told, matched, f"{minutes:.1f}")
        yield Row(label=arm, cells=tuple(map(text, cells)))


def variance(study: Study) -> Table:
    """Where the variance of the figures of the hypotheses comes from."""
    heads = ("Claim", "Standard error", "Seeds", "Images", "Seeds × images")
    rows = [row for one in study.tested if (row := _components(one)) is not None]
    return titled("variance", "Where the variance of these figures lies", heads, rows, look="plain")


def _components(one: Tested) -> Row | None:
    if one.found is None or one.found.components is None:
        return None
    c = one.found.components
    parts: Sequence[float] = (c.seed, c.cluster, c.interaction)
    total = sum(parts)
    if not total:
        return None
    error = say.figure(total**0.5, scale_of(one.hypothesis.measure, one.hypothesis.form))
    return Row(
        label=one.hypothesis.name,
        cells=(text(error.removeprefix("+")), *(text(say.figure(part / total, Scale.SHARE, 0)) for part in parts)),
    )
