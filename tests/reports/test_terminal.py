import io
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console
from tests.reports.synthetic import estimate, figure, summary

from auscult.analysis.summary import Summary
from auscult.reports.headline import headline
from auscult.reports.places import PLUMBING
from auscult.statistics.partial import NOT_MEASURABLE


def shown(made: Summary, width: int, *, colours: bool = False) -> str:
    out = io.StringIO()
    Console(file=out, width=width, force_terminal=colours).print(headline(made))
    return out.getvalue()


@pytest.mark.parametrize("width", [120, 100, 80, 60])
def test_every_headline_number_fits(tmp_path: Path, width: int) -> None:
    text = shown(summary(tmp_path), width)
    for number in ("54.1%", "48.1–60.1", "52.9%", "50.9%", "+1.2 points", "p = 0.60", "n 451", "72 images", "50.0%"):
        assert number in " ".join(text.split())
    assert "withheld" in text and "…" not in text
    assert all(len(line) <= width for line in text.splitlines())


def test_warnings_stand_below_the_table(tmp_path: Path) -> None:
    text = shown(summary(tmp_path), 100)
    assert text.index("54.1%") < text.index("warn: This set was public")


def test_plain_where_the_output_is_no_terminal(tmp_path: Path) -> None:
    assert "\x1b" not in shown(summary(tmp_path), 100)
    assert "\x1b" in shown(summary(tmp_path), 100, colours=True)


def test_plumbing_shows_no_rate(tmp_path: Path) -> None:
    text = shown(summary(tmp_path, plumbing_only=True), 100)
    assert PLUMBING in text and "54.1" not in text


def test_labels_are_no_markup_and_no_escape_codes(tmp_path: Path) -> None:
    text = shown(summary(tmp_path, {"headline": [figure("[red]x\x1b[31m", 0.5, 0.4)]}), 100)
    assert "[red]x" in text and "\x1b" not in text


def test_a_range_and_what_cannot_be_measured_stand_where_a_number_would(tmp_path: Path) -> None:
    open_ = estimate(None, n=95, worst=0.45, best=0.12, low=0.06, high=0.61, decided=27)
    none = estimate(None, n=95, withheld=NOT_MEASURABLE, decided=0)
    figures = (replace(figure("reports", 0.5, 0.4), with_image=e, metric="hallucinated") for e in (open_, none))
    text = " ".join(shown(summary(tmp_path, {"headline": list(figures)}), 80).split())
    assert "12.0–45.0% 6.0–61.0, n 95" in text and "decided: 27 of 95" in text
    assert "not measurable with these references n 95" in text and "bounds" not in text
    assert "Withheld: headline" not in text
