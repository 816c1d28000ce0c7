import hashlib
import struct
import zlib
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from auscult.errors import UserError
from auscult.items.images import CUT, FLATTENED, IN_RGB, TURNED_BY_EXIF, WINDOWED, inside, take_image


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
    "no finite values": (encoded(Image.fromarray(np.full((4, 4), np.nan, np.float32)), "TIFF"), "are not finite"),
    "animated": (
        encoded(Image.new("L", (4, 4)), "GIF", save_all=True, append_images=[Image.new("L", (4, 4), 9)]),
        "has 2 frames",
    ),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_an_image_that_cannot_be_shown_as_it_is_is_refused_in_one_line(kind, recwarn):
    data, message = BROKEN[kind]
    with pytest.raises(UserError, match=message) as error:
        take_image(data, "x.png", "table.csv, row 3")
    assert str(error.value).startswith("table.csv, row 3: image x.png")
    assert "\n" not in str(error.value)
    assert not [w for w in recwarn.list if w.category is Image.DecompressionBombWarning]


def test_a_missing_image_names_the_row_and_the_remedy(tmp_path):
    with pytest.raises(UserError, match=r"row 3: image .*a\.png is missing; put it there or take the row out"):
        take_image(tmp_path / "a.png", "a.png", "table.csv, row 3")


def test_a_folder_in_place_of_an_image_is_refused(tmp_path):
    with pytest.raises(UserError, match="is a folder and no regular file"):
        take_image(tmp_path, "a.png", "row 1")


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
    taken = [take_image(data, "x", "row 1") for data in forms]
    assert {(t.changes, t.payload) for t in taken} == {((), data) for data in forms}
    read = [t.file for t in taken]
    assert len({r.pixels for r in read}) == 1
    assert len({r.sha256 for r in read}) == len(forms)
    assert [Path(r.path).suffix for r in read] == [".png", ".png", ".png", ".bmp", ".tif", ".webp", ".gif"]


def test_another_picture_or_shape_has_another_pixel_hash():
    flat = [Image.new("L", size, shade) for size, shade in (((4, 6), 1), ((6, 4), 1), ((4, 6), 2))]
    assert len({take_image(encoded(i), "x", "row 1").file.pixels for i in flat}) == 3


def test_the_suffix_is_that_of_the_content():
    image = take_image(encoded(noise(), "JPEG"), "study/wrong.png", "row 1").file
    assert (image.path, image.width, image.height) == ("wrong.jpg", 32, 24)


def test_a_file_other_than_the_one_described_is_refused():
    with pytest.raises(UserError, match="sha256 differs"):
        take_image(encoded(noise()), "x.png", "row 1", sha256="0" * 64)


@pytest.mark.parametrize("name", ["../secret.png", "/etc/passwd", "a/../../secret.png"])
def test_a_table_cannot_reach_files_outside_the_image_folder(tmp_path, name):
    with pytest.raises(UserError, match="lies outside"):
        inside(tmp_path, name, "row 1")


def test_an_absolute_name_within_the_image_folder_is_taken(tmp_path):
    assert inside(tmp_path, str(tmp_path / "a.png"), "row 1") == tmp_path / "a.png"


@pytest.mark.parametrize("exif", [turned("JPEG", 1), turned("JPEG", 0), encoded(noise(), "JPEG", exif=b"Exif\0\0junk")])
def test_metadata_that_turn_nothing_are_no_matter(exif):
    taken = take_image(exif, "x.jpg", "row 1")
    assert (taken.file.width, taken.changes, taken.payload) == (32, (), exif)


DEEP = np.linspace(0, 40_000, 16, dtype=np.uint16).reshape(4, 4)
CHANGED = {
    "16 bit": (encoded(Image.fromarray(DEEP)), WINDOWED, "L"),
    "float": (encoded(Image.fromarray(DEEP.astype(np.float32)), "TIFF"), WINDOWED, "L"),
    "16 bit colour": (deep_png(2, 3), CUT, "RGB"),
    "16 bit colour and opacity": (deep_png(6, 4), CUT, "RGB"),
    "16 bit grey and opacity": (deep_png(4, 2), CUT, "RGB"),
    "16 bit colour TIFF": (deep_tiff(), CUT, "RGB"),
    "turned jpeg": (turned("JPEG"), TURNED_BY_EXIF, "L"),
    "mirrored png": (turned("PNG", 2), TURNED_BY_EXIF, "L"),
    "turned webp": (turned("WEBP", 8), TURNED_BY_EXIF, "RGB"),
    "turned tiff": (turned("TIFF", 3), TURNED_BY_EXIF, "L"),
    "transparent": (transparent(), FLATTENED, "RGB"),
    "print colours": (encoded(noise().convert("CMYK"), "JPEG"), IN_RGB, "RGB"),
}


@pytest.mark.parametrize("kind", CHANGED)
def test_an_image_whose_look_depends_on_what_shows_it_is_made_plain_and_says_how(kind):
    data, change, mode = CHANGED[kind]
    taken = take_image(data, "x.jpg", "row 1")
    assert change in taken.changes
    assert isinstance(taken.payload, bytes)
    assert (taken.file.path, taken.file.sha256) == ("x.png", hashlib.sha256(taken.payload).hexdigest())
    assert taken.original == hashlib.sha256(data).hexdigest()
    with Image.open(BytesIO(taken.payload)) as stored:
        assert (stored.mode, stored.size, dict(stored.getexif())) == (mode, (taken.file.width, taken.file.height), {})
    again = take_image(taken.payload, "x.png", "row 1")
    assert (again.changes, again.file.pixels) == ((), taken.file.pixels)


@pytest.mark.parametrize(("orientation", "corner"), [(2, (31, 0)), (3, (31, 23)), (6, (23, 0)), (8, (0, 31))])
def test_a_turned_image_shows_what_a_viewer_shows(orientation, corner):
    image, exif = Image.new("L", (32, 24)), Image.Exif()
    image.putpixel((0, 0), 255)
    exif[0x0112] = orientation
    taken = take_image(encoded(image, exif=exif), "x.png", "row 1")
    assert isinstance(taken.payload, bytes)
    assert Image.open(BytesIO(taken.payload)).getpixel(corner) == 255


def test_a_transparent_image_is_flattened_onto_black():
    taken = take_image(transparent(), "x.png", "row 1")
    assert isinstance(taken.payload, bytes)
    assert Image.open(BytesIO(taken.payload)).getpixel((0, 0)) == (0, 0, 0)


def test_a_deep_image_spans_black_to_white_and_says_its_window():
    values = np.arange(1_000, dtype=np.uint16).reshape(20, 50) + 3_000
    taken = take_image(encoded(Image.fromarray(values)), "x.png", "row 1")
    assert isinstance(taken.payload, bytes)
    assert Image.open(BytesIO(taken.payload)).getextrema() == (0, 255)
    assert taken.window == "3005 to 3994"


def test_a_deep_image_of_one_value_is_black():
    taken = take_image(encoded(Image.fromarray(np.full((4, 4), 40_000, np.uint16))), "x.png", "row 1")
    assert isinstance(taken.payload, bytes)
    assert Image.open(BytesIO(taken.payload)).getextrema() == (0, 0)
