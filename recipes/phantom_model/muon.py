"""Muon for the matrices of small transformers: momentum whose singular values are made equal.

After K. Jordan and others, "Muon: an optimizer for hidden layers in neural networks" (2024), with updates of the size
of AdamW's (J. Liu and others, arXiv 2502.16982). In 32 bits, and matrices of one shape together: made for a CPU.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import torch

STEPS = 5
COEFFICIENTS = (3.4445, -4.7750, 2.0315)
"""Of the odd polynomial that draws singular values towards one."""


class Muon(torch.optim.Optimizer):  # type: ignore[misc]
    """Muon with Nesterov momentum and decoupled weight decay.

    Args:
        params: matrices.
        lr: learning rate, as for AdamW.
        momentum: share of the old momentum that is kept.
        weight_decay: as for AdamW.
    """

    def __init__(
        self, params: Iterable[torch.Tensor], lr: float, momentum: float = 0.95, weight_decay: float = 0.0
    ) -> None:
        super().__init__(params, {"lr": lr, "momentum": momentum, "weight_decay": weight_decay})

    @torch.no_grad()  # type: ignore[untyped-decorator]
    def step(self, closure: Any = None) -> None:
        """Moves every matrix that has a gradient."""
        for group in self.param_groups:
            alike: dict[tuple[int, int], list[tuple[torch.Tensor, torch.Tensor]]] = defaultdict(list)
            for matrix in group["params"]:
                if matrix.grad is None:
                    continue
                state = self.state[matrix]
                momentum = state.setdefault("momentum", torch.zeros_like(matrix))
                momentum.lerp_(matrix.grad, 1 - group["momentum"])
                update = matrix.grad.lerp(momentum, group["momentum"])
                short, long = sorted(matrix.shape)
                alike[short, long].append((matrix, update if matrix.shape == (short, long) else update.T))
            for (_, long), pairs in alike.items():
                updates = orthogonal(torch.stack([update for _, update in pairs]))
                for (matrix, _), update in zip(pairs, updates, strict=True):
                    matrix.mul_(1 - group["lr"] * group["weight_decay"])
                    same = matrix.shape == update.shape
                    matrix.add_(update if same else update.T, alpha=-group["lr"] * 0.2 * long**0.5)


def orthogonal(matrices: torch.Tensor) -> torch.Tensor:
    """Matrices ``(n, short, long)`` with their singular values near one."""
    a, b, c = COEFFICIENTS
    x = matrices / (matrices.norm(dim=(1, 2), keepdim=True) + 1e-7)
    for _ in range(STEPS):
        square = x @ x.mT
        x = torch.baddbmm(x, torch.baddbmm(square, square, square, beta=b, alpha=c), x, beta=a)
    return x
