"""Tables of the Hugging Face world: Parquet shards and saved Arrow files with images inside, read without ``datasets``.

Two passes stream: the first puts rows on one image together (keys in memory, texts on disk), the second meets the
images in the order in which the groups need them.
"""

import hashlib
from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from auscult.corpora import Bundle, ReadOptions
from auscult.corpora._bundles import seal, settled
from auscult.corpora._grouping import GroupedRows
from auscult.corpora._table_items import FIELDS, SPLITS, TAG, draft_case, one_case
from auscult.corpora.placeholders import in_words
from auscult.errors import UserError
from auscult.items.images import image_bytes, inside, take_image
from auscult.records import Case, Item
from auscult.store.faults import Faults
from auscult.store.given import boundary, open_given, plain_name, read_json
from auscult.store.rows import Row

BATCH = 32
"""Rows, with their images, that are held at once."""


Draft = Callable[[Row, str], Sequence[Item]]
"""Row and name of its shard → its questions, not yet sealed; none where it asks nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the rows of a table say of their images, where that is more than ``draft_case`` reads.

    Attributes:
        case: rows of one image (or list of images) and the key of their case → the case, not yet sealed.
        columns: those that it reads; the others are known by name alone.
        split: the part that rows name; where they name none it is the one that their table is named after.
    """

    case: Callable[[list[Row], str], Case]
    columns: Container[str]
    split: Callable[[list[Row]], str] = lambda rows: ""


def _as_it_is(row: Row) -> Row:
    return row


def read_tables(
    root: Path,
    shards: Sequence[Path],
    options: ReadOptions,
    source: str,
    draft: Draft,
    prepare: Callable[[Row], Row] = _as_it_is,
    told: Told | None = None,
) -> Iterator[Bundle]:
    """Yields one case an image (or list of images, or row of text), with all its questions.

    Args:
        root: folder of the data set.
        shards: its files, in order.
        options: column mapping and licence.
        source: name of the data set.
        draft: makes the questions.
        prepare: applied to every row first, for example to bring images of several columns into one list.
        told: makes the cases, where their rows say more than a table of questions does.

    Raises:
        UserError: a file is no table, holds other columns, or an image is missing or broken.
    """
    grouped, faults = GroupedRows(), Faults(skip=options.skip_bad)
    for place, (row, shard) in enumerate(table_rows(root, shards, prepare)):
        if not len(grouped) and options.columns.get("image", "image") not in row.values:
            row.required("image", options.columns.get("image", "image"))
        with faults.row():
            images = _payloads(row, options)
            hashes = [hashlib.sha256(image_bytes(p, n, row.where)).hexdigest() for p, n in images]
            texts = {k: v if _wanted(k, options, told) else None for k, v in row.values.items()}
            for item in draft(replace(row, values=texts), shard):
                in_words(item.question, len(images), row.where)
            grouped.add(",".join(hashes) or f"row {place}", [place, row.number, row.where, texts, shard])
    if not len(grouped) and not faults.count:
        raise UserError(f"{root}: holds no rows; nothing to read")

    def bundles() -> Iterator[Bundle]:
        groups = iter(grouped)
        group = next(groups, None)
        for place, (row, _) in enumerate(table_rows(root, shards, prepare)):
            if group is None:
                return
            if group[0][0] == place:
                with faults.row(len(group)):
                    yield _bundle(row, group, options, source, draft, told)
                group = next(groups, None)

    return settled(bundles(), faults)


def _bundle(first: Row, group: list[Any], options: ReadOptions, source: str, draft: Draft, told: Told | None) -> Bundle:
    pictures = _payloads(first, options)
    images = [take_image(payload, name, first.where) for payload, name in pictures]
    rows = [(Row(number, where, texts), shard) for _, number, where, texts, shard in group]
    key = "+".join(i.original[:16] for i in images) or f"{group[0][4]}:{first.number}"
    if told:
        case = told.case([row for row, _ in rows], key)
    else:
        cases = [draft_case(row, options.columns, source, key, options.licence) for row, _ in rows]
        case = one_case(cases, rows[-1][0].where)
    made = seal(case, [item for row, shard in rows for item in draft(row, shard)], images)
    part = told.split([row for row, _ in rows]) if told else ""
    return replace(made, split=part or SPLITS.get(part_of(group[0][4]), ""))


def _wanted(column: str, options: ReadOptions, told: Told | None) -> bool:
    """Whether a column holds one of our fields other than the image; the others stay by name, for messages."""
    if told:
        return column in told.columns
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


def table_rows(
    root: Path, shards: Sequence[Path], prepare: Callable[[Row], Row] = _as_it_is
) -> Iterator[tuple[Row, str]]:
    """Streams the rows of tables with all that is in them, images too, each with the name of its shard.

    Raises:
        UserError: a file is no table.
    """
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


def _schema(shard: Path) -> Any:
    if shard.suffix == ".parquet":
        with open_given(shard) as raw, pq.ParquetFile(raw) as file:
            return file.schema_arrow
    with pa.memory_map(str(shard)) as raw, pa.ipc.open_stream(raw) as stream:
        return stream.schema


def _class_names(schema: Any) -> dict[str, list[str]]:
    """Column → names of its classes, where the file says that its numbers stand for names."""
    raw = (schema.metadata or {}).get(b"huggingface")
    features = orjson.loads(raw).get("info", {}).get("features", {}) if raw else {}
    return {
        column: feature["names"]
        for column, feature in features.items()
        if isinstance(feature, dict) and feature.get("_type") == "ClassLabel"
    }


def tables_of(path: Path) -> list[Path]:
    """The tables of a data set as ``datasets`` and the hub write it; none where there is none.

    Args:
        path: folder of ``save_to_disk`` (or of a dictionary of them), a Parquet file, or a folder of Parquet files.

    Raises:
        UserError: a file that lists the tables is broken.
    """
    if (path / "dataset_dict.json").is_file():
        return [shard for split in _named(path / "dataset_dict.json", "splits") for shard in tables_of(path / split)]
    if (path / "state.json").is_file():
        state = _json(path / "state.json")
        if state.get("_indices_data_files"):
            raise UserError(f"{path}: holds a selection of rows by index; call flatten_indices() and save it again")
        return [path / name for name in _named(path / "state.json", "_data_files", "filename")]
    if path.is_file() and path.suffix == ".parquet":
        return [path]
    return shards_of(path)


def table_columns(shard: Path) -> list[str]:
    """The names of a table's columns.

    Raises:
        UserError: it is no table.
    """
    with boundary(shard, "copy or save it again", "not a readable table"):
        return list(_schema(shard).names)


def images_inside(shard: Path) -> bool:
    """Whether a table holds images and not their names alone: a column of bytes, or of a struct with bytes."""

    def holds(kind: Any) -> bool:
        if pa.types.is_list(kind) or pa.types.is_large_list(kind):
            return holds(kind.value_type)
        return bool(pa.types.is_binary(kind) or (pa.types.is_struct(kind) and kind.get_field_index("bytes") >= 0))

    with boundary(shard, "copy or save it again", "not a readable table"):
        return any(holds(field.type) for field in _schema(shard))


def part_of(shard: str) -> str:
    """The part of a set that a shard is named after: its folder, else its own name; whatever that is."""
    own = split_name(shard.rsplit("/", 1)[-1])
    return own if own in SPLITS else split_name(shard)


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
