"""What a user says of how the answers of a run are judged."""

from dataclasses import dataclass, field
from pathlib import Path

from auscult.engine.limits import AskOptions, check_bounds
from auscult.errors import UserError
from auscult.models import ModelOptions
from auscult.records import AnswerType, Condition
from auscult.scorers.judges import FACTS, JudgeOptions


def usual_protocol(judge: str) -> str:
    """The judge protocol of a judge where none is named."""
    return "support" if judge == FACTS else "clinical"


@dataclass(frozen=True, kw_only=True)
class JudgingOptions:
    """How the answers of a run are judged.

    Attributes:
        protocol: name of the judge protocol.
        name: of the judge, where recorded verdicts are read: runs that one judge judged are comparable by it.
        judge: repeats, tries, decoding, parse policy.
        anchors: anchor file, made by ``auscult judge-baseline``.
        against: another run, for protocols that judge pairs.
        conditions: image conditions whose answers are judged.
        answer_types: items whose answers are judged; empty for all. Exact rules score the others.
        model: what the judge model needs beside its name.
        asking: concurrency, timeout, retries, prices; budgets of this judge model for this run in all.
    """

    protocol: str = "clinical"
    name: str = ""
    judge: JudgeOptions = field(default_factory=JudgeOptions)
    anchors: Path | None = None
    against: Path | None = None
    conditions: tuple[Condition, ...] = ("with",)
    answer_types: tuple[AnswerType, ...] = ("open", "report")
    model: ModelOptions = field(default_factory=ModelOptions)
    asking: AskOptions = field(default_factory=AskOptions)

    def check(self) -> None:
        """Refuses options that cannot mean anything.

        Raises:
            UserError: what to set instead.
        """
        self.asking.check()
        check_bounds(self.judge)
        if (self.protocol == "pairwise") != (self.against is not None):
            raise UserError("judge protocol 'pairwise' compares with another run; name it, or use another protocol")
