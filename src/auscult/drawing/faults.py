"""Bytes that a generator gave → a still image on disk, or the name of what it is instead. Nothing is repaired."""

import io
import warnings
from pathlib import Path

import numpy as np
from PIL import Image, UnidentifiedImageError

from auscult.errors import UserError
from auscult.items.images import take_image
from auscult.records import ImageFile
from auscult.store.files import replace_file

FOLDER = "images"
"""Of a run: what was drawn, each file once, named by its hash."""
LEAST_SIDE = 32
"""Pixels; a smaller image shows nothing that a reader could name."""
MOST_IMAGES = 8
"""Images of one drawing that are kept."""
EMPTY, NO_IMAGE, BROKEN, TINY, ANIMATED, BLANK, HUGE = (
    "empty image", "no image format", "broken image", "tiny image", "animated image", "blank image", "enormous image",
)  # fmt: skip
TEXT_ALONE, NOTHING, MANY, SAME, POLICY = (
    "text instead of an image", "no image", "too many images", "the same image every time", "policy error",
)  # fmt: skip


class Faulty(Exception):
    """No image that can be read: its name, and a line on it."""

    def __init__(self, name: str, detail: str) -> None:
        super().__init__(f"{name}: {detail}")
        self.name, self.detail = name, detail


def kept(data: bytes, run: Path) -> ImageFile:
    """Stores an image in the run, without metadata of its look, and describes it.

    Args:
        data: as it came.
        run: folder of the run.

    Raises:
        Faulty: it is no still image of more than a few pixels.
    """
    _refuse(data)
    try:
        taken = take_image(data, "drawn", "a drawing")
    except UserError as error:
        raise Faulty(BROKEN, str(error)) from None
    content = taken.payload if isinstance(taken.payload, bytes) else taken.payload.read_bytes()
    path = Path(FOLDER) / f"{taken.file.sha256[:24]}{Path(taken.file.path).suffix}"
    if not (run / path).is_file():
        (run / FOLDER).mkdir(parents=True, exist_ok=True)
        replace_file(run / path, content)
    return ImageFile(
        path=path.as_posix(),
        sha256=taken.file.sha256,
        pixels=taken.file.pixels,
        width=taken.file.width,
        height=taken.file.height,
    )


def _refuse(data: bytes) -> None:
    """Names what is no usable image before any of it is kept."""
    if not data:
        raise Faulty(EMPTY, "0 bytes")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data)) as image:
                width, height = image.size
                frames = getattr(image, "n_frames", 1)
                if frames > 1 and image.format != "MPO":
                    raise Faulty(ANIMATED, f"{frames} frames of {width} x {height} pixels")
                if min(width, height) < LEAST_SIDE:
                    raise Faulty(TINY, f"{width} x {height} pixels")
                pixels = np.asarray(image.convert("RGB"))
                if (pixels == pixels[0, 0]).all():
                    raise Faulty(BLANK, f"all of its {width} x {height} pixels have one colour")
    except UnidentifiedImageError:
        raise Faulty(NO_IMAGE, f"{len(data):,} bytes that begin with {data[:12]!r}") from None
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        raise Faulty(HUGE, f"{len(data):,} bytes that hold more pixels than can be read") from None
    except Faulty:
        raise
    except Exception as error:  # Pillow over the bytes of somebody else
        raise Faulty(BROKEN, str(error) or type(error).__name__) from None
