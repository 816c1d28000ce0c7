"""One step after another: losses of packed pairs, the mean of a step's tokens, and when to stop."""

import math
from collections.abc import Callable, Generator, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from threading import Lock
from typing import Any

import torch

from auscult.errors import UserError
from auscult.tuning.encoding import Encoder
from auscult.tuning.lessons import Chunk, Lessons
from auscult.tuning.lora import in_training
from auscult.tuning.options import TuningOptions
from auscult.tuning.packing import (
    Packed,
    Pair,
    Shown,
    first_targets,
    pack,
    token_logits,
    token_logits_apart,
    token_losses,
    token_losses_apart,
)
from auscult.tuning.processes import Processes
from auscult.tuning.targets import Lesson

Unit = Packed | tuple[Shown, Pair]
"""What goes through the model at once: a sequence, or a pair alone."""
LONGEST = 8
"""Chunks that are tried before anything is learnt: the longest."""
NAMED = 6
"""Most rows that a message names."""


class NotFinite(Exception):
    """A loss or a gradient is no number; holds the names of the pairs."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__(", ".join(names))
        self.names = tuple(names)


class Learner:
    """A model with an adapter that learns from lessons.

    Args:
        model: with the adapter.
        encoder: of the same model.
        options: how.
        packs: whether the pairs of an image share a sequence.
        processes: that learn together; None: this one alone.
    """

    def __init__(
        self, model: Any, encoder: Encoder, options: TuningOptions, packs: bool, processes: Processes | None = None
    ) -> None:
        self.model, self._encoder, self._options, self._packs = model, encoder, options, packs
        self._processes = processes or Processes()
        self._encoding = Lock()
        self._device = next(model.parameters()).device
        self._learns = [p for p in model.parameters() if p.requires_grad]
        self.optimizer = torch.optim.AdamW(self._learns, lr=options.learning_rate, weight_decay=0.0)

    def units(self, lessons: Lessons, chunks: Sequence[Chunk]) -> list[Unit]:
        """What some chunks come to, encoded."""
        with self._encoding:
            shown = [self._encoder.shown(lessons.read(chunk)) for chunk in chunks]
        if self._packs:
            return list(pack(shown, self.model.config, self._options.tokens))
        return [(one, pair) for one in shown for pair in one.pairs]

    def ahead(
        self, lessons: Lessons, steps: Sequence[Sequence[Chunk]], first: int
    ) -> Generator[list[Unit], None, None]:
        """The units of each step from one on, of this process; those of the next are encoded meanwhile."""
        with ThreadPoolExecutor(1) as reader:
            waiting = None
            for chunks in islice(steps, first, None):
                now, waiting = waiting, reader.submit(self.units, lessons, self._processes.part(chunks))
                if now:
                    yield now.result()
            if waiting:
                yield waiting.result()

    def step(self, units: Sequence[Unit], rate: float) -> float:
        """One step of the optimiser; the mean loss a token, by their weights.

        Raises:
            NotFinite: the loss of some pairs, or a gradient, is no number; nothing was changed.
        """
        in_training(self.model, self._options)
        weight = sum(self._processes.together(sum(map(_weight, units))))
        total = 0.0
        wrong: list[str] = []
        for unit in units:
            losses = self._losses(unit)
            if not bool(torch.isfinite(losses).all()):
                wrong = _without_number(unit, losses)
                break
            (losses.sum() / weight).backward()
            total += losses.detach().sum().item()
        if all_wrong := [name for names in self._processes.together(wrong) for name in names]:
            self.optimizer.zero_grad(set_to_none=True)
            raise NotFinite(all_wrong)
        self._processes.add_gradients(self._learns)
        norm = torch.nn.utils.clip_grad_norm_(self._learns, self._options.clip or math.inf)
        if not bool(torch.isfinite(norm)):
            self.optimizer.zero_grad(set_to_none=True)
            names = self._processes.together([name for unit in units for name in _names(unit)])
            raise NotFinite([name for some in names for name in some])
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)
        return sum(self._processes.together(total)) / weight

    @torch.no_grad()  # type: ignore[untyped-decorator]
    def held_out(self, lessons: Lessons, chunks: Sequence[Chunk], advance: Callable[[], None] = lambda: None) -> float:
        """The mean loss a token of what is held out, by their weights."""
        self.model.eval()
        total, weight = 0.0, 0.0
        for chunk in self._processes.part(chunks):
            for unit in self.units(lessons, [chunk]):
                total += self._losses(unit).sum().item()
                weight += _weight(unit)
            advance()
        return sum(self._processes.together(total)) / sum(self._processes.together(weight))

    @torch.no_grad()  # type: ignore[untyped-decorator]
    def first_logits(self, lessons: Sequence[Lesson]) -> torch.Tensor:
        """What the model makes of the first token of each answer, ``(lessons, vocabulary)``; all are about one case."""
        self.model.eval()
        with self._encoding:
            shown = self._encoder.shown(lessons)
        if self._packs:
            packed = pack([shown], self.model.config, self._options.tokens)
            return torch.cat([token_logits(self.model, first_targets(p).to(self._device)) for p in packed])
        pixels = {name: tensor.to(self._device) for name, tensor in shown.pixels.items()}
        apart = (token_logits_apart(self.model, pixels, pair.to(self._device)) for pair in shown.pairs)
        return torch.stack([logits[0] for logits in apart])

    def _losses(self, unit: Unit) -> torch.Tensor:
        """The loss of each token times its weight."""
        if isinstance(unit, Packed):
            packed = unit.to(self._device)
            return token_losses(self.model, packed) * packed.weights
        shown, pair = unit[0], unit[1].to(self._device)
        pixels = {name: tensor.to(self._device) for name, tensor in shown.pixels.items()}
        return token_losses_apart(self.model, pixels, pair) * pair.weights


def check_lengths(encoder: Encoder, lessons: Lessons) -> None:
    """Refuses, before anything is learnt, pairs that are longer than the model reads.

    Raises:
        UserError: that, with the numbers.
    """
    for chunk in lessons.longest(LONGEST):
        encoder.shown(lessons.read(chunk))


def not_finite(error: NotFinite, step: int, kept: int, folder: object) -> UserError:
    """What is said where a loss is no number."""
    more = f" and {len(error.names) - NAMED} more" if len(error.names) > NAMED else ""
    return UserError(
        f"the loss is no number at step {step + 1}, of questions {', '.join(error.names[:NAMED])}{more}; the state "
        f"after step {kept} is kept in {folder}: look at these rows, or begin anew with a smaller --learning-rate"
    )


def learnt_tokens(units: Iterable[Unit]) -> int:
    """How many tokens are learnt: those that weigh anything."""
    return sum(int(_weights(unit).count_nonzero()) for unit in units)


def _weights(unit: Unit) -> torch.Tensor:
    return unit.weights if isinstance(unit, Packed) else unit[1].weights


def _weight(unit: Unit) -> float:
    return float(_weights(unit).sum())


def _names(unit: Unit) -> tuple[str, ...]:
    return unit.names if isinstance(unit, Packed) else (unit[1].name,)


def _without_number(unit: Unit, losses: torch.Tensor) -> list[str]:
    """The pairs of which a loss is no number."""
    if not isinstance(unit, Packed):
        return list(_names(unit))
    wrong = set(unit.pair[~torch.isfinite(losses).cpu()].tolist())
    return [name for number, name in enumerate(unit.names) if number in wrong]
