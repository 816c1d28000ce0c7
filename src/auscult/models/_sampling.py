"""Draws the next token of each row, from numbers of its own: what else is answered beside it changes nothing.

It needs ``torch``; nothing but ``local`` imports it.
"""

from collections.abc import Sequence

import torch

from auscult.records import Decoding


class Sampler:
    """Draws by temperature from the most likely tokens that make up ``top_p``; see ``_prefix.Pick``.

    Args:
        decoding: with a temperature above 0.
        seeds: of each row.
        device: that logits lie on.
    """

    def __init__(self, decoding: Decoding, seeds: Sequence[int], device: torch.device) -> None:
        self._decoding = decoding
        self._drawn = [torch.Generator(device).manual_seed(seed) for seed in seeds]

    def __call__(self, rows: Sequence[int], logits: torch.Tensor) -> list[int]:
        """The next token of each row."""
        likely, tokens = (logits / self._decoding.temperature).softmax(-1).sort(-1, descending=True)
        before = likely.cumsum(-1) - likely
        likely = likely.masked_fill(before >= self._decoding.top_p, 0.0)
        return [
            int(tokens[n, torch.multinomial(likely[n], 1, generator=self._drawn[row])]) for n, row in enumerate(rows)
        ]
