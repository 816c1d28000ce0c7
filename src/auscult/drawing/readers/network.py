"""The eye of the pixel reader: a small convolutional network, from its weights, in numpy.

It was trained on images alone (``recipes/pixel_reader``) and holds nothing of how they were drawn. It is shown the
image, what stands out of it at three scales, what of that is short and bright, and how its halves differ; three rounds
of a 3 × 3 convolution and a pooling follow, then what lies where and what is there at all, and a class for each
question.
"""

from functools import cache
from importlib.resources import files
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Floats = NDArray[np.float32]
Bytes = NDArray[np.uint8]

SIZE: Final = 256
"""Pixels a side of what it looks at."""
GRID: Final = 64
"""Fields a side that it sees each channel in."""
CHANNELS: Final = 10
ROUNDS: Final = 3
COARSE: Final = GRID >> ROUNDS
"""Fields a side that it sees at last."""
MEANS, GREATEST = [0, 9], [5, 6, 7, 8]
"""Channels that it is shown in ``COARSE`` fields too: the mean of each field, or the greatest value in it."""
LONG: Final = 15
"""Pixels that a stroke needs in one direction not to be short."""
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
    """What the network is shown, each channel in ``GRID`` fields a side.

    In deviations of the image's grey levels, so that contrast does not matter: mean and brightest pixel of each field;
    what stands out at three scales, bright and (at two) dark; strokes that are short in every direction, all of them
    and those nearly as bright as the image gets; and what one half has and its mirror image has not.

    Args:
        image: grey levels, shape (SIZE, SIZE).

    Returns:
        Shape (CHANNELS, GRID, GRID).
    """
    mean, spread = image.mean(), image.std() + 1e-3
    thin = image - _opened(image, _square(7))
    short = thin - np.maximum.reduce([_opened(thin, line) for line in _lines()])
    metal = short * np.clip(image * np.float32(5 / max(int(image.max()), 1)) - 4, 0, 1)
    fine = image - _opened(image, _square(5))
    coarse = np.rint(_fields(image, SIZE // 2).mean(axis=(1, 3))).astype(np.uint8)
    field = _fields(image, GRID).mean(axis=(1, 3))
    blurred = np.rint(field).astype(np.uint8)
    greatest = fine, short, metal, coarse - _opened(coarse, _square(9)), _closed(coarse, _square(9)) - coarse
    shown = [
        field - mean,
        _fields(image, GRID).max(axis=(1, 3)) - mean,
        *(_fields(one, GRID).max(axis=(1, 3)) for one in greatest),
        blurred - _opened(blurred, _square(13)),
        _closed(blurred, _square(13)) - blurred,
        field - field[:, ::-1],
    ]
    return np.asarray(np.stack(shown) / spread, dtype=np.float32)


Offsets = tuple[tuple[int, int], ...]


@cache
def _square(side: int) -> tuple[Offsets, ...]:
    """A square as two lines, one after the other."""
    half = side // 2
    return tuple((n, 0) for n in range(-half, half + 1)), tuple((0, n) for n in range(-half, half + 1))


@cache
def _lines() -> tuple[tuple[Offsets, ...], ...]:
    """Straight lines of ``LONG`` pixels in eight directions."""
    found = []
    for angle in np.pi * np.arange(8) / 8:
        down, across = np.sin(angle), np.cos(angle)
        longer = max(abs(down), abs(across))
        half = round(LONG // 2 * longer)
        found.append(tuple((round(n * down / longer), round(n * across / longer)) for n in range(-half, half + 1)))
    return tuple((line,) for line in found)


def _opened(image: Bytes, shape: tuple[Offsets, ...]) -> Bytes:
    """What is left of an image's bright parts where the shape, which is its own mirror image, does not fit."""
    for line in shape:
        image = _over(image, line, np.minimum)
    for line in shape:
        image = _over(image, line, np.maximum)
    return image


def _closed(image: Bytes, shape: tuple[Offsets, ...]) -> Bytes:
    """Likewise of its dark parts."""
    return 255 - _opened(255 - image, shape)


def _over(image: Bytes, line: Offsets, choose: np.ufunc) -> Bytes:
    """The least or greatest pixel along a line around every pixel."""
    reach = max(max(map(abs, place)) for place in line)
    padded, (n, m) = np.pad(image, reach, mode="edge"), image.shape
    found = image.copy()
    for down, across in line:
        choose(found, padded[reach + down : reach + down + n, reach + across : reach + across + m], out=found)
    return found


def _fields(image: NDArray[Any], count: int) -> NDArray[Any]:
    """An image cut into ``count`` fields a side: shape (count, n, count, n)."""
    n = len(image) // count
    return image.reshape(count, n, count, n)


def look(image: NDArray[np.uint8]) -> dict[str, NDArray[np.float64]]:
    """Probability of every class of every head.

    Args:
        image: grey levels, shape (SIZE, SIZE).
    """
    known = weights()
    shown = seen = channels(image)
    for n in range(ROUNDS):
        seen = _pooled(np.maximum(_convolved(seen, known[f"conv{n}.weight"], known[f"conv{n}.bias"]), 0))
    mixed = np.einsum("oc,chw->ohw", known["mix.weight"][:, :, 0, 0], seen) + known["mix.bias"][:, None, None]
    halves = np.split(seen, 2, axis=2)
    wide = shown.reshape(CHANNELS, COARSE, GRID // COARSE, COARSE, GRID // COARSE)
    gathered = [np.maximum(mixed, 0), *(half.max(axis=(1, 2)) for half in halves)]
    gathered += [half.mean(axis=(1, 2)) for half in halves]
    gathered += [wide[MEANS].mean(axis=(2, 4)), wide[GREATEST].max(axis=(2, 4))]
    hidden = known["hidden.weight"] @ np.concatenate([one.ravel() for one in gathered]) + known["hidden.bias"]
    hidden = np.maximum(hidden, 0)
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
