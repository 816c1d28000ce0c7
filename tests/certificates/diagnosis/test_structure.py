import numpy as np
import pytest

from auscult.certificates.diagnosis.arrays import Judge, draw, table
from auscult.certificates.diagnosis.structure import ARMS, NEITHER, OPPOSITE, RIGHT, Faults, Latents, truth, wrong_in
from auscult.errors import UserError

ODD = Faults(
    eyes=0.4,
    knowledge=0.3,
    reasoning=0.1,
    followed=0.7,
    difficulty=0.3,
    leaning=0.2,
    lucky=0.3,
    offsetting=0.5,
    astray=0.2,
    rereads=True,
    stated=0.2,
    confused=0.1,
    invalid=0.1,
    flips=0.05,
)
CLUSTERS = np.repeat(np.arange(100), 4)


def item(**befallen: bool) -> Latents:
    names = Latents.__dataclass_fields__
    return Latents(**{name: np.array([befallen.get(name, name.startswith("follows"))]) for name in names})


def comes_to(arm: str, **befallen: bool) -> int:
    return int(wrong_in(item(**befallen), ARMS[arm]).conclusion[0])


def test_one_wrong_stage_leads_to_the_opposite_and_two_to_neither():
    assert comes_to("baseline") == RIGHT
    assert comes_to("baseline", eyes=True) == OPPOSITE
    assert comes_to("baseline", eyes=True, knowledge=True) == NEITHER
    assert comes_to("baseline", eyes=True, knowledge=True, offset=True) == RIGHT


def test_a_right_stage_mends_what_its_own_kind_broke_and_nothing_else():
    assert comes_to("replace_vr", eyes=True) == comes_to("replace_kr", knowledge=True) == RIGHT
    assert comes_to("replace_vr", knowledge=True) == comes_to("replace_kr", eyes=True) == OPPOSITE
    assert comes_to("replace_vr_kr", eyes=True, knowledge=True) == RIGHT
    assert comes_to("replace_vr_kr", reasoning=True) == OPPOSITE


def test_a_stage_that_is_passed_over_moves_nothing():
    assert comes_to("replace_vr", eyes=True, again=True, follows_visual=False) == OPPOSITE
    assert comes_to("planted_vr", follows_visual=False) == RIGHT
    assert comes_to("planted_vr") == comes_to("planted_kr") == OPPOSITE


def test_reasoning_is_wrong_only_where_it_does_not_follow_from_the_stages_before_it():
    misled = wrong_in(item(eyes=True), ARMS["baseline"])
    assert misled.visual[0] and not misled.reasoning[0]
    passed_over = wrong_in(item(eyes=True, again=True, follows_visual=False), ARMS["replace_vr"])
    assert not passed_over.visual[0] and passed_over.reasoning[0]


def test_the_truth_of_plain_faults_is_their_product():
    true = truth(Faults(eyes=0.3, knowledge=0.2, reasoning=0.1))
    assert (true.eyes, true.knowledge, true.reasoning) == pytest.approx((0.3, 0.2, 0.1))
    assert true.accuracy["baseline"] == pytest.approx(0.7 * 0.8 * 0.9)
    assert true.accuracy["replace_vr"] == pytest.approx(0.8 * 0.9)
    assert true.accuracy["replace_vr_kr"] == pytest.approx(0.9)


def test_half_followed_right_stages_bring_half_of_what_they_would():
    true = truth(Faults(followed=0.5))
    brought, would = (a["replace_vr"] - a["self_vr"] for a in (true.accuracy, true.followed["eyes"]))
    assert brought == pytest.approx(would / 2)


@pytest.mark.parametrize("faults", [Faults(), ODD], ids=["plain", "odd"])
def test_the_truth_is_what_many_runs_come_to(faults):
    drawn = draw(faults, CLUSTERS, np.random.default_rng(1), runs=300)
    tables = [table(drawn, run, Judge()) for run in range(drawn.runs)]
    true = truth(faults)
    for name in ARMS:
        means = [np.mean(t.arms[name].right[t.arms[name].put]) for t in tables]
        assert np.mean(means) == pytest.approx(true.accuracy[name], abs=4 * np.std(means) / np.sqrt(len(means)) + 1e-9)
    for name, stage, rate in (
        ("baseline", "visual_recognition", true.eyes),
        ("baseline", "knowledge_recall", true.knowledge),
        ("replace_vr_kr", "reasoning", true.reasoning),
    ):
        assert np.nanmean([t.arms[name].wrong[stage] for t in tables]) == pytest.approx(rate, abs=0.01)


def test_stages_of_hard_images_err_together_only_where_difficulty_is_shared():
    def together(difficulty):
        drawn = draw(Faults(difficulty=difficulty, knowledge=0.3), CLUSTERS, np.random.default_rng(2), runs=200).latents
        return np.corrcoef(drawn.eyes.ravel(), drawn.knowledge.ravel())[0, 1]

    assert together(0.0) == pytest.approx(0, abs=0.02)
    assert together(0.3) > 0.1


def test_a_judge_errs_as_often_as_it_is_told():
    drawn = draw(Faults(eyes=0.5), CLUSTERS, np.random.default_rng(3), runs=100)
    said = np.array([table(drawn, n, Judge(0.8, 0.9)).arms["baseline"].wrong["visual_recognition"] for n in range(100)])
    wrong = drawn.wrong["baseline"].visual
    assert said[wrong].mean() == pytest.approx(0.8, abs=0.01)
    assert said[~wrong].mean() == pytest.approx(0.1, abs=0.01)


def test_an_arm_without_a_partner_at_the_baseline_is_not_put():
    drawn = draw(Faults(invalid=0.3), CLUSTERS, np.random.default_rng(4))
    arms = table(drawn, 0).arms
    assert np.array_equal(arms["self_vr"].put, arms["baseline"].valid[:, 0])
    assert arms["replace_vr"].put.all() and not arms["replace_vr"].valid.all()


def test_a_share_beyond_its_range_is_refused():
    with pytest.raises(UserError, match=r"eyes 1\.2"):
        Faults(eyes=1.2)
