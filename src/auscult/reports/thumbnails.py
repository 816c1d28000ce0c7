"""Images of cases → small pictures inside the page, or the reason why there is none."""

import base64
import hashlib
import io
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any, TypeVar

import numpy as np
from PIL import Image

from auscult.errors import UserError
from auscult.records import Case, ImageFile
from auscult.store.given import read_given

LONG_SIDE = 512
MOST_BYTES = 2**30
DRAFT = 768
"""Pixels that a JPEG is at least decoded to."""
Made = TypeVar("Made")


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A thumbnail as ``data:`` URL with its size in pixels; or, where ``uri`` is empty, the reason.

    There is no reason where the case has no image.
    """

    uri: str = ""
    width: int = 0
    height: int = 0
    reason: str = ""


class NotShown(Exception):
    """Why an image is not shown: in words that name no file, and more closely in ``about``."""

    def __init__(self, why: str, about: str) -> None:
        super().__init__(why)
        self.about = about


def image_folder(run: Path, manifest: Mapping[str, Any]) -> Path:
    """The folder of the item set that a run was made from, which image paths are relative to; it may be gone."""
    items = manifest.get("items")
    return Path(str(items["path"])) if isinstance(items, Mapping) and items.get("path") else run


def picture(case: Case, folder: Path, longest: int = LONG_SIDE) -> Picture:
    """The first image of a case, at most ``longest`` pixels long; never raises on a bad image."""
    return picture_of(case.images[0], folder, longest) if case.images else Picture()


def picture_of(image: ImageFile, folder: Path, longest: int = LONG_SIDE) -> Picture:
    """An image of an item set, at most ``longest`` pixels long; never raises on a bad one."""
    try:
        return decoded(folder, image, partial(_shrink, longest=longest))
    except NotShown as why:
        return Picture(reason=f"{why}: {why.about}")


def decoded(folder: Path, image: ImageFile, make: Callable[[Image.Image, bytes], Made]) -> Made:
    """What ``make`` makes of an image of an item set and of its bytes.

    Raises:
        NotShown: it is not there, is not the file that was asked about, or cannot be decoded.
    """
    relative = PurePosixPath(image.path)
    if relative.is_absolute() or ".." in relative.parts:
        raise NotShown("The image is not there", f"{image.path} lies outside the item set.")
    try:
        data = read_given(folder / relative, MOST_BYTES)
    except UserError:
        raise NotShown("The image is not there", f"{image.path} was not found in {folder}.") from None
    if image.sha256 and hashlib.sha256(data).hexdigest() != image.sha256:
        raise NotShown("The image is not shown", f"{image.path} is not the file that was asked about.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data)) as opened:
                return make(opened, data)
    except Exception as error:  # Pillow over the bytes of somebody else
        about = f"{image.path}: {str(error) or type(error).__name__}"
        raise NotShown("The image cannot be shown", about) from None


def _shrink(image: Image.Image, _: bytes, longest: int) -> Picture:
    small = eight_bit(image)
    small.thumbnail((longest, longest), Image.Resampling.LANCZOS, reducing_gap=2.0)
    out = io.BytesIO()
    small.save(out, "JPEG", quality=82, optimize=True)
    uri = f"data:image/jpeg;base64,{base64.b64encode(out.getvalue()).decode('ascii')}"
    return Picture(uri=uri, width=small.width, height=small.height)


def eight_bit(image: Image.Image) -> Image.Image:
    """Grey or RGB, 8 bits. Deeper grey images are stretched between their own least and greatest value."""
    image.draft(None, (2 * DRAFT, 2 * DRAFT))
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
