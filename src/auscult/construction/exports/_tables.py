"""A part as a Parquet table beside its images, as the image folders of Hugging Face ``datasets`` are laid out."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from auscult.construction.exports import Pair, Write

ROWS = 2_000
TURNS = pa.list_(pa.struct([("role", pa.string()), ("content", pa.string())]))
LOAD = """from datasets import load_dataset

pairs = load_dataset("PATH/OF/THIS/FOLDER")"""
_IMAGES = "images_file_names"
"""The column that the library reads as images: paths beside the table."""


@contextmanager
def image_table(
    folder: Path, name: str, columns: dict[str, pa.DataType], row: Callable[[Pair], dict[str, Any]]
) -> Iterator[Write]:
    """A part as a table, streamed; whether there is a column of images is taken from the first pair.

    Args:
        folder: of the export.
        name: of the part.
        columns: names and Arrow types, without that of the images.
        row: what is written of a pair.
    """
    rows: list[dict[str, Any]] = []
    writer: pq.ParquetWriter | None = None

    def flush() -> None:
        nonlocal writer
        if writer is None:
            of_images = {_IMAGES: pa.list_(pa.string())} if _IMAGES in rows[0] else {}
            file = folder / name / ("metadata.parquet" if of_images else "data.parquet")
            writer = pq.ParquetWriter(file, pa.schema([*of_images.items(), *columns.items()]), compression="zstd")
        writer.write_table(pa.Table.from_pylist(rows, schema=writer.schema))
        rows.clear()

    def write(pair: Pair) -> None:
        images = [path.removeprefix(f"{name}/") for path in pair.images]
        rows.append(row(pair) | ({_IMAGES: images} if images else {}))
        if len(rows) == ROWS:
            flush()

    try:
        yield write
        if rows:
            flush()
    finally:
        if writer is not None:
            writer.close()
