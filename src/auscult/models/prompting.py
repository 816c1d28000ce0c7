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
