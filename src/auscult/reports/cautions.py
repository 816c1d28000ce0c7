"""What must be known before anything on a first screen is believed, in plain words: each once, the gravest first."""

import re
from collections.abc import Iterator

from auscult.analysis.failures import of_failures
from auscult.analysis.summary import Failures, Summary
from auscult.reports.places import PLUMBING
from auscult.reports.questions import premises
from auscult.runs.checks import says_untold
from auscult.runs.instruments import CHANGED

MOST = 4
"""Cautions on a first screen; of more there is a count."""
FEW = 0.05
"""Share of answers up to which a first screen does not caution."""
STATISTICAL = re.compile(
    r"\b(?:confidence|intervals?|clusters?|bootstrap\w*|holm|sensitivity|specificity|p\s?[=<>]|p-values?|variance|"
    r"standard error|odds|likelihood|null hypothesis|significan\w+|d′|criterion c|CR2|Wilson|Clopper)\b",
    re.IGNORECASE,
)
"""Words of statistics, which stand in the methods part alone."""
PREMISE = "premise"
ABOUT = {
    "closed": "yes/no and multiple choice answers",
    "facts": "what open answers and reports state",
    PREMISE: "answers to questions that take something false for granted",
}
"""Instrument -> what it reads."""
NO_IMAGE = (
    "The model gave two different images the same answer in a test before the run: its answers may not come from the "
    "images."
)


_METHODS = ("Canary ", CHANGED)
"""How warnings begin that are said in other words already, or that only readers of the methods need."""


def stop(summary: Summary) -> str:
    """Why no rate may be shown at all; empty where they may."""
    if summary.plumbing_only:
        return PLUMBING
    if summary.canary.status == "failed":
        return NO_IMAGE
    return next((_NO_ANSWER.format(f"{f.asked:,}") for f in summary.failures if no_answer(f)), "")


_NO_ANSWER = "Not one answer came to {} questions with their image: there is nothing to count."


def no_answer(found: Failures) -> bool:
    """Whether every request with the image failed."""
    return found.condition == "with" and 0 < found.asked == found.request_failed


def cautions(summary: Summary, least: float = 0.0) -> tuple[str, ...]:
    """All of them. What a warning says in words of statistics is left to the methods part.

    Args:
        summary: of the run.
        least: share of answers that must be missing, cut off or of no use for it to be said.
    """
    learnt = (warning for warning in summary.warnings if says_untold(warning))
    said = [*learnt, *_canary(summary), *_certificates(summary), *_missing(summary, least), *_warnings(summary)]
    return tuple(dict.fromkeys(said))


def on_face(summary: Summary) -> tuple[str, ...]:
    """The gravest, and how many more there are. What is missing of few answers stands among how sure it is."""
    every = cautions(summary, FEW)
    if len(every) <= MOST:
        return every
    rest = len(every) - MOST + 1
    return (*every[: MOST - 1], f"{rest} more cautions stand with the methods.")


def _canary(summary: Summary) -> Iterator[str]:
    if summary.canary.status in ("inconclusive", "skipped"):
        yield "Before the run nothing showed that the images reach the model."


def _certificates(summary: Summary) -> Iterator[str]:
    """What failed its own test, and whose figures rest on it."""
    said = premises.caution(summary)
    if said:
        yield said
    for certificate in summary.certificates:
        name = certificate.instrument.replace(",", " ").split("@")[0]
        if certificate.passed is False and not (said and name == PREMISE):
            what = "judge" if name.startswith("judge") else f"program “{name}”"
            about = ABOUT.get(name.split(":")[0], "open answers")
            yield f"The {what} that reads or marks {about} did not pass its own test: its figures may be wrong."


def _missing(summary: Summary, least: float) -> Iterator[str]:
    """What came of the answers with the image."""
    for found in summary.failures:
        if found.condition == "with" and found.asked:
            yield from _of_answers(found, least * found.asked)


def _of_answers(found: Failures, least: float) -> Iterator[str]:
    asked = f"{found.asked:,}"
    if found.request_failed > least:
        what = (
            "have no recorded answer" if set(found.kinds) == {"not_recorded"} else "got no answer: the request failed"
        )
        yield f"{found.request_failed:,} of {asked} questions {what}; figures allow for the worst and the best of them."
    if found.unread > least:
        yield (
            f"{found.unread:,} of {asked} answers could not be read; figures allow for all of them being right, and "
            "for all being wrong."
        )
    if found.judge_unusable > least:
        yield f"{found.judge_unusable:,} of {asked} answers got no verdict from the judge."
    if found.cut_short > least:
        yield f"{found.cut_short:,} of {asked} answers were cut off by the limit on their length."
    if found.unusable > least:
        yield (
            f"{found.unusable:,} of {asked} answers say nothing that can be used (empty, refused, cut off): counted as "
            "not right."
        )


def _warnings(summary: Summary) -> Iterator[str]:
    """The run's own warnings that are not said above, where they need no word of statistics."""
    told = set(of_failures(summary.failures))
    for warning in summary.warnings:
        if warning not in told and not warning.startswith(_METHODS) and not STATISTICAL.search(warning):
            yield warning
