"""Whether open answers to probes are right: the judge of the run says it, in verdicts of support.

``RUN/probe-verdicts.parquet`` holds a score an answer that no rule can call right or wrong; replies stand in the
journal of that judge model. An answer that declines is not right, and nobody is asked. What the fact checker has
nothing to say of, since it reads no finding in what is known, is left out.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from auscult import models
from auscult.engine.ask import Ask
from auscult.engine.forecast import Forecast
from auscult.engine.progress import progress
from auscult.engine.session import Session, Show
from auscult.engine.stage import StageTable
from auscult.models import Model
from auscult.probes.asking import Probed
from auscult.records import Answer, Case, Item, Score, digest
from auscult.runs.folder import RunFolder
from auscult.runs.judging import FOLDER, name_of
from auscult.runs.judging_options import JudgingOptions
from auscult.runs.probing import TABLE, forget
from auscult.runs.scores import by_case
from auscult.runs.subjects import file_digest
from auscult.scorers.judges import FACTS, READING, Subject, create
from auscult.scorers.judges.support import NAME, VALUES, can_tell
from auscult.scorers.scoring import row
from auscult.store.held import held
from auscult.store.tables import read_rows

VERDICTS: Final = "probe-verdicts"
CASCADE: Final = "cascade"


@dataclass(frozen=True)
class OpenAnswers:
    """The open answers about one case that a judge is to read."""

    subjects: tuple[Subject, ...]
    declined: frozenset[str]


class ProbeJudging:
    """A run with probes, and a judge; ``forecast`` it, or ``run`` it.

    Args:
        folder: of the run; its tables are read.
        spec: the judge model, as ``KIND:REST``.
        options: how it judges; a protocol that gives no verdict of support is not used here.

    Raises:
        UserError: the judge is not there.
    """

    def __init__(self, folder: Path, spec: str, options: JudgingOptions) -> None:
        self.folder, self.spec, self.options = folder, spec, options
        self.model: Model = models.create(spec, options.model)
        fits = options.protocol in (NAME, CASCADE)
        asked = options.judge if fits else replace(options.judge, policy="", more={})
        protocol = options.protocol if fits else NAME
        self.judge = create(protocol, self.model.identity, replace(asked, anchor="", against=""))
        self.home = folder / FOLDER / digest("judge", self.model.identity)[:16]

    def groups(self) -> Iterator[OpenAnswers]:
        """What is judged, case by case; cases without it are left out."""
        questions = by_case(self.folder / "items.parquet", Item)
        cases = read_rows(self.folder / "cases.parquet", Case)
        for name, rows in by_case(self.folder / f"{TABLE}.parquet", Probed):
            items = {item.id: item for item in next(kept for other, kept in questions if other == name)}
            case = next(case for case in cases if case.id == name)
            wanted = {one.answer_id: one for one in rows if not one.rule_tells and one.status != "unread"}
            subjects = [_subject(one, items[one.item_id], case) for one in wanted.values()]
            told = tuple(s for s in subjects if self.model.identity != FACTS or can_tell(s.item, case))
            if told:
                yield OpenAnswers(told, frozenset(one.answer_id for one in wanted.values() if one.abstains))

    async def _stage(self, group: OpenAnswers, ask: Ask) -> list[Score]:
        asked = [subject for subject in group.subjects if subject.answer.id not in group.declined]
        silent = [subject.answer for subject in group.subjects if subject.answer.id in group.declined]
        nothing = dict.fromkeys(VALUES, 0.0)
        declined = [
            row(
                self.judge.instrument, a, status="unusable", values=nothing, parsed="refused", explanation="it declines"
            )
            for a in silent
        ]
        return [*await self.judge.scores(asked, ask), *declined]

    def forecast(self) -> Forecast:
        """Says what it would ask; what is journalled is not asked again."""
        return self._session().forecast(self._stage, self.groups())

    def _session(self, show: Show = progress) -> Session:
        return Session(self.model, self.home / "journal", self.options.asking, show)

    def run(self, folder: RunFolder, show: Show = progress) -> None:
        """Judges, and notes who did; verdicts that the same judge gave on the same answers are kept.

        Raises:
            UserError: the judge cannot be reached.
            BudgetReached: its budget is used up; the same call goes on.
        """
        total = sum(1 for _ in self.groups())
        if not total:
            return
        path = folder.table(VERDICTS)
        noted = {
            "judge": name_of(self.spec, self.model.identity),
            "instrument": self.judge.instrument.id,
            "reading": READING,
            "judged": file_digest(folder.table(TABLE)),
        }
        before = folder.manifest.get("probe_judge", {})
        if {name: before.get(name) for name in noted} != noted:
            forget(path)
            folder.note(probe_judge=noted)
        with held(self.home, "another process is judging this run with this model; wait for it"):
            table = StageTable(path, Score)
            self._session(show).run(lambda s: s.stage(self._stage, self.groups(), table, "judging probes", total))
        counts = Counter(score.status for score in read_rows(path, Score))
        folder.note(probe_judge={**noted, "counts": dict(counts)}, tables=folder.digests(VERDICTS))


def _subject(row: Probed, item: Item, case: Case) -> Subject:
    """An answer to a probe as a judge takes it: the item as it was put."""
    put = replace(item, question=row.question, options=row.options, reference=row.reference)
    failed = row.status == "request_failed"
    answer = Answer(
        id=row.answer_id,
        item_id=row.item_id,
        case_id=row.case_id,
        model="",
        protocol=row.probe,
        condition=row.condition,
        shown=row.shown,
        repeat=row.repeat,
        status="request_failed" if failed else "ok" if row.text.strip() else "unusable",
        text=row.text,
    )
    return Subject(item=put, case=case, answer=answer)


def judge_probes(folder: RunFolder, judges: Sequence[tuple[str, JudgingOptions]], show: Show) -> None:
    """Has the first judge of a call say which open answers to probes are right; recorded verdicts know none of them."""
    if not folder.table(TABLE).exists():
        return
    for spec, options in judges[:1]:
        judging = ProbeJudging(folder.path, spec, options)
        if not judging.model.recorded:
            judging.run(folder, show)
