"""No model kind: messages as processors of ``transformers`` take them, and an image prepared and read once for all.

It needs ``transformers``; nothing imports it before a model is loaded.
"""

import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
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


@dataclass(frozen=True, kw_only=True)
class _Head:
    """What texts about the same images begin with, up to the last of these.

    Attributes:
        text: as the template writes it.
        ends: the token that it ends with.
        given: what the processor makes of it; that of images whole.
        kinds: name of what tells kinds of tokens → what it says of all tokens behind the head.
    """

    text: str
    ends: str
    given: Mapping[str, torch.Tensor]
    kinds: Mapping[str, int]


class Renderings:
    """``rendered`` of several turns about the same images: what stands before these is made into tokens once.

    What follows the last image is made into tokens behind the token that stands before it, which splits the text. Where
    this gives something else for the first turns than the processor does, the processor is asked for all of them.

    Args:
        processor: with a chat template.
        image_token: number of the token that stands for a part of an image; None: not known.
    """

    def __init__(self, processor: Any, image_token: int | None) -> None:
        self._processor, self._tokenizer = processor, processor.tokenizer
        self._added = {number: token.content for number, token in self._tokenizer.added_tokens_decoder.items()}
        self._image = self._added.get(image_token, "") if image_token is not None else ""
        self._head: _Head | None = None
        self._tried = False

    def __call__(self, turns: list[dict[str, Any]], *, prompt: bool) -> Mapping[str, torch.Tensor]:
        """As ``rendered``."""
        found: Mapping[str, torch.Tensor]
        if not self._image or (self._tried and not self._head) or _control_token(self._processor, turns):
            found = rendered(self._processor, turns, prompt=prompt)
            return found
        text: str = self._processor.apply_chat_template(turns, add_generation_prompt=prompt, tokenize=False)
        head = self._head
        if head and text.startswith(head.text) and self._image not in text[len(head.text) :]:
            return self._behind(head, text[len(head.text) :])
        found = rendered(self._processor, turns, prompt=prompt)
        if not self._tried:
            self._head, self._tried = self._found_head(text, found), True
        return found

    def _found_head(self, text: str, found: Mapping[str, torch.Tensor]) -> _Head | None:
        """The head of what the processor made of a text; None where what follows is not told apart from it."""
        ids = found["input_ids"][0]
        before, image, tail = text.rpartition(self._image)
        at = len(ids) - len(self._tokens(self._image, tail))
        ends = self._added.get(int(ids[at - 1]), "") if image and 0 < at < len(ids) else ""
        if not ends:
            return None
        each = {name: values for name, values in found.items() if values.shape == ids[None].shape}
        head = _Head(
            text=before + image,
            ends=ends,
            given={name: values[:, :at] if name in each else values for name, values in found.items()},
            kinds={name: int(values[0, at]) for name, values in each.items() if name != "input_ids"},
        )
        again = self._behind(head, tail)
        return head if all(torch.equal(again[name], values) for name, values in each.items()) else None

    def _tokens(self, before: str, text: str) -> list[int]:
        """What follows a token, in tokens."""
        return self._tokenizer(before + text, add_special_tokens=False)["input_ids"][1:]  # type: ignore[no-any-return]

    def _behind(self, head: _Head, tail: str) -> Mapping[str, torch.Tensor]:
        ids = head.given["input_ids"].new_tensor([self._tokens(head.ends, tail)])
        more = {"input_ids": ids, **{name: torch.full_like(ids, kind) for name, kind in head.kinds.items()}}
        return {
            name: torch.cat([values, more[name].to(values.dtype)], 1) if name in more else values
            for name, values in head.given.items()
        }


def _control_token(processor: Any, turns: list[dict[str, Any]]) -> str:
    """The first control token in a text of some turns; empty where there is none."""
    added = (token.content for token in processor.tokenizer.added_tokens_decoder.values())
    tokens = [token for token in added if token.strip()]
    texts = [part["text"] for turn in turns for part in turn["content"] if part["type"] == "text"]
    return next((token for text in texts for token in tokens if token in text), "")
