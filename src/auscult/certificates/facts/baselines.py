"""Plain NegEx, and plain keywords: what a user would run instead of a facts reader.

The algorithm of Chapman et al. (J Biomed Inform 34:301, 2001) with the trigger list of its 2009 release (Apache-2.0); a
trigger reaches a number of tokens, or to the end of the sentence as in the authors' later code.
"""

import re
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

WINDOW = 6
"""Tokens that a trigger reaches over."""
BEFORE, AFTER, BETWEEN, FALSE = "PREN", "POST", "CONJ", "PSEU"
_TOKEN = re.compile(r"[A-Za-z0-9]+(?:[-'][A-Za-z0-9]+)*")


@dataclass(frozen=True)
class NegEx:
    """Triggers by kind, and how far they reach.

    Attributes:
        triggers: phrase in lower case → PREN, POST, CONJ, PSEU; the list's kinds for "possible" are left out.
        window: tokens between a trigger and what it negates; None to the end of the sentence.
    """

    triggers: dict[str, str]
    window: int | None = WINDOW
    _pattern: re.Pattern[str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Compiles the triggers, the longest first."""
        words = sorted(self.triggers, key=len, reverse=True)
        joined = "|".join(r"\s+".join(map(re.escape, w.split())) for w in words)
        object.__setattr__(self, "_pattern", re.compile(rf"(?<![\w-])(?:{joined})(?![\w-])", re.I))

    def negated(self, sentence: str, start: int, end: int) -> bool:
        """Whether a trigger negates the words from ``start`` to ``end`` of one sentence."""
        found = [(m.start(), m.end(), self._kind(m[0])) for m in self._pattern.finditer(sentence)]
        for low, high, kind in found:
            if kind == BEFORE and high <= start:
                gap, stops = sentence[high:start], [f for f in found if high <= f[0] and f[1] <= start]
            elif kind == AFTER and low >= end:
                gap, stops = sentence[end:low], [f for f in found if end <= f[0] and f[1] <= low]
            else:
                continue
            near = self.window is None or len(_TOKEN.findall(gap)) <= self.window
            if near and not any(s[2] == BETWEEN for s in stops):
                return True
        return False

    def _kind(self, words: str) -> str:
        return self.triggers[" ".join(words.lower().split())]


@cache
def triggers() -> dict[str, str]:
    """The published list: phrase in lower case → kind."""
    text = (files("auscult.data") / "lexicons" / "negex" / "triggers.txt").read_text("utf-8")
    rows = (re.fullmatch(r"\s*(.+?)\t+\s*\[(\w+)\]\s*", line) for line in text.splitlines())
    return {" ".join(m[1].lower().split()): m[2] for m in rows if m and m[2] in (BEFORE, AFTER, BETWEEN, FALSE)}


KEYWORDS: dict[str, str] = {
    "Atelectasis": r"atelecta\w*|lobar collapse|collapsed lung",
    "Cardiomegaly": r"cardiomegaly|(?:heart|cardiac (?:silhouette|shadow)|heart size) "
    r"(?:is |remains |appears )?(?:\w+ )?"
    r"enlarged|enlarged (?:heart|cardiac silhouette)|cardiac enlargement|"
    r"enlargement of the (?:heart|cardiac silhouette)",
    "Effusion": r"(?:pleural )?effusions?|pleural fluid",
    "Infiltration": r"infiltrat\w*",
    "Mass": r"mass(?:es)?",
    "Nodule": r"nodul\w+",
    "Pneumonia": r"pneumonias?|pneumonitis",
    "Pneumothorax": r"pneumothora\w+|hydropneumothora\w+",
    "Consolidation": r"consolidat\w+",
    "Edema": r"o?edema",
    "Emphysema": r"emphysem\w*",
    "Fibrosis": r"fibros\w+|fibrotic",
    "Pleural_Thickening": r"pleural thickening|thicken\w+ of the pleura|apical thickening",
}
"""A plain phrase list for each finding of the gold table; both baselines use it."""
_FINDINGS = {name: re.compile(rf"\b(?:{words})\b", re.I) for name, words in KEYWORDS.items()}
_STOP = re.compile(r"(?<=[.!?;])\s+|\n")


def mentioned(text: str) -> set[str]:
    """Findings whose words occur."""
    return {name for name, pattern in _FINDINGS.items() if pattern.search(text)}


def asserted(text: str, negex: NegEx) -> set[str]:
    """Findings of which one mention is not negated."""
    return {
        name
        for sentence in _STOP.split(text)
        for name, pattern in _FINDINGS.items()
        if any(not negex.negated(sentence, *m.span()) for m in pattern.finditer(sentence))
    }
