"""Answers that go through options and say of each whether it is the one: "A: wrong", "| MRI | correct |", "CT - no"."""

import re
from functools import lru_cache

from auscult.facts.options import Options
from auscult.facts.reply.phrases import any_of, table
from auscult.scorers.rules._choice.whole import whole

_AROUND = " \t|:(=→,;*"
_ENDS = re.compile(r"[.;!?]\s+")
_HEAD = 150  # characters before a verdict in which its option stands


@lru_cache(maxsize=1)
def _verdict() -> re.Pattern[str]:
    told = table("choosing")
    end = r"(?=\s*(?:$|[.,;|)(\n]|(?:because|as|since)\b))"
    return re.compile(
        rf"(?:[|:()=→]\s*|\s[-–—]\s+|\s(?:(?:is|are)\s+|(?=fit|match|do|can|would)))(?:({any_of(told['wrong'])})|({any_of(told['right'])})){end}",
        re.I,
    )


def ballot(text: str, options: Options) -> tuple[int | None, list[int], str]:
    """The one option that is called right, those that are called wrong, and the text without what says so of these."""
    right, wrong, kept, last = set[int](), set[int](), list[str](), 0
    for m in _verdict().finditer(text):
        if (m[1] or m[2]).lower() in options.by_first:
            continue
        start = max(last, m.start() - _HEAD)
        start = max(start, text.rfind("\n", start, m.start()) + 1)
        head = text[start : m.start()]
        index = whole(head.strip(_AROUND), options)
        if index is None:
            head = _ENDS.split(head)[-1]
            start, index = m.start() - len(head), whole(head.strip(_AROUND), options)
        if isinstance(index, int):
            (wrong if m[1] else right).add(index)
            if m[1]:
                kept.append(text[last:start])
                last = m.end()
    if len(right) == 1 and right.isdisjoint(wrong):
        return right.pop(), sorted(wrong), text
    return None, sorted(wrong), "".join([*kept, text[last:]])
