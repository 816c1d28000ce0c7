"""What a text metric cannot see: references with another meaning, scored beside a true paraphrase of them."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from auscult.scorers.text import _rewrite

if TYPE_CHECKING:
    from auscult.scorers.text import TextMetric

PARAPHRASE = "paraphrase"
OTHER = "another reference"
_SENTENCE_RULES: dict[str, Callable[[str], str | None]] = {
    "negated": _rewrite.negated,
    "side swapped": _rewrite.side_swapped,
    "number changed": _rewrite.number_changed,
    PARAPHRASE: _rewrite.paraphrased,
}
CHANGES = (*_SENTENCE_RULES, OTHER)
"""What is done to a reference: three changes of meaning, a true paraphrase, and a reference of another text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BlindSpots:
    """Scores of changed references against the references themselves.

    Attributes:
        scores: change → for each reference its values, or None where the change was not possible.
    """

    scores: dict[str, list[dict[str, float] | None]]

    def values(self, change: str, value: str) -> list[float]:
        """One value of all references in which a change was possible."""
        return [scores[value] for scores in self.scores[change] if scores is not None]

    def mean(self, change: str, value: str) -> float | None:
        """The mean of a value under a change; None where it was possible in no reference."""
        found = self.values(change, value)
        return math.fsum(found) / len(found) if found else None


def _rewritten(text: str, rule: Callable[[str], str | None]) -> str | None:
    """A text with every sentence changed in which it is possible; None where it is in none."""
    parts = _rewrite.sentences(text)
    changed = [rule(part) for part in parts]
    if not any(c is not None for c in changed):
        return None
    return " ".join(c if c is not None else p for c, p in zip(changed, parts, strict=True))


def _others(references: Sequence[str]) -> list[str | None]:
    """For each reference the next one that is another text."""
    found: list[str | None] = []
    for i, text in enumerate(references):
        following = (references[(i + k) % len(references)] for k in range(1, len(references)))
        found.append(next((t for t in following if t.strip().lower() != text.strip().lower()), None))
    return found


def blind_spots(metric: "TextMetric", references: Sequence[str]) -> BlindSpots:
    """Scores each reference, negated, with sides swapped, with numbers changed, paraphrased, against itself.

    Every sentence of a reference is changed in which that is possible. The paraphrase changes words; where none can be
    changed, it turns the order of the sentences round. References in which a change is not possible are not scored for
    it. The last column, another reference, shows where the scale begins.
    """
    texts = {change: [_rewritten(text, rule) for text in references] for change, rule in _SENTENCE_RULES.items()}
    texts[OTHER] = _others(references)
    texts[PARAPHRASE] = [
        new if new is not None else _rewrite.reordered(text)
        for new, text in zip(texts[PARAPHRASE], references, strict=True)
    ]
    pairs = [(t, r) for c in CHANGES for t, r in zip(texts[c], references, strict=True) if t is not None]
    found = iter(metric.score(pairs))
    return BlindSpots(scores={c: [next(found) if t is not None else None for t in texts[c]] for c in CHANGES})
