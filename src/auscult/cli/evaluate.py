"""``auscult evaluate``: an item set and a model in, a run out."""

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from auscult.cli.options import (
    FACTS,
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
    ScorerBaseline,
    Scorers,
    ScorerStore,
)

if TYPE_CHECKING:
    from auscult.runs.rescoring import Readers

EXAMPLE = "auscult evaluate items --model openai:my-model@http://localhost:8000/v1 --out run"
_BUDGET, _MODEL, _ASKING = "Budget", "Model", "What is asked"


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command(name="evaluate", short_help=f"Put an item set to a model and score it.  [dim]{EXAMPLE}[/dim]")(evaluate)


def evaluate(
    items: Annotated[Path, typer.Argument(help="Folder of the item set.", show_default=False)],
    model: Annotated[
        str,
        typer.Option(help="Who answers: KIND:NAME, see above.", show_default=False),
    ],
    out: Annotated[Path, typer.Option(help="Run folder; the same command goes on in it.", show_default=False)],
    split: Annotated[
        str | None,
        typer.Option(help="Split that is asked; 'test' where there is one; 'all'.", rich_help_panel=_ASKING),
    ] = None,
    limit: Annotated[int | None, typer.Option(help="Most cases asked.", min=1, rich_help_panel=_ASKING)] = None,
    samples: Annotated[
        int, typer.Option(help="Answers to each question (needs a temperature).", rich_help_panel=_ASKING)
    ] = 1,
    protocol: Annotated[
        str,
        typer.Option(
            help="How items are put: direct; few-shot:K, example images a class from the training split; "
            "shuffled:SEED, options in another order, so that the place of the right one is no clue; or "
            "few-shot:K+shuffled:SEED.",
            rich_help_panel=_ASKING,
        ),
    ] = "direct",
    controls: Annotated[
        int,
        typer.Option(
            help="Questions asked again without the image and with another case's image, in whole cases.",
            min=0,
            rich_help_panel=_ASKING,
        ),
    ] = 300,
    seed: Annotated[int, typer.Option(help="Of the choice of controls.", rich_help_panel=_ASKING)] = 0,
    canary: Annotated[
        bool, typer.Option(help="Check with two images that answers belong to theirs.", rich_help_panel=_ASKING)
    ] = True,
    max_tokens: Annotated[int, typer.Option(help="Of an answer.", min=1, rich_help_panel=_MODEL)] = 256,
    temperature: Annotated[float, typer.Option(help="0 is greedy.", min=0, rich_help_panel=_MODEL)] = 0.0,
    top_p: Annotated[float, typer.Option(min=0, max=1, rich_help_panel=_MODEL)] = 1.0,
    model_seed: Annotated[int | None, typer.Option(help="Seed sent to the model.", rich_help_panel=_MODEL)] = None,
    concurrency: Annotated[int, typer.Option(help="Most calls in flight.", rich_help_panel=_MODEL)] = 32,
    timeout: Annotated[float, typer.Option(help="Seconds a call may take.", min=0.1, rich_help_panel=_MODEL)] = 120.0,
    retries: Annotated[int, typer.Option(help="Tries after a failed one.", min=0, rich_help_panel=_MODEL)] = 5,
    device: Annotated[str, typer.Option(help="local: cpu, cuda, cuda:1.", rich_help_panel=_MODEL)] = "",
    dtype: Annotated[str, typer.Option(help="local: float32, bfloat16, float16.", rich_help_panel=_MODEL)] = "",
    trust_remote_code: Annotated[
        bool, typer.Option(help="local: let code of the model folder run.", rich_help_panel=_MODEL)
    ] = False,
    key_env: Annotated[
        str, typer.Option(help="openai: variable that holds the key; OPENAI_API_KEY.", rich_help_panel=_MODEL)
    ] = "",
    columns: Annotated[
        list[str] | None, typer.Option("--map", help="replay: FIELD=COLUMN; repeatable.", rich_help_panel=_MODEL)
    ] = None,
    train: Annotated[
        list[Path] | None,
        typer.Option(help="baseline: item set to learn from; ITEMS itself where not given.", rich_help_panel=_MODEL),
    ] = None,
    offline: Annotated[
        bool, typer.Option(envvar="AUSCULT_OFFLINE", help="No connection beyond this machine.", rich_help_panel=_MODEL)
    ] = False,
    price_in: Annotated[float, typer.Option(help="Of a million tokens in.", min=0, rich_help_panel=_BUDGET)] = 0.0,
    price_out: Annotated[float, typer.Option(help="Of a million tokens out.", min=0, rich_help_panel=_BUDGET)] = 0.0,
    budget_calls: Annotated[int | None, typer.Option(help="Most calls of the run.", rich_help_panel=_BUDGET)] = None,
    budget_tokens: Annotated[int | None, typer.Option(help="Most tokens of the run.", rich_help_panel=_BUDGET)] = None,
    budget_cost: Annotated[float | None, typer.Option(help="Most money, by prices.", rich_help_panel=_BUDGET)] = None,
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
    criteria: Annotated[
        Path | None, typer.Option(help="Criteria of a gate: noted before anything is asked, see auscult gate.")
    ] = None,
    max_missing: Annotated[
        float, typer.Option(help="Share of missing or unread answers above which only a range is shown.", min=0, max=1)
    ] = 0.05,
    dry_run: Annotated[bool, typer.Option(help="Say what would be asked and what it would cost; ask nothing.")] = False,
) -> None:
    """Put an item set to a model, score the answers, and sum up.

    Every evaluation starts with a check that answers belong to their image, and asks part of the questions again
    without the image and with another case's image: a model that does as well without has not looked.

    [bold]Models[/bold]

    openai:NAME@BASE_URL  any OpenAI-compatible server

    local:FOLDER  any image-text-to-text model of transformers

    replay:FILE  recorded answers (CSV, JSONL, Parquet)

    phantom  the small model that comes with this package; it sees phantoms, and nothing else

    baseline:question-only, baseline:majority, baseline:always-last  what can be guessed without the image

    [bold]Examples[/bold]

    auscult evaluate items --model baseline:question-only --out run

    auscult evaluate items --model openai:my-model@http://localhost:8000/v1 --out run --dry-run

    auscult evaluate items --model local:models/llava-med --device cuda --out run

    auscult evaluate items --model replay:answers.csv --map id=qid --map text=prediction --out run

    auscult evaluate items --model M --judge openai:my-judge@http://localhost:8001/v1 --scorers default,bleu --out run
    """
    from auscult.api import finish
    from auscult.cli.options import pairs, readers, withheld
    from auscult.engine.limits import AskOptions
    from auscult.errors import FiguresWithheld
    from auscult.models import ModelOptions
    from auscult.records import Decoding
    from auscult.runs.evaluation import Evaluation
    from auscult.runs.settings import Settings

    settings = Settings(
        split="" if split == "all" else split,
        limit=limit,
        decoding=Decoding(temperature=temperature, top_p=top_p, max_tokens=max_tokens, seed=model_seed),
        samples=samples,
        protocol=protocol,
        controls=controls,
        seed=seed,
        canary=canary,
        asking=AskOptions(
            concurrency=concurrency,
            timeout=timeout,
            retries=retries,
            price_in=price_in,
            price_out=price_out,
            budget_calls=budget_calls,
            budget_tokens=budget_tokens,
            budget_cost=budget_cost,
        ),
        max_missing=max_missing,
    )
    options = ModelOptions(
        train=tuple(train or ()),
        columns=pairs(columns or [], "--map"),
        device=device,
        dtype=dtype,
        key_env=key_env,
        offline=offline,
        trust_remote_code=trust_remote_code,
    )
    reading = readers(
        judge=judge,
        judge_protocol=judge_protocol,
        judge_anchors=judge_anchors,
        judge_against=judge_against,
        judge_repeats=judge_repeats,
        judge_policy=judge_policy,
        judge_temperature=judge_temperature,
        judge_max_tokens=judge_max_tokens,
        judge_schema=judge_schema,
        judge_tries=judge_tries,
        judge_cascade=judge_cascade,
        judge_certificate=judge_certificate or (),
        judge_generator=judge_generator,
        scorers=scorers,
        scorer_store=scorer_store,
        scorer_baseline=scorer_baseline,
        annotators=annotators,
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
        dtype=dtype,
    )
    evaluation = Evaluation(items, model, settings, options, reading)
    if dry_run:
        print(evaluation.forecast(out).describe())
        if judge:
            print(_judge_forecast(out, judge, reading))
        return
    if evaluation.model.host:
        print(f"questions and images go to {evaluation.model.host}", file=sys.stderr)
    if judge not in ("", FACTS):
        print(f"open answers, with questions, captions and references, go to the judge {judge}", file=sys.stderr)
    summary = finish(evaluation, out, command=shlex.join(sys.argv), criteria=criteria)
    from rich.console import Console

    from auscult.reports.headline import headline

    Console().print(headline(summary))
    print(out)
    withheld(summary)
    failed, asked = (sum(getattr(f, name) for f in summary.failures) for name in ("request_failed", "asked"))
    if evaluation.model.host and failed > max_missing * asked:
        raise FiguresWithheld(
            f"{failed} of {asked} requests failed, so that figures are withheld; the same command asks them again"
        )


def _judge_forecast(run: Path, judge: str, readers: "Readers") -> str:
    """What the judge would be asked: known only where the answers are."""
    from contextlib import closing

    from auscult.runs.judging import Judging

    if not (run / "answers.parquet").exists():
        return "judge:             one call for every open answer and repeat; its forecast needs the answers"
    with closing(Judging(run, judge, readers.judges[0][1])) as judging:
        return judging.forecast().describe()
