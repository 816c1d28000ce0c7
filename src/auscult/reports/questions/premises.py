"""Does it go along with what is false?"""

from collections.abc import Iterator
from dataclasses import replace

from auscult.analysis.quantities.premise import DENIAL, KNOWING, RAW
from auscult.analysis.summary import Figure, Summary
from auscult.records import Certificate, Estimate
from auscult.reports.face import Bar, Verdict
from auscult.reports.natural import ends, known, none, of_100, rate, reach
from auscult.reports.questions import AT_MOST, MARK, Clause, concluded, error_bar, shortest, word_of_error, worst
from auscult.reports.questions.instrument import OF_MODELS, PLANTED, WORDINGS, Read, failed, read
from auscult.reports.questions.judged import mark_bar, marks, mean, scale_of

KEY, QUESTION = "premises", "Does it go along with what is false?"
ALONG, DENIES = "goes along", "denies what is true"
NO_QUESTION = "No question of this run takes something false for granted."
NOT_ASKED = Verdict(
    key=KEY,
    question=QUESTION,
    word="not known",
    sentence=NO_QUESTION,
    short="no question takes something false for granted",
)
NO_CREDIT = "which is no credit to a model that agrees so often"


def premises(summary: Summary) -> Verdict:
    """From knowing acceptance and over-denial over all forms.

    Without neutral questions from raw acceptance; without either from a judge's marks. Where the instrument that reads
    the answers did not pass its own test, the question says so.
    """
    overall = next(iter(summary.groups("premise").values()), ())
    found = {f.metric: f for f in overall if f.with_image is not None and known(f.with_image)}
    line = found.get(KNOWING) or found.get(RAW)
    if line is None or line.with_image is None:
        return _of_judge(summary) or NOT_ASKED
    along, denied = line.with_image, _estimate(found.get(DENIAL))
    clauses, bars = [_along(along, knowing=KNOWING in found)], [error_bar(ALONG, along)]
    brief = f"agrees with {of_100(along, counted=True)} false statements"
    short = [brief, brief.removesuffix(" false statements")]
    if denied is not None:
        clauses.append(_denies(denied))
        bars.append(_beside(error_bar(DENIES, denied), clauses))
        short = [f"{short[-1]}, denies {of_100(denied, counted=True)} true ones", *short]
    overlooks = ""
    if certificate := failed(summary, line.scorer):
        clauses = [_at_worst(*pair) for pair in zip(clauses, _recognised(certificate), strict=False)]
        overlooks = "The program that reads these answers overlooks a few."
    return Verdict(
        key=KEY,
        question=QUESTION,
        word=worst([c.word for c in clauses]),
        sentence=" ".join(filter(None, (concluded(_with_no_credit(clauses)), overlooks))),
        short=shortest(*short),
        bars=tuple(bars),
        more=tuple(_more(found.get(RAW), line, certificate)),
        section="premises",
    )


def _estimate(figure: Figure | None) -> Estimate | None:
    return None if figure is None else figure.with_image


def _along(along: Estimate, *, knowing: bool) -> Clause:
    """How often it agrees with what is false."""
    told = ", although it had answered the plain question rightly" if knowing else ""
    nouns = "false statements"
    if none(along):
        said = f"it agreed with none of {along.n:,} {nouns}{reach(along)}"
    else:
        said = f"it agrees with {rate(along, nouns, nouns)}{told}"
    return Clause(said, word_of_error(along), along)


def _denies(denied: Estimate) -> Clause:
    """How often it denies what is true."""
    if none(denied):
        said = f"it denied none of {denied.n:,} true ones{reach(denied)}"
    else:
        said = f"it denies {rate(denied, 'true ones', 'true ones')}"
    return Clause(said, word_of_error(denied), denied)


def _recognised(certificate: Certificate) -> tuple[Read | None, Read | None]:
    """How well an instrument recognises agreement, and denial."""
    return read(certificate, OF_MODELS, "meant accepts"), read(certificate, WORDINGS, "denied")


def _at_worst(clause: Clause, recognised: Read | None) -> Clause:
    """A figure clears nothing that its instrument may have overlooked."""
    found, least = ends(clause.estimate), recognised.least if recognised else 0.0
    if clause.word == "clear" and found and found[1] > AT_MOST * least:
        return clause._replace(word="not known")
    return clause


def _with_no_credit(clauses: list[Clause]) -> list[Clause]:
    """Who agrees with everything denies nothing."""
    if not _no_credit(clauses):
        return clauses
    along, denied = clauses
    return [along, denied._replace(said=f"{denied.said.split(' (')[0]}, {NO_CREDIT}")]


def _no_credit(clauses: list[Clause]) -> bool:
    along, *others = clauses
    denies_little = any(c.word == "clear" or none(c.estimate) for c in others)
    return along.word == "problem" and denies_little


def _beside(bar: Bar, clauses: list[Clause]) -> Bar:
    """The picture of what it denies, without a word of its own where that is no credit."""
    return replace(bar, word="") if _no_credit(clauses) else bar


def _more(raw: Figure | None, line: Figure, certificate: Certificate | None) -> Iterator[str]:
    if raw is not None and raw is not line and raw.with_image is not None:
        found = raw.with_image
        nouns = "false statements"
        share = f"none of {found.n:,} {nouns}{reach(found)}" if none(found) else rate(found, nouns, nouns)
        yield f"Whether or not it had answered the plain question rightly, it agrees with {share}."
    if certificate is not None:
        yield from _of_instrument(certificate)
    yield MARK


def _of_instrument(certificate: Certificate) -> Iterator[str]:
    """What the instrument overlooked in its own test, and which way that moves the figures."""
    yield "The program that reads these answers did not pass its own test."
    agreed, denied = _recognised(certificate)
    if agreed:
        yield (
            f"Of {agreed.of:,} answers in which models agreed with something false it recognised {agreed.right:,}: "
            "a model may go along a little more often than is shown here."
        )
    if denied:
        yield (
            f"Of {denied.of:,} denials that were written for the test it recognised {denied.right:,}: it overlooks "
            f"some in roundabout words.{_taken_for_denials(certificate)}"
        )


def _taken_for_denials(certificate: Certificate) -> str:
    """What else it took for a denial, and what comes of both."""
    others = read(certificate, PLANTED, "denied", "specificity")
    if others is None:
        return " A model may deny a little more than is shown here."
    return (
        f" It took {others.of - others.right:,} of {others.of:,} other answers for denials. A model may deny a little "
        "more, or a little less, than is shown here."
    )


def caution(summary: Summary) -> str:
    """What must be known first of this question's answers; empty where its instrument passed its test."""
    overall = next(iter(summary.groups("premise").values()), ())
    certificate = next((c for f in overall if (c := failed(summary, f.scorer))), None)
    if certificate is None:
        return ""
    agreed, _ = _recognised(certificate)
    share = f"overlooked {agreed.lost} of 100 answers that went along" if agreed else "overlooked too many answers"
    return f"“{QUESTION}” In its own test the program that reads these answers {share}: the true number may be higher."


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
            f"{high:g}{beside}. How often it goes along was not counted."
        ),
        short=shortest(f"a judge gives {mean(false)} of {high:g} where it is false", f"{mean(false)} of {high:g}"),
        bars=(mark_bar("marks", false, (low, high)),),
        section="open",
    )
