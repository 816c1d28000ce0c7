"""One evaluation, from an item set and a model to a run folder with its scores."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from pathlib import Path

from auscult import models, protocols
from auscult.engine.ask import Ask
from auscult.engine.forecast import Forecast
from auscult.engine.limits import AskOptions
from auscult.engine.progress import progress
from auscult.engine.session import Session, Show
from auscult.engine.stage import StageTable
from auscult.errors import UserError
from auscult.items.item_set import ItemSet
from auscult.models import Model, ModelOptions, Recorded
from auscult.protocols import Asking
from auscult.records import Answer, Canary, Case, Decoding, Item
from auscult.runs.canary import run_canary
from auscult.runs.folder import RunFolder, another_run, redact, run_folder
from auscult.runs.plan import Group, Plan
from auscult.runs.rescoring import Readers, check_judges, score_run
from auscult.store.tables import RowWriter, read_rows

CANARY_CALLS = "The two-image canary adds at most 12 short calls."


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How an evaluation is run.

    Attributes:
        split: part of the item set that is asked; empty for all; None for ``test`` where there is one.
        limit: most cases asked.
        decoding: how answers are decoded.
        samples: answers to each question; more than one needs a temperature.
        protocol: how items are put and answered, see ``auscult.protocols``.
        controls: items of the control subsample (without the image, with another case's image).
        seed: of the choice of controls.
        canary: whether the two-image canary is run; an evaluation that skips it says so in its report.
        asking: concurrency, retries, prices, budgets.
        max_missing: greatest share of failed requests at which a figure is still given.
    """

    split: str | None = None
    limit: int | None = None
    decoding: Decoding = Decoding()
    samples: int = 1
    protocol: str = "direct"
    controls: int = 300
    seed: int = 0
    canary: bool = True
    asking: AskOptions = field(default_factory=AskOptions)
    max_missing: float = 0.05

    def check(self) -> None:
        """Refuses settings that cannot mean anything.

        Raises:
            UserError: what to set instead.
        """
        if self.samples > 1 and self.decoding.temperature == 0:
            raise UserError("--samples above 1 at temperature 0 repeats one answer; add for example --temperature 0.7")
        if self.samples < 1:
            raise UserError(f"--samples must be at least 1, not {self.samples}")
        self.asking.check()


class Evaluation:
    """An item set, a model and settings, put together; ``forecast`` it, or ``run`` it into a folder.

    Args:
        items: folder of the item set.
        spec: the model, as ``KIND:REST``.
        settings: how it is run.
        options: what the model needs beside its name; its training split is the item set's own where none is given.
        readers: what reads the answers beside the rules: judges and text metrics.

    Raises:
        UserError: the item set or the model is not there, or the settings contradict each other.
    """

    def __init__(
        self,
        items: Path,
        spec: str,
        settings: Settings | None = None,
        options: ModelOptions | None = None,
        readers: Readers | None = None,
    ) -> None:
        self.settings, self.readers = settings or Settings(), readers or Readers()
        self.settings.check()
        check_judges(self.readers)
        self.readers.check()
        options = options or ModelOptions()
        self.items, self.spec = ItemSet(items), spec
        if self.readers.judges and not {"open", "report"} & self.items.manifest.counts["answer_type"].keys():
            raise UserError(
                f"{items}: holds no open questions and no reports, which is what a judge reads; leave --judge out"
            )
        options = replace(options, train=options.train or (items,))
        splits = self.items.manifest.counts["split"]
        self.split = self.settings.split if self.settings.split is not None else ("test" if "test" in splits else "")
        if self.split and self.split not in splits:
            raise UserError(f"{items}: no split '{self.split}'; there is: {', '.join(splits)}")
        self.model: Model = models.create(spec, options)
        self._refuse_what_was_learnt(options.train)
        self.plan = Plan(
            items=self.items,
            split=self.split,
            limit=self.settings.limit,
            controls=self.settings.controls,
            conditions=self.model.conditions,
            seed=self.settings.seed,
        )
        asking = Asking(
            model=self.model.identity,
            decoding=self.settings.decoding,
            prices=self.settings.asking.prices,
            items=self.items,
            split=self.split,
            recorded=isinstance(self.model, Recorded),
        )
        self.protocol = protocols.create(self.settings.protocol, asking)

    def _refuse_what_was_learnt(self, train: tuple[Path, ...]) -> None:
        """Refuses to ask what the answerer has been shown the answers of: that would measure memory."""
        own = self.items.folder.resolve() in {folder.resolve() for folder in train}
        if self.model.learns and own and "train" in self.items.manifest.counts["split"] and self.split in ("", "train"):
            raise UserError(
                f"{self.items.folder}: {self.spec} learns from its training split, which would be asked too; ask "
                "another --split"
            )

    def identity(self) -> dict[str, object]:
        """Everything that the answers depend on; a run folder belongs to one of these."""
        s = self.settings
        return {
            "items": self.items.digest,
            "model": self.model.identity,
            "protocol": self.protocol.name,
            "decoding": s.decoding.as_dict(),
            "samples": s.samples,
            "split": self.split,
            "limit": s.limit,
            "controls": s.controls,
            "seed": s.seed,
        }

    async def _answers(self, group: Group, ask: Ask) -> Sequence[Answer]:
        """The stage of a run: its groups in, answers out."""
        return await self.protocol.answers(group.questions(self.items.load_image, self.settings.samples), ask)

    def forecast(self, out: Path | None = None) -> Forecast:
        """Says what the evaluation would ask; what is journalled in ``out`` is not asked again.

        Raises:
            UserError: an image is gone or altered, or there is nothing to ask.
        """
        notes = [CANARY_CALLS] if self.settings.canary else []
        if out and (difference := another_run(out, self.identity())):
            notes.append(f"{out} belongs to another run ({difference}); give this one another --out.")
        session = Session(self.model, out / "journal" if out else None, self.settings.asking)
        return replace(session.forecast(self._answers, self.plan.groups()), notes=tuple(notes))

    def run(self, out: Path, show: Show = progress, command: str = "", criteria: dict[str, str] | None = None) -> None:
        """Answers and scores; the same call goes on where an earlier one stopped.

        Args:
            out: the run folder.
            show: how progress is shown.
            command: what the user typed, for the manifest.
            criteria: path and hash of the criteria of a gate; noted before anything is asked, so that it is known that
                they came first.

        Raises:
            UserError: bad input, or a model that does not answer.
            BudgetReached: a budget is used up; the same call with a larger one goes on.
        """
        notes = self.protocol.check(lambda: (item for group in self.plan.groups() for item in group.items))
        self._check_recorded()
        with run_folder(out, self.identity(), command) as folder:
            s = self.settings
            folder.note(
                notes=list(notes),
                model={"spec": redact(self.spec), **models.capabilities(self.model)},
                items={"path": str(self.items.folder.resolve()), **self.items.manifest.model_dump()},
                prices=asdict(s.asking.prices),
            )
            if criteria and "criteria" not in folder.manifest and not _begun(folder):
                folder.note(criteria=criteria)
            session = Session(self.model, folder.journal, s.asking, show)
            folder.note(canary=asdict(session.run(partial(self._ask_all, folder))))
            score_run(folder, self.readers, s.max_missing, show)

    async def _ask_all(self, folder: RunFolder, session: Session) -> Canary:
        table: StageTable[Answer] = StageTable(folder.table("answers"), Answer, lambda a: a.status == "request_failed")
        if not (folder.table("items").exists() and folder.table("cases").exists()):
            self._write_asked(folder)
        canary = await self._canary(session.ask)
        rows = await session.stage(self._answers, self.plan.groups(), table, "answering", len(self.plan.keys))
        folder.note(**session.account(), unmatched=len(self._unmatched()))
        self._check_whole(rows)
        return canary

    def _check_whole(self, rows: int) -> None:
        """A table of answers that lacks rows must not be scored as if they had never been asked."""
        expected = self.settings.samples * sum(len(g.items) * len(g.conditions) for g in self.plan.groups())
        if rows != expected:
            raise RuntimeError(f"{rows} answers were written and {expected} planned: a defect of this program")

    def _unmatched(self) -> list[str]:
        """Recorded answers that belong to no question of the whole item set."""
        if not isinstance(self.model, Recorded):
            return []
        items = read_rows(self.items.folder / "items.parquet", Item)
        return self.model.unmatched({name for i in items for name in (i.id, i.source_id)})

    def _check_recorded(self) -> None:
        """Refuses recorded answers of which none belongs to a question.

        Raises:
            UserError: with an id of either side, so that the right column can be named.
        """
        if isinstance(self.model, Recorded):
            unmatched = self._unmatched()
            if unmatched and len(unmatched) == self.model.count():
                first = next(read_rows(self.items.folder / "items.parquet", Item))
                raise UserError(
                    f"{self.spec}: none of its {len(unmatched)} ids is in {self.items.folder} "
                    f"(there: {unmatched[0]!r}, here: {first.source_id!r}); name the right column with --map id=COLUMN"
                )
            asked = {name for g in self.plan.groups() for i in g.items for name in (i.id, i.source_id)}
            if self.split and self.model.count() and len(self.model.unmatched(asked)) == self.model.count():
                raise UserError(
                    f"{self.spec}: no answer is to a question of the split '{self.split}'; name another with --split, "
                    "or 'all'"
                )

    async def _canary(self, ask: Ask) -> Canary:
        if not self.settings.canary:
            return Canary(
                status="skipped", detail="skipped on request: nothing shows that answers belong to their image"
            )
        canary = await run_canary(ask, self.model, self.items)
        if canary.status == "failed":
            raise UserError(
                f"canary: {canary.detail}; mend the server's cache, or say --no-canary to go on all the same"
            )
        return canary

    def _write_asked(self, folder: RunFolder) -> None:
        """Keeps the cases and items that are asked in the run, so that it explains itself."""
        with RowWriter(folder.table("cases"), Case) as cases, RowWriter(folder.table("items"), Item) as items:
            for group in self.plan.groups():
                cases.write(group.case)
                for item in group.items:
                    items.write(item)


def _begun(folder: RunFolder) -> bool:
    """Whether anything was asked already."""
    return folder.table("answers").exists() or any(folder.journal.glob("*.jsonl"))
