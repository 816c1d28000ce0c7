"""The page of a diagnosis in a real browser: budgets, phones, paper, keys, and what axe-core finds."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from tests.reports.browser import Browser, axe, chromium
from tests.reports.diagnosis import made
from tests.reports.test_browser import CUT_OFF, MOST_BYTES, MOST_PIXELS, MOST_SHEETS, MOST_WORDS, OPEN_ALL, VISIBLE

from auscult.diagnosis.writing import write_figures
from auscult.reports.diagnosis.page import write_diagnosis_page

pytestmark = [
    pytest.mark.skipif(chromium() is None, reason="no browser: install Debian's chromium"),
    pytest.mark.asyncio(loop_scope="module"),
]


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = made.build(tmp_path_factory.mktemp("diagnosis"))
    write_figures(folder)
    return write_diagnosis_page(folder)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with Browser() as browser:
        yield browser


async def test_the_page_asks_for_nothing_and_keeps_its_budgets(browser: Browser, page: Path, tmp_path: Path) -> None:
    assert page.stat().st_size <= MOST_BYTES
    await browser.open(page, 1400)
    assert await browser.value("document.documentElement.scrollHeight") <= MOST_PIXELS
    assert await browser.value("document.body.innerText.split(/\\s+/).length") <= MOST_WORDS
    await browser.value(OPEN_ALL)
    await asyncio.sleep(0.1)
    assert browser.complaints == [] and browser.dialogs == []
    assert [r for r in browser.requests if not r.startswith("data:")] == [page.as_uri()]
    await browser.open(page, 1400)
    assert await browser.pdf(tmp_path / "page.pdf") <= MOST_SHEETS


@pytest.mark.parametrize("size", [(1400, 900), (1280, 720)])
async def test_the_verdict_and_both_pictures_stand_on_the_first_screen(
    browser: Browser, page: Path, size: tuple[int, int]
) -> None:
    await browser.open(page, *size)
    for what in (".outcome", ".waterfall", ".flow"):
        end = await browser.value(f"document.querySelector('{what}').getBoundingClientRect().bottom")
        assert 0 < end <= size[1], what


async def test_nothing_is_cut_off_on_a_phone_folds_included(browser: Browser, page: Path) -> None:
    await browser.open(page, 360)
    for _ in range(2):
        assert await browser.value("document.documentElement.scrollWidth") <= 360
        assert await browser.value(CUT_OFF) == []
        widths = "[...document.querySelectorAll('.flow text')].map(t => t.getBoundingClientRect().right)"
        assert max(await browser.value(widths)) <= 360
        await browser.value(OPEN_ALL)


@pytest.mark.skipif(axe() is None, reason="no axe-core: make .venv/.test installs it")
@pytest.mark.parametrize("dark", [False, True])
async def test_axe_finds_no_serious_fault_folds_included(browser: Browser, page: Path, dark: bool) -> None:
    await browser.open(page, 1400, dark=dark)
    await browser.value(OPEN_ALL)
    assert await browser.faults() == []


async def test_filters_choose_among_the_items_and_leave_the_first_screen_alone(browser: Browser, page: Path) -> None:
    await browser.open(page, 1400)
    await browser.value(OPEN_ALL)
    every = await browser.value(VISIBLE)
    await browser.choose("Cause", "its reasoning")
    causes = "[...document.querySelectorAll('#cards .card')].filter(c => c.checkVisibility()).map(c => c.className)"
    chosen = await browser.value(causes)
    assert 0 < len(chosen) < every and all("reasoning" in c for c in chosen)
    assert await browser.value("document.querySelectorAll('.featured .card:not([hidden])').length") == 2
    await browser.value("document.querySelector('#filters button').click()")
    await asyncio.sleep(0.1)
    assert await browser.value(VISIBLE) == every


async def test_every_picture_says_its_numbers_to_those_who_do_not_see_it(browser: Browser, page: Path) -> None:
    await browser.open(page, 1400)
    labels = await browser.value("[...document.querySelectorAll('figure svg[role=img]')].map(s => s.ariaLabel)")
    assert len(labels) == 7 and all(any(c.isdigit() for c in label) for label in labels)
    assert "its eyes" in labels[-1] and "right" in labels[-1]


async def test_an_image_is_enlarged_and_left_by_keys(browser: Browser, page: Path) -> None:
    await browser.open(page, 1400)
    await browser.value("document.querySelector('.featured .zoom summary').focus()")
    await browser.press("Enter")
    assert await browser.value("document.querySelectorAll('.zoom[open]').length") == 1
    await browser.press("Escape")
    assert await browser.value("document.querySelectorAll('.zoom[open]').length") == 0
