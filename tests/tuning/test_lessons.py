from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.tuning.conftest import make_items

from auscult.errors import UserError
from auscult.items.item_set import ItemSet
from auscult.records import Case, Item
from auscult.tuning.lessons import EMPTY, REPEATED, Chunk, Lessons
from auscult.tuning.options import TuningOptions


def test_it_is_learnt_from_the_training_split_and_images_of_other_patients_are_held_out(items: ItemSet) -> None:
    lessons = Lessons(items, TuningOptions(held_out=0.2))
    groups = {number: lessons._stored(number)[0].group for number in (*lessons.learnt, *lessons.held)}
    assert (len(lessons.learnt), len(lessons.held)) == (9, 3)
    assert not {groups[n] for n in lessons.learnt} & {groups[n] for n in lessons.held}
    parts = {i.split for n in groups for i, _ in lessons._stored(n)[1]}
    assert parts == {"train"}
    assert len(lessons.pixels) == 12


def test_every_pair_is_learnt_from_once_an_epoch_in_an_order_that_the_seed_decides(items: ItemSet) -> None:
    options = TuningOptions(batch=5, held_out=0)
    lessons = Lessons(items, options)
    steps = lessons.steps(0, options)
    names = [lesson.name for step in steps for chunk in step for lesson in lessons.read(chunk)]
    assert sorted(names) == sorted(i.source_id for i in items if i.split == "train")
    assert all(sum(map(len, step)) <= 5 for step in steps)
    assert steps == lessons.steps(0, options) != lessons.steps(1, options)
    assert steps != lessons.steps(0, TuningOptions(batch=5, held_out=0, seed=1))


def test_an_image_with_more_pairs_than_a_step_takes_is_learnt_from_in_several(items: ItemSet) -> None:
    options = TuningOptions(batch=2, held_out=0)
    lessons = Lessons(items, options)
    of_four = next(n for n in lessons.learnt if lessons.pairs([n]) == 4)
    chunks = [chunk for step in lessons.steps(0, options) for chunk in step if chunk.case == of_four]
    assert sorted(chunks, key=lambda c: c.first) == [Chunk(of_four, 0, 2), Chunk(of_four, 2, 4)]


def test_questions_are_put_as_the_direct_protocol_puts_them_with_the_right_answer(items: ItemSet) -> None:
    lessons = Lessons(items, TuningOptions(held_out=0))
    found = {lesson.name: lesson for n in lessons.learnt for lesson in lessons.read(Chunk(n, 0, 9))}
    one = found["q4-0"]
    assert one.call.messages[0].text == "is there a nodule in the right lung number 0?\nAnswer with yes or no first."
    assert one.call.images[0].name.endswith(".png")
    assert one.answer == "yes"
    assert found["q6-0"].answer == "a nodule in the left lung"


def test_items_without_an_answer_and_repeats_are_left_out_and_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [f"0.png,is it {word}?,yes,p0,{word}," for word in ("normal", "large", "round")]
    found = make_items(tmp_path / "set", rows, images=1)
    [(case, (normal, large, round_))] = found.groups()
    changed = [normal, replace(large, reference=" "), replace(round_, duplicate_of=normal.id)]
    monkeypatch.setattr(found, "groups", lambda split: iter([(case, changed)]))
    lessons = Lessons(found, TuningOptions(split="all", held_out=0))
    assert lessons.left_out == {EMPTY: ["large"], REPEATED: ["round"]}
    assert lessons.pairs(lessons.learnt) == 1


def test_a_set_that_has_no_training_split_is_refused(tmp_path: Path) -> None:
    found = make_items(tmp_path / "set", ["0.png,is it normal?,yes,p0,a,test"], images=1)
    with pytest.raises(UserError, match="has no training split.*only test.*--split"):
        Lessons(found, TuningOptions())
    assert Lessons(found, TuningOptions(split="all", held_out=0)).pairs([0]) == 1


def test_images_are_dealt_evenly_over_a_given_number_of_steps_and_every_pair_is_learnt_once(items: ItemSet) -> None:
    options = TuningOptions(steps=4, batch=1, held_out=0)
    lessons = Lessons(items, options)
    steps = lessons.steps(0, options)
    names = [lesson.name for step in steps for chunk in step for lesson in lessons.read(chunk)]
    assert sorted(names) == sorted(i.source_id for i in items if i.split == "train")
    sizes = [sum(map(len, step)) for step in steps]
    assert len(sizes) == 4
    assert max(sizes) - min(sizes) <= 1
    more = len(names) + 1
    with pytest.raises(UserError, match=f"{len(names)} pairs cannot be dealt over {more} steps"):
        lessons.steps(0, TuningOptions(steps=more, held_out=0))


def test_it_is_learnt_from_what_is_drawn_of_a_set_as_it_is_changed(items: ItemSet) -> None:
    class Yes:
        digest = "yes alone"

        def groups(self, split: str) -> Iterator[tuple[Case, list[Item]]]:
            for case, every in items.groups(split=split):
                if kept := [replace(i, reference="no") for i in every if i.reference == "yes"]:
                    yield case, kept

    lessons = Lessons(items, TuningOptions(held_out=0), Yes())
    found = [lesson for n in lessons.learnt for lesson in lessons.read(Chunk(n, 0, 9))]
    assert len(found) == sum(i.reference == "yes" for i in items if i.split == "train")
    assert {lesson.answer for lesson in found} == {"no"}
