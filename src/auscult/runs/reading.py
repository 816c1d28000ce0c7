"""Has a second reader read what the rules left unread: resumable, bounded, foreseen.

``RUN/readers/MODEL/journal`` holds every reply of one model; a table beside it the rows of one way of reading: of other
answers, rules or prompts another table is made, of the same replies. The run notes who read it, so that it is scored
alike when it is scored again.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import Any

from auscult import models
from auscult.engine.ask import Ask
from auscult.engine.forecast import Forecast
from auscult.engine.progress import progress
from auscult.engine.session import Session, Show
from auscult.engine.stage import StageTable
from auscult.errors import UserError
from auscult.records import Answer, Instrument, Item, Score, digest
from auscult.runs.reading_options import ReaderOptions
from auscult.runs.scores import answered
from auscult.runs.subjects import file_digest
from auscult.scorers import Scorer, score
from auscult.scorers.reader import Reader, Unread
from auscult.store.tables import read_rows
from auscult.version import __version__

FOLDER = "readers"


class Reading:
    """A run, its rules and a model that reads what they could not; ``forecast`` it, or ``run`` it.

    Args:
        folder: of the run; its tables are read, never written.
        scorers: the rules of the run.
        spec: the model; empty: the one that the run was read by before, which is then not asked.
        options: how it is asked.
        identity: of the one that the run was read by before.

    Raises:
        UserError: the model is not there.
    """

    def __init__(
        self,
        folder: Path,
        scorers: Sequence[Scorer],
        spec: str,
        options: ReaderOptions | None = None,
        identity: str = "",
    ) -> None:
        self.folder, self.options = folder, options or ReaderOptions()
        self.model = models.create(spec, self.options.model) if spec else None
        o, identity = self.options, self.model.identity if self.model else identity
        self.reader = Reader(identity, o.tries, o.max_tokens, o.schema)
        self.scorers = [self.reader.beside(s) for s in scorers]
        self._beside = {s.instrument.id: s for s, own in zip(self.scorers, scorers, strict=True) if s is not own}
        self.home = folder / FOLDER / digest(self.reader.identity)[:16]
        self.counts: dict[str, Counter[str]] = {name: Counter() for name in self._beside}

    def _table(self) -> StageTable[Score]:
        tables = [file_digest(self.folder / f"{name}.parquet") for name in ("items", "answers")]
        name = digest(self.reader.instrument.id, sorted(self._beside), tables, __version__)[:12]
        return StageTable(self.home / f"{name}.parquet", Score)

    def groups(self) -> Iterator[list[Unread]]:
        """What the rules left unread, case by case."""
        for _, pairs in groupby(self._answered(), key=lambda pair: pair[0].case_id):
            found = [Unread(s, item, a) for item, a in pairs for s in self._beside.values() if _unread(s, item, a)]
            if found:
                yield found

    def _answered(self) -> Iterator[tuple[Item, Answer]]:
        return answered(self.folder / "items.parquet", self.folder / "answers.parquet")

    async def _stage(self, group: list[Unread], ask: Ask) -> list[Score]:
        return await self.reader.scores(group, ask)

    def _session(self, show: Show = progress) -> Session:
        if self.model is None:
            raise UserError(
                f"{self.folder}: was read by {self.reader.identity}, and not to its end; name it with --reader"
            )
        return Session(self.model, self.home / "journal", self.options.asking, show)

    def forecast(self) -> Forecast:
        """Says what would be asked; what is journalled is not asked again."""
        return self._session().forecast(self._stage, self.groups())

    def run(self, show: Show = progress) -> None:
        """Reads everything that is unread; the same call goes on where an earlier one stopped.

        Raises:
            UserError: the model cannot be reached, or the run needs one and none was named.
            BudgetReached: a budget is used up; the same call with a larger one goes on.
        """
        table = self._table()
        if not table.finished:
            self.home.mkdir(parents=True, exist_ok=True)
            self._session(show).run(lambda s: s.stage(self._stage, self.groups(), table, "reading"))

    def filled(self, rows: Iterable[Score]) -> Iterator[Score]:
        """The rows of the rules with what the reader read in the place of what they left unread; counts them."""
        read = read_rows(self._table().path, Score)
        for row in rows:
            if (counts := self.counts.get(f"{row.scorer}@{row.version}")) is not None:
                by = "rules"
                if row.status == "unread":
                    found = next(read)
                    by = self.reader.identity if found.status in ("ok", "unusable") else "nobody"
                    row = replace(found, status="unread") if by == "nobody" else found
                counts[by] += row.status != "request_failed"
            yield row

    def noted(self, instrument: Instrument) -> Instrument:
        """A rule's instrument with the shares that each reader read."""
        counts = self.counts.get(instrument.id)
        said = self._shares(counts) if counts else ""
        return replace(instrument, notes=(*instrument.notes, said)) if said else instrument

    def note(self, manifest: dict[str, Any]) -> dict[str, Any]:
        """For the manifest: who read, and the share of each reader among the notes on the run."""
        said = self._shares(sum(self.counts.values(), Counter[str]()))
        earlier = manifest.get("reader", {}).get("said")
        notes = [note for note in manifest.get("notes", ()) if note != earlier]
        reader = {"identity": self.reader.identity, "instrument": self.reader.instrument.id, "said": said}
        return {"reader": reader, "notes": [*notes, *filter(None, [said])]}

    def _shares(self, counts: Counter[str]) -> str:
        """How much each has read."""
        if not (total := counts.total()):
            return ""
        rules, reader = (f"{counts[by] / total:.1%}".replace("%", " %") for by in ("rules", self.reader.identity))
        unread = f"{counts['nobody'] / total:.1%}".replace("%", " %")
        return f"Of {total:,} answers the rules read {rules}, {self.reader.identity} {reader}; {unread} are unread."


def _unread(scorer: Scorer, item: Item, answer: Answer) -> bool:
    return scorer.applies(item) and score(scorer, item, answer).status == "unread"
