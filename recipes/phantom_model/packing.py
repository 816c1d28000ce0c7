"""Many questions of one image in one pass: lanes of tokens that branch off a shared image prefix under a block mask.

A row (question and answer) sees the prefix and its own earlier tokens and stands at the positions that it would have
alone, so that a loss over a lane equals the losses of its rows one by one.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from transformers import LlavaForConditionalGeneration, PreTrainedTokenizerFast
from transformers.cache_utils import DynamicCache

from recipes.phantom_model.lessons import LOOKS, Lesson

LANE = 256
"""Tokens of a lane; a longer row is no lesson."""
DECISIVE_WEIGHT = 8.0
"""How much more a word counts that decides: the first of a short answer; of a trace the conclusion and the answer."""
LONG = 24
"""Tokens from which an answer is a text and no sentence: no word of it decides more than another, but in a trace."""
LONG_WEIGHT = 2.0
"""Weight of the words of such texts, which are rare."""


@dataclass(frozen=True, slots=True)
class Row:
    """One lesson in tokens: ``tokens[:asked]`` is the prompt after the image, the rest is to be learnt.

    ``decisive`` counts the tokens of the rest that decide; the last of them is the answer.
    """

    tokens: tuple[int, ...]
    asked: int
    blind: bool
    seen: tuple[float, ...] = ()
    decisive: tuple[int, ...] = ()


def encode(lesson: Lesson, tokenizer: PreTrainedTokenizerFast) -> Row:
    """Tokens of a lesson, from the end of the image prefix to the end token."""
    backend = tokenizer.backend_tokenizer
    asked = backend.encode(lesson.prompt + "<assistant>", add_special_tokens=False).ids
    answer = backend.encode(lesson.answer, add_special_tokens=False)
    words = lesson.decisive or ((0,) if len(answer.ids) + 1 < LONG else ())
    decisive = tuple(next(i for i, (_, end) in enumerate(answer.offsets) if end > word) for word in words)
    return Row((*asked, *answer.ids, tokenizer.eos_token_id), len(asked), lesson.blind, lesson.seen, decisive)


def fill_lanes(rows: Sequence[Row], lanes: int) -> list[list[Row]]:
    """Puts rows into lanes in order, each into the first that has room; what fits nowhere is left out."""
    filled: list[list[Row]] = [[] for _ in range(lanes)]
    free = [LANE] * lanes
    for row in rows:
        for i in range(lanes):
            if len(row.tokens) <= free[i]:
                filled[i].append(row)
                free[i] -= len(row.tokens)
                break
    return filled


@dataclass(frozen=True, slots=True)
class Lanes:
    """A batch of lanes, ``(images × lanes an image, LANE)``.

    Attributes:
        ids: tokens, padded.
        positions: as if each row stood alone behind its prefix.
        mask: additive attention mask over prefix and lane, ``(lanes, 1, LANE, prefix + LANE)``.
        targets: flat indices of the tokens whose successor is to be learnt.
        labels: those successors.
        weights: of their losses.
        starts: where the targets of each row begin.
        answers: which target of each row is its answer; its first, where no word decides.
        decided: which rows have a word that decides.
        looked: which rows ask about a finding, and ...
        seen: ... what is so of it, ``(rows that do, LOOKS)``.
    """

    ids: torch.Tensor
    positions: torch.Tensor
    mask: torch.Tensor
    targets: torch.Tensor
    labels: torch.Tensor
    weights: torch.Tensor
    starts: torch.Tensor
    answers: torch.Tensor
    decided: torch.Tensor
    looked: torch.Tensor
    seen: torch.Tensor


def lay(lanes: Sequence[Sequence[Row]], prefix: int, blind_prefix: int, pad: int) -> Lanes:
    """Lays rows into tensors. A blind row sees ``blind_prefix`` tokens of the prefix only, and stands right after."""
    ids = torch.full((len(lanes), LANE), pad)
    positions = torch.zeros(len(lanes), LANE, dtype=torch.long)
    owner = torch.full((len(lanes), LANE), -1)
    seen = torch.full((len(lanes), LANE), prefix)
    targets: list[int] = []
    labels: list[int] = []
    weights: list[float] = []
    starts: list[int] = []
    answers: list[int] = []
    for i, rows in enumerate(lanes):
        at = 0
        for number, row in enumerate(rows):
            end = at + len(row.tokens)
            ids[i, at:end] = torch.tensor(row.tokens)
            start = blind_prefix if row.blind else prefix
            positions[i, at:end] = torch.arange(start, start + end - at)
            owner[i, at:end] = number
            seen[i, at:end] = start
            starts.append(len(targets))
            learnt = range(at + row.asked - 1, end - 1)
            targets.extend(i * LANE + t for t in learnt)
            labels.extend(row.tokens[row.asked :])
            answers.append(starts[-1] + max(row.decisive, default=0))
            rest = 1.0 if len(learnt) < LONG else LONG_WEIGHT
            weights.extend(DECISIVE_WEIGHT if t in row.decisive else rest for t in range(len(learnt)))
            at = end
    own = (owner[:, :, None] == owner[:, None, :]) & torch.ones(LANE, LANE, dtype=torch.bool).tril()
    image = torch.arange(prefix)[None, None, :] < seen[:, :, None]
    visible = torch.cat([image, own], dim=2)
    mask = torch.zeros(visible.shape).masked_fill_(~visible, torch.finfo(torch.float32).min)[:, None]
    return Lanes(
        ids=ids,
        positions=positions,
        mask=mask,
        targets=torch.tensor(targets),
        labels=torch.tensor(labels),
        weights=torch.tensor(weights),
        starts=torch.tensor(starts),
        answers=torch.tensor(answers),
        decided=torch.tensor([bool(row.decisive) for lane in lanes for row in lane]),
        looked=torch.tensor([bool(row.seen) for lane in lanes for row in lane]),
        seen=torch.tensor([row.seen for lane in lanes for row in lane if row.seen]).reshape(-1, LOOKS),
    )


def prefix_ids(tokenizer: PreTrainedTokenizerFast, image_tokens: int) -> list[int]:
    """Tokens that precede every question about an image, as the chat template writes them."""
    names = ["<s>", "<user>", *["<image>"] * image_tokens]
    ids: list[int] = tokenizer.convert_tokens_to_ids(names)
    return ids


BLIND_PREFIX = 2
"""Tokens of the prefix that are there without an image too."""


def logits(
    model: LlavaForConditionalGeneration, features: torch.Tensor, prefix: torch.Tensor, lanes: Lanes
) -> tuple[torch.Tensor, torch.Tensor]:
    """Next-token logits at the targets, and what the last layer but one holds before the word that answers.

    Args:
        model: whose projector and language model run.
        features: of the vision tower, ``(images, tokens, width)``.
        prefix: its tokens, image tokens included.
        lanes: as many for each image, in the order of the images.
    """
    language, embed = model.model.language_model, model.model.get_input_embeddings()
    images = len(features)
    projected = model.model.multi_modal_projector(features)
    start = embed(prefix[: len(prefix) - features.shape[1]]).expand(images, -1, -1)
    cache = DynamicCache()
    language(inputs_embeds=torch.cat([start, projected], dim=1), past_key_values=cache, use_cache=True)
    cache.batch_repeat_interleave(len(lanes.ids) // images)
    hidden = language(
        inputs_embeds=embed(lanes.ids),
        position_ids=lanes.positions,
        attention_mask=lanes.mask,
        past_key_values=cache,
        use_cache=True,
        output_hidden_states=True,
    )
    out: torch.Tensor = model.lm_head(hidden.last_hidden_state.flatten(0, 1)[lanes.targets])
    return out, hidden.hidden_states[-2].flatten(0, 1)[lanes.targets[lanes.answers]]
