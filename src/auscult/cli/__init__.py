"""The command line: one thin file a command; nothing of a command is imported before it runs."""

import gc
import importlib
import signal
import sys
from types import FrameType
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from auscult.errors import UserError

INTERRUPTED = 130
COMMANDS = {
    "check": ("Check one file of recorded answers.", "check answers.csv"),
    "build": ("Make an item set from a data set.", "build --from vqa-rad data/vqa-rad --out items"),
    "review": ("Look at the items of a set, or sign them off.", "review items --out items.html"),
    "evaluate": (
        "Put an item set to a model and score it.",
        "evaluate items --model openai:my-model@http://localhost:8000/v1 --out run",
    ),
    "score": ("Score a finished run by more scorers.", "score run --judge openai:J@URL"),
    "judge-baseline": ("Make a judge's anchor file.", "judge-baseline run --judge openai:J@URL --out anchors.jsonl"),
    "trace": ("Have a model write gold traces.", "trace items --model M --judge J --out traced-items"),
    "diagnose": ("Find the stage at which a model fails.", "diagnose items --model M --out diagnosis"),
    "export": ("Write an item set, or the answers of a run, for other tools.", "export items --to hf --out items-hf"),
    "report": ("Write the report of a run.", "report run"),
    "compare": ("Compare runs on common items.", "compare run-before run-after"),
    "tune": ("Tune a model on an item set.", "tune items --model local:models/llava-med --out adapter"),
    "ablate": ("Tune in many ways and compare them.", "ablate plan.toml --out grid"),
    "gate": ("Hold a run to criteria fixed before.", "gate criteria.toml run --json gate.json"),
    "inspect-log": ("Write a run as a log of Inspect AI.", "inspect-log run --out logs/run.eval"),
    "rate": ("Let people rate answers, blinded.", "rate make run --out sheet"),
    "calibrate": ("Certify an instrument.", "calibrate facts --data DATA --out facts.json"),
    "demo": ("Run the whole loop on bundled images.", "demo --out demo"),
    "audit": ("Audit what a model draws, or how it reads images.", "audit draw openai:my-model@URL --out audit"),
    "phantoms": ("Draw images whose truth is known.", "phantoms --n 1000 --seed 7 --out phantoms"),
}
"""Each command's one line and its example; its function has its name and lies in the module of that name."""


class Commands(TyperGroup):
    """The commands, of which only the one that runs is imported."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        for name, (line, example) in COMMANDS.items():
            self.add_command(
                TyperCommand(name, short_help=f"{line}  [dim]auscult {example}[/dim]", rich_markup_mode="rich")
            )

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """The command that the first word names, and the other words."""
        name, named, rest = super().resolve_command(ctx, args)
        return name, loaded(name) if name else named, rest


def loaded(name: str) -> Any:
    """A command, or a group where its module has ``PARTS``, ready to parse."""
    from auscult.cli.command import command
    from auscult.cli.help import Command, Parts

    module = importlib.import_module(f"auscult.cli.{name.replace('-', '_')}")
    said = (module.__doc__ or "").partition(": ")[2].capitalize()
    shown = type("Parts", (Parts,), {"example": f"auscult {COMMANDS[name][1]}"})
    app = typer.Typer(no_args_is_help=True, add_completion=False, rich_markup_mode="rich", help=said, cls=shown)
    parts = getattr(module, "PARTS", None)
    if parts:
        app.callback()(lambda: None)  # a group, also of one part
    for function in parts or [getattr(module, name.replace("-", "_"))]:
        app.command(cls=Command)(command(function))
    return typer.main.get_command(app)


app = typer.Typer(
    name="auscult",
    cls=Commands,
    help="Find, explain and reduce the hallucinations of medical vision-language models.",
    add_completion=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120},
    epilog="Paths of what was made are printed as the last line of standard output. Exit codes: 0 done, 2 bad input, "
    "3 budget used up, 4 figures withheld because answers or verdicts are missing, 5 gate failed, 6 gate inconclusive, "
    "7 a server is down, 130 interrupted; after 3, 7 and 130 the same command goes on, after 4 it asks failed requests "
    "again.",
)


@app.callback(invoke_without_command=True)
def _start(
    ctx: typer.Context, version: bool = typer.Option(False, "--version", help="Print the version and leave.")
) -> None:
    if version:
        from auscult.printing import give
        from auscult.version import __version__

        give(__version__)
        raise typer.Exit
    if ctx.invoked_subcommand is None:
        ctx.get_help()
        raise typer.Exit(2)


def _refused(error: OSError) -> str:
    """One line for what the operating system refused."""
    name = f"{error.filename}: " if error.filename else ""
    from auscult.store.given import FULL

    full = error.errno in FULL
    remedy = "; make room and run the same command again, what is finished is kept" if full else ""
    return f"{name}{error.strerror or error}{remedy}"


def _misused(error: Any) -> str:
    """One line for words that are no command: what is wrong, what is near, where to read on."""
    ctx, near = getattr(error, "ctx", None), getattr(error, "possibilities", None)
    path = ctx.command_path if ctx else "auscult"
    if not error.format_message():  # a group alone: its help has been shown
        return ""
    line = str(error.message if near else error.format_message()).rstrip(".")
    hint = f"; did you mean {near[0]}?" if near else "" if line.endswith("?") else f"; see {path} --help"
    param = getattr(error, "param", None)
    source = ctx.get_parameter_source(param.name) if ctx and param else None
    where = " (in the file of --config)" if source and source.name == "DEFAULT_MAP" else ""
    return f"{line}{where}{hint}"


def _as_by_ctrl_c(_: int, frame: FrameType | None) -> None:
    """Ends a command for a scheduler as Ctrl-C does: an event loop has a way of its own, which cancels its tasks."""
    handler = signal.getsignal(signal.SIGINT)
    (handler if callable(handler) else signal.default_int_handler)(signal.SIGINT, frame)


def main() -> None:
    """Runs the command line; bad input is one line on standard error and exit code 2."""
    from auscult.printing import tell

    # rows stream by the hundred thousand: to look through all that lives after every 700 takes a quarter of the time
    gc.set_threshold(20_000, 20, 20)
    listed: tuple[str, ...] = ()
    before = signal.signal(signal.SIGTERM, _as_by_ctrl_c)
    try:
        code = app(prog_name="auscult", standalone_mode=False)
    except UserError as error:
        said, listed, code = str(error.args[0]), error.listed, error.exit_code
    except typer.TyperException as error:
        said, code = _misused(error), error.exit_code
    except OSError as error:
        said, code = _refused(error), 2
    else:
        said = "stopped; the same command goes on from here" if code == INTERRUPTED else ""
    finally:
        signal.signal(signal.SIGTERM, before)
    if said:
        tell(f"auscult: {said}", *(f"  {line}" for line in listed))
    sys.exit(code)
