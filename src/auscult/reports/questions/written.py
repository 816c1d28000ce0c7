"""What open answers and reports state that their references do not bear out, as a checker or a judge reads them."""

from collections.abc import Iterator
from typing import NamedTuple

from auscult.analysis.summary import Summary
from auscult.records import Estimate
from auscult.reports.face import Bar, Verdict
from auscult.reports.format import upper
from auscult.reports.natural import ends, known, none, of_100, rate, reach
from auscult.reports.questions import Clause, concluded, error_bar, shortest, word_of_error, worst
from auscult.reports.questions.judged import mark_bar, marks, mean, scale_of

READ = "That is what the fact checker reads; no physician has checked it."
_BETTER_LOW = " (lower is better)"
_NOUNS = {"report": "reports"}


class Stated(NamedTuple):
    """One error of open answers: as a clause, in brief, as a picture."""

    clause: Clause
    brief: str
    bar: Bar

    @property
    def sentence(self) -> str:
        """The clause as a sentence."""
        return f"{upper(self.clause.said)}."


def stated(summary: Summary) -> Iterator[Stated]:
    """What is made up first, by each type of answer, then what a judge calls contradicted, then what is left out."""
    seen: set[tuple[str, str]] = set()
    for figure in (*summary.of("headline"), *summary.of("quality")):
        estimate, name = figure.with_image, figure.metric.removesuffix(_BETTER_LOW)
        noun = _NOUNS.get(figure.answer_type, "open answers")
        if estimate is None or not known(estimate) or ends(estimate) is None or (name, noun) in seen:
            continue
        seen.add((name, noun))
        share = _share(estimate, noun)
        if name == "hallucinated":
            said = f"{share} state what their reference does not bear out"
            brief, label = f"invents in {of_100(estimate, counted=True)} {noun}", "invented"
        elif name == "contradicted":
            said = f"{share} contradict their reference"
            brief, label = f"contradicts what is known in {of_100(estimate, counted=True)} {noun}", "contradicts"
        elif name == "omitted":
            said = f"{noun} leave out {_share(estimate, 'findings that their references name')}"
            brief, label = f"leaves out {of_100(estimate, counted=True)} findings", "left out"
        else:
            continue
        yield Stated(Clause(said, word_of_error(estimate), estimate), brief, error_bar(label, estimate))


def of_written(summary: Summary, key: str, question: str) -> Verdict | None:
    """The answer where no question asks whether a finding is present; None where nothing reads open answers either."""
    found = list(stated(summary))
    if not found:
        return _of_judge(summary, key, question)
    first, *others = found
    word = first.clause.word
    return Verdict(
        key=key,
        question=question,
        word="not known" if word == "clear" and worst([o.clause.word for o in found]) != "clear" else word,
        sentence=concluded([first.clause]),
        short=shortest(first.brief, first.brief.rsplit(" of 100", 1)[0]),
        bars=tuple(one.bar for one in found[:2]),
        more=(*(one.sentence for one in others), READ),
        section="open",
    )


def _of_judge(summary: Summary, key: str, question: str) -> Verdict | None:
    """A judge's marks for accuracy, where there is nothing else."""
    figure = marks(summary, "accuracy")
    if figure is None or figure.with_image is None:
        return None
    low, high = scale_of(summary, figure)
    return Verdict(
        key=key,
        question=question,
        word="not known",
        sentence=(
            f"A judge gave {figure.with_image.n:,} answers {mean(figure)} for accuracy, from {low:g} to {high:g}. How "
            "many of them invent something was not counted."
        ),
        short=shortest(f"a judge gives {mean(figure)} of {high:g} for accuracy"),
        bars=(mark_bar("accuracy", figure, (low, high)),),
        section="open",
    )


def _share(estimate: Estimate, noun: str) -> str:
    return f"none of {estimate.n:,} {noun}{reach(estimate)}" if none(estimate) else rate(estimate, noun, noun)
