"""Replies that take no position, which is the model's own doing; asked where a reader found nothing."""

from typing import Literal

from auscult.facts.reply.declining import declined
from auscult.facts.reply.parts import answer_part, plain
from auscult.facts.reply.tongue import is_language

Silence = Literal["", "empty", "cut short", "refused", "no language"]


def silent(text: str) -> Silence:
    """Why a reply in which nothing was read takes no position; empty where it may take one that was not understood."""
    said = plain(text)
    if not said.strip():
        reply = answer_part(text)
        return "" if reply.too_long else "cut short" if reply.thought_open else "empty"
    if declined(said) is not None:
        return "refused"
    return "" if is_language(said) else "no language"
