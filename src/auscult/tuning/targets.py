"""What a model is to say to an item, and how its question is put for that: the answer, or the stages and the answer."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise

from auscult.protocols import Asking, Question
from auscult.protocols.direct import Direct, right_answer
from auscult.protocols.staged import Staged
from auscult.records import STAGES, Call, Item, Trace
from auscult.tuning.options import FORMS, Form, TuningOptions

LEARNT: Mapping[str, str] = {
    "answer": "the answers alone",
    "trace": "traces of three stages and their answers",
    "both": "answers, and on traces of three stages and their answers",
}
"""What the loss is on, in words."""
USUAL = 1.0
"""What a token weighs that belongs to no stage: headers, the end."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """A question as it is put, and what is to be learnt.

    Attributes:
        name: what the user knows it by.
        call: as it is put.
        answer: what is to be said.
        weights: from which character of the answer on a token weighs how much; empty: all weigh the same.
    """

    name: str
    call: Call
    answer: str
    weights: tuple[tuple[int, float], ...] = ()

    @property
    def masked(self) -> tuple[str, ...]:
        """The parts of the answer that weigh nothing: read, and not learnt."""
        parts = pairwise([*self.weights, (len(self.answer), 0.0)])
        return tuple(self.answer[start:end] for (start, weight), (end, _) in parts if not weight and start < end)


class Targets:
    """Lessons of items.

    Args:
        options: which forms, and what stages weigh.
    """

    def __init__(self, options: TuningOptions) -> None:
        self._learn, self._weights = FORMS[options.learn], options.weights
        self._direct, self._staged = Direct(asking=Asking()), Staged(asking=Asking())

    def forms(self, item: Item) -> tuple[Form, ...]:
        """In which forms an item is learnt; in stages where each of its gold trace says something."""
        staged = all(getattr(item.trace, stage).strip() for stage in STAGES)
        return self._learn if staged else tuple(form for form in self._learn if form != "trace")

    def lesson(self, question: Question, form: Form) -> Lesson:
        """A question in one form."""
        item = question.item
        name = item.source_id or item.id
        if form == "answer":
            return Lesson(name, self._direct.call(question), right_answer(item))
        trace = _gold(item)
        weights = () if set(self._weights) == {USUAL} else tuple(self._weighed(trace))
        return Lesson(name, self._staged.call(question), trace.text, weights)

    def length(self, item: Item, form: Form) -> int:
        """About how many characters a lesson takes."""
        said = len(item.reference) if form == "answer" else len(item.trace.text)
        return len(item.question) + sum(map(len, item.options)) + said

    def _weighed(self, trace: Trace) -> Iterator[tuple[int, float]]:
        """Where in the text of a trace each stage and the answer begin and end, with their weights."""
        text, end = trace.text, 0
        for name, weight in zip((*STAGES, "answer"), self._weights, strict=True):
            said = getattr(trace, name)
            start = text.index(said, text.index("]", end))
            end = start + len(said)
            yield start, weight
            yield end, USUAL


def _gold(item: Item) -> Trace:
    """The gold trace of an item, its answer in the form that the prompt asks for."""
    stages = {stage: getattr(item.trace, stage).strip() for stage in STAGES}
    return replace(item.trace, **stages, answer=right_answer(item))
