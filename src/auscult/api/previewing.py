"""``build --preview``: a page of what a build would make, before it is made or paid for."""

import heapq
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from auscult import models
from auscult.api.building import Building
from auscult.construction.generators.drafted import spent
from auscult.construction.refused import reasons_of, refused
from auscult.corpora import Bundle
from auscult.engine.journal import Totals
from auscult.engine.limits import Prices
from auscult.errors import UserError
from auscult.items.item_set import ItemSet
from auscult.records import rank
from auscult.reports import format as say
from auscult.reports.items.page import Made, NothingToShow, write_items_page
from auscult.store.files import draft_folder

POOL = 200
"""Cases at the beginning of a data set that a preview is made of."""
MOST_ROUNDS = 2
"""A model is asked of twice as many images where the first ones gave too few items."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """A page that was written, and what it cost and the whole would cost, a sentence each."""

    page: Made
    said: tuple[str, ...]


def preview(asked: Building, out: Path, home: Path, n: int = 20) -> Preview:
    """Writes a page of ``n`` items that a build would make; no item set is made.

    Rules make items of the first ``POOL`` cases; a model is asked for the two to four images, drawn from these, that
    give so many pairs. What it answers is kept in ``home``, so that the build itself does not ask it again.

    Args:
        asked: the build.
        out: file of the page.
        home: what models were asked and answered, as in ``Building.into``.
        n: items to show.

    Raises:
        UserError: as ``build``; nothing is made of these cases.
    """
    if asked.sign_off.reviewed:
        raise UserError("--preview shows what would be made, --reviewed takes back what was signed off; give one")
    with draft_folder(out.with_suffix("")) as draft:
        if not asked.generator:
            items = asked.into(draft / "items", home, cases=islice(asked.cases(few=True), POOL), say=None)
            note = f"A preview of the first {say.count(items.manifest.cases, 'case')}: no item set was made."
            return Preview(page=_page(items, out, n, note), said=(note,))
        return _drafted(asked, draft, out, home, n)


def _drafted(asked: Building, draft: Path, out: Path, home: Path, n: int) -> Preview:
    first = max(1, -(-n // asked.drafting.pairs))
    before = _spent(asked, home)
    for images in (first * 2**k for k in range(MOST_ROUNDS)):
        items = asked.into(draft / f"{images}", home, cases=_drawn(asked, images), say=None)
        if len(items) >= n or items.manifest.cases < images:
            break
    said = (
        f"A preview of {say.count(items.manifest.cases, 'image')}: no item set was made.",
        _passed(items),
        *_cost(asked, before, _spent(asked, home), items),
    )
    return Preview(page=_page(items, out, n, " ".join(said)), said=said)


def _passed(items: ItemSet) -> str:
    """How many of the pairs that a model was asked for passed, and why the others did not."""
    drafted, why = items.manifest.counts.get("drafted", {}), refused(items)
    said = (
        f"Of {say.count(drafted.get('asked for', 0), 'pair')} asked for, {drafted.get('items', 0):,} passed all checks"
    )
    return f"{said}; refused: {reasons_of(why)}." if why else f"{said}."


def _page(items: ItemSet, out: Path, n: int, note: str) -> Made:
    """The page.

    Raises:
        UserError: there is nothing to show; it says why.
    """
    try:
        return write_items_page(items, out, use="preview", n=n, note=note)
    except NothingToShow:
        counts, images = refused(items), say.count(items.manifest.cases, "case")
        why = f": {reasons_of(counts)}" if counts else ""
        raise UserError(f"nothing to preview: {images} gave no item that passed{why}; nothing was written") from None


def _drawn(asked: Building, images: int) -> Iterator[Bundle]:
    """Cases that a model can be asked about, drawn by chance, in the order of the data set."""
    rows = (
        (rank(asked.seed, b.case.id), k, b)
        for k, b in enumerate(islice(asked.cases(few=True), POOL))
        if b.case.annotation
    )
    return (bundle for _, _, bundle in sorted(heapq.nsmallest(images, rows, key=lambda r: r[:2]), key=lambda r: r[1]))


def _spent(asked: Building, home: Path) -> list[tuple[Totals, Prices]]:
    """What generator and checkers took so far, with their prices."""
    options = asked.drafting
    specs = [(asked.generator, options.model, options.asking.prices)]
    specs += [(spec, options.checking.model, options.checking.asking.prices) for spec in options.checkers]
    return [(spent(home, models.create(spec, model)), prices) for spec, model, prices in specs]


def _cost(
    asked: Building, before: list[tuple[Totals, Prices]], after: list[tuple[Totals, Prices]], items: ItemSet
) -> Iterator[str]:
    """What the images of a preview took, and what all of the data set would take."""
    took: Counter[str] = Counter()
    money: float | None = 0.0
    for (old, prices), (new, _) in zip(before, after, strict=True):
        tokens = new.tokens_in - old.tokens_in, new.tokens_out - old.tokens_out
        took.update(calls=new.calls - old.calls, tokens_in=tokens[0], tokens_out=tokens[1])
        money = money + prices.cost(*tokens) if money is not None and prices.known else None
    if not took["calls"]:
        yield "Nothing was asked: all of it had been answered before; what that cost, the first preview said."
        return
    images = items.manifest.cases
    with asked.show("counting, cases", asked.limit) as bar:
        total = 0
        for bundle in islice(asked.cases(), asked.limit):
            total += bool(bundle.case.annotation)
            bar.advance()
    yield f"It took {_amount(took, money, 1)}."
    more = f"All {say.count(total, 'image')} with an annotation would take about {_amount(took, money, total / images)}"
    yield f"{more}, and give about {say.count(round(len(items) * total / images), 'item')} in place of {len(items)}."


def _amount(took: Counter[str], money: float | None, times: float) -> str:
    calls, tokens_in, tokens_out = (round(took[name] * times) for name in ("calls", "tokens_in", "tokens_out"))
    paid = "" if money is None else f", money {money * times:,.2f}"
    return f"{say.count(calls, 'call')}, {tokens_in:,} tokens in, {tokens_out:,} out{paid}"
