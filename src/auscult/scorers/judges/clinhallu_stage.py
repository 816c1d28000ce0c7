"""ClinHallu's judge of a stage, its protocol as published and its prompts in our own words (arXiv 2606.14697).

One call a stage, 0 or 1 with a reason, no schema; the judge of visual recognition sees the images, behind the text. As
published, whatever fails counts as hallucinated: a stage that is not there, an item without gold stages (neither is
asked), a reply that could not be read in six tries, and a request that failed. Here such rows keep their status beside
that 1, so that they are seen, and a failed request is asked again by the next run.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from auscult.engine.ask import Ask
from auscult.errors import UserError
from auscult.facts.traces import published_trace
from auscult.records import Call, Decoding, Instrument, Message, Score, Trace, Value
from auscult.scorers.judges import Judge, JudgeOptions, Subject
from auscult.scorers.judges.asking import ModelJudge, Reading, Unreadable, fence, judge_instrument, prompt
from auscult.scorers.judges.stages import SHORT, Judged, judged, stage_of
from auscult.scorers.scoring import row

NAME = "clinhallu-stage"
SOURCE = "arXiv 2606.14697, released code"
TRIES = 6
"""Once, and five times more."""
DECODING = Decoding(temperature=0.01, top_p=0.9, max_tokens=4096)
EMPTY = "(empty)"
FORCED = 1.0
VALUE = Value(name="hallucinated", higher_is_better=False, about="As published: whatever failed counts as 1.")


def create(identity: str, options: JudgeOptions) -> Judge:
    """The published judge of the stage that ``options.more["stage"]`` names.

    Raises:
        UserError: no stage is named, or options that would not be the published protocol.
    """
    stage = stage_of(NAME, options)
    options = as_published(NAME, options)
    instrument = replace(
        judge_instrument(f"{NAME}-{SHORT[stage]}", "1", identity, options, VALUE, source=SOURCE),
        published="ClinHallu",
    )
    asking = ModelJudge(
        instrument=instrument,
        options=options,
        calls=partial(_calls, stage, options),
        read=lambda subject, number, text: _read(text),
        unasked=partial(_unasked, stage),
    )
    return Forced(asking)


def as_published(name: str, options: JudgeOptions) -> JudgeOptions:
    """The options with the published number of tries.

    Raises:
        UserError: one says otherwise.
    """
    given = {"repeats": options.repeats > 1, "tries": options.tries not in (JudgeOptions.tries, TRIES)}
    given |= {"a parse policy": bool(options.policy), "an anchor file": bool(options.anchor)}
    if named := [what for what, is_given in given.items() if is_given]:
        raise UserError(f"judge protocol '{name}' asks as published, up to {TRIES} times; leave out {named[0]}")
    return replace(options, tries=TRIES)


@dataclass(frozen=True)
class Forced:
    """The judge whose failures count as hallucinations. See ``auscult.scorers.judges.Judge``."""

    asking: ModelJudge

    @property
    def instrument(self) -> Instrument:
        """What it is."""
        return self.asking.instrument

    async def scores(self, subjects: Sequence[Subject], ask: Ask) -> list[Score]:
        """One score a subject, in the same order."""
        rows = await self.asking.scores(subjects, ask)
        return [r if r.status == "ok" else replace(r, values={VALUE.name: FORCED}) for r in rows]


def _unasked(stage: str, instrument: Instrument, subject: Subject) -> Score | None:
    """The row of an item without gold, of a failed answer, and of a stage that is not there."""
    if subject.item.trace == Trace():
        return row(instrument, subject.answer, status="judge_unusable", explanation="the item has no gold stages")
    if subject.answer.status == "request_failed":
        return row(instrument, subject.answer, status="request_failed", explanation=subject.answer.failure)
    if not judged(stage, subject, published_trace).text.strip():
        return row(instrument, subject.answer, status="unusable", explanation=f"no {stage.replace('_', ' ')}")
    return None


def call_as_published(options: JudgeOptions, system: str, *parts: str, subject: Subject, images: bool = False) -> Call:
    """One call: a system message, and the user's text with the images behind it."""
    shown = subject.images if images else ()
    decoding = replace(
        DECODING,
        temperature=DECODING.temperature if options.temperature is None else options.temperature,
        max_tokens=options.max_tokens or DECODING.max_tokens,
    )
    user = Message("user", ("\n".join(parts), *shown))
    return Call(messages=(Message("system", (prompt(system),)), user), decoding=decoding)


def _calls(stage: str, options: JudgeOptions, subject: Subject) -> list[Call]:
    """The published order."""
    found, key = judged(stage, subject, published_trace), subject.item.id
    parts = [
        f"Step: {stage.replace('_', ' ')}",
        fence("question", subject.item.question, key),
        fence("true answer", subject.item.reference, key),
        fence("reference step", found.reference or EMPTY, key),
        fence("candidate step", found.text, key),
        *([] if stage == "visual_recognition" else _support(found, key)),
        prompt(f"{NAME}-{SHORT[stage]}-1"),
        prompt(f"{NAME}-form-1"),
    ]
    seen = stage == "visual_recognition"
    return [call_as_published(options, f"{NAME}-system-1", *parts, subject=subject, images=seen)]


def _support(found: Judged, key: str) -> list[str]:
    """What the first two stages say, reference before candidate."""
    texts = [
        (f"{whose} {stage.replace('_', ' ')}", getattr(trace, stage))
        for whose, trace in (("reference", found.gold), ("candidate", found.trace))
        for stage in ("visual_recognition", "knowledge_recall")
    ]
    sections = [fence(name, text, key) for name, text in texts if text]
    return sections or ["There is no other context."]


def json_as_published(text: str) -> Any:
    """The JSON value that a reply is, lines that fence it aside, as ``json.loads`` takes it.

    Raises:
        Unreadable: it is none.
    """
    text = text.strip()
    if text.startswith("```"):
        text = "\n".join(line for line in text.split("\n") if not line.strip().startswith("```")).strip()
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise Unreadable(f"not one JSON value [{text[:60]!r}]") from None


def _read(text: str) -> Reading:
    """``int`` of the verdict must be 0 or 1; the reason, as Python writes it, may not be empty."""
    said = json_as_published(text)
    if not isinstance(said, dict):
        raise Unreadable(f"no JSON object [{text[:60]!r}]")
    reason = str(said.get("reason", "")).strip()
    try:
        verdict = int(said.get("hallucinated"))  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        raise Unreadable(f"no verdict [{text[:60]!r}]") from None
    if verdict not in (0, 1):
        raise Unreadable(f"the verdict is neither 0 nor 1 [{text[:60]!r}]")
    if not reason:
        raise Unreadable("no reason")
    return Reading({VALUE.name: float(verdict)}, str(verdict), reason)
