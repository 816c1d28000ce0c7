"""Texts that this package did not write (answers, questions, labels): shown as they are, with nothing hidden."""

import unicodedata
from dataclasses import dataclass

SHOWN = 600
KEPT = 3_000
_HIDDEN = frozenset({"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})


def visible(text: str) -> str:
    """Control, direction and zero-width characters become their code points: a right-to-left mark → ``⟨U+200F⟩``.

    Line breaks and tabs stay. A text that turns its reading direction, or writes to a terminal, would otherwise show
    something else than what the scorer read.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(f"⟨U+{ord(c):04X}⟩" if unicodedata.category(c) in _HIDDEN and c not in "\n\t" else c for c in text)


def cut(text: str) -> str:
    """The first ``KEPT`` characters, and how many there are beyond."""
    beyond = len(text) - KEPT
    return text if beyond <= 0 else f"{text[:KEPT]}… ({beyond:,} more characters; the run's tables hold all of it)"


def one_line(text: str, longest: int = 120) -> str:
    """A label: visible, on one line, shortened."""
    line = " ".join(visible(text[: longest * 4]).split())
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"


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
