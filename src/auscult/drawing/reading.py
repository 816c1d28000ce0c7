"""What a reader says of the drawings of a run: one table a reader, made again only where the reader is another one."""

import shutil
from collections.abc import Sequence
from pathlib import Path

from auscult.drawing.nouns import Drawn, Outcome, Prompt
from auscult.drawing.readers import Reader
from auscult.engine.ask import Ask
from auscult.engine.session import Session, run_to_end
from auscult.engine.stage import StageTable
from auscult.runs.folder import DRAWING, RunFolder, read_manifest, run_folder
from auscult.store.tables import read_rows, write_rows

TABLE = "outcomes-"


def judge_journal(run: Path) -> Path:
    """Where what a judge said of the drawings of a run is journalled."""
    return run / "judges" / "judge" / "journal"


def outcomes_of(run: Path) -> dict[str, list[Outcome]]:
    """Reader → what it says, of all readers of a run."""
    paths = sorted(run.glob(f"{TABLE}*.parquet"))
    return {path.stem.removeprefix(TABLE): list(read_rows(path, Outcome)) for path in paths}


def keep_outcomes(run: Path, reader: Reader, outcomes: Sequence[Outcome]) -> None:
    """Puts what a reader says, who is not asked, into a run in place of what that reader said before.

    Raises:
        UserError: the folder is no audit, or another process is working on it.
    """
    settings = read_manifest(run, DRAWING)["settings"]
    with run_folder(run, settings, schema=DRAWING) as folder:
        path = folder.table(f"{TABLE}{reader.name}")
        write_rows(path, Outcome, outcomes)
        readers = {**folder.manifest.get("readers", {}), reader.name: reader.version}
        folder.note(readers=readers, tables=folder.digests(path.stem))


class Reading:
    """One reader of the drawings of a run.

    Args:
        folder: the run, held.
        reader: who reads.
        prompts: that were drawn.
    """

    def __init__(self, folder: RunFolder, reader: Reader, prompts: Sequence[Prompt]) -> None:
        self.folder, self.reader = folder, reader
        self._prompts = {p.id: p for p in prompts}
        self._path = folder.table(f"{TABLE}{reader.name}")
        known = dict(folder.manifest.get("readers", {}))
        if known.get(reader.name) != reader.version:
            self._forget()
        folder.note(readers={**known, reader.name: reader.version})

    def read(self, rows: Sequence[Drawn]) -> None:
        """Reads all drawings; nobody is asked."""

        async def every() -> list[Outcome]:
            return [outcome for row in rows for outcome in await self._of(row, None)]

        write_rows(self._path, Outcome, run_to_end(every()))
        self._note()

    def ask(self, rows: Sequence[Drawn], session: Session) -> None:
        """Has a model look at all drawings; raises as ``Session.run``."""
        table = StageTable(self._path, Outcome)
        session.run(lambda open_: open_.stage(self._of, rows, table, "looking, drawings", len(rows)))
        self._note()

    async def _of(self, row: Drawn, ask: Ask | None) -> list[Outcome]:
        return [await self.reader.read(self._prompts[row.prompt_id], row, self.folder.path, ask)]

    def _note(self) -> None:
        self.folder.note(tables=self.folder.digests(self._path.stem))

    def _forget(self) -> None:
        self._path.unlink(missing_ok=True)
        self._path.with_suffix(".state.json").unlink(missing_ok=True)
        shutil.rmtree(self._path.with_suffix(".parts"), ignore_errors=True)
