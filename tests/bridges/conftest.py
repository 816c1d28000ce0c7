"""Inspect AI, kept off the screen, the network and the user's folders."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("inspect_ai")


@pytest.fixture(autouse=True)
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Data of Inspect goes to a folder of the test; nothing is shown, and no connection leaves this machine."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("INSPECT_DISPLAY", "none")


_CONNECTED: list[str] = []


def _note(event: str, args: tuple[object, ...]) -> None:
    if event == "socket.connect" and isinstance(args[1], tuple) or event == "socket.getaddrinfo":
        _CONNECTED.append(f"{event} {args[1:]}")


sys.addaudithook(_note)


@pytest.fixture(autouse=True)
def unconnected() -> Iterator[None]:
    """Fails a test in which anything looked up or connected to a host."""
    _CONNECTED.clear()
    yield
    assert not _CONNECTED
