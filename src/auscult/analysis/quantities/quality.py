"""Open answers as a judge or a text metric sees them: one line a metric and kind of item, each with its interval."""

from collections.abc import Iterator

import numpy as np

from auscult.analysis.failures import JUDGES
from auscult.analysis.joined import OK, UNUSABLE, Bools, Column
from auscult.analysis.quantities import Board, Quantity
from auscult.analysis.quantities.cascade import Routed
from auscult.analysis.summary import BlindSpot, Figure, Quality
from auscult.records import Instrument
from auscult.scorers.judges import medihall
from auscult.scorers.judges.cascade import describe
from auscult.statistics.correlation import correlations, one_number

ALL = "all"
LABELS = {
    "non-hallucination": "non-hallucination items (P)",
    "hallucination": "hallucination items (N)",
    "question": "questions",
}
"""Kinds of items in the order of the published tables."""


def quality(board: Board) -> tuple[list[Figure], tuple[Quality, ...]]:
    """The section of every judge and text metric of a run, judges first; those that scored nothing are left out."""
    figures, about = [], []
    scored = [(i, c) for i, c in board.run.scored() if i.kind in (*JUDGES, "text") or not (i.headline or i.published)]
    for instrument, column in sorted(scored, key=lambda pair: pair[0].kind == "text"):
        said: list[str] = []
        figures += list(_figures(board, instrument, column, said))
        spots = board.run.manifest.get("blind_spots", {}).get(instrument.id, ())
        about.append(
            Quality(
                instrument=instrument.id,
                kind={"text": "text metric", "rule": "rule"}.get(instrument.kind, "judge"),
                about=instrument.about,
                low=instrument.bounds[0],
                high=instrument.bounds[1],
                blind_spots=tuple(BlindSpot(**spot) for spot in spots),
                correlation=_correlation(board, instrument, column),
                notes=(*said, *instrument.notes),
                classes=_classes(instrument, column),
            )
        )
    return figures, tuple(about)


def _figures(board: Board, instrument: Instrument, column: Column, said: list[str]) -> Iterator[Figure]:
    """One line a value and kind; ``said`` takes what the first total of a cascade says of itself."""
    for value in instrument.values:
        if value.estimator == "none":
            continue
        for kind, items in _kinds(board, column):
            label, of_kind = LABELS.get(kind, kind), "" if kind == ALL else kind
            if value.estimator == "powered":
                routed = Routed(name=value.name, scorer=instrument.id, value=value)
                found = routed.total(board.run, items, max_missing=board.max_missing)
                said[:] = said or [describe(found)]
                yield Figure(
                    section="quality",
                    group=instrument.id,
                    label=label,
                    metric=value.name,
                    scorer=instrument.id,
                    share=value.share,
                    higher_is_better=value.higher_is_better,
                    with_image=found.estimate,
                )
                continue
            quantity = Quantity.of(instrument, value)
            figure = board.figure("quality", label, quantity, items, group=instrument.id, kind=of_kind)
            if figure is not None:
                yield figure


def _correlation(board: Board, instrument: Instrument, column: Column) -> str:
    """Which marks of a judge are one number, in words, by kind of item."""
    if instrument.kind not in JUDGES or len(instrument.values) < 3 or instrument.name == medihall.NAME:
        return ""
    scored, said = column.asked & (column.status == OK).all(axis=1), []
    kinds = [k for k in _kinds(board, column) if k[0] != ALL]
    for kind, items in kinds:
        rows = scored & items
        if not rows.any():
            continue
        values = {v.title: column.value(v.name)[rows].mean(axis=1) for v in instrument.values}
        found = correlations(values, board.run.cluster[rows], unit=board.run.unit)
        start = f"{LABELS.get(kind, kind)}: " if len(kinds) > 1 else ""
        said.append(start + one_number(found).sentence)
    return " ".join(said)


def _classes(instrument: Instrument, column: Column) -> dict[str, int]:
    """Answers by the kind of hallucination that most verdicts on them name; then those that have none."""
    if instrument.name != medihall.NAME:
        return {}
    found = {kind: int((column.value(value.name) > 0.5).sum()) for kind, value in medihall.SHARES.items()}
    rest = {
        "verdicts differ": int((column.status == OK).sum()) - sum(found.values()),
        "says nothing": int((column.status == UNUSABLE).sum()),
        "not judged": int(column.missing.sum()),
    }
    return found | {name: n for name, n in rest.items() if n}


def _kinds(board: Board, column: Column) -> Iterator[tuple[str, Bools]]:
    """Kinds of the items that were scored; all of them together where there is more than one kind."""
    found = [(kind, column.asked & board.run.where("kind", kind)) for kind in LABELS]
    found = [(kind, items) for kind, items in found if items.any()]
    yield from found
    if len(found) > 1:
        yield ALL, np.asarray(column.asked)
