"""Puts the answers of a run to a judge: resumable, bounded, foreseen; its scores stand beside the run's tables.

``RUN/judges/MODEL/journal`` holds every reply of one judge model, whatever the protocol, so that another parse policy
or more repeats ask nothing twice. ``RUN/judges/MODEL/PROTOCOL-VERSION/`` holds ``scores.parquet`` and
``judging.json``: who judged, how, at what cost, what failed. (MODEL and VERSION are digests of what they stand for.)
"""

from dataclasses import replace
from pathlib import Path

from auscult import models
from auscult.engine.ask import Ask
from auscult.engine.forecast import Forecast
from auscult.engine.progress import progress
from auscult.engine.session import Session, Show
from auscult.engine.stage import StageTable
from auscult.errors import PartFailed, UserError
from auscult.models import Model
from auscult.records import Score, digest
from auscult.runs.folder import read_manifest, redact
from auscult.runs.judged import Judgement, read_judgement, write_judgement
from auscult.runs.judging_options import JudgingOptions
from auscult.runs.subjects import JudgedCase, Selection, file_digest
from auscult.scorers.judges import READING, Judge, create
from auscult.scorers.judges.anchors import AnchorFile, protocol_of
from auscult.scorers.judges.families import family_warnings
from auscult.scorers.scoring import misfit
from auscult.store.held import held
from auscult.version import __version__

FOLDER = "judges"
RECORDED = "recorded"
"""Stands before the name that a user gave to the judge of recorded verdicts."""


class Judging:
    """A run, a judge and options, put together; ``forecast`` it, or ``run`` it. Close it after use.

    Args:
        folder: of the run; its tables are read, never written.
        spec: the judge model, as ``KIND:REST``.
        options: how it judges.

    Raises:
        UserError: the run, the judge, or the anchor file is not there, or the options contradict each other.
    """

    def __init__(self, folder: Path, spec: str, options: JudgingOptions | None = None) -> None:
        self.folder, self.spec, self.options = folder, spec, options or JudgingOptions()
        o = self.options
        o.check()
        self.manifest = read_manifest(folder)
        self.model: Model = models.create(spec, o.model)
        if o.name and not self.model.recorded:
            raise UserError(f"--judge-name names the judge of recorded verdicts; {spec} says itself who it is")
        self.who = f"{RECORDED}:{o.name}" if o.name else self.model.identity
        self.anchors = self._anchors()
        asked = replace(
            o.judge,
            anchor=self.anchors.digest if self.anchors else "",
            against=file_digest(o.against / "answers.parquet") if o.against else "",
        )
        self.judge: Judge = create(o.protocol, self.who, asked)
        self.selection = Selection(
            run=folder,
            conditions=o.conditions,
            answer_types=o.answer_types,
            anchors=self.anchors,
            against=o.against,
        )
        self.home = folder / FOLDER / digest("judge", self.model.identity)[:16]
        self.place = self.home / f"{self.judge.instrument.name}-{digest(self.judge.instrument.version)[:12]}"

    def _anchors(self) -> AnchorFile | None:
        path = self.options.anchors
        if path is None:
            return None
        bare = create(self.options.protocol, self.model.identity, self.options.judge)
        return AnchorFile(path, self.model.identity, protocol_of(bare.instrument), bare.instrument.names)

    def close(self) -> None:
        """Closes the anchor file."""
        if self.anchors:
            self.anchors.close()

    async def _stage(self, group: JudgedCase, ask: Ask) -> list[Score]:
        who, where = f"judge {self.judge.instrument.name}", f"question '{group.subjects[0].item.source_id}'"
        try:
            scores = list(await self.judge.scores(group.subjects, ask))
        except UserError:
            raise
        except Exception as error:  # whatever a judge of another package does wrong is not ours to show
            raise PartFailed(who, where, error) from error
        if [type(s) for s in scores] != [Score] * len(group.subjects):
            raise PartFailed(who, where, "it did not give one Score an answer")
        if [s.answer_id for s in scores] != [s.answer.id for s in group.subjects]:
            raise PartFailed(who, where, "it gave scores of other answers")
        if why := next(filter(None, map(misfit, scores)), ""):
            raise PartFailed(who, where, why)
        return scores

    def forecast(self) -> Forecast:
        """Says what judging would ask; what is journalled is not asked again, whichever protocol asked it.

        Raises:
            UserError: there is nothing to judge.
        """
        self.selection.count()
        return self._session().forecast(self._stage, self.selection.groups())

    def _session(self, show: Show = progress) -> Session:
        return Session(self.model, self.home / "journal", self.options.asking, show)

    def warnings(self) -> tuple[str, ...]:
        """What a reader must know of who judges whom, and who wrote the items: models of one family."""
        model = self.manifest.get("model", {})
        candidate = name_of(str(model.get("spec", "")), str(model.get("identity", "")))
        judge = self.options.name or name_of(self.spec, self.model.identity)
        anchor = self.anchors.system if self.anchors else ""
        wrote = [str(g["model"]) for g in self.manifest.get("items", {}).get("generators", ()) if g.get("model")]
        said = [line for one in wrote or [""] for line in family_warnings(judge, candidate, anchor, one)]
        return tuple(dict.fromkeys(said))

    def run(self, show: Show = progress) -> Judgement:
        """Judges every answer; the same call goes on where an earlier one stopped.

        Raises:
            UserError: there is nothing to judge, or the judge cannot be reached.
            BudgetReached: a budget is used up; the same call with a larger one goes on.
        """
        cases = self.selection.count()
        with held(self.home, "another process is judging this run with this model; wait for it"):
            self.place.mkdir(exist_ok=True)
            settings = self._settings()
            old = read_judgement(self.place)
            if old and old.settings != settings:
                self._start_anew()
            if not old or old.settings != settings:
                old = None
                write_judgement(self.place, self._judgement(settings))
            table = StageTable(self.place / "scores.parquet", Score)
            if old and old.prompts.calls and table.finished:
                return old
            session = self._session(show)
            session.run(lambda s: s.stage(self._stage, self.selection.groups(), table, "judging", cases))
            prompts = Session(self.model, None).forecast(self._stage, self.selection.groups()).prompts
            prices = self.options.asking.prices
            done = self._judgement(settings).with_scores(table.path, session.totals, prompts, prices)
            write_judgement(self.place, done)
            return done

    def _settings(self) -> dict[str, object]:
        """All that the rows depend on beside the version: with other ones they are made again from the journal."""
        judge = self.options.judge
        return {
            "judged": self.selection.digest(),
            "reading": READING,
            "auscult": __version__,
            "instrument": self.judge.instrument.about,
            "verdicts": self.model.identity if self.options.name else "",
            "tries": judge.tries,
            "max_tokens": judge.max_tokens,
            "schema": judge.schema,
            "more": dict(judge.more),
            "anchors": self.anchors.digest if self.anchors else "",
        }

    def _start_anew(self) -> None:
        """Forgets rows that were made of other answers or with other settings; their replies stay journalled."""
        for path in (self.place / "scores.parquet", self.place / "scores.state.json"):
            path.unlink(missing_ok=True)

    def _judgement(self, settings: dict[str, object]) -> Judgement:
        o, instrument = self.options, self.judge.instrument
        judge = self.options.name or name_of(self.spec, self.model.identity)
        about = f"judge protocol {protocol_of(instrument)}, {judge}"
        about += f", {o.judge.repeats} repeats" if o.judge.repeats > 1 else ""
        about += f", anchored on {self.anchors.system}" if self.anchors else ""
        return Judgement(
            folder=self.place,
            instrument=replace(
                instrument,
                about=about,
                answer_types=frozenset(o.answer_types) or instrument.answer_types,
                conditions=frozenset(o.conditions),
                notes=(*instrument.notes, *self.warnings()),
            ),
            judge=judge,
            host=self.model.host,
            repeats=o.judge.repeats,
            anchor=self.anchors.system if self.anchors else "",
            anchors=len(self.anchors) if self.anchors else 0,
            settings=settings,
        )


def name_of(spec: str, identity: str) -> str:
    """How a model is named to people: its identity, and what the user called it where that says more."""
    return identity if not spec or identity.startswith(spec) else f"{redact(spec)} ({identity})"
