"""One stage of a trace that is put to a judge, and whether it is wrong."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from auscult.certificates.planting.nouns import item_of
from auscult.models.scripted import DRAW, ERRORS
from auscult.records import Answer, AnswerType, Case, Trace, answer_id, digest
from auscult.scorers.judges import Subject

PHANTOMS, BY_HAND, BY_HAND_DEVELOPMENT = "phantoms", "written by hand", "written by hand, development half"
REAL, REAL_PLANTED = "traces of a real model", "traces of a real model, error planted"
LABELLED = "hidden-flaws-gpt-4v"
AFTER_WRONG_EYES = "after a wrong first stage"
"""Kind of a right reasoning that follows from what was wrongly seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Put:
    """One stage.

    Attributes:
        origin: where it comes from.
        stage: which one is judged.
        kind: of the error; of a right stage, how it was made, or empty.
        degree: slight, gross; empty where it is right or nobody says.
        wrong: whether it is wrong; None where nobody knows.
        cluster: scene, case or report; stages of one are not independent.
        subject: as the judge gets it.
    """

    origin: str
    stage: str
    kind: str
    degree: str
    wrong: bool | None
    cluster: str
    subject: Subject

    @property
    def id(self) -> str:
        """Of what is asked: the answer and its stage."""
        return f"{self.subject.answer.id} {self.stage}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question about a case, with its gold trace.

    Attributes:
        origin: where it comes from.
        cluster: what its stages share.
        case: what is known of the image.
        question: as it is asked.
        reference: the right answer.
        gold: the right stages; empty where none are known.
        answer_type: of the question.
        options: of a choice.
    """

    origin: str
    cluster: str
    case: Case
    question: str
    reference: str
    gold: Trace = Trace()
    answer_type: AnswerType = "open"
    options: Sequence[str] = ()

    def put(self, stage: str, trace: Trace | str, wrong: bool | None = False, kind: str = "", degree: str = "") -> Put:
        """A stage of an answer to it; a trace as text is put as it stands."""
        text = trace if isinstance(trace, str) else trace.text
        tags = {ERRORS: str(int(bool(wrong))), DRAW: digest(text, stage)}
        item = item_of(self.case.id, self.question, self.reference, self.answer_type, self.options, tags=tags)
        answer = Answer(
            id=answer_id(item.id, "planted", "planted", "with", {"text": digest(text)}, 0),
            item_id=item.id,
            case_id=self.case.id,
            model="planted",
            protocol="planted",
            text=trace.answer if isinstance(trace, Trace) else "",
            trace=text,
        )
        return Put(
            origin=self.origin,
            stage=stage,
            kind=kind,
            degree=degree,
            wrong=wrong,
            cluster=self.cluster,
            subject=Subject(item=replace(item, trace=self.gold), case=self.case, answer=answer),
        )
