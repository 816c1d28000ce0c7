"""How a machine computes while a model learns: on how many cores, and with memory that is kept from step to step."""

import ctypes
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import torch

from auscult.models.folders import Opened

SMALL = 50_000_000
"""Parameters below which a model on a CPU computes on one core, as when it answers."""
TRIM, MAP = -1, -3
"""Numbers by which ``mallopt`` of glibc knows what it is to set."""
NEVER, LARGEST = -1, 32 << 20
"""Never gives back; bytes up to which a piece of memory is kept: the most that every glibc takes."""


@contextmanager
def threads(weights: Opened) -> Iterator[None]:
    """On a CPU a small model computes on one core: on several, its threads wait longer than they compute."""
    before = torch.get_num_threads()
    if weights.device.type == "cpu" and weights.model.num_parameters() < SMALL:
        torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


@contextmanager
def memory_kept(device: torch.device) -> Iterator[None]:
    """On a CPU, what a step frees is kept for the next one, where the C library is glibc; else nothing is changed.

    Left alone, glibc gives it back to the system and asks for it again page by page, which takes 8 % of the time of
    a packed step whose tensors are of some megabytes. At the end all that is free is given back.
    """
    libc = ctypes.CDLL(None) if sys.platform == "linux" and device.type == "cpu" else None
    if not (hasattr(libc, "mallopt") and hasattr(libc, "malloc_trim")):
        yield
        return
    assert libc
    libc.mallopt(MAP, LARGEST)
    libc.mallopt(TRIM, NEVER)
    try:
        yield
    finally:
        libc.mallopt(TRIM, 2 * LARGEST)
        libc.malloc_trim(0)
