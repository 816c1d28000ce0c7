"""Images as servers send them: base64, ``data:`` URLs, or an address that is fetched from the named host alone."""

import base64
import binascii
import re
from typing import Any

import orjson

from auscult.models import CallFailed
from auscult.models.openai import OpenAIServer

LARGEST = 64 << 20
"""Bytes of a reply with images, or of one image."""
_DATA = re.compile(r"(?i)\s*data:[^,]{0,100},")
POLICY = re.compile(
    r"(?i)content.?polic|moderation|safety.?(?:system|violation|filter|check)|content.?filter|responsible.?ai|nsfw"
)
"""What a service says where its own filter lets nothing be drawn."""
REFUSALS = (400, 403, 422, 451)
"""Statuses with which services say so."""


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
