"""An image under noise: what is shown is still an image, and hardly this one."""

import hashlib
import io
from functools import lru_cache

import numpy as np
from PIL import Image as Pixels

from auscult.records import Image, rank

STEPS = 1_000
"""Of the diffusion; the last one is shown, in which a twelfth of the variance is still the image."""


@lru_cache
def signal() -> float:
    """The share of the variance that is still the image: the sigmoid schedule of VCD (arXiv 2311.16922)."""
    betas = 1 / (1 + np.exp(-np.linspace(-6, 6, STEPS))) * (0.5e-2 - 1e-5) + 1e-5
    return float(np.prod(1 - betas))


def noised(image: Image) -> Image:
    """The image under diffusion noise, the same each time: √a·x + √(1 − a)·ε with x from −1 to 1 and ε standard normal.

    Raises:
        OSError: it cannot be read.
    """
    with Pixels.open(io.BytesIO(image.data)) as opened:
        pixels = np.asarray(opened.convert("RGB"), np.float32) / 127.5 - 1
    kept = signal()
    noise = np.random.default_rng(rank("noised", image.sha256)).standard_normal(pixels.shape, np.float32)
    mixed = np.sqrt(kept) * pixels + np.sqrt(1 - kept) * noise
    out = io.BytesIO()
    Pixels.fromarray(np.clip((mixed + 1) * 127.5, 0, 255).astype(np.uint8)).save(out, "PNG")
    data = out.getvalue()
    return Image(data, "image/png", hashlib.sha256(data).hexdigest(), f"{image.name} under noise")
