"""Two texts → numbers: METEOR, ROUGE, BLEU, BERTScore. Nothing here knows items, answers or runs.

The name of a metric says whose implementation it equals. What these metrics cannot see is measured beside them:
``blind_spots``.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from auscult.records import Condition, Instrument, Item, Value
from auscult.scorers.text._blind_spots import CHANGES, BlindSpots, blind_spots

__all__ = ["CHANGES", "BlindSpots", "TextMetric", "blind_spots", "text_instrument"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TextMetric:
    """A way to compare a candidate with one reference, and what it is.

    Attributes:
        instrument: name, version, values; ``about`` says whose implementation it equals, with what settings.
        score: (candidate, reference) pairs → values of each, in their order; an empty text has values too.
        reads: whether it can measure against a reference.
        notes: what must be read with the scores made so far.
    """

    instrument: Instrument
    score: Callable[[Sequence[tuple[str, str]]], list[dict[str, float]]]
    reads: Callable[[str], bool] = lambda reference: True
    notes: Callable[[], tuple[str, ...]] = tuple

    def applies(self, item: Item, condition: Condition) -> bool:
        """Whether it measures answers to that item under an image condition."""
        i = self.instrument
        asked = item.answer_type in i.answer_types and condition in i.conditions
        return asked and bool(item.reference.strip()) and self.reads(item.reference)


def text_instrument(name: str, *values: Value, version: str = "1", source: str, about: str) -> Instrument:
    """What a text metric is: it scores open answers and reports, with their own image."""
    return Instrument(
        name=name,
        version=version,
        kind="text",
        values=values,
        source=source,
        about=about,
        conditions=frozenset({"with"}),
    )
