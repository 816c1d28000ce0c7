"""The pages in a real browser: what they load, show, hide and print; their budgets, and what axe-core finds."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from tests.analysis.contest import models
from tests.analysis.gated import criteria, films, finished, on_images
from tests.demonstrated import demo
from tests.golden.judged import write_judged
from tests.golden.runs import auscult
from tests.reports.browser import Browser, axe, chromium

from auscult.analysis.comparison.comparing import compare
from auscult.analysis.gate.decision import decide
from auscult.reports.comparison.outputs import write_comparison_page
from auscult.reports.gate import write_page
from auscult.reports.page import write_report

pytestmark = [
    pytest.mark.skipif(chromium() is None, reason="no browser: install Debian's chromium"),
    pytest.mark.asyncio(loop_scope="module"),
]

MOST_PIXELS, MOST_WORDS, MOST_SHEETS, MOST_BYTES = 6_000, 1_500, 4, 5_000_000
OPEN_ALL = "document.querySelectorAll('details:not(.zoom)').forEach(d => d.open = true)"
VISIBLE = "[...document.querySelectorAll('.entry')].filter(e => e.checkVisibility()).length"
CUT_OFF = """[...document.querySelectorAll('main *')].filter(e => e.checkVisibility() && e.clientWidth
    && !e.closest('svg, .scroll') && e.getBoundingClientRect().right > innerWidth + 1)
    .map(e => e.outerHTML.slice(0, 80))"""


@pytest.fixture(scope="module")
def page(run: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_report(run, tmp_path_factory.mktemp("browser") / "report.html", gallery=96)


@pytest.fixture(scope="module")
def pages(page: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The demo's three reports, and the largest that is known: 2,238 judged answers; each page by its name."""
    folder = tmp_path_factory.mktemp("pages")
    with demo(tmp_path_factory) as (shown, _):
        runs = ("phantom", "question-only", "phantom-on-real")
        made = {name: write_report(shown / name, folder / f"{name}.html") for name in runs}
    write_judged(folder / "judged-files", 1122)
    auscult("check", folder / "judged-files", "--out", folder / "judged")
    made["judged"] = write_report(folder / "judged")
    write_comparison_page(compare(models(folder / "models", 2)), None, folder / "compare.html")
    asked = on_images(films(40, lambda n: "Yes." if n % 4 == 0 else "No."))
    limits = ("name = 'inventions'\nkind = 'inventions'\nat_most = 0.1", "name = 'canary'\nkind = 'canary'")
    write_page(decide(criteria(folder / "c.toml", *limits), finished(folder / "gated", asked)), folder / "gate.html")
    return {**made, "synthetic": page, "comparison": folder / "compare.html", "gate": folder / "gate.html"}


PAGES = ("phantom", "question-only", "phantom-on-real", "judged", "synthetic", "comparison", "gate")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    """One for all of them: starting it takes longer than most of what it is asked."""
    async with Browser() as browser:
        yield browser


@pytest.mark.parametrize("width", [1400, 390])
async def test_no_error_no_request_and_no_foreign_script(browser: Browser, page: Path, width: int) -> None:
    await browser.open(page, width)
    assert await browser.value("document.title") == "replay:answers on drawn images"
    await browser.value(OPEN_ALL)
    assert await browser.value(VISIBLE) == 96
    assert await browser.value("[...document.images].every(i => i.complete && i.naturalWidth > 0)")
    await asyncio.sleep(0.1)
    assert browser.complaints == [] and browser.dialogs == []
    assert [r for r in browser.requests if not r.startswith("data:")] == [page.as_uri()]


@pytest.mark.parametrize("name", PAGES)
async def test_a_page_keeps_its_budgets(browser: Browser, pages: dict[str, Path], name: str, tmp_path: Path) -> None:
    assert pages[name].stat().st_size <= MOST_BYTES

    await browser.open(pages[name], 1400)
    assert await browser.value("document.documentElement.scrollHeight") <= MOST_PIXELS
    assert await browser.value("document.body.innerText.split(/\\s+/).length") <= MOST_WORDS
    assert await browser.pdf(tmp_path / "report.pdf") <= MOST_SHEETS


@pytest.mark.parametrize("name", PAGES)
async def test_nothing_is_cut_off_on_a_phone_folds_included(
    browser: Browser, pages: dict[str, Path], name: str
) -> None:
    await browser.open(pages[name], 360)
    for _ in range(2):
        assert await browser.value("document.documentElement.scrollWidth") <= 360
        assert await browser.value(CUT_OFF) == []
        await browser.value(OPEN_ALL)


@pytest.mark.skipif(axe() is None, reason="no axe-core: make .venv/.test installs it")
@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("name", PAGES)
async def test_axe_finds_no_serious_fault(browser: Browser, pages: dict[str, Path], name: str, dark: bool) -> None:
    await browser.open(pages[name], 1400, dark=dark)
    assert await browser.faults() == []


@pytest.mark.skipif(axe() is None, reason="no axe-core: make .venv/.test installs it")
@pytest.mark.parametrize("dark", [False, True])
async def test_axe_finds_no_serious_fault_in_what_is_folded(
    browser: Browser, run: Path, tmp_path: Path, dark: bool
) -> None:
    await browser.open(write_report(run, tmp_path / "report.html", gallery=8), 1400, dark=dark)
    await browser.value(OPEN_ALL)
    assert await browser.faults() == []


@pytest.mark.parametrize("name", ["phantom", "question-only"])
async def test_the_first_screen_shows_verdicts_the_worst_answers_and_what_to_do(
    browser: Browser, pages: dict[str, Path], name: str
) -> None:
    await browser.open(pages[name], 1400)
    bottom = "[...document.querySelectorAll({!r})].map(e => Math.round(e.getBoundingClientRect().bottom))"
    assert max(await browser.value(bottom.format(".verdict"))) < 900
    assert min(await browser.value(bottom.format(".example"))) < 900
    assert max(await browser.value(bottom.format(".outcome"))) < 200  # the one verdict and what to do about it
    assert min(await browser.value(bottom.format(".next li"))) < 1000  # its steps begin below


async def test_filters_narrow_the_gallery_and_come_back(browser: Browser, page: Path) -> None:
    await browser.open(page, 1280)
    await browser.value(OPEN_ALL)
    badges = "[...new Set([...document.querySelectorAll('.entry')].filter(e => e.checkVisibility())"
    badges += ".map(e => e.querySelector('.badge').textContent))]"
    await browser.choose("Outcome", "never came")
    assert await browser.value(badges) == ["never came"]
    failed = await browser.value(VISIBLE)
    assert await browser.value("document.getElementById('shown').textContent") == f"{failed} of 96 answers shown"
    await browser.choose("Outcome", "wrong")
    everywhere = await browser.value(VISIBLE)
    await browser.choose("Tag", "CT")
    assert 0 < await browser.value(VISIBLE) < everywhere
    await browser.value("document.querySelector('#filters button').click()")
    await asyncio.sleep(0.1)
    assert await browser.value(VISIBLE) == 96


async def test_images_enlarge_by_key_and_arrows_go_on(browser: Browser, page: Path) -> None:
    large = (
        "[...document.querySelectorAll('.zoom')].map(z => z.open ? z.querySelector('img').width : 0).filter(Boolean)"
    )
    which = "[...document.querySelectorAll('.zoom')].findIndex(z => z.open)"

    await browser.open(page, 1400)
    await browser.value("document.querySelector('.zoom summary').focus()")
    await browser.press("Enter")
    assert await browser.value(large) == [1400] and await browser.value(which) == 0
    await browser.press("ArrowRight")
    assert await browser.value(which) == 1
    await browser.press("ArrowLeft")
    assert await browser.value(which) == 0
    await browser.press("Escape")
    assert await browser.value(large) == []


async def test_without_scripts_folds_open_and_images_enlarge(browser: Browser, page: Path) -> None:
    await browser.open(page, 1400, scripts=False)
    await browser.send("DOM.enable")
    root = (await browser.send("DOM.getDocument"))["root"]["nodeId"]

    async def node(selector: str) -> int:
        return int((await browser.send("DOM.querySelector", nodeId=root, selector=selector))["nodeId"])

    async def height(selector: str) -> int:
        return int((await browser.send("DOM.getBoxModel", nodeId=await node(selector)))["model"]["height"])

    filters = await browser.send("DOM.getAttributes", nodeId=await node("#filters"))
    assert "hidden" in filters["attributes"]
    await browser.send("DOM.setAttributeValue", nodeId=await node(".fold:has(#gallery)"), name="open", value="")
    assert await height(".entry") > 0
    small = await height(".example img")
    await browser.send("DOM.focus", nodeId=await node(".example .zoom summary"))
    await browser.press("Enter")
    assert await height(".example img") == 900 > small


async def test_a_link_to_a_fold_opens_it(browser: Browser, page: Path) -> None:
    await browser.open(page, 1400)
    shown = "document.getElementById('methods').checkVisibility()"
    assert not await browser.value(shown)
    await browser.value("location.hash = '#methods'")
    await asyncio.sleep(0.1)
    assert await browser.value(shown)


async def test_the_words_are_explained_a_click_away(browser: Browser, page: Path) -> None:
    await browser.open(page, 360)
    words = "document.getElementById('words').checkVisibility()"
    assert not await browser.value(words)
    await browser.value("document.querySelector('[popovertarget=words]').click()")
    assert await browser.value(words)
    assert "invented" in await browser.value("document.getElementById('words').innerText")
