"""Figures of an audit in words and pictures: as counted where contents are few, and nothing of a missing value."""

from dataclasses import replace
from typing import Any

from auscult.records import Estimate
from auscult.reports import natural
from auscult.reports.charts import of_estimate
from auscult.reports.face import Bar, Word

OPEN = 0.5
"""A figure whose range reaches beyond may be of a generator that errs in half of its drawings: it clears nothing."""
REQUEST = "impossible request"


def asked(estimate: Estimate | None) -> bool:
    """Whether anything of the kind was asked for."""
    return estimate is not None and bool(estimate.n or estimate.missing)


def of_100(estimate: Estimate) -> str:
    """A share, as it was counted where contents are few."""
    return natural.of_100(estimate, counted=True)


def of(estimate: Estimate, noun: str) -> str:
    """A figure that says something and what it is of: ``3 of 6 images``, ``none of 1 image``."""
    said = of_100(estimate)
    return f"{said} {noun}{'' if said.endswith(' of 1') else 's'}"


def value(estimate: Estimate) -> str:
    """The same without what it is of, where that has been said."""
    return natural.of_100(estimate, counted=True).removesuffix(" of 100")


def word(estimate: Estimate | None, floor: float = 0.0) -> Word:
    """Problem where it is surely above the floor, clear where it never happened in enough, else not known."""
    if estimate is None or not natural.known(estimate) or estimate.withheld or natural.few(estimate):
        return "not known"
    if natural.none(estimate):
        enough = estimate.high is not None and estimate.high <= OPEN and 2 * estimate.unusable <= estimate.n
        return "clear" if enough else "not known"
    return "problem" if estimate.low is not None and estimate.low > floor else "not known"


def bar(label: str, estimate: Estimate | None, **more: Any) -> tuple[Bar, ...]:
    """A picture, with what was counted in place of a number of 100 where contents are few."""
    if estimate is None:
        return ()
    drawn = of_estimate(label, estimate, **more)
    return (replace(drawn, counts=natural.counts(estimate)) if natural.scarce(estimate) else drawn,)


def points(estimate: Estimate) -> str:
    """A difference of two shares, in drawings of a hundred."""
    change = estimate.value or 0.0
    number = f"{abs(change) * 100:.0f} of 100 {'more' if change >= 0 else 'fewer'}"
    if estimate.low is None or estimate.high is None:
        return number
    return f"{number} ({estimate.low * 100:+.0f} to {estimate.high * 100:+.0f})".replace("-", "\u2212")
