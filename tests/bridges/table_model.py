"""A model of Inspect that answers from a table, and keeps what it was shown; no network, no tokens to count."""

import hashlib
from base64 import b64decode
from typing import Any

from inspect_ai.model import ChatMessage, ContentImage, ContentText, GenerateConfig, ModelAPI, ModelOutput, modelapi

FAILS, EMPTY, WITHHELD = "!fails", "", "!withheld"
Put = tuple[str | tuple[str, str], ...]


class Table(ModelAPI):
    """Args: said: question (as put) → answer; seen: what was put is added to it."""

    def __init__(self, model_name: str, config: GenerateConfig | None = None, **given: Any) -> None:
        super().__init__(model_name, config=config or GenerateConfig())
        self.said: dict[str, str] = given["said"]
        self.seen: list[tuple[Put, GenerateConfig]] = given["seen"]

    async def generate(
        self, input: list[ChatMessage], tools: object, tool_choice: object, config: GenerateConfig
    ) -> ModelOutput:
        put = parts(input)
        self.seen.append((put, config))
        answer = self.said[str(put[-1])]
        if answer == FAILS:
            raise RuntimeError("the server is gone")
        if answer == WITHHELD:
            return ModelOutput.from_content(self.model_name, "", stop_reason="content_filter")
        return ModelOutput.from_content(self.model_name, answer)


def parts(messages: list[ChatMessage]) -> Put:
    """What was put: texts as they are, images as their type and the hash of their bytes."""
    found: list[str | tuple[str, str]] = []
    for content in messages[-1].content:
        if isinstance(content, ContentText):
            found.append(content.text)
        elif isinstance(content, ContentImage):
            head, _, data = content.image.partition(";base64,")
            found.append((head, hashlib.sha256(b64decode(data)).hexdigest()))
    return tuple(found)


@modelapi(name="table")
def table() -> type[ModelAPI]:
    return Table
