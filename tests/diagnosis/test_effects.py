"""What right stages do to right answers."""

from dataclasses import replace

import numpy as np
import pytest
from tests.diagnosis.simulated import table, wrong_stages

from auscult.analysis.joined import STATUS
from auscult.diagnosis import effects
from auscult.diagnosis.table import ArmTable, Diagnosed

EYES, KNOWLEDGE, REASONING = wrong_stages()
TABLE = table(EYES, KNOWLEDGE, REASONING)


def test_a_gain_is_gold_minus_the_own_stage_in_the_same_template() -> None:
    gain = effects.gain(TABLE, "eyes")
    assert gain is not None and gain.value == pytest.approx((EYES & ~KNOWLEDGE & ~REASONING).mean())
    assert (
        gain.low is not None
        and gain.high is not None
        and gain.low < gain.value < gain.high
        and gain.p_value is not None
    )


def test_what_the_template_does_is_no_gain_of_a_stage() -> None:
    arms = dict(TABLE.arms)
    worse = np.arange(len(TABLE)) % 4 == 0
    for name in ("self_vr", "replace_vr"):
        arms[name] = ArmTable.of(np.where(worse, 0, arms[name].right[:, 0]))
    gain = effects.gain(replace(TABLE, arms=arms), "eyes")
    assert gain is not None and gain.value == pytest.approx((EYES & ~KNOWLEDGE & ~REASONING & ~worse).mean())


def test_shapley_shares_and_what_both_leave_wrong_add_up_to_all_that_is_wrong() -> None:
    whole = effects.shapley(TABLE)
    assert whole is not None
    parts = [e.value for e in (whole.eyes, whole.knowledge, whole.reasoning)]
    assert sum(p for p in parts if p is not None) == pytest.approx((EYES | KNOWLEDGE | REASONING).mean())


def test_interaction_is_above_zero_where_both_stages_are_needed_and_below_where_either_mends() -> None:
    arms = {
        name: ArmTable.of(np.tile(right, 30))
        for name, right in {
            "baseline": [0, 1],
            "self_vr_kr": [0, 1],
            "replace_kr": [0, 1],
            "gold_vr_own_kr": [0, 1],
            "replace_vr_kr": [1, 1],
        }.items()
    }
    both = effects.shapley(Diagnosed.of(arms))
    assert both is not None and both.interaction.value == pytest.approx(0.5)
    arms |= {name: ArmTable.of(np.ones(60)) for name in ("replace_kr", "gold_vr_own_kr")}
    either = effects.shapley(Diagnosed.of(arms))
    assert either is not None and either.interaction.value == pytest.approx(-0.5)


def test_without_the_fourth_arm_there_are_no_shapley_shares() -> None:
    assert effects.shapley(table(EYES, KNOWLEDGE, REASONING, ("baseline", "self_vr_kr", "replace_kr"))) is None


def test_an_item_without_an_own_stage_is_in_no_effect_and_keeps_its_accuracy() -> None:
    status = np.where(np.arange(10) < 2, 0, STATUS["ok"])
    arms = {
        "baseline": ArmTable.of(np.ones(10)),
        "self_vr": ArmTable.of(np.zeros(10), status=status),
        "replace_vr": ArmTable.of(np.ones(10)),
    }
    made = Diagnosed.of(arms)
    gain = effects.gain(made, "eyes")
    assert gain is not None and (gain.n, gain.value, gain.missing) == (8, 1.0, 0)
    assert effects.accuracy(made, "replace_vr").n == 10


def test_an_invalid_trace_is_not_right_and_stays_in_the_denominator() -> None:
    status = [STATUS["ok"]] * 3 + [STATUS["unusable"]]
    arm = ArmTable.of([1, 1, 1, 0], status=status, valid=[True, True, True, False])
    found = effects.accuracy(Diagnosed.of({"baseline": arm}), "baseline")
    assert (found.value, found.n, found.unusable) == (0.75, 4, 1)


def test_failed_requests_widen_a_gain_to_their_worst_and_best_case() -> None:
    arms = dict(TABLE.arms)
    status = np.where(np.arange(len(TABLE)) < 8, STATUS["request_failed"], STATUS["ok"])
    arms["replace_vr"] = ArmTable.of(arms["replace_vr"].right[:, 0], status=status)
    whole, less = effects.gain(TABLE, "eyes"), effects.gain(replace(TABLE, arms=arms), "eyes")
    assert whole is not None and less is not None and less.missing == 8
    assert less.low < whole.low and less.high > whole.high  # type: ignore[operator]


def test_the_share_of_missing_answers_at_which_a_figure_is_given_is_the_users() -> None:
    arms = dict(TABLE.arms)
    status = np.full(len(TABLE), STATUS["ok"])
    status[: len(TABLE) // 5] = STATUS["request_failed"]
    arms["replace_vr"] = ArmTable.of(arms["replace_vr"].right[:, 0], status=status)
    usual, generous = (
        effects.gain(replace(TABLE, arms=arms, max_missing=most), "eyes") for most in (TABLE.max_missing, 0.3)
    )
    assert usual is not None and usual.value is None and usual.withheld
    assert generous is not None and generous.value is not None and generous.worst is not None


def test_wrong_to_right_and_right_to_wrong_stand_apart_where_they_cancel() -> None:
    own, gold = np.tile([0.0, 1.0, 1.0, 1.0], 20), np.tile([1.0, 0.0, 1.0, 1.0], 20)
    made = Diagnosed.of({"baseline": ArmTable.of(own), "self_vr": ArmTable.of(own), "replace_vr": ArmTable.of(gold)})
    flows, gain = effects.flows(made, "eyes"), effects.gain(made, "eyes")
    assert flows is not None and gain is not None and gain.value == 0
    assert [f.value for f in flows] == [0.25, 0.25]


def test_an_open_answer_that_facts_cannot_decide_makes_a_gain_a_range() -> None:
    least, most = np.tile([0.0, 1.0], 20), np.tile([1.0, 1.0], 20)
    made = Diagnosed.of(
        {
            "baseline": ArmTable.of(most),
            "self_vr": ArmTable.of(np.zeros(40)),
            "replace_vr": ArmTable.of(least, right_most=most),
        }
    )
    gain = effects.gain(made, "eyes")
    assert gain is not None and gain.value is None and gain.span == (0.5, 1.0)


def test_gold_that_changes_nothing_where_the_own_stage_was_right_is_equivalent() -> None:
    found = effects.style(TABLE, "eyes")
    assert found is not None and found[0].value == 0 and found[1] == effects.EQUIVALENT


def test_gold_that_helps_where_the_own_stage_was_right_is_different_and_few_items_show_nothing() -> None:
    arms = dict(TABLE.arms)
    helped = np.arange(len(TABLE)) % 3 == 0
    arms["replace_vr"] = ArmTable.of(arms["replace_vr"].right[:, 0].astype(bool) | helped)
    arms["self_vr"] = ArmTable.of(arms["self_vr"].right[:, 0].astype(bool) & ~helped)
    found = effects.style(replace(TABLE, arms=arms), "eyes")
    assert found is not None and found[1] == effects.DIFFERENT
    few = effects.style(TABLE.at(np.arange(30)), "eyes")
    assert few is not None and few[1] == effects.NOT_SHOWN
