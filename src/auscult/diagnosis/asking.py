"""Puts the questions of a case to a model, arm by arm: first those that need nothing of its own, then the others."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from auscult.diagnosis.answerability import Answerability
from auscult.diagnosis.arms import BASELINE, TEMPERATURE, TOP_P, Arm, Sight, Source
from auscult.diagnosis.plan import NO_IMAGE, NO_OTHER, NO_PLANTED, Group
from auscult.engine.ask import Ask
from auscult.engine.forecast import NOT_ASKED
from auscult.probes.pictures import noised
from auscult.protocols import Protocol, Question
from auscult.protocols.stages import InStages
from auscult.records import STAGES, Answer, Condition, Image, ImageFile, Item, Reply, Trace

NO_PARTNER = "no_partner"
"""Failure of an answer that needs a stage of a baseline whose request failed."""
Place = tuple[str, str, int]
"""Arm, id of the item, draw."""
_NONE: Mapping[Source, str] = {"other": NO_OTHER, "planted": NO_PLANTED}
_CONDITIONS: Mapping[Sight, Condition] = {"shown": "with", "noised": "with", "wrong": "wrong", "removed": "without"}


def no_own(stage: str) -> str:
    """What is said of an answer that needs a stage which the model's baseline has not."""
    return f"no own {stage.replace('_', ' ')}"


def unput(arm: Arm, item: Item, group: Group) -> str:
    """Why an arm cannot be put for an item, whatever the model says; empty where it can."""
    if arm.sight == "wrong" and not group.others:
        return NO_IMAGE
    foreign = ((stage, source) for stage, source in arm.given.items() if source in _NONE)
    return next((_NONE[source] for stage, source in foreign if not group.stages.get((item.id, stage, source))), "")


@dataclass(frozen=True, kw_only=True)
class Asking:
    """Who is asked what, by which protocol.

    Attributes:
        load: reads an image of a case.
        arms: in order, the baseline among them.
        protocol: puts traces.
        text: puts questions without trace and image.
    """

    load: Callable[[ImageFile], Image]
    arms: Sequence[Arm]
    protocol: InStages
    text: Answerability

    async def answers(self, group: Group, ask: Ask, ask_text: Ask) -> list[Answer]:
        """The answers of a case, arm by arm, item by item, draw by draw.

        Where the set has nothing to put in an arm, another item's stage for example, it has no answer to that item.
        Where the model's own stage is lacking, the answer says so.

        Args:
            group: the case.
            ask: asks the model.
            ask_text: asks who answers without trace and image.
        """
        case = _Case(self, group)
        made = await _answered(
            self.protocol, case.questions([a for a in self.arms if not a.own and not a.text_only]), ask
        )
        own = {item.id: self._own(made[BASELINE, item.id, 0], item) for item in group.items}
        bound = case.questions([a for a in self.arms if a.own], own)
        lacking = {place: lack for place in bound if (lack := self._lack(place, made[BASELINE, place[1], 0], own))}
        made |= {place: self.protocol.asking.answer(bound.pop(place), lack) for place, lack in lacking.items()}
        made |= await _answered(self.protocol, bound, ask)
        made |= await _answered(self.text, case.questions([a for a in self.arms if a.text_only]), ask_text)
        order = ((arm.name, item.id, n) for arm in self.arms for item in group.items for n in range(arm.answers))
        return [made[place] for place in order if place in made]

    def _own(self, baseline: Answer, item: Item) -> Trace:
        """The stages that the model wrote of itself; in a forecast, such as are about as long as its would be."""
        if baseline.failure == NOT_ASKED:
            return Trace(**{stage: f"{getattr(item.trace, stage)} (the model's own)" for stage in STAGES})
        return self.protocol.read(baseline.trace).trace

    def _lack(self, place: Place, baseline: Answer, own: Mapping[str, Trace]) -> Reply | None:
        """What stands for the reply where the model's own stage is lacking; None where none is."""
        if baseline.failure == NOT_ASKED:
            return None
        if baseline.status == "request_failed":
            return Reply(failure=NO_PARTNER, detail="the request of its baseline failed", attempts=0)
        arm = next(arm for arm in self.arms if arm.name == place[0])
        lacking = [stage for stage in arm.own if not getattr(own[place[1]], stage)]
        return Reply(detail=no_own(lacking[0]), attempts=0) if lacking and not self.protocol.fills else None


async def _answered(protocol: Protocol, put: Mapping[Place, Question], ask: Ask) -> dict[Place, Answer]:
    return dict(zip(put, await protocol.answers(list(put.values()), ask), strict=True)) if put else {}


class _Case:
    """The questions about one case; each image is read once."""

    def __init__(self, asking: Asking, group: Group) -> None:
        self.asking, self.group, self._shown = asking, group, dict[Sight, tuple[Image, ...]]()

    def questions(self, arms: Sequence[Arm], own: Mapping[str, Trace] | None = None) -> dict[Place, Question]:
        """Arm by arm, item by item, draw by draw; of arms that can be put for the item."""
        return {
            (arm.name, item.id, draw): self._question(arm, item, draw, (own or {}).get(item.id, Trace()))
            for arm in arms
            for item in self.group.items
            if not unput(arm, item, self.group)
            for draw in range(arm.answers)
        }

    def _question(self, arm: Arm, item: Item, draw: int, own: Trace) -> Question:
        decoding = self.asking.protocol.asking.decoding
        return Question(
            item=item,
            images=self._images(arm.sight),
            condition=_CONDITIONS[arm.sight],
            repeat=draw,
            case=self.group.case,
            given={stage: self._stage(item, stage, source, own) for stage, source in arm.given.items()},
            arm="" if arm.name == BASELINE else arm.name,
            decoding=replace(decoding, temperature=TEMPERATURE, top_p=TOP_P) if arm.draws else None,
        )

    def _stage(self, item: Item, stage: str, source: Source, own: Trace) -> str:
        if source in ("own", "gold"):
            return str(getattr(own if source == "own" else item.trace, stage))
        return self.group.stages[item.id, stage, source]

    def _images(self, sight: Sight) -> tuple[Image, ...]:
        if sight not in self._shown:
            files = {"wrong": self.group.others, "removed": ()}.get(sight, self.group.case.images)
            images = tuple(map(self.asking.load, files))
            self._shown[sight] = tuple(map(noised, images)) if sight == "noised" else images
        return self._shown[sight]
