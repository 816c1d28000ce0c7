from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest
from PIL import Image
from tests.conftest import REPO

from auscult import construction
from auscult.construction import generating
from auscult.construction.checks import Check
from auscult.construction.claims import Known
from auscult.construction.generators import Reject, create
from auscult.construction.generators.graded import Swap, level_of, sentence, swaps
from auscult.corpora import ReadOptions, read
from auscult.errors import UserError
from auscult.items.item_set import ItemSet
from auscult.items.writer import SourceNote, write_item_set
from auscult.phantoms.folder import FolderPlan, write_folder
from auscult.records import Case, Item
from auscult.store.files import shipped_table
from auscult.store.tables import read_rows

REPORTS = (
    "Heart size is normal. There is a large left pneumothorax. No pleural effusion.",
    "The heart is enlarged. No pneumothorax. There is a pleural effusion.",
    "Normal heart size. No pneumothorax or pleural effusion. Old rib fractures.",
    "There is a pneumothorax. There is no pleural effusion. Clips project over the neck.",
)


def built(folder: Path, level: str, texts: tuple[str, ...] = REPORTS) -> list[Item]:
    for number, text in enumerate(texts):
        Image.new("L", (8, 8), number).save(folder / f"{number}.png")
        (folder / f"{number}.txt").write_text(text)
    bundles = read("captions", folder, ReadOptions())
    write_item_set(
        bundles,
        folder.parent / f"set-{level}",
        source=SourceNote(reader="captions", path=str(folder)),
        add=generating([f"graded:level={level}"]),
    )
    return list(ItemSet(folder.parent / f"set-{level}").all())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    return tmp_path / "in"


@pytest.fixture(scope="module")
def of_phantoms(tmp_path_factory: pytest.TempPathFactory) -> list[Item]:
    folder = tmp_path_factory.mktemp("graded")
    write_folder(FolderPlan(n=60, seed=5, size=64), folder / "phantoms")
    bundles = read("phantoms", folder / "phantoms", ReadOptions())
    note = SourceNote(reader="phantoms", path="phantoms")
    write_item_set(bundles, folder / "set", source=note, add=generating(["graded:level=1-4"]))
    return [item for item in ItemSet(folder / "set").all() if "level" in item.tags]


def pairs(items: list[Item]) -> list[tuple[Item, Item]]:
    """Wrong and right drafts of the same."""
    found: dict[tuple[str, str], dict[str, Item]] = {}
    for item in items:
        if "pair" in item.tags:
            found.setdefault((item.case_id, item.tags["pair"]), {})[item.kind] = item
    return [(both["hallucination"], both["non-hallucination"]) for both in found.values()]


def test_a_draft_with_an_error_stands_beside_the_same_draft_without_it(of_phantoms: list[Item]) -> None:
    found = pairs(of_phantoms)
    assert len(found) >= 60 and len(of_phantoms) == 2 * len(found)
    for wrong, right in found:
        assert (
            wrong.question != right.question and wrong.question.replace(wrong.premise, right.premise) == right.question
        )
        assert wrong.tags["truth"] == right.tags["truth"] == right.premise != wrong.premise
        assert wrong.reference.startswith("No: ") and right.reference == "Yes: " + wrong.reference[4:]
        assert wrong.tags["level"] in "1234" and right.tags["level"] == "none"
        assert wrong.tags["pair_level"] == right.tags["pair_level"] == wrong.tags["level"]


def test_in_each_part_every_sentence_is_as_often_the_error_as_the_truth(of_phantoms: list[Item]) -> None:
    said = {
        kind: Counter((i.split, i.premise) for i in of_phantoms if i.kind == kind)
        for kind in {i.kind for i in of_phantoms}
    }
    assert said["hallucination"] == said["non-hallucination"] and len(said["hallucination"]) > 20


def test_all_four_levels_come_of_phantoms_and_none_of_their_drafts_is_refused(of_phantoms: list[Item]) -> None:
    assert set("1234") <= {item.tags["level"] for item in of_phantoms}
    assert {item.tags["error"] for item in of_phantoms} >= {
        "fabricated claim",
        "missing claim",
        "overstating intensity",
    }


def test_reports_give_errors_in_what_they_state_and_deny(folder: Path) -> None:
    found = [pair for pair in pairs(built(folder, "4")) if pair[0].target == "pneumothorax"]
    assert len(found) == 4
    for wrong, right in found:
        assert wrong.question.casefold().count("pneumothorax") == right.question.casefold().count("pneumothorax") == 1


def test_where_a_check_refuses_a_draft_its_twin_goes_too(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Picky(Check):
        name, version = "picky", "1"

        def refuse(self, case: Case, item: Item, kept: Sequence[Item]) -> str:
            return "too long" if item.kind == "hallucination" and "pneumothorax" in item.target else ""

    monkeypatch.setattr(construction, "checks", lambda: [Picky()])
    left = [item for item in built(folder, "1-4") if "level" in item.tags]
    assert len(left) == 2 * len(pairs(left)) > 0 and not any(item.target == "pneumothorax" for item in left)
    rejects = list(read_rows(folder.parent / "set-1-4" / construction.REJECTS, Reject))
    twins = {r.kind for r in rejects if r.reason == construction.TWIN_REFUSED}
    assert twins == {"non-hallucination"} and all(r.item_id and r.question for r in rejects if r.check == "pair")


def test_a_level_that_is_asked_for_is_the_only_one(folder: Path) -> None:
    assert {item.tags["pair_level"] for item in built(folder, "3")} == {"3"}


def test_nothing_that_can_be_turned_round_is_one_line_with_what_to_do(folder: Path) -> None:
    with pytest.raises(UserError, match=r"graded:level=1-4: no error can be made.*more reports"):
        built(folder, "1-4", ("There is a pneumothorax.", "A chest radiograph of a dog."))
    assert not (folder.parent / "set-1-4").exists()


@pytest.mark.parametrize("level", ["0-4", "5", "x", "4-1", "1-", "-"])
def test_other_levels_are_refused(level: str) -> None:
    with pytest.raises(UserError, match="levels are 1 to 4"):
        create(f"graded:level={level}")


@pytest.mark.parametrize(
    ("swap", "level"),
    [
        (Swap("presence", "pneumothorax", "absent", "a"), 4),
        (Swap("presence", "pneumothorax", "a", "absent"), 4),
        (Swap("side", "pleural effusion", "left", "right"), 3),
        (Swap("grade", "pleural effusion", "small", "large"), 2),
        (Swap("grade", "cardiomegaly", "small", "large"), 1),
        (Swap("view", "", "posteroanterior", "anteroposterior"), 1),
        (Swap("presence", "a thing that no list names", "a", "absent"), 0),
    ],
)
def test_the_level_follows_from_what_is_wrong_with_what(swap: Swap, level: int) -> None:
    assert level_of(swap) == level == level_of(swap.reverse)


def test_silence_is_turned_into_no_error() -> None:
    known = Known(tier="annotated", region="chest")
    known.presence["pneumothorax"] = False
    assert {s.finding for s in swaps(known)} == {"pneumothorax"}


def test_a_sentence_is_the_same_whether_it_holds_or_not() -> None:
    one = Swap("side", "pleural effusion", "left", "right")
    for phrasing in range(3):
        assert sentence(one, "left", phrasing) == sentence(one.reverse, "left", phrasing)


def test_no_wording_of_ours_stands_in_the_certificates() -> None:
    words = shipped_table("construction/graded.toml")["words"]["ask"]
    folder = REPO / "src" / "auscult"
    files = [p for place in ("certificates", "data/certificates") for p in (folder / place).rglob("*.toml")]
    planted = "\n".join(path.read_text("utf-8") for path in files)
    assert planted and not [ask for ask in words if ask.partition("{text}")[0] + "{" in planted or ask in planted]
