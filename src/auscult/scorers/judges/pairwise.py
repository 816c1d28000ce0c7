"""Two answers to one item, shown in both orders: which is better? A verdict that turns with the order is none.

Values are shares over the repeats: ``first`` (the subject's own answer is better in both orders), ``second`` (the
other one is), ``tie`` (neither, in both orders), ``inconsistent`` (the two orders disagree). They sum to 1.
"""

from typing import Literal, cast

from auscult.errors import UserError
from auscult.records import Answer, Call, Instrument, Score, ScoreStatus, Value
from auscult.scorers.judges import JudgeOptions, Subject, says_nothing
from auscult.scorers.judges.asking import ModelJudge, Reading, call_of, fence, judge_instrument, known, prompt
from auscult.scorers.judges.replies import JsonReply, Text
from auscult.scorers.scoring import row

VALUES: tuple[str, ...] = ("first", "second", "tie", "inconsistent")
_TURNED = {"first": "second", "second": "first", "tie": "tie"}


class Evidence(JsonReply):
    """What one of the answers says against what is known."""

    answer: Literal["first", "second"]
    statement: Text
    against: Text
    error: Text


class Compared(JsonReply):
    """Evidence first, then the verdict."""

    evidence: list[Evidence]
    verdict: Literal["first", "second", "tie"]


def create(identity: str, options: JudgeOptions) -> ModelJudge:
    """The judge of pairs; every subject needs ``other``.

    Raises:
        UserError: a parse policy or anchors are given.
    """
    if options.policy or options.anchor:
        raise UserError("judge protocol 'pairwise' takes neither a parse policy nor anchors; leave them out")

    def calls(subject: Subject) -> list[Call]:
        """The pair as it is, and turned round."""
        pair = subject.answer.text, cast(Answer, subject.other).text
        return [call(subject, *pair), call(subject, *reversed(pair))]

    def call(subject: Subject, one: str, two: str) -> Call:
        sections = known(subject.case, subject.item)
        sections += [fence("first", one, subject.item.id), fence("second", two, subject.item.id)]
        return call_of(options, prompt("pairwise-1"), "\n".join(sections), reply=Compared)

    return ModelJudge(
        instrument=judge_instrument("pairwise", "1", identity, options, *(Value(name=n, share=False) for n in VALUES)),
        options=options,
        calls=calls,
        read=_read,
        combine=_combine,
        needs_all=True,
        unasked=_unasked,
    )


def _unasked(instrument: Instrument, subject: Subject) -> Score | None:
    """Who has nothing to show loses to who has; missing data stays missing."""
    own, other = subject.answer, subject.other
    if other is None:
        return row(instrument, own, status="judge_unusable", explanation="there is no second answer to this item")
    for answer in (own, other):
        if answer.status == "request_failed":
            return row(instrument, own, status="request_failed", explanation=answer.failure)
    empty = [says_nothing(a) for a in (own, other)]
    if not any(empty) and own.text != other.text:
        return None
    verdict = "second" if empty == [True, False] else "first" if empty == [False, True] else "tie"
    why = "the same answer twice" if not any(empty) else "not asked: an answer is empty, withheld or cut short"
    status: ScoreStatus = "unusable" if empty[0] else "ok"
    values = {name: float(name == verdict) for name in VALUES}
    return row(instrument, own, values=values, status=status, parsed=verdict, explanation=why)


def _read(subject: Subject, which: int, text: str) -> Reading:
    """The verdict in terms of the subject, whatever the order it was shown in."""
    found = Compared.read(text, f"{subject.answer.text}\n{cast(Answer, subject.other).text}")
    turn = _TURNED if which else {name: name for name in _TURNED}
    said = [f'{turn[e.answer]}: "{e.statement}" against "{e.against}": {e.error}' for e in found.evidence]
    return Reading({}, turn[found.verdict], "\n".join(said))


def _combine(readings: list[Reading]) -> Reading:
    pairs = list(zip(readings[::2], readings[1::2], strict=True))
    verdicts = [a.parsed if a.parsed == b.parsed else "inconsistent" for a, b in pairs]
    values = {name: verdicts.count(name) / len(verdicts) for name in VALUES}
    parsed = " | ".join(f"{a.parsed}/{b.parsed}" for a, b in pairs)
    return Reading(values, parsed, "\n".join(r.explanation for r in readings if r.explanation))
