"""A folder of images and a table of questions: CSV, TSV, a spreadsheet or JSON Lines, one row a question.

Columns ``image``, ``question`` and ``answer`` are needed; see ``_table_items.FIELDS`` for the others. Rows on one image
are put together wherever they stand. Without a column ``id`` a question's source id is its row number.
"""

from collections.abc import Iterator
from pathlib import Path

from auscult.corpora import Bundle, ReadOptions
from auscult.corpora._bundles import seal, settled
from auscult.corpora._grouping import GroupedRows
from auscult.corpora._source_ids import SourceIds
from auscult.corpora._table_items import check_columns, check_needed, draft_case, draft_item, one_case
from auscult.errors import UserError
from auscult.items.images import frame_named, inside, take_image
from auscult.store.faults import Faults
from auscult.store.rows import Row, read_rows
from auscult.store.sheets import SPREADSHEETS

ABOUT = "images + a table (CSV, TSV, .xlsx, JSONL) with columns image, question, answer (others: --map ours=theirs)"
SUFFIXES = (".csv", ".tsv", ".jsonl", *SPREADSHEETS)


def read(path: Path, options: ReadOptions) -> Iterator[Bundle]:
    """Yields one case an image.

    Args:
        path: the table, or a folder that holds exactly one.
        options: column mapping; folder of the images (else: the table's own); licence.

    Raises:
        UserError: no table, several, or a broken row; an image that is missing or broken.
    """
    table, columns = _table(path), options.columns
    folder = options.images or table.parent
    check_columns(columns)
    grouped, ids, faults = GroupedRows(), SourceIds(), Faults(skip=options.skip_bad)
    for row in read_rows(table, faults=faults):
        if not len(grouped):
            check_needed(row, columns, ("image", "question", "answer"))
        with faults.row():
            name = row.required("image", columns.get("image", ""))
            item, file = draft_item(row, columns, images=1), inside(folder, name, row.where, options.follow_links)
            ids.check(item.source_id, row.where, str(file), item.question, item.options, item.reference)
            if not frame_named(file)[0].exists():
                raise UserError(f"{row.where}: image {file} is missing; put it there or take the row out")
            grouped.add(str(file), [row.number, row.where, dict(row.values)])

    def bundles() -> Iterator[Bundle]:
        for stored in grouped:
            with faults.row(len(stored)):
                yield _bundle([Row(*r) for r in stored], table, folder, options)

    return settled(bundles(), faults)


def _bundle(rows: list[Row], table: Path, folder: Path, options: ReadOptions) -> Bundle:
    """The case of the rows on one image, with their questions."""
    columns = options.columns
    name = rows[0].required("image", columns.get("image", ""))
    file = inside(folder, name, rows[0].where, options.follow_links)
    image = take_image(file, name, rows[0].where)
    key = file.relative_to(inside(folder, "x", "").parent).as_posix()
    drafts = [draft_case(r, columns, table.stem, key, options.licence) for r in rows]
    return seal(one_case(drafts, rows[-1].where), [draft_item(r, columns) for r in rows], [image])


def _table(path: Path) -> Path:
    if not path.is_dir():
        if path.suffix == ".parquet":
            raise UserError(f"{path}: Parquet is read with --from hf-disk; its columns are the same")
        if path.suffix.lower() not in SUFFIXES:
            raise UserError(f"{path}: neither a folder nor a table ({', '.join(SUFFIXES)}); name one of them")
        return path
    tables = sorted(p for p in path.iterdir() if p.suffix.lower() in SUFFIXES)
    if len(tables) != 1:
        found = ", ".join(p.name for p in tables) or "none"
        raise UserError(
            f"{path}: one table ({', '.join(SUFFIXES)}) must be there, found: {found}; name the table itself"
        )
    return tables[0]
