"""Every number of a run with its place: section, line, metric and condition, as warnings and the CSV name it."""

from collections.abc import Iterator
from typing import NamedTuple

from auscult.analysis.summary import Figure, Section, Summary
from auscult.records import Estimate

PLUMBING = "Plumbing only: these figures say nothing about a real model."
SECTIONS: dict[Section, str] = {
    "headline": "headline",
    "tag": "by {}",
    "premise": "premise response, {}",
    "quality": "open answers, {}",
    "measurement": "measurements",
    "annotators": "several annotators",
    "corrected": "corrected for misreading",
    "consistency": "consistency",
    "response": "premise responses",
    "detection": "detection",
    "prevalence": "where {} have it",
    "pairs": "pairs of images",
    "twins": "twins of the set",
    "probe": "probe {}",
    "published": "published rules",
}
"""What the sections are called; ``{}`` is the group."""
COLUMNS = {
    "with_image": "With image",
    "control_with": "With image, control items",
    "without_image": "Without image",
    "wrong_image": "Wrong image",
    "gain_over_none": "With minus without",
    "gain_over_wrong": "With minus wrong",
}
"""Fields of a figure, and what tables call them."""
GAINS = frozenset({"gain_over_none", "gain_over_wrong"})
"""Those that are differences."""


BY_METRIC = frozenset({"response", "detection", "published"})
"""Sections whose tables have a column a metric."""


class Place(NamedTuple):
    """One number and where it stands.

    Attributes:
        section: of the report.
        label: of the line.
        metric: what is estimated.
        condition: under which image condition, or which of two rules.
        estimate: the number.
        words: section, line and column, on one line.
        hidden: why it must not be shown at the head of a page, or empty.
        figure: of which it is the number under one condition.
    """

    section: str
    label: str
    metric: str
    condition: str
    estimate: Estimate
    words: str
    hidden: str
    figure: Figure


def line_of(figure: Figure) -> tuple[str, str]:
    """The section of a figure and its line there."""
    section = SECTIONS[figure.section].format(figure.group)
    if figure.section == "published":
        return section, f"{figure.group} ({figure.label})"
    premise = f"premise is {figure.group}" if figure.section == "response" else ""
    return section, " · ".join(filter(None, (premise, figure.label, figure.kind, figure.category)))


def in_order(summary: Summary) -> Iterator[Figure]:
    """All figures, those with an image condition a column first."""
    for section in SECTIONS:
        yield from summary.of(section)


def places(summary: Summary) -> Iterator[Place]:
    """All numbers of a summary that are estimates."""
    first = next(iter(summary.groups("premise")), "")
    for figure in in_order(summary):
        section, line = line_of(figure)
        overall = {"headline": True, "quality": True, "premise": figure.group == first}
        overall["response"] = not figure.label and not figure.category
        hidden = PLUMBING if summary.plumbing_only and overall.get(figure.section) else ""
        for field, title in COLUMNS.items():
            if (estimate := getattr(figure, field)) is not None:
                of = (line, figure.metric) if figure.section in BY_METRIC else (figure.label, title.lower())
                metric, condition = figure.metric, title.lower().replace(" image", "")
                if figure.section == "published":
                    metric, condition = estimate.name, figure.metric
                yield Place(section, line, metric, condition, estimate, ", ".join((section, *of)), hidden, figure)
