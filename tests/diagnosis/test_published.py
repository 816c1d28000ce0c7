"""ClinHallu's figures, as its released code makes them."""

import csv
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest

from auscult.analysis.joined import STATUS
from auscult.diagnosis.published import accuracy, deltas, macro, published, published_findings, step_rate
from auscult.diagnosis.table import ArmTable, Diagnosed

AVERAGE, VQA_RAD, RECORDS = "average", "VQA-RAD", 337
CELLS = ("Acc", "H^V", "H^K", "H^R")


def cells() -> dict[str, dict[str, dict[str, float]]]:
    """Model → set → name of the figure → percent, as published (README of the released code)."""
    made: dict[str, dict[str, dict[str, float]]] = defaultdict(dict)
    with (Path(__file__).parent / "clinhallu_published.tsv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            made[row["model"]][row["set"]] = {name: float(row[name]) for name in CELLS}
    return made


def test_the_average_of_four_sets_is_the_published_one_in_all_44_cells() -> None:
    checked = 0
    for by_set in cells().values():
        sets = {name: values for name, values in by_set.items() if name != AVERAGE}
        assert len(sets) == 4
        for name in CELLS:
            assert macro({of: values[name] for of, values in sets.items()}) == pytest.approx(
                by_set[AVERAGE][name], abs=0.06
            )
            checked += 1
    assert checked == 44


def records(events: int, wrong: str = "") -> ArmTable:
    """An arm of as many records as VQA-RAD has, of which so many are right, or hallucinated in a stage."""
    hit = np.arange(RECORDS) < events
    return ArmTable.of(hit if not wrong else ~hit, wrong={wrong: hit.astype(float)} if wrong else {})


def test_counts_of_vqa_rad_give_the_published_figures_of_every_model() -> None:
    steps = {"H^V": "visual_recognition", "H^K": "knowledge_recall", "H^R": "reasoning"}
    for model, by_set in cells().items():
        for name, percent in by_set[VQA_RAD].items():
            near = round(percent / 100 * RECORDS)
            made = [
                round(100 * (count.value or 0.0), 1)
                for events in (near - 1, near, near + 1)
                for count in [
                    accuracy(records(events))
                    if name == "Acc"
                    else step_rate(records(events, steps[name]), steps[name], name)
                ]
            ]
            assert percent in made, (model, name)


def test_the_counts_of_one_model_are_its_published_row() -> None:
    made = [
        accuracy(records(271)),
        step_rate(records(109, "visual_recognition"), "visual_recognition", "H^V"),
        step_rate(records(21, "knowledge_recall"), "knowledge_recall", "H^K"),
        step_rate(records(11, "reasoning"), "reasoning", "H^R"),
    ]
    assert [round(100 * (count.value or 0), 1) for count in made] == [80.4, 32.3, 6.2, 3.3]


def test_accuracy_leaves_out_what_step_rates_count_as_hallucinated() -> None:
    arm = ArmTable.of(
        [1, 0, 1, 0, 1],
        status=[STATUS["ok"], STATUS["ok"], STATUS["ok"], STATUS["unusable"], STATUS["judge_unusable"]],
        valid=[True, True, True, False, True],
        wrong={"reasoning": np.array([0.0, 1.0, 0.0, np.nan, np.nan])},
        absent={"reasoning": np.array([False, False, False, True, False])},
    )
    assert (accuracy(arm).events, accuracy(arm).of) == (2, 3)
    rate = step_rate(arm, "reasoning", "H^R")
    assert (rate.events, rate.of) == (3, 5)


def test_differences_are_unpaired_each_accuracy_over_its_own_denominator() -> None:
    valid = np.array([True, True, False, False])
    status = np.where(valid, STATUS["ok"], STATUS["unusable"])
    arms = {"baseline": ArmTable.of([1, 0, 0, 0]), "replace_vr": ArmTable.of([1, 1, 0, 0], status=status, valid=valid)}
    assert deltas(published(Diagnosed.of(arms))) == {"ΔV": 0.75}


def test_the_rate_of_eyes_is_the_baselines_by_another_name() -> None:
    verdicts = {"visual_recognition": np.array([1.0, 0.0, 0.0])}
    arms = {"baseline": ArmTable.of([1, 0, 1], wrong=verdicts), "replace_kr": ArmTable.of([1, 1, 1], wrong=verdicts)}
    with_its_own = published(Diagnosed.of(arms))["H^V"]
    arms["replace_kr"] = ArmTable.of([1, 1, 1])
    assert published(Diagnosed.of(arms))["H^V"] == with_its_own


def test_each_set_has_the_same_weight_in_the_average() -> None:
    made = Diagnosed.of({"baseline": ArmTable.of([1, 1, 1, 0])}, tags={"set": ("a", "a", "a", "b")})
    found = {(f.group, f.metric): f.estimate.value for f in published_findings(made)}
    assert found["", "Acc"] == 0.75 and found["average over sets", "Acc"] == 0.5


def test_every_figure_says_of_how_many_images_it_is() -> None:
    verdicts = {"visual_recognition": np.array([1.0, 0.0, 0.0, 0.0])}
    arms = {
        "baseline": ArmTable.of([1, 1, 1, 0], wrong=verdicts),
        "replace_vr": ArmTable.of([1, 0, 0, 0], valid=[True, True, True, False]),
    }
    made = Diagnosed.of(arms, np.array([0, 0, 1, 2]), tags={"set": ("a", "a", "a", "b")})
    found = {(f.group, f.metric): f.estimate.clusters for f in published_findings(made)}
    assert found["", "Acc"] == 3 and found["", "Acc replace_vr"] == 2 and found["", "H^V"] == found["", "ΔV"] == 3
    assert found["a", "Acc"] == 2 and found["b", "Acc replace_vr"] == 0 and found["average over sets", "Acc"] == 3


def test_a_run_without_a_valid_record_has_no_published_accuracy() -> None:
    arm = ArmTable.of([0, 0], status=[STATUS["unusable"]] * 2, valid=[False, False])
    assert accuracy(arm).value is None
