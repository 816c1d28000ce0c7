"""What a model-backed build would ask, before anything is asked: counted on a sample of the images, and multiplied.

Where some images were asked about already (a preview, a build that was stopped), their journal says what replies have
been like: how long, how many tokens, how many pairs passed the rule checks. Without one, tokens out are the bound.
"""

import asyncio
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from auscult.construction.drafting.asking import batch_call
from auscult.construction.drafting.checking import check_call
from auscult.construction.drafting.plan import plan_of, sentences_of
from auscult.construction.drafting.stage import Drafting
from auscult.engine.forecast import Counting, duration
from auscult.engine.journal import Journal
from auscult.engine.limits import Prices, prompt_tokens
from auscult.items.bundle import Bundle
from auscult.models import Model
from auscult.records import Image, Item, Reply

SAMPLE = 1_000
"""Images, the first ones, whose calls are counted one by one."""
TEXT_OF_A_PAIR = 1_500
"""Bytes that a pair takes on disk: its item, its row among the drafts, its part of the reply."""
CHARACTERS = (80, 120)
"""Of the question and the answer of a pair that is not written yet."""


@dataclass(kw_only=True)
class BuildForecast:
    """What a build would ask. Numbers are of all images; those of checkers and of tokens out are upper bounds.

    Attributes:
        host: where texts and images go; empty for this process.
        images: cases to ask about; a case may have several pictures.
        pictures: of these.
        unfit: images that cannot be asked about: reason → number.
        calls: to the generator, those that are journalled left out.
        finished: calls that are journalled.
        tokens_in: of the calls to the generator.
        tokens_out: of their replies: as measured, else the bound.
        checks: calls to each checker.
        check_tokens_in: of the calls to all checkers.
        check_tokens_out: of their verdicts, at most.
        measured: replies that lengths and time were measured on.
        seconds: that the generator needs, by these and the concurrency; None where nothing was measured.
        prices: of the generator.
        check_prices: of the checkers.
        pixels: bytes of the images, which are copied.
        texts: bytes of all else.
        pairs: that come through the rule checks, of 100, as measured; None.
    """

    host: str
    checkers: int = 0
    images: int = 0
    pictures: int = 0
    unfit: Counter[str] = field(default_factory=Counter)
    calls: int = 0
    finished: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    checks: int = 0
    check_tokens_in: int = 0
    check_tokens_out: int = 0
    measured: int = 0
    seconds: float | None = None
    prices: Prices = Prices()
    check_prices: Prices = Prices()
    pixels: int = 0
    texts: int = 0
    pairs: float | None = None

    @property
    def cost(self) -> float | None:
        """Money at most, by the prices; None where those of somebody who is asked are not given."""
        parts = [(self.prices, self.tokens_in, self.tokens_out)]
        if self.checks:
            parts.append((self.check_prices, self.check_tokens_in, self.check_tokens_out))
        return sum(p.cost(i, o) for p, i, o in parts) if all(p.known for p, *_ in parts) else None

    def describe(self) -> str:
        """In words, for a person who decides whether to spend it."""
        by = f"measured on {self.measured:,} replies" if self.measured else "at most"
        unasked = "not known yet: nothing was asked. --preview 5 asks about a few images; then it is measured"
        hours = unasked if self.seconds is None else f"about {duration(self.seconds)}, {by}; checkers come on top"
        out = f"{'about' if self.measured else 'at most'} {self.tokens_out:,}"
        several = f", with {self.pictures:,} images" if self.pictures > self.images else ""
        lines = [
            f"{'cases: ' if several else 'images:'}            {self.images:,} to ask about{several}",
            *(f"                   {n:,} not: {why}" for why, n in self.unfit.most_common()),
            f"calls to ask:      {self.calls:,} ({self.finished:,} more are finished and journalled)",
            f"checks to ask:     at most {self.checks:,} calls to each of {self.checkers} models"
            if self.checks
            else "",
            f"tokens in:         about {self.tokens_in:,}"
            + (f", and {self.check_tokens_in:,} of checks" if self.checks else "")
            + " (4 characters a token, 576 tokens an image)",
            f"tokens out:        {out}" + (f", and at most {self.check_tokens_out:,} of checks" if self.checks else ""),
            "money:             " + ("unknown; add prices" if self.cost is None else f"at most about {self.cost:,.2f}"),
            f"time:              {hours}",
            f"disk:              about {_size(self.texts)} of tables and replies, {_size(self.pixels)} of images",
            f"pairs that stay:   about {self.pairs:.0f} of 100 after the rule checks, {by}" if self.pairs else "",
            f"sent to:           {self.host or 'nowhere: it runs in this process'}",
            "Failed calls are tried again, and verdicts that cannot be read are asked for again: both come on top.",
        ]
        return "\n".join(filter(None, lines))


def forecast(
    bundles: Iterable[Bundle],
    model: Model,
    journal: Path,
    drafting: Drafting,
    checkers: Sequence[str] = (),
) -> BuildForecast:
    """Counts what a build would ask; nothing is asked.

    Args:
        bundles: the data set.
        model: the generator.
        journal: folder of its journal, if it is there.
        drafting: how cases become rows.
        checkers: who checks.
    """
    options = drafting.options
    opened = Journal(journal) if journal.is_dir() else None
    counting = Counting(model, opened, options.asking.prices)
    sampled, measure = 0, _Measure()
    made = BuildForecast(
        host=model.host,
        checkers=len(checkers),
        prices=options.asking.prices,
        check_prices=options.checking.asking.prices,
    )
    try:
        for bundle in bundles:
            if why := drafting.unfit(bundle.case):
                made.unfit[why] += 1
                continue
            made.images += 1
            made.pictures += len(bundle.case.images)
            if sampled < SAMPLE:
                sampled += 1
                asyncio.run(_look(bundle, drafting, counting, measure))
    finally:
        if opened:
            opened.close()
    counted, scale = counting.forecast, made.images / max(1, sampled)
    made.calls, made.finished = round(counted.calls * scale), round(counted.finished * scale)
    made.tokens_in, made.tokens_out = round(counted.tokens_in * scale), round(counted.tokens_out * scale)
    made.pixels = round(measure.pixels * scale)
    pairs = options.pairs * (made.images if not measure.replies else made.images * measure.passed / measure.asked)
    made.texts = round(options.pairs * made.images * TEXT_OF_A_PAIR)
    if measure.replies:
        made.measured, n = len(measure.replies), len(measure.replies)
        made.tokens_out = round(made.calls * sum(r.tokens_out for r in measure.replies) / n)
        if told := sum(r.tokens_in for r in measure.replies):
            made.tokens_in = round(made.calls * told / n)
        seconds = sum(r.seconds for r in measure.replies) / n
        made.seconds = made.calls * seconds / min(options.asking.concurrency, max(1, made.calls))
        made.pairs = 100 * measure.passed / measure.asked
    if checkers:
        made.checks = round(pairs)
        made.check_tokens_in = round(pairs * len(checkers) * measure.check_tokens / max(1, sampled))
        made.check_tokens_out = round(pairs) * len(checkers) * options.checking.max_tokens
    return made


@dataclass
class _Measure:
    """What the images of the sample say."""

    replies: list[Reply] = field(default_factory=list)
    passed: int = 0
    asked: int = 0
    pixels: int = 0
    check_tokens: int = 0


async def _look(bundle: Bundle, drafting: Drafting, counting: Counting, measure: _Measure) -> None:
    """Counts the call of one image; where it is journalled, what came of it."""
    case, options = bundle.case, drafting.options
    images = [] if options.text_only else [Image(b"", "", image.sha256) for image in case.images]
    slots = plan_of(case.id, options.pairs, drafting.seed, sentences_of(case.annotation))
    reply = await counting(batch_call(case, slots, images, options, drafting.seed))
    if not reply.failure:
        measure.replies.append(reply)
        measure.asked += len(slots)
        measure.passed += sum(row.status == "ok" for row in drafting.read(case, slots, reply))
    measure.pixels += sum(len(p) if isinstance(p, bytes) else p.stat().st_size for p in bundle.payloads if _there(p))
    question, answer = ("x" * n for n in CHARACTERS)
    item = Item(id="", case_id=case.id, source_id="", question=question, reference=answer, answer_type="open")
    measure.check_tokens += prompt_tokens(check_call(case, item, options.checking))


def _there(payload: Path | bytes) -> bool:
    return isinstance(payload, bytes) or payload.is_file()


def _size(size: float) -> str:
    return f"{size / 1e9:.1f} GB" if size >= 1e9 else f"{size / 1e6:.1f} MB"
