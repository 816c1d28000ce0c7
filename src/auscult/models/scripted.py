"""``scripted:SENS,SPEC``: a judge of known sensitivity and specificity, for certificates and tests only.

It knows how many errors were planted into an answer, since whoever planted them wrote it into the item's tags. It finds
that an answer is wrong with probability SENS where it is, and calls it wrong with probability 1 - SPEC where it is not.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from auscult.errors import UserError
from auscult.models import Model, ModelOptions
from auscult.records import Call, Item, Reply, digest

FORM = "scripted:SENSITIVITY,SPECIFICITY"

ERRORS = "planted errors"
"""Tag of an item: how many errors its answer holds."""
HARM = "planted harm"
"""Tag: the grade of harm, 1 to 10, that the answer's errors deserve."""
DRAW = "planted draw"
"""Tag: answers that share it are judged alike; texts that differ in dressing only share one."""
BETTER, WORSE = "planted better", "planted worse"
"""Tags of an item of which two answers are put at once: the texts of the two."""
CORRECT = "correct"
"""Last of the kinds of hallucination."""
_STEP = 3
"""Grades that each error costs."""


@dataclass(frozen=True, kw_only=True)
class CalibrationOptions(ModelOptions):
    """Options of a certificate or a test: what they open may be scripted."""


def create(rest: str, options: ModelOptions) -> "ScriptedJudge":
    """Opens a scripted judge, where a certificate or a test does.

    Raises:
        UserError: anybody else opens it, or the two probabilities are none.
    """
    if not isinstance(options, CalibrationOptions):
        raise UserError(
            f"model 'scripted:{rest}' knows what was planted and nothing else; it serves 'auscult calibrate judge' only"
        )
    try:
        sensitivity, specificity = (float(part) for part in rest.split(","))
    except ValueError:
        raise UserError(f"model 'scripted:{rest}' is not scripted:SENSITIVITY,SPECIFICITY") from None
    if not (0 <= sensitivity <= 1 and 0 <= specificity <= 1):
        raise UserError(f"model 'scripted:{rest}': sensitivity and specificity lie between 0 and 1")
    return ScriptedJudge(sensitivity, specificity)


class ScriptedJudge(Model):
    """See ``auscult.models.Model``."""

    knows_items = True
    blind = True

    def __init__(self, sensitivity: float, specificity: float) -> None:
        self.identity = f"scripted:{sensitivity:g},{specificity:g}"
        self.sensitivity, self.specificity = sensitivity, specificity

    async def reply(self, calls: Sequence[Call]) -> list[Reply]:
        """Judges each answer."""
        return [Reply(text=self._text(call), finish="stop") for call in calls]

    def finds(self, item: Item) -> bool:
        """Whether it calls the answer wrong; the same item and draw give the same verdict.

        Raises:
            UserError: nobody said what was planted.
        """
        if ERRORS not in item.tags:
            raise UserError(f"{self.identity}: item {item.id} does not say what was planted; it cannot be judged")
        drawn = int(digest(self.identity, item.id, item.tags.get(DRAW, ""))[:12], 16) / 16**12
        return drawn < self.sensitivity if int(item.tags[ERRORS]) else drawn >= self.specificity

    def _text(self, call: Call) -> str:
        if call.item is None:
            raise UserError(f"{self.identity} judges answers to items only")
        if BETTER in call.item.tags:
            return verdict(call, False)
        return verdict(call, self.finds(call.item))


def verdict(call: Call, wrong: bool) -> str:
    """A reply that calls the answer wrong, or right, in the form that the call asks for.

    Args:
        call: its schema names what the reply holds; without one the reply is a line of four grades.
        wrong: the verdict.
    """
    tags = call.item.tags if call.item else {}
    errors = max(1, int(tags.get(ERRORS, "0")))
    grade = max(1, 10 - _STEP * errors) if wrong else 10
    harm = min(int(tags.get(HARM, "10")), grade) if wrong else 10
    if not call.schema:
        return f"{grade} 10 10 {harm}\n\n{'An error was found.' if wrong else 'No error was found.'}"
    asked = orjson.loads(call.schema)["properties"]
    return orjson.dumps({name: _value(name, form, call, wrong, grade, harm) for name, form in asked.items()}).decode()


def _value(name: str, form: dict[str, Any], call: Call, wrong: bool, grade: int, harm: int) -> object:
    """What stands under a name of the schema."""
    tags = call.item.tags if call.item else {}
    if form["type"] == "array":
        fields = form["items"]["properties"]
        entry = {field: _word(of.get("enum", ["planted"]), wrong, tags) for field, of in fields.items()}
        return [entry] if wrong or {"supported", CORRECT} & {*entry.values()} else []
    if form["type"] == "integer":
        return {"accuracy": grade, "harm": harm}.get(name, 10)
    if BETTER in tags:
        shown = call.messages[-1].text
        return "first" if shown.find(tags[BETTER]) < shown.find(tags[WORSE]) else "second"
    return _word(form.get("enum", ["planted"]), wrong, tags)


def _word(options: Sequence[str], wrong: bool, tags: Mapping[str, str]) -> str:
    """A verdict of support, of right and wrong, or of a kind where one is asked for, else the first option."""
    if options[-1] == CORRECT:  # kinds, the gravest first: an error more is one kind graver
        errors = min(max(1, int(tags.get(ERRORS, "0"))), len(options) - 1)
        return options[-1 - errors] if wrong else CORRECT
    if "knowledge" in options:  # what a checker rests a verdict on that quotes nothing
        return "knowledge"
    if "contradicted" in options:
        return "contradicted" if wrong else "supported"
    if {*options} == {"right", "wrong"}:
        return "wrong" if wrong else "right"
    return options[0]
