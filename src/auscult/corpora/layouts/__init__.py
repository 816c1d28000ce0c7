"""How evaluation suites write down answers: one TOML file a layout, which says where each field stands.

``needs`` are the columns by which a file is known (``a|b``: one of them). Every other list names where a field stands,
the first that holds something counting: a column, or a dotted path into it (``resps.0.0``). Where a layout does not
name a field, it stands in the column of its name. ``letters`` are columns that hold an option each; ``signs`` tell
files apart whose ids repeat, by a word in their names; ``written`` are answers that no model gave; ``own`` is this
package's layout, which others come before.
"""

import dataclasses
import re
import tomllib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from auscult.errors import UserError
from auscult.store.cells import as_text
from auscult.store.rows import NOTHING, Row, read_rows

_LETTERED = re.compile(r"^\(?[A-J][).:]\s+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How one suite writes answers down; see the module's docstring.

    Attributes:
        fields: our field (id, question, answer, reference, options, image, ...) → where it stands.
    """

    name: str
    needs: Sequence[str]
    fields: Mapping[str, Sequence[str]]
    letters: Sequence[str] = ()
    signs: Mapping[str, str] = field(default_factory=dict)
    written: bool = False
    own: bool = False

    def knows(self, columns: Collection[str]) -> bool:
        """Whether a file with these columns is written so."""
        return all(any(name in columns for name in need.split("|")) for need in self.needs)

    def text(self, row: Row, name: str) -> str:
        """The text of a field; empty where there is none."""
        places = (*self.fields.get(name, ()), *(() if name in ("question", "answer") else (name,)))
        return next((text.strip() for place in places if (text := as_text(row.value(place)) or "").strip()), "")

    def answer(self, row: Row) -> str:
        """The answer as it stands, white space and all."""
        value = next((v for place in self.fields["answer"] if (v := row.value(place)) is not None), None)
        return as_text(value) or ""

    def options(self, row: Row) -> tuple[str, ...]:
        """The options, without letters of their own; none where there are none.

        A text that names them is parted at ``|``.

        Raises:
            UserError: a text in this package's layout names one alone.
        """
        lettered = [as_text(row.value(letter)) or "" for letter in self.letters]
        if self.letters:
            return tuple(o.strip() for o in lettered if o.strip() and o.strip().casefold() not in NOTHING)
        for place in (*self.fields.get("options", ()), "options"):
            value = row.value(place)
            if isinstance(value, str):
                parts = [o.strip() for o in value.split("|") if o.strip()]
                if len(parts) == 1 and self.own:
                    raise UserError(f"{row.where}: options {value[:40]!r} name one; give a list, or 'one|other'")
                value = parts if len(parts) > 1 else []
            value = list(value.values()) if isinstance(value, Mapping) else value
            if isinstance(value, list) and value:
                return tuple(_LETTERED.sub("", (as_text(o) or "").strip()) for o in value)
        return ()

    def sign(self, path: Path, columns: Collection[str]) -> str:
        """What stands before the ids of a file: of one that has columns of this layout alone, and a word in its name.

        Empty where the name says nothing or several things.
        """
        known = {place for places in self.fields.values() for place in places}
        own = {*self.fields.get("id", ()), *self.fields.get("image", ())}
        return self.named(path) if own < set(columns) <= known else ""

    def named(self, path: Path) -> str:
        """The sign that the name of a file says; empty where it says none or several."""
        said = {sign for word, sign in self.signs.items() if word in path.name.casefold()}
        return said.pop() if len(said) == 1 else ""


@cache
def layouts() -> tuple[Layout, ...]:
    """All layouts; those that ask for more columns come first."""
    tables = [tomllib.loads(f.read_text("utf-8")) for f in files(__name__).iterdir() if f.name.endswith(".toml")]
    return tuple(sorted(map(_layout, tables), key=lambda one: (one.own, -len(one.needs), one.name)))


def _layout(table: dict[str, Any]) -> Layout:
    about = {one.name: table.pop(one.name) for one in dataclasses.fields(Layout) if one.name in table}
    return Layout(**about, fields=table)


def layout_of(columns: Collection[str]) -> Layout | None:
    """The layout of a file with these columns, or None."""
    return next((layout for layout in layouts() if layout.knows(columns)), None)


def layout(name: str) -> Layout:
    """The layout of a name."""
    return next(one for one in layouts() if one.name == name)


def sign_of(path: Path, columns: Collection[str]) -> str:
    """What stands before the ids of a file whose layout parts them between files; empty where they stand alone."""
    return next((sign for one in layouts() if (sign := one.sign(path, columns))), "")


def signed_files(folder: Path, column: str) -> list[Path]:
    """The files of a folder whose ids need a sign and that have a column: one a sign, in their order.

    Raises:
        UserError: there is none, or two have one sign.
    """
    found: dict[str, Path] = {}
    for path in sorted(folder.glob("*.jsonl")):
        columns = next(read_rows(path)).values if any(one.named(path) for one in layouts()) else {}
        if column in columns and (sign := sign_of(path, columns)):
            other = found.setdefault(sign, path)
            if other != path:
                raise UserError(f"{folder}: {other.name} and {path.name} both hold answers; name one of them")
    if not found:
        parted = ", ".join(f"{one.name} ({' or '.join(one.signs)} in its name)" for one in layouts() if one.signs)
        raise UserError(
            f"{folder}: is a folder; name a file of recorded answers (CSV, JSON Lines or Parquet, one row an answer), "
            f"or a folder that holds {parted} with the column '{column}'"
        )
    return [found[sign] for sign in sorted(found)]
