"""A first screen in twelve lines of a terminal, or a few more for a user's own claims: verdicts, page, next, path."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from auscult.printing import as_line, give
from auscult.reports.face import Face, Verdict, Word
from auscult.reports.terminal import plain
from auscult.runs.checks import says_untold

MOST: Final = 12
"""Lines, wrapped ones counted, the path at the end among them; more where a user's claims are more."""
COLOURS: Final[dict[Word, str]] = {
    "problem": "bold red",
    "missed": "bold red",
    "not known": "yellow",
    "clear": "blue",
    "met": "green",
}
BRIEF: Final = 8
"""Lines of one first screen of several."""
_STOP: Final = "stop"
_INDENT: Final = 18
"""Columns of the word before a sentence: the longest word and two blanks."""
_OF_CLAIMS: Final = 12
"""The same before claims, whose words are short: ``no verdict``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """What stands below the verdicts.

    Attributes:
        path: what was made, the last line: the run's folder, or the file.
        page: where the page lies; None where there is none, or where it is the path.
        others: further files that were written, by what they are.
    """

    path: Path
    page: Path | None = None
    others: tuple[tuple[str, Path], ...] = ()


def show(face: Face, ending: Ending, console: Console | None = None) -> None:
    """Prints a first screen, which ends in the path."""
    console = console or Console()
    for line in lines(face, ending, console):
        console.print(line, soft_wrap=True, highlight=False)
    give(ending.path)


def brief(title: str, face: Face, page: Path, console: Console) -> None:
    """Prints one of several first screens: a heading, its verdicts (or why it is stopped) and its page."""
    room = BRIEF - 2
    blocks = [_said(v, v.short or v.sentence, console) for v in face.verdicts]
    body = [_labelled(_STOP, "bold red", face.stop, console)[:room]] if face.stop else _fitting(blocks, room, console)
    console.print(Text(plain(title), "bold"), highlight=False)
    for line in (one for block in body for one in block):
        console.print(line, soft_wrap=True, highlight=False)
    console.print(Text(f"{'page':<{_INDENT}}{as_line(page)}"), soft_wrap=True, highlight=False)


def lines(face: Face, ending: Ending, console: Console) -> list[Text]:
    """The lines above the path, such that all fit.

    The one plain verdict comes first, with the caution that a model may have learnt these images where there is one,
    then each verdict, as short as it can be said. What is left over goes to what to
    do about it, to a caution, then to longer sentences; verdicts for which there is no room are counted and stand on
    the page. Claims that the user wrote down are all shown, in a line each where the terminal is wide enough.
    """
    indent = _OF_CLAIMS if face.claims else _INDENT
    head = [
        line for said in (face.title, face.line) if said for line in _wrapped(Text(plain(said), "bold"), console, 0)[:2]
    ]
    tail = list(_tail(face, ending, indent))
    must = [
        line
        for said in filter(says_untold, face.cautions)
        for line in _labelled("read first", "yellow", f"{said.partition('. ')[0].rstrip('.')}.", console, indent)
    ]
    head += must
    room = MOST - _height([*head, *tail, Text(as_line(ending.path))], console)
    body = [_labelled(_STOP, "bold red", face.stop, console, indent)] if face.stop else []
    blocks = [_said(v, _in_a_line(v, console.width - indent), console, indent) for v in face.verdicts]
    body += blocks if face.claims else _fitting(blocks, room - sum(map(len, body)), console)
    left = room - sum(map(len, body))
    first = "" if must else next(iter(face.cautions), "")
    beside = [("do", "bold", face.action), ("read first", "yellow", first)]
    for block in (_labelled(*label, console, indent) for label in beside if label[-1]):
        if len(block) <= left:
            body.append(block)
            left -= len(block)
    if not face.stop and not face.claims and len(body) >= len(blocks) == len(face.verdicts):
        for n, verdict in enumerate(face.verdicts):
            longer = _said(verdict, verdict.sentence, console)
            if verdict.short and len(longer) - len(blocks[n]) <= left:
                left -= len(longer) - len(blocks[n])
                body[n] = longer
    return [*head, *(line for block in body for line in block), *tail]


def _fitting(blocks: Sequence[list[Text]], room: int, console: Console) -> list[list[Text]]:
    """As many as there is room for, in their order; where some are left out, a line says how many."""
    if sum(map(len, blocks)) <= room:
        return list(blocks)
    kept: list[list[Text]] = []
    for block in blocks:
        if sum(map(len, kept)) + len(block) > room - 1:
            break
        kept.append(block)
    more = len(blocks) - len(kept)
    return [*kept, _labelled("", "", f"{more} more on the page, or with -v", console)[:1]]


def _in_a_line(verdict: Verdict, width: int) -> str:
    """A verdict as it is said in a line of so many columns."""
    fitting = (way for way in verdict.ways if cell_len(plain(way)) <= width)
    return next(fitting, verdict.short or verdict.sentence)


def _tail(face: Face, ending: Ending, indent: int) -> Iterator[Text]:
    """Where the page lies and what to do next; not wrapped, so that they can be copied."""
    for what, path in ending.others:
        yield Text(f"{what:<{indent}}{as_line(path)}")
    if ending.page is not None:
        yield Text(f"{'page':<{indent}}{as_line(ending.page)}")
    if command := next((step.command for step in face.steps if step.command), ""):
        yield Text(f"{'next':<{indent}}{as_line(command)}")


def _said(verdict: Verdict, sentence: str, console: Console, indent: int = _INDENT) -> list[Text]:
    return _labelled(verdict.said, COLOURS[verdict.word], sentence, console, indent)


def _labelled(label: str, style: str, sentence: str, console: Console, indent: int = _INDENT) -> list[Text]:
    """A sentence with its word before it, indented below it."""
    first, *rest = _wrapped(Text(plain(sentence)), console, indent)
    return [Text.assemble((f"{label:<{indent}}", style), first), *(Text(" " * indent).append(line) for line in rest)]


def _wrapped(text: Text, console: Console, indent: int) -> list[Text]:
    wrapped = text.wrap(console, max(console.width - indent, 20))
    for line in wrapped:
        line.rstrip()
    return list(wrapped) or [Text()]


def _height(shown: Sequence[Text], console: Console) -> int:
    """Lines that these take on the terminal."""
    return sum(max(1, -(-line.cell_len // console.width)) for line in shown)
