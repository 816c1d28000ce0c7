"""Does it invent or miss findings?"""

from collections.abc import Iterator
from dataclasses import replace

from auscult.analysis.quantities.physician import AS_SAID, GROUP
from auscult.analysis.quantities.prevalence import PREVALENCE, invented_among_present
from auscult.analysis.summary import Detection, Summary
from auscult.records import Estimate
from auscult.reports.face import Verdict, Word
from auscult.reports.format import upper
from auscult.reports.natural import counts, ends, known, none, of_100, per_100, rate, reach, scarce
from auscult.reports.questions import AT_MOST, MARK, Clause, concluded, error_bar, shortest, word_of_error, worst
from auscult.reports.questions.written import of_written, stated

KEY, QUESTION, SECTION = "findings", "Does it invent or miss findings?", "findings"
OFTEN = 0.5
"""Share of what is absent that is reported, above which few misses are no credit."""
NEITHER = 0.05
"""Share of answers that take no side, above which a figure of those that do clears nothing."""
INVENTED, MISSED = "fabrication", "miss"
NO_QUESTION = (
    "No question was understood to ask whether a finding is there (“Is there a mass?”), so that nothing is counted as "
    "invented or missed."
)
NOT_ASKED = Verdict(
    key=KEY,
    question=QUESTION,
    word="not known",
    sentence=NO_QUESTION,
    short="no question was understood to ask for a finding",
)


def findings(summary: Summary) -> Verdict:
    """From questions that ask whether a finding is there; where there are none, from what open answers state."""
    check, *checked = tuple(_checked(summary)) or ("",)
    counted = summary.detection[0] if summary.detection else None
    rates = _rates(summary, counted) if counted else {}
    if counted is None or not rates:
        found = of_written(summary, KEY, QUESTION) or (_undecided(summary, counted) if counted else NOT_ASKED)
        said = " ".join(filter(None, (found.sentence, check)))
        return replace(found, sentence=said, more=(*checked, *found.more))
    clauses, single, ending = _clauses(rates, counted), _singled_out(summary), ""
    word = worst([c.word for c in clauses])
    if len(rates) < 2 and word != "problem":
        word, ending = "not known", _of_the_other(summary, counted, INVENTED if MISSED in rates else MISSED)
    elif word == "clear" and single:
        word, ending = "not known", f"In all that is at most {per_100(AT_MOST)} of 100, but {single[0]}."
    elif word == "not known" and _takes_no_side(counted):
        ending = "Too many answers say neither yes nor no to tell."
    elif word == "problem" and _says_yes(rates):
        ending = "That it misses so few is no credit to a model that says yes so often."
    wrong = _prevalence(rates)
    more = [
        *checked,
        *([wrong] if word == "clear" or (word == "problem" and check) else ()),
        *(f"{upper(one)}." for one in single),
        *_sides(counted),
        *(one.sentence for one in stated(summary)),
        MARK,
    ]
    sentences = concluded(clauses, ending), check or (wrong if word == "problem" else "")
    return Verdict(
        key=KEY,
        question=QUESTION,
        word=word,
        sentence=" ".join(filter(None, sentences)),
        short=_short(rates),
        bars=tuple(
            replace(error_bar(_LABELS[m], e, _at_most(counted, m)), word=_word(counted, m, e)) for m, e in rates.items()
        ),
        more=tuple(filter(None, more)),
        section=SECTION,
    )


def _undecided(summary: Summary, counted: Detection) -> Verdict:
    """Findings were asked for, and no answer decides whether one is there."""
    neither, lost = (sum(_silent(summary, counted, m)[n] for m in _LABELS) for n in (0, 1))
    said = f"It was asked {neither + lost:,} times whether a finding is there: {_said_nothing(neither, lost)}"
    return Verdict(
        key=KEY,
        question=QUESTION,
        word="not known",
        sentence=f"{said}, so that nothing is counted as invented or missed.",
        short="no answer about a finding says yes or no" if neither else "no answer about a finding could be read",
    )


def _of_the_other(summary: Summary, counted: Detection, metric: str) -> str:
    """Why there is no figure of one of both errors: nothing was asked of that kind, or no answer decides."""
    where = "absent" if metric == INVENTED else "present"
    neither, lost = _silent(summary, counted, metric)
    if not neither + lost:
        return f"It was asked about no finding that is {where}."
    return f"It was asked {neither + lost:,} times about a finding that is {where}: {_said_nothing(neither, lost)}."


def _silent(summary: Summary, counted: Detection, metric: str) -> tuple[int, int]:
    """Answers about findings that are absent (or present): those that take no side, and those that are missing."""
    lost = sum(
        f.with_image.missing
        for f in summary.of("detection")
        if (f.label, f.metric) == (counted.target, metric) and f.with_image is not None
    )
    return counted.unclear_absent if metric == INVENTED else counted.unclear_present, lost


def _said_nothing(neither: int, lost: int) -> str:
    if not lost:
        return "no answer says yes or no"
    unread = "no answer came or could be read" if not neither else f"{lost:,} answers are missing or cannot be read"
    return f"{neither:,} answers say neither yes nor no, and {unread}" if neither else unread


_LABELS = {INVENTED: "invented", MISSED: "missed"}
_WHERE = {INVENTED: "without it", MISSED: "with it"}


def _rates(summary: Summary, counted: Detection) -> dict[str, Estimate]:
    found = {f.metric: f.with_image for f in summary.of("detection") if f.label == counted.target}
    return {m: e for m in _LABELS if (e := found.get(m)) is not None and known(e)}


def _clauses(rates: dict[str, Estimate], counted: Detection) -> list[Clause]:
    """Both errors, each a sentence."""
    found = []
    if (invented := rates.get(INVENTED)) is not None:
        if none(invented):
            said = f"it reported none of {_each(invented, 'absent ')}{reach(invented, _at_most(counted, INVENTED))}"
        else:
            said = f"it reports a finding in {rate(invented, 'images that do not show it')}"
            if scarce(invented):
                said = f"it reported {rate(invented, '', 'findings that were absent')}"
        found.append(Clause(said, _word(counted, INVENTED, invented), invented))
    if (missed := rates.get(MISSED)) is not None:
        if none(missed):
            said = f"it missed none of {_each(missed)}{reach(missed, _at_most(counted, MISSED))}"
        else:
            said = f"it misses {rate(missed, 'findings that are present')}"
            if scarce(missed):
                said = f"it missed {rate(missed, '', 'findings that were present')}"
        found.append(Clause(said, _word(counted, MISSED, missed), missed))
    return found


def _each(estimate: Estimate, what: str = "") -> str:
    return f"{estimate.n:,} {what}finding{'' if estimate.n == 1 else 's'}"


def _at_most(counted: Detection, metric: str) -> float | None:
    return counted.invented_at_most if metric == INVENTED else counted.missed_at_most


def _says_yes(rates: dict[str, Estimate]) -> bool:
    """Whether it misses few because it says yes to nearly everything."""
    invented, missed = rates.get(INVENTED), rates.get(MISSED)
    if invented is None or missed is None or (found := ends(invented)) is None:
        return False
    return found[0] > OFTEN and (none(missed) or word_of_error(missed) == "clear")


def _short(rates: dict[str, Estimate]) -> str:
    said = [f"{'invents' if m == INVENTED else 'misses'} {of_100(e, counted=True)}" for m, e in rates.items()]
    brief = [one.removesuffix(" of 100") for one in said]
    return shortest(", ".join(said), ", ".join((*brief[:-1], said[-1])), *said)


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


def _prevalence(rates: dict[str, Estimate]) -> str:
    """How much of what it reports is invented, at a set frequency of the finding; else empty."""
    invented, missed = rates.get(INVENTED), rates.get(MISSED)
    if invented is None or missed is None or none(invented) or scarce(invented):
        return ""
    found = invented_among_present(invented, missed)
    if found is None or not known(found) or (found_ends := ends(found)) is None:
        return ""
    low, high = (per_100(end) for end in found_ends)
    times = (
        f"between {low} and {high} of the 100 times" if found.value is None or found.withheld
        else f"{per_100(found.value)} of the 100 times ({low} to {high})"
    )  # fmt: skip
    return f"If {per_100(PREVALENCE)} in 100 patients have the finding, it is wrong {times} that it says “present”."


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
            found.append(
                (
                    estimate.value,
                    f"{figure.label} was {_LABELS[figure.metric]} in {counts(estimate)} images {_WHERE[figure.metric]}",
                )
            )
    return [said for _, said in sorted(found, reverse=True)[:3]]


def _checked(summary: Summary) -> Iterator[str]:
    """What a physician found who rated some of the answers; the first sentence is for the first screen."""
    words = {
        INVENTED: ("images without the finding", "have it reported"),
        MISSED: ("images with the finding", "have it missed"),
        "invented": ("answers", "state something that is not there"),
        "wrong reference": ("right answers of the test set", "are wrong themselves"),
    }
    rated = {f.metric: f.with_image for f in summary.of("corrected", GROUP) if f.label != AS_SAID}
    for metric, (noun, what) in words.items():
        if (found := rated.get(metric)) is not None and known(found):
            share = f"none of {found.n:,} {noun}{reach(found)}" if none(found) else rate(found, noun)
            yield f"Checked by a physician: {share} {what}."
