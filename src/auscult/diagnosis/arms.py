"""The arms of a diagnosis: which stages of a trace are given to the model, whose they are, and what it is shown.

The four runs of ClinHallu (arXiv 2606.14697), the two controls that give a model its own stages back in the same
template, and by name those that ask more: an arm is a row of ``ARMS``.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from auscult.errors import UserError, known_names
from auscult.records import STAGES, Answer

Source = Literal["own", "gold", "other", "irrelevant", "planted"]
"""Whose stage is given: of the model's baseline, of the item's gold trace, of another item's gold trace, a true one
that has nothing to do with the question, or the gold one with one planted error."""
Sight = Literal["shown", "wrong", "noised", "removed"]
"""What is shown: the case's images, another case's, the case's under noise, or none."""

BASELINE = "baseline"
VISION, KNOWLEDGE, REASONING = STAGES
DRAWS = 5
TEMPERATURE, TOP_P = 0.7, 0.9
"""ClinHallu's, for arms that are drawn."""


@dataclass(frozen=True, kw_only=True)
class Arm:
    """One intervention.

    Attributes:
        name: as in ``Answer.protocol`` and on the command line.
        given: stage → whose text stands in the prompt as finished, in the order of the stages.
        sight: what the model is shown.
        draws: answers to each item, sampled at the published temperature; 0: one, decoded as the run is.
        text_only: whether it is answered without trace and image, from the question and what is given.
        judged: whether stages that are written in it are judged.
    """

    name: str
    given: Mapping[str, Source] = field(default_factory=dict)
    sight: Sight = "shown"
    draws: int = 0
    text_only: bool = False
    judged: bool = True

    @property
    def written(self) -> tuple[str, ...]:
        """The stages that the model writes in it."""
        return () if self.text_only else STAGES[len(self.given) :]

    @property
    def own(self) -> tuple[str, ...]:
        """The stages of the model's baseline that it needs."""
        return tuple(stage for stage, source in self.given.items() if source == "own")

    @property
    def foreign(self) -> bool:
        """Whether it needs something of another item or case, or an error that can be planted."""
        return self.sight == "wrong" or not {"own", "gold"}.issuperset(self.given.values())

    @property
    def answers(self) -> int:
        """How many answers an item gets in it."""
        return self.draws or 1


def _arms(*arms: Arm) -> dict[str, Arm]:
    return {arm.name: arm for arm in arms}


_PUBLISHED = _arms(
    Arm(name=BASELINE),
    Arm(name="replace_vr", given={VISION: "gold"}),
    Arm(name="replace_kr", given={VISION: "own", KNOWLEDGE: "gold"}),
    Arm(name="replace_vr_kr", given={VISION: "gold", KNOWLEDGE: "gold"}),
)
_SELF = _arms(
    Arm(name="self_vr", given={VISION: "own"}),
    Arm(name="self_vr_kr", given={VISION: "own", KNOWLEDGE: "own"}),
)
_SHAPLEY = _arms(Arm(name="gold_vr_own_kr", given={VISION: "gold", KNOWLEDGE: "own"}))
_SOURCES: Mapping[Source, Source] = {"other": "own", "irrelevant": "own", "planted": "gold"}
"""Whose stage is put for knowledge → whose visual recognition stands before it: what a planted error of knowledge
entails is known beside what is really there to see."""
_FOLLOWED = {
    source: _arms(
        Arm(name=f"{source}_vr", given={VISION: source}, judged=False),
        Arm(name=f"{source}_kr", given={VISION: before, KNOWLEDGE: source}, judged=False),
    )
    for source, before in _SOURCES.items()
}
_SIGHT = _arms(
    Arm(name="wrong_image", sight="wrong", judged=False),
    Arm(name="noised_image", sight="noised", judged=False),
    Arm(name="without_image", sight="removed", judged=False),
)
_TEXT = _arms(
    Arm(name="text_question", sight="removed", text_only=True, judged=False),
    Arm(name="text_gold_vr", given={VISION: "gold"}, sight="removed", text_only=True, judged=False),
    Arm(name="text_gold_kr", given={KNOWLEDGE: "gold"}, sight="removed", text_only=True, judged=False),
)
_RESAMPLED = _arms(
    *(
        Arm(name=f"resample_{arm.name}", given=arm.given, draws=DRAWS, judged=False)
        for arm in (*_PUBLISHED.values(), *_SELF.values(), *_SHAPLEY.values())
    )
)

OWN_STAGE: Mapping[str, tuple[str, ...]] = {
    "planted_vr": ("self_vr", "replace_vr"),
    "planted_kr": ("gold_vr_own_kr", "replace_vr"),
}
"""Arm with a planted error → the arms that say how often its wrong answer comes without it, the best one first."""
ARMS: Mapping[str, Arm] = {
    **_PUBLISHED,
    **_SELF,
    **_SHAPLEY,
    **_FOLLOWED["other"],
    **_FOLLOWED["irrelevant"],
    **_FOLLOWED["planted"],
    **_SIGHT,
    **_TEXT,
    **_RESAMPLED,
}
"""All arms, by name, in the order in which they are asked and stored."""
GROUPS: Mapping[str, tuple[str, ...]] = {
    "default": (*_PUBLISHED, *_SELF),
    "published": tuple(_PUBLISHED),
    **{source: tuple(arms) for source, arms in _FOLLOWED.items()},
    "image": tuple(_SIGHT),
    "text": tuple(_TEXT),
    "resample": tuple(f"resample_{name}" for name in (*_PUBLISHED, *_SELF)),
    "all": tuple(ARMS),
}
"""Names that stand for several arms."""


def chosen(names: Sequence[str]) -> tuple[Arm, ...]:
    """The arms of some names, in the order of ``ARMS``; the baseline is always among them.

    With ``resample`` the arm of Shapley shares is drawn again too, where it is asked.

    Args:
        names: of arms, or of groups of them; none: ``default``.

    Raises:
        UserError: a name is unknown.
    """
    wanted = {BASELINE}
    for name in names or ("default",):
        if name not in ARMS and name not in GROUPS:
            raise UserError(f"unknown arm '{name}'; {known_names(name, [*GROUPS, *ARMS])}")
        wanted.update(GROUPS.get(name, (name,)))
    if "resample" in names:
        wanted.update(f"resample_{name}" for name in _SHAPLEY if name in wanted)
    return tuple(arm for name, arm in ARMS.items() if name in wanted)


def own_stage(arm: str, asked: Collection[str]) -> str:
    """The arm that an arm with a planted error is held against, of those that are asked; empty where none is."""
    return next((name for name in OWN_STAGE.get(arm, ()) if name in asked), "")


def arm_of(answer: Answer) -> str:
    """The name of the arm that an answer was given in."""
    return arm_named(answer.protocol)


def arm_named(protocol: str) -> str:
    """The name of the arm in the protocol of an answer."""
    return protocol.partition("/")[2] or BASELINE
