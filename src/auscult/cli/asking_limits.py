"""Questions and answers that come to a criteria file: ``auscult gate --init``; every answer is an option too."""

import sys
from collections.abc import Sequence
from pathlib import Path

import typer

from auscult.analysis.gate.criteria import Criteria
from auscult.analysis.gate.criteria_file import criteria_toml
from auscult.analysis.gate.must import SORTS, criteria_of, criterion_of
from auscult.errors import UserError
from auscult.printing import give, tell
from auscult.store.files import check_writable, replace_file

ASKED = ("inventions", "misses", "going along", "accuracy", "unread")
"""Sorts that are asked for one by one; others are lines of their own."""


def init(path: Path, title: str, who: str, must: Sequence[str], yes: bool) -> None:
    """Writes a criteria file from options, and from answers where there is a terminal.

    Raises:
        UserError: the file is there already, a limit is none, or an answer is missing and nobody can be asked.
    """
    if path.exists():
        raise UserError(f"{path}: is there already; name another file, or change that one by hand")
    check_writable(path)
    terminal = sys.stdin.isatty()
    if not terminal and not (title and who and must):
        missing = [name for name, given in (("--title", title), ("--who", who), ("--must", must)) if not given]
        raise UserError(f"gate --init: nobody can be asked without a terminal; give {', '.join(missing)}")
    for line in must:
        criterion_of(line)
    title = title or typer.prompt("What is decided", err=True)
    who = who or typer.prompt("Who fixes the limits", err=True)
    made = criteria_of(must or _asked(), title=title, who=who)
    text = criteria_toml(made)
    tell(*text.split("\n"))
    if terminal and not yes and not typer.confirm(f"Write this to {path}?", default=True, err=True):
        raise UserError("nothing was written")
    replace_file(path, text.encode())
    tell(_next(path, made))
    give(path)


def _next(path: Path, made: Criteria) -> str:
    limits = "1 limit" if len(made.criterion) == 1 else f"{len(made.criterion)} limits"
    return f"{limits}, fixed now. Then: auscult evaluate ITEMS --model M --criteria {path} --out RUN"


def _asked() -> list[str]:
    """Limits one by one; an empty answer is no limit, and one that cannot be read is asked for again."""
    lines: list[str] = []
    for name in ASKED:
        sort = SORTS[name]
        how = "at most how many of 100" if sort.sign == "<=" else "at least how many of 100"
        while limit := str(typer.prompt(f"{sort.about}: {how}? (empty: no limit)", "", show_default=False, err=True)):
            line = f"{name} {sort.sign} {limit.rstrip('%').strip()}%"
            try:
                criterion_of(line)
            except UserError as error:
                tell(str(error))
                continue
            why = str(typer.prompt("  Why this limit", err=True)).strip()
            lines.append(f"{line} because {why}")
            break
    if not lines:
        raise UserError("no limit was given, so that there is nothing to decide by")
    return lines
