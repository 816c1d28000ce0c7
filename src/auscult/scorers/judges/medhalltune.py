"""MedHallTune's judge, its protocol as published and its rubric in our own words (arXiv 2502.20780, figure 4).

One chat an answer: a system line; a user message with caption, question, candidate, true answer and rubric; a second
user message with the baseline system's answer and its whole scored judgement. The baseline itself is judged first,
without that message. The first line of the reply is four numbers, an explanation follows.

Published was: model ``gpt-4o``, decoding at the server's defaults. These are sent as what they are there, temperature 1
and top_p 1, with no seed; replies are bounded as those of every judge. What the published program could not read ended
it; here it is asked again, which is what starting the program again does, and then counted.
"""

from auscult.records import Call
from auscult.scorers.judges import JudgeOptions, Subject
from auscult.scorers.judges.asking import ModelJudge, Reading, call_of, fence, judge_instrument, prompt, question_of
from auscult.scorers.judges.clinical import graded
from auscult.scorers.judges.replies import FOUR, policy

DEFAULT_POLICY = "strict"


def create(identity: str, options: JudgeOptions) -> ModelJudge:
    """The published judge: without anchors where ``options.anchor`` is empty, as the baseline itself is judged.

    The explanation of a score is the judge's whole reply.

    Raises:
        UserError: the parse policy is unknown.
    """
    grades = policy(options.policy or DEFAULT_POLICY)

    def calls(subject: Subject) -> list[Call]:
        """The published order: what a server could share between calls, the rubric, comes after what it cannot."""
        item, case = subject.item, subject.case
        asked = [
            fence("caption", case.annotation, case.id),
            fence("question", question_of(item), item.id),
            fence("answer", subject.answer.text, item.id),
            fence("true answer", item.reference, item.id),
            "",
            prompt("medhalltune-rubric-1"),
        ]
        turns = [prompt("medhalltune-system-1"), "\n".join(asked)]
        if options.anchor and (anchor := subject.anchor):
            compared = [
                prompt("medhalltune-anchor-1"),
                fence("other answer", anchor.answer, item.id),
                fence("other rating", anchor.judgement, item.id),
            ]
            turns.append("\n".join(compared))
        return [call_of(options, *turns, temperature=1.0)]

    def read(_: Subject, __: int, text: str) -> Reading:
        values = grades(text)
        return Reading(values, " ".join(f"{v:g}" for v in values.values()), text)

    source = "arXiv 2502.20780, figure 4"
    values = graded(*FOUR)
    instrument = judge_instrument("medhalltune", "1", identity, options, *values, policy=DEFAULT_POLICY, source=source)
    return ModelJudge(instrument=instrument, options=options, calls=calls, read=read)
