"""ROCO and ROCOv2 (Pelka et al. 2018; Rückert et al. 2024): radiological figures of PubMed Central and their captions.

Three tables, a part each: ``traindata.csv``, ``valdata.csv``, ``testdata.csv`` (id, name, caption; images in
``images/``), or ``train_captions.csv``, ``valid_captions.csv``, ``test_captions.csv`` (ID, Caption; images in
``train/``, ``valid/``, ``test/`` or ``train_images.zip``, ...), at the top of a folder or one a folder. A single table
of this kind is read as well.
"""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from auscult.corpora import Bundle, ReadOptions
from auscult.corpora._asked import Asked, one_case_an_image
from auscult.corpora._bundles import settled
from auscult.corpora._image_store import ImageStore
from auscult.errors import UserError
from auscult.items.images import MIMES
from auscult.store.faults import Faults
from auscult.store.rows import Row, read_rows

ABOUT = "ROCO, ROCOv2: traindata.csv, ... or train_captions.csv, ... with images/, train/ or train_images.zip"
SOURCE = "roco"
NO_CAPTION = "rows without a caption"
_TABLE = re.compile(r"(train|val|valid|test)(?:data|_captions|)\.csv")
_PARTS = {"train": "train", "val": "validation", "valid": "validation", "test": "test"}


def read(path: Path, options: ReadOptions) -> Iterator[Bundle]:
    """Yields one case a figure, in its published part; it has no questions yet. Rows without caption are counted.

    Args:
        path: the folder, or one table.
        options: folder of the images; licence.

    Raises:
        UserError: no table of that kind; a broken row; a figure that is missing or broken.
    """
    tables = [path] if path.is_file() else sorted(p for p in path.rglob("*.csv") if _TABLE.fullmatch(p.name))
    if not tables:
        raise UserError(
            f"{path}: holds no traindata.csv and no train_captions.csv; name the folder of ROCO, or a table"
        )
    roots = list(dict.fromkeys(folder for table in tables for folder in (table.parent, table.parent.parent)))
    places = [root / name for root in roots for name in ("images", *_PARTS) if (root / name).is_dir()] or roots
    packed = [p for root in roots for p in sorted(root.glob("*images*.zip"))]
    store = ImageStore([options.images] if options.images else places, packed, options.follow_links)
    left_out, faults = Counter[str](), Faults(skip=options.skip_bad)

    def asked() -> Iterator[Asked]:
        for table in tables:
            part = _TABLE.fullmatch(table.name)
            for row in read_rows(table, faults=faults):
                with faults.row():
                    caption = (row.text("caption") or row.text("Caption")).strip('" ')
                    if not caption:
                        left_out[NO_CAPTION] += 1
                        continue
                    split = _PARTS[part[1]] if part else ""
                    yield Asked(
                        item=None, where=row.where, images=[_found(row, store)], annotation=caption, split=split
                    )

    made = one_case_an_image(asked(), SOURCE, store.find, licence=options.licence, left_out=left_out, faults=faults)
    return settled(made, faults)


def _found(row: Row, store: ImageStore) -> str:
    """The name of the image of a row: as the table names it, or with the suffix that the table leaves out."""
    name = row.text("name") or row.text("id") or row.required("ID")
    if Path(name).suffix.lower() in (*MIMES, ".jpeg"):
        return name
    return next((name + suffix for suffix in (".jpg", ".png", ".jpeg") if store.holds(name + suffix)), name + ".jpg")
