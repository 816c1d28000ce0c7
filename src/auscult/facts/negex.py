"""Plain NegEx, as a user would run it: what the reader is measured against, never what it uses.

Source: Chapman et al. 2001 (J Biomed Inform 34:301), with the trigger list of the 2009 release (Apache-2.0): a denial
before a concept, or after it, holds to the end of the sentence or to a terminating word.
"""

import re
from functools import lru_cache
from importlib import resources

from auscult.records import Presence


@lru_cache(maxsize=1)
def _triggers() -> tuple[re.Pattern[str], dict[str, str]]:
    """All triggers in one pattern, the longest first, and the kind of each."""
    text = (resources.files("auscult.data") / "lexicons" / "negex" / "triggers.txt").read_text("utf-8")
    kinds: dict[str, str] = {}
    for line in text.splitlines():
        phrase, _, kind = line.partition("\t")
        if phrase.strip():
            kinds.setdefault(" ".join(phrase.lower().split()), kind.strip().strip("[]"))
    ordered = sorted(kinds, key=len, reverse=True)
    pattern = "|".join(r"\s+".join(map(re.escape, p.split())) for p in ordered)
    return re.compile(rf"(?<!\w)(?:{pattern})(?!\w)"), kinds


def negex(sentence: str, start: int, end: int) -> Presence:
    """Whether NegEx calls the concept at characters ``start`` to ``end`` denied (absent), possible, or affirmed."""
    pattern, kinds = _triggers()
    text = sentence.lower()
    found = [
        (m.start(), m.end(), kinds[" ".join(m[0].split())])
        for m in pattern.finditer(text)
        if m.end() <= start or m.start() >= end
    ]
    for first, _, kind in reversed([f for f in found if f[0] < start]):
        if kind == "CONJ":
            break
        if kind in ("PREN", "PREP") and first < start:
            return "absent" if kind == "PREN" else "uncertain"
    for _, _, kind in (f for f in found if f[0] >= end):
        if kind == "CONJ":
            break
        if kind in ("POST", "POSP"):
            return "absent" if kind == "POST" else "uncertain"
    return "present"
