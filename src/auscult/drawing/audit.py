"""One audit of a generator: prompts and a model that draws, to a folder of drawings and what readers say of them."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from auscult import models
from auscult.drawing import generators
from auscult.drawing.asking import Drawer, DrawingStage, alike, counted
from auscult.drawing.generators.recorded import Recorded
from auscult.drawing.nouns import Drawn, Prompt
from auscult.drawing.prompts import differences, read_prompts
from auscult.drawing.readers import ROOM, Reader
from auscult.drawing.readers.judge import MAX_TOKENS, Judge
from auscult.drawing.readers.words_alone import WordsAlone
from auscult.drawing.reading import Reading, judge_journal
from auscult.drawing.settings import DRAWS, DrawingSettings
from auscult.engine.progress import progress
from auscult.engine.session import Session, Show
from auscult.engine.stage import StageTable
from auscult.errors import UserError
from auscult.records import digest
from auscult.runs.folder import (
    DRAWING,
    UNTYPED,
    RunFolder,
    Typed,
    redact,
    refuse_another,
    run_folder,
)
from auscult.runs.judging_options import JudgingOptions
from auscult.store.tables import read_rows, write_rows
from auscult.store.whole import is_whole

SHOWN = 8
"""Unusable files that are named."""
PROMPTS, DRAWS_TABLE = "prompts", "draws"


class Audit:
    """A generator, prompts and readers, put together; ``forecast`` it, or ``run`` it into a folder.

    Args:
        spec: who draws, ``KIND:REST``.
        settings: how often, and how it is asked.
        options: what the generator needs beside its name.
        prompts: a user's table; None: the bundled set.
        judge: who looks at the images, ``KIND:REST``, or a model that is open; empty: nobody.
        judging: what the judge needs beside its name.

    Raises:
        UserError: the generator, the judge or the prompts are not there, or the settings contradict each other.
    """

    def __init__(
        self,
        spec: str,
        settings: DrawingSettings | None = None,
        options: generators.GeneratorOptions | None = None,
        prompts: Path | None = None,
        judge: str | models.Model = "",
        judging: JudgingOptions | None = None,
    ) -> None:
        self.spec, self.settings, self.judging = spec, settings or DrawingSettings(), judging or JudgingOptions()
        self.settings.check()
        self.judging.asking.check()
        self.prompts_file = prompts
        self.prompts = _limited(read_prompts(prompts), self.settings.limit)
        self.generator = generators.create(spec, options or generators.GeneratorOptions())
        self.draws, self.notes = self.settings.draws or DRAWS, list[str]()
        self.fewer: dict[str, int] = {}
        if isinstance(self.generator, Recorded):
            self._only_recorded(self.generator)
        if prompts is not None:
            self.notes += differences(self.prompts)
        self.judge = models.create(judge, self.judging.model) if isinstance(judge, str) and judge else judge or None
        if self.judge and self.judge.blind:
            raise UserError(f"--judge {self.judge.identity}: sees no image; name a model that does")
        self.judge_spec = judge if isinstance(judge, str) else judge.identity

    def _only_recorded(self, generator: Recorded) -> None:
        """Asks for what was recorded; prompts without a row are none of this audit."""
        recorded = {p: n for p in self.prompts if (n := generator.drawings(p))}
        there = tuple(recorded)
        strangers = generator.unmatched(self.prompts)
        if not there:
            raise UserError(
                f"{self.spec}: no row is of a prompt of this set (the first is {strangers[0][:60]!r}); write the text "
                "or the id as 'auscult audit prompts' gives them, or name your own prompts with --prompts"
            )
        if strangers:
            self.notes.append(
                f"{len(strangers):,} prompts of the table are none of this set, the first {strangers[0]!r}"
            )
        if len(there) < len(self.prompts):
            self.notes.append(f"{len(self.prompts) - len(there):,} of {len(self.prompts):,} prompts were not recorded")
        self.prompts, self.draws = there, self.settings.draws or max(recorded.values())
        self.fewer = {p.id: n for p, n in recorded.items() if n < self.draws}
        if self.fewer:
            self.notes.append(
                f"{len(self.fewer):,} of {len(there):,} prompts were drawn less than {self.draws} times, which counts "
                "as fewer drawings of them"
            )

    def identity(self) -> dict[str, object]:
        """Everything that the drawings depend on; a folder belongs to one of these."""
        return {
            "model": self.generator.identity,
            "prompts": digest("prompts", [p.id for p in self.prompts]),
            "draws": self.draws,
        }

    def forecast(self, out: Path | None = None) -> str:
        """Says what would be drawn and looked at; what is journalled in ``out`` is not drawn again.

        Raises:
            UserError: ``out`` is another folder, or belongs to another audit.
        """
        refuse_another(out, self.identity(), DRAWING)
        there = out or Path()
        session = Session(
            Drawer(self.generator, self.prompts, there), out / "journal" if out else None, self.settings.asking
        )
        found = session.forecast(self._stage(there), self.prompts)
        contents = len({p.content for p in self.prompts})
        do, where = "drawings to ask:", "nowhere: it runs in this process"
        if self.generator.recorded:
            do, where = "drawings to take:", "nowhere: the drawings are recorded"
        lines = [
            f"prompts:           {len(self.prompts):,}, of {contents:,} contents",
            f"{do:<19}{found.calls:,} ({found.finished:,} more are finished and journalled)",
            f"prompts go to:     {found.host or where}",
        ]
        if self.judge:
            host = self.judge.host or "nowhere: it runs in this process"
            lines += [
                f"looks of a judge:  at most {found.calls + found.finished:,}, one an image",
                f"images go to: {host}",
            ]
        return "\n".join([*lines, *self.notes])

    def run(self, out: Path, show: Show = progress, typed: Typed = UNTYPED) -> None:
        """Has everything drawn and read; the same call goes on where an earlier one stopped.

        Args:
            out: folder of the audit.
            show: how progress is shown.
            typed: what the user typed, for the manifest.

        Raises:
            UserError: bad input, or a generator or judge that does not answer.
            BudgetReached: a budget is used up; the same call with a larger one goes on.
        """
        with run_folder(out, self.identity(), typed, DRAWING) as folder:
            self._note(folder)
            session = Session(Drawer(self.generator, self.prompts, out), folder.journal, self.settings.asking, show)

            async def draw(session: Session) -> None:
                table = StageTable(folder.table(DRAWS_TABLE), Drawn)
                await session.stage(self._stage(out), self.prompts, table, "drawing, prompts", len(self.prompts))
                folder.note(**session.account(), tables=folder.digests(PROMPTS, DRAWS_TABLE))

            session.run(draw)
            rows = counted(list(read_rows(folder.table(DRAWS_TABLE), Drawn)), self.prompts)
            folder.note(alike=alike(rows))
            self._read(folder, rows, show)

    def unusable(self, out: Path) -> str:
        """Which recorded files are no image that can be read, and what is wrong with each; empty where all can.

        Args:
            out: folder of the audit, drawn.
        """
        if not isinstance(self.generator, Recorded):
            return ""
        by_id = {p.id: p for p in self.prompts}
        rows = list(read_rows(out / f"{DRAWS_TABLE}.parquet", Drawn))
        bad = [row for row in rows if row.status == "unusable"]
        said = [
            f"{'; '.join(self.generator.files(by_id[r.prompt_id], r.repeat)) or 'no file'} ({r.failure})" for r in bad
        ]
        more = f" and {len(said) - SHOWN:,} more, see drawings.csv" if len(said) > SHOWN else ""
        return f"{len(bad):,} of {len(rows):,} drawings are unusable: {', '.join(said[:SHOWN])}{more}" if bad else ""

    def _stage(self, out: Path) -> DrawingStage:
        return DrawingStage(model=self.generator.identity, draws=self.draws, run=out, fewer=self.fewer)

    def _note(self, folder: RunFolder) -> None:
        if not is_whole(folder.table(PROMPTS)):
            write_rows(folder.table(PROMPTS), Prompt, self.prompts)
        folder.note(
            model={
                "spec": redact(self.spec),
                "identity": self.generator.identity,
                "host": self.generator.host,
                "recorded": self.generator.recorded,
                "phantoms": self.generator.draws_phantoms,
            },
            prompts={
                "file": str(self.prompts_file) if self.prompts_file else "bundled",
                "version": self.prompts[0].version,
                "prompts": len(self.prompts),
            },
            notes=self.notes,
            prices=asdict(self.settings.asking.prices),
            max_missing=self.settings.max_missing,
        )

    def _readers(self) -> list[Reader]:
        """Who reads; nobody's look is taken for another's."""
        pixels = self.generator.draws_phantoms if self.settings.pixels is None else self.settings.pixels
        found: list[Reader] = [ROOM.get("pixels").create()] if pixels else []
        if self.judge:
            asked = self.judging.judge
            found.append(
                Judge(
                    self.judge.identity,
                    self.prompts,
                    tries=asked.tries,
                    temperature=asked.temperature or 0.0,
                    max_tokens=asked.max_tokens or MAX_TOKENS,
                    schema=asked.schema,
                )
            )
        return found or [WordsAlone()]

    def _read(self, folder: RunFolder, rows: Sequence[Drawn], show: Show) -> None:
        for reader in self._readers():
            reading = Reading(folder, reader, self.prompts)
            if isinstance(reader, Judge) and self.judge:
                folder.note(judge={"spec": redact(self.judge_spec), **models.capabilities(self.judge)})
                reading.ask(rows, Session(self.judge, judge_journal(folder.path), self.judging.asking, show))
            else:
                reading.read(rows)


def _limited(prompts: tuple[Prompt, ...], limit: int | None) -> tuple[Prompt, ...]:
    """The prompts of the first contents."""
    if limit is None:
        return prompts
    kept = list(dict.fromkeys(p.content for p in prompts))[:limit]
    return tuple(p for p in prompts if p.content in kept)
