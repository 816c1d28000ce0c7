"""Accuracy where several annotators gave the reference: over the truths that they make plausible, and against each."""

from auscult.analysis.joined import OK
from auscult.analysis.quantities import Board
from auscult.analysis.summary import Figure
from auscult.statistics.plausibility import plausible_accuracy


def annotated(board: Board) -> list[Figure]:
    """Plausible accuracy on the annotated yes/no questions and choices, then accuracy against each annotator."""
    run = board.run
    column = run.column(run.reader)
    asked = [] if column is None else [row for row in run.opinions if column.asked[row]]
    if column is None or not asked:
        return []
    status, missing = column.status[:, 0], column.missing[:, 0]
    said = {row: run.parsed.names[column.parsed[row, 0]].casefold() if status[row] == OK else "" for row in asked}
    found = plausible_accuracy(
        {run.ids[row]: [text] if text else [] for row, text in said.items() if not missing[row]},
        {run.ids[row]: run.opinions[row] for row in asked},
        {run.ids[row]: str(run.cluster[row]) for row in asked},
        missing=[run.ids[row] for row in asked if missing[row]],
        unit=run.unit,
        max_missing=board.max_missing,
    )
    sure = sum(c.share >= 1 for c in found.certainty.values())
    first = f"annotated items, the annotators agree on {sure} of {len(found.certainty)}"
    made = [(first, "plausible accuracy", found.estimate)]
    made += [(f"against {name}", "accuracy", estimate) for name, estimate in found.by_annotator.items()]
    return [
        Figure(section="annotators", label=label, metric=metric, scorer=run.reader, with_image=estimate)
        for label, metric, estimate in made
    ]
