"""Replies that the limit on tokens cut off: whether an answer was complete before the cut, by its form alone.

A reader that finds the same position in what was finished may call an answer complete that does not look so; that is
``auscult.scorers``'s to say.
"""

import re

from auscult.facts.reply import answer_part
from auscult.records import Answer

CUT_SHORT = "cut short"
"""What is read of a reply that was cut off before its answer was complete."""
_END = re.compile(r"[.!?。！？…][\"'”’)\]*_`]*$")  # noqa: RUF001 - ends of sentences in other scripts
_BREAK = re.compile(r"[.!?;:,](?=\s)|[。！？；，、\n]")  # noqa: RUF001


def is_whole(text: str) -> bool:
    """Whether the thinking of a reply is closed and its answer ends a sentence, or is a single word."""
    reply = answer_part(text)
    said = reply.answer.strip()
    if reply.thought_open or not said:
        return False
    return bool(_END.search(said)) or len(said.split()) == 1


def finished(text: str) -> str:
    """The answer of a reply without the sentence, or part of one, that was cut; empty where nothing is left."""
    reply = answer_part(text)
    if reply.thought_open:
        return ""
    breaks = [m.end() for m in _BREAK.finditer(reply.answer)]
    return reply.answer[: breaks[-1]].strip() if breaks else ""


def unfinished(answer: Answer) -> bool:
    """Whether a reply was cut short before its answer was complete; one that is empty too."""
    return answer.status != "request_failed" and answer.finish == "length" and not is_whole(answer.text)
