"""``meteor``: METEOR as NLTK computes it for one reference, on whitespace tokens.

Lavie and Agarwal 2007, *METEOR: An Automatic Metric for MT Evaluation*, with NLTK's parameters (alpha .9, beta 3, gamma
.5) and NLTK's greedy alignment: each stage runs from the last candidate word to the first and takes the latest free
word of the reference; equal words, then equal stems, then stems that share a WordNet synset. Other programs named
METEOR (the Java jar, pycocoevalcap) align, weigh and tokenise otherwise and give other numbers.
"""

from collections.abc import Sequence
from functools import lru_cache

from auscult.records import Value
from auscult.scorers.options import ScorerOptions, refuse
from auscult.scorers.text import TextMetric, text_instrument
from auscult.scorers.text._porter import stem
from auscult.scorers.text._scripts import parts_words
from auscult.scorers.text._wordnet import HOW_TO_GET, WordNet, find_wordnet

ALPHA, BETA, GAMMA = 0.9, 3.0, 0.5
FREE = -2
"""No partner. Not -1: the word after it would seem to go on at the reference's first word."""


class _Positions:
    """Where each word stands: the last place of a word, and for a repeated word the place before."""

    __slots__ = ("earlier", "last")

    def __init__(self, words: Sequence[tuple[int, str]]) -> None:
        self.last: dict[str, int] = {}
        self.earlier: dict[int, int] = {}
        for j, word in words:
            if word in self.last:
                self.earlier[j] = self.last[word]
            self.last[word] = j


def _take(free: dict[str, int], word: str, earlier: dict[int, int]) -> None:
    """Uses up the last free place of a word."""
    before = earlier.get(free[word])
    if before is None:
        del free[word]
    else:
        free[word] = before


@lru_cache(maxsize=4_096)
def _words(text: str) -> tuple[str, ...]:
    return tuple(text.lower().split())


@lru_cache(maxsize=4_096)
def _reference(text: str) -> tuple[int, _Positions]:
    words = _words(text)
    return len(words), _Positions(list(enumerate(words)))


def _align(words: tuple[str, ...], reference: str, wordnet: WordNet | None) -> list[int]:
    """For each candidate word the place of its partner in the reference, or ``FREE``."""
    size, positions = _reference(reference)
    partner, left = [FREE] * len(words), []
    free, earlier = positions.last.copy(), positions.earlier
    for i in range(len(words) - 1, -1, -1):
        word = words[i]
        if word in free:
            partner[i] = free[word]
            _take(free, word, earlier)
        else:
            left.append(i)
    if not left or len(words) - len(left) == size:
        return partner
    used = set(partner)
    rest = _Positions([(j, stem(w)) for j, w in enumerate(_words(reference)) if j not in used])
    free, earlier, stems = rest.last, rest.earlier, []
    for i in left:
        word = stem(words[i])
        if word in free:
            partner[i] = free[word]
            _take(free, word, earlier)
        else:
            stems.append((i, word))
    if wordnet is not None and free:
        for i, word in stems:
            found = wordnet.synonyms(word).intersection(free)
            if found:
                best = max(found, key=free.__getitem__)
                partner[i] = free[best]
                _take(free, best, earlier)
    return partner


def meteor_score(candidate: str, reference: str, wordnet: WordNet | None) -> float:
    """METEOR of one pair, 0 to 1; 0 where no word has a partner."""
    words = _words(candidate)
    partner = _align(words, reference, wordnet)
    matches = len(words) - partner.count(FREE)
    if not matches:
        return 0.0
    chunks, before = 0, FREE
    for place in partner:
        if place != FREE and place != before + 1:
            chunks += 1
        before = place
    precision, recall = matches / len(words), matches / _reference(reference)[0]
    mean = (precision * recall) / (ALPHA * precision + (1 - ALPHA) * recall)
    penalty: float = GAMMA * (chunks / matches) ** BETA
    return (1 - penalty) * mean


def metric(wordnet: WordNet | None) -> TextMetric:
    """METEOR; without WordNet it has another name, since its numbers are lower."""
    name, version, label = "meteor", "1", "METEOR"
    if wordnet is None:
        name, label = "meteor-no-wordnet", "METEOR without WordNet"
        about = (
            "METEOR as nltk 3.10 without its WordNet stage (single reference, whitespace tokens); not comparable with "
            f"METEOR. To have it: {HOW_TO_GET}"
        )
    else:
        version += "" if wordnet.version == "3.0" else f"+wordnet-{wordnet.version}"
        about = f"METEOR as nltk 3.10 (single reference, whitespace tokens), WordNet {wordnet.version}"

    def scores(pairs: Sequence[tuple[str, str]]) -> list[dict[str, float]]:
        return [{"meteor": meteor_score(candidate, reference, wordnet)} for candidate, reference in pairs]

    value = Value(name="meteor", label=label, share=False)
    instrument = text_instrument(name, value, version=version, source="Lavie and Agarwal 2007", about=about)
    return TextMetric(instrument=instrument, score=scores, reads=parts_words)


def create(rest: str, options: ScorerOptions) -> TextMetric:
    """METEOR with the WordNet that is on this machine, or ``meteor-no-wordnet``."""
    refuse(rest, "meteor")
    return metric(find_wordnet(options.wordnet))
