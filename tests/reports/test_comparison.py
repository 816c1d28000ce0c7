import asyncio
import csv
import io
import re
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console
from tests.analysis.contest import CLINICAL, Given, N, P, judged, models, patients, write
from tests.analysis.worked import ask, study
from tests.reports.browser import Browser, chromium

from auscult.analysis.comparison.comparing import Comparison, compare
from auscult.analysis.comparison.figures import Difference
from auscult.analysis.comparison.measures import Measure
from auscult.analysis.comparison.published import Published, published
from auscult.models.adapters import UNTOLD
from auscult.records import Estimate
from auscult.reports.comparison.csv import COLUMNS, rows, write_comparison_csv
from auscult.reports.comparison.face import comparison_face, plainly
from auscult.reports.comparison.outputs import (
    latex,
    render_comparison,
    terminal,
    write_comparison_latex,
    write_comparison_page,
)
from auscult.reports.comparison.tables import differences, sheets
from auscult.reports.comparison.words import named, reading, signed, verdict, wins
from auscult.reports.face import Verdict
from auscult.reports.format import Scale
from auscult.reports.latex import escaped
from auscult.reports.screen import MOST, Ending, lines

EVIL = (
    "=HYPERLINK(0)",
    '<script>alert(1)</script> & 100 % $x$ \\input{secret} #_^~{}"',
    "turned \u202eelddim \x1b[31mred",
)


@pytest.fixture(scope="module")
def contest(tmp_path_factory: pytest.TempPathFactory) -> Comparison:
    """Three models of evil names, the last the best."""
    return compare(models(tmp_path_factory.mktemp("contest"), 3, names=EVIL, gain=1.5))


@pytest.fixture(scope="module")
def beside(contest: Comparison) -> Published:
    return published("medhalltune", contest.measures)


PAIR, DIFFERENCE, ALONE, TOGETHER, P_VALUE, READING = range(6)


def said(comparison: Comparison, column: int) -> list[str]:
    """One column of the table of differences."""
    return [row.cells[column].value for row in differences(comparison).rows]


def shown(comparison: Comparison, beside: Published | None = None, width: int = 120) -> str:
    console = Console(width=width, file=io.StringIO(), force_terminal=True, color_system=None, highlight=False)
    console.print(terminal(comparison, beside))
    return console.file.getvalue()  # type: ignore[attr-defined,no-any-return]


def test_cells_hold_p_and_n_with_intervals_n_and_marks(contest: Comparison) -> None:
    sheet = sheets(contest)[0].table
    column = next(n for n, c in enumerate(sheet.columns) if c.title == "accuracy")
    assert sheet.columns[column].about == ("P & N", "clinical")
    last = sheet.rows[2].cells[column].parts
    own = [e.shown for e in contest.entries if e.row == 2 and named(e.measure).startswith("accuracy (clinical)")]
    assert [p.value for p in last] == [f"{e.value:.2f}" for e in own] and [p.n for p in last] == [72, 72]
    assert [p.tone for p in last] == ["best", "best"] and all("–" in p.interval for p in last)
    assert all("95\u00a0% interval" in sheet.notes[p.notes[0] - 1] for p in last)
    assert [[p.tone for p in row.cells[column].parts] for row in sheet.rows[:2]] == [["text"] * 2, ["second"] * 2]


def test_the_verdict_counts_what_is_shown_and_says_in_what(contest: Comparison) -> None:
    better = sum(d.better is not None for d in contest.differences)
    assert 0 < better < contest.family
    assert verdict(contest).startswith(
        f"{better} of {contest.family}\u00a0differences between 3 models are beyond chance"
    )
    won = [w for w in wins(contest) if w.startswith(f"{EVIL[2]} is better than {EVIL[0]} in")]
    assert len(won) == 1 and "accuracy (clinical) · P, accuracy (clinical) · N" in won[0]


def test_nothing_shown_is_said_not_to_be_proof(tmp_path: Path) -> None:
    found = compare(models(tmp_path, 2, gain=0.0), columns=["clinical.accuracy"])
    assert (
        verdict(found).endswith("can be told from chance; that is no proof that there is none.") and wins(found) == ()
    )
    assert set(said(found, READING)) == {"no difference shown"}


def test_where_nothing_is_told_apart_the_images_are_called_too_few(tmp_path: Path) -> None:
    found = compare(models(tmp_path, 2, gain=0.0), columns=["clinical.accuracy"])
    face = comparison_face(replace(found, clusters=24))
    (sure,) = [v for v in face.verdicts if v.key == "sure"]
    assert not {"clear", "problem"} & {v.word for v in face.verdicts}
    assert (sure.word, sure.said) == ("not known", "too few images")
    assert "too few to tell any difference from chance" in sure.sentence
    assert any("ask more images of both" in step.sentence for step in face.steps)


def test_where_something_is_told_apart_the_images_are_enough(tmp_path: Path) -> None:
    found = replace(compare(models(tmp_path, 2, gain=1.5)), clusters=24)
    (sure,) = [v for v in comparison_face(found).verdicts if v.key == "sure"]
    assert (sure.word, sure.said) == ("clear", "enough images")


def test_an_interval_of_its_own_beside_a_large_adjusted_p_is_explained(contest: Comparison) -> None:
    """What readers stumble on: the interval of one difference leaves out zero, and p after Holm is above .05."""
    odd = [
        n
        for n, d in enumerate(contest.differences)
        if d.better is None and d.difference.low is not None and d.difference.low * (d.difference.high or 0) > 0
    ]
    assert odd, "the example has none: choose another seed"
    for n in odd:
        together = contest.differences[n].together
        assert together is not None and together[0] < 0 < together[1]
        assert said(contest, READING)[n] == "no difference shown"
        assert said(contest, ALONE)[n] != said(contest, TOGETHER)[n]
    assert any(
        "of that difference alone, and may leave out zero where p after Holm is large" in t for t in reading(contest)
    )


def test_the_interval_beside_a_verdict_holds_no_change_exactly_where_it_may_be_chance(contest: Comparison) -> None:
    for d in contest.differences:
        low, high = d.limits
        assert low is not None and high is not None and (low <= 0 <= high) == (d.better is None)


def test_what_is_worse_beyond_chance_stands_beside_no_interval_that_holds_no_change(tmp_path: Path) -> None:
    """Nine of sixty patients, all for the worse: the interval for few clusters alone would hold zero."""
    items = [(f"p{n}", f"a{n}-{k}", P) for n in range(60) for k in range(8)]
    before = dict.fromkeys((name for _, name, _ in items), 9.0)
    after = before | {f"a{n}-0": 4.0 for n in range(9)}
    runs = [
        write(tmp_path / label, f"replay:{label}", patients(items), judged(values))
        for label, values in (("before", before), ("after", after))
    ]
    found = compare(runs, columns=["clinical.accuracy"])
    (answer,) = [v for v in comparison_face(found).verdicts if v.key == "judged"]
    assert (answer.word, answer.said) == ("problem", "worse")
    assert [(bar.high or 0.0) < 0 for bar in answer.bars] == [True]
    assert "0.094 lower (<0.0005 to 0.532), beyond chance" in answer.sentence


def test_the_page_shows_evil_names_as_text(contest: Comparison, beside: Published) -> None:
    page = render_comparison(contest, beside)
    assert page.count("<script") == 1 and "&lt;script&gt;alert(1)&lt;/script&gt; &amp; 100 %" in page
    assert "\u202e" not in page and "⟨U+202E⟩" in page and "\x1b" not in page
    assert 'class="best"' in page and 'class="second"' in page


def test_published_rows_are_marked_and_never_best(contest: Comparison, beside: Published) -> None:
    sheet = sheets(contest, beside)[0].table
    typed = [row for row in sheet.rows if row.kind == "published"]
    assert len(typed) == 14 and {p.tone for row in typed for cell in row.cells for p in cell.parts} <= {"text", "none"}
    tuned = next(row for row in typed if row.label == "InternVL-v1.5-4B + MedHallTune")
    assert "repeat those of the untuned model" in sheet.notes[tuned.notes[0] - 1]
    assert tuned.cells[0].value == "6.01 & 4.99" and tuned.about == "published, other judge"
    assert said(contest, PAIR) and not any("InternVL" in pair for pair in said(contest, PAIR))
    best = [p.tone for row in sheet.rows[:3] for p in row.cells[0].parts]
    assert best == [p.tone for row in sheets(contest)[0].table.rows for p in row.cells[0].parts]


def test_a_withheld_figure_says_why_and_stands_without_a_number(tmp_path: Path) -> None:
    items = [(f"p{n}", f"a{n}", P) for n in range(8)]
    names = [n for _, n, _ in items]
    lost: dict[str, Given] = dict.fromkeys(names, "judge_unusable")
    lost |= {name: {"accuracy": 9.0, "risk": 9.0} for name in names[:5]}
    runs = [
        write(tmp_path / "a", "replay:a", patients(items), judged(dict.fromkeys(names, 5.0))),
        write(tmp_path / "b", "replay:b", patients(items), {CLINICAL: lost}),
    ]
    found = compare(runs, columns=["clinical.accuracy"])
    cell = sheets(found)[0].table.rows[1].cells[0]
    assert cell.value == "withheld" and "3 of 8 items are missing" in cell.details[0]
    assert cell.interval and (ends := cell.interval.split("–"))[0] < "9.00" < ends[1], "the range stands alone"
    line = next(row for row in rows(found, None) if row["row"] == "replay:b")
    assert line["value"] is None and line["missing"] == 3 and "3 of 8" in str(line["withheld"])
    assert verdict(found) == "No difference could be tested: too much is missing; their ranges stand below."
    assert said(found, DIFFERENCE) == ["withheld"] and "3 of 8 items are missing" in said(found, ALONE)[0]
    assert any(row["section"] == "difference" and row["low"] is not None for row in rows(found, None))
    assert "withheld" in latex(found, None) and "withheld" in render_comparison(found, None)


def test_the_csv_holds_every_figure_and_no_formula(contest: Comparison, beside: Published, tmp_path: Path) -> None:
    write_comparison_csv(contest, beside, tmp_path / "c.csv")
    lines = list(csv.DictReader((tmp_path / "c.csv").open(encoding="utf-8", newline="")))
    assert list(lines[0]) == list(COLUMNS)
    figures = [row for row in lines if row["section"] == "figure"]
    assert len(figures) == len(contest.entries) and figures[0]["row"] == "'=HYPERLINK(0)"
    assert [float(row["value"]) for row in figures] == [e.shown.value for e in contest.entries]
    differences = [row for row in lines if row["section"] == "difference"]
    assert [float(row["p_holm"]) for row in differences] == [d.p_adjusted for d in contest.differences]
    assert {row["better"] for row in differences if float(row["p_holm"]) > 0.05} == {""}
    typed = [row for row in lines if row["section"] == "published"]
    assert typed and all(row["instrument"].startswith("published, other judge") and not row["rank"] for row in typed)
    cells = [v for row in lines for k, v in row.items() if k in ("row", "minus", "better", "run", "note")]
    assert not any(v.startswith(("=", "+", "-", "@")) for v in cells)


COMMANDS = {
    "begin", "end", "centering", "caption", "par", "smallskip", "noindent", "parbox", "textwidth", "footnotesize",
    "scriptsize", "resizebox", "toprule", "midrule", "bottomrule", "cmidrule", "multicolumn", "shortstack", "textbf",
    "underline", "textit", "textbackslash", "textasciitilde", "textasciicircum", "textless", "textgreater", "textbar",
    "textquotedbl", "textsuperscript", "uparrow", "downarrow", "cdot", "langle", "rangle",
    "allowbreak", "raggedright", "strut", "width", "ifdim", "else", "fi", "clearpage",
}  # fmt: skip


def check_latex(text: str) -> None:
    """What pdflatex would stop at: unbalanced groups and environments, stray specials, rows of another width."""
    text = "\n".join(re.sub(r"(?<!\\)%.*", "", line) for line in text.splitlines())
    bare = text.replace(r"\\", " NEWROW ")
    assert set(re.findall(r"\\([A-Za-z]+)", bare)) <= COMMANDS
    assert set(re.findall(r"\\([^A-Za-z])", bare)) <= set("&%$#_{}")
    clean = re.sub(r"\\[&%$#_{}]", "", bare)
    depth = 0
    for c in clean:
        depth += (c == "{") - (c == "}")
        assert depth >= 0
    assert depth == 0 and clean.count("$") % 2 == 0 and not set(clean) & set("#_^")
    stack: list[str] = []
    for kind, name in re.findall(r"\\(begin|end)\{([a-z*]+)\}", clean):
        if kind == "begin":
            stack.append(name)
        else:
            assert stack.pop() == name
    assert not stack
    for columns, body in re.findall(r"\\begin\{tabular\}\{([lc]+)\}(.*?)\\end\{tabular\}", clean, re.S):
        flat = re.sub(r"\\shortstack\{[^{}]*(\{[^{}]*\}[^{}]*)*\}", "", body)
        for row in (r for r in flat.split("NEWROW") if "&" in r):
            spans = sum(int(n) - 1 for n in re.findall(r"\\multicolumn\{(\d+)\}", row))
            assert row.count("&") + spans == len(columns) - 1, row
    assert "&" not in re.sub(r"\\begin\{tabular\}.*?\\end\{tabular\}", "", clean, flags=re.S)


def test_latex_is_whole_whatever_the_names(contest: Comparison, beside: Published, tmp_path: Path) -> None:
    write_comparison_latex(contest, beside, tmp_path / "c.tex")
    text = (tmp_path / "c.tex").read_text("utf-8")
    check_latex(text)
    assert r"\textbackslash{}input\{secret\}" in text and r"\input" not in text.replace(r"\textbackslash{}input", "")
    assert text.count(r"\begin{tabular}") > 2 and "\\textbf{" in text and "\\underline{" in text
    assert "\u202e" not in text and "\x1b" not in text


def test_the_check_of_latex_sees_what_is_broken(contest: Comparison) -> None:
    whole = latex(contest, None)
    broken = {r"\&": "&", r"\textbf{": r"\textbf", r"\end{table*}": "", r"\textless{}": r"\input{x}", r"\$": "$"}
    for old, new in broken.items():
        assert old in whole
        with pytest.raises((AssertionError, IndexError)):
            check_latex(whole.replace(old, new, 1))


def test_latex_escapes_every_special() -> None:
    assert escaped("a_b & 5 % $x$ #1 {y} ~ ^ \\n <p> − –") == (
        r"a\_b \& 5 \% \$x\$ \#1 \{y\} \textasciitilde{} \textasciicircum{} \textbackslash{}n "
        r"\textless{}p\textgreater{} $-$ --"
    )


def sets(folder: Path) -> Comparison:
    """Two models on two data sets: Table 3."""
    found = []
    for m in range(2):
        studies = []
        for source in ("slake", "vqa-rad"):
            for n in range(12):
                case = replace(study(f"{source}{n}", f"{source} p{n}"), source=source)
                closed = ask("Is it ill?", "yes", "Yes." if n % 3 or m else "No.")
                open_ = ask("What is it?", "left lung mass", "lung mass" if n % 2 else "nothing", answer_type="open")
                studies.append((case, [closed, open_]))
        found.append(write(folder / str(m), f"replay:{m}", studies))
    return compare(found, also=["llava-med-open", "llava-med-closed"])


def test_visual_question_sets_are_groups_of_open_and_closed_columns(tmp_path: Path) -> None:
    found = sets(tmp_path)
    sheet = sheets(found, published("medhalltune", found.measures))[0].table
    assert sheet.groups == (("slake", 4), ("vqa-rad", 4))
    assert [c.title for c in sheet.columns[:4]] == ["open: recall %", "closed: accuracy %"] * 2
    ours = [cell.value for cell in sheet.rows[1].cells[:2]]
    assert ours == ["33.3", "100.0"]
    tuned = next(row for row in sheet.rows if row.label == "LLaVA-Med-v1.5-7B + MedHallTune")
    assert [cell.value for cell in tuned.cells] == ["—", "—", "44.21", "66.58", "—", "—", "38.47", "82.49"]
    text = latex(found, None)
    check_latex(text)
    assert text.index(r"\multicolumn{4}{c}{slake} \\") < text.index(r"\multicolumn{4}{c}{vqa-rad} \\")
    assert any("not tested" in t for t in reading(found))
    page = render_comparison(found, None)
    assert page.index('colspan="4">slake') < page.index('colspan="4">vqa-rad')


@pytest.mark.parametrize("width", [60, 100, 200])
def test_no_figure_is_cut_in_the_terminal(contest: Comparison, beside: Published, width: int) -> None:
    text = shown(contest, beside, width)
    assert max(len(line) for line in text.splitlines()) <= width
    for sheet in sheets(contest, beside):
        for cell in (cell for row in sheet.table.rows for cell in row.cells):
            assert not cell.present or cell.value in text
    assert "\u202e" not in text and "⟨U+202E⟩" in text and "\x1b[31mred" not in text


def test_the_terminal_lists_what_is_shown_and_counts_the_rest(contest: Comparison) -> None:
    rows = differences(contest).rows
    text = shown(contest, width=300)
    assert len(rows) > 12
    assert f"{sum(row.kind != 'shown' for row in rows)} more differences are not shown" in text
    few = replace(contest, differences=contest.differences[:3])
    assert "more differences" not in shown(few, width=300)


def test_a_difference_carries_its_sign() -> None:
    assert signed(0.24, Scale.PLAIN) == "+0.240" and signed(-1.5, Scale.PLAIN) == "−1.50"
    assert signed(0.031, Scale.POINTS) == "+3.1\u00a0points" and signed(0.0, Scale.PLAIN) == "0"


def test_a_measure_is_named_with_its_instrument(contest: Comparison) -> None:
    assert [named(m) for m in contest.measures[:2]] == ["accuracy (clinical) · P", "accuracy (clinical) · N"]
    assert {m.part for m in contest.measures[:2]} == {P, N}


def test_figures_of_one_cell_are_told_apart_in_its_details(contest: Comparison) -> None:
    entries = tuple(
        replace(e, own=replace(e.own, missing=2)) if isinstance(e.own, Estimate) and e.measure.part == N else e
        for e in contest.entries
    )
    cell = sheets(replace(contest, entries=entries))[0].table.rows[0].cells[0]
    assert cell.details == ("N: 2 missing",)


@pytest.mark.skipif(chromium() is None, reason="no browser: install Debian's chromium")
@pytest.mark.parametrize("width", [1280, 390])
async def test_the_page_fits_and_asks_for_nothing(
    contest: Comparison, beside: Published, tmp_path: Path, width: int
) -> None:
    write_comparison_page(contest, beside, tmp_path / "c.html")
    async with Browser() as browser:
        await browser.open(tmp_path / "c.html", width)
        assert await browser.value("document.documentElement.scrollWidth") <= width
        weight = "getComputedStyle(document.querySelector('.best')).fontWeight"
        line = "getComputedStyle(document.querySelector('.second')).textDecorationLine"
        assert await browser.value(weight) == "700" and await browser.value(line) == "underline"
        assert await browser.value("getComputedStyle(document.querySelector('.published td')).fontStyle") == "italic"
        await browser.value("document.querySelectorAll('details').forEach(d => d.open = true)")
        assert await browser.value("document.documentElement.scrollWidth") <= width
        await asyncio.sleep(0.1)
    assert browser.complaints == [] and browser.dialogs == []
    assert [r for r in browser.requests if not r.startswith("data:")] == [(tmp_path / "c.html").as_uri()]


def test_every_change_for_the_worse_that_is_told_from_chance_is_on_the_first_screen(tmp_path: Path) -> None:
    """Also where its own interval holds no change, and where no question of the first screen is about it."""
    found = compare(models(tmp_path, 2, gain=1.5))
    assert found.baseline is None and len(found.rows) == 2
    worse = []
    for d in found.differences:
        low = replace(d.difference, value=0.03, low=-0.01, high=0.07)
        worse.append(replace(d, difference=low, better=d.second, p_adjusted=0.012))
    evasion = replace(worse[0], measure=replace(worse[0].measure, name="evasion", block="premise"))
    entries = [replace(e, measure=evasion.measure) for e in found.entries if e.measure == worse[0].measure]
    measures = (*found.measures, evasion.measure)
    face = comparison_face(
        replace(found, differences=(*worse, evasion), measures=measures, entries=(*found.entries, *entries))
    )
    said = " ".join(v.sentence for v in face.verdicts if v.word == "problem").lower()
    for d in (*worse, evasion):
        assert ("evades" if d is evasion else plainly(d.measure).lower()) in said, d.measure
    (last,) = [v for v in face.verdicts if v.key == "worse"]
    assert last.said == "worse" and "evades" in last.short.lower()
    shown = " ".join(line.plain for line in lines(face, Ending(path=Path("comparison.html")), Console(width=80)))
    assert "evades" in shown.lower()


def test_less_going_along_is_not_called_worse_because_more_that_is_true_is_denied(tmp_path: Path) -> None:
    found = compare(models(tmp_path, 2, gain=1.5))
    pattern = found.differences[0]

    def made(name: str, value: float, better: int) -> tuple[Measure, Difference]:
        measure = replace(pattern.measure, name=name, block="premise", judge="", tested=True)
        change = replace(pattern.difference, value=value, low=value - 0.02, high=value + 0.02)
        return measure, replace(pattern, measure=measure, difference=change, better=better)

    goes, denies = made("knowing acceptance", -0.35, pattern.first), made("over-denial", 0.05, pattern.second)
    entries = [
        replace(e, measure=measure)
        for measure, _ in (goes, denies)
        for e in found.entries
        if e.measure == pattern.measure
    ]
    face = comparison_face(
        replace(found, measures=(goes[0], denies[0]), differences=(goes[1], denies[1]), entries=tuple(entries))
    )
    words = {v.key: (v.question, v.said) for v in face.verdicts}
    assert words["premises"] == ("Does it go along less with what is false?", "better")
    assert words["denial"] == ("Does it deny less of what is true?", "worse")


def test_that_a_model_may_have_learnt_the_images_is_on_the_shortest_screen(tmp_path: Path) -> None:
    found = compare(models(tmp_path, 2, gain=1.5))
    untold = f"{UNTOLD} x was tuned: its card is not beside it. If it has seen them, the figures are too good."
    verdict_ = Verdict(key="k", question="Is it?", word="problem", sentence="It is. " * 12)
    face = replace(comparison_face(found), cautions=("Another.", untold), verdicts=(verdict_,) * 9)
    shown = [line.plain for line in lines(face, Ending(path=Path("comparison.html")), Console(width=80))]
    assert f"read first {UNTOLD} x was tuned: its card is not beside it." in " ".join(" ".join(shown).split())
    assert len(shown) < MOST and "more on the page" in " ".join(shown)
