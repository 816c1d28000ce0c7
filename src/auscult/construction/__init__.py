"""Cases → items: generators, checks, balance. ``generating`` adds what generators make to an item set being written."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import zip_longest
from pathlib import Path
from typing import Any

from auscult.construction.card import Card, write_card
from auscult.construction.checks import Check, Refusal, checks, first_refusal
from auscult.construction.contradicted import Contradicted
from auscult.construction.generators import Generator, Reject, create, rejected, sealed
from auscult.construction.screened import Screened, templated
from auscult.items.item_set import CASES, ItemSet
from auscult.items.writer import Added, Addition, holds_another
from auscult.records import Case, Item
from auscult.store.tables import RowWriter, read_rows
from auscult.store.whole import table_digest

REJECTS = "rejects.parquet"
PAIR = "pair"
"""Tag of items that are worth something together alone: where a check refuses one of a case, the others go too."""
TWIN_REFUSED = "its twin was refused"
ORPHAN = "neutral twin of a premise that was refused"
USUAL: Mapping[str, tuple[str, ...]] = {
    "phantoms": ("premises",),
    "captions": ("presence",),
    "labels": ("presence",),
    "iu-reports": ("presence",),
    "llava-med": ("presence",),
    "pubmedvision": ("presence",),
    "roco": ("presence",),
    "dicom": ("presence",),
}
"""Format of a data set → the generators that make its questions where none are asked for by name."""


def usual(*formats: str) -> list[str]:
    """The generators that make the questions of data sets of these formats, where none are asked for by name."""
    return list(dict.fromkeys(name for source in formats for name in USUAL.get(source, ())))


def generating(
    specs: Sequence[str],
    seed: int = 0,
    drafting: Callable[[Path], Generator] | None = None,
    there: ItemSet | None = None,
    more: Sequence[Check] = (),
    against: Sequence[Mapping[str, Any]] = (),
    *,
    keep: bool = False,
) -> Callable[[Path], Addition] | None:
    """What ``write_item_set`` is given so that generators add items to those of a data set; None where there are none.

    Args:
        specs: generators, ``NAME`` or ``NAME:OPTIONS``.
        seed: another seed makes other items.
        drafting: opens the generator that asks a model, last of all; it is given the folder of the set.
        there: the set in whose place this one is to be, and which is not replaced: where it is made of other cases or
            by others, that is said before a model is asked.
        more: checks of this build beside the usual ones, after them.
        against: the benchmarks that these hold the set against, for its card.
        keep: items that may hold patient data stay, see ``auscult.construction.screened``.

    Raises:
        UserError: one is unknown, or has other options.
    """
    generators = [create(spec, seed) for spec in dict.fromkeys(specs)]
    if not generators and drafting is None:
        return None
    return lambda folder: Generating(
        folder, [*generators, *([drafting(folder)] if drafting else [])], there, more=more, against=against, keep=keep
    )


class Generating:
    """Adds what generators make, writes down what is rejected, and counts for the data card what passed all checks.

    Args:
        folder: of the item set that is being written.
        generators: in the order of their items.
        there: a set that must be of the same cases and generators, see ``generating``.
        more: checks beside the usual ones, after them.
        against: benchmarks, for the card.
        keep: items that may hold patient data stay.
    """

    def __init__(
        self,
        folder: Path,
        generators: Sequence[Generator],
        there: ItemSet | None = None,
        more: Sequence[Check] = (),
        against: Sequence[Mapping[str, Any]] = (),
        *,
        keep: bool = False,
    ) -> None:
        self._folder, self._generators, self._there = folder, generators, there
        self._rejects, self._checks = RowWriter(folder / REJECTS, Reject), checks()
        self._more, self._card, self._screened = more, Card(against), Screened(folder, keep)
        self._contradicted = Contradicted(folder)
        self._alike: Sequence[int] = ()
        self._near: dict[int, list[Item]] = defaultdict(list)
        for generator in generators:
            generator.begin(folder)

    def look(self, case: Case, items: Sequence[Item]) -> None:
        """First pass: shows a case to every generator."""
        self._contradicted.look(case)
        for generator in self._generators:
            generator.look(case, items)

    def choose(self, parts: Sequence[int], alike: Sequence[int]) -> None:
        """Between the passes: lets every generator choose.

        Raises:
            UserError: the set that is there is of other cases, or made by others.
        """
        if self._there and not self._as_made(self._there):
            raise holds_another(self._there.folder)
        self._alike = alike
        self._contradicted.find()
        for generator in self._generators:
            generator.choose(parts)

    def _as_made(self, there: ItemSet) -> bool:
        """Whether a set was made of these cases by these generators and checks."""
        now, then = self._about(), there.manifest
        pairs = ((now.generators, then.generators), (now.checkers, then.checkers), (now.checks, then.checks))
        if not all(one in known for own, known in pairs for one in own):  # known ones may be of an older set too
            return False
        return table_digest(self._folder / CASES) == then.tables[CASES] or all(
            one == other for one, other in zip_longest(read_rows(self._folder / CASES, Case), there.cases())
        )

    def make(self, number: int, case: Case, items: Sequence[Item], split: str) -> Iterator[Item]:
        """Second pass: the new items of a case that pass all checks, in its part; exact repeats are marked."""
        own = {(i.question, i.options, i.reference): i.id for i in reversed(items)}
        kept: list[Item] = []
        added: list[Item] = []
        passed: set[str] = set()
        for generator in self._generators:
            asked = [check for check in self._checks if check.compares or not generator.checked]
            unseen = tuple(kept) if generator.checked else kept
            passing, lost = list[Item](), {""}
            for made in generator.make(number, case, items, split):
                if isinstance(made, Reject):
                    self._reject(case, made)
                else:
                    item = made if made.id else sealed(case, made)
                    others = self._near[self._alike[number]] if self._alike[number] and not templated(item) else ()
                    refusal = self._contradicted.refusal(case, item)
                    asking = [*self._screened.checks, *asked, *self._more]
                    if refusal := refusal or first_refusal(asking, case, item, [*unseen, *others]):
                        self._reject(case, rejected(item, split, refusal))
                        lost.add(item.tags.get(PAIR, ""))
                        continue
                    kept.append(item)
                    passing.append(item)
            for item, alone in _alone(passing, lost):
                if alone:
                    self._reject(case, rejected(item, split, Refusal("pair", alone)))
                    kept.remove(item)
                    continue
                passed.add(item.id)
                generator.kept(item)
                self._screened.kept(case, item)
                twin = item.twin if item.twin in passed else ""
                first = own.setdefault((item.question, item.options, item.reference), item.id)
                first = "" if first == item.id else first
                settled = (item.twin, item.split, item.duplicate_of) == (twin, split, first)
                added.append(item if settled else replace(item, twin=twin, split=split, duplicate_of=first))
                yield added[-1]
        self._card.add(case, split, added)
        if self._alike[number]:
            self._near[self._alike[number]] += kept

    def _reject(self, case: Case, row: Reject) -> None:
        self._rejects.write(self._screened.refused(case, row))
        self._card.reject(row)

    def finish(self) -> Added:
        """Writes rejects and data card; the counts of all generators together, and what they are."""
        self._rejects.commit()
        self._screened.close()
        for generator in self._generators:
            self._card.claims.update(generator.claims())
        if self._card.items:
            write_card(self._folder, self._card)
        counts: dict[str, Counter[str]] = {name: Counter(found) for name, found in self._card.counts().items()}
        for generator in self._generators:
            for name, found in generator.finish(self._folder).items():
                counts.setdefault(name, Counter()).update(found)
        return replace(
            self._about(),
            counts={name: dict(found) for name, found in counts.items()},
            left_out=dict(self._screened.left_out),
            noted=dict(self._screened.noted + self._contradicted.noted),
        )

    def _about(self) -> Added:
        """What the generators and checks are."""
        return Added(
            generators=[generator.about() for generator in self._generators],
            checkers=[checker for generator in self._generators for checker in generator.checkers()],
            checks=[{"name": check.name, "version": check.version} for check in self._checks],
        )

    def close(self) -> None:
        """Leaves no half-written table behind."""
        self._rejects.discard()
        self._screened.close()


def _alone(passing: Sequence[Item], lost: set[str]) -> Iterator[tuple[Item, str]]:
    """Items of a case, each with why it may not stand without what was refused beside it; empty where it may."""
    paired = [(item, TWIN_REFUSED if item.tags.get(PAIR, "") in lost - {""} else "") for item in passing]
    named = {item.twin for item, gone in paired if not gone}
    for item, gone in paired:
        orphan = item.premise_form == "neutral" and item.id not in named
        yield item, gone or (ORPHAN if orphan else "")
