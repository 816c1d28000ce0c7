"""Answers in stages, as judges of stages are given them."""

from dataclasses import replace

from tests.scorers.judges.judge_server import subject

from auscult.records import Fact, Trace
from auscult.scorers.judges import Subject

GOLD = Trace(
    visual_recognition="A hazy white patch in the left lower zone.",
    knowledge_recall="Fluid in the pleural space looks white and blunts the costophrenic angle.",
    reasoning="The white patch blunts the angle, so there is an effusion on the left.",
    answer="An effusion on the left.",
)


def staged(
    trace: Trace | str = GOLD,
    *,
    gold: Trace = GOLD,
    facts: tuple[Fact, ...] = (),
    exhaustive: bool = False,
    caption: str = "A left effusion.",
    question: str = "What is seen?",
    reference: str = "An effusion on the left.",
    status: str = "ok",
    name: str = "1",
) -> Subject:
    """An answer in stages to a question that has some too."""
    made = subject(
        trace.answer if isinstance(trace, Trace) else "",
        caption=caption,
        question=question,
        reference=reference,
        status=status,
        name=name,
    )
    return replace(
        made,
        item=replace(made.item, trace=gold),
        case=replace(made.case, facts=facts, exhaustive=exhaustive),
        answer=replace(made.answer, trace=trace.text if isinstance(trace, Trace) else trace),
    )
