"""What came of a task: fabrication and miss, unread and unclear apart, misses by size; for a number its agreement."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np

from auscult import statistics
from auscult.analysis.joined import OK, STATUS, UNUSABLE, Bools, Floats, Joined
from auscult.analysis.joining import join
from auscult.analysis.quantities import Board, Quantity
from auscult.analysis.quantities.detection import Errors
from auscult.analysis.samples import Sample, difference
from auscult.analysis.summarising import MAX_MISSING
from auscult.facts.reading import read_facts
from auscult.interpretation.making import CONTRAST, SIDES, SIZE
from auscult.interpretation.tasks import Task
from auscult.records import Answer, Estimate, Item, Score, Value
from auscult.statistics.bland_altman import limits_of_agreement
from auscult.store.tables import read_rows

Part = Literal["rates", "classes", "size", "contrast", "agreement", "error by size", "side"]
BINS = 4
"""Groups of equal number that findings are put into by their size."""
LEAST = 10
"""Findings of a group, at least: fewer say nothing about their size."""
ALL = "all"


@dataclass(frozen=True, kw_only=True)
class Line:
    """One figure of a task.

    Attributes:
        task: its name.
        way: how it was asked: ``zero-shot``, ``few-shot 3``, or ``few-shot 3 minus zero-shot``.
        part: of the task's figures.
        label: what of it.
        metric: what is measured.
        share: whether it is a share of one; else in the task's unit.
        better: which end is the good one; empty where neither is.
        figure: with its interval.
    """

    task: str
    way: str
    part: Part
    label: str
    metric: str
    share: bool = True
    better: Literal["", "higher", "lower"] = "lower"
    figure: Estimate


class Read:
    """A run of a task, opened.

    Args:
        task: that it is of.
        way: how it was asked.
        folder: of the run.
    """

    def __init__(self, task: Task, way: str, folder: Path) -> None:
        self.task, self.way, self.folder = task, way, folder
        self.run = join(folder)
        self.board = Board(self.run, self.run.manifest.get("max_missing", MAX_MISSING))
        items = list(read_rows(folder / "items.parquet", Item))
        self.truths = np.array([item.reference for item in items], dtype=object)
        self._rows = {item.id: row for row, item in enumerate(items)}

    def lines(self) -> Iterator[Line]:
        """All figures of the task asked in this way."""
        if self.task.answer == "yes_no":
            yield from self._detected()
        elif self.task.answer == "choice":
            yield from self._classes(self.run.where("answer_type", "choice"), "classes", tuple(self.task.options))
        else:
            yield from self._measured()
            yield from self._classes(self.run.where("category", "side"), "side", SIDES)

    def _line(self, part: Part, label: str, metric: str, figure: Estimate | None, **about: object) -> Iterator[Line]:
        if figure is not None:
            yield Line(task=self.task.name, way=self.way, part=part, label=label, metric=metric, figure=figure, **about)  # type: ignore[arg-type]

    def _detected(self) -> Iterator[Line]:
        asked = self.run.where("answer_type", "yes_no")
        for name, present in (("fabrication", False), ("miss", True)):
            yield from self._line("rates", ALL, name, self._rate(name, present, asked))
        yield from self._apart(asked, "rates")
        sizes = self._sizes()
        there = asked & self.run.yes & ~np.isnan(sizes)
        for label, chosen in by_size(sizes, there, "mm"):
            yield from self._line("size", label, "miss", self._rate("miss", True, chosen))
        shown = labelled(self.run, CONTRAST)
        for label, chosen in by_size(shown, asked & self.run.yes & ~np.isnan(shown), "of its contrast", digits=2):
            yield from self._line("contrast", label, "miss", self._rate("miss", True, chosen))

    def errors(self, present: bool) -> Sample:
        """Misses or fabrications of each question, for pairing: NaN where the answer says neither."""
        rate = Errors(name="", scorer=self.run.reader, present=present)
        return rate.sample(self.run, self.run.where("answer_type", "yes_no"))

    def _rate(self, name: str, present: bool, items: Bools) -> Estimate | None:
        rate = Errors(name=name, scorer=self.run.reader, present=present)
        taken = rate.sample(self.run, items).each()
        return rate.estimate(replace(taken, unusable=np.zeros_like(taken.unusable)), self.board.max_missing)

    def _apart(self, items: Bools, part: Part) -> Iterator[Line]:
        """Answers that say neither, of all that came: could not be read, hedge, or take no position."""
        column = self.run.columns[self._scorer(items), "with"]
        came = items & column.asked & ~(column.status == STATUS["request_failed"]).any(axis=1)
        for name, mask in (
            ("unread", column.unread),
            ("unclear", (column.status == OK) & column.unclear),
            ("no position", column.status == UNUSABLE),
        ):
            yield from self._line(part, ALL, name, self._share(name, mask.mean(axis=1), came))

    def _scorer(self, items: Bools) -> str:
        kind = next(t for t in self.run.values_of("answer_type") if (items & self.run.where("answer_type", t)).any())
        leading = self.run.leading(kind)
        assert leading is not None, "every task has a rule that reads it"
        return leading.id

    def _share(self, name: str, values: Floats | Bools, items: Bools) -> Estimate | None:
        if not items.any():
            return None
        about = {"name": name, "instrument": self._scorer(items), "unit": self.run.unit}
        return statistics.mean(values[items], self.run.cluster[items], higher_is_better=False, **about)  # type: ignore[arg-type]

    def _classes(self, items: Bools, part: Part, options: tuple[str, ...]) -> Iterator[Line]:
        """How often the class is right, for each class too, and what else each is called."""
        if not items.any():
            return
        leading = self.run.leading("choice")
        assert leading is not None, "there is a rule for choices"
        quantity = Quantity(name="accuracy", scorer=leading.id, value=Value(name="correct"))
        yield from self._line(part, ALL, "right", self.board.one(quantity, items), better="higher")
        yield from self._apart(items, part)
        said = self.run.columns[leading.id, "with"].parsed[:, 0]
        names = self.run.parsed.names
        for option in options:
            those = items & (self.truths == option)
            yield from self._line(part, option, "right", self.board.one(quantity, those), better="higher")
            for other in (o for o in options if o != option and len(options) > 2):
                called = np.array([names[code] == other for code in said], float)
                yield from self._line(part, option, f"called {other}", self._share(f"called {other}", called, those))

    def _measured(self) -> Iterator[Line]:
        items = self.run.where("answer_type", "number")
        if not items.any():
            return
        said, true = self._numbers(), self._sizes()
        scorer = self._scorer(items)
        column = self.run.columns[scorer, "with"]
        lost = items & column.asked & column.missing.any(axis=1)
        read = items & ~lost & ~np.isnan(said)
        about = {"instrument": scorer, "unit": self.run.unit, "max_missing": self.board.max_missing}
        clusters, off = self.run.cluster, said - true
        agreed = limits_of_agreement(off[read], clusters[read], name="the error", missing=int(lost.sum()), **about)  # type: ignore[arg-type]
        for metric, figure in (
            ("bias", agreed.bias),
            ("lower limit of agreement", agreed.lower),
            ("upper limit of agreement", agreed.upper),
        ):
            yield from self._line("agreement", ALL, metric, figure, share=False, better="")
        near = read & (np.abs(np.nan_to_num(off)) <= self.task.tolerance)
        right = statistics.mean(near[items], clusters[items], missing=lost[items], name="within", **about)  # type: ignore[arg-type]
        within = f"within {self.task.tolerance:g} {self.task.unit}"
        yield from self._line("agreement", ALL, within, right, better="higher")
        yield from self._line("agreement", ALL, "no number", self._share("no number", ~read & ~lost, items & ~lost))
        none = read & (true == 0)
        more = self._share("invented", np.nan_to_num(said) > self.task.tolerance, none)
        yield from self._line("agreement", "nothing there", f"more than {self.task.tolerance:g} {self.task.unit}", more)
        for label, chosen in by_size(true, read & (true > 0), self.task.unit):
            found = limits_of_agreement(off[chosen], clusters[chosen], name=label, **about)  # type: ignore[arg-type]
            yield from self._line("error by size", label, "bias", found.bias, share=False, better="")
            errors = np.abs(off[chosen])
            mean = statistics.mean(errors, clusters[chosen], name=label, bounds=(0.0, None), unit=self.run.unit)
            yield from self._line("error by size", label, "mean error", mean, share=False)

    def _numbers(self) -> Floats:
        """The number that each item's answer was read as, in the item's unit; NaN where none was.

        Who says, without any number, that the finding is not there says 0.
        """
        leading, said = self.run.leading("number"), np.full(len(self._rows), np.nan)
        silent = set[int]()
        for score in read_rows(self.folder / "scores.parquet", Score):
            if leading is None or score.scorer != leading.name or score.condition != "with" or score.repeat:
                continue
            row = self._rows[score.item_id]
            if "absolute_error" in score.values:
                said[row] = float(score.parsed)
            elif score.status == "unusable":
                silent.add(row)
        for answer in read_rows(self.folder / "answers.parquet", Answer):
            own = answer.condition == "with" and not answer.repeat
            if own and (row := self._rows[answer.item_id]) in silent and denies(answer.text, self.task.findings):
                said[row] = 0.0
        return said

    def _sizes(self) -> Floats:
        """The true size of each item's finding in mm; NaN where it is not known."""
        return labelled(self.run, SIZE)


def denies(text: str, findings: Sequence[str]) -> bool:
    """Whether an answer says that a finding is not there, and nowhere that it is."""
    names = {name.casefold() for name in findings}
    said = {fact.presence for fact in read_facts(text) if fact.finding.casefold() in names}
    return said == {"absent"}


def labelled(run: Joined, tag: str) -> Floats:
    """A tag that holds a number; NaN where an item has none."""
    codes = run.labels.get(f"tag:{tag}")
    if codes is None:
        return np.full(len(run.ids), np.nan)
    names = run.codes[f"tag:{tag}"].names
    values = np.array([float(name) if name else np.nan for name in names])
    return np.asarray(values[codes])


def by_size(sizes: Floats, there: Bools, unit: str, digits: int = 0) -> Iterator[tuple[str, Bools]]:
    """Groups of equal number by size or another measure, smallest first; none where there are too few for two."""
    known = np.sort(sizes[there])
    groups = min(BINS, len(known) // LEAST)
    edges = np.unique(np.quantile(known, np.linspace(0, 1, groups + 1))) if groups > 1 else np.array([])
    for n, (low, high) in enumerate(zip(edges[:-1], edges[1:], strict=True)):
        last = n == len(edges) - 2
        chosen = there & (sizes >= low) & ((sizes <= high) if last else (sizes < high))
        yield f"{low:.{digits}f} to {high:.{digits}f} {unit}", chosen


def contrasts(few: Read, zero: Read) -> Iterator[Line]:
    """Few-shot minus zero-shot on the same images, paired; where an answer says neither under one, it is left out."""
    way = f"{few.way} minus {zero.way}"
    if few.task.answer == "choice":
        leading = few.run.leading("choice")
        assert leading is not None, "there is a rule for choices"
        quantity = Quantity(name="right", scorer=leading.id, value=Value(name="correct"))
        every = few.run.where("answer_type", "choice")
        every &= _asked(few, zero, leading.id)
        a, b = (quantity.sample(read.run, every) for read in (few, zero))
        figure = quantity.difference(a, b, few.board.max_missing)
        yield Line(
            task=few.task.name, way=way, part="classes", label=ALL, metric="right", figure=figure, better="higher"
        )
        return
    for name, present in (("fabrication", False), ("miss", True)):
        a, b = few.errors(present), zero.errors(present)
        both = np.intersect1d(a.rows, b.rows)
        a, b = a.among(both), b.among(both)
        said = (a.missing | ~np.isnan(a.means)) & (b.missing | ~np.isnan(b.means))
        a, b = a.at(said), b.at(said)
        if len(a.rows):
            rate = Value(name=name, higher_is_better=False)
            figure = difference(a, b, name, few.run.reader, few.board.max_missing, rate)
            yield Line(task=few.task.name, way=way, part="rates", label=ALL, metric=name, figure=figure)


def _asked(few: Read, zero: Read, scorer: str) -> Bools:
    return np.asarray(few.run.columns[scorer, "with"].asked & zero.run.columns[scorer, "with"].asked)
