"""A Hugging Face dataset, or a dictionary of them: saved with ``save_to_disk``, or Parquet (``to_parquet``, the hub).

Columns are those of ``image-folder``; ``image`` holds one image or a list of them: struct of bytes and path, bytes, or
a path with ``--images``. The name of a dictionary's part, or of a Parquet file, is the split, where it is train,
validation or test and the table names none.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from auscult.corpora import Bundle, ReadOptions
from auscult.corpora._hf_tables import part_of, read_tables, tables_of
from auscult.corpora._table_items import SPLITS, check_columns, draft_item
from auscult.errors import UserError
from auscult.records import Item
from auscult.store.rows import Row

ABOUT = "a Hugging Face dataset: folder of save_to_disk, or Parquet (file, or folder of files): image, question, answer"


def read(path: Path, options: ReadOptions) -> Iterator[Bundle]:
    """Yields one case an image, wherever in the set its rows stand.

    Raises:
        UserError: no folder of ``save_to_disk`` and no Parquet; wrong columns; broken images.
    """
    check_columns(options.columns)

    shards = tables_of(path)
    if not shards:
        raise UserError(
            f"{path}: holds neither dataset_dict.json nor state.json nor Parquet files; name a folder made by "
            "save_to_disk, a .parquet file, or a folder of them"
        )

    def draft(row: Row, shard: str) -> list[Item]:
        item = draft_item(row, options.columns)
        numbered = item.source_id == f"row {row.number}"
        name = f"{shard}:{row.number}" if numbered else item.source_id
        return [replace(item, source_id=name, split=item.split or SPLITS.get(part_of(shard), ""))]

    root = path.parent if path.is_file() else path
    return read_tables(root, shards, options, source=path.stem if path.is_file() else path.name, draft=draft)
