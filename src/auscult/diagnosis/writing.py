"""The figures of a diagnosis, from its folder into its folder: ``diagnosis.json`` and ``causes.parquet``."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from auscult.analysis.certified import all_certificates
from auscult.diagnosis import reading
from auscult.diagnosis.causes import causes
from auscult.diagnosis.diagnosis import CAUSES, FIGURES, Diagnosis, ItemCause, write_diagnosis
from auscult.diagnosis.figures import Evidence, diagnose, item_causes
from auscult.diagnosis.labels import keep_labels, people, read_labels
from auscult.runs.kept import keep_certificates, read_certificate
from auscult.statistics.judged_rate import HANDFUL, Known
from auscult.store.tables import RowWriter


@dataclass(frozen=True)
class Given:
    """What a user knows of the stages of a diagnosis and of their judge.

    Attributes:
        labels: what people said of its stages, see ``diagnosis.labels``.
        certificates: of its judge.
    """

    labels: Path | None = None
    certificates: tuple[Path, ...] = ()

    def check(self) -> None:
        """Reads the files, before anything is asked.

        Raises:
            UserError: one is not there, or is no such file.
        """
        if self.labels:
            read_labels(self.labels)
        for file in self.certificates:
            read_certificate(file)

    def keep(self, folder: Path) -> None:
        """Copies the files into the folder of a diagnosis, for later calls too.

        Raises:
            UserError: one is no such file, or none of the labelled items is in the diagnosis.
        """
        self.check()
        if self.labels:
            keep_labels(folder, self.labels)
        keep_certificates(folder, self.certificates)


NOTHING = Given()


def write_figures(folder: Path, given: Given = NOTHING) -> Diagnosis:
    """Makes every number of a diagnosis whose answers are scored, and keeps them in its folder.

    Args:
        folder: of the diagnosis.
        given: what the user knows beside it.

    Raises:
        UserError: the folder holds no diagnosis, a table is not whole, or what is given is not as it should be.
    """
    table = reading.read(folder)
    given.keep(folder)
    found = causes(table)
    diagnosis = diagnose(table, evidence(folder), found)
    with RowWriter(folder / CAUSES, ItemCause) as writer:
        for row in item_causes(table, found) if found else ():
            writer.write(row)
    write_diagnosis(folder / FIGURES, diagnosis)
    return diagnosis


def evidence(folder: Path) -> Evidence:
    """What is known beside the arms of a diagnosis: its judge's certificates, people's labels, its instruments."""
    judges, rule = reading.instruments(folder)
    rows = [row for c in all_certificates(folder) for row in c.verdicts]
    return Evidence(known=known_of(rows, judges.values()), people=people(folder), judges=judges, rule=rule)


def known_of(rows: Iterable[Mapping[str, Any]], judges: Iterable[str]) -> dict[str, Known]:
    """Stage → what its judge said where the truth is known; people's labels before planted errors.

    Args:
        rows: of certificates: ``stage``, ``instrument``, ``planted``, and of each known one ``clusters``, ``truth`` and
            ``said``; a verdict of None is none.
        judges: instruments of the diagnosis, ``name@version``.
    """
    used, found = set(judges), dict[str, Known]()
    of = [row for row in rows if row["instrument"] in used]
    for stage in dict.fromkeys(row["stage"] for row in of):
        for planted in (False, True):
            those = [row for row in of if row["stage"] == stage and bool(row["planted"]) == planted]
            made = _together(those, planted) if those else None
            if made and min(made.truth.sum(), (~made.truth).sum()) >= HANDFUL:
                found[stage] = made
                break
    return found


def _together(rows: list[Mapping[str, Any]], planted: bool) -> Known:
    """Several origins as one; clusters of two origins are never the same."""
    truth = [bool(t) for row in rows for t in row["truth"]]
    said = [np.nan if s is None else float(s) for row in rows for s in row["said"]]
    clusters = [f"{n} {cluster}" for n, row in enumerate(rows) for cluster in row["clusters"]]
    return Known.of(truth, said, clusters, planted=planted)
