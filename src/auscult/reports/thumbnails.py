"""Images of cases → small pictures inside the page, or the reason why there is none."""

import base64
import hashlib
import io
import warnings
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import numpy as np
from PIL import Image

from auscult.records import Case, ImageFile

LONG_SIDE = 320


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A thumbnail as ``data:`` URL with its size in pixels; or, where ``uri`` is empty, the reason."""

    uri: str = ""
    width: int = 0
    height: int = 0
    reason: str = ""


def picture(case: Case, folder: Path) -> Picture:
    """The first image of a case, at most ``LONG_SIDE`` pixels long; never raises on a bad image."""
    if not case.images:
        return Picture(reason="This case has no image.")
    image = case.images[0]
    relative = PurePosixPath(image.path)
    if relative.is_absolute() or ".." in relative.parts:
        return Picture(reason=f"The image is not there: {image.path} lies outside the item set.")
    try:
        data = (folder / relative).read_bytes()
    except OSError:
        return Picture(reason=f"The image is not there: {image.path} was not found in {folder}.")
    return _shrink(data, image)


def _shrink(data: bytes, image: ImageFile) -> Picture:
    if image.sha256 and hashlib.sha256(data).hexdigest() != image.sha256:
        return Picture(reason=f"The image is not shown: {image.path} is not the file that was asked about.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data)) as opened:
                small = eight_bit(opened)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        return Picture(reason=f"The image cannot be shown: {image.path}: {str(error) or type(error).__name__}")
    small.thumbnail((LONG_SIDE, LONG_SIDE), Image.Resampling.LANCZOS, reducing_gap=2.0)
    out = io.BytesIO()
    small.save(out, "JPEG", quality=82, optimize=True)
    uri = f"data:image/jpeg;base64,{base64.b64encode(out.getvalue()).decode('ascii')}"
    return Picture(uri=uri, width=small.width, height=small.height)


def eight_bit(image: Image.Image) -> Image.Image:
    """Grey or RGB, 8 bits. Deeper grey images are stretched between their own least and greatest value."""
    image.draft(None, (LONG_SIDE * 2, LONG_SIDE * 2))
    if image.mode.startswith(("I", "F")):
        deep = np.asarray(image, dtype=np.float64)
        least, span = deep.min(), max(float(np.ptp(deep)), 1e-12)
        return Image.fromarray(((deep - least) / span * 255).astype(np.uint8))
    if image.mode in ("L", "LA", "1"):
        return image.convert("L")
    if image.has_transparency_data:
        image = image.convert("RGBA")
        ground = Image.new("RGBA", image.size, "white")
        return Image.alpha_composite(ground, image).convert("RGB")
    return image.convert("RGB")
