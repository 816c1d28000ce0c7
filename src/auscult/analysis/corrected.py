"""Figures of yes/no questions as the model meant its answers, where some of its answers are labelled by hand."""

import shutil
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from auscult.analysis.figures import Board, Metric
from auscult.analysis.outcomes import Column
from auscult.analysis.summary import Figure
from auscult.errors import UserError
from auscult.records import Answer, Estimate, Item
from auscult.statistics.misreading import CLASSES, Answered, Codes, Labelled, check_labels, corrected
from auscult.statistics.plausibility import read_annotations
from auscult.store.tables import read_rows

FILE = "labels.csv"
AS_READ = "as read"


def keep_labels(run: Path, file: Path) -> None:
    """Checks a table of labels and copies it into the run.

    Raises:
        UserError: it is no such table, a label is none of yes, no and unclear, annotators differ on an answer, none of
            its answers is in the run, or there are too few.
    """
    places = _of_run(run, read_labels(file))
    if not places:
        raise UserError(f"{file}: none of its answers is in {run}; its column item holds ids of answers or of items")
    try:
        check_labels(np.array(list(places.values())))
    except UserError as error:
        raise UserError(f"{file}: {error}") from None
    if file.resolve() != (run / FILE).resolve():
        shutil.copyfile(file, run / FILE)


def read_labels(file: Path) -> dict[str, int]:
    """What each labelled answer means, by its place in ``CLASSES``; the form is that of annotations.

    Raises:
        UserError: see `keep_labels`; file, answer and remedy in one line.
    """
    found = {}
    for name, opinions in read_annotations(file).items():
        said = {label for opinion in opinions for label in opinion.ranks}
        if odd := sorted(said - set(CLASSES)):
            raise UserError(f"{file}: item '{name}' is labelled '{odd[0]}'; a label is yes, no or unclear")
        if len(said) > 1:
            raise UserError(f"{file}: item '{name}' is labelled {' and '.join(sorted(said))}; settle on one of them")
        found[name] = CLASSES.index(said.pop())
    return found


def _of_run(run: Path, labels: Mapping[str, int]) -> dict[tuple[str, int], int]:
    """(Item, sample) → what its answer with the image means; an item alone stands for its first sample."""
    yes_no = {i.id: i.source_id for i in read_rows(run / "items.parquet", Item) if i.answer_type == "yes_no"}
    found = {}
    for answer in read_rows(run / "answers.parquet", Answer):
        if answer.condition != "with" or answer.item_id not in yes_no:
            continue
        names = (answer.id, answer.item_id, yes_no[answer.item_id])
        for name in names if answer.repeat == 0 else names[:1]:
            if name in labels:
                found[answer.item_id, answer.repeat] = labels[name]
    return found


def corrected_figures(run: Path, board: Board, closed: str) -> tuple[Figure, ...]:
    """Accuracy, sensitivity and specificity, each as read and as meant; none without a table of labels.

    Args:
        run: its folder.
        board: of the run.
        closed: name and version of the scorer that reads decisions.
    """
    column = board.column(closed, "with")
    if column is None or not (run / FILE).exists():
        return ()
    outcomes, places = board.outcomes, _of_run(run, read_labels(run / FILE))
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
            Figure(label=AS_READ, metric=name, scorer=closed, answer_type="yes_no", with_image=raw),
            Figure(label=label, metric=name, scorer=closed, answer_type="yes_no", with_image=estimate),
        ]
    return tuple(figures)


def _readings(column: Column) -> Codes:
    """What each answer was read as, by its place in ``CLASSES``, shape (items, samples)."""
    says_yes = column.value("says_yes")
    return np.asarray(np.select([says_yes == 1, says_yes == 0], [0, 1], 2), np.int64)
