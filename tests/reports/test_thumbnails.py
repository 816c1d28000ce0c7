import base64
import hashlib
import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tests.reports.synthetic import draw

from auscult.records import Case, ImageFile
from auscult.reports.thumbnails import LONG_SIDE, Picture, picture


def shown(folder: Path, data: bytes, name: str = "image.png", sha256: str | None = None) -> Picture:
    (folder / "image.png").write_bytes(data)
    file = ImageFile(path=name, sha256=hashlib.sha256(data).hexdigest() if sha256 is None else sha256)
    return picture(Case(id="c", source="s", source_key="k", images=(file,)), folder)


def pixels(made: Picture) -> Image.Image:
    return Image.open(io.BytesIO(base64.b64decode(made.uri.partition(",")[2])))


def saved(image: Image.Image, kind: str = "PNG") -> bytes:
    out = io.BytesIO()
    image.save(out, kind)
    return out.getvalue()


def test_an_image_is_made_small_and_keeps_its_shape(tmp_path: Path) -> None:
    made = shown(tmp_path, draw(0, (1600, 800)))
    assert (made.width, made.height) == (LONG_SIDE, LONG_SIDE // 2) == pixels(made).size


def test_deep_grey_images_are_stretched(tmp_path: Path) -> None:
    ramp = np.linspace(1000, 3000, 64 * 64).reshape(64, 64).astype(np.uint16)
    grey = np.asarray(pixels(shown(tmp_path, saved(Image.fromarray(ramp)))))
    assert grey.min() < 10 and grey.max() > 245


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK"])
def test_every_mode_can_be_shown(tmp_path: Path, mode: str) -> None:
    kind = "TIFF" if mode == "CMYK" else "PNG"
    assert shown(tmp_path, saved(Image.new(mode, (40, 30)), kind)).uri


def test_a_missing_image_says_that_it_is_not_there(tmp_path: Path) -> None:
    case = Case(id="c", source="s", source_key="k", images=(ImageFile(path="images/gone.png", sha256="0"),))
    assert "not there: images/gone.png" in picture(case, tmp_path).reason


def test_another_file_under_the_same_name_is_not_shown(tmp_path: Path) -> None:
    made = shown(tmp_path, draw(0), sha256="0" * 64)
    assert not made.uri and "not the file that was asked about" in made.reason


@pytest.mark.parametrize("name", ["../image.png", "/etc/passwd", "a/../../image.png"])
def test_no_file_outside_the_item_set_is_read(tmp_path: Path, name: str) -> None:
    assert "outside the item set" in shown(tmp_path, draw(0), name).reason


def test_a_broken_image_gives_a_reason(tmp_path: Path) -> None:
    assert "cannot be shown" in shown(tmp_path, draw(0)[:200]).reason
    assert "cannot be shown" in shown(tmp_path, b"no image at all").reason


def test_a_decompression_bomb_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1_000)
    assert "cannot be shown" in shown(tmp_path, draw(0)).reason
