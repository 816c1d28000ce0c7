"""Results as name → value. Only this module knows their layout: where it changes, this changes and the values stay."""

import contextlib
import csv
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

Plain = Mapping[str, Any]
Named = Iterator[tuple[str, object]]

ESTIMATE = (
    "value", "low", "high", "n", "clusters", "missing", "unread", "unjudged", "unusable", "worst", "best",
    "usable_value", "coverage", "p_value", "decided",
)  # fmt: skip
SIDES = {
    "with_image": "with",
    "control_with": "with, controls",
    "without_image": "without",
    "wrong_image": "wrong",
    "gain_over_none": "gain over without",
    "gain_over_wrong": "gain over wrong",
}
FILE_OF_ANSWERS = re.compile(r"replay:[0-9a-f]{64}( \([^()]*\))?")
"""In an instrument's name: which file recorded verdicts came from, by its hash, and under which columns."""
COUNTS = {
    "detection": ("tp", "fp", "tn", "fn", "unclear_present", "unclear_absent"),
    "failures": (
        "asked", "usable", "unusable", "request_failed", "judge_unusable", "unread", "unclear", "cut_short",
    ),
    "usage": ("calls", "attempts", "tokens_in", "tokens_out", "cost"),
    "summary": ("plumbing_only", "cases", "items", "clusters", "unit", "duplicates"),
    "line": (
        "verdict", "value", "low", "high", "limit", "good", "n", "clusters", "known", "missing", "unread", "unusable",
    ),
}  # fmt: skip


def of_run(run: Path) -> dict[str, object]:
    """Every figure of a finished run."""
    return _unique(_summary(json.loads((run / "summary.json").read_bytes())))


def of_comparison(table: Path) -> dict[str, object]:
    """Every figure and difference of ``auscult compare --csv``."""
    with table.open(newline="") as file:
        return _unique(pair for row in csv.DictReader(file) for pair in _compared(row))


def of_gate(decision: Path) -> dict[str, object]:
    """Every verdict of ``auscult gate --json``, with its bounds."""
    return _unique(_gate(json.loads(decision.read_bytes())))


def _summary(found: Plain) -> Named:
    yield from _chosen("run", found, COUNTS["summary"])
    yield "run | canary", found["canary"]["status"]
    for row in found["figures"]:
        yield from _figure(row)
    if found["premises"]:
        yield from _chosen("premise", found["premises"], ("untwinned", "unmatched"))
    for quality in found["quality"]:
        name = _join("quality", quality["instrument"])
        yield from _chosen(name, quality, ("low", "high"))
        for spot in quality["blind_spots"]:
            yield from _chosen(_join(name, "blind spot", spot["metric"], spot["change"]), spot, ("mean", "n"))
    for row in found["detection"]:
        yield from _chosen(_join("detection", row["target"] or "all"), row, COUNTS["detection"])
    for row in found["published"]:
        yield from _chosen(_join("published", row["rule"], row["system"]), row, ("disagree", "n"))
    for row in found["failures"]:
        name = _join("failures", row["condition"])
        yield from _chosen(name, row, COUNTS["failures"])
        yield from _chosen(_join(name, "kinds"), row["kinds"])
        yield from _chosen(_join(name, "unusable kinds"), row["unusable_kinds"])
    yield from _chosen("usage", found["usage"], COUNTS["usage"])


def _figure(row: Plain) -> Named:
    section, group, label, metric = (row[key] for key in ("section", "group", "label", "metric"))
    match section:
        case "response":
            response = metric.replace(" ", "_")
            name = _join("premise line", group, label or "all forms", row["category"] or "all", response)
            yield from _estimate(name, row["with_image"])
        case "detection":
            yield from _estimate(_join(section, label or "all", metric), row["with_image"])
        case "published":
            yield from _estimate(_join(section, group, label, metric), row["with_image"])
        case _:
            of = (row[key] for key in ("label", "kind", "category", "answer_type", "metric", "scorer"))
            name = _join({"tag": "table", "measurement": "measurements"}.get(section, section), group)
            yield from _table_line(_join(name, *dict.fromkeys(of)), row)


def _table_line(name: str, row: Plain) -> Named:
    for field, side in SIDES.items():
        yield from _estimate(_join(name, side), row[field])
    yield from _chosen(name, row, ("chance",))
    yield from _chosen(name, {"warned": bool(row["warning"])})


def _estimate(name: str, found: Plain | None) -> Named:
    if found is not None:
        yield from _chosen(name, found, ESTIMATE)
        yield from _chosen(name, {"withheld": bool(found["withheld"])})


def _compared(row: Plain) -> Named:
    of = (row[key] for key in ("table", "group", "metric", "items", "instrument"))
    name = _join(row["section"], *dict.fromkeys(of), row["row"], f"minus {row['minus']}" if row["minus"] else "")
    skipped = {
        "section", "table", "group", "metric", "items", "instrument", "row", "minus", "run", "method", "withheld",
        "note", "source",
    }  # fmt: skip
    yield from _chosen(name, {key: _number(value) for key, value in row.items() if key not in skipped})
    yield from _chosen(name, {"withheld": bool(row["withheld"])})


def _number(text: str) -> object:
    for kind in (int, float):
        with contextlib.suppress(ValueError):
            return kind(text)
    return text


def _gate(found: Plain) -> Named:
    yield from _chosen("gate", found, ("verdict", "confidence", "unit"))
    for section, decided in (("criterion", found["decided"]), ("update", found["updates"])):
        for criterion in decided:
            name = _join(section, criterion["name"])
            yield from _chosen(name, criterion, ("verdict", "instrument"))
            for line in criterion["lines"]:
                yield from _chosen(_join(name, line["label"]), line, COUNTS["line"])
                yield from _chosen(_join(name, line["label"]), {"withheld": bool(line["withheld"])})
            for point in criterion["curve"]:
                yield from _chosen(_join(name, f"at {point['threshold']:g}"), point, ("coverage", "risk", "n"))


def _chosen(name: str, found: Plain, keys: Iterable[str] | None = None) -> Named:
    """What is neither unknown nor empty; a count of zero and what is not so are not named."""
    for key in found if keys is None else keys:
        value = found[key]
        is_count = isinstance(value, int)  # of bool too
        if value is not None and value != "" and not (is_count and value == 0):
            yield _join(name, key.replace("_", " ")), value


def _join(*parts: str) -> str:
    return " | ".join(" ".join(part.split()) for part in parts if part)


def _unique(named: Named) -> dict[str, object]:
    made: dict[str, object] = {}
    for long_name, value in named:
        name = FILE_OF_ANSWERS.sub("replay", long_name)
        assert name not in made, f"two figures are called '{name}'"
        made[name] = FILE_OF_ANSWERS.sub("replay", value) if isinstance(value, str) else value
    return made
