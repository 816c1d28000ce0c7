"""Sets of questions whose images are other sets': found where the user has them, else counted and not asked."""

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from auscult.corpora import ReadOptions
from auscult.corpora._asked import Asked
from auscult.corpora._image_store import ImageStore
from auscult.errors import UserError

NOT_THERE = "questions whose image is not there"
MOST_FOLDERS = 100
"""Folders that are looked into, at most."""


def images_in(folders: Iterable[Path], options: ReadOptions) -> ImageStore:
    """Where the images are: the folder that the user names, else these; each with the folders in it."""
    found: list[Path] = []
    for folder in [options.images] if options.images else folders:
        below = sorted(p for p in folder.iterdir() if p.is_dir()) if folder.is_dir() else []
        found += [folder, *below[:MOST_FOLDERS]]
    return ImageStore(found, links=options.follow_links)


def with_images(asked: Iterable[Asked], store: ImageStore, left_out: Counter[str], path: Path) -> Iterator[Asked]:
    """The rows whose images are there; the others are counted.

    Raises:
        UserError: there is none whose images are there, or none that can be asked at all.
    """
    kept = 0
    for row in asked:
        if all(store.holds(name) for name in row.images):
            kept += 1
            yield row
        else:
            left_out[NOT_THERE] += 1
    if not kept and left_out[NOT_THERE]:
        raise UserError(
            f"{path}: none of the images of its {left_out[NOT_THERE]} questions is there, they are other sets'; name "
            "their folder with --images"
        )
    if not kept and left_out:
        raise UserError(f"{path}: nothing in it can be asked: {', '.join(f'{n} {why}' for why, n in left_out.items())}")
