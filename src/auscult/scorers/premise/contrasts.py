"""Premises that words tell from the truth: what an answer says of them, clause by clause."""

from collections.abc import Iterator, Sequence

from auscult import facts as clinical
from auscult.facts.statements import Statement
from auscult.facts.vocabulary import vocabulary
from auscult.scorers.premise import symbols
from auscult.scorers.premise.evidence import Evidence, premise_words
from auscult.scorers.premise.sentences import Sentence, passage_of
from auscult.scorers.premise.symbols import Contrast

_OTHER = {
    "view:with contrast": "view:without contrast", "view:without contrast": "view:with contrast",
    "same": "opposite", "opposite": "same",
}  # fmt: skip
"""One of two: who denies the one says the other."""


def read(sentences: Sequence[Sentence], about: Contrast, *, modal: bool) -> Evidence:
    """What an answer says of the words that tell a premise from the truth.

    Args:
        sentences: of the answer.
        about: what tells the premise from the truth.
        modal: whether a possibility is asked, which a hedge then answers.
    """
    spoken = [s for s in sentences if s.text and (about.knowledge or not s.general)]
    named = {symbol for s in spoken for _, symbol in about.named(passage_of(s.text).tokens.norms)}
    by_organ = not any(symbol.startswith("region:") for symbol in named)
    found: set[str] = set()
    for sentence in spoken:
        for symbol, said in _of_sentence(sentence, about, by_organ=by_organ):
            found |= _meaning(symbol, "present" if said == "uncertain" and modal else said, about)
        if about.finding and _none_of(about.finding, sentence.text):
            found.add("denies")
    if about.whole and ("denies" in found or 2 * len(named & about.premise.keys()) < len(about.premise)):
        found.discard("accepts")
    denies = "denies" in found or ("excludes" in found and "accepts" not in found)
    return Evidence(
        accepts="accepts" in found,
        denies=denies,
        truth="truth" in found or (denies and not about.truth and "named" in found),
        hedges="hedges" in found,
        open="open" in found,
    )


def _of_sentence(sentence: Sentence, about: Contrast, *, by_organ: bool) -> Iterator[tuple[str, str]]:
    """The symbols of a sentence, each with what is said of it."""
    told = list(symbols.said_of(sentence.text, about.named))
    foreign = _foreign({symbol for symbol, _, _ in told}, about)
    turned = _turned(told, about)
    for symbol, said, statement in told:
        if symbol.startswith(symbols.ORGAN) and not by_organ:
            continue
        if about.named is symbols.image and not _of_image(statement):
            continue
        if foreign:
            said = "unrelated"
        elif said == "present" and (
            "none" in statement.words[:3] or (statement.first in turned and symbol in about.premise)
        ):
            said = "absent"
        if sentence.doubted and said != "not_now":
            said = "uncertain"
        yield symbol.replace(symbols.ORGAN, "region:"), said
    if about.named is symbols.sides and (stands := _by_sides(sentence.text)):
        yield stands, "present"


def _foreign(named: set[str], about: Contrast) -> bool:
    """Whether a sentence of knowledge shares a word with the premise and says something else of it."""
    own = about.premise.keys() | about.truth.keys() | about.rivals
    return bool(about.shared) and len(named) > 2 and named.isdisjoint(about.shared) and not named <= own


def _turned(told: Sequence[tuple[str, str, Statement]], about: Contrast) -> set[int]:
    """Clauses (their first tokens) that deny what premise and truth share: "the spleen does not store bile"."""
    affirmed = {(symbol, at.first) for symbol, said, at in told if said == "present"}
    return {
        at.first
        for symbol, said, at in told
        if said == "absent" and symbol in about.shared and (symbol, at.first) not in affirmed
    }


def _meaning(symbol: str, said: str, about: Contrast) -> set[str]:
    """What one symbol means for the premise."""
    if said == "not_now":
        return set()
    if said == "absent" and symbol in _OTHER and (symbol not in about.premise or symbol.startswith("view:")):
        symbol, said = _OTHER[symbol], "present"
    own, negated = symbol in about.premise, said == "absent"
    if said == "uncertain":
        return {"hedges"} if own else set()
    if said == "unrelated":
        return {"open"} if own or symbol in about.truth else set()
    if symbol in about.truth:
        return {"denies", "truth"} if negated == about.truth[symbol] else {"accepts"} if own else {"open"}
    if own:
        return {"denies", "named"} if negated != about.premise[symbol] else {"accepts"}
    if negated:
        return set()
    return {"denies", "named"} if symbol in about.rivals else {"excludes", "named"} if symbol in about.others else set()


def _of_image(statement: Statement) -> bool:
    """Whether a clause says something of the image at hand, or is but a piece: "CT scanners rotate" does not."""
    if statement.words[0] == "the" or not premise_words("this_image").isdisjoint(statement.words):
        return True
    covered = {n for h in statement.hits for n in range(h.start, h.end)}
    empty = vocabulary().empty
    other = [n for n in range(statement.first, statement.end) if n not in covered and statement.norms[n] not in empty]
    return not statement.has("verb") and sum(statement.norms[n].isalpha() for n in other) <= 2


def _none_of(finding: str, text: str) -> bool:
    """Whether a sentence says that what is counted is not there at all."""
    return any(
        f.presence == "absent" and clinical.is_a(finding, f.finding) and not f.attributes
        for f in clinical.read_facts(text)
    )


def _by_sides(text: str) -> str:
    """Whether a text that gives two findings a side each gives both the ``same``; empty where it does not."""
    told = [(f.finding, f.side) for f in clinical.read_facts(text) if f.presence == "present" and f.side != ""]
    sides = [(finding, side) for finding, side in told if side in ("left", "right")]
    if len({finding for finding, _ in sides}) != 2:
        return ""
    return "same" if len({side for _, side in sides}) == 1 else "opposite"
