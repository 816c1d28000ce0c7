"""Finds the parts of a room by name: one file a part, or an entry point of another package.

A room (``models``, ``corpora``, ``protocols``) holds one module a part; the part's name is the module's name with
``-`` for ``_``. Nothing is imported until it is asked for, so that start-up stays fast.
"""

import importlib
import pkgutil
from collections.abc import Callable, Collection
from dataclasses import MISSING, dataclass, fields
from functools import cache, cached_property
from importlib.metadata import EntryPoint, entry_points
from types import ModuleType
from typing import Any, get_args, get_type_hints

from auscult.errors import UserError, known_names


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

    @cached_property
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
        """The names of the parts that other packages add; one that takes a name of ours adds none."""
        return frozenset(_outside(self.group).keys() - self._own.keys())

    def names(self) -> list[str]:
        """The names of all parts, without importing any."""
        return sorted(self._own.keys() | self.outside())

    def get(self, name: str) -> ModuleType:
        """Imports a part.

        Raises:
            UserError: no part has that name, or the one that has it lacks what the room needs; or another package's
                part cannot be imported, or takes a name that is ours.
        """
        outside, own = _outside(self.group), self._own
        if name not in outside and name not in own:
            raise UserError(f"unknown {self.noun} '{name}'; {known_names(name, self.names())}")
        part = _loaded(outside[name], self.noun, own) if name in outside else importlib.import_module(own[name])
        if not any(hasattr(part, needed) for needed in self.needs):
            needed = "' or '".join(self.needs)
            raise UserError(f"{self.noun} '{name}' ({part}) has no '{needed}'; it cannot be used as a {self.noun}")
        return part

    def made(self, name: str, form: Any, make: Callable[[], Any]) -> Any:
        """What a part makes; of another package's it is checked whether it can be used.

        Args:
            name: of the part.
            form: what is to be made: a class, or a ``typing.Protocol`` whose members it must have.
            make: makes it.

        Raises:
            UserError: another package's part fails in its own way, or makes something of another form.
        """
        if name not in self.outside():
            return make()
        where = f"{self.noun} '{name}' ({_outside(self.group)[name].value})"
        try:
            thing = make()
        except UserError:
            raise
        except Exception as error:  # whatever that package does wrong is not ours to show
            raise UserError(f"{where}: cannot be made ({type(error).__name__}: {error}); mend it") from error
        if getattr(form, "_is_protocol", False):
            lacks = lacking(thing, form)
            fits, why = not lacks, f" (it has no {' and no '.join(lacks)})"
        else:
            fits, why = isinstance(thing, form), ""
        if not fits:
            raise UserError(f"{where}: '{type(thing).__name__}' is no {_called(form)}{why}; mend it")
        return thing

    def named(self, text: str, form: type[Any]) -> Named:
        """Reads ``NAME`` or ``NAME:VALUE,FIELD=VALUE`` of a part whose ``needs`` is a dataclass with a ``version``.

        Args:
            text: what the user wrote.
            form: the class that the part's is derived from.

        Raises:
            UserError: as ``get``; or an option is unknown, missing, or not of its type; or the part has another form.
        """
        from pydantic import ValidationError, create_model

        word, _, rest = text.strip().partition(":")
        cls = getattr(self.get(word), self.needs[0])
        if not (isinstance(cls, type) and issubclass(cls, form) and hasattr(cls, "version")):
            raise UserError(f"{self.noun} '{word}': its {self.needs[0]} is no {_called(form)} with a version; mend it")
        if undefined := ", ".join(sorted(getattr(cls, "__abstractmethods__", ()))):
            raise UserError(f"{self.noun} '{word}': its {self.needs[0]} lacks {undefined}; mend it")
        hints = get_type_hints(cls, include_extras=True)
        known = {f.name: ... if f.default is MISSING else f.default for f in fields(cls) if not f.kw_only}

        def refused(why: str) -> UserError:
            pieces = [(f"{',' if n else ':'}{name}", known[name] is ...) for n, name in enumerate(known)]
            usual = "".join(piece if needed else f"[{piece}]" for piece, needed in pieces)
            return UserError(f"{self.noun} '{text}': {why}; write {word}{usual}")

        names, given = iter(known), dict[str, str]()
        for piece in rest.split(",") if rest else ():
            key, equals, value = piece.partition("=")
            key, value = (key.strip(), value) if equals else (next(names, ""), piece)
            if key not in known:
                raise refused(f"{word} has no option '{key}'" if equals else f"'{piece}' is one value too many")
            if key in given:
                raise refused(f"{key} is given twice")
            given[key] = value
        options: dict[str, Any] = {name: (hints[name], default) for name, default in known.items()}
        try:
            values = create_model(word, **options)(**given).model_dump()
        except ValidationError as error:
            first = error.errors()[0]
            key, what = str(first["loc"][0]), str(first["msg"]).removeprefix("Input ").split(", unable")[0]
            raise refused(f"{key} is missing" if key not in given else f"{key}: '{given[key]}' {what}") from None
        said = list(values.items())
        while said and said[-1][1] == known[said[-1][0]]:
            said.pop()
        shown = ",".join(str(value) for _, value in said)
        return Named(cls, values, f"{word}{':' * bool(shown)}{shown}@{cls.version}")


def lacking(thing: object, form: Any) -> list[str]:
    """The members of a ``typing.Protocol`` that a thing has not."""
    members = [*form.__annotations__, *(n for n in vars(form) if not n.startswith("_"))]
    return [n for n in dict.fromkeys(members) if not hasattr(thing, n)]


def _called(form: Any) -> str:
    return " or ".join(f"{one.__module__}.{one.__name__}" for one in get_args(form) or (form,))
