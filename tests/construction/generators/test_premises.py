from collections import Counter, defaultdict
from dataclasses import replace
from pathlib import Path

import pytest
from tests.construction.phantom_cases import bundle, bundles, holds, scenes

from auscult.construction import generating
from auscult.construction.card import read_card
from auscult.construction.claims import DISTORTED, NONEXISTENT, WRONG_ATTRIBUTE
from auscult.construction.generators import Reject
from auscult.corpora import ReadOptions, item_set, vqa_rad
from auscult.errors import UserError
from auscult.items.item_set import ItemSet
from auscult.items.split import SplitPlan
from auscult.items.writer import SourceNote, write_item_set
from auscult.phantoms.scene import Scene
from auscult.records import Item
from auscult.store.tables import read_rows

NOTE = SourceNote(reader="phantoms", path="made")
HALVES = SplitPlan(shares={"train": 0.5, "test": 0.5})
NUMBER = 150


def build(found, out, split=HALVES, **options):
    return write_item_set(found, out, source=NOTE, split=split, add=generating(["premises"], split.seed), **options)


@pytest.fixture(scope="module")
def made() -> list[Scene]:
    return scenes(NUMBER)


@pytest.fixture(scope="module")
def folder(made, tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("premises") / "set"
    build(bundles(made), out)
    return out


@pytest.fixture(scope="module")
def items(folder) -> list[Item]:
    return list(read_rows(folder / "items.parquet", Item))


@pytest.fixture(scope="module")
def scene_of(folder, made) -> dict[str, Scene]:
    keys = {scene.key: scene for scene in made}
    return {case.id: keys[case.source_key] for case in ItemSet(folder).cases()}


def about_images(items):
    return [i for i in items if i.category != DISTORTED]


def test_truth_of_every_item_follows_from_its_scene(items, scene_of):
    for item in about_images(items):
        statement, value = item.tags["statement"], item.tags.get("value", "")
        truth = holds(scene_of[item.case_id], statement, item.target, value, item.tags.get("other", ""))
        if item.premise_form == "neutral":
            assert (item.reference, item.answer_type, item.kind) == ("yes" if truth else "no", "yes_no", "question")
        else:
            assert item.kind == ("non-hallucination" if truth else "hallucination")
            assert item.category == (NONEXISTENT if statement == "presence" else WRONG_ATTRIBUTE)
            assert item.answer_type == "open"
    assert Counter(i.tags["statement"] for i in about_images(items)).keys() >= {"presence", "side", "place", "grade"}


def test_answers_to_false_premises_correct_them_and_say_what_is_so(items, scene_of):
    wrong = [i for i in items if i.kind == "hallucination" and i.tags["statement"] == "side"]
    assert wrong
    for item in wrong:
        (finding,) = [f for f in scene_of[item.case_id].findings if f.name == item.target]
        assert finding.side != item.tags["value"]
        assert finding.side == item.tags["true_value"]
        assert finding.side in item.reference.split("; ")[-1]
        assert item.reference.startswith("There is no " if item.premise_form == "presupposition" else "No, ")
        assert finding.side in item.tags["truth"]


def test_answers_to_true_presuppositions_give_what_is_asked(items, scene_of):
    asked = [i for i in items if i.kind == "non-hallucination" and i.tags.get("asks") == "place"]
    assert asked
    for item in asked:
        (finding,) = [f for f in scene_of[item.case_id].findings if f.name == item.target]
        assert finding.place in item.reference


def test_twins_are_neutral_items_about_the_same_fact_and_image(items):
    by_id = {i.id: i for i in items}
    assert len(by_id) == len(items)
    premises = [i for i in about_images(items) if i.premise_form != "neutral"]
    for item in premises:
        twin = by_id[item.twin]
        assert (twin.premise_form, twin.case_id, twin.tags["fact"]) == ("neutral", item.case_id, item.tags["fact"])
        assert (twin.reference == "yes") == (item.kind == "non-hallucination")
        assert (twin.premise, twin.target, twin.split) == (item.premise, item.target, item.split)
    assert {i.twin for i in premises} == {i.id for i in items if i.premise_form == "neutral"}
    assert all(not i.twin for i in items if i.category == DISTORTED or i.premise_form == "neutral")


def test_every_wording_stands_on_true_and_false_images_of_each_part_equally_often(items):
    truths: dict[tuple[str, str], Counter[bool]] = defaultdict(Counter)
    for item in about_images(items):
        truth = item.reference == "yes" if item.premise_form == "neutral" else item.kind == "non-hallucination"
        truths[item.split, item.question][truth] += 1
    assert {part for part, _ in truths} == {"train", "test"}
    assert all(n[True] == n[False] > 0 for n in truths.values())


def test_each_claim_is_asked_in_all_forms_with_one_phrasing(items):
    asked: dict[tuple[str, str], set] = defaultdict(set)
    for item in about_images(items):
        asked[item.case_id, item.tags["fact"]].add((item.premise_form, item.tags["phrasing"]))
    forms = {"neutral", "polar", "tag", "presupposition"}
    assert all({form for form, _ in found} == forms and len(found) == 4 for found in asked.values())
    assert {next(iter(found))[1] for found in asked.values()} == {"0", "1", "2"}


def test_most_images_hold_as_many_true_as_false(items):
    surplus: Counter[str] = Counter()
    for item in about_images(items):
        surplus[item.case_id] += {"hallucination": -1, "non-hallucination": 1, "question": 0}[item.kind]
    assert sum(n == 0 for n in surplus.values()) > 0.7 * len(surplus)
    assert sum(surplus.values()) == 0


def test_normal_images_are_asked_about_objects_too(items, scene_of):
    normal = [i for i in items if not scene_of[i.case_id].findings and i.category == NONEXISTENT]
    assert len(normal) > 12
    assert {i.kind for i in normal} == {"hallucination"}


def test_knowledge_is_true_as_often_as_false_on_each_image(items):
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for item in items:
        if item.category == DISTORTED:
            found[item.case_id][item.kind] += 1
    assert len(found) > 30
    assert all(n["hallucination"] == n["non-hallucination"] == 1 for n in found.values())


def test_items_and_rejects_are_all_candidates(folder, items):
    rejects = list(read_rows(folder / "rejects.parquet", Reject))
    card = read_card(folder)
    kept = sum(i.premise_form == "neutral" for i in items)
    assert card["kept"] == kept and card["rejected"] == len(rejects)
    assert card["candidates"] == kept + len(rejects)
    assert sum(row["n"] for row in card["items"]) == len(items)
    assert sum(row["n"] for row in card["rejects"]) == len(rejects)
    assert all(r.reason for r in rejects)
    reasons = {r.reason for r in rejects}
    assert {"several findings of that name", "never true in this part", "not needed for the balance"} <= reasons
    asked = {(i.case_id, i.tags["fact"]) for i in about_images(items)}
    left = {(r.case_id, "; ".join(filter(None, (r.statement, r.finding, r.value, r.other)))) for r in rejects}
    assert not asked & left


def test_the_manifest_counts_and_guards_card_and_rejects(folder, items, tmp_path):
    manifest = ItemSet(folder).manifest
    premises = [i for i in items if i.premise_form != "neutral"]
    assert manifest.counts["category"] == dict(sorted(Counter(i.category for i in premises).items()))
    assert manifest.counts["premise_form"] == dict(sorted(Counter(i.premise_form for i in items).items()))
    assert sum(manifest.counts["rejected"].values()) == read_card(folder)["rejected"]
    assert set(manifest.tables) == {"cases.parquet", "items.parquet", "rejects.parquet", "card.json", "card.md"}
    text = (folder / "card.md").read_text()
    assert "## Rejects" in text and "passed" in text


def test_building_twice_gives_the_same_set(made, folder, tmp_path):
    again = build(bundles(made), tmp_path / "again")
    assert again.digest == ItemSet(folder).digest
    assert (tmp_path / "again" / "card.json").read_bytes() == (folder / "card.json").read_bytes()


def test_the_data_sets_own_items_stay_beside_them(tmp_path):
    read = vqa_rad.read(vqa_rad.sample_path(), ReadOptions())
    manifest = write_item_set(read, tmp_path / "set", source=NOTE, add=generating(["premises"]))
    found = list(read_rows(tmp_path / "set" / "items.parquet", Item))
    own = [i for i in found if not i.premise_form]
    assert len(own) == 324
    assert manifest.items == len(found) > 324
    twins = [i for i in found if i.premise_form == "neutral"]
    assert read_card(tmp_path / "set")["unmentioned"] > 0
    assert all(i.tags["tier"] != "unmentioned" for i in twins)


def test_items_are_not_made_twice(folder, tmp_path):
    with pytest.raises(UserError, match="holds hallucination items already; build with --no-premises"):
        build(item_set.read(folder, ReadOptions()), tmp_path / "set")
    assert list(tmp_path.iterdir()) == []


def test_an_own_question_in_the_same_words_is_named_as_the_first(tmp_path, made):
    own = Item(
        id="", case_id="", source_id="own", question="Is this image an MRI scan?", reference="yes", answer_type="yes_no"
    )
    found = [bundle(s, *([replace(own, source_id=s.key)] if s.modality == "brain MR" else [])) for s in made]
    build(iter(found), tmp_path / "set")
    again = [i for i in read_rows(tmp_path / "set" / "items.parquet", Item) if i.duplicate_of]
    assert again
    assert {i.premise_form for i in again} == {"neutral"}
    assert "Is this image an MRI scan?" in {i.question for i in again}
    assert all("MRI scan" in i.question for i in again)


def test_nothing_is_left_where_it_fails_half_way(tmp_path, made):
    def broken():
        yield from bundles(made[:5])
        raise UserError("row 6: broken")

    with pytest.raises(UserError):
        build(broken(), tmp_path / "set")
    assert list(tmp_path.iterdir()) == []
