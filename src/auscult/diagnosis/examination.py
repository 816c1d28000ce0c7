"""One diagnosis, from an item set with gold traces and a model to a folder of answers, scores and verdicts."""

import shutil
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path

import orjson

from auscult import models, protocols
from auscult.diagnosis.adoption import Adopted, adopted
from auscult.diagnosis.answerability import NAME as ALONE
from auscult.diagnosis.answerability import Answerability
from auscult.diagnosis.arms import arm_of, chosen
from auscult.diagnosis.asking import Asking, unput
from auscult.diagnosis.correctness import Correctness
from auscult.diagnosis.judging import PUBLISHED, STAGE, JudgedCase, Verdicts, cases_of
from auscult.diagnosis.plan import Group, groups, left_out, plan_of
from auscult.diagnosis.recorded import RecordedInStages, Recording
from auscult.diagnosis.scene_judge import SCENE
from auscult.diagnosis.settings import DiagnosisSettings
from auscult.engine.ask import Ask
from auscult.engine.forecast import NOT_ASKED, Forecast
from auscult.engine.progress import progress
from auscult.engine.session import Session, Show
from auscult.engine.stage import StageTable
from auscult.errors import UserError
from auscult.items.item_set import ItemSet
from auscult.models import Model, ModelOptions
from auscult.protocols.stages import InStages
from auscult.records import Answer, Call, Reply, Score, digest
from auscult.runs.checks import left_out as left_out_as_learnt
from auscult.runs.checks import untold
from auscult.runs.folder import (
    DIAGNOSIS,
    UNTYPED,
    RunFolder,
    Typed,
    redact,
    refuse_another,
    run_folder,
)
from auscult.runs.instruments import as_plain
from auscult.runs.judging_options import JudgingOptions
from auscult.scorers.judges import FACTS
from auscult.scorers.judges.families import family_warnings
from auscult.store.tables import write_rows
from auscult.store.whole import is_whole
from auscult.version import __version__


class Examination:
    """An item set, a model, a judge and settings, put together; ``forecast`` it, or ``run`` it into a folder.

    Args:
        items: folder of the item set.
        model: who answers, as ``KIND:REST``, or one that is open; or a path of recorded traces.
        judge: who judges stages and open answers: ``facts``, ``KIND:REST``, or one that is open.
        settings: how it is asked for.
        options: what the model needs beside its name.
        judging: what the judge needs beside its name: decoding, tries, pace, budget.
        text_model: who answers without trace and image; empty: the model itself.

    Raises:
        UserError: the item set, the model or the judge is not there, no item has a gold trace, or the settings
            contradict each other.
    """

    def __init__(
        self,
        items: Path,
        model: str | Model | Path,
        judge: str | Model = FACTS,
        settings: DiagnosisSettings | None = None,
        options: ModelOptions | None = None,
        judging: JudgingOptions | None = None,
        text_model: str | Model = "",
    ) -> None:
        self.settings = s = settings or DiagnosisSettings()
        s.check()
        self.judging, options = judging or JudgingOptions(), options or ModelOptions()
        self.judging.asking.check()
        self.items = ItemSet(items)
        who = Recording(model, self.items) if isinstance(model, Path) else model
        self.recording = who if isinstance(who, Recording) else None
        self.arms = self.recording.chosen(s.names) if self.recording else chosen(s.names)
        split = self.items.part(s.split)
        self.left_out = left_out(self.items, split)
        self.model, self.spec = _opened(who, options)
        if self.recording:
            self.spec = f"traces:{self.recording.called}"
        self.plan = plan_of(self.items, split, s.limit, self.arms, s.seed, self.model.tuned_on)
        if self.model.learns or (self.model.recorded and not self.recording):
            raise UserError(f"{self.spec}: reads no stage that is given to it; recorded traces are read by --traces")
        if text_model and not any(arm.text_only for arm in self.arms):
            raise UserError("--text-model answers the arms without an image; add --arms default,text, or leave it out")
        self.text, self.text_spec = _opened(text_model, options) if text_model else (self.model, self.spec)
        self.judge, self.judge_spec = _opened(judge, self.judging.model)
        self._make_asking()

    def _make_asking(self) -> None:
        s = self.settings
        asking = protocols.Asking(
            model=self.model.identity,
            decoding=s.decoding,
            prices=s.asking.prices,
            items=self.items,
            split=self.plan.split,
        )
        protocol = protocols.create(s.protocol, asking)
        if not isinstance(protocol, InStages):
            raise UserError(
                f"protocol '{s.protocol}' asks for no trace; a diagnosis takes staged, staged:51 or clinhallu"
            )
        self.protocol: InStages = protocol
        if self.recording:
            self.protocol = RecordedInStages(asking=protocol.asking, inner=protocol, traces=self.recording.traces)
        text = Answerability(asking=replace(asking, model=self.text.identity, protocol=ALONE))
        self.asking = Asking(load=self.items.load_image, arms=self.arms, protocol=self.protocol, text=text)
        published = self._judged_as_published()
        self.correctness = Correctness.by(self.judge.identity, published=published)
        self.verdicts = Verdicts(
            self.judge.identity, self.items.load_image, protocol=s.judge_protocol, options=self.judging.judge
        )

    def _judged_as_published(self) -> bool:
        """Whether stages and answers are judged as ClinHallu's program does."""
        name = self.settings.judge_protocol
        if name not in (STAGE, PUBLISHED, SCENE):
            raise UserError(f"judge protocol '{name}' judges no stages; write {STAGE}, {PUBLISHED} or {SCENE}")
        if name == SCENE and self.judge.identity != FACTS:
            raise UserError(f"judge protocol '{SCENE}' asks no model: it knows phantoms; leave --judge out")
        if name == PUBLISHED and self.judge.identity == FACTS:
            raise UserError(f"judge protocol '{PUBLISHED}' asks a model; name one with --judge, or leave it out")
        return name == PUBLISHED

    def identity(self) -> dict[str, object]:
        """Everything that the answers depend on beside the arms; a folder belongs to one of these."""
        s = self.settings
        return {
            "items": self.items.digest,
            "model": self.model.identity,
            "text_model": self.text.identity,
            "protocol": self.protocol.name,
            "decoding": s.decoding.as_dict(),
            "split": self.plan.split,
            "limit": s.limit,
            "seed": s.seed,
        }

    def forecast(self, out: Path | None = None) -> "Foreseen":
        """Says what the diagnosis would ask before it is judged; what is journalled in ``out`` is not asked again.

        Raises:
            UserError: ``out`` is another folder, or belongs to another diagnosis.
        """
        refuse_another(out, self.identity(), DIAGNOSIS)
        calls = Counter({arm.name: 0 for arm in self.arms})
        one = self.text is self.model

        async def all_arms(group: Group, ask: Ask) -> Sequence[Answer]:
            made = await self.asking.answers(group, ask, ask if one else NOBODY)
            calls.update(arm_of(a) for a in made if a.failure == NOT_ASKED)
            return made

        async def texts(group: Group, ask: Ask) -> Sequence[Answer]:
            return await self.asking.answers(group, NOBODY, ask)

        asked = {self.spec: self._session(out).forecast(all_arms, groups(self.plan, self.arms), traces=True)}
        if not one:
            asked[self.text_spec] = self._text_session(out).forecast(texts, groups(self.plan, self.arms), traces=True)
        stages = sum(n * len(arm.written) for arm in self.arms if arm.judged for n in [calls[arm.name]])
        return Foreseen(calls=dict(calls), asked=asked, judged=0 if self.judge.identity == FACTS else stages)

    def run(self, out: Path, show: Show = progress, typed: Typed = UNTYPED) -> None:
        """Asks, scores and judges; the same call goes on where an earlier one stopped.

        Args:
            out: folder of the diagnosis.
            show: how progress is shown.
            typed: what the user typed, for the manifest.

        Raises:
            UserError: bad input, or a model or judge that does not answer.
            BudgetReached: a budget is used up; the same call with a larger one goes on.
        """
        with run_folder(out, self.identity(), typed, DIAGNOSIS) as folder:
            self._note(folder)
            self._session(out, show).run(partial(self._ask, folder, show))
            if "planted" in {source for arm in self.arms for source in arm.given.values()}:
                rows = (row for group in cases_of(out) for row in adopted(group, self.arms))
                write_rows(folder.table("adopted"), Adopted, rows)
            self._judge(folder, show)

    @property
    def notes(self) -> tuple[str, ...]:
        """What must be said before anything is asked, in whole sentences: of tuned models and of recorded traces."""
        return (*untold(self.model), *(self.recording.notes if self.recording else ()))

    @property
    def _who(self) -> str:
        """The candidate, as families are known by."""
        return ", ".join(self.recording.traces.models) if self.recording else self.spec

    def _note(self, folder: RunFolder) -> None:
        """Notes who is asked what; tables of other arms are made anew, from the journal."""
        arms = [{**asdict(arm), "written": list(arm.written)} for arm in self.arms]
        if folder.manifest.get("arms") != arms:
            _forget(folder, "answers", "scores", "verdicts", "adopted")
        said, learnt = left_out_as_learnt(self.plan)
        if learnt:
            folder.note(tuned_on=learnt)
        called = {"name": self.recording.called} if self.recording else {}
        folder.note(
            arms=arms,
            notes=[*said, *self.notes, *self._kin()],
            model={"spec": redact(self.spec), **called, **models.capabilities(self.model)},
            text_model={"spec": redact(self.text_spec), **models.capabilities(self.text)},
            judge={"spec": redact(self.judge_spec), **models.capabilities(self.judge)},
            items={"path": str(self.items.folder.resolve()), **self.items.manifest.model_dump()},
            left_out=self.left_out,
            prices=asdict(self.settings.asking.prices),
            max_missing=self.settings.max_missing,
        )

    def _kin(self) -> list[str]:
        """What must be said where judge, model and the writers of gold traces are kin."""
        wrote = [str(one["model"]) for one in self.items.manifest.tracers] or [""]
        said = (line for one in wrote for line in family_warnings(self.judge_spec, self._who, generator=one))
        return list(dict.fromkeys(said))

    async def _ask(self, folder: RunFolder, show: Show, session: Session) -> None:
        cases, items = folder.table("cases"), folder.table("items")
        if not (is_whole(cases) and is_whole(items)):
            self.plan.write(cases, items)
            folder.note(tables=folder.digests("cases", "items"), unput=self._unput())
        table = StageTable(folder.table("answers"), Answer)
        async with AsyncExitStack() as stack:
            other: Session | None = None
            if self.text is not self.model:
                other = await stack.enter_async_context(self._text_session(folder.path, show))

            async def stage(group: Group, ask: Ask) -> Sequence[Answer]:
                return await self.asking.answers(group, ask, other.ask if other else ask)

            await session.stage(stage, groups(self.plan, self.arms), table, "answering", len(self.plan.keys))
            texts = {"text": other.account()} if other else {}
        folder.note(**session.account(), **texts, tables=folder.digests("answers"))

    def _unput(self) -> dict[str, dict[str, int]]:
        """Arm → why it cannot be put for an item → how many items, where there is any."""
        counted: dict[str, Counter[str]] = {arm.name: Counter() for arm in self.arms}
        if any(arm.foreign for arm in self.arms):
            for group in groups(self.plan, self.arms):
                for arm in self.arms:
                    counted[arm.name].update(filter(None, (unput(arm, item, group) for item in group.items)))
        return {arm: dict(reasons) for arm, reasons in counted.items() if reasons}

    def _judge(self, folder: RunFolder, show: Show) -> None:
        """Scores the answers and judges the stages; rows that were made otherwise are made anew from the journal."""
        instruments = as_plain([*self.correctness.instruments, *self.verdicts.instruments])
        judging = {
            "answers": folder.digests("answers")["answers.parquet"],
            "judge": self.judge.identity,
            "options": asdict(self.judging.judge),
            "instruments": instruments,
            "auscult": __version__,
        }
        judging = orjson.loads(orjson.dumps(judging))
        if folder.manifest.get("judging") != judging:
            _forget(folder, "scores", "verdicts")
        folder.note(judging=judging, instruments=instruments)
        journal = folder.path / "judges" / digest("judge", self.judge.identity)[:16] / "journal"
        session = Session(self.judge, journal, self.judging.asking, show)
        session.run(partial(self._score, folder))

    async def _score(self, folder: RunFolder, session: Session) -> None:
        async def correct(group: JudgedCase, ask: Ask) -> Sequence[Score]:
            return await self.correctness.scores(group.case, group.answers, ask)

        cases = len(self.plan.keys)
        for name, stage, what in (("scores", correct, "scoring"), ("verdicts", self.verdicts.scores, "judging stages")):
            await session.stage(stage, cases_of(folder.path), StageTable(folder.table(name), Score), what, cases)
        folder.note(
            judge={**folder.manifest["judge"], **session.account()}, tables=folder.digests("scores", "verdicts")
        )

    def _session(self, out: Path | None, show: Show = progress) -> Session:
        return Session(self.model, out / "journal" if out else None, self.settings.asking, show)

    def _text_session(self, out: Path | None, show: Show = progress) -> Session:
        return Session(self.text, out / "text" / "journal" if out else None, self.settings.asking, show)


@dataclass(frozen=True, kw_only=True)
class Foreseen:
    """What a diagnosis would ask.

    Attributes:
        calls: arm → calls to ask; equal ones of several arms are counted in each, and asked once.
        asked: model → what it would be asked in all.
        judged: stages that a judge would be asked about, at most; none where no model judges.
    """

    calls: Mapping[str, int]
    asked: Mapping[str, Forecast]
    judged: int

    def describe(self) -> str:
        """The forecast in words."""
        widest = max(map(len, self.calls))
        arms = [f"  {arm:<{widest}}  {n:>9,}" for arm, n in self.calls.items()]
        models_ = [f"{who}\n{found.describe()}" for who, found in self.asked.items()]
        judge = f"then the judge: at most {self.judged:,} stages, and open answers" if self.judged else ""
        judge = judge or "then stages are read and figures made, which takes no call and is not in the time"
        return "\n".join(["calls an arm:", *arms, *models_, *filter(None, [judge])])


class _Nobody:
    """Asks nobody."""

    async def __call__(self, call: Call) -> Reply:
        return Reply(failure=NOT_ASKED)

    async def all(self, calls: Sequence[Call]) -> list[Reply]:
        return [Reply(failure=NOT_ASKED)] * len(calls)


NOBODY = _Nobody()


def _opened(model: str | Model, options: ModelOptions) -> tuple[Model, str]:
    """A model, and what it is called."""
    return (models.create(model, options), model) if isinstance(model, str) else (model, model.identity)


def _forget(folder: RunFolder, *tables: str) -> None:
    """Drops tables that are made anew; what was asked stays in the journals."""
    for name in tables:
        path = folder.table(name)
        for file in (path, path.with_suffix(".state.json")):
            file.unlink(missing_ok=True)
        shutil.rmtree(path.with_suffix(".parts"), ignore_errors=True)
