"""A training loop that can be killed at any time: steps are a function of their number, progress is kept on disk."""

import math
import os
import re
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import nn

from auscult.errors import UserError
from recipes.phantom_model.muon import Muon

SAVE_SECONDS = 120.0
HIDDEN = re.compile(r"mlp|_proj|projector")
"""Names of the matrices between hidden layers; embeddings and heads are none."""


def keep(path: Path, content: Any) -> None:
    """Saves a checkpoint: whole, or not at all."""
    part = path.with_suffix(".part")
    torch.save(content, part)
    os.replace(part, path)


def restore(module: nn.Module, file: Path, made_of: str) -> dict[str, Any]:
    """Puts the weights of a checkpoint into a module; returns the whole checkpoint.

    Raises:
        UserError: the checkpoint belongs to another recipe.
    """
    kept: dict[str, Any] = torch.load(file, weights_only=True)
    if kept["made_of"] != made_of:
        raise UserError(f"{file}: belongs to another recipe ({kept['made_of']}, now {made_of}); use a new folder")
    parameters = dict(module.named_parameters())
    for name, value in kept["weights"].items():
        parameters[name].data.copy_(value)
    return kept


AGAIN = 0.3
"""Peak of what is learnt once more, as a share of the first one."""


def rate(step: int, steps: int, peak: float, warmup: int, again: Sequence[int] = ()) -> float:
    """Learning rate: a linear rise, then half a cosine down to a hundredth of its peak; and again, to a lower peak.

    Args:
        step: its number, from 0.
        steps: how many in all.
        peak: highest rate.
        warmup: steps of the rise.
        again: how many of the steps, the last ones, rise and fall once more; several times in turn.
    """
    for number, later in enumerate(again):
        start = steps - sum(again[number:])
        if start <= step < start + later:
            return rate(step - start, later, AGAIN * peak, warmup)
    steps -= sum(again)
    if step < warmup:
        return peak * (step + 1) / warmup
    done = (step - warmup) / max(1, steps - warmup)
    return peak * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * done)))


def train(
    module: nn.Module,
    loss_of: Callable[[int], torch.Tensor],
    *,
    file: Path,
    made_of: str,
    steps: int,
    peak: float,
    matrix_peak: float,
    again: Sequence[int] = (),
    watch: Callable[[int], None] = lambda step: None,
    save_seconds: float = SAVE_SECONDS,
) -> None:
    """Trains ``module``, from a checkpoint if there is one: its hidden matrices by Muon, the rest by AdamW.

    Args:
        module: whose parameters that need a gradient are trained.
        loss_of: the loss of a step; depends on nothing but the step's number and the weights.
        file: of the checkpoint.
        made_of: names everything that the steps depend on; a checkpoint of other steps is refused.
        steps: how many in all.
        peak: highest learning rate of AdamW.
        matrix_peak: highest learning rate of Muon.
        again: steps, the last ones, whose rate rises and falls once more; several times in turn.
        watch: is called after each step with the number of steps done; for figures and log lines.
        save_seconds: between checkpoints.

    Raises:
        UserError: the checkpoint belongs to another recipe.
    """
    trained = {name: p for name, p in module.named_parameters() if p.requires_grad}
    hidden = [p for name, p in trained.items() if p.ndim == 2 and HIDDEN.search(name)]
    ids = {id(p) for p in hidden}
    others = [p for p in trained.values() if id(p) not in ids]
    peaks: list[tuple[torch.optim.Optimizer, float]] = [
        (Muon(hidden, lr=matrix_peak, weight_decay=0.02), matrix_peak),
        (torch.optim.AdamW(others, lr=peak, betas=(0.9, 0.98), weight_decay=0.02), peak),
    ]
    done = 0
    if file.exists():
        kept = restore(module, file, made_of)
        for (optimizer, _), state in zip(peaks, kept["optimizers"], strict=True):
            optimizer.load_state_dict(state)
        done = kept["step"]

    def save() -> None:
        weights = {name: p.data for name, p in trained.items()}
        states = [optimizer.state_dict() for optimizer, _ in peaks]
        keep(file, {"made_of": made_of, "step": done, "weights": weights, "optimizers": states})

    saved = time.monotonic()
    while done < steps:
        for optimizer, highest in peaks:
            for group in optimizer.param_groups:
                group["lr"] = rate(done, steps, highest, min(50, steps // 10 + 1), again)
        module.train()
        loss_of(done).backward()
        nn.utils.clip_grad_norm_(list(trained.values()), 1.0)
        for optimizer, _ in peaks:
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
        done += 1
        watch(done)
        if time.monotonic() - saved > save_seconds or done == steps:
            save()
            saved = time.monotonic()
