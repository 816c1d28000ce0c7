"""A real browser without a window, driven over its debugging socket: what it loads, logs, shows and prints."""

import asyncio
import base64
import importlib.util
import re
import shutil
import tempfile
from pathlib import Path
from typing import Any, Self

import aiohttp

SWITCHES = """
--headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking --disable-component-update
--disable-sync --disable-default-apps --disable-dev-shm-usage --hide-scrollbars --remote-debugging-port=0
"""


def chromium() -> str | None:
    """Path of the browser, or None."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


def axe() -> Path | None:
    """The accessibility rules of axe-core, as a package of the tests brings them; or None."""
    found = importlib.util.find_spec("axe_playwright_python")  # its file alone: Playwright is neither there nor needed
    return Path(found.origin).with_name("axe.min.js") if found and found.origin else None


class Browser:
    """One page in a fresh profile. ``requests`` are the addresses it asked for, ``complaints`` what it logged."""

    def __init__(self) -> None:
        self.requests: list[str] = []
        self.complaints: list[str] = []
        self.dialogs: list[str] = []
        self._waiting: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._loaded = asyncio.Event()
        self._number = 0

    async def __aenter__(self) -> Self:
        self._profile = Path(tempfile.mkdtemp(prefix="browser-"))
        command = [str(chromium()), *SWITCHES.split(), f"--user-data-dir={self._profile}", "about:blank"]
        quiet = asyncio.subprocess.DEVNULL
        self._process = await asyncio.create_subprocess_exec(*command, stdout=quiet, stderr=quiet)
        port_file = self._profile / "DevToolsActivePort"
        async with asyncio.timeout(30):
            while not port_file.exists() or len(port_file.read_text().splitlines()) < 2:
                await asyncio.sleep(0.05)
        port = port_file.read_text().splitlines()[0]
        self._session = aiohttp.ClientSession()
        async with self._session.get(f"http://127.0.0.1:{port}/json/list") as reply:
            address = next(t["webSocketDebuggerUrl"] for t in await reply.json() if t["type"] == "page")
        self._socket = await self._session.ws_connect(address, max_msg_size=0)
        self._reader = asyncio.create_task(self._read())
        for domain in ("Page", "Runtime", "Log", "Network"):
            await self.send(f"{domain}.enable")
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._socket.close()
        await self._reader
        await self._session.close()
        self._process.terminate()
        await self._process.wait()
        shutil.rmtree(self._profile, ignore_errors=True)

    async def _read(self) -> None:
        async for message in self._socket:
            event = message.json()
            if "id" in event:
                self._waiting.pop(event["id"]).set_result(event)
            else:
                self._note(event["method"], event["params"])

    def _note(self, method: str, params: dict[str, Any]) -> None:
        if method == "Page.loadEventFired":
            self._loaded.set()
        elif method == "Network.requestWillBeSent":
            self.requests.append(params["request"]["url"])
        elif method == "Page.javascriptDialogOpening":
            self.dialogs.append(params["message"])
        elif method == "Log.entryAdded":
            self.complaints.append(params["entry"]["text"])
        elif method == "Runtime.exceptionThrown":
            self.complaints.append(str(params["exceptionDetails"]))
        elif method == "Runtime.consoleAPICalled":
            self.complaints.append(str(params["args"]))

    async def send(self, method: str, *, within: float = 60, **params: object) -> dict[str, Any]:
        """One command of the debugging protocol, answered within some seconds."""
        self._number += 1
        answer = self._waiting[self._number] = asyncio.get_running_loop().create_future()
        await self._socket.send_json({"id": self._number, "method": method, "params": params})
        async with asyncio.timeout(within):
            reply = await answer
        assert "error" not in reply, f"{method}: {reply['error']}"
        return dict(reply["result"])

    async def open(
        self, page: Path, width: int, height: int = 900, *, scripts: bool = True, dark: bool = False
    ) -> None:
        """Loads a file at a width in pixels; what was noted of the one before is forgotten."""
        for noted in (self.requests, self.complaints, self.dialogs):
            noted.clear()
        await self.send("Page.setBypassCSP", enabled=False)
        await self.send("Emulation.setScriptExecutionDisabled", value=not scripts)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        await self.send("Emulation.setEmulatedMedia", features=[scheme])
        await self.send(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 500
        )
        self._loaded.clear()
        await self.send("Page.navigate", url=page.as_uri())
        async with asyncio.timeout(30):
            await self._loaded.wait()

    async def value(self, expression: str, *, within: float = 60) -> Any:
        """What an expression gives in the page."""
        result = await self.send(
            "Runtime.evaluate", within=within, expression=expression, returnByValue=True, awaitPromise=True
        )
        assert "exceptionDetails" not in result, result
        return result["result"].get("value")

    async def choose(self, name: str, words: str) -> None:
        """Sets a filter as a user does."""
        await self.value(
            f"""(() => {{ const s = document.querySelector(`select[name="{name}"]`);
            s.value = [...s.options].find(o => o.text === {words!r}).value;
            s.dispatchEvent(new Event("change", {{bubbles: true}})); }})()"""
        )

    async def screenshot(self, out: Path, *, top: int = 0, height: int = 0) -> None:
        """A picture of the page, whole or ``height`` pixels from ``top``."""
        size = (await self.send("Page.getLayoutMetrics"))["cssContentSize"]
        clip = {"x": 0, "y": top, "width": size["width"], "height": height or size["height"], "scale": 1}
        shot = await self.send("Page.captureScreenshot", captureBeyondViewport=True, clip=clip)
        out.write_bytes(base64.b64decode(shot["data"]))

    async def press(self, *keys: str) -> None:
        """Keys as a user presses them: ``a``, ``3``, ``Enter``, ``Escape``, ``ArrowRight``, ``Control+Enter``."""
        for name in keys:
            held, _, key = name.rpartition("+")
            letter = len(key) == 1
            text = {"Enter": "\r"}.get(key, key if letter else "") if not held else ""
            number = {"Enter": 13, "Escape": 27, "ArrowLeft": 37, "ArrowRight": 39}.get(key) or ord(key.upper())
            code = (f"Digit{key}" if key.isdigit() else f"Key{key.upper()}") if letter else key
            pressed = {"key": key, "code": code, "windowsVirtualKeyCode": number, "modifiers": 2 if held else 0}
            for kind in ("keyDown", "keyUp"):
                typed = {"text": text} if text and kind == "keyDown" else {}
                await self.send("Input.dispatchKeyEvent", type=kind, **pressed, **typed)

    async def type(self, text: str, *, over: bool = False) -> None:
        """Writes into what has the focus, at its cursor or over all of it."""
        if over:
            await self.value("document.activeElement.select()")
        await self.send("Input.insertText", text=text)

    async def saved(self, click: str, folder: Path) -> Path:
        """The file that a button saves, by its selector."""
        await self.send("Page.setDownloadBehavior", behavior="allow", downloadPath=str(folder))
        await self.value(f"document.querySelector({click!r}).click()")
        async with asyncio.timeout(20):
            while not (found := [f for f in folder.iterdir() if f.suffix != ".crdownload"]):
                await asyncio.sleep(0.05)
        return found[0]

    async def faults(self) -> list[str]:
        """What axe-core finds of serious and critical faults: rule, place, and why."""
        rules = axe()
        assert rules is not None
        await self.send("Page.setBypassCSP", enabled=True)
        await self.send("Runtime.evaluate", expression=rules.read_text("utf-8"))
        found = await self.value(
            """axe.run({preload: false, resultTypes: ["violations"]}).then(r => r.violations
            .filter(v => ["serious", "critical"].includes(v.impact))
            .flatMap(v => v.nodes.map(n => `${v.id}: ${n.target} ${n.failureSummary}`)))""",
            within=300,
        )
        return list(found)

    async def pdf(self, out: Path) -> int:
        """The page as it prints, and on how many sheets of A4."""
        printed = await self.send("Page.printToPDF", preferCSSPageSize=True, paperWidth=8.27, paperHeight=11.69)
        out.write_bytes(base64.b64decode(printed["data"]))
        return len(re.findall(rb"/Type /Page\b(?!s)", out.read_bytes()))
