"""``auscult score``: answers that are there already, scored; no model is asked but the judge."""

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from auscult.cli.options import (
    FACTS,
    RECORDED,
    Annotators,
    JudgeAgainst,
    JudgeAnchors,
    JudgeBudget,
    JudgeBudgetCalls,
    JudgeCascade,
    JudgeCertificate,
    JudgeGenerator,
    JudgeKeyEnv,
    JudgeMaxTokens,
    JudgeModel,
    JudgePolicy,
    JudgePriceIn,
    JudgePriceOut,
    JudgeProtocol,
    JudgeRepeats,
    JudgeSchema,
    JudgeTemperature,
    JudgeTries,
    Labels,
    ScorerBaseline,
    Scorers,
    ScorerStore,
)
from auscult.errors import UserError

if TYPE_CHECKING:
    from auscult.analysis.summary import Summary
    from auscult.runs.rescoring import Readers

EXAMPLE = "auscult score --answers answers.jsonl --items items --out run"


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command(name="score", short_help=f"Score answers that are there already.  [dim]{EXAMPLE}[/dim]")(score)


def score(
    run: Annotated[
        Path | None, typer.Argument(help="A finished run, to be scored by more judges and scorers.", show_default=False)
    ] = None,
    answers: Annotated[
        Path | None,
        typer.Option(help="Recorded answers (CSV, JSONL, Parquet), or files of MedHallTune.", show_default=False),
    ] = None,
    items: Annotated[
        Path | None,
        typer.Option(help="Item set that was answered; none: the answers hold their own.", show_default=False),
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Run folder to make.", show_default=False)] = None,
    split: Annotated[
        str | None, typer.Option(help="Split of ITEMS that was answered; 'test' where there is one; 'all'.")
    ] = None,
    columns: Annotated[list[str] | None, typer.Option("--map", help="FIELD=COLUMN of the answers; repeatable.")] = None,
    judge: JudgeModel = "",
    judge_protocol: JudgeProtocol = "",
    judge_anchors: JudgeAnchors = None,
    judge_against: JudgeAgainst = None,
    judge_repeats: JudgeRepeats = 1,
    judge_policy: JudgePolicy = "",
    judge_tries: JudgeTries = 3,
    judge_temperature: JudgeTemperature = None,
    judge_max_tokens: JudgeMaxTokens = None,
    judge_schema: JudgeSchema = True,
    judge_cascade: JudgeCascade = None,
    judge_certificate: JudgeCertificate = None,
    judge_generator: JudgeGenerator = "",
    judge_key_env: JudgeKeyEnv = "",
    judge_price_in: JudgePriceIn = 0.0,
    judge_price_out: JudgePriceOut = 0.0,
    judge_budget_cost: JudgeBudget = None,
    judge_budget_calls: JudgeBudgetCalls = None,
    scorers: Scorers = "",
    scorer_store: ScorerStore = None,
    scorer_baseline: ScorerBaseline = None,
    annotators: Annotators = None,
    labels: Labels = None,
    concurrency: Annotated[int, typer.Option(help="Most judge calls in flight.", min=1)] = 32,
    timeout: Annotated[float, typer.Option(help="Seconds a judge call may take.", min=0.1)] = 120.0,
    retries: Annotated[int, typer.Option(help="Tries after a failed judge call.", min=0)] = 5,
    device: Annotated[str, typer.Option(help="Of a judge or an encoder in this process.")] = "",
    offline: Annotated[bool, typer.Option(envvar="AUSCULT_OFFLINE", help="No connection beyond this machine.")] = False,
    max_missing: Annotated[
        float, typer.Option(help="Share of missing or unread answers above which only a range is shown.", min=0, max=1)
    ] = 0.05,
    dry_run: Annotated[bool, typer.Option(help="Say what the judge would be asked; ask nothing.")] = False,
) -> None:
    """Score answers that somebody else made, or a finished run anew, without asking the model.

    Answers to an item set: name both. MedHallTune's judged or predicted files hold question and reference themselves:
    name the file, or the folder with the one of N and the one of P; judgements in them are read under the protocol
    'medhalltune' and stand in the table, with what could not be read counted.

    [bold]Examples[/bold]

    auscult score --answers answers.csv --items items --map id=qid --out run

    auscult score --answers judged-folder --out run --judge-policy published

    auscult score run --judge openai:my-judge@http://localhost:8001/v1 --scorers meteor,rouge,bertscore:encoder@9
    """
    from auscult.api import score as rescored
    from auscult.cli.options import pairs, readers, withheld
    from auscult.engine.limits import AskOptions
    from auscult.runs.recorded import recorded_judgements

    if (run is None) == (answers is None):
        raise UserError("give either a finished run, or recorded answers with --answers; see auscult score --help")
    held = answers is not None and items is None and recorded_judgements(answers)
    if judge == RECORDED and not held:
        raise UserError(f"--judge {RECORDED}: {answers or run} holds no judgements; name a model that judges")
    own = held and judge in ("", RECORDED)
    mapping = pairs(columns or [], "--map")
    reading = readers(
        judge=f"replay:{answers}" if own else judge,
        judge_protocol=judge_protocol or ("medhalltune" if own else ""),
        judge_anchors=judge_anchors,
        judge_against=judge_against,
        judge_repeats=judge_repeats,
        judge_policy=judge_policy,
        judge_temperature=judge_temperature,
        judge_max_tokens=judge_max_tokens,
        judge_schema=judge_schema,
        judge_cascade=judge_cascade,
        judge_certificate=judge_certificate or (),
        judge_generator=judge_generator,
        judge_columns={"text": "result"} if own else {},
        judge_tries=1 if own else judge_tries,
        scorers=scorers,
        scorer_store=scorer_store,
        scorer_baseline=scorer_baseline,
        annotators=annotators,
        labels=labels,
        asking=AskOptions(
            concurrency=concurrency,
            timeout=timeout,
            retries=retries,
            price_in=judge_price_in,
            price_out=judge_price_out,
            budget_calls=judge_budget_calls,
            budget_cost=judge_budget_cost,
        ),
        key_env=judge_key_env,
        offline=offline,
        device=device,
    )
    if dry_run:
        _forecast(run, judge, reading)
        return
    if reading.judges and not own and judge != FACTS:
        print(f"answers, with questions, captions and references, go to the judge {judge}", file=sys.stderr)
    if run is not None:
        made, summary = run, rescored(run, reading, max_missing=max_missing).summary
    else:
        assert answers is not None
        made, summary = _recorded(answers, items, out, mapping, reading, split, max_missing)
    from rich.console import Console

    from auscult.reports.headline import headline

    Console().print(headline(summary))
    print(made)
    withheld(summary)


def _recorded(
    answers: Path,
    items: Path | None,
    out: Path | None,
    mapping: dict[str, str],
    reading: "Readers",
    split: str | None,
    max_missing: float,
) -> tuple[Path, "Summary"]:
    """Recorded answers as a run."""
    from auscult.api import finish
    from auscult.models import ModelOptions
    from auscult.runs.evaluation import Evaluation
    from auscult.runs.recorded import items_of_answers, recorded_answers
    from auscult.runs.settings import Settings

    if out is None:
        raise UserError("name the run folder to make with --out")
    extra: dict[str, Any] = {"split": "" if split == "all" else split}
    if items is None:
        items = items_of_answers(answers, out)
        extra = {"split": "", "controls": 0}
        if recorded_answers(answers):
            mapping = {"text": "answer", **mapping}
    settings = Settings(max_missing=max_missing, **extra)
    evaluation = Evaluation(items, f"replay:{answers}", settings, ModelOptions(columns=mapping), reading)
    return out, finish(evaluation, out, command=shlex.join(sys.argv))


def _forecast(run: Path | None, judge: str, reading: "Readers") -> None:
    from contextlib import closing

    from auscult.runs.judging import Judging

    if not reading.judges or judge in ("", RECORDED, FACTS):
        print("nothing would be asked: no model judges")
        return
    if run is None:
        print("the judge would be asked once for every open answer and repeat, and what fails again; for a forecast")
        print("score without --judge first, then: auscult score RUN --judge ... --dry-run")
        return
    with closing(Judging(run, judge, reading.judges[0][1])) as judging:
        print(judging.forecast().describe())
