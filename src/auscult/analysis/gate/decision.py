"""The gate: PASS, FAIL or INCONCLUSIVE for each criterion of a file and for all of them, from a finished run.

PASS where the whole one-sided bound lies on the good side of the limit, FAIL where the other bound lies on the bad
side. What is missing counts as the worst for a PASS and as the best for a FAIL.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import numpy as np

from auscult.analysis.gate import criteria as of
from auscult.analysis.gate.criteria import Timing
from auscult.analysis.gate.lines import Levels, Line, Verdict, gaps, line_of, with_regressions
from auscult.analysis.gate.measures import Measured, difference, measure
from auscult.analysis.gate.run import NotMeasured, Part, Run
from auscult.analysis.joining import join
from auscult.analysis.quantities.premise import premise_scorer
from auscult.analysis.summary import read_summary
from auscult.errors import UserError
from auscult.records import Certificate
from auscult.runs.folder import read_manifest
from auscult.statistics.risk_coverage import Point
from auscult.store.files import json_file
from auscult.version import __version__

SCHEMA = "auscult.gate/1"
EXIT: Final[dict[Verdict, int]] = {"PASS": 0, "FAIL": 5, "INCONCLUSIVE": 6}
UPDATED = ("inventions", "misses", "premise", "harm", "mean", "failures")
"""Kinds of criteria that an update is held to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """One criterion with its verdict and its parts, all of which must hold."""

    name: str
    kind: str
    about: str
    why: str
    verdict: Verdict
    lines: tuple[Line, ...]
    instrument: str = ""
    notes: tuple[str, ...] = ()
    curve: tuple[Point, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """What the gate says of a run.

    Attributes:
        schema: version of this layout.
        verdict: of all criteria.
        confidence: one-sided, of every bound.
        criteria: title, version, created, who, sha256 and path of the file.
        timing: whether the criteria were fixed before the answers.
        run: path, title, name and spec of the model, how many images and questions, identity of model and items, and
            when it was begun; likewise ``against``.
        unit: what a cluster is.
        decided: the criteria, in the order of the file.
        updates: the same against the earlier run.
        warnings: what must be read before the verdict.
    """

    schema: str = SCHEMA
    verdict: Verdict
    confidence: float
    criteria: dict[str, str]
    timing: Timing
    run: dict[str, str]
    against: dict[str, str] = field(default_factory=dict)
    unit: str
    decided: tuple[Decided, ...]
    updates: tuple[Decided, ...] = ()
    warnings: tuple[str, ...] = ()
    package: str = __version__


def together(verdicts: Iterable[Verdict]) -> Verdict:
    """FAIL if any fails, else INCONCLUSIVE if any is, else PASS."""
    found = set(verdicts)
    return "FAIL" if "FAIL" in found else "INCONCLUSIVE" if "INCONCLUSIVE" in found or not found else "PASS"


def as_json(gate: Gate) -> bytes:
    """The gate for machines."""
    return json_file(gate, lambda value: value.model_dump())


def decide(criteria_file: Path, run: Path, against: Path | None = None) -> Gate:
    """Holds a run to the criteria of a file.

    Args:
        criteria_file: TOML.
        run: folder of a finished run.
        against: folder of an earlier run that the new one must not be worse than.

    Raises:
        UserError: the file is wrong or newer than the answers, a folder is no finished run, or the run shows only that
            the loop runs.
    """
    criteria, sha256 = of.read_criteria(criteria_file)
    if against is not None and criteria.against is None:
        raise UserError(
            f"{criteria_file}: has no [against] margin, which must be fixed before the answers are made; add it"
        )
    manifest = read_manifest(run)
    timing = of.check_timing(criteria_file, criteria, sha256, manifest)
    new = _read(run)
    decided = tuple(_decided(criterion, new, criteria) for criterion in criteria.criterion)
    updates: tuple[Decided, ...] = ()
    if against is not None and criteria.against is not None:
        old = _read(against)
        held = [c for c in criteria.criterion if c.kind in UPDATED]
        updates = tuple(_updated(c, new, old, criteria, criteria.against.margin) for c in held)
        if not updates:
            raise UserError(f"{criteria_file}: no criterion of a kind that is compared ({', '.join(UPDATED)})")
    return Gate(
        verdict=together(d.verdict for d in (*decided, *updates)),
        confidence=criteria.confidence,
        criteria={
            "title": criteria.title,
            "version": criteria.version,
            "created": criteria.created.isoformat(),
            "who": criteria.who,
            "sha256": sha256,
            "path": str(criteria_file),
            "margin": "" if criteria.against is None else f"{criteria.against.margin:g}",
        },
        timing=timing,
        run=_about(run, new),
        against=_about(against, old) if against is not None else {},
        unit=new.joined.unit,
        decided=decided,
        updates=updates,
        warnings=(*timing.warnings, *_uncertified(new, criteria)),
    )


def _read(path: Path) -> Run:
    summary = read_summary(path / "summary.json")
    if summary.plumbing_only:
        raise UserError(f"{path}: shows only that the loop runs (the phantom model saw no phantoms); nothing to decide")
    return Run(join(path), summary)


def _about(path: Path, run: Run) -> dict[str, str]:
    manifest = run.summary.manifest
    model, items = manifest.get("model", {}), manifest.get("items", {})
    return {
        "path": str(path),
        "title": run.summary.title,
        "name": str(model.get("name", "")),
        "spec": str(model.get("spec", "")),
        "images": str(run.summary.cases),
        "questions": str(run.summary.items),
        "created": str(manifest.get("created", "")),
        "model": str(model.get("identity", model.get("spec", ""))),
        "items": str(items.get("digest", "")),
    }


def _decided(criterion: of.AnyCriterion, run: Run, criteria: of.Criteria) -> Decided:
    if isinstance(criterion, of.CanaryPassed):
        return _of(criterion, [_canary(run)])
    if isinstance(criterion, of.Certified):
        return _of(criterion, list(_certified(criterion, run, criteria)))
    try:
        measured = measure(criterion, run, criteria.confidence)
    except NotMeasured as nothing:
        return _of(criterion, [Line(label="all", verdict="INCONCLUSIVE", need=str(nothing))])
    except UserError as error:
        raise UserError(f"criterion '{criterion.name}': {error}") from None
    if isinstance(criterion, of.Gap):
        lines = gaps(criterion, measured.parts, criteria.confidence, run.joined.unit)
    else:
        levels = Levels(criteria.confidence, len(measured.parts))
        lines = [line_of(part, criterion, levels, run.joined.unit) for part in measured.parts]
    return _of(criterion, lines, measured)


def _of(criterion: of.AnyCriterion, lines: list[Line], measured: Measured | None = None) -> Decided:
    return Decided(
        name=criterion.name,
        kind=criterion.kind,
        about=_words(criterion),
        why=criterion.why,
        verdict=together(line.verdict for line in lines),
        lines=tuple(lines),
        instrument=measured.instrument if measured else "",
        notes=measured.notes if measured else (),
        curve=measured.curve if measured else (),
    )


def _words(criterion: of.AnyCriterion) -> str:
    """What is measured, for the table."""
    match criterion:
        case of.Inventions():
            return "invented findings"
        case of.Misses():
            return "missed findings"
        case of.Premises():
            return criterion.measure
        case of.Harm():
            return "harm" if criterion.at_least is not None else f"answers with harm {criterion.harmful_at:g} or less"
        case of.Mean():
            return f"mean of {criterion.scorer} {criterion.value}"
        case of.Gap():
            return f"greatest gap of {criterion.scorer} {criterion.value} by {criterion.between}"
        case of.ImageGain():
            other = "no image" if criterion.over == "without" else "another case's image"
            return f"gain of {criterion.scorer} {criterion.value} over {other}"
        case of.Failing():
            words = {"any": "failed, unread or unusable", "request failed": "failed requests"}
            return words.get(criterion.measure, f"{criterion.measure} answers")
        case of.Abstention():
            return f"coverage, and risk of {criterion.scorer} {criterion.value} among answers"
    return {"canary": "two-image canary", "certificates": "certificates of the instruments"}[criterion.kind]


def _canary(run: Run) -> Line:
    found = run.summary.canary
    known: dict[str, Verdict] = {"passed": "PASS", "failed": "FAIL"}
    verdict = known.get(found.status, "INCONCLUSIVE")
    need = "" if verdict != "INCONCLUSIVE" else "a run whose canary can be and is asked"
    said = ": ".join(filter(None, (found.status.replace("_", " "), found.detail)))
    return Line(label="all", verdict=verdict, note=said, need=need)


def _certified(criterion: of.Certified, run: Run, criteria: of.Criteria) -> Iterator[Line]:
    """A certificate must be there for the instrument's own version, and must have passed."""
    there = _certificates(run)
    for name in criterion.instruments or _instruments(run, criteria):
        found = there.get(name) or next((c for n, c in there.items() if n.split("@")[0] == name), None)
        if found is None:
            yield Line(label=name, verdict="FAIL", note="no certificate of this version")
        elif found.passed:
            yield Line(label=name, verdict="PASS")
        else:
            word = "did not pass" if found.passed is False else "claims nothing"
            yield Line(label=name, verdict="FAIL", note=f"its certificate {word}: {found.summary}")


def _certificates(run: Run) -> dict[str, Certificate]:
    """Instrument → certificate; the names of judges may hold spaces and commas."""
    found = run.summary.certificates
    return {_instrument(c): c for c in found} | {c.instrument: c for c in found}


def _uncertified(run: Run, criteria: of.Criteria) -> Iterator[str]:
    """What a verdict rests on that was not tested, or failed its test, where no criterion asks for certificates."""
    if any(isinstance(c, of.Certified) for c in criteria.criterion):
        return
    there = _certificates(run)
    for name in _instruments(run, criteria):
        if name not in there or not there[name].passed:
            why = "has no certificate" if name not in there else "did not pass its certificate"
            yield f"{name} {why}: a verdict that rests on it is no surer than it is."


def _instrument(certificate: Certificate) -> str:
    return certificate.instrument.replace(",", " ").split()[0]


def _instruments(run: Run, criteria: of.Criteria) -> list[str]:
    """Those of all criteria that this run could be held to."""
    names = {"auscult.statistics"}
    for criterion in criteria.criterion:
        if isinstance(criterion, of.CanaryPassed | of.Certified | of.Failing):
            continue
        scorer = premise_scorer(run.joined) or "premise" if isinstance(criterion, of.Premises) else criterion.scorer
        try:
            names.add(run.instrument(scorer).id)
        except NotMeasured:
            names.add(scorer)
    return sorted(names)


def _updated(criterion: of.AnyCriterion, new: Run, old: Run, criteria: of.Criteria, margin: float) -> Decided:
    """No part worse than in the earlier run by more than the margin, on the questions of both."""
    margin = criterion.margin or margin
    try:
        found, before = measure(criterion, new, criteria.confidence), measure(criterion, old, criteria.confidence)
        if found.instrument != before.instrument:
            raise NotMeasured(f"scored by {before.instrument} before and by {found.instrument} now")
    except NotMeasured as nothing:
        return _of(criterion, [Line(label="all", verdict="INCONCLUSIVE", need=str(nothing))])
    earlier = {part.label: _in_rows_of(part, old, new) for part in before.parts}
    levels = Levels(criteria.confidence, len(found.parts))
    lines = []
    for part in found.parts:
        if part.label not in earlier:
            lines.append(Line(label=part.label, verdict="INCONCLUSIVE", need="no such question in the earlier run"))
            continue
        higher = part.scale.higher_is_better
        worse = difference(part, earlier[part.label], limit=-margin if higher else margin, higher_is_better=higher)
        lines.append(with_regressions(line_of(worse, criterion, levels, new.joined.unit), worse, levels))
    return _of(criterion, lines, found)


def _in_rows_of(part: Part, old: Run, new: Run) -> Part:
    """A part of the earlier run in the rows of the new one; what is asked in one run only is left out."""
    row = {name: n for n, name in enumerate(new.joined.ids)}
    rows = np.array([row.get(old.joined.ids[r], -1) for r in part.rows], np.int32)
    return replace(part.within(rows >= 0, part.label), rows=rows[rows >= 0])
