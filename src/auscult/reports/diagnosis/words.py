"""What stages, arms and causes are called on the page, and how their figures are said."""

from collections.abc import Mapping
from typing import NamedTuple

from auscult.records import Estimate
from auscult.reports import format as say
from auscult.reports import natural
from auscult.reports.diagnosis.pictures import Tone

STAGES: Mapping[str, str] = {"visual_recognition": "Eyes", "knowledge_recall": "Knowledge", "reasoning": "Reasoning"}
"""Stage → its name on the page."""
SAYS_JUDGE = "in the judge's view"
NOT_SHOWN = "this judge is not shown to tell"


class Cause(NamedTuple):
    """A cause in words, and its colour."""

    words: str
    tone: Tone


CAUSES: Mapping[str, Cause] = {
    "eyes": Cause("its eyes", "eyes"),
    "knowledge": Cause("its knowledge", "knowledge"),
    "both needed": Cause("eyes and knowledge", "both"),
    "reasoning": Cause("its reasoning", "reasoning"),
    "unstable": Cause("a slip by chance", "unstable"),
    "form": Cause("no readable answer", "form"),
}
"""Cause of a wrong answer → how it is told."""
ARMS: Mapping[str, str] = {
    "baseline": "nothing given",
    "self_vr": "its own description of the image",
    "replace_vr": "a correct description",
    "self_vr_kr": "its own description and knowledge",
    "gold_vr_own_kr": "a correct description, its own knowledge",
    "replace_kr": "its own description, correct knowledge",
    "replace_vr_kr": "a correct description and correct knowledge",
}
"""Arm → what the model was given, in the order in which a reader wants them."""
_PIECES = {
    "other_vr": "another question's description",
    "other_kr": "another question's knowledge",
    "irrelevant_vr": "a true but irrelevant description",
    "irrelevant_kr": "true but irrelevant knowledge",
    "planted_vr": "a description with one planted error",
    "planted_kr": "knowledge with one planted error",
    "wrong_image": "nothing; another's image shown",
    "noised_image": "nothing; its image under noise",
    "without_image": "nothing; no image shown",
    "text_question": "no image: the question alone",
    "text_gold_vr": "no image: a correct description",
    "text_gold_kr": "no image: correct knowledge",
}
TOO_FEW = "likeliest; too few {several} to say how sure"
"""Beside the cause of one answer, in place of how probable it is."""


def answer_words(kind: str) -> str:
    """A kind of question by its answer type: ``yes/no``, ``number``."""
    return kind.replace("_", "/")


def arm_words(arm: str) -> str:
    """What was given in an arm, in plain words."""
    if known := ARMS.get(arm) or _PIECES.get(arm):
        return known
    first, _, rest = arm.partition("_")
    if first == "resample":
        return f"asked five times: {arm_words(rest)}"
    return arm.replace("_", " ")


def of_100(estimate: Estimate, noun: str = "") -> str:
    """A share with its range, or that alone: ``82 of 100 questions (76 to 87)``, ``6 to 97 of 100 questions``."""
    value, found, noun = estimate.value, natural.ends(estimate), f" {noun}" if noun else ""
    if value is None or estimate.withheld:
        return natural.of_100(estimate) + noun
    said = f"{natural.per_100(value)} of 100{noun}"
    return said if found is None else f"{said} ({natural.per_100(found[0])} to {natural.per_100(found[1])})"


def number(estimate: Estimate) -> str:
    """The same without its hundred: ``82 (76 to 87)``."""
    return of_100(estimate).replace(" of 100", "", 1)


def points(value: float) -> str:
    """A difference of shares in points with its sign: ``+21``, ``−3``, ``0``."""
    text = say.bare(value, say.Scale.POINTS, 0)
    return text if text.startswith(say.MINUS) or text == "0" else f"+{text}"


def gained(estimate: Estimate) -> str:
    """A difference with its range: ``+21 (15 to 27)``, ``+3 (−1 to 7)``."""
    found = natural.ends(estimate)
    if estimate.value is None or estimate.withheld:
        return "not known" if found is None else f"{points(found[0])} to {points(found[1])}"
    if found is None:
        return points(estimate.value)
    low, high = (say.bare(end, say.Scale.POINTS, 0) for end in found)
    return f"{points(estimate.value)} ({low} to {high})"


def more(estimate: Estimate) -> str:
    """A difference as words: ``21 more of 100 (15 to 27)``, ``3 more of 100 (1 fewer to 7 more)``."""
    value, found = estimate.value, natural.ends(estimate)
    if value is None or estimate.withheld:
        return "an unknown number more" if found is None else f"between {_amount(found[0])} and {_amount(found[1])}"
    if found is not None and natural.per_100(abs(value)) == "0":
        return f"as many ({_amount(found[0])} to {_amount(found[1])} of 100 are possible)"
    word = "more" if value >= 0 else "fewer"
    said = f"{natural.per_100(abs(value))} {word} of 100"
    if found is None:
        return said
    low, high = found
    if low < 0 < high:
        return f"{said} ({_amount(low)} to {_amount(high)})"
    ends = sorted((abs(low), abs(high)))
    return f"{said} ({natural.per_100(ends[0])} to {natural.per_100(ends[1])})"


def _amount(value: float) -> str:
    return f"{natural.per_100(abs(value))} {'more' if value >= 0 else 'fewer'}"
