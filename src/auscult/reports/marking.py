"""Which words of an answer are wrong, and of an annotation bear an item out, for people to see at once.

It explains a score and never makes one.
"""

import re
from collections.abc import Iterator

from auscult.facts import compare, read_facts
from auscult.records import Item

Piece = tuple[str, bool]
"""A stretch of a text, and whether it is marked: in an answer, because it is wrong."""
_POLAR = re.compile(r"\b(yes|no|yeah|nope|not)\b", re.IGNORECASE)
BRIEF = 40
"""Characters up to which an answer is wrong as a whole, where no part of it is."""
LONGEST = 20_000
"""Characters of an answer that are looked at."""


def pieces(item: Item, text: str, parsed: str, longest: int) -> tuple[Piece, ...]:
    """A wrong answer in stretches of wrong and other words.

    Args:
        item: the question with its reference.
        text: the answer.
        parsed: what the scorer read from it: ``yes``, an option, a number.
        longest: most characters to show; around the first wrong words, where they stand further in.
    """
    spans = sorted(_wrong(item, text[:LONGEST], parsed)) or ([(0, len(text))] if len(text) <= BRIEF else [])
    return stretches(text, spans, longest)


def stretches(text: str, marked: list[tuple[int, int]], longest: int) -> tuple[Piece, ...]:
    """A text in marked and other stretches.

    Args:
        text: any.
        marked: where the marked words begin and end, sorted.
        longest: most characters to show; around the first marked words, where they stand further in.
    """
    spans, start = _merged(marked), 0
    if spans and spans[0][1] > longest:
        start = max(0, text.rfind(" ", 0, spans[0][0] - longest // 3) + 1)
    end = min(len(text), start + longest)
    found: list[Piece] = [("… ", False)] if start else []
    at = start
    for low, high in spans:
        if start <= low and high <= end:
            found += [(text[at:low], False), (text[low:high], True)]
            at = high
    found += [(text[at:end], False)]
    if left := len(text) - end:
        found.append((f"… ({left:,} more characters)", False))
    return tuple(piece for piece in found if piece[0])


def _wrong(item: Item, text: str, parsed: str) -> Iterator[tuple[int, int]]:
    """Where the wrong words are, by the type of answer."""
    if item.answer_type == "yes_no":
        parsed = parsed or {"no": "yes", "yes": "no"}.get(item.reference, "")
        said = next((m for m in _POLAR.finditer(text) if m[0].lower()[0] == parsed[:1]), None) if parsed else None
        if said:
            yield said.span()
            return
        wanted = {"yes": "present", "no": "absent"}.get(parsed)
        yield from ((f.start, f.end) for f in read_facts(text, item.question) if f.presence == wanted)
    elif item.answer_type in ("choice", "number"):
        at = text.lower().find(parsed.lower()) if parsed else -1
        yield from [(at, at + len(parsed))] if at >= 0 else []
    else:
        exhaustive = item.tags.get("exhaustive") == "yes"
        checked = compare(
            read_facts(text, item.question), read_facts(item.reference, item.question), exhaustive=exhaustive
        )
        yield from ((c.fact.start, c.fact.end) for c in checked if c.hallucination and c.fact.end > c.fact.start)
        first = _POLAR.match(text)
        if first and item.reference.lower().startswith({"y": "no", "n": "yes"}[first[0].lower()[0]]):
            yield first.span()


def _merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for low, high in spans:
        if found and low <= found[-1][1]:
            found[-1] = found[-1][0], max(high, found[-1][1])
        else:
            found.append((low, high))
    return found
