"""Finds the parts of a room by name: one file a part, or an entry point of another package.

A room (``models``, ``corpora``, ``scoring``) holds one module a part; the part's name is the module's name with
``-`` for ``_``. Nothing is imported until it is asked for, so that start-up stays fast.
"""

import importlib
import pkgutil
from dataclasses import MISSING, dataclass, fields
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from types import ModuleType
from typing import Any, get_type_hints

from auscult.errors import UserError


@cache
def _outside(group: str) -> dict[str, EntryPoint]:
    """The parts that other packages add to a room."""
    return {e.name: e for e in entry_points(group=group)}


@dataclass(frozen=True)
class Named:
    """A part that is a dataclass, as a user named it.

    Attributes:
        cls: the class.
        options: values of those of its fields that are not keyword-only.
        name: of the part, with options that are not the usual ones, and its version: ``few-shot:3@1``.
    """

    cls: Any
    options: dict[str, Any]
    name: str


class Room:
    """The parts of one room.

    Args:
        package: the package whose public modules are the parts, for example ``auscult.corpora``.
        noun: what a part is called in an error message.
        group: the entry-point group through which other packages add theirs.
        needs: the attribute that every part must have.
        exclude: public modules of the package that are not parts.
    """

    def __init__(self, package: str, noun: str, group: str, needs: str, exclude: frozenset[str] = frozenset()) -> None:
        self.package, self.noun, self.group, self.needs, self.exclude = package, noun, group, needs, exclude

    def names(self) -> list[str]:
        """The names of all parts, without importing any."""
        path = importlib.import_module(self.package).__path__
        own = (m.name for m in pkgutil.iter_modules(path))
        found = {n.replace("_", "-") for n in own if not n.startswith("_") and n not in self.exclude}
        return sorted(found | set(_outside(self.group)))

    def get(self, name: str) -> ModuleType:
        """Imports a part.

        Raises:
            UserError: no part has that name, or the one that has it lacks what the room needs.
        """
        outside = _outside(self.group)
        if name in outside:
            part: ModuleType = outside[name].load()
        elif name in self.names():
            part = importlib.import_module(f"{self.package}.{name.replace('-', '_')}")
        else:
            raise UserError(f"unknown {self.noun} '{name}'; known: {', '.join(self.names())}")
        if not hasattr(part, self.needs):
            raise UserError(f"{self.noun} '{name}' ({part}) has no '{self.needs}'; it cannot be used as a {self.noun}")
        return part

    def named(self, text: str) -> Named:
        """Reads ``NAME`` or ``NAME:VALUE,FIELD=VALUE`` of a part whose ``needs`` is a dataclass with a ``version``.

        Raises:
            UserError: as ``get``; or an option is unknown, missing, or not of its type.
        """
        from pydantic import ConfigDict, ValidationError, create_model

        word, _, rest = text.strip().partition(":")
        cls = getattr(self.get(word), self.needs)
        hints = get_type_hints(cls, include_extras=True)
        known = {f.name: ... if f.default is MISSING else f.default for f in fields(cls) if not f.kw_only}
        names, given = iter(known), dict[str, str]()
        for piece in rest.split(",") if rest else ():
            key, equals, value = piece.partition("=")
            given[key if equals else next(names, piece)] = value if equals else piece
        options: dict[str, Any] = {name: (hints[name], default) for name, default in known.items()}
        try:
            values = create_model(word, __config__=ConfigDict(extra="forbid"), **options)(**given).model_dump()
        except ValidationError as error:
            first = error.errors()[0]
            what, form = str(first["msg"]), f"{word}:{','.join(known)}" if known else word
            raise UserError(
                f"{self.noun} '{text}': {first['loc'][0]}: {what[:1].lower()}{what[1:]}; write {form}"
            ) from None
        said = list(values.items())
        while said and said[-1][1] == known[said[-1][0]]:
            said.pop()
        shown = ",".join(str(value) for _, value in said)
        return Named(cls, values, f"{word}{':' * bool(shown)}{shown}@{cls.version}")
