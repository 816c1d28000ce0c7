"""The tables of a run → numbers with their intervals, comparisons, decisions."""
