"""What a run found, as plain values: every number of the report, machine-readable (``summary.json``).

The JSON Schema of this module's ``Summary`` is published as ``docs/schemas/summary.schema.json``.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from pydantic import TypeAdapter, ValidationError

from auscult.errors import UserError
from auscult.records import Canary, Certificate, Estimate
from auscult.runs.folder import read_manifest
from auscult.store.files import write_json
from auscult.store.given import JSON_MOST, NoSuchFile, read_given
from auscult.store.invalid import first_wrong

SCHEMA = "auscult.summary/2"


Section = Literal[
    "headline",
    "tag",
    "premise",
    "response",
    "quality",
    "detection",
    "prevalence",
    "pairs",
    "twins",
    "measurement",
    "annotators",
    "corrected",
    "consistency",
    "probe",
    "published",
]
"""Parts of a report, in its order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One line of a table: a figure under each image condition, and what the image buys.

    What ``group`` and ``label`` say, by section:

    - headline: no group; the label is the type of question, ``yes/no questions``.
    - tag: the tag, its value (modality, CT).
    - premise: all forms, a form or a category; of which items and twins.
    - response: whether the premise is false or true; its form, empty for all. ``metric``: accepted, denied and evaded
      add up to 1; states truth is a part of denied where the premise is false, refused and hedged are parts of evaded.
    - quality: the judge or text metric; the kind of items.
    - detection: no group; what was asked about. ``metric``: fabrication, FP / (FP + TN), and miss, FN / (FN + TP), by
      Das et al.; answers that say neither are counted apart.
    - prevalence: how many patients of 100 have the finding; what was asked about. ``metric``: invented among present,
      the share of all that is reported that is not there.
    - pairs: no group; what a pair is. ``metric``: told apart.
    - twins: no group; which questions a published set holds against each other. ``metric``: set accuracy and confusion
      of pairs of images; right on the plain question, on the changed one, and drop.
    - measurement: no group; the unit.
    - annotators, consistency: no group; truth or groups that the line is about.
    - corrected: no group where labels of some answers correct for misreading, and the reading as label; ``physician``
      where people rated a drawn part of the answers. ``metric``: correct, invented, missed, harm, severe harm and wrong
      reference are shares of all answers; fabrication and miss of questions where the finding is not, or is, there.
    - probe: the probe; what it changes. ``metric``: right is the share that does what is right on changed questions or
      images; accuracy and abstains before and after; drop, before minus after, in pairs; goes along, with what was
      proposed, led, its excess over the same answer unasked, and the share among items that are known; wrong and sure,
      with nine times the probability of the other answer; points, as Med-HALT gives them.
    - published: the published rule with the type of answer; its system. ``metric``: published, sound, and difference,
      published minus sound.

    Attributes:
        section: part of the report.
        group: within the section; empty where it has no groups.
        label: what the line is about.
        metric: accuracy, sensitivity, recall, ...
        scorer: name and version of the instrument.
        kind: hallucination, non-hallucination or question; empty where mixed.
        category: of the items; empty where mixed.
        answer_type: of the items; empty where mixed.
        share: whether it is a share of one; else a plain number in its own unit.
        higher_is_better: which end is the good one.
        with_image: on all items, with their own image.
        control_with: the same on the control subsample only (what the two below are compared with).
        without_image: on the control subsample.
        wrong_image: on the control subsample, with another case's image.
        gain_over_none: paired difference, with minus without; its p-value is adjusted after Holm within the table.
        gain_over_wrong: paired difference, with minus wrong.
        chance: what guessing gives, where that is known; else None.
        warning: empty, or why the line must not be believed as it stands.
    """

    section: Section
    group: str = ""
    label: str
    metric: str
    scorer: str
    kind: str = ""
    category: str = ""
    answer_type: str = ""
    share: bool = True
    higher_is_better: bool = True
    with_image: Estimate | None = None
    control_with: Estimate | None = None
    without_image: Estimate | None = None
    wrong_image: Estimate | None = None
    gain_over_none: Estimate | None = None
    gain_over_wrong: Estimate | None = None
    chance: float | None = None
    warning: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Detection:
    """Counts behind fabrication and miss, for one finding or all of them; ``target`` is the label of the figures.

    ``invented_at_most`` and ``missed_at_most`` are the gate's one-sided 95 % bounds of both rates, which say what is
    possible where nothing was seen; None where nothing was asked.
    """

    target: str
    tp: int
    fp: int
    tn: int
    fn: int
    unclear_present: int
    unclear_absent: int
    invented_at_most: float | None = None
    missed_at_most: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Paired:
    """Yes/no questions that are true of some images and false of others: ``items`` in ``pairs`` of images."""

    questions: int
    pairs: int
    items: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedRule:
    """A published scoring rule beside the sound one: ``disagree`` of ``n`` answers get another score from it.

    ``rule`` is the group of the figures.
    """

    rule: str
    system: str
    disagree: int
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Premises:
    """What no figure of premises holds.

    Attributes:
        instrument: scorer with its version.
        untwinned: false-premise items without a neutral twin in this run: in no figure of knowing acceptance.
        unmatched: true-premise items in words that no false-premise item of this run has: not in over-denial.
    """

    instrument: str
    untwinned: int = 0
    unmatched: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeAsked:
    """A probe, and to what it was put; its figures stand in section ``probe``, under its name.

    Attributes:
        name: the group of its figures.
        id: with its version.
        title: what is changed, in a few words.
        about: what is right then.
        right: what is right on a changed twin: same, changed (another answer that is known), or abstain.
        against: what a changed twin is held against: base, the item as the run puts it, or its unchanged twin.
        control: whether a high score says that figures of the run can be had without looking.
        blamed: whether it is a fault to do something else than what is right.
        items: to how many it was put.
        unput: why it was not put to others → how many.
    """

    name: str
    id: str
    title: str
    about: str
    right: str
    against: str
    control: bool = False
    blamed: bool = True
    items: int = 0
    unput: dict[str, int] = field(default_factory=dict)


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
    """A judge or text metric of open answers, and what must be read with its figures.

    Attributes:
        instrument: scorer with its version; the group of its figures.
        kind: judge or text metric.
        about: what it is, in one line.
        low: the worst value of its scale.
        high: the best.
        blind_spots: of a text metric.
        correlation: how much its figures say the same, in words; empty for one figure.
        notes: what must be read with them.
        classes: class → answers in it, of a judge that sorts answers; then those without one.
    """

    instrument: str
    kind: str
    about: str
    low: float
    high: float
    blind_spots: tuple[BlindSpot, ...] = ()
    correlation: str = ""
    notes: tuple[str, ...] = ()
    classes: dict[str, int] = field(default_factory=dict)


PROBED = "probe"
"""In place of an image condition: the questions that probes put beside those of the run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failures:
    """What came of the answers under one image condition, or of those to the questions of probes, counted apart.

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
class Usage:
    """What the run took in all: answered calls, the tries that they needed, tokens as the server counts them, money.

    Tries of calls that failed for good are not among them. ``seconds`` adds up the waits for single replies, which
    overlap. Money is 0 without prices, and for servers that count no tokens. ``tokens_cached``: of ``tokens_in``, those
    that were not computed anew.
    """

    calls: int = 0
    attempts: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    tokens_cached: int = 0
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
        duplicates: items that repeat another one of their image, in its words or in content; kept.
        figures: every figure, in the order of the report; see ``of``.
        detection: counts behind fabrication and miss, all findings first.
        pairs: questions put to images they are true of and to others; None where there are none.
        premises: what no figure of premises holds; None where no question bears one.
        quality: judges and text metrics of open answers.
        probes: what was put beside the questions, changed.
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
    figures: tuple[Figure, ...] = ()
    detection: tuple[Detection, ...] = ()
    pairs: Paired | None = None
    premises: Premises | None = None
    quality: tuple[Quality, ...] = ()
    probes: tuple[ProbeAsked, ...] = ()
    published: tuple[PublishedRule, ...] = ()
    failures: tuple[Failures, ...] = ()
    canary: Canary = Canary(status="not_applicable", detail="")
    usage: Usage = Usage()
    power: tuple[str, ...] = ()
    certificates: tuple[Certificate, ...] = ()
    warnings: tuple[str, ...] = ()
    limits: tuple[str, ...] = ()

    def of(self, section: Section, group: str | None = None) -> tuple[Figure, ...]:
        """The figures of a section, or of one of its groups."""
        return tuple(f for f in self.figures if f.section == section and group in (None, f.group))

    def groups(self, section: Section) -> dict[str, tuple[Figure, ...]]:
        """Group → its figures, in order."""
        return {name: self.of(section, name) for name in dict.fromkeys(f.group for f in self.of(section))}


_ADAPTER = TypeAdapter(Summary)


def write_summary(path: Path, summary: Summary) -> None:
    """Writes ``summary.json`` by atomic rename."""
    write_json(path, summary)


def read_summary(path: Path) -> Summary:
    """Reads and checks ``summary.json``.

    Raises:
        UserError: the file is missing or is no summary of this version.
    """
    try:
        return _ADAPTER.validate_json(read_given(path, JSON_MOST))
    except NoSuchFile:
        raise UserError(_why_there_is_none(path)) from None
    except ValidationError as error:
        raise UserError(f"{path}: not a summary of this version ({first_wrong(error)}); evaluate again") from None


def _why_there_is_none(path: Path) -> str:
    command = read_manifest(path.parent).get("command")
    return f"{path.parent}: this run is not finished; go on with: {command or 'the same call'}"


def summary_schema() -> dict[str, Any]:
    """The JSON Schema of ``summary.json``."""
    return _ADAPTER.json_schema()
