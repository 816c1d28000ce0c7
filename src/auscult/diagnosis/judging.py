"""The stages that a model wrote, put to a judge, and its answers scored: what ``verdicts`` and ``scores`` hold."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from auscult.diagnosis.arms import ARMS, VISION, arm_of
from auscult.diagnosis.scene_judge import SCENE, SceneStage
from auscult.engine.ask import Ask
from auscult.errors import UserError
from auscult.records import STAGES, Answer, Case, Image, ImageFile, Instrument, Item, Score
from auscult.runs.scores import by_case
from auscult.scorers.judges import Judge, JudgeOptions, Subject, create
from auscult.store.tables import read_rows

STAGE, PUBLISHED = "stage", "clinhallu-stage"
"""The judge protocols of stages; the second is ClinHallu's, and needs a model. A third is that of ``scene_judge``."""
PRESERVED = {"replace_kr": (VISION,)}
"""Arm of the published program → stages that are judged in it although the model wrote them before."""


@dataclass(frozen=True, slots=True)
class JudgedCase:
    """All answers about one case, each with its item."""

    case: Case
    answers: tuple[tuple[Item, Answer], ...]


def cases_of(folder: Path) -> Iterator[JudgedCase]:
    """The answers of a diagnosis case by case, in stored order.

    Raises:
        UserError: cases, items and answers are not those of one diagnosis.
    """
    cases = read_rows(folder / "cases.parquet", Case)
    answers = by_case(folder / "answers.parquet", Answer)
    for (name, items), case in zip(by_case(folder / "items.parquet", Item), cases, strict=True):
        known = {item.id: item for item in items}
        of, rows = next(answers)
        if not name == case.id == of:
            raise UserError(f"{folder}: its tables are not of the same cases; diagnose again into another --out")
        yield JudgedCase(case, tuple((known[answer.item_id], answer) for answer in rows))


class Verdicts:
    """Judges every stage that the model wrote, in the arms that are judged.

    Args:
        identity: of the judge model, or ``facts``.
        protocol: how stages are judged; as the published program does, in the arms in which it does.
        options: how the judge is asked.
        load: reads an image of a case: the published judge of what is seen is shown it.
    """

    def __init__(
        self,
        identity: str,
        load: Callable[[ImageFile], Image],
        *,
        protocol: str = STAGE,
        options: JudgeOptions | None = None,
    ) -> None:
        options = options or JudgeOptions()
        self._published, self._load = protocol == PUBLISHED, load
        self._judges: dict[str, Judge] = {
            stage: SceneStage(stage)
            if protocol == SCENE
            else create(protocol, identity, replace(options, more={**options.more, "stage": stage}))
            for stage in STAGES
        }

    @property
    def instruments(self) -> tuple[Instrument, ...]:
        """One a stage."""
        return tuple(judge.instrument for judge in self._judges.values())

    def judged(self, answer: Answer) -> tuple[str, ...]:
        """The stages of an answer that are judged."""
        arm = ARMS[arm_of(answer)]
        if not arm.judged or answer.attempts == 0:
            return ()
        return ((*PRESERVED.get(arm.name, ()), *arm.written)) if self._published else arm.written

    async def scores(self, group: JudgedCase, ask: Ask) -> list[Score]:
        """Verdicts by stage, in the order of the answers."""
        shown = tuple(map(self._load, group.case.images)) if self._published else ()
        of = {
            stage: [
                Subject(item=item, case=group.case, answer=answer, images=shown if stage == VISION else ())
                for item, answer in group.answers
                if stage in self.judged(answer)
            ]
            for stage in self._judges
        }
        made = await asyncio.gather(*(self._judges[stage].scores(some, ask) for stage, some in of.items() if some))
        return [score for scores in made for score in scores]
