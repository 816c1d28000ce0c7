"""A model that is an instrument is asked in a work folder: journalled, so that the same command goes on."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Generic, TypeVar

from auscult.engine.forecast import Forecast
from auscult.engine.limits import AskOptions
from auscult.engine.session import Session, Show, Stage
from auscult.engine.stage import StageTable
from auscult.errors import FiguresWithheld
from auscult.models import Model
from auscult.printing import tell
from auscult.records import MAX_MISSING, Score
from auscult.runs.folder import Typed, run_folder
from auscult.store.tables import read_rows

FAILED = MAX_MISSING
"""Greatest share of requests that may fail."""
Group = TypeVar("Group")


@dataclass(frozen=True)
class Asking(Generic[Group]):
    """What is asked of a model, and how.

    Attributes:
        model: that is asked.
        stage: makes the scores of a group.
        groups: what is put.
        options: of the engine.
        what: is sent, in words.
    """

    model: Model
    stage: Stage[Group, Score]
    groups: Sequence[Group]
    options: AskOptions
    what: str

    def forecast(self, work: Path, note: str) -> Forecast:
        """Says what would be asked; what is journalled in the work folder is not asked again."""
        session = Session(self.model, work / "journal", self.options)
        return replace(session.forecast(self.stage, self.groups), notes=(note,))

    def scores(self, work: Path, instrument: dict[str, str], name: str, done: str, show: Show) -> list[Score]:
        """All scores, in the order of what was put; the same call goes on in its folder, also about more answers.

        Args:
            work: folder of the journal, of one instrument.
            instrument: its kind and its id, which must be the same when the folder is used again.
            name: of the table of scores.
            done: what the model does, for the bar and for errors: ``judged``.
            show: how progress is shown.

        Raises:
            UserError: the folder is in use or was begun with another instrument, or the model does not answer.
            BudgetReached: a budget is used up; the same call with a larger one goes on.
            FiguresWithheld: too many requests failed; the same call asks them again.
        """
        if self.model.host:
            tell(f"{self.what} go to {self.model.host}")
        with run_folder(work, instrument, Typed(f"auscult calibrate {next(iter(instrument))}")) as folder:
            path = folder.table(name)
            table = StageTable(path, Score)
            session = Session(self.model, folder.journal, self.options, show)
            session.run(lambda s: s.stage(self.stage, self.groups, table, f"{done}, groups", len(self.groups)))
            found = list(read_rows(path, Score))
        failed = [s for s in found if s.status == "request_failed"]
        if len(failed) > FAILED * len(found):
            raise FiguresWithheld(
                f"{len(failed)} of {len(found)} answers were not {done} ({failed[0].explanation}); "
                "no certificate is written; the same command asks them again"
            )
        return found
