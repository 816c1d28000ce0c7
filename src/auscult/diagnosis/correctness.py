"""Whether the answer of a trace is right: by the lead instrument of its type, and open answers by the judge.

One row an answer. A trace that is invalid says nothing, whatever stands on its answer line.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from auscult.engine.ask import Ask
from auscult.records import AT_MOST, Answer, AnswerType, Case, Instrument, Item, Score, Value
from auscult.scorers import Scorer, Verdict, bears_premise, score
from auscult.scorers.judges import FACTS, Judge, Subject, create
from auscult.scorers.rules import closed, exact_match, facts, number, premise

JUDGED = "clinhallu-answer"
"""Judge protocol of open answers, where a model judges."""


def open_answer(item: Item, text: str) -> Verdict:
    """Right, wrong, or not to be told, of an open answer without a model.

    Right is what is the reference word for word, or names all its findings and no other; wrong is what contradicts
    it; of all else nobody can tell.
    """
    exact = exact_match.rule(item, text)
    if exact.status != "ok" or exact.values["correct"]:
        return exact
    read = facts.rule(item, text)
    known = dict(read.values) if read.status == "ok" else {}
    right = known.get("fact_f1") == 1 and not known.get(f"hallucinated{AT_MOST}")
    wrong = bool(known.get("contradicted"))
    values = {"correct": float(right), f"correct{AT_MOST}": float(right or not wrong)}
    why = read.explanation if right or wrong else "other words than the reference; whether they mean it is not known"
    return Verdict(values=values, parsed=exact.parsed, explanation=why)


OPEN = Scorer(
    instrument=Instrument(
        name="open-answer",
        version="1",
        kind="facts",
        values=(Value(name="correct", label="accuracy", estimator="partial"),),
        answer_types=frozenset({"open"}),
    ),
    rule=open_answer,
)


RULES: Mapping[AnswerType, Scorer] = {
    "yes_no": closed.SCORER,
    "choice": closed.SCORER,
    "number": number.SCORER,
    "open": OPEN,
}
"""The lead rule of each type of answer that is right or wrong."""


def lead(item: Item) -> Scorer:
    """The rule that says whether an answer to an item is right."""
    return premise.SCORER if bears_premise(item) else RULES[item.answer_type]


def by_rule(item: Item, answer: Answer) -> Score:
    """The row of one answer by its lead rule."""
    said = answer if answer.status == "ok" else replace(answer, text="")
    return score(lead(item), item, said)


def needs_judge(item: Item) -> bool:
    """Whether a model says better than a rule what is right."""
    return lead(item) is OPEN


@dataclass(frozen=True)
class Correctness:
    """Scores answers, one row each.

    Args:
        judge: of open answers; None where no model judges.
        published: whether the judge has all answers, as in the published program.
    """

    judge: Judge | None = None
    published: bool = False

    @classmethod
    def by(cls, identity: str, *, published: bool = False) -> "Correctness":
        """With the judge of an identity."""
        return cls(None if identity == FACTS else create(JUDGED, identity), published)

    @property
    def instruments(self) -> tuple[Instrument, ...]:
        """All that may score."""
        rules = (closed.SCORER, number.SCORER, premise.SCORER, *(() if self.judge else (OPEN,)))
        judge = (self.judge.instrument,) if self.judge else ()
        return judge if self.published else (*(rule.instrument for rule in rules), *judge)

    async def scores(self, case: Case, answers: Sequence[tuple[Item, Answer]], ask: Ask) -> list[Score]:
        """One row an answer, in order."""
        rows = {n: by_rule(item, a) for n, (item, a) in enumerate(answers) if not self._judges(item)}
        judged = {n: Subject(item=i, case=case, answer=a) for n, (i, a) in enumerate(answers) if n not in rows}
        if self.judge and judged:
            rows |= zip(judged, await self.judge.scores(list(judged.values()), ask), strict=True)
        return [rows[n] for n in range(len(answers))]

    def _judges(self, item: Item) -> bool:
        return self.judge is not None and (self.published or needs_judge(item))
