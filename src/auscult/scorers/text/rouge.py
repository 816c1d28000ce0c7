"""``rouge``: ROUGE-1, ROUGE-2 and ROUGE-L as Google's ``rouge_score`` computes them, with stemming; F of each.

Lin 2004, *ROUGE: A Package for Automatic Evaluation of Summaries*. Tokens are runs of a-z and 0-9 in the lower-cased
text; those of more than three characters are stemmed. An answer of one word has ROUGE-2 0 even where it is right.
"""

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple, TypeVar

from auscult.records import Value
from auscult.scorers.text import TextMetric, text_instrument
from auscult.scorers.text._porter import stem
from auscult.scorers.text._scripts import mostly_ascii

Gram = TypeVar("Gram")
_TOKEN = re.compile(r"[a-z0-9]+")


class _Text(NamedTuple):
    """What is counted once a text: tokens, unigrams, bigrams, and a bit mask of each token's places."""

    tokens: list[str]
    single: Counter[str]
    double: Counter[tuple[str, str]]
    places: dict[str, int]


@lru_cache(maxsize=4_096)
def _read(text: str) -> _Text:
    tokens = [stem(t) if len(t) > 3 else t for t in _TOKEN.findall(text.lower())]
    places: dict[str, int] = {}
    for i, token in enumerate(tokens):
        places[token] = places.get(token, 0) | 1 << i
    return _Text(tokens, Counter(tokens), Counter(zip(tokens, tokens[1:], strict=False)), places)


def _f(hits: int, candidate: int, reference: int) -> float:
    """Harmonic mean of precision and recall; 0 where there are no hits."""
    precision, recall = hits / max(candidate, 1), hits / max(reference, 1)
    return 2 * precision * recall / (precision + recall) if hits else 0.0


def _shared(a: Counter[Gram], b: Counter[Gram]) -> int:
    return sum(min(count, b[gram]) for gram, count in a.items() if gram in b)


def _longest_common(tokens: list[str], other: _Text) -> int:
    """Length of the longest common subsequence: one column of the table is one number (Hyyrö 2004)."""
    full = (1 << len(other.tokens)) - 1
    column = full
    for token in tokens:
        hits = column & other.places.get(token, 0)
        column = ((column + hits) | (column - hits)) & full
    return len(other.tokens) - column.bit_count()


def rouge_scores(candidate: str, reference: str) -> dict[str, float]:
    """The F of ROUGE-1, ROUGE-2 and ROUGE-L of one pair."""
    a, b = _read(candidate), _read(reference)
    n, m = len(a.tokens), len(b.tokens)
    return {
        "rouge1": _f(_shared(a.single, b.single), n, m),
        "rouge2": _f(_shared(a.double, b.double), n - 1, m - 1),
        "rougeL": _f(_longest_common(a.tokens, b), n, m),
    }


def _scores(pairs: Sequence[tuple[str, str]]) -> list[dict[str, float]]:
    return [rouge_scores(candidate, reference) for candidate, reference in pairs]


SCORER = TextMetric(
    instrument=text_instrument(
        "rouge",
        Value(name="rougeL", label="ROUGE-L", share=False),
        Value(name="rouge1", label="ROUGE-1", share=False),
        Value(name="rouge2", label="ROUGE-2", share=False),
        source="Lin 2004",
        about="ROUGE-1, ROUGE-2, ROUGE-L, F, as rouge_score 0.1.2 with use_stemmer=True",
    ),
    score=_scores,
    reads=mostly_ascii,
)
"""A reference in other letters than a-z and 0-9, which are all that ROUGE sees, would score 0 against itself."""
