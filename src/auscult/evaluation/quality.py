"""Open answers as a judge or a text metric sees them: one line a metric and kind of item, each with its interval."""

from collections.abc import Iterator, Sequence

import numpy as np

from auscult.evaluation.figures import Board, Metric
from auscult.evaluation.instruments import Instrument
from auscult.evaluation.outcomes import Bools
from auscult.evaluation.summary import BlindSpot, Figure, Quality

ALL = "all"
LABELS = {
    "non-hallucination": "non-hallucination items (P)",
    "hallucination": "hallucination items (N)",
    "question": "questions",
}
"""Kinds of items in the order of the published tables."""


def quality(
    board: Board, instruments: Sequence[Instrument], spots: dict[str, tuple[BlindSpot, ...]] | None = None
) -> tuple[Quality, ...]:
    """The section of every judge and text metric of a run, judges first; those that scored nothing are left out.

    Args:
        board: of the run.
        instruments: from its manifest.
        spots: scorer → what it cannot see.
    """
    ordered = sorted(instruments, key=lambda i: i.kind != "judge")
    return tuple(one for i in ordered if (one := _quality(board, i, (spots or {}).get(i.scorer, ()))))


def _quality(board: Board, instrument: Instrument, spots: tuple[BlindSpot, ...]) -> Quality | None:
    figures = tuple(_figures(board, instrument))
    if not figures:
        return None
    return Quality(
        instrument=instrument.scorer,
        kind=instrument.kind,
        about=instrument.about,
        low=instrument.bounds[0],
        high=instrument.bounds[1],
        figures=figures,
        blind_spots=spots,
        notes=instrument.notes,
    )


def _figures(board: Board, instrument: Instrument) -> Iterator[Figure]:
    kinds = list(_kinds(board, instrument))
    for value in instrument.values:
        metric = Metric(value.replace("_", " "), value, instrument.scorer, bounds=instrument.bounds)
        for kind, items in kinds:
            figure = board.figure(LABELS.get(kind, kind), metric, items, kind="" if kind == ALL else kind)
            if figure is not None:
                yield figure


def _kinds(board: Board, instrument: Instrument) -> Iterator[tuple[str, Bools]]:
    """Kinds of the items that were scored; all of them together where there is more than one kind."""
    column = board.column(instrument.scorer, "with")
    if column is None:
        return
    found = [(k, column.asked & board.outcomes.where("kind", k)) for k in LABELS]
    found = [(kind, items) for kind, items in found if items.any()]
    yield from found
    if len(found) > 1:
        yield ALL, np.asarray(column.asked)
