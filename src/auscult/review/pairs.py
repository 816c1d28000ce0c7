"""A blinded sheet of the pairs of an item set: accepted, rejected and planted wrong ones, mixed.

Accepted pairs are drawn by chance, more of those on which checker models differ, of each category its share; rejected
ones, as many of each check as of any other. Planted are pairs that were drawn for that and do not stand on the sheet
themselves.
"""

import heapq
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random
from typing import cast

from auscult.construction import REJECTS
from auscult.construction.drafting.checking import Verdict
from auscult.construction.generators import Reject
from auscult.construction.generators.drafted import VERDICTS
from auscult.errors import UserError
from auscult.items.item_set import CASES, ITEMS, ItemSet
from auscult.records import Case, Item, Kind, digest, rank
from auscult.review.filled import read_key
from auscult.review.planting import planted
from auscult.review.sheet import KEY, Rated, check_new, check_raters, images_of, rated, write_sheet
from auscult.runs.ratings import Draw, Stratum
from auscult.statistics.audited import allocated
from auscult.store.tables import read_fields, read_rows, read_where

ACCEPTED, REJECTED, PLANTED = "accepted", "rejected", "planted"
USUAL = 240
"""Pairs on a sheet: 152 accepted (none wrong in 149 images shows at most 2 %), 40 rejected, 48 planted."""
RATERS = ("A", "B")
SPARE = 1.3
"""So many times the planted pairs are set apart: not every answer can be made wrong."""
UNLIKE = {"": 0.25, ", checkers agree": 0.2, ", checkers differ": 0.45}
"""How far what readers say is expected to lie apart (standard deviation), by what checker models said."""
_ANSWERABLE = ("yes_no", "choice", "number", "open")


@dataclass(frozen=True)
class Pool:
    """Pairs of one kind: how many there are, and the first of them in an order by chance, with their cases."""

    size: int
    first: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What ``make_audit`` wrote: the folder, and how many pairs of which kind."""

    folder: Path
    rows: Mapping[str, int]
    draw: Draw


def audit_folder(items: Path) -> Path:
    """Where a build writes the sheet of its pairs: beside the item set."""
    return items.with_name(f"{items.name}.audit")


def make_audit(folder: Path, out: Path, *, n: int = USUAL, seed: int = 0, raters: Sequence[str] = RATERS) -> Made:
    """Draws pairs of an item set and writes ``OUT/key.json`` and, for each rater, ``OUT/RATER/`` with table and page.

    A fifth of the ``n`` pairs is planted, a sixth rejected. The same set, ``n`` and seed give the same sheet.

    Raises:
        UserError: the folder is no item set or holds no pair, OUT is there already, or a rater's name is no file name.
    """
    check_raters(raters)
    check_new(out)
    return _make(ItemSet(folder), out, n, seed, raters)


def _make(items: ItemSet, out: Path, n: int, seed: int, raters: Sequence[str]) -> Made:
    folder = items.folder
    strata, refused = accepted_pools(items, seed, n), _rejected_pools(folder, seed, n)
    every = sum(pool.size for pool in strata.values())
    if not every:
        raise UserError(f"{folder}: holds no question to audit; build it with pairs first")
    plant = min(n // 5, every // 5)
    refuse = min(n // 6, sum(pool.size for pool in refused.values()))
    apart = _set_apart(strata, round(plant * SPARE), seed)
    draw, chosen = _drawn(strata, apart, n - plant - refuse, seed)
    rows = [*_accepted(folder, draw, chosen, seed), *_rejected(folder, refused, refuse, seed)]
    rows += _planted(folder, apart, plant, seed)
    images = {(0, case.id): images_of(folder, case) for case in _cases(folder, {r.case for r in rows})}
    key = {"item_set": str(folder.resolve()), "digest": items.digest, "draws": [asdict(draw)]}
    write_sheet(out, rows, images, form="pairs", seed=seed, raters=raters, key=key)
    counts = {name: sum(r.model == name for r in rows) for name in (ACCEPTED, REJECTED, PLANTED)}
    return Made(folder=out, rows=counts, draw=draw)


def beside(items: Path, say: Callable[[str], None]) -> Path | None:
    """Writes the sheet of a set that was just built beside it, for two readers; None where no pair was made.

    A sheet that is there already stays where it belongs to the same set, or where somebody put filled sheets into it.
    """
    built = ItemSet(items)
    if not built.manifest.generators or next(strata_of(built), None) is None:
        return None
    out = audit_folder(items)
    if out.exists():
        mine = out.is_dir() and (out / KEY).is_file()
        if mine and read_key(out).digest == built.digest:
            return out
        if not mine or {p.name for p in out.iterdir()} != {KEY, *RATERS}:
            say(f"{out}: left as it is; the sheet for readers of these pairs: auscult rate make {items} --out FOLDER")
            return None
    return _make(built, out, USUAL, 0, RATERS).folder


def strata_of(items: ItemSet) -> Iterator[tuple[str, str, str]]:
    """Id, case and stratum of each pair that can be audited, in stored order; exact repeats are none."""
    said = _checker_words(items.folder)
    fields = ("id", "case_id", "kind", "category", "answer_type", "duplicate_of")
    for name, case, kind, category, answer_type, repeat in read_fields(items.folder / ITEMS, Item, fields):
        if answer_type in _ANSWERABLE and not repeat:
            yield name, case, f"{category or kind}{said.get(name, '')}"


def band_of(stratum: str) -> str:
    """What checker models said of the pairs of a stratum; all with one word were drawn with one probability."""
    return next((band for band in UNLIKE if band and stratum.endswith(band)), "")


def category_of(stratum: str) -> str:
    """The category that a stratum lies in."""
    return stratum.removesuffix(band_of(stratum))


def accepted_pools(items: ItemSet, seed: int, n: int) -> dict[str, Pool]:
    """The pairs of a set by stratum."""
    return _pools(((stratum, name, case) for name, case, stratum in strata_of(items)), seed, 3 * n)


def _checker_words(folder: Path) -> dict[str, str]:
    """Item → whether all checker models called it right; empty where none was asked."""
    if not (folder / VERDICTS).is_file():
        return {}
    words: dict[str, str] = {}
    for name, verdict in read_fields(folder / VERDICTS, Verdict, ("item_id", "verdict")):
        if verdict != "right" or name not in words:
            words[name] = ", checkers agree" if verdict == "right" else ", checkers differ"
    return words


def _rejected_pools(folder: Path, seed: int, n: int) -> dict[str, Pool]:
    """Rejected pairs that were whole, by the check that refused them."""
    if not (folder / REJECTS).is_file():
        return {}
    fields = ("check", "item_id", "case_id", "question", "reference")
    rows = read_fields(folder / REJECTS, Reject, fields)
    return _pools(((check, name, case) for check, name, case, q, a in rows if name and q and a), seed, n)


def _pools(rows: Iterable[tuple[str, str, str]], seed: int, most: int) -> dict[str, Pool]:
    """Pairs by stratum; of each the ``most`` that come first in an order by chance are held."""
    sizes: defaultdict[str, int] = defaultdict(int)
    held: defaultdict[str, list[tuple[int, str, str]]] = defaultdict(list)
    for stratum, name, case in rows:
        sizes[stratum] += 1
        heap, place = held[stratum], -rank("pair", seed, name)
        if len(heap) < most:
            heapq.heappush(heap, (place, name, case))
        elif place > heap[0][0]:
            heapq.heapreplace(heap, (place, name, case))
    return {
        stratum: Pool(sizes[stratum], tuple((name, case) for _, name, case in sorted(held[stratum], reverse=True)))
        for stratum in sorted(sizes)
    }


def _set_apart(strata: Mapping[str, Pool], count: int, seed: int) -> tuple[str, ...]:
    """Pairs to plant, drawn over all strata by chance; they are not audited themselves."""
    weighed = []
    for stratum, pool in strata.items():
        # a pool holds a part of a great stratum: its pairs stand for the whole
        each = pool.size / len(pool.first)
        weighed += [(rank("plant", seed, stratum, name) / each, name) for name, _ in pool.first]
    return tuple(name for _, name in sorted(weighed)[:count])


def _drawn(strata: Mapping[str, Pool], apart: Collection[str], n: int, seed: int) -> tuple[Draw, dict[str, str]]:
    """How many pairs of each stratum, and which: id → stratum.

    Pairs of which checker models said the same are drawn with one probability, whatever their category: so many of each
    category as its share, to a whole number by chance.
    """
    out = set(apart)
    left = {name: [pair for pair, _ in pool.first if pair not in out] for name, pool in strata.items()}
    bands: defaultdict[str, list[str]] = defaultdict(list)
    for name in strata:
        bands[band_of(name)].append(name)
    counts = allocated(
        [sum(len(left[name]) for name in names) for names in bands.values()], [UNLIKE[band] for band in bands], n
    )
    noted: list[Stratum] = []
    drawn: dict[str, str] = {}
    for (band, names), count in zip(bands.items(), counts, strict=True):
        whole = sum(strata[name].size for name in names)
        offset, before = Random(f"share {seed} {band}").random(), 0.0
        for name in names:
            after = before + count * strata[name].size / whole
            take = min(int(after + offset) - int(before + offset), len(left[name]))
            noted.append(Stratum(name=name, answers=strata[name].size, drawn=take))
            drawn |= {pair: name for pair in left[name][:take]}
            before = after
    return Draw(strata=tuple(noted), of_items=""), drawn


def _cases(folder: Path, wanted: Collection[str]) -> Iterator[Case]:
    return read_where(folder / CASES, Case, "id", wanted)


def _row(item: Item, case: Case, what: str, stratum: str, probability: float, seed: int) -> Rated:
    return rated(
        item,
        case,
        row=f"r{digest('pair', seed, what, item.id)[:9]}",
        model=what,
        text=item.reference,
        reference=case.annotation,
        stratum=stratum,
        probability=probability,
    )


def _with_cases(folder: Path, wanted: Collection[str]) -> Iterator[tuple[Item, Case]]:
    items = list(read_where(folder / ITEMS, Item, "id", wanted))
    cases = {c.id: c for c in _cases(folder, {i.case_id for i in items})}
    for item in sorted(items, key=lambda i: i.id):
        yield item, cases[item.case_id]


def _accepted(folder: Path, draw: Draw, chosen: Mapping[str, str], seed: int) -> Iterator[Rated]:
    sizes: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
    for one in draw.strata:
        of = sizes[band_of(one.name)]
        of[0], of[1] = of[0] + one.drawn, of[1] + one.answers
    chances = {one.name: sizes[band_of(one.name)][0] / sizes[band_of(one.name)][1] for one in draw.strata}
    for item, case in _with_cases(folder, chosen):
        stratum = chosen[item.id]
        yield _row(item, case, ACCEPTED, stratum, chances[stratum], seed)


def _rejected(folder: Path, pools: Mapping[str, Pool], count: int, seed: int) -> Iterator[Rated]:
    counts = allocated(
        [len(pool.first) for pool in pools.values()], [1.0 / max(p.size, 1) for p in pools.values()], count
    )
    drawn = dict(zip(pools, counts, strict=True))
    wanted = {name: check for check, pool in pools.items() for name, _ in pool.first[: drawn[check]]}
    if not wanted:
        return
    rejects = {r.item_id: r for r in read_rows(folder / REJECTS, Reject) if r.item_id in wanted}
    cases = {c.id: c for c in _cases(folder, {r.case_id for r in rejects.values()})}
    for name, reject in sorted(rejects.items()):
        check = wanted[name]
        yield _row(_as_item(reject), cases[reject.case_id], REJECTED, check, drawn[check] / pools[check].size, seed)


def _as_item(reject: Reject) -> Item:
    """A rejected pair as the item that it would have been."""
    return Item(
        id=reject.item_id,
        case_id=reject.case_id,
        source_id="",
        question=reject.question,
        reference=reject.reference,
        answer_type="open",
        kind=cast(Kind, reject.kind or "question"),
        category=reject.category,
    )


def _planted(folder: Path, apart: Collection[str], count: int, seed: int) -> Iterator[Rated]:
    made = 0
    for item, case in _with_cases(folder, apart):
        wrong = planted(item, Random(f"{seed} {item.id}"))
        if wrong and made < count:
            made += 1
            yield _row(wrong, case, PLANTED, PLANTED, 0.0, seed)
