"""The figures of an audit, from its folder into its folder."""

from collections import Counter
from pathlib import Path
from typing import Any

from auscult.drawing.asking import alike, counted
from auscult.drawing.figured import Figures, save_figures
from auscult.drawing.figures import figures
from auscult.drawing.nouns import Drawn, Prompt
from auscult.drawing.reading import outcomes_of
from auscult.drawing.vouching import tried
from auscult.runs.folder import DRAWING, read_manifest
from auscult.store.tables import read_rows

PROMPTS, DRAWS = "prompts.parquet", "draws.parquet"
CERTIFIED = frozenset({"people", "words"})
"""Readers that need no certificate here: people are what others are certified by, and words are read by rule."""


def read_audit(folder: Path) -> tuple[list[Prompt], list[Drawn]]:
    """The prompts of an audit, and their drawings as they count.

    Raises:
        UserError: the folder is no audit, or a table is not whole.
    """
    read_manifest(folder, DRAWING)
    prompts = list(read_rows(folder / PROMPTS, Prompt))
    return prompts, counted(list(read_rows(folder / DRAWS, Drawn)), prompts)


def write_figures(folder: Path) -> Figures:
    """Makes every number of an audit whose drawings are read, and keeps them in its folder.

    Raises:
        UserError: the folder is no audit, or a table is not whole.
    """
    manifest = read_manifest(folder, DRAWING)
    prompts, drawn = read_audit(folder)
    outcomes = outcomes_of(folder)
    told = tried(folder, manifest.get("readers", {}))
    bare = sorted(n for n in outcomes.keys() - CERTIFIED if not (n in told and told[n].whole))
    found = figures(
        prompts,
        drawn,
        outcomes,
        max_missing=float(manifest.get("max_missing", 0.05)),
        alike=alike(drawn),
        uncertified=bare,
        tried={name: told[name] for name in bare if name in told},
        remarks=_remarks(manifest),
    )
    save_figures(folder, found)
    return found


def too_many_failed(folder: Path) -> str:
    """What to say where so many requests of an audit failed that its figures are withheld; empty where not.

    Raises:
        UserError: the folder is no audit, or a table is not whole.
    """
    manifest = read_manifest(folder, DRAWING)
    most, drawn = float(manifest.get("max_missing", 0.05)), read_audit(folder)[1]
    again = "see to that, and the same command asks them again"
    if manifest.get("model", {}).get("recorded"):
        again = "complete the table, and audit it with another --out"
    failed = [row.detail or row.failure for row in drawn if row.status == "request_failed"]
    if said := _withheld(failed, len(drawn), most, "requests"):
        return f"{said}; {again}"
    seen = {row.id for row in drawn if row.status == "ok" and row.images}
    looks = [o for o in outcomes_of(folder).get("judge", []) if o.drawn_id in seen]
    failed = [o.evidence for o in looks if o.status == "request_failed"]
    said = _withheld(failed, len(looks), most, "looks of the judge")
    return said and f"{said}; see to that, and the same command asks them again"


def _withheld(failed: list[str], asked: int, most: float, what: str) -> str:
    """Why figures are withheld, with the reason that came most often; empty where few enough failed."""
    if len(failed) <= most * asked:
        return ""
    why = Counter(failed).most_common(1)[0][0]
    return f"{len(failed)} of {asked} {what} failed, so that figures are withheld (most often: {why})"


def _remarks(manifest: dict[str, Any]) -> list[str]:
    return [f"{note}." for note in manifest.get("notes", [])]
