"""Does it go along with what is false?"""

from auscult.analysis.quantities.premise import DENIAL, KNOWING, RAW
from auscult.analysis.summary import Summary
from auscult.reports.face import Verdict
from auscult.reports.natural import known, of_100
from auscult.reports.questions import Clause, concluded, error_bar, shortest, told, word_of_error, worst
from auscult.reports.questions.judged import mark_bar, marks, mean, scale_of

KEY, QUESTION = "premises", "Does it go along with what is false?"
ALONG, DENIES = "goes along with what is false", "denies what is true"
NO_QUESTION = "No question of this run takes something false for granted."


def premises(summary: Summary) -> Verdict:
    """From knowing acceptance and over-denial over all forms.

    Without neutral questions from raw acceptance; without either from a judge's marks.
    """
    overall = next(iter(summary.groups("premise").values()), ())
    found = {f.metric: f.with_image for f in overall if f.with_image is not None and known(f.with_image)}
    along, denied, raw = found.get(KNOWING) or found.get(RAW), found.get(DENIAL), found.get(RAW)
    if along is None:
        return _of_judge(summary) or Verdict(
            key=KEY,
            question=QUESTION,
            word="not known",
            sentence=NO_QUESTION,
            short="no question takes something false for granted",
        )
    what = "false claims that it could have known to be false" if KNOWING in found else "false claims"
    clauses = [Clause(told(along, f"of 100 {what}, it accepts", f"of {what} it accepts"), word_of_error(along), ALONG)]
    brief, bars = f"goes along with {of_100(along)} of 100", [error_bar("goes along", along)]
    short = brief
    if denied is not None:
        said = told(denied, "of 100 true ones it denies", "of true ones it denies")
        clauses.append(Clause(said, word_of_error(denied), DENIES))
        bars.append(error_bar(DENIES, denied))
        short += f", denies {of_100(denied)} true ones"
    more = [] if raw is None or raw is along else [f"Of 100 false claims of every kind: {told(raw)}."]
    return Verdict(
        key=KEY,
        question=QUESTION,
        word=worst([c.word for c in clauses]),
        sentence=concluded(clauses),
        short=shortest(short, brief),
        bars=tuple(bars),
        more=tuple(more),
        section="premises",
    )


def _of_judge(summary: Summary) -> Verdict | None:
    """Marks for accuracy on questions that take something false for granted, beside those on others."""
    false, true = (marks(summary, "accuracy", kind) for kind in ("hallucination", "non-hallucination"))
    if false is None:
        return None
    low, high = scale_of(summary, false)
    beside = f", and {mean(true)} where it is true" if true else ""
    return Verdict(
        key=KEY,
        question=QUESTION,
        word="not known",
        sentence=(
            f"Where the question takes something false for granted a judge gives {mean(false)}, from {low:g} to "
            f"{high:g}{beside}; how often it goes along was not counted."
        ),
        short=shortest(f"a judge gives {mean(false)} of {high:g} where it is false", f"{mean(false)} of {high:g}"),
        bars=(mark_bar("marks", false, (low, high)),),
        section="open",
    )
