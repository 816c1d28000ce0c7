"""What plants wrong pairs knows nothing of what refuses them, and plants what it says it plants."""

import json
import re
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

import pytest
from tests.certificates.facts.test_planting import imported, plain, texts_of

import auscult
from auscult.certificates.quality import QualityOptions, sets
from auscult.certificates.quality.hand_written import FILES
from auscult.certificates.quality.knowledge import known_statements, own_statements
from auscult.certificates.quality.pairs import ATTRIBUTE, COMPARISON, KINDS, KNOWLEDGE, Pair
from auscult.certificates.quality.truth import Claim, others, truth_of_report
from auscult.certificates.quality.words import Words, table, tellable
from auscult.records import Case

SOURCE = Path(auscult.__file__).parent
PLANTING = [SOURCE / "certificates" / "quality" / f"{name}.py" for name in ("truth", "words", "pairs", "knowledge")]
BY_HAND = {half: SOURCE / "certificates" / "quality" / name for half, name in FILES.items()}
HALF = ("development", "held_out")


def own_words() -> list[str]:
    """Templates, phrases and statements of the certificate, of more than a few words."""
    found = [p.partition("|")[2] for f in table()["finding"].values() for half in HALF for p in f[half]]
    for half in HALF:
        found += [t for kind in ("ask", "answer") for group in table()[half][kind].values() for t in group]
    found += [said for row in table()["knowledge"] for said in (row["true"], row["false"])]
    return [re.sub(r"\[[^]]*\]", "", t) for t in found]


@pytest.fixture(scope="module")
def asked() -> list[sets.Asked]:
    return list(sets.asked(sets.scenes(QualityOptions(scenes=120)), 0))


def by_hand(half: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in BY_HAND[half].read_text("utf-8").splitlines()]


@pytest.mark.parametrize("file", PLANTING, ids=lambda f: f.stem)
def test_what_plants_imports_nothing_of_what_refuses(file: Path) -> None:
    names = imported(file)
    assert not [n for n in names if n.startswith(("auscult.facts", "auscult.construction"))]
    assert "lexicon" not in file.read_text("utf-8")


def test_no_wording_is_known_to_what_refuses() -> None:
    known = texts_of(SOURCE / "facts", SOURCE / "construction", SOURCE / "data" / "lexicons")
    long = [plain(t) for t in own_words() if len(t.split()) > 5]
    assert len(known) > 10_000 and len(long) > 100
    assert not [t for t in long if t in known]


def test_no_hand_written_question_or_answer_is_known_to_what_refuses() -> None:
    known = texts_of(SOURCE / "facts", SOURCE / "construction")
    texts = [row[name] for half in FILES for row in by_hand(half) for name in ("question", "answer")]
    assert not [t for t in texts if len(t.split()) > 5 and plain(t) in known]


def test_the_statements_of_the_certificate_are_not_those_of_the_table() -> None:
    own, known = {s.true for half in HALF for s in own_statements(half)}, {s.true for s in known_statements()}
    assert len(own) >= 35 and len(known) >= 40
    assert not own & known


def test_the_halves_share_no_template() -> None:
    for kind in ("ask", "answer"):
        said = [{t for group in table()[half][kind].values() for t in group} for half in HALF]
        assert not said[0] & said[1]


def test_every_kind_of_error_is_planted(asked: list[sets.Asked]) -> None:
    found = Counter(p.error for a in asked for p in a.wrong)
    assert set(found) == set(KINDS) - {*KNOWLEDGE, COMPARISON}
    assert not [p for a in asked for p in a.right if p.error or p.degree]
    assert {p.degree for a in asked for p in a.wrong} == {1, 2, 3, 4}


def test_an_invented_finding_is_not_in_the_scene_and_a_denied_one_is(asked: list[sets.Asked]) -> None:
    for one in asked:
        there = {f.finding for f in one.truth.case.facts if f.presence == "present"}
        for pair in one.wrong:
            if pair.error in ("nonexistent object", "accepts a false premise", "about another image"):
                assert pair.about not in there, pair.item
            elif pair.error == "denies a true premise":
                assert pair.about in there, pair.item


def test_a_wrong_attribute_is_not_that_of_the_scene(asked: list[sets.Asked]) -> None:
    sides = [(one, p) for one in asked for p in one.wrong if p.error == "wrong side"]
    assert len(sides) > 50
    for one, pair in sides:
        true = next(f.side for f in one.truth.case.facts if f.finding == pair.about and f.presence == "present")
        assert not re.search(rf"\b{true}\b", pair.item.reference), pair.item


def test_a_right_attribute_is_that_of_the_scene(asked: list[sets.Asked]) -> None:
    for one in asked:
        for pair in one.right:
            if pair.item.category == "attributes" and pair.item.question.endswith("left or right?"):
                true = next(f.side for f in one.truth.case.facts if f.finding == pair.about)
                assert true in pair.item.reference, pair.item


def test_evidence_is_quoted_unless_it_is_made_up(asked: list[sets.Asked]) -> None:
    for one in asked:
        for pair in (*one.right, *(p for p in one.wrong if p.error in ATTRIBUTE)):
            assert pair.item.evidence in one.truth.case.annotation
        made_up = [p for p in one.wrong if p.error == "evidence made up"]
        assert not [p for p in made_up if p.item.evidence in one.truth.case.annotation]


def test_a_degree_says_how_far_off_an_attribute_is() -> None:
    claim = Claim(
        "nodule", side="left", place="upper lobe", grade="small", size="10 mm", scale=("small", "moderate", "large")
    )
    assert [(d, c.size) for d, c in others(claim, "size")] == [(1, "12 mm"), (2, "15 mm"), (3, "20 mm"), (4, "40 mm")]
    assert [(d, c.grade) for d, c in others(claim, "grade")] == [(2, "moderate"), (3, "large")]
    assert [(d, c.place) for d, c in others(claim, "place")] == [(3, "lower lobe")]
    assert [(d, c.side) for d, c in others(claim, "side")] == [(3, "right")]


def test_a_phrase_tells_what_its_claim_says() -> None:
    words = Words("held_out", Random(0))
    claim = Claim("pneumothorax", side="left", place="apex")
    assert not tellable(claim, "held_out")
    for _ in range(20):
        said = words.phrase(Claim("renal cyst", side="left"))["a"]
        assert "left" in said and said.startswith("a ")


def report(text: str) -> Case:
    return Case(id="r", source="iu-reports", source_key="2", annotation=text)


def test_a_report_is_used_where_it_speaks_plainly() -> None:
    found = truth_of_report(
        report("Findings: There is a small right apical pneumothorax. No edema.\nImpression: Normal heart."),
        "held_out",
        Random(0),
    )
    assert found is not None
    assert [(c.finding, c.side, c.grade) for c in found.present] == [("pneumothorax", "right", "small")]
    assert [c.finding for c in found.denied] == ["pulmonary edema"]
    assert "rib fracture" in found.silent and "cardiomegaly" not in found.silent


@pytest.mark.parametrize(
    "text",
    [
        "Findings: There may be a small left pleural effusion.",
        "Findings: No pleural effusion. Blunting of the left costophrenic angle suggests pleural fluid.",
        "Findings: Effusion has resolved.",
    ],
)
def test_what_a_report_hedges_or_contradicts_is_left_alone(text: str) -> None:
    found = truth_of_report(report(text), "held_out", Random(0))
    assert found is None or "pleural effusion" not in {c.finding for c in (*found.present, *found.denied)}


def test_reports_are_split_by_their_number() -> None:
    assert sets.in_half("17", "development") and not sets.in_half("17", "held_out")
    assert sets.in_half("18", "held_out") and not sets.in_half("18", "development")


@pytest.mark.parametrize("half", FILES)
def test_the_hand_written_pairs_are_enough_and_name_their_errors(half: str) -> None:
    rows = by_hand(half)
    wrong = [r for r in rows if r.get("error")]
    assert len(wrong) >= 150 and len(rows) - len(wrong) >= 150
    assert {r["error"] for r in wrong} <= set(KINDS)
    assert all(1 <= r["degree"] <= 4 for r in wrong) and sum(r["degree"] == 1 for r in wrong) <= len(wrong) / 10


def test_the_halves_share_no_pair_by_hand() -> None:
    own, held = ({(r["report"], r["question"], r["answer"]) for r in by_hand(half)} for half in FILES)
    assert not own & held


def test_a_set_holds_the_share_that_was_asked_for(asked: list[sets.Asked]) -> None:
    for share in (0.07, 0.2):
        pairs: list[Pair] = [p for a in asked for p in sets.planted(a.right, a.wrong, share, 0)]
        wrong = sum(bool(p.error) for p in pairs) / len(pairs)
        assert abs(wrong - share) < 0.02
        assert not [p for p in pairs if p.degree == 1]
