"""All pairs of an image in one sequence: branches off one image prefix, under a mask of blocks.

A pair sees the image and its own earlier tokens, and stands at the positions that it has alone. So its loss and the
gradients of the weights are those of the pair alone, and the image is paid for once. Several images go into a sequence,
up to a budget of tokens: no row is padded to the length of another. It needs ``torch``.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch.nn.functional import cross_entropy, pad

from auscult.errors import UserError
from auscult.tuning.attention import Block, Blocks, attend_by_blocks
from auscult.tuning.families import family_of, unpackable

PREFIX, NOTHING = -1, -2
"""Owners of a token that is no branch's: all branches of its image see it; none does."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Pair:
    """A question with its answer, in tokens, as a model reads them alone.

    Attributes:
        name: what the user knows it by.
        tokens: what the processor gives a token each, ``(tokens,)``: ``input_ids``, kinds of tokens.
        positions: ``(tokens,)``, or ``(3, tokens)`` where time, height and width of an image have one each.
        asked: tokens of the prompt; the rest is to be learnt.
        weights: what each token that is to be learnt weighs.
    """

    name: str
    tokens: Mapping[str, torch.Tensor]
    positions: torch.Tensor
    asked: int
    weights: torch.Tensor

    @property
    def ids(self) -> torch.Tensor:
        """The tokens."""
        return self.tokens["input_ids"]

    def to(self, device: torch.device | str) -> "Pair":
        """The same on another device."""
        tokens = {name: values.to(device) for name, values in self.tokens.items()}
        return replace(self, tokens=tokens, positions=self.positions.to(device), weights=self.weights.to(device))


@dataclass(frozen=True, kw_only=True, eq=False)
class Shown:
    """Images, as the processor gives them, with the pairs about them."""

    pixels: Mapping[str, torch.Tensor]
    pairs: tuple[Pair, ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class Packed:
    """One sequence, a batch of one row.

    Attributes:
        tokens: as in ``Pair``, ``(1, tokens)``.
        pixels: of all its images, in order.
        positions: ``(1, tokens)`` or ``(3, 1, tokens)``.
        image: number of the image that each token belongs to.
        owner: number of the pair that each token belongs to; ``PREFIX``, ``NOTHING``.
        targets: tokens whose successor is to be learnt.
        labels: those successors.
        weights: what each of them weighs.
        pair: number of the pair of each target.
        blocks: the images with their pairs.
        names: of the pairs.
    """

    tokens: Mapping[str, torch.Tensor]
    pixels: Mapping[str, torch.Tensor]
    positions: torch.Tensor
    image: torch.Tensor
    owner: torch.Tensor
    targets: torch.Tensor
    labels: torch.Tensor
    weights: torch.Tensor
    pair: torch.Tensor
    blocks: tuple[Block, ...]
    names: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.owner)

    def visible(self) -> torch.Tensor:
        """Which token sees which, ``(tokens, tokens)``; what fills the sequence up sees itself, for want of others."""
        order = torch.arange(len(self), device=self.owner.device)
        same = (self.owner[:, None] == self.owner) | (self.owner == PREFIX)
        earlier = (self.image[:, None] == self.image) & same & (self.owner != NOTHING) & (order[:, None] >= order)
        return earlier | (order[:, None] == order)

    def to(self, device: torch.device | str) -> "Packed":
        """The same on another device."""
        moved: dict[str, Any] = {
            name: {k: v.to(device) for k, v in value.items()} if isinstance(value, Mapping) else value.to(device)
            for name, value in vars(self).items()
            if name not in ("names", "blocks")
        }
        return replace(self, **moved)


def pack(shown: Sequence[Shown], config: Any, budget: int, multiple: int = 1) -> list[Packed]:
    """Packs the pairs of some images into as few sequences as come of putting each where it first fits.

    Pairs that share no prefix which holds all image tokens go in with an image each. Where the pairs of an image exceed
    the budget they are divided, and the image is repeated; a pair is never cut, but has a sequence of its own.

    Args:
        shown: images with their pairs.
        config: of the model.
        budget: most tokens of a sequence.
        multiple: to whole multiples of how many tokens a sequence is filled up.

    Raises:
        UserError: models of this kind cannot be packed.
    """
    if why := unpackable(config):
        raise UserError(why)
    sequences: list[list[tuple[Shown, int]]] = []
    room: list[int] = []
    for piece, shared in _pieces(shown, getattr(config, "image_token_id", None), budget):
        tokens = _length(piece, shared)
        at = next((i for i, left in enumerate(room) if tokens <= left), len(room))
        if at == len(room):
            sequences.append([])
            room.append(budget)
        sequences[at].append((piece, shared))
        room[at] -= tokens
    return [_laid(sequence, family_of(config).joined, multiple) for sequence in sequences]


def _length(shown: Shown, shared: int) -> int:
    return shared + sum(len(pair.ids) - shared for pair in shown.pairs)


def _pieces(shown: Sequence[Shown], image_token: int | None, budget: int) -> Iterator[tuple[Shown, int]]:
    """What goes into a sequence together: an image, the pairs about it, and how many tokens these share."""
    for one in shown:
        shared = _shared(one.pairs, image_token)
        if not shared:
            yield from ((replace(one, pairs=(pair,)), len(pair.ids)) for pair in one.pairs)
            continue
        taken: list[Pair] = []
        for pair in one.pairs:
            if taken and _length(replace(one, pairs=(*taken, pair)), shared) > budget:
                yield replace(one, pairs=tuple(taken)), shared
                taken = []
            taken.append(pair)
        yield replace(one, pairs=tuple(taken)), shared


def _shared(pairs: Sequence[Pair], image_token: int | None) -> int:
    """Tokens that all pairs begin with, of each prompt one left over; 0 where image tokens come after them."""
    prompts = [pair.ids[: pair.asked].tolist() for pair in pairs]
    first, last = min(prompts), max(prompts)
    shared = next((i for i, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), len(first))
    shared = min(shared, min(map(len, prompts)) - 1)
    return 0 if any(image_token in prompt[shared:] for prompt in prompts) else shared


def _laid(pieces: Sequence[tuple[Shown, int]], joined: Mapping[str, int], multiple: int) -> Packed:
    """Lays pieces one behind the other."""
    parts: list[tuple[Pair, slice, int, int]] = []
    """Of which pair which tokens, the number of its image and its owner."""
    blocks: list[Block] = []
    number = 0
    for image, (shown, shared) in enumerate(pieces):
        begins = blocks[-1].ends if blocks else 0
        blocks.append(Block(begins, begins + shared, begins + _length(shown, shared)))
        alone = len(shown.pairs) == 1
        if not alone:
            parts.append((shown.pairs[0], slice(0, shared), image, PREFIX))
        for pair in shown.pairs:
            parts.append((pair, slice(0 if alone else shared, None), image, number))
            number += 1
    lengths = [len(pair.ids[cut]) for pair, cut, _, _ in parts]
    filler = -sum(lengths) % multiple

    def filled(tensor: torch.Tensor, value: int = 0) -> torch.Tensor:
        return pad(tensor, (0, filler), value=value)

    def a_token(values: Sequence[int]) -> torch.Tensor:
        return torch.tensor(values).repeat_interleave(torch.tensor(lengths))

    targets, labels, of = [], [], []
    at = 0
    for (pair, _, _, owner), length in zip(parts, lengths, strict=True):
        at += length
        if owner >= 0:
            learnt = len(pair.ids) - pair.asked
            targets.append(torch.arange(at - learnt - 1, at - 1))
            labels.append(pair.ids[pair.asked :])
            of.append(torch.full((learnt,), owner))
    return Packed(
        tokens={
            name: filled(torch.cat([pair.tokens[name][cut] for pair, cut, _, _ in parts]))[None]
            for name in parts[0][0].tokens
        },
        pixels=_together([shown.pixels for shown, _ in pieces], joined),
        positions=filled(torch.cat([pair.positions[..., cut] for pair, cut, _, _ in parts], -1)).unsqueeze(-2),
        image=filled(a_token([image for _, _, image, _ in parts]), NOTHING),
        owner=filled(a_token([owner for _, _, _, owner in parts]), NOTHING),
        targets=torch.cat(targets),
        labels=torch.cat(labels),
        weights=torch.cat([pair.weights for shown, _ in pieces for pair in shown.pairs]),
        pair=torch.cat(of),
        blocks=tuple(blocks),
        names=tuple(pair.name for shown, _ in pieces for pair in shown.pairs),
    )


def _together(pixels: Sequence[Mapping[str, torch.Tensor]], joined: Mapping[str, int]) -> dict[str, torch.Tensor]:
    """The images of several pieces as one: what differs in size is filled up with zeros."""
    found = {}
    for name in dict.fromkeys(name for one in pixels for name in one):
        along, tensors = joined[name], [one[name] for one in pixels if name in one]
        most = [max(sizes) for sizes in zip(*(t.shape for t in tensors), strict=True)]
        wide = [
            pad(t, [n for d in reversed(range(t.ndim)) for n in (0, 0 if d == along else most[d] - t.shape[d])])
            for t in tensors
        ]
        found[name] = torch.cat(wide, along)
    return found


def token_losses(model: Any, packed: Packed) -> torch.Tensor:
    """Negative log-likelihood of each target, ``(targets,)``, in float32."""
    return cross_entropy(token_logits(model, packed), packed.labels, reduction="none")


def token_losses_apart(model: Any, pixels: Mapping[str, torch.Tensor], pair: Pair) -> torch.Tensor:
    """The same of one pair, put to the model as its processor gives it, with nothing shared and nothing masked."""
    return cross_entropy(token_logits_apart(model, pixels, pair), pair.ids[pair.asked :], reduction="none")


def token_logits(model: Any, packed: Packed) -> torch.Tensor:
    """What the model makes of each target, ``(targets, vocabulary)``, in float32."""
    if model.config.get_text_config()._attn_implementation == "eager":  # adds its mask, and knows no other
        zeros = torch.zeros(len(packed), len(packed), dtype=model.dtype, device=packed.owner.device)
        mask = zeros.masked_fill_(~packed.visible(), torch.finfo(model.dtype).min)[None, None]
    else:
        attend_by_blocks(model)
        mask = Blocks(packed.blocks, packed.owner).mask()
    return _logits(model, packed.tokens, packed.pixels, packed.targets, mask, packed.positions)


def token_logits_apart(model: Any, pixels: Mapping[str, torch.Tensor], pair: Pair) -> torch.Tensor:
    """The same of one pair alone."""
    tokens = {name: values[None] for name, values in pair.tokens.items()}
    targets = torch.arange(pair.asked - 1, len(pair.ids) - 1, device=pair.ids.device)
    return _logits(model, tokens, pixels, targets, torch.ones_like(tokens["input_ids"]), None)


def first_targets(packed: Packed) -> Packed:
    """The same with the first token of each pair as the only target."""
    first = torch.cat([torch.ones_like(packed.pair[:1]), packed.pair.diff()]).nonzero()[:, 0]
    return replace(
        packed,
        targets=packed.targets[first],
        labels=packed.labels[first],
        weights=packed.weights[first],
        pair=packed.pair[first],
    )


def _logits(
    model: Any,
    tokens: Mapping[str, torch.Tensor],
    pixels: Mapping[str, torch.Tensor],
    targets: torch.Tensor,
    mask: torch.Tensor,
    positions: torch.Tensor | None,
) -> torch.Tensor:
    seen = {name: value.to(model.dtype) if value.is_floating_point() else value for name, value in pixels.items()}
    out = model(
        **tokens,
        **seen,
        attention_mask=mask,
        position_ids=positions,
        logits_to_keep=targets,
        use_cache=False,
    )
    return out.logits[0].float()
