"""What a run comes to in one sentence, and what must be read before any figure: from the numbers, nothing else."""

from collections.abc import Iterator
from typing import NamedTuple

from auscult.analysis.summary import Figure, Summary
from auscult.records import Estimate
from auscult.reports import format as say
from auscult.reports.format import Scale
from auscult.reports.places import PLUMBING, SECTIONS, in_order, line_of, places
from auscult.statistics.partial import NOT_MEASURABLE

MOST_WITHHELD = 6
"""Withheld figures that are named at the head; of more there is a count."""


class Alert(NamedTuple):
    """One line of the warnings box. ``weight``: stop (believe nothing), warn, or note."""

    weight: str
    text: str


def verdict(summary: Summary) -> str:
    """One sentence each: the accuracy with the most answers (else the first figure), false premises, what was cut."""
    if summary.plumbing_only:
        return PLUMBING
    return " ".join(filter(None, (_of_headline(summary), _of_premises(summary), _of_cuts(summary))))


def _of_premises(summary: Summary) -> str:
    """Knowing acceptance over all forms and categories."""
    knowing = next((f.with_image for f in summary.of("premise") if f.metric == "knowing acceptance"), None)
    if knowing is None or not knowing.n or not _given(knowing):
        return ""
    return (
        f"Of {say.whole(knowing.n)} false premises whose neutral question it answers rightly, it goes along with "
        f"{_rate(knowing, Scale.SHARE)}."
    )


def _of_cuts(summary: Summary) -> str:
    """How many replies, with the image, the limit on tokens cut off; what to do stands among the alerts."""
    found = next((f for f in summary.failures if f.condition == "with" and f.cut_short), None)
    if found is None:
        return ""
    at = "" if found.limit is None else f" at --max-tokens {found.limit}"
    return f"{say.whole(found.cut_short)} of {say.whole(found.asked)} replies were cut short{at}."


def _of_headline(summary: Summary) -> str:
    headline = summary.of("headline")
    if not headline:
        return "This run has no headline figure."
    accuracies = [f for f in headline if f.metric == "accuracy" and f.with_image is not None]
    figure = max(accuracies, key=lambda f: f.with_image.n if f.with_image else 0, default=headline[0])
    whole = figure.with_image
    if whole is None:
        return f"{say.upper(figure.label)}: not asked with the image."
    if whole.withheld == NOT_MEASURABLE:
        return f"{say.upper(figure.label)}: {figure.metric} is {NOT_MEASURABLE}."
    if not _given(whole):
        return f"{say.upper(figure.label)}: {figure.metric} is withheld: {whole.withheld or 'no value was given'}."
    if not whole.n:
        none = f"none of {say.whole(whole.missing)} items has a value"
        return f"{say.upper(figure.label)}: {figure.metric} is not known: {none}."
    right = figure.metric == "accuracy"
    scale = say.scale_of(figure)
    opening = "Right on " if right else f"{say.upper(figure.metric)} "
    noun = figure.label if figure.label.endswith(("questions", "items", "answers")) else f"items ({figure.label})"
    asked = whole.n + whole.missing if whole.withheld else whole.n
    where = f"{say.whole(asked)} {noun} on {say.count(whole.clusters, whole.unit)}"
    first = f"{opening}{_rate(whole, scale)} {'of' if right else 'over'} {where}"
    return f"{first}{_comparison(figure, scale, right)}."


def _given(estimate: Estimate) -> bool:
    """Whether there is a value, its ends, or a range that stands alone."""
    return bool(estimate.alone) or (not estimate.withheld and (estimate.value is not None or bool(estimate.span)))


def _rate(estimate: Estimate, scale: Scale) -> str:
    if estimate.span:
        value = say.span(estimate.span, scale, 0)
    elif estimate.alone:
        return f"{say.span(estimate.alone, scale, 0)} (a range, since {estimate.withheld})"
    elif estimate.value is None or estimate.withheld:
        return f"withheld ({estimate.withheld or 'no value was given'})"
    else:
        value = say.figure(estimate.value, scale, 0)
    limits = say.limits(estimate.low, estimate.high, scale, 0)
    return f"{value} ({limits})" if limits else value


def _comparison(figure: Figure, scale: Scale, right: bool) -> str:
    name, control, gain = "without the image", figure.without_image, figure.gain_over_none
    if control is None:
        name, control, gain = "with another case's image", figure.wrong_image, figure.gain_over_wrong
    if control is None or figure.with_image is None:
        return "; whether it needs the image for that was not measured"
    is_right = "is right on" if right else "reaches"
    same = figure.control_with
    if same is not None and same.n != figure.with_image.n:
        start = (
            f"; on the {say.whole(same.n)} of them also asked {name}, it {is_right} {_rate(same, scale)} with the image"
            f" and {_rate(control, scale)} {name}"
        )
    else:
        start = f"; {name} it {is_right} {_rate(control, scale)}"
    return start + _difference(gain, say.difference_of(scale))


def _difference(gain: Estimate | None, scale: Scale) -> str:
    if gain is None:
        return ""
    if gain.alone:
        return f"; the difference lies in {say.span(gain.alone, scale)} ({gain.withheld})"
    if gain.value is None or gain.withheld:
        return f"; the difference is withheld ({gain.withheld or 'no value was given'})"
    if gain.low is None or gain.high is None:
        return f": the difference, {say.figure(gain.value, scale, 0)}, has no interval"
    hidden = any(v and not say.bare(v, scale, 0).strip("0.−") for v in (gain.low, gain.high))
    digits = 1 if hidden else 0
    value = say.figure(gain.value, scale, digits).lstrip("+")
    text = f": the difference, {value} ({say.interval(gain.low, gain.high, scale, digits)}), "
    if gain.low <= 0 <= gain.high:
        return text + "cannot be told from zero"
    if gain.p_value is not None and gain.p_value >= 1 - gain.level:
        return text + f"does not stand once all lines of the table are tested together ({say.p_value(gain.p_value)})"
    return text + ("is above zero" if gain.low > 0 else "is below zero: the image makes it worse")


def alerts(summary: Summary) -> list[Alert]:
    """What must be read first: plumbing, the run's own warnings, the canary, lines that carry one, withheld values."""
    found = [Alert("stop", PLUMBING)] if summary.plumbing_only else []
    found += [Alert("warn", w) for w in summary.warnings]
    canary, said = summary.canary, any(w.lower().startswith("canary") for w in summary.warnings)
    if not said or canary.status == "failed":
        weight = {"failed": "stop", "inconclusive": "warn", "skipped": "warn"}.get(canary.status, "note")
        detail = f": {canary.detail}" if canary.detail else ""
        found.append(Alert(weight, f"Two-image canary {canary.status.replace('_', ' ')}{detail}."))
    found += [Alert("warn", f"{line_of(f)[0]}, {f.label}: {f.warning}") for f in in_order(summary) if f.warning]
    found += [Alert("warn", text) for text in _withheld(summary)]
    for certificate in summary.certificates:
        if certificate.passed is False:
            found.append(Alert("warn", f"{certificate.instrument} did not pass its test: {certificate.summary}"))
    once = {a.text: Alert(a.weight, say.upper(a.text)) for a in found}
    order = {"stop": 0, "warn": 1, "note": 2}
    return sorted(once.values(), key=lambda a: order[a.weight])


def _withheld(summary: Summary) -> Iterator[str]:
    """The first figures that have no point, with the reason, and how many more there are.

    The shares of one line of responses are withheld together and count once.
    """
    first = [p for p in places(summary) if p.section != SECTIONS["response"] or p.metric == "accepted"]
    held = [place for place in first if place.estimate.withheld not in ("", NOT_MEASURABLE)]
    for place in held[:MOST_WITHHELD]:
        what = "Range only" if place.estimate.alone else "Withheld"
        yield f"{what}: {place.words}: {place.estimate.withheld}"
    if (rest := len(held) - MOST_WITHHELD) > 0:
        yield f"{say.whole(rest)} more figures are withheld or given as a range; each says why where it stands."
