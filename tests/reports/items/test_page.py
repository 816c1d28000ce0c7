"""Pages of items: what they show of items and rejects, and that no text of a data set or of a model acts on them."""

import html
import json
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path

import pytest
from tests.diagnosis.made import item_set, question
from tests.review.signing.made_set import EVIL, LONG, make_set

from auscult.errors import UserError
from auscult.items.item_set import ItemSet
from auscult.records import Trace
from auscult.reports.items.page import write_items_page

USES = ("browse", "rejects", "sign-off")


@pytest.fixture(scope="module")
def items(tmp_path_factory) -> ItemSet:
    return make_set(tmp_path_factory.mktemp("sets") / "items")


@pytest.fixture(scope="module")
def pages(items, tmp_path_factory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("pages")
    return {use: write_items_page(items, folder / f"{use}.html", use=use).path.read_text("utf-8") for use in USES}


class Tags(HTMLParser):
    """What is markup in a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


def text_of(page: str) -> str:
    plain = re.sub(r"<(style|script).*?</\1>", "", page, flags=re.S)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", plain)).split())


def test_an_item_stands_with_image_annotation_premise_reference_and_twin(pages):
    shown = text_of(pages["browse"])
    for words in (
        "How far does the pneumothorax reach?",
        "There is no pneumothorax.",
        "Premise There is a pneumothorax. false",
        "Neutral twin Is there a pleural effusion? yes",
        "nonexistent object · presupposition · plain · hard",
        "Labels: pneumothorax: absent",
    ):
        assert words in shown
    assert "<mark>No pneumothorax</mark>" in pages["browse"]
    assert pages["browse"].count("data:image/jpeg;base64,") == 2


def test_evidence_is_found_over_line_breaks_and_where_it_stands_nowhere_the_page_says_so(pages):
    assert "<mark>pleural\neffusion</mark>" in pages["browse"]  # the item names none: what it asks about is marked
    assert "words that stand nowhere not in the annotation" in text_of(pages["browse"])


def test_a_reject_stands_with_its_reason_who_refused_it_and_what_was_said(pages):
    shown = text_of(pages["rejects"])
    assert "the answer contradicts the annotation facts non-hallucination · findings" in shown
    assert "a pneumothorax of the left side not in the annotation" in shown
    assert "no JSON reply" in shown and "Reply Words without end" in shown
    assert "unmentioned claim · nonexistent object · test Claim presence, lung nodule unmentioned" in shown
    assert (
        '<option value="' in pages["rejects"] and ">the answer contradicts the annotation</option>" in pages["rejects"]
    )


@pytest.mark.parametrize("use", USES)
def test_no_text_of_a_data_set_or_of_a_model_is_markup_or_stays_hidden(pages, use):
    tags = Tags(pages[use]).found
    scripts = [attributes for tag, attributes in tags if tag == "script"]
    assert scripts == ([{"type": "application/json", "id": "texts"}] if use == "sign-off" else []) + [{}]
    assert not [a for _, attributes in tags for a in attributes if a.startswith("on")]
    assert {a["src"][:11] for tag, a in tags if tag == "img"} == {"data:image/j"[:11]}
    assert not re.search("[\u202a-\u202e\x00-\x08\x1b]", pages[use])
    assert "{{ 7*7 }}" in text_of(pages[use]) and "⟨U+202E⟩" in pages[use]


def test_a_long_answer_is_folded_in_a_page_and_whole_where_it_is_signed_off(pages):
    assert len(pages["browse"]) < 150_000
    assert "100,089 characters" in text_of(pages["browse"])
    assert text_of(pages["sign-off"]).count("without end") >= LONG.count("without end") - 1  # one is folded
    texts = json.loads(pages["sign-off"].split('id="texts">')[1].split("</script>")[0])
    assert any(t["reference"].startswith(EVIL[:40]) and len(t["reference"]) > 100_000 for t in texts.values())


def test_of_a_large_set_a_draw_is_shown_and_the_page_says_so(items, tmp_path):
    made = write_items_page(items, tmp_path / "few.html", n=2)
    assert (made.shown, made.found) == (2, 5)
    assert "2 of 5 items, drawn by chance" in text_of(made.path.read_text("utf-8"))


def test_a_set_without_rejects_or_a_part_without_items_is_one_line(tmp_path, items):
    (folder := tmp_path / "bare").mkdir()
    for file in items.folder.glob("*.parquet"):
        if file.name != "rejects.parquet":
            (folder / file.name).write_bytes(file.read_bytes())
    manifest = json.loads((items.folder / "manifest.json").read_text())
    manifest["tables"].pop("rejects.parquet")
    (folder / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(UserError, match="nothing was rejected"):
        write_items_page(ItemSet(folder), tmp_path / "no.html", use="rejects")
    with pytest.raises(UserError, match="no item in its part 'validation'"):
        write_items_page(items, tmp_path / "no.html", split="validation")
    assert not (tmp_path / "no.html").exists()


def test_an_image_that_is_gone_leaves_the_page_whole(items, tmp_path):
    shutil.copytree(items.folder, tmp_path / "moved")
    shutil.rmtree(tmp_path / "moved" / "images")
    made = write_items_page(ItemSet(tmp_path / "moved"), tmp_path / "page.html")
    assert "The image is not there" in Path(made.path).read_text("utf-8")


def test_the_gold_trace_of_an_item_is_folded_below_its_answer_as_text(tmp_path):
    seen = "White <b>at</b> the base, \u202ereversed."
    trace = Trace(
        visual_recognition=seen, knowledge_recall="Fluid is white.", reasoning="So it is fluid.", answer="yes"
    )
    traced = item_set(tmp_path / "items", [question("a", trace=trace), question("b", trace=Trace())])
    page = write_items_page(traced, tmp_path / "page.html").path.read_text("utf-8")
    assert "White <b>at</b> the base, ⟨U+202E⟩reversed. Fluid is white. So it is fluid. yes" in text_of(page)
    assert text_of(page).count("Gold trace") == 1 and "<b>at</b>" not in page
