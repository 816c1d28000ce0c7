"""No model kind: messages as processors of ``transformers`` take them, and an image prepared once for all questions.

It needs ``transformers``; nothing imports it before a model is loaded.
"""

import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from PIL import Image as Pixels
from transformers import BatchFeature

from auscult.records import Call, Image


def conversation(call: Call, opened: Mapping[str, Pixels.Image]) -> list[dict[str, Any]]:
    """The messages as chat templates take them."""
    return [
        {
            "role": message.role,
            "content": [
                {"type": "text", "text": part}
                if isinstance(part, str)
                else {"type": "image", "image": opened[part.sha256]}
                for part in message.parts
            ],
        }
        for message in call.messages
    ]


def decoded(image: Image) -> Pixels.Image:
    """The picture, in colours."""
    return Pixels.open(io.BytesIO(image.data)).convert("RGB")


class _Once:
    """An image processor that prepares the same images once; everything else is the processor's own."""

    def __init__(self, processor: Any) -> None:
        self._processor, self._done = processor, dict[object, BatchFeature]()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._processor, name)

    def __call__(self, images: Any, **kwargs: Any) -> BatchFeature:
        key = (_identities(images), repr(kwargs))
        if key not in self._done:
            self._done[key] = self._processor(images, **kwargs)
        return BatchFeature(dict(self._done[key]))


def _identities(images: Any) -> object:
    return tuple(_identities(i) for i in images) if isinstance(images, list | tuple) else id(images)


@contextmanager
def images_prepared_once(processor: Any) -> Iterator[None]:
    """Within it the processor resizes and normalises the images of a group once, and not once a question."""
    own = processor.image_processor
    processor.image_processor = _Once(own)
    try:
        yield
    finally:
        processor.image_processor = own


def rendered(processor: Any, turns: list[dict[str, Any]], *, prompt: bool = True) -> BatchFeature:
    """What a model is given for some turns; a control token in their texts is plain text.

    Not every processor can tell such a token from its own: one that cannot refuses texts that hold one, and is asked
    plainly for all others.

    Args:
        processor: with a chat template.
        turns: as from ``conversation``.
        prompt: whether the model's own turn follows.

    Raises:
        TemplateError, ValueError, TypeError: the template or the processor refuses them.
    """
    marked = _control_token(processor, turns)
    try:
        found: BatchFeature = processor.apply_chat_template(
            turns,
            add_generation_prompt=prompt,
            tokenize=True,
            return_dict=True,
            return_tensors="pt",
            sanitize_control_tokens=bool(marked),
        )
    except ValueError as error:
        if marked and "char_to_token" in str(error):  # as Idefics3 looks for its images in the text
            raise ValueError(f"the text holds '{marked}', which this processor takes for its own") from None
        raise
    if marked and "token_type_ids" not in found and "token_type_ids" in processor.model_input_names:
        raise ValueError(f"the text holds '{marked}', beside which this processor gives no token_type_ids")
    found.pop("labels", None)
    return found


def _control_token(processor: Any, turns: list[dict[str, Any]]) -> str:
    """The first control token in a text of some turns; empty where there is none."""
    added = (token.content for token in processor.tokenizer.added_tokens_decoder.values())
    tokens = [token for token in added if token.strip()]
    texts = [part["text"] for turn in turns for part in turn["content"] if part["type"] == "text"]
    return next((token for text in texts for token in tokens if token in text), "")
