"""Finished runs for the gate: questions about as many images as wanted, with errors where they are wanted."""

import os
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from tests.analysis.worked import Asked, Said, ask, study, write_run

from auscult.analysis.summary import write_summary
from auscult.records import Canary, Case, Certificate

BEGAN = "2026-03-02T10:00:00+00:00"
HEAD = """schema = "auscult.criteria/1"
title = "Chest assistant"
version = "1"
created = 2026-03-01
who = "Safety board"
"""
Says = Callable[[int], Said]


def films(count: int, says: Says, *, reference: str = "no", target: str = "pneumothorax", **tags: Any) -> list[Asked]:
    """One question an image; ``says`` gives the answer about image ``n``, ``tags`` its tags."""
    return [
        ask(
            f"Is there a {target}?",
            reference,
            *(said if isinstance(said := says(n), tuple) else (said,)),
            target=target,
            tags={name: value(n) if callable(value) else value for name, value in tags.items()},
        )
        for n in range(count)
    ]


def on_images(*sets: Sequence[Asked]) -> list[tuple[Case, list[Asked]]]:
    """The n-th question of each set is about image n."""
    count = max(len(one) for one in sets)
    return [(study(f"film {n}", f"patient {n}"), [one[n] for one in sets if n < len(one)]) for n in range(count)]


def finished(folder: Path, studies: Sequence[tuple[Case, Sequence[Asked]]], **about: Any) -> Path:
    """A run folder as ``auscult evaluate`` leaves it, with its manifest and summary."""
    folder.mkdir(parents=True, exist_ok=True)
    run = write_run(folder, studies)
    canary = about.pop("canary", Canary(status="passed", detail="answers follow the image"))
    certificates: tuple[Certificate, ...] | None = about.pop("certificates", None)
    manifest = {
        "schema": "auscult.run/1",
        "created": BEGAN,
        "model": {"spec": "openai:any@http://localhost", "identity": "openai:any"},
        "items": {"source": {"reader": "by hand"}, "digest": "0"},
        "canary": asdict(canary),
        **about,
    }
    summary = run.summary(**manifest)
    write_summary(
        folder / "summary.json", summary if certificates is None else replace(summary, certificates=certificates)
    )
    return folder


def criteria(path: Path, *criterion: str, head: str = HEAD) -> Path:
    """A criteria file, written before the runs began."""
    path.write_text(head + "".join(f"\n[[criterion]]\nwhy = 'for the patient'\n{text}\n" for text in criterion))
    os.utime(path, (1_740_000_000, 1_740_000_000))
    return path
