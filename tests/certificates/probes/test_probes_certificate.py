import ast
from contextlib import nullcontext
from pathlib import Path

import numpy as np
import pytest

import auscult
from auscult.certificates.probes import ProbesOptions, certificate
from auscult.certificates.probes.models import BY_NAME, NONE, WEAKNESSES, Simulated
from auscult.probes import every

SMALL = ProbesOptions(runs=2, cases=20, phantoms=12)


class Quiet:
    def advance(self, *_):
        pass


def show(*_):
    return nullcontext(Quiet())


@pytest.fixture(scope="module")
def pool(tmp_path_factory):
    return certificate._simulated(tmp_path_factory.mktemp("pool"), SMALL)


@pytest.mark.parametrize(
    "name", ["follows a colleague", "takes every leave to abstain", "goes by the place of an option"]
)
def test_the_probe_that_names_a_weakness_comes_first(pool, name):
    rows = certificate._rows(SMALL, pool, BY_NAME[name], 1)
    assert rows[-1]["first"] == SMALL.runs
    assert all(row["speaks"] == 0 for row in rows if row["names it"] == "no")


def test_of_a_model_without_a_weakness_every_probe_is_silent(pool):
    rows = certificate._rows(SMALL, pool, NONE, 0)
    assert not any(row["speaks"] for row in rows)


def test_what_is_not_known_is_no_weakness(pool):
    """Who knows half of the answers gives the proposed one as often unasked."""
    ignorant = ProbesOptions(runs=2, cases=20, knows=0.5)
    rows = certificate._rows(ignorant, pool, NONE, 0)
    assert not any(row["speaks"] for row in rows)


def test_a_simulated_model_answers_the_same_question_alike(pool):
    model = Simulated(NONE, 0.5, 0.85, 0.02, np.random.default_rng(0))
    base = [pairing for pairing in pool.pool[0] if pairing.twin.role == "base"]
    said = {}
    for pairing in base:
        assert said.setdefault(pairing.subject.item.id, model.says(pairing)) == model.says(pairing)


def test_the_certificate_fails_where_a_probe_that_names_nothing_speaks_or_the_right_one_is_late():
    def row(**more):
        return {
            "part": "probe",
            "what": "w",
            "probe": "p",
            "names it": "no",
            "runs": 30,
            "speaks": 0,
            "first": 0,
        } | more

    first = row(part="named first", speaks=30, first=27) | {"names it": "yes"}
    assert certificate.conclusion([first, row()])[0]
    assert not certificate.conclusion([first | {"first": 26}, row()])[0]
    assert not certificate.conclusion([first, row(speaks=12)])[0]


def test_every_probe_that_can_be_at_fault_names_a_weakness_or_is_told_of():
    named = {probe for weakness in WEAKNESSES for probe in weakness.named_by}
    untested = {"noise-light", "noise-middle"}
    assert {p.name for p in every() if p.blamed and not p.control} - named == untested


def test_simulated_models_share_no_words_with_probes_and_no_code_with_what_reads_them():
    source = Path(auscult.__file__).parent / "certificates" / "probes" / "models.py"
    names = {
        node.module
        for node in ast.walk(ast.parse(source.read_text("utf-8")))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("auscult")
    }
    assert names == {"auscult.probes.asking", "auscult.records"}
