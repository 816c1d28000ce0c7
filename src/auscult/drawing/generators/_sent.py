"""Generators behind servers, and images as these send them: base64, ``data:`` URLs, addresses on the named host."""

import base64
import binascii
import re
from abc import abstractmethod
from typing import Any

import orjson

from auscult.drawing.generators import Generator
from auscult.drawing.nouns import Drawing, Prompt
from auscult.models import CallFailed
from auscult.models.openai import OpenAIServer

LARGEST = 64 << 20
"""Bytes of a reply with images, or of one image."""
MOST_TEXT = 20_000
"""Characters of what a server says that are kept."""
_DATA = re.compile(r"(?i)\s*data:[^,]{0,100},")
POLICY = re.compile(
    r"(?i)content.?polic|moderation|safety.?(?:system|violation|filter|check)|content.?filter|responsible.?ai|nsfw"
)
"""What a service says where its own filter lets nothing be drawn."""
REFUSALS = (400, 403, 422, 451)
"""Statuses with which services say so."""


class Served(Generator):
    """A generator behind a server, asked at ``path`` with a ``field`` that some do not take: these without it."""

    path: str
    field: str

    def __init__(self, server: OpenAIServer) -> None:
        self.server, self.host, self.fielded = server, server.host, True

    @abstractmethod
    def body(self, prompt: Prompt) -> dict[str, Any]:
        """What is sent, with the field where ``fielded``."""

    @abstractmethod
    async def read(self, reply: bytes) -> Drawing:
        """The drawing that a reply holds.

        Raises:
            CallFailed: it holds none.
        """

    async def draw(self, prompt: Prompt, repeat: int) -> Drawing:
        """Asks once. See ``Generator``."""
        status, headers, reply = await self._posted(prompt)
        if status in (400, 422) and self.fielded and self.field.encode() in reply[:MOST_TEXT]:
            self.fielded = False
            status, headers, reply = await self._posted(prompt)
        if status in REFUSALS and POLICY.search(reply[:MOST_TEXT].decode("utf-8", "replace")):
            return Drawing(refused=self.server.failed(status, headers, reply).detail)
        if status != 200:
            raise self.server.failed(status, headers, reply)
        return await self.read(reply)

    async def _posted(self, prompt: Prompt) -> tuple[int, Any, bytes]:
        return await self.server.post(self.path, orjson.dumps(self.body(prompt)), LARGEST)

    async def probe(self) -> None:
        """Whether the server is there."""
        await self.server.probe()

    async def close(self) -> None:
        """Closes the connections."""
        await self.server.close()


def read_json(body: bytes) -> dict[str, Any]:
    """The object that a reply is.

    Raises:
        CallFailed: it is none.
    """
    try:
        data = orjson.loads(body)
    except orjson.JSONDecodeError:
        data = None
    if not isinstance(data, dict):
        detail = f"the server's reply is no JSON object but {len(body)} bytes of something else"
        raise CallFailed("bad_reply", detail, retryable=True)
    return data


def decoded(text: str) -> bytes:
    """The bytes that base64 stands for; the text itself where it is none, so that it is counted as no image."""
    text = _DATA.sub("", text, count=1)
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return text.encode("utf-8", "replace")[:1000]


async def image_at(address: str, server: OpenAIServer) -> bytes:
    """The image that an address means.

    Raises:
        CallFailed: it lies on another host, or is not there.
    """
    return decoded(address) if _DATA.match(address) else await server.got(address.strip(), LARGEST)


def count(value: object) -> int:
    """A count of tokens as a server gives it; 0 for what is none."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 10**9 else 0
