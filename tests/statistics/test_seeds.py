import numpy as np
import pytest

from auscult.statistics.seeds import Variance


def table(rng: np.random.Generator, seeds: int, clusters: int, by_seed: float, rest: float) -> np.ndarray:
    parts = (
        rng.normal(0, sd, shape) for sd, shape in ((by_seed, (seeds, 1)), (1, clusters), (rest, (seeds, clusters)))
    )
    return np.asarray(sum(parts))


@pytest.mark.parametrize(("by_seed", "rest"), [(0.0, 1.0), (0.03, 0.5), (0.5, 0.5)])
def test_the_limits_of_three_seeds_cover_whatever_varies(by_seed: float, rest: float) -> None:
    rng = np.random.default_rng(3)
    drawn = [table(rng, 3, 100, by_seed, rest) for _ in range(1000)]
    assert np.mean([abs(one.mean()) <= Variance.of(one).half(0.025) for one in drawn]) > 0.94


def test_resamples_of_images_tell_the_same_variances_as_the_table() -> None:
    rng = np.random.default_rng(0)
    values = table(rng, 4, 200, 0.1, 1.0)
    weights = rng.multinomial(200, np.full(200, 1 / 200), size=20_000) / 200
    found, known = Variance.of_resamples(values.mean(1), weights @ values.T, 200), Variance.of(values)
    assert (found.seed, found.cluster, found.both) == pytest.approx((known.seed, known.cluster, known.both), rel=0.03)


def test_what_seeds_add_to_clusters_alone_is_never_below_nothing() -> None:
    values = np.repeat(np.random.default_rng(1).normal(size=(1, 50)), 3, axis=0)
    assert Variance.of(values).beyond_clusters(0.025) == pytest.approx(0, abs=1e-12)
