"""Runs against each other: the tables, the tests and what must be read before them, as page, terminal, CSV, LaTeX."""
