"""What a user gives with a run (certificates, annotations, labels): checked, and copied into its folder."""

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from pydantic import TypeAdapter, ValidationError

from auscult.errors import UserError
from auscult.records import Answer, Certificate, Item
from auscult.runs.annotations import read_annotations
from auscult.statistics.misreading import CLASSES, check_labels
from auscult.statistics.plausibility import Opinion
from auscult.store.given import JSON_MOST, read_given
from auscult.store.tables import read_fields

CERTIFICATES, ANNOTATORS, LABELS = "certificates", "annotators.csv", "labels.csv"
"""Their places in the folder of a run."""
_CERTIFICATE = TypeAdapter(Certificate)


def read_certificate(path: Path) -> Certificate:
    """Reads the file of a certificate.

    Raises:
        UserError: it is not there, or is none.
    """
    try:
        return _CERTIFICATE.validate_json(read_given(path, JSON_MOST))
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
    known = read_annotations(file)
    if not any(name in known for item, own, _ in _items_of(run) for name in (item, own)):
        raise UserError(f"{file}: none of its items is in {run}; its column item holds ids, or ids of the data set")
    _keep(file, run / ANNOTATORS)


def keep_labels(run: Path, file: Path) -> None:
    """Checks a table of labels and copies it into the run.

    Raises:
        UserError: it is no such table, a label is none of yes, no and unclear, annotators differ on an answer, none of
            its answers is in the run, or there are too few.
    """
    meant = _labels_of(run, read_labels(file))
    if not meant:
        raise UserError(f"{file}: none of its answers is in {run}; its column item holds ids of answers or of items")
    try:
        check_labels(np.array(meant))
    except UserError as error:
        raise UserError(f"{file}: {error}") from None
    _keep(file, run / LABELS)


def _keep(file: Path, to: Path) -> None:
    if file.resolve() != to.resolve():
        shutil.copyfile(file, to)


@dataclass(frozen=True)
class Kept:
    """The annotations and labels in a run, by the names that they are given under: ids of items, answers, data set."""

    opinions: Mapping[str, list[Opinion]]
    labels: Mapping[str, int]


def read_kept(run: Path) -> Kept:
    """What users said of the items and answers of a run.

    Raises:
        UserError: a table is damaged.
    """
    annotators, labels = run / ANNOTATORS, run / LABELS
    return Kept(
        read_annotations(annotators) if annotators.exists() else {}, read_labels(labels) if labels.exists() else {}
    )


def label_of(labels: Mapping[str, int], answer: str, repeat: int, item: tuple[str, str]) -> int | None:
    """What an answer means, if somebody said so; an item's names stand for its first sample."""
    names = (answer, *item) if repeat == 0 else (answer,)
    return next((labels[name] for name in reversed(names) if name in labels), None)


def _items_of(run: Path) -> Iterator[tuple[str, str, str]]:
    return read_fields(run / "items.parquet", Item, ("id", "source_id", "answer_type"))


def _labels_of(run: Path, labels: Mapping[str, int]) -> list[int]:
    """What each labelled answer to a yes/no question means."""
    names = {item: (item, own) for item, own, answer_type in _items_of(run) if answer_type == "yes_no"}
    answers = read_fields(run / "answers.parquet", Answer, ("id", "item_id", "repeat", "condition"))
    found = (label_of(labels, a, n, names[i]) for a, i, n, condition in answers if condition == "with" and i in names)
    return [meaning for meaning in found if meaning is not None]
