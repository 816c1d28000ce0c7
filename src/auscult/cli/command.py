"""A command is a function: its dataclasses are unfolded into options, one a field, and it gets them filled.

Typer stays the parser: this module makes the signature that it reads. Libraries that unfold dataclasses themselves
(cyclopts) want names, prefixes and what is left out declared in the dataclass, whose room knows no command line.
"""

import inspect
import math
import re
import shlex
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Annotated, Any, get_args, get_origin, get_type_hints

import typer

from auscult import offline
from auscult.cli.config import as_toml, paths_explained, read_config
from auscult.cli.help import ALL, EVERYWHERE
from auscult.cli.options import FLAGS, INNER, Flag, Group
from auscult.errors import UserError
from auscult.runs.folder import Typed

_TOLD = re.compile(r"^ {4}(\w+): (.+(?:\n {8}.+)*)", re.MULTILINE)


def _show_all(ctx: typer.Context, value: bool) -> None:
    if value:
        ctx.meta[ALL] = True
        ctx.get_help()
        raise typer.Exit


def _take_config(ctx: typer.Context, value: Path | None) -> None:
    if value:
        ctx.default_map = read_config(value, ctx)


def _everywhere(
    config: Annotated[
        Path | None,
        typer.Option(
            callback=_take_config,
            is_eager=True,
            help="TOML file of options by their names here; a table joins its name by a dash ([budget] calls is "
            "budget-calls). What is typed wins.",
            rich_help_panel=EVERYWHERE,
        ),
    ] = None,
    help_all: Annotated[
        bool,
        typer.Option(
            "--help-all", callback=_show_all, is_eager=True, help="Show every option.", rich_help_panel=EVERYWHERE
        ),
    ] = False,
) -> None:
    """Options that every command has."""


def command(function: Callable[..., None]) -> Callable[..., None]:
    """What Typer is given for a command's function: parameters and the fields of ``Group`` parameters are its options.

    Groups of one command that come to the same name share that option. A parameter of type ``Typed`` is filled with
    what was typed.
    """
    hints = get_type_hints(function, include_extras=True)
    groups: dict[str, tuple[Any, Group]] = {}
    typed, options = "", dict[str, inspect.Parameter]()
    for name, parameter in inspect.signature(function).parameters.items():
        kind, *marks = get_args(hints[name]) or [hints[name]]
        if marks and isinstance(marks[0], Group):
            groups[name] = (kind() if parameter.default is parameter.empty else parameter.default, marks[0])
            for option in _unfolded(*groups[name]):
                options.setdefault(option.name, option)
        elif kind is Typed:
            typed = name
        else:
            options[name] = parameter.replace(annotation=hints[name])
    options |= inspect.signature(_everywhere).parameters

    def run(ctx: typer.Context, **values: Any) -> None:
        for name, value in values.items():
            if isinstance(value, float) and not math.isfinite(value):
                raise UserError(f"--{name.replace('_', '-')} takes a finite number, not {value}")
        given = {name: values[name] for name in hints if name in values}
        given |= {name: _filled(start, group, values) for name, (start, group) in groups.items()}
        if typed:
            given[typed] = Typed(shlex.join(["auscult", *sys.argv[1:]]), as_toml(ctx))
        with paths_explained(ctx), offline.enforced() if values.get("offline") else nullcontext():
            function(**given)

    context = inspect.Parameter("ctx", inspect.Parameter.KEYWORD_ONLY, annotation=typer.Context)
    signature = [context, *(option.replace(kind=option.KEYWORD_ONLY) for option in options.values())]
    run.__signature__ = inspect.Signature(signature)  # type: ignore[attr-defined]
    run.__annotations__ = {option.name: option.annotation for option in signature}
    run.__doc__, run.__name__ = function.__doc__, function.__name__
    return run


def _fields(start: Any, group: Group) -> Iterator[tuple[str, Any, Flag]]:
    """The fields of a dataclass that are options: name, type with its bounds, flag."""
    hints = get_type_hints(type(start), include_extras=True)
    for field in fields(start):
        key = _key(start, field.name)
        flag = None if key in group.without else FLAGS.get(f"{group.prefix} {key}", FLAGS.get(key, Flag()))
        if flag:
            yield field.name, hints[field.name], flag


def _key(start: Any, field: str) -> str:
    return f"{type(start).__name__}.{field}"


def _name(field: str, flag: Flag, group: Group) -> str:
    name = flag.name or field.replace("_", "-")
    return f"{group.prefix}-{name}" if group.prefix and not flag.shared else name


def _unfolded(start: Any, group: Group) -> Iterator[inspect.Parameter]:
    """One option a field, nested dataclasses' too, with the defaults of ``start``."""
    docs = [inspect.getdoc(kind) or "" for kind in reversed(type(start).__mro__) if is_dataclass(kind)]
    lines = "\n".join(docs).replace("``", "")
    told = {name: " ".join(text.split()) for name, text in _TOLD.findall(lines)}
    for field, kind, flag in _fields(start, group):
        default = getattr(start, field)
        if is_dataclass(default):
            yield from _unfolded(default, INNER.get(_key(start, field), group))
            continue
        name, text = _name(field, flag, group), told.get(field, "")
        kind, *bounds = get_args(kind) if get_origin(kind) is Annotated else [kind]
        switch = f"--{name}/--no-{name}" if kind in (bool, bool | None) and not flag.switch else f"--{name}"
        info = typer.Option(
            *filter(None, (switch, flag.short)),
            help=text[:1].upper() + text[1:],
            min=bounds[0].least if bounds else None,
            max=bounds[0].most if bounds else None,
            envvar=flag.variable,
            rich_help_panel=flag.panel or group.panel,
            show_default=default not in ("", None, ()),
        )
        several = get_origin(kind)
        if several is tuple:
            kind, default = list[get_args(kind)[0]] | None, list(default) or None  # type: ignore[misc]
        elif several in (dict, Mapping):
            kind, default = list[str] | None, None
        if flag.required:
            default = inspect.Parameter.empty
        parameter, where = name.replace("-", "_"), inspect.Parameter.KEYWORD_ONLY
        yield inspect.Parameter(parameter, where, default=default, annotation=Annotated[kind, info])


def _filled(start: Any, group: Group, values: Mapping[str, Any]) -> Any:
    """The dataclass, with what was given for its options."""
    found = {}
    for field, kind, flag in _fields(start, group):
        if is_dataclass(default := getattr(start, field)):
            found[field] = _filled(default, INNER.get(_key(start, field), group), values)
            continue
        name = _name(field, flag, group)
        value = values[name.replace("-", "_")]
        several = get_origin(kind)
        if several is tuple:
            value = tuple(value or ())
        elif several in (dict, Mapping):
            value = pairs(value or (), f"--{name}")
        found[field] = value
    return replace(start, **found)


def pairs(values: Sequence[str], option: str) -> dict[str, str]:
    """``["text=answer"]`` → ``{"text": "answer"}``.

    Raises:
        UserError: a value is not FIELD=COLUMN.
    """
    found = {}
    for value in values:
        field, equals, column = value.partition("=")
        if not (field and equals and column):
            raise UserError(f"{option} takes FIELD=COLUMN, for example {option} text=model_answer, not '{value}'")
        found[field] = column
    return found


def listed(text: str, option: str) -> tuple[str, ...]:
    """``"a, b"`` → ``("a", "b")``; nothing where the text is empty.

    Raises:
        UserError: a part is empty.
    """
    parts = tuple(part.strip() for part in text.split(",")) if text else ()
    if not all(parts):
        raise UserError(f"{option}: a name is empty in '{text}'; write names with commas between")
    return parts
