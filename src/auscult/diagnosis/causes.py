"""Why one answer is wrong: the chance of each cause, from what right stages did to it and to all others.

An item is settled right, wrong or neither way in each of four arms, and its draws depart from that with one chance for
all. The shares of the patterns are fitted to all items together, so that what a single draw says of an item is weighed
by how often such a draw is a slip. A wrong answer that cannot be
read says nothing of stages: it has a cause of its own and is fitted to nothing. The rule stands in
``docs/concepts/diagnosis.md``.

Source: Dempster, Laird and Rubin 1977, Journal of the Royal Statistical Society B 39, 1-38 (EM); Dawid and Skene 1979,
Applied Statistics 28, 20-28 (what is so, from several noisy readings of it); Robbins 1956 (empirical Bayes).
"""

from dataclasses import dataclass, replace
from itertools import product
from typing import Final

import numpy as np

from auscult.analysis.joined import UNUSABLE
from auscult.diagnosis.effects import Outcome, eyes_untold, share
from auscult.diagnosis.table import Diagnosed
from auscult.records import Estimate
from auscult.statistics.clusters import Codes, Mask
from auscult.statistics.interval import Floats, zero_event_limit

CAUSES: Final = ("eyes", "knowledge", "both needed", "reasoning", "unstable", "form")
FORM: Final = CAUSES.index("form")
"""No readable answer, with its own stages or with both gold ones."""
OWN, GOLD_EYES, GOLD_KNOWLEDGE, GOLD_BOTH = range(4)
ARMS: Final = (
    ("self_vr_kr", "baseline", "resample_self_vr_kr", "resample_baseline"),
    ("gold_vr_own_kr", "resample_gold_vr_own_kr"),
    ("replace_kr", "resample_replace_kr"),
    ("replace_vr_kr", "resample_replace_vr_kr"),
)
"""Arms whose answers are draws of one thing: own stages, gold V, gold K, both."""
INSTEAD: Final = ("replace_vr", "resample_replace_vr")
"""For gold V, where its arm with the model's own K was not run, and traces go on as well from one stage as from two."""
WRONG, RIGHT, NEITHER = range(3)
DRAWS_FOR_NEITHER: Final = 3
"""Draws an arm needs before an item can be told to be settled neither way in it."""
STEPS, LEAST_SLIP, MOST_SLIP = 300, 0.001, 0.3


@dataclass(frozen=True, eq=False)
class Causes:
    """Causes of the items that are wrong under self-replacement.

    Attributes:
        wrong: these items, shape (items,).
        chances: of each cause in the order of ``CAUSES``, shape (items, causes); NaN where an item is not wrong.
        slip: chance that a draw departs from what its item is settled to.
        draws: most answers of one item in each arm, in the order of ``ARMS``.
    """

    wrong: Mask
    chances: Floats
    slip: float
    draws: tuple[int, ...]

    @property
    def likeliest(self) -> Codes:
        """Place in ``CAUSES`` of the likeliest cause, shape (items,); -1 where an item is not wrong."""
        return np.where(self.wrong, np.argmax(np.nan_to_num(self.chances), axis=1), -1)


def causes(table: Diagnosed) -> Causes | None:
    """The chances of each cause; None where one of the four arms was not run or does not tell."""
    names = [[name for name in group if name in table.arms] for group in ARMS]
    if not names[GOLD_EYES] and not eyes_untold(table):
        names[GOLD_EYES] = [name for name in INSTEAD if name in table.arms]
    if not all(names) or "self_vr_kr" not in table.arms:
        return None
    right, draws = (np.stack(a, axis=1) for a in zip(*(_counts(table, group) for group in names), strict=True))
    own = table.arms["self_vr_kr"]
    wrong = own.put & (own.right_most[:, 0] == 0) & ~own.missing[:, 0]
    unread = wrong & ((own.status[:, 0] == UNUSABLE) | _unusable(table, names[GOLD_BOTH]))
    fitted = own.put & ~unread
    most = draws.max(axis=0, initial=0)
    states = [(WRONG, RIGHT, NEITHER) if n >= DRAWS_FOR_NEITHER else (WRONG, RIGHT) for n in most]
    patterns = np.array(list(product(*states)))
    rows, back, many = np.unique(
        np.concatenate([right, draws], axis=1)[fitted],
        axis=0,
        return_inverse=True,
        return_counts=True,
    )
    posterior, slip = _fitted(rows[:, :4], rows[:, 4:], many.astype(np.float64), patterns)
    chances = np.full((len(table), len(CAUSES)), np.nan)
    chances[fitted] = np.clip(posterior @ _cause_of(patterns), 0.0, 1.0).round(6)[back.ravel()]
    chances[unread] = np.eye(len(CAUSES))[FORM]
    chances[~wrong] = np.nan
    return Causes(wrong=wrong, chances=chances, slip=slip, draws=tuple(int(n) for n in most))


def _counts(table: Diagnosed, names: list[str]) -> tuple[Floats, Floats]:
    """Right answers and answers of each item over some arms; those that are open or missing are none."""
    right, draws = np.zeros(len(table)), np.zeros(len(table))
    for name in names:
        arm = table.arms[name]
        known = (arm.status > 0) & ~arm.missing & (arm.right == arm.right_most)
        right += np.where(known, arm.right, 0.0).sum(axis=1)
        draws += known.sum(axis=1)
    return right, draws


def _unusable(table: Diagnosed, names: list[str]) -> Mask:
    """Items of whose answers over some arms more than half, of those that came, are invalid or take no position."""
    status = np.concatenate([table.arms[name].status for name in names], axis=1)
    came = (status > 0) & (status <= UNUSABLE)
    return np.asarray(2 * (status == UNUSABLE).sum(axis=1) > came.sum(axis=1))


def _fitted(right: Floats, draws: Floats, many: Floats, patterns: Codes) -> tuple[Floats, float]:
    """Chance of each pattern for each kind of item, shape (kinds, patterns), and of a slip.

    Args:
        right: right answers in the four arms, shape (kinds, 4).
        draws: answers, likewise.
        many: items of each kind, shape (kinds,).
        patterns: shape (patterns, 4).
    """
    weights, slip = np.full(len(patterns), 1 / len(patterns)), 0.05
    told = draws > 1  # one draw by itself says nothing of slips
    off = np.where(
        patterns[None] == WRONG, right[:, None], np.where(patterns[None] == RIGHT, (draws - right)[:, None], 0)
    )
    settled = patterns[None] != NEITHER
    of = np.where(settled, draws[:, None], 0)
    undecided = np.where(settled, 0, draws[:, None]).sum(axis=2) * np.log(0.5)
    off_all, of_all = off.sum(axis=2), of.sum(axis=2)
    off_told, of_told = (off * told[:, None]).sum(axis=2), (of * told[:, None]).sum(axis=2)
    posterior = np.zeros((len(right), len(patterns)))
    for _ in range(STEPS):
        before = slip
        logs = off_all * np.log(slip) + (of_all - off_all) * np.log1p(-slip) + undecided + np.log(weights)
        logs -= logs.max(axis=1, keepdims=True)
        posterior = np.exp(logs)
        posterior /= posterior.sum(axis=1, keepdims=True)
        counted = posterior * many[:, None]
        moved = (counted.sum(axis=0) + 1 / len(patterns)) / (many.sum() + 1)
        slip = float(np.clip((counted * off_told).sum() / max((counted * of_told).sum(), 1.0), LEAST_SLIP, MOST_SLIP))
        change, weights = float(np.abs(moved - weights).max()), moved
        if change < 1e-6 and abs(slip - before) < 1e-6:
            break
    return posterior, slip


def _cause_of(patterns: Codes) -> Floats:
    """The causes of each pattern, shape (patterns, causes)."""
    found = np.zeros((len(patterns), len(CAUSES)))
    for row, (own, eyes, knowledge, both) in enumerate(patterns.tolist()):
        mended = np.array([eyes == RIGHT, knowledge == RIGHT])
        if own == RIGHT or not (mended.any() or both != NEITHER):
            found[row, 4] = 1
        elif mended.any():
            found[row, :2] = mended / mended.sum()
        else:
            found[row, 2 if both == RIGHT else 3] = 1
    return found


def shares(table: Diagnosed, found: Causes) -> dict[str, Estimate]:
    """Share of each cause among the wrong items: the mean of its chances, with its cluster interval.

    Chances are inferred, and many alike near 0 or 1 would make their limits narrow however few they are: no limit lies
    nearer to 0 or 1 than it would for a cause that was seen in none or in all of the clusters.
    """
    none = np.zeros(int(found.wrong.sum()), bool)
    return {
        cause: _guarded(share(table, Outcome(chances, chances, none, none), found.wrong, f"cause: {cause}"))
        for cause, chances in zip(CAUSES, found.chances[found.wrong].T, strict=True)
    }


def _guarded(found: Estimate) -> Estimate:
    """Limits at least as wide as the exact ones of no event, and of nothing but events, in as many clusters."""
    if found.low is None or found.high is None or not found.clusters:
        return found
    possible = zero_event_limit(found.clusters, found.level)
    return replace(found, low=min(found.low, 1 - possible), high=max(found.high, possible))
