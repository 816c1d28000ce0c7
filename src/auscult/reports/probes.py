"""Probes in words: a line a probe with what is right then, before and after; and the tables with their statistics."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from auscult.analysis.summary import Figure, ProbeAsked, Summary
from auscult.reports import format as say
from auscult.reports.cells import by_metric, crossed
from auscult.reports.charts import of_estimate
from auscult.reports.face import Bar
from auscult.reports.plain import Group, Line, behind
from auscult.reports.table import Row, Table

KINDS = {
    "same": "The answer should stay as it is",
    "changed": "The answer should change with the question or image",
    "abstain": "The answer should be that it cannot be given",
}
"""What is right on a changed twin → how the probes of that kind are headed."""
CONTROLS = "Controls: what can be had without looking; a high share speaks against the questions"
"""How the probes are headed of which a high score is no merit."""
BARS = {
    "same": {"accuracy before": "right as asked", "right": "right when changed", "goes along": "goes along"},
    "changed": {"accuracy before": "right as asked", "right": "right when changed", "goes along": "goes along"},
    "abstain": {"right": "says so", "over-abstains": "says so of its own image too"},
}
"""Kind → metric → what its bar is called."""
TABLES = {
    "same": ("accuracy before", "right", "drop", "goes along", "led", "goes along although it knows"),
    "abstain": ("right", "over-abstains", "abstains more", "accuracy before", "accuracy after", "drop"),
}
OTHERS = (
    "says the wrong answer before",
    "abstains before",
    "abstains after",
    "wrong and sure before",
    "wrong and sure after",
    "points before",
    "points after",
)
"""Columns of the tables of both kinds, and of what is left over."""


MEMORY = {"accuracy before": "of new questions", "right": "of published ones"}
"""The same of a control that is held against questions of its own."""


def _kinds(summary: Summary) -> Iterator[tuple[str, list[ProbeAsked]]]:
    for kind in KINDS:
        if probes := [p for p in summary.probes if p.right == kind and summary.of("probe", p.name)]:
            yield kind, probes


def groups(summary: Summary) -> tuple[Group, ...]:
    """A group a kind of right behaviour, then one of the controls; a line a probe."""
    kinds = list(_kinds(summary))
    made = [(KINDS[kind], [p for p in probes if not p.control]) for kind, probes in kinds]
    made.append((CONTROLS, [p for _, probes in kinds for p in probes if p.control]))
    return tuple(
        Group(heading=heading, lines=tuple(_line(p, by_metric(summary.of("probe", p.name))) for p in probes))
        for heading, probes in made
        if probes
    )


def _line(probe: ProbeAsked, figures: dict[str, Figure]) -> Line:
    bars: list[Bar] = []
    named = MEMORY if probe.control and probe.against == "unchanged" else BARS[probe.right]
    for metric, words in named.items():
        if (figure := figures.get(metric)) and (one := figure.with_image) is not None:
            bars.append(of_estimate(words, one, against=figure.chance, against_label="guessing gets"))
    first = figures["right"].with_image
    assert first is not None
    return Line(label=say.upper(probe.title), about=behind(first), bars=tuple(bars), n=first.n)


def tables(summary: Summary) -> list[Table]:
    """One table for probes that leave the answer to be given, one for those that take it away, one for all the rest."""
    found = []
    for name, kinds, metrics in (
        ("probes", ("same", "changed"), TABLES["same"]),
        ("probes-abstain", ("abstain",), TABLES["abstain"]),
        ("probes-more", tuple(KINDS), OTHERS),
    ):
        lines = [
            (Row(label=p.name, about=p.title), by_metric(summary.of("probe", p.name)))
            for kind, probes in _kinds(summary)
            if kind in kinds
            for p in probes
        ]
        shown = [m for m in metrics if any(m in figures for _, figures in lines)]
        if shown:
            caption = KINDS[kinds[0]] if len(kinds) < len(KINDS) else "Abstention, answers given anyway, and points"
            found.append(crossed(name, caption, "Probe", {m: say.upper(m) for m in shown}, lines, usable=False))
    return found


def remarks(summary: Summary) -> tuple[str, ...]:
    """Who read open answers, what is right on each probe, what it could not be put to, what a figure is read with."""
    said = _who_read(summary.manifest.get("probe_judge", {}))
    for probe in summary.probes:
        why = "; ".join(f"not to {say.count(n, 'item')}: {reason}" for reason, n in probe.unput.items())
        said.append(f"{probe.name}: {probe.about} Put to {say.count(probe.items, 'item')}{f'; {why}' if why else ''}.")
        said += [f"{probe.name}, {f.metric}: {f.warning}." for f in summary.of("probe", probe.name) if f.warning]
    return tuple(said)


def _who_read(judge: Mapping[str, Any]) -> list[str]:
    """Who said whether open answers are right; nobody where none was asked."""
    if not judge:
        return []
    counts = Counter(judge.get("counts", {}))
    told = counts["ok"] + counts["unusable"]
    return [
        f"Whether open answers without a claim are right was read by {judge['judge']} ({judge['instrument']}), of "
        f"{counts.total():,} answers in {told:,}; the certificate of the probes does not cover that, and what was not "
        "told stands in the bounds."
    ]
