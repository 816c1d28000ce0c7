"""Options in a TOML file: ``--config run.toml`` in, ``config.toml`` of a run out. Keys are the options' names."""

import json
import re
import shlex
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from auscult import __version__
from auscult.errors import UserError
from auscult.store.given import TOML_MOST, boundary, parsed_toml, read_given

NEVER = frozenset({"config", "help-all", "help", "json", "quiet", "verbose"})
"""Options of the command line alone."""
_MADE_IN = "# Paths are relative to "
_READ = "auscult.config"
"""Key of a context: the file of options that was read, and its texts."""
_TYPES: Mapping[str, tuple[str, tuple[type, ...]]] = {
    "": ("true or false", (bool,)),
    "INT": ("a whole number", (int,)),
    "FLOAT": ("a number", (int, float)),
}


def option_name(parameter: Any) -> str:
    """What a parameter of a command is called in a file: its long option without dashes, or the argument's name."""
    longest = max(parameter.opts, key=len)
    return str(longest).lstrip("-").replace("_", "-")


def kind_of(parameter: Any) -> str:
    """What an option takes, in a word: TEXT, PATH, INT, FLOAT; nothing where it is a switch."""
    names = re.findall(r"str|Path|int|float", str(parameter.type_descriptor.annotation))
    return parameter.metavar or {"str": "TEXT", "Path": "PATH"}.get(names[-1], names[-1].upper()) if names else ""


def read_config(path: Path, ctx: Any) -> dict[str, Any]:
    """The values that a file gives for a command's options, by parameter.

    A table stands for a group: ``[budget]`` with ``cost = 5`` is ``budget-cost = 5``, ``[judge]`` with ``model = ...``
    is ``judge = ...``, and ``[map]`` holds what ``--map`` takes.

    Raises:
        UserError: the file is not there or no TOML, or a key is no option of the command, or a value of another type.
    """
    raw = read_given(path, TOML_MOST)
    with boundary(path, "mend it; a name may stand there once, as a value or as a table", "is no TOML file"):
        text = raw.decode("utf-8")
        document = parsed_toml(raw)
    known = {option_name(p): p for p in ctx.command.params if option_name(p) not in NEVER}
    values: dict[str, Any] = {}
    for key, value in _flat(document, known):
        if key not in known:
            raise UserError(f"{path}: {ctx.command_path} has no option '{key}'{_hint(key, document, known, ctx)}")
        if known[key].name in values:
            raise UserError(f"{path}: option '{key}' is given twice, by its name and in a table; leave one out")
        values[known[key].name] = _typed(value, known[key], f"{path}: {key}")
    texts = [str(part) for value in values.values() for part in (value if isinstance(value, list) else [value])]
    ctx.meta[_READ] = path, text, texts
    return values


def _flat(document: Mapping[str, Any], known: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, value in document.items():
        if not isinstance(value, dict):
            yield key, value
        elif _several(known.get(key)):
            yield key, [f"{field}={column}" for field, column in value.items()]
        else:
            for name, inner in value.items():
                joined = f"{key}-{name}"
                yield key if name == "model" and joined not in known else joined, inner


def _several(parameter: Any) -> bool:
    return parameter is not None and (parameter.nargs == -1 or getattr(parameter, "multiple", False))


def _hint(key: str, document: Mapping[str, Any], known: Mapping[str, Any], ctx: Any) -> str:
    """What may be meant by a name that is no option, and why it is called so where it comes from a table."""
    table = next((t for t, inner in document.items() if isinstance(inner, dict) and key.startswith(f"{t}-")), None)
    inner = key.removeprefix(f"{table}-")
    near = [inner] if table and inner in known else get_close_matches(key, known, 1)
    said = f"; [{table}] {inner} is {table}-{inner}: a table joins its name by a dash" if table else ""
    return f"{said}; did you mean '{near[0]}'?" if near else f"{said}; {ctx.command_path} --help-all lists the options"


def _typed(value: Any, parameter: Any, where: str) -> Any:
    """A value of a file as Typer takes it.

    Raises:
        UserError: it is of another type than the option; nothing is guessed.
    """
    several, listed, kind = _several(parameter), isinstance(value, list), kind_of(parameter)
    what, types = _TYPES.get(kind, ("a text in quotes", (str,)))
    joined = kind == "TEXT" and not several
    if several and not listed:
        raise UserError(f"{where}: takes a list, as in {option_name(parameter)} = [{_shown(value)}]")
    parts = value if listed and (several or joined) else [value]
    for part in parts:
        if not isinstance(part, types) or (isinstance(part, bool) and bool not in types):
            raise UserError(f"{where}: takes {what}, not {_shown(part)}")
    return ",".join(parts) if listed and joined else value


def _shown(value: Any) -> str:
    return json.dumps(value, default=str, ensure_ascii=False)


@contextmanager
def paths_explained(ctx: Any) -> Iterator[None]:
    """Adds to an error about a path of the file of options what such paths are relative to."""
    try:
        yield
    except UserError as error:
        path, text, texts = ctx.meta.get(_READ, (None, "", ()))
        ends = {part for given in texts for part in (given, re.split("[:=]", given, maxsplit=1)[-1]) if part}
        if any(e in str(error) and not Path(e).is_absolute() and not Path(e).exists() for e in ends):
            made = next((line.removeprefix(_MADE_IN) for line in text.splitlines() if line.startswith(_MADE_IN)), "")
            where = f"{made}, where it was made: go there" if made else "the folder where auscult runs"
            error.args = (f"{error.args[0]}; paths in {path} are relative to {where}",)
        raise


def as_toml(ctx: Any) -> str:
    """Every option of a command with its value, but where to write, as a file that ``--config`` takes."""
    own = shlex.quote(str(Path(ctx.params.get("out") or "") / "config.toml"))
    lines = [
        f"# {ctx.command_path}, auscult {__version__}; again, into another folder:",
        f"# {ctx.command_path} --config {own} --out NEW",
        f"{_MADE_IN}{Path.cwd()}",
    ]
    for parameter in ctx.command.params:
        value = ctx.params.get(parameter.name)
        if option_name(parameter) in {*NEVER, "out"} or value is None or value == "" or value == ():
            continue
        lines.append(f"{option_name(parameter)} = {_shown(value)}")
    return "\n".join([*lines, ""])
