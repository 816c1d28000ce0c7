import json
from dataclasses import asdict

import numpy as np
import pytest
from tests.certificates.progress import counted

from auscult.analysis.certified import all_certificates
from auscult.certificates.statistics import SimulationOptions
from auscult.certificates.statistics.certificate import Design, Grid, certify, mean_row
from auscult.certificates.statistics.crossing import EFFECTS, PART
from auscult.certificates.statistics.shifts import CHANGES
from auscult.statistics.crossed import FEWEST_CLUSTERS

QUICK = Grid(
    clusters=(10, 50),
    shares=(0.005, 0.05, 0.3),
    iccs=(0.0, 0.3),
    pairs=((0.3, 0.3), (0.05, 0.02)),
    rates=(),
    changes=(),
    effects=(),
    errors=(),
)


@pytest.fixture(scope="module")
def quick():
    return certify(SimulationOptions(replicates=1500, seed=7), grid=QUICK)


def row(share: float, icc: float = 0.3, clusters: int = 24) -> dict[str, float]:
    return mean_row(np.random.default_rng(11), Design("equal", clusters, share, icc), 4000)


def test_wilson_on_items_covers_two_thirds_where_items_share_images():
    found = row(0.3)
    assert found["wilson_coverage"] == pytest.approx(0.67, abs=0.03)
    assert 0.93 <= found["coverage"] <= 0.97


def test_the_percentile_bootstrap_undercovers_rare_events():
    found = row(0.05)
    assert found["bootstrap_coverage"] == pytest.approx(0.85, abs=0.03)
    assert found["coverage"] >= 0.93


def test_every_claimed_cell_covers_93_to_97_percent(quick):
    claimed = [r for r in quick.figures if r["claim"] == "95 %"]
    assert len(claimed) >= 12
    assert all(0.93 - 2 * r["mc_error"] <= r["coverage"] <= 0.97 + 2 * r["mc_error"] for r in claimed)


def test_every_noted_cell_covers_at_least_93_percent(quick):
    noted = [r for r in quick.figures if r["claim"] != "95 %"]
    assert noted and all(r["coverage"] >= 0.93 - 2 * r["mc_error"] for r in noted)


def test_the_fewest_images_that_a_claim_is_decided_by_are_drawn_by_the_bundled_certificate(tmp_path):
    [bundled] = [c for c in all_certificates(tmp_path) if c.instrument.startswith("auscult.statistics")]
    drawn = [r for r in bundled.figures if r["part"] == PART and r["clusters"] == FEWEST_CLUSTERS]
    assert {(r["seeds"], r["what"]) for r in drawn} == {(seeds, e.name) for seeds in (1, 3, 10) for e in EFFECTS}
    assert all(r["kept"] and min(r["coverage"], r["relative_coverage"]) >= 0.93 for r in drawn)
    assert not [r for r in bundled.figures if r["part"] == PART and r["clusters"] < FEWEST_CLUSTERS]


def test_a_cell_that_covers_too_much_is_called_conservative(quick):
    rare = [r for r in quick.figures if r["part"] == "mean" and r["p"] == 0.005 and r["clusters"] == 10]
    assert {r["label"] for r in rare} == {"conservative"} and all(r["noted"] > 0.9 for r in rare)


def test_the_sign_flip_test_keeps_its_level(quick):
    rates = [(r["false_positives"], r["false_positives_mc_error"]) for r in quick.figures if "false_positives" in r]
    assert rates and all(rate <= 0.05 + 3 * error for rate, error in rates)


def test_the_certificate_passes_is_plain_data_and_repeatable(quick):
    assert quick.passed and quick.summary and quick.created and quick.package
    small = Grid(
        clusters=(10,),
        shares=(0.3,),
        iccs=(0.0,),
        sizes=("equal",),
        pairs=(),
        rates=((0.7, 0.9),),
        changes=(),
        effects=(),
        errors=(),
    )
    one, two = (certify(SimulationOptions(replicates=50, seed=3), grid=small).figures for _ in range(2))
    assert json.loads(json.dumps([asdict(quick)["figures"][0], *one])) == [quick.figures[0], *two]


def test_an_interval_that_is_too_narrow_fails_the_certificate(monkeypatch):
    monkeypatch.setattr("auscult.statistics.interval.SKEW_LIMIT", np.inf)  # cluster t even where events are rare
    small = Grid(
        clusters=(200,),
        shares=(0.005,),
        iccs=(0.5,),
        sizes=("unequal",),
        pairs=(),
        rates=(),
        changes=(),
        effects=(),
        errors=(),
    )
    found = certify(SimulationOptions(replicates=1000, seed=1), grid=small)
    assert not found.passed and any(r["label"] == "does not hold" for r in found.figures)


def test_a_shift_is_called_more_than_one_in_at_most_five_of_a_hundred_studies_and_a_gain_is_found():
    chosen = tuple(
        c for c in CHANGES if c.name in ("constant, unequal variances", "constant and noise, equal variances", "gain")
    )
    small = Grid(clusters=(), pairs=(), rates=(), changes=chosen, effects=(), errors=())
    found = certify(SimulationOptions(replicates=40, seed=2), grid=small)
    shift, noise, gain = found.figures
    assert found.passed and "Cure or shift: in 3 kinds of change" in found.summary
    assert shift["shifts"] == 1 and noise["discriminates"] <= 0.1 and gain["discriminates"] >= 0.8


def test_a_test_that_takes_noise_for_a_gain_fails_the_certificate(monkeypatch):
    monkeypatch.setattr(
        "auscult.statistics.shift.OffCurve.above", property(lambda curve: (curve.estimate.value or 0) > 0)
    )
    chosen = tuple(c for c in CHANGES if c.name == "constant and noise, equal variances")
    small = Grid(clusters=(), pairs=(), rates=(), changes=chosen, effects=(), errors=())
    assert not certify(SimulationOptions(replicates=20, seed=2), grid=small).passed


def test_progress_counts_cells():
    seen = []
    small = Grid(
        clusters=(10,),
        shares=(0.3,),
        iccs=(0.0,),
        sizes=("equal",),
        pairs=(),
        rates=(),
        changes=(),
        effects=(),
        errors=(),
    )
    certify(SimulationOptions(replicates=20), grid=small, show=counted(seen))
    assert seen[-1] == (len(seen), len(seen))
