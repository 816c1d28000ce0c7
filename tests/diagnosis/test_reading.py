"""From the folder of a diagnosis to its arms in arrays, and to the figures in it."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import orjson
import pytest
from tests.diagnosis.made import Writer, rest, two_by_two

from auscult.analysis.joined import STATUS
from auscult.diagnosis import reading
from auscult.diagnosis.adoption import Adopted
from auscult.diagnosis.arms import GROUPS
from auscult.diagnosis.diagnosis import ItemCause, read_diagnosis
from auscult.diagnosis.examination import Examination
from auscult.diagnosis.reading import read
from auscult.diagnosis.settings import DiagnosisSettings
from auscult.diagnosis.writing import Given, evidence, known_of, write_figures
from auscult.errors import UserError
from auscult.records import STAGES, Call, Certificate, Item, Reply
from auscult.store.tables import RowWriter, read_rows

OWN = "I see a patch."


def finds_what_it_saw_wrong(call: Call) -> str:
    """A judge that calls the model's own visual recognition wrong, and nothing else."""
    candidate = call.messages[-1].text.rpartition("candidate")[0] and call.messages[-1].text
    stands = "contradicted" if OWN in candidate.rpartition("<candidate")[2] else "supported"
    stood = {"statement": "It is so.", "against": "the reference", "why": "It was read there.", "stands": stands}
    return orjson.dumps({"evidence": [stood], "verdict": stands}).decode()


def examined(tmp_path: Path, says: Callable[[Call], str | Reply] | None = None, arms: str = "default") -> Path:
    two_by_two(tmp_path / "items")
    settings = DiagnosisSettings(arms=arms)
    Examination(tmp_path / "items", Writer(says), Writer(finds_what_it_saw_wrong, name="judge"), settings).run(
        tmp_path / "out"
    )
    return tmp_path / "out"


def test_each_answer_stands_in_its_arm_and_row(tmp_path: Path) -> None:
    out = examined(tmp_path)
    table = read(out)
    items = list(read_rows(out / "items.parquet", Item))
    assert table.items == tuple(i.id for i in items) and tuple(table.arms) == GROUPS["default"]
    right = [i.reference == "yes" for i in items]  # the model always says yes
    for arm in table.arms.values():
        assert arm.right[:, 0].tolist() == right and arm.valid.all() and arm.put.all()
    assert table.unit == "patient" and table.clusters.tolist() == [0, 0, 1, 1]
    assert table.tags["set"] == ("made",) * 4 and table.tags["answer type"] == ("yes_no",) * 4


def test_verdicts_are_of_the_stages_that_the_model_wrote(tmp_path: Path) -> None:
    table = read(examined(tmp_path))
    assert set(table.arms["baseline"].wrong) == set(STAGES)
    assert set(table.arms["replace_vr"].wrong) == set(STAGES[1:]) and set(table.arms["replace_kr"].wrong) == {STAGES[2]}
    assert not np.isnan(table.arms["baseline"].wrong[STAGES[0]]).any()


def test_a_model_that_stops_after_two_stages_is_invalid_and_leaves_arms_unput(tmp_path: Path) -> None:
    def stops(call: Call) -> str:
        text = rest(call.messages[-1].text)
        return text if "nodule, a?" not in call.messages[-1].text else text.partition("[Knowledge Recall]")[0] or text

    table = read(examined(tmp_path, stops))
    baseline, own = table.arms["baseline"], table.arms["self_vr_kr"]
    (row,) = np.flatnonzero(~baseline.valid[:, 0])
    assert baseline.right[row, 0] == 0 and baseline.status[row, 0] == STATUS["unusable"]
    assert baseline.absent["knowledge_recall"][row] and not own.put[row] and own.put.sum() == 3


def test_a_failed_request_is_missing_and_no_wrong_answer(tmp_path: Path) -> None:
    def fails(call: Call) -> str | Reply:
        text = call.messages[-1].text
        failed = "nodule, d?" in text and "finished" in text
        return Reply(failure="rejected", detail="no") if failed else rest(text)

    arm = read(examined(tmp_path, fails)).arms["replace_vr_kr"]
    assert arm.missing.sum() == 1 and np.isnan(arm.right[arm.missing]).all()


def test_the_figures_of_a_folder_are_kept_in_it_with_the_causes_of_its_items(tmp_path: Path) -> None:
    out = examined(tmp_path)
    found = write_figures(out)
    assert read_diagnosis(out / "diagnosis.json") == found
    assert {f.estimate.n for f in found.of("if_right")} == {4}
    causes = list(read_rows(out / "causes.parquet", ItemCause))
    assert len(causes) == 2 and all(c.reasoning > 0.5 for c in causes)  # no stage mends a model that always says yes
    assert all(f.estimate.instrument.startswith("stage-") for f in found.of("rate"))


def test_what_a_planted_error_entails_stands_with_its_arm_and_its_degree(tmp_path: Path) -> None:
    out = examined(tmp_path, arms="default,planted")
    items = [i.id for i in read_rows(out / "items.parquet", Item)]
    about = {"answer_id": "", "repeat": 0, "stage": STAGES[0], "text": "", "wrong": "", "entails": "no", "kind": "side"}
    with RowWriter(out / "adopted.parquet", Adopted) as writer:
        for own, said in ((False, 1.0), (True, 0.0)):
            for item, degree in zip(items[1:], ("gross", "subtle", "subtle"), strict=True):
                missing = degree == "gross"
                row = Adopted(
                    **about,  # type: ignore[arg-type]
                    item_id=item,
                    arm="planted_vr",
                    own=own,
                    degree=degree,
                    status="judge_unusable" if missing else "ok",
                    adopts=None if missing else said,
                    adopts_most=None if missing else said,
                )
                writer.write(row)
    arm = read(out).arms["planted_vr"]
    assert arm.adopts is not None and arm.adopts_own is not None and arm.degree == ("", "gross", "subtle", "subtle")
    assert np.isnan(arm.adopts[:2]).all() and arm.adopts[2:, 0].tolist() == [1, 1]
    assert arm.adopts_own[2:].tolist() == [0, 0]


def test_labels_of_people_are_kept_with_the_folder(tmp_path: Path) -> None:
    out = examined(tmp_path)
    (tmp_path / "said.csv").write_text("item,stage,hallucinated\na,visual_recognition,1\n", "utf-8")
    write_figures(out, Given(labels=tmp_path / "said.csv"))
    assert evidence(out).people[STAGES[0]].tolist()[0] == 1 and (out / "stage_labels.csv").exists()


def test_a_certificate_of_the_judge_corrects_its_rates_and_stays_with_the_folder(tmp_path: Path) -> None:
    out = examined(tmp_path)
    instrument = reading.instruments(out)[0][STAGES[0]]
    truth = [True, False] * 100
    row = {"origin": "x", "stage": STAGES[0], "instrument": instrument, "planted": True, "clusters": list(range(200))}
    made = Certificate(
        instrument="stage@1",
        subject="x",
        passed=True,
        figures=(),
        summary="x",
        verdicts=({**row, "truth": truth, "said": [float(t) for t in truth]},),
    )
    (tmp_path / "judge.json").write_bytes(orjson.dumps(made))
    found = write_figures(out, Given(certificates=(tmp_path / "judge.json",)))
    (line,) = found.of("corrected", "eyes")
    assert line.remark == "lower bound" and line.estimate.instrument == instrument
    assert write_figures(out).of("corrected") == found.of("corrected")


def test_what_a_user_gives_is_checked_before_anything_is_asked(tmp_path: Path) -> None:
    (tmp_path / "no.json").write_text("{}", "utf-8")
    with pytest.raises(UserError, match="no certificate"):
        Given(certificates=(tmp_path / "no.json",)).check()
    with pytest.raises(UserError, match="no such file"):
        Given(labels=tmp_path / "no.csv").check()


def test_a_folder_that_is_no_diagnosis_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="manifest"):
        read(tmp_path)


def test_what_a_judge_said_of_known_stages_is_taken_from_peoples_labels_first() -> None:
    row = {"stage": STAGES[0], "instrument": "stage-vision@1", "clusters": list(range(40)), "truth": [True, False] * 20}
    planted = {**row, "planted": True, "said": [True, False] * 20}
    labelled = {**row, "planted": False, "said": [True, None] * 20}
    found = known_of([planted, labelled], ["stage-vision@1"])[STAGES[0]]
    assert not found.planted and found.youden == (1.0, 1.0)
    assert known_of([planted], ["stage-vision@1"])[STAGES[0]].planted
    assert known_of([planted, planted], ["stage-vision@1"])[STAGES[0]].clusters.max() == 79
    assert known_of([planted], ["stage-vision@2"]) == {}


def test_few_labels_do_not_stand_in_for_planted_errors() -> None:
    row = {"stage": STAGES[1], "instrument": "j@1", "clusters": list(range(40)), "truth": [True, False] * 20}
    few = {**row, "planted": False, "clusters": [1, 2], "truth": [True, False], "said": [True, True]}
    found = known_of([few, {**row, "planted": True, "said": [True, False] * 20}], ["j@1"])
    assert found[STAGES[1]].planted
