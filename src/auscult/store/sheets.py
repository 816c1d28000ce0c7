"""Sheets of a spreadsheet (.xlsx, .xls, .ods) as rows: the values that the program stored, never a formula worked out.

A cell merged over several rows holds for each of them; lines above the header (a title) and blank rows are passed over.
"""

import datetime
import re
import zipfile
from collections.abc import Iterator
from io import BufferedReader
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from auscult.errors import UserError

SPREADSHEETS = (".xlsx", ".xlsm", ".xls", ".ods")
BLOCK = 4 * 2**20
LARGEST_SHEET = 512 * 2**20
"""Bytes of a spreadsheet, and four times as many of what is packed in it: more than any program's own limits give."""
_CELL = re.compile(rb"<c\s([^>]*?)(?:/>|>(.*?)</c>)", re.DOTALL)
_VALUE = re.compile(rb"<v>[^<]|<v [^>]*>[^<]|<is>")

Lines = Iterator[tuple[int, list[Any]]]


def sheet_of(path: Path, name: str = "") -> tuple[str, Lines]:
    """The sheet that holds the table, and its rows with their numbers as the program shows them; the header first.

    Args:
        path: the spreadsheet.
        name: of the sheet; empty: the only one that holds rows.

    Raises:
        UserError: it cannot be read, there is no such sheet, several hold rows, or a formula has no stored value.
    """
    import python_calamine as calamine

    if not path.exists():
        raise UserError(f"{path}: no such file; check the path")
    try:
        book = calamine.load_workbook(str(path))
        shown = [s.name for s in book.sheets_metadata if s.visible == calamine.SheetVisibleEnum.Visible]
        sheets = {n: book.get_sheet_by_name(n) for n in ([name] if name in book.sheet_names else shown)}
    except calamine.PasswordError:
        raise UserError(f"{path}: is protected by a password; save it without one") from None
    except (calamine.CalamineError, OSError) as error:
        raise UserError(f"{path}: cannot be read as a spreadsheet ({error}); save it anew, or as CSV") from None
    if name and name not in sheets:
        raise UserError(f"{path}: has no sheet '{name}'; there is: {', '.join(book.sheet_names)}")
    filled = [n for n, sheet in sheets.items() if sheet.height > 1]
    if len(filled) > 1:
        raise UserError(
            f"{path}: several sheets hold rows ({', '.join(filled)}); name one with --sheet, or save it as its own file"
        )
    if not filled:
        raise UserError(f"{path}: holds no rows; nothing to read")
    if path.suffix.lower() in (".xlsx", ".xlsm"):
        _refuse_unsaved_formulas(path, filled[0])
    return filled[0], _lines(sheets[filled[0]])


def refuse_bomb(raw: BufferedReader, path: Path) -> None:
    """Refuses a packed spreadsheet that unpacks to more than one can be, or to more than it says.

    Raises:
        UserError: that.
    """
    if not zipfile.is_zipfile(raw):
        return
    with zipfile.ZipFile(raw) as archive:
        size = sum(member.file_size for member in archive.infolist())
        if size > 4 * LARGEST_SHEET:
            raise UserError(f"{path}: unpacks to {size:,} bytes, which is no table; save it anew, or as CSV")
        if (broken := archive.testzip()) is not None:
            raise UserError(f"{path}: its part {broken!r} is broken; save it anew, or as CSV")


def _lines(sheet: Any) -> Lines:
    """Rows from the header on, each as wide as the sheet; blank ones left out."""
    left, held, header = sheet.start[1], dict[int, tuple[int, Any]](), False
    spans = {(top, column - left): bottom for (top, column), (bottom, _) in sheet.merged_cell_ranges or ()}
    for number, cells in enumerate(sheet.iter_rows()):
        for column, cell in enumerate(cells):
            if (bottom := spans.get((number, column), 0)) > number:
                held[column] = (bottom, cell)
            elif column in held and number <= held[column][0]:
                cells[column] = held[column][1]
        filled = sum(cell != "" for cell in cells)
        header = header or filled > 1
        if header and filled:
            yield number + 1, [_plain(cell) for cell in cells]


def _plain(cell: Any) -> Any:
    """A cell as other tables hold it: dates and times as text."""
    if isinstance(cell, datetime.datetime) and cell.time() == datetime.time():
        return cell.date().isoformat()
    if isinstance(cell, datetime.date | datetime.time):
        return cell.isoformat()
    return str(cell) if isinstance(cell, datetime.timedelta) else cell


def _refuse_unsaved_formulas(path: Path, sheet: str) -> None:
    """Refuses a formula that no program has worked out: its cell would look empty.

    Raises:
        UserError: naming the first.
    """
    with zipfile.ZipFile(path) as archive, archive.open(_part_of(archive, sheet)) as file:
        rest = b""
        while block := file.read(BLOCK):
            rest += block
            for attributes, inner in _CELL.findall(rest) if b"<f" in rest else ():
                if b"<f" in inner and b't="str"' not in attributes and not _VALUE.search(inner):
                    place = re.search(rb'\br="([A-Z]+\d+)"', attributes)
                    cell = place[1].decode() if place else "one"
                    raise UserError(
                        f"{path}, sheet '{sheet}', cell {cell}: a formula without a stored value; open the file in a "
                        "spreadsheet program, save it, and try again"
                    )
            rest = rest[max(rest.rfind(b"</c>"), rest.rfind(b"/>"), 0) :]


def _part_of(archive: zipfile.ZipFile, sheet: str) -> str:
    """Where in the file a sheet lies."""
    book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
    links = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    targets = {link.get("Id"): str(link.get("Target")) for link in links}
    for node in book.iter():
        if node.tag.endswith("}sheet") and node.get("name") == sheet:
            key = next((value for name, value in node.attrib.items() if name.endswith("}id")), "")
            target = targets.get(key, "")
            return target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    raise UserError(f"{archive.filename}: its sheets cannot be found; save it anew, or as CSV")
