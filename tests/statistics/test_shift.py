import numpy as np
import pytest
from scipy import special

from auscult.statistics.detection import log_linear
from auscult.statistics.shift import UNTESTED, cure_or_shift

PUBLISHED = {  # LLaVA-1.5-7B on POPE, detection B5: greedy, VCD and OLM as (F, H, d', c)
    "random": ((0.021, 0.763, 2.75, 0.66), (0.078, 0.850, 2.46, 0.19), (0.046, 0.838, 2.67, 0.35)),
    "popular": ((0.046, 0.762, 2.40, 0.49), (0.126, 0.850, 2.18, 0.05), (0.092, 0.838, 2.31, 0.17)),
    "adversarial": ((0.090, 0.762, 2.05, 0.31), (0.212, 0.850, 1.84, -0.12), (0.165, 0.837, 1.96, 0.00)),
}


def study(
    seed: int = 0, images: int = 120, each: int = 6, d: float = 1.5, spread: float = 1.0
) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    image = np.repeat(np.arange(images), each)
    truth = rng.random(len(image)) < 0.5
    noise = np.sqrt(0.2) * rng.normal(size=images)[image] + np.sqrt(0.8) * rng.normal(size=len(image))
    question = np.tile(np.arange(each), images)
    return {
        "truth": truth,
        "noise": noise,
        "image": image,
        "question": question,
        "margin": margin(truth, noise, d, spread),
    }


def margin(truth: np.ndarray, noise: np.ndarray, d: float, spread: float = 1.0) -> np.ndarray:
    return np.asarray(np.where(truth, d + spread * noise, noise) - d / 2)


def told(s: dict[str, np.ndarray], after: np.ndarray, **more: object):
    found = cure_or_shift(s["truth"], s["margin"], after, s["image"], resamples=300, **more)  # type: ignore[arg-type]
    assert found is not None
    return found


@pytest.mark.parametrize("spread", [1.0, 1.7])
@pytest.mark.parametrize("constant", [-2.0, 1.0])
def test_a_constant_is_a_shift_whatever_the_variances_and_however_d_prime_moves(spread: float, constant: float) -> None:
    s = study(spread=spread)
    found = told(s, s["margin"] + constant)
    assert found.verdict == "shifts" and found.reason == UNTESTED
    assert found.above_global.estimate.value == 0 == found.area.value
    if spread > 1 and constant < 0:
        assert found.d_prime.value is not None and found.d_prime.value > 0.2  # d' rises, and nothing was learnt


def test_a_constant_for_each_question_is_a_shift_though_it_rises_above_the_curve_of_all() -> None:
    s = study(images=200)
    bias = np.array([2.0, -2.0, 1.0, -1.0, 3.0, -3.0])[s["question"]]
    biased = s | {"margin": s["margin"] + bias}
    found = told(biased, s["margin"], questions=s["question"])
    assert found.above_global.above and found.above_question is not None
    assert found.above_question.estimate.value == 0 and found.tested == 1
    assert found.verdict == "shifts" and found.within is not None and found.within.value == 0


def test_the_few_questions_that_have_a_curve_of_their_own_decide_nothing_the_ranking_within_words_does() -> None:
    s = study(images=120)
    own = np.where(s["question"] == 0, 0, 1 + np.arange(len(s["image"])) // 4)
    sharper = np.where(s["question"] == 0, s["margin"], s["margin"] + np.where(s["truth"], 2.0, -2.0))
    found = told(s, sharper, questions=own)
    assert found.above_question is not None and found.above_question.on_it and found.tested < 0.5
    assert found.verdict == "discriminates" and not found.reason
    bias = np.random.default_rng(1).normal(0, 4, own.max() + 1)[own]
    moved = told(s | {"margin": s["margin"] + bias}, s["margin"], questions=own)
    assert moved.above_global.above and (moved.verdict, moved.reason) == ("not known", UNTESTED)


def test_where_few_questions_have_a_curve_of_their_own_a_shift_is_one_that_leaves_the_ranking_within_words() -> None:
    s = study(images=240)
    rng = np.random.default_rng(2)
    own = np.arange(len(s["image"])) % 360  # each is asked of too few images for a curve of its own
    near = told(s, s["margin"] - 0.5 + 0.02 * rng.normal(size=len(own)), questions=own)
    assert near.above_question is None and near.within is not None
    assert near.within.low is not None and near.within.high is not None and near.within.low < near.within.high
    assert (near.verdict, near.reason) == ("shifts", "")
    few = s["image"] < 24
    small = {name: values[few] for name, values in s.items()}
    alone = told(small, small["margin"] - 0.5, questions=np.arange(int(few.sum())))
    assert (alone.verdict, alone.reason) == ("not known", UNTESTED) and alone.above_global.on_it


def test_who_tells_more_apart_discriminates_and_who_tells_less_harms() -> None:
    s = study(d=1.3)
    fresh = 0.7 * s["noise"] + np.sqrt(1 - 0.49) * study(9)["noise"]
    better, worse = (told(s, margin(s["truth"], fresh, d) - 1) for d in (2.6, 0.2))
    assert (better.verdict, worse.verdict) == ("discriminates", "harms")
    assert better.area.low is not None and better.area.low > 0
    assert better.criterion.value is not None and better.criterion.value > 0


def test_a_small_study_knows_nothing() -> None:
    s = study(images=12)
    found = told(s, s["margin"] - 1)
    assert found.verdict == "not known" and "50 of either kind are needed" in found.reason


def test_missing_answers_beyond_what_is_allowed_leave_it_unknown() -> None:
    s = study()
    lost = np.arange(len(s["truth"])) % 10 == 0
    found = told(s, s["margin"] - 1, missing=lost)
    assert found.verdict == "not known" and "over 5%" in found.reason
    assert told(s, s["margin"] - 1, missing=lost, max_missing=0.2).verdict == "shifts"


def test_an_unchanged_model_that_says_otherwise_than_it_leans_is_no_cure_of_itself() -> None:
    s = study()
    corrects = ~s["truth"] & (s["margin"] > 0) & (np.arange(len(s["truth"])) % 5 == 0)  # "Yes, this is another one."
    said = (s["margin"] > 0) & ~corrects
    assert 0.02 < corrects[~s["truth"]].mean() < 0.1
    for constant in (0.0, -1.0):
        shifted = (s["margin"] + constant > 0) & ~corrects
        found = told(s, s["margin"] + constant, said_before=said, said_after=shifted)
        assert found.verdict == "shifts" and found.above_global.estimate.value == pytest.approx(0, abs=1e-9)
        assert found.after.false_alarms == pytest.approx(shifted[~s["truth"]].mean())


def test_answers_that_lean_otherwise_than_they_say_leave_it_unknown() -> None:
    s = study()
    found = told(s, s["margin"], said_before=s["margin"] > 0, said_after=s["margin"] > 1.2)
    assert found.verdict == "not known" and "say otherwise than they lean" in found.reason


def test_several_models_that_differ_are_less_certain_than_one() -> None:
    s = study(d=1.2)
    rng = np.random.default_rng(3)
    after = np.stack(
        [margin(s["truth"], s["noise"] + 0.3 * rng.normal(size=len(s["noise"])), d) for d in (1.4, 3.0, 2.0)]
    )
    several, one = told(s, after), told(s, after[2])
    assert several.seeds == 3
    wide, narrow = (f.above_global.estimate for f in (several, one))
    assert wide.low is not None and wide.high is not None and narrow.low is not None and narrow.high is not None
    assert wide.high - wide.low > narrow.high - narrow.low and "seeds" in wide.variance


def test_there_is_no_answer_without_items_of_both_kinds() -> None:
    s = study()
    assert cure_or_shift(np.ones(len(s["truth"])), s["margin"], s["margin"], s["image"]) is None


@pytest.mark.parametrize("split", PUBLISHED)
def test_published_contrastive_decoding_lies_below_the_curve_through_greedy_and_a_mere_lean_to_yes(split: str) -> None:
    """d' and c of the table, and the height of VCD over the line through greedy and OLM on the normal scale."""
    for f, h, d_prime, criterion in PUBLISHED[split]:
        z_h, z_f = special.ndtri(h), special.ndtri(f)
        assert (z_h - z_f, -(z_h + z_f) / 2) == pytest.approx((d_prime, criterion), abs=0.015)
    greedy, vcd, lean = (tuple(special.ndtri(x[:2])) for x in PUBLISHED[split])
    slope = (lean[1] - greedy[1]) / (lean[0] - greedy[0])
    expected = special.ndtr(greedy[1] + slope * (vcd[0] - greedy[0]))
    assert -0.035 < PUBLISHED[split][1][1] - expected < -0.005


def test_the_published_counts_give_the_published_d_prime() -> None:
    """Detection golden numbers D8."""
    s = {"truth": np.repeat([True, False], 500), "image": np.arange(1000)}
    for h, f, d_prime, criterion in ((0.8, 0.2, 1.68324, 0.0), (0.9, 0.3, 1.80595, -0.37858)):
        said = np.r_[np.arange(500) < 500 * h, np.arange(500) < 500 * f]
        found = cure_or_shift(s["truth"], said * 2.0 - 1, said * 2.0 - 1, s["image"], resamples=2)
        assert found is not None
        assert (found.after.d_prime, found.after.criterion) == pytest.approx((d_prime, criterion), abs=0.006)
    assert 2 * special.ndtri(log_linear(10, 10)) == pytest.approx(3.38124, abs=1e-5)
