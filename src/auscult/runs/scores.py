"""Answers → scores: every scorer that applies, streamed over the tables of a run."""

from collections.abc import Callable, Iterable, Iterator
from itertools import chain, groupby
from operator import attrgetter
from pathlib import Path
from typing import TypeVar

from auscult.protocols import as_shown
from auscult.records import Answer, Item, Score
from auscult.scorers import Scorer, score
from auscult.store.tables import read_columns, read_rows, write_rows

Row = TypeVar("Row", Item, Answer)


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


def score_rows(items: Path, answers: Path, scorers: list[Scorer]) -> Iterator[Score]:
    """Scores of all answers by every rule that applies, in the order of the answers."""
    for item, answer in answered(items, answers):
        for scorer in scorers:
            if scorer.applies(item):
                yield score(scorer, item, answer)


def write_scores(
    items: Path,
    answers: Path,
    out: Path,
    scorers: Iterable[Scorer],
    others: Iterable[Score] = (),
    filled: Callable[[Iterable[Score]], Iterable[Score]] = lambda rows: rows,
) -> list[Scorer]:
    """Writes the table of scores and returns the rules that may apply to an item of it.

    Args:
        items: table of the run.
        answers: table of the run.
        out: the table to write.
        scorers: rules.
        others: scores of text metrics and judges, which follow those of the rules.
        filled: puts what a second reader read in the place of what the rules left unread.
    """
    types = read_columns(items, Item, ["answer_type"])["answer_type"].unique().to_pylist()
    used = [s for s in scorers if not s.instrument.answer_types.isdisjoint(types)]
    write_rows(out, Score, chain(filled(score_rows(items, answers, used)), others))
    return used
