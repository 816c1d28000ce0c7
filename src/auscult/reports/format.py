"""Numbers for humans: percent, points, intervals, p-values and counts, the same on the page and in the terminal."""

from datetime import UTC, date, datetime
from enum import Enum

from auscult.analysis.summary import Figure
from auscult.records import Estimate

NBSP, MINUS, DASH = "\u00a0", "\u2212", "\u2013"
_MONTHS: tuple[str, ...] = ("January", "February", "March", "April", "May", "June", "July", "August", "September")
_MONTHS = (*_MONTHS, "October", "November", "December")
_PLURALS = {"study": "studies", "body": "bodies"}


class Scale(Enum):
    """What a number is: a share of one, a difference of two shares, or a plain number in its own unit."""

    SHARE = "%"
    POINTS = "points"
    PLAIN = ""


def scale_of(figure: Figure) -> Scale:
    """The scale of a figure under one condition; that of a difference, where its metric is one."""
    scale = Scale.SHARE if figure.share else Scale.PLAIN
    return difference_of(scale) if figure.metric == "difference" else scale


def difference_of(scale: Scale) -> Scale:
    """The scale of a difference of two figures."""
    return Scale.POINTS if scale is Scale.SHARE else scale


def _signed(text: str) -> str:
    """A true minus sign, and none before a zero."""
    if text.startswith("-"):
        return text[1:] if float(text) == 0 else MINUS + text[1:]
    return text


def plain(value: float) -> str:
    """A number with three significant digits and no exponent."""
    if abs(value) >= 1000:
        return _signed(f"{value:,.0f}")
    if value == 0:
        return "0"
    if abs(value) < 0.0005:
        return "<0.0005" if value > 0 else f">{MINUS}0.0005"
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2 if abs(value) >= 1 else 3
    return _signed(f"{value:.{digits}f}")


def percent(value: float, digits: int = 1) -> str:
    """A share in percent without the sign; what is not quite 0 or 1 is never shown as 0 or 100."""
    least = 10**-digits
    if 0 < value < least / 200:
        return f"<{least:.{digits}f}"
    if 1 - least / 200 < value < 1:
        return f">{100 - least:.{digits}f}"
    return _signed(f"{value * 100:.{digits}f}")


def bare(value: float, scale: Scale, digits: int = 1) -> str:
    """A number without its unit."""
    if scale is Scale.SHARE:
        return percent(value, digits)
    return _signed(f"{value * 100:.{digits}f}") if scale is Scale.POINTS else plain(value)


def figure(value: float, scale: Scale, digits: int = 1) -> str:
    """A number with its unit; a difference carries its sign: ``54.1 %``, ``+1.2 points``, ``3.40``."""
    text = bare(value, scale, digits)
    if scale is Scale.SHARE:
        return f"{text}{NBSP}%"
    if scale is Scale.PLAIN:
        return text
    unit = "point" if text in ("1", f"{MINUS}1") else "points"
    return f"{text if text.startswith(MINUS) or not text.strip('0.') else '+' + text}{NBSP}{unit}"


def interval(low: float, high: float, scale: Scale, digits: int = 1) -> str:
    """Limits without unit: ``48.2–60.0``; with ``to`` where a limit is negative or a bound: ``−4.0 to 6.0``."""
    texts = _limit(low, scale, digits), _limit(high, scale, digits)
    easy = all(t[0].isdigit() for t in texts)
    return f"{texts[0]}{DASH}{texts[1]}" if easy else f"{texts[0]}{NBSP}to{NBSP}{texts[1]}"


def _limit(value: float, scale: Scale, digits: int) -> str:
    """One limit; that of a difference which is not quite 0 is never shown as 0, since it leaves 0 out."""
    least = 10**-digits
    if scale is Scale.POINTS and 0 < abs(value) < least / 200:
        return f"<{least:.{digits}f}" if value > 0 else f">{MINUS}{least:.{digits}f}"
    return bare(value, scale, digits)


def limits(low: float | None, high: float | None, scale: Scale, digits: int = 1) -> str:
    """An interval that may be open above (``1.95 or more``); empty where there is none."""
    if low is None:
        return ""
    return f"{bare(low, scale, digits)}{NBSP}or more" if high is None else interval(low, high, scale, digits)


def bounds(worst: float, best: float, scale: Scale, digits: int = 1) -> str:
    """What a figure would be by its missing answers, the lower one first."""
    return interval(min(worst, best), max(worst, best), scale, digits)


def span(ends: tuple[float, float | None], scale: Scale, digits: int = 1) -> str:
    """A figure that is known only between two ends, with its unit: ``12.0–45.6 %``."""
    text = limits(*ends, scale, digits)
    if scale is Scale.PLAIN:
        return text
    return f"{text}{NBSP}{scale.value}"


def missing(estimate: Estimate) -> str:
    """What is missing of a figure, and of what kind: ``7 missing (5 unread, 1 not judged)``."""
    kinds = [f"{whole(n)} {word}" for n, word in ((estimate.unread, "unread"), (estimate.unjudged, "not judged")) if n]
    return f"{whole(estimate.missing)} missing" + (f" ({', '.join(kinds)})" if kinds else "")


def decided(known: int, asked: int) -> str:
    """How many answers the references decide: ``decided: 27 of 95``."""
    return f"decided: {whole(known)} of {whole(asked)}"


def p_value(p: float) -> str:
    """``p = 0.03``, ``p < 0.001``, ``p > 0.99``."""
    if p < 0.001:
        return f"p{NBSP}<{NBSP}0.001"
    if p > 0.99:
        return f"p{NBSP}>{NBSP}0.99"
    return f"p{NBSP}={NBSP}{p:.{3 if p < 0.0995 else 2}f}"


def whole(n: int) -> str:
    """A count with thousands separators."""
    return f"{n:,}"


def count(n: int, noun: str) -> str:
    """A count with its noun: ``1 image``, ``72 images``."""
    return f"{n:,}{NBSP}{noun if n == 1 else _PLURALS.get(noun, noun + 's')}"


def level(share: float) -> str:
    """A confidence level: ``95 %``."""
    return f"{share * 100:g}{NBSP}%"


def upper(words: str) -> str:
    """Words as a sentence begins."""
    return words[:1].upper() + words[1:]


def listed(words: tuple[str, ...]) -> str:
    """Words as a phrase: ``items, images and decoding``."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}" if words else ""


def duration(seconds: float) -> str:
    """A duration: ``0.8 s``, ``3 min 20 s``, ``2 h 05 min``."""
    if seconds < 60:
        return f"{seconds:.1f}{NBSP}s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}{NBSP}h{NBSP}{minutes:02d}{NBSP}min" if hours else f"{minutes}{NBSP}min{NBSP}{rest:02d}{NBSP}s"


def day(when: date | datetime, *, hour: bool = False) -> str:
    """A date that a person reads, in UTC: ``3 May 2026``, with its hour ``3 May 2026, 17:12``."""
    if isinstance(when, datetime):
        when = when.astimezone(UTC)
    said = f"{when.day} {_MONTHS[when.month - 1]} {when.year}"
    return f"{said}, {when:%H:%M}" if hour and isinstance(when, datetime) else said
