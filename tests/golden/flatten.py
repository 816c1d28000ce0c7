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
RESPONSES = ("accepted", "denied", "states_truth", "evaded", "refused", "hedged")
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
    for section in ("headline", "measurements", "annotators", "corrected", "consistency"):
        yield from _figures(section, found[section])
    for table in found["tables"]:
        yield from _figures(_join("table", table["tag"]), table["figures"])
    if found["premise"]:
        yield from _premise(found["premise"])
    for quality in found["quality"]:
        yield from _quality(quality)
    for row in found["detection"]:
        name = _join("detection", row["target"] or "all")
        yield from _chosen(name, row, COUNTS["detection"])
        for side in ("fabrication", "miss"):
            yield from _estimate(_join(name, side), row[side])
    for row in found["published"]:
        name = _join("published", row["rule"], row["system"])
        for side in ("published", "sound", "difference"):
            yield from _estimate(_join(name, side), row[side])
        yield from _chosen(name, row, ("disagree", "n"))
    for row in found["failures"]:
        name = _join("failures", row["condition"])
        yield from _chosen(name, row, COUNTS["failures"])
        yield from _chosen(_join(name, "kinds"), row["kinds"])
        yield from _chosen(_join(name, "unusable kinds"), row["unusable_kinds"])
    yield from _chosen("usage", found["usage"], COUNTS["usage"])


def _premise(found: Plain) -> Named:
    yield from _chosen("premise", found, ("untwinned", "unmatched"))
    for group in found["groups"]:
        yield from _figures(_join("premise", group["label"]), group["figures"])
    for line in found["lines"]:
        name = _join("premise line", line["premise"], line["form"] or "all forms", line["category"] or "all")
        for response in RESPONSES:
            yield from _estimate(_join(name, response), line[response])


def _quality(found: Plain) -> Named:
    name = _join("quality", found["instrument"])
    yield from _chosen(name, found, ("low", "high"))
    yield from _figures(name, found["figures"])
    for spot in found["blind_spots"]:
        yield from _chosen(_join(name, "blind spot", spot["metric"], spot["change"]), spot, ("mean", "n"))


def _figures(section: str, rows: Iterable[Plain]) -> Named:
    for row in rows:
        of = (row[key] for key in ("label", "kind", "category", "answer_type", "metric", "scorer"))
        name = _join(section, *dict.fromkeys(of))
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
