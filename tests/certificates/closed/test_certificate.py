import ast
import re
from dataclasses import replace
from pathlib import Path

import orjson
import pytest
from tests.certificates.premise.test_certificate import SOURCE, fragments
from tests.scorers.items import made_up

from auscult.certificates.closed import ClosedOptions, planting
from auscult.certificates.closed.certificate import certify, negation_rows, reference_rows
from auscult.certificates.closed.planting import planted
from auscult.errors import UserError
from auscult.scorers import Scorer, Verdict
from auscult.scorers.rules.closed import SCORER
from auscult.scorers.rules.pope import SCORER as POPE


def wordings() -> list[str]:
    tables = (planting._YES_NO, planting._CHOICE)
    return [wording for table in tables for rows in table.values() for _, wording in rows]


def reader(read) -> Scorer:
    """A reader of closed answers that reads what ``read(item, text)`` says; empty: nothing."""

    def rule(item, text):
        said = read(item, text)
        right = float(bool(said) and said.casefold() == item.reference.casefold())
        return Verdict(values={"correct": right}, parsed=said or "unclear", status="ok" if said else "unusable")

    return made_up(rule, "yes_no", "choice")


@pytest.fixture(scope="module")
def oracle():
    known = {(p.item.question, p.text): p.value for p in planted(0)}
    return reader(lambda item, text: known[item.question, text])


def figure(certificate, part, what, measure, degree=""):
    wanted = (part, what, measure, degree)
    return next(r for r in certificate.figures if (r["part"], r["what"], r["measure"], r["degree"]) == wanted)


def test_what_reads_every_answer_as_meant_passes(oracle):
    found = certify(ClosedOptions(), scorer=oracle)
    assert found.passed and found.figures[0]["value"] == 1.0 and found.figures[1]["value"] == 0.0
    assert figure(found, "beside published rules", "yes/no", "scored as it should be", "ours")["value"] == 1.0
    assert figure(found, "beside published rules", "yes/no", "ours minus this", "POPE")["low"] > 0


def test_what_reads_nothing_is_not_wrong_but_shows_that_it_reads_nothing():
    found = certify(ClosedOptions(), scorer=reader(lambda item, text: ""))
    with_a_value = figure(found, "planted answers", "yes/no", "read as meant", "with a value")
    assert found.figures[1]["value"] == 0.0 and with_a_value["value"] == 0.0
    assert figure(found, "planted answers", "yes/no", "read as meant", "without a value")["value"] == 1.0


def test_what_guesses_does_not_pass():
    found = certify(
        ClosedOptions(), scorer=reader(lambda item, text: "yes" if item.answer_type == "yes_no" else item.options[0])
    )
    assert found.passed is False
    assert figure(found, "planted answers", "yes/no", "read as something else", "without a value")["value"] == 1.0


def test_popes_rule_calls_every_undecided_answer_a_yes():
    undecided = [p for p in planted(0) if p.item.answer_type == "yes_no" and p.family == "undecided"]
    said = [POPE.rule(replace(p.item, reference="yes"), p.text).values["correct"] for p in undecided]
    assert len(undecided) == 40 and sum(said) > 20


def test_our_reader_errs_less_than_the_published_rules():
    found = certify(ClosedOptions())
    for what, rule in (("yes/no", "LLaVA-Med"), ("yes/no", "POPE"), ("choice", "MedTrinity-25M")):
        assert figure(found, "beside published rules", what, "ours minus this", rule)["low"] > 0
    assert found.passed and found.figures[1]["unit"] == "wording"


def test_answers_of_one_wording_are_one_cluster(oracle):
    found = certify(ClosedOptions(), scorer=oracle)
    assert found.figures[0]["clusters"] == len(wordings())


def test_the_same_seed_gives_the_same_certificate():
    letters = reader(lambda item, text: "yes" if len(text) % 2 else "")
    assert (
        certify(ClosedOptions(seed=3), scorer=letters).figures == certify(ClosedOptions(seed=3), scorer=letters).figures
    )
    assert [p.text for p in planted(3)] != [p.text for p in planted(4)]


def test_every_family_stands_for_several_wordings_and_no_slot_is_open():
    puts = list(planted(0))
    assert not [p.text for p in puts if re.search(r"\{[a-zA-Z]\}", p.text)]
    assert {p.value for p in puts if p.item.answer_type == "yes_no"} == {"yes", "no", ""}
    assert min(len({q.cluster for q in puts if q.family == p.family}) for p in puts) >= 2


def test_a_certificate_is_plain_values(oracle):
    assert len(orjson.loads(orjson.dumps(certify(ClosedOptions(), scorer=oracle)))["figures"]) > 40


def test_real_answers_and_sentences_are_read(shared_data):
    rows = reference_rows(SCORER, shared_data / "vqa-rad")
    yes_no = next(r for r in rows if (r["what"], r["measure"]) == ("yes/no", "read as the reference"))
    assert yes_no["n"] > 1300 and yes_no["value"] > 0.99 and yes_no["unit"] == "image"
    found = {
        (r["what"], r["measure"]): r for r in negation_rows(SCORER, shared_data / "negation-corpus/sentences.jsonl")
    }
    affirmed, negated = found["affirmed", "read as labelled"], found["negated", "read as labelled"]
    assert affirmed["n"] + negated["n"] == 636 and affirmed["unit"] == "record"
    assert affirmed["value"] > 0.8  # the corpus labels negation alone: a history and a condition are unclear here
    assert negated["value"] > 0.9
    assert found["affirmed", "read as something else"]["value"] < 0.05
    assert found["negated", "read as something else"]["value"] < 0.05


def test_without_data_only_planted_answers_are_put(tmp_path):
    found = certify(ClosedOptions(data=tmp_path), scorer=reader(lambda item, text: ""))
    assert {r["part"] for r in found.figures} == {"planted answers", "beside published rules"}


def test_a_damaged_data_set_is_said(tmp_path):
    (tmp_path / "negation-corpus").mkdir()
    (tmp_path / "negation-corpus" / "sentences.jsonl").write_text('{"sentence": "x"}\n')
    with pytest.raises(UserError, match="line 1"):
        certify(ClosedOptions(data=tmp_path), scorer=reader(lambda item, text: ""))


def test_planter_and_reader_share_no_code_and_no_wording():
    tree = ast.parse(Path(planting.__file__).read_text("utf-8"))
    imported = {n.module or "" for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
    assert not [name for name in imported if name.startswith(("auscult.scorers", "auscult.facts"))]
    files = list(SOURCE.glob("scorers/rules/**/*.py"))
    assert len(files) > 15
    text = " ".join(" ".join(re.findall(r"[a-z']+", f.read_text("utf-8").lower())) for f in files)
    assert not [f for f in fragments(wordings(), 4) if f" {f} " in f" {text} "]
