import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from tests.reports.browser import Browser, chromium

from auscult.reports.page import write_report

pytestmark = pytest.mark.skipif(chromium() is None, reason="no browser: install Debian's chromium")


@pytest.fixture(scope="module")
def page(run: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_report(run, tmp_path_factory.mktemp("browser") / "report.html", gallery=96)


async def look(page: Path, width: int, see: Callable[[Browser], Awaitable[None]], *, scripts: bool = True) -> Browser:
    async with Browser() as browser:
        await browser.open(page, width, scripts=scripts)
        await see(browser)
        await asyncio.sleep(0.2)
    return browser


VISIBLE = "[...document.querySelectorAll('.entry')].filter(e => e.offsetParent).length"


@pytest.mark.parametrize("width", [1280, 390])
async def test_no_error_no_request_no_foreign_script_and_no_sideways_scroll(page: Path, width: int) -> None:
    async def see(browser: Browser) -> None:
        assert await browser.value("document.documentElement.scrollWidth") <= width
        assert await browser.value("document.title") == "replay:answers on drawn images"
        assert await browser.value(VISIBLE) == 96
        assert await browser.value("[...document.images].every(i => i.complete && i.naturalWidth > 0)")

    browser = await look(page, width, see)
    assert browser.complaints == [] and browser.dialogs == []
    assert [r for r in browser.requests if not r.startswith("data:")] == [page.as_uri()]


async def test_filters_narrow_the_gallery_and_come_back(page: Path) -> None:
    async def see(browser: Browser) -> None:
        badges = "[...new Set([...document.querySelectorAll('.entry')].filter(e => e.offsetParent)"
        badges += ".map(e => e.querySelector('.badge').textContent))]"
        await browser.choose("Outcome", "request failed")
        assert await browser.value(badges) == ["request failed"]
        failed = await browser.value(VISIBLE)
        assert await browser.value("document.getElementById('shown').textContent") == f"{failed} of 96 answers shown"
        assert not await browser.value(
            "[...document.querySelectorAll('.card')]"
            ".some(c => c.offsetParent && !c.querySelector('.entry:not([hidden])'))"
        )
        await browser.choose("Outcome", "wrong")
        everywhere = await browser.value(VISIBLE)
        await browser.choose("Tag", "CT")
        assert 0 < await browser.value(VISIBLE) < everywhere
        await browser.value("document.querySelector('#filters button').click()")
        await asyncio.sleep(0.1)
        assert await browser.value(VISIBLE) == 96

    await look(page, 1280, see)


async def test_without_scripts_everything_is_there_but_the_filters(page: Path) -> None:
    async def see(browser: Browser) -> None:
        await browser.send("DOM.enable")
        root = (await browser.send("DOM.getDocument"))["root"]["nodeId"]
        form = (await browser.send("DOM.querySelector", nodeId=root, selector="#filters"))["nodeId"]
        attributes = (await browser.send("DOM.getAttributes", nodeId=form))["attributes"]
        assert "hidden" in attributes
        entry = (await browser.send("DOM.querySelector", nodeId=root, selector=".entry"))["nodeId"]
        assert (await browser.send("DOM.getBoxModel", nodeId=entry))["model"]["height"] > 0

    await look(page, 1280, see, scripts=False)


async def test_it_prints(page: Path, tmp_path: Path) -> None:
    async def see(browser: Browser) -> None:
        await browser.pdf(tmp_path / "report.pdf")

    await look(page, 1280, see)
    pdf = (tmp_path / "report.pdf").read_bytes()
    assert pdf.startswith(b"%PDF") and 4 <= pdf.count(b"/Type /Page\n") <= 15
