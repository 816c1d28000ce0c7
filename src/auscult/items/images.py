"""Images as they come in: read whole, decoded whole, hashed; what cannot be shown to a model as it is, is refused."""

import hashlib
import os
import struct
import warnings
import zlib
from io import BytesIO
from pathlib import Path, PurePosixPath

from PIL import Image, UnidentifiedImageError
from PIL.TiffImagePlugin import TiffImageFile

from auscult.errors import UserError
from auscult.records import ImageFile
from auscult.store.given import NoSuchFile, boundary, read_given

LARGEST = 80_000_000
"""Pixels that an image may have: under Pillow's warning against decompression bombs, over any flat clinical image."""
MOST_BYTES = 2**30
FORMATS = {"JPEG": ".jpg", "MPO": ".jpg", "PNG": ".png", "WEBP": ".webp", "GIF": ".gif", "BMP": ".bmp", "TIFF": ".tif"}
_OPENED = [f for f in FORMATS if f != "MPO"]  # a JPEG turns out to be MPO only once it is open
TURNED = range(2, 9)
"""EXIF orientations under which a viewer turns or mirrors what is stored, and a model server may not."""
_ORIENTATION, _BITS_PER_SAMPLE = 0x0112, 0x0102
MIMES = {
    ".jpg": "image/jpeg",
    ".png": "image/png",
    ".webp": "image/webp",
    ".gif": "image/gif",
    ".bmp": "image/bmp",
    ".tif": "image/tiff",
}
_BROKEN = (OSError, SyntaxError, ValueError, EOFError, struct.error, zlib.error, Image.DecompressionBombError)


def inside(folder: Path, name: str, where: str, links: bool = False) -> Path:
    """The path of an image that a table names, which must lie in ``folder``: a table cannot reach other files.

    Args:
        folder: of the images; may itself be a link.
        name: of the image, as the table has it.
        where: file and row that name it, for messages.
        links: whether a link in the folder may lead out of it.

    Raises:
        UserError: the name leads out of the folder, or a link does and may not.
    """
    root = os.path.abspath(folder)
    path = os.path.abspath(os.path.join(root, name))
    if "\0" in name or not _encodable(name):
        raise UserError(f"{where}: image {ascii(name)} is no name of a file; mend or remove the row")
    if not path.startswith(os.path.join(root, "")):
        raise UserError(f"{where}: image {name!r} lies outside {folder}; name the folder of the images with --images")
    if not links and not os.path.realpath(path).startswith(os.path.join(os.path.realpath(root), "")):
        raise UserError(
            f"{where}: image {name!r} is a link out of {folder}, to {os.path.realpath(path)}; where that is meant, "
            "allow it with --follow-links"
        )
    return Path(path)


def _encodable(name: str) -> bool:
    """Whether a text can be the name of a file: half a character (a lone surrogate) cannot."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def image_bytes(payload: Path | bytes, name: str, where: str) -> bytes:
    """The bytes of an image.

    Raises:
        UserError: it is missing, no regular file, cannot be read, is empty, or is larger than 1 GiB.
    """
    if isinstance(payload, bytes):
        data = payload
    else:
        try:
            data = read_given(payload, MOST_BYTES)
        except NoSuchFile:
            raise UserError(f"{where}: image {payload} is missing; put it there or take the row out") from None
        except UserError as error:
            raise UserError(f"{where}: image {error}") from None
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
        UserError: it is missing, empty, truncated, no image, enormous, deeper than 8 bits, partly transparent, turned
            by its metadata, of several frames, or not the bytes that the data set says.
    """
    data = image_bytes(payload, name, where)
    found = hashlib.sha256(data).hexdigest()
    if sha256 and found != sha256:
        raise UserError(f"{where}: image {name} is not the file that the data set describes (sha256 differs)")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        with (
            boundary(f"{where}: image {name}", "copy or convert it again", "cannot be decoded"),
            _opened(data, f"{where}: image {name}") as image,
        ):
            _acceptable(image, f"{where}: image {name}")
            image.load()
            pixels = _pixel_hash(image, f"{where}: image {name}")
            suffix = FORMATS[image.format or ""]
            width, height = image.size
    path = PurePosixPath(name.replace("\\", "/")).stem + suffix
    return ImageFile(path=path, sha256=found, pixels=pixels, width=width, height=height)


def _opened(data: bytes, what: str) -> Image.Image:
    try:
        return Image.open(BytesIO(data), formats=_OPENED)
    except UnidentifiedImageError:
        raise UserError(f"{what} is not a readable image ({', '.join(_OPENED)}); convert it") from None


def in_print_colours(payload: Path | bytes) -> bool:
    """Whether an image that was read before is stored in CMYK. Reads the header only."""
    with Image.open(BytesIO(payload) if isinstance(payload, bytes) else payload, formats=_OPENED) as image:
        return image.mode == "CMYK"


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
    bits = _bits(image)
    if bits > 8:
        raise UserError(
            f"{what} is deeper than 8 bits (mode {image.mode}, {bits} bits a channel); choose a window and save it "
            "with 8 bits"
        )
    if _orientation(image) in TURNED:
        raise UserError(
            f"{what} is turned by its metadata (EXIF orientation {_orientation(image)}), so that its look depends on "
            "what shows it; turn it and save it without the tag (magick IN -auto-orient OUT)"
        )


def _bits(image: Image.Image) -> int:
    """Bits of a channel as they are in the file: Pillow opens 16-bit colour as 8-bit colour."""
    if image.mode.startswith(("I", "F")):
        return 16 if image.mode.startswith("I;16") else 32
    if isinstance(image, TiffImageFile):
        return int(max(image.tag_v2.get(_BITS_PER_SAMPLE, (1,))))
    tiles = getattr(image, "tile", ())
    return 16 if image.format == "PNG" and any(";16" in str(tile[3]) for tile in tiles) else 8


def _orientation(image: Image.Image) -> int:
    """The orientation that the metadata say, 1 where they say none or cannot be read."""
    try:
        found = image.getexif().get(_ORIENTATION, 1)
    except _BROKEN:
        return 1
    return found if isinstance(found, int) else 1


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
