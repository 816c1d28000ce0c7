"""Does it invent or miss findings?"""

from collections.abc import Iterator
from dataclasses import replace

from auscult.analysis.quantities.prevalence import PREVALENCE, invented_among_present
from auscult.analysis.summary import Detection, Summary
from auscult.records import Estimate
from auscult.reports.face import Verdict, Word
from auscult.reports.format import upper
from auscult.reports.natural import counts, known, none, of_100, per_100
from auscult.reports.questions import AT_MOST, Clause, concluded, error_bar, shortest, told, word_of_error, worst
from auscult.reports.questions.written import of_written, stated

KEY, QUESTION, SECTION = "findings", "Does it invent or miss findings?", "findings"
NEITHER = 0.05
"""Share of answers that take no side, above which a figure of those that do clears nothing."""
INVENTED, MISSED = "fabrication", "miss"
NO_QUESTION = "No question of this run asks whether a finding is present, so that nothing could be invented or missed."
NOT_ASKED = Verdict(
    key=KEY,
    question=QUESTION,
    word="not known",
    sentence=NO_QUESTION,
    short="no question asks whether a finding is there",
)


def findings(summary: Summary, prevalence: float = PREVALENCE) -> Verdict:
    """From questions that ask whether a finding is there; where there are none, from what open answers state.

    Args:
        summary: of the run.
        prevalence: share of patients who have a finding, for how much of what is reported is invented.
    """
    checked = tuple(_checked(summary))
    counted = summary.detection[0] if summary.detection else None
    rates = _rates(summary, counted) if counted else {}
    if counted is None or not rates:
        found = of_written(summary, KEY, QUESTION) or NOT_ASKED
        return replace(found, more=(*checked, *found.more))
    clauses, single, ending = _clauses(rates, counted), _singled_out(summary), ""
    word = worst([c.word for c in clauses])
    if len(rates) < 2 and word != "problem":
        word, ending = (
            "not known",
            f"Nothing was asked about findings that are {'absent' if MISSED in rates else 'present'}.",
        )
    elif word == "clear" and single:
        word, ending = "not known", f"Surely at most {per_100(AT_MOST)} of 100 in all, but {single[0]}."
    elif word == "not known" and _takes_no_side(counted):
        ending = "Too many answers take no side to tell."
    more = [
        *checked,
        *(f"{upper(one)}." for one in single),
        *_sides(counted),
        *(one.sentence for one in stated(summary)),
    ]
    sentences = concluded(clauses, "findings", ending), _prevalence(rates, prevalence)
    return Verdict(
        key=KEY,
        question=QUESTION,
        word=word,
        sentence=" ".join(filter(None, sentences)),
        short=_short(rates),
        bars=tuple(
            replace(error_bar(_LABELS[m], e, _at_most(counted, m)), word=_word(counted, m, e)) for m, e in rates.items()
        ),
        more=tuple(more),
        section=SECTION,
    )


_LABELS = {INVENTED: "invented", MISSED: "missed"}


def _rates(summary: Summary, counted: Detection) -> dict[str, Estimate]:
    found = {f.metric: f.with_image for f in summary.of("detection") if f.label == counted.target}
    return {m: e for m in _LABELS if (e := found.get(m)) is not None and known(e)}


def _clauses(rates: dict[str, Estimate], counted: Detection) -> list[Clause]:
    """Both rates, each of a hundred images."""
    found = []
    if (invented := rates.get(INVENTED)) is not None:
        of, where = "of 100 images without the finding it reports it in", "where a finding is absent it reports it in"
        said = told(invented, of, where, _at_most(counted, INVENTED))
        found.append(Clause(said, _word(counted, INVENTED, invented), "invents"))
    if (missed := rates.get(MISSED)) is not None:
        after = found and not none(rates[INVENTED])
        of = "of 100 with it, it misses" if after else "of 100 images with the finding it misses"
        said = told(missed, of, "where it is there it misses", _at_most(counted, MISSED))
        found.append(Clause(said, _word(counted, MISSED, missed), "misses"))
    return found


def _at_most(counted: Detection, metric: str) -> float | None:
    return counted.invented_at_most if metric == INVENTED else counted.missed_at_most


def _short(rates: dict[str, Estimate]) -> str:
    verbs = {INVENTED: "invents", MISSED: "misses"}

    def part(metric: str, estimate: Estimate) -> str:
        if none(estimate):
            return f"{verbs[metric]} none of {estimate.n:,}"
        return f"{verbs[metric]} {of_100(estimate)} of 100"

    return shortest(", ".join(part(m, e) for m, e in rates.items()), *(part(m, e) for m, e in rates.items()))


def _takes_no_side(counted: Detection) -> bool:
    neither = counted.unclear_absent + counted.unclear_present
    return neither > NEITHER * (neither + counted.tp + counted.fp + counted.tn + counted.fn)


def _word(counted: Detection, metric: str, estimate: Estimate) -> Word:
    """Those who take no side clear nothing."""
    neither, sides = (
        (counted.unclear_absent, counted.fp + counted.tn)
        if metric == INVENTED
        else (counted.unclear_present, counted.tp + counted.fn)
    )
    word = word_of_error(estimate)
    return "not known" if word == "clear" and neither > NEITHER * (neither + sides) else word


def _prevalence(rates: dict[str, Estimate], prevalence: float) -> str:
    """How much of what it reports is invented, at a set frequency of the finding."""
    invented, missed = rates.get(INVENTED), rates.get(MISSED)
    found = invented_among_present(invented, missed, prevalence) if invented and missed else None
    if found is None or not known(found) or (invented is not None and invented.clusters < 5):
        return ""
    where = f"Where {per_100(prevalence)} in 100 patients have it"
    if none(found) and found.high is not None:
        return f"{where}, up to {per_100(found.high)} of 100 'present' could be invented."
    return f"{where}, {of_100(found)} of 100 'present' are invented."


def _sides(counted: Detection) -> Iterator[str]:
    """How many took no side."""
    neither = counted.unclear_absent + counted.unclear_present
    asked = neither + counted.tp + counted.fp + counted.tn + counted.fn
    if neither:
        yield f"{neither:,} of {asked:,} answers about findings say neither yes nor no; they are in neither figure."


def _singled_out(summary: Summary) -> list[str]:
    """Single findings that surely are invented or missed too often, the most frequent first."""
    first, found = summary.detection[0].target, []
    for figure in summary.of("detection"):
        estimate = figure.with_image
        if figure.label == first or figure.metric not in _LABELS or estimate is None or not known(estimate):
            continue
        if estimate.value is not None and word_of_error(estimate) == "problem":
            found.append((estimate.value, f"{figure.label} is {_LABELS[figure.metric]} in {counts(estimate)}"))
    return [said for _, said in sorted(found, reverse=True)[:3]]


def _checked(summary: Summary) -> Iterator[str]:
    """What a physician found who rated some of the answers."""
    words = {
        "invented": "of 100 answers {} state something that is not there",
        INVENTED: "of 100 images without the finding it is reported in {}",
        MISSED: "of 100 images with the finding it is missed in {}",
        "wrong reference": "of 100 references {} are wrong",
    }
    for figure in summary.of("corrected", "physician"):
        by_a_person = figure.label.startswith("checked by")
        if by_a_person and figure.metric in words and figure.with_image is not None and known(figure.with_image):
            yield f"Checked by a physician: {words[figure.metric].format(told(figure.with_image))}."
