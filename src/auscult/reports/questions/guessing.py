"""Is it better than guessing?"""

from dataclasses import replace

from auscult.analysis.summary import Summary
from auscult.reports.face import Verdict, Word
from auscult.reports.natural import ends, few, known, of_100, per_100
from auscult.reports.questions import bar, shortest, told, word_of_gain
from auscult.reports.questions.image import leading

KEY, QUESTION = "guessing", "Is it better than guessing?"
NO_QUESTION = "No question of this run has fixed answers to guess from."
_KINDS = {
    "yes_no": ("yes/no questions", "yes/no", "the more frequent answer, always given, gets"),
    "choice": ("multiple choice questions", "choice", "an option picked blindly gets"),
}
_ENDINGS: dict[Word, str] = {
    "clear": "better than guessing",
    "problem": "no better than guessing",
    "not known": "whether that beats guessing, these images cannot tell",
}


def guessing(summary: Summary) -> Verdict:
    """From accuracy against the best constant answer, for each type of question that has one."""
    words: list[Word] = []
    said, short, bars = [], [], []
    for figure in leading(summary):
        estimate, chance = figure.with_image, figure.chance
        if figure.metric != "accuracy" or chance is None or estimate is None or not known(estimate):
            continue
        found = ends(estimate)
        open_ = found is None or few(estimate)
        words.append("not known" if open_ or found is None else word_of_gain(found[0] - chance, found[1] - chance))
        nouns, name, guess = _KINDS.get(figure.answer_type, ("questions", figure.answer_type, "guessing gets"))
        ending = _ENDINGS[words[-1]]
        said.append(f"Of 100 {nouns} it is right on {told(estimate)}; {guess} {per_100(chance)}: {ending}.")
        short.append(shortest(f"right on {of_100(estimate)} of 100; guessing gets {per_100(chance)}"))
        bars.append(replace(bar(f"right, {name}", estimate, chance, "guessing"), word=words[-1]))
    if not words:
        line = "no question has fixed answers to guess from"
        return Verdict(key=KEY, question=QUESTION, word="not known", sentence=NO_QUESTION, short=line)
    word: Word = "problem" if "problem" in words else words[0]
    first = words.index(word)
    order = [first, *(n for n in range(len(said)) if n != first)]
    return Verdict(
        key=KEY,
        question=QUESTION,
        word=word,
        sentence=said[first],
        short=short[first],
        bars=tuple(bars[n] for n in order[:2]),
        more=tuple(said[n] for n in order[1:]),
        section="kinds",
    )
