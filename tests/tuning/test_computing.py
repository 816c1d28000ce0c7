"""Memory that a step frees is kept for the next one, and given back at the end."""

import ctypes
import resource
import sys
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")

from auscult.tuning.computing import memory_kept  # noqa: E402

GLIBC = sys.platform == "linux" and hasattr(ctypes.CDLL(None), "malloc_trim")


def pages_asked_for(steps: int) -> int:
    """Pages that the system has handed out while so many steps each took and freed 20 tensors of 4 MB."""

    def step() -> None:
        del [torch.ones(1 << 20) for _ in range(20)][:]

    step()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(steps):
        step()
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before


def pages_held() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1])


@pytest.mark.skipif(not GLIBC, reason="of the memory of glibc")
def test_what_a_step_frees_is_not_asked_of_the_system_again() -> None:
    with memory_kept(torch.device("cpu")):
        assert pages_asked_for(10) < 10_000  # 21,000 where it goes back; 205,000 were all of it asked for again
        kept = pages_held()
    assert pages_held() < kept - 10_000, "what was kept was to be given back"


def test_on_a_gpu_the_memory_of_the_cpu_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ctypes, "CDLL", None)
    with memory_kept(torch.device("cuda")):
        pass
