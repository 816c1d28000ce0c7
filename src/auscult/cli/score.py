"""``auscult score``: a finished run, scored anew; no model is asked but the judge."""

from pathlib import Path
from typing import Annotated

import typer

from auscult.cli.options import Group
from auscult.cli.output import Output
from auscult.cli.scoring import RECORDED, Scoring
from auscult.errors import UserError
from auscult.printing import give
from auscult.runs.folder import Typed


def score(
    scoring: Annotated[Scoring, Group("Scorers")],
    output: Annotated[Output, Group("Output")],
    typed: Typed,
    run: Annotated[Path, typer.Argument(help="A finished run.", show_default=False)],
    max_missing: Annotated[
        float, typer.Option(help="Share of missing or unread answers above which only a range is shown.", min=0, max=1)
    ] = 0.05,
    dry_run: Annotated[bool, typer.Option(help="Say what judge and reader would be asked; ask nothing.")] = False,
) -> None:
    """Score the answers of a finished run by more judges and scorers, without asking the model.

    The run keeps the scores that it has: judges and scorers that are named come beside them. Answers that are no run
    yet are checked with auscult check.

    [bold]Examples[/bold]

    auscult score run --scorers meteor,rouge,bertscore:encoder@9

    auscult score run --judge openai:my-judge@http://localhost:8001/v1 --dry-run

    auscult score run --judge openai:my-judge@http://localhost:8001/v1
    """
    from auscult.api import score as rescored
    from auscult.cli.scoring import show

    output.check()
    if run.is_file():
        raise UserError(f"{run}: a file and no finished run; answers are read with: auscult check {run}")
    if scoring.judge == RECORDED:
        raise UserError(f"--judge {RECORDED} is of files of judged answers (auscult check); name a model that judges")
    if dry_run:
        give(*scoring.forecast(run).split("\n"))
        return
    readers = scoring.readers()
    scoring.tell()
    show(rescored(run, readers, max_missing=max_missing, typed=typed).summary, run, output)
