"""The worst answers on the first screen: a few, large, each on another image, with the wrong words marked."""

from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from auscult.records import Item
from auscult.reports import format as say
from auscult.reports.gallery import Card, Entry, Gallery
from auscult.reports.marking import Piece, pieces
from auscult.reports.selection import BAD
from auscult.reports.thumbnails import Picture, picture

SHOWN = 3
OF_TEXT = 5
"""As many where there is no image: text alone takes less room."""
LONG_SIDE = 768
LONGEST = 280
"""Characters of a text that are shown of it."""
RULE = "Picked by rule: each sort of error in turn, each on another image."
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
    sort: str = ""
    shows: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Worst:
    """What the first screen shows, and of how many."""

    heading: str
    rule: str
    examples: tuple[Example, ...]


def worst(found: Gallery, folder: Path, n: int | None = None) -> Worst:
    """The worst of a gallery's answers.

    Answers with their own image that are wrong come first: an invented finding, a missed one, a false premise that was
    accepted, in turn; then the others; the lowest score first. No image is shown twice.

    Args:
        found: the gallery that they are taken from.
        folder: that image paths are relative to.
        n: most answers to show; None: three, or five where there are no images.
    """
    counts = {outcome: found.selection.found.get((outcome, "with"), 0) for outcome in (*BAD, "right")}
    asked, wrong = sum(counts.values()), counts["wrong"]
    order = [(c, e) for c, e in _in_turn(found) if e.outcome == "wrong" or not wrong]
    images: dict[str, tuple[Card, Entry]] = {}
    for card, entry in order:
        images.setdefault(_image(card), (card, entry))
    shown = list(images.values())[: n or _most(found)]
    these = "this one was" if len(shown) == 1 else f"these {len(shown)} were"
    if wrong:
        heading = f"{wrong:,} of {say.count(asked, 'answer')} {'is' if wrong == 1 else 'are'} wrong"
        heading += f"; {these} picked as worst" if len(shown) < wrong else ""
    elif asked:
        heading = f"None of {say.count(asked, 'answer')} was read as wrong"
        heading += f"; {these} not right" if shown else ""
    else:
        heading = "No answer was scored by a rule"
    return Worst(
        heading=heading.replace(say.NBSP, " "),
        rule=RULE if len(shown) > 1 else "",
        examples=tuple(_example(c, e, folder) for c, e in shown),
    )


def judged(found: Gallery, folder: Path, n: int | None = None) -> Worst:
    """The answers that a judge marked lowest, each on another image; as ``worst``."""
    (judge,) = found.selection.graders.values()
    marked = [(c, e, r.value) for c in found.cards for e in c.entries for r in e.readings if r.value is not None]
    least = 1 if judge.primary.higher_is_better else -1
    taken: dict[str, tuple[Card, Entry, float]] = {}
    for card, entry, mark in sorted(marked, key=lambda m: (least * m[2], m[1].answer.id)):
        taken.setdefault(_image(card), (card, entry, mark))
    shown = list(taken.values())[: n or _most(found)]
    worst_of = "" if judge.primary.high is None else f" of {judge.primary.high:g}"
    marked_at_all = sum(found.selection.found.values())
    return Worst(
        heading=f"The {len(shown)} that the judge marked lowest of {marked_at_all:,} usable answers",
        rule=f"By the judge's marks for {judge.primary.title}, each on another image.",
        examples=tuple(
            replace(_example(c, e, folder), badge=f"{judge.primary.title} {mark:g}{worst_of}") for c, e, mark in shown
        ),
    )


def _image(card: Card) -> str:
    """What is seen of a case: two cases may have the same image."""
    first = next(iter(card.case.images), None)
    return (first.sha256 or first.path) if first else card.case.id


def _most(found: Gallery) -> int:
    return SHOWN if any(card.case.images for card in found.cards) else OF_TEXT


def _in_turn(found: Gallery) -> list[tuple[Card, Entry]]:
    """Answers with their own image that are not right: wrong before the rest, sorts of error in turn."""
    entries = [(c, e) for c in found.cards for e in c.entries if e.outcome in KINDS and e.answer.condition == "with"]
    entries.sort(key=lambda pair: _lowest(pair[1]))
    ordered = []
    for outcome in KINDS:
        of = [(entry.item, (card, entry)) for card, entry in entries if entry.outcome == outcome]
        ordered += [pair for _, pair in in_turn(of)]
    return ordered


Shown = TypeVar("Shown")


def in_turn(found: list[tuple[Item, Shown]]) -> list[tuple[Item, Shown]]:
    """An invented finding, a missed one, a false premise that was accepted, in turn; the other errors last."""
    seen: Counter[int] = Counter()
    places = []
    for item, _ in found:
        sort = sort_of(item)
        seen[sort] += 1
        places.append((sort == OTHER, seen[sort], sort))
    return [pair for _, pair in sorted(zip(places, found, strict=True), key=lambda ranked: ranked[0])]


OTHER = 3


def sort_of(item: Item) -> int:
    """Which sort of error a wrong answer is: invented, missed, gone along with, or other."""
    attribute = item.premise_form == "neutral" and item.category != "presence"
    if item.answer_type == "yes_no" and item.target and not attribute:
        return 0 if item.reference == "no" else 1
    return 2 if item.kind == "hallucination" else OTHER


def _lowest(entry: Entry) -> tuple[float, str]:
    value = next((r.value for r in entry.readings if not r.published and r.value is not None), 0.0)
    return value, entry.answer.id


def _example(card: Card, entry: Entry, folder: Path) -> Example:
    parsed = next((r.parsed for r in entry.readings if not r.published and r.parsed), "")
    said = entry.answer.text or entry.answer.detail or "nothing"
    wrong = entry.outcome == "wrong"
    return Example(
        picture=picture(card.case, folder, LONG_SIDE),
        alt=card.alt,
        badge=KINDS[entry.outcome],
        question=asked_briefly(entry.item.question),
        reply=pieces(entry.item, said, parsed, LONGEST) if wrong else ((short(said), False),),
        right=short(entry.item.reference) + (f" {entry.item.unit}" if entry.item.unit else ""),
    )


def asked_briefly(text: str) -> str:
    """Beginning and end of a question: what is asked often stands last, and data sets tell a history before it."""
    if len(text) <= LONGEST:
        return text
    first, last = text[: LONGEST // 3].rsplit(" ", 1)[0], text[-LONGEST // 2 :].split(" ", 1)[-1]
    return f"{first} … ({len(text) - len(first) - len(last):,} more characters) … {last}"


def short(text: str) -> str:
    """The beginning of a text, and how much there is beyond."""
    return (
        text
        if len(text) <= LONGEST
        else f"{text[: LONGEST - 1].rstrip()}… ({len(text) - LONGEST + 1:,} more characters)"
    )
