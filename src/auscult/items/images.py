"""Images as they come in: read whole, decoded whole, hashed.

What would look otherwise in another program is made plain first, and said: turned as its metadata say, flattened, cut
to 8 bits, in RGB. What cannot be shown at all is refused.
"""

import hashlib
import os
import struct
import warnings
import zlib
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path, PurePosixPath

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError
from PIL.TiffImagePlugin import TiffImageFile

from auscult.errors import UserError
from auscult.items.dicom import SLICE, Frame, is_dicom, read_frame
from auscult.items.likeness import look
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
TURNED_BY_EXIF = "turned as their metadata say (EXIF)"
FLATTENED = "partly transparent, flattened onto black"
WINDOWED = "deeper than 8 bits, scaled to 8"
CUT = "of 16 bits a colour, cut to the upper 8"
IN_RGB = "in CMYK, converted to RGB"
CHANGES = "image_changes"
"""Tag of a case with an image that was changed as it was taken in; its changes are parted by ``; ``."""
WINDOW = (0.5, 99.5)
"""Percentiles of the values of a deep grey image that become black and white."""
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


@dataclass(frozen=True, slots=True)
class Taken:
    """An image as it is stored and shown.

    Attributes:
        file: what is stored; ``path`` is the name with the suffix of its true format.
        payload: its content: the file as it came, or the bytes that were made of it.
        original: sha256 of the bytes as they came.
        changes: what was done so that it looks the same everywhere; empty where nothing was.
        window: the values that became black and white, where it was deeper than 8 bits.
        tags: what its own file says that it is (DICOM): modality, anatomy, view.
        identity: what its header says of the person (DICOM); looked for in texts and never stored.
    """

    file: ImageFile
    payload: Path | bytes
    original: str
    changes: tuple[str, ...] = ()
    window: str = ""
    tags: dict[str, str] = field(default_factory=dict)
    identity: tuple[str, ...] = ()


def take_image(payload: Path | bytes, name: str, where: str, sha256: str = "") -> Taken:
    """Decodes an image in full, makes it plain where its look would depend on what shows it, and describes it.

    Args:
        payload: its file or its bytes.
        name: what the data set calls it.
        where: file and row that name it, for messages.
        sha256: of its bytes, where the data set says it.

    Raises:
        UserError: it is missing, empty, truncated, no image, enormous, of several frames, without finite values, or not
            the bytes that the data set says; a DICOM file says that names are burned into its pixels.
    """
    what = f"{where}: image {name}"
    number = None
    if isinstance(payload, Path):
        payload, number = frame_named(payload)
    data = image_bytes(payload, name, where)
    original = hashlib.sha256(data).hexdigest()
    if sha256 and original != sha256:
        raise UserError(f"{what} is not the file that the data set describes (sha256 differs)")
    if is_dicom(data):
        return _frame_taken(read_frame(data, what, number), name, original, what)
    changes: tuple[str, ...] = ()
    window = ""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        with boundary(what, "copy or convert it again", "cannot be decoded"), _opened(data, what) as image:
            _acceptable(image, what)
            deep, turned = _bits(image) > 8, _orientation(image) in TURNED  # once it is loaded a TIFF is turned
            image.load()
            suffix, shown = FORMATS[image.format or ""], image
            if changes := _changes(image, deep=deep, turned=turned):
                shown, window = _plain(image, changes, what)
                payload, suffix = _png(shown), ".png"
            pixels, seen = _pixel_hash(shown), look(shown)
            width, height = shown.size
    stored = hashlib.sha256(payload).hexdigest() if changes and isinstance(payload, bytes) else original
    path = PurePosixPath(name.replace("\\", "/")).stem + suffix
    file = ImageFile(path=path, sha256=stored, pixels=pixels, look=seen, width=width, height=height)
    return Taken(file, payload, original, changes, window)


def frame_named(path: Path) -> tuple[Path, int | None]:
    """The file that is meant and the number of its frame, where a name ends in ``#3`` and no file is called so."""
    name, _, number = path.name.rpartition(SLICE)
    if not name or not number.isdecimal() or path.exists():
        return path, None
    return path.with_name(name), int(number)


def _frame_taken(frame: Frame, name: str, original: str, what: str) -> Taken:
    """One frame of a DICOM file, stored without its header."""
    if frame.burned_in:
        raise UserError(
            f"{what} says that names are burned into its pixels (BurnedInAnnotation); clean it, or take the row out"
        )
    content, (width, height) = _png(frame.image), frame.image.size
    path = PurePosixPath(name.replace("\\", "/").partition(SLICE)[0]).stem + ".png"
    pixels, stored = _pixel_hash(frame.image), hashlib.sha256(content).hexdigest()
    seen = look(frame.image)
    file = ImageFile(path=path, sha256=stored, pixels=pixels, look=seen, width=width, height=height)
    return Taken(file, content, original, frame.changes, frame.window, frame.tags, frame.identity)


def _opened(data: bytes, what: str) -> Image.Image:
    try:
        return Image.open(BytesIO(data), formats=_OPENED)
    except UnidentifiedImageError:
        raise UserError(f"{what} is not a readable image ({', '.join(_OPENED)}); convert it") from None


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


def _changes(image: Image.Image, *, deep: bool, turned: bool) -> tuple[str, ...]:
    """What has to be done to a decoded image so that it looks the same everywhere."""
    found = {
        WINDOWED: deep and image.mode.startswith(("I", "F")),
        CUT: deep and not image.mode.startswith(("I", "F")),
        IN_RGB: image.mode == "CMYK",
        TURNED_BY_EXIF: turned,
        FLATTENED: image.has_transparency_data and image.convert("RGBA").getchannel("A").getextrema()[0] != 255,
    }
    return tuple(change for change, needed in found.items() if needed)


def _plain(image: Image.Image, changes: tuple[str, ...], what: str) -> tuple[Image.Image, str]:
    """The image with these changes made, in grey or RGB, and the window of its values where they were scaled.

    Raises:
        UserError: its values are not finite.
    """
    window = ""
    turned = _orientation(image)
    if WINDOWED in changes:
        values = np.asarray(image, dtype=np.float64)
        if not np.isfinite(values).all():
            raise UserError(f"{what} holds values that are not finite; choose a window and save it with 8 bits")
        low, high = np.percentile(values, WINDOW, method="nearest")
        scaled = np.clip((values - low) / ((high - low) or 1) * 255, 0, 255)
        image, window = Image.fromarray(np.rint(scaled).astype(np.uint8)), f"{low:g} to {high:g}"
    if FLATTENED in changes:
        grey, image = image.mode in ("L", "LA"), image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, (0, 0, 0, 255)), image)
        image = image.convert("L" if grey else "RGB")
    image = image.convert("L" if image.mode in ("1", "L", "LA") else "RGB")
    if TURNED_BY_EXIF in changes:
        exif = Image.Exif()
        exif[_ORIENTATION] = turned
        image.info["exif"] = exif.tobytes()
        image = ImageOps.exif_transpose(image)
    return image, window


def _png(image: Image.Image) -> bytes:
    """The pixels alone, without loss and without metadata."""
    raw = BytesIO()
    Image.frombytes(image.mode, image.size, image.tobytes()).save(raw, "PNG")
    return raw.getvalue()


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


def _pixel_hash(image: Image.Image) -> str:
    """32 hexadecimal digits over size and RGB values: equal for one picture in grey, palette, RGB or opaque RGBA."""
    if image.has_transparency_data:
        image = image.convert("RGBA")
    width, height = image.size
    state = hashlib.blake2b(f"{width}x{height}:".encode(), digest_size=16)
    state.update(image.convert("RGB").tobytes())
    return state.hexdigest()
