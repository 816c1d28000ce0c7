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
from auscult.diagnosis.table import ArmTable, Diagnosed
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
    invalid = next(f for f in found.of("arm", group="baseline") if f.metric == "invalid")
    assert invalid.estimate.value == 1 and invalid.estimate.n == len(TABLE)


def skipping(table: Diagnosed, share: float, arms: tuple[str, ...] = ("replace_vr", "self_vr")) -> Diagnosed:
    """The same model, which writes no trace for a share of the items of some arms."""
    lost = np.arange(len(table)) < share * len(table)
    status = np.where(lost, STATUS["unusable"], STATUS["ok"])
    worse = {a: ArmTable.of(table.arms[a].right[:, 0] * ~lost, status=status) for a in arms}
    return replace(table, arms=dict(table.arms) | worse)


def without_gold_eyes(table: Diagnosed) -> Diagnosed:
    return replace(table, arms={name: arm for name, arm in table.arms.items() if name != "gold_vr_own_kr"})


def test_right_eyes_are_read_in_the_template_of_what_stands_beside_them_where_that_was_run() -> None:
    found = diagnose(skipping(TABLE, 0.54))
    eyes = found.one("if_right", "eyes")
    alone = next(f for f in found.of("arm", group="gold_vr_own_kr") if not f.metric)
    assert eyes is not None and eyes.group == "gold_vr_own_kr" and eyes.estimate.value == alone.estimate.value
    own, gain = found.one("if_right"), found.one("gain", "eyes", "gold_vr_own_kr")
    assert own is not None and gain is not None and own.estimate.value is not None
    assert gain.estimate.value == pytest.approx((eyes.estimate.value or 0) - own.estimate.value)


def test_where_one_given_stage_makes_invalid_traces_nothing_is_told_of_right_eyes_and_no_cause_is_inferred() -> None:
    found = diagnose(skipping(without_gold_eyes(TABLE), 0.54))
    eyes = found.one("if_right", "eyes")
    assert eyes is not None and eyes.estimate.value is None and eyes.remark == "not told"
    assert eyes.estimate.withheld.startswith("54 of 100 traces that go on from a given first stage lack a stage")
    assert found.first == "" and not found.of("cause")
    assert any("--arms default,gold_vr_own_kr tells" in remark for remark in found.remarks)
    knowledge = found.one("if_right", "knowledge")
    assert knowledge is not None and knowledge.estimate.value is not None


@pytest.mark.parametrize(("share", "arms", "told"), [
    (0.05, ("replace_vr", "self_vr"), True),
    (0.06, ("self_vr",), False),
    (0.06, ("replace_vr",), False),
    (0.06, ("self_vr_kr",), False),
    (0.3, ("replace_vr", "self_vr", "self_vr_kr"), True),
])  # fmt: skip
def test_five_points_of_invalid_traces_may_part_the_templates(share: float, arms: tuple[str, ...], told: bool) -> None:
    eyes = diagnose(skipping(without_gold_eyes(TABLE), share, arms)).one("if_right", "eyes")
    assert eyes is not None and (eyes.remark == "") is told and (eyes.group == "replace_vr")
    first = "from two given stages" if arms == ("self_vr_kr",) else "from a given first stage"
    assert told or f"6 of 100 traces that go on {first} lack" in eyes.estimate.withheld


def test_every_arm_says_how_many_of_its_traces_are_invalid() -> None:
    found = diagnose(skipping(TABLE, 0.25))
    shares = {f.group: f.estimate.value for f in found.of("arm") if f.metric == "invalid"}
    assert shares == dict.fromkeys(TABLE.arms, 0.0) | {"replace_vr": 0.25, "self_vr": 0.25}
