"""All figures of a run as one tidy CSV: one row a number, safe to open in a spreadsheet."""

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from auscult.analysis.summary import Summary, read_summary
from auscult.reports.csv import ESTIMATE, Line, estimate_line, write_lines
from auscult.reports.places import SECTIONS, in_order, line_of, places

_FIGURE = ("group", "answer_type", "kind", "category", "share", "higher_is_better")
COLUMNS = ("section", "label", "metric", "condition", *ESTIMATE, *_FIGURE)
_NUMBERS = ("value", "low", "high", "usable_value", "worst", "best", "p_value")


def write_csv(run: Path, out: Path) -> Path:
    """Writes every number of a run's ``summary.json`` as CSV (UTF-8) and returns its path.

    Texts that a spreadsheet would read as a formula get a leading apostrophe. Figures of a plumbing-only run are
    withheld in the headline, as on the page.

    Raises:
        UserError: the summary is missing or not of this version.
    """
    write_lines(out, COLUMNS, rows(read_summary(run / "summary.json")))
    return out


def rows(summary: Summary) -> Iterator[Line]:
    """One row a number: estimates, what guessing gives, blind spots, then counts."""
    for place in places(summary):
        line = estimate_line(place.estimate) | {name: getattr(place.figure, name) for name in _FIGURE}
        if place.hidden:
            line |= {**dict.fromkeys(_NUMBERS), "withheld": place.hidden}
        yield line | dict(zip(COLUMNS, place[:4], strict=False))
    for figure in in_order(summary):
        if figure.chance is not None:
            yield _number(*line_of(figure), figure.metric, "guessing", figure.chance)
    for quality in summary.quality:
        section, by = SECTIONS["quality"].format(quality.instrument), quality.instrument
        for spot in quality.blind_spots:
            line = _number(section, f"reference, {spot.change}", spot.metric, "against itself", spot.mean)
            yield line | {"n": spot.n, "instrument": by}
        for kind, n in quality.classes.items():
            yield _number(section, kind, "answers", "with", n) | {"instrument": by}
    for found in summary.detection:
        for metric, n in asdict(found).items():
            if metric != "target":
                yield _number("detection", found.target, metric, "with", n)
    for rule in summary.published:
        label = f"{rule.rule} ({rule.system})"
        yield _number("published rules", label, "scored differently", "with", rule.disagree)
    for failed in summary.failures:
        counted = asdict(failed)
        for kinds, of in (("kinds", "request_failed"), ("unusable_kinds", "unusable")):
            counted |= {f"{of}: {kind}": n for kind, n in counted.pop(kinds).items()}
        for what, n in counted.items():
            if what not in ("condition", "limit"):
                yield _number("failures", what, "count", failed.condition, n)


def _number(section: str, label: str, metric: str, condition: str, value: float | None) -> Line:
    return {"section": section, "label": label, "metric": metric, "condition": condition, "value": value}
