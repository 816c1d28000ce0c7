"""What the command line calls things: panels of options, and names where a field's own would not do.

A dataclass that a command takes is unfolded by ``command``: each field is an option of its name, explained by its line
under ``Attributes:``. What stands here is only what the dataclass does not say.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

import typer


@dataclass(frozen=True)
class Group:
    """Marks a parameter whose dataclass is unfolded into ``--FIELD``, or with a prefix into ``--PREFIX-FIELD``.

    Attributes:
        panel: title above the options in the help.
        prefix: what their names begin with.
        without: fields, as in ``FLAGS``, that are no options of this command.
    """

    panel: str
    prefix: str = ""
    without: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Flag:
    """What the dataclass does not say of an option.

    Attributes:
        name: without dashes; the field's own where empty.
        shared: whether it has no prefix, so that all groups of a command that hold it share one option.
        variable: environment variable that sets it.
        panel: another one than the group's.
        required: whether it must be given.
        short: one letter with its dash.
        switch: whether it has no ``--no-``.
    """

    name: str = ""
    shared: bool = False
    variable: str | None = None
    panel: str = ""
    required: bool = False
    short: str = ""
    switch: bool = False


FLAGS: Mapping[str, Flag | None] = {
    "AskOptions.pause": None,
    "Decoding.seed": Flag(name="model-seed"),
    "Decoding.stop": None,
    "DraftingOptions.checkers": Flag(name="checker", panel="Checker models"),
    "DraftingOptions.schema": Flag(name="generator-schema"),
    "JudgeOptions.against": None,
    "JudgeOptions.anchor": None,
    "JudgeOptions.more": None,
    "JudgeOptions.policy": Flag(name="parse-policy", shared=True),
    "JudgeTrial.judge": Flag(required=True),
    "JudgingOptions.answer_types": None,
    "JudgingOptions.conditions": None,
    "ScorerOptions.offline": Flag(shared=True, variable="AUSCULT_OFFLINE"),
    "ModelOptions.columns": Flag(name="map"),
    "ModelOptions.margins": Flag(switch=True),
    "ModelOptions.offline": Flag(shared=True, variable="AUSCULT_OFFLINE"),
    "Scoring.judge": Flag(panel="Judge"),
    "Scoring.judge_cascade": Flag(panel="Judge"),
    "Scoring.judge_certificate": Flag(panel="Judge"),
    "Output.json": Flag(switch=True),
    "Output.quiet": Flag(short="-q", switch=True),
    "Output.verbose": Flag(short="-v", switch=True),
    "Plan.parts": None,
    "PremiseOptions.runs": None,
    "PremiseOptions.scenes": None,
    "Scoring.reader": Flag(panel="Second reader"),
    "checker ModelOptions.columns": None,
    "checker ModelOptions.margins": None,
    "checker ModelOptions.train": None,
    "judge ModelOptions.columns": None,
    "judge ModelOptions.margins": None,
    "judge ModelOptions.train": None,
    "reader ModelOptions.columns": None,
    "reader ModelOptions.margins": None,
    "reader ModelOptions.train": None,
    "ReadOptions.columns": Flag(name="map"),
    "ReaderTrial.reader": Flag(required=True),
}
"""``Class.field`` → how its option differs from it, None: it is none; with a prefix before it, of that group alone."""

UNANCHORED = frozenset(
    {"JudgingOptions.anchors", "JudgingOptions.against", "JudgingOptions.name"} | {"JudgeOptions.repeats"}
)
"""What a judge that stands on its own is not told."""
ALONE = UNANCHORED | {"JudgingOptions.protocol"}
"""What a judge is not told whose protocol is known."""

NOT_ANSWERED = frozenset({"ModelOptions.columns", "ModelOptions.margins", "ModelOptions.train"})
"""What a model is not told that answers no item set."""

INNER = {
    "DiagnosisSettings.asking": Group("Pace and budget"),
    "DrawingSettings.asking": Group("Pace and budget"),
    "GeneratorOptions.model": Group("Generator", without=frozenset({"ModelOptions.columns", "ModelOptions.train"})),
    "DiagnosisSettings.decoding": Group("Model"),
    "DraftingOptions.asking": Group("Pace and budget"),
    "DraftingOptions.checking": Group("Checker models", "checker"),
    "DraftingOptions.model": Group("Generator", without=NOT_ANSWERED),
    "JudgeTrial.judging": Group("Judge", "judge", UNANCHORED),
    "ReaderTrial.reading": Group("Second reader", "reader"),
    "Scoring.judging": Group("Judge", "judge"),
    "Scoring.reading": Group("Second reader", "reader"),
    "Scoring.scorer": Group("Scorers", "scorer"),
    "Settings.decoding": Group("Model"),
    "TracingSettings.asking": Group("Pace and budget"),
    "TracingSettings.decoding": Group("Model"),
    "Settings.asking": Group("Pace and budget"),
}
"""Groups of dataclasses within dataclasses, where they are others than the outer one's."""

EVERYDAY = frozenset(
    {
        "answers",
        "arms",
        "data",
        "device",
        "dry-run",
        "findings",
        "images",
        "items",
        "json",
        "judge",
        "judge-protocol",
        "limit",
    }
    | {"map", "max-tokens", "must", "out", "protocol", "quiet", "reader", "scorers", "sheet", "skip-bad", "split"}
    | {"temperature", "verbose"}
)
"""Options that a plain ``--help`` shows of a command with many, beside those that must be given."""

OWN_EVERYDAY: Mapping[str, frozenset[str]] = {
    "build": frozenset(
        {"allow-patient-data", "and", "checker", "dry-run", "generate", "generator", "images", "limit", "map"}
        | {"overwrite", "premises", "preview", "quiet", "reviewed", "strict", "text-only", "train-share"}
        | {"verbose"}
    ),
    "audit read": frozenset({"device", "dry-run", "finding", "json", "limit", "map", "quiet", "shots", "split", "task"})
    | {"train-share", "verbose"},
    "audit draw": EVERYDAY | {"draws", "pixels", "prompts", "image-size"},
    "diagnose": EVERYDAY | {"model", "traces"},
    "tune": frozenset({"batch", "device", "epochs", "learning-rate", "out", "quiet", "rank", "seed", "split"}),
}
"""The same of a command for which others are the everyday ones."""

DryRun = Annotated[bool, typer.Option(help="Say what would be asked and what it would cost; ask nothing.")]
