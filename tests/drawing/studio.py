"""Images of a known look, a server that draws them over the images API and in chat replies, and a tiny pipeline."""

import base64
import contextlib
import io
import json
from collections.abc import Callable, Iterator
from typing import Any

from aiohttp import web
from PIL import Image
from tests.attacks.serving import Served, serving

from auscult.records import digest


def picture(text: str = "a", size: tuple[int, int] = (48, 40), form: str = "PNG") -> bytes:
    """An image with a pattern of its own for each text."""
    number = int(digest(text)[:8], 16)
    image = Image.new("L", size, 20)
    for k in range(32):
        image.putpixel((k % size[0], (k * 7 + number) % size[1]), 40 + (number >> k) % 200)
    raw = io.BytesIO()
    image.save(raw, form)
    return raw.getvalue()


def animation() -> bytes:
    """A GIF of two frames."""
    raw, frames = io.BytesIO(), [Image.open(io.BytesIO(picture(name))) for name in "ab"]
    frames[0].save(raw, "GIF", save_all=True, append_images=frames[1:])
    return raw.getvalue()


def in_base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


Answer = Callable[[dict[str, Any]], dict[str, Any] | tuple[int, dict[str, Any]]]


def drawn(body: dict[str, Any]) -> dict[str, Any]:
    """What an images API replies."""
    return {"created": 1, "data": [{"b64_json": in_base64(picture(body["prompt"]))}], "usage": {"input_tokens": 12}}


@contextlib.contextmanager
def studio(answer: Answer = drawn, files: dict[str, bytes] | None = None) -> Iterator[Served]:
    """Serves ``answer`` to every request for an image, by images API or chat, and ``files`` by their path."""

    async def handle(request: web.Request) -> web.StreamResponse:
        if request.method == "GET" and files and request.path in files:
            return web.Response(body=files[request.path], content_type="image/png")
        if request.method != "POST":
            return web.Response(status=404, body=b"{}")
        found = answer(json.loads(await request.read()))
        status, body = found if isinstance(found, tuple) else (200, found)
        return web.json_response(body, status=status)

    with serving(handle, others=handle) as served:
        yield served
