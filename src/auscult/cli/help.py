"""The help page of a command: what it does, examples, the everyday options; ``--help-all`` shows every one."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text
from typer.core import TyperCommand, TyperGroup

from auscult.cli.config import NEVER, kind_of, option_name
from auscult.cli.options import EVERYDAY, OWN_EVERYDAY
from auscult.errors import UserError
from auscult.records import Bounds

FEW = 15
"""Options that a plain ``--help`` shows at most; commands with more show the everyday ones."""
WIDE, LEAST = 110, 20
"""Most columns of a page, and fewest that explanations get."""
NO_NUMBER = frozenset({"nan", "+nan", "-nan", "inf", "+inf", "-inf", "infinity", "+infinity", "-infinity"})
"""What Python reads as a number and nobody can mean."""
EVERYWHERE = "In every command"
"""Title above the options that every command has."""
WITHHELD = "figures withheld, because answers or verdicts are missing"
OWN_CODES: Mapping[str, Mapping[int, str]] = {
    "evaluate": {4: WITHHELD},
    "score": {4: WITHHELD},
    "compare": {4: WITHHELD},
    "calibrate judge": {4: "no certificate, because requests failed"},
    "calibrate reader": {4: "no certificate, because requests failed"},
    "gate": {0: "PASS", 2: "bad input, or criteria that are newer than the answers", 5: "FAIL", 6: "INCONCLUSIVE"},
}
"""Exit codes of some commands alone."""
ALL = "auscult.help-all"
"""Key of a context: whether every option is shown."""


class Command(TyperCommand):
    """A command that shows its options by panels, names whole and what each takes beside it."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Refuses an option that is given twice and takes one value (the last would win unseen), and no number."""
        given, _, order = self.make_parser(ctx).parse_args(args=list(args))
        for parameter, times in Counter(p for p in order if p.param_type_name == "option").items():
            if times > 1 and not parameter.multiple and option_name(parameter) not in NEVER - {"config"}:
                ctx.fail(f"--{option_name(parameter)} is given {times} times; give it once")
            if kind_of(parameter) == "FLOAT" and str(given[parameter.name]).strip().lower() in NO_NUMBER:
                raise UserError(f"--{option_name(parameter)} takes a finite number, not {given[parameter.name]}")
        return super().parse_args(ctx, args)

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Prints the help page."""
        console = Console()
        console.width = min(console.width, WIDE)
        options: list[Any] = [p for p in self.params if p.param_type_name == "option"]
        many = len(options) > FEW + 2 and not ctx.meta.get(ALL)  # beside --config and --help-all
        everyday = OWN_EVERYDAY.get(_own_name(ctx.command_path), EVERYDAY) | NEVER
        shown = [o for o in options if not many or o.required or option_name(o) in everyday]
        arguments: list[Any] = [p for p in self.params if p.param_type_name == "argument"]
        needed = [f"--{option_name(o)} {kind_of(o)}" for o in options if o.required]
        words = [*(a.name.upper() for a in arguments), *needed, "[OPTIONS]"]
        console.print(Text(f"Usage: {ctx.command_path} {' '.join(words)}\n"))
        _tell(console, self.help or "")
        panels = {"Arguments": arguments} if arguments else {}
        for option in shown:
            own = option.rich_help_panel if not many or option_name(option) in NEVER else ""
            panels.setdefault(own or "Options", []).append(option)
        panels[EVERYWHERE] = panels.pop(EVERYWHERE)  # last
        for title, rows in panels.items():
            table = Table.grid(padding=(0, 2))
            table.add_column(min_width=min(max(_named(r).cell_len for r in rows), console.width - LEAST))
            table.add_column(overflow="fold")
            for row in rows:
                table.add_row(_named(row), _told(row))
            console.print(Text(title, style="bold"))
            console.print(Padding(table, (0, 0, 1, 2), expand=False))
        if rest := len(options) - len(shown):
            console.print(Text(f"{rest} more options: {ctx.command_path} --help-all\n", style="bold"))
        console.print(_codes(ctx.command_path, options), style="dim", highlight=False)


class Parts(TyperGroup):
    """A command that has commands of its own; its page lists them, with an example."""

    example = ""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Prints the help page."""
        console = Console()
        console.width = min(console.width, WIDE)
        console.print(Text(f"Usage: {ctx.command_path} COMMAND [OPTIONS]\n"))
        _tell(console, "\n\n".join([self.help or "", "[bold]Example[/bold]", self.example]))
        table = Table.grid(padding=(0, 2))
        table.add_column(min_width=max(map(len, self.commands)))
        table.add_column(overflow="fold")
        for name, command in self.commands.items():
            table.add_row(Text(name, style="cyan"), " ".join((command.help or "").split("\n\n")[0].split()))
        console.print(Text("Commands", style="bold"))
        console.print(Padding(table, (0, 0, 1, 2), expand=False))
        console.print(Text(f"Options of each: {ctx.command_path} COMMAND --help", style="dim"))


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


def _codes(path: str, options: list[Any]) -> str:
    """How a command can end, and after what it goes on."""
    asks = any(option_name(o).endswith("budget-calls") for o in options)
    codes = {0: "done", 2: "bad input", **({3: "budget used up", 7: "server down"} if asks else {}), 130: "interrupted"}
    codes |= OWN_CODES.get(_own_name(path), {})
    said = ", ".join(f"{code} {what}" for code, what in sorted(codes.items()))
    on = "; after 3, 7 and 130 the same command goes on" + ", after 4 it asks failed requests again" * (4 in codes)
    return f"Exit codes: {said}{on if asks else ''}."


def _own_name(path: str) -> str:
    return path.removeprefix("auscult ")


def _named(parameter: Any) -> Text:
    if parameter.param_type_name == "argument":
        return Text(parameter.name.upper(), style="cyan")
    flag = "--[no-]" if parameter.secondary_opts else "--"
    short = "".join(f", {name}" for name in parameter.opts if not name.startswith("--"))
    return Text.assemble((f"{flag}{option_name(parameter)}{short}", "cyan"), (f" {kind_of(parameter)}", "dim"))


def _told(parameter: Any) -> Text:
    more, default = [], parameter.default
    if parameter.required and parameter.param_type_name == "option":
        more.append("required")
    if isinstance(parameter.show_default, str):
        more.append(f"default: {parameter.show_default}")
    elif parameter.show_default and default not in (None, "", ()) and default is not False:
        more.append(f"default: {'yes' if default is True else default}")
    if (least := getattr(parameter, "min", None)) is not None:
        more.append(str(Bounds(least, parameter.max)))
    if parameter.envvar:
        more.append(f"or variable {parameter.envvar}")
    return Text.assemble(parameter.help or "", (f"  ({'; '.join(more)})" if more else "", "dim"))
