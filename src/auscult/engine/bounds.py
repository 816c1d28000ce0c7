"""Whether a reply fits a row: what a model or an old journal says is believed within bounds, or not."""

import math

from auscult.records import MOST_TOKENS, Reply

_TEXTS = ("text", "finish", "failure", "detail", "revision")
_COUNTS = ("tokens_in", "tokens_out", "attempts", "tokens_cached")


def misfit(reply: Reply) -> str:
    """What of a reply no table can hold, in words; empty where all of it fits."""
    for name in _TEXTS:
        value = getattr(reply, name)
        if not isinstance(value, str):
            return f"its {name} is no text but {type(value).__name__}"
        if not _is_unicode(value):
            return f"its {name} holds half of a character (a lone surrogate)"
    for name in _COUNTS:
        value = getattr(reply, name)
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= MOST_TOKENS:
            return f"its {name} is no count but {value!r:.40}"
    seconds = reply.seconds
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 <= seconds < math.inf:
        return f"its seconds are no time but {seconds!r:.40}"
    margin = reply.yes_margin
    if margin is not None and (isinstance(margin, bool) or not isinstance(margin, int | float) or not _finite(margin)):
        return f"its yes_margin is no number but {margin!r:.40}"
    return ""


def _finite(number: float) -> bool:
    return -math.inf < number < math.inf


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
