"""The eye of the pixel reader: a small convolutional network, from its weights, in numpy.

It was trained on images alone (``recipes/pixel_reader``) and holds nothing of how they were drawn. It is shown the
image and what stands out of it at two scales; three rounds of a 3 × 3 convolution and a pooling follow, then what lies
where, and a class for each question.
"""

from functools import cache
from importlib.resources import files
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

Floats = NDArray[np.float32]

SIZE: Final = 256
"""Pixels a side of what it looks at."""
GRID: Final = 64
"""Fields a side that it sees each channel in."""
ROUNDS: Final = 3
WEIGHTS = files("auscult.data") / "pixel-reader" / "weights.npz"
YES_NO: Final = ("no", "yes")
HEADS: Final[dict[str, tuple[str, ...]]] = {
    "modality": ("chest radiograph", "brain MR", "abdominal CT", "ultrasound", "hand radiograph"),
    "view": (
        "",
        "posteroanterior",
        "anteroposterior",
        "T1-weighted with contrast",
        "T2-weighted",
        "with contrast",
        "without contrast",
    ),
    "side": ("", "left", "right"),
    "clips": YES_NO,
    "tubes": YES_NO,
    "text": YES_NO,
    "second organ": YES_NO,
}
"""What it is asked of every image, and the answers that it has."""


def shrunk(image: Image.Image) -> NDArray[np.uint8]:
    """An image as the network takes it: grey, square, ``SIZE`` pixels a side."""
    return np.asarray(image.convert("L").resize((SIZE, SIZE), Image.Resampling.BOX), dtype=np.uint8)


@cache
def weights() -> dict[str, Floats]:
    """The weights by layer."""
    with WEIGHTS.open("rb") as file, np.load(file) as stored:
        return {name: stored[name].astype(np.float32) for name in stored.files}


def channels(image: NDArray[np.uint8]) -> Floats:
    """What the network is shown: the image, its brightest spots, what stands out at two scales, and what is dark.

    Args:
        image: grey levels, shape (SIZE, SIZE).

    Returns:
        Shape (5, GRID, GRID), in deviations of the image's grey levels, so that contrast does not matter.
    """
    grey = image.astype(np.float32)
    grey = (grey - grey.mean()) / (grey.std() + 1e-3)
    coarse = _fields(grey, SIZE // 2).mean(axis=(1, 3))
    small = grey - ndimage.grey_opening(grey, (5, 5))
    large = coarse - ndimage.grey_opening(coarse, (9, 9))
    dark = ndimage.grey_closing(coarse, (9, 9)) - coarse
    greatest = [_fields(one, GRID).max(axis=(1, 3)) for one in (grey, small, large, dark)]
    return np.stack([_fields(grey, GRID).mean(axis=(1, 3)), *greatest]).astype(np.float32)


def _fields(image: Floats, count: int) -> Floats:
    """An image cut into ``count`` fields a side: shape (count, n, count, n)."""
    n = len(image) // count
    return image.reshape(count, n, count, n)


def look(image: NDArray[np.uint8]) -> dict[str, NDArray[np.float64]]:
    """Probability of every class of every head.

    Args:
        image: grey levels, shape (SIZE, SIZE).
    """
    known = weights()
    seen = channels(image)
    for n in range(ROUNDS):
        seen = _pooled(np.maximum(_convolved(seen, known[f"conv{n}.weight"], known[f"conv{n}.bias"]), 0))
    seen = np.maximum(
        np.einsum("oc,chw->ohw", known["mix.weight"][:, :, 0, 0], seen) + known["mix.bias"][:, None, None], 0
    )
    hidden = np.maximum(known["hidden.weight"] @ seen.ravel() + known["hidden.bias"], 0)
    said = known["heads.weight"] @ hidden + known["heads.bias"]
    found, start = {}, 0
    for head, classes in HEADS.items():
        found[head] = _softmax(said[start : start + len(classes)].astype(np.float64))
        start += len(classes)
    return found


def _convolved(image: Floats, kernel: Floats, bias: Floats) -> Floats:
    """A 3 × 3 convolution with a border of zeros; (channels, n, n) → (filters, n, n)."""
    padded = np.pad(image, ((0, 0), (1, 1), (1, 1)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), axis=(1, 2))
    found = np.tensordot(kernel, windows, axes=((1, 2, 3), (0, 3, 4)))
    return np.asarray(found + bias[:, None, None], dtype=np.float32)


def _pooled(image: Floats) -> Floats:
    """The greatest of every 2 × 2 pixels."""
    c, n, m = image.shape
    return np.asarray(image.reshape(c, n // 2, 2, m // 2, 2).max(axis=(2, 4)))


def _softmax(said: NDArray[np.float64]) -> NDArray[np.float64]:
    raised = np.exp(said - said.max())
    return np.asarray(raised / raised.sum())
