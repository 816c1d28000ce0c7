import pytest

from auscult.engine import progress as module
from auscult.engine.progress import progress


def test_off_a_terminal_a_line_now_and_then_says_how_long_it_takes(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    now = 0.0
    monkeypatch.setattr(module.time, "monotonic", lambda: now)
    with progress("answering", 1000) as bar:
        for _ in range(500):  # done by an earlier run, in no time
            bar.advance()
        for _ in range(35):
            now += 1
            bar.advance()
    out, err = capsys.readouterr()
    first, second = err.splitlines()
    assert out == "" and first.startswith("answering: 510 of 1000")
    assert second == "answering: 530 of 1000, about 7 min 50 s left", "each wait is twice the one before"


def test_a_total_that_becomes_known_later_is_shown(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(module, "EVERY", 0.0)
    with progress("cells", None) as bar:
        bar.reach(1, 4)
        bar.reach(2, 4)
    assert [line.split(",")[0] for line in capsys.readouterr().err.splitlines()] == ["cells: 1 of 4", "cells: 2 of 4"]
