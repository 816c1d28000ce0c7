"""The figures of an audit, from its folder into its folder."""

from pathlib import Path
from typing import Any

from auscult.analysis.certified import all_certificates, certified
from auscult.drawing.asking import alike, counted
from auscult.drawing.figured import Figures, save_figures
from auscult.drawing.figures import figures
from auscult.drawing.nouns import Drawn, Prompt
from auscult.drawing.reading import outcomes_of
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
    found = figures(
        prompts,
        drawn,
        outcomes,
        max_missing=float(manifest.get("max_missing", 0.05)),
        alike=alike(drawn),
        uncertified=sorted(outcomes.keys() - CERTIFIED - _vouched_for(folder, manifest)),
        remarks=_remarks(manifest),
    )
    save_figures(folder, found)
    return found


def _vouched_for(folder: Path, manifest: dict[str, Any]) -> set[str]:
    """Readers of this audit that a certificate vouches for, in the version that read."""
    vouched = {certified(c) for c in all_certificates(folder) if c.passed}
    return {name for name, version in manifest.get("readers", {}).items() if f"{name}@{version}" in vouched}


def _remarks(manifest: dict[str, Any]) -> list[str]:
    return [f"{note}." for note in manifest.get("notes", [])]
