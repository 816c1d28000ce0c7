"""Which words of a stage are wrong: those that its judge quoted, else those that differ from what should stand there.

It explains a verdict and never makes one.
"""

import re
from collections.abc import Iterator
from difflib import SequenceMatcher

from auscult.reports.marking import Piece, stretches

LONGEST = 700
"""Characters of a stage that a card shows."""
LIKE = 0.5
"""Share of the words in common from which two texts differ word by word."""
_QUOTED = re.compile("“([^”]{2,400})”")
"""Curly marks stand around wrong words alone, in what a judge of stages explains."""
_WORD = re.compile(r"\w+(?:[.,]\d+)?")


def wrong_pieces(text: str, reason: str, gold: str) -> tuple[Piece, ...]:
    """A stage that was judged wrong, in stretches of wrong and other words.

    Args:
        text: what the model wrote.
        reason: what the judge said of it.
        gold: what should stand there.
    """
    return stretches(text, sorted(_quoted(text, reason)) or list(_differing(text, gold)), LONGEST)


def _quoted(text: str, reason: str) -> Iterator[tuple[int, int]]:
    """Where words stand that the judge quoted."""
    for match in _QUOTED.finditer(reason[:4_000]):
        words = match[1].strip(" .,;:…")
        pattern = r"\s+".join(map(re.escape, words.split()))
        if pattern:
            yield from (found.span() for found in re.finditer(rf"(?<!\w){pattern}(?!\w)", text, re.IGNORECASE))


def _differing(text: str, gold: str) -> Iterator[tuple[int, int]]:
    """Where words stand that the right text has otherwise, if the two are alike."""
    mine, other = list(_WORD.finditer(text[:4_000])), [m[0].lower() for m in _WORD.finditer(gold[:4_000])]
    matcher = SequenceMatcher(None, [m[0].lower() for m in mine], other, autojunk=False)
    if not mine or matcher.ratio() < LIKE:
        return
    for kind, start, end, _, _ in matcher.get_opcodes():
        if kind in ("replace", "delete"):
            yield mine[start].start(), mine[end - 1].end()
