"""Answers that models gave, put to the readers: what was meant, what was read, and whether that holds.

Texts come from folders that the user has; a certificate keeps counts. Nothing here uses a reader of this package to say
what an answer means.
"""
