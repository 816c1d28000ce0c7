"""LLaVA-Med on open questions."""

from collections.abc import Iterator

import numpy as np
from benchmarks.published_defects.recorded import Said, every, recorded, sound_of
from benchmarks.published_defects.table import Row, estimate

from auscult.scorers import create


def of_open_questions() -> Iterator[Row]:
    """LLaVA-Med on open questions."""
    said = recorded("open")
    rule = create("token-f1").rule
    values = np.array([np.nan if s.text is None else rule(s.item, s.text).values.get("recall", 0.0) for s in said])
    sound = estimate(values, [s.group for s in said], "recall", "token-f1")
    yield Row(
        "LLaVA-Med",
        "open recall counts a repeated word again: “left left left”",
        every(said, "llava-med-open"),
        sound,
        "each word of the truth is found once",
    )

    def misnamed(s: Said) -> float:
        told, truth = (s.text or "").lower().split(), set(s.item.reference.lower().split())
        return len(truth & set(told)) / len(told) if told else 0.0

    exact = sound_of(said, "exact-match", "exact match")
    yield Row(
        "LLaVA-Med",
        "“exact match” is the share of words that hit",
        float(np.mean([misnamed(s) for s in said])),
        exact,
        "the whole answer is the truth",
    )
