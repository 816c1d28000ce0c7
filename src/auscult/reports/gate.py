"""The verdict of a gate, for people: tables in the terminal, and a page that works with no network."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from rich.console import Group, RenderableType
from rich.text import Text

from auscult.analysis.gate.decision import Decided, Gate
from auscult.analysis.gate.lines import Line, Verdict
from auscult.analysis.gate.run import EVERY
from auscult.printing import one_line
from auscult.reports import format as say
from auscult.reports.format import Scale
from auscult.reports.gate_face import gate_face
from auscult.reports.html import page
from auscult.reports.table import Cell, Part, Row, Table, Tone, count, text, titled
from auscult.reports.terminal import STYLES, Drawn, plain
from auscult.store.files import replace_file

SHOWN = 12
"""Parts of a criterion in the terminal; those that do not pass come first."""
TONES: dict[Verdict, Tone] = {"PASS": "passed", "FAIL": "failed", "INCONCLUSIVE": "open"}
_SCALES = {"share": Scale.SHARE, "points": Scale.POINTS, "plain": Scale.PLAIN}


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


def criteria(decided: Sequence[Decided], unit: str, most: int | None = None) -> Table:
    """The criteria with their parts, of each what does not pass first.

    Args:
        decided: the criteria.
        unit: what a cluster is.
        most: parts of a criterion to show, where there is little room: a criterion of one part is then one line, and
            why it was set is left out. None: all, each criterion as a heading of its parts.
    """
    rows: list[Row] = []
    for one in decided:
        parts = [_row(line, unit, signed=one.kind != "gap") for line in _worst_first(one)]
        if most is None or len(parts) > 1:
            rows.append(_heading(one, why=most is None))
            rows += [replace(row, kind="part") for row in parts[:most]]
        else:
            part = "" if parts[0].label == EVERY else parts[0].label
            about = " · ".join(filter(None, (one.about, part, parts[0].about)))
            rows.append(replace(parts[0], label=one.name, about=about))
        if most is not None and len(parts) > most:
            rows.append(Row(label=f"and {len(parts) - most} more", kind="part"))
    heads = ("Criterion", "Limit", "Observed", "n", "Verdict", "What it would need")
    return titled("criteria", "Every part of a criterion must hold", heads, rows)


def _worst_first(decided: Decided) -> list[Line]:
    return sorted(decided.lines, key=lambda line: line.verdict == "PASS")


def _heading(decided: Decided, *, why: bool) -> Row:
    cells = (text(decided.why if why else "", span=3), _verdict(decided.verdict), text(""))
    about = " · ".join(filter(None, (decided.about, decided.instrument if why else "")))
    return Row(label=decided.name, about=about, cells=cells, kind="group")


def _verdict(verdict: Verdict) -> Cell:
    return text(verdict, tone=TONES[verdict])


def _row(line: Line, unit: str, *, signed: bool) -> Row:
    """A gap has no sign; other differences carry theirs."""
    scale = _SCALES[line.unit]

    def figure(value: float) -> str:
        shown = say.figure(value, scale)
        return shown if signed else shown.removeprefix("+")

    missing = f"missing ({say.whole(line.unread)} unread)" if line.unread else "missing"
    counted = ((line.missing, missing), (line.unusable, "unusable"), (line.unclear, "unclear"))
    about = ", ".join(f"{say.whole(n)} {word}" for n, word in counted if n)
    held = f"no point is shown: {line.withheld}" if line.withheld else ""
    of = f"{say.whole(line.known)} of " if line.known < line.n and line.clusters else ""
    observed = Part(value="" if line.value is None else figure(line.value), interval=_bound(line, scale, figure))
    return Row(
        label=one_line(line.label),
        about="; ".join(filter(None, (line.note and one_line(line.note, 160), held, about))),
        cells=(
            text("" if line.limit is None else f"{line.good} {figure(line.limit)}"),
            Cell(parts=(observed,)),
            text(f"{of}{say.whole(line.n)} on {say.count(line.clusters, unit)}" if line.n else ""),
            _verdict(line.verdict),
            text(one_line(line.need, 400)),
        ),
    )


def _bound(line: Line, scale: Scale, figure: Callable[[float], str]) -> str:
    """The bound that decided, or both."""
    if line.low is None or line.high is None:
        return ""
    if line.verdict == "INCONCLUSIVE" or line.withheld:
        return say.interval(line.low, line.high, scale)
    above = (line.verdict == "PASS") == (line.good == "at most")
    return f"at most {figure(line.high)}" if above else f"at least {figure(line.low)}"


def risk_by_coverage(decided: Decided) -> Table | None:
    """How often an answer is wrong, by how many questions are answered; None where that was not asked."""
    if len(decided.curve) < 2:
        return None
    rows = (
        Row(
            label=f"{say.figure(p.threshold, Scale.SHARE, 0)} or more",
            cells=(*(text(say.figure(v, Scale.SHARE)) for v in (p.coverage, p.risk)), count(p.n)),
        )
        for p in decided.curve
    )
    heads = ("Samples that agree", "Coverage", "Risk", "Questions answered")
    return titled("risk", "How often an answer is wrong, by how many questions are answered", heads, rows, look="plain")


def terminal(gate: Gate) -> RenderableType:
    """The gate as a table where there is room for it, else line by line."""
    title = f"{gate.criteria['title']}, version {gate.criteria['version']}, fixed by {gate.criteria['who']}"
    parts: list[RenderableType] = [
        Text(plain(title), "bold"),
        Text(plain(gate.run["title"]), "dim"),
        Text(plain(sentence(gate)), STYLES[TONES[gate.verdict]]),
        Drawn(criteria(gate.decided, gate.unit, SHOWN)),
    ]
    if gate.updates:
        parts.append(Text(plain(f"Against {gate.against['title']}, begun {gate.against['created']}"), "bold"))
        parts.append(Drawn(criteria(gate.updates, gate.unit, SHOWN)))
    for decided in (*gate.decided, *gate.updates):
        parts += [Text(plain(f"{decided.name}: {note}"), "dim") for note in decided.notes]
        parts += [Text(plain(said), "dim") for said in _curve(decided)]
    parts.append(Text(plain(f"{method(gate)} {gate.timing.detail}"), "dim"))
    parts += [Text.assemble(("warn: ", "yellow"), plain(w)) for w in gate.warnings]
    return Group(*parts)


def _curve(decided: Decided) -> Iterator[str]:
    """Risk by coverage in words."""
    if (table := risk_by_coverage(decided)) is not None:
        points = (f"agreement {r.label} answers {r.cells[0].value} at risk {r.cells[1].value}" for r in table.rows)
        yield f"{decided.name}: {'; '.join(points)}"


def write_page(gate: Gate, path: Path) -> None:
    """Writes the page by atomic rename."""
    replace_file(path, render(gate).encode())


def render(gate: Gate) -> str:
    """The page as text."""
    sections = [("Criteria", "criteria", gate.decided)]
    if gate.updates:
        sections.append((f"Against {gate.against['title']}", "against", gate.updates))
    about = (("criteria", gate.criteria), ("run", gate.run), ("against", gate.against))
    return page(
        "gate.html.j2",
        face=gate_face(gate),
        notes=(gate.timing.detail, method(gate)),
        sections=[
            (title, name, criteria(found, gate.unit), [(d, risk_by_coverage(d)) for d in found])
            for title, name, found in sections
        ],
        about=[(name, list(known.items())) for name, known in about if known],
    )
