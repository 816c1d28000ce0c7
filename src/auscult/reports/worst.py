"""The worst answers on the first screen: a few, large, each on another image, with the wrong words marked."""

import re
from dataclasses import dataclass, replace
from pathlib import Path

from auscult.records import Case, Item
from auscult.reports import format as say
from auscult.reports.gallery import Card, Entry, Gallery
from auscult.reports.marking import Piece, pieces
from auscult.reports.selection import BAD
from auscult.reports.sorts import LABELS, Candidate, picked, sort_of
from auscult.reports.thumbnails import Picture, picture

SHOWN = 3
OF_TEXT = 5
"""As many where there is no image: text alone takes less room."""
LONG_SIDE = 768
LONGEST = 280
"""Characters of a text that are shown of it."""
RULE = "Of questions of every kind; picked by rule, the gravest sorts of error first."
SHOWS = 130
"""Characters of what is known of an image that are shown, and findings of one sort."""
MOST_FINDINGS = 6
KINDS = {
    "wrong": "wrong",
    "partly": "partly wrong",
    "unclear": "took no side",
    "unusable": "gave no answer",
    "unread": "could not be read",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One answer: its image, what was asked, what it said (in stretches, the wrong ones marked), and what is right.

    ``badge`` is the sort of error in plain words, ``shows`` what is known of the image; empty where nothing is.
    """

    picture: Picture
    alt: str
    badge: str
    question: str
    reply: tuple[Piece, ...]
    right: str
    more: tuple[Piece, ...] = ()
    tone: str = "problem"
    shows: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Worst:
    """What the first screen shows, and of how many."""

    heading: str
    rule: str
    examples: tuple[Example, ...]


def worst(found: Gallery, folder: Path, n: int | None = None) -> Worst:
    """The worst of a gallery's answers.

    Answers with their own image that are wrong come first: an invented finding, a missed one, a finding that is not
    there but was gone along with, in turn; then the others, textbook knowledge last; the lowest score first. No image
    is shown twice, and no finding as long as there are others.

    Args:
        found: the gallery that they are taken from.
        folder: that image paths are relative to.
        n: most answers to show; None: three, or five where there are no images.
    """
    counts = {outcome: found.selection.found.get((outcome, "with"), 0) for outcome in (*BAD, "right")}
    asked, wrong = sum(counts.values()), counts["wrong"]
    shown = picked(_candidates(found), n or _most(found))
    these = "this one was" if len(shown) == 1 else f"these {len(shown)} were"
    if wrong:
        heading = f"{wrong:,} of {say.count(asked, 'answer')} {'is' if wrong == 1 else 'are'} wrong"
        heading += f", {counts['unclear']:,} took no side" if counts["unclear"] else ""
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
        taken.setdefault(image_of(card.case), (card, entry, mark))
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


def image_of(case: Case) -> str:
    """What is seen of a case: two cases may have the same image."""
    first = next(iter(case.images), None)
    return (first.sha256 or first.path) if first else case.id


def _most(found: Gallery) -> int:
    return SHOWN if any(card.case.images for card in found.cards) else OF_TEXT


def _candidates(found: Gallery) -> list[tuple[Candidate, tuple[Card, Entry]]]:
    """Answers with their own image that are not right, the lowest score first; only wrong ones where there are some."""
    entries = [(c, e) for c in found.cards for e in c.entries if e.outcome in KINDS and e.answer.condition == "with"]
    entries.sort(key=lambda pair: (list(KINDS).index(pair[1].outcome), *_lowest(pair[1])))
    if found.selection.found.get(("wrong", "with"), 0):
        entries = [pair for pair in entries if pair[1].outcome == "wrong"]
    # a report that names no finding has none to agree with, and so no score, even where it is right to the letter
    told = [(c, e) for c, e in entries if e.answer.text.strip() != e.item.reference.strip()]
    return [(candidate(e.item, image_of(c.case)), (c, e)) for c, e in told]


def candidate(item: Item, image: str) -> Candidate:
    """A wrong answer to this question, as an example."""
    return Candidate(sort_of(item), item.target or item.id, image)


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
        badge=LABELS[sort_of(entry.item)] if wrong else KINDS[entry.outcome],
        question=asked_briefly(entry.item.question),
        reply=pieces(entry.item, said, parsed, LONGEST) if wrong else ((short(said), False),),
        right=short(entry.item.reference) + (f" {entry.item.unit}" if entry.item.unit else ""),
        shows=shows(card.case, entry.item.target),
    )


def asked_briefly(text: str) -> str:
    """Beginning and end of a question: what is asked often stands last, and data sets tell a history before it."""
    if len(text) <= LONGEST:
        return text
    first, last = text[: LONGEST // 3].rsplit(" ", 1)[0], text[-LONGEST // 2 :].split(" ", 1)[-1]
    return f"{first} … ({len(text) - len(first) - len(last):,} more characters) … {last}"


def shows(case: Case, finding: str = "") -> str:
    """What an image really shows, in a line: what was written of it, else which findings are present or absent.

    Args:
        case: the image study.
        finding: what was asked about: sentences that name it go before the others.
    """
    if text := " ".join(case.annotation.split()).removeprefix("Technique: "):
        sentences = re.split(r"(?<=[.!?]) ", say.upper(text))
        words = finding.lower().split()
        named = [n for n, s in enumerate(sentences) if words and all(word in s.lower() for word in words)]
        kept: list[int] = []
        for n in dict.fromkeys((*named[:1], 0, *named, *range(len(sentences)))):
            if sum(len(sentences[k]) + 1 for k in (*kept, n)) <= SHOWS:
                kept.append(n)
        return " ".join(sentences[n] for n in sorted(kept)) or f"{text[: SHOWS - 1].rstrip()}…"
    known = [(p, sorted(f for f, q in case.findings.items() if q == p)) for p in ("present", "uncertain", "absent")]
    return " ".join(f"{say.upper(p)}: {', '.join(names[:MOST_FINDINGS])}." for p, names in known if names)


def short(text: str) -> str:
    """The beginning of a text, and how much there is beyond."""
    return (
        text
        if len(text) <= LONGEST
        else f"{text[: LONGEST - 1].rstrip()}… ({len(text) - LONGEST + 1:,} more characters)"
    )
