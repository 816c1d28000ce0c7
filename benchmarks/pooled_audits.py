"""How many accepted pairs are wrong in several audited sets together, and by what their premises are.

Run: python -m benchmarks.pooled_audits SHEET[=ITEMS]... Each is a folder of 'auscult rate make' in which filled-A.csv
and filled-B.csv lie, as saved; ITEMS a set of the same drafts by other checks: what of its pairs was read is told
apart. A set is a stratum: it counts by its share of all accepted pairs, however many were read. By premise, category
and other checks all sets are one stratum: draw them at one rate.
"""

import sys
from pathlib import Path

import numpy as np

from auscult.items.item_set import ITEMS
from auscult.records import Item
from auscult.review.auditing import Readings, agreement_of, readings
from auscult.statistics.residual import Accepted, Planted, residual_rate
from auscult.store.tables import read_fields


def polarity(items: Path) -> dict[str, str]:
    """Pair -> what is asked: a premise that is false, one that is true, a neutral yes/no question, or a plain one."""
    fields = ("id", "kind", "premise_form")
    return {
        name: "neutral twin"
        if form == "neutral"
        else "false premise"
        if kind == "hallucination"
        else "true premise"
        if form
        else "plain question"
        for name, kind, form in read_fields(items / ITEMS, Item, fields)
    }


def together(sets: list[Readings], codes: list[np.ndarray]) -> np.ndarray:
    """Codes of images in several sets: an image that stands in two of them is one."""
    known: dict[str, int] = {}
    new = [np.array([known.setdefault(name, len(known)) for name in one.images], int) for one in sets]
    return np.concatenate([table[np.asarray(one, int)] for table, one in zip(new, codes, strict=True)])


def pooled(sets: list[Readings], of: list[np.ndarray], strata: int = 1) -> str:
    """The rate among the pairs that ``of`` marks in each set, as in the card; ``strata`` is 1 or the number of sets."""
    parts = [one.accepted(mask) for one, mask in zip(sets, of, strict=True)]
    planted = [one.planted() for one in sets]
    accepted = Accepted(
        stratum=np.concatenate([strata * part.stratum + k % strata for k, part in enumerate(parts)]),
        drawn=np.concatenate([part.drawn for part in parts]),
        wrong=np.concatenate([part.wrong for part in parts]),
        clusters=together(sets, [part.clusters for part in parts]),
    )
    found = Planted(
        found=np.concatenate([part.found for part in planted]),
        clusters=together(sets, [part.clusters for part in planted]),
    )
    made = residual_rate(accepted, found)
    read = np.asarray(accepted.drawn) & ~np.isnan(np.asarray(accepted.wrong))
    images = len(set(np.asarray(accepted.clusters)[read]))
    rate, eyes = made.rate, made.sensitivity
    told = (
        "not read" if rate.value is None else f"{100 * rate.value:.1f} ({100 * rate.low:.1f} to {100 * rate.high:.1f})"
    )
    seen = f"planted found {eyes.value:.2f} ({eyes.low:.2f} to {eyes.high:.2f}), of {len(found.found)}" if eyes else ""
    return f"{told} | {int(read.sum())} of {len(read)} pairs, {images} images | {seen}"


def main(names: list[str]) -> None:
    """Prints a line for each set, for all, for what other checks let pass, and for all by polarity and category."""
    sheets = [Path(name.partition("=")[0]) for name in names]
    others = [Path(items) for name in names if (items := name.partition("=")[2])]
    sets = [readings(sheet, sorted(sheet.glob("filled-*.csv"))) for sheet in sheets]
    truth = []
    for one in sets:
        kinds = polarity(one.items.folder)
        truth.append(np.array([kinds[name] for name in one.ids]))
    for k, sheet in enumerate(sheets):
        print(f"{sheet.name} | {pooled(sets, [np.full(len(t), n == k) for n, t in enumerate(truth)])}")
    print(f"all | {pooled(sets, [np.ones(len(t), bool) for t in truth], len(sets))}")
    for one in agreement_of([word for read in sets for word in read.words()]):
        print(f"readers agree, {one.instrument or one.name} | {one.value:.2f} ({one.low:.2f} to {one.high:.2f})")
    if others:
        passed = {name for items in others for name in polarity(items)}
        within = [np.array([name in passed for name in one.ids]) for one in sets]
        print(f"let pass by the other checks too | {pooled(sets, within)}")
        print(f"not by these | {pooled(sets, [~mask for mask in within])}")
        for name in sorted(set(np.concatenate(truth))):
            both = [mask & (t == name) for mask, t in zip(within, truth, strict=True)]
            print(f"let pass by the other checks too, {name} | {pooled(sets, both)}")
    for what in (truth, [one.category for one in sets]):
        for name in sorted(set(np.concatenate(what))):
            print(f"{name} | {pooled(sets, [t == name for t in what])}")


if __name__ == "__main__":
    main(sys.argv[1:])
