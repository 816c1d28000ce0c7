"""MedHallTune's judge, its protocol as published and its rubric in our own words (arXiv 2502.20780, figure 4).

One chat an answer: a system line; a user message with caption, question, candidate, true answer and rubric; a second
user message with the baseline system's answer and its whole scored judgement. The baseline itself is judged first,
without that message. The first line of the reply is four numbers, an explanation follows.

Published was: model ``gpt-4o``, decoding at the server's defaults. These are sent as what they are there, temperature 1
and top_p 1, with no seed; replies are bounded to ``MAX_TOKENS``. What the published program could not read ended it;
here it is asked again, which is what starting the program again does, and then counted.
"""

from collections.abc import Sequence

from auscult.engine.ask import Ask
from auscult.records import Call, Decoding, Message, Score
from auscult.scorers.judges import JudgeOptions, Subject, versioned
from auscult.scorers.judges._judged import Asked, Reading, judged, mean_of
from auscult.scorers.judges._prompts import fence, prompt, question_of
from auscult.scorers.judges._replies import FOUR, policy

VERSION = "1"
MAX_TOKENS = 2_048
DEFAULT_POLICY = "strict"


class MedHallTune:
    """See ``auscult.scorers.judges.Judge``."""

    name = "medhalltune"
    values = FOUR
    primary = "accuracy"
    bounds = (1.0, 10.0)

    def __init__(self, identity: str, options: JudgeOptions) -> None:
        self.options = options
        self.version = versioned(VERSION, identity, options, DEFAULT_POLICY)
        self._policy = policy(options.policy or DEFAULT_POLICY)
        temperature = 1.0 if options.temperature is None else options.temperature
        self._decoding = Decoding(temperature=temperature, max_tokens=options.max_tokens or MAX_TOKENS)
        self._asked = Asked(calls=self._calls, read=self._read, combine=mean_of)

    def _calls(self, subject: Subject) -> list[Call]:
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
        messages = [Message("system", (prompt("medhalltune-system-1"),)), Message("user", ("\n".join(asked),))]
        if self.options.anchor and (anchor := subject.anchor):
            compared = [
                prompt("medhalltune-anchor-1"),
                fence("other answer", anchor.answer, item.id),
                fence("other rating", anchor.judgement, item.id),
            ]
            messages.append(Message("user", ("\n".join(compared),)))
        return [Call(messages=tuple(messages), decoding=self._decoding)]

    def _read(self, _: Subject, __: int, text: str) -> Reading:
        values = self._policy(text)
        return Reading(values, " ".join(f"{v:g}" for v in values.values()), text)

    async def scores(self, subjects: Sequence[Subject], ask: Ask) -> list[Score]:
        """One score a subject, in the same order; the explanation is the judge's whole reply."""
        return await judged(self, subjects, ask, self._asked, self.options)


def create(identity: str, options: JudgeOptions) -> MedHallTune:
    """The published judge: without anchors where ``options.anchor`` is empty, as the baseline itself is judged.

    Raises:
        UserError: the parse policy is unknown.
    """
    return MedHallTune(identity, options)
