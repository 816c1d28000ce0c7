"""``auscult trace``: gold traces for an item set, written by a model and checked."""

from pathlib import Path
from typing import Annotated

import typer

from auscult.cli.options import ALONE, NOT_ANSWERED, DryRun, Group
from auscult.diagnosis.gold.settings import TracingSettings
from auscult.models import ModelOptions
from auscult.printing import give, tell
from auscult.runs.judging_options import JudgingOptions


def trace(
    items: Annotated[Path, typer.Argument(help="Folder of an item set.")],
    model: Annotated[str, typer.Option(help="Who writes the traces: KIND:NAME, see auscult evaluate.")],
    out: Annotated[Path, typer.Option(help="Folder of the item set with traces; the same command goes on.")],
    settings: Annotated[TracingSettings, Group("What is asked")],
    options: Annotated[ModelOptions, Group("Model", without=NOT_ANSWERED)],
    judging: Annotated[JudgingOptions, Group("Judge", "judge", ALONE)],
    judge: Annotated[str, typer.Option(help="Who judges the answers: facts, rules alone, or KIND:NAME.")] = "facts",
    overwrite: Annotated[bool, typer.Option(help="Replace an item set that is there.")] = False,
    dry_run: DryRun = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="The path, and to which hosts something goes.")] = False,
) -> None:
    """Have a model write gold traces, and keep those that pass every check.

    A trace says what is seen, what is known and what follows, and ends in an answer. It passes if it is well-formed and
    ends in the reference (as ClinHallu checks it), the fact checker finds none of its stages false, and what is seen
    neither speaks of the question nor names a diagnosis. Items of which none passes have no trace; each rejection is
    kept with its reason. Where none passes at all, the command ends with 2.

    [bold]Examples[/bold]

    auscult trace items --model openai:my-model@http://localhost:8000/v1 --out traced-items

    auscult trace items --model M --judge openai:my-judge@http://localhost:8001/v1 --protocol clinhallu --out traced
    """
    from auscult.diagnosis.gold.tracing import Tracing, home_of
    from auscult.scorers.judges import FACTS

    tracing = Tracing(items, model, judge, settings, options, judging)
    if dry_run:
        give(*tracing.forecast(home_of(out)).describe().split("\n"))
        return
    if tracing.model.host:
        tell(f"questions and images go to {tracing.model.host}")
    if judge != FACTS:
        tell(f"questions, references and the answers of traces go to the judge {judge}")
    tracing.run(out, overwrite=overwrite, say=None if quiet else tell)
    if not quiet:
        found = tracing.found(out)
        tell(f"accepted: {found.pop('accepted'):,} of {found.pop('candidates'):,}")
        tell("; ".join(f"{what}: {n:,}" for what, n in found.items()))
    give(out)
