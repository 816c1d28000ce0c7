"""``auscult score``: answers that are there already, scored; no model is asked but the judge."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from auscult.cli.command import pairs
from auscult.cli.options import Group
from auscult.cli.scoring import RECORDED, Scoring
from auscult.errors import UserError
from auscult.runs.folder import Typed

if TYPE_CHECKING:
    from auscult.analysis.summary import Summary
    from auscult.runs.rescoring import Readers


def score(
    scoring: Annotated[Scoring, Group("Scorers")],
    typed: Typed,
    run: Annotated[
        Path | None, typer.Argument(help="A finished run, to be scored by more judges and scorers.", show_default=False)
    ] = None,
    answers: Annotated[
        Path | None, typer.Option(help="Recorded answers (CSV, JSONL, Parquet), or files of MedHallTune.")
    ] = None,
    items: Annotated[
        Path | None, typer.Option(help="Item set that was answered; not given: the answers hold their own.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Run folder to make.")] = None,
    split: Annotated[
        str | None,
        typer.Option(
            help="Part of the item set: train, validation, test or all; where not given test, if there is one, else "
            "all."
        ),
    ] = None,
    columns: Annotated[list[str] | None, typer.Option("--map", help="FIELD=COLUMN of the answers; repeatable.")] = None,
    max_missing: Annotated[
        float, typer.Option(help="Share of missing or unread answers above which only a range is shown.", min=0, max=1)
    ] = 0.05,
    dry_run: Annotated[bool, typer.Option(help="Say what judge and reader would be asked; ask nothing.")] = False,
) -> None:
    """Score answers that somebody else made, or a finished run anew, without asking the model.

    A finished run keeps the scores that it has: judges and scorers that are named come beside them.

    Answers to an item set: name both. MedHallTune's judged or predicted files hold question and reference themselves:
    name the file, or the folder with the one of N and the one of P; judgements in them are read under the protocol
    'medhalltune' and stand in the table, with what could not be read counted.

    [bold]Examples[/bold]

    auscult score --answers answers.csv --items items --map id=qid --out run

    auscult score --answers judged-folder --out run --parse-policy published

    auscult score run --judge openai:my-judge@http://localhost:8001/v1 --scorers meteor,rouge,bertscore:encoder@9
    """
    from auscult.api import score as rescored
    from auscult.cli.scoring import show
    from auscult.runs.recorded import holds

    if (run is None) == (answers is None):
        raise UserError("give either a finished run, or recorded answers with --answers; see auscult score --help")
    unused = {"--items": items, "--out": out, "--split": split, "--map": columns}
    if run is not None and (given := [name for name, value in unused.items() if value]):
        raise UserError(f"{', '.join(given)} belongs to --answers; the scores of a finished run stay in {run}")
    held = answers is not None and items is None and holds(answers, "result")
    if scoring.judge == RECORDED and not held:
        raise UserError(f"--judge {RECORDED}: {answers or run} holds no judgements; name a model that judges")
    own = held and scoring.judge in ("", RECORDED)
    if dry_run:
        print(scoring.forecast(run))
        return
    readers = (_judged_already(scoring, answers) if own else scoring).readers()
    scoring.tell()
    if answers is None:
        assert run is not None
        show(rescored(run, readers, max_missing=max_missing).summary, run)
        return
    if out is None:
        raise UserError("name the run folder to make with --out")
    mapping = pairs(columns or [], "--map")
    show(_recorded(answers, items, out, mapping, readers, split, max_missing, typed), out)


def _judged_already(scoring: Scoring, answers: Path | None) -> Scoring:
    """The judgements that stand beside recorded answers, read as those of a judge."""
    judging = scoring.judging
    judging = replace(
        judging,
        protocol=judging.protocol or "medhalltune",
        judge=replace(judging.judge, tries=1),
        model=replace(judging.model, columns={"text": "result"}),
    )
    return replace(scoring, judge=f"replay:{answers}", judging=judging)


def _recorded(
    answers: Path,
    items: Path | None,
    out: Path,
    mapping: dict[str, str],
    readers: "Readers",
    split: str | None,
    max_missing: float,
    typed: Typed,
) -> "Summary":
    """Recorded answers as a run."""
    from auscult.api import finish
    from auscult.models import ModelOptions
    from auscult.runs.evaluation import Evaluation
    from auscult.runs.recorded import items_of_answers
    from auscult.runs.settings import Settings

    extra: dict[str, Any] = {"split": split}
    if items is None:
        items = items_of_answers(answers, out)
        extra = {"split": "", "controls": 0}
    settings = Settings(max_missing=max_missing, **extra)
    evaluation = Evaluation(items, f"replay:{answers}", settings, ModelOptions(columns=mapping), readers)
    return finish(evaluation, out, typed=typed)
