"""Words in an image that are turned by 90 degrees: found by how their letters stand, cut out, and put upright.

To read every image three times would take three times as long. Letters of a turned line stand close below each other
and nothing stands as close beside them, so that smeared downwards they are one long, narrow blot. Only such blots are
read again, both ways: which way they are turned is not looked into.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy.ndimage import find_objects, label, maximum_filter

_LARGE = 1_000
"""Pixels of the longer side from which half as many are enough to find letters."""
_LETTER = (6, 60)
"""Least and greatest extent of a letter, in these pixels."""
_SMEAR = (19, 3)
"""Rows and columns that letters are smeared over: beyond the next letter of a turned line, not to the line beside."""
_NARROW = 3.5
"""How many times as high as wide a turned line is at least."""
_FEWEST = 6
"""Letters of a line."""
_MARGIN, _BESIDE = 12, 60
"""Pixels around a part on the page, and around a line in the image: for words and lines beside it."""
_MOST, _PARTS = 20_000, 24
"""Marks in an image beyond which it is no writing but texture, and parts that are read again."""
_Box = tuple[int, int, int, int]
"""Left, upper, right and lower edge, pixels."""


def turned_words(image: Image.Image) -> Image.Image | None:
    """A page with what may be turned lines of an image, upright after a turn either way; None where there are none.

    Args:
        image: black letters on white, as ``legible`` makes it.
    """
    scale = 2 if max(image.size) >= _LARGE else 1
    ink = np.asarray(image.convert("L").reduce(scale)) < 128
    marks, count = label(ink, np.ones((3, 3)))
    if not _FEWEST <= count <= _MOST:
        return None
    extents = [max(part.stop - part.start for part in place) for place in find_objects(marks)]
    fits = np.array([False, *(_LETTER[0] <= extent <= _LETTER[1] for extent in extents)])
    marks[~fits[marks]] = 0
    boxes = _joined(_lines(marks, scale), image.size)
    return _page([image.crop(box) for box in boxes[:_PARTS]]) if boxes else None


def _lines(marks: NDArray[Any], scale: int) -> list[_Box]:
    """What may be turned lines, among numbered letters."""
    blots, _ = label(maximum_filter(marks > 0, _SMEAR))
    found = []
    for number, (rows, columns) in enumerate(find_objects(blots), 1):
        high, wide = rows.stop - rows.start, columns.stop - columns.start
        if high < _NARROW * wide or not _LETTER[0] <= wide <= _LETTER[1]:
            continue
        held = np.unique(marks[rows, columns][blots[rows, columns] == number])
        if len(held) > _FEWEST:  # the ground counts as one
            found.append((columns.start * scale, rows.start * scale, columns.stop * scale, rows.stop * scale))
    return found


def _joined(lines: Sequence[_Box], size: tuple[int, int]) -> list[_Box]:
    """The boxes with a margin, those that touch as one."""
    mask = np.zeros(size[::-1], dtype=bool)
    for left, upper, right, lower in lines:
        mask[max(upper - _BESIDE, 0) : lower + _BESIDE, max(left - _BESIDE, 0) : right + _BESIDE] = True
    boxes = find_objects(label(mask)[0])
    return [(columns.start, rows.start, columns.stop, rows.stop) for rows, columns in boxes]


def _page(parts: Sequence[Image.Image]) -> Image.Image:
    """All parts below each other, turned one way and the other."""
    turned = [part.transpose(way) for part in parts for way in (Image.Transpose.ROTATE_90, Image.Transpose.ROTATE_270)]
    page = Image.new(
        "L", (max(t.width for t in turned) + 2 * _MARGIN, sum(t.height + 2 * _MARGIN for t in turned)), 255
    )
    top = _MARGIN
    for part in turned:
        page.paste(part, (_MARGIN, top))
        top += part.height + 2 * _MARGIN
    return page
