"""Figures of a comparison whose point is hidden because too much is missing, and whether asking again would help."""

from auscult.records import Estimate
from auscult.statistics.partial import NOT_MEASURABLE


def hidden_by_missing(own: Estimate) -> bool:
    """Whether a figure has no point because too much of it is missing."""
    return bool(own.withheld) and own.withheld != NOT_MEASURABLE and own.missing > 0


def asking_helps(own: Estimate, recorded: bool, max_missing: float) -> bool:
    """Whether the point can come back by asking again for what failed; an answer that could not be read stays so.

    Args:
        own: a figure.
        recorded: the answers were recorded, so that only verdicts of a judge can be asked for.
        max_missing: share of missing data above which the point is hidden.
    """
    brought = own.unjudged if recorded else own.missing - own.unread
    left = own.missing - brought
    return hidden_by_missing(own) and brought > 0 and left <= max_missing * (own.n + own.missing)


def left_hidden(count: int, max_missing: float) -> str:
    """What helps where asking again does not."""
    figures = "1 figure is withheld" if count == 1 else f"{count} figures are withheld"
    return (
        f"{figures}, because over {max_missing:.0%} of the answers are missing and asking again brings none of them "
        "back; the range stands. Labels by hand ('auscult score RUN --labels FILE', for yes/no questions) or another "
        "reader tell what unread answers mean."
    )
