"""The headline of a run as a table for the terminal: the same numbers as on the page, compact."""

from rich.box import SIMPLE_HEAD
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from auscult.evaluation.summary import Summary
from auscult.records import Estimate
from auscult.reports import format as say
from auscult.reports.format import Scale
from auscult.reports.text import one_line
from auscult.reports.verdict import alerts, verdict

_STYLES = {"stop": "bold red", "warn": "yellow", "note": "dim"}
_COLUMNS = (
    ("with image", "with_image"),
    ("without", "without_image"),
    ("wrong image", "wrong_image"),
    ("with − without", "gain_over_none"),
    ("with − wrong", "gain_over_wrong"),
)


def headline(summary: Summary) -> RenderableType:
    """The headline table with its warnings below; 80 columns are enough."""
    parts: list[RenderableType] = [
        Text(one_line(summary.title), "bold"),
        Text(_compact(one_line(verdict(summary), 1_000))),
    ]
    if not summary.plumbing_only and summary.headline:
        parts += [_table(summary), Text(_method(summary), "dim")]
    parts += [
        Text.assemble((f"{a.weight:>4}: ", _STYLES[a.weight]), _compact(one_line(a.text, 1_000)))
        for a in alerts(summary)
    ]
    return Group(*parts)


def _table(summary: Summary) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column("questions", min_width=13, overflow="fold")
    used = [(words, name) for words, name in _COLUMNS if any(getattr(f, name) for f in summary.headline)]
    for words, _ in used:
        table.add_column(words, overflow="fold")
    for figure in summary.headline:
        scale = say.scale_of(figure.metric)
        about = [t for t in (figure.kind, figure.category, figure.metric) if t]
        if figure.chance is not None:
            about.append(f"guessing gives {_compact(say.figure(figure.chance, scale))}")
        row = [Text.assemble((one_line(figure.label), "bold"), "\n", (one_line(" · ".join(about)), "dim"))]
        for _, name in used:
            gain = name.startswith("gain")
            row.append(_cell(getattr(figure, name), say.difference_of(scale) if gain else scale))
        table.add_row(*row)
        table.add_section()
    return table


def _cell(estimate: Estimate | None, scale: Scale) -> Text:
    if estimate is None:
        return Text("not measured", "dim")
    lines = [f"n {say.whole(estimate.n)}", say.count(estimate.clusters, estimate.unit)]
    if estimate.value is None or estimate.withheld:
        return Text.assemble(
            ("withheld: ", "italic"), one_line(estimate.withheld or "no value was given"), "\n", lines[0]
        )
    if estimate.low is not None and estimate.high is not None:
        lines.insert(0, say.interval(estimate.low, estimate.high, scale))
    if estimate.p_value is not None:
        lines.append(say.p_value(estimate.p_value))
    counted = ((estimate.unusable, "unusable"), (estimate.missing, "missing"))
    lines += [f"{say.whole(n)} {word}" for n, word in counted if n]
    return Text.assemble((_compact(say.figure(estimate.value, scale)), "bold"), "\n", "\n".join(lines))


def _compact(text: str) -> str:
    """Shorter units; a terminal would break a line between a number and its percent sign."""
    return text.replace(f"{say.NBSP}%", "%").replace(f"{say.NBSP}point", " pt").replace(" %", "%")


def _method(summary: Summary) -> str:
    """The instruments and methods of the table, each once."""
    found = [e for f in summary.headline for _, name in _COLUMNS if (e := getattr(f, name)) is not None]
    levels = say.listed(tuple(dict.fromkeys(say.level(e.level) for e in found)))
    methods = "; ".join(dict.fromkeys(e.method for e in found if e.method))
    instruments = ", ".join(dict.fromkeys(f.scorer for f in summary.headline))
    return _compact(one_line(f"{levels} intervals: {methods}. Instruments: {instruments}.", 1_000))
