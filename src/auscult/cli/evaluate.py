"""``auscult evaluate``: an item set and a model in, a run out."""

from pathlib import Path
from typing import Annotated

import typer

from auscult.cli.options import DryRun, Group
from auscult.cli.output import Output
from auscult.cli.scoring import Scoring
from auscult.models import ModelOptions
from auscult.printing import give, tell
from auscult.runs.folder import Typed
from auscult.runs.settings import Settings


def evaluate(
    items: Annotated[Path, typer.Argument(help="Folder of the item set.")],
    model: Annotated[str, typer.Option(help="Who answers: KIND:NAME, see above.")],
    out: Annotated[Path, typer.Option(help="Run folder; the same command goes on in it.")],
    settings: Annotated[Settings, Group("What is asked")],
    options: Annotated[ModelOptions, Group("Model")],
    scoring: Annotated[Scoring, Group("Scorers")],
    typed: Typed,
    output: Annotated[Output, Group("Output")],
    criteria: Annotated[
        Path | None, typer.Option(help="Criteria of a gate: noted before anything is asked, see auscult gate.")
    ] = None,
    dry_run: DryRun = False,
) -> None:
    """Put an item set to a model, score the answers, and sum up.

    Every evaluation starts with a check that answers belong to their image, and asks part of the questions again
    without the image and with another case's image: a model that does as well without has not looked.

    [bold]Models[/bold]

    openai:NAME@BASE_URL  any OpenAI-compatible server

    local:FOLDER  any image-text-to-text model of transformers

    replay:FILE  recorded answers (CSV, JSONL, Parquet)

    phantom, phantom:cured  the small model that comes with this package, and as it was tuned to contradict what is
    false; it sees phantoms, and nothing else

    baseline:question-only, baseline:majority, baseline:always-last  what can be guessed without the image

    [bold]Examples[/bold]

    auscult evaluate items --model baseline:question-only --out run

    auscult evaluate items --model openai:my-model@http://localhost:8000/v1 --out run --dry-run

    auscult evaluate items --model local:models/llava-med --device cuda --out run

    auscult evaluate items --model M --probe all --out run --dry-run

    auscult evaluate items --model replay:answers.csv --map id=qid --map text=prediction --out run

    auscult evaluate items --model M --judge openai:my-judge@http://localhost:8001/v1 --scorers default,bleu --out run
    """
    from auscult.api import finish
    from auscult.cli.scoring import show
    from auscult.errors import FiguresWithheld
    from auscult.runs.evaluation import Evaluation

    output.check()
    evaluation = Evaluation(items, model, settings, options, scoring.readers())
    if dry_run:
        give(*evaluation.forecast(out).describe().split("\n"))
        if scoring.judge or scoring.reader:
            give(*scoring.forecast(out).split("\n"))
        return
    if evaluation.model.host:
        tell(f"questions and images go to {evaluation.model.host}")
    scoring.tell()
    summary = finish(evaluation, out, typed=typed, criteria=criteria)
    show(summary, out, output)
    failed, asked = (sum(getattr(f, name) for f in summary.failures) for name in ("request_failed", "asked"))
    if evaluation.model.host and failed > settings.max_missing * asked:
        raise FiguresWithheld(
            f"{failed} of {asked} requests failed, so that figures are withheld; the same command asks them again"
        )
