"""Processes that learn together, as ``accelerate launch`` or ``torchrun`` start them: each takes a part of every step.

Losses and gradients are sums over all of them, so that a step is the one that a single process takes. The first one
alone writes and speaks.
"""

import os
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, TypeVar

import torch
import torch.distributed as dist

from auscult.models import ModelOptions

T = TypeVar("T")


class Processes:
    """This process and those that learn with it; alone where nothing started others."""

    def __init__(self) -> None:
        self.count, self.rank = int(os.environ.get("WORLD_SIZE", 1)), int(os.environ.get("RANK", 0))

    @property
    def first(self) -> bool:
        """Whether this one writes and speaks."""
        return self.rank == 0

    def placed(self, options: ModelOptions) -> ModelOptions:
        """The options with a GPU of its own for each process."""
        if self.count == 1 or not (options.device or "cuda").startswith("cuda") or not torch.cuda.is_available():
            return options
        return replace(options, device=f"cuda:{os.environ.get('LOCAL_RANK', 0)}")

    def meet(self, device: torch.device) -> None:
        """Finds the others."""
        if self.count > 1 and not dist.is_initialized():
            dist.init_process_group("nccl" if device.type == "cuda" else "gloo")

    def part(self, chunks: Sequence[T]) -> Sequence[T]:
        """What this process takes of a step."""
        return chunks[self.rank :: self.count]

    def wait(self) -> None:
        """Until all are here."""
        if self.count > 1:
            dist.barrier()

    def together(self, mine: T) -> list[T]:
        """What each process has, in order."""
        if self.count == 1:
            return [mine]
        found: list[Any] = [None] * self.count
        dist.all_gather_object(found, mine)
        return found

    def add_gradients(self, parameters: Iterable[torch.nn.Parameter]) -> None:
        """Makes the gradients of each process the sum of all."""
        if self.count == 1:
            return
        for parameter in parameters:
            if parameter.grad is None:
                parameter.grad = torch.zeros_like(parameter)
            dist.all_reduce(parameter.grad)

    def part_ways(self) -> None:
        """Ends what ``meet`` began."""
        if self.count > 1 and dist.is_initialized():
            dist.destroy_process_group()
