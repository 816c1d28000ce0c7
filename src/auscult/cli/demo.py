"""``auscult demo``: the main job on what is bundled, from real images to a report."""

import sys
from pathlib import Path
from typing import Annotated

import typer

EXAMPLE = "auscult demo --out demo"
BASELINES = ("majority", "always-last", "question-only")


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command(name="demo", short_help=f"Run the whole loop on bundled images.  [dim]{EXAMPLE}[/dim]")(demo)


def demo(out: Annotated[Path, typer.Option(help="Folder for the item set and the runs.")] = Path("demo")) -> None:
    """Build an item set from the bundled VQA-RAD sample, put it to the blind baselines, score, and report.

    [bold]Example[/bold]

    auscult demo --out demo
    """
    from rich.console import Console

    from auscult.build.split import SplitPlan
    from auscult.build.writer import SourceNote, build_item_set
    from auscult.corpora import ReadOptions, vqa_rad
    from auscult.engine.progress import progress
    from auscult.evaluation.run import evaluate
    from auscult.reports.page import write_report
    from auscult.reports.terminal import headline

    sample = vqa_rad.sample_path()
    items = out / "items"
    with progress("building the item set, cases", None) as bar:
        build_item_set(
            vqa_rad.read(sample, ReadOptions()),
            items,
            source=SourceNote(reader="vqa-rad", path="the bundled sample"),
            split=SplitPlan(shares={"train": 0.4, "test": 0.6}),
            progress=lambda cases, items: bar.advance(),
        )
    for name in BASELINES:
        print(f"blind baseline: {name}", file=sys.stderr)
        run = out / name
        summary = evaluate(items, f"baseline:{name}", run)
        page = write_report(run)
    Console().print(headline(summary))
    print(page)
