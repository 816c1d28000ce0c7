"""``auscult demo``: the main job on what is bundled, from phantoms and real images to reports."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from auscult.errors import UserError
from auscult.printing import tell

if TYPE_CHECKING:
    from auscult.reports.face import Face

SEED = 1
CONTENTS = 6
"""Of the prompts that the painter is asked for."""
AGAIN = 60
"""Most phantoms that the tuned model is asked about."""
Say = Callable[[str], None]
FIRST = ("premises", "denial", "shift", "right")
"""Verdicts that come first: what it goes along with and denies, whether that is a habit of saying no, what it kept."""


def demo(
    out: Annotated[Path, typer.Option(help="Folder for phantoms, item sets and runs.")] = Path("demo"),
    n: Annotated[int, typer.Option("--n", help="How many phantoms.", min=10)] = 60,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="The path of the first page alone.")] = False,
) -> None:
    """Put the bundled phantom model to phantoms and to real images: build, answer, score, report.

    Phantoms are synthetic images of which everything is known: there the figures mean what they say. The model is asked
    once more as it was tuned, and both are compared: what it goes along with, what it denies, what it still knows. The
    real images are a sample of VQA-RAD; a blind baseline shows what can be guessed, and the phantom model, which has
    never seen a real image, only that the loop runs. A painter with known faults shows what an audit of a generator
    finds.

    [bold]Example[/bold]

    auscult demo --out demo
    """
    from rich.console import Console

    from auscult.printing import give
    from auscult.reports.screen import brief

    say = (lambda line: None) if quiet else tell
    with _in_a_folder_of_its_own(out):
        shown = [
            ("Phantoms, asked of the phantom model", _on(_phantom_items(out, n), "phantom", out / "phantom", say)),
            ("Phantoms, before and after tuning on other phantoms", _tuned(out, say)),
            ("Real images, asked of a model that never sees them", _blind(out, say)),
            ("Real images, asked of the phantom model", _on(_real_items(out), "phantom", out / "phantom-on-real", say)),
            ("A painter of phantoms, asked for what can be and for what cannot", _drawn(out, say)),
        ]
    if not quiet:
        console = Console()
        for title, (face, page) in shown:
            brief(title, face, page, console)
    give(shown[0][1][1])


@contextmanager
def _in_a_folder_of_its_own(out: Path) -> Iterator[None]:
    """What a demo stops at in a folder that was there is said with what works: this command has no --overwrite."""
    there = out.is_dir() and any(out.iterdir())
    try:
        yield
    except UserError as error:
        what, _, advice = str(error).rpartition("; ")
        if not there or "make room" in f"{what} {advice}":
            raise
        raise UserError(
            f"{what or advice}: {out} is of a demo of another version or another --n, or was altered; remove it, or "
            "name another folder with --out"
        ) from None


def _phantom_items(out: Path, n: int) -> Path:
    from auscult.construction import generating
    from auscult.corpora import ReadOptions, phantoms
    from auscult.engine.progress import progress
    from auscult.items.split import SplitPlan
    from auscult.items.writer import SourceNote, write_item_set
    from auscult.phantoms.folder import FolderPlan, write_folder

    folder, items = out / "phantoms", out / "phantom-items"
    with progress("drawing, phantoms", n) as bar:
        write_folder(FolderPlan(n=n, seed=SEED, size=96), folder, advance=bar.advance)
    with progress("building, phantoms", n) as bar:
        write_item_set(
            phantoms.read(folder, ReadOptions()),
            items,
            source=SourceNote(reader="phantoms", path="drawn by this command"),
            split=SplitPlan(),
            add=generating(["premises"]),
            progress=lambda cases, items: bar.advance(),
        )
    return items


def _real_items(out: Path) -> Path:
    from auscult.corpora import ReadOptions, vqa_rad
    from auscult.items.split import SplitPlan
    from auscult.items.writer import SourceNote, write_item_set

    items = out / "real-items"
    write_item_set(
        vqa_rad.read(vqa_rad.sample_path(), ReadOptions()),
        items,
        source=SourceNote(reader="vqa-rad", path="the bundled sample"),
        split=SplitPlan(shares={"train": 0.4, "test": 0.6}),
    )
    return items


def _drawn(out: Path, say: Say) -> "tuple[Face, Path]":
    from auscult.api.auditing import audit_draw
    from auscult.reports.drawing.page import PAGE, face_of

    say("painter:default draws")
    audit = audit_draw("painter:default", out / "painter", draws=1, limit=CONTENTS)
    return face_of(audit), audit / PAGE


def _blind(out: Path, say: Say) -> "tuple[Face, Path]":
    return _on(_real_items(out), "baseline:question-only", out / "question-only", say)


def _tuned(out: Path, say: Say) -> "tuple[Face, Path]":
    """The tuned model on the same phantoms, beside what it was: does it see better, or only say no more often?"""
    from auscult.analysis.comparison.comparing import compare
    from auscult.api import evaluate
    from auscult.reports.comparison.face import comparison_face
    from auscult.reports.comparison.outputs import write_comparison_page

    say("phantom:cured on phantom-items")
    evaluate(out / "phantom-items", "phantom:cured", out / "phantom-cured", limit=AGAIN, controls=0, canary=False)
    found = compare([out / "phantom", out / "phantom-cured"], names=["as it was", "tuned"], baseline=out / "phantom")
    page = out / "before-and-after.html"
    write_comparison_page(found, None, page)
    face = comparison_face(found)
    order = {key: place for place, key in enumerate(FIRST)}
    return replace(face, verdicts=tuple(sorted(face.verdicts, key=lambda v: order.get(v.key, len(order))))), page


def _on(items: Path, model: str, run: Path, say: Say) -> "tuple[Face, Path]":
    from auscult.api import evaluate
    from auscult.reports.page import write_report
    from auscult.reports.verdicts import face_of

    say(f"{model} on {items.name}")
    summary = evaluate(items, model, run).summary
    return face_of(run, summary), write_report(run)
