"""Cases → items that a model drafted from annotation and image, checked by rules and by other models.

What was asked and answered stands in a folder of its own beside the set, so that the same build asks nothing twice and
goes on where it was stopped; the set itself appears when all images have their rows.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import orjson

from auscult import models
from auscult.construction.checks import USUAL, Check, Refusal, checks
from auscult.construction.drafting import DraftingOptions
from auscult.construction.drafting.asking import BATCH, IMAGE_AND_TEXT, TEXT_ALONE, prompt_digest
from auscult.construction.drafting.checking import CHECK, Checker, Verdict
from auscult.construction.drafting.plan import wording
from auscult.construction.drafting.stage import Drafted, Drafting
from auscult.construction.generators import Generator, Reject, rejected
from auscult.construction.screened import PatientDataCheck, masked_verdict
from auscult.engine.journal import Journal, Totals
from auscult.engine.progress import progress
from auscult.engine.session import Session, Show
from auscult.engine.stage import StageTable
from auscult.errors import UserError
from auscult.items.item_set import CASES, load_image
from auscult.models import Model
from auscult.records import Case, Image, Item, digest
from auscult.store.files import replace_file
from auscult.store.given import NoSuchFile, read_json
from auscult.store.held import held
from auscult.store.tables import RowWriter, read_rows
from auscult.store.whole import table_digest
from auscult.version import __version__

VERDICTS = "verdicts.parquet"
"""What each checker model said of each item, one row an item and checker."""


def journal_of(home: Path, model: Model) -> Path:
    """Where it is kept what a model was asked and answered."""
    return home / f"journal-{digest('model', model.identity)[:16]}"


def spent(home: Path, model: Model) -> Totals:
    """What the journalled calls of a model took."""
    if not journal_of(home, model).is_dir():
        return Totals()
    journal = Journal(journal_of(home, model))
    journal.close()
    return journal.totals


@dataclass(kw_only=True, eq=False)
class Drafts(Generator):
    """Makes items of what a model drafts.

    Attributes:
        folder: of the item set that is being written.
        home: what was asked and answered; kept beside the set.
        model: the generator.
        spec: how the user named it.
        options: how it is asked, and who checks.
        keep: pairs that may hold patient data are drafted all the same.
        show: how progress is shown.
    """

    version: ClassVar[str] = "1"
    checked: ClassVar[bool] = True
    folder: Path
    home: Path
    model: Model
    spec: str
    options: DraftingOptions
    keep: bool = False
    show: Show = progress
    _counts: dict[str, Counter[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._cases = 0
        self._checkers = [models.create(spec, self.options.checking.model) for spec in self.options.checkers]
        self._checks: list[Check] = [*([] if self.keep else [PatientDataCheck()]), *checks(USUAL)]

    def look(self, case: Case, items: Sequence[Item]) -> None:
        """First pass: counts."""
        self._cases += 1

    def choose(self, parts: Sequence[int]) -> None:
        """Between the passes: asks for every image, or goes on where an earlier build was stopped.

        Raises:
            UserError: a model cannot be reached; requests failed; nothing can be asked of any image.
            BudgetReached: a budget is used up; the same build with a larger one goes on.
        """
        with held(self.home, "another process is building this set; wait for it"):
            self._forget_other_rows()
            table = StageTable(self._table, Drafted)
            session = Session(self.model, self._journal(self.model), self.options.asking, self.show)
            session.run(lambda opened: self._draft(opened, table))
        self._refuse_failures(table.state.failed)
        self._rows = read_rows(self._table, Drafted)
        self._next = next(self._rows, None)
        self._verdicts = RowWriter(self.folder / VERDICTS, Verdict)

    async def _draft(self, session: Session, table: StageTable[Drafted]) -> None:
        async with AsyncExitStack() as stack:
            asking, asked = self.options.checking, []
            for model in self._checkers:
                opened = Session(model, self._journal(model), asking.asking, self.show)
                asked.append(await stack.enter_async_context(opened))
            drafting = self._drafting([Checker(s.model.identity, s.ask, asking) for s in asked])
            await session.stage(drafting.rows, self._groups(), table, "drafting, images", self._cases)
            for one in asked:
                if one.ask.counts.asked:
                    await one.ask.look()

    def _drafting(self, checkers: Sequence[Checker] = ()) -> Drafting:
        return Drafting(options=self.options, seed=self.seed, load=self._images, checks=self._checks, checkers=checkers)

    def _groups(self) -> Iterator[Case]:
        return read_rows(self.folder / CASES, Case)

    def _images(self, case: Case) -> list[Image]:
        return [load_image(self.folder, image) for image in case.images]

    @property
    def _table(self) -> Path:
        return self.home / "drafts.parquet"

    def _journal(self, model: Model) -> Path:
        return journal_of(self.home, model)

    def _settings(self) -> dict[str, object]:
        """All that the rows depend on beside the replies: with other ones they are made again from the journals."""
        return {
            "cases": table_digest(self.folder / CASES),
            "checks": [f"{check.name}@{check.version}" for check in self._checks],
            "auscult": __version__,
            "generators": [self.about()],
            "checkers": self.checkers(),
        }

    def _forget_other_rows(self) -> None:
        """Forgets rows that were made of other cases or with other settings; their replies stay journalled."""
        path, settings = self.home / "settings.json", orjson.loads(orjson.dumps(self._settings()))
        try:
            known = read_json(path, "delete it and run the same command again")
        except NoSuchFile:
            known = None
        if known != settings:
            for old in (self._table, self._table.with_suffix(".state.json")):
                old.unlink(missing_ok=True)
            replace_file(path, orjson.dumps(settings, option=orjson.OPT_INDENT_2))

    def _refuse_failures(self, failed: int) -> None:
        if failed and not self.options.without_failed:
            why = next(row.said for row in read_rows(self._table, Drafted) if row.status == "request_failed")
            raise UserError(
                f"{failed} requests failed ({why}), so that no set was made; what was answered is kept in {self.home}: "
                "the same command asks the failed ones again, and with --without-failed their pairs are left out"
            )

    def make(self, number: int, case: Case, items: Sequence[Item], split: str) -> Iterator[Item | Reject]:
        """Second pass: the drafted items of a case, and what was refused."""
        count, rows = self._counted, list[Drafted]()
        while self._next is not None and self._next.case_id == case.id:
            rows.append(self._next)
            self._next = next(self._rows, None)
        for _ in {row.item.source_id for row in rows} - {""}:
            count("drafted", "asked for")
        # A twin stands before what it is the twin of, as with items that rules make.
        for row in sorted(rows, key=lambda row: row.item.premise_form != "neutral"):
            for verdict in row.verdicts:
                self._verdicts.write(verdict if self.keep else masked_verdict(verdict))
                count("checked", f"{verdict.checker}: {verdict.verdict}")
            if row.status == "ok":
                count("drafted", "items")
                yield row.item
                continue
            reason = row.reason or "the request failed"
            count("drafted", "refused")
            yield rejected(row.item, split, Refusal(row.check, reason, row.said))

    def _counted(self, name: str, what: str) -> None:
        self._counts.setdefault(name, Counter())[what] += 1

    def finish(self, folder: Path) -> dict[str, dict[str, int]]:
        """Writes the verdicts; returns what the manifest counts."""
        self._verdicts.commit()
        return {name: dict(sorted(found.items())) for name, found in self._counts.items()}

    def about(self) -> dict[str, Any]:
        """Who generated: the model, what it saw, and its prompt."""
        return {
            "name": "drafted",
            "version": self.version,
            "model": self.model.identity,
            "saw": TEXT_ALONE if self.options.text_only else IMAGE_AND_TEXT,
            "prompt": BATCH,
            "prompt_digest": prompt_digest(BATCH),
            "slots": wording()["version"],
            "seed": self.seed,
            "pairs": self.options.pairs,
            "temperature": self.options.temperature,
            "max_tokens": self.options.max_tokens,
            "schema": self.options.schema,
            "strict": self.options.strict,
        }

    def checkers(self) -> list[dict[str, Any]]:
        """The models that checked its items."""
        return [
            {
                "model": model.identity,
                "prompt": CHECK,
                "prompt_digest": prompt_digest(CHECK),
                "tries": self.options.checking.tries,
            }
            for model in self._checkers
        ]
