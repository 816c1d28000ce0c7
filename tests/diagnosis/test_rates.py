"""How often each stage is false."""

from dataclasses import replace

import numpy as np
import pytest
from tests.diagnosis.simulated import table, wrong_stages

from auscult.analysis.joined import STATUS
from auscult.diagnosis import rates
from auscult.diagnosis.table import ArmTable, Diagnosed
from auscult.statistics.judged_rate import LOWER_BOUND, Known

EYES, KNOWLEDGE, REASONING = wrong_stages(1_000)
TABLE = table(EYES, KNOWLEDGE, REASONING)


def test_unaided_rates_are_of_the_baseline_and_of_reasoning_on_right_stages() -> None:
    found = rates.unaided(TABLE)
    assert {what: e.value for what, e in found.items()} == {
        "eyes": EYES.mean(),
        "knowledge": KNOWLEDGE.mean(),
        "reasoning": REASONING.mean(),
    }


def test_a_stage_that_was_not_written_is_absent_and_no_false_one() -> None:
    wrong = np.array([1.0, 0.0, np.nan, np.nan])
    arm = ArmTable.of(
        [0, 1, 0, 0],
        status=[STATUS["ok"], STATUS["ok"], STATUS["unusable"], STATUS["ok"]],
        wrong={"knowledge_recall": wrong},
        absent={"knowledge_recall": np.array([False, False, True, False])},
    )
    made = Diagnosed.of({"baseline": arm})
    found, said = rates.rate(made, "baseline", "knowledge_recall"), rates.heard(made, "baseline", "knowledge_recall")
    assert found is not None and (found.n, found.missing, found.unjudged) == (2, 1, 1)
    assert said is not None and said.absent == 1


def test_what_a_judge_cannot_read_is_missing_and_one_more_thing_that_it_does_not_find() -> None:
    rng = np.random.default_rng(3)
    mute = rng.random(1_000) < 0.2  # of right and of wrong stages alike, here and where the truth is known
    said = np.where(mute, np.nan, EYES)
    arm = replace(ArmTable.of(~EYES, wrong={"visual_recognition": said}), illegible={"visual_recognition": mute})
    made = Diagnosed.of({"baseline": arm}, np.arange(1_000) // 2)
    found = rates.rate(made, "baseline", "visual_recognition")
    assert found is not None and found.value is None and (found.unread, found.unjudged) == (mute.sum(), 0)
    truth = np.arange(800) % 2 == 0
    known = Known.of(truth, np.where(rng.random(800) < 0.2, np.nan, truth), np.arange(800))
    freed = rates.corrected(made, "baseline", "visual_recognition", known)
    assert freed is not None and freed.missing == 0 and freed.low is not None and freed.high is not None
    assert freed.low < EYES.mean() < freed.high


def test_people_speak_for_what_the_judge_gets_wrong() -> None:
    rng = np.random.default_rng(2)
    said = np.where(EYES, rng.random(1_000) < 0.6, rng.random(1_000) < 0.2).astype(float)
    arm = ArmTable.of(~EYES, wrong={"visual_recognition": said})
    made = Diagnosed.of({"baseline": arm}, np.arange(1_000) // 2)
    people = np.where(rng.random(1_000) < 0.4, EYES.astype(float), np.nan)
    found = rates.with_people(made, "baseline", "visual_recognition", people)
    assert found is not None and found.low is not None and found.high is not None
    assert found.low < EYES.mean() < found.high and abs(said.mean() - EYES.mean()) < abs(1 - EYES.mean())
    few = np.where(np.arange(1_000) < 99, EYES.astype(float), np.nan)
    assert rates.with_people(made, "baseline", "visual_recognition", few) is None


def test_a_stage_that_nobody_judged_has_no_rate() -> None:
    assert rates.rate(TABLE, "self_vr", "knowledge_recall") is None
    assert rates.unaided(Diagnosed.of({"baseline": ArmTable.of([1, 0])})) == {}


def test_what_else_is_said_of_a_stage_is_a_mean_over_those_that_have_it_and_a_range_where_it_is_open() -> None:
    said = {"completeness": np.array([1.0, 0.5, np.nan, np.nan]), "factuality": np.array([1.0, 0.0, np.nan, 1.0])}
    said["factuality_at_most"] = np.array([1.0, 1.0, np.nan, 1.0])
    arm = replace(ArmTable.of(np.ones(4)), quality={"reasoning": said})
    found = rates.quality(Diagnosed.of({"baseline": arm}), "baseline", "reasoning")
    assert (found["completeness"].value, found["completeness"].n) == (0.75, 2)
    assert found["factuality"].span == pytest.approx((2 / 3, 1.0))


def test_a_judge_that_errs_is_corrected_for_and_the_rate_is_a_lower_bound_where_errors_were_planted() -> None:
    rng = np.random.default_rng(4)
    hear = lambda truth: np.where(truth, rng.random(len(truth)) < 0.8, rng.random(len(truth)) < 0.1)  # noqa: E731
    planted = np.arange(600) % 2 == 0
    known = Known.of(planted, hear(planted).astype(float), np.arange(600) // 2)
    arm = ArmTable.of(~EYES, wrong={"visual_recognition": hear(EYES).astype(float)})
    made = Diagnosed.of({"baseline": arm}, np.arange(1_000) // 2)
    found = rates.corrected(made, "baseline", "visual_recognition", known)
    assert found is not None and found.value == pytest.approx(EYES.mean(), abs=0.06) and LOWER_BOUND in found.note
