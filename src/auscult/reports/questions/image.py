"""Does it look at the image?"""

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from auscult.analysis.summary import Figure, Summary
from auscult.records import Estimate
from auscult.reports import format as say
from auscult.reports.face import Bar, Verdict, Word
from auscult.reports.natural import FEW, ends, few, known, of_100, per_100, rate
from auscult.reports.questions import GAIN, MOST_MORE, bar, shortest, word_of_gain

KEY, QUESTION = "image", "Does it look at the image?"
COIN = 0.5
NOT_ASKED = (
    "Nobody can tell: it was not asked without the image, and no question is true of one image and false of another."
)
_OPENINGS: dict[Word, str] = {
    "clear": "It uses the image.",
    "problem": "It answers as if it did not see the image.",
    "not known": "These images cannot tell.",
}
_MEASURED = ("accuracy", "fact F1", "recall")
_NOUNS = {
    "yes_no": "yes/no questions",
    "choice": "multiple choice questions",
    "open": "open answers",
    "report": "reports",
}


class _Sign(NamedTuple):
    """One thing that speaks for or against its looking."""

    word: Word
    sentence: str
    short: str
    bars: tuple[Bar, ...]


def image(summary: Summary) -> Verdict:
    """From pairs of images told apart, and from the same questions asked without the image or with another's."""
    signs = [*_pairs(summary), *_controls(summary)]
    if not signs:
        said, short = _unshown(summary)
        return Verdict(key=KEY, question=QUESTION, word="not known", sentence=said, short=short)
    words = [sign.word for sign in signs]
    word: Word = "clear" if "clear" in words else "problem" if "problem" in words else "not known"
    first = signs[words.index(word)]
    others = [sign for sign in signs if sign is not first and "not known" not in {sign.word} - {word}]
    return Verdict(
        key=KEY,
        question=QUESTION,
        word=word,
        sentence=first.sentence,
        short=first.short,
        bars=first.bars,
        more=tuple(sign.sentence for sign in others[:MOST_MORE]),
        section="kinds",
    )


def not_shown(why: str) -> Verdict:
    """That nobody can tell, since most answers say nothing."""
    said = f"Nobody can tell: {why}, whatever it sees."
    return Verdict(key=KEY, question=QUESTION, word="not known", sentence=said, short="its answers say nothing")


def asked(summary: Summary) -> str:
    """What was asked that could show whether it looks, in a few words; empty where nothing was."""
    conditions = {f.condition for f in summary.failures if f.asked}
    if "without" in conditions:
        return "without the image"
    if "wrong" in conditions:
        return "with another case's image"
    return "about images that differ in the answer" if summary.of("pairs") else ""


def _unshown(summary: Summary) -> tuple[str, str]:
    """Why nothing shows whether it looks: as a sentence, and in brief."""
    if not (how := asked(summary)):
        return NOT_ASKED, "not asked without the image"
    if summary.clusters >= FEW:
        return f"Nobody can tell: it was asked {how}, and too few of the answers can be read.", "too few answers read"
    images = say.count(summary.clusters, summary.unit).replace(say.NBSP, " ")
    few = "is" if summary.clusters == 1 else "are"
    return f"Nobody can tell: it was asked {how} too, and {images} {few} too few.", f"{images}: too few to tell"


def leading(summary: Summary) -> list[Figure]:
    """The first figure of each type of answer and kind of item, the one of most questions first."""
    lines: dict[tuple[str, str], Figure] = {}
    for figure in summary.of("headline"):
        measured = figure.with_image is not None and (figure.with_image.n or figure.with_image.missing)
        if measured and figure.share and figure.metric in _MEASURED:
            lines.setdefault((figure.answer_type, figure.kind), figure)
    return sorted(lines.values(), key=lambda f: -(f.with_image.n if f.with_image else 0))


def _pairs(summary: Summary) -> Iterator[_Sign]:
    """The same question, true of one image and false of the other."""
    for figure in summary.of("pairs"):
        estimate = figure.with_image
        if estimate is None or not known(estimate) or few(estimate) or (found := ends(estimate)) is None:
            continue
        word = word_of_gain(found[0] - COIN, found[1] - COIN)
        said = (
            "Of pairs of images that differ in the answer to one question, it told apart "
            f"{rate(estimate, 'pairs').replace(' of 100 pairs', ' of 100')}. Tossing a coin would get 50."
        )
        brief = f"told apart {of_100(estimate)} pairs; a coin gets 50"
        picture = replace(bar("told apart", estimate, COIN, "a coin"), word=word, counts="")
        yield _Sign(word, f"{_OPENINGS[word]} {said}".strip(), shortest(brief), (picture,))


def _controls(summary: Summary) -> Iterator[_Sign]:
    """The same questions without the image, and with another case's."""
    for figure in leading(summary):
        for gain, other, named in (
            (figure.gain_over_none, figure.without_image, "without the image"),
            (figure.gain_over_wrong, figure.wrong_image, "with another case's image"),
        ):
            if gain is None or (found := ends(gain)) is None or few(gain) or gain.clusters < 2:
                continue
            room = 1.0 if other is None or other.value is None or other.withheld else 1 - other.value
            word = word_of_gain(*found, room)
            own = figure.control_with or figure.with_image
            bars = (
                (replace(bar("with the image", own), word=word), bar(named, other))
                if own is not None and other is not None
                else ()
            )
            yield _Sign(word, *_words(figure, own, other, named, found), bars)


def _words(
    figure: Figure, own: Estimate | None, other: Estimate | None, named: str, found: tuple[float, float]
) -> tuple[str, str]:
    """With the image and without, and what lies between: a sentence or two, and a line."""
    ending = (
        "The image helps" if found[0] > 0
        else "The image makes it worse" if found[1] < 0
        else f"The image brings at most {per_100(max(found[1], 0.0))} of 100" if found[1] < GAIN
        else f"Whether it helps is open: {_more_or_fewer(found[0])} to {_more_or_fewer(found[1])} of 100"
    )  # fmt: skip
    if own is None or other is None or own.value is None or other.value is None or own.withheld or other.withheld:
        return f"Beside its answers {named}: {ending.lower()}.", shortest(
            f"{ending.lower()}, against {named}", ending.lower()
        )
    nouns = _NOUNS.get(figure.answer_type, "questions")
    mine, others = per_100(own.value), per_100(other.value)
    both = f"{mine} with the image, {others} {named}"
    if figure.metric == "accuracy":
        said = f"It answers {mine} of 100 {nouns} rightly with the image, and {others} {named}."
        return f"{said} {ending}.", shortest(f"right on {both}, of 100", both)
    return f"Its {nouns} get {mine} of 100 points with the image, and {others} {named}. {ending}.", shortest(
        f"{both}, of 100 points", both
    )


def _more_or_fewer(value: float) -> str:
    return f"{per_100(abs(value))} {'fewer' if value < 0 else 'more'}"
