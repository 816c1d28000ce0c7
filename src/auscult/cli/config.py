"""Options in a TOML file: ``--config run.toml`` in, ``config.toml`` of a run out. Keys are the options' names."""

import json
import tomllib
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from auscult import __version__
from auscult.errors import UserError

NEVER = frozenset({"config", "help-all", "help"})
"""Options of the command line alone."""


def option_name(parameter: Any) -> str:
    """What a parameter of a command is called in a file: its long option without dashes, or the argument's name."""
    longest = max(parameter.opts, key=len)
    return str(longest).lstrip("-").replace("_", "-")


def read_config(path: Path, ctx: Any) -> dict[str, Any]:
    """The values that a file gives for a command's options, by parameter.

    A table stands for a group: ``[budget]`` with ``cost = 5`` is ``budget-cost = 5``, ``[judge]`` with ``model = ...``
    is ``judge = ...``, and ``[map]`` holds what ``--map`` takes.

    Raises:
        UserError: the file is not there or no TOML, or a key is no option of the command.
    """
    try:
        document = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise UserError(f"{path}: cannot be read ({error.strerror}); name a TOML file with --config") from None
    except ValueError as error:  # what is no TOML, or no UTF-8
        raise UserError(f"{path}: is no TOML file: {error}") from None
    known = {option_name(p): p for p in ctx.command.params if option_name(p) not in NEVER}
    values = {}
    for key, value in _flat(document, known):
        if key not in known:
            near = get_close_matches(key, known, 1)
            hint = f"; did you mean '{near[0]}'?" if near else f"; {ctx.command_path} --help-all lists the options"
            raise UserError(f"{path}: {ctx.command_path} has no option '{key}'{hint}")
        if isinstance(value, list) and not (known[key].nargs == -1 or getattr(known[key], "multiple", False)):
            value = ",".join(str(part) for part in value)
        values[known[key].name] = value
    return values


def _flat(document: Mapping[str, Any], known: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, value in document.items():
        if not isinstance(value, dict):
            yield key, value
        elif getattr(known.get(key), "multiple", False):
            yield key, [f"{field}={column}" for field, column in value.items()]
        else:
            for name, inner in value.items():
                joined = f"{key}-{name}"
                yield key if name == "model" and joined not in known else joined, inner


def as_toml(ctx: Any) -> str:
    """Every option of a command with its value, as a file that ``--config`` takes."""
    lines = [
        f"# {ctx.command_path}, auscult {__version__}; give it again with: {ctx.command_path} --config config.toml",
        f"# Paths are relative to {Path.cwd()}",
    ]
    for parameter in ctx.command.params:
        value = ctx.params.get(parameter.name)
        if option_name(parameter) in NEVER or value is None or value == "" or value == ():
            continue
        lines.append(f"{option_name(parameter)} = {json.dumps(value, default=str, ensure_ascii=False)}")
    return "\n".join([*lines, ""])
