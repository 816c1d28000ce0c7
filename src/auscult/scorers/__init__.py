"""Answers → scores: one file a scorer. A scorer says what it read from one answer, and never guesses.

``rules`` read the text alone, ``text`` measures it against the reference, ``judges`` ask a model (or the fact checker).
Each declares one ``Instrument``. A published rule stands under its system's name (``llava-med-closed``), beside the
sound one (``closed``).
"""

from auscult.registry import Room
from auscult.scorers.scoring import (
    ACCURACY,
    PREMISE_FORMS,
    SAYS_YES,
    UNCLEAR,
    Scorer,
    Verdict,
    bears_premise,
    score,
)

__all__ = [
    "ACCURACY",
    "PREMISE_FORMS",
    "ROOM",
    "SAYS_YES",
    "UNCLEAR",
    "Scorer",
    "Verdict",
    "bears_premise",
    "score",
    "scorers_for",
]

ROOM = Room("auscult.scorers.rules", "scorer", "auscult.scorers", needs="SCORER")


def scorers_for(answer_types: set[str]) -> list[Scorer]:
    """All scorers that apply to any of these answer types, sound ones first."""
    found = [ROOM.get(name).SCORER for name in ROOM.names()]
    return sorted((s for s in found if s.answer_types & answer_types), key=lambda s: (bool(s.published), s.name))
