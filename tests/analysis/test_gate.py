"""Verdicts on runs worked out by hand: bounds are those of ``statistics.one_sided``, tested there."""

from dataclasses import replace
from pathlib import Path

import orjson
import pytest
from tests.analysis.gated import criteria, films, finished, on_images

from auscult.analysis.gate.decision import EXIT, Gate, as_json, decide
from auscult.analysis.gate.lines import Line
from auscult.errors import UserError
from auscult.records import Canary, Certificate, Score
from auscult.store.tables import read_rows, write_rows

INVENTIONS = "name = 'inventions'\nkind = 'inventions'\ntargets = ['pneumothorax']\nat_most = 0.05"
MISSES = "name = 'misses'\nkind = 'misses'\ntargets = ['pneumothorax']\nat_most = 0.05"
ACCURACY = "name = 'accuracy'\nkind = 'mean'\nat_least = 0.8"


@pytest.fixture
def gate(tmp_path: Path):
    def run(text: str, *sets: list, **about: object) -> Gate:
        folder = finished(tmp_path / "run", on_images(*sets), **about)
        return decide(criteria(tmp_path / "criteria.toml", text), folder)

    return run


def only(gate: Gate) -> Line:
    (decided,) = gate.decided
    (line,) = decided.lines
    return line


def no(n: int) -> str:
    return "No."


def wrong_on(*numbers: int, right: str = "No.", wrong: str = "Yes."):
    return lambda n: wrong if n in numbers else right


def test_no_invention_passes_from_the_image_on_where_the_rule_of_three_allows_it(gate) -> None:
    passed = only(gate(INVENTIONS, films(59, no)))
    assert passed.verdict == "PASS" and passed.value == 0 and passed.high == pytest.approx(1 - 0.05 ** (1 / 59))


def test_one_image_fewer_is_inconclusive_and_says_how_many_more_it_takes(gate) -> None:
    found = gate(INVENTIONS, films(50, no))
    line = only(found)
    assert found.verdict == line.verdict == "INCONCLUSIVE" and EXIT[found.verdict] == 6
    assert line.need == "about 9 more patients like these for a PASS"


def test_many_inventions_fail(gate) -> None:
    found = gate(INVENTIONS, films(60, wrong_on(*range(12))))
    line = only(found)
    assert line.verdict == found.verdict == "FAIL" and EXIT[found.verdict] == 5
    assert line.value == 0.2 and line.low is not None and line.low > 0.05 and not line.need


def test_an_observed_value_on_the_limit_cannot_be_decided_by_any_number(gate) -> None:
    assert only(gate(INVENTIONS, films(60, wrong_on(0, 1, 2)))).need.startswith("no number would do")


def test_inventions_and_misses_are_counted_apart(gate) -> None:
    sick = films(70, wrong_on(*range(30), right="Yes.", wrong="No."), reference="yes")
    found = gate(f"{INVENTIONS}\n[[criterion]]\nwhy = 'w'\n{MISSES}", films(70, no), sick)
    inventions, misses = found.decided
    assert inventions.verdict == "PASS" and inventions.lines[0].value == 0 and inventions.lines[0].n == 70
    assert misses.verdict == "FAIL" and misses.lines[0].value == pytest.approx(30 / 70)


def test_each_named_finding_must_hold_the_limit(gate) -> None:
    text = INVENTIONS.replace("['pneumothorax']", "['pneumothorax', 'fracture']")
    found = gate(text, films(60, no), films(60, wrong_on(*range(20)), target="fracture"))
    assert {line.label: line.verdict for line in found.decided[0].lines} == {"pneumothorax": "PASS", "fracture": "FAIL"}
    pooled = gate(text + "\npooled = true", films(60, no), films(60, wrong_on(*range(20)), target="fracture"))
    assert only(pooled).n == 120 and only(pooled).value == pytest.approx(20 / 120)


def test_a_named_finding_that_is_not_asked_about_is_no_pass(gate) -> None:
    found = gate(INVENTIONS.replace("['pneumothorax']", "['pneumothorax', 'tumour']"), films(60, no))
    assert [line.verdict for line in found.decided[0].lines] == ["PASS", "INCONCLUSIVE"]
    assert found.verdict == "INCONCLUSIVE"


def test_an_answer_that_says_neither_is_not_right(gate) -> None:
    unsure = films(60, wrong_on(*range(9), wrong="I cannot determine this."))
    line = only(gate(INVENTIONS, unsure))
    assert line.value == 0.15 and line.unusable == 9 and line.verdict == "FAIL"
    apart = only(gate(INVENTIONS + "\nunclear = 'apart'", unsure))
    assert apart.value == 0 and apart.n == 51


def test_missing_answers_are_the_worst_for_a_pass_and_the_best_for_a_fail(gate) -> None:
    line = only(gate(INVENTIONS, films(80, wrong_on(*range(12), wrong="!timeout"))))
    assert (line.missing, line.known, line.n) == (12, 68, 80)
    assert line.verdict == "INCONCLUSIVE" and line.low == 0 and line.high is not None and line.high > 0.15
    assert "12 missing answers" in line.need
    few = only(gate(INVENTIONS, films(300, wrong_on(0, wrong="!timeout"))))
    assert few.verdict == "PASS" and few.high is not None and few.high > 1 - 0.05 ** (1 / 300)


def test_every_value_of_a_tag_must_hold_the_limit(gate) -> None:
    text = ACCURACY + "\nby = ['sex']"
    asked = films(200, lambda n: "No." if n % 2 else ("No.", "Yes.")[n % 4 == 0], sex=lambda n: "F" if n % 2 else "M")
    lines = {line.label: line for line in gate(text, asked).decided[0].lines}
    assert {name: line.verdict for name, line in lines.items()} == {
        "all": "INCONCLUSIVE",
        "sex: F": "PASS",
        "sex: M": "FAIL",
    }
    assert lines["sex: M"].value == 0.5 and lines["sex: F"].n == 100


def test_a_small_subgroup_is_inconclusive_whatever_it_says(gate) -> None:
    asked = films(100, no, site=lambda n: "small" if n < 5 else "large")
    found = gate(ACCURACY + "\nby = ['site']", asked)
    assert found.verdict == "INCONCLUSIVE"
    assert found.decided[0].lines[2].need == "at least 20 patients (there are 5)"


def test_questions_without_the_tag_are_counted(gate) -> None:
    asked = films(100, no, sex="F") + films(0, no)
    found = gate(ACCURACY + "\nby = ['sex']", asked, films(30, no, target="fracture"))
    assert found.decided[0].notes == ("30 questions have no 'sex': in no group, only in all together",)


def test_a_tag_that_no_question_has_is_said_with_what_there_is(gate) -> None:
    need = only(gate(ACCURACY + "\nby = ['age']", films(60, no, sex="F"))).need
    assert need.startswith("no item has 'age'; there is:") and "sex" in need


def test_only_the_questions_of_where_are_counted(gate) -> None:
    asked = films(120, lambda n: "No." if n % 2 else "Yes.", sex=lambda n: "F" if n % 2 else "M")
    line = only(gate(ACCURACY + "\nwhere = { sex = 'F' }", asked))
    assert (line.n, line.value, line.verdict) == (60, 1.0, "PASS")


def test_a_gap_between_groups(gate) -> None:
    text = "name = 'fair'\nkind = 'gap'\nbetween = 'sex'\nat_most = 0.1"
    uneven = films(400, lambda n: "Yes." if n % 4 == 0 else "No.", sex=lambda n: "F" if n % 2 else "M")
    line = only(gate(text, uneven))
    assert line.label == "sex: F above M" and line.value == pytest.approx(0.5) and line.verdict == "FAIL"
    even = films(400, lambda n: "Yes." if n % 20 < 2 else "No.", sex=lambda n: "F" if n % 2 else "M")
    assert only(gate(text, even)).verdict == "PASS"
    few = films(60, lambda n: "Yes." if n % 10 < 2 else "No.", sex=lambda n: "F" if n % 2 else "M")
    assert "times as many patients in each for a PASS" in only(gate(text, few)).need


def test_failures_by_kind(gate) -> None:
    said = wrong_on(*range(6), wrong="!timeout")
    mixed = films(100, lambda n: "I cannot determine this." if 10 <= n < 20 else said(n))
    shares = {"request failed": 0.06, "unusable": 10 / 94, "refused": 10 / 94, "any": 0.16}
    for measure, share in shares.items():
        line = only(gate(f"name = 'f'\nkind = 'failures'\nmeasure = '{measure}'\nat_most = 0.2", mixed))
        whole = measure in ("any", "request failed")
        assert line.value == (pytest.approx(share) if whole else None) and line.n == 100
        assert (line.missing, line.known) == (6, 100 if whole else 94)


def unread(folder: Path, *numbers: int) -> None:
    """Makes some answers such that the reader could not tell what they say."""
    scores = list(read_rows(folder / "scores.parquet", Score))
    closed = [n for n, s in enumerate(scores) if s.scorer == "closed"]
    for n in numbers:
        scores[closed[n]] = replace(scores[closed[n]], status="unread", parsed="unread", values={})
    write_rows(folder / "scores.parquet", Score, scores)


def test_a_hedge_is_read_and_says_neither(gate) -> None:
    hedges = films(100, lambda n: "A pneumothorax is possible." if n % 4 == 0 else "No.")
    wrong = only(gate(INVENTIONS, hedges))
    assert (wrong.value, wrong.n, wrong.missing, wrong.unusable, wrong.unclear) == (0.25, 100, 0, 0, 25)
    apart = only(gate(INVENTIONS + "\nunclear = 'apart'", hedges))
    assert (apart.value, apart.n, apart.unclear) == (0, 75, 0)
    text = "name = 'a'\nkind = 'abstention'\ncoverage_at_least = 0.5\nrisk_at_most = 0.1"
    (decided,) = gate(text, hedges).decided
    assert [line.value for line in decided.lines] == [0.75, 0], "who hedges does not answer"


def test_unread_answers_are_a_failure_of_their_own_kind(tmp_path: Path) -> None:
    said = wrong_on(*range(6), wrong="!timeout")
    mixed = films(100, lambda n: "I cannot determine this." if 10 <= n < 20 else said(n))
    folder = finished(tmp_path / "run", on_images(mixed))
    unread(folder, *range(50, 58))
    # 6 failed, 10 refused, 8 unread: what is missing of another kind may be of this one, but for "any" and for requests
    shares = {
        "request failed": (0.06, 100),
        "unread": (None, 94),
        "unusable": (None, 86),
        "refused": (None, 86),
        "any": (0.24, 100),
    }
    for measure, (share, known) in shares.items():
        text = f"name = 'f'\nkind = 'failures'\nmeasure = '{measure}'\nat_most = 0.5"
        line = only(decide(criteria(tmp_path / f"{measure}.toml", text), folder))
        assert (line.value, line.known, line.n) == (share and pytest.approx(share), known, 100)
        assert (line.missing, line.unread, line.unusable) == (14, 8, 10), "what failed is told apart"


def test_unread_answers_are_the_worst_for_a_pass_and_the_best_for_a_fail(tmp_path: Path) -> None:
    folder = finished(tmp_path / "run", on_images(films(100, no)))
    assert only(decide(criteria(tmp_path / "c.toml", INVENTIONS), folder)).verdict == "PASS"
    unread(folder, *range(10))
    line = only(decide(criteria(tmp_path / "c.toml", INVENTIONS), folder))
    assert line.verdict == "INCONCLUSIVE" and (line.value, line.low, line.missing, line.unread) == (None, 0, 10, 10)
    assert line.high is not None and line.high > 0.1 and "the 10 missing answers" in line.need


def test_what_the_image_buys(gate) -> None:
    text = "name = 'image'\nkind = 'image'\nat_least = 0.1"
    seeing = films(60, lambda n: ("No.", "Yes." if n % 2 else "No."))
    line = only(gate(text, seeing))
    assert line.value == pytest.approx(0.5) and line.unit == "points" and line.verdict == "PASS"
    blind = films(60, lambda n: ("No.", "No."))
    assert only(gate(text, blind)).verdict == "FAIL"
    assert "no score of 'closed@5' under the image condition 'without'" in only(gate(text, films(60, no))).need


def test_abstention_without_samples_has_one_point(gate) -> None:
    text = "name = 'a'\nkind = 'abstention'\ncoverage_at_least = 0.7\nrisk_at_most = 0.1"
    asked = films(200, lambda n: "I cannot determine this." if n % 5 == 0 else "No.")
    (decided,) = gate(text, asked).decided
    coverage, risk = decided.lines
    assert (coverage.value, coverage.verdict) == (pytest.approx(0.8), "PASS")
    assert (risk.value, risk.n, risk.verdict) == (0, 160, "PASS")
    assert "one point" in decided.notes[0] and len(decided.curve) == 1


def test_abstention_by_agreement_takes_the_strictest_level_that_covers_enough(gate) -> None:
    text = "name = 'a'\nkind = 'abstention'\ncoverage_at_least = 0.6\nrisk_at_most = 0.1"
    sure, torn = ("No.", "No.", "No."), ("Yes.", "No.", "Yes.")
    asked = films(300, lambda n: (torn if n % 4 == 0 else sure,))
    (decided,) = gate(text, asked).decided
    assert [(p.threshold, p.coverage, p.risk) for p in decided.curve] == [
        (1.0, 0.75, 0.0),
        (pytest.approx(2 / 3), 1.0, pytest.approx(0.25)),
    ]
    coverage, risk = decided.lines
    assert coverage.value == pytest.approx(0.75) and risk.value == 0 and decided.verdict == "PASS"
    wide = gate(text.replace("0.6", "0.9"), asked).decided[0]
    assert wide.lines[1].value == pytest.approx(0.25) and wide.verdict == "FAIL"


@pytest.mark.parametrize(
    ("status", "verdict"),
    [("passed", "PASS"), ("failed", "FAIL"), ("inconclusive", "INCONCLUSIVE"), ("not_applicable", "INCONCLUSIVE")],
)
def test_the_canary_must_have_passed(gate, status: str, verdict: str) -> None:
    found = gate("name = 'c'\nkind = 'canary'", films(3, no), canary=Canary(status=status, detail="said"))
    assert found.verdict == verdict


def test_certificates_must_be_there_for_the_version_used_and_have_passed(gate) -> None:
    def certificate(name: str, passed: bool | None) -> Certificate:
        return Certificate(instrument=f"{name}, auscult 1", subject="s", passed=passed, figures=(), summary="said")

    text = f"{ACCURACY}\n[[criterion]]\nwhy = 'w'\nname = 'c'\nkind = 'certificates'"
    asked, cases = films(60, no), [("closed@5", True, "PASS"), ("closed@5", False, "FAIL"), ("closed@5", None, "FAIL")]
    for name, passed, verdict in [*cases, ("closed@1", True, "FAIL")]:
        there = (certificate(name, passed), certificate("auscult.statistics 1", True))
        lines = gate(text, asked, certificates=there).decided[1].lines
        assert {line.label: line.verdict for line in lines} == {"closed@5": verdict, "auscult.statistics": "PASS"}


def test_one_failure_fails_the_whole_and_json_says_everything(gate) -> None:
    found = gate(f"{INVENTIONS}\n[[criterion]]\nwhy = 'w'\n{ACCURACY}", films(70, wrong_on(*range(40))))
    plain = orjson.loads(as_json(found))
    assert plain["schema"] == "auscult.gate/1" and plain["verdict"] == "FAIL"
    assert plain["timing"]["status"] == "dated" and len(plain["criteria"]["sha256"]) == 64
    line = plain["decided"][0]["lines"][0]
    assert line["value"] == pytest.approx(4 / 7) and line["limit"] == 0.05 and line["good"] == "at most"


def test_a_limit_outside_the_scale_is_refused(gate) -> None:
    with pytest.raises(UserError, match="criterion 'accuracy': 80 is outside the scale"):
        gate(ACCURACY.replace("0.8", "80"), films(60, no))


def test_a_run_that_shows_only_that_the_loop_runs_is_refused(gate) -> None:
    with pytest.raises(UserError, match="shows only that the loop runs"):
        gate(ACCURACY, films(60, no), model={"spec": "phantom", "sees_only": "phantoms"})


def test_a_folder_that_is_no_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no run folder"):
        decide(criteria(tmp_path / "c.toml", ACCURACY), tmp_path / "nothing")


def test_a_scorer_that_nobody_knows_is_bad_criteria_and_one_that_did_not_run_is_inconclusive(gate) -> None:
    text = "name = 'mean'\nkind = 'mean'\nscorer = '{}'\nvalue = 'correct'\nat_least = 0.5"
    with pytest.raises(UserError, match="criterion 'mean': unknown scorer 'closd'; nearest known: closed"):
        gate(text.format("closd"), films(60, no))
    line = only(gate(text.format("number"), films(60, no)))
    assert line.verdict == "INCONCLUSIVE" and "no score of 'number'" in line.need


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ("value = 'corect'", "criterion 'mean': value: closed@.* has no 'corect'; did you mean 'correct'?"),
        ("where = { modalty = 'CT' }", "criterion 'mean': no item has 'modalty'; did you mean 'modality'?"),
        ("by = ['modalities']", "criterion 'mean': no item has 'modalities'; did you mean 'modality'?"),
    ],
)
def test_a_name_spelt_wrongly_is_bad_criteria_and_not_inconclusive(gate, keys: str, said: str) -> None:
    with pytest.raises(UserError, match=said):
        gate(f"name = 'mean'\nkind = 'mean'\nat_least = 0.5\n{keys}", films(60, no, modality="CT"))


def test_a_finding_that_no_question_is_about_says_which_findings_there_are(gate) -> None:
    with pytest.raises(UserError, match="finding 'pneumotorax'; did you mean 'pneumothorax'"):
        gate(INVENTIONS.replace("pneumothorax", "pneumotorax"), films(60, no))


def test_a_finding_that_is_nowhere_decides_nothing_and_names_those_that_are(gate) -> None:
    line = only(gate(INVENTIONS.replace("pneumothorax", "fracture"), films(60, no)))
    assert line.verdict == "INCONCLUSIVE" and "questions about fracture; known: pneumothorax" in line.need
