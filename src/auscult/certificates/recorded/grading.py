"""Readings against what was meant: shares by meaning, and the criteria that a certificate passes by.

A reading is *right*, *unread* (missing data), or *misread*: read as something else, "takes no position" included. A
text weighs as often as it was given; independent are texts of another image or model. docs/concepts/certificates.md
tells the rules.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from auscult.certificates.cells import ENOUGH, INSUFFICIENT, Cell, Row, blank, share
from auscult.certificates.recorded.reading import Recorded
from auscult.statistics.agreement import cohen_kappa, percent_agreement
from auscult.statistics.one_sided import Group, Sided, bounds, gap_limits

Outcome = Literal["right", "unread", "misread"]

MISREAD, UNREAD, APART = 0.01, 0.05, 0.03
"""Upper limits (one-sided 95 %) of the shares misread and unread in each class; and of the distance of two classes'
unread shares (90 % interval)."""
LABELLED = 1000
"""Distinct texts of a class that the limits are made for: with fewer, a limit that is not reached is not yet missed."""
FAMILIES = 3
"""Families of models that the headline classes must each come from."""
CONFIDENCE = 0.95
PART = "answers of real models"
UNIT = "image and model"
SELF = "by what they say themselves"


@dataclass(frozen=True, slots=True)
class Graded:
    """A recorded answer (or one finding in it) and how its reading compares with what was meant.

    Attributes:
        meant: class of what was meant.
        read: what was read, in the same words; ``unread``, or another word for no position.
        bare: nothing but the answer's one word: trivially read, and not in the headline.
        by: who says what was meant.
        disputed: classes that the labellers name where they do not agree; such a row is in no share, only in its range.
    """

    row: Recorded
    meant: str
    read: str
    outcome: Outcome
    bare: bool = False
    by: str = SELF
    disputed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Classes:
    """What an instrument tells apart.

    Attributes:
        decided: classes that the certificate asks its limits of.
        others: classes that have an interval only.
        pair: the two classes that must be lost alike.
        instrument: name of the instrument.
    """

    decided: tuple[str, ...]
    others: tuple[str, ...]
    pair: tuple[str, str]
    instrument: str


@dataclass(frozen=True)
class Found:
    """The part of a certificate that rests on recorded answers."""

    rows: tuple[Row, ...]
    passed: bool | None
    summary: str


def graded_part(graded: Sequence[Graded], classes: Classes, more: Callable[[Sequence[Graded]], Iterator[Row]]) -> Found:
    """All rows of the part: headline by meaning, criteria, bias, families, bare words, labels, sources.

    Args:
        graded: every answer that has a meaning.
        classes: what is told apart.
        more: rows that only this instrument has, from the answers of the headline.
    """
    real = [g for g in graded if not g.row.written]
    headline = [g for g in real if not g.bare and not g.disputed]
    disputes = [g for g in real if g.disputed and not g.bare]
    rows: list[Row] = [
        class_row(Cell(PART, f"meant {meant}", "", classes.instrument), of(headline, meant), disputes, meant)
        for meant in (*classes.decided, *classes.others)
    ]
    criteria = list(criterion_rows(headline, classes))
    rows += criteria
    rows += more(headline)
    rows += _by_family(headline, classes)
    rows += _groups(f"{PART}, one-word answers too", [g for g in real if not g.disputed], classes, lambda g: "")
    rows += _groups(f"{PART}, by who labelled", headline, classes, lambda g: g.by)
    rows += agreement_rows([g for g in real if len(g.row.labels) > 1], classes.instrument)
    rows += _groups("answers written for tests", [g for g in graded if g.row.written], classes, lambda g: g.by)
    rows += source_rows(real, classes)
    passed = verdict(criteria)
    return Found(tuple(rows), passed, _summary(rows, criteria, headline, classes))


def of(graded: Sequence[Graded], meant: str) -> list[Graded]:
    """Those that mean one thing."""
    return [g for g in graded if g.meant == meant]


def distinct(graded: Sequence[Graded]) -> int:
    """How many different texts there are."""
    return len({g.row.text for g in graded})


def clusters(graded: Sequence[Graded]) -> list[str]:
    """Image and model of each; answers that are one text have the cluster of the first of them."""
    first: dict[tuple[str, ...], str] = {}
    return [first.setdefault(g.row.text, g.row.cluster) for g in graded]


def class_row(cell: Cell, some: Sequence[Graded], disputes: Sequence[Graded] = (), meant: str = "") -> Row:
    """Share read as meant with its 95 % interval, how many are unread and misread, and their one-sided limits."""
    hits, labels = [g.outcome == "right" for g in some], clusters(some)
    texts = distinct(some)
    row = share(cell, "read as meant", hits, labels, UNIT, least=0 if texts >= ENOUGH else len(some) + 1)
    row |= {"texts": texts}
    for outcome in ("unread", "misread"):
        hit = [g.outcome == outcome for g in some]
        row |= {outcome: int(sum(hit)), f"{outcome}_upper_95": None}
        if texts >= ENOUGH:
            row |= {f"{outcome}_upper_95": _limits(hit, labels).high}
    if inside := [g for g in disputes if meant in g.disputed]:
        right = sum(g.read == meant for g in inside)
        row |= {"disputed": len(inside), "if_disputed_are": _range(row, len(inside), right)}
    return row


def _range(row: Row, disputed: int, right: int) -> str:
    """Share read as meant where each dispute is settled against the reader, and for it."""
    n, hits = row["n"], row["hits"]
    worst, best = hits / max(n + disputed - right, 1), (hits + right) / max(n + right, 1)
    return f"{worst:.3f} to {best:.3f}"


def _limits(hits: Sequence[bool], labels: Sequence[str]) -> Sided:
    values = np.asarray(hits, float)
    return bounds(values, values, list(labels), CONFIDENCE, CONFIDENCE)


def criterion_rows(headline: Sequence[Graded], classes: Classes) -> Iterator[Row]:
    """What is asked, one row each, with ``verdict``: met, missed or insufficient."""
    for meant in classes.decided:
        some = of(headline, meant)
        asked: tuple[tuple[Outcome, float], ...] = (("misread", MISREAD), ("unread", UNREAD))
        for outcome, limit in asked:
            cell = Cell(f"{PART}: what is asked", f"meant {meant}", "", classes.instrument)
            yield _upper_row(cell, outcome, some, limit)
    yield _gap_row(headline, classes)
    for meant in classes.pair:
        names = {g.row.family for g in of(headline, meant)}
        row = _bare_row(f"meant {meant}", f"at least {FAMILIES} families of models", classes.instrument)
        yield row | {"n": len(names), "verdict": "met" if len(names) >= FAMILIES else INSUFFICIENT}


def _bare_row(what: str, measure: str, instrument: str) -> Row:
    return blank(Cell(f"{PART}: what is asked", what, "", instrument), measure)


def _upper_row(cell: Cell, outcome: Outcome, some: Sequence[Graded], limit: float) -> Row:
    hits, labels, texts = [g.outcome == outcome for g in some], clusters(some), distinct(some)
    measure = f"{outcome} at most {limit:.0%}"
    row = share(cell, measure, hits, labels, UNIT, least=0 if texts >= ENOUGH else len(some) + 1) | {"texts": texts}
    upper = _limits(hits, labels).high if texts >= ENOUGH else None
    return row | {"upper_95": upper, "verdict": decided(row["value"], upper, limit, texts)}


def decided(value: float | None, upper: float | None, limit: float, texts: int) -> str:
    """Whether a share is at most a limit: by its upper one-sided limit; missed where even the share itself is above.

    With fewer than ``LABELLED`` texts a limit that is not reached leaves it open: insufficient.
    """
    if value is None or upper is None or texts < ENOUGH:
        return INSUFFICIENT
    if upper <= limit:
        return "met"
    return "missed" if value > limit or texts >= LABELLED else INSUFFICIENT


def _gap_row(headline: Sequence[Graded], classes: Classes) -> Row:
    """The difference of the unread shares of the two classes that must be lost alike, with its 90 % interval."""
    first, second = (of(headline, meant) for meant in classes.pair)
    row = _bare_row(
        f"meant {classes.pair[0]} minus {classes.pair[1]}", f"unread within ±{APART:.0%}", classes.instrument
    )
    texts = min(distinct(first), distinct(second))
    row |= {"n": len(first) + len(second), "texts": texts, "verdict": INSUFFICIENT, "label": INSUFFICIENT}
    if texts < ENOUGH:
        return row
    groups = [_group(some) for some in (first, second)]
    value = float(groups[0].least.mean() - groups[1].least.mean())
    low, high = gap_limits(groups[0], groups[1], CONFIDENCE, CONFIDENCE)
    met, missed = low >= -APART and high <= APART, abs(value) > APART or texts >= LABELLED
    said = "met" if met else "missed" if missed else INSUFFICIENT
    return row | {"value": value, "low": low, "high": high, "level": 0.9, "label": "", "verdict": said}


def _group(some: Sequence[Graded]) -> Group:
    values = np.asarray([g.outcome == "unread" for g in some], float)
    return Group(values, values, clusters(some))


def verdict(criteria: Sequence[Row]) -> bool | None:
    """Passed, failed where one is missed, None where none is missed and one is insufficient."""
    said = {row["verdict"] for row in criteria}
    return False if "missed" in said else None if INSUFFICIENT in said else True


def both(first: bool | None, second: bool | None) -> bool | None:
    """Whether two tests are passed: a failed one decides, then one that decides nothing."""
    return False if False in (first, second) else None if None in (first, second) else True


def _by_family(headline: Sequence[Graded], classes: Classes) -> list[Row]:
    return _groups(f"{PART}, by family of models", headline, classes, lambda g: g.row.family)


def _groups(part: str, graded: Sequence[Graded], classes: Classes, name: Callable[[Graded], str]) -> list[Row]:
    groups: defaultdict[tuple[str, str], list[Graded]] = defaultdict(list)
    for g in graded:
        groups[name(g), g.meant].append(g)
    order = (*classes.decided, *classes.others)
    kept = sorted(groups.items(), key=lambda item: (item[0][0], order.index(item[0][1])))
    return [class_row(Cell(part, f"meant {meant}", group, classes.instrument), some) for (group, meant), some in kept]


def source_rows(graded: Sequence[Graded], classes: Classes) -> Iterator[Row]:
    """Counts by source, model and data set, with what the source says of itself: all that is kept of the texts."""
    groups: defaultdict[tuple[str, ...], list[Graded]] = defaultdict(list)
    for g in graded:
        groups[g.row.source, g.row.model, g.row.dataset, g.meant].append(g)
    for (source, model, dataset, meant), some in sorted(groups.items()):
        counted = {
            outcome: sum(g.outcome == outcome and not g.disputed for g in some)
            for outcome in ("right", "unread", "misread")
        }
        row = _bare_row(f"meant {meant}", "answers", classes.instrument)
        row |= {"part": f"{PART}, counts by source", "degree": f"{model}, {dataset}" if dataset else model}
        row |= {"label": f"{counted['right']} right", "n": len(some), "texts": distinct(some), **counted}
        yield row | {
            "one_word": sum(g.bare for g in some),
            "disputed": sum(bool(g.disputed) for g in some),
            "source": source,
            "commit": some[0].row.commit,
            "licence": some[0].row.licence,
        }


def agreement_rows(labelled: Sequence[Graded], instrument: str) -> Iterator[Row]:
    """Agreement of the two labellers on the label that each puts first."""
    if not labelled:
        return
    pairs = [(g.row.labels[0][0], g.row.labels[1][0]) for g in labelled]
    where = [g.row.cluster for g in labelled]
    found = (
        percent_agreement(pairs, where, unit=UNIT),
        cohen_kappa([a for a, _ in pairs], [b for _, b in pairs], where, unit=UNIT),
    )
    for estimate in found:
        row = _bare_row("first labels", estimate.name, instrument) | {"part": f"{PART}, agreement of two labellers"}
        row |= {"n": len(pairs), "clusters": estimate.clusters, "unit": UNIT, "label": estimate.withheld}
        yield row | {"value": estimate.value, "low": estimate.low, "high": estimate.high}


def _summary(rows: Sequence[Row], criteria: Sequence[Row], headline: Sequence[Graded], classes: Classes) -> str:
    said = "; ".join(_told(r) for r in rows[: len(classes.decided) + len(classes.others)] if r["n"])
    open_ = [f"{r['what']} {r['measure']}" for r in criteria if r["verdict"] == INSUFFICIENT]
    missed = [f"{r['what']} {_missed(r)}" for r in criteria if r["verdict"] == "missed"]
    families = len({g.row.family for g in headline})
    return (
        f"Of {len(headline)} answers that {families} families of models gave: {said}."
        + (f" Asked and missed: {'; '.join(missed)}." if missed else "")
        + (f" Insufficient: {'; '.join(open_)}." if open_ else "")
    )


def _told(row: Row) -> str:
    if row["value"] is None:
        return f"{row['what']} {row['hits']} of {row['n']} right (insufficient)"
    return (
        f"{row['what']} {row['value']:.1%} right, {row['unread'] / row['n']:.1%} unread, "
        f"{row['misread'] / row['n']:.1%} misread (n {row['n']})"
    )


def _missed(row: Row) -> str:
    reach = f"upper limit {row['upper_95']:.1%}" if "upper_95" in row else f"{row['low']:+.1%} to {row['high']:+.1%}"
    return f"{row['measure']} ({row['value']:.1%}, {reach})"
