"""What an answer says of the side that is not asked about: a size on the right is no size on the left.

Only of a question that names one side. A stretch of an answer, from comma to comma, is about the side that it names;
one that names none goes on about the last side where it begins as a continuation does ("measuring", "which", a number),
or where that side was set before it ("on the right, the cyst ..."). In doubt it is about either.
"""

import re

from auscult.facts.asking import parted

_SIDE = re.compile(r"\b(left|right)(?=\b|ward|most)")
_AGREES = re.compile(r"^\W*right(?=\s*[,.!;:])|(?:\ball|that's|that is|you are|you're|\bis) right(?=\s*[,.!?;:]|\s*$)")
_JOINED = re.compile(r"\b(?:left|right),? (?:and|or|&) (?:the )?(?:left|right)\b|\b(?:left|right)/(?:left|right)\b")
_STRETCH = re.compile(r"(?:[,;:]\s|[.!?]\s|\n|\s(?:and|but|while|whereas|with|versus|vs\.?)\s)+")
_GOES_ON = re.compile(
    r"\W*(?:about |approximately |around |roughly |of |is |it |its |it's |this |that |which |also |\(|~)*"
    r"(?:\d|measur|siz|long|wide|thick|deep|diameter|extend|spann|one\b|two\b|three\b|four\b|five\b|six\b|ten\b)"
)
_SETS = re.compile(r"\W*(?:in|on|at|to|of|for|within) (?:the |its )?(?:left|right)\b")
_SAYS = re.compile(r"\d|\b(?:is|are|was|were|has|have|shows?|appears?|no|not|without|normal|clear|measures?)\b")


def side_asked(question: str) -> str:
    """The one side that a question names; empty where it names none or both."""
    named = set(_SIDE.findall(parted(question).question.lower()))
    return named.pop() if len(named) == 1 else ""


def without_the_other_side(text: str, side: str) -> str:
    """A text in lower case without what it says of the other side; as it is where no side is asked about."""
    if not side or "respectively" in text:
        return text
    told = _AGREES.sub(_blank, text)
    told = _JOINED.sub(_blank, told)
    kept, last, before, end = [], "", "", 0
    for mark in [*_STRETCH.finditer(told), None]:
        start, stop = end, mark.start() if mark else len(told)
        part = told[start:stop]
        named = set(_SIDE.findall(part))
        if len(named) == 1:
            about = named.pop()
            shared = _SIDE.findall(before) == [side] and not _SAYS.search(before)  # "in the left and the right kidney"
            about = side if shared else about
        elif named:
            about = ""
        else:
            about = last if _GOES_ON.match(part) or _SETS.match(before) else ""
        end = mark.end() if mark else stop
        gap = told[stop:end]
        kept.append(text[start:end] if about in ("", side) else " " * (stop - start) + text[stop:end])
        last, before = about or last, "" if re.search(r"[.!?]\s|\n", gap) else part
    return "".join(kept)


def _blank(found: re.Match[str]) -> str:
    return " " * len(found[0])
