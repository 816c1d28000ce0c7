"""A grid of tunings: a plan in, a committed row of results a cell, and what the arms do to each other, out.

A cell is an arm with a seed: it is tuned, then evaluated on every set of the plan. The room says what came of it; how
a model learns is said in ``tuning``, how it is asked in ``runs``.
"""
