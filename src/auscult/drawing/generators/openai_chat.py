"""A chat model that draws in its replies: ``openai-chat:NAME[@BASE_URL]`` asks ``POST BASE_URL/chat/completions``.

Images are taken where servers put them: a list ``images`` beside the content, parts of the content, or a ``data:`` URL
in its text. What is said beside them, or in their place, is kept.
"""

import re
from typing import Any

from auscult.drawing.generators import GeneratorOptions
from auscult.drawing.generators._sent import MOST_TEXT, Served, count, decoded, image_at, read_json
from auscult.drawing.nouns import Drawing, Prompt
from auscult.models import CallFailed
from auscult.models.openai import CHAT, OpenAIServer
from auscult.models.openai import create as server_of

FORM = "openai-chat:NAME@BASE_URL"
_IN_TEXT = re.compile(
    r"!\[[^\]\n]{0,200}\]\(\s*(data:image/[^)\s]+|https?://[^)\s]+)\s*\)|(data:image/[\w.+-]+;base64,[\w+/=]+)"
)
"""An image in Markdown, or its bytes alone; a link to read on is none."""


def create(rest: str, options: GeneratorOptions) -> "OpenAIChat":
    """Opens ``NAME[@BASE_URL]``; no connection is made yet. Raises as ``openai.create``."""
    return OpenAIChat(server_of(rest, options.model))


class OpenAIChat(Served):
    """See ``Served``."""

    path, field = CHAT, "modalities"

    def __init__(self, server: OpenAIServer) -> None:
        super().__init__(server)
        self.identity = f"{server.identity} {CHAT}"

    def body(self, prompt: Prompt) -> dict[str, Any]:
        """See ``Served``."""
        sent = {"model": self.server.name, "messages": [{"role": "user", "content": prompt.text}]}
        return sent | ({self.field: ["image", "text"]} if self.fielded else {})

    async def read(self, reply: bytes) -> Drawing:
        """See ``Served``."""
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
