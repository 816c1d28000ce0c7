"""How sure is this? Images, what was missing, and what would decide what is open."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from auscult.analysis.quantities.premise import KNOWING
from auscult.analysis.summary import Failures, Summary
from auscult.records import Estimate
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


def too_much_missing(summary: Summary) -> bool:
    """Whether so many answers are missing that figures are ranges."""
    found = answers(summary)
    return found is not None and missing_share(found) > MOST_MISSING


def needed(summary: Summary) -> Needed | None:
    """What the open question about errors that is nearest to an answer would take; None where no number would do."""
    first = summary.detection[0].target if summary.detection else ""
    figures = [f for f in summary.of("detection") if f.label == first]
    figures += next(iter(summary.groups("premise").values()), ())
    open_ = [
        (more, f"whether it {_VERBS[f.metric]}")
        for f in figures
        if f.metric in _VERBS and f.with_image is not None and (more := _for(f.with_image)) is not None
    ]
    if not open_:
        return None
    more, what = min(open_)
    # of few images not even the rate is known from which the number follows
    return Needed(max(more, FEWEST) if summary.clusters < FEWEST else more, what)


_VERBS = {
    "fabrication": "invents findings",
    "miss": "misses findings",
    KNOWING: "goes along with what is false",
}


def _for(estimate: Estimate) -> int | None:
    """How many more images an open error would take."""
    found = ends(estimate)
    return images_for(estimate, AT_MOST) if found is not None and found[0] <= AT_MOST < found[1] else None


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
    asked, lost = f"{many}, {say.count(summary.items, 'question').replace(say.NBSP, ' ')}", _lost(found)
    settle = f"About {more.images:,} more would settle {more.what}." if more else ""
    open_ = [v for v in verdicts if v.word == "not known" and v.bars]
    word: Word = "not known"
    in_words = "not enough images"
    if summary.clusters < FEWEST:
        in_words, said = "too few images", [f"Only {many}: enough for gross faults alone.", settle, lost]
    elif share > MOST_MISSING:
        in_words, said = (
            "too much missing",
            [lost, f"That is more than {per_100(MOST_MISSING)} of 100, so that figures are ranges."],
        )
    elif more:
        said = [f"{asked}.", settle, lost]
    elif open_:
        said = [f"{asked}: not enough to tell {OPEN.get(open_[0].key, 'all')}.", lost]
    elif all(v.word == "not known" for v in verdicts):
        said = [f"{asked}. Nothing above could be told from them.", lost]
    else:
        word, in_words, said = "clear", "enough images", [f"{asked}: enough for what is said above.", lost]
    bars = (Bar(label="missing", value=share, against=MOST_MISSING, against_label="at most 5", better="lower"),)
    said = [one for one in said if one]
    return Verdict(
        key=KEY,
        question=QUESTION,
        word=word,
        in_words=in_words,
        sentence=" ".join(said),
        short=shortest(
            f"{many}, {_SHORT[word]}" if not more else f"{many}; about {more.images:,} more are needed", many
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


def _lost(found: Failures | None) -> str:
    """How many answers are missing."""
    if found is None:
        return ""
    lost = found.request_failed + found.unread
    return f"{lost:,} of {found.asked:,} answers are missing or cannot be read." if lost else "No answer is missing."


_SHORT: dict[Word, str] = {
    "clear": "enough for what is said above",
    "not known": "not enough to tell all",
    "problem": "too few, or too much missing",
}
OPEN = {
    "findings": "whether it invents or misses findings",
    "premises": "whether it goes along with what is false",
    "image": "whether it looks at the image",
    "guessing": "whether it beats guessing",
    "harm": "whether it would do harm",
    "limits": "whether your limits hold",
}
