"""How sure is this? Images, what was missing, and what would decide what is open."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from auscult.analysis.quantities.premise import KNOWING
from auscult.analysis.summary import PROBED, Failures, Summary
from auscult.records import MAX_MISSING, Estimate
from auscult.reports import format as say
from auscult.reports.face import Bar, Verdict, Word
from auscult.reports.natural import SCARCE, ends, images_for, images_without_an_error, per_100
from auscult.reports.questions import AT_MOST, shortest

KEY, QUESTION = "sure", "How sure is this?"
MOST_MISSING = MAX_MISSING
"""Share of missing answers above which figures are ranges."""
MOST_UNUSABLE = 0.5
"""Share of answers that say nothing above which a run tells that, and nothing of what the model sees."""
WIDE = 0.4
"""Width of a range that leaves open how often something happens, however many images it is from."""
FEWEST = SCARCE
"""Images below which nothing is decided by a limit, and little by anything."""
NO_PHYSICIAN = "No physician answered these questions for comparison."


LEAST = images_without_an_error(AT_MOST)
"""Images that show errors to be under the mark of this page where none is seen; with errors it takes more."""


@dataclass(frozen=True, slots=True)
class Needed:
    """What would settle what is open: a clause that begins with a number of images, and what that is."""

    images: str
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


def says_nothing(summary: Summary) -> str:
    """That most answers take no position, as a clause that begins with their number; empty where they do."""
    found = answers(summary)
    if found is None or found.unusable <= MOST_UNUSABLE * found.asked:
        return ""
    return f"{found.unusable:,} of {found.asked:,} answers say nothing that can be used"


def needed(summary: Summary) -> Needed | None:
    """What the open questions about errors would take, all of them; None where nothing is open or no number would do.

    Of few images not even the rate is known from which a number would follow: then it is the least that any answer
    takes, with the finding and without it.
    """
    first = summary.detection[0].target if summary.detection else ""
    figures = [f for f in summary.of("detection") if f.label == first]
    figures += next(iter(summary.groups("premise").values()), ())
    open_ = {
        f.metric: more
        for f in figures
        if f.metric in VERBS and f.with_image is not None and (more := _for(f.with_image)) is not None
    }
    verbs = [VERBS[metric] for metric in open_]
    what = f"whether it {' or '.join(filter(None, (', '.join(verbs[:-1]), verbs[-1]))) if verbs else ''}"
    if summary.clusters < FEWEST:
        images = f"at least {LEAST} images"
        if first:
            images += f" that show the finding and {LEAST} that do not"
        return Needed(images, what if open_ else "what is open")
    return Needed(f"about {max(open_.values()):,} more images", what) if open_ else None


VERBS = {
    "fabrication": "invents findings",
    "miss": "misses findings",
    KNOWING: "goes along with what is false",
}


def _for(estimate: Estimate) -> int | None:
    """How many more images an open error would take."""
    found = ends(estimate)
    return images_for(estimate, AT_MOST) if found is not None and found[0] <= AT_MOST < found[1] else None


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
    word, in_words, said = _amount(summary, verdicts, more)
    lost = " ".join(_lost(summary))
    bars = (
        Bar(
            label="missing",
            value=share,
            against=MOST_MISSING,
            against_label="at most 5",
            better="lower",
            word="problem" if share > MOST_MISSING else "clear",
        ),
    )
    return Verdict(
        key=KEY,
        question=QUESTION,
        word=word,
        in_words=in_words,
        sentence=" ".join(filter(None, (said, lost) if share <= MOST_MISSING else (lost, said))),
        short=shortest(
            *([f"{many}: {more.images} are needed"] if more else []),
            f"{many}: {_SHORT.get(in_words, in_words)}",
        ),
        bars=bars if share > 0 else (),
        more=(*_counted(summary, found), NO_PHYSICIAN),
        section="failures",
    )


def _amount(summary: Summary, verdicts: Sequence[Verdict], more: Needed | None) -> tuple[Word, str, str]:
    """The word, how it is shown, and whether the images are enough."""
    many = say.count(summary.clusters, summary.unit).replace(say.NBSP, " ")
    asked = f"{many} with {say.count(summary.items, 'question').replace(say.NBSP, ' ')}"
    are, were = ("is", "was") if summary.clusters == 1 else ("are", "were")
    if summary.clusters < FEWEST:
        needs = f" To tell more takes {more.images}, and more yet if errors are seen." if more else ""
        return "not known", "too few images", f"Only {many} {were} asked about, which shows gross faults only.{needs}"
    if too_much_missing(summary):
        limit = per_100(MOST_MISSING)
        said = f"That is more than {limit} of 100, so that figures are ranges from all of them wrong to all right."
        return "not known", "too much missing", said
    if nothing := says_nothing(summary):
        return "not known", "hardly an answer", f"{nothing} (empty, refused, cut off): that is all that can be told."
    if more:
        return "not known", "more are needed", f"{asked} leave something open: {more.images} may tell {more.what}."
    if open_ := [v for v in verdicts if v.word == "not known" and v.bars]:
        return "not known", "more are needed", f"{asked} {are} not enough to tell {OPEN.get(open_[0].key, 'all')}."
    if all(v.word == "not known" for v in verdicts):
        return "not known", "not known", f"{asked} {were} asked about, and nothing could be told from them."
    if wide := [b for v in verdicts if v.key != "image" for b in v.bars if _is_wide(b)]:
        span = f"{per_100(wide[0].low or 0.0)} to {per_100(wide[0].high or 1.0)} of 100"
        return "not known", "a wide range", f"{asked} leave open how often: {wide[0].label} {span}."
    return "clear", "enough images", f"{asked} {are} enough for what is said above."


def _is_wide(bar: Bar) -> bool:
    return bar.scale == (0.0, 1.0) and bar.low is not None and bar.high is not None and bar.high - bar.low > WIDE


def _counted(summary: Summary, found: Failures | None) -> Iterator[str]:
    """How much of what was asked counts towards inventions and misses."""
    if found and summary.detection:
        first = summary.detection[0]
        about = first.tp + first.fp + first.tn + first.fn + first.unclear_absent + first.unclear_present
        yield f"Of {found.asked:,} answers, {about:,} are about whether a finding is present."


def _lost(summary: Summary) -> Iterator[str]:
    """How many answers are missing, of those to the questions as they are and of those to what probes put."""
    found, probed = answers(summary), next((f for f in summary.failures if f.condition == PROBED), None)
    if found is None:
        return
    by_probes = probed.request_failed + probed.unread if probed else 0
    if lost := found.request_failed + found.unread:
        yield f"{lost:,} of {found.asked:,} answers are missing or cannot be read."
    else:
        yield f"No answer{' to the questions as they are' if by_probes else ''} is missing."
    if probed and by_probes:
        are = "is" if by_probes == 1 else "are"
        yield f"Of {probed.asked:,} to changed questions {by_probes:,} {are} missing or cannot be read."


_SHORT = {
    "enough images": "enough for what is said above",
    "too few images": "they show gross faults only",
    "more are needed": "not enough for what is left open",
}
OPEN = {
    "findings": "whether it invents or misses findings",
    "premises": "whether it goes along with what is false",
    "image": "whether it looks at the image",
    "guessing": "whether it beats guessing",
    "harm": "whether it would do harm",
    "limits": "whether your limits hold",
    "probes": "whether it stays with what it sees",
}
