"""What a user gives with a run (certificates, annotations, labels): checked, and copied into its folder."""

import shutil
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from pydantic import TypeAdapter, ValidationError

from auscult.errors import UserError
from auscult.records import Answer, Certificate, Item
from auscult.statistics.misreading import CLASSES, check_labels
from auscult.statistics.plausibility import Opinion, read_annotations
from auscult.store.tables import read_rows

CERTIFICATES, ANNOTATORS, LABELS = "certificates", "annotators.csv", "labels.csv"
"""Their places in the folder of a run."""
_CERTIFICATE = TypeAdapter(Certificate)


def read_certificate(path: Path) -> Certificate:
    """Reads the file of a certificate.

    Raises:
        UserError: it is not there, or is none.
    """
    try:
        return _CERTIFICATE.validate_json(path.read_bytes())
    except OSError as error:
        raise UserError(f"{path}: cannot be read ({error.strerror}); give a file of 'auscult calibrate'") from None
    except ValidationError:
        raise UserError(f"{path}: no certificate; give a file that 'auscult calibrate' wrote") from None


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


def keep_certificates(run: Path, files: tuple[Path, ...]) -> None:
    """Copies the user's certificates into the run."""
    for file in files:
        (run / CERTIFICATES).mkdir(exist_ok=True)
        _keep(file, run / CERTIFICATES / f"{file.stem}.json")


def keep_annotators(run: Path, file: Path) -> None:
    """Checks a table of annotations and copies it into the run.

    Raises:
        UserError: it is no such table, or none of its items is in the run.
    """
    if not opinions_of(run, read_annotations(file)):
        raise UserError(f"{file}: none of its items is in {run}; its column item holds ids, or ids of the data set")
    _keep(file, run / ANNOTATORS)


def keep_labels(run: Path, file: Path) -> None:
    """Checks a table of labels and copies it into the run.

    Raises:
        UserError: it is no such table, a label is none of yes, no and unclear, annotators differ on an answer, none of
            its answers is in the run, or there are too few.
    """
    places = labels_of(run, read_labels(file))
    if not places:
        raise UserError(f"{file}: none of its answers is in {run}; its column item holds ids of answers or of items")
    try:
        check_labels(np.array(list(places.values())))
    except UserError as error:
        raise UserError(f"{file}: {error}") from None
    _keep(file, run / LABELS)


def _keep(file: Path, to: Path) -> None:
    if file.resolve() != to.resolve():
        shutil.copyfile(file, to)


def opinions_of(run: Path, opinions: Mapping[str, list[Opinion]]) -> dict[str, list[Opinion]]:
    """Opinions by item id; an item is named by its id or by its own id in its data set."""
    items = read_rows(run / "items.parquet", Item)
    return {i.id: opinions[name] for i in items for name in (i.id, i.source_id) if name in opinions}


def labels_of(run: Path, labels: Mapping[str, int]) -> dict[tuple[str, int], int]:
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
