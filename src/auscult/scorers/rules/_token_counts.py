"""Token overlap as LLaVA-Med's evaluation counts it: hits are counted in the candidate, misses in the truth."""

from collections import Counter

from auscult.records import Value

COUNTED = (Value(name="recall"), Value(name="precision"), Value(name="f1", label="F1"), Value(name="exact_match"))


def counted_overlap(candidate: str, truth: str) -> dict[str, float]:
    """``recall``, ``precision``, ``f1`` and ``exact_match`` as published, over white-space words in lower case.

    tp = candidate counts of words that the truth holds, fp = candidate counts of other words, fn = truth counts of
    words that the candidate lacks; all 0 where nothing is hit. A word said twice is hit twice, so that repetition
    raises recall. "Exact match" is distinct truth words found over all candidate words.
    """
    said, true = Counter(candidate.lower().split()), Counter(truth.lower().split())
    tp = sum(n for w, n in said.items() if w in true)
    fn = sum(n for w, n in true.items() if w not in said)
    if not tp:
        return {"recall": 0.0, "precision": 0.0, "f1": 0.0, "exact_match": 0.0}
    recall, precision = tp / (tp + fn), tp / said.total()
    return {
        "recall": recall,
        "precision": precision,
        "f1": 2 * precision * recall / (precision + recall),
        "exact_match": sum(w in said for w in true) / said.total(),
    }
