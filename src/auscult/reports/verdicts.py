"""The first screen of a run: from its summary to a ``Face``, every question answered or said to be open."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from auscult.analysis.quantities.prevalence import PREVALENCE
from auscult.analysis.summary import Summary
from auscult.reports import format as say
from auscult.reports.cautions import on_face, stop
from auscult.reports.face import Bar, Face, Verdict, Word
from auscult.reports.natural import per_100
from auscult.reports.questions import shortest
from auscult.reports.questions.findings import findings
from auscult.reports.questions.guessing import guessing
from auscult.reports.questions.harm import harm
from auscult.reports.questions.image import image
from auscult.reports.questions.premises import premises
from auscult.reports.questions.sure import needed, sure
from auscult.reports.steps import after_stop, steps


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
    """

    key: str
    words: str
    good: Literal["at most", "at least"]
    limit: float
    met: bool | None
    need: str = ""
    share: bool = True

    @property
    def sentence(self) -> str:
        """The limit and what came of it, in words."""
        value = f"{per_100(self.limit)} of 100" if self.share else f"{self.limit:g}"
        came = {True: "met", False: "missed", None: "not known"}[self.met]
        need = f" ({self.need})" if self.met is None and self.need else ""
        return f"Limit set before, {self.words} {self.good} {value}: {came}{need}."


def run_face(
    summary: Summary, limits: Sequence[Limit] = (), *, run: str = "RUN", prevalence: float = PREVALENCE
) -> Face:
    """The first screen of a run.

    Args:
        summary: of the run.
        limits: set by the user before the answers were made.
        run: folder of the run, for the commands of what to do next.
        prevalence: share of patients who have a finding, for how much of what is reported is invented.
    """
    images, questions = say.count(summary.cases, "image"), say.count(summary.items, "question")
    title = f"{_model(summary)} on {images}, {questions}".replace(say.NBSP, " ")
    if why := stop(summary):
        return Face(title=title, about=_about(summary), stop=why, steps=after_stop(summary))
    found = [findings(summary, prevalence), premises(summary), image(summary), guessing(summary), harm(summary)]
    answered = _with_limits([v for v in found if v is not None], limits)
    more = needed(summary)
    return Face(
        title=title,
        about=_about(summary),
        verdicts=(*answered, sure(summary, answered, more)),
        cautions=on_face(summary),
        steps=steps(summary, answered, more, run),
    )


def _model(summary: Summary) -> str:
    """The model, as short as it can be told from others."""
    if name := summary.manifest.get("model", {}).get("name", ""):
        return str(name)
    spec = str(summary.manifest.get("model", {}).get("spec", "")) or summary.title.split(" on ")[0]
    kind, _, name = spec.partition(":")
    if kind == "openai":
        return name.split("@")[0]
    last = name.rstrip("/").rsplit("/", 1)[-1]
    return (last.rsplit(".", 1)[0] if kind == "replay" else last) or kind


def _about(summary: Summary) -> str:
    created = str(summary.manifest.get("created", ""))[:10]
    source = summary.manifest.get("items", {}).get("source", {}).get("reader", "")
    parts = [f"Questions from {source}" if source else "", f"asked on {created}" if created else ""]
    return f"{say.upper(', '.join(filter(None, parts)))}." if any(parts) else ""


def _with_limits(verdicts: Sequence[Verdict], limits: Sequence[Limit]) -> tuple[Verdict, ...]:
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
                short=shortest(f"{first.words} {first.sentence.rsplit(': ', 1)[-1].rstrip('.')}"),
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
    bars = tuple(
        replace(one, against=of_bar[one.label].limit, against_label="your limit") if one.label in of_bar else one
        for one in verdict.bars
    )
    if word == "met" and verdict.word == "problem" and any(_fails(b) for b in bars if b.label not in of_bar):
        word = "problem"
    first, *others = (one.sentence for one in limits)
    return replace(verdict, word=word, sentence=f"{verdict.sentence} {first}", bars=bars, more=(*others, *verdict.more))


def _fails(bar: Bar) -> bool:
    """Whether a picture shows a problem: the whole range on the bad side of what it must beat."""
    if bar.low is None or bar.high is None or bar.against is None:
        return False
    return bar.low > bar.against if bar.better == "lower" else bar.high < bar.against
