"""What a run found, as plain values: every number of the report, machine-readable (``summary.json``).

The JSON Schema of this module's ``Summary`` is published as ``docs/schemas/summary.schema.json``.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
from pydantic import TypeAdapter, ValidationError

from auscult.errors import UserError
from auscult.records import Certificate, Estimate
from auscult.store.files import replace_file

SCHEMA = "auscult.summary/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One line of a table: a figure under each image condition, and what the image buys.

    Attributes:
        label: what the line is about, for example ``yes/no questions`` or ``modality: CT``.
        kind: hallucination, non-hallucination or question; empty where mixed.
        category: of the items; empty where mixed.
        answer_type: of the items; empty where mixed.
        scorer: name and version of the instrument.
        metric: accuracy, sensitivity, recall, ...
        with_image: on all items, with their own image.
        control_with: the same on the control subsample only (what the two below are compared with).
        without_image: on the control subsample.
        wrong_image: on the control subsample, with another case's image.
        gain_over_none: paired difference, with minus without; its p-value is adjusted after Holm within the table.
        gain_over_wrong: paired difference, with minus wrong.
        chance: what guessing gives, where that is known; else None.
        warning: empty, or why the line must not be believed as it stands.
    """

    label: str
    metric: str
    scorer: str
    kind: str = ""
    category: str = ""
    answer_type: str = ""
    with_image: Estimate | None = None
    control_with: Estimate | None = None
    without_image: Estimate | None = None
    wrong_image: Estimate | None = None
    gain_over_none: Estimate | None = None
    gain_over_wrong: Estimate | None = None
    chance: float | None = None
    warning: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TagTable:
    """Figures by the values of one tag (modality, anatomy, question type, ...)."""

    tag: str
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Detection:
    """Das et al.: what was fabricated and what was missed, for one finding or all of them.

    ``fabrication`` = FP / (FP + TN), ``miss`` = FN / (FN + TP); unclear answers are counted apart.
    """

    target: str
    tp: int
    fp: int
    tn: int
    fn: int
    unclear_present: int
    unclear_absent: int
    fabrication: Estimate | None = None
    miss: Estimate | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedRule:
    """A published scoring rule beside the sound one, on the same answers.

    ``disagree`` of ``n`` answers get another score from the published rule; ``difference`` is published minus sound.
    """

    rule: str
    system: str
    published: Estimate
    sound: Estimate
    difference: Estimate
    disagree: int
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PremiseLine:
    """How premises of one form and category were taken, with the image: shares of all items asked.

    ``accepted``, ``denied`` and ``evaded`` add up to 1; ``states_truth`` is a part of ``denied`` where the premise is
    false, ``refused`` and ``hedged`` are parts of ``evaded``.

    Attributes:
        premise: ``false`` or ``true``.
        form: polar, tag or presupposition; empty for all.
        category: of the items; empty for all whose truth an image decides.
    """

    premise: str
    form: str
    category: str
    accepted: Estimate
    denied: Estimate
    states_truth: Estimate
    evaded: Estimate
    refused: Estimate
    hedged: Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class PremiseGroup:
    """The figures of one form or category, or of all items whose truth an image decides (the first group)."""

    label: str
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PremiseResponse:
    """What the model does with what questions take for granted.

    Attributes:
        instrument: scorer with its version.
        groups: figures of all items, then by form, then by category.
        lines: every response by form and category.
        untwinned: false-premise items without a neutral twin in this run: in no figure of knowing acceptance.
        unmatched: true-premise items in words that no false-premise item of this run has: not in over-denial.
    """

    instrument: str
    groups: tuple[PremiseGroup, ...]
    lines: tuple[PremiseLine, ...]
    untwinned: int = 0
    unmatched: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class BlindSpot:
    """What a text metric gives for references that were changed: what it cannot see.

    Attributes:
        metric: name of the value.
        change: negated, side swapped, number changed, or reworded without a change of meaning.
        mean: over the references that could be changed so, by the unchanged reference.
        n: how many they were.
    """

    metric: str
    change: str
    mean: float
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """What one judge or one text metric says of the open answers, by kind of item.

    Attributes:
        instrument: scorer with its version.
        kind: judge or text metric.
        about: what it is, in one line.
        low: the worst value of its scale.
        high: the best.
        figures: one line a metric and kind of item; ``label`` is the kind.
        blind_spots: of a text metric.
        correlation: how much its figures say the same, in words; empty for one figure.
        warnings: what must be read before its figures.
        notes: what must be read with them.
    """

    instrument: str
    kind: str
    about: str
    low: float
    high: float
    figures: tuple[Figure, ...]
    blind_spots: tuple[BlindSpot, ...] = ()
    correlation: str = ""
    warnings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Failures:
    """What came of the answers under one image condition, counted apart.

    ``asked`` = ``usable`` + ``unusable`` + ``unread`` + ``request_failed``. ``judge_unusable`` counts answers among
    them that a judge gave no verdict on. ``kinds`` counts request failures by kind, ``unusable_kinds`` the unusable
    answers by what was wrong with them. ``unclear``: usable ones that hedge; they count as not correct, and are neither
    yes nor no. ``cut_short``: answers of any kind that the limit on tokens cut off; ``limit`` is that limit, where it
    is known.
    """

    condition: str
    asked: int
    usable: int
    unusable: int
    request_failed: int
    judge_unusable: int = 0
    unread: int = 0
    unclear: int = 0
    cut_short: int = 0
    limit: int | None = None
    kinds: dict[str, int] = field(default_factory=dict)
    unusable_kinds: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Canary:
    """The two-image canary: passed, failed, inconclusive, or not_applicable."""

    status: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What the run took in all: answered calls, the tries that they needed, tokens as the server counts them, money.

    Tries of calls that failed for good are not among them. ``seconds`` adds up the waits for single replies, which
    overlap. Money is 0 without prices, and for servers that count no tokens.
    """

    calls: int = 0
    attempts: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    cost: float = 0.0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """Everything that the report says, apart from the gallery.

    Attributes:
        schema: version of this layout.
        title: one line: which model on which items.
        manifest: command, versions, hashes, seeds, model identity, machine.
        plumbing_only: the figures show that the loop runs, and say nothing about a real model.
        cases: image studies asked about.
        items: questions asked.
        clusters: independent units among them.
        unit: what a cluster is (image, patient).
        duplicates: items that repeat another one exactly; kept, as published.
        headline: the figures to read first.
        tables: by tag.
        premise: how false and true premises were taken; None where no question bears one.
        quality: judges and text metrics on open answers.
        detection: fabrication and miss, all findings first.
        measurements: absolute errors of numbers.
        corrected: figures of yes/no questions as read, and as the model meant its answers, where some are labelled.
        annotators: accuracy over the truths that several annotators make plausible, and against each of them.
        consistency: worst of k and flip rate over paraphrases; repeats' variance.
        published: published rules beside the sound one.
        failures: by image condition.
        canary: the two-image check before the evaluation.
        usage: calls, tokens, cost.
        power: what difference this many clusters can show, in words.
        certificates: of the instruments used.
        warnings: what must be read before any figure.
        limits: what this run cannot say.
    """

    schema: str = SCHEMA
    title: str
    manifest: dict[str, Any]
    plumbing_only: bool = False
    cases: int
    items: int
    clusters: int
    unit: str
    duplicates: int = 0
    headline: tuple[Figure, ...] = ()
    tables: tuple[TagTable, ...] = ()
    premise: PremiseResponse | None = None
    quality: tuple[Quality, ...] = ()
    detection: tuple[Detection, ...] = ()
    measurements: tuple[Figure, ...] = ()
    annotators: tuple[Figure, ...] = ()
    corrected: tuple[Figure, ...] = ()
    consistency: tuple[Figure, ...] = ()
    published: tuple[PublishedRule, ...] = ()
    failures: tuple[Failures, ...] = ()
    canary: Canary = Canary(status="not_applicable", detail="")
    usage: Usage = Usage()
    power: tuple[str, ...] = ()
    certificates: tuple[Certificate, ...] = ()
    warnings: tuple[str, ...] = ()
    limits: tuple[str, ...] = ()


_ADAPTER = TypeAdapter(Summary)


def write_summary(path: Path, summary: Summary) -> None:
    """Writes ``summary.json`` by atomic rename."""
    replace_file(path, orjson.dumps(summary, option=orjson.OPT_INDENT_2 | orjson.OPT_SERIALIZE_NUMPY) + b"\n")


def read_summary(path: Path) -> Summary:
    """Reads and checks ``summary.json``.

    Raises:
        UserError: the file is missing or is no summary of this version.
    """
    try:
        return _ADAPTER.validate_json(path.read_bytes())
    except (FileNotFoundError, NotADirectoryError):
        raise UserError(_why_there_is_none(path)) from None
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(p) for p in first["loc"]) or "the whole"
        raise UserError(f"{path}: not a summary of this version ({place}: {first['msg']}); evaluate again") from None


def _why_there_is_none(path: Path) -> str:
    try:
        command = orjson.loads((path.parent / "manifest.json").read_bytes())["command"]
    except (OSError, orjson.JSONDecodeError, KeyError, TypeError):
        return f"{path.parent}: no run folder (summary.json: no such file); make one with 'auscult evaluate'"
    return f"{path.parent}: this run is not finished; go on with: {command or 'the same call'}"


def summary_schema() -> dict[str, Any]:
    """The JSON Schema of ``summary.json``."""
    return _ADAPTER.json_schema()
