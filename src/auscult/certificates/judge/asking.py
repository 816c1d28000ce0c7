"""Judges of one answer and of two, asked about what was planted; every repeat is a call of its own."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from auscult.certificates.judge.planting import Put
from auscult.engine.ask import Ask
from auscult.models import Model
from auscult.records import Call, Reply, Score
from auscult.runs.judging_options import JudgingOptions
from auscult.scorers.judges import Judge, JudgeOptions, create

Group = Sequence[Put]
PAIRS = "pairwise"
"""Protocol of the judge of pairs."""


def judges_of(model: Model, options: JudgingOptions) -> "Judges":
    """The judge, and the one of pairs, both of this model."""
    own = options.judge
    pairs = JudgeOptions(tries=own.tries, max_tokens=own.max_tokens, schema=own.schema)
    return Judges(create(options.protocol, model.identity, own), create(PAIRS, model.identity, pairs))


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
