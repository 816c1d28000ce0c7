"""MediHall: which kind of hallucination an answer holds, the gravest first, and the score that weighs these kinds.

After Med-HallMark (arXiv 2406.10185): six kinds, of which an answer has one, and a score from 0 to 1. The published
detector's weights were never released, so that any model can judge here, by a prompt in our words; one call an answer,
the evidence before the kind. An answer to a question scores what its kind weighs, a report the mean of its sentences.

The weights stand in the program of the same authors' CoMT (``evaluation/medihall_score.py``), but for that of
prompt-induced, which it does not know: 0.6 follows from its ladder, 0.2 times the label. That program looks for the
first name of a kind anywhere in a reply, so that "incorrect" is correct, and gives 0 to replies that name none. Here
such a reply is asked for again, and then no verdict.
"""

from dataclasses import replace
from statistics import fmean
from typing import Literal, Self, get_args

from pydantic import model_validator

from auscult.records import Call, Instrument, Score, Value
from auscult.scorers.judges import JudgeOptions, Subject, without_asking
from auscult.scorers.judges._standing import check_options
from auscult.scorers.judges.asking import ModelJudge, Reading, call_of, fence, judge_instrument, known, prompt
from auscult.scorers.judges.replies import JsonReply, Text

NAME = "medihall"
Kind = Literal["catastrophic", "critical", "attribute", "prompt-induced", "minor", "correct"]
KINDS: tuple[Kind, ...] = get_args(Kind)
"""The gravest first, as the data set labels them from 0."""
WEIGHTS: dict[Kind, float] = {
    "catastrophic": 0.0,
    "critical": 0.2,
    "attribute": 0.4,
    "prompt-induced": 0.6,
    "minor": 0.8,
    "correct": 1.0,
}
SCORE = Value(
    name="medihall",
    label="MediHall Score",
    share=False,
    about="What the kind weighs; of a report, mean of its sentences.",
)
SHARES: dict[Kind, Value] = {
    kind: Value(
        name=kind.replace("-", "_"),
        label=kind,
        higher_is_better=kind == "correct",
        silence="none",
        headline=False,
        about=f"Share of the answers of this kind, which weighs {weight:g}.",
    )
    for kind, weight in WEIGHTS.items()
}
SOURCE = "arXiv 2406.10185; weights from CoMT's evaluation/medihall_score.py"
NOTES = (
    "Weights: "
    + ", ".join(f"{kind} {weight:g}" for kind, weight in WEIGHTS.items())
    + ". That of prompt-induced is inferred from the others: the released program has none.",
)


class Evidence(JsonReply):
    """A sentence of the candidate, and its kind."""

    statement: Text
    against: Text
    why: Text
    kind: Kind


class Sorted(JsonReply):
    """Evidence first, then the gravest kind in it."""

    evidence: list[Evidence]
    kind: Kind

    @model_validator(mode="after")
    def _follows(self) -> Self:
        if not self.evidence:
            raise ValueError("there is no evidence")
        if self.kind != (gravest := min((e.kind for e in self.evidence), key=KINDS.index)):
            raise ValueError(f"the kind is {self.kind}, and the gravest in the evidence is {gravest}")
        return self


def create(identity: str, options: JudgeOptions) -> ModelJudge:
    """The judge of kinds.

    Raises:
        UserError: options that a verdict has no use for.
    """
    check_options(NAME, identity, options)

    def calls(subject: Subject) -> list[Call]:
        """Rules and form of the reply, then the case, then the item, then the candidate."""
        sections = [*known(subject.case, subject.item), fence("candidate", subject.answer.text, subject.item.id)]
        return [call_of(options, prompt("medihall-1"), "\n".join(sections), reply=Sorted)]

    instrument = judge_instrument(NAME, "1", identity, options, SCORE, *SHARES.values(), source=SOURCE)
    return ModelJudge(
        instrument=replace(instrument, notes=NOTES), options=options, calls=calls, read=_read, unasked=_unasked
    )


def _unasked(instrument: Instrument, subject: Subject) -> Score | None:
    """An answer that says nothing scores 0, and is of no kind."""
    ready = without_asking(instrument, subject)
    if ready is None or ready.status != "unusable":
        return ready
    return replace(ready, values={SCORE.name: SCORE.worst})


def _read(subject: Subject, _: int, text: str) -> Reading:
    found = Sorted.read(text, subject.answer.text)
    weights = [WEIGHTS[e.kind] for e in found.evidence]
    score = fmean(weights) if subject.item.answer_type == "report" else WEIGHTS[found.kind]
    values = {SCORE.name: score} | {share.name: float(kind == found.kind) for kind, share in SHARES.items()}
    return Reading(values, found.kind, "\n".join(map(_told, found.evidence)))


def _told(evidence: Evidence) -> str:
    """One line; curly marks stand around the words that are wrong, and around no others."""
    mark = '"{}"' if evidence.kind == "correct" else "“{}”"
    return f"{evidence.kind}: {mark.format(evidence.statement)} ({evidence.against}): {evidence.why}"
