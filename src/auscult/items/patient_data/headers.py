"""What the metadata of an image file say in words: EXIF, PNG texts, JPEG and GIF comments, XMP.

Only headers that would reach an item set are read: an image that is made plain as it is taken in (DICOM, turned, 16
bits) is stored as its pixels alone.
"""

import re
import struct
import zlib
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import IO

from PIL import ExifTags, Image, UnidentifiedImageError

from auscult.store.given import open_given

PLACE = "place where it was taken (GPS)"
"""The field whose being there says enough."""
_PERSON = {"Artist", "XPAuthor", "CameraOwnerName", "Copyright", "HostComputer"}
_WORDS = {
    "ImageDescription",
    "XPTitle",
    "XPComment",
    "XPSubject",
    "XPKeywords",
    "UserComment",
    "DocumentName",
    "ImageID",
}
_TAKEN = {"DateTimeOriginal", "DateTimeDigitized"}
_UTF16 = "XP"
_XMP = re.compile(rb"<(?:dc:(creator|description|title)|(?:\w+:)(Person\w*|Patient\w*))\b[^>]*>(.*?)</", re.DOTALL)
_TAG = re.compile(r"<[^>]+>")
_MACHINE = re.compile(
    r"(?i)^(?:software|date:|create|modify|raw profile|icc|signature|exif:|jpeg:|xmp|xml:com\.adobe|png:)"
)
_LARGEST_TEXT = 1 << 20
_BROKEN = (OSError, SyntaxError, ValueError, EOFError, struct.error, zlib.error, KeyError, TypeError)


def header_texts(payload: Path | bytes) -> Iterator[tuple[str, str]]:
    """The texts in the metadata of an image, each with the name of its field; what is broken says nothing."""
    try:
        with BytesIO(payload) if isinstance(payload, bytes) else open_given(payload) as file:
            if file.read(8) == b"\x89PNG\r\n\x1a\n":
                chunks = list(_png_chunks(file))
                yield from _png_texts(chunks)
                if not any(kind == b"eXIf" for kind, _ in chunks):
                    return
            file.seek(0)
            with Image.open(file) as image:
                yield from _exif(image)
                comment = image.info.get("comment", b"")
                yield "comment", _text(comment)
                for found in _XMP.finditer(bytes(image.info.get("xmp", b""))):
                    field = (found[1] or found[2]).decode("ascii", "replace")
                    yield "name" if field == "creator" else field, _TAG.sub(" ", _text(found[3]))
    except (*_BROKEN, UnidentifiedImageError):
        return


def _exif(image: Image.Image) -> Iterator[tuple[str, str]]:
    exif = image.getexif()
    tags = dict(exif) | dict(exif.get_ifd(ExifTags.IFD.Exif))
    for number, value in tags.items():
        name = ExifTags.TAGS.get(number, "")
        if name in _PERSON | _WORDS:
            raw = (
                value.decode("utf-16-le", "replace") if name.startswith(_UTF16) and isinstance(value, bytes) else value
            )
            yield "name" if name in _PERSON else name, _text(raw)
        elif name in _TAKEN:
            yield name, re.sub(r"^(\d{4}):(\d\d):", r"\1-\2-", _text(value))
    if exif.get_ifd(ExifTags.IFD.GPSInfo).get(ExifTags.GPS.GPSLatitude):
        yield PLACE, ""


def _png_chunks(file: IO[bytes]) -> Iterator[tuple[bytes, bytes]]:
    """The chunks of a PNG file that hold words, also those behind its pixels; of ``eXIf`` the name alone."""
    while len(head := file.read(8)) == 8:
        length, kind = struct.unpack(">I4s", head)
        worded = kind in (b"tEXt", b"zTXt", b"iTXt") and length <= _LARGEST_TEXT
        if worded or kind == b"eXIf":
            yield kind, file.read(length) if worded else b""
        file.seek(4 if worded else length + 4, 1)


def _png_texts(chunks: list[tuple[bytes, bytes]]) -> Iterator[tuple[str, str]]:
    for kind, data in chunks:
        key, _, rest = data.partition(b"\0")
        if kind != b"eXIf" and not _MACHINE.match(name := _text(key)):
            yield name, _png_value(kind, rest)


def _png_value(kind: bytes, rest: bytes) -> str:
    if kind == b"tEXt":
        return rest.decode("latin-1")
    packed, text = (True, rest[1:]) if kind == b"zTXt" else (rest[:1] == b"\1", rest[2:].split(b"\0", 2)[-1])
    data = zlib.decompressobj().decompress(text, _LARGEST_TEXT) if packed else text
    return data.decode("utf-8", "replace")


def _text(value: object) -> str:
    if isinstance(value, bytes):
        value = value.removeprefix(b"ASCII\0\0\0").removeprefix(b"UNICODE\0").decode("utf-8", "replace")
    return str(value).replace("\0", "").strip()[:10_000]
