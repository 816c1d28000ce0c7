"""``meteor``: METEOR as NLTK computes it for one reference, on whitespace tokens.

Lavie and Agarwal 2007, *METEOR: An Automatic Metric for MT Evaluation*, with NLTK's parameters (alpha .9, beta 3, gamma
.5) and NLTK's greedy alignment: each stage runs from the last candidate word to the first and takes the latest free
word of the reference; equal words, then equal stems, then stems that share a WordNet synset. Other programs named
METEOR (the Java jar, pycocoevalcap) align, weigh and tokenise otherwise and give other numbers.
"""

from collections.abc import Sequence
from functools import lru_cache

from auscult.scorers.text import MetricOptions, refuse_rest
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


class Meteor:
    """METEOR; without WordNet it has another name, since its numbers are lower.

    Args:
        wordnet: where synonyms come from; None leaves the third stage out.
    """

    values = ("meteor",)

    def __init__(self, wordnet: WordNet | None) -> None:
        self._wordnet = wordnet
        self.version = "1"
        if wordnet is None:
            self.name = "meteor-no-wordnet"
            self.implementation = (
                "METEOR as nltk 3.10 without its WordNet stage (single reference, whitespace tokens); not comparable "
                f"with METEOR. To have it: {HOW_TO_GET}"
            )
        else:
            self.name = "meteor"
            if wordnet.version != "3.0":
                self.version = f"1+wordnet-{wordnet.version}"
            self.implementation = (
                f"METEOR as nltk 3.10 (single reference, whitespace tokens), WordNet {wordnet.version}"
            )

    def reads(self, reference: str) -> bool:
        """Words are what stands between blanks: a script without blanks is one word."""
        return parts_words(reference)

    def score(self, pairs: Sequence[tuple[str, str]]) -> list[dict[str, float]]:
        """METEOR of each (candidate, reference) pair."""
        return [{"meteor": meteor_score(candidate, reference, self._wordnet)} for candidate, reference in pairs]


def create(rest: str, options: MetricOptions) -> Meteor:
    """METEOR with the WordNet that is on this machine, or ``meteor-no-wordnet``."""
    refuse_rest("meteor", rest)
    return Meteor(find_wordnet(options.wordnet))
