"""Does a model adopt an error that stands in a stage it is given? Whether its answer is the one that follows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import cast

from auscult.diagnosis.arms import Arm, arm_of, own_stage
from auscult.diagnosis.correctness import by_rule
from auscult.diagnosis.judging import JudgedCase
from auscult.diagnosis.planting import Planted, Stage, believing, planted
from auscult.records import AT_MOST, Answer, Item, ScoreStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Adopted:
    """Whether an answer is what a planted error entails: by the lead rule of its item, were the error so.

    Attributes:
        answer_id: of an answer of the arm with the error, or of the arm that it is held against.
        item_id: the item.
        arm: the arm with the error.
        own: whether the answer is one of the arm that it is held against, where nothing was planted.
        repeat: number of the draw.
        stage: the stage that holds the error.
        text: the stage with the error.
        wrong: the words that are wrong.
        entails: the answer that follows from it.
        kind: of the error.
        degree: how grave it is.
        status: of the score; missing data have no value.
        adopts: 1 where it is that answer, 0 where not; the least where that is open.
        adopts_most: the greatest.
    """

    answer_id: str
    item_id: str
    arm: str
    own: bool
    repeat: int
    stage: str
    text: str
    wrong: str
    entails: str
    kind: str
    degree: str
    status: ScoreStatus
    adopts: float | None = None
    adopts_most: float | None = None


def adopted(group: JudgedCase, arms: Sequence[Arm]) -> Iterator[Adopted]:
    """What came of the errors that were planted in the items of a case, arm by arm, answer by answer."""
    asked = [arm.name for arm in arms]
    for arm in arms:
        for stage in (stage for stage, source in arm.given.items() if source == "planted"):
            held = (arm.name, own_stage(arm.name, asked))
            for item, answer in group.answers:
                if arm_of(answer) in held and (error := planted(item, group.case, cast(Stage, stage))):
                    yield _row(item, answer, arm.name, error)


def _row(item: Item, answer: Answer, arm: str, error: Planted) -> Adopted:
    found = by_rule(believing(item, error), answer)
    least = found.values.get("correct") if found.status in ("ok", "unusable") else None
    return Adopted(
        answer_id=answer.id,
        item_id=item.id,
        arm=arm,
        own=arm_of(answer) != arm,
        repeat=answer.repeat,
        stage=error.stage,
        text=error.text,
        wrong=error.wrong,
        entails=error.entails,
        kind=error.kind,
        degree=error.degree,
        status=found.status,
        adopts=least,
        adopts_most=None if least is None else found.values.get(f"correct{AT_MOST}", least),
    )
