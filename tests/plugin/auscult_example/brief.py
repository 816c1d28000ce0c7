"""A judge protocol: one grade from 1 to 10, nothing else."""

from auscult.records import Call, Value
from auscult.scorers.judges import Judge, JudgeOptions, Subject
from auscult.scorers.judges.asking import ModelJudge, Reading, Unreadable, call_of, fence, judge_instrument

RULES = "Grade how well the candidate answers the question, from 1 to 10. Reply with the number alone."
GRADE = Value(name="grade", low=1, high=10, share=False)


def create(identity: str, options: JudgeOptions) -> Judge:
    """The judge."""

    def calls(subject: Subject) -> list[Call]:
        shown = [subject.item.question, fence("candidate", subject.answer.text, subject.item.id)]
        return [call_of(options, RULES, "\n".join(shown))]

    instrument = judge_instrument("brief", "1", identity, options, GRADE)
    return ModelJudge(instrument=instrument, options=options, calls=calls, read=_read)


def _read(subject: Subject, number: int, text: str) -> Reading:
    if text.strip() not in map(str, range(1, 11)):
        raise Unreadable(f"not a number from 1 to 10 [{text[:40]}]")
    return Reading({"grade": float(text)}, text.strip())
