"""Answers → scores: every scorer that applies, streamed over the tables of a run."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, islice
from operator import attrgetter
from pathlib import Path
from typing import TypeVar

from auscult.errors import PartFailed
from auscult.probes.asking import Probed
from auscult.protocols import as_shown
from auscult.records import Answer, Item, Score
from auscult.runs.measuring import TEXTS, metric_rows
from auscult.scorers import Scorer, TextMetric, score
from auscult.store.tables import read_rows

Row = TypeVar("Row", Item, Answer, Probed)
CHUNK = 8_192
"""Answers that are held at a time: an encoder takes many texts at once."""


def by_case(path: Path, cls: type[Row]) -> Iterator[tuple[str, list[Row]]]:
    """The rows of a table of items or answers, case by case."""
    for case, rows in groupby(read_rows(path, cls), key=attrgetter("case_id")):
        yield case, list(rows)


def answered(items: Path, answers: Path) -> Iterator[tuple[Item, Answer]]:
    """Every answer with its item as it was shown, in the order of the answers; both tables hold cases in one order."""
    questions = by_case(items, Item)
    for case, replies in by_case(answers, Answer):
        asked = next(rows for name, rows in questions if name == case)
        known = {item.id: item for item in asked}
        yield from ((as_shown(known[answer.item_id], answer), answer) for answer in replies)


def score_rows(pairs: Iterable[tuple[Item, Answer]], scorers: Sequence[Scorer]) -> Iterator[Score]:
    """Scores of answers by every rule that applies, in the order of the answers."""
    return (score(scorer, item, answer) for item, answer in pairs for scorer in scorers if _applies(scorer, item))


def _applies(scorer: Scorer, item: Item) -> bool:
    try:
        return scorer.applies(item)
    except Exception as error:  # whatever a scorer of another package does wrong is not ours to show
        raise PartFailed(f"scorer {scorer.instrument.name}", f"question '{item.source_id}'", error) from error


class Scoring:
    """Rules and text metrics on the answers of a run, in one pass over its tables.

    Args:
        rules: that may apply.
        metrics: text metrics.
        spotted: most references that are kept.

    Attributes:
        references: different ones of open answers and reports, the first ones in order.
    """

    def __init__(self, rules: Sequence[Scorer], metrics: Sequence[TextMetric] = (), spotted: int = 0) -> None:
        self.rules, self.metrics, self.spotted = rules, metrics, spotted
        self.references: dict[str, None] = {}
        self._types: set[str] = set()

    @property
    def used(self) -> list[Scorer]:
        """The rules that may apply to an item of the run."""
        return [s for s in self.rules if not s.instrument.answer_types.isdisjoint(self._types)]

    def rows(self, items: Path, answers: Path) -> Iterator[Score]:
        """Scores of all answers, a stretch of answers at a time: those of the rules, then those of the metrics."""
        pairs = answered(items, answers)
        while chunk := list(islice(pairs, CHUNK)):
            yield from score_rows(chunk, self.rules)
            yield from metric_rows(chunk, self.metrics)
            for item, _ in chunk:
                self._types.add(item.answer_type)
                if len(self.references) < self.spotted and item.answer_type in TEXTS and item.reference.strip():
                    self.references[item.reference] = None
