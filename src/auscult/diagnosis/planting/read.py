"""Errors in gold stages that people or models wrote: the fact reader finds what can be turned over.

A side, a number, the presence of what is asked about, or the right option's name for another's. An error counts only
where it is sure which answer follows from it.
"""

import re
from collections.abc import Iterator

from auscult.diagnosis.planting.error import Degree, Planted, Stage, chosen
from auscult.facts import canonical, entailment, read_facts
from auscult.facts.presence_questions import finding_asked
from auscult.records import Fact, Item

_PAIRS = (("left", "right"), ("upper", "lower"), ("superior", "inferior"), ("anterior", "posterior"))
_SIDES = _PAIRS[0]
_NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?![\w.]*\d)")
_FACTORS: tuple[tuple[Degree, float], ...] = (("slight", 1.3), ("gross", 2.0))
_SHORTEST = 4
"""Letters of an option whose name can be put in another's place."""


def planted(item: Item, stage: Stage) -> Planted | None:
    """See ``auscult.diagnosis.planting.planted``."""
    gold = getattr(item.trace, stage)
    found: list[Planted] = []
    if item.answer_type == "yes_no":
        found += _turned(item, stage, gold)
    elif item.answer_type == "number":
        found += _resized(item, stage, gold)
    elif item.answer_type in ("choice", "open"):
        found += list(_swapped(item, stage, gold)) or _renamed(item, stage, gold)
    return chosen(item, found)


def _turned(item: Item, stage: Stage, gold: str) -> Iterator[Planted]:
    """Yes and no: what is asked about is put on the other side, or its presence is turned over."""
    asked = finding_asked(item.question)
    if asked is None or canonical(asked.finding) is None or item.reference not in ("yes", "no"):
        return
    claim = Fact(finding=asked.finding, presence=asked.yes_means, side=asked.side, place=asked.place)
    if _answers(claim, gold) != item.reference:
        return
    entails = "no" if item.reference == "yes" else "yes"
    name = " ".join(filter(None, (asked.side, asked.finding)))
    there = (asked.yes_means == "present") == (entails == "yes")
    said = f"There is {name}." if there else f"There is no {asked.finding}."
    options: list[tuple[str, Degree, str, str]] = [("side", "slight", _with_swapped(gold, _SIDES), "")]
    options.append(("presence", "gross", _without_sentences_on(gold, asked.finding, said), said))
    for kind, degree, text, wrong in options:
        if text != gold and _answers(claim, text) == entails:
            yield Planted(stage=stage, text=text, entails=entails, kind=kind, degree=degree, wrong=wrong)


def _answers(claim: Fact, text: str) -> str:
    """What a text answers to whether a claim holds: yes, no, or nothing."""
    return {"entailed": "yes", "contradicted": "no"}.get(entailment(read_facts(text), claim, exhaustive=False), "")


def _without_sentences_on(text: str, finding: str, said: str) -> str:
    """A text with one sentence in the place of all that speak of a finding."""
    kept = [s for s in re.split(r"(?<=[.!?;])\s+", text) if all(f.finding != finding for f in read_facts(s))]
    return " ".join((*kept, said))


def _resized(item: Item, stage: Stage, gold: str) -> Iterator[Planted]:
    """A number: where the stage states it, by a factor off."""
    if not _NUMBER.fullmatch(item.reference):
        return
    right = float(item.reference)
    for degree, factor in _FACTORS:
        wrong = right * factor if right else float(degree == "slight") + 2
        wrong = max(round(wrong), right + 1) if right.is_integer() else round(wrong, 2)
        if abs(wrong - right) <= item.tolerance:
            continue
        text = _NUMBER.sub(lambda m: f"{wrong:g}" if float(m[0]) == right else m[0], gold)  # noqa: B023
        if text != gold:
            entails = f"{wrong:g}"
            yield Planted(stage=stage, text=text, entails=entails, kind="size", degree=degree, wrong=entails)


def _swapped(item: Item, stage: Stage, gold: str) -> Iterator[Planted]:
    """A side or a direction that the right answer names: turned over in the stage and in the answer."""
    for pair in _PAIRS:
        said = _directions(gold, pair)
        if len(said) != 1 or said != _directions(item.reference, pair):
            continue
        entails = _option(item, _with_swapped(item.reference, pair))
        if entails:
            wrong = next(w for w in pair if w not in said)
            text = _with_swapped(gold, pair)
            yield Planted(stage=stage, text=text, entails=entails, kind="side", degree="slight", wrong=wrong)


def _directions(text: str, pair: tuple[str, str]) -> set[str]:
    return {m.casefold() for m in re.findall(rf"\b(?:{'|'.join(pair)})\b", text, re.IGNORECASE)}


def _with_swapped(text: str, pair: tuple[str, str]) -> str:
    other = dict(zip(pair, pair[::-1], strict=True))

    def swap(found: re.Match[str]) -> str:
        new = other[found[0].casefold()]
        return new.capitalize() if found[0][0].isupper() else new

    return re.sub(rf"\b(?:{'|'.join(pair)})\b", swap, text, flags=re.IGNORECASE)


def _option(item: Item, answer: str) -> str:
    """The option that an answer is; of an open question the answer itself."""
    if item.answer_type != "choice":
        return answer
    return next((o for o in item.options if o.casefold() == answer.casefold() and o != item.reference), "")


def _renamed(item: Item, stage: Stage, gold: str) -> Iterator[Planted]:
    """A choice: where the stage names the right option and no other, it names another one."""
    named = [o for o in item.options if len(o) >= _SHORTEST and _names(gold, o)]
    if named != [item.reference]:
        return
    for other in item.options:
        if other != item.reference and len(other) >= _SHORTEST:
            text = re.sub(rf"\b{re.escape(item.reference)}\b", lambda _: other, gold, flags=re.IGNORECASE)  # noqa: B023
            yield Planted(stage=stage, text=text, entails=other, kind="other option", degree="gross", wrong=other)


def _names(text: str, option: str) -> bool:
    return re.search(rf"\b{re.escape(option)}\b", text, re.IGNORECASE) is not None
