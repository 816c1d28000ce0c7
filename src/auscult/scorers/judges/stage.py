"""Whether one stage of an answer in stages says anything false: visual recognition, knowledge recall or reasoning.

After ClinHallu's judge (arXiv 2606.14697), which says 0 or 1 and counts its own failures as hallucinations; that one is
``clinhallu-stage``. Here each statement is evidence with a reason of its own, and what cannot be decided is open. A
verdict that its evidence or its reason contradicts is no verdict. Reasoning is judged by the stages that it stands on,
so that an error of the eyes does not count twice. By ``facts`` no model is asked.

Which stage: ``JudgeOptions.more["stage"]``; the instruments are ``stage-vision``, ``stage-knowledge`` and
``stage-reasoning``.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Self

from pydantic import model_validator

from auscult.engine.ask import Ask
from auscult.records import AT_MOST, Call, Score, Value
from auscult.scorers.judges import FACTS, Judge, JudgeOptions, Subject
from auscult.scorers.judges import _fact_stage as fact_checker
from auscult.scorers.judges._own_reason import contradicts_itself
from auscult.scorers.judges._standing import Stands, check_options, follows
from auscult.scorers.judges.asking import ModelJudge, Reading, call_of, fence, judge_instrument, known, prompt
from auscult.scorers.judges.replies import JsonReply, Text
from auscult.scorers.judges.stages import HALLUCINATED, SHORT, judged, stage_of, without_stage
from auscult.scorers.scoring import row

NAME = "stage"
SOURCE = "after arXiv 2606.14697"
NOTHING = "(there is none)"
WHOLE = "The caption names everything that there is to name."
SHARES = (
    Value(
        name="factuality",
        estimator="partial",
        silence="none",
        headline=False,
        about="Share of the stage's statements that facts and annotation of the case bear out (RadRScore).",
    ),
    Value(
        name="completeness",
        silence="none",
        headline=False,
        about="Share of the gold stage's statements that the stage makes (RadRScore).",
    ),
    Value(
        name="effectiveness",
        silence="none",
        headline=False,
        about="Share of the stage's statements that the gold stage bears out (RadRScore).",
    ),
)
"""Of what can be read; by the fact checker only."""


class Evidence(JsonReply):
    """A statement of the stage, and how it stands."""

    statement: Text
    against: Text
    why: Text
    stands: Stands

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        if contradicts_itself(self.stands, self.why):
            raise ValueError(f"a statement is {self.stands}, and its reason says otherwise ['{self.why:.80}']")
        return self


class Decided(JsonReply):
    """Evidence first, then the verdict that follows from it."""

    evidence: list[Evidence]
    verdict: Stands

    @model_validator(mode="after")
    def _follows(self) -> Self:
        follows(self.verdict, {e.stands for e in self.evidence})
        return self


def values_of(verdict: str) -> dict[str, float]:
    """``hallucinated`` at least and at most."""
    name = HALLUCINATED.name
    return {name: float(verdict == "contradicted"), f"{name}{AT_MOST}": float(verdict != "supported")}


class FactStage:
    """The fact checker as a judge of one stage: asks nobody. See ``auscult.scorers.judges.Judge``."""

    def __init__(self, stage: str) -> None:
        self.stage = stage
        name, version = f"{NAME}-{SHORT[stage]}", f"{FACTS}:{fact_checker.VERSION}"
        made = judge_instrument(name, "1", version, JudgeOptions(), HALLUCINATED, *SHARES, source=SOURCE)
        self.instrument = replace(made, judge=FACTS)

    async def scores(self, subjects: Sequence[Subject], ask: Ask) -> list[Score]:
        """One score a subject, in the same order; ``ask`` is left alone."""
        return [without_stage(self.stage, self.instrument, s) or self._score(s) for s in subjects]

    def _score(self, subject: Subject) -> Score:
        found = judged(self.stage, subject)
        verdict = fact_checker.stage_verdict(self.stage, subject.item, subject.case, subject.answer, found.trace)
        if not verdict.told:
            why = "no look, finding or knowledge can be read in it"
            return row(self.instrument, subject.answer, status="unread", explanation=why)
        values = values_of(verdict.stands) | _shares(verdict)
        told = "; ".join(_said(t, found.text) for t in verdict.told)
        unread = "".join(f"; not read: {sentence}" for sentence in verdict.unread)
        return row(self.instrument, subject.answer, values=values, parsed=verdict.stands, explanation=told + unread)


def _said(told: fact_checker.Told, text: str) -> str:
    """A statement and how it stands; only wrong ones between curly marks."""
    words = text[told.start : told.end] or "the answer"
    why = f" ({told.why})" if told.why else ""
    return f"{told.stands}: “{words}”{why}" if told.stands == "contradicted" else f"{told.stands}: {words}"


def _shares(verdict: fact_checker.StageVerdict) -> dict[str, float]:
    """RadRScore's three shares: of the stage's statements that are borne out, and of the gold stage's that it makes."""
    made = [t for t in verdict.told if t.end > t.start]
    found: dict[str, float] = {}
    if made:
        borne_out = sum(t.in_case for t in made)
        found["factuality"] = borne_out / len(made)
        found[f"factuality{AT_MOST}"] = (borne_out + sum(t.case_open and not t.in_case for t in made)) / len(made)
    if verdict.named is not None:
        found["completeness"] = verdict.named
        if made:
            found["effectiveness"] = sum(t.in_gold for t in made) / len(made)
    return found


def create(identity: str, options: JudgeOptions) -> Judge:
    """The judge of one stage; of the identity ``facts`` the fact checker itself.

    Raises:
        UserError: no stage is named, or options that a verdict has no use for.
    """
    stage = stage_of(NAME, options)
    check_options(NAME, identity, options)
    if identity == FACTS:
        return FactStage(stage)
    instrument = judge_instrument(f"{NAME}-{SHORT[stage]}", "1", identity, options, HALLUCINATED, source=SOURCE)
    return ModelJudge(
        instrument=instrument,
        options=options,
        calls=partial(_calls, stage, options),
        read=partial(_read, stage),
        unasked=partial(without_stage, stage),
    )


def _calls(stage: str, options: JudgeOptions, subject: Subject) -> list[Call]:
    """Rules and form of the reply, then the case, then the item, then what the stage stands on, then the stage."""
    found, key = judged(stage, subject), subject.item.id
    caption, *about = known(subject.case, subject.item)
    whole = [WHOLE] if subject.case.exhaustive else []
    sections = [caption, *whole, *about] if stage == "visual_recognition" else about
    sections.append(fence("reference stage", found.reference or NOTHING, key))
    if stage == "reasoning":
        sections.append(fence("first stage", found.trace.visual_recognition or NOTHING, key))
        sections.append(fence("second stage", found.trace.knowledge_recall or NOTHING, key))
        ends = f"\nAnswer: {found.trace.answer}" if found.trace.answer else ""
        sections.append(fence("candidate", found.text + ends, key))
    else:
        sections.append(fence("candidate", found.text, key))
    rules = "\n\n".join([prompt("stage-1"), prompt(f"stage-{SHORT[stage]}-1")])
    return [call_of(options, rules, "\n".join(sections), reply=Decided)]


def _read(stage: str, subject: Subject, _: int, text: str) -> Reading:
    found = Decided.read(text, judged(stage, subject).text)
    return Reading(values_of(found.verdict), found.verdict, "\n".join(map(_told, found.evidence)))


def _told(evidence: Evidence) -> str:
    """One line; curly marks stand around the words of the stage that are wrong, and around no others."""
    mark = "“{}”" if evidence.stands == "contradicted" else '"{}"'
    return f"{evidence.stands}: {mark.format(evidence.statement)} ({evidence.against}): {evidence.why}"
