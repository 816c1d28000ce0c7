"""The page of a diagnosis: what it shows of questions and figures, and that no text of a model acts on it."""

import csv
import io
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path

import orjson
import pytest
from rich.console import Console
from tests.reports.diagnosis import made

from auscult.diagnosis.diagnosis import FIGURES, read_diagnosis
from auscult.diagnosis.reading import read
from auscult.diagnosis.writing import write_figures
from auscult.errors import UserError
from auscult.reports.diagnosis.cards import Cards, cards, in_turn, right_by_luck, surest, telling
from auscult.reports.diagnosis.items_csv import write_items_csv
from auscult.reports.diagnosis.outputs import terminal, write_outputs
from auscult.reports.diagnosis.page import causes_of, face_of, write_diagnosis_page


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of a finished diagnosis."""
    out = made.build(tmp_path_factory.mktemp("diagnosis"))
    write_figures(out)
    return out


@pytest.fixture(scope="module")
def page(folder: Path) -> str:
    return write_diagnosis_page(folder).read_text("utf-8")


@pytest.fixture(scope="module")
def every(folder: Path) -> Cards:
    """A card of every question."""
    table = read(folder)
    return cards(folder, table, causes_of(folder), list(table.items), folder.parent / "items")


class Tags(HTMLParser):
    """What is markup in a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def test_no_text_of_a_model_or_of_a_data_set_is_markup_or_stays_hidden(page: str) -> None:
    tags = Tags(page).found
    assert [attributes for tag, attributes in tags if tag == "script"] == [{}]
    assert not [a for _, attributes in tags for a in attributes if a.startswith("on")]
    assert {(a["src"] or "")[:11] for tag, a in tags if tag == "img"} == {"data:image/j"[:11]}
    assert not re.search("[\u202a-\u202e\x00-\x08\x1b]", page) and "⟨U+202E⟩" in page
    assert "&lt;script&gt;alert(1)" in page


def test_the_first_screen_shows_the_verdict_both_pictures_and_questions(page: str) -> None:
    body = page[page.index("<body") :]
    order = [body.index(words) for words in ("are right as it is", "If it saw rightly", "its eyes", "Does it see what")]
    assert order == sorted(order)
    first = body[: body.index("All that stands behind it")]
    assert first.count('class="card item') == 2 and first.count("data:image/jpeg") == 2


def test_a_card_has_the_three_stages_beside_what_they_should_be_and_marks_what_is_false(every: Cards) -> None:
    for card in every.cards:
        assert [s.title for s in card.stages] == ["Eyes", "Knowledge", "Reasoning"]
        assert all(s.gold for s in card.stages)
    shown = [c for c in every.cards if c.stages[0].word == "wrong"]
    marked = {text for c in shown for text, wrong in c.stages[0].wrote if wrong}
    assert marked == {"right", "left"}  # what the judge quoted
    assert not any(wrong for c in every.cards for s in c.stages if s.tone != "wrong" for _, wrong in s.wrote)


def test_a_card_tells_what_each_replacement_did(every: Cards) -> None:
    card = next(c for c in every.cards if c.cause == "its eyes")
    assert [(o.label, o.word) for o in card.outcomes] == [
        ("nothing given", "wrong"),
        ("its own description of the image", "wrong"),
        ("a correct description", "right"),
        ("its own description and knowledge", "wrong"),
        ("a correct description, its own knowledge", "right"),
        ("its own description, correct knowledge", "wrong"),
        ("a correct description and correct knowledge", "right"),
    ]


def test_what_never_came_was_no_trace_or_could_not_be_asked_is_said_so(every: Cards) -> None:
    found = {c.outcomes[0].word: c for c in every.cards}
    assert set(found) == {"right", "wrong", "missing", "no valid answer"}
    assert {o.word for o in found["missing"].outcomes} == {"missing"}
    assert "not asked" in {o.word for o in found["no valid answer"].outcomes}
    assert found["missing"].outcomes[0].answer == "no reply within 120 s"
    assert [s.word for s in found["missing"].stages] == ["not written"] * 3


def test_of_a_judges_reasons_those_stand_that_bear_its_verdict_out() -> None:
    said = "supported: 5 mm disc; contradicted: “left” (side)\nopen: it is old; not read: shoulder; blades"
    assert telling(said, "wrong") == "contradicted: “left” (side)"
    assert telling(said, "open") == "open: it is old; not read: shoulder; blades"
    assert telling("too short; and vague", "wrong") == "too short; and vague"


def test_an_image_that_is_gone_leaves_its_card_whole(every: Cards) -> None:
    (why,) = {c.picture.reason for c in every.cards if not c.picture.uri}
    assert "was not found" in why


def test_few_images_are_said_first_and_no_single_cause_is_sure(tmp_path: Path) -> None:
    folder = made.build(tmp_path, images=12)
    write_figures(folder)
    page = write_diagnosis_page(folder).read_text("utf-8")
    body = page[page.index("<body") :]
    assert body.index("Too few images to tell which stage costs most") < body.index("are right as it is")
    assert "likeliest; too few images to say how sure" in body and "of 100 sure" not in body


def test_causes_take_turns_and_give_the_surest_first() -> None:
    causes = {
        "a": {"eyes": 0.6, "knowledge": 0.4},
        "b": {"eyes": 0.9, "knowledge": 0.1},
        "c": {"eyes": 0.2, "knowledge": 0.8},
    }
    assert in_turn(causes, 3) == ["b", "c", "a"] and in_turn(causes, 2) == ["b", "c"]
    assert surest(causes["c"]) == "knowledge"


def test_answers_that_are_right_in_spite_of_a_false_stage_are_shown_as_such(folder: Path, every: Cards) -> None:
    table = read(folder)
    assert right_by_luck(table, 4) == []  # this model is right only where no stage is wrong
    table.arms["baseline"].right[:] = 1
    assert len(right_by_luck(table, 4)) == 4


def test_the_items_csv_has_a_row_a_question_and_no_formula(folder: Path, tmp_path: Path) -> None:
    table = read(folder)
    rows = list(csv.DictReader(write_items_csv(folder, table, causes_of(folder), tmp_path / "items.csv").open()))
    assert [r["item"] for r in rows] == list(table.items)
    eyes = [r for r in rows if r["cause"] == "eyes"]
    assert eyes and all(r["baseline right"] == "0.0" and r["replace_vr right"] == "1.0" for r in eyes)
    assert all(r["wrong visual_recognition"] == "1.0" for r in eyes)
    assert sum(r["baseline status"] == "request_failed" for r in rows) == 1
    assert not [v for r in rows for v in r.values() if v and v[0] in "=+@"]


def test_everything_lies_in_the_folder_and_the_terminal_has_every_table(folder: Path) -> None:
    ending = write_outputs(folder)
    assert ending.page == folder / "diagnosis.html"
    assert {"diagnosis.html", "diagnosis.csv", "diagnosis-items.csv"} <= {f.name for f in folder.iterdir()}
    with Console(width=100, record=True, file=io.StringIO()) as console:
        console.print(terminal(read_diagnosis(folder / FIGURES)))
    told = console.export_text()
    assert all(words in told for words in ("If a stage were right", "Gains", "lower bound", "ClinHallu's figures"))
    assert "\x1b" not in told and "<script>" in told  # shown as it is


def test_figures_are_made_before_the_page_is(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder, tmp_path / "begun", ignore=shutil.ignore_patterns("diagnosis.*"))
    with pytest.raises(UserError, match="not finished"):
        write_diagnosis_page(tmp_path / "begun")
    assert not (tmp_path / "begun" / "diagnosis.html").exists()


def test_a_model_that_sees_other_images_alone_has_a_page_without_a_figure(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder, tmp_path / "plumbing")
    manifest = orjson.loads((folder / "manifest.json").read_bytes())
    manifest["model"]["sees_only"] = "phantoms"
    (tmp_path / "plumbing" / "manifest.json").write_bytes(orjson.dumps(manifest))
    shown = write_diagnosis_page(tmp_path / "plumbing").read_text("utf-8")
    assert "No figures are shown." in shown and "of 100 (" not in shown.split("<aside")[0]
    assert 'class="card item' not in shown and face_of(tmp_path / "plumbing").stop
