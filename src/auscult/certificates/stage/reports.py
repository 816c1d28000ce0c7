"""Traces that a real model wrote about reports: as it wrote them, and with an error planted into what is seen.

Where somebody has read them against their reports, a row says so: ``wrong``, stage → whether it says something false.

The report stands for the image: what is planted contradicts it, or is named in it nowhere. What plants is the planter
of reports, which shares nothing with the fact checker.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

from auscult.certificates.human_labels import published
from auscult.certificates.planting.reports import PLANTERS, Report
from auscult.certificates.planting.targets import TARGETS
from auscult.certificates.stage.put import REAL, REAL_PLANTED, Asked, Put
from auscult.errors import UserError
from auscult.facts.traces import read_trace
from auscult.records import STAGES, Case, Trace, case_id

FOLDER, TABLE = "iu-reports", "indiana_reports.csv"
_GROSS = frozenset({"object inserted", "presence flipped"})
_LATER = re.compile(r"\b(?:two steps|factor [23])")


def real_traces(path: Path | None, data: Path | None, seed: int) -> Iterator[list[Put]]:
    """All stages of a recorded trace.

    Args:
        path: file of recorded traces; None for none.
        data: folder of the data sets, with the reports.
        seed: of the planted errors.

    Raises:
        UserError: the reports are not there, or the file cannot be read.
    """
    if path is None:
        return
    table = data / FOLDER / TABLE if data else None
    if table is None or not table.is_file():
        raise UserError(f"--traces {path}: the reports are not there; give --data with {FOLDER}/{TABLE}")
    texts = {str(r["uid"]): "\n".join(filter(None, (r["findings"], r["impression"]))) for r in _reports(table)}
    for number, row in enumerate(published(path, ("report", "question", "trace")), 1):
        uid = str(row["report"])
        if not _labelled(row.get("wrong")):
            raise UserError(f"{path}: row {number}: wrong is no table of stages ({', '.join(STAGES)}) → true or false")
        if uid not in texts:
            raise UserError(f"{path}: row {number}: report '{uid}' is not in {table}")
        yield list(_puts(uid, texts[uid], row, seed))


def _labelled(wrong: object) -> bool:
    """Whether labels are as they should be, or none."""
    known = isinstance(wrong, Mapping) and set(wrong) <= set(STAGES)
    return not wrong or (known and all(isinstance(mark, bool) for mark in wrong.values()))  # type: ignore[attr-defined]


def _reports(table: Path) -> Iterator[Mapping[str, str]]:
    return published(table, ("uid", "findings", "impression"))


def _puts(uid: str, text: str, row: Mapping[str, Any], seed: int) -> Iterator[Put]:
    case = Case(id=case_id([], FOLDER, uid), source=FOLDER, source_key=uid, annotation=text, group=uid)
    reference = str(row.get("reference") or "")
    asked = Asked(
        origin=REAL,
        cluster=uid,
        case=case,
        question=str(row["question"]),
        reference=reference,
        answer_type="yes_no" if reference in ("yes", "no") else "open",
    )
    trace, labels = str(row["trace"]), row.get("wrong") or {}
    found = read_trace(trace).trace
    for stage in STAGES:
        if getattr(found, stage):
            yield asked.put(stage, trace, labels.get(stage), "as written")
    yield from _planted(asked, found, text, seed)


def _planted(asked: Asked, found: Trace, text: str, seed: int) -> Iterator[Put]:
    random, seen = Random(f"{seed} {asked.cluster}"), Report(asked.cluster, found.visual_recognition, "")
    whole = replace(asked, origin=REAL_PLANTED, case=replace(asked.case, exhaustive=True))
    for kind, plant in PLANTERS.items():
        for edit in plant(seen, random) if seen.sentences else ():
            named = any(t.pattern().search(said) and t.pattern().search(text) for t in TARGETS for said in edit.planted)
            if (kind == "object inserted" and named) or edit.degree == "factor 1.1":
                continue
            degree = "gross" if kind in _GROSS or _LATER.search(edit.degree) else "slight"
            wrong = replace(found, visual_recognition=" ".join(edit.sentences))
            yield whole.put("visual_recognition", wrong, True, kind, degree)
