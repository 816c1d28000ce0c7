"""Recorded answers: ``replay:FILE``, for somebody else's model or one that ran elsewhere. Nothing is asked.

MedHallTune's two files of answers, N and P, are read together as ``replay:FOLDER``, or one of them alone.

Memory holds a key and a place for each row (16 bytes), never the rows. What was not recorded is missing data.
"""

import hashlib
import re
from array import array
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import cast, get_args

import numpy as np
import numpy.typing as npt
import orjson

from auscult.corpora.placeholders import in_words
from auscult.errors import UserError
from auscult.models import CallFailed, ModelOptions
from auscult.models._chat_reply import FINISH
from auscult.models._medhalltune_answers import Signed, answer_files, is_one
from auscult.models._recordings import Recording, Row, open_recording
from auscult.records import Call, Condition, Reply
from auscult.store.cells import as_text

Key = tuple[tuple[str, ...], Condition, int]
Numbers = npt.NDArray[np.uint64]

FIELDS = ("id", "question", "image", "text", "condition", "repeat", "finish")
NAMES = {
    "id": ("id", "question_id", "qid", "source_id"),
    "text": ("text", "answer", "prediction", "response", "output", "model_answer"),
    "condition": ("condition",),
    "repeat": ("repeat",),
    "status": ("status",),
    "finish": ("finish", "finish_reason", "stop_reason"),
}


def create(rest: str, options: ModelOptions) -> "Replay":
    """Opens and indexes a file of recorded answers.

    Raises:
        UserError: the file is missing or malformed, a column is missing or could be one of several, or two rows give
            one question different answers.
    """
    path = Path(rest).expanduser()
    files = [path]
    if path.is_dir():
        files = answer_files(path, options.columns.get("text", "answer"))
    recording = Signed(files) if path.is_dir() or (path.is_file() and is_one(path)) else open_recording(path)
    digest = _sha256(path) if files == [path] else hashlib.sha256("".join(map(_sha256, files)).encode()).hexdigest()
    return Replay(path, digest, recording, _mapping(path, recording.columns(), options.columns))


def _mapping(path: Path, there: list[str], given: dict[str, str]) -> dict[str, str]:
    """Our field → column of the file. What is not given is taken by its name, if only one column has such a name."""
    if not there:
        raise UserError(f"{path} holds no rows")
    shown = f"columns of {path}: {', '.join(there)}"
    for ours, column in given.items():
        if ours not in FIELDS:
            raise UserError(f"recorded answers have no field '{ours}'; fields: {', '.join(FIELDS)}")
        if column not in there:
            raise UserError(f"no column '{column}' for '{ours}'; {shown}")
    by_image = "question" in given or "image" in given
    if by_image and not ("question" in given and "image" in given and "id" not in given):
        raise UserError("map either 'id', or 'question' and 'image' together")
    mapping = dict(given)
    if "item_id" in there and not by_image:
        mapping.setdefault("id", "item_id")
    for ours, names in NAMES.items():
        if ours in mapping or (ours == "id" and by_image):
            continue
        found = [name for name in names if name in there]
        if len(found) > 1:
            raise UserError(f"{ours} could be {' or '.join(found)}; say which with --map {ours}=COLUMN; {shown}")
        if found:
            mapping[ours] = found[0]
        elif ours in ("id", "text"):
            raise UserError(f"no column for '{ours}'; say which with --map {ours}=COLUMN; {shown}")
    return mapping


class Replay:
    """A model whose replies were recorded. See ``auscult.models.Model``.

    A row is found by the item's id, else by the question's own id in its data set; or, where ``question`` and
    ``image`` are mapped, by the question as published and the content of the image: the column holds the image's
    sha256, or its path beside the file of answers.
    """

    host = ""
    batch = 1
    knows_items = True
    blind = False

    def __init__(self, path: Path, sha256: str, recording: Recording, mapping: dict[str, str]) -> None:
        used = ", ".join(f"{ours}={column}" for ours, column in sorted(mapping.items()))
        self.identity = f"replay:{sha256} ({used})"
        self._path, self._recording, self._mapping = path, recording, mapping
        self._by_image = "image" in mapping
        self._beside = path if path.is_dir() else path.parent
        self._images: dict[str, str] = {}
        self._hashes, self._places, self.conditions = self._index()

    async def reply(self, calls: Sequence[Call]) -> list[Reply]:
        """Looks each call up.

        Raises:
            CallFailed: ``not_recorded``.
        """
        return [self._recorded_reply(call) for call in calls]

    async def close(self) -> None:
        """Closes the file; ask for ``unmatched`` before."""
        self._recording.close()

    def unmatched(self, ids: set[str]) -> list[str]:
        """Recorded ids that are not among these (ids and source ids of items), each once, in the file's order."""
        if self._by_image:
            return []
        found = (key[0][0] for _, key in self._recorded())
        return list(dict.fromkeys(name for name in found if name not in ids))

    def count(self) -> int:
        """How many different ids there are; 0 where rows are matched by question and image."""
        return 0 if self._by_image else len({key[0][0] for _, key in self._recorded()})

    def _recorded_reply(self, call: Call) -> Reply:
        item = call.item
        if item is None:
            raise UserError(f"recorded answers ({self._path}) answer items only; they cannot judge")
        image = call.images[0].sha256 if call.images else ""
        for name in [(_asked(item.question), image)] if self._by_image else [(item.id,), (item.source_id,)]:
            key = (name, call.condition, call.repeat)
            wanted = np.uint64(_hash(key))  # a plain integer would turn the whole column into floats, each time
            first, end = (int(np.searchsorted(self._hashes, wanted, side)) for side in ("left", "right"))
            for place in self._places[first:end].tolist():
                row = self._recording.at(place)
                if self._key(row, place) == key:
                    return Reply(text=self._said(row, place), finish=self._finish(row))
        which = f"question {item.source_id or item.id}, image condition '{call.condition}', repeat {call.repeat}"
        raise CallFailed("not_recorded", f"{self._path} has no answer to {which}", retryable=False)

    def _index(self) -> tuple[Numbers, Numbers, frozenset[Condition]]:
        """Hashes of the keys, in order, and the places of their rows, both (rows,); the conditions among them."""
        found_hashes, found_places = array("Q"), array("Q")
        conditions: set[Condition] = set()
        for place, key in self._recorded():
            conditions.add(key[1])
            found_hashes.append(_hash(key))
            found_places.append(place)
        if not found_hashes:
            raise UserError(f"{self._path} holds no answers")
        order = np.argsort(np.frombuffer(found_hashes, np.uint64), kind="stable")
        hashes = np.frombuffer(found_hashes, np.uint64)[order]
        places = np.frombuffer(found_places, np.uint64)[order]
        for at in np.flatnonzero(hashes[1:] == hashes[:-1]):
            self._check_agreement(int(places[at]), int(places[at + 1]))
        return hashes, places, frozenset(conditions)

    def _check_agreement(self, first: int, second: int) -> None:
        one, other = self._recording.at(first), self._recording.at(second)
        if self._key(one, first) == self._key(other, second) and self._said(one, first) != self._said(other, second):
            lines = f"lines {self._recording.line(first)} and {self._recording.line(second)}"
            raise UserError(f"{self._path} {lines} give one question different answers; keep one, or map 'repeat'")

    def _recorded(self) -> Iterator[tuple[int, Key]]:
        """Place and key of each row that holds an answer; a null, or a request that failed, is none."""
        text, status = self._mapping["text"], self._mapping.get("status")
        for place, row in self._recording.rows():
            self._said(row, place)
            if row[text] is not None and not (status and row.get(status) == "request_failed"):
                yield place, self._key(row, place)

    def _said(self, row: Row, place: int) -> str:
        return self._value(row, "text", place)

    def _finish(self, row: Row) -> str:
        """How the reply ended, where the recording says so in a word that servers use."""
        return FINISH.get(str(row.get(self._mapping.get("finish", ""), "")).strip().lower(), "")

    def _key(self, row: Row, place: int) -> Key:
        if self._by_image:
            name: tuple[str, ...] = (_asked(self._value(row, "question", place)), self._image(row, place))
        else:
            name = (self._value(row, "id", place),)
        condition = self._value(row, "condition", place) if "condition" in self._mapping else "with"
        repeat = self._value(row, "repeat", place) if "repeat" in self._mapping else "0"
        if condition not in get_args(Condition):
            raise self._wrong(place, "condition", f"'{condition}', not one of {', '.join(get_args(Condition))}")
        if not repeat.isdecimal():
            raise self._wrong(place, "repeat", f"'{repeat}', not a whole number")
        return name, cast(Condition, condition), int(repeat)

    def _image(self, row: Row, place: int) -> str:
        """The sha256 of the image that a row names; a file is read once."""
        value = self._value(row, "image", place)
        if value not in self._images:
            stated = re.fullmatch(r"[0-9a-f]{64}", value)
            try:
                self._images[value] = value if stated else _sha256(self._beside / value)
            except OSError:
                raise self._wrong(place, "image", f"'{value}', no file beside {self._path.name}; or map 'id'") from None
        return self._images[value]

    def _value(self, row: Row, ours: str, place: int) -> str:
        """A cell as text, as ``as_text`` writes it: without the ``.0`` that a gap adds to whole numbers."""
        column = self._mapping[ours]
        if column not in row:
            raise self._wrong(place, ours, "missing")
        value = row[column]
        text = as_text(value)
        if text is None or (value is None and ours != "text"):
            raise self._wrong(place, ours, f"{orjson.dumps(value).decode()[:40]}, not a text")
        return text

    def _wrong(self, place: int, ours: str, what: str) -> UserError:
        where = f"{self._path} line {self._recording.line(place)}"
        return UserError(f"{where}: {ours} (column '{self._mapping[ours]}') is {what}")


def _asked(question: str) -> str:
    """A question without image placeholders, as item sets have it."""
    return in_words(question, None, "")[0]


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _hash(key: Key) -> int:
    return int.from_bytes(hashlib.blake2b(orjson.dumps(key), digest_size=8).digest(), "little")
