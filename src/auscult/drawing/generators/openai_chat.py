"""A chat model that draws in its replies: ``openai-chat:NAME[@BASE_URL]`` asks ``POST BASE_URL/chat/completions``.

Images are taken where servers put them: a list ``images`` beside the content, parts of the content, or a ``data:`` URL
in its text. What is said beside them, or in their place, is kept.
"""

import re
from typing import Any

import orjson

from auscult.drawing.generators import Generator, GeneratorOptions
from auscult.drawing.generators._sent import LARGEST, POLICY, REFUSALS, count, decoded, image_at, read_json
from auscult.drawing.nouns import Drawing, Prompt
from auscult.models import CallFailed
from auscult.models.openai import CHAT, OpenAIServer
from auscult.models.openai import create as server_of

FORM = "openai-chat:NAME@BASE_URL"
MOST_TEXT = 20_000
_IN_TEXT = re.compile(
    r"!\[[^\]\n]{0,200}\]\(\s*(data:image/[^)\s]+|https?://[^)\s]+)\s*\)|(data:image/[\w.+-]+;base64,[\w+/=]+)"
)
"""An image in Markdown, or its bytes alone; a link to read on is none."""


def create(rest: str, options: GeneratorOptions) -> "OpenAIChat":
    """Opens ``NAME[@BASE_URL]``; no connection is made yet. Raises as ``openai.create``."""
    return OpenAIChat(server_of(rest, options.model))


class OpenAIChat(Generator):
    """See ``Generator``."""

    def __init__(self, server: OpenAIServer) -> None:
        self.server, self.host = server, server.host
        self.identity = f"{server.identity} {CHAT}"
        self._modalities = True

    async def draw(self, prompt: Prompt, repeat: int) -> Drawing:
        """Asks once. See ``Generator``."""
        status, headers, reply = await self._asked(prompt)
        if status in (400, 422) and self._modalities and b"modalities" in reply[:MOST_TEXT]:
            self._modalities = False
            status, headers, reply = await self._asked(prompt)
        if status in REFUSALS and POLICY.search(reply[:MOST_TEXT].decode("utf-8", "replace")):
            return Drawing(refused=self.server.failed(status, headers, reply).detail)
        if status != 200:
            raise self.server.failed(status, headers, reply)
        data = read_json(reply)
        choices = data.get("choices")
        choice = choices[0] if isinstance(choices, list) and choices and isinstance(choices[0], dict) else {}
        message = choice.get("message")
        if not isinstance(message, dict):
            raise CallFailed("bad_reply", "the server's reply holds no message", retryable=True)
        images, text = await self._parts(message)
        usage = data.get("usage")
        usage = usage if isinstance(usage, dict) else {}
        filtered = choice.get("finish_reason") == "content_filter" and not images
        return Drawing(
            images=tuple(images),
            text=text,
            refused="withheld by the server's content filter" if filtered else "",
            tokens_in=count(usage.get("prompt_tokens")),
            tokens_out=count(usage.get("completion_tokens")),
        )

    async def _asked(self, prompt: Prompt) -> tuple[int, Any, bytes]:
        body: dict[str, Any] = {"model": self.server.name, "messages": [{"role": "user", "content": prompt.text}]}
        if self._modalities:
            body["modalities"] = ["image", "text"]
        return await self.server.post(CHAT, orjson.dumps(body), LARGEST)

    async def _parts(self, message: dict[str, Any]) -> tuple[list[bytes], str]:
        content, listed = message.get("content"), message.get("images")
        parts = [*(content if isinstance(content, list) else []), *(listed if isinstance(listed, list) else [])]
        images: list[bytes] = []
        words = [content] if isinstance(content, str) else []
        for part in (p for p in parts if isinstance(p, dict)):
            shown = part.get("image_url") or part.get("image") or part
            address = shown.get("url") if isinstance(shown, dict) else shown
            coded = part.get("b64_json") or part.get("result") or (part.get("data") if "text" not in part else None)
            if isinstance(address, str) and address:
                images.append(await image_at(address, self.server))
            elif isinstance(coded, str) and coded:
                images.append(decoded(coded))
            elif isinstance(part.get("text"), str):
                words.append(part["text"])
        if isinstance(refusal := message.get("refusal"), str) and refusal:
            words.append(refusal)
        text = "\n".join(words)
        for found in _IN_TEXT.finditer(text):
            images.append(await image_at(found[1] or found[2], self.server))
        return images, _IN_TEXT.sub("", text).strip()[:MOST_TEXT]

    async def probe(self) -> None:
        """Whether the server is there."""
        await self.server.probe()

    async def close(self) -> None:
        """Closes the connections."""
        await self.server.close()
