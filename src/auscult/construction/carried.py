"""Item sets from which another one is built: what they say of their items goes on beside the new tables.

Who made and who checked the items, what was rejected, what checker models and people said: without them a judge of the
generator's family would go unwarned, and a set of which nothing is known would look like one of which nothing is wrong.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from auscult.construction import REJECTS
from auscult.construction.card import CARD, Card, read_card, write_card
from auscult.construction.drafting.checking import Verdict
from auscult.construction.generators import Reject
from auscult.construction.generators.drafted import VERDICTS
from auscult.construction.screened import masked_candidate, masked_reject, masked_verdict
from auscult.construction.traces import TRACES, Candidate
from auscult.items.item_set import ItemSet
from auscult.items.signed import SIGNED, SignedRow
from auscult.items.writer import Added, Addition
from auscult.records import Case, Item
from auscult.store.tables import read_rows, write_rows

TABLES = (VERDICTS, SIGNED, TRACES)
"""What is said of single items beside their own table."""
_RECOUNTED = frozenset({"split", "answer_type", "kind", "source"})
"""Counts of a manifest that are made anew; the others hold where every item is taken over."""


def carrying(
    sets: Sequence[ItemSet], add: Callable[[Path], Addition] | None, *, keep: bool = False
) -> Callable[[Path], Addition] | None:
    """What ``write_item_set`` is given where a set is made from others; ``add`` where from none.

    Args:
        sets: from which it is made.
        add: what adds items to theirs.
        keep: what may tell of a person is taken over as it is.
    """
    return (lambda folder: Carrying(folder, sets, add(folder) if add else None, keep=keep)) if sets else add


class Carrying:
    """An ``Addition`` that takes over what item sets say of their items, around one that may add to them.

    Args:
        folder: of the item set that is being written.
        sets: from which it is made.
        inner: what adds items, tables and rejects of its own; None: nothing does.
        named: an item's id → what it is called now, empty where it was not kept; None: the same.
        keep: what may tell of a person is taken over as it is; else it is a row of dots in what was refused and said.
    """

    def __init__(
        self,
        folder: Path,
        sets: Sequence[ItemSet],
        inner: Addition | None = None,
        named: Callable[[str], str] | None = None,
        *,
        keep: bool = False,
    ) -> None:
        self._folder, self._sets, self._inner, self._keep = folder, sets, inner, keep
        self._named, self._mended = named or str, named is not None
        self._parts: dict[str, str] = {}
        self._seen = 0
        self._said = self._mended or any((old.folder / name).is_file() for old in sets for name in TABLES)
        self._known: set[str] = set()
        cards = [read_card(old.folder) for old in sets if (old.folder / CARD).is_file()]
        self._card = Card()
        self._counts = bool(cards)
        for card in cards:
            self._card.take_over(card)

    def look(self, case: Case, items: Sequence[Item]) -> None:
        """First pass: shows a case to who adds."""
        if self._inner:
            self._inner.look(case, items)

    def choose(self, parts: Sequence[int], alike: Sequence[int]) -> None:
        """Between the passes: lets who adds choose."""
        if self._inner:
            self._inner.choose(parts, alike)

    def make(self, number: int, case: Case, items: Sequence[Item], split: str) -> Iterable[Item]:
        """What is added to a case; takes note of the cases and items that are there, and counts for the card."""
        self._parts[case.id] = split
        self._seen += len(items)
        if self._said:
            self._known.update(item.id for item in items)
        added = self._inner.make(number, case, items, split) if self._inner else ()
        if not self._counts:
            return added
        made = [i for i in items if i.tags.keys() & {"phrasing", "tier"}]
        added = list(added)
        self._card.add(case, split, [*made, *added])
        return added

    def finish(self) -> Added:
        """Writes the tables; who made and who checked the items stands as it did, and what is new after it."""
        added = self._inner.finish() if self._inner else Added()
        manifests = [old.manifest for old in self._sets]
        reasons = self._carry_rejects()
        self._carry(VERDICTS, Verdict, self._verdict, new=_as_it_is)
        self._carry(SIGNED, SignedRow, self._signed)
        self._carry(TRACES, Candidate, self._candidate, new=_as_it_is)
        if self._counts:
            if (self._folder / CARD).is_file():
                self._card.take_over(read_card(self._folder))
            write_card(self._folder, self._card)
        counts: dict[str, Counter[str]] = {}
        whole = not self._mended and self._seen == sum(manifest.items for manifest in manifests)
        for found in (*(m.counts for m in manifests if whole), added.counts):
            for name in found.keys() - _RECOUNTED:
                counts.setdefault(name, Counter()).update(found[name])
        if reasons and not whole:
            counts["rejected"] = reasons
        return Added(
            counts={name: dict(sorted(found.items())) for name, found in sorted(counts.items())},
            generators=_union(*(m.generators for m in manifests), added.generators),
            checkers=_union(*(m.checkers for m in manifests), added.checkers),
            checks=_union(*(m.checks for m in manifests), added.checks),
            tracers=_union(*(m.tracers for m in manifests), added.tracers),
            signed=_union(*(m.signed for m in manifests), added.signed),
            left_out=added.left_out,
            noted=added.noted,
        )

    def close(self) -> None:
        """Leaves no half-written table behind."""
        if self._inner:
            self._inner.close()

    def _carry_rejects(self) -> Counter[str]:
        """Writes the rejects of the cases that are here, and counts their reasons."""
        reasons: Counter[str] = Counter()

        def new(row: Reject) -> Reject | None:
            part = self._parts.get(row.case_id)
            if part is None:
                return None
            reasons[row.reason] += 1
            self._known.update({row.item_id} if self._said and row.item_id else ())
            return row if row.split == part else replace(row, split=part)

        self._carry(REJECTS, Reject, lambda row: new(row if self._keep else masked_reject(row)), new=new)
        return reasons

    def _verdict(self, row: Verdict) -> Verdict | None:
        if not self._is_here(row.item_id):
            return None
        return row if self._keep else masked_verdict(row)

    def _signed(self, row: SignedRow) -> SignedRow | None:
        if not (self._is_here(row.item_id) or self._is_here(row.was)):
            return None
        return replace(row, item_id=self._named(row.item_id))

    def _candidate(self, row: Candidate) -> Candidate | None:
        if not self._is_here(row.item_id):
            return None
        return replace(row if self._keep else masked_candidate(row), item_id=self._named(row.item_id))

    def _is_here(self, name: str) -> bool:
        """Whether an item is in the new set, under this name or another, or among its rejects."""
        return name in self._known or self._named(name) in self._known

    def _carry(
        self, name: str, cls: type[Any], kept: Callable[[Any], Any], new: Callable[[Any], Any] | None = None
    ) -> None:
        """Writes a table with the rows of the sets, those that are kept, before those that are there.

        Args:
            name: of the table.
            cls: of its rows.
            kept: a row of the sets → what becomes of it; None: it is left out.
            new: the same of a row that is there; where not given as ``kept``.
        """
        files = [(file, kept) for old in self._sets if (file := old.folder / name).is_file()]
        if (own := self._folder / name).is_file():
            files.append((own, new or kept))
        if files:
            rows = (row for file, taken in files for old in read_rows(file, cls) if (row := taken(old)))
            write_rows(own, cls, rows)


def _as_it_is(row: Any) -> Any:
    return row


def _union(*lists: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """All that stands in the lists, each once."""
    found: list[dict[str, Any]] = []
    for one in (one for each in lists for one in each):
        if one not in found:
            found.append(one)
    return found
