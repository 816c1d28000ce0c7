"""The figures of a diagnosis, from its folder into its folder: ``diagnosis.json`` and ``causes.parquet``."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from auscult.analysis.certified import all_certificates
from auscult.diagnosis import reading
from auscult.diagnosis.causes import causes
from auscult.diagnosis.diagnosis import CAUSES, FIGURES, Diagnosis, ItemCause, write_diagnosis
from auscult.diagnosis.figures import Evidence, diagnose, item_causes
from auscult.diagnosis.labels import keep_labels, people
from auscult.runs.kept import keep_certificates, read_certificate
from auscult.statistics.judged_rate import HANDFUL, Known
from auscult.store.tables import RowWriter


def write_figures(folder: Path, labels: Path | None = None, certificates: tuple[Path, ...] = ()) -> Diagnosis:
    """Makes every number of a diagnosis whose answers are scored, and keeps them in its folder.

    Args:
        folder: of the diagnosis.
        labels: what people said of its stages, see ``diagnosis.labels``; kept with it, for later calls too.
        certificates: of its judge; likewise.

    Raises:
        UserError: the folder holds no diagnosis, a table is not whole, or labels or certificates are none.
    """
    table = reading.read(folder)
    if labels:
        keep_labels(folder, labels)
    for file in certificates:
        read_certificate(file)
    keep_certificates(folder, certificates)
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
