"""What open answers and reports state that their references do not bear out, as a checker or a judge reads them."""

from collections.abc import Iterator
from typing import NamedTuple

from auscult.analysis.summary import Summary
from auscult.reports.face import Bar, Verdict, Word
from auscult.reports.format import upper
from auscult.reports.natural import ends, known
from auscult.reports.questions import error_bar, lead, shortest, told, word_of_error, worst
from auscult.reports.questions.judged import mark_bar, marks, mean, scale_of

READ = "That is what the fact checker reads; no physician has checked it."
_BETTER_LOW = " (lower is better)"
_NOUNS = {"report": "reports"}


class Stated(NamedTuple):
    """One error of open answers: as a clause without its full stop, as a verb, how often, and as a picture."""

    clause: str
    verb: str
    word: Word
    bar: Bar

    @property
    def sentence(self) -> str:
        """The clause as a sentence."""
        return f"{upper(self.clause)}."


def stated(summary: Summary) -> Iterator[Stated]:
    """What is made up first, by each type of answer, then what a judge calls contradicted, then what is left out."""
    seen: set[tuple[str, str]] = set()
    for figure in (*summary.of("headline"), *summary.of("quality")):
        estimate, name = figure.with_image, figure.metric.removesuffix(_BETTER_LOW)
        noun = _NOUNS.get(figure.answer_type, "open answers")
        if estimate is None or not known(estimate) or ends(estimate) is None or (name, noun) in seen:
            continue
        seen.add((name, noun))
        of, word = (f"of 100 {noun},", f"of {noun},"), word_of_error(estimate)
        if name == "hallucinated":
            said = f"{told(estimate, *of)} state what their reference does not bear out"
            yield Stated(said, "states what is not there", word, error_bar("invented", estimate))
        elif name == "contradicted":
            said = f"{told(estimate, *of)} contradict their reference"
            yield Stated(said, "contradicts what is known", word, error_bar("contradicts", estimate))
        elif name == "omitted":
            of = (
                f"of 100 findings that references name, {noun} leave out",
                f"of findings that references name, {noun} omit",
            )
            yield Stated(told(estimate, *of), "leaves findings out", word, error_bar("left out", estimate))


def of_written(summary: Summary, key: str, question: str) -> Verdict | None:
    """The answer where no question asks whether a finding is present; None where nothing reads open answers either."""
    found = list(stated(summary))
    if not found:
        return _of_judge(summary, key, question)
    first, *others = found
    return Verdict(
        key=key,
        question=question,
        word=worst([one.word for one in found]),
        sentence=f"{lead({one.verb: one.word for one in found})}: {first.clause}.",
        short=shortest(first.clause, first.clause.split(" state ")[0].removeprefix("of 100 ")),
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
            f"A judge gave {figure.with_image.n:,} answers {mean(figure)} for accuracy, from {low:g} to {high:g}; how "
            "many of them invent something was not counted."
        ),
        short=shortest(f"a judge gives {mean(figure)} of {high:g} for accuracy"),
        bars=(mark_bar("accuracy", figure, (low, high)),),
        section="open",
    )
