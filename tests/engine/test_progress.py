import pytest
from rich.progress import Progress

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


def test_the_first_steps_alone_tell_no_time_left_and_slow_ones_do_once_there_are_enough(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    now = 0.0
    monkeypatch.setattr(module.time, "monotonic", lambda: now)
    with progress("drafting", 40) as bar:
        for _ in range(3):
            now += 60
            bar.advance()
    assert capsys.readouterr().err.splitlines() == [
        "drafting: 1 of 40",
        "drafting: 2 of 40",
        "drafting: 3 of 40, about 37 min 0 s left",
    ]


@pytest.mark.parametrize(("done", "seconds", "told"), [(1, 20.0, False), (3, 2.0, False), (3, 20.0, True)])
def test_a_drawn_bar_tells_it_as_late(done: int, seconds: float, told: bool) -> None:
    now = [0.0]
    drawn = Progress(module._Left(), get_time=lambda: now[0])
    task = drawn.add_task("drafting", total=40)
    for step in range(done):
        now[0] = seconds * (step + 1) / done
        drawn.update(task, completed=step + 1)
    assert ("-" not in module._Left().render(drawn.tasks[0]).plain) == told


def test_on_a_terminal_work_within_work_has_a_line_of_its_own_and_leaves_with_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(module.sys.stderr, "isatty", lambda: True)
    with progress("building, cases", None), progress("drafting, images", 19):
        (drawn,) = module._OPEN
        assert [task.description for task in drawn.tasks] == ["building, cases", "drafting, images"]
        drawn.stop()
    assert [task.description for task in drawn.tasks] == ["building, cases"] and not module._OPEN
