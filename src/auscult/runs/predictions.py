"""The answers of a run as a file for others: MedHallTune's official prediction files, JSON Lines, or CSV.

Answers are those given with the image. A request that failed is no answer: official files leave it out, the general
forms keep its row with its status and a null. Reading a file back with ``replay:`` gives the same answers, and
``check`` of the general forms the figures of the run, since a row says what its question is and which image, patient
and tags it has. Twins, and what is known of an image beyond its tags, are in the item set alone.
"""

import csv
import io
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from auscult.errors import UserError
from auscult.records import Answer, Case, Item
from auscult.runs.folder import read_manifest
from auscult.runs.scores import answered
from auscult.store.files import draft_file
from auscult.store.tables import read_rows

FORMS = ("medhalltune", "jsonl", "csv")
MEDHALLTUNE_FILES = {"hallucination": "negative.jsonl", "non-hallucination": "positive.jsonl"}
"""Kind of item → name of its file in the folder that is written."""
ASKED = ("item_id", "source_id", "case", "patient", "image", "question", "reference", "options", "answer_type")
GIVEN = ("answer", "status", "finish", "repeat")
DETAILS = ("kind", "category", "premise", "premise_form", "target", "unit", "tolerance", "paraphrase_group")
COLUMNS = (*ASKED, *GIVEN, *DETAILS)
"""Columns of the general forms, and ``tag.NAME`` of each tag; ``image`` only where every case has one."""
ALWAYS = ("item_id", "source_id", "case", "question", "reference", "answer_type", *GIVEN)
"""Columns that are there even where they say nothing of any question."""
TAG = "tag."


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What was written.

    Attributes:
        files: name of each file and its rows.
        failed: answers that are not there, because their request failed.
        unreferenced: answers whose question has no reference, in forms that have that column.
    """

    files: dict[Path, int]
    failed: int
    unreferenced: int = 0


def write_predictions(run: Path, out: Path, form: str = "medhalltune") -> Written:
    """Writes the answers of a run.

    Args:
        run: a finished run.
        out: the file to write; for ``medhalltune`` a folder, in which ``negative.jsonl`` and ``positive.jsonl`` appear.
        form: ``medhalltune``, ``jsonl`` or ``csv``.

    Raises:
        UserError: there is no finished run; the form is unknown; the items are not MedHallTune's, or were answered
            several times; the place cannot be written, or is that of the run's own files.
    """
    if form not in FORMS:
        raise UserError(f"unknown form '{form}' of the answers of a run; known: {', '.join(FORMS)}")
    read_manifest(run)
    if not (run / "answers.parquet").is_file():
        raise UserError(f"{run}: the run is not finished (no answers.parquet); its command goes on with it")
    if run.resolve() in (out.resolve(), *out.resolve().parents):
        raise UserError(f"{out}: lies in the run; name another place")
    try:
        if form == "medhalltune":
            return _medhalltune(run, out)
        with ExitStack() as files:
            return _general(run, files.enter_context(_lines(out)), _json_line if form == "jsonl" else _csv_line)
    except OSError as error:
        raise UserError(f"{out}: cannot be written ({error.strerror}); name another place") from None


class _Lines:
    """Lines of a file that is not whole yet, counted.

    Args:
        path: the name that it will have.
        file: the draft, open.
    """

    def __init__(self, path: Path, file: BinaryIO) -> None:
        self.path, self.rows, self._file = path, 0, file

    def write(self, line: bytes, *, counts: bool = True) -> None:
        """Adds a line."""
        self._file.write(line)
        self.rows += counts

    def settle(self) -> None:
        """Puts all lines on disk: a full disk is met before any of several files gets its name."""
        self._file.flush()
        os.fsync(self._file.fileno())


@contextmanager
def _lines(path: Path) -> Iterator[_Lines]:
    with draft_file(path) as draft, open(draft, "wb") as file:
        yield _Lines(path, file)


def _given(run: Path) -> Iterator[tuple[Item, Answer]]:
    pairs = answered(run / "items.parquet", run / "answers.parquet")
    return ((item, answer) for item, answer in pairs if answer.condition == "with")


def _general(run: Path, file: _Lines, line: Callable[[dict[str, Any]], bytes]) -> Written:
    failed = unreferenced = 0
    table = _Table(run, file.path)
    if line is _csv_line:
        file.write(_csv_line({name: name for name in table.columns}), counts=False)
    for case, item, answer in table.rows():
        failed += answer.status == "request_failed"
        unreferenced += not item.reference
        row = table.row(case, item, answer)
        file.write(line(row | {"options": _one_cell(item.options)} if line is _csv_line else row))
    return Written(files={file.path: file.rows}, failed=failed, unreferenced=unreferenced)


class _Table:
    """The answers of a run as rows, each with its case and question.

    Args:
        run: its folder.
        out: the file that will hold them; images that lie beside it or below are named from there.

    Attributes:
        columns: in order.
    """

    def __init__(self, run: Path, out: Path) -> None:
        self._run = run
        items = Path(read_manifest(run)["items"]["path"]).resolve()
        beside = out.resolve().parent
        self._images = items.relative_to(beside) if items.is_relative_to(beside) else Path()
        tags, said, single = set[str](), set[str](ALWAYS), True
        for case in read_rows(run / "cases.parquet", Case):
            tags |= case.tags.keys()
            said |= {"patient"} if case.group_kind != "image" else set()
            single &= len(case.images) == 1
        said |= {"image"} if single else set()
        for item in read_rows(run / "items.parquet", Item):
            tags |= item.tags.keys()
            said |= {name for name in ("options", *DETAILS) if getattr(item, name)}
        self._tags = sorted(tags)
        self.columns = (*(name for name in COLUMNS if name in said), *(f"{TAG}{name}" for name in self._tags))

    def rows(self) -> Iterator[tuple[Case, Item, Answer]]:
        """Every answer with its question and case; tables hold cases in one order."""
        cases = read_rows(self._run / "cases.parquet", Case)
        case: Case | None = None
        for item, answer in _given(self._run):
            if case is None or case.id != item.case_id:
                case = next(c for c in cases if c.id == item.case_id)
            yield case, item, answer

    def row(self, case: Case, item: Item, answer: Answer) -> dict[str, Any]:
        """One row; a cell that says nothing is empty."""
        row: dict[str, Any] = {name: getattr(item, name) or "" for name in (*ASKED, *DETAILS) if hasattr(item, name)}
        row |= {"item_id": item.id, "case": case.source_key, "options": list(item.options)}
        row |= {"patient": "" if case.group_kind == "image" else case.group}
        row |= {"image": (self._images / case.images[0].path).as_posix()} if "image" in self.columns else {}
        row |= {name: getattr(answer, name) for name in ("status", "finish", "repeat")}
        row |= {"answer": None if answer.status == "request_failed" else answer.text}
        row |= {f"{TAG}{name}": (case.tags | item.tags).get(name, "") for name in self._tags}
        return {name: row[name] for name in self.columns}


def _one_cell(options: tuple[str, ...]) -> str:
    """Options as ``check`` reads them: bars between them, or a list where one has a bar itself."""
    return str(list(options)) if any("|" in option for option in options) else "|".join(options)


def _json_line(row: dict[str, Any]) -> bytes:
    return orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE)


def _csv_line(row: dict[str, Any]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerow(row.values())
    return text.getvalue().encode()


def _medhalltune(run: Path, out: Path) -> Written:
    """Both files at once, or none: a folder of the two appears only when both are whole."""
    if out.exists() and not out.is_dir():
        raise UserError(f"{out}: is a file; the two official files need a folder")
    images = {case.id: case.source_key for case in read_rows(run / "cases.parquet", Case)}
    failed, made = 0, not out.exists()
    try:
        out.mkdir(parents=True, exist_ok=True)
        with ExitStack() as stack:
            files = {
                kind: stack.enter_context(_lines(out / name))
                for kind, name in MEDHALLTUNE_FILES.items()
                if _has_kind(run, kind)
            }
            for kind, name in MEDHALLTUNE_FILES.items():
                if kind not in files and (out / name).exists():
                    raise UserError(
                        f"{out / name}: is there, and this run has no {kind} questions; name another folder"
                    )
            for item, answer in _given(run):
                if answer.status == "request_failed":
                    failed += 1
                    continue
                row = {"question_id": _published_id(run, item), "image": images[item.case_id]}
                row |= {"question": item.question, "answer": answer.text}
                if answer.repeat:
                    raise UserError(f"{run}: question {item.source_id} has several answers; write jsonl or csv")
                files[item.kind].write(_json_line(row))
            for file in files.values():
                file.settle()
        return Written(files={file.path: file.rows for file in files.values()}, failed=failed)
    except BaseException:
        if made and out.is_dir() and not any(out.iterdir()):
            os.rmdir(out)
        raise


def _has_kind(run: Path, kind: str) -> bool:
    return any(item.kind == kind for item in read_rows(run / "items.parquet", Item))


def _published_id(run: Path, item: Item) -> int | str:
    """The question's number in its file: 7 of ``N-7``."""
    sign, _, number = item.source_id.partition("-")
    if {"N": "hallucination", "P": "non-hallucination"}.get(sign) != item.kind or not number:
        raise UserError(
            f"{run}: question '{item.source_id}' is not MedHallTune's (N-7 or P-7); write the form jsonl or csv"
        )
    return int(number) if number.isdecimal() and str(int(number)) == number else number
