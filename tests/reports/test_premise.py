"""The section on premises: the same numbers on the page, in the terminal and in the CSV."""

import csv
import re
from pathlib import Path

import pytest
from rich.console import Console
from tests.reports import synthetic
from tests.reports.browser import Browser, chromium
from tests.reports.synthetic import SCRIPT, estimate

from auscult import scorers as scoring
from auscult.analysis.summary import Figure, Premises, Section, read_summary
from auscult.records import Answer, Case, Item, Score
from auscult.reports.headline import alerts, headline
from auscult.reports.page import write_report
from auscult.reports.premise import responses
from auscult.reports.tables_csv import write_csv
from auscult.store.tables import read_rows, write_rows


def figure(group: str, metric: str, value: float, half: float = 0.06, **more: object) -> Figure:
    own = estimate(value, half, name=metric, instrument="premise@2", n=240, clusters=80)
    about = {"section": "premise", "group": group, "label": "premise is false", "scorer": "premise@2"}
    return Figure(metric=metric, with_image=own, **about, **more)  # type: ignore[arg-type]


def group(label: str, knowing: float, raw: float, denial: float) -> list[Figure]:
    return [
        figure(label, "knowing acceptance", knowing),
        figure(label, "raw acceptance", raw, without_image=estimate(0.71, instrument="premise@2")),
        figure(label, "over-denial", denial),
        figure(label, "d′", 1.234, 0.4, share=False),
        figure(label, "criterion c", -0.567, 0.2, share=False),
    ]


def line(premise: str, form: str, accepted: float, denied: float) -> list[Figure]:
    shares = {
        "accepted": accepted,
        "denied": denied,
        "states truth": denied / 2,
        "evaded": 1 - accepted - denied,
        "refused": 0.015,
        "hedged": 0.025,
    }
    made = {n: estimate(v, 0.01, name=n, instrument="premise@2", n=240, clusters=80) for n, v in shares.items()}
    about = {"section": "response", "group": premise, "label": form, "category": "nonexistent object" if form else ""}
    return [Figure(metric=n, scorer="premise@2", with_image=e, **about) for n, e in made.items()]  # type: ignore[arg-type]


SECTIONS: dict[Section, list[Figure]] = {
    "premise": [
        *group("all forms", 0.413, 0.527, 0.081),
        *group("polar", 0.211, 0.309, 0.12),
        *group(f"wrong <b>side</b> {SCRIPT}", 0.7, 0.8, 0.02),
    ],
    "response": [
        *line("false", "", 0.527, 0.332),
        *line("false", "polar", 0.309, 0.601),
        *line("true", "", 0.889, 0.081),
    ],
}
PREMISES = Premises(instrument="premise@2", untwinned=7, unmatched=1)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return synthetic.build(tmp_path_factory.mktemp("premise"), SECTIONS, premises=PREMISES)


@pytest.fixture(scope="module")
def page(run: Path) -> str:
    return write_report(run, run.parent / "page.html").read_text()


def part(page: str) -> str:
    found = re.search(r'<div id="premises".*?</details>', page, re.DOTALL)
    return found[0] if found else ""


def methods(page: str) -> str:
    return page[page.index('<div id="methods"') :]


def said(run: Path, width: int = 120) -> str:
    console = Console(width=width, record=True, file=(run.parent / "terminal.txt").open("w"))
    console.print(headline(read_summary(run / "summary.json")))
    return console.export_text()


def test_the_page_shows_every_headline_figure_with_its_interval(page: str) -> None:
    text = methods(page)
    for shown in (
        "41.3\u00a0%",
        "35.3–47.3",
        "52.7\u00a0%",
        "8.1\u00a0%",
        "1.23",
        "0.834–1.63",
        "−0.567",
        "71.0\u00a0%",
    ):
        assert shown in text, shown


def test_the_fold_says_in_plain_words_what_the_methods_say_in_terms(page: str) -> None:
    assert "goes along" in part(page) and "41 of 100" in part(page) and "knowing acceptance" not in part(page)


def test_each_figure_is_explained_to_a_reader_who_never_heard_of_it(page: str) -> None:
    for word in ("knowing acceptance", "raw acceptance", "over-denial", "d′", "criterion c"):
        assert f"<dt>{word}</dt>" in methods(page)


def test_d_prime_and_the_criterion_are_no_percentages(page: str) -> None:
    assert "123.4" not in page and "−56.7" not in page


def test_the_table_of_responses_has_no_correction_for_a_true_premise(tmp_path: Path) -> None:
    rows = responses(synthetic.summary(tmp_path, SECTIONS, premises=PREMISES).of("response")).rows
    truths = [row.cells[2].value for row in rows]
    assert truths == ["16.6\u00a0%", "30.0\u00a0%", "–"]
    assert rows[1].label == "Polar · nonexistent object" and "240" in rows[1].about


def test_what_is_in_no_figure_is_counted_in_words(page: str) -> None:
    assert "7\u00a0false premises had no neutral twin in this run and are in no figure" in page
    assert "1\u00a0true premise stood in words in which no false premise was asked in this run and is not" in page


def test_a_category_cannot_write_into_the_page(page: str) -> None:
    assert SCRIPT not in page and "&lt;script&gt;" in methods(page)


def test_a_run_without_premises_has_no_such_section(tmp_path: Path) -> None:
    run = synthetic.build(tmp_path)
    assert 'id="premises"' not in write_report(run).read_text()
    assert "Premise response" not in said(run)


def test_the_terminal_says_the_same_numbers(run: Path) -> None:
    text = said(run)
    for shown in ("knowing acceptance", "41.3%", "35.3–47.3", "over-denial", "8.1%", "d′", "1.23", "by polar"):
        assert shown in text, shown


def test_the_csv_holds_every_number_of_the_section(run: Path) -> None:
    rows = list(csv.DictReader(write_csv(run, run.parent / "figures.csv").open(newline="")))
    first = next(r for r in rows if r["section"] == "premise response, all forms" and r["condition"] == "with")
    assert (first["metric"], float(first["value"]), first["n"]) == ("knowing acceptance", 0.413, "240")
    lines = {(r["label"], r["metric"]): r["value"] for r in rows if r["section"] == "premise responses"}
    assert float(lines["premise is false · polar · nonexistent object", "denied"]) == 0.601
    assert len(lines) == 18


def test_plumbing_hides_the_headline_of_the_section_everywhere(tmp_path: Path) -> None:
    run = synthetic.build(tmp_path, SECTIONS, premises=PREMISES, plumbing_only=True)
    assert "goes along" not in (page := write_report(run).read_text()) or not part(page)
    assert "Premise response\n" not in said(run)
    rows = list(csv.DictReader(write_csv(run, tmp_path / "f.csv").open(newline="")))
    all_forms, whole = "premise response, all forms", {("premise responses", "premise is false")}
    hidden = [r for r in rows if (r["section"], r["label"]) in whole or r["section"] == all_forms]
    assert hidden and not any(r["value"] for r in hidden) and all("Plumbing" in r["withheld"] for r in hidden)


def test_a_withheld_figure_stands_among_the_warnings(tmp_path: Path) -> None:
    held = Figure(
        section="premise",
        group="all forms",
        label="premise is false",
        metric="d′",
        scorer="premise@2",
        with_image=estimate(None, withheld="too much is missing"),
    )
    run = synthetic.build(tmp_path, {"premise": [held]}, premises=Premises(instrument="premise@2"))
    said = [a.text for a in alerts(read_summary(run / "summary.json"))]
    assert any("too much is missing" in text and "remise response" in text for text in said)


def test_the_gallery_shows_accepted_false_premises_beside_other_open_answers(tmp_path: Path) -> None:
    run = synthetic.build(tmp_path)
    case = next(read_rows(run / "cases.parquet", Case))
    common = {"case_id": case.id, "source_id": "p", "answer_type": "open", "kind": "hallucination"}
    items = [
        Item(
            id="f" * 24, question="How large is the left effusion?", reference="There is no left pleural effusion.",
            premise="There is a left pleural effusion.", premise_form="presupposition", **common,
        ),
        Item(id="e" * 24, question="What is seen?", reference="A mass.", **common),
    ]  # fmt: skip
    answers = [
        Answer(id=i.id, item_id=i.id, case_id=case.id, model="m", protocol="direct@1", text="It is large.")
        for i in items
    ]
    made = [
        scoring.score(s, i, a)
        for i, a in zip(items, answers, strict=True)
        for s in scoring.rules_for({"open"})
        if s.applies(i)
    ]
    for name, cls, more in (("items", Item, items), ("answers", Answer, answers), ("scores", Score, made)):
        write_rows(run / f"{name}.parquet", cls, [*read_rows(run / f"{name}.parquet", cls), *more])  # type: ignore[type-var]
    text = write_report(run, gallery=80).read_text()
    assert "<dd>There is a left pleural effusion." in text and "false, presupposition" in text
    assert "What is seen?" in text
    assert re.search(r'<optgroup label="premise response">\s*<option value="\d+">accepted', text)


@pytest.mark.skipif(chromium() is None, reason="needs chromium: apt-get install chromium")
@pytest.mark.asyncio
@pytest.mark.parametrize("width", [390, 1280])
async def test_nothing_of_the_section_is_cut_off(run: Path, width: int) -> None:
    path = write_report(run, run.parent / "shown.html")
    async with Browser() as browser:
        await browser.open(path, width)
        assert await browser.value("document.documentElement.scrollWidth") <= width
        wide = (
            "[...document.querySelectorAll('#premises .scroll')].filter(d => d.scrollWidth > d.clientWidth + 1).length"
        )
        assert await browser.value(wide) == 0
        assert browser.complaints == []
