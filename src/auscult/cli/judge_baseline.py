"""``auscult judge-baseline``: judges a baseline system's run once, for the judge to compare others with."""

from pathlib import Path
from typing import Annotated

import typer

from auscult.cli.options import DryRun, Group
from auscult.printing import give, tell
from auscult.runs.judging_options import JudgingOptions

ALONE = frozenset({"JudgingOptions.anchors", "JudgingOptions.against", "JudgeOptions.repeats"})
ANCHORED = JudgingOptions(protocol="medhalltune")


def judge_baseline(
    run: Annotated[Path, typer.Argument(help="Folder of the baseline system's run.")],
    judge: Annotated[str, typer.Option(help="The model that judges, KIND:NAME.")],
    out: Annotated[Path, typer.Option(help="File of the anchors.")],
    options: Annotated[JudgingOptions, Group("Judge", "judge", ALONE)] = ANCHORED,
    dry_run: DryRun = False,
) -> None:
    """Judge a baseline's answers without an anchor and write an anchor file.

    The published MedHallTune judge sees, beside each answer, what a baseline system answered and how that was judged.
    This makes that part once. Use the file with the same judge only; others refuse it.

    [bold]Examples[/bold]

    auscult judge-baseline run --judge openai:gpt-4o@https://api.openai.com/v1 --out anchors.jsonl --dry-run

    auscult judge-baseline run --judge openai:my-judge@http://localhost:8000/v1 --out anchors.jsonl
    """
    from auscult.runs.anchoring import check_anchoring, make_anchors
    from auscult.runs.judging import Judging
    from auscult.store.files import check_writable

    check_writable(out)
    check_anchoring(options)
    judging = Judging(run, judge, options)
    try:
        if dry_run:
            give(*judging.forecast().describe().split("\n"))
            return
        if judging.model.host:
            tell(f"answers, captions and references go to {judging.model.host}")
        made = make_anchors(judging, out)
    finally:
        judging.close()
    for warning in made.judgement.instrument.notes:
        tell(warning)
    tell(f"{made.rows} anchors; {made.without} answers have none")
    for reason, count in made.judgement.reasons.items():
        tell(f"{count} x {reason}")
    give(out)
