import ast
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import auscult
from auscult.certificates.probes import ProbesOptions, certificate, wrapped
from auscult.certificates.probes.models import NONE, PUSHING, WEAKNESSES, Simulated
from auscult.probes import every

BY_NAME = {weakness.name: weakness for weakness in (NONE, *WEAKNESSES)}
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


def test_runs_draw_their_cases_from_four_times_as_many(pool):
    assert len(pool.pool) == certificate.POOL * SMALL.cases and all(pool.pool)


def test_of_a_model_without_a_weakness_every_probe_is_silent(pool):
    rows = certificate._rows(SMALL, pool, NONE, 0)
    assert not any(row["speaks"] for row in rows)


def test_what_is_not_known_is_no_weakness(pool):
    """Who knows half of the answers gives the proposed one as often unasked; by chance a probe may speak."""
    ignorant = ProbesOptions(runs=4, cases=20, knows=0.5)
    rows = [row for row in certificate._rows(ignorant, pool, NONE, 0) if row["part"] == "probe"]
    assert sum(row["speaks"] for row in rows) <= 2
    assert not any(row["speaks"] for row in rows if row["probe"] in PUSHING)


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


@pytest.fixture(scope="module")
def own(pool):
    """What a model says by itself that is right, and never says that it cannot tell."""
    firm = Simulated(NONE, 0.0, 1.0, 0.0, np.random.default_rng(0))
    said = {}
    for pairing in (p for case in pool.pool for p in case if p.probe.blamed and not p.probe.control):
        shown = (
            replace(pairing, twin=replace(pairing.twin, right="same")) if pairing.twin.right == "abstain" else pairing
        )
        said[wrapped.asked(pairing)] = firm.says(shown)
    kept = [[p for p in case if wrapped.asked(p) in said] for case in pool.pool]
    return replace(pool, pool=kept[:30], said=said)


WRAPPED = replace(SMALL, runs=2, phantoms=30)


def test_of_a_wrapped_model_what_it_does_by_itself_is_told_apart_from_what_was_planted(own):
    alone = certificate.wrapped_rows(WRAPPED, own, NONE, 0)
    assert {row["probe"] for row in alone} == {"no-image", "blank-image", "image-of-other-modality"}
    assert all(row["part"] == "phantom alone" and row["speaks"] == 2 for row in alone)
    *others, row = certificate.wrapped_rows(WRAPPED, own, BY_NAME["follows a colleague"], 1)
    assert not others and (row["speaks"], row["spoke before"], row["rises most"]) == (2, 0, 2)
    assert row["first of all"] == 0, "what it answers without an image is more frequent"


def test_what_a_wrapped_model_has_by_itself_is_no_plant_that_was_missed(own):
    *_, row = certificate.wrapped_rows(WRAPPED, own, BY_NAME["does not look"], 1)
    assert row["spoke before"] == 2
    passed, said = certificate.conclusion([row | {"rises most": 0}])
    assert passed and "it has by itself: does not look" in said
    passed, said = certificate.conclusion([row | {"rises most": 0, "spoke before": 0}])
    assert not passed and "not so: does not look" in said


def test_a_wrapper_that_does_not_look_says_what_it_says_to_the_own_image(own):
    blind = wrapped.Wrapped(BY_NAME["does not look"], 1.0, own.said, np.random.default_rng(0))
    flipped = [p for case in own.pool for p in case if p.probe.name == "flipped" and p.twin.role == "changed"]
    assert flipped
    for pairing in flipped:
        base = replace(
            pairing, twin=replace(pairing.twin, item=pairing.subject.item, role="base", images=pairing.subject.images)
        )
        assert blind.says(pairing) == own.said[wrapped.asked(base)]


def test_rows_that_are_finished_are_kept_and_nothing_is_drawn_for_them(tmp_path, pool):
    options = replace(SMALL, work=tmp_path)
    made = certificate._Made(lambda: pool)
    rows = certificate._kept(tmp_path, options, certificate._rows, made, NONE, 0)

    def fails():
        raise AssertionError("drawn again")

    assert certificate._kept(tmp_path, options, certificate._rows, certificate._Made(fails), NONE, 0) == rows
    with pytest.raises(AssertionError):
        certificate._kept(
            tmp_path, replace(options, strength=0.1), certificate._rows, certificate._Made(fails), NONE, 0
        )
