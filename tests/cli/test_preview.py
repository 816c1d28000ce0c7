"""``build --preview``: a page of what a build would make, what it cost, and what the whole would cost."""

import html
import re
from pathlib import Path

import pytest
from PIL import Image
from tests.cli.conftest import Auscult
from tests.construction.drafting.batch_server import Asked, batch_server
from tests.construction.drafting.test_build import FINDINGS, right


@pytest.fixture
def captions(tmp_path: Path) -> Path:
    lines = []
    for n, finding in enumerate(FINDINGS):
        Image.new("L", (16, 16), n).save(tmp_path / f"i{n}.png")
        lines.append(f"i{n}.png,The heart is enlarged. There is no {finding}.")
    (path := tmp_path / "captions.csv").write_text("\n".join(["image,caption", *lines]) + "\n")
    return path


def words(page: Path) -> str:
    plain = re.sub(r"<(style|script).*?</\1>", "", page.read_text("utf-8"), flags=re.S)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", plain)).split())


def test_rules_show_a_page_and_make_no_set(auscult: Auscult, tmp_path: Path) -> None:
    assert auscult("phantoms", "--n", 30, "--seed", 7, "--size", 64, "--out", tmp_path / "P").code == 0
    ran = auscult("build", "--from", "phantoms", tmp_path / "P", "--preview", 20, "--out", tmp_path / "items")
    assert (ran.code, ran.path) == (0, tmp_path / "items.preview.html")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["P", "items.preview.html"]
    shown = words(ran.path)
    assert "A preview of the first 30 cases: no item set was made." in shown
    assert re.search(r"20 of [\d,]+ items, drawn by chance", shown)
    for sort in ("hallucination · nonexistent object", "non-hallucination · wrong attribute", "question · "):
        assert sort in shown
    for form in ("neutral", "polar", "tag", "presupposition"):
        assert form in shown


def test_a_model_is_asked_of_few_images_and_the_page_says_what_all_would_take(
    auscult: Auscult,
    captions: Path,
    tmp_path: Path,
) -> None:
    with batch_server(right) as server:
        spec, checker = f"openai:gen@{server.url}", f"openai:chk@{server.url}"
        build = ("build", "--from", "captions", captions, "--generator", spec, "--checker", checker, "--pairs", 10)
        ran = auscult(*build, "--preview", 20, "--price-in", 2, "--out", tmp_path / "items")
        assert ran.code == 0, ran.err
        drafting = [a for a in server.asked if not a.checks]
        assert 2 <= len(drafting) <= 4 and all(a.images == 1 for a in drafting)
        assert not (tmp_path / "items").exists()
        shown = words(ran.path)
        assert re.search(r"It took \d+ calls, [\d,]+ tokens in, [\d,]+ out", shown)
        assert re.search(r"Of \d+ pairs asked for, \d+ passed all checks; refused: the ", shown)
        assert f"Drafted by openai:gen@{server.url} from image and annotation." in shown
        assert re.search(r"All 5 images with an annotation would take about \d+ calls", shown)

        asked = len(server.asked)
        again = auscult(*build, "--preview", 20, "--out", tmp_path / "items")
        assert len(server.asked) == asked and "Nothing was asked" in again.err
        whole = auscult(*build, "--out", tmp_path / "items")
        assert whole.code == 0, whole.err
        assert len([a for a in server.asked if not a.checks]) == 5  # what the preview asked is not asked again


def test_what_a_model_drafted_and_was_rejected_stands_beside_the_rest(
    auscult: Auscult,
    captions: Path,
    tmp_path: Path,
) -> None:
    def prose(asked: Asked) -> str:
        return "I am sorry, <b>as a model</b> I cannot."

    with batch_server(prose) as server:
        build = ("build", "--from", "captions", captions, "--generator", f"openai:gen@{server.url}")
        ran = auscult(*build, "--preview", 20, "--out", tmp_path / "items")
    assert ran.code == 0, ran.err
    assert re.search(r"0 items, and beside them 4 of 40 that would be rejected", words(ran.path))
    assert "&lt;b&gt;as a model&lt;/b&gt;" in ran.path.read_text("utf-8")


def test_the_numbers_of_a_preview_agree(auscult: Auscult, captions: Path, tmp_path: Path) -> None:
    """Where the page has no room for all that was refused, it says of how many it shows some."""
    with batch_server(right) as server:
        build = ("build", "--from", "captions", captions, "--generator", f"openai:gen@{server.url}", "--pairs", 10)
        first = auscult(*build, "--preview", 20, "--out", tmp_path / "items")
        asked, passed = map(int, re.findall(r"Of (\d+) pairs asked for, (\d+) passed", words(first.path))[0])
        second = auscult(*build, "--preview", passed + 1, "--out", tmp_path / "items")
    asked, passed = map(int, re.findall(r"Of (\d+) pairs asked for, (\d+) passed", words(second.path))[0])
    assert asked - passed > 1
    assert f"{passed} items, and beside them 1 of {asked - passed} that would be rejected" in words(second.path)


def test_a_preview_of_a_sign_off_is_one_line(auscult: Auscult, captions: Path, tmp_path: Path) -> None:
    build = ("build", "--from", "captions", captions, "--reviewed", "x.json")
    ran = auscult(*build, "--preview", 5, "--out", tmp_path / "items")
    assert ran.code == 2 and "give one" in ran.err
