"""Puts answers to a judge through the engine: journalled in a work folder, so that the same command goes on."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from pathlib import Path

from auscult.certificates.judge.planting import Put
from auscult.engine.ask import Ask, Forecast, JournalledAsk
from auscult.engine.journal import Journal
from auscult.engine.limits import AdaptiveLimit, Budget, Prices, Retries
from auscult.engine.progress import Bar
from auscult.engine.stage import StageTable, run_stage
from auscult.models import Model, Reachable
from auscult.records import Call, Reply, Score, digest
from auscult.runs.folder import RunFolder, run_folder
from auscult.scorers.judges import Judge, JudgeOptions, create
from auscult.store.tables import read_rows

Show = Callable[[str, int | None], AbstractContextManager[Bar]]
Group = Sequence[Put]
PAIRS = "pairwise"
"""Protocol of the judge of pairs."""


@dataclass(frozen=True, kw_only=True)
class Asking:
    """How the judge is asked.

    Attributes:
        protocol: of the judge.
        options: of the protocol.
        concurrency: most calls in flight.
        retries: when failed calls are tried again.
        timeout: seconds that one call may take.
        prices: for a million tokens.
        budget_calls: most calls in all.
        budget_tokens: most tokens.
        budget_cost: most money, by ``prices``.
    """

    protocol: str = "clinical"
    options: JudgeOptions = JudgeOptions()
    concurrency: int = 32
    retries: Retries = field(default_factory=Retries)
    timeout: float = 120.0
    prices: Prices = Prices()
    budget_calls: int | None = None
    budget_tokens: int | None = None
    budget_cost: float | None = None

    def judges(self, model: Model, tries: int | None = None) -> "Judges":
        """The judge, and the one of pairs, both of this model."""
        options = self.options if tries is None else replace(self.options, tries=tries)
        pairs = JudgeOptions(tries=options.tries, max_tokens=options.max_tokens, schema=options.schema)
        return Judges(create(self.protocol, model.identity, options), create(PAIRS, model.identity, pairs))


@dataclass(frozen=True)
class Judges:
    """Judges of one answer and of two."""

    single: Judge
    pair: Judge

    async def __call__(self, group: Group, ask: Ask) -> list[Score]:
        """The scores of a group of answers, in order."""
        rows: dict[int, Score] = {}
        for pair, repeat in sorted({(p.pair, p.subject.answer.repeat) for p in group}):
            chosen = [n for n, p in enumerate(group) if (p.pair, p.subject.answer.repeat) == (pair, repeat)]
            judge = self.pair if pair else self.single
            found = await judge.scores([group[n].subject for n in chosen], Again(ask, repeat))
            rows |= dict(zip(chosen, found, strict=True))
        return [rows[n] for n in range(len(group))]


@dataclass(frozen=True)
class Again:
    """Asks as another sample: a call of its own in the journal for every repeat."""

    ask: Ask
    repeat: int

    async def __call__(self, call: Call) -> Reply:
        """Asks one call."""
        return (await self.all([call]))[0]

    async def all(self, calls: Sequence[Call]) -> list[Reply]:
        """Asks calls together."""
        return await self.ask.all([replace(c, repeat=c.repeat + self.repeat) for c in calls])


@dataclass(frozen=True)
class Cost:
    """What a certificate would take, before anything is spent. ``tokens_out`` and ``cost`` are upper bounds."""

    answers: int
    calls: int
    finished: int
    tokens_in: int
    tokens_out: int
    cost: float | None

    def describe(self, host: str) -> str:
        """The forecast in words, for a person who decides whether to spend it."""
        money = "unknown; add --price-in and --price-out" if self.cost is None else f"at most about {self.cost:,.2f}"
        lines = [
            f"answers to judge:  {self.answers:,}",
            f"calls to ask:      {self.calls:,} ({self.finished:,} more are finished and journalled)",
            f"tokens in:         about {self.tokens_in:,} (4 characters a token)",
            f"tokens out:        at most {self.tokens_out:,}",
            f"money:             {money}",
            f"sent to:           {host or 'nowhere: it runs in this process'}",
            "Replies that cannot be read are asked for again; those calls, and failed ones, come on top.",
        ]
        return "\n".join(lines)


def forecast(model: Model, groups: Sequence[Group], asking: Asking, work: Path) -> Cost:
    """Says what would be asked; what is journalled in the work folder is not asked again."""
    journal = Journal(work / "journal") if (work / "journal").is_dir() else None
    judges, ask = asking.judges(model, tries=1), Forecast(model, journal)

    async def count() -> None:
        for group in groups:
            await judges(group, ask)

    try:
        asyncio.run(count())
    finally:
        if journal:
            journal.close()
    known = asking.prices != Prices()
    cost = asking.prices.cost(ask.tokens_in, ask.tokens_out) if known else None
    return Cost(sum(map(len, groups)), ask.calls, ask.finished, ask.tokens_in, ask.tokens_out, cost)


def ask_all(model: Model, groups: Sequence[Group], asking: Asking, work: Path, show: Show) -> dict[str, Score]:
    """Every answer's score, by the id of its ``Put``.

    Args:
        model: that judges.
        groups: answers about one scene or text each.
        asking: how.
        work: folder of the journal, of one judge; the same call goes on in it, and one about more answers too.
        show: how progress is shown.

    Raises:
        UserError: the folder is in use or was begun with another judge, or the model does not answer.
        BudgetReached: a budget is used up; the same call with a larger one goes on.
    """
    judge = asking.judges(model).single
    puts = [put for group in groups for put in group]
    with run_folder(work, {"judge": f"{judge.name}@{judge.version}"}, "auscult calibrate judge") as folder:
        path = folder.table(f"scores-{digest([put.id for put in puts])}")
        asyncio.run(_ask(model, groups, asking, folder, path, show))
        return {put.id: row for put, row in zip(puts, read_rows(path, Score), strict=True)}


async def _ask(
    model: Model, groups: Sequence[Group], asking: Asking, folder: RunFolder, path: Path, show: Show
) -> None:
    table: StageTable[Score] = StageTable(path, Score, lambda s: s.status == "request_failed")
    journal = Journal(folder.journal)
    alone = model.batch == 1
    limit = AdaptiveLimit(asking.concurrency if alone else 1, 8 if alone else 1)
    budget = Budget(
        calls=asking.budget_calls,
        tokens=asking.budget_tokens,
        cost=asking.budget_cost,
        prices=asking.prices,
        spent_calls=journal.totals.attempts,
        spent_in=journal.totals.tokens_in,
        spent_out=journal.totals.tokens_out,
    )
    ask = JournalledAsk(model, journal, limit, asking.retries, budget, asking.timeout)
    try:
        if isinstance(model, Reachable) and not table.finished:
            await model.probe()
        with show("judging, scenes and texts", len(groups)) as bar:
            at_once = asking.concurrency if alone else 2
            await run_stage(asking.judges(model), groups, ask, table, at_once=at_once, advance=bar.advance)
    finally:
        journal.close()
        await model.close()
