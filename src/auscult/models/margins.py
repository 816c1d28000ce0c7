"""No model kind: how far a model leans to yes or to no at the first token of its answer, whatever it then says.

It needs ``torch``; nothing imports it before a model is loaded.
"""

from collections.abc import Sequence
from typing import Any

import torch
from transformers import LogitsProcessor

from auscult.models._prefix import Pick
from auscult.models.leaning import word_of


class Leaning:
    """The yes-margin: log P(yes) - log P(no) of the next token, natural logarithms, temperature 1.

    P(yes) is the probability of all tokens of the vocabulary that are the word yes, in any case and with or without a
    blank before it; P(no) likewise.

    Args:
        tokenizer: of the model.
    """

    def __init__(self, tokenizer: Any) -> None:
        words = [(word_of(token), number) for token, number in tokenizer.get_vocab().items()]
        self.yes, self.no = (sorted(number for word, number in words if word == sought) for sought in ("yes", "no"))

    def __call__(self, logits: torch.Tensor) -> list[float | None]:
        """The margin of each row of logits, shape (rows, vocabulary); None where the vocabulary lacks such a token."""
        if not (self.yes and self.no):
            return [None] * len(logits)
        high, low = (logits[:, tokens].double().logsumexp(-1) for tokens in (self.yes, self.no))
        margins: list[float | None] = [m if abs(m) < torch.inf else None for m in (high - low).tolist()]
        return margins


class FirstPick:
    """A way to pick next tokens that keeps the yes-margins of the first ones, in ``margins``; see ``_prefix.Pick``.

    Args:
        pick: which token comes next.
        leaning: of the model.
    """

    def __init__(self, pick: Pick, leaning: Leaning) -> None:
        self._pick, self._leaning = pick, leaning
        self.margins: list[float | None] | None = None

    def __call__(self, rows: Sequence[int], logits: torch.Tensor) -> list[int]:
        """The next token of each row; the first time, all rows are there."""
        if self.margins is None:
            self.margins = self._leaning(logits)
        return self._pick(rows, logits)


class FirstLogits(LogitsProcessor):  # type: ignore[misc]
    """Keeps the yes-margin of the first token that ``model.generate`` picks, and changes nothing.

    Args:
        leaning: of the model.
    """

    def __init__(self, leaning: Leaning) -> None:
        self._leaning = leaning
        self.margins: list[float | None] | None = None

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        """The scores as they came."""
        if self.margins is None:
            self.margins = self._leaning(scores.float())
        return scores
