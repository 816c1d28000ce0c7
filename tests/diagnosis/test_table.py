"""The arms of a diagnosis in arrays."""

import numpy as np
import pytest

from auscult.analysis.joined import STATUS
from auscult.diagnosis.table import ArmTable, Diagnosed
from auscult.errors import UserError


def test_an_arm_of_plain_outcomes_is_put_valid_and_known() -> None:
    arm = ArmTable.of([1, 0, 1])
    assert arm.right.shape == (3, 1) and arm.draws == 1
    assert arm.put.all() and arm.valid.all() and not arm.missing.any()


def test_what_is_missing_or_was_not_put_has_no_value() -> None:
    arm = ArmTable.of([1, 1, 1], status=[STATUS["ok"], STATUS["request_failed"], 0])
    assert np.isnan(arm.right[:, 0]).tolist() == [False, True, True]
    assert arm.missing[:, 0].tolist() == [False, True, False] and arm.put.tolist() == [True, True, False]


def test_a_verdict_is_unheard_where_the_stage_was_written_and_nobody_judged_it() -> None:
    absent = np.array([False, True, False])
    arm = ArmTable.of([1, 0, 0], wrong={"reasoning": np.array([1.0, np.nan, np.nan])}, absent={"reasoning": absent})
    assert arm.unheard("reasoning").tolist() == [False, False, True]


def test_some_rows_of_a_diagnosis_keep_their_clusters_and_tags_together() -> None:
    table = Diagnosed.of(
        {"baseline": ArmTable.of([1, 0, 1])},
        ["a", "b", "b"],
        items=("x", "y", "z"),
        tags={"modality": ("CT", "MR", "")},
    )
    some = table.at(np.array([False, True, True]))
    assert some.items == ("y", "z") and some.clusters.tolist() == [0, 0] and some.tags == {"modality": ("MR", "")}
    assert some.arms["baseline"].right[:, 0].tolist() == [0, 1]


def test_arms_of_other_items_are_refused_with_their_counts() -> None:
    with pytest.raises(UserError, match="baseline 2, replace_vr 1"):
        Diagnosed.of({"baseline": ArmTable.of([1, 0]), "replace_vr": ArmTable.of([1])})


def test_a_diagnosis_without_a_baseline_is_refused() -> None:
    with pytest.raises(UserError, match="baseline"):
        Diagnosed.of({"replace_vr": ArmTable.of([1])})
