"""The page of an audit of a generator in a real browser: budgets, phones, paper, and what axe-core finds."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from tests.reports.browser import Browser, axe, chromium
from tests.reports.drawing import made
from tests.reports.test_browser import CUT_OFF, MOST_BYTES, MOST_SHEETS, MOST_WORDS, OPEN_ALL

from auscult.reports.drawing.page import write_drawing_page
from auscult.review.drawings import make_drawing_sheet

pytestmark = [
    pytest.mark.skipif(chromium() is None, reason="no browser: install Debian's chromium"),
    pytest.mark.asyncio(loop_scope="module"),
]


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = made.build(tmp_path_factory.mktemp("audit"))
    sheet = make_drawing_sheet(folder, tmp_path_factory.mktemp("sheet") / "new", n=5).folder
    return {"audit": write_drawing_page(folder), "sheet": sheet / "A" / "sheet-A.html"}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with Browser() as browser:
        yield browser


@pytest.mark.parametrize("name", ["audit", "sheet"])
async def test_a_page_asks_for_nothing_and_keeps_its_budgets(
    browser: Browser, pages: dict[str, Path], name: str, tmp_path: Path
) -> None:
    page = pages[name]
    assert page.stat().st_size <= MOST_BYTES
    await browser.open(page, 1400)
    assert await browser.value("document.body.innerText.split(/\\s+/).length") <= MOST_WORDS
    await browser.value(OPEN_ALL)
    await asyncio.sleep(0.1)
    assert browser.complaints == [] and browser.dialogs == []
    assert [r for r in browser.requests if not r.startswith("data:")] == [page.as_uri()]
    await browser.open(page, 1400)
    assert await browser.pdf(tmp_path / "page.pdf") <= MOST_SHEETS


async def test_the_verdict_the_rates_and_the_images_stand_on_the_first_screen(
    browser: Browser, pages: dict[str, Path]
) -> None:
    await browser.open(pages["audit"], 1400, 900)
    for what in (".outcome", "#verdict-refusals", ".strip img"):
        end = await browser.value(f"document.querySelector('{what}').getBoundingClientRect().bottom")
        assert 0 < end <= 900, what


@pytest.mark.parametrize("name", ["audit", "sheet"])
async def test_nothing_is_cut_off_on_a_phone_folds_included(
    browser: Browser, pages: dict[str, Path], name: str
) -> None:
    await browser.open(pages[name], 360)
    for _ in range(2):
        assert await browser.value("document.documentElement.scrollWidth") <= 360
        assert await browser.value(CUT_OFF) == []
        await browser.value(OPEN_ALL)


@pytest.mark.skipif(axe() is None, reason="no axe-core: make .venv/.test installs it")
@pytest.mark.parametrize(("name", "dark"), [("audit", False), ("audit", True), ("sheet", False)])
async def test_axe_finds_no_serious_fault_folds_included(
    browser: Browser, pages: dict[str, Path], name: str, dark: bool
) -> None:
    await browser.open(pages[name], 1400, dark=dark)
    await browser.value(OPEN_ALL)
    assert await browser.faults() == []
