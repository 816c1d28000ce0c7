import csv
import re
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from tests.ablation import made_up
from tests.ablation.made_up import HYPOTHESES, PLAN, make_grid

from auscult.ablation.plan import Hypothesis
from auscult.ablation.study import Study, study
from auscult.reports.ablation.face import ablation_face
from auscult.reports.ablation.figure import figure, panels
from auscult.reports.ablation.outputs import latex, render, write_outputs
from auscult.reports.ablation.words import claim_of, short_claim, signed_claim
from auscult.reports.screen import Ending, lines


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return make_grid(tmp_path_factory.mktemp("grid"))


@pytest.fixture(scope="module")
def found(made: tuple[Path, Path]) -> Study:
    return study(*made)


def test_the_first_screen_asks_each_primary_claim_and_says_whether_it_stands(found: Study) -> None:
    face = ablation_face(found)
    assert [verdict.question for verdict in face.verdicts] == [
        "acceptance falls by half",
        "no more over-denial",
        "shuffled does less than a third",
    ]
    assert [verdict.word for verdict in face.verdicts] == ["met", "not known", "met"]
    assert face.line.replace("\u00a0", " ") == "2 of 3 primary claims are shown."
    assert "1 more claim is exploratory" in face.about
    assert "claimed: less than −50.0" in face.verdicts[0].sentence


def test_the_page_holds_every_arm_claim_and_set_and_names_what_is_exploratory(found: Study) -> None:
    page = render(found)
    for words in ("shuffled halves it too", "exploratory", "On tags", "discriminates", "Fieller", "<svg"):
        assert words in page
    assert "<script src" not in page


def test_with_one_seed_each_verdict_and_the_caption_are_of_this_seed(tmp_path: Path, found: Study) -> None:
    one = study(*make_grid(tmp_path, plan=PLAN.replace("[0, 1, 2, 3]", "[0]")))
    face = ablation_face(one)
    assert face.line.endswith("are shown, for this seed alone.")
    assert face.verdicts[0].sentence.startswith("H1 for this seed: knowing acceptance, ")
    page = render(one)
    assert "shown, for this seed" in page and "seeds and images</title>" not in page
    assert page.count("over images, for this seed alone") == 3
    assert "this seed" not in figure(found) and "over seeds and images" in figure(found)
    assert "this seed" not in ablation_face(found).line


def screen(one: Study, width: int) -> list[str]:
    console = Console(width=width)
    return [
        line.plain for line in lines(ablation_face(one), Ending(path=Path("grid"), page=Path("grid/p.html")), console)
    ]


def test_all_ten_primary_claims_stand_on_a_terminal_in_a_line_each_with_verdict_arm_measure_and_figure(
    tmp_path: Path,
) -> None:
    begun = '[[hypothesis]]\nprimary = true\nset = "all"\nmeasure = "over-denial"\narm = "both"\n'
    claims = "\n".join(f'{begun}name = "claim {n}"\nbelow = {0.05 + n / 100}\n' for n in range(10))
    one = study(*make_grid(tmp_path, claims))
    for width, asked in ((80, "both"), (120, "both against base on all")):
        rows = screen(one, width)
        told = [row for row in rows if " H" in row]
        assert len(told) == 10 and len(rows) == 13 and all(len(row) <= width for row in rows)
        for number, row in enumerate(told, 1):
            begun = re.split(r" {2,}", row)[0]
            assert begun in ("shown", "not shown", "refuted")
            assert f"H{number} {asked}" in row and "over-denial rises" in row and re.search(r"point.*\(.*\)$", row)
    assert not any("more on the page" in row for row in rows)


@pytest.mark.parametrize(
    ("given", "words", "signs", "signed"),
    [
        ({"below": -0.7, "form": "relative"}, "falls by more than 70 %", "falls >70 %", "<−70 %"),
        ({"above": 0.0}, "rises", "rises", "rises"),
        ({"below": 0.0}, "falls", "falls", "falls"),
        ({"below": 0.02}, "rises by less than 2 points", "rises <2 points", "<+2 points"),
        ({"above": 0.05}, "rises by more than 5 points", "rises >5 points", ">+5 points"),
        ({"above": -0.025}, "falls by less than 2.5 points", "falls <2.5 points", ">−2.5 points"),
        ({"within": 0.02}, "changes by less than 2 points", "changes <2 points", "changes <2 points"),
    ],
)
def test_what_a_claim_says_of_its_arm_is_said_in_words_and_in_signs(
    given: dict[str, Any], words: str, signs: str, signed: str
) -> None:
    h = Hypothesis(name="h", set="all", measure="over-denial", arm="both", **given)
    found = [way(h).replace("\u00a0", " ") for way in (claim_of, short_claim, signed_claim)]
    assert found == [f"over-denial {way}" for way in (words, signs, signed)]


def test_a_claim_against_another_arm_names_it() -> None:
    about: dict[str, Any] = {"name": "h", "set": "all", "arm": "some", "against": "both"}
    assert claim_of(Hypothesis(measure="AUROC", below=0.0, **about)) == "AUROC is lower than in both"
    assert (
        claim_of(Hypothesis(measure="AUROC", above=0.1, **about)) == "AUROC is higher than in both by more than 0.100"
    )
    assert claim_of(Hypothesis(measure="AUROC", within=0.1, **about)) == "AUROC differs from both by less than 0.100"
    ratio = Hypothesis(measure="evasion", form="ratio of effects", below=0.333, **about)
    assert claim_of(ratio) == "less than 0.333 of what both does to evasion"


def test_claims_that_are_not_done_are_told_by_name_with_the_arms_that_they_wait_for(tmp_path: Path) -> None:
    path, out = make_grid(tmp_path)
    rows = (out / "rows.jsonl").read_text().splitlines(keepends=True)
    (out / "rows.jsonl").write_text("".join(line for line in rows if '"arm": "both"' in line))
    face = ablation_face(study(path, out))
    assert face.title.replace("\u00a0", " ") == "drawn: 4 of 9 cells, 1 of 3 arms"
    assert [v.short.replace("\u00a0", " ") for v in face.verdicts] == [
        "H1 both: knowing acceptance falls >50 %: not done yet: base",
        "H2 both: over-denial rises <2 points: not done yet: base",
        "H3 shuffled: <0.333 of what both does to knowing acceptance: not done yet: shuffled, base",
    ]


def test_numbers_of_claims_are_those_of_their_names_and_a_figure_without_limits_says_why(tmp_path: Path) -> None:
    claims = HYPOTHESES
    for number, name in enumerate(("acceptance falls by half", "no more", "shuffled does", "shuffled halves"), 2):
        claims = claims.replace(f'"{name}', f'"H{number} {name}')
    plan = PLAN.replace("[0, 1, 2, 3]", "[0, 1]")
    made_up.ACCEPTS["both"] = made_up.ACCEPTS["base"]
    try:
        one = study(*make_grid(tmp_path, claims, plan=plan))
    finally:
        made_up.ACCEPTS["both"] = 0.1
    face = ablation_face(one)
    assert [v.short[:3] for v in face.verdicts] == ["H2 ", "H3 ", "H4 "]
    ratio = one.tested[2].found
    assert ratio is not None and (ratio.estimate.low, ratio.estimate.high) == (None, None)
    assert face.verdicts[2].short.startswith("H4 shuffled: <0.333 of what both does to ")
    assert "(no limits: what it is divided by may be 0)" in face.verdicts[2].short


def test_names_that_others_chose_are_escaped_in_page_and_figure(tmp_path: Path) -> None:
    claims = HYPOTHESES.replace('"no more over-denial"', '"<b>no</b>"')
    plan = PLAN.replace('title = "drawn"', 'title = "<i>drawn</i>"')
    one = study(*make_grid(tmp_path, claims, plan=plan))
    for text in (render(one), figure(one)):
        assert "<b>no</b>" not in text and "<i>drawn" not in text


def test_the_figure_has_a_panel_for_what_is_claimed_a_line_an_arm_and_a_dot_a_seed(found: Study) -> None:
    drawn = figure(found)
    assert panels(found) == [("all", "knowing acceptance"), ("all", "over-denial")]
    assert drawn.count('class="seed"') == 2 * 2 * 4
    assert drawn.count('class="arm"') == 2 * 3
    assert len(re.findall(r'class="range"', drawn)) == 2 * 3


def test_the_csv_holds_every_number_unrounded(made: tuple[Path, Path], found: Study) -> None:
    write_outputs(found, made[1])
    with (made[1] / "ablation.csv").open() as file:
        lines = list(csv.DictReader(file))
    sections = {line["section"] for line in lines}
    assert sections == {"figure", "difference", "hypothesis", "cure"}
    [fallen] = [line for line in lines if line["claim"] == "acceptance falls by half"]
    one = next(t for t in found.tested if t.hypothesis.name == fallen["claim"])
    assert one.found is not None
    assert float(fallen["value"]) == one.found.estimate.value
    assert (fallen["stands"], fallen["primary"]) == ("shown", "1")
    seeds = next(x for x in lines if x["section"] == "figure" and x["arm"] == "both")["by_seed"].split()
    assert len(seeds) == 4


def test_latex_has_a_table_for_each_part(found: Study) -> None:
    text = latex(found)
    for caption in ("Hypotheses, fixed in the plan", "On all", "On tags", "Arms: what was tuned"):
        assert caption in text
