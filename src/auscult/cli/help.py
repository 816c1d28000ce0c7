"""The help page of a command: what it does, examples, the everyday options; ``--help-all`` shows every one."""

import re
from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text
from typer.core import TyperCommand

from auscult.cli.config import option_name
from auscult.cli.options import EVERYDAY

FEW = 15
"""Options that a plain ``--help`` shows at most; commands with more show the everyday ones."""
WIDE = 110
CODES = (
    "Exit codes: 0 done, 2 bad input, 3 budget used up, 4 figures withheld, 130 interrupted; after 3, 4 and 130 the "
    "same command goes on."
)
ALL = "auscult.help-all"
"""Key of a context: whether every option is shown."""


class Command(TyperCommand):
    """A command that shows its options by panels, names whole and what each takes beside it."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Prints the help page."""
        console = Console()
        console.width = min(console.width, WIDE)
        options: list[Any] = [p for p in self.params if p.param_type_name == "option"]
        many = len(options) > FEW + 2 and not ctx.meta.get(ALL)  # beside --config and --help-all
        shown = [o for o in options if not many or o.required or option_name(o) in EVERYDAY]
        arguments: list[Any] = [p for p in self.params if p.param_type_name == "argument"]
        needed = [f"--{option_name(o)} {_kind(o)}" for o in options if o.required]
        words = [*(a.name.upper() for a in arguments), *needed, "[OPTIONS]"]
        console.print(Text(f"Usage: {ctx.command_path} {' '.join(words)}\n"))
        _tell(console, self.help or "")
        panels = {"Arguments": arguments} if arguments else {}
        for option in shown:
            panels.setdefault((not many and option.rich_help_panel) or "Options", []).append(option)
        for title, rows in panels.items():
            table = Table.grid(padding=(0, 2))
            table.add_column(no_wrap=True)
            table.add_column()
            for row in rows:
                table.add_row(_named(row), _told(row))
            console.print(Text(title, style="bold"))
            console.print(Padding(table, (0, 0, 1, 2), expand=False))
        if rest := len(options) - len(shown):
            console.print(Text(f"{rest} more options: {ctx.command_path} --help-all\n", style="bold"))
        console.print(CODES, style="dim", highlight=False)


def _tell(console: Console, text: str) -> None:
    """Paragraphs of a docstring; those under a heading are lines."""
    listed = False
    for paragraph in text.split("\n\n"):
        line = " ".join(paragraph.split())
        if headed := line.startswith("[bold]"):
            if listed:
                console.print()
            listed = True
        console.print(Padding(line, (0, 0, 0, 2), expand=False) if listed and not headed else line, highlight=False)
        if not listed:
            console.print()
    if listed:
        console.print()


def _kind(parameter: Any) -> str:
    """What an option takes, in a word: TEXT, PATH, INT, FLOAT."""
    names = re.findall(r"str|Path|int|float", str(parameter.type_descriptor.annotation))
    return parameter.metavar or {"str": "TEXT", "Path": "PATH"}.get(names[-1], names[-1].upper()) if names else ""


def _named(parameter: Any) -> Text:
    if parameter.param_type_name == "argument":
        return Text(parameter.name.upper(), style="cyan")
    flag = "--[no-]" if parameter.secondary_opts else "--"
    return Text.assemble((f"{flag}{option_name(parameter)}", "cyan"), (f" {_kind(parameter)}", "dim"))


def _told(parameter: Any) -> Text:
    more, default = [], parameter.default
    if parameter.required and parameter.param_type_name == "option":
        more.append("required")
    if isinstance(parameter.show_default, str):
        more.append(f"default: {parameter.show_default}")
    elif parameter.show_default and default not in (None, "", ()) and default is not False:
        more.append(f"default: {'yes' if default is True else default}")
    if parameter.envvar:
        more.append(f"or variable {parameter.envvar}")
    return Text.assemble(parameter.help or "", (f"  ({'; '.join(more)})" if more else "", "dim"))
