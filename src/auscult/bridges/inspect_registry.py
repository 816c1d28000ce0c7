"""What Inspect AI finds through the entry point of this package: the task ``auscult/items`` and its scorers."""

from auscult.bridges._inspect_items import items
from auscult.bridges._inspect_scorers import SCORERS, figures

__all__ = ["SCORERS", "figures", "items"]
