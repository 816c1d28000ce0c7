"""The two pictures of a diagnosis: what mending each stage would give, and where the wrong answers come from."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Tone = Literal["base", "eyes", "knowledge", "both", "reasoning", "unstable", "form", "right", "open", "lost"]
"""What a stretch of a picture is about, and so its colour; it is never told by colour alone."""
THIN = 44
"""Pixels between two streams at least: two lines of words stand beside each."""
HIGH = 190
"""Pixels of all answers together."""
LEAST = 1.5
"""Pixels of a stream that holds anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """One line of the waterfall; shares of one.

    Attributes:
        label: what is right in it: ``as it is``, ``eyes right``.
        about: what that means, in a few words.
        said: its number in words.
        gain: what it gains over the first line in words; empty where nothing is gained over anything.
        parts: where it was before, then each stretch up to where it ends, with what made it.
        low: lower end of its range; None where there is none.
        high: upper end.
        value: where it ends; None where only a range is known.
        before: where it was without any mending; None where that is not compared.
    """

    label: str
    about: str
    said: str
    gain: str = ""
    parts: tuple[tuple[float, float, Tone], ...] = ()
    low: float | None = None
    high: float | None = None
    value: float | None = None
    before: float | None = None

    @property
    def described(self) -> str:
        """All of it, for those who cannot see the picture."""
        return f"{self.label}: {self.said}" + (f"; {self.gain}" if self.gain else "")

    @property
    def stretches(self) -> tuple[tuple[float, float, Tone], ...]:
        """Left end, width (in percent of the line) and tone; one that goes down stands from its lower end."""
        return tuple((_percent(min(a, b)), _percent(abs(b - a)), "lost" if b < a else t) for a, b, t in self.parts)

    @property
    def span(self) -> tuple[float, float] | None:
        """Left end and width of its range in percent of the line."""
        if self.low is None or self.high is None:
            return None
        return _percent(self.low), max(_percent(self.high) - _percent(self.low), 0.4)

    @property
    def dot(self) -> float | None:
        """Where its value stands, in percent of the line."""
        return None if self.value is None else _percent(self.value)

    @property
    def start(self) -> float | None:
        """Where it was before, in percent of the line."""
        return None if self.before is None else _percent(self.before)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """A part of all answers.

    Attributes:
        share: of all answers, of one.
        label: what becomes of it.
        said: how much it is in words, of all answers.
        tone: its colour.
        beside: in small print, how much it is of something less than all; empty where that says nothing.
    """

    share: float
    label: str
    said: str
    tone: Tone
    beside: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """A stream as it is drawn, in pixels from the top: where it leaves, where it arrives, and how thick it is."""

    stream: Stream
    start: float
    end: float
    thick: float

    @property
    def path(self) -> str:
        """Its outline in a box 100 wide."""
        a, b, t = self.start, self.end, self.thick
        return (
            f"M0 {a:.1f} C45 {a:.1f} 55 {b:.1f} 100 {b:.1f} L100 {b + t:.1f} "
            f"C55 {b + t:.1f} 45 {a + t:.1f} 0 {a + t:.1f} Z"
        )

    @property
    def middle(self) -> float:
        """Where its words stand."""
        return self.end + self.thick / 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """All answers, split into what became of them.

    Attributes:
        bands: from top to bottom.
        height: in pixels.
        described: all of it, for those who cannot see the picture.
        note: why it decides nothing, which stands over it; empty where it does.
    """

    bands: tuple[Band, ...]
    height: float
    described: str
    note: str = ""


def flow(streams: Sequence[Stream], what: str, note: str = "") -> Flow:
    """Streams of all answers, from top to bottom.

    Each arrives in a place of its own, at least ``THIN`` high, so that its words stand beside it.

    Args:
        streams: their shares add up to one at most; those of nothing are left out.
        what: what is split, in words.
        note: why it decides nothing; empty where it does.
    """
    kept = [s for s in streams if s.share > 0]
    whole = sum(s.share for s in kept) or 1.0
    thick = [max(LEAST, HIGH * s.share / whole) for s in kept]
    height = sum(max(THIN, t) for t in thick)
    start, place, bands = (height - sum(thick)) / 2, 0.0, []
    for stream, one in zip(kept, thick, strict=True):
        room = max(THIN, one)
        bands.append(Band(stream=stream, start=start, end=place + (room - one) / 2, thick=one))
        start, place = start + one, place + room
    said = "; ".join(f"{s.label} {s.said}" + f" ({s.beside})" * bool(s.beside) for s in kept)
    return Flow(bands=tuple(bands), height=round(height, 1), described=f"{what}: {said}", note=note)


def _percent(share: float) -> float:
    return round(100 * min(1.0, max(0.0, share)), 2)
