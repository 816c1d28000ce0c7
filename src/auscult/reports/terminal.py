"""The headline of a run as a table for the terminal: the same numbers as on the page, compact."""

from collections.abc import Callable

from rich.box import SIMPLE_HEAD
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.table import Table
from rich.text import Text

from auscult.analysis.summary import Figure, Section, Summary
from auscult.records import Estimate
from auscult.reports import format as say
from auscult.reports.format import Scale
from auscult.reports.text import one_line
from auscult.reports.verdict import alerts, verdict
from auscult.runs.instruments import brief
from auscult.statistics.partial import NOT_MEASURABLE

_STYLES = {"stop": "bold red", "warn": "yellow", "note": "dim"}
WIDE = 104
"""Characters that the table needs; with fewer, figures stand one below the other."""
_COLUMNS = (
    ("with image", "with_image"),
    ("without", "without_image"),
    ("wrong image", "wrong_image"),
    ("with − without", "gain_over_none"),
    ("with − wrong", "gain_over_wrong"),
)


_BY_FORM = frozenset({"knowing acceptance", "raw acceptance", "over-denial"})


def headline(summary: Summary) -> RenderableType:
    """The headline with its warnings below: a table where there is room for it, else line by line."""
    parts: list[RenderableType] = [
        Text(one_line(summary.title), "bold"),
        Text(_compact(one_line(verdict(summary), 1_000))),
    ]
    if not summary.plumbing_only and summary.of("headline"):
        parts += [_Headline(summary), Text(_method(summary), "dim")]
    sections: dict[Section, Callable[[Summary], Text]]
    sections = {"premise": _premise, "corrected": _corrected, "quality": _quality}
    for section, said in sections.items():
        if not summary.plumbing_only and summary.of(section):
            parts.append(said(summary))
    parts += [
        Text.assemble((f"{a.weight:>4}: ", _STYLES[a.weight]), _compact(one_line(a.text, 1_000)))
        for a in alerts(summary)
    ]
    return Group(*parts)


def _premise(summary: Summary) -> Text:
    """What the model does with premises, one line a figure: all forms, then knowing acceptance by form and category."""
    text = Text("\nPremise response\n", "bold")
    first, *others = summary.groups("premise").items()
    for figure in first[1]:
        value, rest = _said(figure.with_image, say.scale_of(figure))
        text.append(f"  {figure.metric:<28}").append(value, "bold").append(f"  {', '.join(rest)}\n")
    for group, figures in others:
        said = [f"{f.metric} {_said(f.with_image, say.scale_of(f))[0]}" for f in figures if f.metric in _BY_FORM]
        text.append(f"  by {one_line(group)}: ", "dim").append(", ".join(said) + "\n")
    text.right_crop(1)
    return text


def _corrected(summary: Summary) -> Text:
    """Figures as read and as meant, one line each."""
    text = Text("\nCorrected for misreading\n", "bold")
    for figure in summary.of("corrected"):
        value, rest = _said(figure.with_image, say.scale_of(figure))
        text.append(f"  {f'{figure.metric}, {one_line(figure.label)}':<48}")
        text.append(value, "bold").append(f"  {', '.join(rest)}\n")
    text.right_crop(1)
    return text


def _quality(summary: Summary) -> Text:
    """What judges and text metrics say, one line a metric and kind of item."""
    text = Text("\nOpen answers\n", "bold")
    for quality in summary.quality:
        text.append(f"  {one_line(brief(quality.instrument))}", "bold")
        text.append(f"  {one_line(brief(quality.about))}\n", "dim")
        for figure in summary.of("quality", quality.instrument):
            value, rest = _said(figure.with_image, Scale.PLAIN)
            label = f"{figure.metric} · {figure.label}"
            text.append(f"    {label:<44}").append(value, "bold").append(f"  {', '.join(rest)}\n")
        for said in (*(quality.notes if quality.kind == "judge" else ()), quality.correlation):
            if said:
                text.append(f"    {one_line(said, 1_000)}\n", "yellow")
    text.right_crop(1)
    return text


class _Headline:
    """The figures; no number is ever cut for want of room."""

    def __init__(self, summary: Summary) -> None:
        self.summary = summary

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield _table(self.summary) if options.max_width >= WIDE else _stacked(self.summary)


def _used(summary: Summary) -> list[tuple[str, str]]:
    return [(words, name) for words, name in _COLUMNS if any(getattr(f, name) for f in summary.of("headline"))]


def _about(figure: Figure, scale: Scale) -> str:
    about = [t for t in (figure.kind, figure.category, figure.metric) if t]
    if figure.chance is not None:
        about.append(f"guessing gives {_compact(say.figure(figure.chance, scale))}")
    return one_line(" · ".join(about))


def _scale(name: str, scale: Scale) -> Scale:
    return say.difference_of(scale) if name.startswith("gain") else scale


def _table(summary: Summary) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column("questions", min_width=13, overflow="fold")
    used = _used(summary)
    for words, _ in used:
        table.add_column(words, overflow="fold")
    for figure in summary.of("headline"):
        scale = say.scale_of(figure)
        row = [Text.assemble((one_line(figure.label), "bold"), "\n", (_about(figure, scale), "dim"))]
        for _, name in used:
            value, rest = _said(getattr(figure, name), _scale(name, scale))
            row.append(Text.assemble((value, "bold"), "".join(f"\n{line}" for line in rest)))
        table.add_row(*row)
        table.add_section()
    return table


def _stacked(summary: Summary) -> Text:
    text = Text()
    for figure in summary.of("headline"):
        scale = say.scale_of(figure)
        text.append(f"\n{one_line(figure.label)}", "bold").append(f" · {_about(figure, scale)}\n", "dim")
        for words, name in _used(summary):
            value, rest = _said(getattr(figure, name), _scale(name, scale))
            text.append(f"  {words:<15} ").append(value, "bold").append(f"  {', '.join(rest)}\n")
    return text


def _said(estimate: Estimate | None, scale: Scale) -> tuple[str, list[str]]:
    """A figure, and what stands beside it: interval, n, clusters, p-value, what is unusable or missing."""
    if estimate is None:
        return "not measured", []
    size = [f"n {say.whole(estimate.n)}", say.count(estimate.clusters, estimate.unit)]
    if estimate.unusable:
        size.append(f"{say.whole(estimate.unusable)} unusable")
    if estimate.missing:
        size.append(say.missing(estimate))
    if estimate.decided is not None:
        size.append(say.decided(estimate.decided, estimate.n + estimate.missing))
    if estimate.worst is not None and estimate.best is not None and not estimate.span:
        size.append(f"{say.bounds(estimate.worst, estimate.best, scale)} by the missing")
    if estimate.withheld == NOT_MEASURABLE:
        return NOT_MEASURABLE, size
    if estimate.span:
        given = _compact(say.span(estimate.span, scale))
    elif estimate.value is None or estimate.withheld:
        why = one_line(estimate.withheld or "no value was given")
        if estimate.alone is None:
            return "withheld", [why, *size]
        return _compact(say.span(estimate.alone, scale)), [f"point withheld: {why}", *size]
    else:
        given = _compact(say.figure(estimate.value, scale))
    found = []
    if limits := say.limits(estimate.low, estimate.high, scale):
        found.append(limits)
    if estimate.p_value is not None:
        size.insert(2, say.p_value(estimate.p_value))
    return given, found + size


def _compact(text: str) -> str:
    """Shorter units; a terminal would break a line between a number and its percent sign."""
    return text.replace(f"{say.NBSP}%", "%").replace(f"{say.NBSP}point", " pt").replace(" %", "%")


def _method(summary: Summary) -> str:
    """The instruments and methods of the table, each once."""
    found = [e for f in summary.of("headline") for _, name in _COLUMNS if (e := getattr(f, name)) is not None]
    levels = say.listed(tuple(dict.fromkeys(say.level(e.level) for e in found)))
    methods = "; ".join(dict.fromkeys(part for e in found for part in e.method.split("; ") if part))
    instruments = ", ".join(dict.fromkeys(f.scorer for f in summary.of("headline")))
    notes = "; ".join(dict.fromkeys(part for e in found for part in e.note.split("; ") if part))
    read_with_care = f" Read with care: {notes}." if notes else ""
    tested = any(e.p_value is not None for e in found)
    adjusted = " p-values are adjusted after Holm, the intervals are not." if tested else ""
    intervals = f"{levels} intervals: {methods}." if methods else "No interval."
    said = f"{intervals}{adjusted}{read_with_care} Instruments: {instruments}."
    return _compact(one_line(said, 2_000))
