import re
import shutil
import time
from html import unescape
from pathlib import Path

import pytest
from tests.reports import synthetic
from tests.reports.synthetic import BREAKOUT, SCRIPT

from auscult.analysis.summary import Summary, read_summary, write_summary
from auscult.errors import UserError
from auscult.records import Canary
from auscult.reports import format as say
from auscult.reports.page import write_report
from auscult.reports.places import PLUMBING


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
    order = ["verdict", "alerts-h", "headline", "groups", "detection", "measurements", "consistency", "published"]
    order += ["failures", "power", "certificates", "gallery", "manifest", "limits", "reading"]
    places = [page.index(f'id="{name}"') for name in order]
    assert places == sorted(places)


def test_counts_methods_failures_and_reasons_are_said(page: str) -> None:
    text = words(page)
    for said in (
        "95 % interval: cluster t on the logit scale; independent unit: image; variance held: items and images.",
        "withheld: 7.2 % of answers are missing, above 5 %",
        "withheld: 5 absent cases are too few for a rate",
        "exact bound at no events",
        "refused: 7", "timeout: 3",
        "19 of 451",
        "Caution: the image changes nothing",
        "With these 72 images a difference under 6 points cannot be seen.",
        "Held 94.7 % of the time where 95 % is claimed.",
        "855 answered; 861 attempts",
        "It says nothing about patients.",
        "96 answers of 96, chosen by rule",
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
    assert "The rest of this answer: 7," in words(page)
    assert "left out here; the run's tables hold all of it" in words(page)


def test_the_page_asks_for_nothing_from_outside(page: str) -> None:
    assert "default-src 'none'" in page
    links = re.findall(r'(?:src|href|action|srcset|poster)="([^"]*)"', page)
    assert links and all(link.startswith(("data:", "#")) for link in links)
    assert "@import" not in page and "url(http" not in page


def test_each_image_is_embedded_once(page: str) -> None:
    assert page.count("data:image/jpeg") == 5


def test_plumbing_only_shows_no_headline_rate(run: Path, tmp_path: Path) -> None:
    page = changed(run, tmp_path, plumbing_only=True)
    assert words(page).count(PLUMBING) >= 3
    headline = page[page.index('<section id="headline"') : page.index('<section id="groups"')]
    assert "%" not in re.sub(r'<p class="remarks">.*?</p>', "", words(headline)) and "<svg" not in headline


def test_an_empty_summary_makes_a_page(run: Path, tmp_path: Path) -> None:
    canary = Canary(status="failed", detail="one answer")
    bare = Summary(title="t", manifest={}, cases=0, items=0, clusters=0, unit="image", canary=canary)
    shutil.copytree(run, tmp_path / "run")
    write_summary(tmp_path / "run" / "summary.json", bare)
    text = words(write_report(tmp_path / "run", gallery=0).read_text("utf-8"))
    assert "This run has no headline figure." in text and "Stop Two-image canary failed" in text


def test_an_item_set_that_is_gone_leaves_a_page_without_images(run: Path, tmp_path: Path) -> None:
    manifest = synthetic.summary(run.parent).manifest | {"items": {"path": str(tmp_path / "moved")}}
    page = changed(run, tmp_path, manifest=manifest)
    assert "data:image" not in page and words(page).count("The image is not there") == 6


def test_sixty_answers_take_little_space_and_time(run: Path, tmp_path: Path) -> None:
    start = time.process_time()
    path = write_report(run, tmp_path / "report.html")
    assert time.process_time() - start < 5 and path.stat().st_size < 5_000_000


def test_a_folder_that_is_no_run_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no manifest.json\\); make one with 'auscult evaluate'"):
        write_report(tmp_path)
    assert not list(tmp_path.iterdir())
