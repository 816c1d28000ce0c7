"""What goes wrong because of what the user gave: one line that names the thing and the remedy, never a traceback."""

import importlib
from collections.abc import Collection, Sequence
from difflib import get_close_matches

SHOWN = 12
"""Most known names in a message."""


def known_names(name: str, known: Collection[str]) -> str:
    """What to say of a name that is not known: the nearest known one first, then all, or some where they are many."""
    near = get_close_matches(name, known, 1)
    names = sorted(known)
    rest = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return f"{f'did you mean {near[0]!r}? ' if near else ''}known: {', '.join(names[:SHOWN])}{rest}"


def first_line(error: BaseException) -> str:
    """The first line of what an error says, or its kind where it says nothing."""
    lines = str(error).strip().splitlines()
    return lines[0].rstrip(". ") if lines else type(error).__name__


class UserError(Exception):
    """Bad input, said in one line: which file, which row, what is wrong, what to do. The command line exits with 2.

    Args:
        said: the line.
        listed: more lines below it, one a row that is wrong.
    """

    exit_code = 2

    def __init__(self, said: str = "", listed: Sequence[str] = ()) -> None:
        super().__init__(said)
        self.listed = tuple(listed)

    def __str__(self) -> str:
        return "\n  ".join((str(self.args[0]), *self.listed))


class Stopped(UserError):
    """A command was stopped (Ctrl-C, SIGTERM) before there was anything to go on from."""

    exit_code = 130


class PartFailed(UserError):
    """A scorer, judge, protocol or model kind failed in its own way; what was finished before is kept.

    Args:
        who: the part, as a user knows it: ``scorer names-side``.
        where: what it was at: ``question 'q7'``.
        why: what it raised, or what was wrong with what it gave.
    """

    def __init__(self, who: str, where: str, why: BaseException | str) -> None:
        said = why if isinstance(why, str) else f"{type(why).__name__}: {why}"
        said = " ".join(said.split())[:300]
        super().__init__(f"{who} failed at {where} ({said}); mend or leave it out, what was finished before is kept")


class MissingExtra(UserError):
    """A feature needs a package that is not installed; the message holds the pip line."""

    def __init__(self, feature: str, extra: str) -> None:
        super().__init__(f"{feature} needs packages that are not installed; run: pip install 'auscult[{extra}]'")


def need(feature: str, extra: str, *packages: str) -> None:
    """Refuses, before any work is done, what packages of an extra are needed for.

    Raises:
        MissingExtra: one is not installed.
    """
    for package in packages:
        try:
            importlib.import_module(package)
        except ImportError:
            raise MissingExtra(feature, extra) from None


class BudgetReached(UserError):
    """A budget is used up: finished work is journalled, and the same command with a larger one goes on."""

    exit_code = 3


class ServerDown(UserError):
    """A server does not answer any more: finished work is journalled, and the same command goes on."""

    exit_code = 7


class FiguresWithheld(UserError):
    """The run is finished and written, but too many requests failed for figures to be given."""

    exit_code = 4
