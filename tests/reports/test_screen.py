"""A first screen takes twelve lines of a terminal, whatever it says, and ends in the path."""

import io
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from auscult.reports.face import Face, Step, Verdict
from auscult.reports.screen import MOST, Ending, lines, show

LONG = "Of 100 images without the finding it reports it in 8 (4 to 14); of 100 with it, it misses 30, which is many. "
SENTENCES = st.text(st.characters(blacklist_categories=("Cs",)), max_size=400)


def verdict(key: str, word: str = "problem", short: str = "Invents 8 of 100 (4 to 14), misses 30 of 100") -> Verdict:
    return Verdict(key=key, question="?", word=word, sentence=LONG, short=short)  # type: ignore[arg-type]


def face(count: int = 6, **about: object) -> Face:
    keys = ("findings", "premises", "image", "guessing", "harm", "sure")[:count]
    given = {
        "title": "llava-med on 95 images, 451 questions",
        "verdicts": tuple(map(verdict, keys)),
        "cautions": ("Few images.", LONG),
        "steps": (Step(sentence="Look."), Step(sentence="Rate.", command="auscult rate make run --n 100")),
    }
    return Face(**{**given, **about})  # type: ignore[arg-type]


def shown(made: Face, path: str = "run", page: str = "run/report.html", width: int = 80, **console: object) -> str:
    out = io.StringIO()
    lying = Console(file=out, width=width, **console)  # type: ignore[arg-type]
    for line in lines(made, Ending(path=Path(path), page=Path(page)), lying):
        lying.print(line, soft_wrap=True, highlight=False)
    return out.getvalue() + path + "\n"


def height(text: str, width: int = 80) -> int:
    return sum(max(1, -(-len(line) // width)) for line in text.removesuffix("\n").split("\n"))


@pytest.mark.parametrize("count", range(7))
def test_twelve_lines_hold_all_verdicts_page_next_command_and_path(count: int) -> None:
    text = shown(face(count))
    assert height(text) <= MOST and text.count("problem") == count
    assert text.endswith(f"{'page':<18}run/report.html\n{'next':<18}auscult rate make run --n 100\nrun\n")


def test_wrapped_lines_count() -> None:
    long = face(6, title="a model with a very long name " * 6)
    assert height(shown(long, path="folder/" * 30, page="folder/" * 30 + "report.html")) <= MOST


def test_what_has_no_short_form_is_left_to_the_page_with_a_count_and_never_cut_with_dots() -> None:
    many = face(6, verdicts=tuple(verdict(str(n), short="") for n in range(6)))
    text = shown(many)
    assert height(text) <= MOST and "more on the page, or with -v" in text and "…" not in text


def test_room_goes_to_the_first_caution_and_then_to_longer_sentences() -> None:
    text = shown(face(2))
    assert f"{'read first':<18}Few images." in text and "which is many" in text.replace(f"\n{'':<18}", " ")


def test_the_one_plain_verdict_stands_first_and_what_to_do_about_it_before_the_cautions() -> None:
    rows = shown(face(2, line="It invents findings.", action="Check every finding.")).split("\n")
    assert rows[1] == "It invents findings."
    assert rows.index(f"{'do':<18}Check every finding.") < rows.index(f"{'read first':<18}Few images.")


def test_a_run_that_is_stopped_shows_why_and_no_rate() -> None:
    text = shown(face(0, stop="Plumbing only: nothing of this is about a real model."))
    assert f"{'stop':<18}Plumbing only" in text and "100 images" not in text


@given(st.lists(SENTENCES, max_size=8), SENTENCES, st.integers(60, 200))
def test_no_text_takes_more_lines_or_acts_on_the_terminal(sentences: list[str], title: str, width: int) -> None:
    verdicts = tuple(Verdict(key="k", question="?", word="met", sentence=s) for s in sentences)
    text = shown(Face(title=title, verdicts=verdicts, cautions=(title,)), width=width)
    rows = text.removesuffix("\n").split("\n")
    assert len(rows) <= MOST and "\x1b" not in text and "\x9b" not in text


def test_words_have_colours_on_a_terminal_alone_and_none_where_they_are_not_wanted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert "\x1b" not in shown(face())
    assert "\x1b[1;31mproblem" in shown(face(), force_terminal=True, color_system="standard")
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[1;31m" not in shown(face(), force_terminal=True)


def test_on_a_real_terminal_of_eighty_columns_the_path_is_the_last_line(tmp_path: Path) -> None:
    pty = pytest.importorskip("pty")
    script = (
        "from pathlib import Path; from tests.reports.test_screen import face; "
        "from auscult.reports.screen import Ending, show; show(face(), Ending(path=Path('run'), page=Path('p.html')))"
    )
    pid, terminal = pty.fork()
    if pid == 0:  # pragma: no cover
        os.environ.update(COLUMNS="80", TERM="xterm")
        os.environ.pop("NO_COLOR", None)
        import sys

        os.execv(sys.executable, [sys.executable, "-c", script])
    said = b""
    try:
        while block := os.read(terminal, 4096):
            said += block
    except OSError:  # the other side is gone
        pass
    os.waitpid(pid, 0)
    rows = said.decode().rstrip().split("\r\n")
    assert len(rows) <= MOST and rows[-1] == "run" and any("\x1b[" in row for row in rows), said


def test_the_path_is_given_on_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    show(face(), Ending(path=Path("run")))
    assert capsys.readouterr().out.splitlines()[-1] == "run"
