"""From subjects to Score rows: what all protocols that ask have in common, failures above all."""

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from auscult.engine.ask import Ask
from auscult.records import Call, Score
from auscult.scorers.judges import Judge, JudgeOptions, Subject, row, without_asking
from auscult.scorers.judges._asking import Verdict, ask_until_read

T = TypeVar("T")
PUBLISHED = "published"
NO_ANCHOR = "the anchor file has no row for this item"


@dataclass(frozen=True, slots=True)
class Reading:
    """What one or several replies say of an answer."""

    values: Mapping[str, float]
    parsed: str
    explanation: str = ""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """How a protocol puts a subject and reads the replies.

    Attributes:
        calls: the calls of one verdict.
        read: subject, number of the call, text → what it says; raises Unreadable.
        combine: the readings of ``repeats`` verdicts → what stands in the row.
        needs_all: whether one unreadable verdict of several spoils the row.
    """

    calls: Callable[[Subject], list[Call]]
    read: Callable[[Subject, int, str], Reading]
    combine: Callable[[list[Reading]], Reading]
    needs_all: bool = False


async def judged(
    judge: Judge, subjects: Sequence[Subject], ask: Ask, asked: Asked, options: JudgeOptions
) -> list[Score]:
    """One row a subject: asked together, unreadable verdicts asked again, what fails counted and never scored."""
    rows: list[Score | None] = [_before(judge, s, options) for s in subjects]
    about: list[tuple[int, int]] = []
    calls: list[Call] = []
    for n, subject in enumerate(subjects):
        if rows[n] is None:
            for repeat in range(options.repeats):
                for which, call in enumerate(asked.calls(subject)):
                    about.append((n, which))
                    calls.append(replace(call, item=subject.item, condition=subject.answer.condition, repeat=repeat))

    def read(number: int, text: str) -> Reading:
        n, which = about[number]
        return asked.read(subjects[n], which, text)

    verdicts = await ask_until_read(calls, lambda n, reply: read(n, reply.text), ask, options.tries)
    found: dict[int, list[Verdict[Reading]]] = {}
    for (n, _), verdict in zip(about, verdicts, strict=True):
        found.setdefault(n, []).append(verdict)
    for n, its in found.items():
        rows[n] = _row(judge, subjects[n], its, asked)
    return [r for r in rows if r is not None]


def _before(judge: Judge, subject: Subject, options: JudgeOptions) -> Score | None:
    """The row of a subject that is not put to the judge; None where it is.

    The published program judges empty answers like all others.
    """
    published = options.policy == PUBLISHED and subject.answer.status == "unusable"
    ready = None if published else without_asking(judge, subject)
    if ready is None and options.anchor and subject.anchor is None:
        return row(judge, subject, {}, status="judge_unusable", explanation=NO_ANCHOR)
    return ready


def _row(judge: Judge, subject: Subject, verdicts: list[Verdict[Reading]], asked: Asked) -> Score:
    """A failed request leaves the row open, to be asked again; unreadable verdicts are missing."""
    for verdict in verdicts:
        if verdict.status == "request_failed":
            return row(judge, subject, {}, status="request_failed", explanation=verdict.why)
    readings = [v.value for v in verdicts if v.value is not None]
    missing = [v.why for v in verdicts if v.value is None]
    if not readings or (missing and asked.needs_all):
        return row(judge, subject, {}, status="judge_unusable", explanation=missing[0])
    reading = asked.combine(readings)
    note = f"{len(readings)} of {len(verdicts)} verdicts could be read" if missing else ""
    explanation = "\n".join(filter(None, (note, reading.explanation)))
    return row(judge, subject, reading.values, parsed=reading.parsed, explanation=explanation)


def mean_of(readings: list[Reading]) -> Reading:
    """Means over repeats; ``<name>_sd`` between them where there are several."""
    if len(readings) == 1:
        return readings[0]
    values = {}
    for name in readings[0].values:
        each = [r.values[name] for r in readings]
        values[name] = statistics.fmean(each)
        values[f"{name}_sd"] = statistics.stdev(each)
    parsed = " | ".join(r.parsed for r in readings)
    parts = [f"verdict {n}: {r.explanation}" for n, r in enumerate(readings, 1) if r.explanation]
    return Reading(values, parsed, "\n".join(parts))
