"""One evaluation, from an item set and a model to a run folder with its scores."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path

from auscult import models, protocols
from auscult.engine.ask import Ask
from auscult.engine.forecast import Forecast
from auscult.engine.progress import progress
from auscult.engine.session import Session, Show
from auscult.engine.stage import StageTable
from auscult.errors import PartFailed, UserError
from auscult.items.item_set import ItemSet
from auscult.models import Model, ModelOptions
from auscult.printing import tell
from auscult.probes import chosen
from auscult.probes.asking import Probed
from auscult.protocols import Asking
from auscult.records import Answer, Canary
from auscult.runs.canary import SKIPPED, not_asked, run_canary
from auscult.runs.checks import left_out, refuse_answers_of_others, refuse_what_was_learnt, unmatched, untold
from auscult.runs.folder import UNTYPED, RunFolder, Typed, redact, refuse_another, run_folder
from auscult.runs.plan import Group, Plan
from auscult.runs.probing import TABLE, Probing, note_probes, refuse_recorded
from auscult.runs.rescoring import Readers, check_judges, score_run
from auscult.runs.settings import Settings
from auscult.store.whole import is_whole

CANARY_CALLS = "The two-image canary adds at most 12 short calls."


class Evaluation:
    """An item set, a model and settings, put together; ``forecast`` it, or ``run`` it into a folder.

    Args:
        items: folder of the item set.
        spec: the model, as ``KIND:REST``, or one that is open.
        settings: how it is run.
        options: what the model needs beside its name; its training split is the item set's own where none is given.
        readers: what reads the answers beside the rules: judges and text metrics.
        name: of the model, for people; empty: its spec says it.
        notes: what must be known of the figures.

    Raises:
        UserError: the item set or the model is not there, or the settings contradict each other.
    """

    def __init__(
        self,
        items: Path,
        spec: str | Model,
        settings: Settings | None = None,
        options: ModelOptions | None = None,
        readers: Readers | None = None,
        *,
        name: str = "",
        notes: Sequence[str] = (),
    ) -> None:
        self._name, self._said = name, notes
        self.settings, self.readers = settings or Settings(), readers or Readers()
        self.settings.check()
        check_judges(self.readers)
        self.readers.check()
        options = options or ModelOptions()
        self.items, self.spec = ItemSet(items), spec if isinstance(spec, str) else spec.identity
        if self.readers.judges and not {"open", "report"} & self.items.manifest.counts["answer_type"].keys():
            raise UserError(
                f"{items}: holds no open questions and no reports, which is what a judge reads; leave --judge out"
            )
        options = replace(options, train=options.train or (items,))
        split = self.items.part(self.settings.split)
        self.model: Model = models.create(spec, options) if isinstance(spec, str) else spec
        self.plan = Plan(
            items=self.items,
            split=split,
            limit=self.settings.limit,
            controls=self.settings.controls,
            conditions=self.model.conditions,
            seed=self.settings.seed,
            samples=self.settings.samples,
            learnt=self.model.tuned_on,
        )
        refuse_what_was_learnt(self.model, self.spec, options.train, self.plan)
        probes = chosen([name for names in self.settings.probe for name in names.split(",")])
        refuse_recorded(self.model, probes)
        self.probing = Probing(self.plan, probes, self.settings.probe_items, self.model.conditions)
        asking = Asking(
            model=self.model.identity,
            decoding=self.settings.decoding,
            prices=self.settings.asking.prices,
            items=self.items,
            split=split,
            recorded=self.model.recorded,
        )
        self.protocol = protocols.create(self.settings.protocol, asking)

    def identity(self) -> dict[str, object]:
        """Everything that the answers depend on; a run folder belongs to one of these."""
        s = self.settings
        return {
            "items": self.items.digest,
            "model": self.model.identity,
            "protocol": self.protocol.name,
            "decoding": s.decoding.as_dict(),
            "samples": s.samples,
            "split": self.plan.split,
            "limit": s.limit,
            "controls": s.controls,
            "seed": s.seed,
        }

    async def _answers(self, group: Group, ask: Ask) -> Sequence[Answer]:
        """The stage of a run: its groups in, answers out."""
        own = self.plan.questions(group)
        try:
            made = await self.protocol.answers([*own, *self.probing.questions(group)], ask)
        except UserError:
            raise
        except Exception as error:  # whatever a protocol of another package does wrong is not ours to show
            where = f"question '{group.items[0].source_id}'"
            raise PartFailed(f"protocol {self.protocol.name}", where, error) from error
        if any(not isinstance(answer, Answer) for answer in made or (None,)):
            raise UserError(f"protocol {self.protocol.name}: 'answers' did not give Answers; mend that protocol")
        return made[: len(own)]

    def _notes(self) -> list[str]:
        """What must be said before the figures; what cannot be asked is refused."""
        refuse_answers_of_others(self.model, self.spec, self.plan)
        return [*self._said, *untold(self.model), *left_out(self.plan)[0], *self.protocol.check(self.plan.asked)]

    def forecast(self, out: Path | None = None) -> Forecast:
        """Says what the evaluation would ask; what is journalled in ``out`` is not asked again.

        Raises:
            UserError: what ``run`` would refuse before it asks.
        """
        notes = self._notes()
        if self.settings.canary:
            why = not_asked(self.model)
            notes.append(f"The two-image canary is not asked: {why}." if why else CANARY_CALLS)
        notes += self.probing.forecast()
        refuse_another(out, self.identity())
        session = Session(self.model, out / "journal" if out else None, self.settings.asking)
        return replace(session.forecast(self._answers, self.plan.groups()), notes=tuple(notes))

    def run(
        self, out: Path, show: Show = progress, typed: Typed = UNTYPED, criteria: dict[str, str] | None = None
    ) -> None:
        """Answers and scores; the same call goes on where an earlier one stopped.

        Args:
            out: the run folder.
            show: how progress is shown.
            typed: what the user typed, for the manifest.
            criteria: path and hash of the criteria of a gate; noted before anything is asked, so that it is known that
                they came first.

        Raises:
            UserError: bad input, or a model that does not answer.
            BudgetReached: a budget is used up; the same call with a larger one goes on.
        """
        notes = self._notes()
        for line in untold(self.model):
            tell(line)
        with run_folder(out, self.identity(), typed) as folder:
            s = self.settings
            folder.note(
                notes=notes,
                model={"spec": redact(self.spec), "name": self._name, **models.capabilities(self.model)},
                items={"path": str(self.items.folder.resolve()), **self.items.manifest.model_dump()},
                prices=asdict(s.asking.prices),
            )
            if learnt := left_out(self.plan)[1]:
                folder.note(tuned_on=learnt)
            if criteria and "criteria" not in folder.manifest and not _begun(folder):
                folder.note(criteria=criteria)
            session = Session(self.model, folder.journal, s.asking, show)
            folder.note(canary=asdict(session.run(partial(self._ask_all, folder))))
            score_run(folder, self.readers, s.max_missing, show)

    async def _ask_all(self, folder: RunFolder, session: Session) -> Canary:
        table = StageTable(folder.table("answers"), Answer)
        cases, items = folder.table("cases"), folder.table("items")
        if not (is_whole(cases) and is_whole(items)):
            self.plan.write(cases, items)
            folder.note(tables=folder.digests("cases", "items"))
        canary = await run_canary(session.ask, self.model, self.items) if self.settings.canary else SKIPPED
        rows = await session.stage(self._answers, self.plan.groups(), table, "answering", len(self.plan.keys))
        if self.probing.probes:
            await self._ask_probes(folder, session)
        asked = {**session.account(), "unmatched": len(unmatched(self.model, self.items.names()))}
        folder.note(**asked, tables=folder.digests("answers"))
        if rows != (expected := self.plan.answers()):  # what lacks must not be scored as if it had never been asked
            raise UserError(
                f"protocol {self.protocol.name}: gave {rows} answers and not {expected}; mend that protocol"
            )
        return canary

    async def _ask_probes(self, folder: RunFolder, session: Session) -> None:
        """Reads what was asked beside the questions; what was not asked with them is asked now."""
        note_probes(folder, self.probing)
        table = StageTable(folder.table(TABLE), Probed)
        stage, cases = self.probing.stage(self.protocol), sum(1 for _ in self.probing.groups())
        await session.stage(stage, self.probing.groups(), table, "probing", cases)
        folder.note(tables=folder.digests(TABLE))


def _begun(folder: RunFolder) -> bool:
    """Whether anything was asked already."""
    return folder.table("answers").exists() or any(folder.journal.glob("*.jsonl"))
