"""One prefix, many answers: decoding of questions that branch off a key-value cache computed and stored once.

The rows (questions) lie one behind the other in one sequence of batch size 1, and a mask lets a token see the prefix
and the earlier tokens of its own row, nothing else. So there is no padding, no copy of the prefix for each row, and a
row that has ended costs nothing more. It needs ``torch``; nothing but ``local`` imports it.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from transformers.cache_utils import Cache, DynamicLayer

MAX_ROWS = 16
MAX_TOKENS = 4096
"""Rows and question tokens of one packed sequence: the mask grows with the square of the tokens."""

SHARED = -1
"""Owner of a key that every row sees."""


class _Layer(DynamicLayer):  # type: ignore[misc]
    """Keys and values of one layer, in a store with room to spare: a step writes its own tokens and copies no other."""

    stores: tuple[torch.Tensor, torch.Tensor] | None = None

    def update(
        self, key_states: torch.Tensor, value_states: torch.Tensor, *args: Any, **kwargs: Any
    ) -> tuple[torch.Tensor, torch.Tensor]:
        if not self.is_initialized:
            self.lazy_initialization(key_states, value_states)
        used = self.get_seq_length()
        total = used + key_states.shape[-2]
        if self.stores is None or total > self.stores[0].shape[-2]:
            grown = tuple(
                new.new_empty(*new.shape[:2], total + total // 2, new.shape[-1]) for new in (key_states, value_states)
            )
            if used:
                for store, old in zip(grown, (self.keys, self.values), strict=True):
                    store[:, :, :used] = old
            self.stores = (grown[0], grown[1])
        for store, new in zip(self.stores, (key_states, value_states), strict=True):
            store[:, :, used:total] = new
        self._show(total)
        return self.keys, self.values

    def keep(self, index: torch.Tensor) -> None:
        """Drops all tokens but those of ``index`` (ascending)."""
        for store in self.stores or ():
            store[:, :, : len(index)] = store[:, :, index]
        self._show(len(index))

    def _show(self, length: int) -> None:
        assert self.stores is not None
        self.keys, self.values = (store[:, :, :length] for store in self.stores)


Pick = Callable[[Sequence[int], torch.Tensor], list[int]]
"""Rows and their logits, of shape (rows, vocabulary) → the next token of each."""


def most_likely(rows: Sequence[int], logits: torch.Tensor) -> list[int]:
    """Greedy: the most likely token of each row."""
    best: list[int] = logits.argmax(-1).tolist()
    return best


class Prefix:
    """The cached prefix of a group of prompts, and of the next group that begins alike.

    Args:
        model: an image-text-to-text model.
        inputs: what the processor gave for one of the prompts; tensors of shape (1, length) are cut to the prefix.
        length: tokens that all prompts share; they must hold all image tokens.
    """

    def __init__(self, model: Any, inputs: Mapping[str, torch.Tensor], length: int) -> None:
        self._model, self.tokens = model, list[int](inputs["input_ids"][0, :length].tolist())
        self._cache = Cache(layer_class_to_replicate=_Layer)
        self._device = inputs["input_ids"].device
        whole = inputs["input_ids"].shape
        text = model.config.get_text_config()
        self._window: int | None = (
            text.sliding_window if "sliding_attention" in (getattr(text, "layer_types", None) or ()) else None
        )
        cut = {name: x[:, :length] if x.shape == whole else x for name, x in inputs.items() if name != "attention_mask"}
        model(**cut, past_key_values=self._cache, use_cache=True, logits_to_keep=1)
        self._owner = torch.full((length,), SHARED, device=self._device)
        self._position = torch.arange(length, device=self._device)

    @property
    def length(self) -> int:
        """Its tokens."""
        return len(self.tokens)

    def reach(self, tokens: Sequence[int], image_token: int | None) -> int:
        """Makes other tokens the prefix, of the same images, and computes only those that it does not begin with yet.

        Returns:
            How many of them were there already; 0: images are among the others, so that nothing was done.
        """
        pairs = zip(self.tokens, tokens, strict=False)
        kept = next((i for i, (a, b) in enumerate(pairs) if a != b), min(self.length, len(tokens)))
        if not kept or image_token in tokens[kept:]:
            return 0
        self._keep(torch.arange(kept, device=self._device))
        self.tokens = list(tokens)
        if new := self.tokens[kept:]:
            self._forward(new, [SHARED] * len(new), range(kept, self.length), 1)
        return kept

    def answers(
        self,
        rests: Sequence[Sequence[int]],
        limit: int,
        ended: Callable[[Sequence[int]], bool],
        pick: Pick = most_likely,
    ) -> list[list[int]]:
        """The continuation of each prompt, token by token.

        Args:
            rests: the tokens of each prompt after the prefix, at least one each.
            limit: greatest number of new tokens.
            ended: whether a row that has these new tokens goes no further.
            pick: which token comes next.

        Returns:
            New tokens of each row, the one that ended it included.
        """
        self._keep(torch.arange(self.length, device=self._device))
        new: list[list[int]] = [[] for _ in rests]
        rows = list(range(len(rests)))
        logits = self._forward(
            [t for rest in rests for t in rest],
            [row for row in rows for _ in rests[row]],
            [self.length + i for rest in rests for i in range(len(rest))],
            torch.tensor([len(rest) for rest in rests]).cumsum(0) - 1,
        )
        while True:
            for row, token in zip(rows, pick(rows, logits), strict=True):
                new[row].append(token)
            going = [row for row in rows if len(new[row]) < limit and not ended(new[row])]
            if not going:
                return new
            if len(going) < len(rows):
                rows = going
                self._forget_ended(rows)
            positions = [self.length + len(rests[row]) + len(new[row]) - 1 for row in rows]
            logits = self._forward([new[row][-1] for row in rows], rows, positions, 0)

    def _forward(
        self, tokens: Sequence[int], rows: Sequence[int], positions: Sequence[int], logits_to_keep: torch.Tensor | int
    ) -> torch.Tensor:
        """Runs tokens of rows at positions on top of the cache; logits of shape (kept tokens, vocabulary)."""
        ids, owner, position = torch.tensor([[*tokens], [*rows], [*positions]], device=self._device)
        self._owner = torch.cat([self._owner, owner])
        self._position = torch.cat([self._position, position])
        distance = position[:, None] - self._position
        visible = ((self._owner == owner[:, None]) | (self._owner == SHARED)) & (distance >= 0)
        mask: Any = self._additive(visible)
        if self._window is not None:
            mask = {"full_attention": mask, "sliding_attention": self._additive(visible & (distance < self._window))}
        out = self._model(
            input_ids=ids[None],
            position_ids=position[None],
            attention_mask=mask,
            past_key_values=self._cache,
            use_cache=True,
            logits_to_keep=logits_to_keep,
        )
        logits: torch.Tensor = out.logits[0].float()
        return logits

    def _additive(self, visible: torch.Tensor) -> torch.Tensor:
        """The mask as eager and SDPA attention both take it: 0 where visible, else the lowest number; (1, 1, q, k)."""
        mask = torch.zeros(visible.shape, dtype=self._model.dtype, device=self._device)
        return mask.masked_fill_(~visible, torch.finfo(mask.dtype).min)[None, None]

    def _forget_ended(self, rows: Sequence[int]) -> None:
        """Drops the keys of ended rows once they are most of what is stored: before that, copying does not pay."""
        alive = torch.isin(self._owner, torch.tensor([SHARED, *rows], device=self._device))
        if int(alive.sum()) * 2 < len(alive):
            self._keep(alive.nonzero().flatten())

    def _keep(self, index: torch.Tensor) -> None:
        self._owner, self._position = self._owner[index], self._position[index]
        for layer in self._cache.layers:
            layer.keep(index)


def shared_length(prompts: Sequence[list[int]], image_token: int | None) -> int:
    """Tokens that all prompts begin with, one token of each left over; 0 where an image token comes after them."""
    first, last = min(prompts), max(prompts)
    length = next((i for i, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), len(first))
    length = min(length, min(map(len, prompts)) - 1)
    if any(image_token in prompt[length:] for prompt in prompts):
        return 0
    return length
