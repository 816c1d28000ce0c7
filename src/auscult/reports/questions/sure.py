"""How sure is this? Images, what was missing, and what would decide what is open."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from auscult.analysis.quantities.premise import KNOWING
from auscult.analysis.summary import Failures, Summary
from auscult.reports import format as say
from auscult.reports.face import Bar, Verdict, Word
from auscult.reports.natural import ends, images_for, per_100
from auscult.reports.questions import AT_MOST, shortest

KEY, QUESTION = "sure", "How sure is this?"
MOST_MISSING = 0.05
"""Share of missing answers above which figures are ranges."""
FEWEST = 20
"""Images below which nothing is decided by a limit, and little by anything."""
NO_PHYSICIAN = "No physician answered these questions for comparison."


@dataclass(frozen=True, slots=True)
class Needed:
    """How many more images would settle what."""

    images: int
    what: str


def answers(summary: Summary) -> Failures | None:
    """What came of the answers with the image."""
    return next((f for f in summary.failures if f.condition == "with" and f.asked), None)


def missing_share(found: Failures) -> float:
    """Of the answers, those that never came or could not be read."""
    return (found.request_failed + found.unread) / found.asked


def needed(summary: Summary) -> Needed | None:
    """The most images that an open question about errors would still take; None where none would do."""
    words = {"fabrication": "whether it invents findings", "miss": "whether it misses findings",
             KNOWING: "whether it goes along with what is false"}  # fmt: skip
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
    return Needed(*max(open_)) if open_ else None


def units(summary: Summary) -> str:
    """What the independent units are, in the plural."""
    return say.count(2, summary.unit).split(say.NBSP)[1]


def sure(summary: Summary, verdicts: Sequence[Verdict], more: Needed | None) -> Verdict:
    """From the number of images, the share of missing answers, and what the other questions left open.

    Args:
        summary: of the run.
        verdicts: the answers to the other questions.
        more: what an open one would take.
    """
    many = say.count(summary.clusters, summary.unit).replace(say.NBSP, " ")
    found = answers(summary)
    share = missing_share(found) if found else 0.0
    asked = f"{many}, {say.count(summary.items, 'question')}".replace(say.NBSP, " ")
    if found:
        lost = found.request_failed + found.unread
        asked += (
            f"; {lost:,} of {found.asked:,} answers are missing or cannot be read" if lost else "; no answer is missing"
        )
    open_ = [v for v in verdicts if v.word == "not known" and v.bars]
    word: Word = "clear"
    if summary.clusters < FEWEST:
        word, ending = "problem", f"fewer than {FEWEST} {units(summary)} can show only what is gross"
    elif share > MOST_MISSING:
        word, ending = "problem", f"more than {per_100(MOST_MISSING)} of 100 are missing, so that figures are ranges"
    elif more:
        word, ending = "not known", f"about {more.images:,} more {units(summary)} would settle {more.what}"
    elif open_:
        word, ending = "not known", f"not enough to tell: {open_[0].question.removesuffix('?').lower()}"
    elif all(v.word == "not known" for v in verdicts):
        word, ending = "not known", "nothing above could be told from them"
    else:
        ending = "enough for what is said above"
    bars = (Bar(label="missing", value=share, against=MOST_MISSING, against_label="at most 5", better="lower"),)
    return Verdict(
        key=KEY,
        question=QUESTION,
        word=word,
        sentence=f"{asked}: {ending}.",
        short=shortest(
            f"{many}: {ending}", f"{many}: {ending.split(' would settle')[0]} needed", f"{many}: not enough"
        ),
        bars=bars if share > 0 else (),
        more=(*_counted(summary, found), NO_PHYSICIAN),
        section="failures",
    )


def _counted(summary: Summary, found: Failures | None) -> Iterator[str]:
    """How much of what was asked counts towards inventions and misses."""
    if found and summary.detection:
        first = summary.detection[0]
        about = first.tp + first.fp + first.tn + first.fn + first.unclear_absent + first.unclear_present
        yield f"Of {found.asked:,} answers, {about:,} are about whether a finding is present."
