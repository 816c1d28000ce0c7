from collections.abc import Callable
from pathlib import Path

import pytest

from auscult.construction.writer import SourceNote, build_item_set
from auscult.corpora import ROOM, ReadOptions
from auscult.errors import UserError
from auscult.items.item_set import ItemSet
from auscult.items.split import SplitPlan
from auscult.protocols.few_shot import Shots, task_of


def items(folder: Path, train: float) -> ItemSet:
    shares = {"train": train, "test": 1 - train}
    bundles = ROOM.get("breast-ultrasound").read(folder, ReadOptions())
    out = Path(str(shares["train"]))
    build_item_set(bundles, out, source=SourceNote(reader="x", path=""), split=SplitPlan(shares=shares))
    return ItemSet(out)


@pytest.fixture
def in_tmp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_examples_are_k_a_class_of_the_same_task_from_the_training_split(shared_data: Path, in_tmp: Path) -> None:
    found = items(shared_data / "breast-ultrasound", 0.5)
    train = {i.sha256 for c, _ in found.groups(split="train") for i in c.images}
    asked = [i for _, group in found.groups(split="test") for i in group]
    shots = Shots(found, 2, seed=0)
    for item in asked[:6]:
        examples = shots.examples(item)
        classes = [e.answer for e in examples]
        assert task_of(item) and len(examples) in (4, 2 * len(item.options))
        assert all(classes.count(c) == 2 for c in set(classes)) and len(set(classes)) > 1
        assert {e.image.sha256 for e in examples} <= train


def test_without_a_training_split_few_shot_is_refused(shared_data: Path, in_tmp: Path) -> None:
    with pytest.raises(UserError, match="few-shot needs a training split"):
        Shots(items(shared_data / "breast-ultrasound", 0.0), 2, seed=0)


def test_a_task_of_which_one_class_is_shown_has_no_examples(shared_data: Path, in_tmp: Path) -> None:
    found = items(shared_data / "breast-ultrasound", 0.5)
    shots = Shots(found, 2, seed=0)
    asked = next(i for _, group in found.groups(split="test") for i in group if i.answer_type == "yes_no")
    shots._found[task_of(asked)].pop("no")
    assert shots.examples(asked) == ()


def test_open_questions_have_no_task(picture: Callable[..., Path]) -> None:
    from tests.protocols.test_direct import item

    assert task_of(item(answer_type="open")) == "" and task_of(item(target="effusion")) == "yes_no:effusion"


def test_examples_are_put_in_a_shuffled_order_with_the_letters_that_go_with_it(shared_data: Path, in_tmp: Path) -> None:
    found = items(shared_data / "breast-ultrasound", 0.5)
    asked = next(i for _, group in found.groups(split="test") for i in group if i.answer_type == "choice")
    plain, shuffled = (Shots(found, 4, 0, seed).examples(asked) for seed in (None, 1))
    assert [e.image for e in plain] == [e.image for e in shuffled]
    assert [e.question for e in plain] != [e.question for e in shuffled]
    assert all(e.answer in e.question.splitlines() for e in (*plain, *shuffled))
