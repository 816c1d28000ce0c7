"""The options of the commands as plain arguments: each finds its field in the dataclasses that a command is made of."""

from collections.abc import Sequence
from dataclasses import fields, is_dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar, get_type_hints

from pydantic import TypeAdapter, ValidationError

from auscult.errors import UserError
from auscult.runs.folder import Typed
from auscult.runs.judging_options import JudgingOptions, usual_protocol
from auscult.runs.rescoring import Readers

T = TypeVar("T")
OWN_PARTS = "docs/how-to/add-a-part.md shows how a part of your own gets a name"


def filled(*groups: Any, given: dict[str, Any]) -> tuple[Any, ...]:
    """The dataclasses with the given values in the fields of that name, those within their fields too.

    Raises:
        UserError: none of them has such a field, a value is not of the field's type, or a group is no dataclass.
    """
    for group in groups:
        if not is_dataclass(group) or isinstance(group, type):
            raise UserError(f"settings are an object, as in settings=au.Settings(limit=20), not {brief(group)}")
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
    hints = get_type_hints(type(group))
    changed = {name: _of_type(name, hints[name], left.pop(name)) for name in own if name in left}
    for name in (n for n in own if n not in changed):
        value = getattr(group, name)
        if is_dataclass(value) and (inner := _with(value, left)) is not value:
            changed[name] = inner
    return replace(group, **changed) if changed else group  # type: ignore[type-var]


def _of_type(name: str, hint: Any, value: Any) -> Any:
    """A value as a field takes it: a text of digits is a number there, a list a tuple.

    Raises:
        UserError: it is something else.
    """
    try:
        return TypeAdapter(hint).validate_python(value)
    except ValidationError as error:
        why = str(error.errors()[0]["msg"]).removeprefix("Input ").split(", unable")[0]
        raise UserError(f"{name}: {brief(value)} {why}") from None


def brief(value: Any) -> str:
    """A value in a message: in one line, by its type where it is long."""
    text = repr(value)
    return text if len(text) <= 60 and "\n" not in text else f"a {type(value).__name__}"


def _names(group: Any) -> list[str]:
    inner = [n for f in fields(group) if is_dataclass(v := getattr(group, f.name)) for n in _names(v)]
    return [*(f.name for f in fields(group) if not is_dataclass(getattr(group, f.name))), *inner]


def path_of(given: Any, what: str) -> Path:
    """A path that a user gave.

    Raises:
        UserError: it is none.
    """
    if hasattr(given, "to_csv") or hasattr(given, "write_csv"):
        raise UserError(f"{what} is a path, not a {type(given).__name__}; write it to a CSV file and name that")
    if not isinstance(given, str | Path) or not str(given):
        raise UserError(f"{what} is a path, not {brief(given)}")
    return Path(given)


def called(function: str, *places: Any, **named: Any) -> Typed:
    """A call as a user writes it, for the manifest; what was not given is left out."""
    given = [repr(str(p) if isinstance(p, Path) else p) for p in places]
    kept = ((k, str(v) if isinstance(v, Path) else v) for k, v in named.items() if v not in ("", None, (), {}))
    return Typed(f"auscult.{function}({', '.join([*given, *(f'{k}={v!r}' for k, v in kept)])})")


def chosen(readers: Readers | None, scorers: str | Sequence[str], judge: str) -> Readers:
    """What reads the answers, with the scorers and the judge that were named in a word.

    Raises:
        UserError: scorers or judge are no names.
    """
    readers = readers or Readers()
    names = scorers.split(",") if isinstance(scorers, str) else scorers
    if not isinstance(names, Sequence) or any(not isinstance(name, str) for name in names):
        raise UserError(f"scorers are named by texts, as in 'default,rouge', not {brief(scorers)}; {OWN_PARTS}")
    if not isinstance(judge or "", str):
        raise UserError(f"a judge is named by a text, facts or KIND:REST, not {brief(judge)}; {OWN_PARTS}")
    if names and scorers:
        readers = replace(readers, scorers=tuple(name.strip() for name in names))
    if judge:
        how = JudgingOptions(protocol=usual_protocol(judge))
        readers = replace(readers, judges=(*readers.judges, (judge, how)))
    return readers
