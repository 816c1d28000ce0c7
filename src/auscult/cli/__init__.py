"""The command line: one thin file a command; nothing heavy is imported before a command runs."""

import sys

import typer

from auscult.cli import (
    build,
    calibrate,
    compare,
    demo,
    evaluate,
    gate,
    inspect_log,
    judge_baseline,
    phantoms,
    predictions,
    rate,
    report,
    score,
)
from auscult.errors import UserError

INTERRUPTED = 130

app = typer.Typer(
    name="auscult",
    help="Find, explain and reduce the hallucinations of medical vision-language models.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120},
    epilog="Paths of what was made are printed as the last line of standard output. Exit codes: 0 done, 2 bad input, "
    "3 budget used up, 4 figures withheld because requests failed, 5 gate failed, 6 gate inconclusive, "
    "130 interrupted; after 3, 4 and 130 the same command goes on.",
)
for part in (
    build,
    evaluate,
    score,
    judge_baseline,
    report,
    compare,
    gate,
    predictions,
    inspect_log,
    rate,
    calibrate,
    demo,
    phantoms,
):
    part.register(app)


@app.callback(invoke_without_command=True)
def _version(version: bool = typer.Option(False, "--version", help="Print the version and leave.")) -> None:
    if version:
        from auscult.version import __version__

        print(__version__)
        raise typer.Exit


def _said(error: OSError) -> str:
    """One line for what the operating system refused."""
    name = f"{error.filename}: " if error.filename else ""
    from auscult.store.files import FULL

    full = error.errno in FULL
    remedy = "; make room and run the same command again, finished calls are kept" if full else ""
    return f"{name}{error.strerror or error}{remedy}"


def main() -> None:
    """Runs the command line; bad input is one line on standard error and exit code 2."""
    try:
        app()
    except UserError as error:
        print(f"auscult: {error}", file=sys.stderr)
        sys.exit(error.exit_code)
    except OSError as error:
        print(f"auscult: {_said(error)}", file=sys.stderr)
        sys.exit(2)
    except SystemExit as stopped:
        if stopped.code == INTERRUPTED:
            print("auscult: stopped; the same command goes on from here", file=sys.stderr)
        raise
