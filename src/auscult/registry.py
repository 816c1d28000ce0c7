"""Finds the parts of a room by name: one file a part, or an entry point of another package.

A room (``models``, ``corpora``, ``protocols``) holds one module a part; the part's name is the module's name with
``-`` for ``_``. Nothing is imported until it is asked for, so that start-up stays fast.
"""

import importlib
import pkgutil
from collections.abc import Collection
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


def _loaded(entry: EntryPoint, noun: str, own: Collection[str]) -> ModuleType:
    """A part of another package; one of ours it may not replace: a run would name the wrong one."""
    where = f"entry point '{entry.name} = {entry.value}' in {entry.group}"
    if entry.name in own:
        raise UserError(f"{where}: {noun} '{entry.name}' comes with auscult; give yours another name")
    try:
        part: ModuleType = entry.load()
    except Exception as error:  # whatever that package does wrong is not ours to show
        raise UserError(
            f"{where}: cannot be imported ({type(error).__name__}: {error}); mend or uninstall it"
        ) from error
    return part


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
        packages: the package whose public modules are the parts, for example ``auscult.corpora``, or several.
        noun: what a part is called in an error message.
        group: the entry-point group through which other packages add theirs.
        needs: the attribute that every part must have, or several of which it must have one.
        exclude: public modules of the package that are not parts.
    """

    def __init__(
        self,
        packages: str | tuple[str, ...],
        noun: str,
        group: str,
        needs: str | tuple[str, ...],
        exclude: frozenset[str] = frozenset(),
    ) -> None:
        self.packages = (packages,) if isinstance(packages, str) else packages
        self.needs = (needs,) if isinstance(needs, str) else needs
        self.noun, self.group, self.exclude = noun, group, exclude

    def _own(self) -> dict[str, str]:
        """Name of each part of this package → its module."""
        paths = [(package, importlib.import_module(package).__path__) for package in self.packages]
        modules = [(m.name, package) for package, path in paths for m in pkgutil.iter_modules(path)]
        return {
            n.replace("_", "-"): f"{package}.{n}"
            for n, package in modules
            if not n.startswith("_") and n not in self.exclude
        }

    def outside(self) -> frozenset[str]:
        """The names of the parts that other packages add."""
        return frozenset(_outside(self.group))

    def names(self) -> list[str]:
        """The names of all parts, without importing any."""
        return sorted(self._own().keys() | self.outside())

    def get(self, name: str) -> ModuleType:
        """Imports a part.

        Raises:
            UserError: no part has that name, or the one that has it lacks what the room needs; or another package's
                part cannot be imported, or takes a name that is ours.
        """
        outside, own = _outside(self.group), self._own()
        if name not in outside and name not in own:
            raise UserError(f"unknown {self.noun} '{name}'; known: {', '.join(self.names())}")
        part = _loaded(outside[name], self.noun, own) if name in outside else importlib.import_module(own[name])
        if not any(hasattr(part, needed) for needed in self.needs):
            needed = "' or '".join(self.needs)
            raise UserError(f"{self.noun} '{name}' ({part}) has no '{needed}'; it cannot be used as a {self.noun}")
        return part

    def named(self, text: str) -> Named:
        """Reads ``NAME`` or ``NAME:VALUE,FIELD=VALUE`` of a part whose ``needs`` is a dataclass with a ``version``.

        Raises:
            UserError: as ``get``; or an option is unknown, missing, or not of its type.
        """
        from pydantic import ConfigDict, ValidationError, create_model

        word, _, rest = text.strip().partition(":")
        cls = getattr(self.get(word), self.needs[0])
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
