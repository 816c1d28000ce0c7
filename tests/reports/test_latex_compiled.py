"""The tables of a comparison as a real LaTeX sets them: they compile, and fit a page at 11 points."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from tests.analysis.contest import models
from tests.reports.test_comparison import EVIL, sets

from auscult.analysis.comparison.comparing import Comparison, compare
from auscult.analysis.comparison.published import published
from auscult.reports.comparison.outputs import latex

PAGE = r"""\documentclass[11pt,a4paper]{article}
\usepackage[margin=25mm]{geometry}
\usepackage{booktabs}\usepackage{graphicx}\usepackage[T1]{fontenc}
\begin{document}
%s
\end{document}
"""
LONG = tuple(f"openai:a-lab/some-vision-language-model-{n}-27B-it_q4&k@https://models.example.org/v1" for n in range(9))

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        shutil.which("pdflatex") is None,
        reason="no pdflatex: apt install texlive-latex-base texlive-latex-recommended",
    ),
]


def compiled(comparison: Comparison, folder: Path, *, beside: bool) -> str:
    """What LaTeX logs of the tables."""
    text = latex(comparison, published("medhalltune", comparison.measures) if beside else None)
    (folder / "page.tex").write_text(PAGE % text, "utf-8")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "page.tex"]
    ran = subprocess.run(command, cwd=folder, capture_output=True, text=True, errors="replace", timeout=120)
    assert ran.returncode == 0, ran.stdout[-2000:]
    return (folder / "page.log").read_text("utf-8", "replace")


def check_fits(log: str) -> None:
    """Nothing stands out of the text, and no float is larger than its page."""
    overfull = [float(x) for x in re.findall(r"Overfull \\hbox \(([\d.]+)pt too wide\)", log)]
    assert max(overfull, default=0.0) < 1.0, overfull
    assert "Float too large" not in log and "Overfull \\vbox" not in log


@pytest.mark.parametrize("beside", [True, False], ids=["published beside", "alone"])
def test_tables_of_hostile_names_compile_and_fit(tmp_path: Path, beside: bool) -> None:
    check_fits(compiled(compare(models(tmp_path, 3, names=EVIL, gain=1.5)), tmp_path, beside=beside))


def test_tables_of_many_models_with_long_names_fit(tmp_path: Path) -> None:
    check_fits(compiled(compare(models(tmp_path, 9, names=LONG, gain=0.3)), tmp_path, beside=True))


def test_tables_of_several_data_sets_fit(tmp_path: Path) -> None:
    check_fits(compiled(sets(tmp_path), tmp_path, beside=True))


def test_no_table_is_scaled_to_less_than_can_be_read(tmp_path: Path) -> None:
    text = latex(compare(models(tmp_path, 9, names=LONG, gain=0.3)), None)
    boxes = re.findall(r"(\\begin\{tabular\}.*?\\end\{tabular\})", text, re.S)
    assert boxes
    widths = "\n".join(rf"\setbox0\hbox{{{box}}}\typeout{{SCALE \the\textwidth\space \the\wd0}}" for box in boxes)
    (tmp_path / "w.tex").write_text(PAGE % widths, "utf-8")
    subprocess.run(["pdflatex", "-interaction=nonstopmode", "w.tex"], cwd=tmp_path, capture_output=True, timeout=120)
    found = re.findall(r"SCALE ([\d.]+)pt ([\d.]+)pt", (tmp_path / "w.log").read_text("utf-8", "replace"))
    assert len(found) == len(boxes)
    assert min(float(room) / float(wide) for room, wide in found) > 0.6
