"""Lessons → tokens: the prompt as the model will see it when it is asked, and the answer as its template writes it."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from jinja2 import TemplateError

from auscult.errors import UserError
from auscult.models.folders import Opened
from auscult.models.prompting import Renderings, conversation, decoded, images_prepared_once
from auscult.tuning.families import family_of
from auscult.tuning.packing import Pair, Shown
from auscult.tuning.targets import USUAL, Lesson

NOT_SHOWN = frozenset({"input_ids", "attention_mask"})


class Encoder:
    """Encodes lessons for a model.

    Args:
        weights: of the model; nothing is computed with it but positions.
    """

    def __init__(self, weights: Opened) -> None:
        self._processor, self._model = weights.processor, weights.model
        self._config = weights.model.config
        self._family = family_of(self._config)
        ends = weights.model.generation_config.eos_token_id
        self._ends = [ends] if isinstance(ends, int) else list(ends)
        self._longest = getattr(self._config.get_text_config(), "max_position_embeddings", None)

    def shown(self, lessons: Sequence[Lesson]) -> Shown:
        """The images that some lessons are about, with these as pairs. All of them are about the same images.

        Raises:
            UserError: the template refuses a lesson, or a pair is longer than the model reads; nothing is ever cut.
        """
        opened = {image.sha256: decoded(image) for image in lessons[0].call.images}
        pixels: Mapping[str, torch.Tensor] = {}
        pairs = []
        with images_prepared_once(self._processor):
            rendered = Renderings(self._processor, getattr(self._config, "image_token_id", None))
            for lesson in lessons:
                turns = conversation(lesson.call, opened)
                prompt = _rendered(rendered, lesson, turns, prompt=True)
                said = {"role": "assistant", "content": [{"type": "text", "text": lesson.answer}]}
                whole = _rendered(rendered, lesson, [*turns, said], prompt=False)
                answer = self._answer(lesson, prompt["input_ids"][0].tolist(), whole["input_ids"][0].tolist())
                shape = prompt["input_ids"].shape
                pixels = {name: t for name, t in prompt.items() if t.shape != shape}
                kinds = {n: t[0] for n, t in prompt.items() if t.shape == shape and n not in NOT_SHOWN}
                pairs.append(self._pair(lesson, prompt["input_ids"][0], answer, kinds, pixels))
        return Shown(pixels=pixels, pairs=tuple(pairs))

    def _answer(self, lesson: Lesson, prompt: list[int], whole: list[int]) -> list[int]:
        """What follows the prompt in the whole, up to and with the first end token; one is added where there is none.

        Where a template writes a prompt otherwise once it is answered, the answer is encoded alone.
        """
        tokenizer = self._processor.tokenizer
        if whole[: len(prompt)] == prompt:
            rest = whole[len(prompt) :]
        else:
            rest = tokenizer.encode(lesson.answer, add_special_tokens=False)
        end = next((at for at, token in enumerate(rest) if token in self._ends), None)
        if end is not None:
            rest = rest[: end + 1]
        else:
            while rest and not tokenizer.decode(rest[-1:]).strip():
                rest = rest[:-1]
            rest = [*rest, tokenizer.eos_token_id if tokenizer.eos_token_id in self._ends else self._ends[0]]
        if len(rest) < 2:
            raise UserError(f"question '{lesson.name}': its answer comes to no token; leave it out")
        return rest

    def _pair(
        self,
        lesson: Lesson,
        prompt: torch.Tensor,
        answer: list[int],
        kinds: Mapping[str, torch.Tensor],
        pixels: Mapping[str, torch.Tensor],
    ) -> Pair:
        ids = torch.cat([prompt, torch.tensor(answer)])
        if self._longest and len(ids) > self._longest:
            seen = int((prompt == getattr(self._config, "image_token_id", -1)).sum())
            raise UserError(
                f"question '{lesson.name}': {seen} tokens of images, {len(prompt) - seen} of the question and "
                f"{len(answer)} of the answer are {len(ids)}, and the model reads {self._longest}; nothing is cut: "
                "give smaller or fewer images, or leave it out"
            )
        more = {
            name: torch.cat([kind, torch.full((len(answer),), self._type(name), dtype=kind.dtype)])
            for name, kind in kinds.items()
        }
        return Pair(
            name=lesson.name,
            tokens={"input_ids": ids, **more},
            positions=self._positions(ids, more, pixels),
            asked=len(prompt),
            weights=self._weights(lesson, answer),
        )

    def _weights(self, lesson: Lesson, answer: list[int]) -> torch.Tensor:
        """What each token of the answer weighs: as much as its last character."""
        weights = torch.full((len(answer),), USUAL)
        if not lesson.weights:
            return weights

        def read(tokens: list[int]) -> str:
            return self._processor.tokenizer.decode(tokens, clean_up_tokenization_spaces=False)  # type: ignore[no-any-return]

        begins = read(answer).find(lesson.answer)
        if begins < 0:
            raise UserError(
                f"question '{lesson.name}': this tokenizer does not give its trace back as it is written, so that "
                "stages cannot be told apart; leave --stage-weights out"
            )
        for start, weight in lesson.weights:
            first = bisect_right(range(len(answer)), begins + start, key=lambda n: len(read(answer[: n + 1])))
            weights[first:] = weight
        return weights

    def _type(self, name: str) -> int:
        return self._family.answer_type if name == "token_type_ids" else 0

    def _positions(
        self, ids: torch.Tensor, kinds: Mapping[str, torch.Tensor], pixels: Mapping[str, torch.Tensor]
    ) -> torch.Tensor:
        """Where each token stands alone: along one axis, or along three where images have time, height and width."""
        plain = torch.arange(len(ids))
        if self._family.axes == 1:
            return plain
        if not pixels:
            return plain.expand(self._family.axes, -1)
        grid = {name: t for name, t in pixels.items() if name.endswith("grid_thw")}
        found: torch.Tensor = self._model.model.get_rope_index(
            ids[None], **{name: kind[None] for name, kind in kinds.items()}, **grid
        )[0]
        return found[:, 0]


def _rendered(
    rendered: Renderings, lesson: Lesson, turns: list[dict[str, Any]], *, prompt: bool
) -> Mapping[str, torch.Tensor]:
    try:
        return rendered(turns, prompt=prompt)
    except (TemplateError, ValueError, TypeError) as error:
        said = " ".join(str(error).split())[:300]
        raise UserError(f"question '{lesson.name}': chat template or processor refuse it ({said})") from None
