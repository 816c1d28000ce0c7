"""A question for either of two findings, as the two questions that it puts together: "Is there a mass or a cyst?"."""

import re
from functools import lru_cache

from auscult.facts.asking import parted
from auscult.scorers.rules._question import analyse

_EITHER = re.compile(
    r"^(?P<opens>(?:is|are) there(?: any)?(?: (?:evidence|signs?|indication) of)?"
    r"|(?:does|do) [\w ]{2,30}? (?:show|reveal|demonstrate|contain))"
    r" (?P<one>(?!either\b)[\w -]{2,40}?),? or (?P<other>[\w -]{2,60})\??$",
    re.IGNORECASE,
)


@lru_cache(maxsize=16384)
def either(question: str) -> tuple[str, ...]:
    """The two questions of "Is there A or B?", each naming a finding of its own; none of any other question."""
    m = _EITHER.match(parted(question).question) if " or " in question else None
    if m is None:
        return ()
    found = tuple(f"{m['opens']} {one}?" for one in (m["one"], m["other"]))
    claims = [analyse(one).claim for one in found]
    return found if all(claims) and len({c.finding for c in claims if c}) == 2 else ()
