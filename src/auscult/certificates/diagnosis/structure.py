"""A simulated model: how often its stages are wrong, what it does with a stage that it is given, and what is then true.

An answer has three stages. An item's image has a difficulty D, standard normal. A stage is wrong where a standard
normal that D holds a share of falls under the quantile of its rate, so that the rates hold exactly and stages are
independent where D holds nothing of knowledge and reasoning. Expectations are sums over all that can befall an item,
integrated over D: no estimator of the diagnosis, and no random number, takes part in a truth.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import product
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from auscult.errors import UserError

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
Codes = NDArray[np.int64]
RIGHT, OPPOSITE, NEITHER = range(3)
"""What an answer says: what one wrong stage leads to is the opposite of what is right."""
Given = Literal["", "own", "gold", "planted"]
_NODES = 96


@dataclass(frozen=True, slots=True)
class Arm:
    """Whose visual recognition and whose knowledge a model is given; an empty one it writes itself."""

    name: str
    visual: Given = ""
    knowledge: Given = ""


ARMS = {
    arm.name: arm
    for arm in (
        Arm("baseline"),
        Arm("self_vr", "own"),
        Arm("replace_vr", "gold"),
        Arm("self_vr_kr", "own", "own"),
        Arm("replace_kr", "own", "gold"),
        Arm("gold_vr_own_kr", "gold", "own"),
        Arm("replace_vr_kr", "gold", "gold"),
        Arm("planted_vr", "planted"),
        Arm("planted_kr", "gold", "planted"),
    )
}
"""The arms that are simulated."""


@dataclass(frozen=True, kw_only=True)
class Faults:
    """A simulated model. All but ``rereads`` are shares from 0 to 1.

    Attributes:
        eyes: own visual recognitions that are wrong (p).
        knowledge: knowledge that it recalls wrongly of itself (q, where ``astray`` is 0).
        reasoning: items of which it concludes wrongly from stages that are right (r).
        followed: given stages that it follows (f), each by itself; of others it looks, or thinks, for itself.
        shared: variance of its eyes' errors that the image's difficulty holds: items of an image err together.
        difficulty: variance of knowledge's and reasoning's errors that it holds; 0: stages err independently.
        leaning: variance of following that it holds: what is hard is followed rather.
        lucky: wrong conclusions that a right answer follows all the same.
        offsetting: items of which two wrong stages make up for each other.
        astray: items whose knowledge is wrong too where the visual stage before it is.
        rereads: looks anew where it does not follow a visual stage, and not with the same eyes as before.
        stated: items whose gold knowledge states the answer.
        confused: items that it can make nothing of where stages are given, whatever they say: what the template does.
        invalid: traces, one arm's apart from another's, that are not in the form.
        flips: answers, one draw's apart from another's, that turn to the other side.
    """

    eyes: float = 0.3
    knowledge: float = 0.15
    reasoning: float = 0.05
    followed: float = 1.0
    shared: float = 0.3
    difficulty: float = 0.0
    leaning: float = 0.0
    lucky: float = 0.0
    offsetting: float = 0.0
    astray: float = 0.0
    rereads: bool = False
    stated: float = 0.0
    confused: float = 0.0
    invalid: float = 0.0
    flips: float = 0.0

    def __post_init__(self) -> None:
        """Refuses what is no share."""
        for name, value in vars(self).items():
            if not 0 <= value <= 1:
                raise UserError(f"{name} {value}: a share lies between 0 and 1")


@dataclass(frozen=True, kw_only=True)
class Latents:
    """What befalls each item, whatever the arm; arrays of one shape.

    Attributes:
        eyes: its own visual recognition is wrong.
        again: so it is where the model looks again.
        knowledge: its knowledge is wrong of itself.
        led: its knowledge is wrong where the visual stage before it is.
        reasoning: it concludes wrongly from right stages.
        follows_visual: it follows a visual stage that it is given.
        follows_knowledge: likewise.
        offset: two wrong stages make up for each other.
        stated: the gold knowledge states the answer.
        confused: it makes nothing of this item where stages are given.
    """

    eyes: Mask
    again: Mask
    knowledge: Mask
    led: Mask
    reasoning: Mask
    follows_visual: Mask
    follows_knowledge: Mask
    offset: Mask
    stated: Mask
    confused: Mask


@dataclass(frozen=True, kw_only=True)
class Wrong:
    """What of an arm's trace is wrong, as its text stands.

    Attributes:
        visual: its visual recognition.
        knowledge: its knowledge.
        reasoning: its reasoning does not follow from these two.
        conclusion: ``RIGHT``, ``OPPOSITE`` or ``NEITHER``.
    """

    visual: Mask
    knowledge: Mask
    reasoning: Mask
    conclusion: Codes


def wrong_in(found: Latents, arm: Arm) -> Wrong:
    """What of an arm's trace is wrong, item by item."""
    own = found.knowledge | (found.led & found.eyes)
    seen = _taken(arm.visual, found.follows_visual, found.eyes, found.again)
    recalled = found.knowledge | (found.led & seen)
    known = _taken(arm.knowledge, found.follows_knowledge, own, recalled) if arm.knowledge else recalled
    stated = found.stated & (arm.knowledge == "gold")
    conclusion = _concluded(found, stated, seen, known, found.reasoning)
    if arm.visual:
        conclusion = np.where(found.confused, NEITHER, conclusion)
    nothing = np.zeros_like(own)
    visual = {"gold": nothing, "planted": ~nothing}.get(arm.visual, found.eyes)
    knowledge = {"": recalled, "gold": nothing, "planted": ~nothing}.get(arm.knowledge, own)
    follows = _concluded(found, stated, visual, knowledge, nothing) == conclusion
    return Wrong(visual=visual, knowledge=knowledge, reasoning=~follows, conclusion=conclusion)


def _concluded(found: Latents, stated: Mask, *wrong: Mask) -> Codes:
    """What three stages that are wrong or not come to."""
    count = np.sum(wrong, axis=0)
    made_up = stated | ((count == 2) & found.offset)
    return np.where((count == 0) | made_up, RIGHT, np.where(count == 1, OPPOSITE, NEITHER))


def _taken(given: Given, follows: Mask, own: Mask, afresh: Mask) -> Mask:
    """Whether the stage that the model goes by is wrong."""
    if not given:
        return own
    return np.where(follows, own if given == "own" else given == "planted", afresh)


def difficulties() -> tuple[Floats, Floats]:
    """Difficulties with their weights, which sum to 1 (Gauss and Hermite)."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(_NODES)
    return nodes, weights / weights.sum()


def rate_at(rate: float, held: float, difficulty: Floats) -> Floats:
    """Rate of an error on images of a difficulty which holds a share of its variance; its mean is ``rate``."""
    if rate in (0, 1) or held == 0:
        return np.full_like(difficulty, rate)
    found: Floats = norm.cdf((norm.ppf(rate) + np.sqrt(held) * difficulty) / np.sqrt(1 - held))
    return found


def chances(faults: Faults, difficulty: Floats) -> dict[str, Floats]:
    """Chance of everything that can befall an item, on images of some difficulties: attribute of ``Latents`` → it."""
    flat = np.zeros_like(difficulty)
    eyes = rate_at(faults.eyes, faults.shared, difficulty)
    follows = rate_at(faults.followed, faults.leaning, difficulty)
    return {
        "eyes": eyes,
        "again": eyes,
        "knowledge": rate_at(faults.knowledge, faults.difficulty, difficulty),
        "led": flat + faults.astray,
        "reasoning": rate_at(faults.reasoning, faults.difficulty, difficulty),
        "follows_visual": follows,
        "follows_knowledge": follows,
        "offset": flat + faults.offsetting,
        "stated": flat + faults.stated,
        "confused": flat + faults.confused,
    }


@lru_cache(maxsize=64)
def _befalls(faults: Faults) -> tuple[Floats, Latents]:
    """All that can befall an item, as arrays of one dimension, with the probability of each."""
    nodes, weights = difficulties()
    by_name = chances(faults, nodes)
    what = dict(zip(by_name, np.array(list(product((False, True), repeat=len(by_name)))).T, strict=True))
    at = [np.where(what[name][:, None], p, 1 - p) for name, p in by_name.items() if faults.rereads or name != "again"]
    chance = np.prod(at, axis=0) @ weights
    if not faults.rereads:
        chance = np.where(what["again"] == what["eyes"], chance, 0.0)
    return chance, Latents(**what)


@dataclass(frozen=True, kw_only=True)
class Truth:
    """What is true of a simulated model.

    Attributes:
        eyes: share of own visual recognitions that are wrong, unaided.
        knowledge: of own knowledge, unaided.
        reasoning: of reasonings, with both stages given right, that do not follow from them.
        accuracy: arm → share of right answers; invalid traces are none.
        followed: stage → arm → the same if every given stage of that name were followed.
    """

    eyes: float
    knowledge: float
    reasoning: float
    accuracy: Mapping[str, float]
    followed: Mapping[str, Mapping[str, float]]


def truth(faults: Faults) -> Truth:
    """What is true of a simulated model, exact to the quadrature over difficulty."""
    return Truth(
        eyes=_share(faults, lambda what: what.eyes),
        knowledge=_share(faults, lambda what: wrong_in(what, ARMS["baseline"]).knowledge),
        reasoning=_share(faults, lambda what: wrong_in(what, ARMS["replace_vr_kr"]).reasoning),
        accuracy=_accuracies(faults),
        followed={
            "eyes": _accuracies(faults, lambda what: replace(what, follows_visual=_all(what))),
            "knowledge": _accuracies(faults, lambda what: replace(what, follows_knowledge=_all(what))),
        },
    )


def _all(what: Latents) -> Mask:
    return np.ones_like(what.eyes)


def _share(faults: Faults, of: Callable[[Latents], Mask]) -> float:
    chance, what = _befalls(faults)
    return float(chance @ of(what))


def _accuracies(faults: Faults, changed: Callable[[Latents], Latents] = lambda what: what) -> dict[str, float]:
    """Accuracy of each arm, of items to which something else befalls."""
    chance, what = _befalls(faults)
    return {
        name: answered_right(faults, float(chance @ (wrong_in(changed(what), arm).conclusion == RIGHT)))
        for name, arm in ARMS.items()
    }


def answered_right(faults: Faults, concluded: float) -> float:
    """Share of right answers where a share of conclusions is right: after luck, after flips, and in the form."""
    right = concluded + (1 - concluded) * faults.lucky
    return (1 - faults.invalid) * (right * (1 - faults.flips) + (1 - right) * faults.flips)
