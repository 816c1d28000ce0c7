"""The certificate of stage judges: what is put, what it makes of judges of known error, and what it refuses."""

import ast
import re
from collections import Counter
from functools import cache
from pathlib import Path

import orjson
import pytest
from tests.certificates.progress import counted

import auscult
from auscult.certificates.judge import wordings as knowledge
from auscult.certificates.stage import StagePlan
from auscult.certificates.stage import put as origins
from auscult.certificates.stage.certificate import DECISIVE, Calibration
from auscult.certificates.stage.figures import YOUDEN, Judged
from auscult.certificates.stage.hand_written import by_hand
from auscult.certificates.stage.phantoms import about_phantoms
from auscult.certificates.stage.put import AFTER_WRONG_EYES, Put
from auscult.certificates.stage.reports import real_traces
from auscult.diagnosis.writing import known_of
from auscult.errors import UserError
from auscult.facts.traces import published_trace
from auscult.models.scripted import ERRORS
from auscult.records import STAGES, Certificate, Score, ScoreStatus
from auscult.runs.judging_options import JudgingOptions
from auscult.statistics.judged_rate import Known
from auscult.store.files import shipped_table

SOURCE = Path(auscult.__file__).parent
VISION, KNOWN, REASONING = STAGES
INSTRUMENTS = ("stage-vision", "stage-knowledge", "stage-reasoning")


@cache
def by_hand_put() -> list[Put]:
    return [put for half in ("held out", "development") for group in by_hand(half) for put in group]


@cache
def phantoms_put() -> list[Put]:
    return [put for group in about_phantoms(60, 0) for put in group]


def calibrated(judge: str, work: Path, **plan: object) -> Certificate:
    return Calibration(judge, StagePlan(**plan)).run(work, counted([]))  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Certificate]:
    judges = ("scripted:1,1", "scripted:0.9,0.9", "scripted:0.6,0.6")
    return {judge: calibrated(judge, tmp_path_factory.mktemp("stage")) for judge in judges}


def figure(certificate: Certificate, part: str, what: str, measure: str) -> dict[str, object]:
    return next(
        r for r in certificate.figures if (r["part"], r["what"], r["measure"], r["degree"]) == (part, what, measure, "")
    )


def test_a_perfect_judge_passes_and_one_that_guesses_does_not(certificates: dict[str, Certificate]) -> None:
    assert certificates["scripted:1,1"].passed is True
    assert certificates["scripted:0.6,0.6"].passed is False
    assert "Did not pass: 0 of 6" in certificates["scripted:0.6,0.6"].summary


@pytest.mark.parametrize("part", [origins.BY_HAND, origins.PHANTOMS])
@pytest.mark.parametrize("stage", STAGES)
def test_the_rates_of_a_scripted_judge_are_recovered(
    certificates: dict[str, Certificate], part: str, stage: str
) -> None:
    made, what = certificates["scripted:0.9,0.9"], stage.replace("_", " ")
    for measure, true in (("sensitivity", 0.9), ("specificity", 0.9), (YOUDEN, 0.8)):
        row = figure(made, part, what, measure)
        slack = 0.06  # a draw a stage: the interval holds the rate in 19 of 20 cells, and all of twelve are looked at
        assert row["low"] - slack <= true <= row["high"] + slack, row  # type: ignore[operator]
    assert figure(made, part, what, "decided")["value"] == 1


def test_verdicts_where_the_truth_is_known_are_kept_for_those_who_correct_by_them(
    certificates: dict[str, Certificate],
) -> None:
    made = certificates["scripted:0.9,0.9"]
    assert {(v["origin"], v["stage"]) for v in made.verdicts} == {(o, s) for o in DECISIVE for s in STAGES}
    assert set(known_of(made.verdicts, [f"{name}@1+scripted:0.9,0.9" for name in INSTRUMENTS])) == set(STAGES)
    for row in made.verdicts:
        known = Known.of(row["truth"], row["said"], row["clusters"], planted=row["planted"])
        shown = figure(made, row["origin"], row["stage"].replace("_", " "), "sensitivity")
        assert known.said[known.truth].mean() == pytest.approx(shown["value"]) or shown["label"]
    assert orjson.loads(orjson.dumps(made))["verdicts"][0]["truth"]


def test_the_certificate_that_comes_with_the_package_is_of_the_fact_checker_as_it_is() -> None:
    made = orjson.loads((SOURCE / "data" / "certificates" / "stage.json").read_bytes())
    assert made["instrument"] == Calibration("facts", StagePlan(parts=("hand-written",))).instrument, (
        "the fact checker judges stages otherwise now: make its certificate again, see docs/concepts/stage-judges.md"
    )
    assert {row["stage"] for row in made["verdicts"]} == set(STAGES)


def test_a_protocol_that_judges_no_stages_is_refused() -> None:
    with pytest.raises(UserError, match="judge protocol 'clinical' judges no stages"):
        Calibration("scripted:1,1", options=JudgingOptions(protocol="clinical"))


def test_fewer_than_a_hundred_wrong_stages_decide_nothing(tmp_path: Path) -> None:
    made = calibrated("scripted:1,1", tmp_path, scenes=5)
    assert made.passed is None and "Not decided" in made.summary
    assert figure(made, origins.PHANTOMS, "knowledge recall", "sensitivity")["label"] == "insufficient"


def test_without_a_decisive_part_nothing_is_decided(tmp_path: Path) -> None:
    assert calibrated("scripted:1,1", tmp_path, parts=("hand-written",)).passed is None


def test_what_is_for_development_is_put_by_name_alone(tmp_path: Path, certificates: dict[str, Certificate]) -> None:
    made = calibrated("scripted:1,1", tmp_path, parts=("development",))
    assert {r["part"] for r in made.figures} == {origins.BY_HAND_DEVELOPMENT, "replies"} and made.passed is None
    assert origins.BY_HAND_DEVELOPMENT not in {r["part"] for r in certificates["scripted:1,1"].figures}


def test_what_the_judge_leaves_open_or_cannot_read_is_not_decided() -> None:
    puts = by_hand_put()[:4]
    values = ({"hallucinated": 1.0}, {"hallucinated": 0.0}, {"hallucinated": 0.0, "hallucinated_at_most": 1.0}, {})
    status = ("ok", "ok", "ok", "unread")
    scores = [score(p, v, s) for p, v, s in zip(puts, values, status, strict=True)]
    judged = Judged(puts, scores, {})
    assert judged.decided == [1, 1, 0, 0] and judged.said == [1, 0, 0, 0]
    assert judged.missing == [False, False, False, True] and judged.unheard == [False] * 4


def score(put: Put, values: dict[str, float], status: ScoreStatus) -> Score:
    answer = put.subject.answer
    return Score(
        id=answer.id,
        answer_id=answer.id,
        item_id=answer.item_id,
        case_id=answer.case_id,
        scorer="stage-vision",
        version="1",
        status=status,
        values=values,
    )


def test_the_same_work_folder_asks_nothing_again(tmp_path: Path) -> None:
    first = calibrated("scripted:1,1", tmp_path, scenes=3)
    journal = sorted(p.stat().st_size for p in (tmp_path / "journal").rglob("*") if p.is_file())
    assert calibrated("scripted:1,1", tmp_path, scenes=3).figures == first.figures
    assert sorted(p.stat().st_size for p in (tmp_path / "journal").rglob("*") if p.is_file()) == journal


@pytest.mark.parametrize(
    ("judge", "plan", "words"),
    [
        ("scripted:1,1", {"parts": ("hands",)}, "--parts: 'hands' is unknown; known: labels"),
        ("scripted:1,1", {"parts": ("labels",)}, "nothing is put to the judge"),
        ("scripted:2,1", {}, "between 0 and 1"),
    ],
)
def test_what_cannot_be_put_is_refused_in_one_line(judge: str, plan: dict[str, object], words: str) -> None:
    with pytest.raises(UserError, match=re.escape(words)) as refused:
        Calibration(judge, StagePlan(**plan))  # type: ignore[arg-type]
    assert "\n" not in str(refused.value)


def test_every_stage_stands_in_a_valid_trace_and_says_what_was_planted() -> None:
    for put in (*by_hand_put(), *phantoms_put()):
        read = published_trace(put.subject.answer.trace)
        assert not read.invalid, put
        gold = getattr(put.subject.item.trace, put.stage)
        said = getattr(read.trace, put.stage)
        against_its_answer = put.kind == "answer against the reasoning"
        assert (said == gold) <= (not put.wrong or against_its_answer), put
        assert put.subject.item.tags[ERRORS] == str(int(bool(put.wrong))), put
        assert bool(put.degree) == bool(put.wrong), put


def test_the_held_out_half_has_a_hundred_wrong_and_right_stages_of_each_stage() -> None:
    counts = Counter((p.stage, p.wrong) for p in by_hand_put() if p.origin == origins.BY_HAND)
    assert all(counts[stage, wrong] >= 100 for stage in STAGES for wrong in (True, False)), counts


def test_a_wrong_visual_stage_of_a_phantom_leaves_the_other_stages_as_they_are() -> None:
    right = {(p.cluster, p.kind): published_trace(p.subject.answer.trace).trace for p in phantoms_put() if not p.wrong}
    for put in phantoms_put():
        if put.stage == VISION and put.wrong:
            said, plain = published_trace(put.subject.answer.trace).trace, right[put.cluster, "in other words"]
            assert (said.knowledge_recall, said.reasoning) == (plain.knowledge_recall, plain.reasoning)
            assert said.visual_recognition != plain.visual_recognition


def test_reasoning_that_follows_from_a_wrong_first_stage_is_right() -> None:
    after = [p for p in phantoms_put() if p.kind == AFTER_WRONG_EYES]
    assert len(after) > 30 and not any(p.wrong for p in after) and {p.stage for p in after} == {REASONING}


def test_phantoms_hold_slight_and_gross_errors_of_seeing_and_of_concluding() -> None:
    found = {(p.stage, p.degree) for p in phantoms_put() if p.wrong}
    assert found >= {(s, d) for s in (VISION, REASONING) for d in ("slight", "gross")} | {(KNOWN, "gross")}


def recorded(tmp_path: Path) -> tuple[Path, Path]:
    (tmp_path / "iu-reports").mkdir()
    report = '2,"There is a small left pleural effusion. No pneumothorax.","Small left pleural effusion."'
    (tmp_path / "iu-reports" / "indiana_reports.csv").write_text(f"uid,findings,impression\n{report}\n")
    trace = (
        "[Visual Recognition]\nThere is a small left pleural effusion.\n[Knowledge Recall]\nFluid sinks to the base.\n"
        "[Reasoning]\nSo there is one.\n[Answer] yes"
    )
    row = {"report": "2", "question": "Is there pleural effusion?", "reference": "yes", "trace": trace}
    file = tmp_path / "traces.jsonl"
    file.write_bytes(orjson.dumps(row) + b"\n")
    return file, tmp_path


def test_an_error_is_planted_into_what_a_real_model_said_that_it_saw(tmp_path: Path) -> None:
    file, data = recorded(tmp_path)
    (puts,) = real_traces(file, data, 0)
    written = [p for p in puts if p.origin == origins.REAL]
    assert [p.stage for p in written] == list(STAGES) and {p.wrong for p in written} == {None}
    planted = {p.kind: p for p in puts if p.origin == origins.REAL_PLANTED}
    assert {"presence flipped", "side swapped", "grade changed"} <= set(planted)
    assert "right pleural effusion" in planted["side swapped"].subject.answer.trace
    assert all(p.wrong and p.stage == VISION for p in planted.values())


def test_labels_of_a_real_models_stages_are_its_truth(tmp_path: Path) -> None:
    file, data = recorded(tmp_path)
    row = orjson.loads(file.read_bytes())
    file.write_bytes(orjson.dumps(row | {"wrong": {"visual_recognition": False, "reasoning": True}}))
    (puts,) = real_traces(file, data, 0)
    assert [p.wrong for p in puts if p.origin == origins.REAL] == [False, None, True]
    made = calibrated("scripted:1,1", tmp_path / "work", parts=("real-traces",), traces=file, data=data)
    assert not made.verdicts, "too few to free a rate of the judge's errors"
    assert figure(made, origins.REAL, "reasoning", "sensitivity")["hits"] == 1
    file.write_bytes(orjson.dumps(row | {"wrong": {"eyes": True}}))
    with pytest.raises(UserError, match=r"traces.jsonl: row 1: wrong is no table of stages"):
        list(real_traces(file, data, 0))


def test_a_trace_about_a_report_that_is_not_there_is_named(tmp_path: Path) -> None:
    file, data = recorded(tmp_path)
    file.write_text(file.read_text().replace('"report":"2"', '"report":"7"'))
    with pytest.raises(UserError, match=r"traces.jsonl: row 1: report '7' is not in"):
        list(real_traces(file, data, 0))
    with pytest.raises(UserError, match=r"the reports are not there; give --data"):
        list(real_traces(file, None, 0))


def test_what_plants_takes_nothing_from_the_judges_but_the_form_of_a_subject() -> None:
    for name in ("put", "hand_written", "phantoms"):
        tree = ast.parse((SOURCE / "certificates" / "stage" / f"{name}.py").read_text("utf-8"))
        taken = {
            f"{node.module}.{alias.name}"
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
        }
        assert {t for t in taken if t.startswith("auscult.scorers")} <= {"auscult.scorers.judges.Subject"}
        assert not {t for t in taken if t.startswith(("auscult.facts", "auscult.diagnosis"))}


def test_no_judge_and_no_lexicon_holds_six_words_in_a_row_of_what_is_planted() -> None:
    def rows(text: str) -> set[tuple[str, ...]]:
        words = re.findall(r"[a-z]+", text.casefold())
        return {tuple(words[n : n + 6]) for n in range(len(words) - 5)}

    folders = ("scorers/judges", "facts", "data/lexicons")
    files = [f for folder in folders for f in (SOURCE / folder).rglob("*") if f.suffix in (".txt", ".py", ".toml")]
    judges = "\n".join(f.read_text("utf-8") for f in files)
    own = str(shipped_table("certificates/stage/hand_written.toml")["case"])
    seen = str(shipped_table("phantoms/traces.toml")["finding"])
    planted = "\n".join((own, seen, str(knowledge.KNOWLEDGE)))
    assert len(rows(judges)) > 1000 and len(rows(planted)) > 2000
    assert not rows(judges) & rows(planted)
