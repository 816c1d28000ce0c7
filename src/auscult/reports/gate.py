"""The verdict of a gate, for people: a table in the terminal, and a page that works with no network."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.table import Table
from rich.text import Text

import auscult
from auscult.analysis.gate import Decided, Gate
from auscult.analysis.gate_lines import Line
from auscult.analysis.gate_run import EVERY
from auscult.reports import format as say
from auscult.reports.format import Scale
from auscult.reports.page import page_environment, page_source
from auscult.reports.text import one_line
from auscult.store.files import replace_file

SHOWN = 12
"""Parts of a criterion in the terminal; those that do not pass come first."""
WIDE = 104
_COLOURS = {"PASS": "green", "FAIL": "bold red", "INCONCLUSIVE": "yellow"}
_SCALES = {"share": Scale.SHARE, "points": Scale.POINTS, "plain": Scale.PLAIN}
_COLUMNS = ("criterion", "limit", "observed", "n", "verdict", "what it would need")


@dataclass(frozen=True)
class Row:
    """One line of the table, in words."""

    label: str
    about: str
    limit: str
    value: str
    bound: str
    n: str
    verdict: str
    need: str


def sentence(gate: Gate) -> str:
    """The verdict in one sentence."""
    every = (*gate.decided, *gate.updates)
    counts = [(v, sum(d.verdict == v for d in every)) for v in ("FAIL", "INCONCLUSIVE", "PASS")]
    said = ", ".join(f"{n} {verdict}" for verdict, n in counts if n)
    return f"{gate.verdict}. Of {len(every)} {'criterion' if len(every) == 1 else 'criteria'}: {said}."


def method(gate: Gate) -> str:
    """How the bounds are to be read."""
    level = say.level(gate.confidence)
    methods = dict.fromkeys(line.method for d in (*gate.decided, *gate.updates) for line in d.lines if line.method)
    return (
        f"PASS: the whole one-sided {level} bound lies on the good side of the limit; FAIL: the other lies on the "
        f"bad side. Missing answers count as the worst for a PASS and as the best for a FAIL. Bounds: "
        f"{'; '.join(methods) or 'none'}."
    )


def rows(decided: Decided, unit: str, most: int | None = None) -> tuple[list[Row], int]:
    """The lines of a criterion in words, what does not pass first, and how many more there are."""
    order = sorted(decided.lines, key=lambda line: line.verdict == "PASS")
    kept = order[:most]
    found = [_row(line, unit, signed=decided.kind != "gap") for line in kept]
    return found, len(order) - len(kept)


def _row(line: Line, unit: str, *, signed: bool) -> Row:
    """A gap has no sign; other differences carry theirs."""
    scale = _SCALES[line.unit]

    def figure(value: float) -> str:
        text = say.figure(value, scale)
        return text if signed else text.removeprefix("+")

    missing = f"missing ({say.whole(line.unread)} unread)" if line.unread else "missing"
    counted = ((line.missing, missing), (line.unusable, "unusable"))
    about = [f"{say.whole(n)} {word}" for n, word in counted if n]
    held = f"no point is shown: {line.withheld}" if line.withheld else ""
    of = f"{say.whole(line.known)} of " if line.known < line.n and line.clusters else ""
    return Row(
        label=one_line(line.label),
        about="; ".join(filter(None, (line.note and one_line(line.note, 160), held, ", ".join(about)))),
        limit="" if line.limit is None else f"{line.good} {figure(line.limit)}",
        value="" if line.value is None else figure(line.value),
        bound=_bound(line, scale, figure),
        n=f"{of}{say.whole(line.n)} on {say.count(line.clusters, unit)}" if line.n else "",
        verdict=line.verdict,
        need=one_line(line.need, 400),
    )


def _bound(line: Line, scale: Scale, figure: Callable[[float], str]) -> str:
    """The bound that decided, or both."""
    if line.low is None or line.high is None:
        return ""
    if line.verdict == "INCONCLUSIVE" or line.withheld:
        return say.interval(line.low, line.high, scale)
    above = (line.verdict == "PASS") == (line.good == "at most")
    return f"at most {figure(line.high)}" if above else f"at least {figure(line.low)}"


def terminal(gate: Gate) -> RenderableType:
    """The gate as a table where there is room for it, else line by line."""
    title = f"{gate.criteria['title']}, version {gate.criteria['version']}, fixed by {gate.criteria['who']}"
    parts: list[RenderableType] = [
        Text(one_line(title), "bold"),
        Text(one_line(gate.run["title"]), "dim"),
        Text(_plain(sentence(gate)), _COLOURS[gate.verdict]),
        _Table(gate.decided, gate.unit),
    ]
    if gate.updates:
        parts += [Text(one_line(f"Against {gate.against['title']}, begun {gate.against['created']}"), "bold")]
        parts += [_Table(gate.updates, gate.unit)]
    for decided in (*gate.decided, *gate.updates):
        parts += [Text(_plain(f"{decided.name}: {one_line(note, 400)}"), "dim") for note in decided.notes]
        parts += [Text(_plain(text), "dim") for text in _curve(decided)]
    parts.append(Text(_plain(f"{method(gate)} {gate.timing.detail}"), "dim"))
    parts += [Text.assemble(("warn: ", "yellow"), _plain(one_line(w, 1_000))) for w in gate.warnings]
    return Group(*parts)


def _plain(text: str) -> str:
    return text.replace(f"{say.NBSP}%", "%").replace(say.NBSP, " ")


def _curve(decided: Decided) -> Iterator[str]:
    """Risk by coverage in words."""
    if len(decided.curve) > 1:
        points = [
            f"agreement {say.figure(p.threshold, Scale.SHARE, 0)} or more answers {say.figure(p.coverage, Scale.SHARE)}"
            f" at risk {say.figure(p.risk, Scale.SHARE)}"
            for p in decided.curve
        ]
        yield f"{decided.name}: {'; '.join(points)}"


class _Table:
    """The criteria; no number is cut for want of room."""

    def __init__(self, decided: tuple[Decided, ...], unit: str) -> None:
        self.decided, self.unit = decided, unit

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield self._wide() if options.max_width >= WIDE else self._narrow()

    def _wide(self) -> Table:
        table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
        for name in _COLUMNS:
            first = name == _COLUMNS[0]
            table.add_column(name, overflow="fold", no_wrap=name == "verdict", min_width=20 if first else None)
        for decided in self.decided:
            found, more = rows(decided, self.unit, SHOWN)
            head = Text.assemble((one_line(decided.name), "bold"), "\n", (one_line(decided.about), "dim"))
            if len(decided.lines) > 1:
                table.add_row(head, "", "", "", _verdict(decided.verdict), "")
            for row in found:
                label = Text(f"  {row.label}") if len(decided.lines) > 1 else head
                if row.label != EVERY and len(decided.lines) == 1:
                    label = Text.assemble(head, "\n", f"  {row.label}")
                if row.about:
                    label = Text.assemble(label, "\n", (f"  {_plain(row.about)}", "dim"))
                said = Text.assemble((_plain(row.value), "bold"), "\n" if row.bound else "", _plain(row.bound))
                table.add_row(label, _plain(row.limit), said, _plain(row.n), _verdict(row.verdict), _plain(row.need))
            if more:
                table.add_row(Text(f"  and {more} more", "dim"), "", "", "", "", "")
            table.add_section()
        return table

    def _narrow(self) -> Text:
        text = Text()
        for decided in self.decided:
            text.append("\n").append(_verdict(decided.verdict)).append(f"  {one_line(decided.name)}", "bold")
            text.append(f" · {one_line(decided.about)}\n", "dim")
            found, more = rows(decided, self.unit, SHOWN)
            for row in found:
                observed = " ".join(filter(None, (row.value, f"({row.bound})" if row.bound else "")))
                words = [
                    "" if row.label == EVERY else row.label,
                    f"limit {row.limit}" if row.limit else "",
                    observed,
                    row.n,
                    row.about,
                ]
                text.append(_plain(f"  {' · '.join(filter(None, words))}\n"))
                if len(decided.lines) > 1 or row.need:
                    need = f", needs {row.need}" if row.need else ""
                    text.append("    ").append(_verdict(row.verdict)).append(f"{_plain(need)}\n")
            if more:
                text.append(f"  and {more} more\n", "dim")
        text.right_crop(1)
        return text


def _verdict(verdict: str) -> Text:
    return Text(verdict, _COLOURS[verdict])


def write_page(gate: Gate, path: Path) -> None:
    """Writes the page by atomic rename."""
    replace_file(path, render(gate).encode())


def render(gate: Gate) -> str:
    """The page as text."""
    environment = page_environment()
    sections = [("Criteria", "criteria", gate.decided)]
    if gate.updates:
        sections.append((f"Against {gate.against['title']}", "against", gate.updates))
    return environment.get_template("gate.html.j2").render(
        gate=gate,
        sentence=sentence(gate),
        method=method(gate),
        sections=[(title, name, [(d, *rows(d, gate.unit)) for d in found]) for title, name, found in sections],
        columns=[name if name == "n" else name.capitalize() for name in _COLUMNS[1:]],
        weight={"PASS": "passed", "FAIL": "failed", "INCONCLUSIVE": "open"},
        version=auscult.__version__,
        written=datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        style=page_source(environment, "report.css"),
    )
