"""No model kind: the yes-margin of an answer, log P(yes) - log P(no) at its first token, from what a server lists."""

import math
from collections.abc import Iterable, Mapping

BLANKS = " \t\n\u2581\u0120\u010a"
"""White space, and how tokenizers write it: SentencePiece's U+2581, byte-level G and C with a dot."""
TOP = 20
"""Most likely tokens that a server is asked for: the most that OpenAI and vLLM give."""


def word_of(token: str) -> str:
    """A token without the blanks around it, in lower case."""
    return token.strip(BLANKS).casefold()


def listed_margin(top: Iterable[Mapping[str, object]]) -> float | None:
    """The yes-margin from the most likely first tokens that a server lists.

    Where one of the two words is not among them it is as likely as the least likely one that is: the true margin then
    lies at least as far from 0. None where neither is among them.

    Args:
        top: entries with ``token`` and ``logprob``, as in ``logprobs.content[0].top_logprobs``.
    """
    found: dict[str, list[float]] = {"yes": [], "no": []}
    least = 0.0
    for entry in top:
        token, value = entry.get("token"), entry.get("logprob")
        if not isinstance(token, str) or isinstance(value, bool) or not isinstance(value, int | float):
            continue
        if not -math.inf < value <= 0:
            continue
        least = min(least, value)
        if (word := word_of(token)) in found:
            found[word].append(value)
    if not found["yes"] and not found["no"]:
        return None
    yes, no = (math.log(sum(map(math.exp, values))) if values else least for values in found.values())
    return yes - no
