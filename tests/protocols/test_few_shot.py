from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from tests.protocols.putting import put

from auscult.corpora import ROOM, ReadOptions
from auscult.errors import UserError
from auscult.items.item_set import ItemSet
from auscult.items.split import SplitPlan
from auscult.items.writer import SourceNote, write_item_set
from auscult.protocols import Asking, Question, create
from auscult.protocols.few_shot import FewShot, task_of


def items(folder: Path, train: float) -> ItemSet:
    shares = {"train": train, "test": 1 - train}
    bundles = ROOM.get("breast-ultrasound").read(folder, ReadOptions())
    out = Path(str(shares["train"]))
    write_item_set(bundles, out, source=SourceNote(reader="x", path=""), split=SplitPlan(shares=shares))
    return ItemSet(out)


def few_shot(found: ItemSet, k: int = 2) -> FewShot:
    protocol = create(f"few-shot:{k}", Asking(items=found, split="test"))
    assert isinstance(protocol, FewShot)
    return protocol


@pytest.fixture
def in_tmp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_examples_are_k_a_class_of_the_same_task_from_the_training_split(shared_data: Path, in_tmp: Path) -> None:
    found = items(shared_data / "breast-ultrasound", 0.5)
    train = {i.sha256 for c, _ in found.groups(split="train") for i in c.images}
    asked = [i for _, group in found.groups(split="test") for i in group]
    shots = few_shot(found)
    for item in asked[:6]:
        examples = shots.examples(item)
        classes = [e.item.reference for e in examples]
        assert task_of(item) and len(examples) in (4, 2 * len(item.options))
        assert all(classes.count(c) == 2 for c in set(classes)) and len(set(classes)) > 1
        assert {e.image.sha256 for e in examples} <= train


def test_without_a_training_split_few_shot_is_refused(shared_data: Path, in_tmp: Path) -> None:
    with pytest.raises(UserError, match="few-shot needs a training split"):
        few_shot(items(shared_data / "breast-ultrasound", 0.0))


def test_a_training_split_that_is_asked_itself_gives_no_examples(shared_data: Path, in_tmp: Path) -> None:
    found = items(shared_data / "breast-ultrasound", 0.5)
    with pytest.raises(UserError, match="training split, which would be asked too; ask another --split"):
        create("few-shot:2", Asking(items=found))


def test_a_task_of_which_one_class_is_shown_has_no_examples(shared_data: Path, in_tmp: Path) -> None:
    found = items(shared_data / "breast-ultrasound", 0.5)
    shots = few_shot(found)
    asked = next(i for _, group in found.groups(split="test") for i in group if i.answer_type == "yes_no")
    shots._found[task_of(asked)].pop("no")
    assert shots.examples(asked) == ()


def test_open_questions_have_no_task(picture: Callable[..., Path]) -> None:
    from tests.protocols.test_direct import item

    assert task_of(item(answer_type="open")) == "" and task_of(item(target="effusion")) == "yes_no:effusion"


def test_examples_are_put_in_a_shuffled_order_with_the_letters_that_go_with_it(shared_data: Path, in_tmp: Path) -> None:
    found = items(shared_data / "breast-ultrasound", 0.5)
    asked = next(i for _, group in found.groups(split="test") for i in group if i.answer_type == "choice")
    asking = Asking(items=found, split="test")
    plain, moved = (put(create(spec, asking), Question(item=asked)) for spec in ("few-shot:4", "few-shot:4+shuffled:1"))
    assert plain.calls[0].images == moved.calls[0].images
    assert plain.answers[0].examples == moved.answers[0].examples != ()
    assert [m.text for m in plain.calls[0].messages] != [m.text for m in moved.calls[0].messages]
    turns = moved.calls[0].messages
    assert all(a.text in q.text.splitlines() for q, a in zip(turns[:-1:2], turns[1::2], strict=True))


def test_the_seed_chooses_other_examples_and_stands_in_the_name(shared_data: Path, in_tmp: Path) -> None:
    found = items(shared_data / "breast-ultrasound", 0.5)
    asked = next(i for _, group in found.groups(split="test") for i in group)
    first, second = (
        put(create(spec, Asking(items=found, split="test")), Question(item=asked)).answers[0]
        for spec in ("few-shot:1", "few-shot:1,seed=3")
    )
    assert (first.protocol, second.protocol) == ("few-shot:1@1+direct@1", "few-shot:1,3@1+direct@1")
    assert first.examples != second.examples and first.id != second.id


def test_questions_short_of_examples_are_counted(shared_data: Path, in_tmp: Path) -> None:
    found = items(shared_data / "breast-ultrasound", 0.5)
    asked = [i for _, group in found.groups(split="test") for i in group]
    closed = [i for i in asked if task_of(i)]
    number = replace(closed[0], answer_type="number", options=())
    assert few_shot(found).check(lambda: closed) == []
    assert few_shot(found).check(lambda: [*closed[:3], number]) == ["Few-shot: 1 of 4 questions got no example."]
    assert few_shot(found, 5000).check(lambda: closed[:2]) == [
        "Few-shot: 2 of 2 questions got fewer examples than asked for (the training split has 33 to 37 a class)."
    ]
    with pytest.raises(UserError, match="no question gets an example"):
        few_shot(found).check(lambda: [number])
