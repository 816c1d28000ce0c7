"""The tables of a run's page that hold more than figures: findings, published rules, failures, certificates."""

from collections.abc import Iterator, Sequence
from typing import Any

from auscult.analysis.summary import PROBED, Failures, Summary
from auscult.records import Certificate
from auscult.reports import format as say
from auscult.reports.cells import by_metric, crossed
from auscult.reports.selection import CONDITIONS, OUTCOMES, Selection
from auscult.reports.table import Cell, Row, Table, count, text, titled

CONDITION_WORDS = {
    "with": "with its image",
    "without": "without any image",
    "wrong": "with another case's image",
    PROBED: "changed, by a probe",
}
OUTCOME_WORDS = {
    "wrong": "wrong",
    "partly": "partly right",
    "unclear": "took no side",
    "unusable": "gave no answer",
    "unread": "could not be read",
    "failed": "never came",
    "unjudged": "not marked",
    "right": "right",
}
_DETECTED = {
    "tp": "True positive",
    "fp": "False positive",
    "tn": "True negative",
    "fn": "False negative",
    "unclear_present": "Unclear, present",
    "unclear_absent": "Unclear, absent",
}
_MERGED = {"part", "what", "degree", "value", "low", "high", "label", "hits", "n", "clusters", "unit"}
"""Of a certificate's row: told together."""
_IF_ANY = {"missing", "unread"}


def detection(summary: Summary) -> Table:
    """A line a finding: what was fabricated, what was missed, and all counts."""
    figures = summary.of("detection")
    return crossed(
        "detection",
        "Detection by finding",
        "Finding",
        {"fabrication": "Fabricated", "miss": "Missed"},
        [
            (
                Row(label=d.target, cells=tuple(count(getattr(d, name)) for name in _DETECTED)),
                by_metric(f for f in figures if f.label == d.target),
            )
            for d in summary.detection
        ],
        more=tuple(_DETECTED.values()),
        named=False,
    )


def published(summary: Summary) -> Table:
    """A line a published rule: the same answers scored by it and by the sound one."""
    return crossed(
        "published",
        "Published scoring rules beside the sound one, on the same answers",
        "Rule",
        {"published": "As published", "sound": "Sound", "difference": "Published minus sound"},
        [
            (
                Row(label=r.rule, about=r.system, cells=(text(f"{say.whole(r.disagree)} of {say.whole(r.n)}"),)),
                by_metric(summary.of("published", r.rule)),
            )
            for r in summary.published
        ],
        more=("Answers scored differently",),
        named=False,
    )


def failures(found: Sequence[Failures]) -> Table:
    """A line an image condition: what came of the answers, counted apart."""
    rows = []
    for f in found:
        usable = [f"{words}: {say.whole(n)}" for words, n in _of_these(f) if n]
        unusable = [f"{kind}: {say.whole(n)}" for kind, n in f.unusable_kinds.items()]
        failed = [f"{kind.replace('_', ' ')}: {say.whole(n)}" for kind, n in f.kinds.items()]
        answered = (count(f.asked), count(f.usable, *usable), count(f.unusable, *unusable), count(f.unread))
        cells = (*answered, count(f.request_failed, *failed), count(f.judge_unusable))
        rows.append(Row(label=CONDITION_WORDS.get(f.condition, f.condition), cells=cells))
    heads = (
        "Asked",
        "Answers asked for",
        "Answered",
        "Gave no answer",
        "Could not be read",
        "Never came",
        "Not marked",
    )
    return titled("failures", "What was missing, by image condition", heads, rows, look="plain")


def _of_these(f: Failures) -> tuple[tuple[str, int], ...]:
    return ("neither yes nor no", f.unclear), ("cut short, of all", f.cut_short)


def certificate(one: Certificate) -> list[Table]:
    """The figures of a test, one table a part, in their order: the headline is first."""
    parts: dict[str, list[dict[str, Any]]] = {}
    for row in one.figures:
        parts.setdefault(str(row.get("part", "")), []).append(row)
    return [_part(name, rows) for name, rows in parts.items()]


def _part(name: str, rows: Sequence[dict[str, Any]]) -> Table:
    """Notes on an interval, and what is the same or nothing in every row, stay in the file."""
    said = [{k: "" if v is None or (k in _IF_ANY and v == 0) else _plain(v) for k, v in row.items()} for row in rows]
    names = [
        n for n in dict.fromkeys(n for row in said for n in row) if n not in _MERGED and any(r.get(n) for r in said)
    ]
    if len({row.get("instrument") for row in said}) == 1:
        names = [n for n in names if n != "instrument"]
    lines = []
    for row, line in zip(rows, said, strict=True):
        label = "; ".join(filter(None, (line.get("what"), line.get("degree"))))
        lines.append(Row(label=label, kind="part", cells=(*(text(line.get(n, "")) for n in names), *_figure(row))))
    heads = ("What", *(n.replace("_", " ") for n in names), "value (95 % interval)", "n")
    return titled("certificate", name, heads, lines, look="small")


def _figure(row: dict[str, Any]) -> tuple[Cell, Cell]:
    """A figure with its interval, or why there is none, and of how many it is."""
    value, low, high, n, label = (row.get(name) for name in ("value", "low", "high", "n", "label"))
    words = (
        (f"{label}: {row['hits']} of {n}" if "hits" in row else str(label or "")) if value is None else _plain(value)
    )
    limits = "" if low is None or high is None else f" ({_plain(low)}-{_plain(high)})"
    units = say.count(row["clusters"], row["unit"]) if row.get("unit") else ""
    many = "" if n is None else units if units and n == row["clusters"] else f"{n} in {units}" if units else str(n)
    return text(words + limits), text(many)


def _plain(value: object) -> str:
    return f"{value:.3f}" if isinstance(value, float) else str(value)


def shown_answers(chosen: Selection) -> Table:
    """How many answers of each outcome the gallery shows, of how many."""
    rows = []
    for condition in CONDITIONS:
        pairs = [(chosen.shown.get((o, condition), 0), chosen.found.get((o, condition), 0)) for o in OUTCOMES]
        if any(there for _, there in pairs):
            cells = tuple(text(f"{say.whole(some)} of {say.whole(there)}") for some, there in pairs)
            rows.append(Row(label=CONDITION_WORDS[condition], cells=cells))
    caption = "Answers shown, of all answers in the run (first repeat)"
    return titled("shown-answers", caption, ("Asked", *OUTCOME_WORDS.values()), rows, look="small")


def flat(value: object, path: str = "") -> Iterator[tuple[str, str]]:
    """Nested plain values as (dotted path, text)."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from flat(inner, f"{path}.{key}" if path else str(key))
    elif isinstance(value, (list, tuple)):
        if any(isinstance(v, (dict, list, tuple)) for v in value):
            for k, inner in enumerate(value):
                yield from flat(inner, f"{path}[{k}]")
        else:
            yield path, ", ".join(str(v) for v in value)
    else:
        yield path, str(value)
