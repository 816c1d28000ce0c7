"""Marks that a judge gave, where nothing else answers a question."""

from auscult.analysis.summary import Figure, Summary
from auscult.reports.face import Bar
from auscult.reports.natural import ends


def marks(summary: Summary, metric: str, kind: str | None = None) -> Figure | None:
    """The judge's mean of most answers, on a scale of marks; None where there is none.

    Args:
        summary: of the run.
        metric: what was marked: accuracy, harm, ...
        kind: of items; None: all of them, or those of the kind that most were of.
    """
    judges = {q.instrument for q in summary.quality if q.kind == "judge"}
    found = [
        (f.with_image.n, f)
        for f in summary.of("quality")
        if f.metric == metric and f.group in judges and not f.share and kind in (None, f.kind)
        if f.with_image is not None and f.with_image.value is not None and not f.with_image.withheld
    ]
    return max(found, key=lambda pair: pair[0])[1] if found else None


def mean(figure: Figure) -> str:
    """A mean mark with its range: ``6.8 (6.3 to 7.2)``."""
    estimate = figure.with_image
    assert estimate is not None and estimate.value is not None, "marks have a mean"
    found = ends(estimate)
    return f"{estimate.value:.1f}" + (f" ({found[0]:.1f} to {found[1]:.1f})" if found else "")


def mark_bar(label: str, figure: Figure, scale: tuple[float, float]) -> Bar:
    """A mean mark as a picture."""
    estimate = figure.with_image
    assert estimate is not None, "marks have a mean"
    low, high = ends(estimate) or (None, None)
    return Bar(label=label, value=estimate.value, low=low, high=high, scale=scale)


def scale_of(summary: Summary, figure: Figure) -> tuple[float, float]:
    """Worst and best mark of its judge."""
    return next(((q.low, q.high) for q in summary.quality if q.instrument == figure.group), (1.0, 10.0))
