"""The first screen of a run: from its summary to a ``Face``, every question answered or said to be open."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from auscult.analysis.summary import Failures, Summary
from auscult.reports import format as say
from auscult.reports.cautions import on_face, stop
from auscult.reports.face import Bar, Face, Step, Verdict, Word
from auscult.reports.natural import ends, images_for, per_100
from auscult.reports.questions import AT_MOST, PREVALENCE, findings, guessing, harm, image, premises

MOST_MISSING = 0.05
"""Share of missing answers above which figures are ranges."""
FEWEST = 20
"""Images below which nothing is decided by a limit, and little by anything."""
MOST_STEPS = 3
NO_PHYSICIAN = "No physician answered these questions for comparison."


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """A limit that the user set before, and what came of it.

    Attributes:
        key: of the verdict that it is about: ``findings``, ``premises``, ``image``, ``guessing``, ``harm``; any other
            stands in a verdict of its own.
        words: what is limited, as people say it: ``invented``.
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
    title = f"{_model(summary)} on {say.count(summary.cases, 'image')}, {say.count(summary.items, 'question')}"
    title = title.replace(say.NBSP, " ")
    if why := stop(summary):
        return Face(title=title, about=_about(summary), stop=why, cautions=(), steps=_after_stop(summary))
    found = [findings(summary, prevalence), premises(summary), image(summary), guessing(summary), harm(summary)]
    verdicts = _with_limits([v for v in found if v is not None], limits)
    needed = _images_needed(summary)
    return Face(
        title=title,
        about=_about(summary),
        verdicts=(*verdicts, _sure(summary, verdicts, needed)),
        cautions=on_face(summary),
        steps=tuple(_steps(summary, verdicts, needed, run))[:MOST_STEPS],
    )


def _model(summary: Summary) -> str:
    """The model, as short as it can be told from others."""
    spec = str(summary.manifest.get("model", {}).get("spec", "")) or summary.title.split(" on ")[0]
    kind, _, name = spec.partition(":")
    if kind == "openai":
        return name.split("@")[0]
    return name.rstrip("/").rsplit("/", 1)[-1] if name else kind


def _about(summary: Summary) -> str:
    created = str(summary.manifest.get("created", ""))[:10]
    source = summary.manifest.get("items", {}).get("source", {}).get("reader", "")
    parts = [f"questions from {source}" if source else "", f"asked on {created}" if created else ""]
    first = ", ".join(filter(None, parts))
    return " ".join(filter(None, (f"{say.upper(first)}." if first else "", NO_PHYSICIAN)))


def _with_limits(verdicts: Sequence[Verdict], limits: Sequence[Limit]) -> tuple[Verdict, ...]:
    """What a limit decides, it decides; what else is a problem in the same question stays one."""
    made = []
    for verdict in verdicts:
        own = [one for one in limits if one.key == verdict.key]
        made.append(_limited(verdict, own) if own else verdict)
    there = {v.key for v in verdicts}
    if others := [one for one in limits if one.key not in there]:
        said, more = others[0].sentence, tuple(one.sentence for one in others[1:])
        made.append(
            Verdict(
                key="limits",
                question="Does it hold the limits that were set?",
                word=_decided(others),
                sentence=said,
                more=more,
            )
        )
    return tuple(made)


def _decided(limits: Sequence[Limit]) -> Word:
    came = {one.met for one in limits}
    return "missed" if False in came else "not known" if None in came else "met"


def _limited(verdict: Verdict, limits: Sequence[Limit]) -> Verdict:
    word = _decided(limits)
    ours = {one.words for one in limits}
    bars = []
    for one in verdict.bars:
        limit = next((x for x in limits if x.words == one.label and x.share), None)
        named = replace(one, against=limit.limit, against_label="your limit") if limit else one
        bars.append(named)
    unlimited = [b for b in verdict.bars if b.label not in ours and b.low is not None and b.against is not None]
    if word == "met" and verdict.word == "problem" and any(_fails(b) for b in unlimited):
        word = "problem"
    first, *others = (one.sentence for one in limits)
    return replace(
        verdict, word=word, sentence=f"{verdict.sentence} {first}", bars=tuple(bars), more=(*others, *verdict.more)
    )


def _fails(bar: Bar) -> bool:
    """Whether a picture shows a problem: the whole range on the bad side of what it must beat."""
    assert bar.low is not None and bar.high is not None and bar.against is not None
    return bar.low > bar.against if bar.better == "lower" else bar.high < bar.against


def _answers(summary: Summary) -> Failures | None:
    return next((f for f in summary.failures if f.condition == "with" and f.asked), None)


def _missing_share(found: Failures) -> float:
    return (found.request_failed + found.unread) / found.asked


def _sure(summary: Summary, verdicts: Sequence[Verdict], needed: tuple[int, str] | None) -> Verdict:
    """How sure is this? Images, what was missing, and how many more would decide what is open."""
    many = say.count(summary.clusters, summary.unit).replace(say.NBSP, " ")
    found = _answers(summary)
    missing = _missing_share(found) if found else 0.0
    asked = f"{many}, {say.whole(summary.items)} questions"
    if found:
        lost = found.request_failed + found.unread
        asked += f"; {lost:,} of {found.asked:,} answers missing or not readable" if lost else "; no answer is missing"
    word: Word = "clear"
    if summary.clusters < FEWEST:
        word, ending = "problem", f"fewer than {FEWEST} {_plural(summary)} decide nothing"
    elif missing > MOST_MISSING:
        word, ending = "problem", f"more than {per_100(MOST_MISSING)} of 100 are missing, so that figures are ranges"
    elif needed:
        word, ending = "not known", f"about {needed[0]:,} more {_plural(summary)} would settle {needed[1]}"
    elif open_ := next((v for v in verdicts if v.word == "not known" and v.bars), None):
        word, ending = "not known", f"not enough to tell: {open_.question.removesuffix('?').lower()}"
    elif all(v.word == "not known" for v in verdicts):
        word, ending = "not known", "nothing above could be told from them"
    else:
        ending = "enough for what is said above"
    bars = (Bar(label="missing", value=missing, against=MOST_MISSING, against_label="5 of 100", better="lower"),)
    return Verdict(
        key="sure",
        question="How sure is this?",
        word=word,
        sentence=f"{asked}: {ending}.",
        bars=bars if found else (),
        more=tuple(_coverage(summary, found)),
        section="failures",
    )


def _plural(summary: Summary) -> str:
    return say.count(2, summary.unit).split(say.NBSP)[1]


def _coverage(summary: Summary, found: Failures | None) -> Iterator[str]:
    """How much of what was asked counts towards inventions and misses."""
    if found and summary.detection:
        first = summary.detection[0]
        about = first.tp + first.fp + first.tn + first.fn + first.unclear_absent + first.unclear_present
        yield f"{found.asked:,} answers were asked for; {about:,} of them are about whether a finding is present."


def _images_needed(summary: Summary) -> tuple[int, str] | None:
    """The most images that an open question about errors would still take, and which question that is."""
    words = {"fabrication": "whether it invents findings", "miss": "whether it misses findings",
             "knowing acceptance": "whether it goes along with what is false"}  # fmt: skip
    first = summary.detection[0].target if summary.detection else ""
    figures = [f for f in summary.of("detection") if f.label == first]
    figures += next(iter(summary.groups("premise").values()), ())
    open_: list[tuple[int, str]] = []
    for figure in figures:
        estimate = figure.with_image
        if figure.metric not in words or estimate is None or (found := ends(estimate)) is None:
            continue
        if found[0] <= AT_MOST < found[1] and (more := images_for(estimate, AT_MOST)) is not None:
            open_.append((more, words[figure.metric]))
    return max(open_, default=None)


def _after_stop(summary: Summary) -> tuple[Step, ...]:
    if summary.plumbing_only:
        return (Step(sentence="Ask a real model.", command="auscult evaluate ITEMS --model openai:NAME@URL --out RUN"),)
    return (
        Step(sentence="Look whether the server passes images on to the model, then evaluate again into a new folder."),
    )


def _steps(summary: Summary, verdicts: Sequence[Verdict], needed: tuple[int, str] | None, run: str) -> Iterator[Step]:
    """What to do next, the most useful first."""
    words = {v.key: v.word for v in verdicts}
    found = _answers(summary)
    if found and found.request_failed > MOST_MISSING * found.asked:
        command = str(summary.manifest.get("command", ""))
        yield Step(sentence="Ask the failed questions again; nothing else is asked twice.", command=command)
    if found and found.cut_short > MOST_MISSING * found.asked:
        yield Step(sentence="Evaluate again with more room for an answer: raise --max-tokens.")
    if summary.clusters < FEWEST or needed:
        least = max(FEWEST - summary.clusters, needed[0] if needed else 0)
        what = needed[1] if needed else "anything"
        yield Step(sentence=f"Ask about more images: about {least:,} more like these would settle {what}.")
    if words["findings"] == "not known" and not summary.detection:
        yield Step(
            sentence="Ask questions that say whether a finding is there: build them from labels, captions or reports.",
            command="auscult build DATA --from FORMAT --premises --out ITEMS",
        )
    if "problem" in words.values() or (found and found.unread > MOST_MISSING * found.asked):
        yield Step(
            sentence="Let a physician rate 100 answers (an hour): that tests answers, references and this tool.",
            command=f"auscult rate make {run} --n 100",
        )
    if words["premises"] == "not known" and not summary.of("premise") and summary.detection:
        yield Step(
            sentence="Ask also questions that take something false for granted.",
            command="auscult build DATA --from FORMAT --premises --out ITEMS",
        )
    if not any("limit" in v.sentence.casefold() for v in verdicts):
        yield Step(
            sentence="Write down what you would accept, before the next answers are made.",
            command="auscult gate --init criteria.toml",
        )
