"""The options of the commands as plain arguments: each finds its field in the dataclasses that a command is made of."""

from dataclasses import fields, is_dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

from auscult.errors import UserError
from auscult.runs.folder import Typed
from auscult.runs.judging_options import JudgingOptions, usual_protocol
from auscult.runs.rescoring import Readers

T = TypeVar("T")


def filled(*groups: Any, given: dict[str, Any]) -> tuple[Any, ...]:
    """The dataclasses with the given values in the fields of that name, those within their fields too.

    Raises:
        UserError: none of them has such a field.
    """
    left = dict(given)
    found = tuple(_with(group, left) for group in groups)
    if left:
        name, known = next(iter(left)), sorted({n for group in groups for n in _names(group)})
        near = get_close_matches(name, known, 1)
        raise UserError(f"no option '{name}'{f'; do you mean {near[0]}?' if near else ';'} known: {', '.join(known)}")
    return found


def _with(group: T, left: dict[str, Any]) -> T:
    """A field of the group's own before one of the same name further in: ``seed`` is that of the controls."""
    own = [f.name for f in fields(group)]  # type: ignore[arg-type]
    changed = {name: left.pop(name) for name in own if name in left}
    for name in (n for n in own if n not in changed):
        value = getattr(group, name)
        if is_dataclass(value) and (inner := _with(value, left)) is not value:
            changed[name] = inner
    return replace(group, **changed) if changed else group  # type: ignore[type-var]


def _names(group: Any) -> list[str]:
    inner = [n for f in fields(group) if is_dataclass(v := getattr(group, f.name)) for n in _names(v)]
    return [*(f.name for f in fields(group) if not is_dataclass(getattr(group, f.name))), *inner]


def path_of(given: Any, what: str) -> Path:
    """A path that a user gave.

    Raises:
        UserError: it is none.
    """
    if not isinstance(given, str | Path) or not str(given):
        raise UserError(f"{what} is a path, not {given!r}")
    return Path(given)


def called(function: str, *places: Any, **named: Any) -> Typed:
    """A call as a user writes it, for the manifest; what was not given is left out."""
    given = [repr(str(p) if isinstance(p, Path) else p) for p in places]
    kept = ((k, str(v) if isinstance(v, Path) else v) for k, v in named.items() if v not in ("", None, (), {}))
    return Typed(f"auscult.{function}({', '.join([*given, *(f'{k}={v!r}' for k, v in kept)])})")


def chosen(readers: Readers | None, scorers: str, judge: str) -> Readers:
    """What reads the answers, with the scorers and the judge that were named in a word."""
    readers = readers or Readers()
    if scorers:
        readers = replace(readers, scorers=tuple(name.strip() for name in scorers.split(",")))
    if judge:
        how = JudgingOptions(protocol=usual_protocol(judge))
        readers = replace(readers, judges=(*readers.judges, (judge, how)))
    return readers
