"""Recorded traces: what a model answered in stages elsewhere, in one or several arms of a diagnosis.

Three layouts. ClinHallu's output files (arXiv 2606.14697, released code), one a run: ``model_cot.jsonl`` and
``replace/replace_vr.jsonl``, ``replace_kr.jsonl``, ``replace_vr_kr.jsonl``, or a folder that holds them; a question is
named by ``source_id``, else ``original_index``, after the key of its data set where the folders tell it. Any table with
the columns ``id``, ``arm`` and ``text`` (and ``draw``, ``failure``, ``attempts``, where there are such). The data of
Hidden-Flaws-GPT-4V, whose rationales are the baseline.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from auscult.corpora._grouping import GroupedRows
from auscult.corpora.clinhallu import dataset_of, name_of
from auscult.corpora.hidden_flaws import is_hidden_flaws, rationales
from auscult.errors import UserError
from auscult.store.given import NoSuchFile
from auscult.store.rows import SUFFIXES, Row, read_rows

BASELINE = "baseline"
RUNS = {"model_cot": BASELINE} | {run: run for run in ("replace_vr", "replace_kr", "replace_vr_kr")}
"""File of ClinHallu without its suffix → the arm that it holds."""
_COLUMNS = {"id", "arm", "text"}


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedTrace:
    """One recorded answer in stages.

    Attributes:
        name: of the item: its id, or its source id.
        arm: of the diagnosis.
        text: the whole of it, the stages that were given included; empty where there is none.
        draw: number of the sample, from 0.
        failure: why there is no text; empty where there is one.
        attempts: how often the model was asked until it stood.
        model: its name, where the file says it.
        where: file and row.
    """

    name: str
    arm: str
    text: str
    draw: int = 0
    failure: str = ""
    attempts: int = 1
    model: str = ""
    where: str = ""


def read_traces(path: Path) -> Iterator[RecordedTrace]:
    """Streams recorded traces.

    Args:
        path: a file, or a folder of ClinHallu's output files.

    Raises:
        UserError: there are none; a row has no name or no arm, or a draw that is no number.
    """
    if is_hidden_flaws(path):
        for told in rationales(path):
            yield RecordedTrace(name=told.name, arm=BASELINE, text=told.trace.text, model="GPT-4V", where=told.where)
        return
    for file in _files(path):
        for row in read_rows(file):
            yield _published(row, file) if file.stem in RUNS and "arm" not in row.values else _of_table(row)


def _files(path: Path) -> list[Path]:
    if path.is_file():
        if path.suffix.lower() not in SUFFIXES:
            raise UserError(f"{path}: not a table; give ClinHallu's output files or a table with id, arm and text")
        return [path]
    if not path.is_dir():
        raise NoSuchFile(f"{path}: no such file or folder; check the path")
    if found := sorted(p for p in path.rglob("*.jsonl") if p.stem in RUNS):
        return found
    raise UserError(
        f"{path}: holds none of ClinHallu's output files ({', '.join(RUNS)}); name its folder, or a table with the "
        "columns id, arm and text"
    )


def _published(row: Row, file: Path) -> RecordedTrace:
    written = row.value("cot.raw")
    text = written.strip() if isinstance(written, str) else ""
    return RecordedTrace(
        name=name_of(row, dataset_of(file, row)),
        arm=RUNS[file.stem],
        text=text,
        failure="" if text else row.text("generation_status") or "no trace",
        attempts=_count(row, "cot_meta.generation_attempts", 1),
        model=row.text("model", "cot_meta.model"),
        where=row.where,
    )


def _of_table(row: Row) -> RecordedTrace:
    if lacking := sorted(_COLUMNS - row.values.keys()):
        there = ", ".join(row.values)
        raise UserError(f"{row.where}: no column {lacking[0]}; recorded traces need id, arm and text (there: {there})")
    text = row.text("text")
    return RecordedTrace(
        name=row.required("id"),
        arm=row.required("arm"),
        text=text,
        draw=_count(row, "draw", 0),
        failure="" if text else row.text("failure") or "no trace",
        attempts=_count(row, "attempts", 1),
        model=row.text("model"),
        where=row.where,
    )


def _count(row: Row, column: str, usual: int) -> int:
    text = row.text(column)
    if text and not text.isdecimal():
        raise UserError(f"{row.where}: {column} is {text[:40]!r}, no whole number; mend the row")
    return int(text) if text else usual


class RecordedTraces:
    """Recorded traces by item; texts wait on the disk, memory holds a key and a place for each.

    Args:
        path: as for ``read_traces``.
        names: id and source id of each item.

    Attributes:
        arms: arm → how many traces of it belong to an item.
        models: names of the models that the files say.
        unmatched: how many traces name no item.
        repeated: how many were recorded again, word for word, for the same item, arm and draw.
        conflicting: how many were recorded again otherwise: the last one holds.
        places: arm → file and row of its first trace that belongs to an item.
        strangers: the first names that no item has.

    Raises:
        UserError: as ``read_traces``, or no trace names an item.
    """

    def __init__(self, path: Path, names: Iterable[tuple[str, str]]) -> None:
        self._rows, own = GroupedRows(), dict[str, str]()
        for name, source_id in names:
            own[name] = name
            own.setdefault(source_id, name)
        self.arms, self.places = Counter[str](), dict[str, str]()
        self.unmatched, self.repeated, self.conflicting = 0, 0, 0
        self.strangers: list[str] = []
        models = dict[str, None]()
        there = dict[tuple[str, str, int], int]()
        for trace in read_traces(path):
            item = own.get(trace.name) or own.get(trace.name.rpartition(":")[2])
            if item is None:
                self.unmatched += 1
                self.strangers += [trace.name][: 3 - len(self.strangers)]
                continue
            key, said = (item, trace.arm, trace.draw), hash((trace.text, trace.failure))
            self.repeated += there.get(key) == said
            self.conflicting += there.get(key, said) != said
            self.arms[trace.arm] += key not in there
            self.places.setdefault(trace.arm, trace.where)
            there[key] = said
            models.update({trace.model: None} if trace.model else {})
            self._rows.add(item, trace)
        self.models = tuple(models)
        if not self.arms:
            named = f"its first id is {self.strangers[0]!r}" if self.strangers else "it holds no rows"
            raise UserError(f"{path}: no trace names an item of the set by id or source id; {named}")

    def of(self, item: str) -> dict[tuple[str, int], RecordedTrace]:
        """The traces of an item by arm and draw."""
        plain: list[dict[str, Any]] = self._rows.take(item)
        return {(trace.arm, trace.draw): trace for trace in (RecordedTrace(**each) for each in plain)}

    def notes(self) -> list[str]:
        """What must be said of them, in whole sentences."""
        said = []
        if self.unmatched:
            some = ", ".join(map(repr, self.strangers))
            said.append(f"Recorded traces that name no item of the set, left out: {self.unmatched:,} (first: {some}).")
        if self.repeated:
            said.append(f"Traces recorded again, word for word: {self.repeated:,}; each counts once.")
        if self.conflicting:
            said.append(
                f"Traces recorded again, in other words, for the same item, arm and draw: {self.conflicting:,}; the "
                "last one holds."
            )
        if len(self.models) > 1:
            said.append(f"The traces are of several models: {', '.join(self.models)}.")
        return said
