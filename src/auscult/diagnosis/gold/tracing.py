"""An item set and a model → the same item set with gold traces, and a table of every trace that was written for it.

What was asked and answered stands beside the new set, in ``OUT.traces``, so that the same command asks nothing twice
and goes on where it was stopped; the set itself appears when all items have their rows.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from functools import partial
from itertools import groupby, islice
from operator import attrgetter
from pathlib import Path
from typing import Any

import orjson

from auscult import models, protocols
from auscult.construction.carried import carrying
from auscult.construction.screened import masked_candidate
from auscult.construction.traces import TRACES, Candidate
from auscult.corpora import Bundle, ReadOptions
from auscult.corpora.item_set import read
from auscult.diagnosis.gold.checks import ANSWER, CHECKS, LEAK, PUBLISHED, READING, STAGE, STRUCTURE, Checks
from auscult.diagnosis.gold.leaks import version as leaks_version
from auscult.diagnosis.gold.settings import TracingSettings
from auscult.engine.ask import Ask
from auscult.engine.forecast import Forecast
from auscult.engine.progress import progress
from auscult.engine.session import Session, Show
from auscult.engine.stage import StageTable
from auscult.errors import UserError
from auscult.facts.traces import read_trace
from auscult.items.item_set import ItemSet
from auscult.items.patient_data.screening import PatientData
from auscult.items.split import SplitPlan
from auscult.items.writer import Added, Addition, SourceNote, write_item_set
from auscult.models import Model, ModelOptions
from auscult.protocols.stages import InStages
from auscult.records import Case, Item, Trace, digest
from auscult.runs.instruments import as_plain
from auscult.runs.judging_options import JudgingOptions
from auscult.scorers.judges import FACTS
from auscult.store.files import replace_file
from auscult.store.given import NoSuchFile, read_json
from auscult.store.held import held
from auscult.store.tables import read_rows, write_rows
from auscult.version import __version__

_CANDIDATES = "candidates.parquet"
_REMEDIES = {
    STRUCTURE: "let it try more often (--protocol staged:51), or take a model that keeps to a form",
    ANSWER: "take a model that answers better, or let a model judge the answers (--judge)",
    READING: "take a model that says its answer plainly",
    STAGE: "take a model that describes these images rightly",
    LEAK: "let it try another way (--temperature 0.7), or take another model",
}
"""Check → what to do where it refused most."""


@dataclass(frozen=True)
class _Group:
    """The items of a case that a trace is asked for."""

    case: Case
    items: tuple[Item, ...]


class Tracing:
    """An item set, a model that writes traces and a judge of their answers; ``forecast`` it, or ``run`` it.

    Args:
        items: folder of the item set.
        model: who writes, as ``KIND:REST``, or one that is open.
        judge: who judges the answers: ``facts`` (rules alone), ``KIND:REST``, or one that is open.
        settings: how it is asked.
        options: what the model needs beside its name.
        judging: what the judge needs beside its name.

    Raises:
        UserError: the item set, the model or the judge is not there, no item needs a trace, or the settings contradict
            each other.
    """

    def __init__(
        self,
        items: Path,
        model: str | Model,
        judge: str | Model = FACTS,
        settings: TracingSettings | None = None,
        options: ModelOptions | None = None,
        judging: JudgingOptions | None = None,
    ) -> None:
        self.settings = settings or TracingSettings()
        self.settings.check()
        self.judging = judging or JudgingOptions()
        self.judging.asking.check()
        self.items = ItemSet(items)
        self.split = self.items.part(self.settings.split) if self.settings.split else ""
        self.model = models.create(model, options or ModelOptions()) if isinstance(model, str) else model
        if self.model.recorded or self.model.learns:
            raise UserError(f"{model}: writes no traces; name a model that answers")
        self.judge = models.create(judge, self.judging.model) if isinstance(judge, str) else judge
        asking = protocols.Asking(
            model=self.model.identity,
            decoding=self.settings.decoding,
            prices=self.settings.asking.prices,
            items=self.items,
            split=self.split,
        )
        protocol = protocols.create(self.settings.protocol, asking)
        if not isinstance(protocol, InStages):
            raise UserError(
                f"protocol '{self.settings.protocol}' asks for no trace; take staged, staged:51 or clinhallu"
            )
        self.protocol, self.checks = protocol, Checks.by(self.judge.identity)
        self.cases = sum(1 for _ in self._groups())
        if not self.cases:
            raise UserError(
                f"{items}: every item that is right or wrong has a gold trace already; --again asks for new ones"
            )

    def _groups(self) -> Iterator[_Group]:
        asked = ((case, tuple(filter(self._asks, items))) for case, items in self.items.groups(split=self.split))
        return islice((_Group(case, items) for case, items in asked if items), self.settings.limit)

    def _asks(self, item: Item) -> bool:
        """Whether a trace is asked for: of what is right or wrong, and has none."""
        return item.answer_type not in ("report", "trace") and (self.settings.again or item.trace == Trace())

    def forecast(self, home: Path) -> Forecast:
        """What the model would be asked; what is journalled in ``home`` is not asked again."""

        async def answers(group: _Group, ask: Ask) -> Sequence[object]:
            return await self.protocol.answers(self._questions(group), ask)

        session = Session(self.model, _journal(home, self.model), self.settings.asking)
        return session.forecast(answers, self._groups(), traces=True)

    def _questions(self, group: _Group) -> list[protocols.Question]:
        images = tuple(map(self.items.load_image, group.case.images))
        return [protocols.Question(item=item, images=images, case=group.case) for item in group.items]

    def run(
        self, out: Path, *, overwrite: bool = False, show: Show = progress, say: Callable[[str], None] | None = None
    ) -> ItemSet:
        """Asks for the traces, checks them, and writes the item set; the same call goes on where it was stopped.

        Args:
            out: folder of the new item set; what was asked and answered is kept beside it, in ``OUT.traces``.
            overwrite: replace another item set that is there.
            show: how progress is shown.
            say: takes a line for the user.

        Raises:
            UserError: a model cannot be reached, requests failed, or ``out`` holds something else.
            BudgetReached: a budget is used up; the same call with a larger one goes on.
        """
        home = home_of(out)
        with held(home, "another process is tracing this set; wait for it"):
            self._forget_other_rows(home)
            table = StageTable(home / _CANDIDATES, Candidate)
            session = Session(self.model, _journal(home, self.model), self.settings.asking, show)
            session.run(partial(self._ask, home, table, show))
            self._refuse_failures(home, table.state.failed)
            return self._write(home / _CANDIDATES, out, overwrite, say)

    def found(self, out: Path) -> dict[str, int]:
        """What became of the traces that a finished run asked for, as ``counts``; those of earlier runs aside.

        Raises:
            UserError: none passed; with what refused most, and what to do.
        """
        table = home_of(out) / _CANDIDATES
        found = counts(read_rows(table, Candidate))
        if "accepted" in found:
            return found
        reasons = Counter((row.rejections[0].check, row.rejections[0].reason) for row in _refused(table))
        named = Counter[str]()
        for (check, _), n in reasons.items():
            named[check] += n
        if not named:
            raise UserError(f"accepted: 0 of {found['candidates']:,}; no request was answered: check the model")
        check, n = named.most_common(1)[0]
        reason = max((pair for pair in reasons if pair[0] == check), key=reasons.__getitem__)[1]
        raise UserError(
            f"accepted: 0 of {found['candidates']:,}; most, {n:,}, fail the check '{check}' (mostly: {reason}); all "
            f"reasons stand in {out / TRACES}; {_REMEDIES[check]}"
        )

    async def _ask(self, home: Path, table: StageTable[Candidate], show: Show, session: Session) -> None:
        async with AsyncExitStack() as stack:
            opened = Session(self.judge, _journal(home, self.judge), self.judging.asking, show)
            judge = await stack.enter_async_context(opened)

            async def candidates(group: _Group, ask: Ask) -> list[Candidate]:
                answers = await self.protocol.answers(self._questions(group), ask)
                return await self.checks.candidates(group.case, list(zip(group.items, answers, strict=True)), judge.ask)

            await session.stage(candidates, self._groups(), table, "writing traces, cases", self.cases)

    def about(self) -> dict[str, Any]:
        """Who wrote the traces and how they were checked."""
        return {
            "model": self.model.identity,
            "protocol": self.protocol.name,
            "decoding": self.protocol.asking.decoding.as_dict(),
            "judge": self.judge.identity,
            "instruments": [f"{one['name']}@{one['version']}" for one in as_plain(self.checks.instruments)],
            "leaks": leaks_version(),
        }

    def _forget_other_rows(self, home: Path) -> None:
        """Forgets rows that were made of other items or otherwise; their replies stay journalled."""
        s = self.settings
        settings = {
            "items": self.items.digest,
            "split": self.split,
            "limit": s.limit,
            "again": s.again,
            "auscult": __version__,
            **self.about(),
        }
        settings, path = orjson.loads(orjson.dumps(settings)), home / "settings.json"
        try:
            known = read_json(path, "delete it and run the same command again")
        except NoSuchFile:
            known = None
        if known != settings:
            for old in (home / _CANDIDATES, (home / _CANDIDATES).with_suffix(".state.json")):
                old.unlink(missing_ok=True)
            replace_file(path, orjson.dumps(settings, option=orjson.OPT_INDENT_2))

    def _refuse_failures(self, home: Path, failed: int) -> None:
        if failed and not self.settings.without_failed:
            rows = read_rows(home / _CANDIDATES, Candidate)
            why = next(row.rejections[0].reason for row in rows if row.status == "request_failed")
            raise UserError(
                f"{failed} requests failed ({why}), so that no set was made; what was answered is kept in {home}: the "
                "same command asks the failed ones again, and with --without-failed their items get no trace"
            )

    def _write(self, table: Path, out: Path, overwrite: bool, say: Callable[[str], None] | None) -> ItemSet:
        manifest = self.items.manifest
        write_item_set(
            traced(read(self.items.folder, ReadOptions()), read_rows(table, Candidate)),
            out,
            source=SourceNote(
                reader="item-set", path=str(self.items.folder), options={"traces": self.about()["model"]}
            ),
            split=SplitPlan(shares=manifest.split["shares"], seed=manifest.split["seed"]),
            overwrite=overwrite,
            add=carrying([self.items], lambda folder: _Traces(folder, table, self.about())),
            say=say,
            patient_data=PatientData(keep=bool(manifest.patient_data.get("kept")), burned_in=False),
        )
        return ItemSet(out)


def home_of(out: Path) -> Path:
    """Where that is kept which models were asked for the traces of a set and answered."""
    return out.with_name(f"{out.name}.traces")


def _journal(home: Path, model: Model) -> Path:
    return home / f"journal-{digest('model', model.identity)[:16]}"


def traced(bundles: Iterable[Bundle], rows: Iterable[Candidate]) -> Iterator[Bundle]:
    """Bundles whose items have the traces that passed all checks; rows stand case by case, in the bundles' order."""
    ahead = iter(groupby(rows, key=attrgetter("case_id")))
    case, found = next(ahead, ("", iter(())))
    for bundle in bundles:
        if bundle.case.id != case:
            yield bundle
            continue
        traces = {row.item_id: read_trace(row.text).trace for row in found if row.status == "ok"}
        items = tuple(replace(i, trace=traces[i.id]) if i.id in traces else i for i in bundle.items)
        yield replace(bundle, items=items)
        case, found = next(ahead, ("", iter(())))


def counts(rows: Iterable[Candidate]) -> dict[str, int]:
    """What became of all candidates: accepted, and refused by the first check that did; then as published."""
    found = Counter[str]()
    names = {check: f"refused: {check}" for check in CHECKS}
    for row in rows:
        first = row.rejections[0].check if row.rejections else ""
        failed = row.status == "request_failed"
        found["candidates"] += 1
        found["request failed" if failed else names.get(first, "accepted")] += 1
        if not failed:
            found["structurally valid"] += first != STRUCTURE
            found["accepted by the published filters"] += first not in PUBLISHED
    order = ("candidates", "accepted", *names.values(), "request failed")
    order += ("structurally valid", "accepted by the published filters")
    return {name: found[name] for name in order if found[name]}


def _refused(table: Path) -> Iterator[Candidate]:
    return (row for row in read_rows(table, Candidate) if row.status == "rejected")


class _Traces(Addition):
    """Adds no item, but the table of all candidates and their counts."""

    def __init__(self, folder: Path, table: Path, about: dict[str, Any]) -> None:
        self._folder, self._table, self._about = folder, table, about

    def look(self, case: Case, items: Sequence[Item]) -> None:
        """Nothing."""

    def choose(self, parts: Sequence[int], alike: Sequence[int]) -> None:
        """Nothing."""

    def make(self, number: int, case: Case, items: Sequence[Item], split: str) -> Iterable[Item]:
        """Nothing."""
        return ()

    def finish(self) -> Added:
        """Writes the table."""
        write_rows(self._folder / TRACES, Candidate, map(masked_candidate, read_rows(self._table, Candidate)))
        return Added(counts={"traces": counts(read_rows(self._table, Candidate))}, tracers=[self._about])

    def close(self) -> None:
        """Nothing."""
