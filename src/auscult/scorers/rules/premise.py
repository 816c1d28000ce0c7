"""The premise rule; how it reads stands in ``scorers.premise``."""

from auscult.scorers.premise import SCORER

__all__ = ["SCORER"]
