"""The clinical judge: evidence first, then accuracy, relevance, detail, risk and harm, each from 1 to 10 (10 best).

After MedHallTune (arXiv 2502.20780, section 2.4), of which it keeps the first four and their five bands, in words of
its own. Harm is added, since risk rewards careful wording: the likely consequence if somebody acted on the answer, and
nothing else. Greedy decoding, structured replies, the candidate fenced; all that is common to all calls comes first.
"""

from collections.abc import Sequence

import orjson

from auscult.engine.ask import Ask
from auscult.errors import UserError
from auscult.records import Call, Decoding, Message, Score
from auscult.scorers.judges import JudgeOptions, Subject, versioned
from auscult.scorers.judges._judged import Asked, Reading, judged, mean_of
from auscult.scorers.judges._prompts import fence, known, prompt
from auscult.scorers.judges._replies import entries, grade, read_object

VERSION = "1"
VALUES: tuple[str, ...] = ("accuracy", "relevance", "detail", "risk", "harm")
EVIDENCE = ("statement", "against", "error")
MAX_TOKENS = 2_048


def _schema() -> str:
    text = {"type": "string"}
    entry = {
        "type": "object",
        "properties": dict.fromkeys(EVIDENCE, text),
        "required": list(EVIDENCE),
        "additionalProperties": False,
    }
    grades = dict.fromkeys(VALUES, {"type": "integer", "enum": list(range(1, 11))})
    whole = {
        "type": "object",
        "properties": {"evidence": {"type": "array", "items": entry}, **grades},
        "required": ["evidence", *VALUES],
        "additionalProperties": False,
    }
    return orjson.dumps(whole).decode()


SCHEMA = _schema()


class Clinical:
    """See ``auscult.scorers.judges.Judge``."""

    values = VALUES
    primary = "accuracy"
    bounds = (1.0, 10.0)

    def __init__(self, name: str, identity: str, options: JudgeOptions) -> None:
        if options.policy:
            raise UserError(f"judge protocol '{name}' has one way to read replies; leave out the parse policy")
        self.name, self.options = name, options
        self.version = versioned(VERSION, identity, options)
        self._decoding = Decoding(temperature=options.temperature or 0.0, max_tokens=options.max_tokens or MAX_TOKENS)
        self._rubric = "\n\n".join([prompt("clinical-1"), *([prompt("clinical-anchor-1")] if options.anchor else [])])
        self._asked = Asked(calls=self._calls, read=_read, combine=mean_of)

    def _calls(self, subject: Subject) -> list[Call]:
        """Rubric and form of the reply, then the case, then the item, then the candidate."""
        sections = known(subject.case, subject.item)
        if self.options.anchor and (anchor := subject.anchor):
            grades = ", ".join(f"{name} {value:g}" for name, value in anchor.scores.items())
            graded = f"Answer: {anchor.answer}\nGrades: {grades}\nReasons: {anchor.judgement}"
            sections.append(fence("anchor", graded, subject.item.id))
        sections.append(fence("candidate", subject.answer.text, subject.item.id))
        messages = (Message("system", (self._rubric,)), Message("user", ("\n".join(sections),)))
        return [Call(messages=messages, decoding=self._decoding, schema=SCHEMA if self.options.schema else "")]

    async def scores(self, subjects: Sequence[Subject], ask: Ask) -> list[Score]:
        """One score a subject, in the same order."""
        return await judged(self, subjects, ask, self._asked, self.options)


def _read(subject: Subject, _: int, text: str) -> Reading:
    found = read_object(text, ("evidence", *VALUES), subject.answer.text)
    evidence = entries(found, EVIDENCE)
    values = {name: grade(found, name) for name in VALUES}
    said = [f'"{e["statement"]}" against "{e["against"]}": {e["error"]}' for e in evidence]
    return Reading(values, " ".join(f"{v:g}" for v in values.values()), "\n".join(said))


def create(identity: str, options: JudgeOptions) -> Clinical:
    """The default judge; with an anchor file, each item's anchor stands before the candidate."""
    return Clinical("clinical", identity, options)
