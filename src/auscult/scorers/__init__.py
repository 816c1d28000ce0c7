"""Answers → scores: one file a scorer. A scorer says what it read from one answer, and never guesses.

``rules`` read the text alone, ``text`` measures it against the reference, ``judges`` ask a model (or the fact checker).
Each declares one ``Instrument``. A published rule stands under its system's name (``llava-med-closed``), beside the
sound one (``closed``). ``select`` makes the scorers of ``--scorers``.
"""

from auscult.scorers.options import ScorerOptions
from auscult.scorers.scoring import (
    ACCURACY,
    PREMISE_FORMS,
    SAYS_YES,
    UNCLEAR,
    Scorer,
    Verdict,
    bears_premise,
    row,
    score,
)
from auscult.scorers.selection import create, rules_for, select
from auscult.scorers.text import TextMetric

__all__ = [
    "ACCURACY",
    "PREMISE_FORMS",
    "SAYS_YES",
    "UNCLEAR",
    "Scorer",
    "ScorerOptions",
    "TextMetric",
    "Verdict",
    "bears_premise",
    "create",
    "row",
    "rules_for",
    "score",
    "select",
]
