"""An instrument, put to the test on known truth → a certificate.

Each part is a package (or an entry point ``auscult.certificates``) with ``certify(options, show)``; the annotation of
``options`` is the dataclass from which ``auscult calibrate`` makes the command's options. Parts that ask a model have
``forecast(options)`` too, and a folder ``work`` among their options. The part's docstring is the command's help.
"""

from auscult.registry import Room

SHARED = frozenset({"asking", "cells", "human_labels", "options", "planting", "recorded", "trial"})
"""Modules that are no parts."""
ROOM = Room("auscult.certificates", "certificate", group="auscult.certificates", needs="certify", exclude=SHARED)
