"""Trains and writes the weights; minutes on one core.

What it is worth on paintings of the hand kept apart is the certificate's to say
(``auscult calibrate draw``), never looked at here.
"""

import sys
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional

from auscult.drawing.readers.network import GRID, HEADS, ROUNDS, channels
from recipes.pixel_reader.lessons import lessons

COUNT, BATCH = 8000, 48
CYCLES = ((34, 4e-3),)
"""Epochs and greatest learning rate of each cycle."""
FOLDER = Path("src/auscult/data/pixel-reader")


class Eye(nn.Module):
    """As ``auscult.drawing.readers.network.look`` computes it."""

    def __init__(self) -> None:
        super().__init__()
        widths = (5, 12, 20, 32)
        for n in range(ROUNDS):
            setattr(self, f"conv{n}", nn.Conv2d(widths[n], widths[n + 1], 3, padding=1))
        self.mix = nn.Conv2d(32, 16, 1)
        self.hidden = nn.Linear(16 * (GRID // 8) ** 2, 64)
        self.heads = nn.Linear(64, sum(map(len, HEADS.values())))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Scores of all classes of all heads; x has shape (n, 5, GRID, GRID)."""
        for n in range(ROUNDS):
            x = functional.max_pool2d(functional.relu(getattr(self, f"conv{n}")(x)), 2)
        x = functional.relu(self.mix(x)).flatten(1)
        x = functional.dropout(x, 0.1, self.training)
        return self.heads(functional.relu(self.hidden(x)))  # type: ignore[no-any-return]


def moved(shown: torch.Tensor, random: torch.Generator) -> torch.Tensor:
    """What the network is shown, in another place and contrast."""
    down, across = (int(n) for n in torch.randint(-1, 2, (2,), generator=random))
    return torch.roll(shown, (down, across), (2, 3)) * (0.85 + 0.3 * torch.rand(len(shown), 5, 1, 1, generator=random))


def trained(images: NDArray[np.uint8], labels: NDArray[np.int64]) -> Eye:
    """The network after all epochs; what it has not learnt from is told as it goes."""
    torch.manual_seed(0)
    random = torch.Generator().manual_seed(0)
    pixels = torch.from_numpy(np.stack([channels(image) for image in images]))
    truth = torch.from_numpy(labels)
    kept = len(pixels) // 16
    eye = Eye()
    sizes = [len(classes) for classes in HEADS.values()]
    for epochs, rate in CYCLES:
        optimiser = torch.optim.AdamW(eye.parameters(), rate, weight_decay=1e-3)
        schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, rate, epochs * ((len(pixels) - kept) // BATCH))
        for epoch in range(epochs):
            order = kept + torch.randperm(len(pixels) - kept, generator=random)
            for start in range(0, len(order) - BATCH + 1, BATCH):
                chosen = order[start : start + BATCH]
                said = eye(moved(pixels[chosen], random)).split(sizes, 1)
                loss = sum(functional.cross_entropy(s, truth[chosen, k]) for k, s in enumerate(said))
                optimiser.zero_grad()
                loss.backward()  # type: ignore[union-attr]
                optimiser.step()
                schedule.step()
            eye.eval()
            with torch.no_grad():
                said = eye(pixels[:kept]).split(sizes, 1)
                right = [float((s.argmax(1) == truth[:kept, k]).float().mean()) for k, s in enumerate(said)]
            eye.train()
            shares = " ".join(f"{head} {share:.3f}" for head, share in zip(HEADS, right, strict=True))
            print(f"epoch {epoch + 1}: {shares}", file=sys.stderr, flush=True)
    return eye.eval()


def main() -> None:
    """Paints, trains, writes."""
    torch.set_num_threads(1)
    pairs = list(lessons(COUNT))
    images, labels = np.stack([p[0] for p in pairs]), np.array([p[1] for p in pairs])
    eye = trained(images, labels)
    FOLDER.mkdir(parents=True, exist_ok=True)
    stored = {name: value.numpy().astype(np.float16) for name, value in eye.state_dict().items()}
    np.savez_compressed(FOLDER / "weights.npz", **stored)  # type: ignore[arg-type]


if __name__ == "__main__":
    main()
