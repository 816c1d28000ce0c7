"""What was meant, from what was read: yes/no figures freed of a reader's errors, by answers whose meaning is labelled.

The reader turns what is meant into what is read with the chances of a matrix C, whose rows come from the labelled
answers; what was meant is then (Cᵀ)⁻¹ · what was read, for the questions of each truth. Both samples are resampled by
image, together where they share images, with one more image that nobody saw: all wrong for the lower limit, all right
for the upper.

Source: Barron 1977, Biometrics 33, 414-418 (matrix method for misclassification); Rubin 1981, Annals of Statistics 9,
130-134 (Bayesian bootstrap); Learned-Miller and Thomas 2019, arXiv:1905.06208 (the unseen one).
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from auscult.errors import UserError
from auscult.records import Estimate
from auscult.statistics.clusters import Codes, Mask
from auscult.statistics.guard import guarded
from auscult.statistics.interval import NOTES, Floats, uncertified
from auscult.statistics.missing import joined, too_many

CLASSES: Final = ("yes", "no", "unclear")
"""What an answer means, and what it is read as; as unclear counts also what could not be read."""
HANDFUL: Final = 5
"""Labels that a meaning needs at least."""
DRAWS: Final = 2_000
APART: Final = 0.1
"""Least singular value of the differences of the rows of C: below, the reader does not tell the meanings apart."""
UNSEEN: Final = 1 / 3
"""Labels added to each cell in every draw, so that an error that no label shows is not taken for impossible."""
METHOD: Final = "matrix of misreading inverted; percentiles over images and labels, resampled with one unseen image"


@dataclass(frozen=True, kw_only=True)
class Answered:
    """Answers to yes/no questions; all of shape (answers,).

    Attributes:
        truth: whether yes is right.
        read: what each was read as, by its place in ``CLASSES``.
        silent: takes no position (empty, refused): known to mean neither.
        missing: no answer came; what it would have been read as is not looked at.
        clusters: code of the image or patient, from 0.
    """

    truth: Mask
    read: Codes
    silent: Mask
    missing: Mask
    clusters: Codes


@dataclass(frozen=True, kw_only=True)
class Labelled:
    """Answers of the same model whose meaning is known; all of shape (labels,), clusters coded as the answers'."""

    meant: Codes
    read: Codes
    clusters: Codes


def check_labels(meant: Codes) -> None:
    """Refuses labels from which no matrix can be made.

    Raises:
        UserError: yes or no, or another meaning that is labelled at all, has fewer labels than a handful.
    """
    counts = np.bincount(meant, minlength=len(CLASSES))
    for name, count in zip(CLASSES, counts, strict=True):
        if count < HANDFUL and (count or name != "unclear"):
            raise UserError(f"{count} labelled answers mean '{name}'; a correction needs {HANDFUL} of each: label more")


@guarded
def corrected(
    answers: Answered,
    labels: Labelled,
    *,
    instrument: str,
    unit: str = "image",
    level: float = 0.95,
    max_missing: float = 0.05,
    seed: int = 0,
) -> dict[str, Estimate]:
    """Accuracy, sensitivity and specificity as meant; those that the answers have questions for.

    Args:
        answers: all that were asked.
        labels: a random part of the model's answers, here or elsewhere; without a label ``unclear`` no answer is taken
            to mean that.
        instrument: the reader.
        unit: what a cluster is.
        level: confidence level.
        max_missing: share of missing answers above which the value is withheld and the limits stand alone.
        seed: of the resampling.

    Returns:
        Name → estimate; withheld where the reader does not tell the meanings apart.

    Raises:
        UserError: too few labels, see `check_labels`.
    """
    check_labels(labels.meant)
    kinds = np.flatnonzero(np.bincount(labels.meant, minlength=len(CLASSES)))
    known, codes = np.unique(np.concatenate([answers.clusters, labels.clusters]), return_inverse=True)
    size, of_answers, of_labels = len(known), codes[: len(answers.clusters)], codes[len(answers.clusters) :]
    asked = answers.missing.astype(np.int64) * 2 + (answers.silent & ~answers.missing)
    counts = np.zeros((size, 2, 3, len(CLASSES)))  # image, truth no or yes, read or silent or missing, what was read
    np.add.at(counts, (of_answers, answers.truth.astype(np.int64), asked, answers.read), 1)
    seen = np.zeros((size, len(CLASSES), len(CLASSES)))  # image, meant, read
    np.add.at(seen, (of_labels, labels.meant, labels.read), 1)
    seen = seen[:, kinds]
    whole, matrix = counts.sum(axis=0), _rows(seen.sum(axis=0))
    drawn = [list(_drawn(counts, seen, seed, right=right)) for right in (False, True)]
    told = _told(matrix, kinds)
    found = {}
    for name, of in (("accuracy", (0, 1)), ("sensitivity", (1,)), ("specificity", (0,))):
        n = int(whole[list(of), :2].sum())
        if not n:
            continue
        missing = int(whole[list(of), 2].sum())
        images = int((counts[:, list(of), :2].sum(axis=(1, 2, 3)) > 0).sum())
        estimate = Estimate(
            name=name,
            level=level,
            n=n,
            clusters=images,
            unit=unit,
            method=METHOD,
            variance=("items", "images", "labels"),
            instrument=instrument,
            missing=missing,
            unusable=int(whole[list(of), 1].sum()),
            note=joined(told, NOTES[0] if images < 2 else uncertified(images)),
        )
        if _least_singular(matrix) < APART:
            found[name] = replace(estimate, withheld=f"the reader does not tell meanings apart ({told})")
            continue
        value = round(float(_right(whole[None], matrix[None], kinds, of)[0]), 12)
        each = [np.concatenate([_right(a, c, kinds, of) for a, c in end]) for end in drawn]
        limits = [float(np.nanquantile(e, q)) for e, q in zip(each, ((1 - level) / 2, (1 + level) / 2), strict=True)]
        found[name] = _over_missing(estimate, value, limits, missing, max_missing)
    return found


def _rows(counts: Floats) -> Floats:
    """Counts of readings by meaning as chances."""
    return np.asarray(counts / counts.sum(axis=-1, keepdims=True))


def _drawn(counts: Floats, seen: Floats, seed: int, *, right: bool) -> Iterator[tuple[Floats, Floats]]:
    """Resampled answers, shape (draws, 2, 3, readings), and matrices, shape (draws, meanings, readings), in parts.

    ``right``: whether the answers about the unseen image are; there are as many as about a seen one.
    """
    rng, size = np.random.default_rng(seed), len(counts)
    unseen = np.zeros(counts.shape[1:])
    each = counts[:, :, 0].sum(axis=-1)  # image, truth
    many = each.sum(axis=0) / np.maximum((each > 0).sum(axis=0), 1)
    unseen[[0, 1], 0, [1, 0] if right else [0, 1]] = many
    part = max(1, min(DRAWS, 2_000_000 // size))
    for start in range(0, DRAWS, part):
        weights = rng.standard_gamma(1.0, size=(min(part, DRAWS - start), size + 1))
        weights *= size / weights.sum(axis=-1, keepdims=True)
        labels = np.tensordot(weights[:, :-1], seen, axes=1)
        answers = np.tensordot(weights[:, :-1], counts, axes=1) + weights[:, -1, None, None, None] * unseen
        yield answers, _rows(rng.standard_gamma(labels + UNSEEN))


def _differences(matrix: Floats) -> Floats:
    """The rows of C less its last one, as columns: what is left to solve for once shares add up to 1."""
    return np.asarray(np.swapaxes(matrix[..., :-1, :] - matrix[..., -1:, :], -1, -2))


def _least_singular(matrix: Floats) -> float:
    return float(np.linalg.svd(_differences(matrix), compute_uv=False).min())


def _meant(read: Floats, matrix: Floats) -> Floats:
    """Shares of the meanings, within [0, 1]: (Cᵀ)⁻¹ · read, by least squares where fewer are meant than read.

    Args:
        read: shares of the readings, shape (draws, readings).
        matrix: shape (draws, meanings, readings).
    """
    rest = np.linalg.pinv(_differences(matrix)) @ (read - matrix[:, -1])[..., None]
    first = rest[..., 0]
    whole = np.concatenate([first, 1 - first.sum(axis=-1, keepdims=True)], axis=-1)
    return np.asarray(np.clip(whole, 0.0, 1.0))


def _right(counts: Floats, matrix: Floats, kinds: NDArray[np.intp], of: tuple[int, ...]) -> Floats:
    """Share of answers that mean the truth, of the questions of these truths, shape (draws,); nan without any."""
    right, asked = np.zeros(len(counts)), np.zeros(len(counts))
    for truth in of:
        spoken = counts[:, truth, 0]
        size = spoken.sum(axis=-1)
        wanted = int(np.flatnonzero(kinds == (0 if truth else 1))[0])
        shares = _meant(spoken / np.maximum(size, 1)[:, None], matrix)[:, wanted]
        right += np.where(size > 0, shares * size, 0.0)
        asked += counts[:, truth, :2].sum(axis=(-1, -2))
    return np.where(asked > 0, right / np.maximum(asked, 1), np.nan)


def _over_missing(estimate: Estimate, value: float, limits: list[float], missing: int, max_missing: float) -> Estimate:
    """With the missing as wrong at the lower end, and as right at the upper."""
    asked = estimate.n + missing
    kept = estimate.n / asked
    low, high = (None, None) if estimate.clusters < 2 else (limits[0] * kept, limits[1] * kept + 1 - kept)
    found = replace(estimate, low=low, high=high)
    if missing:
        found = replace(found, worst=value * kept, best=value * kept + 1 - kept)
    if held := too_many(missing, asked, max_missing, "answers are missing"):
        return replace(found, withheld=held)
    return replace(found, value=value)


def _told(matrix: Floats, kinds: NDArray[np.intp]) -> str:
    """The matrix in words: ``meant yes: read 95 % yes, 1 % no, 4 % unclear; ...``."""
    rows = (
        f"meant {CLASSES[kind]}: read "
        + ", ".join(f"{share * 100:.0f} % {name}" for share, name in zip(row, CLASSES, strict=True))
        for kind, row in zip(kinds.tolist(), matrix, strict=True)
    )
    return "; ".join(rows)
