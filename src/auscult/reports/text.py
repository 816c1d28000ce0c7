"""Texts of any length that this package did not write (answers, questions), cut for a page."""

from dataclasses import dataclass

SHOWN = 600
KEPT = 3_000


def cut(text: str) -> str:
    """The first ``KEPT`` characters, and how many there are beyond."""
    beyond = len(text) - KEPT
    return text if beyond <= 0 else f"{text[:KEPT]}… ({beyond:,} more characters; the tables hold all of it)"


@dataclass(frozen=True, slots=True)
class Passage:
    """A text of any length in three parts: shown at once, shown on demand, and how many characters are left out."""

    shown: str
    more: str
    left_out: int


def passage(text: str) -> Passage:
    """Cuts a long text: the first ``SHOWN`` characters at once, up to ``KEPT`` on demand."""
    if len(text) <= SHOWN + 100:
        return Passage(text, "", 0)
    cut = text.rfind(" ", SHOWN - 60, SHOWN) + 1 or SHOWN
    return Passage(text[:cut], text[cut:KEPT], max(0, len(text) - KEPT))
