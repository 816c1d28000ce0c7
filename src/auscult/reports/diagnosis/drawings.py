"""A diagnosis as its two pictures: right answers rung by rung, and what becomes of all answers."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import floor

from auscult.diagnosis.diagnosis import Diagnosis, What
from auscult.diagnosis.effects import ONE_GIVEN
from auscult.records import Estimate
from auscult.reports import natural
from auscult.reports.diagnosis.pictures import Flow, Rung, Stream, Tone, flow
from auscult.reports.diagnosis.questions import (
    TELLS_EYES,
    by_itself,
    estimate_of,
    few_images,
    gain_of,
    still_wrong,
    untold,
)
from auscult.reports.diagnosis.words import CAUSES, gained, of_100, points

_RUNGS: tuple[tuple[What, str, str, Tone], ...] = (
    ("eyes", "If it saw rightly", "given a correct description", "eyes"),
    ("knowledge", "If it knew the medicine", "given the correct knowledge", "knowledge"),
    ("both", "If both", "given both, left to conclude", "both"),
)


def rungs(found: Diagnosis) -> tuple[Rung, ...]:
    """From what is right with its own words given back, by each stage put right, to all right, under what is by itself.

    None where the arms were not run.
    """
    own, alone = estimate_of(found, "if_right"), by_itself(found)
    if own is None:
        return ()
    first = [_rung("As it is", "nothing given", alone)] if alone is not None else []
    back = _rung("Given its own words back", "where gains start", own)
    return (*first, back, *_mended(found), *_rest(found, own))


def starts(found: Diagnosis) -> str:
    """Why not all gains start at one number; empty where they do."""
    one = found.one("if_right", "eyes")
    if one is None or one.group != ONE_GIVEN[0] or untold(found, "eyes"):
        return ""
    return (
        "The eyes' gain starts elsewhere: there the model is given its description alone and writes its knowledge anew "
        f"({TELLS_EYES} has all start at one number)."
    )


def _mended(found: Diagnosis) -> Iterator[Rung]:
    for what, label, about, tone in _RUNGS:
        level, gain = estimate_of(found, "if_right", what), gain_of(found, what)
        if why := untold(found, what):
            said = "cannot be told from this run"
            yield Rung(label=label, about=about, said=said, gain=f"{why} ({TELLS_EYES} tells)")
        elif level is not None:
            if (one := found.one("if_right", what)) is not None and one.group == ONE_GIVEN[0]:
                about = f"{about} alone"
            yield _rung(label, about, level, gain, _parts(found, what, level, gain, tone))


def _rung(
    label: str,
    about: str,
    level: Estimate,
    gain: Estimate | None = None,
    parts: tuple[tuple[float, float, Tone], ...] = (),
) -> Rung:
    low, high = natural.ends(level) or (None, None)
    value = None if level.withheld else level.value
    before = _before(value, gain)
    start = "" if before is None else f" from {natural.per_100(max(before, 0.0))}"
    return Rung(
        label=label,
        about=about,
        said=of_100(level),
        gain=f"{gained(gain)}{start}" if gain is not None else "",
        parts=parts or (((0.0, value, "base"),) if value is not None else ()),
        low=low,
        high=high,
        value=value,
        before=before,
    )


def _before(value: float | None, gain: Estimate | None) -> float | None:
    """What the same questions get with its own stages."""
    if value is None or gain is None or gain.value is None or gain.withheld:
        return None
    return value - gain.value


def _parts(
    found: Diagnosis, what: What, level: Estimate, gain: Estimate | None, tone: Tone
) -> tuple[tuple[float, float, Tone], ...]:
    """Up to where it was, and from there; of both right what each brings of it, where that is known."""
    value = None if level.withheld else level.value
    start = _before(value, gain)
    if value is None or start is None:
        return ()
    if what == "both":
        eyes, knowledge = (estimate_of(found, "shapley", stage) for stage in ("eyes", "knowledge"))
        if eyes and knowledge and eyes.value is not None and knowledge.value is not None:
            between = start + (value - start) * _part_of(eyes.value, knowledge.value)
            return (0.0, start, "base"), (start, between, "eyes"), (between, value, "knowledge")
    return (0.0, min(start, value), "base"), (start, value, tone)


def _part_of(eyes: float, knowledge: float) -> float:
    """How much of what both bring the eyes do; all or nothing of it where one of them takes away."""
    whole = eyes + knowledge
    return min(1.0, max(0.0, eyes / whole)) if whole else 0.5


def _rest(found: Diagnosis, own: Estimate) -> Iterator[Rung]:
    """What is still wrong with both right is left to its reasoning; in no stage's colour where none can be named."""
    both, rest = estimate_of(found, "if_right", "both"), still_wrong(found)
    if both is None or rest is None or both.value is None or both.withheld:
        return
    yield Rung(
        label="If it also reasoned rightly",
        about="what is left",
        said="100 of 100",
        gain=f"{points(rest.value or 0.0)} more",
        parts=((0.0, both.value, "base"), (both.value, 1.0, "open" if few_images(found) else "reasoning")),
        before=None if own.withheld else own.value,
    )


def causes_flow(found: Diagnosis) -> Flow | None:
    """All answers with the model's own stages given back: those that are right, and why the others are wrong.

    None where causes were not inferred, or all is right.
    """
    own, causes = estimate_of(found, "if_right"), found.of("cause")
    if own is None or own.value is None or own.withheld or not causes:
        return None
    wrong = 1 - own.value
    streams = [Stream(share=own.value, label="right", said="", beside=_range(own), tone="right")]
    for f in causes:
        if f.estimate.value is not None and f.label in CAUSES:
            words, tone = CAUSES[f.label]
            beside = f"{of_100(f.estimate, 'wrong ones')}"
            streams.append(Stream(share=wrong * f.estimate.value, label=words, said="", beside=beside, tone=tone))
    said = _of_all([s.share for s in streams])
    streams = [replace(s, said=f"{n} of 100") for s, n in zip(streams, said, strict=True)]
    what = "All answers, and causes of the wrong ones"
    return flow(streams, what, few_images(found)) if len(streams) > 1 else None


def _range(estimate: Estimate) -> str:
    ends = natural.ends(estimate)
    return "" if ends is None else " to ".join(map(natural.per_100, ends))


def _of_all(shares: Sequence[float]) -> list[str]:
    """Shares of one in whole hundredths that add up as the shares do.

    The first is rounded, as it is everywhere else on the page; of the others those with the largest remainders are
    rounded up.
    """
    whole = [round(100 * shares[0]), *(floor(100 * s + 1e-9) for s in shares[1:])]
    by_rest = sorted(range(1, len(shares)), key=lambda n: whole[n] - 100 * shares[n])
    for n in by_rest[: max(0, round(100 * sum(shares)) - sum(whole))]:
        whole[n] += 1
    return [str(n) if n or not share else "<1" for n, share in zip(whole, shares, strict=True)]
