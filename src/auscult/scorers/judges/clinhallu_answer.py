"""ClinHallu's judge of the answer, its protocol as published and its prompts in our own words (arXiv 2606.14697).

Question (without options), true answer and given answer; no image, no schema; lenient on words, strict on facts. Every
answer is put to it, empty ones and those of invalid traces too, unless its request failed. As published, a judge that
gives no verdict in six tries is -1 and leaves the denominator: here a missing row. So does an item without a true
answer, which is not asked.
"""

from dataclasses import replace
from functools import partial

from auscult.facts.traces import published_trace
from auscult.records import Call, Instrument, Score
from auscult.scorers.judges import Judge, JudgeOptions, Subject
from auscult.scorers.judges.asking import ModelJudge, Reading, Unreadable, fence, judge_instrument, prompt
from auscult.scorers.judges.clinhallu_stage import SOURCE, as_published, call_as_published, json_as_published
from auscult.scorers.scoring import ACCURACY, row

NAME = "clinhallu-answer"


def create(identity: str, options: JudgeOptions) -> Judge:
    """The published judge of answers.

    Raises:
        UserError: options that would not be the published protocol.
    """
    options = as_published(NAME, options)
    instrument = replace(judge_instrument(NAME, "1", identity, options, ACCURACY, source=SOURCE), published="ClinHallu")
    return ModelJudge(
        instrument=instrument,
        options=options,
        calls=partial(_calls, options),
        read=lambda subject, number, text: _read(text),
        unasked=_unasked,
    )


def _unasked(instrument: Instrument, subject: Subject) -> Score | None:
    if subject.answer.status == "request_failed":
        return row(instrument, subject.answer, status="request_failed", explanation=subject.answer.failure)
    if not subject.item.reference:
        return row(instrument, subject.answer, status="judge_unusable", explanation="the item has no true answer")
    return None


def _calls(options: JudgeOptions, subject: Subject) -> list[Call]:
    """The published order; the answer is that of the trace, else the whole text."""
    item, trace = subject.item, subject.answer.trace
    given = published_trace(trace).trace.answer if trace else subject.answer.text
    parts = [
        fence("question", item.question, item.id),
        fence("true answer", item.reference, item.id),
        fence("given answer", given, item.id),
        prompt(f"{NAME}-form-1"),
    ]
    return [call_as_published(options, f"{NAME}-system-1", *parts, subject=subject)]


def _read(text: str) -> Reading:
    """Right where ``int`` of the verdict is 1, wrong where it is any other whole number."""
    said = json_as_published(text)
    if not isinstance(said, dict) or "answer_correct" not in said:
        raise Unreadable(f"no verdict [{text[:60]!r}]")
    try:
        right = int(said["answer_correct"]) == 1
    except (TypeError, ValueError, OverflowError):
        raise Unreadable(f"no verdict [{text[:60]!r}]") from None
    reason = said.get("answer_reasoning")
    reason = said.get("reasoning", "") if reason is None else reason
    return Reading({ACCURACY.name: float(right)}, "right" if right else "wrong", str(reason or ""))
