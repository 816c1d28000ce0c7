"""Figures of yes/no questions as the model meant its answers, where some of its answers are labelled by hand."""

from pathlib import Path

import numpy as np

from auscult.analysis.figures import Board, Metric
from auscult.analysis.outcomes import Column
from auscult.analysis.summary import Figure
from auscult.errors import UserError
from auscult.records import Estimate
from auscult.runs.kept import LABELS, labels_of, read_labels
from auscult.statistics.clusters import Codes
from auscult.statistics.misreading import Answered, Labelled, corrected

AS_READ = "as read"


def corrected_figures(run: Path, board: Board, closed: str) -> tuple[Figure, ...]:
    """Accuracy, sensitivity and specificity, each as read and as meant; none without a table of labels.

    Args:
        run: its folder.
        board: of the run.
        closed: name and version of the scorer that reads decisions.
    """
    column = board.column(closed, "with")
    if column is None or not (run / LABELS).exists():
        return ()
    outcomes, places = board.outcomes, labels_of(run, read_labels(run / LABELS))
    if not places:
        return ()
    items = column.asked & outcomes.where("answer_type", "yes_no")
    row = {name: n for n, name in enumerate(outcomes.ids)}
    at = [(row[item], repeat) for item, repeat in places]
    rows, samples = (np.array(part, np.intp) for part in zip(*at, strict=True))
    meant, readings = np.array(list(places.values())), _readings(column)
    # whoever takes no position means neither: nothing is to be corrected there
    spoken = np.isin(column.status[rows, samples], (1, 5))
    labels = Labelled(
        meant=meant[spoken],
        read=readings[rows, samples][spoken],
        clusters=outcomes.cluster[rows][spoken].astype(np.int64),
    )
    asked, sample = np.nonzero(items[:, None] & (column.status > 0))
    status = column.status[asked, sample]
    answers = Answered(
        truth=outcomes.yes[asked],
        read=readings[asked, sample],
        silent=status == 2,
        missing=np.isin(status, (3, 4)),
        clusters=outcomes.cluster[asked].astype(np.int64),
    )
    try:
        found = corrected(answers, labels, instrument=closed, unit=outcomes.unit, max_missing=board.max_missing)
    except UserError as error:
        found = {"accuracy": Estimate(name="accuracy", instrument=closed, withheld=str(error))}
    of = {"accuracy": items, "sensitivity": items & outcomes.yes, "specificity": items & ~outcomes.yes}
    figures = []
    for name, estimate in found.items():
        raw = board.one(Metric(name, "correct", closed), of[name], "with")
        label = f"as meant, by {len(labels.meant)} labelled answers"
        figures += [
            Figure(section="corrected", label=words, metric=name, scorer=closed, answer_type="yes_no", with_image=one)
            for words, one in ((AS_READ, raw), (label, estimate))
        ]
    return tuple(figures)


def _readings(column: Column) -> Codes:
    """What each answer was read as, by its place in ``CLASSES``, shape (items, samples)."""
    says_yes = column.value("says_yes")
    return np.asarray(np.select([says_yes == 1, says_yes == 0], [0, 1], 2), np.int64)
