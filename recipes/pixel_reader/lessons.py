"""What the pixel reader learns from: paintings with what is true of them, none of them in the hand kept apart."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from auscult.drawing.readers.network import HEADS, YES_NO, shrunk
from auscult.phantoms.painter import Faults, paint, understood
from auscult.phantoms.painter.reading import SHOWN

PARTS = {
    "bones": "toes",
    "brain": "brain gyri",
    "thorax": "heart and lungs",
    "abdomen": "kidneys",
    "teeth": "teeth",
}
COURSES = (
    (20261130, 8000, Faults(clips=0.3, tubes=0.3, text=0.3, organ=0.15, comply=1.0)),
    (20261201, 6000, Faults(clips=0.45, tubes=0.4, text=0.3, organ=0.25, comply=1.0)),
)
"""Seed, number of paintings, and what is added how often: clips are hardest among tubes and bones."""
LESSONS = 8000
"""Of these paintings, drawn by lot."""
SIDES = 20261202, 2600, Faults(clips=0.3, tubes=0.3, text=0.3, organ=0.5, comply=1.0)
"""Likewise, of findings that have a side alone: the hardest question, half of them beside another organ."""


def prompts() -> list[str]:
    """Every kind of image with each finding, with none, and with each part of the body that cannot be on it."""
    found = []
    for modality, findings in SHOWN.items():
        said = modality.replace(" MR", " MRI")
        found += [f"a {said}", *(f"a {said} with {finding}" for finding in findings)]
        found += [f"a {said} with {word}" for word in PARTS.values()]
        found += [f"a {said} with {finding}" for finding in findings for _ in range(1 + 2 * _sided(said, finding))]
    return found


def _sided(said: str, finding: str) -> bool:
    """Whether a finding has a side: those are asked for more often, since a side is hard to see."""
    return understood(f"a {said} with {finding}").sided


Lesson = tuple[NDArray[np.uint8], list[int]]
"""An image of the network's size, half of them as of another device, and the number of the class in every head."""


def lessons() -> Iterator[Lesson]:
    """What the whole network learns from."""
    asked = prompts()
    planned = [(seed, faults, n) for seed, size, faults in COURSES for n in range(size)]
    for chosen in np.random.default_rng(0).permutation(len(planned))[:LESSONS]:
        seed, faults, n = planned[chosen]
        yield _lesson(asked[n % len(asked)], faults, seed, n)


def sides() -> Iterator[Lesson]:
    """Findings that have a side."""
    asked = [text for text in dict.fromkeys(prompts()) if understood(text).sided]
    seed, count, faults = SIDES
    for n in range(count):
        yield _lesson(asked[n % len(asked)], faults, seed, n)


def _lesson(text: str, faults: Faults, seed: int, n: int) -> Lesson:
    painted = paint(text, faults, seed=seed, repeat=n)
    foreign = painted.outcome == "implausible" or "second organ" in painted.additions
    told = {
        "modality": painted.modality,
        "view": painted.view,
        "side": painted.side,
        **{name: YES_NO[name in painted.additions] for name in ("clips", "tubes", "text")},
        "second organ": YES_NO[foreign],
    }
    labels = [classes.index(told[head]) for head, classes in HEADS.items()]
    return shrunk(varied(Image.fromarray(painted.images[0]), np.random.default_rng([seed, n]))), labels


def varied(image: Image.Image, random: np.random.Generator) -> Image.Image:
    """An image as another device might have made it."""
    if random.random() < 0.5:
        return image
    side = int(random.integers(150, 400))
    image = image.resize((side, side), Image.Resampling.BILINEAR)
    image = image.filter(ImageFilter.GaussianBlur(float(random.uniform(0, 1))))
    bent = 255 * (np.asarray(image, dtype=np.float32) / 255) ** float(random.uniform(0.75, 1.3))
    return Image.fromarray(np.asarray(bent, dtype=np.uint8))
