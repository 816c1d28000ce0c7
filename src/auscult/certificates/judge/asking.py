"""Puts answers to a judge through the engine: journalled in a work folder, so that the same command goes on."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from auscult.certificates.judge.planting import Put
from auscult.engine.ask import Ask
from auscult.engine.forecast import Forecast
from auscult.engine.session import Session, Show
from auscult.engine.stage import StageTable
from auscult.models import Model
from auscult.records import Call, Reply, Score, digest
from auscult.runs.folder import Typed, run_folder
from auscult.runs.judging_options import JudgingOptions
from auscult.scorers.judges import Judge, JudgeOptions, create
from auscult.store.tables import read_rows

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


def forecast(model: Model, groups: Sequence[Group], options: JudgingOptions, work: Path) -> Forecast:
    """Says what would be asked; what is journalled in the work folder is not asked again."""
    session = Session(model, work / "journal", options.asking)
    note = f"{sum(map(len, groups)):,} answers are put to the judge."
    return replace(session.forecast(judges_of(model, options), groups), notes=(note,))


def ask_all(model: Model, groups: Sequence[Group], options: JudgingOptions, work: Path, show: Show) -> dict[str, Score]:
    """Every answer's score, by the id of its ``Put``.

    Args:
        model: that judges.
        groups: answers about one scene or text each.
        options: how it judges and is asked.
        work: folder of the journal, of one judge; the same call goes on in it, and one about more answers too.
        show: how progress is shown.

    Raises:
        UserError: the folder is in use or was begun with another judge, or the model does not answer.
        BudgetReached: a budget is used up; the same call with a larger one goes on.
    """
    judges = judges_of(model, options)
    puts = [put for group in groups for put in group]
    settings = {"judge": judges.single.instrument.id}
    with run_folder(work, settings, Typed("auscult calibrate judge")) as folder:
        path = folder.table(f"scores-{digest([put.id for put in puts])}")
        table: StageTable[Score] = StageTable(path, Score, lambda s: s.status == "request_failed")
        session = Session(model, folder.journal, options.asking, show)
        session.run(lambda s: s.stage(judges, groups, table, "judging, scenes and texts", len(groups)))
        return {put.id: row for put, row in zip(puts, read_rows(path, Score), strict=True)}
