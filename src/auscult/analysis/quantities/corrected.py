"""Figures of yes/no questions as the model meant its answers, where some of its answers are labelled by hand."""

import numpy as np

from auscult.analysis.joined import OK, STATUS, UNUSABLE
from auscult.analysis.quantities import Board, Quantity
from auscult.analysis.summary import Figure
from auscult.errors import UserError
from auscult.records import Estimate, Value
from auscult.statistics.misreading import Answered, Labelled, corrected

AS_READ = "as read"


def corrected_figures(board: Board) -> list[Figure]:
    """Accuracy, sensitivity and specificity, each as read and as meant; none without a table of labels."""
    run = board.run
    column = run.column(run.reader)
    if column is None or not run.meant:
        return []
    rows, samples = np.array(list(run.meant), np.intp).T
    # what each answer was read as, by its place in ``misreading.CLASSES``, shape (items, samples)
    says_yes = column.value("says_yes")
    readings = np.asarray(np.select([says_yes == 1, says_yes == 0], [0, 1], 2), np.int64)
    # whoever takes no position means neither: nothing is to be corrected there
    spoken = np.isin(column.status[rows, samples], (OK, STATUS["unread"]))
    labels = Labelled(
        meant=np.array(list(run.meant.values()))[spoken],
        read=readings[rows, samples][spoken],
        clusters=run.cluster[rows][spoken].astype(np.int64),
    )
    items = column.asked & run.where("answer_type", "yes_no")
    asked, sample = np.nonzero(items[:, None] & (column.status > 0))
    status = column.status[asked, sample]
    answers = Answered(
        truth=run.yes[asked],
        read=readings[asked, sample],
        silent=status == UNUSABLE,
        missing=np.isin(status, (STATUS["request_failed"], STATUS["judge_unusable"])),
        clusters=run.cluster[asked].astype(np.int64),
    )
    try:
        found = corrected(answers, labels, instrument=run.reader, unit=run.unit, max_missing=board.max_missing)
    except UserError as error:
        found = {"accuracy": Estimate(name="accuracy", instrument=run.reader, withheld=str(error))}
    of = {"accuracy": items, "sensitivity": items & run.yes, "specificity": items & ~run.yes}
    label = f"as meant, by {len(labels.meant)} labelled answers"
    figures = []
    for name, estimate in found.items():
        raw = board.one(Quantity(name=name, scorer=run.reader, value=Value(name="correct")), of[name])
        about = {"metric": name, "scorer": run.reader, "answer_type": "yes_no"}
        figures += [
            Figure(section="corrected", label=words, with_image=one, **about)  # type: ignore[arg-type]
            for words, one in ((AS_READ, raw), (label, estimate))
        ]
    return figures
