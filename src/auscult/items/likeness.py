"""Which images are the same picture, saved another way: resized, compressed, brightened, windowed.

Two steps. ``look`` is a hash of 256 bits that is kept with every image: the signs of the lowest frequencies (a cosine
transform, as pHash: Zauner 2010). Pairs within ``BITS`` of each other are looked at a second time, as thumbnails: all
chest radiographs look alike from afar, so that their fine detail must agree too.

Measured on the 744 images of seven sets (radiographs, CT, MR, ultrasound, dermoscopy, microscopy), 61,389 pairs within
a set: joined were one pair, of one skin lesion, and no other. Of 160 images saved again as JPEG of quality 40, at half
size, at 224 pixels, brighter by a quarter, with more contrast or another gamma all were joined with their original. Of
those with a white label in a corner 29 % were, cropped by 2 % a side 17 %, turned by 2 degrees 40 %, cropped by 5 % or
mirrored none.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy.fft import dctn
from scipy.ndimage import gaussian_filter

Pairs = list[tuple[int, int]]
BITS, WHOLE, DETAIL = 40, 0.9, 0.7
"""Most bits of 256 in which two looks may differ; least correlation of two thumbnails, and of their fine detail."""
_SIDE, _LOWEST, _SMALL = 64, 16, 32
_BLUR = 2.0
_AT_ONCE = 4_000_000
"""Pairs that are compared at once: 16 bytes each."""


def look(image: Image.Image) -> str:
    """The look of an image as 64 hexadecimal digits; 1 ms for a megapixel."""
    waves = dctn(_thumbnail(image), norm="ortho")[:_LOWEST, :_LOWEST].ravel()
    waves[0] = waves[1:].min()  # how bright it is on the whole is no part of the look
    return np.packbits(waves > np.median(waves)).tobytes().hex()


def tells(look_: str) -> bool:
    """Whether a look tells images apart: one of a single colour (a black slice) has none, and is like no other."""
    return bool(look_.strip("0"))


def words_of(look_: str) -> tuple[int, ...]:
    """A look as four numbers of 64 bits."""
    return tuple(int(look_[i : i + 16], 16) for i in range(0, 64, 16))


def candidates(looks: NDArray[np.uint64], groups: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """Pairs of images of different groups whose looks nearly agree: all of them, 6 ns a pair.

    Args:
        looks: images x 4, see ``words_of``.
        groups: of each image.
    """
    total = len(looks)
    step = max(1, _AT_ONCE // max(1, total))
    for start in range(0, total, step):
        own, rest = looks[start : start + step], looks[start:]
        apart = np.bitwise_count(own[:, None, 0] ^ rest[None, :, 0])
        apart += np.bitwise_count(own[:, None, 1] ^ rest[None, :, 1])
        one, other = np.nonzero(apart <= BITS)
        keep = (other > one) & (groups[start + one] != groups[start + other])
        one, other = one[keep], other[keep]
        near = np.bitwise_count(own[one] ^ rest[other]).sum(axis=1) <= BITS
        yield from zip((start + one[near]).tolist(), (start + other[near]).tolist(), strict=True)


def alike(pairs: Sequence[tuple[int, int]], load: Callable[[int], Image.Image]) -> Pairs:
    """The pairs that are the same picture on a second look.

    Args:
        pairs: of image numbers, for example from ``candidates``.
        load: gives an image.
    """

    @lru_cache(maxsize=4_096)
    def seen(number: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        thumbnail = _thumbnail(load(number))
        small = thumbnail.reshape(_SMALL, _SIDE // _SMALL, _SMALL, _SIDE // _SMALL).mean(axis=(1, 3))
        return _normed(small), _normed(thumbnail - gaussian_filter(thumbnail, _BLUR))

    def same(one: int, other: int) -> bool:
        return all(
            float((a * b).sum()) >= least for a, b, least in zip(seen(one), seen(other), (WHOLE, DETAIL), strict=True)
        )

    return [pair for pair in sorted(pairs) if same(*pair)]


def _thumbnail(image: Image.Image) -> NDArray[np.float32]:
    factor = min(image.size) // (2 * _SIDE)
    if factor > 1 and image.mode in ("L", "RGB"):
        image = image.reduce(factor)
    grey = image.convert("L").resize((_SIDE, _SIDE), Image.Resampling.BOX)
    return np.asarray(grey, dtype=np.float32)


def _normed(values: NDArray[np.float32]) -> NDArray[np.float32]:
    centred = values - values.mean()
    normed: NDArray[np.float32] = centred / (np.sqrt((centred**2).sum()) + 1e-9)
    return normed
