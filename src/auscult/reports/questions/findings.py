"""Does it invent or miss findings?"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from auscult.analysis.quantities.prevalence import PREVALENCE, invented_among_present
from auscult.analysis.summary import Detection, Summary
from auscult.records import Estimate
from auscult.reports.face import Bar, Verdict, Word
from auscult.reports.format import upper
from auscult.reports.natural import counts, ends, known, of_100, per_100
from auscult.reports.questions import ending_of, error_bar, shortest, told, word_of_error, worst
from auscult.reports.questions.judged import mark_bar, marks, mean, scale_of

KEY, QUESTION, SECTION = "findings", "Does it invent or miss findings?", "findings"
NEITHER = 0.05
"""Share of answers that take no side, above which a figure of those that do clears nothing."""
INVENTED, MISSED = "fabrication", "miss"
NO_QUESTION = "No question of this run asks whether a finding is present, so that nothing could be invented or missed."
READ = "That is what the fact checker reads; no physician has checked it."


def findings(summary: Summary, prevalence: float = PREVALENCE) -> Verdict:
    """From questions that ask whether a finding is there; where there are none, from what open answers state.

    Args:
        summary: of the run.
        prevalence: share of patients who have a finding, for how much of what is reported is invented.
    """
    written, checked = list(_written(summary)), list(_checked(summary))
    counted = summary.detection[0] if summary.detection else None
    rates = _rates(summary, counted) if counted else {}
    if counted is None or not rates:
        return _of_written(summary, written, checked)
    words = [_word(counted, metric, estimate) for metric, estimate in rates.items()]
    word, single = worst(words), _singled_out(summary)
    ending = ending_of(word, len(rates))
    if len(rates) < 2:
        word = "problem" if word == "problem" else "not known"
        ending = f"nothing was asked about findings that are {'absent' if MISSED in rates else 'present'}"
    elif word == "clear" and single:
        word, ending = "not known", f"all together that is little, but {single[0]}"
    elif word == "not known" and "not known" in words and _takes_no_side(counted):
        ending = "too many answers take no side to tell"
    more = [*checked, *(f"{upper(one)}." for one in single), *_sides(counted), *(said for said, _, _ in written)]
    sentences = f"{_sentence(rates, counted)}: {ending}.", _prevalence(rates, prevalence)
    return Verdict(
        key=KEY,
        question=QUESTION,
        word=word,
        sentence=" ".join(filter(None, sentences)),
        short=_short(rates),
        bars=tuple(error_bar(_LABELS[metric], estimate) for metric, estimate in rates.items()),
        more=tuple(more),
        section=SECTION,
    )


_LABELS = {INVENTED: "invented", MISSED: "missed"}


def _rates(summary: Summary, counted: Detection) -> dict[str, Estimate]:
    found = {f.metric: f.with_image for f in summary.of("detection") if f.label == counted.target}
    return {m: e for m in _LABELS if (e := found.get(m)) is not None and known(e)}


def _sentence(rates: dict[str, Estimate], counted: Detection) -> str:
    """Both rates, each of a hundred images."""
    parts = []
    if (invented := rates.get(INVENTED)) is not None:
        bound = counted.invented_at_most
        parts.append(f"Of 100 images without the finding it reports it in {told(invented, bound)}")
    if (missed := rates.get(MISSED)) is not None:
        opening = "of 100 with it, it misses" if parts else "Of 100 images with the finding it misses it in"
        parts.append(f"{opening} {told(missed, counted.missed_at_most)}")
    return "; ".join(parts)


def _short(rates: dict[str, Estimate]) -> str:
    verbs = {INVENTED: "invents", MISSED: "misses"}
    ranges = ", ".join(f"{verbs[m]} {of_100(e).split(' (up')[0]}" for m, e in rates.items())
    bare = ", ".join(
        f"{verbs[m]} {per_100(e.value) if e.value is not None and not e.withheld else of_100(e)}"
        for m, e in rates.items()
    )
    return shortest(f"{ranges} of 100", ranges, f"{bare} of 100")


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
    return f"Where {per_100(prevalence)} in 100 patients have it, {of_100(found)} of 100 'present' are invented."


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


def _written(summary: Summary) -> Iterator[tuple[str, Word, Bar]]:
    """What open answers and reports state that their references do not bear out, and what they leave out of them."""
    seen: set[str] = set()
    for figure in (*summary.of("headline"), *summary.of("quality")):
        estimate = figure.with_image
        if estimate is None or not known(estimate) or ends(estimate) is None or figure.kind == "hallucination":
            continue
        noun = "reports" if figure.answer_type == "report" else "open answers"
        name = figure.metric.removesuffix(" (lower is better)")
        if name in seen and figure.section == "quality":
            continue
        seen.add(name)
        if name == "hallucinated":
            said = f"Of 100 {noun}, {told(estimate)} state something that their reference does not bear out."
            yield said, word_of_error(estimate), error_bar("invented", estimate)
        elif name == "contradicted" and figure.section == "quality":
            said = f"Of 100 {noun}, {told(estimate)} contradict their reference."
            yield said, word_of_error(estimate), error_bar("contradicts", estimate)
        elif name == "omitted":
            said = f"Of 100 findings that the references name, {noun} leave out {told(estimate)}."
            yield said, word_of_error(estimate), error_bar("left out", estimate)


def _checked(summary: Summary) -> Iterator[str]:
    """What a physician found who rated some of the answers."""
    words = {
        "invented": "of 100 answers {} state something that is not there",
        INVENTED: "of 100 images without the finding it is reported in {}",
        MISSED: "of 100 images with the finding it is missed in {}",
        "wrong reference": "of 100 references {} are wrong",
    }
    for figure in summary.of("corrected", "physician"):
        if figure.metric in words and figure.with_image is not None and known(figure.with_image):
            yield f"Checked by a physician: {words[figure.metric].format(told(figure.with_image))}."


def _of_judge(summary: Summary) -> Verdict | None:
    """A judge's marks for accuracy, where there is nothing else."""
    figure = marks(summary, "accuracy")
    if figure is None or figure.with_image is None:
        return None
    low, high = scale_of(summary, figure)
    return Verdict(
        key=KEY,
        question=QUESTION,
        word="not known",
        sentence=(
            f"A judge gave {figure.with_image.n:,} answers {mean(figure)} for accuracy, from {low:g} to {high:g}; how "
            "many of them invent something was not counted."
        ),
        short=shortest(f"a judge gives {mean(figure)} of {high:g} for accuracy"),
        bars=(mark_bar("accuracy", figure, (low, high)),),
        section="open",
    )


def _of_written(summary: Summary, written: Sequence[tuple[str, Word, Bar]], checked: Sequence[str]) -> Verdict:
    """The answer where no question asks whether a finding is present."""
    if not written:
        short = "no question asks whether a finding is there"
        none = Verdict(key=KEY, question=QUESTION, word="not known", sentence=NO_QUESTION, short=short)
        return replace(_of_judge(summary) or none, more=tuple(checked))
    (said, _, first), word = written[0], worst([word for _, word, _ in written])
    return Verdict(
        key=KEY,
        question=QUESTION,
        word=word,
        sentence=f"{said.rstrip('.')}: {ending_of(word, len(written))}.",
        short=shortest(said.rstrip("."), f"{said[0].lower()}{said[1:].split(' state ')[0]} state what is not there"),
        bars=(first, *(b for _, _, b in written[1:2])),
        more=(*(s for s, _, _ in written[1:]), *(checked or (READ,))),
        section="open",
    )
