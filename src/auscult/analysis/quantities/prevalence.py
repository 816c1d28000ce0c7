"""How much of what is reported is not there, where a set share of patients has the finding.

By Bayes: of all that is reported, f (1 - p) / (f (1 - p) + (1 - m) p) is invented, with f of the images without the
finding reported, m of those with it missed, and a share p of patients who have it. Test sets hold far more of them than
clinics do.
"""

from collections.abc import Iterator, Sequence

from auscult.analysis.summary import Figure
from auscult.records import Estimate

PREVALENCE = 0.05
"""Share of patients who have the finding."""
METRIC = "invented among present"


def invented_among_present(invented: Estimate, missed: Estimate) -> Estimate | None:
    """The share of reported findings that are invented; None where nothing is known of either rate.

    Its limits are those of both rates at once, so that they are wider than they need be.

    Args:
        invented: of the images without the finding, the share in which it is reported.
        missed: of those with it, the share in which it is not.
    """

    def share(false: float | None, missing: float | None) -> float | None:
        if false is None or missing is None:
            return None
        wrong, right = false * (1 - PREVALENCE), (1 - missing) * PREVALENCE
        return wrong / (wrong + right) if wrong + right > 0 else None

    low, high = share(invented.low, missed.low), share(invented.high, missed.high)
    if low is None or high is None:
        return None
    withheld = "; ".join(dict.fromkeys(filter(None, (invented.withheld, missed.withheld))))
    value = None if withheld else share(invented.value, missed.value)
    return Estimate(
        name=METRIC,
        value=value,
        low=low,
        high=high,
        level=invented.level,
        n=invented.n + missed.n,
        clusters=max(invented.clusters, missed.clusters),
        unit=invented.unit,
        method="limits of fabrication and miss at once",
        instrument=invented.instrument,
        missing=invented.missing + missed.missing,
        unread=invented.unread + missed.unread,
        withheld=withheld or ("" if value is not None else "nothing was reported"),
    )


def invented_at(detected: Sequence[Figure]) -> Iterator[Figure]:
    """The figure over all findings that were asked for; none where they are not known both present and absent."""
    first = detected[0].label if detected else ""
    rates = {f.metric: f.with_image for f in detected if f.label == first}
    invented, missed = rates.get("fabrication"), rates.get("miss")
    if invented is None or missed is None:
        return
    found = invented_among_present(invented, missed)
    if found is not None:
        yield Figure(
            section="prevalence",
            group=f"{PREVALENCE * 100:g} of 100 patients",
            label=first,
            metric=METRIC,
            scorer=detected[0].scorer,
            higher_is_better=False,
            with_image=found,
        )
