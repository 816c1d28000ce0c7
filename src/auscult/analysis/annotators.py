"""Accuracy where several annotators gave the reference: over the truths that they make plausible, and against each."""

from pathlib import Path

from auscult.analysis.figures import Board
from auscult.analysis.summary import Figure
from auscult.runs.kept import ANNOTATORS, opinions_of
from auscult.statistics.plausibility import plausible_accuracy, read_annotations


def annotated(run: Path, board: Board, closed: str) -> tuple[Figure, ...]:
    """Plausible accuracy on the annotated yes/no questions and choices, then accuracy against each annotator.

    Args:
        run: its folder; without a table of annotations there is no figure.
        board: of the run.
        closed: name and version of the scorer that reads decisions.
    """
    column = board.column(closed, "with")
    if column is None or not (run / ANNOTATORS).exists():
        return ()
    outcomes, opinions = board.outcomes, opinions_of(run, read_annotations(run / ANNOTATORS))
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
    made = [(label, "plausible accuracy", found.estimate)]
    made += [(f"against {name}", "accuracy", estimate) for name, estimate in found.by_annotator.items()]
    return tuple(
        Figure(section="annotators", label=label, metric=metric, scorer=closed, with_image=estimate)
        for label, metric, estimate in made
    )
