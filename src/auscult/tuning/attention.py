"""Attention of a packed sequence, image by image: what cannot see each other is never computed.

Under one mask over the whole sequence every token is compared with every other one. Here the tokens that an image's
pairs share attend as usual, and those of the pairs to them and to each other. What is computed grows with the number of
images, not with its square, and no mask of all tokens by all tokens is held. It needs ``torch``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from transformers import AttentionInterface, AttentionMaskInterface
from transformers.integrations.sdpa_attention import sdpa_attention_forward
from transformers.masking_utils import sdpa_mask

from auscult.models.branching import BLOCKS


@dataclass(frozen=True, slots=True)
class Block:
    """An image with its pairs in a sequence.

    Attributes:
        begins: its first token.
        branches: the first token that is not every pair's; ``ends`` where a pair stands alone.
        ends: the first token behind it.
    """

    begins: int
    branches: int
    ends: int


class Blocks:
    """The blocks of a sequence, with what the branches of each see.

    Args:
        blocks: in order, from the first token on; what follows the last one fills the sequence up.
        owner: the pair that each token of the sequence belongs to, ``(tokens,)``.
    """

    def __init__(self, blocks: Sequence[Block], owner: torch.Tensor) -> None:
        self._parts: list[tuple[slice, slice, torch.Tensor | None]] = []
        self._filler = len(owner) - blocks[-1].ends
        for block in blocks:
            shared = slice(block.begins, block.branches)
            self._parts.append((shared, shared, None))
            if block.branches < block.ends:
                mine = owner[block.branches : block.ends]
                own = (mine[:, None] == mine).tril()
                before = own.new_ones(len(mine), block.branches - block.begins)
                seen = torch.cat([before, own], 1)[None, None]
                self._parts.append((slice(block.branches, block.ends), slice(block.begins, block.ends), seen))

    def mask(self) -> torch.Tensor:
        """What stands for a mask until it comes to ``attend``: these blocks, on a tensor of four dimensions.

        Its number is NaN, so that a model that loses the blocks on the way has no loss, rather than a wrong one.
        """
        carrier = torch.full((1, 1, 1, 1), torch.nan)
        carrier.blocks = self
        return carrier

    def attended(
        self, module: Any, query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, **how: Any
    ) -> torch.Tensor:
        """Attention of ``(1, heads, tokens, size)``: ``(1, tokens, heads, size)``, zeros for what fills up."""
        made = [
            sdpa_attention_forward(module, query[:, :, asks], key[:, :, seen], value[:, :, seen], mask, **how)[0]
            for asks, seen, mask in self._parts
        ]
        if self._filler:
            made.append(made[0].new_zeros(1, self._filler, *made[0].shape[2:]))
        return torch.cat(made, 1)


def attend(
    module: Any, query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, attention_mask: Any, **how: Any
) -> tuple[torch.Tensor, None]:
    """Attention as ``transformers`` calls it: by blocks where the mask carries them, else ``sdpa``."""
    blocks: Blocks | None = getattr(attention_mask, "blocks", None)
    if blocks is None:
        return sdpa_attention_forward(module, query, key, value, attention_mask, **how)  # type: ignore[no-any-return]
    return blocks.attended(module, query, key, value, **how), None


def attend_by_blocks(model: Any) -> None:
    """Lets the text model attend by blocks where it is given some; without them it attends by ``sdpa``, as before."""
    text = model.config.get_text_config()
    if text._attn_implementation != BLOCKS:
        AttentionInterface.register(BLOCKS, attend)
        AttentionMaskInterface.register(BLOCKS, sdpa_mask)
        text._attn_implementation = BLOCKS
