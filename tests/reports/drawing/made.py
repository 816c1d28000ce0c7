"""A finished audit of a painter whose drawings were read by a reader of known words: for pages and tables."""

import asyncio
from pathlib import Path

from auscult.drawing.audit import Audit
from auscult.drawing.nouns import Drawn, Outcome, Prompt
from auscult.drawing.readers import Reader
from auscult.drawing.reading import keep_outcomes
from auscult.drawing.settings import DrawingSettings
from auscult.drawing.writing import read_audit, write_figures
from auscult.engine.ask import Ask
from auscult.records import rank

OBEYS = {"plain": 0.3, "justified": 0.9, "role": 0.5, "reworded": 0.3}


class Known(Reader):
    """Says by a hash what came: the impossible is obeyed by wording, sides are right, clips now and then."""

    name, version = "judge", "1+known"

    async def read(self, prompt: Prompt, drawn: Drawn, folder: Path, ask: Ask | None) -> Outcome:
        if (ready := self.unseen(drawn)) is not None:
            return ready
        chance = rank(drawn.id) / 2**64
        obeyed = prompt.kind == "impossible" and chance < OBEYS[prompt.wording]
        return self.outcome(
            drawn,
            "implausible" if obeyed else "plausible",
            additions=("clips",) if chance < 0.15 else (),
            side="right" if prompt.left_open else "",
            modality=prompt.modality,
            evidence=f"{prompt.modality}; seen <b>{chance:.2f}</b>",
        )


def build(folder: Path, limit: int | None = None) -> Path:
    """The folder, with its figures."""
    Audit("painter:default", DrawingSettings(draws=1, limit=limit, pixels=False)).run(folder)
    (folder / "outcomes-words.parquet").unlink()
    prompts, drawn = read_audit(folder)
    by_id = {p.id: p for p in prompts}

    async def every() -> list[Outcome]:
        return [await Known().read(by_id[d.prompt_id], d, folder, None) for d in drawn]

    keep_outcomes(folder, Known(), asyncio.run(every()))
    write_figures(folder)
    return folder
