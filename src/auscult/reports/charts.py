"""One estimate as a picture: its value, its range, and what it must beat; its colours are those of the page."""

from dataclasses import dataclass

from auscult.records import Estimate
from auscult.reports import format as say
from auscult.reports.face import Bar
from auscult.reports.format import Scale

FEW = 5
"""Independent images or patients below which a group has its counts in place of a picture."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A bar in words and in percent of its width.

    Attributes:
        label: what it is.
        value: ``8 of 100``; or the counts, where there is no picture.
        span: ``4 to 14``, or empty.
        against: what it must beat, in words; or empty.
        described: all of it, for those who cannot see the picture.
        dot: where the value stands; None where only a range is known.
        low: where its range begins; None where there is no picture.
        high: where it ends.
        limit: where that stands which it must beat; None where there is nothing.
        zero: where zero stands, if within the scale.
    """

    label: str
    value: str
    span: str = ""
    against: str = ""
    described: str = ""
    dot: float | None = None
    low: float | None = None
    high: float | None = None
    limit: float | None = None
    zero: float | None = None


def drawn(bar: Bar) -> Drawn:
    """A bar as the page draws it."""
    if bar.low is None and (bar.counts or bar.value is None):
        return Drawn(label=bar.label, value=bar.counts or "not known", described=f"{bar.label}: {bar.counts}")
    low, high = (bar.value if end is None else end for end in (bar.low, bar.high))
    unit = " of 100" if bar.scale == (0.0, 1.0) else ""
    span = "" if bar.low is None or bar.high is None else f"{_number(bar.low, bar)} to {_number(bar.high, bar)}"
    value = bar.counts or (f"{span}{unit}" if bar.value is None else f"{_number(bar.value, bar)}{unit}")
    beside = "" if bar.value is None else f"{span}{unit}" if bar.counts and span else span
    against = ""
    if bar.against is not None:
        against = bar.against_label if any(map(str.isdigit, bar.against_label)) else (
            f"{bar.against_label} {_number(bar.against, bar)}".strip()
        )  # fmt: skip
    said = f"{bar.label}: {value}" + (f" ({beside})" if beside else "") + (f"; {against}" if against else "")
    return Drawn(
        label=bar.label,
        value=value,
        span=beside,
        against=against,
        described=said,
        dot=_at(bar.value, bar),
        low=_at(low, bar),
        high=_at(high, bar),
        limit=_at(bar.against, bar),
        zero=_at(0.0, bar) if bar.scale[0] < 0 < bar.scale[1] else None,
    )


def _at(value: float | None, bar: Bar) -> float | None:
    """Where a value stands on the scale of its bar, in percent; at the end where it lies beyond."""
    if value is None:
        return None
    least, most = bar.scale
    return round(100 * min(1.0, max(0.0, (value - least) / (most - least))), 2)


def _number(value: float, bar: Bar) -> str:
    """Of 100, in points, or in its own unit, as the scale says."""
    least, most = bar.scale
    if (least, most) == (0.0, 1.0):
        return say.percent(value, 0)
    if -1 <= least < 0 and most <= 1:
        text = say.bare(value, Scale.POINTS, 0)
        return text if value <= 0 or text == "0" else f"+{text}"
    return say.plain(value)


def _alone(ends: tuple[float, float | None], scale: tuple[float, float], why: str) -> str:
    """A range that stands alone where images are few, and why: ``31 to 88 of 100: 2 of 35 items are missing``."""
    on = Bar(label="", scale=scale)
    least, most = (None if end is None else _number(end, on) for end in ends)
    said = f"at least {least}" if most is None else f"{least} to {most}"
    return f"{said}{' of 100' if scale == (0.0, 1.0) else ''}{f': {why}' if why else ''}"


def of_estimate(
    label: str,
    estimate: Estimate,
    *,
    counted: bool = True,
    scale: tuple[float, float] = (0.0, 1.0),
    against: float | None = None,
    against_label: str = "",
) -> Bar:
    """An estimate as a bar: the counts where there are fewer than ``FEW`` clusters, words where nothing is shown.

    Args:
        label: what it is.
        estimate: the figure.
        counted: whether it is a share of answers, so that it can be counted.
        scale: ends of the scale.
        against: what it must beat.
        against_label: what that is.
    """
    ends = estimate.span or estimate.alone
    known = not estimate.withheld and estimate.value is not None
    if not known and not ends:
        return Bar(label=label, counts="not known")
    if estimate.clusters < FEW:
        if counted and known and estimate.value is not None:
            return Bar(label=label, counts=f"{round(estimate.value * estimate.n)} of {say.whole(estimate.n)}")
        if not known and ends:
            return Bar(label=label, counts=_alone(ends, scale, estimate.withheld))
        return Bar(label=label, counts=f"too few: {say.count(estimate.clusters, estimate.unit)}")
    low, high = (estimate.low, estimate.high) if known or estimate.low is not None else (ends or (None, None))
    return Bar(
        label=label,
        value=estimate.value if known else None,
        low=low,
        high=high,
        against=against,
        against_label=against_label,
        scale=scale,
    )
