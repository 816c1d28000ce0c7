"""Pictures, changed: under noise, mirrored, blank. Each is made once for all that is asked of it."""

import hashlib
import io
from collections.abc import Callable
from functools import lru_cache

import numpy as np
from PIL import Image as Pixels
from PIL import ImageOps

from auscult.records import Image, rank

STEPS = 1_000
"""Of the diffusion; after the last one a twelfth of the variance is still the image."""


@lru_cache
def signal(step: int = STEPS) -> float:
    """The share of the variance that is still the image: the sigmoid schedule of VCD (arXiv 2311.16922)."""
    betas = 1 / (1 + np.exp(-np.linspace(-6, 6, STEPS))) * (0.5e-2 - 1e-5) + 1e-5
    return float(np.prod(1 - betas[:step]))


@lru_cache(maxsize=16)
def noised(image: Image, step: int = STEPS) -> Image:
    """The image under diffusion noise, the same each time: √a·x + √(1 − a)·ε with x from −1 to 1 and ε standard normal.

    Args:
        image: to be changed.
        step: of the diffusion, up to ``STEPS``.

    Raises:
        OSError: it cannot be read.
    """

    def change(shown: Pixels.Image) -> Pixels.Image:
        pixels = np.asarray(shown.convert("RGB"), np.float32) / 127.5 - 1
        kept = signal(step)
        noise = np.random.default_rng(rank("noised", image.sha256)).standard_normal(pixels.shape, np.float32)
        mixed = np.sqrt(kept) * pixels + np.sqrt(1 - kept) * noise
        return Pixels.fromarray(np.clip((mixed + 1) * 127.5, 0, 255).astype(np.uint8))

    return _changed(image, change, "under noise")


@lru_cache(maxsize=16)
def mirrored(image: Image) -> Image:
    """The image with left and right exchanged, markers and letters too."""
    return _changed(image, ImageOps.mirror, "mirrored")


@lru_cache(maxsize=16)
def blank(image: Image) -> Image:
    """A picture of the size of the image, of its mean shade throughout."""

    def change(shown: Pixels.Image) -> Pixels.Image:
        mean = np.asarray(shown.convert("RGB"), np.float64).mean(axis=(0, 1))
        return Pixels.new("RGB", shown.size, (int(mean[0]), int(mean[1]), int(mean[2])))

    return _changed(image, change, "blank")


def _changed(image: Image, change: Callable[[Pixels.Image], Pixels.Image], how: str) -> Image:
    with Pixels.open(io.BytesIO(image.data)) as opened:
        opened.load()
        made = change(opened)
    out = io.BytesIO()
    made.save(out, "PNG", compress_level=1)  # noise cannot be packed, and packing takes longer than making it
    data = out.getvalue()
    return Image(data, "image/png", hashlib.sha256(data).hexdigest(), f"{image.name} {how}")
