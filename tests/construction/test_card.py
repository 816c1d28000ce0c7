"""The data card counts what passed all checks, whatever made it, and reads drafted words for clues."""

import random
from collections.abc import Iterator, Sequence
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from tests.construction.drafting.batch_server import Asked, batch, batch_server
from tests.construction.drafting.scripted import FINDINGS, make
from tests.construction.phantom_cases import bundles, scenes

from auscult.construction import Generating
from auscult.construction.card import ALL, FREE, Card, read_card
from auscult.construction.card_text import as_text
from auscult.construction.checks import Check
from auscult.construction.claims import NONEXISTENT
from auscult.construction.generators import Generator, Reject, create
from auscult.construction.leak import FAILED, INSUFFICIENT, PASSED
from auscult.construction.use import use_of
from auscult.items.item_set import ItemSet
from auscult.items.writer import SourceNote, write_item_set
from auscult.records import Case, Item

LEAK = "questions alone tell their answers"


@pytest.fixture(scope="module")
def mirrored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Captions in which each finding is there as often as it is denied."""
    home, drawn = tmp_path_factory.mktemp("captions"), random.Random(1)
    lines = []
    for n, (there, denied) in enumerate(list(permutations(FINDINGS, 2)) * 4):
        Image.frombytes("L", (32, 32), drawn.randbytes(1024)).save(home / f"i{n}.png")
        lines.append(f"i{n}.png,There is a {there}. There is no {denied}.")
    (home / "captions.csv").write_text("\n".join(["image,caption", *lines]) + "\n")
    return home / "captions.csv"


def says(asked: Asked, hint: str) -> str:
    """Right pairs for the slots about findings; ``hint`` is put into questions whose premise is false."""
    annotation = asked.section("annotation")
    there, denied = (part.split(".")[0] for part in annotation.replace("There is no ", "There is a ").split(" a ")[1:])
    pairs = []
    for slot, task, line in asked.plan:
        if "object" not in task:
            continue
        false = task.startswith("false")
        about = denied if false else there
        question = f"Where do you see the {about}"
        if "asks whether" in line:
            question = f"Would you say that there is a {about}"
        if "isn't it" in line:
            question = f"This image shows a {about}, right"
        pairs.append(
            {
                "slot": slot,
                "task": task,
                "evidence": f"There is no {denied}" if false else f"There is a {there}",
                "premise": f"There is a {about}.",
                "question": f"{question}{hint if false else ''}?",
                "answer": f"No, there is no {denied} in this image." if false else f"Yes, there is a {there} here now.",
            }
        )
    return batch(*pairs)


def test_drafted_words_that_give_answers_away_fail_and_the_set_is_not_for_testing(
    mirrored: Path, tmp_path: Path
) -> None:
    with batch_server(lambda asked: says(asked, " on this very film")) as server:
        made = make(server.url, mirrored, tmp_path / "set")
    card = read_card(made.folder)
    rows = [row for row in card["leak"]["readers"] if row["judged"]]
    assert {row["items"] for row in rows} == {f"{NONEXISTENT}, {FREE}"}
    assert {row["reader"] for row in rows} == {"words, split by image"}
    assert card["leak"]["verdict"] == FAILED and rows[0]["auc"] > 0.9
    may = use_of(made)
    assert not may.fit and may.said.startswith("Use: for testing no; for tuning no.") and LEAK in may.said


def test_drafted_words_that_give_nothing_away_do_not_fail(mirrored: Path, tmp_path: Path) -> None:
    with batch_server(lambda asked: says(asked, "")) as server:
        made = make(server.url, mirrored, tmp_path / "set")
    card = read_card(made.folder)
    assert card["leak"]["verdict"] == INSUFFICIENT and LEAK not in use_of(made).said
    assert not any(row["verdict"] == FAILED for row in card["leak"]["readers"])
    counted = sum(row["n"] for row in card["items"])
    assert counted == made.manifest.items == made.manifest.counts["drafted"]["items"]


class Worded(Generator):
    """Free wordings about an image, half of them false, in two categories; what they say is drawn apart from truth."""

    version = "1"

    def __init__(self, constant: bool = False) -> None:
        self.constant = constant

    def make(self, number: int, case: Case, items: Sequence[Item], split: str) -> Iterator[Item | Reject]:
        draw = random.Random(number)
        for category in ("nonexistent object", "wrong attribute"):
            for true in (False, True):
                if self.constant:
                    true = category == "nonexistent object"
                words = " ".join(draw.choice(("large", "round", "dim", "left", "lower", "clear")) for _ in range(3))
                yield Item(
                    id="",
                    case_id=case.id,
                    source_id=f"{number}:{category}:{true}:{draw.random()}",
                    question=f"Is the {words} {category.split()[1]} here?",
                    reference="Yes." if true else "No, it is not.",
                    answer_type="open",
                    kind="non-hallucination" if true else "hallucination",
                    category=category,
                    premise_form="polar",
                )


def counted(generator: Generator, cases: int) -> Card:
    card = Card()
    for n in range(cases):
        case = Case(id=str(n), source="s", source_key=str(n), group=str(n))
        card.add(case, "test", [i for i in generator.make(n, case, (), "test") if isinstance(i, Item)])
    return card


def test_enough_free_wordings_without_a_clue_pass() -> None:
    content = counted(Worded(), 500).as_dict()
    assert content["leak"]["verdict"] == PASSED
    assert [row["items"] for row in content["leak"]["readers"]][-1] == f"{ALL}, {FREE}"
    assert content["images"][f"{NONEXISTENT}, {FREE}"] == {"with items": 500, "as many true as false": 500}


def test_a_category_whose_premises_have_one_truth_fails() -> None:
    content = counted(Worded(constant=True), 60).as_dict()
    assert content["leak"]["verdict"] == FAILED
    assert {row["reader"] for row in content["leak"]["readers"]} == {"always the same answer", "words, split by image"}
    assert counted(Worded(constant=True), 9).as_dict()["leak"]["readers"][0]["verdict"] == INSUFFICIENT


def test_words_and_beginnings_of_references_are_told_by_kind() -> None:
    references = counted(Worded(), 50).as_dict()["references"]
    assert references["kinds"]["hallucination"] == {"n": 100, "words": 4.0, "begin with yes": 0.0, "begin with no": 1.0}
    assert references["kinds"]["non-hallucination"]["words"] == 1.0
    length, first = references["readers"]
    assert (length["auc"], first["auc"]) == (0.0, 1.0)


def test_an_item_that_a_check_refuses_is_a_reject_of_the_card_and_no_item(tmp_path: Path) -> None:
    class Refuses(Check):
        name, version = "no-tag", "1"

        def refuse(self, case: Case, item: Item, kept: Sequence[Item]) -> str:
            return "says it as a tag" if item.premise_form == "tag" else ""

    def adding(folder: Path) -> Generating:
        added = Generating(folder, [create("premises")])
        added._checks = [Refuses()]
        return added

    write_item_set(bundles(scenes(40)), tmp_path / "set", source=SourceNote(reader="phantoms", path="-"), add=adding)
    made, card = ItemSet(tmp_path / "set"), read_card(tmp_path / "set")
    assert not any(item.premise_form == "tag" for item in made)
    assert not any(row["form"] == "tag" for row in card["items"])
    assert sum(row["n"] for row in card["items"]) == made.manifest.items
    refused = card["refused"]["no-tag"]
    assert refused == made.manifest.counts["rejected"]["says it as a tag"] > 0
    assert card["rejected"] == card["candidates"] - card["kept"] + refused
    assert f"Refused by checks: no-tag {refused}." in (tmp_path / "set" / "card.md").read_text()


def drafted_card(order: Sequence[int]) -> dict[str, Any]:
    """The card of two drafted questions an image, one true and one false, whose images come in an order."""
    card = Card()
    for n in order:
        case = Case(id=f"c{n}", source="made", source_key=f"{n}", group=f"g{n}")
        items = [
            Item(
                id=f"i{n}{kind}",
                case_id=case.id,
                source_id=f"{n}{kind}",
                question=f"Is the {word} of image {n} there?",
                reference="Yes." if kind == "non-hallucination" else "No.",
                answer_type="open",
                kind=kind,
                category=NONEXISTENT,
                premise_form="polar",
                target=word,
            )
            for kind, word in (("hallucination", f"mass {n % 9}"), ("non-hallucination", f"cyst {n % 7}"))
        ]
        card.add(case, "test" if n % 4 else "train", items)
    return card.as_dict()


def test_of_very_many_questions_those_of_whole_images_chosen_by_hash_are_read_for_clues(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    everything = drafted_card(range(200))
    monkeypatch.setattr("auscult.construction.card.MOST", 100)
    monkeypatch.setattr("auscult.construction.card.FEWEST_IMAGES", 10)
    some, other_order = drafted_card(range(200)), drafted_card(range(199, -1, -1))
    assert "sampled" not in everything
    assert some["sampled"] == other_order["sampled"] and set(some["sampled"]) == {"test"}, "100 of train are no more"
    read = some["sampled"]["test"]
    assert 50 < read["read"] <= 100 and read["of"] == 300
    rows = {row["reader"]: row for row in some["leak"]["readers"]}
    assert {(row["n"], row["images"]) for row in rows.values()} == {(read["read"], read["read"] // 2)}
    told = {name for name in everything if everything[name] != some[name]}
    assert told == {"references", "leak"}, "what is counted is counted of all"
    assert everything["references"]["kinds"] == some["references"]["kinds"]
    assert f"given {read['read']} of the 300 questions of the part test" in as_text(some)


def test_a_single_image_of_very_many_questions_is_read_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("auscult.construction.card.MOST", 1)
    assert "sampled" not in drafted_card(range(200))
