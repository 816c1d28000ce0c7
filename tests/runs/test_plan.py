import pytest
from PIL import Image as PILImage

from auscult.corpora import ROOM, ReadOptions
from auscult.errors import UserError
from auscult.items.item_set import ItemSet
from auscult.items.split import SplitPlan
from auscult.items.writer import SourceNote, write_item_set
from auscult.records import Condition
from auscult.runs.plan import Plan

ALL: frozenset[Condition] = frozenset(("with", "without", "wrong"))


@pytest.fixture(scope="module")
def items(tmp_path_factory: pytest.TempPathFactory) -> ItemSet:
    """Twelve images of six patients, three questions each; the last two patients share pixels."""
    folder = tmp_path_factory.mktemp("plan")
    lines = ["image,question,answer,patient,id"]
    for n in range(12):
        shade = 20 * min(n, 10)
        PILImage.new("L", (16, 16), shade).save(folder / f"{n}.png")
        lines += [f"{n}.png,Is this number {m}?,yes,p{n // 2},{n}-{m}" for m in range(3)]
    (folder / "table.csv").write_text("\n".join(lines) + "\n")
    bundles = ROOM.get("image-folder").read(folder / "table.csv", ReadOptions())
    split = SplitPlan(shares={"train": 0, "test": 1})
    write_item_set(bundles, folder / "items", source=SourceNote(reader="image-folder", path=""), split=split)
    return ItemSet(folder / "items")


def plan(items: ItemSet, controls: int = 100, conditions: frozenset[Condition] = ALL, seed: int = 0) -> Plan:
    return Plan(items=items, split="", limit=None, controls=controls, conditions=conditions, seed=seed)


def test_a_wrong_image_is_of_another_patient_and_has_other_pixels(items: ItemSet) -> None:
    owners = {i.sha256: c.group for c in items.cases() for i in c.images}
    for group in plan(items).groups():
        assert group.conditions == ("with", "without", "wrong")
        assert owners[group.others[0].sha256] != group.case.group
        assert group.others[0].pixels != group.case.images[0].pixels


def test_controls_are_whole_cases_just_enough_of_them(items: ItemSet) -> None:
    controlled = [g for g in plan(items, controls=7).groups() if "wrong" in g.conditions]
    assert len(controlled) == 3 and all(len(g.items) == 3 for g in controlled)
    assert not [g for g in plan(items, controls=0).groups() if g.conditions != ("with",)]


def test_a_model_is_asked_only_under_conditions_that_it_can_be_asked_under(items: ItemSet) -> None:
    only_with: frozenset[Condition] = frozenset(("with",))
    assert {g.conditions for g in plan(items, conditions=only_with).groups()} == {("with",)}


def test_the_choice_of_controls_hangs_on_the_seed_alone(items: ItemSet) -> None:
    def chosen(seed: int) -> list[str]:
        return [g.case.id + g.others[0].path for g in plan(items, controls=9, seed=seed).groups() if g.others]

    assert chosen(1) == chosen(1) != chosen(2)


def test_nothing_to_ask_is_an_error(items: ItemSet) -> None:
    empty = Plan(items=items, split="train", limit=None, controls=0, conditions=ALL, seed=0)
    with pytest.raises(UserError, match="holds no item"):
        list(empty.groups())
