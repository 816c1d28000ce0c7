import struct
import zlib
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from auscult.errors import UserError
from auscult.items.images import in_print_colours, inside, read_image


def encoded(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    raw = BytesIO()
    image.save(raw, kind, **options)
    return raw.getvalue()


def noise(mode: str = "L", size: tuple[int, int] = (32, 24)) -> Image.Image:
    shape = size[::-1] if mode == "L" else (*size[::-1], 3)
    return Image.fromarray(np.random.default_rng(7).integers(0, 255, shape, dtype=np.uint8))


def png(side: int, bits: int = 8, colour: int = 0, rows: bytes = b"") -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", side, side, bits, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def deep_png(colour: int, channels: int) -> bytes:
    """Four by four pixels of 16 bits a channel, which Pillow opens as 8 bits."""
    return png(4, 16, colour, (b"\0" + b"\x12\x34" * 4 * channels) * 4)


def deep_tiff() -> bytes:
    """A colour TIFF of 16 bits a channel: little-endian, one strip."""
    tags = [(256, 1), (257, 1), (258, 8), (259, 1), (262, 2), (273, 200), (277, 3), (278, 1), (279, 6)]
    entries = b"".join(
        struct.pack("<HHII", tag, 3, 3 if tag == 258 else 1, 180 if tag == 258 else value) for tag, value in tags
    )
    body = struct.pack("<2sHIH", b"II", 42, 8, len(tags)) + entries + bytes(4)
    return body.ljust(180, b"\0") + struct.pack("<HHH", 16, 16, 16).ljust(20, b"\0") + bytes(6)


def turned(kind: str, orientation: int = 6) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    return encoded(noise(), kind, exif=exif)


def transparent() -> bytes:
    image = noise().convert("RGBA")
    image.putpixel((0, 0), (1, 2, 3, 0))
    return encoded(image)


BROKEN = {
    "empty": (b"", r"is empty \(0 bytes\)"),
    "text": (b"this is no image at all", "is not a readable image"),
    "truncated jpeg": (encoded(noise(), "JPEG")[:-300], "cannot be decoded"),
    "truncated png": (encoded(noise())[:-300], "cannot be decoded"),
    "enormous": (png(9_500), "9500 x 9500 pixels, more than 80 million"),
    "bomb": (png(60_000), "cannot be decoded"),
    "16 bit": (encoded(Image.fromarray(np.full((4, 4), 40_000, np.uint16))), "deeper than 8 bits"),
    "float": (encoded(Image.fromarray(np.ones((4, 4), np.float32)), "TIFF"), "deeper than 8 bits"),
    "16 bit colour": (deep_png(2, 3), r"deeper than 8 bits \(mode RGB, 16 bits"),
    "16 bit colour and opacity": (deep_png(6, 4), "deeper than 8 bits"),
    "16 bit grey and opacity": (deep_png(4, 2), "deeper than 8 bits"),
    "16 bit colour TIFF": (deep_tiff(), "deeper than 8 bits"),
    "turned jpeg": (turned("JPEG"), r"turned by its metadata \(EXIF orientation 6\)"),
    "mirrored png": (turned("PNG", 2), "orientation 2"),
    "turned webp": (turned("WEBP", 8), "orientation 8"),
    "turned tiff": (turned("TIFF", 3), "orientation 3"),
    "animated": (
        encoded(Image.new("L", (4, 4)), "GIF", save_all=True, append_images=[Image.new("L", (4, 4), 9)]),
        "has 2 frames",
    ),
    "transparent": (transparent(), "partly transparent"),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_an_image_that_cannot_be_shown_as_it_is_is_refused_in_one_line(kind, recwarn):
    data, message = BROKEN[kind]
    with pytest.raises(UserError, match=message) as error:
        read_image(data, "x.png", "table.csv, row 3")
    assert str(error.value).startswith("table.csv, row 3: image x.png")
    assert "\n" not in str(error.value)
    assert not [w for w in recwarn.list if w.category is Image.DecompressionBombWarning]


def test_a_missing_image_names_the_row_and_the_remedy(tmp_path):
    with pytest.raises(UserError, match=r"row 3: image .*a\.png is missing; put it there or take the row out"):
        read_image(tmp_path / "a.png", "a.png", "table.csv, row 3")


def test_a_folder_in_place_of_an_image_is_refused(tmp_path):
    with pytest.raises(UserError, match="is a folder and no regular file"):
        read_image(tmp_path, "a.png", "row 1")


def test_one_picture_has_one_pixel_hash_in_every_mode_and_lossless_format():
    grey = noise()
    forms = [
        encoded(grey),
        encoded(grey.convert("RGB")),
        encoded(grey.convert("RGBA")),
        encoded(grey, "BMP"),
        encoded(grey, "TIFF"),
        encoded(grey, "WEBP", lossless=True),
        encoded(grey, "GIF"),
    ]
    read = [read_image(data, "x", "row 1") for data in forms]
    assert len({r.pixels for r in read}) == 1
    assert len({r.sha256 for r in read}) == len(forms)
    assert [Path(r.path).suffix for r in read] == [".png", ".png", ".png", ".bmp", ".tif", ".webp", ".gif"]


def test_another_picture_or_shape_has_another_pixel_hash():
    flat = [Image.new("L", size, shade) for size, shade in (((4, 6), 1), ((6, 4), 1), ((4, 6), 2))]
    assert len({read_image(encoded(i), "x", "row 1").pixels for i in flat}) == 3


def test_the_suffix_is_that_of_the_content():
    image = read_image(encoded(noise(), "JPEG"), "study/wrong.png", "row 1")
    assert (image.path, image.width, image.height) == ("wrong.jpg", 32, 24)


def test_a_file_other_than_the_one_described_is_refused():
    with pytest.raises(UserError, match="sha256 differs"):
        read_image(encoded(noise()), "x.png", "row 1", sha256="0" * 64)


@pytest.mark.parametrize("name", ["../secret.png", "/etc/passwd", "a/../../secret.png"])
def test_a_table_cannot_reach_files_outside_the_image_folder(tmp_path, name):
    with pytest.raises(UserError, match="lies outside"):
        inside(tmp_path, name, "row 1")


def test_an_absolute_name_within_the_image_folder_is_taken(tmp_path):
    assert inside(tmp_path, str(tmp_path / "a.png"), "row 1") == tmp_path / "a.png"


@pytest.mark.parametrize("exif", [turned("JPEG", 1), turned("JPEG", 0), encoded(noise(), "JPEG", exif=b"Exif\0\0junk")])
def test_metadata_that_turn_nothing_are_no_matter(exif):
    assert read_image(exif, "x.jpg", "row 1").width == 32


def test_an_image_in_print_colours_is_taken_and_known():
    print_colours = encoded(noise().convert("CMYK"), "JPEG")
    assert read_image(print_colours, "x.jpg", "row 1").width == 32
    assert in_print_colours(print_colours)
    assert not in_print_colours(encoded(noise(), "JPEG"))
