"""Second half of the training: the language model learns to answer about what the frozen vision tower sees."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import nn
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy
from transformers import LlavaForConditionalGeneration, PreTrainedTokenizerFast

from recipes.phantom_model.lessons import LOOKS, Lesson
from recipes.phantom_model.packing import BLIND_PREFIX, Lanes, Row, encode, fill_lanes, lay, logits, prefix_ids

LOOKS_WEIGHT = 2.0
"""Of what is so of the finding asked about and what is said of it: all layers but the last must tell."""


@dataclass(frozen=True, slots=True)
class Pack:
    """Images with their lessons.

    Attributes:
        pixels: of the images, ``(images, 3, side, side)``.
        lanes: as many of each image.
        lessons: those that found room, in the order of their targets.
    """

    pixels: torch.Tensor
    lanes: Lanes
    lessons: tuple[Lesson, ...]


def pack(
    pixels: torch.Tensor,
    lessons: Sequence[Sequence[Lesson]],
    tokenizer: PreTrainedTokenizerFast,
    prefix: int,
    lanes: int,
) -> Pack:
    """Packs the lessons of each image into lanes; what does not fit is left out."""
    filled: list[list[Row]] = []
    kept: list[Lesson] = []
    for of_image in lessons:
        rows = {encode(lesson, tokenizer): lesson for lesson in of_image}
        for lane in fill_lanes(list(rows), lanes):
            filled.append(lane)
            kept.extend(rows[row] for row in lane)
    return Pack(pixels, lay(filled, prefix, BLIND_PREFIX, tokenizer.pad_token_id), tuple(kept))


class Speaker(nn.Module):  # type: ignore[misc]
    """A model whose vision tower is frozen, with a head that tells what is so of the finding asked about.

    A yes or no says little: most of what must be learnt is where to look. The head asks for all of it, and for what the
    question says of the finding, so that all that is left to the last layer is to compare.
    """

    def __init__(self, model: LlavaForConditionalGeneration, tokenizer: PreTrainedTokenizerFast, tokens: int) -> None:
        super().__init__()
        self.model = model
        model.model.vision_tower.requires_grad_(False)
        self.looks = nn.Linear(model.config.text_config.hidden_size, LOOKS)
        self.prefix = torch.tensor(prefix_ids(tokenizer, tokens))

    def forward(self, batch: Pack) -> tuple[torch.Tensor, torch.Tensor]:
        """Logits at the targets of a pack; and, for rows that ask about a finding, logits of what is so of it."""
        with torch.no_grad():
            features = self.model.model.vision_tower(batch.pixels, output_hidden_states=True).hidden_states[-1]
        out, middle = logits(self.model, features, self.prefix, batch.lanes)
        return out, self.looks(middle[batch.lanes.looked])

    def loss(self, batch: Pack) -> torch.Tensor:
        """Weighted mean loss of a pack."""
        out, looks = self(batch)
        each = cross_entropy(out, batch.lanes.labels, reduction="none")
        said = (each * batch.lanes.weights).sum() / batch.lanes.weights.sum()
        return said + LOOKS_WEIGHT * binary_cross_entropy_with_logits(looks, batch.lanes.seen)


@torch.inference_mode()  # type: ignore[untyped-decorator]
def heard(speaker: Speaker, packs: Sequence[Pack]) -> list[tuple[Lesson, float]]:
    """Whether the word that decides each answer is right, and the share of words that are, of texts without one."""
    speaker.eval()
    found: list[tuple[Lesson, float]] = []
    for batch in packs:
        hit = (speaker(batch)[0].argmax(-1) == batch.lanes.labels).tolist()
        starts, answers = batch.lanes.starts.tolist(), batch.lanes.answers.tolist()
        rows = zip(batch.lessons, starts, [*starts[1:], len(hit)], answers, batch.lanes.decided.tolist(), strict=True)
        for lesson, start, end, answer, decided in rows:
            found.append((lesson, float(hit[answer]) if decided else sum(hit[start:end]) / (end - start)))
    return found


def shares(found: Sequence[tuple[Lesson, float]], key: Callable[[Lesson], str]) -> dict[str, tuple[float, int]]:
    """Mean by ``key``, with n; lessons without a key are left out."""
    right: dict[str, list[float]] = defaultdict(list)
    for lesson, value in found:
        if name := key(lesson):
            right[name].append(value)
    return {name: (round(sum(values) / len(values), 3), len(values)) for name, values in sorted(right.items())}
