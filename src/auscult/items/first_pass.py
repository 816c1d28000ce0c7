"""The first pass over the rows of an item set: groups, repeats, contradictions and counts, before any is finished."""

import hashlib
from array import array
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from auscult.errors import UserError
from auscult.items.bundle import Bundle
from auscult.items.contradicted import Answers
from auscult.items.repeats import Repeats
from auscult.items.split import Parts, Splitter
from auscult.records import Case, Item, rank
from auscult.store.tables import read_rows

AGAIN = "the same row again (same id and content)"
LEAKS_NAMED = 5
"""Pairs of near-duplicate images that a published split parts: how many are named."""


class FirstPass:
    """What must be known of all rows before the first can be finished: 8 to 16 bytes a row, never the rows."""

    def __init__(self, splitter: Splitter, published: bool = True) -> None:
        self.splitter, self.digest, self._published = splitter, hashlib.blake2b(), published
        self.pictured = 0
        self.licences: Counter[str] = Counter()
        self.sources: Counter[str] = Counter()
        self.left_out: Counter[str] = Counter()
        self.noted: Counter[str] = Counter()
        self._cases, self._source_ids, self._ids = array("Q"), array("Q"), array("Q")
        self._answers, self.repeats = Answers(), Repeats()
        self._said, self._asks = {"": 0}, array("B")
        self._groups: dict[str, array[int]] = {}

    def add(self, bundle: Bundle, case: Case) -> None:
        """The next case with its items.

        Args:
            bundle: as it was read.
            case: with its images as they are stored.

        Raises:
            UserError: its items are published in several parts.
        """
        items, own = bundle.items, bundle.own
        published = ({i.split for i in items} or {bundle.split}) if self._published else set()
        if len(published) > 1:
            named = ", ".join(sorted(published))
            raise UserError(
                f"case '{case.source_key}' is in several parts ({named}); an image belongs in one: --resplit"
            )
        self.splitter.add(case, next(iter(published), ""))
        self.repeats.look(case, own=own)
        self._cases.append(rank(case.source, case.source_key))
        self._groups.setdefault(case.group_kind, array("Q")).append(rank(case.group))
        self.licences[case.licence or "not stated"] += 1
        self.sources[case.source] += 1
        self.pictured += bool(case.images)
        for item in items:
            self._answers.add(case, item, 0 if own else len(self._cases))
            self._source_ids.append(rank(case.source, item.source_id))
            self._ids.append(rank(item.id))
            self._asks.append(self._said.setdefault(bundle.asks.get(item.id, ""), len(self._said)))
        self.left_out.update(bundle.left_out)
        self.noted.update(bundle.noted)
        feed(self.digest, case)

    def note_alike(self, split: Parts, cases: Path) -> None:
        """Notes how many images are another group's picture, and those that a published split has parted."""
        if near := sum(map(bool, split.alike)):
            self.noted["cases whose image is a near-duplicate of another patient's or study's"] = near
        for one, other in split.leaks[:LEAKS_NAMED]:
            names = " and ".join(f"'{nth(cases, Case, i).source_key}'" for i in (one, other))
            self.noted[f"the published split parts near-duplicate images (--resplit joins them): {names}"] = 1
        if (more := len(split.leaks) - LEAKS_NAMED) > 0:
            self.noted["more near-duplicate images that the published split parts"] = more

    def group_counts(self) -> dict[str, int]:
        """Kind of group → how many there are."""
        return {kind: len(np.unique(np.frombuffer(keys, np.uint64))) for kind, keys in sorted(self._groups.items())}

    def kept(self, cases: Path, drafts: Path) -> Any:
        """Which items stay: all but a second row with the same source id and the same content.

        Raises:
            UserError: one source id with two contents.
        """
        again = _repeated(self._cases)
        if again is not None:
            key = nth(cases, Case, again).source_key
            raise UserError(f"source id '{key}' has two contents: two cases carry it; give each its own id")
        ids = np.frombuffer(self._ids, np.uint64)
        kept = np.zeros(len(ids), dtype=bool)
        kept[np.unique(ids, return_index=True)[1]] = True
        again = _repeated(np.frombuffer(self._source_ids, np.uint64)[kept])
        if again is not None:
            item = nth(drafts, Item, int(np.flatnonzero(kept)[again]))
            raise UserError(
                f"source id '{item.source_id}' has two contents: this question and another one carry it "
                f"({item.question[:60]!r}); give each its own id"
            )
        self.left_out[AGAIN] += int((~kept).sum())
        kept &= ~self._answers.contradicted(kept, drafts)
        self.left_out += self._answers.left_out
        self.noted += self._answers.noted
        asks = np.bincount(np.frombuffer(self._asks, np.uint8)[kept], minlength=len(self._said))
        self.noted.update({said: int(asks[code]) for said, code in self._said.items() if said and asks[code]})
        return kept


def _repeated(keys: Any) -> int | None:
    """The place of the first key that was there before."""
    values = np.frombuffer(keys, np.uint64) if isinstance(keys, array) else keys
    fresh = np.zeros(len(values), dtype=bool)
    fresh[np.unique(values, return_index=True)[1]] = True
    return None if fresh.all() else int(np.flatnonzero(~fresh)[0])


def nth(path: Path, cls: type, index: int) -> Any:
    """A row of a table, by its place."""
    return next(iter(read_rows(path, cls, skip=index)))


def feed(state: Any, row: Case | Item) -> None:
    """Takes a row into a digest of rows."""
    state.update(orjson.dumps(row, option=orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE))
