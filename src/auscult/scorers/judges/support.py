"""Whether what is known of an image bears out an answer: supported, contradicted, or neither; one verdict, no grades.

By a model: structured reply with evidence, greedy, the candidate fenced. By ``facts``, with no model at all: the fact
checker reads answer, reference and caption. What these neither bear out nor deny is open, and made up where they are
exhaustive. Where it can read nothing it is of no use, and says so: missing data.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Self

from pydantic import model_validator

from auscult.engine.ask import Ask
from auscult.facts.reply import silent
from auscult.records import AT_MOST, Call, Case, Item, Score, ScoreStatus, Value
from auscult.scorers.judges import FACTS, Judge, JudgeOptions, Subject, without_asking
from auscult.scorers.judges import _fact_verdict as fact_checker
from auscult.scorers.judges._standing import Stands, check_options, follows
from auscult.scorers.judges.asking import ModelJudge, Reading, call_of, fence, judge_instrument, known, prompt
from auscult.scorers.judges.replies import JsonReply, Text
from auscult.scorers.scoring import row

NAME, SUPPORTED = "support", "supported"
VERDICTS = (
    Value(name=SUPPORTED, share=False, estimator="partial"),
    Value(name="contradicted", share=False, estimator="partial", higher_is_better=False, silence="best"),
)
"""What is open may be either: rows say of each also what it can be at most."""
VALUES: tuple[str, ...] = tuple(v.name for v in VERDICTS)


class Evidence(JsonReply):
    """A statement of the candidate, and how it stands."""

    statement: Text
    against: Text
    stands: Stands


class Supported(JsonReply):
    """Evidence first, then the verdict that follows from it."""

    evidence: list[Evidence]
    verdict: Stands

    @model_validator(mode="after")
    def _follows(self) -> Self:
        follows(self.verdict, {e.stands for e in self.evidence})
        return self


def can_tell(item: Item, case: Case) -> bool:
    """Whether the fact checker has something to hold an answer against: it reads a finding in what is known."""
    found = fact_checker.fact_verdict(item, case, "")
    return found.told or found.unread


class FactSupport:
    """The fact checker as a judge: asks nobody. See ``auscult.scorers.judges.Judge``."""

    instrument = replace(
        judge_instrument(NAME, "1", f"{FACTS}:{fact_checker.VERSION}", JudgeOptions(), *VERDICTS), judge=FACTS
    )

    async def scores(self, subjects: Sequence[Subject], ask: Ask) -> list[Score]:
        """One score a subject, in the same order; ``ask`` is left alone."""
        return [without_asking(self.instrument, s) or self._score(s) for s in subjects]

    def _score(self, subject: Subject) -> Score:
        answer = subject.answer
        found = fact_checker.fact_verdict(subject.item, subject.case, answer.text)
        if found.told:
            values = _values(found.verdict, open_=found.undecided)
            return row(self.instrument, answer, values=values, parsed=found.verdict, explanation=found.why)
        why = silent(answer.text) if found.unread else ""
        status: ScoreStatus = "unusable" if why else "unread" if found.unread else "judge_unusable"
        values = dict.fromkeys(VALUES, 0.0) if why else {}
        return row(self.instrument, answer, status=status, values=values, parsed=why, explanation=found.why)


def _values(verdict: str, *, open_: bool) -> dict[str, float]:
    """Each of ``VALUES``, least and greatest."""
    least = {name: float(verdict == name) for name in VALUES}
    return least | {f"{name}{AT_MOST}": float(open_ or value) for name, value in least.items()}


def _read(subject: Subject, _: int, text: str) -> Reading:
    found = Supported.read(text, subject.answer.text)
    values = _values(found.verdict, open_=found.verdict == "open")
    said = [f'{e.stands}: "{e.statement}" ({e.against})' for e in found.evidence]
    return Reading(values, found.verdict, "\n".join(said))


def create(identity: str, options: JudgeOptions) -> Judge:
    """The judge of support; of the identity ``facts`` the fact checker itself.

    Raises:
        UserError: options that a verdict has no use for.
    """
    check_options(NAME, identity, options)
    if identity == FACTS:
        return FactSupport()

    def calls(subject: Subject) -> list[Call]:
        """Rules and form of the reply, then the case, then the item, then the candidate."""
        sections = [*known(subject.case, subject.item), fence("candidate", subject.answer.text, subject.item.id)]
        return [call_of(options, prompt("support-1"), "\n".join(sections), reply=Supported)]

    instrument = judge_instrument(NAME, "1", identity, options, *VERDICTS)
    return ModelJudge(instrument=instrument, options=options, calls=calls, read=_read)
