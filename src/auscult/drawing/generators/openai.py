"""Any server with OpenAI's images API: ``openai:NAME[@BASE_URL]`` asks ``POST BASE_URL/images/generations``.

One attempt a drawing; patience is the engine's. An image comes as base64 or as an address, which is fetched from the
named host and from no other.
"""

from typing import Any

import orjson

from auscult.drawing.generators import GeneratorOptions
from auscult.drawing.generators._sent import MOST_TEXT, POLICY, Served, count, decoded, image_at, read_json
from auscult.drawing.nouns import Drawing, Prompt
from auscult.models import CallFailed
from auscult.models.openai import OpenAIServer
from auscult.models.openai import create as server_of

FORM = "openai:NAME@BASE_URL"


def create(rest: str, options: GeneratorOptions) -> "OpenAIImages":
    """Opens ``NAME[@BASE_URL]``; no connection is made yet.

    Raises:
        UserError: the name or address is malformed, the key's variable is not set, or off-line mode forbids the host.
    """
    return OpenAIImages(server_of(rest, options.model), options)


class OpenAIImages(Served):
    """See ``Served``."""

    path, field = "images/generations", "response_format"

    def __init__(self, server: OpenAIServer, options: GeneratorOptions) -> None:
        super().__init__(server)
        self.identity = f"{server.identity} {self.path}{f' {options.image_size}' if options.image_size else ''}"
        self._size = options.image_size

    def body(self, prompt: Prompt) -> dict[str, Any]:
        """See ``Served``."""
        sent = {"model": self.server.name, "prompt": prompt.text, "n": 1}
        if self._size:
            sent["size"] = self._size
        return sent | ({self.field: "b64_json"} if self.fielded else {})

    async def read(self, reply: bytes) -> Drawing:
        """See ``Served``."""
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
