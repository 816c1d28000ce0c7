"""One part against its limit: PASS, FAIL or INCONCLUSIVE, with what a verdict would take."""

from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any, Literal

import numpy as np

from auscult.analysis.gate import criteria as of
from auscult.analysis.gate.run import Part
from auscult.analysis.joined import Floats
from auscult.errors import UserError
from auscult.statistics.clusters import checked_labels, totals
from auscult.statistics.one_sided import EXACT_METHOD, GAP_METHOD, METHOD, Group, bounds, clusters_for, gap_limits

Verdict = Literal["PASS", "FAIL", "INCONCLUSIVE"]
MAX_MISSING = 0.05
"""Share of missing questions above which no observed value is shown: it would be of those that could be read."""
ON_LIMIT = "no number would do: the observed value lies on the limit"


@dataclass(frozen=True)
class Levels:
    """Confidence of both bounds of a part of a criterion.

    All parts must pass, so that a wrong PASS of the whole is no likelier than of one part. One part that fails is
    enough, so that the parts share the chance of a wrong FAIL (Bonferroni).
    """

    confidence: float
    parts: int

    @property
    def to_fail(self) -> float:
        """Confidence of the bound that a FAIL needs."""
        return 1 - (1 - self.confidence) / max(self.parts, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One part of a criterion.

    Attributes:
        label: all, a target, a form, a value of a tag, or two groups.
        verdict: of this part.
        value: as observed among what is not missing; None where there is none, or where more than ``MAX_MISSING`` of
            the questions are missing and the range stands alone.
        low: one-sided bound below, missing answers taken as they are least.
        high: one-sided bound above, missing answers taken as they are greatest.
        limit: on the same scale.
        good: which side of the limit is good.
        unit: share, points (a difference of shares) or plain.
        n: questions.
        clusters: images or patients among them.
        known: questions that the observed value is of: ``n`` without those that may be either.
        missing: failed requests, verdicts that a judge did not give and unread answers; in ``n``. Where failures are
            counted, they have their outcome by that.
        unread: of these, answers that could not be read.
        unusable: answers that take no position; in ``n``.
        unclear: answers that hedge or contradict themselves, where these count as errors; in ``n``.
        need: what a verdict would take; empty where there is one.
        more: about how many more clusters like these it would take; 0 where that is not known, or no number would do.
        note: what must be read with it.
        withheld: why there is no value.
        method: of the bounds.
    """

    label: str
    verdict: Verdict
    value: float | None = None
    low: float | None = None
    high: float | None = None
    limit: float | None = None
    good: Literal["at most", "at least", ""] = ""
    unit: str = "share"
    n: int = 0
    clusters: int = 0
    known: int = 0
    missing: int = 0
    unread: int = 0
    unusable: int = 0
    unclear: int = 0
    need: str = ""
    more: int = 0
    note: str = ""
    withheld: str = ""
    method: str = ""

    @property
    def silent(self) -> int:
        """Answers that take no side."""
        return self.unusable + self.unclear


def line_of(part: Part, criterion: of.Criterion, levels: Levels, unit: str) -> Line:
    """One part against its limit.

    Raises:
        UserError: the limit lies outside the scale, where nothing could miss it or nothing reach it.
    """
    n, limit = len(part.rows), float(part.scale.badness(part.limit))
    if not 0 <= limit <= 1:
        raise UserError(
            f"criterion '{criterion.name}': {part.limit:g} is outside the scale of what it limits, "
            f"{part.scale.low:g} to {part.scale.high:g}"
        )
    good = "at least" if part.scale.higher_is_better else "at most"
    about: dict[str, Any] = {"label": part.label, "limit": part.limit, "good": good, "unit": part.scale.unit}
    if not n:
        return Line(verdict="INCONCLUSIVE", need="no such question in this run", **about)
    sided = bounds(part.least, part.most, part.clusters, levels.confidence, levels.to_fail)
    ends = part.scale.natural(sided.low), part.scale.natural(sided.high)
    known, withheld = ~part.lost, _withheld(part)
    about |= _counts(part) | {
        "value": part.scale.natural(float(part.least[known].mean())) if known.any() and not withheld else None,
        "withheld": withheld,
        "low": min(ends),
        "high": max(ends),
        "clusters": sided.clusters,
        "method": EXACT_METHOD if sided.exact else METHOD,
    }
    if short := _short(n, sided.clusters, criterion, unit):
        more = max(criterion.min_clusters - sided.clusters, 0)
        return Line(verdict="INCONCLUSIVE", need=short, more=more, **about)
    verdict = verdict_of(sided.low, sided.high, limit)
    need, more = _need(part, limit, levels, unit) if verdict == "INCONCLUSIVE" else ("", 0)
    return Line(verdict=verdict, need=need, more=more, **about)


def _counts(*parts: Part) -> dict[str, int]:
    """Questions of a line, by what came of them."""
    masks = {
        "known": [~p.lost for p in parts],
        "missing": [p.gone for p in parts],
        "unread": [p.unread for p in parts],
        "unusable": [p.unusable for p in parts],
        "unclear": [p.unclear for p in parts],
    }
    return {"n": sum(len(p.rows) for p in parts)} | {k: int(sum(m.sum() for m in v)) for k, v in masks.items()}


def verdict_of(low: float, high: float, limit: float) -> Verdict:
    """PASS where the bound above holds the limit, FAIL where the bound below passes it; on the scale of badness."""
    return "PASS" if high <= limit else "FAIL" if low > limit else "INCONCLUSIVE"


def _withheld(part: Part) -> str:
    """Why no observed value is given."""
    lost, n = int(part.lost.sum()), len(part.rows)
    share = lost / n if n else 0.0
    return f"{lost} of {n} questions are missing ({share:.1%}, over {MAX_MISSING:.0%})" if share > MAX_MISSING else ""


def _short(n: int, clusters: int, criterion: of.Criterion, unit: str) -> str:
    """Too few for a verdict, whatever they say."""
    if clusters < criterion.min_clusters:
        return f"at least {criterion.min_clusters} {many(unit)} (there are {clusters})"
    if n < criterion.min_items:
        return f"at least {criterion.min_items} questions (there are {n})"
    return ""


def many(unit: str) -> str:
    """Several of what a cluster is."""
    return "studies" if unit == "study" else f"{unit}s"


def _need(part: Part, limit: float, levels: Levels, unit: str) -> tuple[str, int]:
    """What a verdict would take, and how many more clusters like these where that is known."""
    codes = checked_labels("gate", part.clusters, len(part.rows))

    def more(values: Floats, level: float, *, below: bool) -> tuple[str, int]:
        sums, sizes = totals(values, codes)
        enough = clusters_for(sums, sizes, limit, level, below=below)
        if enough is None:
            return ON_LIMIT, 0
        count, end = _round(enough - len(sums)), "PASS" if below else "FAIL"
        return f"about {count:,} more {many(unit)} like these for a {end}", count

    if float(part.most.mean()) < limit:
        return more(part.most, levels.confidence, below=True)
    if float(part.least.mean()) > limit:
        return more(part.least, levels.to_fail, below=False)
    if part.lost.any():
        return f"the {int(part.lost.sum())} missing answers: no number of other {many(unit)} would do", 0
    return ON_LIMIT, 0


def _round(count: int) -> int:
    """Two significant digits, upwards: an estimate is no more exact than that."""
    step: int = 10 ** max(len(str(max(count, 1))) - 2, 0)
    return -(-max(count, 1) // step) * step


def with_regressions(line: Line, worse: Part, levels: Levels) -> Line:
    """Says on how many questions an update is worse and better, and whether it is worse beyond chance."""
    if not line.n:
        return line
    # half is no difference
    down, up = int((worse.least > 0.5).sum()), int((worse.most < 0.5).sum())
    note = f"worse on {down}, better on {up} of {line.n} questions"
    if bounds(worse.least, worse.most, worse.clusters, levels.confidence, levels.to_fail).low > 0.5:
        note += "; worse beyond chance"
    return replace(line, note=note)


def gaps(criterion: of.Gap, groups: tuple[Part, ...], confidence: float, unit: str) -> list[Line]:
    """Every two groups, the widest gap first."""
    pairs = list(combinations(groups, 2))
    levels = Levels(confidence, 2 * len(pairs))
    lines = [_gap(criterion, a, b, levels, unit) for a, b in pairs]
    return sorted(lines, key=lambda line: -((line.high if line.value is None else line.value) or 0))


def in_order(first: Part, second: Part) -> tuple[Part, Part]:
    """The better one of two groups, and the worse one."""
    better, worse = sorted((first, second), key=lambda part: float(part.least.mean() + part.most.mean()))
    return better, worse


def gap_bounds(better: Part, worse: Part, levels: Levels) -> tuple[float, float]:
    """Bounds below and above of the gap between two groups, whichever of them is truly the better one."""
    one, other = (Group(part.least, part.most, part.clusters) for part in (worse, better))
    least, most = gap_limits(one, other, levels.confidence, levels.to_fail)
    return least, max(most, gap_limits(other, one, levels.confidence, levels.to_fail)[1])


def _gap(criterion: of.Gap, first: Part, second: Part, levels: Levels, unit: str) -> Line:
    """Two groups: the gap must hold its limit in both directions."""
    better, worse = in_order(first, second)
    span = first.scale.high - first.scale.low
    limit = criterion.at_most / span
    least, most = gap_bounds(better, worse, levels)
    known = [float(part.least[~part.lost].mean()) if (~part.lost).any() else np.nan for part in (worse, better)]
    gap = known[0] - known[1]
    withheld = "; ".join(filter(None, (_withheld(part) for part in (better, worse))))
    about: dict[str, Any] = _counts(first, second) | {
        "label": f"{better.label} above {worse.label.split(': ', 1)[-1]}",
        "value": None if np.isnan(gap) or withheld else gap * span,
        "withheld": withheld,
        "low": max(least, 0.0) * span,
        "high": most * span,
        "limit": criterion.at_most,
        "good": "at most",
        "unit": "points" if first.scale.unit == "share" else "plain",
        "clusters": len(np.unique(np.concatenate([first.clusters, second.clusters]))),
        "method": GAP_METHOD,
    }
    fewest = min(len(np.unique(part.clusters)) for part in (first, second))
    if short := _short(min(len(first.rows), len(second.rows)), fewest, criterion, unit):
        return Line(verdict="INCONCLUSIVE", need=f"in each group {short}", **about)
    if (verdict := verdict_of(least, most, limit)) != "INCONCLUSIVE":
        return Line(verdict=verdict, **about)
    room, reach = limit - gap, most - gap if gap < limit else gap - least
    if np.isnan(room) or abs(room) < 1e-9:
        return Line(verdict="INCONCLUSIVE", need=ON_LIMIT, **about)
    # the reach of a bound shrinks about with the root of the number of clusters
    times = (reach / room) ** 2
    end = "PASS" if room > 0 else "FAIL"
    return Line(
        verdict="INCONCLUSIVE", need=f"about {times:.1f} times as many {many(unit)} in each for a {end}", **about
    )
