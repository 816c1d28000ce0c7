"""Clinical text → facts (finding, present / absent / uncertain, side, place, size), and facts against facts.

No language model: lexicons, scope rules and a small hierarchy. It reads what a text says; it does not judge whether
that is good medicine.
"""

from auscult.facts._describe import sizes
from auscult.facts.checking import (
    Checked,
    Entailment,
    Tally,
    compare,
    entailment,
    findings_named,
    merged,
    same_size,
    tally,
)
from auscult.facts.lexicon import is_a
from auscult.facts.reading import canonical, presence_of, read_facts

__all__ = [
    "Checked",
    "Entailment",
    "Tally",
    "canonical",
    "compare",
    "entailment",
    "findings_named",
    "is_a",
    "merged",
    "presence_of",
    "read_facts",
    "same_size",
    "sizes",
    "tally",
]
