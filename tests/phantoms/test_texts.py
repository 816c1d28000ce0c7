"""What the texts say is checked against scenes with a vocabulary of the test's own, not with the facts reader."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.phantoms.scenes import CARDIOMEGALY, EFFUSION, NODULE, chest, some

from auscult.phantoms import texts
from auscult.phantoms.scene import KINDS, SceneFinding
from auscult.phantoms.texts import HELD_OUT, Statement, caption, facts_of, labels, report, statements
from auscult.records import Fact

SCENES = some(99) + some(45, "unseen")
WORDINGS = [0, 1, 2, 3, HELD_OUT, HELD_OUT + 1]
PLACES = {place for kind in KINDS.values() for place in kind.places}
GRADES = {"small": "small", "mild": "small", "moderate": "moderate", "large": "large", "marked": "large"}
LOOKS = ("ring-enhancing", "homogeneously enhancing", "non-enhancing")
DENIALS = r"\b(no|not|normal|clear|central|unremarkable|without|negative|neither|free|uniform|undisplaced|cannot)\b"


def all_statements() -> Iterator[Statement]:
    for scene in SCENES:
        for wording in WORDINGS:
            yield from statements(scene, wording)


def numbers(text: str) -> set[str]:
    return set(re.findall(r"\d+(?:\.\d+)?", re.sub(r"T[12]-weighted", "", text)))


def sizes(facts: tuple[Fact, ...]) -> set[str]:
    return {f"{f.size_mm:.0f}" for f in facts if f.size_mm is not None}


def test_a_report_states_every_fact_of_its_scene_and_no_other() -> None:
    for scene in SCENES:
        for wording in WORDINGS:
            stated = {f for s in statements(scene, wording) for f in s.facts}
            assert stated == set(facts_of(scene))


def test_sides_places_grades_and_looks_are_those_of_the_facts() -> None:
    for said in all_statements():
        present = [f for f in said.facts if f.presence == "present"]
        text = said.text.replace("right lobe", "RL").replace("left lobe", "LL")
        sides = {w for w in ("left", "right") if re.search(rf"\b{w}\b", text, re.I)}
        assert sides <= {f.side for f in present}, said
        places = {p for p in PLACES if p in said.text}
        assert places <= {f.place for f in present}, said
        attributes = {a for f in present for a in f.attributes}
        assert {grade for word, grade in GRADES.items() if re.search(rf"\b{word}\b", said.text, re.I)} <= attributes, (
            said
        )
        assert {look for look in LOOKS if look in said.text} <= attributes, said


def test_every_size_is_said_once_and_no_other_number_is() -> None:
    for scene in SCENES:
        ratios = {f"{f.size:.2f}" for f in scene.findings if not f.kind.unit}
        for wording in WORDINGS:
            said = [(numbers(s.text), s) for s in statements(scene, wording)]
            assert all(found <= sizes(s.facts) | ratios for found, s in said), said
            assert set.union(*(found for found, _ in said)) == sizes(facts_of(scene)) | ratios


def test_the_sentence_of_a_finding_names_side_place_and_size() -> None:
    for scene in SCENES:
        for wording in WORDINGS:
            for said in statements(scene, wording)[1:-1]:
                if said.facts[0].presence == "present":
                    (fact,) = said.facts
                    assert fact.side in said.text.lower() and fact.place in said.text.lower() and numbers(said.text)


def test_what_is_absent_is_denied_or_its_organ_called_normal_and_nothing_else_is() -> None:
    for scene in SCENES:
        for wording in WORDINGS:
            for said in statements(scene, wording)[1:-1]:
                absent = [f for f in said.facts if f.presence == "absent"]
                assert bool(absent) == bool(re.search(DENIALS, said.text, re.I)), said
                assert len({f.presence for f in said.facts}) == 1


def test_only_a_scene_without_findings_is_called_normal() -> None:
    normal = Fact(finding="normal study", presence="present")
    for scene in SCENES:
        assert (normal in facts_of(scene)) == (not scene.findings)
        assert ("present" in labels(scene).values()) == bool(scene.findings)


def test_a_caption_names_every_finding_with_its_side_and_place() -> None:
    for scene in SCENES:
        for wording in WORDINGS:
            text = caption(scene, wording).lower()
            for f in scene.findings:
                assert f.side in text and f.place in text
            assert not numbers(caption(scene, wording))
            assert ({w for w in GRADES if re.search(rf"\b{w}\b", text)}) <= {
                w for f in scene.findings for w, grade in GRADES.items() if grade == f.grade
            }


def test_taught_and_held_out_patterns_have_nothing_in_common() -> None:
    def pairs(table: object) -> Iterator[tuple[list[str], list[str]]]:
        if isinstance(table, dict):
            if "taught" in table:
                yield table["taught"], table["held_out"]
            for part in table.values():
                yield from pairs(part)

    found = list(pairs(texts.wordings()))
    assert len(found) > 50
    same = {word for taught, held in found for word in set(taught) & set(held)}
    assert same <= {"pneumothorax", "hydrocephalus"}, "names without a synonym"
    full = [
        t for t in (p for table in texts.wordings()["finding"].values() for p in table["taught"] + table["held_out"])
    ]
    assert len(full) == len(set(full))


def test_every_kind_of_finding_has_wordings_and_an_organ() -> None:
    assert set(texts.wordings()["finding"]) == set(KINDS)
    assert sorted(k for organ in texts.wordings()["organ"].values() for k in organ["kinds"]) == sorted(KINDS)


def test_a_wording_is_always_the_same_and_wordings_differ() -> None:
    scene = chest(EFFUSION, NODULE, CARDIOMEGALY)
    assert report(scene, 11) == report(scene, 11)
    assert len({report(scene, w) for w in range(60)}) > 50
    assert len({caption(scene, w) for w in range(60)}) > 10
    assert not {report(scene, w) for w in range(60)} & {report(scene, HELD_OUT + w) for w in range(60)}


def test_reports_and_captions_are_short() -> None:
    taught = [len(report(s, i).split()) for i, s in enumerate(SCENES[:99])]
    assert 25 < sum(taught) / len(taught) < 50
    assert max(len(caption(s, i).split()) for i, s in enumerate(SCENES[:99])) < 45


def test_a_ratio_is_no_size_in_millimetres() -> None:
    (fact,) = [f for f in facts_of(chest(CARDIOMEGALY)) if f.finding == "cardiomegaly"]
    assert fact.size_mm is None and fact.attributes == ("moderate",)


@pytest.mark.parametrize(("size", "article"), [(8, "an"), (11, "an"), (12, "a"), (18, "an"), (28, "a"), (80, "an")])
def test_sizes_take_their_article(size: int, article: str) -> None:
    nodule = SceneFinding(name="lung nodule", side="left", place="lower zone", size=float(size))
    assert texts.slots_of(nodule)["sized"] == f"{article} {size} mm"


def test_a_held_out_wording_uses_held_out_patterns_alone_and_a_taught_one_taught_ones() -> None:
    def matches(text: str, pattern: str) -> bool:
        return bool(re.fullmatch(re.sub(r"\\{\w+\\}", ".*", re.escape(pattern)), text, re.I))

    tables = [*texts.wordings()["finding"].values(), *texts.wordings()["organ"].values()]
    denial = texts.wordings()["denial"]
    for scene in SCENES[::3]:
        for wording in WORDINGS:
            own, other = ("held_out", "taught") if wording >= HELD_OUT else ("taught", "held_out")
            for said in statements(scene, wording)[1:-1]:
                assert any(matches(said.text, p) for table in [*tables, denial] for p in table[own]), said
                assert not any(matches(said.text, p) for table in tables for p in table[other]), said


def test_what_writes_shares_nothing_with_what_reads() -> None:
    room = Path(texts.__file__).parent
    assert not [file.name for file in room.glob("*.py") if re.search(r"(import|from) auscult\.facts", file.read_text())]
