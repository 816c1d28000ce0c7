"""A Hugging Face dataset, or a dictionary of them: saved with ``save_to_disk``, or Parquet (``to_parquet``, the hub).

Columns are those of ``image-folder``; ``image`` holds one image or a list of them: struct of bytes and path, bytes, or
a path with ``--images``. The name of a dictionary's part, or of a Parquet file, is the split, where it is train,
validation or test and the table names none.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from auscult.corpora import Bundle, ReadOptions
from auscult.corpora._hf_tables import read_tables, shards_of, split_name
from auscult.corpora._table_items import SPLITS, check_columns, draft_item
from auscult.errors import UserError
from auscult.records import Item
from auscult.store.given import plain_name, read_json
from auscult.store.rows import Row

ABOUT = "a Hugging Face dataset: folder of save_to_disk, or Parquet (file, or folder of files): image, question, answer"


def read(path: Path, options: ReadOptions) -> Iterator[Bundle]:
    """Yields one case an image, wherever in the set its rows stand.

    Raises:
        UserError: no folder of ``save_to_disk`` and no Parquet; wrong columns; broken images.
    """
    check_columns(options.columns)

    def draft(row: Row, shard: str) -> Item:
        item = draft_item(row, options.columns)
        numbered = item.source_id == f"row {row.number}"
        return replace(
            item,
            source_id=f"{shard}:{row.number}" if numbered else item.source_id,
            split=item.split or next((SPLITS[name] for name in _parts(shard) if name in SPLITS), ""),
        )

    root = path.parent if path.is_file() else path
    return read_tables(root, _shards(path), options, source=path.stem if path.is_file() else path.name, draft=draft)


def _parts(shard: str) -> tuple[str, str]:
    """What may name the split of a shard: its folder, else its own name."""
    return split_name(shard), split_name(shard.rsplit("/", 1)[-1])


def _shards(path: Path) -> list[Path]:
    if (path / "dataset_dict.json").is_file():
        return [shard for split in _named(path / "dataset_dict.json", "splits") for shard in _shards(path / split)]
    if (path / "state.json").is_file():
        state = _json(path / "state.json")
        if state.get("_indices_data_files"):
            raise UserError(f"{path}: holds a selection of rows by index; call flatten_indices() and save it again")
        return [path / name for name in _named(path / "state.json", "_data_files", "filename")]
    if path.is_file() and path.suffix == ".parquet":
        return [path]
    tables = shards_of(path)
    if not tables:
        raise UserError(
            f"{path}: holds neither dataset_dict.json nor state.json nor Parquet files; name a folder made by "
            "save_to_disk, a .parquet file, or a folder of them"
        )
    return tables


def _named(path: Path, name: str, key: str = "") -> list[str]:
    """Names of files or folders beside a file that lists them; under ``key`` of each entry."""
    listed = _listed(path, name)
    return [plain_name(entry.get(key) if key and isinstance(entry, dict) else entry, path) for entry in listed]


def _listed(path: Path, name: str) -> list[Any]:
    found = _json(path).get(name)
    if not isinstance(found, list) or not found:
        raise UserError(f"{path}: names no {name}; save the dataset again")
    return found


def _json(path: Path) -> dict[str, Any]:
    found = read_json(path, "save the dataset again")
    if not isinstance(found, dict):
        raise UserError(f"{path}: not a JSON object; save the dataset again")
    return found
