"""Accuracy where several annotators gave the reference: over the truths that they make plausible, and against each."""

import shutil
from pathlib import Path

from auscult.analysis.figures import Board
from auscult.analysis.summary import Figure
from auscult.errors import UserError
from auscult.records import Item
from auscult.statistics.plausibility import Opinion, plausible_accuracy, read_annotations
from auscult.store.tables import read_rows

FILE = "annotators.csv"


def keep_annotators(run: Path, file: Path) -> None:
    """Checks a table of annotations and copies it into the run.

    Raises:
        UserError: it is no such table, or none of its items is in the run.
    """
    if not _of_run(run, read_annotations(file)):
        raise UserError(f"{file}: none of its items is in {run}; its column item holds ids, or ids of the data set")
    if file.resolve() != (run / FILE).resolve():
        shutil.copyfile(file, run / FILE)


def annotated(run: Path, board: Board, closed: str) -> tuple[Figure, ...]:
    """Plausible accuracy on the annotated yes/no questions and choices, then accuracy against each annotator.

    Args:
        run: its folder; without a table of annotations there is no figure.
        board: of the run.
        closed: name and version of the scorer that reads decisions.
    """
    column = board.column(closed, "with")
    if column is None or not (run / FILE).exists():
        return ()
    outcomes, opinions = board.outcomes, _of_run(run, read_annotations(run / FILE))
    asked = [n for n, name in enumerate(outcomes.ids) if column.asked[n] and name in opinions]
    if not asked:
        return ()
    status, parsed = column.status[:, 0], column.parsed[:, 0]
    said = {
        outcomes.ids[n]: [outcomes.parsed.names[parsed[n]].casefold()] if status[n] == 1 else []
        for n in asked
        if status[n] <= 2
    }
    found = plausible_accuracy(
        said,
        {outcomes.ids[n]: opinions[outcomes.ids[n]] for n in asked},
        {outcomes.ids[n]: str(outcomes.cluster[n]) for n in asked},
        missing=[outcomes.ids[n] for n in asked if status[n] > 2],
        unit=outcomes.unit,
        max_missing=board.max_missing,
    )
    sure = sum(c.share >= 1 for c in found.certainty.values())
    label = f"annotated items, the annotators agree on {sure} of {len(found.certainty)}"
    first = Figure(label=label, metric="plausible accuracy", scorer=closed, with_image=found.estimate)
    each = (
        Figure(label=f"against {name}", metric="accuracy", scorer=closed, with_image=estimate)
        for name, estimate in found.by_annotator.items()
    )
    return (first, *each)


def _of_run(run: Path, opinions: dict[str, list[Opinion]]) -> dict[str, list[Opinion]]:
    """Opinions by item id; an item is named by its id or by its own id in its data set."""
    items = read_rows(run / "items.parquet", Item)
    return {i.id: opinions[name] for i in items for name in (i.id, i.source_id) if name in opinions}
