"""What was fixed and what broke between two models, answer by answer, with the images: nothing here is tested."""

from dataclasses import dataclass
from pathlib import Path

from auscult.analysis.comparison.comparing import Comparison, Row
from auscult.analysis.summary import read_summary
from auscult.records import Answer, Case, Item
from auscult.reports.gallery import described, rows_of
from auscult.reports.marking import pieces
from auscult.reports.selection import outcomes
from auscult.reports.thumbnails import image_folder, picture
from auscult.reports.worst import LONG_SIDE, LONGEST, Example, Worst, short, sort_of

SHOWN = 2
BAD = ("wrong", "partly", "unusable")


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """Counts over the questions that both answered with the image, and examples of each."""

    fixed: int
    broken: int
    asked: int
    examples: tuple[Worst, ...]


@dataclass(frozen=True, slots=True)
class _Pair:
    """One question that both answered: its run before and after, and the ids of both answers."""

    item: str
    before: tuple[Path, str]
    after: tuple[Path, str]


def order(comparison: Comparison) -> tuple[int, int] | None:
    """The rows that are before and after: the baseline, else the one named first; None for more than two models."""
    if len(comparison.rows) != 2:
        return None
    before = comparison.baseline or 0
    return before, 1 - before


def changed(comparison: Comparison, n: int = SHOWN) -> Changed | None:
    """What was fixed and what broke, at most ``n`` examples each; None where there are not two models to compare.

    Raises:
        UserError: a table of a run is missing or not whole.
    """
    rows = order(comparison)
    if rows is None or any(row.plumbing_only for row in comparison.rows):
        return None
    before, after = (_outcomes(comparison.rows[row]) for row in rows)
    fixed, broken, asked = [], [], 0
    for item in sorted(before.keys() & after.keys()):
        (old, was), (new, now) = before[item], after[item]
        if {was, now} <= {*BAD, "right"}:
            asked += 1
            if was in BAD and now == "right":
                fixed.append(_Pair(item, old, new))
            elif was == "right" and now in BAD:
                broken.append(_Pair(item, old, new))
    examples = tuple(
        Worst(
            heading=f"{words}: {len(pairs):,} of {asked:,} that both answered",
            rule="Picked by rule: each sort of error in turn, each on another image.",
            examples=_examples(pairs, n, tone),
        )
        for words, pairs, tone in (("Fixed", fixed, "met"), ("Broke", broken, "problem"))
    )
    return Changed(fixed=len(fixed), broken=len(broken), asked=asked, examples=examples)


def _outcomes(row: Row) -> dict[str, tuple[tuple[Path, str], str]]:
    """Item → where its answer is, and what became of it."""
    found: dict[str, tuple[tuple[Path, str], str]] = {}
    for folder in row.folders:
        known = outcomes(folder, read_summary(folder / "summary.json"))
        found |= {item: ((folder, answer), outcome) for item, (answer, outcome) in known.items()}
    return found


def _examples(pairs: list[_Pair], n: int, tone: str) -> tuple[Example, ...]:
    """Invented, missed and gone along with in turn, each on another image; the rest as good as by lot."""
    items: dict[str, Item] = {}
    for folder in {pair.after[0] for pair in pairs}:
        items |= rows_of(folder / "items.parquet", Item, {p.item for p in pairs if p.after[0] == folder})
    turns: dict[int, int] = {}
    ranked = []
    for pair in pairs:
        sort = sort_of(items[pair.item])
        turns[sort] = turns.get(sort, 0) + 1
        ranked.append((sort == 3, turns[sort], sort, pair))
    taken: dict[str, _Pair] = {}
    for *_, pair in sorted(ranked, key=lambda r: r[:3]):
        taken.setdefault(items[pair.item].case_id, pair)
    return tuple(_example(pair, items[pair.item], tone) for pair in list(taken.values())[:n])


def _example(pair: _Pair, item: Item, tone: str) -> Example:
    (was, old), (now, new) = pair.before, pair.after
    case = rows_of(now / "cases.parquet", Case, {item.case_id})[item.case_id]
    texts = [
        rows_of(folder / "answers.parquet", Answer, {answer})[answer].text or "nothing"
        for folder, answer in ((was, old), (now, new))
    ]
    wrong = 0 if tone == "met" else 1
    said = [
        pieces(item, text, "", LONGEST) if place == wrong else ((short(text), False),)
        for place, text in enumerate(texts)
    ]
    manifest = read_summary(now / "summary.json").manifest
    return Example(
        picture=picture(case, image_folder(now, manifest), LONG_SIDE),
        alt=described(case),
        badge="",
        question=short(item.question),
        more=said[0],
        reply=said[1],
        right=short(item.reference) + (f" {item.unit}" if item.unit else ""),
        tone=tone,
    )
