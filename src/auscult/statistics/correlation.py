"""How much several metrics say the same: their correlations over items, with cluster intervals.

The interval is a delete-one-cluster jackknife with t on Fisher's scale (atanh). Ranks are taken anew for each cluster
that is left out. Beyond ``MOST_BLOCKS`` clusters, clusters are left out in blocks.

Source: Fisher 1915, Biometrika 10, 507-521; Spearman 1904, American Journal of Psychology 15, 72-101; Miller 1974,
Biometrika 61, 1-15 (jackknife); Jolliffe 2002, Principal Component Analysis, chapter 3 (share of the first component).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from auscult.errors import UserError
from auscult.records import Estimate
from auscult.statistics.clusters import Labels, Mask, checked_labels
from auscult.statistics.guard import as_numbers, guarded
from auscult.statistics.interval import Floats, jackknife_reach, uncertified

Method = Literal["pearson", "spearman"]
ONE = 0.9
"""Lower limit of a correlation from which two metrics are called one: they share four fifths of their variance."""
MOST_BLOCKS = 400
JACKKNIFE = "delete-one-cluster jackknife, t on Fisher's scale"
INSTRUMENTS = {"pearson": "Pearson correlation", "spearman": "Spearman correlation"}
_EDGE = 1 - 1e-12
_Numbers = Callable[[Floats], Floats]
"""Values of shape (items, metrics) → figures of shape (figures,), nan where undefined."""


@dataclass(frozen=True)
class Correlations:
    """Correlations of several metrics over the items that have all of them.

    Attributes:
        names: of the metrics, in the order given.
        pairs: (first, second) → correlation, first before second in ``names``; withheld where one has no spread.
        first_component: share of the variance of the standardised metrics (ranks for Spearman) that lies along one
            line; None with fewer than two metrics, or where one has no spread.
        n: items.
        left_out: items that lack a metric.
    """

    names: tuple[str, ...]
    pairs: dict[tuple[str, str], Estimate]
    first_component: Estimate | None
    n: int
    left_out: int


@guarded
def correlations(
    values: Mapping[str, ArrayLike],
    clusters: Labels,
    *,
    method: Method = "pearson",
    level: float = 0.95,
    unit: str = "image",
) -> Correlations:
    """Correlations of metrics over items, pair by pair.

    Args:
        values: metric → one value an item, shape (items,); nan where it has none.
        clusters: image or patient of each item, shape (items,).
        method: ``pearson`` (of the values) or ``spearman`` (of their ranks, ties in the middle).
        level: confidence level.
        unit: what a cluster is.

    Raises:
        UserError: the metrics have different numbers of values, or there is not one cluster label an item.
    """
    names = tuple(values)
    columns = [as_numbers("correlation", v) for v in values.values()]
    if len({c.shape for c in columns}) > 1 or any(c.ndim != 1 for c in columns):
        raise UserError(f"correlation: {', '.join(names)} have different numbers of values; give one for each item")
    table = np.column_stack(columns) if columns else np.zeros((len(np.asarray(clusters)), 0))
    codes = checked_labels("correlation", clusters, len(table))
    whole: Mask = np.asarray(np.isfinite(table).all(1))
    table, codes = table[whole], np.unique(codes[whole], return_inverse=True)[1]
    left_out = int((~whole).sum())
    plain = Estimate(
        name="",
        level=level,
        n=len(table),
        clusters=len(np.unique(codes)),
        unit=unit,
        instrument=INSTRUMENTS[method],
        missing=left_out,
    )
    couples = list(combinations(range(len(names)), 2))
    flat = [len(table) < 2 or np.ptp(column) == 0 for column in table.T]

    def numbers(rows: Floats) -> Floats:
        matrix = _matrix(rows, method)
        share = np.nan if np.isnan(matrix).any() else float(np.linalg.eigvalsh(matrix)[-1]) / len(names)
        return np.array([*(matrix[i, j] for i, j in couples), share])

    found = numbers(table) if couples else np.zeros(0)
    left = _left_out(table, codes, numbers) if couples else np.zeros((0, 0))
    pairs: dict[tuple[str, str], Estimate] = {}
    for n, (i, j) in enumerate(couples):
        named = replace(plain, name=f"correlation of {names[i]} and {names[j]}")
        constant = [names[k] for k in (i, j) if flat[k]]
        if constant:
            pairs[names[i], names[j]] = replace(named, withheld=f"all values of {' and of '.join(constant)} are alike")
        else:
            pairs[names[i], names[j]] = _estimate(named, float(found[n]), left[:, n], -1.0)
    component = None
    if couples and not any(flat):
        named = replace(plain, name="share of the first principal component")
        component = _estimate(named, float(found[-1]), left[:, -1], 1 / len(names))
    return Correlations(names, pairs, component, len(table), left_out)


@dataclass(frozen=True)
class OneNumber:
    """Whether several metrics are one.

    Attributes:
        groups: metrics that are one, each group of two or more; a metric stands in one group at most.
        all_one: whether one group holds them all.
        sentence: for the report.
    """

    groups: tuple[tuple[str, ...], ...]
    all_one: bool
    sentence: str


def one_number(found: Correlations) -> OneNumber:
    """Says which metrics are one number: each two of a group correlate, by the lower limit, ``ONE`` or more.

    Groups are made from the highest correlations down, every pair within a group being high enough.
    """
    sure = {p: e for p, e in found.pairs.items() if e.value is not None and e.low is not None}
    high = {p for p, e in sure.items() if (e.low or 0.0) >= ONE}
    groups = _groups(found.names, sure, high)
    all_one = len(groups) == 1 and len(groups[0]) == len(found.names)
    if not sure:
        why = next((e.withheld or e.note for e in found.pairs.values()), "fewer than two metrics")
        return OneNumber((), False, f"Whether the metrics are one number cannot be said: {why}.")
    said = []
    for group in groups:
        inside = [(p, sure[p]) for p in combinations(group, 2)]
        lowest = min((e for _, e in inside), key=lambda e: e.low or 0.0)
        if len(group) == 2:
            said.append(f"{_list(group)} correlate {_range(lowest)}: read them as one")
            continue
        share = found.first_component
        part = f", and one line holds {share.value:.0%} of their variance" if all_one and share and share.value else ""
        said.append(f"{_list(group)} correlate {_range(lowest)} or more{part}: read them as one number")
    if not said:
        pair, top = max(sure.items(), key=lambda pe: pe[1].value or 0.0)
        said.append(
            f"no two metrics are one number: the closest, {_list(pair)}, correlate {_range(top)}, where a lower limit "
            f"of {_two(ONE)} is asked for"
        )
    sentence = "; ".join(said)
    return OneNumber(groups, all_one, sentence[:1].upper() + sentence[1:] + ".")


def _groups(
    names: tuple[str, ...], sure: Mapping[tuple[str, str], Estimate], high: set[tuple[str, str]]
) -> tuple[tuple[str, ...], ...]:
    group_of: dict[str, tuple[str, ...]] = {name: (name,) for name in names}
    for a, b in sorted(high, key=lambda p: -(sure[p].low or 0.0)):
        joined = tuple(n for n in names if n in group_of[a] or n in group_of[b])
        if all(p in high for p in combinations(joined, 2)):
            group_of |= dict.fromkeys(joined, joined)
    return tuple(g for g in dict.fromkeys(group_of.values()) if len(g) > 1)


def _matrix(rows: Floats, method: Method) -> Floats:
    """Correlation matrix; nan beside metrics without spread."""
    columns = stats.rankdata(rows, axis=0) if method == "spearman" else rows
    centred = columns - columns.mean(0)
    norms = np.sqrt((centred**2).sum(0))
    # a spread at the level of rounding errors is none
    norms[norms <= 1e-12 * np.maximum(np.abs(columns).max(0), 1e-300) * np.sqrt(len(rows))] = np.nan
    scaled = centred / norms
    return np.asarray(np.clip(scaled.T @ scaled, -1.0, 1.0))


def _left_out(table: Floats, codes: NDArray[np.int64], numbers: _Numbers) -> Floats:
    """The figures without each block of clusters, shape (blocks, figures)."""
    blocks = codes % MOST_BLOCKS
    return np.array(
        [numbers(table[blocks != b]) for b in range(int(blocks.max(initial=-1)) + 1) if (blocks != b).any()]
    )


def _estimate(estimate: Estimate, value: float, left: Floats, least: float) -> Estimate:
    """Value with jackknife limits on Fisher's scale; ``least`` is the smallest value there can be."""
    estimate = replace(estimate, value=value)
    if estimate.clusters < 3:
        note = f"under 3 {estimate.unit}s: nothing is known about the spread between them"
        return replace(estimate, method="none", note=note)
    if abs(value) > _EDGE and (np.abs(left) > _EDGE).all():
        return replace(estimate, low=value, high=value, method="exact", note="the metrics are the same")
    if not np.isfinite(left).all():
        note = f"a single {estimate.unit} holds all the spread of a metric: no interval"
        return replace(estimate, method="none", note=note)
    reach = jackknife_reach(np.arctanh(np.clip(left, -_EDGE, _EDGE)), estimate.level)
    centre = float(np.arctanh(np.clip(value, -_EDGE, _EDGE)))
    return replace(
        estimate,
        low=max(least, float(np.tanh(centre - reach))),
        high=float(np.tanh(centre + reach)),
        method=JACKKNIFE,
        note=uncertified(estimate.clusters, estimate.unit),
    )


def _list(names: tuple[str, ...]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _two(value: float) -> str:
    """.95; −.30; 1.00."""
    return f"{value:.2f}".replace("0.", ".", 1) if abs(value) < 0.995 else f"{value:.2f}"


def _range(estimate: Estimate) -> str:
    return f"{_two(estimate.value or 0.0)} ({_two(estimate.low or 0.0)} to {_two(estimate.high or 0.0)})"
