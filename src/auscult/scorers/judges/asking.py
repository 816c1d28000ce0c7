"""How a protocol asks: calls put together, unreadable replies asked again, what fails counted and never scored."""

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from auscult.engine.ask import Ask
from auscult.engine.fence import fence
from auscult.engine.replies import JsonReply, Unreadable, Verdict, ask_until_read
from auscult.records import Call, Decoding, Instrument, Message, Reply, Score
from auscult.scorers.judges import JudgeOptions, Subject, judge_instrument, without_asking
from auscult.scorers.judges._prompts import known, prompt, question_of
from auscult.scorers.scoring import row

__all__ = [
    "NO_ANCHOR",
    "ModelJudge",
    "Reading",
    "Unreadable",
    "Verdict",
    "ask_until_read",
    "call_of",
    "fence",
    "judge_instrument",
    "known",
    "mean_of",
    "prompt",
    "question_of",
]
MAX_TOKENS = 2_048
"""Bound of one reply, reasoning included, where the user names none."""


def call_of(options: JudgeOptions, *turns: str, reply: type[JsonReply] | None = None, temperature: float = 0.0) -> Call:
    """One call of a protocol.

    Args:
        options: how the judge is asked.
        turns: text of the system message, and of each user message after it.
        reply: the form of the reply; its schema is sent where the server takes one.
        temperature: the protocol's own.
    """
    first, *rest = turns
    return Call(
        messages=(Message("system", (first,)), *(Message("user", (turn,)) for turn in rest)),
        decoding=Decoding(
            temperature=temperature if options.temperature is None else options.temperature,
            max_tokens=options.max_tokens or MAX_TOKENS,
        ),
        schema=reply.form() if reply and options.schema else "",
    )


PUBLISHED = "published"
NO_ANCHOR = "the anchor file has no row for this item"


@dataclass(frozen=True, slots=True)
class Reading:
    """What one or several replies say of an answer."""

    values: Mapping[str, float]
    parsed: str
    explanation: str = ""


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


@dataclass(frozen=True, kw_only=True)
class ModelJudge:
    """A protocol that asks a model: how it puts a subject and reads the replies. See ``Judge``.

    Attributes:
        instrument: what it is.
        options: how the judge is asked.
        calls: the calls of one verdict.
        read: subject, number of the call, text → what it says; raises Unreadable.
        combine: the readings of ``repeats`` verdicts → what stands in the row.
        needs_all: whether one unreadable verdict of several spoils the row.
        unasked: the score of a subject that no model needs to see; None where one does.
    """

    instrument: Instrument
    options: JudgeOptions
    calls: Callable[[Subject], list[Call]]
    read: Callable[[Subject, int, str], Reading]
    combine: Callable[[list[Reading]], Reading] = mean_of
    needs_all: bool = False
    unasked: Callable[[Instrument, Subject], Score | None] = without_asking

    async def scores(self, subjects: Sequence[Subject], ask: Ask) -> list[Score]:
        """One score a subject, in the same order: asked together, unreadable verdicts asked again."""
        rows: list[Score | None] = [self._before(s) for s in subjects]
        about: list[tuple[int, int]] = []
        calls: list[Call] = []
        for n, subject in enumerate(subjects):
            for repeat in range(self.options.repeats if rows[n] is None else 0):
                for which, call in enumerate(self.calls(subject)):
                    about.append((n, which))
                    calls.append(replace(call, item=subject.item, condition=subject.answer.condition, repeat=repeat))

        def read(number: int, reply: Reply) -> Reading:
            n, which = about[number]
            return self.read(subjects[n], which, reply.text)

        verdicts = await ask_until_read(calls, read, ask, self.options.tries)
        found: dict[int, list[Verdict[Reading]]] = {}
        for (n, _), verdict in zip(about, verdicts, strict=True):
            found.setdefault(n, []).append(verdict)
        for n, its in found.items():
            rows[n] = self._row(subjects[n], its)
        return [r for r in rows if r is not None]

    def _before(self, subject: Subject) -> Score | None:
        """The row of a subject that is not put to the judge; None where it is.

        The published program judges empty answers like all others.
        """
        published = self.options.policy == PUBLISHED and subject.answer.status == "unusable"
        ready = None if published else self.unasked(self.instrument, subject)
        if ready is None and self.options.anchor and subject.anchor is None:
            return row(self.instrument, subject.answer, status="judge_unusable", explanation=NO_ANCHOR)
        return ready

    def _row(self, subject: Subject, verdicts: list[Verdict[Reading]]) -> Score:
        """A failed request leaves the row open, to be asked again; unreadable verdicts are missing."""
        readings = [v.value for v in verdicts if v.value is not None]
        lost = sorted((v for v in verdicts if v.value is None), key=lambda v: v.status != "request_failed")
        if lost and (lost[0].status == "request_failed" or not readings or self.needs_all):
            return row(self.instrument, subject.answer, status=lost[0].status, explanation=lost[0].why)
        reading = self.combine(readings)
        note = f"{len(readings)} of {len(verdicts)} verdicts could be read" if lost else ""
        explanation = "\n".join(filter(None, (note, reading.explanation)))
        values = dict(reading.values)
        return row(self.instrument, subject.answer, values=values, parsed=reading.parsed, explanation=explanation)
