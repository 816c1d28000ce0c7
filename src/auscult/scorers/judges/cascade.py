"""Verdicts of support where the fact checker is certain, of the judge elsewhere and in a random audit.

For binary verdicts only. Where the checker is certain is decided by one rule for all models; which items are audited
is drawn from the item's id and a seed, and never from an answer. Rows hold both verdicts of audited items, and
``verdicts_in`` hands them to the total: design-weighted, the routing error in its interval. A plain mean of the rows is
biased by that error. Off unless a calibration found that judge and checker agree where the checker is certain.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
from pydantic import TypeAdapter, ValidationError

from auscult.engine.ask import Ask
from auscult.errors import UserError
from auscult.records import Score, digest
from auscult.scorers.judges import Judge, JudgeOptions, Subject, support, without_asking
from auscult.scorers.judges._fact_verdict import VERSION as FACTS
from auscult.scorers.judges._fact_verdict import FactVerdict, fact_verdict
from auscult.scorers.scoring import row
from auscult.statistics.clusters import Labels, Mask, checked_labels, totals
from auscult.statistics.interval import Floats
from auscult.statistics.one_sided import lower_limit
from auscult.statistics.prediction_powered import Powered, Verdicts
from auscult.store.files import write_json
from auscult.store.given import JSON_MOST, read_given

NAME = "support-cascade"
LEAST_AUDIT = 0.05
"""Share of the certain verdicts that the judge sees all the same."""
ENOUGH_AUDITED = 100
"""Items that an audit should see where all are certain; fewer leave a bound of several points."""
LEAST_AGREEMENT = 0.95
"""Lower one-sided 95 % limit of the agreement on the calibration split from which a cascade may be used."""
MOST_MISSING = 0.05
"""Share of the certain items of a calibration that the judge may have failed on."""
_SCALE = 1 << 96


@dataclass(frozen=True, kw_only=True)
class Routing:
    """Which of the certain verdicts are audited.

    Attributes:
        audit: share of them, at least ``LEAST_AUDIT``; see ``audit_share``.
        seed: of the draw.
    """

    audit: float = LEAST_AUDIT
    seed: int = 0

    def __post_init__(self) -> None:
        if not LEAST_AUDIT <= self.audit <= 1:
            raise UserError(f"cascade: an audit of {self.audit:g} of the certain verdicts; from {LEAST_AUDIT:g} to 1")

    def audits(self, item_id: str) -> bool:
        """Whether the judge sees this item whatever the checker says of an answer to it: alike for all models."""
        return int(digest("audit", self.seed, item_id), 16) < self.audit * _SCALE


def audit_share(items: int) -> float:
    """The share to audit in a set of so many items: 5 %, and more in a small set, where 5 % would tell nothing."""
    return max(LEAST_AUDIT, min(1.0, ENOUGH_AUDITED / max(1, items)))


@dataclass(frozen=True, kw_only=True)
class Calibration:
    """How far judge and fact checker agree where the checker is certain, and whether that is enough.

    Attributes:
        judge: version of the judge's Score rows, its model included.
        facts: version of the checker's certainty.
        agreement: share of the certain verdicts that are the judge's; None without any.
        lower: its lower one-sided 95 % limit, clusters resampled; None without any.
        certain: certain verdicts that were compared.
        missing: certain verdicts that the judge failed on.
        items: all items of the split.
        clusters: independent units among the compared.
        unit: what a cluster is.
        reason: the numbers in a sentence.
    """

    judge: str
    facts: str
    agreement: float | None
    lower: float | None
    certain: int
    missing: int
    items: int
    clusters: int
    unit: str
    reason: str

    @property
    def on(self) -> bool:
        """Whether a cascade may be used."""
        heard = self.missing <= MOST_MISSING * (self.missing + self.certain)
        return heard and self.lower is not None and self.lower >= LEAST_AGREEMENT

    @property
    def digest(self) -> str:
        """Id of what was found."""
        return digest("cascade", asdict(self))


def calibrate(
    subjects: Sequence[Subject], scores: Sequence[Score], clusters: Labels, *, unit: str = "image"
) -> Calibration:
    """Holds the fact checker against the judge's verdicts on a calibration split, where the judge saw everything.

    Args:
        subjects: answers of the split, of one model or several.
        scores: what the judge said of each, in the same order; rows of the protocol ``support``.
        clusters: image or patient of each.
        unit: what a cluster is.

    Raises:
        UserError: they are not the verdicts of one judge model, or scores and subjects are not of the same answers.
    """
    judges = {(s.scorer, s.version) for s in scores}
    if len(judges) != 1 or {name for name, _ in judges} != {support.NAME}:
        others = ", ".join(sorted(f"{name}@{version}" for name, version in judges)) or "none"
        raise UserError(f"cascade: a calibration needs the verdicts of one judge of support, not {others}")
    judge = judges.pop()[1]
    if judge == support.FactSupport.instrument.version:
        raise UserError("cascade: judge 'facts' is the fact checker itself; calibrate with a judge model")
    if [s.answer.id for s in subjects] != [s.answer_id for s in scores]:
        raise UserError("cascade: scores and answers of the calibration split are not the same; judge it again")
    codes = checked_labels("cascade", clusters, len(subjects))
    agree, known, missing = np.zeros(len(subjects)), np.zeros(len(subjects), dtype=bool), 0
    for n, (subject, score) in enumerate(zip(subjects, scores, strict=True)):
        cheap = _checked(subject)
        if score.status == "unusable" or cheap is None or not cheap.certain:
            continue
        if score.status != "ok":
            missing += 1
            continue
        known[n] = True
        said = (float(cheap.supported), float(cheap.contradicted))
        agree[n] = 1 - max(abs(score.values[name] - s) for name, s in zip(support.VALUES, said, strict=True))
    compared = int(known.sum())
    found = Calibration(
        judge=judge,
        facts=FACTS,
        agreement=None,
        lower=None,
        certain=compared,
        missing=missing,
        items=len(subjects),
        clusters=len(np.unique(codes[known])),
        unit=unit,
        reason=f"the fact checker is certain of none of {len(subjects)} answers that the judge gave a verdict on",
    )
    if not compared:
        return found
    sums, sizes = totals(agree[known], codes[known])
    agreement, lower = float(agree[known].mean()), float(lower_limit(sums[None], sizes[None])[0])
    reason = (
        f"judge and fact checker agree on {agreement:.1%} of {compared} certain verdicts on {len(sums)} {unit}s, "
        f"lower limit {lower:.1%} (asked: {LEAST_AGREEMENT:.0%})"
    )
    if missing > MOST_MISSING * (missing + compared):
        reason += f"; the judge failed on {missing} more (over {MOST_MISSING:.0%})"
    return replace(found, agreement=agreement, lower=lower, reason=reason)


_ADAPTER = TypeAdapter(Calibration)


def write_calibration(path: Path, calibration: Calibration) -> None:
    """Writes a calibration as JSON."""
    write_json(path, asdict(calibration))


def read_calibration(path: Path) -> Calibration:
    """Reads it back.

    Raises:
        UserError: it cannot be read, or is none.
    """
    try:
        return _ADAPTER.validate_json(read_given(path, JSON_MOST), strict=True)
    except ValidationError:
        raise UserError(f"{path}: not a calibration of a cascade; make it again") from None


def check_judge(judge: Judge) -> None:
    """Refuses judges that grade.

    Raises:
        UserError: this one does, or is the fact checker itself.
    """
    if judge.instrument.name != support.NAME:
        low, high = judge.instrument.bounds
        raise UserError(
            f"judge protocol '{judge.instrument.name}' grades from {low:g} to {high:g}; a cascade is for verdicts of "
            "support only: use --judge-protocol support, or leave out the cascade"
        )
    if isinstance(judge, support.FactSupport):
        raise UserError("a cascade saves calls of a judge model; judge 'facts' asks none: leave out the cascade")


class Cascade:
    """A judge of support that is not asked where the fact checker is certain. See ``auscult.scorers.judges.Judge``.

    Rows of certain items hold the checker's verdict and ``certain`` 1; of audited ones also ``audited`` 1 and, where
    the judge gave a verdict, ``judge_supported`` and ``judge_contradicted``. Other rows hold the judge's verdict and
    ``certain`` 0.

    Args:
        judge: who is asked elsewhere.
        calibration: on what ground the checker is believed.
        routing: what is audited.

    Raises:
        UserError: the judge grades, or the calibration is of another judge or another checker, or is not good enough.
    """

    def __init__(self, judge: Judge, calibration: Calibration, routing: Routing) -> None:
        check_judge(judge)
        asked = judge.instrument
        if (calibration.judge, calibration.facts) != (asked.version, FACTS):
            raise UserError(
                f"cascade: the calibration is of judge {calibration.judge} and fact checker {calibration.facts}, not "
                f"of {asked.version} and {FACTS}; calibrate with the judge that is to be used"
            )
        if not calibration.on:
            raise UserError(f"cascade: {calibration.reason}; leave it out, and let the judge see all")
        self.judge, self.routing = judge, routing
        how = f"audit={routing.audit:.4g},seed={routing.seed},calibration={calibration.digest[:8]}"
        self.instrument = replace(
            asked,
            name=NAME,
            version=f"1+facts:{FACTS}>{asked.version.partition('+')[2]}[{how}]",
            kind="cascade",
            values=tuple(replace(v, estimator="powered") for v in asked.values),
        )

    async def scores(self, subjects: Sequence[Subject], ask: Ask) -> list[Score]:
        """One score a subject, in the same order."""
        ready = [without_asking(self.instrument, s) for s in subjects]
        cheap = [None if r else _checked(s) for s, r in zip(subjects, ready, strict=True)]
        asked = [n for n, s in enumerate(subjects) if ready[n] is None and self._asks(s, cheap[n])]
        said = dict(zip(asked, await self.judge.scores([subjects[n] for n in asked], ask), strict=True))
        return [
            done or self._row(s, c, said.get(n))
            for n, (s, c, done) in enumerate(zip(subjects, cheap, ready, strict=True))
        ]

    def _asks(self, subject: Subject, cheap: FactVerdict | None) -> bool:
        return cheap is None or not cheap.certain or self.routing.audits(subject.item.id)

    def _row(self, subject: Subject, cheap: FactVerdict | None, said: Score | None) -> Score:
        """Checker's and judge's verdict put together; a failed request leaves the row open, to be asked again."""
        if said is not None and (said.status == "request_failed" or cheap is None or not cheap.certain):
            values = {**{name: said.values[name] for name in support.VALUES}, "certain": 0.0} if said.values else {}
            return row(
                self.instrument,
                subject.answer,
                values=values,
                status=said.status,
                parsed=said.parsed,
                explanation=said.explanation,
            )
        if cheap is None:
            raise RuntimeError("an answer that the checker was not certain of was not put to the judge")
        values = {"supported": float(cheap.supported), "contradicted": float(cheap.contradicted), "certain": 1.0}
        verdict = "supported" if cheap.supported else "contradicted"
        if said is None:
            return row(
                self.instrument, subject.answer, values=values, parsed=f"{verdict} (facts)", explanation=cheap.why
            )
        values |= {"audited": 1.0} | {f"judge_{name}": said.values[name] for name in support.VALUES if said.values}
        heard = said.parsed or said.status
        explanation = f"{cheap.why}\nthe judge: {said.explanation}"
        parsed = f"{verdict} (facts); audit: {heard}"
        return row(self.instrument, subject.answer, values=values, parsed=parsed, explanation=explanation)


def _checked(subject: Subject) -> FactVerdict | None:
    """The fact checker's verdict; None where there is no answer to read."""
    if subject.answer.status != "ok" or not subject.answer.text.strip():
        return None
    return fact_verdict(subject.item, subject.case, subject.answer.text)


def verdicts_in(columns: Mapping[str, Floats], missing: Mask, unusable: Mask, value: str = "supported") -> Verdicts:
    """Values of a cascade's rows, column by column, as two-phase verdicts.

    Args:
        columns: name of a value → one figure a row, nan where the row has none; all of shape (rows,). A value that no
            row has may be left out.
        missing: rows of failed requests and of judges without a verdict.
        unusable: rows of unusable answers.
        value: ``supported`` or ``contradicted``.
    """
    none = np.full(len(missing), np.nan)
    certain, audited = (np.nan_to_num(columns.get(name, none)) > 0 for name in ("certain", "audited"))
    taken, said = columns.get(value, none), columns.get(f"judge_{value}", none)
    return Verdicts(
        cheap=taken,
        judged=np.where(audited, said, taken),
        certain=certain,
        audited=audited,
        missing=missing | (audited & np.isnan(said)),
        unusable=unusable,
    )


def describe(found: Powered) -> str:
    """Calls saved, routing error and design effect in a sentence."""
    estimate, error = found.estimate, found.error
    total = estimate.n + estimate.missing
    saved = f"the judge was not asked about {found.saved} of {total} answers, of which the fact checker was certain"
    if error.value is None:
        return f"Cascade: {saved}; {estimate.withheld or error.withheld}."
    limits = "" if error.low is None or error.high is None else f" ({error.low:.1%} to {error.high:.1%})"
    effect = "" if found.design_effect is None else f"; design effect {found.design_effect:.1f}"
    off = round(error.value * found.audited)
    return (
        f"Cascade: {saved}; in the audit it differed on {off} of {found.audited}, a routing error of "
        f"{error.value:.1%}{limits}, which the total takes into account{effect}."
    )


def create(identity: str, options: JudgeOptions) -> Cascade:
    """The protocol ``cascade``: ``options.more`` holds the file of the ``calibration``, ``audit`` and ``seed``.

    Raises:
        UserError: there is no calibration, or not a good enough one.
    """
    more = dict(options.more)
    path = more.pop("calibration", "")
    if not path:
        raise UserError("a cascade is off unless it was calibrated; name the calibration, or let the judge see all")
    try:
        routing = Routing(audit=float(more.pop("audit", LEAST_AUDIT)), seed=int(more.pop("seed", 0)))
    except ValueError:
        raise UserError("cascade: audit must be a number from 0.05 to 1, and seed a whole number") from None
    if more:
        raise UserError(f"cascade: unknown option {', '.join(sorted(more))}; known: calibration, audit, seed")
    return Cascade(support.create(identity, options), read_calibration(Path(path)), routing)
