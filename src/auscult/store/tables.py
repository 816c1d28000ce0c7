"""Rows on disk: one Arrow schema a noun, Parquet files that stream in and out and are never half-written."""

import types
import typing
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields, is_dataclass
from itertools import repeat
from operator import attrgetter
from pathlib import Path
from typing import Any, Generic, Literal, Self, TypeVar, get_args, get_origin

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from auscult.errors import UserError
from auscult.store.files import sync_and_rename
from auscult.store.given import NoSuchFile, boundary, open_given
from auscult.store.whole import REMEDY, check_whole

Row = TypeVar("Row")
ROW_GROUP, PACKED = 5_000, 1_000
"""Rows that are compressed together, and after how many they are held as columns, which take a fifth of the memory."""
WRITTEN: dict[str, Any] = {"compression": "zstd", "write_page_checksum": True}
"""How every table is written: each page has a checksum, which is checked when it is read."""
_PLAIN = {str: pa.string(), int: pa.int64(), float: pa.float64(), bool: pa.bool_()}


def _arrow_type(hint: Any) -> pa.DataType:
    if hint in _PLAIN:
        return _PLAIN[hint]
    origin, args = get_origin(hint), get_args(hint)
    if origin is Literal:
        return pa.string()
    if origin in (types.UnionType, typing.Union):
        return _arrow_type(next(a for a in args if a is not type(None)))
    if origin is tuple:
        return pa.list_(_arrow_type(args[0]))
    if origin is dict:
        return pa.map_(_arrow_type(args[0]), _arrow_type(args[1]))
    if is_dataclass(hint):
        return pa.struct([pa.field(n, _arrow_type(h)) for n, h in typing.get_type_hints(hint).items()])
    raise TypeError(f"no Arrow type for {hint}")


_SCHEMAS: dict[Any, pa.Schema] = {}
_REVIVERS: dict[Any, Callable[[dict[str, Any]], Any]] = {}


def table_schema(cls: type) -> pa.Schema:
    """The Arrow schema of a record class; columns in the order of its fields."""
    if cls not in _SCHEMAS:
        hints = typing.get_type_hints(cls)
        columns = [pa.field(name, _arrow_type(hint)) for name, hint in hints.items()]
        _SCHEMAS[cls] = pa.schema(columns, {"auscult": cls.__name__})
    return _SCHEMAS[cls]


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return {f.name: _plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, tuple):
        return [_plain(v) for v in value]
    if isinstance(value, dict):
        return list(value.items())
    return value


def _items(value: dict[str, Any]) -> list[Any]:
    return list(value.items())


def _defaults(cls: Any) -> dict[str, Any]:
    """What a field holds where nothing was said: of the fields that are records, and of those that were added."""
    return {f.name: f.default for f in fields(cls) if f.metadata.get("added") or is_dataclass(f.default)}


def _plainer(kind: pa.DataType, default: Any = None) -> Callable[[Any], Any] | None:
    """What makes the values of a column such as Arrow takes; None where it takes them as they are.

    A record that is the default of its column is stored as nothing.
    """
    if pa.types.is_struct(kind):
        return lambda record: None if record == default else _plain(record)
    if pa.types.is_map(kind) and not pa.types.is_nested(kind.item_type):
        return _items
    if not pa.types.is_nested(kind) or (pa.types.is_list(kind) and not pa.types.is_nested(kind.value_type)):
        return None
    if pa.types.is_list(kind) and pa.types.is_struct(kind.value_type) and kind.value_type.num_fields > 1:
        fields = [kind.value_type.field(i) for i in range(kind.value_type.num_fields)]
        if not any(_plainer(field.type) for field in fields):
            values = attrgetter(*(field.name for field in fields))
            return lambda records: list(map(values, records))
    return _plain


class RowWriter(Generic[Row]):
    """Streams rows into a Parquet file that appears under its name only when it is whole.

    Args:
        path: the file to make; it is replaced by atomic rename when the writer closes without an error.
        cls: the record class.
        row_group: rows held in memory before they are written.
    """

    def __init__(self, path: Path, cls: type[Row], row_group: int = ROW_GROUP) -> None:
        self.path, self.rows = path, 0
        self._schema, self._row_group = table_schema(cls), row_group
        self._names = self._schema.names
        self._get = attrgetter(*self._names)
        defaults = _defaults(cls)
        plainers = [_plainer(f.type, defaults.get(f.name)) for f in self._schema]
        self._nested = [(i, plain) for i, plain in enumerate(plainers) if plain]
        self._partial = path.with_name(f".{path.name}.tmp")
        self._pending: list[tuple[Any, ...]] = []
        self._packed: list[pa.RecordBatch] = []
        self._writer = pq.ParquetWriter(self._partial, self._schema, **WRITTEN)

    def write(self, row: Row) -> None:
        """Adds one row."""
        self._pending.append(self._get(row))
        self.rows += 1
        full = self.rows % self._row_group == 0
        if full or len(self._pending) >= PACKED:
            self._pack()
        if full:
            self._flush()

    def _pack(self) -> None:
        columns = list(zip(*self._pending, strict=True)) if self._pending else [()] * len(self._names)
        for i, plain in self._nested:
            columns[i] = tuple(map(plain, columns[i]))
        arrays = [pa.array(c, f.type) for c, f in zip(columns, self._schema, strict=True)]
        self._packed.append(pa.record_batch(arrays, schema=self._schema))
        self._pending.clear()

    def _flush(self) -> None:
        self._writer.write_table(pa.Table.from_batches(self._packed, self._schema).combine_chunks())
        self._packed.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, error: type[BaseException] | None, *_: object) -> None:
        if error is None:
            self.commit()
        else:
            self.discard()

    def commit(self) -> None:
        """Writes what is left and gives the file its name."""
        try:
            if self._pending or not self.rows:
                self._pack()
            if self._packed:
                self._flush()
            self._writer.close()
            sync_and_rename(self._partial, self.path)
        finally:
            self.discard()

    def discard(self) -> None:
        """Leaves nothing behind; after ``commit`` it does nothing."""
        self._writer.close()
        self._partial.unlink(missing_ok=True)


def write_rows(path: Path, cls: type[Row], rows: Iterable[Row]) -> int:
    """Writes all rows to a Parquet file and returns how many there were."""
    with RowWriter(path, cls) as writer:
        for row in rows:
            writer.write(row)
    return writer.rows


def _added(cls: Any) -> tuple[str, ...]:
    """The columns that an older table may lack."""
    return tuple(f.name for f in fields(cls) if f.metadata.get("added"))


def open_table(path: Path, cls: type) -> pq.ParquetFile:
    """Opens a table and checks that it is the one that was written, with the columns of its noun.

    Raises:
        UserError: the file is missing, damaged, no Parquet file, or lacks columns, other than those that were added
            since, or has others.
    """
    try:
        with open_given(path):
            check_whole(path)
    except NoSuchFile:
        raise UserError(f"{path}: no such file; is the folder a whole item set or run?") from None
    with boundary(path, REMEDY, "not a readable Parquet file"):
        file = pq.ParquetFile(path, page_checksum_verification=True)
        there = {field.name: field.type for field in file.schema_arrow}
    schema = table_schema(cls)
    missing = sorted(set(schema.names) - set(there) - set(_added(cls)))
    others = [field.name for field in schema if there.get(field.name, field.type) != field.type]
    if missing or others:
        file.close()
        what = f"columns {', '.join(missing)} are missing" if missing else f"column {others[0]} holds another type"
        raise UserError(
            f"{path}: {what}; an older version wrote it, or it is no table of {cls.__name__} rows; {REMEDY}"
        )
    return file


@contextmanager
def _opened(path: Path, cls: type) -> Iterator[pq.ParquetFile]:
    """A table, open for reading; what cannot be read of it is one line."""
    with open_table(path, cls) as file, boundary(path, REMEDY, "is damaged"):
        yield file


def _revive(hint: Any, default: Any = None) -> Any:
    """Turns the plain value of a nested column back into the record's own type; None for plain columns."""
    origin, args = get_origin(hint), get_args(hint)
    if origin is dict:
        return lambda v: dict(v) if v else {}
    if origin is tuple and is_dataclass(args[0]):
        inner = _reviver(args[0])
        return lambda v: tuple(inner(x) for x in v) if v else ()
    if origin is tuple:
        return lambda v: tuple(v) if v else ()
    if is_dataclass(hint):
        made = _reviver(hint)
        return lambda v: default if v is None else made(v)
    return None


def _reviver(cls: Any) -> Callable[[dict[str, Any]], Any]:
    if cls in _REVIVERS:
        return _REVIVERS[cls]
    defaults = _defaults(cls)
    revivers = {n: r for n, h in typing.get_type_hints(cls).items() if (r := _revive(h, defaults.get(n)))}

    def build(plain: dict[str, Any]) -> Any:
        for name in revivers.keys() & plain.keys():
            plain[name] = revivers[name](plain[name])
        return cls(**plain)

    return _REVIVERS.setdefault(cls, build)


def _maker(cls: type[Row], names: Sequence[str]) -> Callable[[int, list[list[Any]]], Iterable[Row]]:
    """Makes rows of a record class from their number and the columns ``names``, a column at a time.

    A record's own constructor would take most of the time of reading: its slots are filled without it.
    """
    hints, defaults = typing.get_type_hints(cls), _defaults(cls)
    revivers = [_revive(hints[name], defaults.get(name)) for name in names]
    slots = [getattr(cls, name, None) for name in names]
    absent = [(getattr(cls, name, None), defaults[name]) for name in table_schema(cls).names if name not in names]
    if hasattr(cls, "__post_init__") or not all(isinstance(s, types.MemberDescriptorType) for s in slots):
        build = _reviver(cls)
        return lambda _, columns: (build(dict(zip(names, row, strict=True))) for row in zip(*columns, strict=True))

    def made(count: int, columns: list[list[Any]]) -> list[Row]:
        rows = [object.__new__(cls) for _ in range(count)]
        for slot, revive, column in zip(slots, revivers, columns, strict=True):
            deque(map(slot.__set__, rows, map(revive, column) if revive else column), maxlen=0)  # type: ignore[union-attr]
        for slot, default in absent:
            deque(map(slot.__set__, rows, repeat(default)), maxlen=0)  # type: ignore[union-attr]
        return rows

    return made


def values_of(column: pa.Array) -> list[Any]:
    """The plain values of a column."""
    if column.null_count or pa.types.is_nested(column.type):
        if pa.types.is_list(column.type) or pa.types.is_map(column.type):
            offsets = column.offsets
            if offsets[0] == offsets[-1]:
                return [None] * len(column)  # which become empty ones
        elif column.null_count == len(column):
            return [None] * len(column)
        return list(column.to_pylist())
    return list(column.to_numpy(zero_copy_only=False).tolist())


def _present(file: pq.ParquetFile, names: Iterable[str]) -> list[str]:
    """Of some columns those that a table has."""
    there = set(file.schema_arrow.names)
    return [name for name in names if name in there]


def read_rows(path: Path, cls: type[Row], *, batch: int = 1_000, skip: int = 0) -> Iterator[Row]:
    """Streams the rows of a table, in stored order, ``batch`` at a time, after the first ``skip``.

    Raises:
        UserError: as ``open_table``.
    """
    with _opened(path, cls) as file:
        names = _present(file, table_schema(cls).names)
        made, first = _maker(cls, names), 0
        while first < file.num_row_groups and skip >= (rows := file.metadata.row_group(first).num_rows):
            skip, first = skip - rows, first + 1
        groups = range(first, file.num_row_groups)
        for part in file.iter_batches(batch_size=batch, row_groups=list(groups), columns=names):
            if skip >= part.num_rows:
                skip -= part.num_rows
                continue
            kept = part.slice(skip)
            yield from made(kept.num_rows, [values_of(kept.column(n)) for n in names])
            skip = 0


def read_fields(path: Path, cls: type, names: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    """Streams some fields of the rows of a table, as plain values; a mapping comes as pairs.

    Raises:
        UserError: as ``open_table``.
    """
    for part in read_batches(path, cls, names):
        yield from zip(*(part.column(n).to_pylist() for n in names), strict=True)


def read_batches(path: Path, cls: type, names: Sequence[str], *, batch: int = 1_000) -> Iterator[pa.RecordBatch]:
    """Streams some fields of the rows of a table as Arrow has them.

    Raises:
        UserError: as ``open_table``.
    """
    with _opened(path, cls) as file:
        present = _present(file, names)
        for part in file.iter_batches(batch_size=batch, columns=present):
            yield part if len(present) == len(names) else _filled(part, cls, names)


def _filled(part: Any, cls: type, names: Sequence[str]) -> Any:
    """A batch or table with the columns that it lacks, which hold their defaults."""
    defaults, schema = _defaults(cls), table_schema(cls)
    for name in names:
        if name not in part.schema.names:
            plain = None if is_dataclass(defaults[name]) else defaults[name]
            part = part.append_column(name, pa.repeat(pa.scalar(plain, schema.field(name).type), part.num_rows))
    return part.select(list(names))


def read_columns(path: Path, cls: type, columns: Sequence[str]) -> pa.Table:
    """Reads whole columns of a table (numbers and ids, never texts, where the table may be large).

    Raises:
        UserError: as ``open_table``.
    """
    with _opened(path, cls) as file:
        return _filled(file.read(columns=_present(file, columns)), cls, columns)


def text_bounds(path: Path, column: str) -> set[str]:
    """The least and the greatest text of each stretch of a column, without reading the rows; none of an unusable file.

    They are one text where all rows hold the same.
    """
    try:
        with pq.ParquetFile(path) as file:
            metadata = file.metadata
            place = next(i for i in range(metadata.num_columns) if metadata.schema.column(i).path == column)
            groups = (metadata.row_group(n).column(place).statistics for n in range(metadata.num_row_groups))
            return {bound for s in groups if s is not None and s.has_min_max for bound in (s.min, s.max)}
    except (OSError, pa.ArrowException, StopIteration):
        return set()


def read_where(path: Path, cls: type[Row], column: str, wanted: Collection[str]) -> Iterator[Row]:
    """The rows whose ``column`` is one of ``wanted``; only row groups that hold one are read whole.

    Raises:
        UserError: as ``open_table``.
    """
    build, keys = _reviver(cls), pa.array(sorted(wanted), pa.string())
    with _opened(path, cls) as file:
        names = _present(file, table_schema(cls).names)
        for group in range(file.num_row_groups):
            mask = pc.is_in(file.read_row_group(group, columns=[column]).column(0), value_set=keys)
            if pc.any(mask).as_py():
                yield from map(build, file.read_row_group(group, columns=names).filter(mask).to_pylist())
