"""The stage of an answer that a judge is shown, and what an answer without it gets."""

from collections.abc import Callable
from dataclasses import dataclass

from auscult.errors import UserError
from auscult.facts.traces import ReadTrace, read_trace
from auscult.records import STAGES, Instrument, Score, Trace, Value
from auscult.scorers.judges import JudgeOptions, Subject
from auscult.scorers.scoring import row

SHORT = dict(zip(STAGES, ("vision", "knowledge", "reasoning"), strict=True))
"""Stage → its word in names of instruments and prompts."""
HALLUCINATED = Value(
    name="hallucinated",
    estimator="partial",
    higher_is_better=False,
    silence="best",
    about="The stage says something false; of what cannot be decided it is known only that it may.",
)


def stage_of(protocol: str, options: JudgeOptions) -> str:
    """The stage that a judge is to judge: ``options.more["stage"]``.

    Raises:
        UserError: none is named, or there is none of that name.
    """
    stage = options.more.get("stage", "")
    if stage not in STAGES:
        named = f"and not '{stage}'" if stage else "and none is named"
        raise UserError(
            f"judge protocol '{protocol}' judges one stage of answers in stages ({', '.join(STAGES)}), {named}; "
            "'auscult diagnose' names each in turn"
        )
    return stage


@dataclass(frozen=True, slots=True)
class Judged:
    """What is judged of a subject.

    Attributes:
        stage: its name.
        trace: the answer's stages.
        gold: those of the item; all empty where none are known.
    """

    stage: str
    trace: Trace
    gold: Trace

    @property
    def text(self) -> str:
        """The stage that is judged."""
        return str(getattr(self.trace, self.stage))

    @property
    def reference(self) -> str:
        """The item's own."""
        return str(getattr(self.gold, self.stage))


def judged(stage: str, subject: Subject, read: Callable[[str], ReadTrace] = read_trace) -> Judged:
    """The stage of a subject, by one reading of traces."""
    return Judged(stage, read(subject.answer.trace).trace, subject.item.trace)


def without_stage(stage: str, instrument: Instrument, subject: Subject) -> Score | None:
    """The score of an answer whose stage no judge needs to see; None where one does.

    A failed request stays missing. A stage that was not written is the model's own outcome, and makes nothing up. A
    stage that is there is judged, whether or not the whole trace is valid.
    """
    answer = subject.answer
    if answer.status == "request_failed":
        return row(instrument, answer, status="request_failed", explanation=answer.failure)
    if not judged(stage, subject).text:
        values = {instrument.primary.name: instrument.primary.silent}
        why = f"no {stage.replace('_', ' ')}"
        return row(instrument, answer, status="unusable", values=values, explanation=why)
    return None
