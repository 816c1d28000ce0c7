"""What several commands read from the command line in the same way."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from auscult.errors import UserError

if TYPE_CHECKING:
    from auscult.analysis.summary import Summary
    from auscult.engine.limits import AskOptions
    from auscult.runs.rescoring import Readers

_JUDGE, _SCORERS = "Judge", "Scorers"
RECORDED, FACTS = "recorded", "facts"

JudgeModel = Annotated[
    str,
    typer.Option(
        "--judge",
        help="Model that judges open answers, KIND:NAME; or facts, the fact checker.",
        rich_help_panel=_JUDGE,
        show_default=False,
    ),
]
JudgeProtocol = Annotated[
    str,
    typer.Option(
        help="clinical, clinical-blind, medhalltune, pairwise, support; clinical where not given, support of facts.",
        rich_help_panel=_JUDGE,
        show_default=False,
    ),
]
JudgeAnchors = Annotated[
    Path | None, typer.Option(help="Anchor file of auscult judge-baseline.", rich_help_panel=_JUDGE)
]
JudgeAgainst = Annotated[Path | None, typer.Option(help="pairwise: the run to compare with.", rich_help_panel=_JUDGE)]
JudgeRepeats = Annotated[int, typer.Option(help="Verdicts on each answer.", min=1, rich_help_panel=_JUDGE)]
JudgePolicy = Annotated[
    str, typer.Option(help="medhalltune: how replies are read, strict or published.", rich_help_panel=_JUDGE)
]
JudgeTries = Annotated[
    int, typer.Option(help="How often an unreadable verdict is asked for.", min=1, rich_help_panel=_JUDGE)
]
JudgeTemperature = Annotated[
    float | None, typer.Option(help="The protocol's own where not given.", min=0, rich_help_panel=_JUDGE)
]
JudgeMaxTokens = Annotated[
    int | None, typer.Option(help="Of a verdict, reasoning included.", min=16, rich_help_panel=_JUDGE)
]
JudgeSchema = Annotated[
    bool, typer.Option(help="Send the JSON schema; some servers refuse one.", rich_help_panel=_JUDGE)
]
JudgeCascade = Annotated[
    Path | None,
    typer.Option(help="Calibration file: the fact checker decides where it is certain.", rich_help_panel=_JUDGE),
]
JudgeCertificate = Annotated[
    list[Path] | None, typer.Option(help="File of auscult calibrate judge; repeatable.", rich_help_panel=_JUDGE)
]
JudgeGenerator = Annotated[
    str, typer.Option(help="Model that wrote the references, for the family warning.", rich_help_panel=_JUDGE)
]
JudgeKeyEnv = Annotated[str, typer.Option(help="Variable that holds the judge server's key.", rich_help_panel=_JUDGE)]
JudgePriceIn = Annotated[float, typer.Option(help="Of a million tokens in.", min=0, rich_help_panel=_JUDGE)]
JudgePriceOut = Annotated[float, typer.Option(help="Of a million tokens out.", min=0, rich_help_panel=_JUDGE)]
JudgeBudget = Annotated[
    float | None, typer.Option("--judge-budget-cost", help="Most money, by prices.", rich_help_panel=_JUDGE)
]
JudgeBudgetCalls = Annotated[int | None, typer.Option(help="Most calls.", min=1, rich_help_panel=_JUDGE)]
Annotators = Annotated[
    Path | None,
    typer.Option(help="CSV item,annotator,label[,rank]: accuracy where several people gave the reference."),
]
Labels = Annotated[
    Path | None,
    typer.Option(help="CSV item,annotator,label: what some of the model's answers mean (yes, no, unclear)."),
]
Scorers = Annotated[
    str,
    typer.Option(
        help="With commas: rules (closed, facts, ...) and text metrics (meteor, rouge, bleu, sacrebleu, "
        "bertscore:FOLDER@LAYER), and no others; 'default': all rules; 'none'. Where not given: default, and with a "
        "judge meteor and rouge.",
        rich_help_panel=_SCORERS,
        show_default=False,
    ),
]
ScorerStore = Annotated[
    Path | None, typer.Option(help="bertscore: folder of embeddings kept across runs.", rich_help_panel=_SCORERS)
]
ScorerBaseline = Annotated[
    Path | None, typer.Option(help="bertscore: baseline file to rescale with.", rich_help_panel=_SCORERS)
]


def pairs(values: Sequence[str], option: str) -> dict[str, str]:
    """``["text=answer"]`` → ``{"text": "answer"}``.

    Raises:
        UserError: a value is not FIELD=COLUMN.
    """
    found = {}
    for value in values:
        field, equals, column = value.partition("=")
        if not (field and equals and column):
            raise UserError(f"{option} takes FIELD=COLUMN, for example {option} text=model_answer, not '{value}'")
        found[field] = column
    return found


def readers(
    *,
    judge: str = "",
    judge_protocol: str = "",
    judge_anchors: Path | None = None,
    judge_against: Path | None = None,
    judge_repeats: int = 1,
    judge_policy: str = "",
    judge_certificate: Sequence[Path] = (),
    judge_generator: str = "",
    judge_columns: dict[str, str] | None = None,
    judge_tries: int = 3,
    judge_temperature: float | None = None,
    judge_max_tokens: int | None = None,
    judge_schema: bool = True,
    judge_cascade: Path | None = None,
    scorers: str = "",
    scorer_store: Path | None = None,
    scorer_baseline: Path | None = None,
    annotators: Path | None = None,
    labels: Path | None = None,
    asking: "AskOptions",
    **model: Any,
) -> "Readers":
    """What reads the answers beside the rules, from the options above.

    ``asking`` says how the judge is asked; ``model`` holds fields of ``ModelOptions`` for the judge, of which
    ``device`` and ``offline`` also hold for text metrics.
    """
    from auscult.models import ModelOptions
    from auscult.runs.judging_options import JudgingOptions
    from auscult.runs.rescoring import Readers
    from auscult.scorers import ScorerOptions
    from auscult.scorers.judges import JudgeOptions

    if not judge and (judge_anchors or judge_against or judge_certificate):
        raise UserError("judge options without a judge; add --judge, for example --judge openai:NAME@URL")
    judge_protocol = judge_protocol or ("support" if judge == FACTS else "clinical")
    if judge == FACTS and (judge_protocol != "support" or judge_cascade):
        raise UserError("--judge facts gives verdicts of support and asks no model; leave protocol and cascade out")
    if judge_cascade and judge_protocol != "support":
        raise UserError(
            "--judge-cascade is for verdicts of support only; add --judge-protocol support, or leave it out"
        )
    options = JudgingOptions(
        protocol="cascade" if judge_cascade else judge_protocol,
        judge=JudgeOptions(
            repeats=judge_repeats,
            policy=judge_policy,
            tries=judge_tries,
            temperature=judge_temperature,
            max_tokens=judge_max_tokens,
            schema=judge_schema,
            more={"calibration": str(judge_cascade)} if judge_cascade else {},
        ),
        anchors=judge_anchors,
        against=judge_against,
        generator=judge_generator,
        model=ModelOptions(columns=judge_columns or {}, **model),
        asking=asking,
    )
    return Readers(
        scorers=tuple(name.strip() for name in scorers.split(",") if name.strip()),
        scorer_options=ScorerOptions(
            store=scorer_store,
            baseline=scorer_baseline,
            device=model.get("device", ""),
            offline=model.get("offline", False),
        ),
        judges=((judge, options),) if judge else (),
        certificates=tuple(judge_certificate),
        annotators=annotators,
        labels=labels,
    )


def withheld(summary: "Summary") -> None:
    """Ends with exit code 4 where figures of a judge are withheld because verdicts are missing.

    Answers that could not be read are no failure of this run: asking again would not help.

    Raises:
        FiguresWithheld: which judges, and what to do.
    """
    from auscult.errors import FiguresWithheld

    judges = {q.instrument for q in summary.quality if q.kind == "judge"}
    estimates = [f.with_image for f in summary.of("quality") if f.with_image and f.group in judges]
    if any(e.withheld and e.missing > e.unread for e in estimates):
        raise FiguresWithheld(
            "too many verdicts are missing, so that figures of a judge are withheld; why stands above; the same "
            "command asks failed requests again, and --max-missing shows figures with their bounds"
        )
