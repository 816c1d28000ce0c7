"""Whether the reason that a judge gives speaks against its own verdict ("supported: the two are mutually exclusive").

Words that tell agreement and words that tell conflict are a list (``reasons.toml``); whether they are denied is read as
in all other texts. A reason that says both decides nothing.
"""

import re
from functools import lru_cache
from typing import Literal

from auscult.facts import presence_of
from auscult.store.files import shipped_table


@lru_cache(maxsize=1)
def _phrases() -> dict[str, re.Pattern[str]]:
    table = shipped_table("data/lexicons/reasons.toml")
    return {name: re.compile(rf"\b(?:{'|'.join(table[name])})\b", re.IGNORECASE) for name in ("agrees", "conflicts")}


def told_by(reason: str) -> Literal["agrees", "conflicts", ""]:
    """What a reason says of the two things that it compares; empty where it says neither, or both."""
    found = set()
    for name, other in (("agrees", "conflicts"), ("conflicts", "agrees")):
        for match in _phrases()[name].finditer(reason):
            says = presence_of(reason, *match.span())
            found |= {name} if says == "present" else {other} if says == "absent" else set()
    if found == {"agrees"}:
        return "agrees"
    return "conflicts" if found == {"conflicts"} else ""


def contradicts_itself(stands: str, reason: str) -> bool:
    """Whether a verdict (supported, contradicted, open) and the reason that is given for it exclude each other."""
    told = told_by(reason)
    return (stands, told) in (("supported", "conflicts"), ("contradicted", "agrees"))
