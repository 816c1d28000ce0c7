"""Two answers to one item, shown in both orders: which is better? A verdict that turns with the order is none.

Values are shares over the repeats: ``first`` (the subject's own answer is better in both orders), ``second`` (the
other one is), ``tie`` (neither, in both orders), ``inconsistent`` (the two orders disagree). They sum to 1.
"""

from collections.abc import Sequence
from typing import cast

import orjson

from auscult.engine.ask import Ask
from auscult.errors import UserError
from auscult.records import Answer, Call, Decoding, Message, Score, ScoreStatus
from auscult.scorers.judges import JudgeOptions, Subject, row, says_nothing, versioned
from auscult.scorers.judges._asking import Unreadable
from auscult.scorers.judges._judged import Asked, Reading, judged
from auscult.scorers.judges._prompts import fence, known, prompt
from auscult.scorers.judges._replies import entries, read_object

VERSION = "1"
VERDICTS = ("first", "second", "tie")
VALUES: tuple[str, ...] = (*VERDICTS, "inconsistent")
EVIDENCE = ("answer", "statement", "against", "error")
MAX_TOKENS = 2_048
_TURNED = {"first": "second", "second": "first", "tie": "tie"}


def _schema() -> str:
    text = {"type": "string"}
    entry = {
        "type": "object",
        "properties": {"answer": {**text, "enum": ["first", "second"]}, **dict.fromkeys(EVIDENCE[1:], text)},
        "required": list(EVIDENCE),
        "additionalProperties": False,
    }
    verdict = {**text, "enum": list(VERDICTS)}
    whole = {
        "type": "object",
        "properties": {"evidence": {"type": "array", "items": entry}, "verdict": verdict},
        "required": ["evidence", "verdict"],
        "additionalProperties": False,
    }
    return orjson.dumps(whole).decode()


SCHEMA = _schema()


class Pairwise:
    """See ``auscult.scorers.judges.Judge``; every subject needs ``other``."""

    name = "pairwise"
    values = VALUES
    primary = "first"
    bounds = (0.0, 1.0)

    def __init__(self, identity: str, options: JudgeOptions) -> None:
        if options.policy or options.anchor:
            raise UserError("judge protocol 'pairwise' takes neither a parse policy nor anchors; leave them out")
        self.options = options
        self.version = versioned(VERSION, identity, options)
        self._decoding = Decoding(temperature=options.temperature or 0.0, max_tokens=options.max_tokens or MAX_TOKENS)
        self._asked = Asked(calls=self._calls, read=_read, combine=_combine, needs_all=True)

    def _calls(self, subject: Subject) -> list[Call]:
        """The pair as it is, and turned round."""
        pair = subject.answer.text, cast(Answer, subject.other).text
        return [self._call(subject, *pair), self._call(subject, *reversed(pair))]

    def _call(self, subject: Subject, one: str, two: str) -> Call:
        sections = known(subject.case, subject.item)
        sections += [fence("first", one, subject.item.id), fence("second", two, subject.item.id)]
        messages = (Message("system", (prompt("pairwise-1"),)), Message("user", ("\n".join(sections),)))
        return Call(messages=messages, decoding=self._decoding, schema=SCHEMA if self.options.schema else "")

    async def scores(self, subjects: Sequence[Subject], ask: Ask) -> list[Score]:
        """One score a subject, in the same order. A pair with an unusable or missing answer is not put."""
        ready = [self._unasked(s) for s in subjects]
        asked = await judged(
            self, [s for s, r in zip(subjects, ready, strict=True) if not r], ask, self._asked, self.options
        )
        rest = iter(asked)
        return [r or next(rest) for r in ready]

    def _unasked(self, subject: Subject) -> Score | None:
        """Who has nothing to show loses to who has; missing data stays missing."""
        other = subject.other
        if other is None:
            why = "there is no second answer to this item"
            return row(self, subject, {}, status="judge_unusable", explanation=why)
        for answer in (subject.answer, other):
            if answer.status == "request_failed":
                return row(self, subject, {}, status="request_failed", explanation=answer.failure)
        empty = [says_nothing(a) for a in (subject.answer, other)]
        if not any(empty) and subject.answer.text != other.text:
            return None
        verdict = "second" if empty == [True, False] else "first" if empty == [False, True] else "tie"
        why = "the same answer twice" if not any(empty) else "not asked: an answer is empty, withheld or cut short"
        status: ScoreStatus = "unusable" if empty[0] else "ok"
        return row(self, subject, _one(verdict), status=status, parsed=verdict, explanation=why)


def _one(verdict: str) -> dict[str, float]:
    return {name: float(name == verdict) for name in VALUES}


def _read(subject: Subject, which: int, text: str) -> Reading:
    """The verdict in terms of the subject, whatever the order it was shown in."""
    shown = f"{subject.answer.text}\n{cast(Answer, subject.other).text}"
    found = read_object(text, ("evidence", "verdict"), shown)
    evidence = entries(found, EVIDENCE)
    verdict = found["verdict"]
    if verdict not in VERDICTS:
        raise Unreadable("verdict is none of first, second, tie")
    if any(e["answer"] not in ("first", "second") for e in evidence):
        raise Unreadable("evidence is about an answer that is neither first nor second")
    turn = _TURNED if which else dict(zip(VERDICTS, VERDICTS, strict=True))
    said = [f'{turn[e["answer"]]}: "{e["statement"]}" against "{e["against"]}": {e["error"]}' for e in evidence]
    return Reading({}, turn[verdict], "\n".join(said))


def _combine(readings: list[Reading]) -> Reading:
    pairs = list(zip(readings[::2], readings[1::2], strict=True))
    verdicts = [a.parsed if a.parsed == b.parsed else "inconsistent" for a, b in pairs]
    values = {name: verdicts.count(name) / len(verdicts) for name in VALUES}
    parsed = " | ".join(f"{a.parsed}/{b.parsed}" for a, b in pairs)
    return Reading(values, parsed, "\n".join(r.explanation for r in readings if r.explanation))


def create(identity: str, options: JudgeOptions) -> Pairwise:
    """The judge of pairs."""
    return Pairwise(identity, options)
