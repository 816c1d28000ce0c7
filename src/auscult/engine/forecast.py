"""What a stage would ask, counted without asking: calls, images, tokens, money, time."""

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
SERVER_SECONDS = 2.0
"""That a call to a server is taken to last before any was answered."""
ENOUGH = 20
"""Answered calls from which on it is said how long they took."""


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
        seconds: that a call takes; None where nobody knows it yet.
        measured: journalled calls that this was measured on; 0: it is what is usual.
        at_once: calls under way at a time.
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
    seconds: float | None = None
    measured: int = 0
    at_once: int = 1
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

    @property
    def time(self) -> str:
        """How long it takes, and how that is known."""
        if self.seconds is None:
            return "not known before some calls are answered; then this says it"
        took = f"about {duration(self.calls * self.seconds / min(self.at_once, max(1, self.calls)))}"
        at_once = f", {self.at_once} at a time" if self.at_once > 1 else ""
        if self.measured:
            return f"{took}{at_once}, as measured on {self.measured:,} answered calls"
        if self.host:
            return f"{took} if a call takes {self.seconds:g} s{at_once}; measured once some are answered"
        return f"{took} on one quiet core"

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
            f"time:              {self.time}" if self.calls else "",
            f"money:             {money}",
            f"sent to:           {self.host or 'nowhere: it runs in this process'}",
            "Failed calls are tried again, and replies that cannot be read are asked for again: both come on top."
            if self.host
            else "",
            *self.notes,
        ]
        return "\n".join(filter(None, lines))


def duration(seconds: float) -> str:
    """A duration as a forecast says it: ``40 s``, ``12 min``, ``3.5 h``."""
    if seconds < 120:
        return f"{max(1, seconds):.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7_200 else f"{seconds / 3_600:.1f} h"


def taken(replies: Iterable[tuple[Call, Reply]]) -> float:
    """Seconds that some answered calls of one group took.

    A model in process answers those of an image together, and says of each when it ended; what says nothing gets equal
    shares of the time from the engine.
    """
    by_image: dict[object, list[float]] = {}
    for call, reply in replies:
        by_image.setdefault((tuple(i.sha256 for i in call.images), call.decoding), []).append(reply.seconds)
    return sum(sum(s) if len(set(s)) == 1 else max(s) for s in by_image.values())


class Counting:
    """An ``Ask`` that asks nothing: finished calls come from the journal, all others fail as not asked.

    Args:
        model: that would be asked.
        journal: of what it answered already.
        prices: of its tokens.
        at_once: calls to it that are under way at a time.
        traces: whether answers are whole traces.
    """

    def __init__(
        self, model: Model, journal: Journal | None, prices: Prices, at_once: int = 1, *, traces: bool = False
    ) -> None:
        self.model, self.journal, self._meter = model, journal, PromptMeter()
        self._traces = traces
        self._forecast = Forecast(host=model.host, prices=prices, at_once=at_once if model.batch == 1 else 1)
        self._seen: set[str] = set()
        self._took = 0.0

    async def __call__(self, call: Call) -> Reply:
        """Counts one call."""
        return (await self.all([call]))[0]

    def _counted(self, call: Call, answered: dict[str, tuple[Call, Reply]]) -> Reply:
        key, counts = call.key(self.model.identity, self.model.knows_items), self._forecast
        found = self.journal.find(key) if self.journal else None
        if key not in self._seen:
            self._seen.add(key)
            self._meter.add(call)
            if found:
                counts.finished += 1
                answered[key] = call, found
            else:
                counts.calls += 1
                counts.images += 0 if self.model.blind else len(call.images)
                counts.tokens_in += prompt_tokens(call, blind=self.model.blind)
                counts.tokens_out += call.decoding.max_tokens
        return found or Reply(failure=NOT_ASKED)

    async def all(self, calls: Sequence[Call]) -> list[Reply]:
        """Counts calls of one group."""
        answered: dict[str, tuple[Call, Reply]] = {}
        replies = [self._counted(call, answered) for call in calls]
        one_by_one = self.model.batch == 1
        self._took += sum(r.seconds for _, r in answered.values()) if one_by_one else taken(answered.values())
        return replies

    @property
    def forecast(self) -> Forecast:
        """What was counted so far."""
        finished = self._forecast.finished
        usual = self.model.usual_trace_seconds if self._traces else self.model.usual_seconds
        usual = SERVER_SECONDS if self.model.host else usual
        measured = finished if finished >= ENOUGH and self._took else 0
        seconds = self._took / measured if measured else usual
        return replace(self._forecast, prompts=self._meter.tokens, seconds=seconds, measured=measured)
