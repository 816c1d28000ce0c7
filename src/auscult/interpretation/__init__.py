"""Image to text, as Das et al. 2025 (arXiv 2508.07031) test it: named tasks of reading, on whatever is known of a case.

A task asks its own question of every case whose data say what is right: what a data set asks itself, and in which
words, does not matter. This room makes the questions and reads what came of them; asking is an evaluation like others.
"""
