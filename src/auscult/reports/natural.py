"""Shares as natural frequencies, for people without statistics: ``8 (4 to 14)`` of 100, ``none in 59``."""

import math

from auscult.records import Estimate
from auscult.reports import format as say

FEW = 5
"""Independent images below which a figure is given as a count alone, and decides nothing."""
SCARCE = 20
"""Independent images below which a figure is told as a count."""


def per_100(share: float) -> str:
    """A share of one as a number of 100, as pictures have it; what is not quite none or all is never said to be so."""
    return say.percent(share, 0)


def ends(estimate: Estimate) -> tuple[float, float] | None:
    """The least and the greatest that a figure may be, as far as its images can tell; None where nobody can say."""
    low, high = estimate.low, estimate.high
    if low is not None and high is not None:
        return low, high
    return estimate.span


def known(estimate: Estimate | None) -> bool:
    """Whether a figure has a value or a range that says anything."""
    if estimate is None or not (estimate.n or estimate.missing):
        return False
    if estimate.value is not None and not estimate.withheld:
        return True
    found = ends(estimate)
    return found is not None and found != (0.0, 1.0)


def told(estimate: Estimate | None) -> bool:
    """Whether a share says anything: it has a value, or a range narrower than from none to all."""
    if estimate is None or not known(estimate):
        return False
    found = ends(estimate)
    has_value = estimate.value is not None and not estimate.withheld
    return has_value or (found is not None and (found[0] >= 0.01 or found[1] <= 0.99))


def few(estimate: Estimate) -> bool:
    """Whether it comes from too few images for anything but a count."""
    return 0 < estimate.clusters < FEW and estimate.value is not None


def scarce(estimate: Estimate) -> bool:
    """Whether it is told as it was counted: of a hundred would sound as if a hundred had been asked."""
    return 0 < estimate.clusters < SCARCE and estimate.value is not None and not estimate.withheld


def counts(estimate: Estimate) -> str:
    """A share as it was counted: ``3 of 4``; ``2.3 of 4`` where a question was asked several times."""
    count = (estimate.value or 0.0) * estimate.n
    return f"{count:,.0f} of {estimate.n:,}" if abs(count - round(count)) < 0.01 else f"{count:,.1f} of {estimate.n:,}"


def of_100(estimate: Estimate, *, counted: bool = False) -> str:
    """A share of a hundred in few characters: ``8 (4 to 14) of 100``, ``3 to 21 of 100``, ``none of 59``.

    Args:
        estimate: of a share of one.
        counted: where images are few, as it was counted: ``2 of 9``.
    """
    found = ends(estimate)
    if estimate.value is None or estimate.withheld:
        return "not known" if found is None else f"{per_100(found[0])} to {per_100(found[1])} of 100"
    if none(estimate):
        return f"none of {estimate.n:,}"
    if counted and scarce(estimate):
        return counts(estimate)
    value = per_100(estimate.value)
    if found is None or value == per_100(found[0]) == per_100(found[1]):
        return f"{value} of 100"
    return f"{value} ({per_100(found[0])} to {per_100(found[1])}) of 100"


def rate(estimate: Estimate, noun: str, counted: str = "") -> str:
    """A share as words that follow a verb: ``8 of 100 images without it (4 to 14)``, ``2 of 9 absent findings``.

    Args:
        estimate: of a share of one, ``known`` and not ``none``.
        noun: what a hundred of are meant, in the plural.
        counted: what was counted, in the plural, where images are few and it is told so; empty: never.
    """
    found, of = ends(estimate), f"of 100 {noun}"
    if estimate.value is None or estimate.withheld:
        if found is None:
            return f"an unknown number {of}"
        why = f", as {lost(estimate)}" if estimate.missing else ""
        low, high = per_100(found[0]), per_100(found[1])
        return f"between {low} and {high} {of}{why}" if found[0] >= 0.005 else f"at most {high} {of}{why}"
    if counted and scarce(estimate):
        return f"{counts(estimate)} {counted}"
    value = per_100(estimate.value)
    same = found is None or value == per_100(found[0]) == per_100(found[1])
    beside = "" if same or found is None else f" ({per_100(found[0])} to {per_100(found[1])})"
    if value == "<1" and found is not None:
        return f"fewer than 1 {of} (at most {per_100(found[1])})"
    if value == ">99" and found is not None:
        return f"more than 99 {of} (at least {per_100(found[0])})"
    return f"{value} {of}{beside}"


def reach(estimate: Estimate, at_most: float | None = None) -> str:
    """On how many images nothing was seen (they count, not the questions), and what is possible all the same.

    Args:
        estimate: ``none`` of what was looked for.
        at_most: what is possible; None: the upper end of the figure.
    """
    found = ends(estimate)
    if found is None:
        return ""
    possible = per_100(found[1] if at_most is None else min(found[1], at_most))
    on = f" on {say.count(estimate.clusters, estimate.unit)}".replace(say.NBSP, " ") if estimate.clusters else ""
    return f"{on} (up to {possible} in 100 {'is' if possible == '1' else 'are'} possible)"


def none(estimate: Estimate) -> bool:
    """Whether it was looked for and never seen."""
    return estimate.value == 0 and estimate.n > 0 and not estimate.withheld


def lost(estimate: Estimate) -> str:
    """What of a figure is missing, as a clause; empty where nothing is."""
    asked = estimate.n + estimate.missing
    if not estimate.missing or not asked:
        return ""
    what = {(True, False): "could not be read", (False, True): "never came"}.get(
        (estimate.unread == estimate.missing, estimate.unread == 0 == estimate.unjudged), "are missing"
    )
    return f"{estimate.missing:,} of {asked:,} answers {what}"


def images_without_an_error(limit: float) -> int:
    """Images without a single error that show a share to be under a limit: ln(0.05) / ln(1 - limit), rounded up."""
    return _rounded_up(math.ceil(math.log(0.05) / math.log1p(-limit)))


def images_for(estimate: Estimate, limit: float) -> int | None:
    """About how many more images like these it would take to tell a share from a limit; None where none would do.

    The range beside a share shrinks with the root of the number of images. Of none at all in ``G`` images the share is
    under ``limit`` where ``G`` is at least ln(0.05) / ln(1 - limit).
    """
    found = ends(estimate)
    if estimate.value is None or estimate.withheld or found is None or not estimate.clusters:
        return None
    if estimate.value == 0 and 0 < limit < 1:
        more = math.ceil(math.log(0.05) / math.log1p(-limit)) - estimate.clusters
        return _rounded_up(more) if more > 0 else None
    room = limit - estimate.value
    reach = found[1] - estimate.value if room > 0 else estimate.value - found[0]
    if abs(room) < 0.005:
        return None
    more = math.ceil(estimate.clusters * ((reach / room) ** 2 - 1))
    return _rounded_up(more) if more > 0 else None


def _rounded_up(count: int) -> int:
    """Tens, or two significant digits: an estimate is no more exact than that."""
    step: int = 10 ** max(len(str(count)) - 2, 1)
    return -(-count // step) * step
