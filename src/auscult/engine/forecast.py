"""What a stage would ask, counted without asking: calls, images, tokens, money."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from auscult.engine.journal import Journal
from auscult.engine.limits import Prices, prompt_tokens
from auscult.models import Model
from auscult.records import Call, Reply

NOT_ASKED = "not_asked"
"""Failure of a reply that was only counted."""
CHARACTERS = 4
"""A token, roughly."""


@dataclass(frozen=True, slots=True)
class PromptTokens:
    """What prompts hold, at four characters a token.

    Attributes:
        calls: how many.
        common: tokens that open every one of them alike; a server with a prefix cache computes them once.
        own: all further tokens of all calls.
    """

    calls: int = 0
    common: int = 0
    own: int = 0

    @property
    def total(self) -> int:
        """Tokens of all prompts."""
        return self.calls * self.common + self.own


class PromptMeter:
    """Counts common and own tokens over any number of calls, in the memory of one prompt."""

    def __init__(self, calls: Iterable[Call] = ()) -> None:
        self.calls = self._characters = 0
        self._prefix: str | None = None
        for call in calls:
            self.add(call)

    def add(self, call: Call) -> None:
        """Takes one more call."""
        text = "".join(f"\n{m.role}\n{m.text}" for m in call.messages)
        self.calls += 1
        self._characters += len(text)
        if self._prefix is None:
            self._prefix = text
        elif not text.startswith(self._prefix):
            self._prefix = self._prefix[: _shared(self._prefix, text)]

    @property
    def tokens(self) -> PromptTokens:
        """What was counted so far."""
        common = len(self._prefix or "")
        own = self._characters - self.calls * common
        return PromptTokens(self.calls, common // CHARACTERS, own // CHARACTERS)


def _shared(a: str, b: str) -> int:
    """Length of the common start of two texts."""
    low, high = 0, min(len(a), len(b))
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if a[:middle] == b[:middle] else (low, middle - 1)
    return low


@dataclass(kw_only=True)
class Forecast:
    """What would be asked, before anything is spent. ``tokens_out`` and ``cost`` are upper bounds of first tries.

    Attributes:
        host: where it would go; empty for this process.
        prices: for a million tokens.
        calls: to ask.
        finished: journalled already.
        images: that the calls to ask carry.
        tokens_in: of the calls to ask, with what images and the chat form add.
        tokens_out: at most.
        prompts: texts of all calls, the finished ones too.
        notes: sentences for whoever decides.
    """

    host: str
    prices: Prices
    calls: int = 0
    finished: int = 0
    images: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    prompts: PromptTokens = PromptTokens()
    notes: tuple[str, ...] = ()

    @property
    def cost(self) -> float | None:
        """At most, by prices; None without."""
        return self.prices.cost(self.tokens_in, self.tokens_out) if self.prices.known else None

    @property
    def common(self) -> int:
        """Tokens, of those in, with which all prompts open alike."""
        return min(self.tokens_in, self.calls * self.prompts.common)

    @property
    def own(self) -> int:
        """All other tokens in."""
        return self.tokens_in - self.common

    def describe(self) -> str:
        """The forecast in words, for a person who decides whether to spend it."""
        unknown = "unknown; add prices" if self.host else "none: nothing is sent"
        money = unknown if self.cost is None else f"at most about {self.cost:,.2f}"
        alike = self.calls > 1 and self.common >= self.tokens_in / 10
        lines = [
            f"calls to ask:      {self.calls:,} ({self.finished:,} more are finished and journalled)",
            f"images among them: {self.images:,}" if self.images else "",
            f"tokens in:         about {self.tokens_in:,} (4 characters a token, 576 tokens an image)"
            + (f", of which {self.common:,} are the common start of all prompts" if alike else ""),
            f"tokens out:        at most {self.tokens_out:,}",
            f"money:             {money}",
            f"sent to:           {self.host or 'nowhere: it runs in this process'}",
            "Failed calls are tried again, and replies that cannot be read are asked for again: both come on top."
            if self.host
            else "",
            *self.notes,
        ]
        return "\n".join(filter(None, lines))


class Counting:
    """An ``Ask`` that asks nothing: finished calls come from the journal, all others fail as not asked."""

    def __init__(self, model: Model, journal: Journal | None, prices: Prices) -> None:
        self.model, self.journal, self._meter = model, journal, PromptMeter()
        self._forecast = Forecast(host=model.host, prices=prices)
        self._seen: set[str] = set()

    async def __call__(self, call: Call) -> Reply:
        """Counts one call."""
        key, counts = call.key(self.model.identity, self.model.knows_items), self._forecast
        found = self.journal.find(key) if self.journal else None
        if key not in self._seen:
            self._seen.add(key)
            self._meter.add(call)
            if found:
                counts.finished += 1
            else:
                counts.calls += 1
                counts.images += 0 if self.model.blind else len(call.images)
                counts.tokens_in += prompt_tokens(call, blind=self.model.blind)
                counts.tokens_out += call.decoding.max_tokens
        return found or Reply(failure=NOT_ASKED)

    async def all(self, calls: Sequence[Call]) -> list[Reply]:
        """Counts calls."""
        return [await self(c) for c in calls]

    @property
    def forecast(self) -> Forecast:
        """What was counted so far."""
        return replace(self._forecast, prompts=self._meter.tokens)
