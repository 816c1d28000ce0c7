import csv
import re
from pathlib import Path

import pytest
from tests.ablation.made_up import HYPOTHESES, PLAN, make_grid

from auscult.ablation.study import Study, study
from auscult.reports.ablation.face import ablation_face
from auscult.reports.ablation.figure import figure, panels
from auscult.reports.ablation.outputs import latex, render, write_outputs


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
