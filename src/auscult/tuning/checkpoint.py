"""Where a tuning stands, on disk: whole, or as it was before. What goes on from there is what would have been."""

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch

from auscult.errors import UserError
from auscult.store.files import replace_file

FILE = "checkpoint.pt"


@dataclass(kw_only=True)
class Progress:
    """Where a tuning stands.

    Attributes:
        step: steps that were taken.
        losses: mean loss a token of each.
        tokens: that were learnt in them.
        held: step → mean loss a token of what is held out.
        taken: step → of held-out false premises whose twin the model knows, how many it accepts, and of how many.
        best: weights of the adapter at the least of these; empty before the first.
        best_step: when that was.
        waited: how often it was no better since.
    """

    step: int = 0
    losses: list[float] = field(default_factory=list)
    tokens: int = 0
    held: dict[int, float] = field(default_factory=dict)
    taken: dict[int, tuple[int, int]] = field(default_factory=dict)
    best: dict[str, torch.Tensor] = field(default_factory=dict)
    best_step: int = 0
    waited: int = 0


def adapter_state(model: Any) -> dict[str, torch.Tensor]:
    """A copy of what learns."""
    return {name: p.detach().cpu().clone() for name, p in model.named_parameters() if p.requires_grad}


def set_adapter(model: Any, state: Mapping[str, torch.Tensor]) -> None:
    """Puts back what ``adapter_state`` gave."""
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if parameter.requires_grad:
                parameter.copy_(state[name])


def write(folder: Path, progress: Progress, model: Any, optimizer: torch.optim.Optimizer) -> None:
    """Writes all that the next step depends on.

    Raises:
        UserError: the disk takes no more; what was there is as it was.
    """
    raw = io.BytesIO()
    state = {
        **vars(progress),
        "adapter": adapter_state(model),
        "optimizer": optimizer.state_dict(),
        "random": torch.get_rng_state(),
        "random_gpu": torch.cuda.get_rng_state_all() if torch.cuda.is_available() else [],
    }
    torch.save(state, raw)
    try:
        replace_file(folder / FILE, raw.getvalue())
    except OSError as error:
        goes_on = "goes on from the checkpoint before" if (folder / FILE).exists() else "begins at the first step"
        raise UserError(
            f"{folder / FILE}: cannot be written ({error.strerror or error}); make room and run the same command "
            f"again, it {goes_on}"
        ) from None


def read(folder: Path, model: Any, optimizer: torch.optim.Optimizer) -> Progress:
    """Goes on where a checkpoint was written; from the beginning where there is none.

    Raises:
        UserError: it is damaged.
    """
    if not (folder / FILE).is_file():
        return Progress()
    try:
        state = torch.load(folder / FILE, map_location="cpu", weights_only=True)
        set_adapter(model, state.pop("adapter"))
        optimizer.load_state_dict(state.pop("optimizer"))
        torch.set_rng_state(state.pop("random"))
        if gpus := state.pop("random_gpu"):
            torch.cuda.set_rng_state_all(gpus)
        return Progress(**state)
    except Exception as error:  # pickle raises whatever damaged bytes lead it to
        said = " ".join(str(error).split())[:200]
        raise UserError(f"{folder / FILE}: damaged ({said}); remove it and begin again") from None
