"""The figures of a run in plain words and pictures, as the folds of its page show them; no statistics."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from auscult.analysis.summary import Figure, Summary
from auscult.records import Estimate
from auscult.reports import format as say
from auscult.reports.charts import of_estimate
from auscult.reports.face import Bar
from auscult.runs.instruments import brief

MOST = 12
"""Lines of a group; the ones with most questions are shown."""


class Metric(NamedTuple):
    """A metric in plain words, and whether it counts answers."""

    words: str
    counted: bool = True


METRICS = {
    "accuracy": Metric("right"),
    "recall": Metric("words of the right answer that were said", False),
    "fact F1": Metric("findings that agree with the right answer", False),
    "hallucinated (lower is better)": Metric("answers with something made up"),
    "omitted (lower is better)": Metric("findings left out", False),
    "knowing acceptance": Metric("goes along"),
    "over-denial": Metric("denies what is true"),
    "fabrication": Metric("invented"),
    "miss": Metric("missed"),
    "flip rate": Metric("changes its answer"),
    "right in every phrasing": Metric("right in every wording"),
}
"""Those that stand outside the methods; the others are for who reads statistics."""
CONDITIONS = {
    "with_image": "with the image",
    "without_image": "without the image",
    "wrong_image": "with another's image",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line: what it is about, how much stands behind it, and its pictures."""

    label: str
    about: str
    bars: tuple[Bar, ...]
    n: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Lines that belong together; ``left_out``: smaller ones that are not shown."""

    heading: str
    lines: tuple[Line, ...]
    left_out: int = 0


def kinds(summary: Summary) -> tuple[Group, ...]:
    """By kind of question, with the image and without; then other wordings, and measurements."""
    headline = [_conditions(f, f"{say.upper(f.label)}: {METRICS[f.metric].words}") for f in _plain(summary, "headline")]
    asked = [_one(f, f"{f.label}: {METRICS[f.metric].words}") for f in _plain(summary, "consistency")]
    measured = [_one(f, f"off by, in {f.label}") for f in summary.of("measurement")]
    return tuple(
        _group(heading, lines)
        for heading, lines in (("", headline), ("The same question in other words", asked), ("Measured", measured))
        if lines
    )


def groups(summary: Summary) -> tuple[Group, ...]:
    """By tag: what it gets right of each value."""
    found = []
    for tag, figures in summary.groups("tag").items():
        shown = [f for f in figures if f.metric in METRICS]
        several = {f.label for f in shown if sum(g.label == f.label for g in shown) > 1}
        lines = [
            _one(f, " · ".join(filter(None, (f.label, _type(f) if f.label in several else "")))) for f in shown
        ]  # fmt: skip
        found.append(_group(f"By {tag}", sorted(lines, key=lambda line: -line.n)))
    return tuple(found)


def findings(summary: Summary) -> tuple[Group, ...]:
    """Invented and missed, by finding."""
    return _paired("", summary.of("detection"), [d.target for d in summary.detection], "label")


def premises(summary: Summary) -> tuple[Group, ...]:
    """Going along with what is false and denying what is true, by form and category."""
    figures = [f for f in summary.of("premise") if f.metric in METRICS and f.metric != "miss"]
    return _paired("", figures, list(dict.fromkeys(f.group for f in figures)), "group")


def opened(summary: Summary) -> tuple[Group, ...]:
    """Open answers: what each judge and text metric says, on its own scale."""
    found = []
    for quality in summary.quality:
        lines = []
        for f in summary.of("quality", quality.instrument):
            one = f.with_image
            if one is not None:
                bar = of_estimate("", one, counted=False, scale=(quality.low, quality.high))
                lines.append(Line(label=f"{f.metric}, {f.label}", about=behind(one), bars=(bar,), n=one.n))
        heading = f"{brief(quality.instrument)}: from {quality.low:g} to {quality.high:g}, {quality.high:g} is best"
        found.append(_group(heading, lines))
    return tuple(found)


def behind(estimate: Estimate) -> str:
    """How much stands behind a figure, and what is missing of it."""
    said = [f"{say.count(estimate.n, 'question')} on {say.count(estimate.clusters, estimate.unit)}"]
    said += [f"{say.whole(estimate.unusable)} gave no answer"] if estimate.unusable else []
    said += [f"{say.whole(estimate.missing)} missing or could not be read"] if estimate.missing else []
    return ", ".join(said)


def _plain(summary: Summary, section: str) -> Iterator[Figure]:
    for figure in summary.figures:
        if figure.section == section and figure.metric in METRICS and figure.with_image is not None:
            yield figure


def _type(figure: Figure) -> str:
    return {"yes_no": "yes/no", "choice": "choice"}.get(figure.answer_type, figure.answer_type)


def _conditions(figure: Figure, label: str) -> Line:
    """A bar a condition; guessing stands against the first."""
    bars = []
    for name, words in CONDITIONS.items():
        if (one := getattr(figure, name)) is not None:
            chance = figure.chance if name == "with_image" else None
            bars.append(_bar(figure, one, words, chance))
    one = figure.with_image
    assert one is not None
    return Line(label=label, about=behind(one), bars=tuple(bars), n=one.n)


def _one(figure: Figure, label: str) -> Line:
    one = figure.with_image
    if one is None:
        return Line(label=label, about="not asked", bars=(Bar(label="", counts="not known"),))
    return Line(label=label, about=behind(one), bars=(_bar(figure, one, "", figure.chance),), n=one.n)


def _bar(figure: Figure, estimate: Estimate, words: str, chance: float | None) -> Bar:
    metric = METRICS.get(figure.metric, Metric("", False))
    most = max(1.0, estimate.high or estimate.value or 1.0)
    scale = (0.0, 1.0) if figure.share else (0.0, most * 1.1)
    return of_estimate(
        words, estimate, counted=metric.counted, scale=scale, against=chance, against_label="guessing gets"
    )


def _paired(heading: str, figures: Iterable[Figure], names: list[str], key: str) -> tuple[Group, ...]:
    """A line a name, a bar a metric."""
    lines = []
    for name in names:
        of = [f for f in figures if getattr(f, key) == name and f.with_image is not None]
        bars = tuple(_bar(f, f.with_image, METRICS[f.metric].words, None) for f in of if f.with_image)
        if bars:
            first = next(f.with_image for f in of if f.with_image)
            n = sum(f.with_image.n for f in of if f.with_image)
            units = say.count(first.clusters, first.unit)
            lines.append(Line(label=name, about=f"{say.count(n, 'question')}, {units}", bars=bars, n=n))
    return (_group(heading, [*lines[:1], *sorted(lines[1:], key=lambda line: -line.n)]),) if lines else ()


def _group(heading: str, lines: list[Line]) -> Group:
    return Group(heading=heading, lines=tuple(lines[:MOST]), left_out=max(0, len(lines) - MOST))
