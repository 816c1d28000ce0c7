"""``auscult judge-baseline``: judges a baseline system's run once, for the judge to compare others with."""

import sys
from pathlib import Path
from typing import Annotated

import typer

EXAMPLE = "auscult judge-baseline run --judge openai:J@URL --out anchors.jsonl"


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command(name="judge-baseline", short_help=f"Make a judge's anchor file.  [dim]{EXAMPLE}[/dim]")(judge_baseline)


def judge_baseline(
    run: Annotated[Path, typer.Argument(help="Folder of the baseline system's run.", show_default=False)],
    judge: Annotated[str, typer.Option(help="The model that judges, KIND:REST.", show_default=False)],
    out: Annotated[Path, typer.Option(help="File of the anchors.", show_default=False)],
    protocol: Annotated[str, typer.Option(help="Judge protocol that will use them.")] = "medhalltune",
    parse_policy: Annotated[str, typer.Option(help="How replies are read: strict or published.")] = "",
    judge_tries: Annotated[int, typer.Option(help="How often an unreadable reply is asked again at most.", min=1)] = 3,
    temperature: Annotated[
        float | None, typer.Option(help="Of the judge; the protocol's own where not given.", show_default=False)
    ] = None,
    max_tokens: Annotated[
        int | None, typer.Option(help="Bound of a reply, reasoning included.", min=16, show_default=False)
    ] = None,
    schema: Annotated[bool, typer.Option(help="Send the JSON schema (protocol clinical).")] = True,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what it would take, and stop.")] = False,
    concurrency: Annotated[int, typer.Option(help="Most calls in flight.", min=1)] = 32,
    retries: Annotated[int, typer.Option(help="How often a failed call is tried again.", min=0)] = 5,
    timeout: Annotated[float, typer.Option(help="Seconds for one call.")] = 120.0,
    price_in: Annotated[float, typer.Option(help="Money for a million tokens in.", min=0)] = 0.0,
    price_out: Annotated[float, typer.Option(help="Money for a million tokens out.", min=0)] = 0.0,
    budget_calls: Annotated[int | None, typer.Option(help="Most calls.", min=1, show_default=False)] = None,
    budget_tokens: Annotated[int | None, typer.Option(help="Most tokens.", min=1, show_default=False)] = None,
    budget_cost: Annotated[float | None, typer.Option(help="Most money.", min=0, show_default=False)] = None,
    key_env: Annotated[str, typer.Option(help="Environment variable that holds the judge server's key.")] = "",
    offline: Annotated[bool, typer.Option("--offline", help="Open no connection beyond this machine.")] = False,
    device: Annotated[str, typer.Option(help="Of a judge in this process: cpu, cuda, ...")] = "",
) -> None:
    """Judge a baseline's answers without an anchor and write an anchor file.

    The published MedHallTune judge sees, beside each answer, what a baseline system answered and how that was judged.
    This makes that part once. Use the file with the same judge only; others refuse it.

    [bold]Examples[/bold]

    auscult judge-baseline run --judge openai:gpt-4o@https://api.openai.com/v1 --out anchors.jsonl --dry-run

    auscult judge-baseline run --judge openai:my-judge@http://localhost:8000/v1 --out anchors.jsonl
    """
    from auscult.engine.limits import AskOptions
    from auscult.models import ModelOptions
    from auscult.runs.anchoring import check_anchoring, make_anchors
    from auscult.runs.judging import Judging
    from auscult.runs.judging_options import JudgingOptions
    from auscult.scorers.judges import JudgeOptions

    options = JudgingOptions(
        protocol=protocol,
        judge=JudgeOptions(
            tries=judge_tries, temperature=temperature, max_tokens=max_tokens, schema=schema, policy=parse_policy
        ),
        model=ModelOptions(key_env=key_env, offline=offline, device=device),
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
    )
    check_anchoring(options)
    judging = Judging(run, judge, options)
    try:
        if dry_run:
            print(judging.forecast().describe())
            return
        if judging.model.host:
            print(f"answers, captions and references go to {judging.model.host}", file=sys.stderr)
        made = make_anchors(judging, out)
    finally:
        judging.close()
    for warning in made.judgement.instrument.notes:
        print(warning, file=sys.stderr)
    print(f"{made.rows} anchors; {made.without} answers have none", file=sys.stderr)
    for reason, count in made.judgement.reasons.items():
        print(f"{count} x {reason}", file=sys.stderr)
    print(out)
