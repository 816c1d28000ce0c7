"""Trains and writes the weights; minutes on one core.

First the whole network learns, then its last layers learn once more from what the convolutions make of the images,
with sides in plenty. What it is worth on paintings of the hand kept apart is the certificate's to say
(``auscult calibrate draw``), never looked at here.
"""

import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from auscult.drawing.readers.network import CHANNELS, COARSE, GREATEST, GRID, HEADS, MEANS, ROUNDS, channels
from recipes.pixel_reader.lessons import Lesson, lessons, sides

WIDTHS = (CHANNELS, 16, 24, 32)
MIX = 16
SIZES = [len(classes) for classes in HEADS.values()]
SIDE = list(HEADS).index("side")
MIRRORED = torch.tensor([HEADS["side"].index({"left": "right", "right": "left"}.get(s, s)) for s in HEADS["side"]])
"""Each side as a mirror shows it."""
KEPT, KEPT_SIDES = 500, 200
"""Lessons that nothing is learnt from, to see how it goes."""
VARIANTS, VARIANTS_OF_SIDES = 3, 4
"""How often each lesson is varied for the last layers."""
FOLDER = Path("src/auscult/data/pixel-reader")


class Eye(nn.Module):
    """The convolutions, as ``auscult.drawing.readers.network.look`` computes them."""

    def __init__(self) -> None:
        super().__init__()
        for n in range(ROUNDS):
            setattr(self, f"conv{n}", nn.Conv2d(WIDTHS[n], WIDTHS[n + 1], 3, padding=1))
        self.to(memory_format=torch.channels_last)  # a fifth faster

    def forward(self, x: Tensor) -> Tensor:
        """What it sees: (n, CHANNELS, GRID, GRID) → (n, filters, COARSE, COARSE)."""
        for n in range(ROUNDS):
            x = functional.max_pool2d(functional.relu(getattr(self, f"conv{n}")(x)), 2)
        return x


class Answers(nn.Module):
    """The last layers.

    Args:
        parts: of the image, side by side, of which each tells what is there at all.
        wide: values of each image that are shown beside what the eye sees.
        hidden: units.
        dropout: share of what is gathered that a lesson does not see.
    """

    def __init__(self, parts: int, wide: int, hidden: int, dropout: float) -> None:
        super().__init__()
        self.parts, self.dropout = parts, dropout
        self.mix = nn.Conv2d(WIDTHS[-1], MIX, 1)
        self.hidden = nn.Linear(MIX * COARSE**2 + 2 * parts * WIDTHS[-1] + wide, hidden)
        self.heads = nn.Linear(hidden, sum(SIZES))

    def forward(self, seen: Tensor, wide: Tensor) -> Tensor:
        """Scores of all classes of all heads."""
        parts = seen.chunk(self.parts, 3)
        gathered = [functional.relu(self.mix(seen)).flatten(1), *(part.amax((2, 3)) for part in parts)]
        x = torch.cat([*gathered, *(part.mean((2, 3)) for part in parts), wide], 1)
        return self.heads(functional.relu(self.hidden(functional.dropout(x, self.dropout, self.training))))  # type: ignore[no-any-return]


def shown_wide(shown: Tensor) -> Tensor:
    """Some channels in ``COARSE`` fields, a row an image."""
    side = GRID // COARSE
    means = functional.avg_pool2d(shown[:, MEANS], side).flatten(1)
    return torch.cat([means, functional.max_pool2d(shown[:, GREATEST], side).flatten(1)], 1)


WIDE = (len(MEANS) + len(GREATEST)) * COARSE**2


def last_layers() -> Answers:
    """The last layers as they are kept."""
    return Answers(2, WIDE, 80, 0.2)


def varied(shown: Tensor, truth: Tensor, random: torch.Generator) -> tuple[Tensor, Tensor]:
    """Lessons in another place and contrast, half of them as in a mirror, where left is right."""
    down, across = (int(n) for n in torch.randint(-1, 2, (2,), generator=random))
    contrast = 0.85 + 0.3 * torch.rand(len(shown), CHANNELS, 1, 1, generator=random)
    mirrored = torch.rand(len(shown), generator=random) < 0.5
    shown = torch.where(mirrored[:, None, None, None], shown.flip(3), shown)
    side = torch.where(mirrored, MIRRORED[truth[:, SIDE]], truth[:, SIDE])
    truth = torch.cat([truth[:, :SIDE], side[:, None], truth[:, SIDE + 1 :]], 1)
    return torch.roll(shown, (down, across), (2, 3)) * contrast, truth


def learn(
    layers: nn.Module,
    answer: Callable[[Tensor], tuple[Tensor, Tensor]],
    numbers: Tensor,
    batch: int,
    epochs: int,
    rate: float,
    decay: float,
    seed: int,
) -> Iterable[int]:
    """Trains layers on lessons by their number; ``answer`` gives scores and truth of a batch. Yields each epoch."""
    random = torch.Generator().manual_seed(seed)
    optimiser = torch.optim.AdamW(layers.parameters(), rate, weight_decay=decay)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, rate, epochs * (len(numbers) // batch))
    for epoch in range(epochs):
        order = numbers[torch.randperm(len(numbers), generator=random)]
        for start in range(0, len(order) - batch + 1, batch):
            scores, right = answer(order[start : start + batch])
            loss = sum(functional.cross_entropy(s, right[:, k]) for k, s in enumerate(scores.split(SIZES, 1)))
            optimiser.zero_grad()
            loss.backward()  # type: ignore[union-attr]
            optimiser.step()
            schedule.step()
        layers.eval()
        yield epoch
        layers.train()
    layers.eval()


def told(what: str, scores: Tensor, truth: Tensor) -> None:
    """Says how many of some lessons are answered rightly."""
    right = [float((s.argmax(1) == truth[:, k]).float().mean()) for k, s in enumerate(scores.split(SIZES, 1))]
    print(what, " ".join(f"{h} {r:.3f}" for h, r in zip(HEADS, right, strict=True)), file=sys.stderr, flush=True)


def taught(given: Iterable[Lesson]) -> tuple[Tensor, Tensor]:
    """What the network is shown of lessons, in half precision, and their labels."""
    pairs = [(channels(image).astype(np.float16), label) for image, label in given]
    return torch.from_numpy(np.stack([seen for seen, _ in pairs])), torch.tensor([label for _, label in pairs])


def first_course(shown: Tensor, truth: Tensor) -> Eye:
    """The convolutions, trained with last layers that are not kept."""
    torch.manual_seed(0)
    random = torch.Generator().manual_seed(0)
    eye, answers = Eye(), Answers(1, 0, 96, 0.1)
    none = torch.zeros(1, 0)

    def scores(x: Tensor) -> Tensor:
        return answers(eye(x), none.expand(len(x), 0))  # type: ignore[no-any-return]

    def answer(chosen: Tensor) -> tuple[Tensor, Tensor]:
        x, right = varied(shown[chosen].float(), truth[chosen], random)
        return scores(x), right

    numbers = torch.arange(KEPT, len(shown))
    for epoch in learn(nn.ModuleList([eye, answers]), answer, numbers, 48, 12, 4e-3, 1e-3, 0):
        with torch.no_grad():
            told(f"epoch {epoch + 1}:", scores(shown[:KEPT].float()), truth[:KEPT])
    return eye


def second_course(eye: Eye, every: tuple[Tensor, Tensor], sided: tuple[Tensor, Tensor]) -> Answers:
    """The last layers, trained on what the eye sees of varied lessons."""
    random = torch.Generator().manual_seed(1)
    rows: list[tuple[Tensor, Tensor, Tensor]] = []
    apart: list[tuple[Tensor, Tensor, Tensor]] = []
    with torch.no_grad():
        for (shown, truth), kept, variants in ((every, KEPT, VARIANTS), (sided, KEPT_SIDES, VARIANTS_OF_SIDES)):
            for chosen in torch.arange(kept, len(shown)).repeat(variants).split(100):
                x, right = varied(shown[chosen].float(), truth[chosen], random)
                rows.append((eye(x).half(), shown_wide(x).half(), right))
            x = shown[:kept].float()
            apart.append((eye(x), shown_wide(x), truth[:kept]))
    seen, wide, truth = (torch.cat(one) for one in zip(*rows, strict=True))
    torch.manual_seed(1)
    answers = last_layers()

    def answer(chosen: Tensor) -> tuple[Tensor, Tensor]:
        return answers(seen[chosen].float(), wide[chosen].float()), truth[chosen]

    for epoch in learn(answers, answer, torch.arange(len(seen)), 128, 16, 3e-3, 1e-2, 2):
        with torch.no_grad():
            for x, wider, right in apart:
                told(f"last layers, epoch {epoch + 1}:", answers(x, wider), right)
    return answers


def main() -> None:
    """Paints, trains, writes."""
    torch.set_num_threads(1)
    every = taught(lessons())
    eye = first_course(*every)
    answers = second_course(eye, every, taught(sides()))
    FOLDER.mkdir(parents=True, exist_ok=True)
    stored = {n: v.numpy().astype(np.float16) for n, v in {**eye.state_dict(), **answers.state_dict()}.items()}
    np.savez_compressed(FOLDER / "weights.npz", **stored)  # type: ignore[arg-type]


if __name__ == "__main__":
    main()
