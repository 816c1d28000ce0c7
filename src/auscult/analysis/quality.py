"""Open answers as a judge or a text metric sees them: one line a metric and kind of item, each with its interval."""

from collections.abc import Iterator, Sequence

import numpy as np

from auscult.analysis.cascade import routed
from auscult.analysis.figures import Board, Metric
from auscult.analysis.outcomes import Bools
from auscult.analysis.summary import BlindSpot, Figure, Quality
from auscult.records import Instrument
from auscult.scorers.judges.cascade import describe
from auscult.statistics.correlation import correlations, one_number

ALL = "all"
LABELS = {
    "non-hallucination": "non-hallucination items (P)",
    "hallucination": "hallucination items (N)",
    "question": "questions",
}
"""Kinds of items in the order of the published tables."""


def quality(
    board: Board, instruments: Sequence[Instrument], spots: dict[str, tuple[BlindSpot, ...]] | None = None
) -> tuple[tuple[Figure, ...], tuple[Quality, ...]]:
    """The section of every judge and text metric of a run, judges first; those that scored nothing are left out.

    Args:
        board: of the run.
        instruments: from its manifest.
        spots: scorer → what it cannot see.
    """
    ordered = sorted(instruments, key=lambda i: i.kind == "text")
    made = [one for i in ordered if (one := _quality(board, i, (spots or {}).get(i.id, ())))]
    return tuple(f for figures, _ in made for f in figures), tuple(q for _, q in made)


def _quality(
    board: Board, instrument: Instrument, spots: tuple[BlindSpot, ...]
) -> tuple[tuple[Figure, ...], Quality] | None:
    said: tuple[str, ...] = ()
    if instrument.kind == "cascade":
        figures, said = _powered(board, instrument)
    else:
        figures = tuple(_figures(board, instrument))
    if not figures:
        return None
    about = Quality(
        instrument=instrument.id,
        kind="text metric" if instrument.kind == "text" else "judge",
        about=instrument.about,
        low=instrument.bounds[0],
        high=instrument.bounds[1],
        blind_spots=spots,
        correlation=_correlation(board, instrument),
        notes=(*said, *instrument.notes),
    )
    return figures, about


def _figures(board: Board, instrument: Instrument) -> Iterator[Figure]:
    kinds = list(_kinds(board, instrument))
    about = {"section": "quality", "group": instrument.id, "share": False}
    for value in instrument.values:
        name = value.name.replace("_", " ") + ("" if value.higher_is_better else " (lower is better)")
        metric = Metric(name, value.name, instrument.id, higher_is_better=value.higher_is_better, bounds=value.bounds)
        for kind, items in kinds:
            figure = board.figure(LABELS.get(kind, kind), metric, items, kind="" if kind == ALL else kind, **about)
            if figure is not None:
                yield figure


def _correlation(board: Board, instrument: Instrument) -> str:
    """Which marks of a judge are one number, in words, by kind of item."""
    column = board.column(instrument.id, "with")
    if column is None or instrument.kind == "text" or len(instrument.values) < 3:
        return ""
    scored, said = column.asked & (column.status == 1).all(axis=1), []
    kinds = [k for k in _kinds(board, instrument) if k[0] != ALL]
    for kind, items in kinds:
        rows = scored & items
        if not rows.any():
            continue
        values = {v.name.replace("_", " "): column.value(v.name)[rows].mean(axis=1) for v in instrument.values}
        found = correlations(values, board.outcomes.cluster[rows], unit=board.outcomes.unit)
        start = f"{LABELS.get(kind, kind)}: " if len(kinds) > 1 else ""
        said.append(start + one_number(found).sentence)
    return " ".join(said)


def _powered(board: Board, instrument: Instrument) -> tuple[tuple[Figure, ...], tuple[str, ...]]:
    """Figures of a cascade: design-weighted, the routing error in their intervals."""
    figures: list[Figure] = []
    said: tuple[str, ...] = ()
    for value in instrument.names:
        for kind, items in _kinds(board, instrument):
            found = routed(board.outcomes, instrument.id, value, items=items, max_missing=board.max_missing)
            label = LABELS.get(kind, kind)
            figures.append(
                Figure(
                    section="quality",
                    group=instrument.id,
                    label=label,
                    metric=value,
                    scorer=instrument.id,
                    share=False,
                    with_image=found.estimate,
                )
            )
            said = said or (describe(found),)
    return tuple(figures), said


def _kinds(board: Board, instrument: Instrument) -> Iterator[tuple[str, Bools]]:
    """Kinds of the items that were scored; all of them together where there is more than one kind."""
    column = board.column(instrument.id, "with")
    if column is None:
        return
    found = [(k, column.asked & board.outcomes.where("kind", k)) for k in LABELS]
    found = [(kind, items) for kind, items in found if items.any()]
    yield from found
    if len(found) > 1:
        yield ALL, np.asarray(column.asked)
