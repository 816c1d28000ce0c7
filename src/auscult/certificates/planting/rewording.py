"""The same said otherwise: synonyms, sentence forms, units and order, with nothing added or lost.

What an instrument flags here is a false alarm. Rules are this module's own.
"""

import re
from collections.abc import Sequence
from random import Random

_NOT_PLAIN = re.compile(
    r"\b(is|are|was|were|which|that|to|but|than|seen|identified|noted|however|may|could|can|cannot)\b", re.I
)
_MEASURE = re.compile(r"(?<![\d.])(\d+(?:\.\d+)?)\s*(mm|cm)\b", re.I)

PHRASES: tuple[tuple[str, tuple[str, ...]], ...] = (
    (r"\bwithin normal limits\b", ("normal",)),
    (r"\bunremarkable\b", ("normal",)),
    (r"\bheart size (?:is )?normal\b", ("heart is normal in size", "heart is not enlarged")),
    (r"\bnormal heart size\b", ("heart of normal size",)),
    (r"\bheart is normal in size\b", ("heart size is normal", "heart is of normal size", "heart is not enlarged")),
    (r"\b(?:the )?lungs are clear\b", ("the lungs appear clear", "both lungs are clear")),
    (r"(?<=\bno |\bor )pleural effusions?\b", ("pleural fluid", "fluid in the pleural space")),
    (r"\bcardiomegaly\b", ("cardiac enlargement", "enlargement of the heart")),
    (r"\bcardiac silhouette\b", ("heart shadow", "cardiac shadow")),
    (r"\bpulmonary edema\b", ("pulmonary oedema", "edema of the lungs")),
    (r"\bair ?space disease\b", ("air-space disease",)),
    (r"\bopacity\b", ("opacification",)),
    (r"\bthe (right|left) (upper|lower) lobe(?=[.,])", (r"the \2 lobe of the \1 lung",)),
    (r"\bthe right middle lobe(?=[.,])", ("the middle lobe of the right lung",)),
    (r"\bthe (right|left) (?:lung )?base(?=[.,])", (r"the base of the \1 lung", r"the \1 lung base")),
    (r"\b(right|left)-sided\b", (r"\1",)),
    (r"\bbibasilar\b", ("bilateral basal",)),
    (r"\bdegenerative changes\b", ("degenerative change",)),
    (r"\bthoracic spine\b", ("dorsal spine", "T-spine")),
    (r"\b(?:osseous|bony) structures\b", ("bones",)),
    (r"\bbony\b", ("osseous",)),
    (r"\bhyperinflated\b", ("hyperexpanded", "over-inflated")),
    (r"\bminimal\b", ("slight",)),
    (r"\bmild\b", ("slight",)),
    (r"\bsevere\b", ("marked",)),
    (r"\bpulmonary nodule\b", ("lung nodule", "nodule of the lung")),
    (r"\bhiatal hernia\b", ("hiatus hernia",)),
    (r"\b(?:is|remains) (?:stable|unchanged)\b", ("has not changed", "shows no change")),
    (r"\b(?:seen|identified)\b", ("noted", "visible", "found")),
)
_COMPILED = [(re.compile(pattern, re.I), choices) for pattern, choices in PHRASES]


def reword(sentence: str, rng: Random) -> str:
    """The sentence in other words; as it was where no rule fits."""
    new = _form(sentence, rng)
    for pattern, choices in _COMPILED:
        if rng.random() < 0.7 and (match := pattern.search(new)):
            new = new[: match.start()] + match.expand(rng.choice(choices)) + new[match.end() :]
    new = _units(new) if rng.random() < 0.5 else new
    return new[0].upper() + new[1:]


def reworded(sentences: Sequence[str], rng: Random) -> list[str]:
    """Every sentence in other words."""
    return [reword(s, rng) for s in sentences]


def reordered(sentences: Sequence[str], rng: Random) -> list[str]:
    """The sentences in another order."""
    order = list(sentences)
    rng.shuffle(order)
    return order


def _form(sentence: str, rng: Random) -> str:
    """Another frame around a plain statement or denial."""
    if match := re.fullmatch(
        r"(?:There (?:is|are) no|No) (?:evidence of )?(?P<what>.+?)"
        r"(?: (?:is |are )?(?:seen|identified|noted|present|visualized))?\.",
        sentence,
    ):
        what = match["what"]
        if _NOT_PLAIN.search(what):
            return sentence
        frames = ("There is no {}.", "No {} seen.", "No evidence of {}.", "The study shows no {}.", "No {} is present.")
        return rng.choice(frames).format(what)
    if match := re.fullmatch(r"There (?P<be>is|are) (?:an? )?(?P<what>(?!no\b|not\b)[^,;]+)\.", sentence):
        what = match["what"]
        if _NOT_PLAIN.search(what) or len(what.split()) > 9:
            return sentence
        affirming = ("{} {be} present.", "{} {be} seen.", "{}.")[: 3 if " " in what else 2]
        return rng.choice(affirming).format(what[0].upper() + what[1:], be=match["be"])
    return sentence


def _units(sentence: str) -> str:
    def change(match: re.Match[str]) -> str:
        size = float(match[1])
        if match[2].lower() == "cm":
            return f"{size * 10:g} mm"
        return f"{size / 10:g} cm"

    return _MEASURE.sub(change, sentence)
