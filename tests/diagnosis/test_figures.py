"""All numbers of a diagnosis together."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests.conftest import REPO
from tests.diagnosis.simulated import table, wrong_stages

from auscult.analysis.joined import STATUS
from auscult.diagnosis.causes import causes
from auscult.diagnosis.diagnosis import Diagnosis, diagnosis_schema, read_diagnosis, write_diagnosis
from auscult.diagnosis.figures import Evidence, diagnose, first_named, item_causes
from auscult.diagnosis.table import ArmTable
from auscult.errors import UserError
from auscult.records import STAGES

TABLE = table(*wrong_stages())
FOUND = diagnose(TABLE, Evidence(judges={stage: f"judge of {stage}@1" for stage in STAGES}, rule="closed@1"))


def test_accuracies_if_stages_were_right_are_of_the_same_items_the_best_first() -> None:
    first, *rest = FOUND.of("if_right")
    assert first.group == "self_vr_kr" and [f.what for f in rest] == ["both", "eyes", "knowledge"]
    assert len({f.estimate.n for f in (first, *rest)}) == 1


def test_the_stage_with_the_greatest_loss_is_named_first() -> None:
    assert FOUND.first == "eyes"
    eyes, knowledge, reasoning = wrong_stages()
    assert first_named(table(knowledge, eyes, reasoning)) == "knowledge"
    assert first_named(table(reasoning, knowledge & eyes, eyes)) == "reasoning"
    default = ("baseline", "self_vr", "self_vr_kr", "replace_vr", "replace_kr", "replace_vr_kr")
    assert first_named(table(eyes, knowledge, reasoning, default)) == "eyes"


def test_a_model_without_an_error_has_no_stage_named() -> None:
    none = np.zeros(40, bool)
    assert first_named(table(none, none, none)) == ""


def test_gains_are_said_to_be_lower_bounds_where_following_was_not_measured() -> None:
    assert {f.remark for f in FOUND.of("gain")} == {"lower bound"}
    assert any("lower bounds" in remark for remark in FOUND.remarks)


def test_figures_name_the_instrument_that_they_were_measured_with() -> None:
    assert all(f.estimate.instrument == f"judge of {f.metric}@1" for f in FOUND.of("rate"))
    assert {f.estimate.instrument for f in FOUND.of("gain")} == {"closed@1"}
    assert all("ClinHallu" in f.estimate.instrument for f in FOUND.of("published"))


def test_answers_of_an_arm_are_counted_apart_by_what_came_of_them() -> None:
    status = [STATUS[s] for s in ("ok", "unusable", "unusable", "request_failed", "judge_unusable", "unread")] + [0]
    arm = ArmTable.of([1, 0, 0, 0, 0, 0, 0], status=status, valid=[True, False, True, False, True, True, False])
    found = diagnose(replace(TABLE.at(np.arange(7)), arms={"baseline": arm})).arm("baseline")
    assert found is not None
    assert (found.ok, found.invalid, found.unusable, found.request_failed) == (1, 1, 1, 1)
    assert (found.judge_unusable, found.unread, found.not_put) == (1, 1, 1)


def test_figures_by_tag_are_of_its_values_and_their_p_values_are_adjusted_together() -> None:
    tags = {"modality": tuple("CT" if n % 4 < 2 else "MR" for n in range(len(TABLE)))}
    found = diagnose(replace(TABLE, tags=tags))
    lines = found.of("tag", group="modality")
    assert {f.label for f in lines} == {"CT", "MR"}
    assert {f.metric for f in lines} == {"accuracy", "gain", "still wrong", "rate"}
    alone = diagnose(TABLE.at(np.array(tags["modality"]) == "CT")).one("gain", "knowledge")
    inside = next(f for f in lines if f.label == "CT" and f.metric == "gain" and f.what == "knowledge")
    assert alone is not None and inside.estimate.value == alone.estimate.value
    assert (inside.estimate.p_value or 0) >= (alone.estimate.p_value or 0)


def test_draws_that_differ_are_shown_by_arm() -> None:
    drawn = np.tile([[1, 1, 0, 1, 1], [1, 1, 1, 1, 1], [0, 0, 0, 0, 0], [1, 1, 1, 1, 1]], (50, 1))
    found = diagnose(
        replace(
            TABLE.at(np.arange(200)),
            arms={"baseline": ArmTable.of(drawn[:, 0]), "resample_baseline": ArmTable.of(drawn)},
        )
    )
    unstable = {f.metric: f.estimate.value for f in found.of("unstable")}
    assert unstable["unstable"] == 0.25 and unstable["flip"] == pytest.approx(0.25 * 2 * 0.8 * 0.2 * 5 / 4)


def test_knowledge_that_states_the_answer_is_leakage_and_its_items_are_left_out_of_a_second_gain() -> None:
    eyes, knowledge, reasoning = wrong_stages()
    stated = np.arange(400) % 5 == 0
    arms = dict(TABLE.arms) | {"text_question": ArmTable.of(np.zeros(400)), "text_gold_kr": ArmTable.of(stated)}
    found = diagnose(replace(TABLE, arms=arms))
    metrics = {f.metric: f.estimate for f in found.of("answerability", "knowledge")}
    assert metrics["leakage"].value == 0.2 and metrics["gain"].n == 320
    assert metrics["gain"].value == pytest.approx((knowledge & ~eyes & ~reasoning)[~stated].mean())


def test_causes_are_a_row_for_each_wrong_item() -> None:
    found = causes(TABLE)
    assert found is not None
    rows = list(item_causes(TABLE, found))
    assert len(rows) == found.wrong.sum()
    assert all(row.likeliest == "reasoning" for row in rows if row.reasoning > 0.9)


def test_a_diagnosis_comes_back_from_disk_as_it_was(tmp_path: Path) -> None:
    write_diagnosis(tmp_path / "diagnosis.json", FOUND)
    assert read_diagnosis(tmp_path / "diagnosis.json") == FOUND


def test_a_diagnosis_that_is_not_there_or_of_another_kind_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="not finished"):
        read_diagnosis(tmp_path / "diagnosis.json")
    (tmp_path / "diagnosis.json").write_text('{"items": "many"}', "utf-8")
    with pytest.raises(UserError, match="not a diagnosis of this version"):
        read_diagnosis(tmp_path / "diagnosis.json")


def test_the_published_schema_is_that_of_the_code() -> None:
    published = json.loads((REPO / "docs" / "schemas" / "diagnosis.schema.json").read_text("utf-8"))
    assert published == json.loads(json.dumps(diagnosis_schema())), "publish it anew: make schema"


def test_a_baseline_alone_is_diagnosed_as_far_as_it_goes() -> None:
    found = diagnose(replace(TABLE, arms={"baseline": TABLE.arms["baseline"]}))
    assert isinstance(found, Diagnosis) and not found.of("gain") and found.first == "" and found.of("rate")


def test_a_model_that_never_writes_a_trace_is_told_so_and_has_no_effects() -> None:
    status = np.full(len(TABLE), STATUS["unusable"])
    none = ArmTable.of(np.zeros(len(TABLE)), status=status, valid=np.zeros(len(TABLE), bool))
    unput = ArmTable.of(np.zeros(len(TABLE)), status=np.zeros(len(TABLE)))
    own = dict.fromkeys(("self_vr", "self_vr_kr", "replace_kr"), unput)
    found = diagnose(replace(TABLE, arms={"baseline": none, "replace_vr": none, "replace_vr_kr": none, **own}))
    assert not found.of("gain") and not found.of("if_right") and not found.of("cause") and found.first == ""
    assert any("no stages of its own" in remark for remark in found.remarks)
    valid = next(f for f in found.of("arm") if f.metric == "valid")
    assert valid.estimate.value == 0 and valid.estimate.n == len(TABLE)
