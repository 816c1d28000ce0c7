"""All figures of a run as one tidy CSV: one row a number, safe to open in a spreadsheet."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from auscult.analysis.summary import BlindSpot, Detection, Failures, Figure, Summary, read_summary
from auscult.records import Estimate
from auscult.reports.verdict import PLUMBING, PREMISE, QUALITY, figure_groups
from auscult.store.files import replace_file

COLUMNS = (
    "section", "label", "metric", "condition", "value", "low", "high", "level", "n", "clusters", "unit", "missing",
    "unusable", "coverage", "usable_value", "worst", "best", "method", "instrument", "p_value", "withheld", "note",
    "decided", "unread", "unjudged",
)  # fmt: skip
_CONDITIONS = {
    "with_image": "with",
    "control_with": "with, control items",
    "without_image": "without",
    "wrong_image": "wrong",
    "gain_over_none": "with minus without",
    "gain_over_wrong": "with minus wrong",
}
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
Line = dict[str, object]


def write_csv(run: Path, out: Path) -> Path:
    """Writes every number of a run's ``summary.json`` as CSV (UTF-8) and returns its path.

    Texts that a spreadsheet would read as a formula get a leading apostrophe. Figures of a plumbing-only run are
    withheld in the headline, as on the page.

    Raises:
        UserError: the summary is missing or not of this version.
    """
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, restval="", lineterminator="\n")
    writer.writeheader()
    for line in rows(read_summary(run / "summary.json")):
        writer.writerow({name: safe(value) for name, value in line.items()})
    replace_file(out, text.getvalue().encode())
    return out


def rows(summary: Summary) -> Iterator[Line]:
    """One row a number, in the order of the page."""
    headlines = ("headline", *(f"{PREMISE}, {group}" for group in list(summary.groups("premise"))[:1]))
    for section, figures in figure_groups(summary):
        for figure in figures:
            headline = section in headlines or section.startswith(QUALITY)
            hidden = PLUMBING if summary.plumbing_only and headline else ""
            yield from _figure(section, figure, hidden)
    for figure in summary.of("response"):
        whole = not figure.label and not figure.category
        label = " · ".join(t for t in (f"premise is {figure.group}", figure.label, figure.category) if t)
        line = _with_image(f"{PREMISE}s", label, figure, "with")
        yield _hidden(line, PLUMBING if summary.plumbing_only and whole else "")
    for quality in summary.quality:
        for spot in quality.blind_spots:
            yield _blind_spot(quality.instrument, spot)
    for detection in summary.detection:
        for figure in summary.of("detection"):
            if figure.label == detection.target:
                yield _with_image("detection", figure.label, figure, "with")
        yield from _detection(detection)
    for rule in summary.published:
        label = f"{rule.rule} ({rule.system})"
        for figure in summary.of("published", rule.rule):
            yield _with_image("published rules", label, figure, figure.metric)
        yield _count("published rules", label, "scored differently", "with", rule.disagree)
    for failures in summary.failures:
        yield from _failures(failures)


def safe(value: object) -> object:
    """A value that no spreadsheet takes for a formula."""
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return "" if value is None else value


def _estimate(section: str, label: str, metric: str, condition: str, e: Estimate) -> Line:
    own = {name: getattr(e, name) for name in COLUMNS[4:]}
    return {"section": section, "label": label, "metric": metric, "condition": condition, **own}


def _figure(section: str, figure: Figure, hidden: str) -> Iterator[Line]:
    label = " · ".join(t for t in (figure.label, figure.kind, figure.category) if t)
    for name, condition in _CONDITIONS.items():
        estimate = getattr(figure, name)
        if estimate is None:
            continue
        yield _hidden(_estimate(section, label, figure.metric, condition, estimate), hidden)
    if figure.chance is not None:
        yield {
            "section": section,
            "label": label,
            "metric": figure.metric,
            "condition": "guessing",
            "value": figure.chance,
        }


def _hidden(line: Line, why: str) -> Line:
    """A line without its numbers, where there is a reason not to show them."""
    if not why:
        return line
    blank = dict.fromkeys(("value", "low", "high", "usable_value", "worst", "best", "p_value"))
    return {**line, **blank, "withheld": why}


def _with_image(section: str, label: str, figure: Figure, condition: str) -> Line:
    assert figure.with_image is not None, "a figure of this section is of answers with the image"
    name = figure.with_image.name if section == "published rules" else figure.metric
    return _estimate(section, label, name, condition, figure.with_image)


def _count(section: str, label: str, metric: str, condition: str, value: int) -> Line:
    return {"section": section, "label": label, "metric": metric, "condition": condition, "value": value}


def _blind_spot(instrument: str, spot: BlindSpot) -> Line:
    line = _count(f"{QUALITY}, {instrument}", f"reference, {spot.change}", spot.metric, "against itself", spot.n)
    return {**line, "value": spot.mean, "n": spot.n, "instrument": instrument}


def _detection(d: Detection) -> Iterator[Line]:
    for metric in ("tp", "fp", "tn", "fn", "unclear_present", "unclear_absent"):
        yield _count("detection", d.target, metric, "with", getattr(d, metric))


def _failures(f: Failures) -> Iterator[Line]:
    for metric in ("asked", "usable", "unusable", "unread", "request_failed", "judge_unusable", "unclear", "cut_short"):
        yield _count("failures", metric, "count", f.condition, getattr(f, metric))
    for label, kinds in (("request_failed", f.kinds), ("unusable", f.unusable_kinds)):
        for kind, n in kinds.items():
            yield _count("failures", f"{label}: {kind}", "count", f.condition, n)
