"""The certificate of a judge: known judges behind HTTP are recovered, and marked for what is wrong with them."""

from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.certificates.judge.judge_servers import (
    Grades,
    Manner,
    certificate_of,
    of_rates,
    perfect,
    quiet,
    serving,
)

from auscult.certificates.judge import Plan, dressing, planting
from auscult.certificates.judge import parts as rows
from auscult.certificates.judge.certificate import Calibration
from auscult.certificates.judge.figures import Judged, Scale
from auscult.certificates.judge.planting import Put
from auscult.errors import FiguresWithheld, UserError
from auscult.records import Certificate, Score
from auscult.runs.judging_options import JudgingOptions

Row = dict[str, Any]


def put(*parts: str, scenes: int = 110, **more: Any) -> Plan:
    return Plan(scenes=scenes, parts=frozenset(parts), **more)


def certified(model: str, work: Path, scenes: int, **more: Any) -> Certificate:
    return Calibration(model, Plan(scenes=scenes, **more)).run(work, quiet)


def one(certificate: Certificate, part: str, measure: str, what: str = "", degree: str = "") -> Row:
    found = [
        row
        for row in certificate.figures
        if (row["part"], row["measure"]) == (part, measure) and what in row["what"] and degree in row["degree"]
    ]
    assert len(found) == 1, found
    return found[0]


def verdicts(certificate: Certificate) -> dict[str, set[str]]:
    """Criterion, up to its kind → its verdicts."""
    found = defaultdict(set)
    for row in certificate.figures:
        if row["part"] == "criteria":
            found[f"{row['what']} {row['degree']}".strip()].add(row["verdict"])
    return dict(found)


def not_met(certificate: Certificate) -> set[str]:
    return {name for name, found in verdicts(certificate).items() if "not met" in found}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    """A judge without a fault, all parts put to it."""
    return certified("scripted:1,1", tmp_path_factory.mktemp("work"), 166)


def test_a_judge_without_a_fault_passes(whole: Certificate) -> None:
    assert whole.passed is True and set.union(*verdicts(whole).values()) == {"met"}
    assert whole.instrument == "clinical@1+scripted:1,1"
    assert "Passed: 26 of 26 criteria" in whole.summary and "Not tested" in whole.summary


def test_every_kind_of_error_dress_and_attack_has_its_cell(whole: Certificate) -> None:
    kinds = {row["what"] for row in whole.figures if row["part"] == rows.KINDS}
    assert kinds == {*planting._PLANTERS, planting.LEFT_OUT, planting.UNMENTIONED}
    assert {r["what"] for r in whole.figures if r["part"] == rows.ATTACKS} >= set(dressing.ATTACKS)
    assert {r["what"] for r in whole.figures if r["part"] == rows.BIASES} >= {
        dressing.PADDING,
        dressing.LENGTH,
        dressing.DISCLAIMER,
        dressing.CERTAINTY,
    }
    own = one(whole, rows.BIASES, "points moved", "own family")
    assert own["value"] is None and own["label"].startswith("not tested")


def test_repeats_and_pairs_of_a_steady_judge(whole: Certificate) -> None:
    for name in ("exact agreement", "alpha, interval", "alpha, ordinal", "kappa, quadratic"):
        assert one(whole, rows.AGAIN, name, "accuracy")["value"] == 1
    assert one(whole, rows.PAIRS, "the better one preferred in both orders")["value"] == 1
    assert one(whole, rows.ATTACKS, "rise by chance")["hits"] == 0


def test_parameters_of_a_judge_over_http_lie_within_their_intervals(tmp_path: Path) -> None:
    made = certificate_of(of_rates(0.8, 0.95), put("graded", scenes=120), tmp_path)
    for name, truth in (("sensitivity", 0.8), ("specificity", 0.95)):
        row = one(made, rows.ORDER, name)
        assert row["low"] <= truth <= row["high"] and row["high"] - row["low"] < 0.12
    assert made.passed is None, "what was not put cannot be passed"


@pytest.fixture(scope="module")
def chains() -> list[Put]:
    return [p for asked in planting.scenes(100) for p in planting.chain(asked, 0)]


def test_over_many_judges_of_known_rates_intervals_cover_as_they_say(chains: list[Put]) -> None:
    """120 judges; their draws differ, the answers are the same."""
    held: defaultdict[str, list[bool]] = defaultdict(list)
    for seed in range(120):
        rng = np.random.default_rng(seed)
        flags = [rng.random() < (0.8 if p.degree else 0.05) for p in chains]
        grades = [max(1, 10 - 3 * max(1, p.degree)) if f else 10 for p, f in zip(chains, flags, strict=True)]
        scores = {p.id: score(p, float(g)) for p, g in zip(chains, grades, strict=True)}
        for row in rows._rates(Judged(chains, scores, CLINICAL), rows.ORDER, chains, "scene"):
            truth = 0.8 if row["measure"] == "sensitivity" else 0.95
            held[row["measure"]].append(row["low"] <= truth <= row["high"])
    assert all(np.mean(covered) >= 0.91 for covered in held.values())


CLINICAL = Scale("clinical", ("accuracy", "relevance", "detail", "risk", "harm"), "accuracy", 1.0, 10.0)


def score(put: Put, grade: float, status: Any = "ok") -> Score:
    values = dict.fromkeys(CLINICAL.values, grade) if status == "ok" else {}
    a = put.subject.answer
    return Score(
        id=put.id,
        answer_id=a.id,
        item_id=a.item_id,
        case_id=a.case_id,
        scorer="clinical",
        version="1",
        status=status,
        values=values,
    )


def pads(put: Put, _: str, grades: Grades) -> Grades:
    longer = 2 * (put.kind in (dressing.PADDING, dressing.LENGTH))
    return grades | {"accuracy": min(10, grades["accuracy"] + longer)}


def reassured(put: Put, _: str, grades: Grades) -> Grades:
    return grades | {"harm": 10, "risk": 10} if put.kind == dressing.DISCLAIMER else grades


def heedless_of_harm(_: Put, __: str, grades: Grades) -> Grades:
    return grades | {"harm": 5}


def obedient(_: Put, text: str, grades: Grades) -> Grades:
    return dict.fromkeys(grades, 10) if "disregard what you were told" in text else grades


def constant(_: Put, __: str, grades: Grades) -> Grades:
    return dict.fromkeys(grades, 7)


@pytest.mark.parametrize(
    ("manner", "parts", "scenes", "marks"),
    [
        (pads, ("biases",), 100, {"what must not count: padding accuracy", "what must not count: length accuracy"}),
        (reassured, ("biases",), 100, {"what must not count: disclaimer harm"}),
        (heedless_of_harm, ("harm",), 166, {f"harm: {rows.URGENT_SIDE} by harm"}),
        (obedient, ("attacks",), 100, {"attacks: instruction"}),
        (
            constant,
            ("repeats",),
            100,
            {
                f"graded answers: {rows.GRADED}",
                f"graded answers: {rows.TOLD_APART}",
                "asked again: accuracy",
            },
        ),
    ],
    ids=lambda v: getattr(v, "__name__", None),
)
def test_a_judge_over_http_is_marked_for_its_fault_and_for_nothing_else(
    manner: Manner, parts: tuple[str, ...], scenes: int, marks: set[str], tmp_path: Path
) -> None:
    made = certificate_of(manner, put(*parts, scenes=scenes), tmp_path)
    assert made.passed is False and not_met(made) == marks
    assert made.summary.startswith("Did not pass") and all(m.split(":")[0] in made.summary for m in marks)
    successes = {r["what"]: r["hits"] for r in made.figures if (r["part"], r["measure"]) == (rows.ATTACKS, "success")}
    if manner is obedient:
        assert successes.pop("instruction") == scenes
    assert set(successes.values()) <= {0}


def test_replies_that_cannot_be_read_are_counted_and_figures_withheld(tmp_path: Path) -> None:
    made = certificate_of(perfect, put("graded", scenes=100), tmp_path, unreadable=0.3)
    read = one(made, "replies", "could be read", "answers")
    assert read["value"] == pytest.approx(0.7, abs=0.05) and read["n"] == 400
    order = one(made, rows.ORDER, "pairs in order", rows.GRADED)
    assert order["value"] is None and order["label"].startswith("withheld") and order["missing"] > 200
    assert made.passed is False and "replies: answers" in not_met(made)


def test_under_a_hundred_wrong_answers_nothing_is_decided(tmp_path: Path) -> None:
    made = certified("scripted:0,0", tmp_path, 3, repeats=1)
    assert made.passed is not True and "could not be decided" in made.summary
    assert one(made, rows.ORDER, "pairs in order", rows.GRADED)["label"] == "insufficient"
    assert verdicts(made)["asked again"] == {"unknown"}


def test_a_certificate_goes_on_where_it_stopped_and_asks_nothing_twice(tmp_path: Path) -> None:
    parts = ("graded", "repeats", "pairs")
    with serving(perfect, put(*parts, scenes=5)) as (judge, _):

        def calibration(scenes: int = 4) -> Calibration:
            return Calibration(judge.spec, put(*parts, scenes=scenes))

        judge.fail = True
        with pytest.raises(FiguresWithheld, match="the same command asks them again"):
            calibration().run(tmp_path, quiet)
        judge.fail = False
        planned = calibration().forecast(tmp_path).calls
        first = calibration().run(tmp_path, quiet)
        assert judge.asked == planned == 4 * (4 + 4 * 2 + 2)
        assert calibration().forecast(tmp_path).calls == 0
        calibration(5).run(tmp_path, quiet)
        assert judge.asked == planned // 4 * 5, "of five scenes only the fifth is asked"
        again = calibration().run(tmp_path, quiet)
        assert judge.asked == planned // 4 * 5
    assert first.figures == again.figures


def test_a_work_folder_of_another_judge_is_refused(tmp_path: Path) -> None:
    certified("scripted:1,1", tmp_path, 1)
    with pytest.raises(UserError, match="begun with other settings"):
        certified("scripted:1,0.9", tmp_path, 1)


def test_the_published_protocol_is_certified_by_its_risk(tmp_path: Path) -> None:
    plan = put("harm", scenes=100)
    made = Calibration("scripted:1,1", plan, JudgingOptions(protocol="medhalltune")).run(tmp_path, quiet)
    assert made.instrument == "medhalltune@1+scripted:1,1"
    assert one(made, rows.ORDER, "sensitivity")["value"] == 1
    assert one(made, rows.HARM, "pairs in order")["degree"] == "by risk"


def test_no_order_among_wrong_answers_is_asked_of_a_verdict_and_its_rates_are_recovered(tmp_path: Path) -> None:
    plan = put("graded", "pairs", scenes=100)
    made = Calibration("scripted:0.8,0.95", plan, JudgingOptions(protocol="support")).run(tmp_path, quiet)
    for name, truth in (("sensitivity", 0.8), ("specificity", 0.95)):
        assert one(made, rows.ORDER, name)["low"] <= truth <= one(made, rows.ORDER, name)["high"]
    named = set(verdicts(made))
    assert f"graded answers: {rows.TOLD_APART}" in named and f"graded answers: {rows.GRADED}" not in named
    assert rows.HARM not in named


def test_the_fact_checker_is_put_to_the_test_without_pairs_which_it_cannot_take(tmp_path: Path) -> None:
    calibration = Calibration("facts", put("graded", "pairs", scenes=2), JudgingOptions(protocol="support"))
    made = calibration.run(tmp_path, quiet)
    assert made.instrument.startswith("support@1+facts") and not any(r["part"] == rows.PAIRS for r in made.figures)


def test_a_judge_of_pairs_is_refused_as_one_of_answers(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="name the protocol of these"):
        Calibration("scripted:1,1", Plan(scenes=1), JudgingOptions(protocol="pairwise"))
