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

from auscult.certificates.cells import ENOUGH, INSUFFICIENT, Cell, Row, filled
from auscult.certificates.recorded.labels import folded
from auscult.certificates.recorded.reading import Recorded
from auscult.statistics.agreement import cohen_kappa, percent_agreement
from auscult.statistics.one_sided import Group, bounds, gap_limits

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
LOSSES: tuple[Outcome, Outcome] = ("unread", "misread")
ASKED: tuple[tuple[Outcome, float], ...] = (("misread", MISREAD), ("unread", UNREAD))
SELF = "by what they say themselves"
NOT_READ = "unread"


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


def graded(
    row: Recorded,
    given: Sequence[Sequence[str]],
    said: str,
    *,
    neither: frozenset[str] = frozenset(),
    kind: Callable[[str], str] = lambda value: value,
    by: str = "",
    bare: bool = False,
) -> Graded:
    """An answer of known meaning with its reading.

    Args:
        row: the answer.
        given: what each labeller says it means; several readings that one finds defensible, the better first.
        said: what was read.
        neither: readings that take no side, one of which may be read as the other.
        kind: class of a reading.
        by: who says what was meant; empty: as the row has it.
        bare: nothing but the answer's one word.
    """
    allowed = {folded(v) for labels in given for v in labels}
    allowed |= neither if allowed & neither else set()
    outcome: Outcome = "right" if folded(said) in allowed else "unread" if said == NOT_READ else "misread"
    shared = [v for v in given[0] if all(v in other for other in given)]
    named = tuple(dict.fromkeys(kind(v) for labels in given for v in labels))
    by = by or row.labelled_by or "by labels of the source"
    return Graded(row, kind(shared[0]) if shared else named[0], said, outcome, bare, by, () if shared else named)


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

    @property
    def all(self) -> tuple[str, ...]:
        """In the order of rows."""
        return (*self.decided, *self.others)


@dataclass(frozen=True)
class Found:
    """The part of a certificate that rests on recorded answers."""

    rows: tuple[Row, ...]
    passed: bool | None
    summary: str


def graded_part(
    graded: Sequence[Graded], classes: Classes, more: Callable[[Sequence[Graded]], Iterator[Row]] = lambda _: iter(())
) -> Found:
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
        class_row(Cell(PART, f"meant {meant}", "", classes.instrument, UNIT), of(headline, meant), disputes, meant)
        for meant in classes.all
    ]
    criteria = list(criterion_rows(headline, classes))
    rows += criteria
    rows += more(headline)
    rows += _groups(f"{PART}, by family of models", headline, classes, lambda g: g.row.family)
    rows += _groups(f"{PART}, one-word answers too", [g for g in real if not g.disputed], classes, lambda g: "")
    rows += _groups(f"{PART}, by who labelled", headline, classes, lambda g: g.by)
    rows += agreement_rows([g for g in real if len(g.row.labels) > 1], classes.instrument)
    rows += _groups("answers written for tests", [g for g in graded if g.row.written], classes, lambda g: g.by)
    rows += source_rows(real, classes)
    said = {row["verdict"] for row in criteria}
    passed = False if "missed" in said else None if INSUFFICIENT in said else True
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


@dataclass(frozen=True)
class Limits:
    """A share with its two one-sided limits."""

    mean: float
    low: float
    high: float


def limits(some: Sequence[Graded], hit: Callable[[Graded], bool]) -> Limits:
    """The share of hits among answers that there are enough of."""
    hits = np.asarray([hit(g) for g in some], float)
    sided = bounds(hits, hits, clusters(some), CONFIDENCE, CONFIDENCE)
    return Limits(float(hits.mean()), sided.low, sided.high)


def _share(cell: Cell, measure: str, some: Sequence[Graded], outcome: Outcome) -> Row:
    """Share with one outcome, and the upper limits that go with it, where there are enough texts."""
    texts = distinct(some)
    least = 0 if texts >= ENOUGH else len(some) + 1
    return cell.share(measure, [g.outcome == outcome for g in some], clusters(some), least) | {"texts": texts}


def _upper(some: Sequence[Graded], outcome: Outcome) -> float | None:
    return limits(some, lambda g: g.outcome == outcome).high if distinct(some) >= ENOUGH else None


def class_row(cell: Cell, some: Sequence[Graded], disputes: Sequence[Graded] = (), meant: str = "") -> Row:
    """Share read as meant with its 95 % interval, how many are unread and misread, and their one-sided limits."""
    row = _share(cell, "read as meant", some, "right")
    for outcome in LOSSES:
        row |= {outcome: sum(g.outcome == outcome for g in some), f"{outcome}_upper_95": _upper(some, outcome)}
    if inside := [g for g in disputes if meant in g.disputed]:
        n, hits, right = row["n"], row["hits"], sum(g.read == meant for g in inside)
        # each dispute settled against the reader, and for it
        worst, best = hits / max(n + len(inside) - right, 1), (hits + right) / max(n + right, 1)
        row |= {"disputed": len(inside), "if_disputed_are": f"{worst:.3f} to {best:.3f}"}
    return row


def criterion_rows(headline: Sequence[Graded], classes: Classes) -> Iterator[Row]:
    """What is asked, one row each, with ``verdict``: met, missed or insufficient."""
    part, instrument = f"{PART}: what is asked", classes.instrument
    for meant in classes.decided:
        some, cell = of(headline, meant), Cell(part, f"meant {meant}", "", instrument, UNIT)
        for outcome, limit in ASKED:
            row, upper = _share(cell, f"{outcome} at most {limit:.0%}", some, outcome), _upper(some, outcome)
            yield row | {"upper_95": upper, "verdict": decided(row["value"], upper, limit, row["texts"])}
    yield _gap_row(Cell(part, "meant {} minus {}".format(*classes.pair), "", instrument), headline, classes)
    for meant in classes.pair:
        count, cell = len({g.row.family for g in of(headline, meant)}), Cell(part, f"meant {meant}", "", instrument)
        enough = "met" if count >= FAMILIES else INSUFFICIENT
        yield cell.row(f"at least {FAMILIES} families of models", count, verdict=enough)


def decided(value: float | None, upper: float | None, limit: float, texts: int) -> str:
    """Whether a share is at most a limit: by its upper one-sided limit; missed where even the share itself is above.

    With fewer than ``LABELLED`` texts a limit that is not reached leaves it open: insufficient.
    """
    if value is None or upper is None or texts < ENOUGH:
        return INSUFFICIENT
    if upper <= limit:
        return "met"
    return "missed" if value > limit or texts >= LABELLED else INSUFFICIENT


def _gap_row(cell: Cell, headline: Sequence[Graded], classes: Classes) -> Row:
    """The difference of the unread shares of the two classes that must be lost alike, with its 90 % interval."""
    first, second = (of(headline, meant) for meant in classes.pair)
    texts = min(distinct(first), distinct(second))
    row = cell.row(f"unread within ±{APART:.0%}", len(first) + len(second), texts=texts)
    if texts < ENOUGH:
        return row | {"verdict": INSUFFICIENT, "label": INSUFFICIENT}
    groups = [_group(some) for some in (first, second)]
    value = float(groups[0].least.mean() - groups[1].least.mean())
    low, high = gap_limits(groups[0], groups[1], CONFIDENCE, CONFIDENCE)
    met, missed = low >= -APART and high <= APART, abs(value) > APART or texts >= LABELLED
    said = "met" if met else "missed" if missed else INSUFFICIENT
    return row | {"value": value, "low": low, "high": high, "level": 0.9, "verdict": said}


def _group(some: Sequence[Graded]) -> Group:
    values = np.asarray([g.outcome == "unread" for g in some], float)
    return Group(values, values, clusters(some))


def _groups(part: str, graded: Sequence[Graded], classes: Classes, name: Callable[[Graded], str]) -> list[Row]:
    groups: defaultdict[tuple[str, str], list[Graded]] = defaultdict(list)
    for g in graded:
        groups[name(g), g.meant].append(g)
    kept = sorted(groups.items(), key=lambda item: (item[0][0], classes.all.index(item[0][1])))
    return [
        class_row(Cell(part, f"meant {meant}", group, classes.instrument, UNIT), some) for (group, meant), some in kept
    ]


def source_rows(graded: Sequence[Graded], classes: Classes) -> Iterator[Row]:
    """Counts by source, model and data set, with what the source says of itself: all that is kept of the texts."""
    groups: defaultdict[tuple[str, ...], list[Graded]] = defaultdict(list)
    for g in graded:
        groups[g.row.source, g.row.model, g.row.dataset, g.meant].append(g)
    for (source, model, dataset, meant), some in sorted(groups.items()):
        counted = {o: sum(g.outcome == o and not g.disputed for g in some) for o in ("right", *LOSSES)}
        whose = f"{model}, {dataset}" if dataset else model
        yield Cell(f"{PART}, counts by source", f"meant {meant}", whose, classes.instrument).row(
            "answers",
            len(some),
            label=f"{counted['right']} right",
            texts=distinct(some),
            **counted,
            one_word=sum(g.bare for g in some),
            disputed=sum(bool(g.disputed) for g in some),
            source=source,
            commit=some[0].row.commit,
            licence=some[0].row.licence,
        )


def agreement_rows(labelled: Sequence[Graded], instrument: str) -> Iterator[Row]:
    """Agreement of the two labellers on the label that each puts first."""
    if not labelled:
        return
    pairs = [(g.row.labels[0][0], g.row.labels[1][0]) for g in labelled]
    where = [g.row.cluster for g in labelled]
    cell = Cell(f"{PART}, agreement of two labellers", "first labels", "", instrument, UNIT)
    first, second = zip(*pairs, strict=True)
    for estimate in (percent_agreement(pairs, where, unit=UNIT), cohen_kappa(first, second, where, unit=UNIT)):
        yield filled(cell.row(estimate.name, len(pairs), estimate.clusters), estimate) | {"label": estimate.withheld}


def _summary(rows: Sequence[Row], criteria: Sequence[Row], headline: Sequence[Graded], classes: Classes) -> str:
    said = "; ".join(_told(r) for r in rows[: len(classes.all)] if r["n"])
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
