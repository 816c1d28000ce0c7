"""Any server with OpenAI's images API: ``openai:NAME[@BASE_URL]`` asks ``POST BASE_URL/images/generations``.

One attempt a drawing; patience is the engine's. An image comes as base64 or as an address, which is fetched from the
named host and from no other.
"""

from typing import Any

import orjson

from auscult.drawing.generators import Generator, GeneratorOptions
from auscult.drawing.generators._sent import LARGEST, POLICY, REFUSALS, count, decoded, image_at, read_json
from auscult.drawing.nouns import Drawing, Prompt
from auscult.models import CallFailed
from auscult.models.openai import OpenAIServer
from auscult.models.openai import create as server_of

FORM = "openai:NAME@BASE_URL"
PATH = "images/generations"
MOST_TEXT = 20_000
"""Characters of what a server says that are kept."""


def create(rest: str, options: GeneratorOptions) -> "OpenAIImages":
    """Opens ``NAME[@BASE_URL]``; no connection is made yet.

    Raises:
        UserError: the name or address is malformed, the key's variable is not set, or off-line mode forbids the host.
    """
    return OpenAIImages(server_of(rest, options.model), options)


class OpenAIImages(Generator):
    """See ``Generator``. A server that takes no ``response_format`` is asked without it."""

    def __init__(self, server: OpenAIServer, options: GeneratorOptions) -> None:
        self.server, self.host = server, server.host
        self.identity = f"{server.identity} {PATH}{f' {options.image_size}' if options.image_size else ''}"
        self._size, self._in_base64 = options.image_size, True

    async def draw(self, prompt: Prompt, repeat: int) -> Drawing:
        """Asks once. See ``Generator``."""
        status, headers, reply = await self._asked(prompt)
        if status in (400, 422) and self._in_base64 and b"response_format" in reply[:MOST_TEXT]:
            self._in_base64 = False
            status, headers, reply = await self._asked(prompt)
        if status in REFUSALS and POLICY.search(reply[:MOST_TEXT].decode("utf-8", "replace")):
            return Drawing(refused=self.server.failed(status, headers, reply).detail)
        if status != 200:
            raise self.server.failed(status, headers, reply)
        return await self._read(reply)

    async def _asked(self, prompt: Prompt) -> tuple[int, Any, bytes]:
        body = {"model": self.server.name, "prompt": prompt.text, "n": 1}
        if self._size:
            body["size"] = self._size
        if self._in_base64:
            body["response_format"] = "b64_json"
        return await self.server.post(PATH, orjson.dumps(body), LARGEST)

    async def _read(self, reply: bytes) -> Drawing:
        data = read_json(reply)
        entries, usage = data.get("data"), data.get("usage")
        if data.get("error") and not entries:
            if POLICY.search(orjson.dumps(data["error"]).decode()):
                return Drawing(refused=self.server.failed(400, {}, reply).detail)
            raise self.server.failed(500, {}, reply)
        if not isinstance(entries, list):
            raise CallFailed("bad_reply", "the server's reply holds no list 'data'", retryable=True)
        images, words = [], []
        for entry in entries:
            entry = entry if isinstance(entry, dict) else {"text": entry}
            if isinstance(entry.get("b64_json"), str) and entry["b64_json"]:
                images.append(decoded(entry["b64_json"]))
            elif isinstance(entry.get("url"), str) and entry["url"]:
                images.append(await image_at(entry["url"], self.server))
            elif isinstance(said := entry.get("text") or entry.get("content"), str):
                words.append(said[:MOST_TEXT])
        usage = usage if isinstance(usage, dict) else {}
        return Drawing(
            images=tuple(images),
            text="\n".join(words),
            tokens_in=count(usage.get("input_tokens")),
            tokens_out=count(usage.get("output_tokens")),
        )

    async def probe(self) -> None:
        """Whether the server is there."""
        await self.server.probe()

    async def close(self) -> None:
        """Closes the connections."""
        await self.server.close()
