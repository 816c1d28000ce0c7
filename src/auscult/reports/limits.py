"""Limits that a user set before the answers were made, and what a first screen says of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, Literal

from auscult.analysis.gate.criteria import noted_criteria
from auscult.analysis.gate.decision import Decided, Gate, decide
from auscult.errors import UserError
from auscult.reports.face import Bar, Verdict, Word
from auscult.reports.natural import per_100
from auscult.reports.questions import shortest

_MET: Final = {"PASS": True, "FAIL": False, "INCONCLUSIVE": None}
_ABOUT: Final = {
    "invented findings": ("findings", "invented"),
    "missed findings": ("findings", "missed"),
    "knowing acceptance": ("premises", "goes along"),
    "raw acceptance": ("premises", "goes along with any"),
    "over-denial": ("premises", "denies what is true"),
    "harm": ("harm", "harm"),
}
"""What a criterion measures -> the verdict that it stands in, and the picture that it limits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """A limit that the user set before, and what came of it.

    Attributes:
        key: of the verdict that it is about: ``findings``, ``premises``, ``image``, ``guessing``, ``harm``; any other
            stands in a verdict of its own.
        words: what is limited, as its picture is labelled: ``invented``.
        good: which side of the limit is good.
        limit: on the scale of the figure; a share of one, where ``share``.
        met: None where the run cannot tell.
        need: what a decision would take; empty where there is one.
        share: whether the limit is a share of one.
        silent: answers that take no position, which count as errors.
    """

    key: str
    words: str
    good: Literal["at most", "at least"]
    limit: float
    met: bool | None
    need: str = ""
    share: bool = True
    silent: int = 0

    @property
    def set_to(self) -> str:
        """What was limited to what: ``invented at most 10 of 100``."""
        value = f"{per_100(self.limit)} of 100" if self.share else f"{self.limit:g}"
        return f"{self.words} {self.good} {value}"

    @property
    def sentence(self) -> str:
        """The limit and what came of it, in words."""
        came = {True: "met", False: "not met", None: "not known"}[self.met]
        need = f" ({self.need})" if self.met is None and self.need else ""
        many = "1 answer that takes" if self.silent == 1 else f"{self.silent:,} answers that take"
        silent = f" ({many} no position count{'s' * (self.silent == 1)} against it)" if self.silent else ""
        return f"Limit set before, {self.set_to}: {came}{need}{silent}."


@dataclass(frozen=True, slots=True)
class Noted:
    """Limits that a run noted when it began, and why they decide nothing, where they do not."""

    limits: tuple[Limit, ...] = ()
    caution: str = ""


def noted_limits(run: Path, manifest: Mapping[str, Any]) -> Noted:
    """The limits that a run noted when it began, and what came of them; nothing where it noted none.

    Args:
        run: its folder.
        manifest: what it notes of itself.
    """
    if not isinstance(manifest.get("criteria"), Mapping):
        return Noted()
    path = noted_criteria(run, manifest)
    if path is None:
        return Noted(
            caution="Limits were set before the run, and their file is no longer there or was changed: whether they "
            "are met is not shown."
        )
    try:
        return Noted(limits_of(decide(path, run)))
    except UserError as error:
        return Noted(caution=f"Limits were set before the run and decide nothing: {error}")


def limits_of(gate: Gate) -> tuple[Limit, ...]:
    """The criteria of a gate as limits; those without one (a canary, certificates) are left out."""
    return tuple(found for one in gate.decided if (found := _limit(one)) is not None)


def _limit(decided: Decided) -> Limit | None:
    """A criterion by the part that decides it: one that fails, else one that is open."""
    order = ("FAIL", "INCONCLUSIVE", "PASS")
    lines = sorted((x for x in decided.lines if x.limit is not None), key=lambda line: order.index(line.verdict))
    first = lines[0] if lines else None
    if first is None or first.limit is None or not first.good:
        return None
    key, words = _ABOUT.get(decided.about, ("image" if decided.kind == "image" else "limits", decided.about))
    return Limit(
        key=key,
        words=words if len(lines) == 1 else f"{words} ({first.label})",
        good=first.good,
        limit=first.limit,
        met=_MET[decided.verdict],
        need=first.need,
        share=first.unit == "share",
        silent=first.silent if decided.kind in ("inventions", "misses") else 0,
    )


def with_limits(verdicts: Sequence[Verdict], limits: Sequence[Limit]) -> tuple[Verdict, ...]:
    """What a limit decides, it decides; what else is a problem in the same question stays one."""
    made = []
    for verdict in verdicts:
        own = [one for one in limits if one.key == verdict.key]
        made.append(_limited(verdict, own) if own else verdict)
    there = {v.key for v in verdicts}
    if others := [one for one in limits if one.key not in there]:
        first, *rest = sorted(others, key=lambda one: (one.met is not False, one.met is True))
        made.append(
            Verdict(
                key="limits",
                question="Does it hold the limits that were set?",
                word=_decided(others),
                sentence=first.sentence,
                short=shortest(f"limit set before: {first.set_to}", first.set_to),
                more=tuple(one.sentence for one in rest),
            )
        )
    return tuple(made)


def _decided(limits: Sequence[Limit]) -> Word:
    came = {one.met for one in limits}
    return "missed" if False in came else "not known" if None in came else "met"


def _limited(verdict: Verdict, limits: Sequence[Limit]) -> Verdict:
    word = _decided(limits)
    of_bar = {one.words: one for one in limits if one.share}
    bars = tuple(_against(one, of_bar[one.label]) if one.label in of_bar else one for one in verdict.bars)
    if word == "met" and verdict.word == "problem" and any(_fails(b) for b in bars if b.label not in of_bar):
        word = "problem"
    first, *others = (one.sentence for one in limits)
    said = f"{verdict.sentence} {first}"
    return replace(verdict, word=word, in_words="", sentence=said, bars=bars, more=(*others, *verdict.more))


def _against(bar: Bar, limit: Limit) -> Bar:
    """A picture with the user's limit in place of what else it must beat."""
    return replace(bar, against=limit.limit, against_label="your limit", word=_decided([limit]))


def _fails(bar: Bar) -> bool:
    """Whether a picture shows a problem: the whole range on the bad side of what it must beat."""
    if bar.low is None or bar.high is None or bar.against is None:
        return False
    return bar.low > bar.against if bar.better == "lower" else bar.high < bar.against
