"""What refuses a trace that a model wrote as a gold one: ClinHallu's two filters, then three of our own.

As published (arXiv 2606.14697, released code): *structure*, a valid trace of an item with a reference; *answer*, right
by the letter of a choice, else by the answer judge, and where that gives no verdict by comparing texts. That lets pass
what reads a letter in "A small effusion" or a "no" in "unknown", and says nothing of the stages. So there follow:
*reading*, the lead rule of the item's type reads another answer than the reference, or only the likeness of two texts
says that they are one; *facts*, the fact checker finds a stage false by the
annotation; *leak*, the first stage speaks of the question or names a diagnosis.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from string import ascii_uppercase

from auscult.construction.traces import Candidate, Rejection
from auscult.diagnosis.correctness import JUDGED, by_rule
from auscult.diagnosis.gold.leaks import leaks
from auscult.engine.ask import Ask
from auscult.facts.traces import read_trace
from auscult.records import AT_MOST, STAGES, Answer, Case, Instrument, Item, Score
from auscult.scorers.judges import FACTS, Judge, JudgeOptions, Subject, create

STRUCTURE, ANSWER, READING, STAGE, LEAK = "structure", "answer", "reading", "facts", "leak"
CHECKS = (STRUCTURE, ANSWER, READING, STAGE, LEAK)
PUBLISHED = (STRUCTURE, ANSWER)
LETTER, BY_JUDGE, RULE, TEXTS = "letter", "judge", "rule", "string match"
ALIKE = 0.8
"""Least likeness of two texts that mean the same, as published: Dice's, of their pairs of characters."""
SAID = 500
"""Characters of a judge's reason that a row keeps."""


@dataclass(frozen=True)
class Checks:
    """Puts what a model wrote to the checks.

    Args:
        judge: of answers; None where no model judges: then the lead rule of the type does, and else texts are compared.
        stages: stage → the fact checker as its judge.
    """

    judge: Judge | None
    stages: Mapping[str, Judge]

    @classmethod
    def by(cls, identity: str) -> "Checks":
        """With the answer judge of an identity."""
        stages = {stage: create("stage", FACTS, JudgeOptions(more={"stage": stage})) for stage in STAGES}
        return cls(None if identity == FACTS else create(JUDGED, identity), stages)

    @property
    def instruments(self) -> tuple[Instrument, ...]:
        """All that judge."""
        judges = (*([self.judge] if self.judge else []), *self.stages.values())
        return tuple(judge.instrument for judge in judges)

    async def candidates(self, case: Case, answers: Sequence[tuple[Item, Answer]], ask: Ask) -> list[Candidate]:
        """One candidate an answer, in order.

        Args:
            case: the case.
            answers: items with what the model wrote.
            ask: asks the judge.
        """
        whole = [pair for pair in answers if pair[1].status == "ok" and pair[0].reference.strip()]
        found = await self._found(case, whole, ask)
        stood = await self._stood(case, whole, ask)
        return [self._candidate(item, answer, found, stood) for item, answer in answers]

    def _candidate(
        self,
        item: Item,
        answer: Answer,
        found: Mapping[str, "_Found"],
        stood: Mapping[str, Mapping[str, Score]],
    ) -> Candidate:
        made = Candidate(
            item_id=item.id,
            case_id=item.case_id,
            status="rejected",
            text=answer.trace or answer.text,
            answer=answer.text,
            attempts=answer.attempts,
            model=answer.model,
        )
        if answer.status == "request_failed":
            return replace(
                made, status="request_failed", rejections=(Rejection(check=STRUCTURE, reason=answer.failure),)
            )
        if item.id not in found:
            why = answer.detail if answer.status != "ok" else "the item has no reference"
            return replace(made, rejections=(Rejection(check=STRUCTURE, reason=why),))
        right, stages = found[item.id], stood.get(item.id, {})
        if right.failed:
            return replace(made, status="request_failed", rejections=(Rejection(check=ANSWER, reason=right.said),))
        refused = tuple(_refused(item, answer, right, stages))
        how = {stage: _stands(score) for stage, score in stages.items()}
        return replace(
            made,
            status="rejected" if refused else "ok",
            passed=right.by,
            rejections=refused,
            stages={stage: stands for stage, stands in how.items() if stands},
        )

    async def _found(self, case: Case, answers: Sequence[tuple[Item, Answer]], ask: Ask) -> dict[str, "_Found"]:
        """Item → what found its answer right, in the published order."""
        found = {item.id: _Found(LETTER) for item, answer in answers if letter_matches(item, answer.text)}
        left = [(item, answer) for item, answer in answers if item.id not in found]
        if self.judge and left:
            subjects = [Subject(item=item, case=case, answer=answer) for item, answer in left]
            for (item, answer), score in zip(left, await self.judge.scores(subjects, ask), strict=True):
                found[item.id] = _judged(item, answer, score)
            return found
        for item, answer in left:
            found[item.id] = _ruled(item, answer)
        return found

    async def _stood(self, case: Case, answers: Sequence[tuple[Item, Answer]], ask: Ask) -> dict[str, dict[str, Score]]:
        """Item → stage → what the fact checker says of it."""
        of: dict[str, dict[str, Score]] = {item.id: {} for item, _ in answers}
        subjects = [Subject(item=item, case=case, answer=answer) for item, answer in answers]
        for stage, judge in self.stages.items() if subjects else ():
            for score in await judge.scores(subjects, ask):
                of[score.item_id][stage] = score
        return of


@dataclass(frozen=True)
class _Found:
    """What found an answer right, empty: nothing did; what was said; whether a request failed."""

    by: str
    said: str = ""
    failed: bool = False


def _refused(item: Item, answer: Answer, right: _Found, stages: Mapping[str, Score]) -> Iterator[Rejection]:
    """All that refuses a well-formed trace, in the order of the checks."""
    if not right.by:
        yield Rejection(check=ANSWER, reason="the answer is not the reference", said=right.said)
    read = by_rule(item, answer)
    least, most = _ends(read)
    if right.by and most == 0:
        yield Rejection(check=READING, reason="the answer is read as another one", said=read.parsed[:SAID])
    elif right.by == TEXTS and not least:
        why = "only the likeness of two texts says that the answer is the reference"
        yield Rejection(check=READING, reason=why, said=answer.text[:SAID])
    for stage in STAGES:
        if stage in stages and _stands(stages[stage]) == "contradicted":
            name = stage.replace("_", " ")
            said = stages[stage].explanation[:SAID]
            yield Rejection(check=STAGE, reason=f"the annotation contradicts the {name}", said=said)
    for reason, words in leaks(item, read_trace(answer.trace).trace.visual_recognition):
        yield Rejection(check=LEAK, reason=reason, said=words)


def _ends(score: Score) -> tuple[float | None, float | None]:
    """Right at least and at most by a rule; None where it cannot tell."""
    least = score.values.get("correct") if score.status == "ok" else None
    return least, None if least is None else score.values.get(f"correct{AT_MOST}", least)


def _stands(score: Score) -> str:
    """How a stage stands by its verdict; empty where there is none."""
    if score.status != "ok" or "hallucinated" not in score.values:
        return ""
    if score.values["hallucinated"]:
        return "contradicted"
    return "open" if score.values.get(f"hallucinated{AT_MOST}") else "supported"


def letter_matches(item: Item, answer: str) -> bool:
    """Whether an answer begins with the letter of the right option and no other letter after it, as published."""
    if item.answer_type != "choice" or item.reference not in item.options:
        return False
    said, right = answer.strip(), ascii_uppercase[item.options.index(item.reference)]
    return said[:1].upper() == right and not said[1:2].isalpha()


def texts_match(answer: str, reference: str) -> bool:
    """Whether two texts mean the same, as published: equal, one in the other, or alike by Dice's coefficient."""
    one, other = (text.strip().lower().rstrip(".,;:!?") for text in (answer, reference))
    if not one or not other:
        return False
    if one in other or other in one:
        return True
    pairs = [{text[n : n + 2] for n in range(len(text) - 1)} for text in (one, other)]
    return all(pairs) and 2 * len(pairs[0] & pairs[1]) / (len(pairs[0]) + len(pairs[1])) >= ALIKE


def _judged(item: Item, answer: Answer, score: Score) -> _Found:
    if score.status == "request_failed":
        return _Found("", score.explanation, failed=True)
    if "correct" in score.values:
        return _Found(BY_JUDGE if score.values["correct"] else "", score.explanation[:SAID])
    return _Found(TEXTS if texts_match(answer.text, item.reference) else "", score.explanation[:SAID])


def _ruled(item: Item, answer: Answer) -> _Found:
    """By the lead rule of the type, and where that cannot tell by comparing texts."""
    read = by_rule(item, answer)
    least, most = _ends(read)
    if least is not None and least == most:
        return _Found(RULE if least else "", read.explanation[:SAID] or read.parsed[:SAID])
    return _Found(TEXTS if texts_match(answer.text, item.reference) else "", read.explanation[:SAID])
