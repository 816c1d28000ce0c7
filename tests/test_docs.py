"""The documentation: links lead somewhere, the site holds every page, the glossary is the report's."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

REPO = Path(__file__).parents[1]
DOCS = REPO / "docs"
PAGES = [REPO / "README.md", *sorted(DOCS.rglob("*.md")), *sorted((REPO / "src").rglob("README.md"))]
_FENCE = re.compile(r"^```.*?^```", re.M | re.S)
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


def _slug(heading: str) -> str:
    plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).replace("`", "")
    return re.sub(r"\s", "-", re.sub(r"[^\w\s-]", "", plain).strip().lower())


def _anchors(page: Path) -> set[str]:
    return {_slug(h) for h in re.findall(r"^#+ (.+)$", _FENCE.sub("", page.read_text("utf-8")), re.M)}


def _links(page: Path) -> Iterator[str]:
    yield from (x for x in _LINK.findall(_FENCE.sub("", page.read_text("utf-8"))) if "://" not in x)


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(REPO)))
def test_every_link_leads_to_a_file_and_a_heading(page: Path) -> None:
    for link in _links(page):
        name, _, anchor = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        assert target.exists(), f"{link}: there is no such file"
        if anchor and target.suffix == ".md":
            assert anchor in _anchors(target), f"{link}: there is no such heading"


def test_the_site_holds_every_page_and_links_only_to_its_own() -> None:
    nav = set(re.findall(r'"([\w/.-]+\.md)"', (REPO / "zensical.toml").read_text("utf-8")))
    assert nav == {str(p.relative_to(DOCS)) for p in DOCS.rglob("*.md")}
    for page in DOCS.rglob("*.md"):
        for link in _links(page):
            target = (page.parent / link.partition("#")[0]).resolve()
            assert target.is_relative_to(DOCS), f"{page.name}: {link} is no page of the site"


def test_the_glossary_says_what_the_report_says() -> None:
    terms = tomllib.loads((REPO / "src/auscult/data/glossary.toml").read_text("utf-8"))["term"]
    page = (DOCS / "glossary.md").read_text("utf-8")
    assert re.findall(r"^\*\*(.+)\*\*\n:   (.+)$", page, re.M) == [
        (t["name"], t["words"]) for face in (True, False) for t in terms if bool(t.get("face")) is face
    ]
