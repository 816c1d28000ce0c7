"""From scores to figures: each with its n, its interval, what is missing, and why it is not given."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from auscult.certificates.cells import ENOUGH, INSUFFICIENT, Cell, One, Row, clusters, filled
from auscult.certificates.judge.planting import Put
from auscult.records import Estimate, Score
from auscult.scorers.judges import Judge, medihall
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
        i = judge.instrument
        return cls(i.name, i.names, i.primary.name, *i.bounds, max_missing)

    @property
    def top(self) -> float:
        """From here on an answer counts as right: the highest of five bands, 9 and 10 of ten."""
        return self.high - (self.high - self.low) / 9

    @property
    def binary(self) -> bool:
        """Whether there is a verdict and no grade."""
        return self.high - self.low == 1

    @property
    def kinds(self) -> bool:
        """Whether it names the kind of a hallucination."""
        return self.name == medihall.NAME

    @property
    def point(self) -> float:
        """A step of a ten-point scale."""
        return (self.high - self.low) / 9

    def cell(self, cell: Cell) -> Cell:
        """The cell as one of this judge; a scene is what answers about phantoms share."""
        return replace(cell, instrument=self.name, unit=cell.unit or "scene")

    @property
    def consequence(self) -> str:
        """The grade that is about what follows for the patient."""
        return next((v for v in ("harm", "risk") if v in self.values), self.primary)


@dataclass(frozen=True)
class Pair:
    """Two answers about one scene."""

    better: Put
    worse: Put

    @property
    def cluster(self) -> str:
        """The scene."""
        return self.better.cluster


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

    def apart(self, first: str, second: str, value: str = "") -> Value:
        """How much higher the first is graded than the second, in points."""
        one, two = self.grade(first, value), self.grade(second, value)
        return None if one is None or two is None else (one - two) / self.scale.point

    def better(self, first: str, second: str, value: str = "") -> Value:
        """1 where the first has the higher grade, 0 where the second has, a half where both have the same."""
        apart = self.apart(first, second, value)
        return None if apart is None else 0.5 + float(np.sign(apart)) / 2

    def mean(
        self,
        cell: Cell,
        measure: str,
        of: Sequence[One],
        value_of: Callable[[One], Value],
        *,
        least: int = ENOUGH,
        bounds: tuple[float, float] = (0.0, 1.0),
    ) -> Row:
        """The mean of a value, with its interval by cluster, or why there is none.

        Args:
            cell: where the figure belongs.
            measure: what it is.
            of: answers, or pairs.
            value_of: each one's value; None where a grade is missing.
            least: fewer of them than this are insufficient.
            bounds: of a value.
        """
        values = [value_of(one) for one in of]
        lost, cell = [v is None for v in values], self.scale.cell(cell)
        held = {one.cluster for one, gone in zip(of, lost, strict=True) if not gone}
        row = cell.row(measure, len(values) - sum(lost), len(held), missing=sum(lost))
        if not values or len(values) < least:
            return row | {"label": INSUFFICIENT}
        plain, most = np.array([bounds[0] if v is None else v for v in values]), self.scale.max_missing
        found = mean(plain, clusters(of), name=measure, missing=lost, unit=cell.unit, max_missing=most, bounds=bounds)
        return filled(row, found)

    def estimated(self, cell: Cell, found: Estimate, positives: int) -> Row:
        """A row of a figure that was computed elsewhere; ``positives`` is what must be enough of."""
        row = self.scale.cell(cell).row(found.name, found.n, found.clusters, missing=found.missing)
        return row | {"label": INSUFFICIENT} if positives < ENOUGH else filled(row, found)

    def in_order(self, cell: Cell, pairs: Sequence[Pair], value: str = "") -> Row:
        """Share of pairs in which the better answer has the higher grade, ties by half; 100 worse ones are needed."""
        least = 0 if len({p.worse.id for p in pairs}) >= ENOUGH else len(pairs) + 1
        return self.mean(
            cell, "pairs in order", pairs, lambda p: self.better(p.better.id, p.worse.id, value), least=least
        )


def pairs_within(puts: Sequence[Put], wanted: Callable[[Put, Put], bool] = lambda a, b: True) -> list[Pair]:
    """Pairs of answers about one scene, the one with fewer errors first."""
    by_scene: dict[str, list[Put]] = {}
    for put in sorted(puts, key=lambda p: p.degree):
        by_scene.setdefault(put.cluster, []).append(put)
    both = ((a, b) for group in by_scene.values() for a, b in combinations(group, 2))
    return [Pair(a, b) for a, b in both if a.degree < b.degree and wanted(a, b)]
