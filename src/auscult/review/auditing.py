"""Filled sheets of pairs → the audit of their item set: how many accepted pairs are wrong, by what readers say."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from pathlib import Path

import numpy as np

from auscult.construction.audited import Audit, Refused, write_audit
from auscult.construction.card_head import head_card
from auscult.errors import UserError
from auscult.items.item_set import CASES, ItemSet
from auscult.records import Case, Estimate
from auscult.review.filled import Filled, Key, reached, read_sheet
from auscult.review.pairs import ACCEPTED, PLANTED, REJECTED, band_of, category_of, strata_of
from auscult.review.sheet import Rated
from auscult.runs.ratings import Said
from auscult.statistics import cohen_kappa, gwet_ac, percent_agreement
from auscult.statistics.clusters import Codes
from auscult.statistics.residual import Accepted, Planted, Residual, residual_rate
from auscult.store.tables import read_fields

WRONG = frozenset({"partly", "wrong"})
RIGHT = "correct"
RIGHT_OR_NOT = ("not", "right")


def audit(sheet: Path, filled: Sequence[Path]) -> tuple[Path, Audit]:
    """Works out the audit and writes it beside the item set.

    Raises:
        UserError: the folder is no sheet of pairs, a file is none of its filled sheets, nothing is rated, or the item
            set is gone or another one.
    """
    read = readings(sheet, filled)
    found, folder = read.audit(), read.items.folder
    write_audit(folder, found)
    head_card(ItemSet(folder))
    return folder, found


def readings(sheet: Path, filled: Sequence[Path]) -> "Readings":
    """What readers said of the pairs of a sheet.

    Raises:
        UserError: as ``audit``.
    """
    key, given = read_sheet(sheet, filled)
    if key.item_set is None:
        raise UserError(f"{sheet}: a sheet of answers; pairs of an item set are audited")
    items = ItemSet(key.item_set)
    if items.digest != key.digest:
        raise UserError(f"{key.item_set}: another item set than the sheet was drawn from; put that one back")
    return Readings(key, given, items)


class Readings:
    """What was read, and the pairs of the set that it was drawn from.

    Attributes:
        items: the set.
        ids: its pairs, in stored order.
        category: of each of them.
        images: code of each image or patient in ``accepted`` and ``planted``, by the name of its source and its own.
    """

    def __init__(self, key: Key, given: Mapping[str, Filled], items: ItemSet) -> None:
        self._key, self._given, self.items = key, given, items
        seen: set[str] = set().union(*(reached(key.orders[r], filled) for r, filled in given.items()))
        self._rows = {what: [r for r in key.rows.values() if r.model == what and r.row in seen] for what in _KINDS}
        groups = {c: f"{source}/{group or c}" for c, source, group in read_fields(items.folder / CASES, Case, _GROUP)}
        self._unit = next((r.group_kind for r in key.rows.values()), "image")
        pairs = list(strata_of(items))
        self.ids = [name for name, _, _ in pairs]
        self._place = {name: n for n, name in enumerate(self.ids)}
        # drawn with one probability: all of which checker models said the same
        bands = sorted({band_of(stratum) for _, _, stratum in pairs})
        self._stratum: Codes = np.array([bands.index(band_of(s)) for _, _, s in pairs], np.int64)
        self.category = np.array([category_of(s) for _, _, s in pairs])
        self.images: dict[str, int] = {}
        of = [self.images.setdefault(groups[case], len(self.images)) for _, case, _ in pairs]
        self._cluster: Codes = np.array(of, np.int64)

    def audit(self) -> Audit:
        """The audit of the set."""
        whole = self._rate(np.ones(len(self._stratum), bool))
        read = [row for row in self._rows[ACCEPTED] if self._words(row)]
        return Audit(
            digest=self._key.digest,
            readers={rater: len(filled) for rater, filled in self._given.items()},
            pairs=len(self._stratum),
            read=len(read),
            images=len({r.group for r in read}),
            rate=whole.rate,
            said=whole.said,
            sensitivity=whole.sensitivity,
            planted=np.size(self.planted().found),
            categories=dict(self._by_category()),
            rejected=self._rejected(),
            agreement=tuple(agreement_of(self.words(), self._unit)),
        )

    def _words(self, row: Rated) -> list[Said]:
        return [filled[row.row] for filled in self._given.values() if row.row in filled]

    def _rate(self, of: "np.ndarray[tuple[int], np.dtype[np.bool_]]") -> Residual:
        """The rate among the pairs of ``of``."""
        planted = self.planted()
        return residual_rate(self.accepted(of), planted if np.size(planted.found) else None, unit=self._unit)

    def accepted(self, of: "np.ndarray[tuple[int], np.dtype[np.bool_]] | slice" = slice(None)) -> Accepted:
        """All pairs that passed, or those of ``of``, and what readers said of the drawn ones."""
        drawn, wrong = np.zeros(len(self._stratum), bool), np.full(len(self._stratum), np.nan)
        for row in self._rows[ACCEPTED]:
            place, words = self._place[row.item], self._words(row)
            drawn[place] = True
            if words:
                wrong[place] = np.mean([said.verdict != RIGHT for said in words])
        return Accepted(stratum=self._stratum[of], drawn=drawn[of], wrong=wrong[of], clusters=self._cluster[of])

    def planted(self) -> Planted:
        """Of each planted error that was read, the share of its readers who found it, and its cluster."""
        rows = [(row, words) for row in self._rows[PLANTED] if (words := self._words(row))]
        shares = [float(np.mean([said.verdict in WRONG for said in words])) for _, words in rows]
        clusters = np.array([self.images[row.group] for row, _ in rows], np.int64)
        return Planted(found=np.array(shares, np.float64), clusters=clusters)

    def _by_category(self) -> Iterator[tuple[str, Estimate]]:
        for name in sorted(set(self.category)):
            yield str(name), self._rate(self.category == name).rate

    def _rejected(self) -> dict[str, Refused]:
        """By check, what readers say of the pairs that it refused."""
        found: defaultdict[str, list[bool]] = defaultdict(list)
        sizes: dict[str, int] = {}
        drawn: defaultdict[str, int] = defaultdict(int)
        for row in self._key.rows.values():
            if row.model == REJECTED:
                drawn[row.stratum] += 1
                sizes[row.stratum] = round(drawn[row.stratum] / row.probability)
        for row in self._rows[REJECTED]:
            if words := self._words(row):
                found[row.stratum].append(all(said.verdict == RIGHT for said in words))
        return {
            check: Refused(rejected=sizes[check], read=len(right), right=sum(right))
            for check, right in sorted(found.items())
        }

    def words(self) -> list[tuple[str, list[str | None]]]:
        """Of each accepted pair that was read, its image and what each reader says: right, not, or nothing.

        "Cannot tell" is not right.
        """

        def said(row: Rated, filled: Filled) -> str | None:
            return RIGHT_OR_NOT[filled[row.row].verdict == RIGHT] if row.row in filled else None

        return [
            (row.group, [said(row, filled) for filled in self._given.values()])
            for row in self._rows[ACCEPTED]
            if self._words(row)
        ]


def agreement_of(words: Sequence[tuple[str, Sequence[str | None]]], unit: str = "image") -> Iterator[Estimate]:
    """How far readers agree on whether a pair is right.

    Args:
        words: of each pair, its image and what each reader says, as ``Readings.words``.
        unit: what an image is called.
    """
    of, table = [image for image, _ in words], [list(said) for _, said in words]
    if not table or len(table[0]) < 2:
        return
    yield percent_agreement(table, of, categories=RIGHT_OR_NOT, unit=unit)
    yield gwet_ac(table, of, categories=RIGHT_OR_NOT, unit=unit)
    for a, b in combinations(range(len(table[0])), 2):
        pair = [line[a] for line in table], [line[b] for line in table]
        yield cohen_kappa(*pair, of, categories=RIGHT_OR_NOT, unit=unit)


_KINDS = (ACCEPTED, REJECTED, PLANTED)
_GROUP = ("id", "source", "group")
