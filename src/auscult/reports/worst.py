"""The worst answers on the first screen: a few, large, each on another image, with the wrong words marked."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from auscult.reports.gallery import Card, Entry, Gallery
from auscult.reports.marking import Piece, pieces
from auscult.reports.selection import BAD
from auscult.reports.thumbnails import Picture, picture

SHOWN = 3
LONG_SIDE = 768
LONGEST = 280
"""Characters of a text that are shown of it."""
KINDS = {"wrong": "wrong", "partly": "partly wrong", "unusable": "gave no answer", "unread": "could not be read"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One answer: its image, what was asked, what it said (in stretches, the wrong ones marked), and what is right."""

    picture: Picture
    alt: str
    badge: str
    question: str
    reply: tuple[Piece, ...]
    right: str
    more: tuple[Piece, ...] = ()
    tone: str = "problem"


@dataclass(frozen=True, slots=True, kw_only=True)
class Worst:
    """What the first screen shows, and of how many."""

    heading: str
    rule: str
    examples: tuple[Example, ...]


def worst(found: Gallery, folder: Path, n: int = SHOWN) -> Worst:
    """The worst of a gallery's answers.

    Answers with their own image that are wrong come first: of these, findings that were invented, then false premises
    that were accepted, then the others, the lowest score first; each on another image as long as there are some.

    Args:
        found: the gallery that they are taken from.
        folder: that image paths are relative to.
        n: most answers to show.
    """
    counts = {outcome: found.selection.found.get((outcome, "with"), 0) for outcome in (*BAD, "right")}
    asked, wrong = sum(counts.values()), counts["wrong"]
    order = sorted(_candidates(found), key=lambda pair: _badness(pair[1]))
    taken: list[tuple[Card, Entry]] = []
    for several in (False, True):
        for card, entry in order:
            used = {c.case.id for c, _ in taken}
            if len(taken) < n and not any(entry is e for _, e in taken) and (several or card.case.id not in used):
                taken.append((card, entry))
    shown = [(c, e) for c, e in taken if e.outcome == "wrong"] if wrong else taken
    if wrong:
        heading = f"{len(shown)} of {wrong:,} wrong among {asked:,}, picked as worst"
    elif shown:
        heading = f"None of {asked:,} was read as wrong; {len(shown)} that were not right"
    else:
        heading = f"None of {asked:,} answers was wrong" if asked else "No answer was scored by a rule"
    rule = "Picked by rule, inventions first, each on another image; else as good as by lot." if shown else ""
    return Worst(heading=heading, rule=rule, examples=tuple(_example(c, e, folder) for c, e in shown))


def _candidates(found: Gallery) -> Iterator[tuple[Card, Entry]]:
    for card in found.cards:
        for entry in card.entries:
            if entry.outcome in KINDS and entry.answer.condition == "with":
                yield card, entry


def _badness(entry: Entry) -> tuple[int, int, float, str]:
    """Wrong before the rest; invented, then gone along with, then other; the lowest score; then as good as by lot."""
    invented = entry.item.answer_type == "yes_no" and entry.item.reference == "no" and bool(entry.item.target)
    rank = 0 if invented else 1 if entry.item.kind == "hallucination" else 2
    value = next((r.value for r in entry.readings if not r.published and r.value is not None), 0.0)
    return list(KINDS).index(entry.outcome), rank, value, entry.answer.id


def _example(card: Card, entry: Entry, folder: Path) -> Example:
    parsed = next((r.parsed for r in entry.readings if not r.published and r.parsed), "")
    said = entry.answer.text or entry.answer.detail or "nothing"
    wrong = entry.outcome == "wrong"
    return Example(
        picture=picture(card.case, folder, LONG_SIDE),
        alt=card.alt,
        badge=KINDS[entry.outcome],
        question=_short(entry.item.question),
        reply=pieces(entry.item, said, parsed, LONGEST) if wrong else ((_short(said), False),),
        right=_short(entry.item.reference) + (f" {entry.item.unit}" if entry.item.unit else ""),
    )


def _short(text: str) -> str:
    return (
        text
        if len(text) <= LONGEST
        else f"{text[: LONGEST - 1].rstrip()}… ({len(text) - LONGEST + 1:,} more characters)"
    )
