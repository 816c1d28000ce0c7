"""MediConfusion (Sepehri et al. 2024, arXiv 2409.15477): two images, one question, and another answer for each.

The published ``data/dataset.csv`` (id, im_1, im_2, im_1_local, im_2_local, question, option_A, option_B, im_1_correct,
im_2_correct, category_1) or the Parquet shards on Hugging Face. Licence: MIT for questions; images are ROCO's, with the
licences of their articles, and do not come with it: ``--images`` names the folder into which the published script puts
them (``20192.jpg``) or that of ROCO (``train/radiology/images/...``). Every pair gives two items, one an image; the tag
``confusing_pair`` is what they share, and set accuracy counts a pair where both are right.
"""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from auscult.corpora import Bundle, ReadOptions
from auscult.corpora._asked import Asked, one_case_an_image
from auscult.corpora._borrowed import images_in, with_images
from auscult.corpora._bundles import drafted
from auscult.corpora._choices import by_letter, repeated
from auscult.corpora._image_store import ImageStore
from auscult.errors import UserError
from auscult.store.rows import Row, read_rows

ABOUT = "MediConfusion: data/dataset.csv (pairs of images that are confused); images with --images"
SOURCE, LICENCE = "mediconfusion", "MIT (images: ROCO, by article)"
PAIR = "confusing_pair"
COLUMNS = frozenset({"im_1_correct", "im_2_correct", "option_A", "option_B"})


def read(path: Path, options: ReadOptions) -> Iterator[Bundle]:
    """Yields one case an image with all its questions.

    Raises:
        UserError: another layout; a broken row; no image is there.
    """
    table, left_out = _table(path), Counter[str]()
    store = images_in([table.parent, table.parent / "images", table.parent.parent], options)
    asked = (each for row in read_rows(table) for each in _pair(row, store))
    there = with_images(asked, store, left_out, path)
    return one_case_an_image(there, SOURCE, store.find, licence=options.licence or LICENCE, left_out=left_out)


def _table(path: Path) -> Path:
    there = (
        [path] if path.is_file() else [p for p in (path / "data" / "dataset.csv", path / "dataset.csv") if p.is_file()]
    )
    if not there or not next(read_rows(there[0])).values.keys() >= COLUMNS:
        raise UserError(f"{path}: holds no data/dataset.csv with {', '.join(sorted(COLUMNS))}; name its folder")
    return there[0]


def _pair(row: Row, store: ImageStore) -> Iterator[Asked]:
    name = row.required("id")
    lettered = {letter: row.required(f"option_{letter}") for letter in "AB"}
    if row.required("im_1_correct") == row.required("im_2_correct"):
        raise UserError(f"{row.where}: both images of pair {name} have the same right answer; mend the row")
    for side in ("im_1", "im_2"):
        options, answer = by_letter(row, lettered, row.required(f"{side}_correct"))
        item = drafted(
            source_id=f"{name}:{side}",
            question=row.required("question"),
            reference=answer,
            answer_type="choice",
            options=options,
            category="confusing pair",
            split="test",
            tags={PAIR: name} | repeated(options),
        )
        yield Asked(item=item, where=row.where, images=[_image(row, side, store)])


def _image(row: Row, side: str, store: ImageStore) -> str:
    """The name of an image: of the copy that the published script makes, else ROCO's own."""
    local = row.text(f"{side}_local")
    return next((name for name in (f"{local}.jpg", f"{local}.png") if local and store.holds(name)), row.required(side))
