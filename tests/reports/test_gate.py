import io
from pathlib import Path

import pytest
from rich.console import Console
from tests.analysis.gated import criteria, films, finished, on_images

from auscult.analysis.gate.decision import Gate, decide
from auscult.reports.gate import render, sentence, terminal

TEXT = (
    "name = 'inventions'\nkind = 'inventions'\ntargets = ['pneumothorax']\nat_most = 0.05",
    "name = 'accuracy'\nkind = 'mean'\nat_least = 0.9\nby = ['sex']",
    "name = 'fair'\nkind = 'gap'\nbetween = 'sex'\nat_most = 0.4",
    "name = 'canary'\nkind = 'canary'",
)


@pytest.fixture(scope="module")
def gate(tmp_path_factory: pytest.TempPathFactory) -> Gate:
    folder = tmp_path_factory.mktemp("gate")
    asked = films(50, lambda n: "No.", sex=lambda n: "F" if n % 2 else "<b>M</b>")
    sick = films(50, lambda n: "No." if n < 20 else "Yes.", reference="yes", sex=lambda n: "F" if n % 2 else "<b>M</b>")
    return decide(criteria(folder / "c.toml", *TEXT), finished(folder / "run", on_images(asked, sick)))


def shown(gate: Gate, width: int) -> str:
    out = io.StringIO()
    Console(file=out, width=width, force_terminal=False).print(terminal(gate))
    return out.getvalue()


def test_the_verdict_is_said_in_a_sentence(gate: Gate) -> None:
    assert sentence(gate) == "FAIL. Of 4 criteria: 1 FAIL, 1 INCONCLUSIVE, 2 PASS."


@pytest.mark.parametrize("width", [140, 110, 80, 60])
def test_limit_value_bound_n_verdict_and_need_are_there_at_any_width(gate: Gate, width: int) -> None:
    text = " ".join(shown(gate, width).split())
    assert all(len(line) <= width for line in shown(gate, width).splitlines())
    for words in ("at most 5.0%", "0.0–5.8", "50 on 50", "INCONCLUSIVE", "80.0%", "sex: F", "FAIL"):
        assert words in text
    if width >= 110:
        assert "about 9 more patients" in text or "about 9 more" in text


def test_a_gap_has_no_sign_and_its_limit_neither(gate: Gate) -> None:
    text = shown(gate, 140)
    assert "at most 40.0 points" in text and "+40" not in text


def test_the_page_says_the_same_and_hides_nothing(gate: Gate) -> None:
    page = render(gate)
    assert page.startswith("<!DOCTYPE html>") and page.count("<script") == 1 and " src=" not in page
    assert "about 9 more patients like these for a PASS" in page
    assert "&lt;b&gt;M&lt;/b&gt;" in page and "<b>M</b>" not in page
    assert page.count('class="failed"') >= 2


def test_no_number_of_the_page_is_missing_from_the_terminal(gate: Gate) -> None:
    text = " ".join(shown(gate, 140).split())
    for line in (line for d in gate.decided for line in d.lines if line.value is not None):
        assert f"{line.value * 100:.1f}" in text


def test_above_five_percent_missing_the_range_stands_alone(tmp_path: Path) -> None:
    folder = finished(tmp_path / "run", on_images(films(100, lambda n: "!timeout" if n < 15 else "No.")))
    text = "name = 'accuracy'\nkind = 'mean'\nat_least = 0.8"
    said = " ".join(shown(decide(criteria(tmp_path / "c.toml", text), folder), 80).split())
    assert "15 of 100 questions are missing (15.0%, over 5%)" in said and "85 of 100 on" in said
    assert "100.0% (" not in said
