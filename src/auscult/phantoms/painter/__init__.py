"""A generator of phantoms with known faults: from a prompt's text to images and words, so that audits can be tested.

It reads the text alone, as any generator must, and knows how often it errs. It is never evidence about real ones.
"""

from auscult.phantoms.painter.faults import PRESETS, Faults
from auscult.phantoms.painter.painting import Painted, paint
from auscult.phantoms.painter.reading import Wish, understood

__all__ = ["PRESETS", "Faults", "Painted", "Wish", "paint", "understood"]
VERSION = "1"
"""Changes when any painting can change."""
