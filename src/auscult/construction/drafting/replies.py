"""What a generator replied: pairs for the slots of a plan, or why a slot has none. Much is salvaged, nothing guessed.

A reply in a code block, with prose around it, or cut short still holds whole pairs: they are read, the rest counted.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from auscult.construction.drafting.plan import Slot
from auscult.engine.replies import JsonReply, Text
from auscult.facts import read_facts
from auscult.facts.reply import without_thought
from auscult.records import Item, Reply
from auscult.scorers.premise import read

LONGEST = 100_000
"""Characters of a reply beyond which a generator has lost its way."""
MOST_BROKEN = 200
"""Beginnings of objects that are not whole, after which nothing more is looked for."""
NOTHING = "the reply holds no pair"
NO_TEXT = "the reply is empty"
FILTERED = "the reply was withheld by a filter"
UNFILLED = "the reply has no pair for this slot"
CUT = "the reply was cut short before this slot"
NO_SLOT = "the pair is for no slot of the plan"
TWICE = "the pair is a second one for its slot"
NO_FIELDS = "a field of the pair is missing or no text"
OTHER_TASK = "the pair is for another task than its slot's"
NOT_YES_NO = "a neutral question is answered neither yes nor no"
OTHER_TRUTH = "yes or no is not as the plan asks"
LEFT_OPEN = "the answer leaves a true premise open"
"""Why a slot has no item; in words that all builds share, so that they can be counted."""
_MARKS = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]"]', re.DOTALL)
"""Strings and brackets of JSON; a lone quote opens a string that does not end."""


class Draft(JsonReply):
    """One pair, as a reply gives it."""

    slot: int
    task: Text
    evidence: Text
    premise: Text
    question: Text
    answer: Text


class Batch(JsonReply):
    """The form of a reply."""

    pairs: list[Draft]


@dataclass(frozen=True, slots=True)
class Filled:
    """What came of a slot, or of a pair that belongs to none.

    Attributes:
        slot: of the plan; None for a pair that belongs to none.
        draft: the pair, where one could be read.
        reason: why nothing is made of it; empty where something is.
        said: the words in question.
    """

    slot: Slot | None
    draft: Draft | None
    reason: str = ""
    said: str = ""


def read_batch(reply: Reply, slots: Sequence[Slot]) -> list[Filled]:
    """What a reply holds for each slot of its plan, in the plan's order; after these what belongs to none."""
    by_number = {slot.number: slot for slot in slots}
    filled: dict[int, Filled] = {}
    extra: list[Filled] = []
    for values in _pairs(reply.text):
        one = _drafted(values, by_number)
        if one.slot is None:
            extra.append(one)
        elif one.slot.number in filled:
            extra.append(Filled(None, one.draft, TWICE, _shown(values)))
        else:
            filled[one.slot.number] = one
    missing = _why_missing(reply, bool(filled or extra))
    told = {} if filled or extra else {slots[0].number: reply.text}
    return [filled.get(s.number) or Filled(s, None, missing, told.get(s.number, "")) for s in slots] + extra


def _why_missing(reply: Reply, some: bool) -> str:
    if reply.finish == "content_filter":
        return FILTERED
    if not reply.text.strip():
        return NO_TEXT
    if len(reply.text) <= LONGEST and _breaks_off(reply.text):
        return CUT
    if not some:
        return NOTHING
    return CUT if reply.finish == "length" else UNFILLED


def _breaks_off(text: str) -> bool:
    """Whether a reply ends within an object, whatever the server says of how it ended."""
    text, depth = without_thought(text)[0], 0
    for found in _MARKS.finditer(text, max(text.find("{"), 0)):
        mark = found[0]
        if mark == '"' and depth:
            return True
        depth += mark in ("{", "[")
        depth -= mark in ("}", "]") and depth > 0
    return depth > 0


def _drafted(values: dict[str, Any], slots: dict[int, Slot]) -> Filled:
    """One pair, put beside its slot."""
    number = values.get("slot")
    if isinstance(number, str) and number.strip().isdecimal():
        number = int(number)
    slot = slots.get(number) if type(number) is int else None
    if slot is None:
        return Filled(None, None, NO_SLOT, _shown(values))
    try:
        draft = Draft.model_validate({"premise": "", "evidence": "", **values, "slot": number})
    except ValidationError:
        return Filled(slot, None, NO_FIELDS, _shown(values))
    if not draft.question.strip() or not draft.answer.strip():
        return Filled(slot, None, NO_FIELDS, _shown(values))
    reason = _against_plan(slot, draft)
    return Filled(slot, draft, reason, _shown(values) if reason else "")


def _against_plan(slot: Slot, draft: Draft) -> str:
    """Why a pair is not what its slot asks for, as far as its own words tell."""
    if _words(draft.task)[:2] not in (_words(slot.task), [*_words(slot.task), str(slot.twin_of)]):
        return OTHER_TASK
    said = _words(draft.answer)[:1]
    if slot.twin_of and said not in (["yes"], ["no"]):
        return NOT_YES_NO
    asked = slot.truth is not None and slot.form != "presupposition"
    if asked and said in (["yes"], ["no"]) and said != (["yes"] if slot.truth else ["no"]):
        return OTHER_TRUTH
    return LEFT_OPEN if asked and slot.truth and _left_open(slot, draft) else ""


def _left_open(slot: Slot, draft: Draft) -> bool:
    """Whether an answer to a true premise commits itself to nothing, as "Maybe so" and "There may be one" do."""
    item = Item(
        id="",
        case_id="",
        source_id="",
        question=draft.question,
        reference=draft.answer,
        answer_type="open",
        kind=slot.kind,
        category=slot.category,
        premise=draft.premise,
        premise_form=slot.form,
    )
    response = read(item, draft.answer).response
    stated = {fact.presence for fact in read_facts(draft.answer)}
    return response in ("hedged", "refused") or response == "evaded" and stated == {"uncertain"}


def _words(text: str) -> list[str]:
    return text.casefold().replace(".", " ").replace(",", " ").split()


def _shown(values: dict[str, Any]) -> str:
    return json.dumps(values, ensure_ascii=False)


def _pairs(text: str) -> Iterator[dict[str, Any]]:
    """The objects of a reply that look like pairs: those of a whole ``pairs`` list, or whole ones of a cut one."""
    text = without_thought(text[:LONGEST])[0]
    for found in _objects(text):
        listed = found.get("pairs")
        for one in listed if isinstance(listed, list) else [found]:
            if isinstance(one, dict) and one.keys() & {"slot", "question"}:
                yield one


def _objects(text: str) -> Iterator[dict[str, Any]]:
    """The outermost objects of a text; where one is not whole, those within it."""
    decoder = json.JSONDecoder()
    start, broken = text.find("{"), 0
    while start >= 0 and broken < MOST_BROKEN:
        try:
            values, end = decoder.raw_decode(text, start)
        except (ValueError, RecursionError):
            broken, end = broken + 1, start + 1
        else:
            yield values
        start = text.find("{", end)
