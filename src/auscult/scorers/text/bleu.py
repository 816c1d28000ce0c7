"""``bleu``: sentence BLEU-4 as NLTK computes it with smoothing method 1, on whitespace tokens, case kept.

Papineni et al. 2002; Chen and Cherry 2014, method 1: an order with no match counts as 0.1 matches. Under four
words a text has no 4-grams, so a right answer of one word has .178 and not 1.
"""

import math
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

from auscult.records import Value
from auscult.scorers.text import TextMetric, text_instrument
from auscult.scorers.text._scripts import parts_words

ORDERS, EPSILON = 4, 0.1
Grams = tuple[Counter[tuple[str, ...]], ...]


@lru_cache(maxsize=4_096)
def _grams(text: str) -> tuple[int, Grams]:
    """The number of tokens, and the counts of 1-grams to 4-grams."""
    tokens = text.split()
    shifted = [tokens[k:] for k in range(ORDERS)]
    return len(tokens), tuple(Counter(zip(*shifted[:n], strict=False)) for n in range(1, ORDERS + 1))


def bleu_score(candidate: str, reference: str) -> float:
    """BLEU of one pair, 0 to 1; 0 where no word is shared."""
    size, grams = _grams(candidate)
    reference_size, reference_grams = _grams(reference)
    logs: list[float] = []
    for own, other in zip(grams, reference_grams, strict=True):
        hits = sum(min(count, other[gram]) for gram, count in own.items() if gram in other)
        if not hits and not logs:
            return 0.0
        logs.append(math.log((hits or EPSILON) / max(1, own.total())) / ORDERS)
    brevity = 1.0 if size > reference_size else math.exp(1 - reference_size / size)
    return brevity * math.exp(math.fsum(logs))


def _scores(pairs: Sequence[tuple[str, str]]) -> list[dict[str, float]]:
    return [{"bleu": bleu_score(candidate, reference)} for candidate, reference in pairs]


SCORER = TextMetric(
    instrument=text_instrument(
        "bleu",
        Value(name="bleu", label="BLEU", share=False),
        source="Papineni et al. 2002; Chen and Cherry 2014",
        about="sentence BLEU-4 as nltk 3.10 with smoothing method 1 (single reference, whitespace tokens, cased)",
    ),
    score=_scores,
    reads=parts_words,
)
