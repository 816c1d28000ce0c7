import re
import shutil
import time
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest
from tests.reports import synthetic
from tests.reports.synthetic import BREAKOUT, SCRIPT

from auscult.analysis.summary import Summary, read_summary, write_summary
from auscult.errors import UserError
from auscult.records import Canary, Item
from auscult.reports import format as say
from auscult.reports.page import write_report
from auscult.store.tables import read_rows, write_rows


@pytest.fixture(scope="module")
def page(run: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    return write_report(run, tmp_path_factory.mktemp("page") / "report.html", gallery=96).read_text("utf-8")


def words(page: str) -> str:
    """What a reader sees: no styles, no scripts, no tags."""
    body = re.sub(r"<(style|script)>.*?</\1>", "", page, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).replace(say.NBSP, " ").split())


def changed(run: Path, folder: Path, **changes: object) -> str:
    shutil.copytree(run, folder / "run")
    write_summary(folder / "run" / "summary.json", synthetic.summary(run.parent, **changes))
    return write_report(folder / "run").read_text("utf-8")


def test_every_headline_number_is_on_the_page(run: Path, page: str) -> None:
    text = words(page)
    for figure in read_summary(run / "summary.json").of("headline"):
        for name in ("with_image", "control_with", "without_image", "wrong_image", "gain_over_none", "gain_over_wrong"):
            estimate = getattr(figure, name)
            if estimate is None or estimate.value is None:
                continue
            scale = say.Scale.POINTS if name.startswith("gain") else say.Scale.SHARE
            shown = say.figure(estimate.value, scale), say.interval(estimate.low, estimate.high, scale)
            assert all(s.replace(say.NBSP, " ") in text for s in shown), (figure.label, name, shown)


def test_sections_stand_in_their_order(page: str) -> None:
    order = [
        "title",
        "verdict-findings",
        "verdict-sure",
        "seen-1-h",
        "next-h",
        "findings",
        "kinds",
        "groups",
        "failures",
    ]
    order += ["gallery", "instruments", "published", "methods", "headline-note-1", "manifest", "words"]
    places = [page.index(f'id="{name}"') for name in order]
    assert places == sorted(places)


def test_counts_methods_failures_and_reasons_are_said(page: str) -> None:
    text = words(page)
    for said in (
        "95 % interval: cluster t on the logit scale; independent unit: image; variance held: items and images.",
        "withheld: 7.2 % of answers are missing, above 5 %",
        "withheld: 5 absent cases are too few for a rate",
        "exact bound at no events",
        "refused: 7", "timeout: 3", "12 gave no answer, 4 never came, of 455 answers",
        "19 of 451",
        "the image changes nothing",
        "With these 72 images a difference under 6 points cannot be seen.",
        "Held 94.7 % of the time where 95 % is claimed.",
        "855 answered; 861 attempts",
        "It says nothing about patients.",
        "96 answers with their images, the worst first",
        "The image is not there: images/case0.png",
    ):  # fmt: skip
        assert said in text, said


def test_nothing_that_a_model_or_a_data_set_wrote_is_markup(page: str) -> None:
    assert SCRIPT not in page and "<img src=x" not in page and 'onerror="' not in page
    assert page.count("<script>") == 1
    assert SCRIPT in words(page) and unescape(BREAKOUT) in words(page)


def test_characters_that_hide_or_turn_text_are_shown(page: str) -> None:
    assert not re.search("[\u202a-\u202e\u2066-\u2069\x00-\x08\x0b-\x1f]", page)
    assert "Yes⟨U+202E⟩.on yas I⟨U+202C⟩ ⟨U+0007⟩ ⟨U+001B⟩[31mred" in words(page)


def test_a_long_answer_is_cut(page: str) -> None:
    assert "The rest of this answer: 2," in words(page)
    assert "left out here; the run's tables hold all of it" in words(page)


def test_twelve_questions_of_a_megabyte_are_a_page_that_opens(tmp_path: Path) -> None:
    run = synthetic.build(tmp_path)
    items = list(read_rows(run / "items.parquet", Item))
    long = {"question": "Is it? " * 150_000, "premise": "It is. " * 150_000, "options": ("It is. " * 150_000, "no")}
    write_rows(run / "items.parquet", Item, [replace(i, **long) if n < 12 else i for n, i in enumerate(items)])
    page = write_report(run).read_text("utf-8")
    assert len(page) < 2_000_000 and "1,047,000 more characters; the tables hold all of it" in words(page)


def test_the_page_asks_for_nothing_from_outside(page: str) -> None:
    assert "default-src 'none'" in page
    links = re.findall(r'\s(?:src|href|action|srcset|poster)="([^"]*)"', page)
    assert links and all(link.startswith(("data:", "#")) for link in links)
    assert "@import" not in page and "url(http" not in page


def test_each_image_of_the_gallery_is_embedded_once(page: str) -> None:
    gallery = page[page.index('id="gallery"') : page.index('id="instruments"')]
    assert gallery.count("data:image/jpeg") == 5


RATE = re.compile(r"\d\u00a0?%|\bof 100\b|\bper cent\b")


@pytest.mark.parametrize(
    "why", [{"plumbing_only": True}, {"canary": Canary(status="failed", detail="one answer to two images")}]
)
def test_a_run_that_says_nothing_of_a_model_shows_no_rate_anywhere(
    run: Path, tmp_path: Path, why: dict[str, object]
) -> None:
    page = changed(run, tmp_path, **why)
    shown = re.sub(r'<aside id="words".*?</aside>', "", page, flags=re.DOTALL)
    shown = re.sub(r'<div id="instruments".*?</details>\n*<details class="fold', "", shown, flags=re.DOTALL)
    shown = re.sub(r'<dl class="reading">.*?</dl>', "", shown, flags=re.DOTALL)
    assert not RATE.search(words(shown)) and "<svg" not in page
    assert "No figures are shown." in words(page) and 'id="gallery"' in page and 'id="methods"' in page


STATISTICS = re.compile(
    r"\b(intervals?|clusters?|bootstrap|Holm|p-values?|p\s?[<=]|sensitivity|specificity|confidence|variance|"
    r"paired|strat\w+|CI|F1|AUC|n\u00a0\d+)\b"
)


def test_statistical_words_stand_in_the_methods_alone(page: str) -> None:
    plain = page[: page.index('<div id="instruments"')]
    gallery = plain.index('<div id="gallery"')
    assert not STATISTICS.findall(words(plain[:gallery]))
    assert STATISTICS.search(words(page[page.index('id="methods"') :]))


def test_a_caution_is_said_once(page: str) -> None:
    cautions = re.search(r'<ul class="cautions".*?</ul>', page, re.DOTALL)
    assert cautions
    for caution in re.findall(r"<li>(.*?)</li>", cautions[0]):
        assert page.count(caution) == 1


def test_groups_of_few_images_show_counts_and_no_picture(run: Path, tmp_path: Path) -> None:
    few = synthetic.figure("US", 0.75, 0.5, section="tag", group="modality")
    few = replace(few, with_image=synthetic.estimate(0.75, 0.5, n=4, clusters=3))
    sections = {"tag": (few, synthetic.figure("CT", 0.5, 0.4, section="tag", group="modality"))}
    page = write_report(synthetic.build(tmp_path, sections)).read_text("utf-8")
    groups = page[page.index('<div id="groups"') : page.index('id="failures-h"')]
    line = groups[groups.index("<b>US</b>") :]
    assert "3 of 4" in line and groups.count("<svg") == 1 and "50 of 100" in groups


def test_an_empty_summary_makes_a_page(run: Path, tmp_path: Path) -> None:
    canary = Canary(status="failed", detail="one answer")
    bare = Summary(title="t", manifest={}, cases=0, items=0, clusters=0, unit="image", canary=canary)
    shutil.copytree(run, tmp_path / "run")
    write_summary(tmp_path / "run" / "summary.json", bare)
    text = words(write_report(tmp_path / "run", gallery=0).read_text("utf-8"))
    assert "No figures are shown." in text and "Nothing came with this run" in text


def test_an_item_set_that_is_gone_leaves_a_page_without_images(run: Path, tmp_path: Path) -> None:
    manifest = synthetic.summary(run.parent).manifest | {"items": {"path": str(tmp_path / "moved")}}
    page = changed(run, tmp_path, manifest=manifest)
    assert "data:image" not in page and words(page).count("The image is not there") == 9


def test_sixty_answers_take_little_space_and_time(run: Path, tmp_path: Path) -> None:
    start = time.process_time()
    path = write_report(run, tmp_path / "report.html")
    assert time.process_time() - start < 5 and path.stat().st_size < 5_000_000


def test_a_folder_that_is_no_run_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no manifest.json\\); make one with 'auscult evaluate'"):
        write_report(tmp_path)
    assert not list(tmp_path.iterdir())
