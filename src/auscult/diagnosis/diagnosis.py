"""What a diagnosis found, as plain values: every number of its page, machine-readable (``diagnosis.json``).

The JSON Schema of ``Diagnosis`` is published as ``docs/schemas/diagnosis.schema.json``; causes item by item are a table
beside it, ``causes.parquet``.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from pydantic import TypeAdapter, ValidationError

from auscult.errors import UserError
from auscult.records import Estimate
from auscult.store.files import write_json
from auscult.store.given import JSON_MOST, NoSuchFile, read_given
from auscult.store.invalid import first_wrong

SCHEMA = "auscult.diagnosis.figures/1"
FIGURES, CAUSES = "diagnosis.json", "causes.parquet"

Section = Literal[
    "if_right",
    "gain",
    "shapley",
    "cause",
    "rate",
    "corrected",
    "people",
    "quality",
    "arm",
    "flow",
    "followed",
    "adopted",
    "if_followed",
    "style",
    "answerability",
    "other",
    "image",
    "unstable",
    "tag",
    "published",
]
"""Parts of a diagnosis, in the order of its page."""
What = Literal["", "eyes", "knowledge", "both", "reasoning"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One figure.

    What ``group`` and ``label`` say, by section:

    - if_right: accuracy with its own stages (``what`` empty; ``self_vr_kr``), and if eyes, knowledge or both were
      right, by falling accuracy; all on the same items; ``group``: the arm; ``not told`` where it tells nothing of it.
    - gain: what that brings over the model's own stages, paired; ``group``: the arm.
    - shapley: eyes, knowledge and reasoning (still wrong with both right) add up to what is wrong; interaction.
    - cause: share of the items that are wrong under self-replacement.
    - rate, corrected, people: false stages by arm (``group``); of eyes, knowledge, reasoning those that are unaided
      have a ``what``. As the judge said; freed of its measured error; with human verdicts.
    - quality: what else the fact checker says of these stages: ``metric`` is factuality, completeness or effectiveness.
    - arm: accuracy of each arm on the items that it was put for; invalid traces too (``metric``).
    - flow: wrong to right and right to wrong.
    - followed, adopted, if_followed: what planted errors show; ``group``: of followed, the answer type of the
      questions (``n`` is 0 where no error could be planted); of adopted, the degree of the error.
    - style: the effect of gold where the model's own stage was right.
    - answerability: what a model with no image makes of question and gold stage: leakage of knowledge, mediation of
      what is seen; the gain of knowledge without the items whose gold states the answer.
    - other, image: effects of stages and images that should not help.
    - unstable: items whose draws differ (``group``: the arm).
    - tag: by the tag (``group``) and its value (``label``): ``metric`` tells which figure.
    - published: ClinHallu's, with ``metric`` its name for it.

    Attributes:
        section: part of the page.
        what: eyes, knowledge, both or reasoning, where the figure is of one.
        group: within the section.
        label: what the line is about, in words.
        metric: which figure it is, where a section has several.
        estimate: the figure.
        remark: how it is to be read: ``lower bound``, ``equivalent``, ``different``, ``not shown``, ...; or empty.
    """

    section: Section
    what: What = ""
    group: str = ""
    label: str
    metric: str = ""
    estimate: Estimate
    remark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmCount:
    """What came of the answers of one arm: ``put`` = ok + invalid + unusable + the missing, in answers.

    Attributes:
        arm: its name.
        draws: answers an item.
        not_put: items for which the model's own stage was lacking.
        ok: valid traces with an answer.
        invalid: traces that are none: the model's own outcome, not right.
        unusable: valid ones whose answer takes no position.
        request_failed: missing.
        judge_unusable: missing.
        unread: missing.
    """

    arm: str
    draws: int
    not_put: int
    ok: int
    invalid: int
    unusable: int
    request_failed: int
    judge_unusable: int
    unread: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemCause:
    """Why one item is wrong under self-replacement: the chance of each cause; they add up to 1.

    ``form``: no readable answer.
    """

    item_id: str
    likeliest: str
    eyes: float
    knowledge: float
    both_needed: float
    reasoning: float
    unstable: float
    form: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """Everything that the page says, apart from the items themselves.

    Attributes:
        schema: version of this layout.
        items: rows: questions with a gold trace.
        clusters: independent units among them.
        unit: what a cluster is.
        arms: what came of each.
        findings: every figure, in the order of the page; see ``of``.
        first: where most is lost: eyes, knowledge or reasoning; empty where that cannot be told.
        slip: chance that a draw departs from what its item is settled to; None where causes were not inferred.
        left_out: why items of the set are no row → how many.
        remarks: what must be read with the figures, in whole sentences.
    """

    schema: str = SCHEMA
    items: int
    clusters: int
    unit: str
    arms: tuple[ArmCount, ...] = ()
    findings: tuple[Finding, ...] = ()
    first: What = ""
    slip: float | None = None
    left_out: dict[str, int] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()

    def of(self, section: Section, what: What | None = None, group: str | None = None) -> tuple[Finding, ...]:
        """The figures of a section, of one stage or group."""
        return tuple(
            f for f in self.findings if f.section == section and what in (None, f.what) and group in (None, f.group)
        )

    def one(self, section: Section, what: What = "", group: str | None = None) -> Finding | None:
        """The first figure of a section about a stage; None where there is none."""
        return next(iter(self.of(section, what, group)), None)

    def arm(self, name: str) -> ArmCount | None:
        """What came of an arm; None where it was not run."""
        return next((a for a in self.arms if a.arm == name), None)


_ADAPTER = TypeAdapter(Diagnosis)


def write_diagnosis(path: Path, diagnosis: Diagnosis) -> None:
    """Writes ``diagnosis.json`` by atomic rename."""
    write_json(path, diagnosis)


def read_diagnosis(path: Path) -> Diagnosis:
    """Reads and checks ``diagnosis.json``.

    Raises:
        UserError: the file is missing or is none of this version.
    """
    try:
        return _ADAPTER.validate_json(read_given(path, JSON_MOST))
    except NoSuchFile:
        raise UserError(f"{path.parent}: this diagnosis is not finished; run the same command again") from None
    except ValidationError as error:
        raise UserError(f"{path}: not a diagnosis of this version ({first_wrong(error)}); diagnose again") from None


def diagnosis_schema() -> dict[str, Any]:
    """The JSON Schema of ``diagnosis.json``."""
    return _ADAPTER.json_schema()
