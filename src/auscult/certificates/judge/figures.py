"""From scores to figures: each with its n, its interval, what is missing, and why it is not given."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from auscult.certificates.cells import ENOUGH, INSUFFICIENT, Cell, Row, blank, figures
from auscult.certificates.judge.planting import Put
from auscult.records import Estimate, Score
from auscult.scorers.judges import Judge
from auscult.statistics import mean

Value = float | None


@dataclass(frozen=True)
class Scale:
    """What a judge's grades are made of.

    Attributes:
        name: of the protocol.
        values: its grades.
        primary: the one for truth.
        low: least grade.
        high: greatest grade.
        max_missing: greatest share of answers without a grade at which a figure is given.
    """

    name: str
    values: tuple[str, ...]
    primary: str
    low: float
    high: float
    max_missing: float = 0.05

    @classmethod
    def of(cls, judge: Judge, max_missing: float = 0.05) -> "Scale":
        """The scale of a judge."""
        return cls(judge.name, tuple(judge.values), judge.primary, *judge.bounds, max_missing)

    @property
    def top(self) -> float:
        """From here on an answer counts as right: the highest of five bands, 9 and 10 of ten."""
        return self.high - (self.high - self.low) / 9

    @property
    def binary(self) -> bool:
        """Whether there is a verdict and no grade."""
        return self.high - self.low == 1

    @property
    def point(self) -> float:
        """A step of a ten-point scale."""
        return (self.high - self.low) / 9

    @property
    def consequence(self) -> str:
        """The grade that is about what follows for the patient."""
        return next((v for v in ("harm", "risk") if v in self.values), self.primary)


@dataclass(frozen=True)
class Judged:
    """Answers with their scores.

    Attributes:
        puts: all that was put, by part.
        scores: by the id of the answer.
        scale: of the judge.
    """

    puts: Sequence[Put]
    scores: dict[str, Score]
    scale: Scale

    def part(self, name: str) -> list[Put]:
        """The answers of one part of the certificate."""
        return [p for p in self.puts if p.part == name]

    def grade(self, answer: str, value: str = "") -> Value:
        """A grade; None where the judge gave none."""
        found = self.scores[answer]
        return found.values.get(value or self.scale.primary) if found.status == "ok" else None

    def unread(self, put: Put) -> bool:
        """Whether the judge replied and nothing could be read."""
        return self.scores[put.id].status == "judge_unusable"

    def flagged(self, put: Put) -> Value:
        """1 where the answer was not called right, 0 where it was."""
        grade = self.grade(put.id)
        return None if grade is None else float(grade < self.scale.top)

    def better(self, first: str, second: str, value: str = "") -> Value:
        """1 where the first has the higher grade, 0 where the second has, a half where both have the same."""
        one, two = self.grade(first, value), self.grade(second, value)
        return None if one is None or two is None else 0.5 + float(np.sign(one - two)) / 2

    def moved(self, put: Put, value: str) -> Value:
        """How much higher an answer is graded than the one that it is compared with, in points."""
        one, two = self.grade(put.id, value), self.grade(put.base, value)
        return None if one is None or two is None else (one - two) / self.scale.point


def shared(
    scale: Scale,
    cell: Cell,
    measure: str,
    values: Sequence[Value],
    clusters: Sequence[str],
    *,
    unit: str = "scene",
    least: int = ENOUGH,
    bounds: tuple[float, float] = (0.0, 1.0),
) -> Row:
    """The mean of values with its interval by cluster, or why there is none.

    Args:
        scale: of the judge.
        cell: where the figure belongs.
        measure: what it is.
        values: one an answer or pair; None where a grade is missing.
        clusters: scene or text of each.
        unit: what a cluster is.
        least: fewer values, or clusters, than this are insufficient.
        bounds: of a value.
    """
    lost = [v is None for v in values]
    held = {c for c, gone in zip(clusters, lost, strict=True) if not gone}
    row = blank(replace(cell, instrument=scale.name), measure, len(values) - sum(lost), len(held), unit)
    row |= {"missing": sum(lost)}
    if not values or len(values) < least:
        return row | {"label": INSUFFICIENT}
    plain = np.array([bounds[0] if v is None else v for v in values])
    found = mean(
        plain, list(clusters), name=measure, missing=lost, unit=unit, max_missing=scale.max_missing, bounds=bounds
    )
    return put_in(row, found)


def put_in(row: Row, found: Estimate) -> Row:
    """The row with a figure, or with the reason why it is withheld."""
    return row | figures(found) | ({"label": f"withheld: {found.withheld}"} if found.withheld else {})


def estimated(scale: Scale, cell: Cell, found: Estimate, positives: int) -> Row:
    """A row of a figure that was computed elsewhere; ``positives`` is what must be enough of."""
    row = blank(replace(cell, instrument=scale.name), found.name, found.n, found.clusters, found.unit)
    row |= {"missing": found.missing}
    return row | {"label": INSUFFICIENT} if positives < ENOUGH else put_in(row, found)


def pairs_within(puts: Sequence[Put], wanted: Callable[[Put, Put], bool]) -> list[tuple[Put, Put]]:
    """Pairs of answers about one scene, the one with fewer errors first."""
    by_scene: dict[str, list[Put]] = {}
    for put in puts:
        by_scene.setdefault(put.cluster, []).append(put)
    found = []
    for group in by_scene.values():
        for a, b in combinations(sorted(group, key=lambda p: p.degree), 2):
            if a.degree < b.degree and wanted(a, b):
                found.append((a, b))
    return found


def in_order(judged: Judged, cell: Cell, pairs: Sequence[tuple[Put, Put]], value: str = "", unit: str = "scene") -> Row:
    """Share of pairs in which the better answer has the higher grade, ties by half; 100 worse answers are needed."""
    values = [judged.better(a.id, b.id, value) for a, b in pairs]
    least = 0 if len({b.id for _, b in pairs}) >= ENOUGH else len(pairs) + 1
    return shared(judged.scale, cell, "pairs in order", values, [a.cluster for a, _ in pairs], unit=unit, least=least)
