"""Whether given stages are followed."""

from dataclasses import replace

import numpy as np
import pytest
from tests.diagnosis.simulated import wrong_stages

from auscult.certificates.diagnosis.coverage import covered
from auscult.certificates.diagnosis.figures import figures
from auscult.certificates.diagnosis.settings import settings
from auscult.diagnosis import effects, following
from auscult.diagnosis.figures import diagnose
from auscult.diagnosis.table import ArmTable, Diagnosed

EYES, KNOWLEDGE, REASONING = wrong_stages(2_000)
SOUND = ~(KNOWLEDGE | REASONING)


def planted(share: float, seed: int = 1) -> Diagnosed:
    """A model that follows a share of the visual stages it is given, right or wrong, and else looks for itself."""
    follows = np.random.default_rng(seed).random(len(EYES)) < share
    own, adopts_own = SOUND & ~EYES, SOUND & EYES
    adopts = np.where(follows, SOUND, adopts_own)
    arms = {
        "baseline": ArmTable.of(own),
        "self_vr": ArmTable.of(own),
        "replace_vr": ArmTable.of(np.where(follows, SOUND, own)),
        "planted_vr": ArmTable.of(
            ~adopts,
            adopts=adopts,
            adopts_own=adopts_own.astype(float),
            degree=tuple(["gross", "subtle"] * (len(EYES) // 2)),
        ),
    }
    return Diagnosed.of(arms, np.arange(len(EYES)) // 2)


def test_a_model_that_follows_every_stage_has_adopted_each_planted_error_that_it_reasons_on() -> None:
    made = planted(1.0)
    share, adopted = following.followed(made, "eyes"), following.adopted(made, "eyes")
    assert share is not None and share.value == 1.0 and share.low is not None and share.low > 0.98
    assert adopted is not None and adopted.value == pytest.approx((SOUND & ~EYES).mean())


def test_the_share_followed_is_found_from_planted_errors_and_the_gain_if_followed_with_it() -> None:
    made = planted(0.7)
    share, after = following.followed(made, "eyes"), following.if_followed(made, "eyes")
    assert share is not None and share.low is not None and share.high is not None and share.low < 0.7 < share.high
    truth, measured = float((SOUND & EYES).mean()), effects.gain(made, "eyes")
    assert after is not None and measured is not None and measured.high is not None and measured.high < truth
    assert after.gain is not None and after.gain.low is not None and after.gain.high is not None
    assert after.gain.low < truth < after.gain.high
    assert after.accuracy is not None and after.accuracy.value == pytest.approx(SOUND.mean(), abs=0.03)
    assert after.span.span == (measured.value, after.gain.value)


def test_lucky_guesses_leave_the_true_gain_in_the_range() -> None:
    lucky = np.random.default_rng(7).random((2, len(EYES))) < 0.3
    own, adopts_own = (SOUND & ~EYES) | lucky[0], SOUND & EYES & ~lucky[0]
    adopts = SOUND & ~lucky[1]
    arms = {
        "baseline": ArmTable.of(own),
        "self_vr": ArmTable.of(own),
        "replace_vr": ArmTable.of(SOUND | lucky[1]),
        "planted_vr": ArmTable.of(~adopts, adopts=adopts, adopts_own=adopts_own.astype(float)),
    }
    after = following.if_followed(Diagnosed.of(arms), "eyes")
    truth = (SOUND & EYES).mean() * 0.7
    assert after is not None and after.span.low is not None and after.span.high is not None
    assert after.span.low < truth < after.span.high


def test_a_model_that_passes_over_all_it_is_given_adopts_nothing() -> None:
    made = planted(0.0)
    share, adopted = following.followed(made, "eyes"), following.adopted(made, "eyes")
    assert share is not None and share.value == 0.0 and adopted is not None and adopted.value == 0.0


def test_a_gain_over_a_share_near_zero_keeps_its_limits_in_order_and_within_the_scale() -> None:
    made = planted(0.0)
    gold = ArmTable.of(SOUND)  # a right stage is followed, a planted one never
    after = following.if_followed(Diagnosed.of(dict(made.arms) | {"replace_vr": gold}, made.clusters), "eyes")
    assert after is not None and after.gain is not None and after.gain.value is not None
    low, high = after.gain.low, after.gain.high
    assert low is not None and high is not None and -1 <= low <= after.gain.value <= high <= 1
    assert after.span.low is not None and after.span.high is not None and after.span.low <= after.span.high <= 1


def test_at_chance_the_share_followed_is_not_identifiable() -> None:
    coin = np.random.default_rng(3).random((4, 400)) < 0.5
    arms = {
        "baseline": ArmTable.of(coin[0]),
        "self_vr": ArmTable.of(coin[0]),
        "replace_vr": ArmTable.of(coin[1]),
        "planted_vr": ArmTable.of(coin[2], adopts=~coin[2], adopts_own=(~coin[0]).astype(float)),
    }
    share = following.followed(Diagnosed.of(arms), "eyes")
    assert share is not None and share.value is None and "not identifiable" in share.withheld
    assert share.low is not None and share.high == 1.0
    after = following.if_followed(Diagnosed.of(arms), "eyes")
    assert after is not None and after.gain.value is None and after.gain.withheld == share.withheld
    assert after.gain.low is not None and after.gain.high is not None and after.gain.high - after.gain.low > 0.5
    assert after.span.span is not None and after.accuracy is None


def test_adoption_is_told_by_the_degree_of_the_error() -> None:
    made = planted(1.0)
    assert list(following.degrees(made, "eyes")) == ["gross", "subtle"]
    found = following.adopted(made, "eyes", "gross")
    assert found is not None and found.n == len(EYES) // 2


def test_the_share_followed_is_told_by_the_kind_of_question_and_none_where_no_error_could_be_planted() -> None:
    made = planted(0.7)
    kinds = np.array(["yes_no", "yes_no", "yes_no", "number", "open"] * (len(EYES) // 5), object)
    arm = made.arms["planted_vr"]
    put = replace(arm, status=np.where((kinds == "open")[:, None], 0, arm.status).astype(np.int8))
    table = replace(made, arms={**made.arms, "planted_vr": put}, tags={following.KIND: tuple(kinds)})
    found = dict(following.followed_by_kind(table, "eyes"))
    assert list(found) == ["yes_no", "number", "open"]
    assert [e.n for e in found.values()] == [1_200, 400, 0] and found["open"].withheld
    whole = following.followed(table, "eyes")
    assert whole is not None and whole.n == 1_600
    lines = [f for f in diagnose(table).of("followed", "eyes")]
    assert [(f.group, f.estimate.n) for f in lines] == [("", 1_600), ("yes_no", 1_200), ("number", 400), ("open", 0)]


def test_without_planted_arms_nothing_is_said_of_following() -> None:
    arms = {name: planted(1.0).arms[name] for name in ("baseline", "self_vr", "replace_vr")}
    assert following.followed(Diagnosed.of(arms), "eyes") is None


@pytest.mark.parametrize("right", [True, False])
def test_where_no_answer_changes_a_gain_over_the_share_followed_still_has_an_interval(right: bool) -> None:
    alike = ArmTable.of(np.full(15, right))
    planted_arm = ArmTable.of(np.zeros(15), adopts=np.full(15, right), adopts_own=np.zeros(15))
    if not right:  # its own answers are right now and then, else nothing would tell how much is followed
        alike = ArmTable.of(np.arange(15) % 5 > 0)
        planted_arm = ArmTable.of(np.zeros(15), adopts=alike.right, adopts_own=np.zeros(15))
    arms = {"baseline": alike, "self_vr": alike, "replace_vr": alike, "planted_vr": planted_arm}
    made = Diagnosed.of(arms, np.arange(15))
    after, share = following.if_followed(made, "eyes"), following.followed(made, "eyes")
    measured = effects.gain(made, "eyes")
    assert after is not None and after.gain is not None and after.accuracy is not None
    assert measured is not None and measured.high is not None and share is not None and share.low is not None
    assert after.gain.value == 0
    assert after.gain.low is not None and after.gain.high is not None
    assert after.gain.low <= -measured.high and measured.high <= after.gain.high
    assert after.accuracy.low is not None and after.accuracy.low < 0.85 and after.accuracy.high == 1.0


def test_where_more_seems_gained_than_there_is_the_gain_keeps_an_interval_within_the_scale() -> None:
    random = np.random.default_rng(2)
    own, gold = random.random(200) < 0.35, random.random(200) < 0.95
    hardly = random.random(200) < 0.2  # planted errors are passed over, right stages are not
    arms = {
        "baseline": ArmTable.of(own),
        "self_vr": ArmTable.of(own),
        "replace_vr": ArmTable.of(gold),
        "planted_vr": ArmTable.of(~hardly, adopts=gold & hardly, adopts_own=np.zeros(200)),
    }
    gain = following.if_followed(Diagnosed.of(arms), "eyes")
    assert gain is not None and gain.gain.low is not None and gain.gain.high == 1.0
    assert gain.gain.value == 1.0 and 0.3 < gain.gain.low < 1.0


def test_limits_of_the_gain_if_followed_hold_the_truth_where_gain_and_share_lean_on_each_other() -> None:
    setting = next(
        s for s in settings() if not s.name and (s.faults.eyes, s.faults.followed, s.faults.difficulty) == (0.1, 0.5, 0)
    )
    asked = [f for f in figures() if f.name == "gain if followed: knowledge"]
    rows = covered(setting, asked, 300, np.random.default_rng(5), 1)
    (row,) = (row for row in rows if row["part"] == "coverage")
    assert row["intervals"] == 300 and row["coverage"] > 0.92
