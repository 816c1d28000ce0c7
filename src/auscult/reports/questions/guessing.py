"""Is it better than guessing?"""

from dataclasses import replace
from typing import NamedTuple

from auscult.analysis.summary import Figure, Summary
from auscult.records import Estimate
from auscult.reports.face import Bar, Verdict, Word
from auscult.reports.format import upper
from auscult.reports.natural import ends, few, known, none, of_100, per_100, rate
from auscult.reports.questions import bar, shortest, word_of_gain
from auscult.reports.questions.image import leading

KEY, QUESTION = "guessing", "Is it better than guessing?"
NO_QUESTION = "No question of this run has fixed answers to guess from."
NOT_READ = "Nobody can tell: its answers to questions that one could guess at are missing or cannot be read."
_KINDS = {
    "yes_no": ("yes/no questions", "yes/no", "always giving the more frequent answer"),
    "choice": ("multiple choice questions", "multiple choice", "picking an option blindly"),
}
_OPENINGS: dict[Word, str] = {
    "clear": "",
    "problem": "It is no better than guessing.",
    "not known": "These images cannot tell.",
}
_BESIDE: dict[Word, str] = {
    "clear": "is better than guessing",
    "problem": "is no better than guessing",
    "not known": "may be no better than guessing",
}


class _Kind(NamedTuple):
    """One type of question: what came of it, in words and as a picture."""

    word: Word
    sentence: str
    beside: str
    short: str
    bar: Bar


def guessing(summary: Summary) -> Verdict:
    """From accuracy against the best constant answer, for each type of question that has one.

    A type that is no better than guessing leads; the other stands beside it.
    """
    measured = [
        (figure, figure.with_image, figure.chance)
        for figure in leading(summary)
        if figure.metric == "accuracy" and figure.chance is not None and figure.with_image is not None
    ]
    kinds = [_kind(*one) for one in measured if known(one[1])]
    if not kinds:
        said = NOT_READ if measured else NO_QUESTION
        line = "too few answers can be read" if measured else "no question has fixed answers to guess from"
        return Verdict(key=KEY, question=QUESTION, word="not known", sentence=said, short=line)
    first = next((k for k in kinds if k.word == "problem"), kinds[0])
    others = [k for k in kinds if k is not first]
    # the same as the first needs no words beside its picture
    beside = [k.beside for k in others[:1] if k.word != first.word]
    return Verdict(
        key=KEY,
        question=QUESTION,
        word=first.word,
        sentence=" ".join(filter(None, [_OPENINGS[first.word], first.sentence, *beside])),
        short=first.short,
        bars=tuple(k.bar for k in (first, *others)[:2]),
        more=tuple(k.sentence for k in others),
        section="kinds",
    )


def _kind(figure: Figure, estimate: Estimate, chance: float) -> _Kind:
    found = ends(estimate)
    word: Word = "not known"
    if found is not None and not few(estimate):
        word = word_of_gain(found[0] - chance, found[1] - chance, 1 - chance)
    nouns, name, guess = _KINDS.get(figure.answer_type, ("questions", figure.answer_type, "guessing"))
    share = f"none of {estimate.n:,} {nouns} rightly" if none(estimate) else rate(estimate, f"{nouns} rightly")
    gets = f"{guess} would get {per_100(chance)}"
    if chance >= 1:
        return _alike(estimate, nouns, name)
    return _Kind(
        word,
        f"It answers {share}. {upper(gets)}.",
        f"At {name} it {_BESIDE[word]}: {of_100(estimate)}, where {gets}.",
        shortest(
            f"right on {of_100(estimate)} {name}; guessing gets {per_100(chance)}", f"right on {of_100(estimate)}"
        ),
        replace(bar(name, estimate, chance, "guessing"), word=word, counts=""),
    )


def _alike(estimate: Estimate, nouns: str, name: str) -> _Kind:
    """All right answers are the same, so that nobody can do better than to give it always."""
    said = f"The right answer to all {estimate.n + estimate.missing:,} {nouns} is the same, and who always gives it is"
    return _Kind(
        "not known",
        f"{said} right on 100 of 100. To tell takes questions whose right answers differ.",
        f"Of {name} questions all right answers are the same: nobody can beat guessing there.",
        f"the right answer to all {name} questions is the same",
        replace(bar(name, estimate, 1.0, "guessing"), word="not known", counts=""),
    )
