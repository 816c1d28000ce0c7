"""A grid of tunings in words: its first screen, tables, figure, CSV and LaTeX."""
