"""Tables of the Hugging Face world: Parquet shards and saved Arrow files with images inside, read without ``datasets``.

Two passes stream: the first puts rows on one image together (keys in memory, texts on disk), the second meets the
images in the order in which the groups need them.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from auscult.corpora import Bundle, ReadOptions
from auscult.corpora._bundles import seal, settled
from auscult.corpora._grouping import GroupedRows
from auscult.corpora._table_items import FIELDS, TAG, draft_case, one_case
from auscult.corpora.placeholders import in_words
from auscult.errors import UserError
from auscult.items.images import image_bytes, inside, take_image
from auscult.records import Item
from auscult.store.faults import Faults
from auscult.store.given import boundary, open_given
from auscult.store.rows import Row

BATCH = 32
"""Rows, with their images, that are held at once."""


def _as_it_is(row: Row) -> Row:
    return row


def read_tables(
    root: Path,
    shards: Sequence[Path],
    options: ReadOptions,
    source: str,
    draft: Callable[[Row, str], Item],
    prepare: Callable[[Row], Row] = _as_it_is,
) -> Iterator[Bundle]:
    """Yields one case an image (or list of images, or row of text), with all its questions.

    Args:
        root: folder of the data set.
        shards: its files, in order.
        options: column mapping and licence.
        source: name of the data set.
        draft: row and name of its shard → question, not yet sealed.
        prepare: applied to every row first, for example to bring images of several columns into one list.

    Raises:
        UserError: a file is no table, holds other columns, or an image is missing or broken.
    """
    grouped, faults = GroupedRows(), Faults(skip=options.skip_bad)
    for place, (row, shard) in enumerate(_rows(root, shards, prepare)):
        if not len(grouped) and options.columns.get("image", "image") not in row.values:
            row.required("image", options.columns.get("image", "image"))
        with faults.row():
            images = _payloads(row, options)
            hashes = [hashlib.sha256(image_bytes(p, n, row.where)).hexdigest() for p, n in images]
            texts = {k: v if _wanted(k, options) else None for k, v in row.values.items()}
            in_words(draft(replace(row, values=texts), shard).question, len(images), row.where)
            grouped.add(",".join(hashes) or f"row {place}", [place, row.number, row.where, texts, shard])
    if not len(grouped) and not faults.count:
        raise UserError(f"{root}: holds no rows; nothing to read")

    def bundles() -> Iterator[Bundle]:
        groups = iter(grouped)
        group = next(groups, None)
        for place, (row, _) in enumerate(_rows(root, shards, prepare)):
            if group is None:
                return
            if group[0][0] == place:
                with faults.row(len(group)):
                    yield _bundle(row, group, options, source, draft)
                group = next(groups, None)

    return settled(bundles(), faults)


def _bundle(
    first: Row, group: list[Any], options: ReadOptions, source: str, draft: Callable[[Row, str], Item]
) -> Bundle:
    pictures = _payloads(first, options)
    images = [take_image(payload, name, first.where) for payload, name in pictures]
    rows = [(Row(number, where, texts), shard) for _, number, where, texts, shard in group]
    key = "+".join(i.original[:16] for i in images) or f"{group[0][4]}:{first.number}"
    cases = [draft_case(row, options.columns, source, key, options.licence) for row, _ in rows]
    case = one_case(cases, rows[-1][0].where)
    return seal(case, [draft(row, shard) for row, shard in rows], images)


def _wanted(column: str, options: ReadOptions) -> bool:
    """Whether a column holds one of our fields other than the image; the others stay by name, for messages."""
    ours = {options.columns.get(f, f) for f in FIELDS if f != "image"} | set(options.columns.values())
    return column != options.columns.get("image", "image") and (column in ours or column.startswith(TAG))


def _payloads(row: Row, options: ReadOptions) -> list[tuple[Path | bytes, str]]:
    """The images of a row: a struct of bytes and path, bytes, a path, or a list of these; each with a name."""
    column = options.columns.get("image", "image")
    if column not in row.values:
        row.required("image", column)
    value = row.values[column]
    found: list[tuple[Path | bytes, str]] = []
    for image in value if isinstance(value, list) else [value] if value is not None else []:
        if isinstance(image, bytes | str):
            image = {"bytes" if isinstance(image, bytes) else "path": image}
        if not isinstance(image, dict) or not ({"bytes", "path"} & set(image)):
            raise UserError(
                f"{row.where}: column {column} holds no image (bytes and path); map it with --map image=COLUMN"
            )
        name = image.get("path") or "image"
        if image.get("bytes") is not None:
            found.append((image["bytes"], name))
        elif image.get("path") and options.images:
            found.append((inside(options.images, name, row.where, options.follow_links), name))
        else:
            raise UserError(
                f"{row.where}: image {name!r} is not in the table; name the folder of the images with --images"
            )
    return found


def shards_of(folder: Path) -> list[Path]:
    """The Parquet files of a folder as the hub lays them out, in order; none where there are none."""
    return sorted(folder.glob("data/*.parquet")) or sorted(folder.glob("*.parquet"))


def shard_name(root: Path, shard: Path) -> str:
    """What stands for a file in ids: its place in the data set, without number of shards and hash (``train-00000``)."""
    name = shard.relative_to(root).with_suffix("").as_posix()
    return name.removeprefix("data/").split("-of-")[0]


def split_name(shard: str) -> str:
    """The split of a shard: its folder, or what stands before its number (``train``)."""
    return shard.split("/")[0].split("-")[0]


def _rows(root: Path, shards: Sequence[Path], prepare: Callable[[Row], Row]) -> Iterator[tuple[Row, str]]:
    for shard in shards:
        name, number = shard_name(root, shard), 0
        with boundary(shard, "copy or save it again", "not a readable table"):
            for batch in _batches(shard):
                names = _class_names(batch.schema)
                for start in range(0, batch.num_rows, BATCH):
                    for values in batch.slice(start, BATCH).to_pylist():
                        number += 1
                        for column, labels in names.items():
                            if values[column] is not None:
                                values[column] = labels[values[column]]
                        yield prepare(Row(number, f"{shard}, row {number}", values)), name


def _batches(shard: Path) -> Iterator[Any]:
    with open_given(shard) as raw:
        if shard.suffix == ".parquet":
            with pq.ParquetFile(raw) as file:
                yield from file.iter_batches(batch_size=BATCH)
            return
    with pa.memory_map(str(shard)) as raw, pa.ipc.open_stream(raw) as stream:
        yield from stream


def _class_names(schema: Any) -> dict[str, list[str]]:
    """Column → names of its classes, where the file says that its numbers stand for names."""
    raw = (schema.metadata or {}).get(b"huggingface")
    features = orjson.loads(raw).get("info", {}).get("features", {}) if raw else {}
    return {
        column: feature["names"]
        for column, feature in features.items()
        if isinstance(feature, dict) and feature.get("_type") == "ClassLabel"
    }
