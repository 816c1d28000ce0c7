"""Examples of what was fixed and what broke between two models, with their images and both answers."""

from pathlib import Path

from auscult.analysis.comparison.comparing import Comparison, Row
from auscult.analysis.summary import read_summary
from auscult.records import Answer, Case, Item
from auscult.reports.gallery import described, rows_of
from auscult.reports.marking import pieces
from auscult.reports.sorts import Candidate, picked
from auscult.reports.thumbnails import image_folder, picture
from auscult.reports.worst import LONG_SIDE, LONGEST, Example, Worst, candidate, image_of, short, shows
from auscult.store.tables import read_where

SHOWN = 2


def changed(comparison: Comparison) -> tuple[Worst, ...]:
    """What was fixed and what broke, at most ``SHOWN`` examples each; nothing where two models are not compared.

    Raises:
        UserError: a table of a run is missing or not whole.
    """
    if len(comparison.rows) != 2 or not comparison.changes or any(row.plumbing_only for row in comparison.rows):
        return ()
    (found,) = comparison.changes
    before, after = comparison.rows[found.before], comparison.rows[found.after]
    told = "" if found.items == comparison.items else " that are right or wrong"
    several = (("Fixed", found.fixed, found.fixed_items, "met"), ("Broke", found.broke, found.broke_items, "problem"))
    return tuple(
        Worst(
            heading=f"{words}: {count:,} of {found.items:,}{told}",
            rule="Examples by rule: the gravest sorts of error in turn, each on another image.",
            examples=_examples(before, after, set(items), tone),
        )
        for words, count, items, tone in several
        if count
    )


def _examples(before: Row, after: Row, wanted: set[str], tone: str) -> tuple[Example, ...]:
    was = {a.item_id: a for folder in before.folders for a in _answers(folder, wanted)}
    made: dict[str, tuple[Candidate, Example]] = {}
    for folder in after.folders:
        now = {a.item_id: a for a in _answers(folder, wanted)}
        items = rows_of(folder / "items.parquet", Item, set(now))
        cases = rows_of(folder / "cases.parquet", Case, {item.case_id for item in items.values()})
        images = image_folder(folder, read_summary(folder / "summary.json").manifest)
        for item in items.values():
            said = was[item.id].text, now[item.id].text
            case = cases[item.case_id]
            made[item.id] = candidate(item, image_of(case)), _example(item, case, images, said, tone)
    return tuple(picked(list(made.values()), SHOWN))


def _answers(folder: Path, items: set[str]) -> list[Answer]:
    found = read_where(folder / "answers.parquet", Answer, "item_id", items)
    return [a for a in found if a.condition == "with" and not a.repeat]


def _example(item: Item, case: Case, images: Path, said: tuple[str, str], tone: str) -> Example:
    """Both answers, of which one is wrong: the one before where it was fixed, the one after where it broke."""
    wrong = 0 if tone == "met" else 1
    before, after = (
        pieces(item, text or "nothing", "", LONGEST) if place == wrong else ((short(text), False),)
        for place, text in enumerate(said)
    )
    return Example(
        picture=picture(case, images, LONG_SIDE),
        alt=described(case),
        badge="",
        question=short(item.question),
        more=before,
        reply=after,
        right=short(item.reference) + (f" {item.unit}" if item.unit else ""),
        shows=shows(case, item.target),
        tone=tone,
    )
