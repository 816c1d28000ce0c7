"""Images as they come in: read whole, decoded whole, hashed; what cannot be shown to a model as it is, is refused."""

import hashlib
import os
import struct
import warnings
import zlib
from io import BytesIO
from pathlib import Path, PurePosixPath

from PIL import Image, UnidentifiedImageError

from auscult.errors import UserError
from auscult.records import ImageFile

LARGEST = 80_000_000
"""Pixels that an image may have: under Pillow's warning against decompression bombs, over any flat clinical image."""
MOST_BYTES = 2**30
FORMATS = {"JPEG": ".jpg", "MPO": ".jpg", "PNG": ".png", "WEBP": ".webp", "GIF": ".gif", "BMP": ".bmp", "TIFF": ".tif"}
_OPENED = [f for f in FORMATS if f != "MPO"]  # a JPEG turns out to be MPO only once it is open
MIMES = {
    ".jpg": "image/jpeg",
    ".png": "image/png",
    ".webp": "image/webp",
    ".gif": "image/gif",
    ".bmp": "image/bmp",
    ".tif": "image/tiff",
}
_BROKEN = (OSError, SyntaxError, ValueError, EOFError, struct.error, zlib.error, Image.DecompressionBombError)


def inside(folder: Path, name: str, where: str) -> Path:
    """The path of an image that a table names, which must lie in ``folder``: a table cannot reach other files.

    Raises:
        UserError: the name leads out of the folder.
    """
    root = os.path.abspath(folder)
    path = os.path.abspath(os.path.join(root, name))
    if not path.startswith(os.path.join(root, "")):
        raise UserError(f"{where}: image {name!r} lies outside {folder}; name the folder of the images with --images")
    return Path(path)


def image_bytes(payload: Path | bytes, name: str, where: str) -> bytes:
    """The bytes of an image.

    Raises:
        UserError: it is missing, cannot be read, is empty, or is larger than 1 GiB.
    """
    if isinstance(payload, bytes):
        data = payload
    else:
        try:
            if payload.stat().st_size > MOST_BYTES:
                raise UserError(f"{where}: image {name} is larger than 1 GiB; give a smaller rendering of it")
            data = payload.read_bytes()
        except FileNotFoundError:
            raise UserError(f"{where}: image {payload} is missing; put it there or take the row out") from None
        except OSError as error:
            raise UserError(f"{where}: image {payload} cannot be read ({error.strerror}); check it") from None
    if not data:
        raise UserError(f"{where}: image {name} is empty (0 bytes); copy it again")
    return data


def read_image(payload: Path | bytes, name: str, where: str, sha256: str = "") -> ImageFile:
    """Decodes an image in full and describes it; ``path`` is its name with the suffix of its true format.

    Args:
        payload: its file or its bytes.
        name: what the data set calls it.
        where: file and row that name it, for messages.
        sha256: of its bytes, where the data set says it.

    Raises:
        UserError: it is missing, empty, truncated, no image, enormous, deeper than 8 bits, partly transparent, of
            several frames, or not the bytes that the data set says.
    """
    data = image_bytes(payload, name, where)
    found = hashlib.sha256(data).hexdigest()
    if sha256 and found != sha256:
        raise UserError(f"{where}: image {name} is not the file that the data set describes (sha256 differs)")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        try:
            with Image.open(BytesIO(data), formats=_OPENED) as image:
                _acceptable(image, f"{where}: image {name}")
                image.load()
                pixels = _pixel_hash(image, f"{where}: image {name}")
                suffix = FORMATS[image.format or ""]
                width, height = image.size
        except UnidentifiedImageError:
            raise UserError(
                f"{where}: image {name} is not a readable image ({', '.join(_OPENED)}); convert it"
            ) from None
        except _BROKEN as error:
            reason = str(error).splitlines()[0] if str(error) else type(error).__name__
            raise UserError(f"{where}: image {name} cannot be decoded ({reason}); copy or convert it again") from None
    path = PurePosixPath(name.replace("\\", "/")).stem + suffix
    return ImageFile(path=path, sha256=found, pixels=pixels, width=width, height=height)


def _acceptable(image: Image.Image, what: str) -> None:
    width, height = image.size
    if width * height > LARGEST:
        raise UserError(
            f"{what} has {width} x {height} pixels, more than {LARGEST // 1_000_000} million; give a smaller rendering"
        )
    # A phone's JPEG with a second picture behind the first (MPO) shows the first one everywhere.
    frames = getattr(image, "n_frames", 1)
    if frames > 1 and image.format != "MPO":
        raise UserError(f"{what} has {frames} frames; save the one that is meant as its own file")
    if image.mode.startswith(("I", "F")):
        raise UserError(f"{what} is deeper than 8 bits (mode {image.mode}); choose a window and save it with 8 bits")


def _pixel_hash(image: Image.Image, what: str) -> str:
    """32 hexadecimal digits over size and RGB values: equal for one picture in grey, palette, RGB or opaque RGBA."""
    if image.has_transparency_data:
        image = image.convert("RGBA")
        if image.getchannel("A").getextrema()[0] != 255:
            raise UserError(f"{what} is partly transparent, so that its look depends on what shows it; flatten it")
    width, height = image.size
    state = hashlib.blake2b(f"{width}x{height}:".encode(), digest_size=16)
    state.update(image.convert("RGB").tobytes())
    return state.hexdigest()
