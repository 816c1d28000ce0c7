"""The first screen: what people ask of a run, a comparison or a gate, each with its answer; drawn by page and terminal.

Nothing here computes. A face is made from a summary (``auscult.reports.verdicts``), a comparison or a gate, and every
renderer shows the same words.
"""

from dataclasses import dataclass
from typing import Final, Literal

Word = Literal["problem", "clear", "not known", "met", "missed"]
"""How a question is answered, which has a colour.

``met`` (green) and ``missed`` are said only against a limit that the user set before. Without one: ``problem``,
``clear`` of what it is compared with, or ``not known``.
"""
SAID: Final[dict[Word, str]] = {
    "problem": "problem",
    "clear": "no problem found",
    "not known": "not known",
    "met": "limit met",
    "missed": "limit missed",
}
"""How a word is shown, where a verdict has no words of its own for it."""
SHORT: Final = 62
"""Characters of a line of a terminal of 80 columns that the longest word of a verdict leaves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One estimate as a picture: its value and interval, and what it must beat.

    Attributes:
        label: what it is, in a few plain words: ``invented``, ``with the image``.
        value: None where only a range is known.
        low: lower end of the interval (of the range, where there is no value).
        high: upper end.
        against: what it must beat: a coin, the model without the image, a limit; None where there is nothing.
        against_label: what that is, in a few words.
        better: which end of the scale is the good one.
        word: what this figure alone comes to, and so its colour; empty where it is there for comparison.
        scale: ends of the scale; 0 to 1 is shown as 0 to 100 of 100.
        counts: ``3 of 9``: what was counted, shown in place of a number of 100 where images are few; without ``low`` in
            place of a picture.
    """

    label: str
    value: float | None = None
    low: float | None = None
    high: float | None = None
    against: float | None = None
    against_label: str = ""
    better: Literal["higher", "lower"] = "higher"
    word: Word | Literal[""] = ""
    scale: tuple[float, float] = (0.0, 1.0)
    counts: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One question that people ask, with its answer.

    Attributes:
        key: names it in files: ``findings``, ``premises``, ``image``, ``guessing``, ``sure``, ``harm``, ...
        question: as a person would ask it.
        word: the answer in a word, which has a colour.
        in_words: how that is shown, where ``SAID`` has no good word for it: ``too few images``.
        sentence: the answer in one plain sentence, in natural frequencies, beside what it is compared with.
        short: the same in at most ``SHORT`` characters, for a line of a terminal; empty where the sentence is as short.
        ways: the same in a line each, the longest first; a terminal takes the first that is no wider than itself.
        bars: its pictures; one or two.
        more: further plain sentences, a click away.
        section: the part of the page that has the details; empty where there is none.
    """

    key: str
    question: str
    word: Word
    sentence: str
    short: str = ""
    ways: tuple[str, ...] = ()
    bars: tuple[Bar, ...] = ()
    more: tuple[str, ...] = ()
    section: str = ""
    in_words: str = ""

    @property
    def said(self) -> str:
        """The word as it is shown."""
        return self.in_words or SAID[self.word]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What to do next: a plain sentence, and the command that does it where there is one."""

    sentence: str
    command: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """The first screen.

    Attributes:
        title: what this is about: ``llava-med on 95 radiographs, 451 questions``.
        about: one line below it: when, which instruments stand behind it, in plain words; may be empty.
        line: all of it in one plain verdict, the gravest fault first; at most about twenty words.
        action: the one thing to do about it, in as many; no command.
        verdicts: in the order in which people ask.
        claims: whether these are claims that the user wrote down before: a terminal shows all of them, in a line more
            each where twelve are too few.
        stop: why no rate is shown at all (plumbing only, a failed canary); empty where rates are shown.
        cautions: what must be known before anything is believed, each once, in plain words; at most a few.
        steps: what to do next; the first is the most useful.
    """

    title: str
    about: str = ""
    line: str = ""
    action: str = ""
    verdicts: tuple[Verdict, ...] = ()
    claims: bool = False
    stop: str = ""
    cautions: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()
