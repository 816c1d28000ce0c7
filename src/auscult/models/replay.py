"""Recorded answers: ``replay:FILE``, for somebody else's model or one that ran elsewhere. Nothing is asked.

Columns are known by the file's layout (``corpora.layouts``), by their names, or as mapped. Two files whose ids repeat,
such as MedHallTune's of N and P, are read together as ``replay:FOLDER``, or one of them alone.

Memory holds a key, a name and a place for each row (24 bytes), never the rows; these lie in a temporary file that
vanishes with the process. What was not recorded is missing data.
"""

import hashlib
import math
import re
import tempfile
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple, cast, get_args

import numpy as np
import numpy.typing as npt
import orjson

from auscult.corpora.layouts import layout_of, sign_of, signed_files
from auscult.corpora.placeholders import in_words
from auscult.errors import UserError
from auscult.models import CallFailed, Model, ModelOptions
from auscult.models._chat_reply import FINISH
from auscult.records import Call, Condition, Reply
from auscult.store.files import content_hash
from auscult.store.rows import NOTHING, Row, read_rows, unsaid

FORM = "replay:FILE"

Numbers = npt.NDArray[np.uint64]
Names = npt.NDArray[np.int64]

CONDITIONS = get_args(Condition)
FIELDS = ("id", "question", "image", "text", "condition", "repeat", "finish", "yes_margin")
NAMES = {
    "id": ("id", "question_id", "qid", "source_id"),
    "text": ("text", "answer", "prediction", "response", "output", "model_answer"),
    "condition": ("condition",),
    "repeat": ("repeat",),
    "status": ("status",),
    "finish": ("finish", "finish_reason", "stop_reason"),
    "yes_margin": ("yes_margin",),
}


class Answered(NamedTuple):
    """One recorded answer as it is kept: what it answers (id, or question and image; condition; repeat), and itself."""

    key: list[str]
    text: str
    finish: str
    yes_margin: float | None
    where: str


def create(rest: str, options: ModelOptions) -> "Replay":
    """Opens and indexes a file of recorded answers.

    Raises:
        UserError: the file is missing or malformed, a column is missing or could be one of several, or two rows give
            one question different answers.
    """
    path = Path(rest).expanduser()
    files = signed_files(path, options.columns.get("text", "answer")) if path.is_dir() else [path]
    first, *others = [next(read_rows(file)) for file in files]
    there = {column: value for column, value in first.values.items() if all(column in row.values for row in others)}
    mapping = _mapping(path, replace(first, values=there), options.columns)
    digest = (
        hashlib.sha256("".join(map(content_hash, files)).encode()).hexdigest() if path.is_dir() else content_hash(path)
    )
    columns = _Columns(mapping, path if path.is_dir() else path.parent)
    used = ", ".join(f"{ours}={column}" for ours, column in sorted(mapping.items()))
    answers = (answer for file in files for answer in columns.answers(file))
    return Replay(path, f"replay:{digest} ({used})", "image" in mapping, answers)


def _mapping(path: Path, first: Row, given: dict[str, str]) -> dict[str, str]:
    """Our field → column of the file, or path into it: as given, by the file's layout, or by the name of one column."""
    shown = f"columns of {path}: {', '.join(first.values)}"
    for ours, column in given.items():
        if ours not in FIELDS:
            raise UserError(f"recorded answers have no field '{ours}'; fields: {', '.join(FIELDS)}")
        if column not in first.values and first.value(column) is None:
            raise UserError(f"no column '{column}' for '{ours}'; {shown}")
    by_image = "question" in given or "image" in given
    if by_image and not ("question" in given and "image" in given and "id" not in given):
        raise UserError("map either 'id', or 'question' and 'image' together")
    mapping = {} if by_image or "item_id" not in first.values else {"id": "item_id"}
    layout = layout_of(first.values)
    if layout and "id" in layout.fields:  # one that names no ids may be any table
        for ours, places in (("id", layout.fields["id"]), ("text", layout.fields["answer"])):
            if place := next((place for place in places if first.value(place) is not None), ""):
                mapping.setdefault(ours, place)
    mapping |= given
    if by_image:
        mapping.pop("id", None)
    for ours, names in NAMES.items():
        if ours in mapping or (ours == "id" and by_image):
            continue
        found = [name for name in names if name in first.values]
        if len(found) > 1:
            raise UserError(f"{ours} could be {' or '.join(found)}; say which with --map {ours}=COLUMN; {shown}")
        if found:
            mapping[ours] = found[0]
        elif ours in ("id", "text"):
            raise UserError(f"no column for '{ours}'; say which with --map {ours}=COLUMN; {shown}")
    return mapping


@dataclass(frozen=True, slots=True)
class _Columns:
    """Where files hold what: our field → column, the folder of their images, and the hashes of those that were read."""

    mapping: dict[str, str]
    beside: Path
    images: dict[str, str] = field(default_factory=dict)

    def answers(self, file: Path) -> Iterator[Answered]:
        """Each row that holds an answer; a null, or a request that failed, is none."""
        sign = sign_of(file, next(read_rows(file)).values)
        text, status, finish = (self.mapping.get(name, "") for name in ("text", "status", "finish"))
        column = text.split(".")[0]
        for row in read_rows(file):
            if text not in row.values and column not in row.values:
                row.required("text", text)
            said = row.text("text", text, strip=False)
            if row.value(text) is None or (status and row.values.get(status) == "request_failed"):
                continue
            ended = FINISH.get(str(row.values.get(finish, "")).strip().lower(), "") if finish else ""
            yield Answered(self._key(row, sign), said, ended, self._margin(row), row.where)

    def _margin(self, row: Row) -> float | None:
        """How far the recorded answer leans to yes; None where the file does not say it of this one."""
        column = self.mapping.get("yes_margin", "")
        said = row.text("yes_margin", column) if column else ""
        if not said or said.casefold() in NOTHING:
            return None
        try:
            margin = float(said)
        except ValueError:
            margin = math.nan
        if not math.isfinite(margin):
            raise UserError(
                f"{row.where}: {column} is {said[:40]!r}, no number; write log P(yes) - log P(no), or leave it empty"
            )
        return margin

    def _key(self, row: Row, sign: str) -> list[str]:
        condition, repeat = "with", 0
        if "condition" in self.mapping:
            condition = row.required("condition", self.mapping["condition"])
            if condition not in CONDITIONS:
                raise UserError(f"{row.where}: condition '{condition}' is not one of {', '.join(CONDITIONS)}")
        if "repeat" in self.mapping:
            given = row.required("repeat", self.mapping["repeat"])
            if not (given.isascii() and given.isdecimal()) or len(given) > 9:
                raise UserError(f"{row.where}: repeat '{given}' is not a whole number")
            repeat = int(given)
        if "id" in self.mapping:
            own = row.required("id", self.mapping["id"])
            return [condition, str(repeat), f"{sign}-{own}" if sign else own]
        return [condition, str(repeat), _asked(row.required("question", self.mapping["question"])), self._image(row)]

    def _image(self, row: Row) -> str:
        """The sha256 of the image that a row names; a file is read once."""
        name = row.required("image", self.mapping["image"])
        if name not in self.images:
            stated = re.fullmatch(r"[0-9a-f]{64}", name)
            try:
                self.images[name] = name if stated else content_hash(self.beside / name)
            except UserError:
                raise UserError(f"{row.where}: image '{name}' is no file in {self.beside}; or map 'id'") from None
        return self.images[name]


class Replay(Model):
    """A model whose replies were recorded. See ``auscult.models.Model``.

    A row is found by the item's id, else by the question's own id in its data set; or, where ``question`` and
    ``image`` are mapped, by the question as published and the content of the image: the column holds the image's
    sha256, or its path beside the file of answers.
    """

    batch = 1
    knows_items = True
    recorded = True

    def __init__(self, path: Path, identity: str, by_image: bool, answers: Iterator[Answered]) -> None:
        self.identity = identity
        self._path, self._by_image = path, by_image
        self._file = tempfile.TemporaryFile(prefix="auscult-replay-")  # noqa: SIM115  # until ``close``
        self._hashes, self._places, self._names, self.conditions = self._index(answers)

    async def reply(self, calls: Sequence[Call]) -> list[Reply]:
        """Looks each call up.

        Raises:
            CallFailed: ``not_recorded``.
        """
        return [self._recorded_reply(call) for call in calls]

    async def close(self) -> None:
        """Closes the file; ask for ``unmatched`` before."""
        self._file.close()

    def unmatched(self, ids: Iterable[str]) -> list[str]:
        """Recorded ids that are not among these (ids and source ids of items), each once, in the file's order."""
        known = np.fromiter(map(hash, ids), np.int64)
        strangers = np.sort(self._places)[: len(self._names)][~np.isin(self._names, known)]
        return list(dict.fromkeys(self._at(place).key[2] for place in strangers.tolist()))

    def count(self) -> int:
        """How many different ids there are; 0 where rows are matched by question and image."""
        return len(np.unique(self._names))

    def _recorded_reply(self, call: Call) -> Reply:
        item = call.item
        if item is None:
            raise UserError(f"recorded answers ({self._path}) answer items only; they cannot judge")
        image = call.images[0].sha256 if call.images else ""
        for name in [[_asked(item.question), image]] if self._by_image else [[item.id], [item.source_id]]:
            key = [call.condition, str(call.repeat), *name]
            wanted = np.uint64(_hash(key))  # a plain integer would turn the whole column into floats, each time
            first, end = (int(np.searchsorted(self._hashes, wanted, side)) for side in ("left", "right"))
            for place in self._places[first:end].tolist():
                found = self._at(place)
                if found.key == key and not unsaid(item, found.text):
                    return Reply(text=found.text, finish=found.finish, yes_margin=found.yes_margin)
        which = f"question {item.source_id or item.id}, image condition '{call.condition}', repeat {call.repeat}"
        raise CallFailed("not_recorded", f"{self._path} has no answer to {which}", retryable=False)

    def _index(self, answers: Iterator[Answered]) -> tuple[Numbers, Numbers, Names, frozenset[Condition]]:
        """Hashes of the keys, in order, and the places of their answers, both (rows,); the conditions among them.

        Before the conditions: this process's hash of each id, in the file's order; none where no id is known.
        """
        found_hashes, found_places, names, place = array("Q"), array("Q"), array("q"), 0
        conditions: set[str] = set()
        for answer in answers:
            conditions.add(answer.key[0])
            found_hashes.append(_hash(answer.key))
            found_places.append(place)
            if not self._by_image:
                names.append(hash(answer.key[2]))
            place += self._file.write(orjson.dumps(tuple(answer), option=orjson.OPT_APPEND_NEWLINE))
        if not found_hashes:
            raise UserError(f"{self._path} holds no answers")
        order = np.argsort(np.frombuffer(found_hashes, np.uint64), kind="stable")
        hashes = np.frombuffer(found_hashes, np.uint64)[order]
        places = np.frombuffer(found_places, np.uint64)[order]
        for at in np.flatnonzero(hashes[1:] == hashes[:-1]):
            one, other = self._at(int(places[at])), self._at(int(places[at + 1]))
            if one.key == other.key and (one.text, one.yes_margin) != (other.text, other.yes_margin):
                raise UserError(
                    f"{one.where} and {other.where} give one question different answers; keep one, or map 'repeat'"
                )
        return hashes, places, np.array(names, np.int64), frozenset(cast(set[Condition], conditions))

    def _at(self, place: int) -> Answered:
        self._file.seek(place)
        return Answered(*orjson.loads(self._file.readline()))


def _asked(question: str) -> str:
    """A question without image placeholders, as item sets have it."""
    return in_words(question, None, "")[0]


def _hash(key: list[str]) -> int:
    return int.from_bytes(hashlib.blake2b(orjson.dumps(key), digest_size=8).digest(), "little")
