"""A server in a thread of this process that does whatever a test says, and a small item set to put to it."""

import asyncio
import contextlib
import json
import threading
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import web

import auscult as au
from auscult.corpora import vqa_rad

Answering = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Served:
    """A server that runs: its address for a model spec, and the requests that came, as method and path."""

    port: int
    requests: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        """BASE_URL."""
        return f"http://127.0.0.1:{self.port}/v1"

    @property
    def chats(self) -> int:
        """How many questions came."""
        return sum(r.endswith("/chat/completions") for r in self.requests)


def completion(usage: object = None, **choice: object) -> bytes:
    """A completion as a server in Python writes it, whatever its values are."""
    first = {"index": 0, "message": {"role": "assistant", "content": "Yes."}, "finish_reason": "stop", **choice}
    return json.dumps({"choices": [first], "usage": usage, "created": "yesterday", "model": ["m"]}).encode()


@contextlib.contextmanager
def serving(
    chat: Answering | bytes, models: Answering | bytes = b'{"data": []}', others: Answering | bytes = b"{}"
) -> Iterator[Served]:
    """Serves until the block ends.

    Args:
        chat: answers a question, or what every question gets.
        models: the same for the list of models.
        others: the same for every other address.
    """
    ready, kept = threading.Event(), list[object]()
    served = Served(0)

    def answering(how: Answering | bytes) -> Answering:
        async def answer(request: web.Request) -> web.StreamResponse:
            served.requests.append(f"{request.method} {request.path}")
            if callable(how):
                return await how(request)
            await request.read()
            return web.Response(body=how, content_type="application/json")

        return answer

    async def run() -> None:
        app = web.Application(client_max_size=1 << 28)
        app.router.add_post("/v1/chat/completions", answering(chat))
        app.router.add_get("/v1/models", answering(models))
        app.router.add_route("*", "/{rest:.*}", answering(others))
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        served.port = runner.addresses[0][1]
        over = asyncio.Event()
        kept.extend((asyncio.get_running_loop(), over))
        ready.set()
        await over.wait()
        await runner.cleanup()

    thread = threading.Thread(target=lambda: asyncio.run(run()), daemon=True)
    thread.start()
    assert ready.wait(30), "the server did not start"
    loop, over = kept
    try:
        yield served
    finally:
        loop.call_soon_threadsafe(over.set)  # type: ignore[attr-defined]
        thread.join(30)


def small_items(folder: Path, limit: int = 4) -> Path:
    """An item set of a few images of the bundled sample."""
    au.build("vqa-rad", vqa_rad.sample_path(), folder / "items", limit=limit)
    return folder / "items"
