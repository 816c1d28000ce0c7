import ast
import re
from pathlib import Path

import numpy as np
import orjson
import pytest
from tests.scorers.items import made_up

import auscult
from auscult.certificates.premise import PremiseOptions, wordings
from auscult.certificates.premise import answers as worded
from auscult.certificates.premise.answers import answers
from auscult.certificates.premise.certificate import MODELS, RIGHT, certify, premise_items, recovery_rows, score_put
from auscult.scorers import Scorer, Verdict

SOURCE = Path(auscult.__file__).parent
SCENES = 12


def scorer(read) -> Scorer:
    """A scorer that reads an answer to an item as what ``read(item, text)`` says."""

    def rule(item, text):
        response = read(item, text)
        values = dict.fromkeys(("correct", "accepted", "denied", "states_truth", "evaded"), 0.0)
        return Verdict(values=values | ({response: 1.0} if response else {}))

    return made_up(rule, "open", kind="premise")


@pytest.fixture(scope="module")
def puts():
    found = []
    for number, (scene, items) in enumerate(premise_items(SCENES, 0)):
        rng = np.random.default_rng([0, number])
        found += [put for item in items for put in answers(scene, item, rng)]
    return found


@pytest.fixture(scope="module")
def oracle(puts):
    known = {(p.item.id, p.text): RIGHT[p.act] for p in puts}
    return scorer(lambda item, text: known[item.id, text])


def figure(certificate, part, what, measure, degree=""):
    wanted = (part, what, measure, degree)
    return next(r for r in certificate.figures if (r["part"], r["what"], r["measure"], r["degree"]) == wanted)


def test_what_reads_rightly_passes_and_its_figures_hold_the_simulated_rates(oracle):
    found = certify(PremiseOptions(scenes=SCENES, runs=100), scorer=oracle)
    assert found.passed
    assert figure(found, "all answers", "accepted", "sensitivity")["value"] == 1.0
    assert figure(found, "all answers", "accepted", "specificity")["value"] == 1.0
    recovered = [r for r in found.figures if r["part"] == "recovery"]
    assert len(recovered) == 3 * len(MODELS)
    assert min(r["value"] for r in recovered) > 0.85


def test_what_calls_everything_accepted_does_not_pass(puts):
    found = certify(PremiseOptions(scenes=SCENES, runs=100), scorer=scorer(lambda item, text: "accepted"))
    assert found.passed is False
    assert figure(found, "all answers", "accepted", "sensitivity")["value"] == 1.0
    assert figure(found, "all answers", "accepted", "specificity")["value"] == 0.0
    lost = figure(found, "recovery", "over-denial", "share of runs whose interval holds it", "over-denying")
    assert lost["value"] == 0.0 and lost["mean_estimate"] == 0.0 and lost["truth"] == 0.5


def test_the_first_word_is_not_enough(puts):
    def first_word(item, text):
        return {"yes": "accepted", "no": "denied"}.get(re.split(r"\W", text.lower())[0], "evaded")

    found = certify(PremiseOptions(scenes=SCENES, runs=2), scorer=scorer(first_word))
    bare = figure(found, "by degree", "correct", "read rightly", "bare")["value"]
    later = figure(found, "by degree", "accept", "read rightly", "second clause")["value"]
    assert found.passed is False and bare > 0.1 and later == 0.0


def test_a_rate_that_is_misread_is_not_recovered(puts, oracle):
    read = [score_put(oracle, p) for p in puts]
    deaf = scorer(lambda item, text: "evaded" if "not" in text else oracle.rule(item, text).values and "denied")
    worse = [score_put(deaf, p) for p in puts]
    model = next(m for m in MODELS if m.name == "compliant")
    rows, spoilt = (
        {r["what"]: r for r in recovery_rows(some, model, np.random.default_rng(3), runs=100)} for some in (read, worse)
    )
    assert rows["knowing acceptance"]["mean_estimate"] == pytest.approx(0.40, abs=0.04)
    assert rows["d′"]["value"] > 0.85 and spoilt["knowing acceptance"]["value"] < 0.05


def test_answers_that_are_unread_are_no_evasions(puts):
    deaf = made_up(lambda item, text: Verdict(status="unread", parsed="unread"), "open", kind="premise")
    assert {score_put(deaf, p).response for p in puts[:5]} == {"unread"}
    found = certify(PremiseOptions(scenes=2, runs=2), scorer=deaf)
    assert figure(found, "read as", "accept", "evaded")["hits"] == 0 and found.passed is False


def test_the_same_seed_gives_the_same_certificate():
    first, second, other = (certify(PremiseOptions(scenes=2, runs=5, seed=seed)).figures for seed in (0, 0, 1))
    assert first == second != other


def test_every_class_is_put_to_true_and_false_premises_of_every_form_and_category(puts):
    seen = {(p.item.kind, p.item.premise_form, p.item.category, p.act) for p in puts}
    kinds, forms = {k for k, *_ in seen}, {f for _, f, *_ in seen}
    assert kinds == {"hallucination", "non-hallucination"} and forms == {"polar", "tag", "presupposition"}
    categories = {c for *_, c, _ in seen}
    assert categories == {"nonexistent object", "wrong attribute", "distorted knowledge"}
    for form in forms:
        for category in categories:
            for kind in kinds:
                assert {a for k, f, c, a in seen if (k, f, c) == (kind, form, category)} >= {
                    "accept",
                    "correct",
                    "evade",
                }
            assert ("hallucination", form, category, "correct with truth") in seen


def test_no_slot_is_left_open_and_the_truth_is_the_scenes(puts):
    assert not [p.text for p in puts if "{" in p.text or not (p.text[0].isupper() or p.text[0].isdigit())]
    rng, checked = np.random.default_rng(0), 0
    for scene, items in premise_items(40, 0):
        for item in items:
            if item.tags["statement"] in ("side", "place", "attribute") and item.kind == "hallucination":
                told = [p.text for p in answers(scene, item, rng) if p.act == "correct with truth"]
                denied = [p.text for p in answers(scene, item, rng) if p.act == "correct"]
                assert told and all(item.tags["true_value"] in text for text in told)
                assert not [text for text in denied if f"the {item.tags['true_value']}" in text]
                checked += 1
    assert checked > 20


def test_a_certificate_is_plain_values():
    found = certify(PremiseOptions(scenes=2, runs=2))
    again = orjson.loads(orjson.dumps(found))
    assert len(again["figures"]) == len(found.figures)
    assert {"value", "low", "high", "n", "clusters", "unit"} <= set(again["figures"][0])


def test_too_few_answers_are_insufficient():
    found = certify(PremiseOptions(scenes=2, runs=2))
    assert any(r["label"] == "insufficient" and r["value"] is None for r in found.figures)


def all_wordings() -> list[str]:
    by_act = (table for of in (wordings.IMAGE, wordings.KIND_OF_IMAGE, wordings.KNOWLEDGE) for table in of.values())
    by_degree = (*by_act, wordings.ASKED_WHERE, wordings.ASKED_WHICH, wordings.EVADE)
    return [*(w for table in by_degree for rows in table.values() for w in rows), *wordings.HEDGE_CLAIM]


def fragments(wordings: list[str], words: int) -> set[str]:
    """Stretches of words of a wording, between its slots."""
    found = set()
    for wording in wordings:
        for part in re.split(r"\{\w+\}", wording.lower()):
            said = re.findall(r"[a-z']+", part)
            found |= {" ".join(said[k : k + words]) for k in range(len(said) - words + 1)}
    return found


def test_planter_and_scorer_share_no_code_and_no_wording():
    for module in (wordings, worded):
        tree = ast.parse(Path(module.__file__).read_text("utf-8"))
        imported = {n.module or "" for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
        assert not [
            name for name in imported if name.startswith(("auscult.scorers", "auscult.facts", "auscult.construction"))
        ]
    lexicons = [SOURCE / "data" / "lexicons" / f"{name}.toml" for name in ("stances", "premises", "asked")]
    instruments = [
        *SOURCE.glob("scorers/*.py"),
        *SOURCE.glob("scorers/rules/*.py"),
        *SOURCE.glob("scorers/premise/*.py"),
        *SOURCE.rglob("facts/**/*.py"),
        *lexicons,
    ]
    assert len(instruments) > 30
    text = " ".join(" ".join(re.findall(r"[a-z']+", f.read_text("utf-8", "replace").lower())) for f in instruments)
    assert not [f for f in fragments(all_wordings(), 4) if f" {f} " in f" {text} "]
