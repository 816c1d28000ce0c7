"""What people have labelled: published files are read as they are, and judged without a look at the labels."""

import csv
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.certificates.judge.judge_servers import certificate_of, perfect, quiet

from auscult.certificates.judge import Plan, labels
from auscult.certificates.judge import parts as rows
from auscult.certificates.judge.certificate import Calibration
from auscult.corpora import med_hallmark
from auscult.errors import UserError
from auscult.runs.judging_options import JudgingOptions

ONLY = frozenset({"labels"})


def medval_file(folder: Path, grades: list[str]) -> Path:
    """A made-up file of MedVAL-Bench's form."""
    path = folder / labels.MEDVAL / "test.csv"
    path.parent.mkdir(parents=True)
    columns = ["#", "id", "task", "input", "reference_output", "output", "physician_error_assessment"]
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, [*columns, "physician_risk_grade"])
        writer.writeheader()
        for n, grade in enumerate(grades):
            row = {c: f"{c} {n}" for c in columns} | {"task": "report2impression", "physician_risk_grade": grade}
            writer.writerow(row | ({"reference_output": ""} if n % 2 else {}))
    return path


def flaws_file(folder: Path, count: int, **changed: Any) -> Path:
    """A made-up file of Hidden-Flaws-GPT-4V's form; the picture is there, and is not read."""
    path = folder / labels.FLAWS / "data" / "train-00000-of-00001.parquet"
    path.parent.mkdir(parents=True)
    made = [
        {
            "image": {"bytes": b"\x89PNG", "path": None},
            "idx": n,
            "question": "Which sign is shown?",
            "choices": "A: one. B: another.",
            "image_comprehension": f"The picture {n} shows a sign.",
            "recall_of_mediacl_knowledge": f"Signs like {n} are known.",
            "step_by_step_reasoning": f"So it must be {n}.",
            "final_answer": "A: one",
            "final_correctness": n % 2,
            "image_correctness": float(n % 3 == 0),
            "recall_correctness": 1.0 if n % 4 else None,
            "reason_correctness": 0.5 if n % 5 == 0 else 1.0,
        }
        | changed
        for n in range(count)
    ]
    pq.write_table(pa.Table.from_pylist(made), path)
    return path


def hallmark_files(folder: Path, images: int) -> Path:
    """Made-up files of Med-HallMark's form: every image has an answer of each label, the last file only label 3."""

    def row(image: int, label: int, name: str) -> dict[str, Any]:
        known = f"\nground-truth: truth {image}" if label != 2 else ""
        told = (
            f"Rules.\n\nquestion: {name} {image}?\nMed-VLM answer: answer {label} of {image}{known}\n\nPlease judge so."
        )
        turns = [{"from": "human", "value": told}, {"from": "gpt", "value": "a class"}]
        return {"id": 1, "conversations": turns, "image": f"rad/synpic{image}.jpg", "classification_label": label}

    path = folder / labels.HALLMARK
    path.mkdir(parents=True)
    plain = [row(image, label, "Is it") for image in range(images) for label in range(6)]
    (path / "Conventional..json").write_text(json.dumps(plain))
    (path / "Counterfactual..json").write_text(json.dumps([row(n, 3, "Why is it") for n in range(images)]))
    return folder


def of_kinds(data: Path, judge: str, work: Path) -> dict[tuple[str, str, str], Any]:
    """Cells of a judge that names kinds, on made-up labels."""
    options = JudgingOptions(protocol="medihall")
    made = Calibration(judge, Plan(scenes=1, data=data, parts=ONLY), options).run(work, quiet)
    return {(r["what"], r["degree"], r["measure"]): r for r in made.figures if r["part"] in (rows.HALLMARK, "criteria")}


def test_answers_of_med_hallmark_come_with_their_kind_by_image_and_without_their_label(tmp_path: Path) -> None:
    found = labels.labelled(hallmark_files(tmp_path, 2))[labels.HALLMARK]
    assert [p.kind for p in found[:6]] == list(med_hallmark.CLASSES) and [p.degree for p in found[:6]] == [
        5,
        4,
        3,
        2,
        1,
        0,
    ]
    assert len(found) == 14 and {p.cluster for p in found} == {"synpic0.jpg", "synpic1.jpg"}
    assert found[0].subject.item.reference == "truth 0" and found[2].subject.item.reference == labels.NONE
    assert "catastrophic" not in str(found[0].subject.item.question + found[0].subject.case.annotation)


def test_a_judge_of_kinds_is_held_against_people_kind_by_kind_and_image_by_image(tmp_path: Path) -> None:
    data = hallmark_files(tmp_path, 120)
    like_people = of_kinds(data, "scripted:1,1", tmp_path / "one")
    assert like_people["all answers", "", "kappa, quadratic"]["value"] == 1
    assert like_people["all answers", "", "kappa, quadratic"]["clusters"] == 120
    assert like_people["people: Med-HallMark: all answers", "", "kappa, quadratic"]["verdict"] == "met"
    lenient = of_kinds(data, "scripted:0.6,1", tmp_path / "other")
    assert lenient["people: Med-HallMark: all answers", "", "kappa, quadratic"]["verdict"] == "not met"
    missed = lenient["catastrophic", "called correct", "share"]
    assert missed["low"] <= 0.4 <= missed["high"] and missed["hits"] == round(120 * missed["value"])
    assert lenient["called catastrophic", "", "called so by people"]["hits"] > 0
    assert ("catastrophic", "called minor", "share") not in lenient, "nothing was"
    assert lenient["all answers", "", "score less people's"]["low"] > 0, "too lenient"


def test_a_judge_of_grades_is_held_against_the_gravity_of_the_kinds(tmp_path: Path) -> None:
    plan = Plan(scenes=1, data=hallmark_files(tmp_path, 120), parts=ONLY)
    made = Calibration("scripted:1,1", plan).run(tmp_path / "work", quiet)
    found = [r for r in made.figures if r["part"] == rows.HALLMARK]
    assert [r["measure"] for r in found] == ["Kendall's tau-b", "area under the curve"]
    assert found[0]["value"] > 0.9
    assert found[1]["value"] == pytest.approx(0.9), "grades end at 1: three errors weigh as much as four"
    assert not any("Med-HallMark" in r["what"] for r in made.figures if r["part"] == "criteria")


def test_medval_rows_become_answers_with_the_physicians_grade(tmp_path: Path) -> None:
    found = labels.labelled(medval_file(tmp_path, ["1", "2.0", "Level 4 (High Risk)", "", "3"]).parents[1])[
        labels.MEDVAL
    ]
    assert [p.degree for p in found] == [0, 1, 3, 2]
    first = found[0].subject
    assert first.case.annotation == "input 0" and first.item.reference == "reference_output 0"
    assert first.answer.text == "output 0" and "impression" in first.item.question
    assert found[1].subject.item.reference == labels.NONE
    assert "physician" not in str((first.case.annotation, first.item.question, first.item.reference))


def test_a_medval_grade_that_is_none_of_four_is_named_with_its_row(tmp_path: Path) -> None:
    medval_file(tmp_path, ["1", "5"])
    with pytest.raises(UserError, match="row 3: physician_risk_grade is '5'"):
        labels.labelled(tmp_path)


def test_stages_of_a_rationale_become_answers_where_somebody_judged_them(tmp_path: Path) -> None:
    flaws_file(tmp_path, 12)
    found = labels.labelled(tmp_path)[labels.FLAWS]
    by_stage = {s: [p.degree for p in found if p.kind == s] for s in labels.STAGES}
    assert by_stage["image"] == [int(n % 3 != 0) for n in range(12)]
    assert by_stage["recall"] == [0] * 9, "three have no verdict"
    assert by_stage["reason"] == [int(n % 5 == 0) for n in range(12)], "half right is not right"
    references = {p.cluster: p.subject.item.reference for p in found}
    assert references["0"] == labels.NONE and references["1"] == "The answer is: A: one"


def test_files_of_another_form_are_refused_in_one_line(tmp_path: Path) -> None:
    path = flaws_file(tmp_path, 2)
    pq.write_table(pa.table({"idx": [1]}), path)
    with pytest.raises(UserError, match="no column 'question'"):
        labels.labelled(tmp_path)
    path.write_bytes(b"<html>")
    with pytest.raises(UserError, match="not a Parquet file"):
        labels.labelled(tmp_path)


def test_labelled_sets_of_made_up_rows_get_their_rows_and_too_few_read_insufficient(tmp_path: Path) -> None:
    medval_file(tmp_path, [str(1 + n % 4) for n in range(220)])
    flaws_file(tmp_path, 20)
    made = Calibration("scripted:1,1", Plan(scenes=1, data=tmp_path, parts=ONLY)).run(tmp_path / "work", quiet)
    cells = {(r["part"], r["what"], r["measure"]): r for r in made.figures}
    # a scripted judge takes off three points an error: grades 10, 7, 4, 1 and so the physician's order
    assert cells[rows.MEDVAL, "accuracy", "Kendall's tau-b"]["value"] == pytest.approx(1)
    assert cells[rows.MEDVAL, "accuracy", "area under the curve"]["value"] == 1
    assert 0 < cells[rows.MEDVAL, "harm", "kappa, quadratic"]["value"] < 1
    assert cells[f"{rows.FLAWS}: image", "wrong answers", "sensitivity"]["label"] == "insufficient"
    assert made.passed is None


def test_grades_are_binned_as_the_rubric_names_its_bands() -> None:
    from auscult.certificates.judge.figures import Judged, Scale

    judged = Judged([], {}, Scale("clinical", ("harm",), "harm", 1.0, 10.0))
    assert [rows._risk(g, judged) for g in (10, 9, 8, 7, 6, 5, 4, 1)] == [0, 0, 1, 1, 2, 2, 3, 3]


def test_medec_and_the_radiologists_sentences_over_http(shared_data: Path, tmp_path: Path) -> None:
    plan = Plan(scenes=1, data=shared_data, parts=ONLY)
    made = certificate_of(perfect, plan, tmp_path)
    cells = {(r["part"], r["what"]): r for r in made.figures}
    wrong, right = cells[rows.MEDEC, "wrong answers"], cells[rows.MEDEC, "right answers"]
    assert (wrong["n"], wrong["value"], right["n"], right["value"]) == (319, 1, 255, 1)
    assert cells[rows.MEDEC, "wrong sentence named first"]["value"] > 0.99
    assert [cells[rows.ENTAILMENT, k]["n"] for k in ("contradiction", "neutral", "entailment")] == [16, 32, 19]
    assert cells[rows.ENTAILMENT, "entailment"]["low"] is not None, "few, but with n and interval"


def test_rates_of_a_scripted_judge_are_recovered_on_medec(shared_data: Path, tmp_path: Path) -> None:
    plan = Plan(scenes=1, data=shared_data, parts=ONLY)
    made = Calibration("scripted:0.8,0.95", plan).run(tmp_path, quiet)
    cells = {(r["part"], r["measure"]): r for r in made.figures if r["what"].endswith("answers")}
    assert cells[rows.MEDEC, "sensitivity"]["low"] <= 0.8 <= cells[rows.MEDEC, "sensitivity"]["high"]
    assert cells[rows.MEDEC, "specificity"]["low"] <= 0.95 <= cells[rows.MEDEC, "specificity"]["high"]
