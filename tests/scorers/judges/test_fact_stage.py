"""The fact checker as judge of stages, on scenes and words made for this test."""

import csv
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

import pytest
from tests.scorers.judges.staged import staged

from auscult.engine.ask import Ask
from auscult.errors import UserError
from auscult.records import STAGES, AnswerType, Fact, Score, Trace
from auscult.scorers.judges import JudgeOptions, Subject, create

V, K, R = STAGES


class Nobody(Ask):
    """Asked by mistake."""

    async def __call__(self, call: object) -> None:
        raise AssertionError("asked")

    all = __call__


async def scores(stage: str, *subjects: Subject) -> list[Score]:
    return await create("stage", "facts", JudgeOptions(more={"stage": stage})).scores(subjects, Nobody())


@dataclass(frozen=True)
class Scene:
    """All that there is to see, and a question about it."""

    modality: str
    facts: tuple[Fact, ...]
    gold: Trace
    question: str
    reference: str
    answer_type: AnswerType
    options: tuple[str, ...] = ()

    def subject(self, **stages: str) -> Subject:
        """An answer that is the gold one but for some stages."""
        made = staged(
            replace(self.gold, **stages),
            gold=self.gold,
            facts=self.facts,
            exhaustive=True,
            caption="",
            question=self.question,
            reference=self.reference,
        )
        item = replace(made.item, answer_type=self.answer_type, options=self.options)
        return replace(made, item=item, case=replace(made.case, tags={"modality": self.modality}))


CHEST = Scene(
    "chest radiograph",
    (Fact(finding="consolidation", presence="present", side="right", place="lower zone", size_mm=52),),
    Trace(
        visual_recognition="A frontal chest radiograph. In the right lower zone lies a hazy white patch of 52 mm. "
        "The costophrenic angles are sharp and the heart is of normal width.",
        knowledge_recall="A consolidation is seen as a hazy white patch in the lung, as fluid takes the place of air.",
        reasoning="The hazy white patch in the right lower zone is a consolidation. So the answer is yes.",
        answer="yes",
    ),
    "Is there a consolidation in the right lung?",
    "yes",
    "yes_no",
)
BRAIN = Scene(
    "brain MR",
    (
        Fact(finding="brain tumour", presence="present", side="left", place="frontal lobe", size_mm=30),
        Fact(finding="midline shift", presence="present", side="right", size_mm=9),
    ),
    Trace(
        visual_recognition="An axial MR image of the brain. A bright ring of 30 mm lies in the left frontal lobe. "
        "The midline is pushed 9 mm to the right. The ventricles are of normal width.",
        knowledge_recall="A tumour that takes up contrast at its edge is a bright ring. A mass pushes the midline.",
        reasoning="The bright ring in the left frontal lobe is a tumour, and the midline is shifted to the right.",
        answer="left frontal lobe",
    ),
    "Where is the tumour?",
    "left frontal lobe",
    "open",
)
ABDOMEN = Scene(
    "abdominal CT",
    (
        Fact(finding="ascites", presence="present", size_mm=22),
        Fact(finding="renal cyst", presence="present", side="right", size_mm=25),
    ),
    Trace(
        visual_recognition="A CT of the abdomen. A gray band, 22 mm deep, surrounds the liver. "
        "A dark round area of 25 mm with a smooth edge lies in the right kidney.",
        knowledge_recall="Free fluid is a gray band around the organs. A cyst is a dark round area with a smooth edge.",
        reasoning="The gray band is ascites, and the dark round area in the right kidney is a renal cyst.",
        answer="A. right kidney",
    ),
    "Which organ holds the cyst?",
    "right kidney",
    "choice",
    ("right kidney", "left kidney", "liver"),
)
SCENES = (CHEST, BRAIN, ABDOMEN)
RIGHT = [(scene, stage, getattr(scene.gold, stage)) for scene in SCENES for stage in STAGES]
RIGHT += [
    (CHEST, V, "The radiograph shows a hazy white patch of 50 mm in the right lower zone."),
    (CHEST, V, "There is a consolidation in the right lower zone."),
    (CHEST, K, "Consolidation shows as a cloudy bright patch in the lung."),
    (CHEST, K, "A pneumothorax shows as a black rim without lung markings."),
    (CHEST, R, "The white patch in the right lower zone looks like a consolidation, so the answer is yes."),
    (BRAIN, V, "A ring-shaped bright area in the left frontal lobe, 28 mm. The midline is displaced to the right."),
    (BRAIN, K, "A tumour with contrast uptake at its border is seen as a bright ring."),
    (BRAIN, R, "The bright ring is the tumour, so it lies in the left frontal lobe."),
    (ABDOMEN, V, "There is fluid around the liver and a dark round spot in the right kidney."),
    (ABDOMEN, K, "Ascites shows as a gray layer along the liver."),
]  # fmt: skip


@pytest.mark.parametrize(("scene", "stage", "text"), RIGHT)
async def test_a_right_stage_is_supported(scene: Scene, stage: str, text: str) -> None:
    (score,) = await scores(stage, scene.subject(**{stage: text}))
    assert (score.parsed, score.values["hallucinated_at_most"]) == ("supported", 0), score.explanation


WRONG = [
    (CHEST, V, "The radiograph shows a hazy white patch of 50 mm in the left lower zone.", ""),
    (CHEST, V, "There is a hazy white patch in the right upper zone.", ""),
    (CHEST, V, "A round white spot of 20 mm lies in the right middle zone.", ""),
    (CHEST, V, "Both lungs are dark and even. The heart is not widened.", ""),
    (CHEST, V, "A hazy white patch in the right lower zone. The heart is wide, 0.62 of the chest.", ""),
    (CHEST, V, "A hazy white patch in the right lower zone and a dark rim of 25 mm at the left apex.", ""),
    (CHEST, V, "There is a pneumothorax on the left.", ""),
    (CHEST, K, "Consolidation is a dark rim along the edge of the lung.", ""),
    (CHEST, K, "A consolidation is known by a blunted costophrenic angle.", ""),
    (CHEST, R, "There is no white patch, so there is no consolidation.", "no"),
    (CHEST, R, "The hazy white patch means consolidation, but it is on the left.", "no"),
    (CHEST, R, "The patch is a consolidation on the right.", "no"),
    (CHEST, R, "The hazy white patch is a pleural effusion. No consolidation is present.", "no"),
    (CHEST, R, "The dark rim at the left apex is a pneumothorax.", ""),
    (BRAIN, V, "There's a ring-shaped bright area in the right frontal lobe. The midline is straight.", ""),
    (BRAIN, V, "The brain is even and the midline is in the middle.", ""),
    (BRAIN, V, "A bright ring of 30 mm lies in the left frontal lobe. The ventricles are wide.", ""),
    (BRAIN, V, "A bright ring of 30 mm lies in the left parietal lobe.", ""),
    (BRAIN, R, "The bright ring is the tumour, so it lies in the right frontal lobe.", "right frontal lobe"),
    (ABDOMEN, V, "A dark round spot of 40 mm lies in the left kidney.", ""),
    (ABDOMEN, V, "No band is seen around the liver. The kidneys are even.", ""),
    (ABDOMEN, K, "A cyst of the kidney is a bright irregular patch.", ""),
    (ABDOMEN, R, "The dark round area in the left kidney is a cyst.", "B. left kidney"),
    (ABDOMEN, R, ABDOMEN.gold.reasoning, "B. left kidney"),
]


@pytest.mark.parametrize(("scene", "stage", "text", "answer"), WRONG)
async def test_a_stage_that_says_something_false_is_contradicted(
    scene: Scene, stage: str, text: str, answer: str
) -> None:
    stages = {stage: text} | ({"answer": answer} if answer else {})
    (score,) = await scores(stage, scene.subject(**stages))
    assert (score.parsed, score.values["hallucinated"]) == ("contradicted", 1), score.explanation


@pytest.mark.parametrize(
    ("reasoning", "answer", "stands"),
    [
        ("The black rim at the left apex is a pneumothorax. There is no consolidation.", "no", "supported"),
        ("The black rim at the left apex is a pneumothorax. There is no consolidation.", "yes", "contradicted"),
        ("There is a white patch on the right, so there is a consolidation.", "yes", "contradicted"),
        ("So there is a consolidation in the right lung.", "yes", "contradicted"),
        ("The rim on the right is a pneumothorax.", "no", "contradicted"),
    ],
)
async def test_reasoning_is_judged_by_the_stages_that_it_stands_on(reasoning: str, answer: str, stands: str) -> None:
    subject = CHEST.subject(
        visual_recognition="A black rim of 25 mm runs along the left apex. Nothing else is seen.",
        knowledge_recall="A pneumothorax is a black rim between the lung and the chest wall.",
        reasoning=reasoning,
        answer=answer,
    )
    (vision,), (found,) = await scores(V, subject), await scores(R, subject)
    assert vision.parsed == "contradicted"
    assert found.parsed == stands, found.explanation


async def test_what_cannot_be_read_is_unread_and_beside_what_is_right_open() -> None:
    words = "The dog barked at the postman all morning."
    nothing, partly = await scores(
        V, CHEST.subject(**{V: words}), CHEST.subject(**{V: f"{CHEST.gold.visual_recognition} {words}"})
    )
    assert (nothing.status, nothing.values) == ("unread", {})
    assert partly.parsed == "open" and (partly.values["hallucinated"], partly.values["hallucinated_at_most"]) == (0, 1)
    assert "not read: The dog barked" in partly.explanation


async def test_what_nobody_named_is_open_where_the_caption_is_not_all() -> None:
    made = CHEST.subject(**{V: "A dark rim runs along the left apex."})
    (score,) = await scores(V, replace(made, case=replace(made.case, exhaustive=False)))
    assert (score.parsed, score.values["hallucinated"], score.values["hallucinated_at_most"]) == ("open", 0, 1)


async def test_wrong_words_are_quoted_as_they_stand() -> None:
    text = "The heart is of normal width. A hazy white patch lies in the left lower zone."
    (score,) = await scores(V, CHEST.subject(**{V: text}))
    assert "“A hazy white patch lies in the left lower zone” (side)" in score.explanation
    assert score.explanation.count("“") == 1


async def test_radrscore_counts_statements_of_stage_case_and_gold() -> None:
    text = "A hazy white patch lies in the right lower zone. A dark rim runs along the left apex."
    (score,) = await scores(V, CHEST.subject(**{V: text}))
    assert (score.values["factuality"], score.values["factuality_at_most"]) == (0.5, 0.5)
    assert score.values["effectiveness"] == 0.5
    (whole,) = await scores(V, CHEST.subject())
    assert whole.values["factuality"] == whole.values["completeness"] == whole.values["effectiveness"] == 1
    assert 0 < score.values["completeness"] < 1


async def test_a_stage_that_is_not_there_is_unusable_and_a_failed_request_missing() -> None:
    rows = await scores(
        K, staged(f"[Visual Recognition]\n{CHEST.gold.visual_recognition}"), staged(status="request_failed")
    )
    assert [(r.status, r.values) for r in rows] == [("unusable", {"hallucinated": 0.0}), ("request_failed", {})]


@pytest.mark.parametrize("options", [{"repeats": 2}, {"temperature": 1.0}])
def test_the_fact_checker_takes_no_options_of_models(options: dict[str, float]) -> None:
    with pytest.raises(UserError, match="always says the same"):
        create("stage", "facts", JudgeOptions(more={"stage": V}, **options))


async def test_real_reports_bear_themselves_out_and_contradict_others(shared_data: Path) -> None:
    with (shared_data / "iu-reports" / "indiana_reports.csv").open() as file:
        whole = [row for row in csv.DictReader(file) if row["findings"] and row["impression"]]
        rows = [row for row in whole if int(row["uid"]) % 2]  # the others are kept for certificates
    picked = Random(7).sample(rows, 300)

    def subject(of: dict[str, str], says: str) -> Subject:
        made = staged(Trace(visual_recognition=says), gold=Trace(), caption=f"{of['findings']} {of['impression']}")
        return replace(made, answer=replace(made.answer, trace=f"[Visual Recognition]\n{says}"))

    async def verdicts(says: Sequence[dict[str, str]]) -> Counter[str]:
        subjects = [subject(row, other["findings"]) for row, other in zip(picked, says, strict=True)]
        return Counter(score.parsed or score.status for score in await scores(V, *subjects))

    own, others = await verdicts(picked), await verdicts([*picked[1:], picked[0]])
    assert own["supported"] >= 200 and own["contradicted"] <= 5
    assert others["contradicted"] >= 90 and others["supported"] <= 45
