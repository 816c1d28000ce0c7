"""A diagnosis of traces that were written elsewhere: nothing is asked, all else is done as ever."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from auscult.corpora.recorded.traces import RecordedTrace, RecordedTraces
from auscult.diagnosis.arms import ARMS, BASELINE, Arm, chosen
from auscult.engine.ask import Ask
from auscult.errors import UserError, known_names
from auscult.facts.traces import ReadTrace
from auscult.items.item_set import ItemSet
from auscult.models import Model
from auscult.protocols import Question
from auscult.protocols.stages import InStages
from auscult.records import Answer, Call, Reply, digest
from auscult.store.files import content_hash

NOT_RECORDED = "not_recorded"


class Recording(Model):
    """Recorded traces in the place of a model.

    Args:
        path: as for ``RecordedTraces``.
        items: whose items the traces answer.

    Attributes:
        called: the models that wrote the traces, where they say it, else the file's name.
        notes: what must be said of them, in whole sentences.

    Raises:
        UserError: there are no traces, or none of a baseline, or an arm is unknown.
    """

    recorded = True

    def __init__(self, path: Path, items: ItemSet) -> None:
        self.traces = RecordedTraces(path, items.named())
        files = sorted(path.rglob("*.jsonl")) if path.is_dir() else [path]
        self.identity = f"traces:{digest([[file.name, content_hash(file)] for file in files])}"
        self.called = ", ".join(self.traces.models) or path.resolve().name
        for arm, where in self.traces.places.items():
            if arm not in ARMS:
                raise UserError(f"{where}: unknown arm '{arm}'; {known_names(arm, ARMS)}")
        if BASELINE not in self.traces.arms:
            raise UserError(f"{path}: holds no trace of the arm '{BASELINE}', which all others are compared with")
        self._arms = tuple(arm for name, arm in ARMS.items() if name in self.traces.arms and _known(arm))
        others = ", ".join(sorted(self.traces.arms.keys() - {arm.name for arm in self._arms}))
        left = f"Recorded arms of which it is not known what was given in them are left out: {others}."
        self.notes = (*self.traces.notes(), *([left] if others else []))

    def chosen(self, names: Sequence[str]) -> tuple[Arm, ...]:
        """The arms of some names that are recorded, as far as it is known what was given in them.

        Raises:
            UserError: a name is unknown.
        """
        wanted = chosen(names)
        return tuple(arm for arm in self._arms if arm in wanted)

    async def reply(self, calls: Sequence[Call]) -> list[Reply]:
        """Recorded traces are looked up by arm, and never asked.

        Raises:
            UserError: always.
        """
        raise UserError("recorded traces answer no questions")


def _known(arm: Arm) -> bool:
    return not (arm.foreign or arm.text_only)


@dataclass(kw_only=True, eq=False)
class RecordedInStages(InStages):
    """Gives the traces that are recorded, read as a protocol reads its own.

    Attributes:
        inner: the protocol.
        traces: that are recorded.
    """

    version = "1"
    inner: InStages
    traces: RecordedTraces

    @property
    def most_tries(self) -> int:
        """None: nothing is asked."""
        return 0

    def call(self, question: Question) -> Call:
        """As the protocol would put it."""
        return self.inner.call(question)

    def read(self, trace: str) -> ReadTrace:
        """As the protocol reads it."""
        return self.inner.read(trace)

    async def answers(self, group: Sequence[Question], ask: Ask) -> Sequence[Answer]:
        """One answer a question; what is not recorded is missing."""
        found = {item: self.traces.of(item) for item in {question.item.id for question in group}}
        return [self._answer(q, found[q.item.id].get((q.arm or BASELINE, q.repeat))) for q in group]

    def _answer(self, question: Question, found: RecordedTrace | None) -> Answer:
        bare = replace(question, given={})  # a recorded trace holds what was given
        if found is None:
            return self.inner.answer(bare, [Reply(failure=NOT_RECORDED, detail="no trace is recorded", attempts=0)])
        if found.failure:
            return self.inner.answer(bare, [Reply(failure=NOT_RECORDED, detail=f"{found.failure} ({found.where})")])
        answer = self.inner.answer(bare, [Reply(text=found.text, finish="stop")])
        return replace(answer, stages=dict(question.given), attempts=found.attempts)
