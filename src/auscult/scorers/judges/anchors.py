"""The anchor file: a baseline system's answers with their whole judgements, made once, one JSON object a line.

Memory holds where each row stands, never the rows. A file that another model judged is refused: an anchor fixes the
scale of the one judge that wrote it.
"""

import hashlib
import os
from collections.abc import Iterable
from dataclasses import asdict, fields
from pathlib import Path
from typing import Self

import orjson

from auscult.errors import UserError
from auscult.records import Instrument
from auscult.scorers.judges import Anchor
from auscult.store.files import draft_file
from auscult.store.given import boundary, open_given

_TEXTS = tuple(f.name for f in fields(Anchor) if f.name != "scores")
_MAY_BE_EMPTY = ("source_id", "judgement")  # a judge that found nothing wrong may have said no more than its scores


def write_anchors(path: Path, anchors: Iterable[Anchor]) -> int:
    """Writes an anchor file by atomic rename and returns its number of rows.

    Raises:
        UserError: the place cannot be written.
    """
    count = 0
    try:
        with draft_file(path) as draft, open(draft, "wb") as file:
            for count, anchor in enumerate(anchors, 1):  # noqa: B007
                file.write(orjson.dumps(asdict(anchor)) + b"\n")
    except OSError as error:
        raise UserError(f"{path}: cannot be written ({error.strerror}); name another place") from None
    return count


def protocol_of(judge: Instrument) -> str:
    """Name and version of a judge's protocol, without the model: ``medhalltune/1``."""
    return f"{judge.name}/{judge.version.partition('+')[0]}"


class AnchorFile:
    """An anchor file, read and checked whole when it is opened.

    Args:
        path: the file.
        judge: identity of the model that is to judge now.
        protocol: name and version of the judge protocol, ``medhalltune/1``.
        values: the scores that every row must hold.

    Attributes:
        digest: of its bytes.
        system: identity of the baseline system.

    Raises:
        UserError: a row is malformed or repeated, or was judged by another model or under another protocol.
    """

    def __init__(self, path: Path, judge: str, protocol: str, values: tuple[str, ...]) -> None:
        self.path, self.system = path, ""
        self._judge, self._protocol, self._values = judge, protocol, frozenset(values)
        self._places: dict[str, tuple[int, int]] = {}
        hashed, place = hashlib.blake2b(digest_size=12), 0
        with boundary(path, "make it with 'auscult judge-baseline'"):
            with open_given(path) as file:
                for number, line in enumerate(file, 1):
                    hashed.update(line)
                    self._take(line, number, place)
                    place += len(line)
            self._file = os.open(path, os.O_RDONLY)
        if not self._places:
            raise UserError(f"{path}: holds no anchor; make it with 'auscult judge-baseline'")
        self.digest = hashed.hexdigest()

    def _take(self, line: bytes, number: int, place: int) -> None:
        where = f"{self.path}: row {number}"
        try:
            anchor = _parse(line)
        except ValueError as error:
            raise UserError(f"{where}: {error}; make the file again with 'auscult judge-baseline'") from None
        if anchor.judge != self._judge:
            raise UserError(
                f"{where}: was judged by {anchor.judge}, not by {self._judge}; make anchors with the same judge"
            )
        if anchor.protocol != self._protocol:
            raise UserError(f"{where}: is of judge protocol {anchor.protocol}, not {self._protocol}; make it again")
        if self._values != anchor.scores.keys():
            raise UserError(f"{where}: scores are not {', '.join(sorted(self._values))}; make it again")
        if self.system and anchor.system != self.system:
            raise UserError(f"{where}: is of system {anchor.system}, those before are of {self.system}; use one system")
        if anchor.item_id in self._places:
            raise UserError(f"{where}: item {anchor.item_id} has an anchor already; keep one of them")
        self.system = anchor.system
        self._places[anchor.item_id] = place, len(line)

    def __len__(self) -> int:
        return len(self._places)

    def get(self, item_id: str) -> Anchor | None:
        """The anchor of an item, or None."""
        place = self._places.get(item_id)
        return _parse(os.pread(self._file, place[1], place[0])) if place else None

    def close(self) -> None:
        """Closes the file."""
        os.close(self._file)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _parse(line: bytes) -> Anchor:
    """One row.

    Raises:
        ValueError: what is wrong with it.
    """
    try:
        found = orjson.loads(line)
    except orjson.JSONDecodeError:
        raise ValueError("is not JSON") from None
    if not isinstance(found, dict) or set(found) != {*_TEXTS, "scores"}:
        raise ValueError(f"is not an object with {', '.join(_TEXTS)}, scores")
    for name in _TEXTS:
        if not isinstance(found[name], str) or not (found[name] or name in _MAY_BE_EMPTY):
            raise ValueError(f"{name} is empty or no text")
    scores = found["scores"]
    if not isinstance(scores, dict) or not scores:
        raise ValueError("scores is not an object with numbers")
    if not all(type(v) in (int, float) for v in scores.values()):
        raise ValueError("scores holds what is no number")
    return Anchor(**{**found, "scores": {name: float(value) for name, value in scores.items()}})
