"""The pages of items in a real browser: a clinician's keys, a reload, the file, and what axe-core finds."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from tests.reports.browser import Browser, axe, chromium
from tests.review.signing.made_set import EVIL, make_set

from auscult.items.item_set import ItemSet
from auscult.reports.items.page import write_items_page
from auscult.review.signing.files import read_signed

pytestmark = [
    pytest.mark.skipif(chromium() is None, reason="no browser: install Debian's chromium"),
    pytest.mark.asyncio(loop_scope="module"),
]
USES = ("browse", "rejects", "sign-off")
NOW = "document.querySelector('.entry.now').dataset.item"
WHERE = "document.getElementById('where').textContent"


@pytest.fixture(scope="module")
def items(tmp_path_factory: pytest.TempPathFactory) -> ItemSet:
    return make_set(tmp_path_factory.mktemp("sets") / "items")


@pytest.fixture(scope="module")
def pages(items: ItemSet, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("pages")
    return {use: write_items_page(items, folder / f"{use}.html", use=use).path for use in USES}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with Browser() as browser:
        yield browser


@pytest.mark.parametrize("width", [1400, 360])
@pytest.mark.parametrize("use", USES)
async def test_no_error_no_request_no_dialog_and_nothing_is_cut_off(
    browser: Browser, pages: dict[str, Path], use: str, width: int
) -> None:
    await browser.open(pages[use], width)
    await browser.value("document.querySelectorAll('details:not(.zoom)').forEach(d => d.open = true)")
    assert await browser.value("document.documentElement.scrollWidth") <= width
    assert browser.complaints == [] and browser.dialogs == []
    assert [r for r in browser.requests if not r.startswith("data:")] == [pages[use].as_uri()]


@pytest.mark.skipif(axe() is None, reason="no axe-core: make .venv/.test installs it")
@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("use", USES)
async def test_axe_finds_no_serious_fault(browser: Browser, pages: dict[str, Path], use: str, dark: bool) -> None:
    await browser.open(pages[use], 1400, dark=dark)
    assert await browser.faults() == []
    if use == "sign-off":
        for key in ("m", "Escape", "r"):
            await browser.press(key)
            assert await browser.faults() == []


async def test_rejects_are_filtered_by_reason(browser: Browser, pages: dict[str, Path]) -> None:
    await browser.open(pages["rejects"], 1400)
    await browser.choose("Reason", "no JSON")
    assert await browser.value("document.getElementById('shown').textContent") == "1 of 3 rejected items shown"


async def test_all_items_print_and_the_desk_does_not(browser: Browser, pages: dict[str, Path], tmp_path: Path) -> None:
    await browser.open(pages["sign-off"], 1400)
    await browser.send("Emulation.setEmulatedMedia", media="print")
    assert await browser.value("[...document.querySelectorAll('.entry')].every(e => e.checkVisibility())")
    assert not await browser.value("document.getElementById('desk').checkVisibility()")
    await browser.send("Emulation.setEmulatedMedia", media="")


async def test_without_scripts_all_items_can_be_read(browser: Browser, pages: dict[str, Path]) -> None:
    await browser.open(pages["sign-off"], 1400, scripts=False)
    text = pages["sign-off"].read_text("utf-8")
    assert "<noscript>" in text
    root = (await browser.send("DOM.getDocument"))["root"]["nodeId"]
    last = (await browser.send("DOM.querySelector", nodeId=root, selector=".card:last-child .entry"))["nodeId"]
    assert (await browser.send("DOM.getBoxModel", nodeId=last))["model"]["height"] > 0


async def test_a_clinician_signs_off_by_keys_over_a_reload_and_the_file_is_taken_back(
    browser: Browser, pages: dict[str, Path], items: ItemSet, tmp_path: Path
) -> None:
    page, ids = pages["sign-off"], [i.id for i in items]
    await browser.open(page, 1400)
    assert await browser.value(WHERE) == "Item 1 of 5 · 5 left · 0 accepted, 0 mended, 0 refused"
    await browser.press("a")
    assert await browser.value(NOW) == ids[1]
    await browser.press("r", "1", "Enter")  # the answer is wrong
    assert await browser.value(NOW) == ids[2]
    await browser.press("u")  # back to what was refused, and undecided again
    assert await browser.value(NOW) == ids[1] and "4 left" in await browser.value(WHERE)
    await browser.press("r", "6")
    await browser.press("Enter")  # another reason needs words
    assert await browser.value("document.getElementById('trouble').textContent") == "Write the reason."
    await browser.type("no film shows a side")
    await browser.press("Enter", "ArrowRight", "ArrowLeft", "m")
    assert await browser.value("document.activeElement.name") == "question"
    await browser.press("Control+Enter")
    assert "Nothing was changed" in await browser.value("document.getElementById('trouble').textContent")
    await browser.type("How wide is the effusion in mm?", over=True)
    await browser.press("Control+Enter")
    assert await browser.value(NOW) == ids[3]
    await browser.press("r", "Escape")  # left as it was
    assert "2 left" in await browser.value(WHERE)

    for _ in range(40):  # the browser writes what a page keeps a little later
        await browser.open(page, 1400)
        if "1 accepted, 1 mended, 1 refused" in (where := await browser.value(WHERE)):
            break
        await asyncio.sleep(0.25)
    assert where == "Item 4 of 5 · 2 left · 1 accepted, 1 mended, 1 refused"
    await browser.press("a")  # the last one is open: its texts are hostile, and the mended answer is short
    await browser.press("m")
    await browser.value("document.getElementById('mending').reference.focus()")
    await browser.type("Nothing ⟨U+202E⟩is known.", over=True)
    await browser.press("Control+Enter")
    assert "none left" in await browser.value(WHERE)
    await browser.value("document.getElementById('save').click()")
    assert "initials" in await browser.value("document.getElementById('trouble').textContent")
    await browser.type("A. Ḃ <b>")
    assert browser.complaints == [] and browser.dialogs == []
    file = await browser.saved("#save", tmp_path)

    assert file.name == "signed-A-Ḃ-b-.json"
    raw = json.loads(file.read_text("utf-8"))
    assert [d["decision"] for d in raw["decisions"]] == ["accept", "refuse", "mend", "accept", "mend"]
    assert set(raw["decisions"][2]) == {"item", "decision", "when", "question"}  # what was not changed is not there
    signed = read_signed(items, [file])
    assert signed.shown == {"A. Ḃ <b>": 5}
    assert signed.given[ids[1]][0].decision.reason == "no film shows a side"
    mended = signed.given[ids[4]][0].item
    assert mended is not None and mended.reference == "Nothing is known." and EVIL in mended.question


async def test_a_finger_does_what_a_key_does(browser: Browser, pages: dict[str, Path]) -> None:
    await browser.open(pages["sign-off"], 390)
    await browser.value("localStorage.clear()")
    await browser.open(pages["sign-off"], 390)
    await browser.value("document.getElementById('accept').click()")
    assert "1 accepted" in await browser.value(WHERE)
    size = "(b => [b.offsetWidth, b.offsetHeight])(document.getElementById('refuse'))"
    width, height = await browser.value(size)
    assert width >= 44 and height >= 32
    await browser.value("document.getElementById('undo').click()")
    assert "0 accepted" in await browser.value(WHERE)
