import io

import numpy as np
import pytest
from PIL import Image, ImageEnhance
from tests.conftest import REPO

from auscult.items.images import take_image
from auscult.items.likeness import alike, candidates, look, tells, words_of

SAMPLE = sorted((REPO / "src" / "auscult" / "data" / "vqa-rad-sample" / "images").glob("*.jpg"))


def opened(path):
    with Image.open(path) as image:
        return image.convert("RGB")


def as_jpeg(image, quality=40):
    raw = io.BytesIO()
    image.save(raw, "JPEG", quality=quality)
    return Image.open(io.BytesIO(raw.getvalue()))


def found(images):
    looks = np.array([words_of(look(i)) for i in images], dtype=np.uint64)
    return alike(list(candidates(looks, np.arange(len(images)))), lambda n: images[n])


@pytest.mark.parametrize(
    "again",
    [
        as_jpeg,
        lambda i: i.resize((i.width // 2, i.height // 2)),
        lambda i: i.resize((224, 224 * i.height // i.width)),
        lambda i: ImageEnhance.Brightness(i).enhance(1.25),
        lambda i: ImageEnhance.Contrast(i).enhance(1.3),
        lambda i: i.convert("L"),
    ],
)
def test_an_image_saved_another_way_is_the_same_picture_and_no_other(again):
    images = [opened(path) for path in SAMPLE[:12]]
    assert found([*images, *(again(i) for i in images)]) == [(n, n + 12) for n in range(12)]


def test_different_radiographs_are_different_pictures():
    assert found([opened(path) for path in SAMPLE]) == []


def test_images_of_one_group_are_not_compared():
    looks = np.array([words_of("ab" * 32)] * 3, dtype=np.uint64)
    assert list(candidates(looks, np.array([0, 0, 1]))) == [(0, 2), (1, 2)]


def test_an_image_that_is_taken_in_carries_its_look(tmp_path):
    file = take_image(SAMPLE[0], "a.jpg", "row 1").file
    assert len(file.look) == 64 and file.look == look(opened(SAMPLE[0]))


def test_images_of_a_single_colour_are_like_no_others():
    """Each of them would else be held against each other one: 5,000 black slices are 12 million pairs."""
    assert not any(tells(look(Image.new("RGB", (16, 16), (n, 7, 0)))) for n in (0, 90, 255))
    dot = Image.new("L", (64, 64))
    dot.putpixel((9, 9), 255)
    assert tells(look(dot)) and not tells("")
