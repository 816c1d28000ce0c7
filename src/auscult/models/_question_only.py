"""What the wording of a question gives away: linear text classifiers on words and pieces of words, no image."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from auscult.models.baseline import Rule, Training
from auscult.records import Item

MOST_CLASSES = 200  # rarer references cannot be told apart by wording, and each costs a fit
NEIGHBOURS = 5
LARGEST_VOCABULARY = 20_000

Pair = tuple[str, tuple[str, ...], int]  # question, options, position of the option that is meant


class QuestionOnly:
    """Logistic regression on TF-IDF of the question (scikit-learn), one model an answer type, fitted on training items.

    Yes/no, open, report and trace answers: the likeliest training reference (of those that occur twice or more).
    Choice: the option that is likeliest right, by its words, these crossed with the question's, its place and length.
    Number: the median of the five nearest questions of the same unit. Where there is too little to fit: ``otherwise``.
    """

    def __init__(self, training: Training, otherwise: Rule) -> None:
        self._otherwise = otherwise
        self._classes = {
            kind: Classes(items)
            for kind, items in training.items()
            if kind not in ("choice", "number") and _varied(items)
        }
        choices = [i for i in training.get("choice", ()) if i.reference in i.options and len(i.options) > 1]
        self._options = Options(choices) if choices else None
        numbers: dict[str, list[Item]] = {}
        for item in training.get("number", ()):
            numbers.setdefault(item.unit, []).append(item)
        self._numbers = {unit: Nearest(items) for unit, items in numbers.items()}

    def answer(self, item: Item) -> str:
        """See ``Rule``."""
        if item.answer_type in self._classes:
            return self._classes[item.answer_type].answer(item)
        if item.answer_type == "choice" and item.options and self._options:
            return self._options.answer(item)
        if item.answer_type == "number" and item.unit in self._numbers:
            return self._numbers[item.unit].answer(item)
        return self._otherwise.answer(item)


class Classes:
    """Question → one of the frequent references, by one classifier a reference."""

    def __init__(self, items: Sequence[Item]) -> None:
        self._labels = sorted(_frequent(items))
        items = [i for i in items if i.reference in self._labels]
        self._features = _tfidf(_pieces)
        found = self._features.fit_transform([i.question for i in items])
        fits = [_logistic().fit(found, [i.reference == label for i in items]) for label in self._labels]
        self._weights = np.vstack([fit.coef_ for fit in fits]).T  # (features, labels)
        self._bias = np.concatenate([fit.intercept_ for fit in fits])

    def answer(self, item: Item) -> str:
        """The likeliest reference."""
        scores = self._features.transform([item.question]) @ self._weights + self._bias
        return self._labels[int(np.argmax(scores))]


class Options:
    """Question and option → how likely that option is right."""

    def __init__(self, items: Sequence[Item]) -> None:
        self._features = _tfidf(_crossed)
        right = [option == i.reference for i in items for option in i.options]
        found = self._features.fit_transform([pair for i in items for pair in _pairs(i)])
        self._model = _logistic().fit(found, right)

    def answer(self, item: Item) -> str:
        """The likeliest option; the first of equals."""
        scores = self._model.decision_function(self._features.transform(list(_pairs(item))))
        return item.options[int(np.argmax(scores))]


class Nearest:
    """Question → median number of the most similar questions; of two middle ones the lower."""

    def __init__(self, items: Sequence[Item]) -> None:
        self._references = [i.reference for i in items]
        self._features = _tfidf(_pieces)
        self._rows = self._features.fit_transform([i.question for i in items])

    def answer(self, item: Item) -> str:
        """A reference from training, as it was written there."""
        similar = (self._rows @ self._features.transform([item.question]).T).toarray()[:, 0]
        nearest = np.argsort(-similar, kind="stable")[:NEIGHBOURS]
        numbers: list[str] = sorted((self._references[n] for n in nearest), key=float)
        return numbers[(len(numbers) - 1) // 2]


def _frequent(items: Sequence[Item]) -> set[str]:
    counts = Counter(i.reference for i in items)
    ranked = sorted(counts, key=lambda reference: (-counts[reference], reference))
    return {reference for reference in ranked[:MOST_CLASSES] if counts[reference] > 1}


def _varied(items: Sequence[Item]) -> bool:
    return len(_frequent(items)) > 1


def _logistic() -> LogisticRegression:
    # C is set once and tuned on no set: 1, the library's own, is too strong for a few hundred short questions.
    return LogisticRegression(C=5.0, solver="liblinear", random_state=0)


def _tfidf(analyzer: object) -> TfidfVectorizer:
    return TfidfVectorizer(analyzer=analyzer, sublinear_tf=True, max_features=LARGEST_VOCABULARY)


def _words(text: str) -> list[str]:
    return "".join(c if c.isalnum() else " " for c in text.casefold()).split()


def _pieces(question: str) -> Iterator[str]:
    """Words, pairs of words, three to five letters of a word; and one feature that every question has."""
    words = _words(question)
    yield "any question"
    yield from words
    yield from (f"{a} {b}" for a, b in pairwise(words))
    for word in words:
        framed = f"_{word}_"
        yield from (f"{framed[at : at + n]}.." for n in (3, 4, 5) for at in range(len(framed) - n + 1))


def _pairs(item: Item) -> Iterator[Pair]:
    return ((item.question, item.options, at) for at in range(len(item.options)))


def _crossed(pair: Pair) -> Iterator[str]:
    question, options, at = pair
    words = _words(options[at])
    yield f"place {at} of {len(options)}"
    if len(options[at]) == max(map(len, options)):
        yield "longest option"
    yield from words
    yield from (f"{a} {b}" for a, b in pairwise(words))
    yield from (f"{asked} | {word}" for asked in dict.fromkeys(_words(question)) for word in words)
