"""Can a question alone tell whether its premise is true? Two question-only classifiers and a prior try.

A classifier is a logistic regression on words, pairs of words and runs of 3 to 5 characters. By image: it learns from
the other parts of the split, and where there is none from half of the images for the other half; templates are shared.
By template: each phrasing in turn is left out, so that only what carries over from one template to another helps. The
finding prior knows how often premises about a finding are true.

AUC is taken within folds and averaged. Its interval takes images as clusters (placement values: DeLong et al. 1988,
summed by cluster: Obuchowski 1997) and is never narrower than chance would make it. Where one half of a balanced set
holds too many true questions of a wording, the other holds too few, and a reader of words would learn the opposite of
what it is asked: for it the halves are thinned to as many true as false of each claim and template, whatever the words.
The prior reads the halves as they are and so learns the opposite: an AUC that lies wholly under .5 is no clue turned
round, since nobody knows one half of a set. From too few questions it is no proof that there is none either.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from auscult.statistics.ranking import placed

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

LIMIT = 0.55
"""The greatest upper 95 % limit of the AUC at which a set of questions holds no clue."""
LEAST = 514
"""Questions, half of them true, from which chance alone leaves the upper limit of an AUC of .5 at ``LIMIT``."""
FEWEST_ALIKE = 24
"""Images whose questions of a category all have one truth, from which this is no chance."""
TURNS = 19
DIMENSIONS, MANY_TEXTS = 64, 3_000
Z = 1.959964
PASSED, FAILED, INSUFFICIENT = "passed", "failed", "insufficient"


@dataclass(frozen=True, kw_only=True)
class LeakData:
    """Questions of one kind: for each its text, truth, image and so on, as numbers.

    Attributes:
        texts: the different texts.
        text: number of each question's text.
        truth: 1 where the premise is true.
        image: cluster of each question.
        template: which phrasing it is.
        finding: what it is about.
        key: claim and template, whatever the words.
        scored: whether it is to be read; the others are only learnt from.
    """

    texts: Sequence[str]
    text: Integers
    truth: Integers
    image: Integers
    template: Integers
    finding: Integers
    key: Integers
    scored: NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class Leak:
    """What one reader of questions alone achieves.

    Attributes:
        items: which questions.
        reader: which reader.
        n: questions.
        images: clusters.
        auc: area under the ROC curve; .5: no clue.
        low: lower limit of the 95 % interval.
        high: upper limit: what must be at most ``LIMIT``.
        null: the 95th percentile of the AUC when truth is turned round on every second image by chance.
        p_value: share of such turns that reach the AUC, the truth itself counted.
        needed: questions from which the limit could be met by a set without any clue.
        verdict: passed, failed or insufficient (too few questions to tell).
    """

    items: str
    reader: str
    n: int
    images: int
    auc: float
    low: float
    high: float
    null: float
    p_value: float
    needed: int
    verdict: str

    def as_dict(self) -> dict[str, Any]:
        """Plain values."""
        return asdict(self)


def find_leaks(name: str, data: LeakData, *, constant: bool = False) -> list[Leak]:
    """Runs the readers: by template where there are several, the prior where several findings are asked about.

    Args:
        name: of the questions.
        data: the questions.
        constant: whether questions that all have one truth are a clue: who always says the same is right.

    Returns:
        One row a reader; where all questions have one truth none, or with ``constant`` one.
    """
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    if len(set(data.truth[data.scored].tolist())) < 2:
        return [_one_answer(name, data)] if constant and data.scored.any() else []
    with threadpool_limits(1):  # these fits are so small that threads cost more than they bring
        return _find_leaks(name, data)


def _find_leaks(name: str, data: LeakData) -> list[Leak]:
    vectors, generator = _vectors(data.texts), np.random.default_rng(0)
    halved, thinned = _halved(data, generator)
    found = []
    readers: list[tuple[str, Callable[..., Floats], _Folds]] = [("words, split by image", _regression, thinned)]
    if len(np.unique(data.template)) > 1:
        by_template = (data.scored, np.unique(data.template, return_inverse=True)[1])
        readers.append(("words, split by template", _regression, by_template))
    if len(np.unique(data.finding)) > 1:
        readers.append(("finding prior", _prior, halved))
    for reader, fit, (used, folds) in readers:
        read = _Reading(fit, vectors, data, used, folds)
        truth = data.truth[used].astype(np.int64)
        null = [read.auc(_turned_round(truth, read.image, generator)) for _ in range(TURNS)]
        found.append(_judged(name, reader, read, truth, null))
    return found


def _one_answer(name: str, data: LeakData) -> Leak:
    """All questions have one truth; ``FEWEST_ALIKE`` of them have it by chance in less than 1 set of 10 million."""
    n = int(data.scored.sum())
    images = len(np.unique(data.image[data.scored]))
    verdict = FAILED if images >= FEWEST_ALIKE else INSUFFICIENT
    sure = {"auc": 1.0, "low": 1.0 if verdict == FAILED else 0.0, "high": 1.0, "null": 1.0, "p_value": 1.0}
    needed = max(n, LEAST)
    return Leak(items=name, reader="always the same answer", n=n, images=images, **sure, needed=needed, verdict=verdict)


def separates(scores: NDArray[Any], truth: NDArray[Any], image: NDArray[Any]) -> dict[str, Any]:
    """How well a number alone tells true from false: n, AUC and its 95 % interval by image; empty for one truth.

    Args:
        scores: the number of each question.
        truth: 0 or 1.
        image: cluster of each question.
    """
    truth = truth.astype(np.int64)
    if len(np.unique(truth)) < 2:
        return {}
    clusters = np.unique(image, return_inverse=True)[1]
    auc, spread = clustered_auc(scores.astype(np.float64), truth, clusters, np.zeros(len(truth), dtype=np.int64))
    low, high = max(0.0, auc - Z * spread), min(1.0, auc + Z * spread)
    return {"n": len(truth), "auc": round(auc, 4), "low": round(low, 4), "high": round(high, 4)}


_Folds = tuple[NDArray[np.bool_], Integers]
"""Which questions are used, and the folds of all: 0 and 1 are read in turn, -1 is only learnt from."""


def _halved(data: LeakData, generator: np.random.Generator) -> tuple[_Folds, _Folds]:
    """Folds of images as they are, and thinned to as many true as false of each key within each fold."""
    everything = np.ones(len(data.text), dtype=bool)
    if not data.scored.all():
        folds = (everything, np.where(data.scored, 0, -1))
        return folds, folds
    _, image = np.unique(data.image, return_inverse=True)
    fold = (generator.permutation(int(image.max()) + 1) % 2)[image]
    _, cell = np.unique(data.key.astype(np.int64) * 2 + fold, return_inverse=True)
    kind = cell * 2 + data.truth
    order = generator.permutation(len(fold))
    order = order[np.argsort(kind[order], kind="stable")]
    counts = np.bincount(kind, minlength=2 * (int(cell.max()) + 1))
    place = np.arange(len(fold)) - np.repeat(np.cumsum(counts) - counts, counts)
    used = np.zeros(len(fold), dtype=bool)
    used[order] = place < counts.reshape(-1, 2).min(axis=1)[cell[order]]
    return (everything, fold), (used, fold)


class _Reading:
    """A reader at work on some of the questions."""

    def __init__(
        self, fit: Callable[..., Floats], vectors: Floats, data: LeakData, used: NDArray[np.bool_], folds: Integers
    ) -> None:
        self._fit, self._vectors = fit, vectors
        about = (data.finding if fit is _prior else data.text)[used].astype(np.int64)
        self._about, self._folds = about, folds[used]
        self._size = len(data.texts) if fit is _regression else int(about.max(initial=-1)) + 1
        self._cells = ((self._folds + 1) * self._size + about) * 2
        self.image = np.unique(data.image[used], return_inverse=True)[1]
        self.read = self._folds >= 0
        self.true = int(data.truth[used][self.read].sum())
        self.n, self.images = int(self.read.sum()), len(np.unique(self.image[self.read]))

    def _scores(self, truth: Integers) -> Iterator[tuple[int, Floats, Floats]]:
        """Each fold that is read: the score of each text, learnt from the others; how often it is false, and true."""
        counts = np.bincount(self._cells + truth, minlength=2 * self._size * (int(self._folds.max(initial=-1)) + 2))
        counts = counts.reshape(-1, self._size, 2).astype(np.float64)
        for fold in np.unique(self._folds[self.read]).tolist():
            yield fold, self._fit(self._vectors, counts.sum(axis=0) - counts[fold + 1]), counts[fold + 1]

    def auc(self, truth: Integers) -> float:
        """AUC within folds, averaged by their pairs, see ``clustered_auc``: from the counts of the texts alone."""
        area = pairs = 0.0
        for _, scores, counts in self._scores(truth):
            more, held = _area(scores, counts)
            area, pairs = area + more, pairs + held
        return area / pairs if pairs else 0.5

    def spread(self, truth: Integers) -> float:
        """Standard error of the AUC, with images as clusters."""
        scores = np.zeros(len(truth))
        for fold, of_texts, _ in self._scores(truth):
            here = self._folds == fold
            scores[here] = of_texts[self._about[here]]
        r = self.read
        return clustered_auc(scores[r], truth[r], self.image[r], self._folds[r])[1]


def _area(scores: Floats, counts: Floats) -> tuple[float, float]:
    """Pairs of a false and a true question that scores put in order (ties half), and all of them.

    Args:
        scores: of texts or findings.
        counts: how many questions of each are false, and true.
    """
    _, level = np.unique(scores, return_inverse=True)
    false, true = (np.bincount(level, counts[:, said]) for said in (0, 1))
    return float((true * (np.cumsum(false) - false / 2)).sum()), float(false.sum() * true.sum())


def _judged(name: str, reader: str, read: _Reading, truth: Integers, null: Sequence[float]) -> Leak:
    auc, spread = read.auc(truth), read.spread(truth)
    by_chance = float(np.sqrt((read.n + 1) / (12 * max(1, read.true) * max(1, read.n - read.true))))
    width = Z * max(spread, by_chance)
    high, low = min(1.0, auc + width), max(0.0, auc - width)
    verdict = INSUFFICIENT
    if high > LIMIT:
        verdict = FAILED if low > 0.5 else INSUFFICIENT  # what may be chance is no clue, however near the limit
    elif Z * by_chance <= LIMIT - 0.5:
        verdict = PASSED
    room = LIMIT - auc if verdict == INSUFFICIENT and 0.5 < auc < LIMIT - 0.01 else LIMIT - 0.5
    return Leak(
        items=name,
        reader=reader,
        n=read.n,
        images=read.images,
        auc=auc,
        low=low,
        high=high,
        null=float(np.quantile(null, 0.95)),
        p_value=(1 + sum(a >= auc for a in null)) / (1 + len(null)),
        needed=max(LEAST, int(np.ceil(read.n * (width / room) ** 2))),
        verdict=verdict,
    )


def clustered_auc(scores: Floats, truth: Integers, clusters: Integers, folds: Integers) -> tuple[float, float]:
    """AUC within folds, averaged by their pairs, and its standard error with clusters.

    Args:
        scores: higher means rather true; compared within a fold only.
        truth: 0 or 1.
        clusters: of each item, numbers from 0.
        folds: of each item.

    Returns:
        AUC and standard error (0.5 and 0.5 where no fold holds both truths).
    """
    found = placed(scores, truth == 1, clusters, folds, int(clusters.max(initial=-1)) + 1)
    if found is None:
        return 0.5, 0.5
    count = len(np.unique(clusters))
    return found.value, float(np.sqrt((found.moves**2).sum() * count / max(1, count - 1)))


def _turned_round(truth: Integers, image: Integers, generator: np.random.Generator) -> Integers:
    """Truth, turned round on every second image by chance: what hangs together within an image still does.

    Args:
        truth: of each question, 0 or 1.
        image: of each question; every number from 0 to the greatest.
        generator: of chance.
    """
    if not len(truth):
        return truth
    turned: Integers = truth ^ generator.integers(0, 2, int(image.max()) + 1)[image]
    return turned


def _prior(vectors: Floats, counts: Floats) -> Floats:
    """How often what is asked about was true."""
    rates: Floats = (counts[:, 1] + 1) / (counts.sum(axis=1) + 2)
    return rates


def _regression(vectors: Floats, counts: Floats) -> Floats:
    """Scores of all texts after a logistic regression on the counts of false and true of each text."""
    from sklearn import config_context
    from sklearn.linear_model import LogisticRegression

    if not counts.sum(axis=0).all():
        return np.zeros(len(counts))
    rows, truths = np.nonzero(counts)
    model = LogisticRegression(solver="newton-cholesky", C=1.0, max_iter=50, tol=1e-3)
    with config_context(assume_finite=True, skip_parameter_validation=True):
        model.fit(vectors[rows], truths, sample_weight=counts[rows, truths])
    scores: Floats = vectors @ model.coef_[0] + model.intercept_[0]
    return np.round(scores, 9)


def _vectors(texts: Sequence[str]) -> Floats:
    """Texts as vectors: words, pairs of words and runs of characters, turned to their main directions."""
    from scipy.sparse import hstack
    from sklearn.feature_extraction.text import TfidfVectorizer

    words = TfidfVectorizer(ngram_range=(1, 2), token_pattern=r"\w+|\?", sublinear_tf=True)
    runs = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True, max_features=20_000)
    table = hstack([words.fit_transform(texts), runs.fit_transform(texts)]).tocsr()
    return _turned(table)


def _turned(table: Any) -> Floats:
    """The rows of a sparse table in their main directions, at most ``DIMENSIONS``."""
    from scipy.linalg import eigh
    from sklearn.decomposition import TruncatedSVD

    rows = table.shape[0]
    if rows > MANY_TEXTS:
        return np.asarray(TruncatedSVD(DIMENSIONS, random_state=0).fit_transform(table), dtype=np.float64)
    products = (table @ table.T).toarray()
    values, vectors = eigh(products, subset_by_index=(max(0, rows - DIMENSIONS), rows - 1))
    return np.asarray(vectors * np.sqrt(np.maximum(values, 0)), dtype=np.float64)
