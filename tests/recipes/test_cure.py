"""The sets of the proof: what tuning sees and what it is evaluated on share neither images nor what is held back."""

import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from recipes.cure import sets

from auscult.construction.lexicon import lexicon
from auscult.items.item_set import ItemSet
from auscult.records import Item

FEW = 16


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    out = tmp_path_factory.mktemp("cure")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("TRAIN", "TEST"):
            few = tuple(sets.replace(drawn, n=FEW) for drawn in getattr(sets, name))
            patch.setattr(sets, name, few)
        sets.make(out)
    yield out


def items_of(folder: Path) -> list[Item]:
    return [item for _, items in ItemSet(folder).groups() for item in items]


def premises(items: list[Item]) -> list[Item]:
    return [i for i in items if i.premise_form not in ("", "neutral")]


def test_no_image_is_in_both_sets(made: Path) -> None:
    train, test = ({i.pixels for c in ItemSet(made / n).cases() for i in c.images} for n in ("train", "test"))
    assert train and test and not train & test


def test_no_question_of_tuning_names_a_held_finding_and_the_other_set_asks_about_each(made: Path) -> None:
    asked = " ".join(i.question + i.reference for i in items_of(made / "train"))
    assert not [name for name in sets.HELD if name in asked]
    held = " ".join(i.question for i in items_of(made / "test") if i.tags["about"] == "held")
    assert all(name in held for name in sets.HELD)


def test_words_tell_nothing_every_question_is_asked_as_often_where_it_is_true_as_where_it_is_false(made: Path) -> None:
    for name in ("train", "test"):
        kinds = Counter((i.question, i.kind) for i in premises(items_of(made / name)))
        for question, kind in kinds:
            assert kinds[question, "hallucination"] == kinds[question, "non-hallucination"], (name, question, kind)


def test_each_premise_of_the_evaluated_set_has_its_neutral_twin(made: Path) -> None:
    items = items_of(made / "test")
    neutral = {i.id for i in items if i.premise_form == "neutral"}
    assert premises(items) and all(i.twin in neutral for i in premises(items))


def test_every_form_of_the_wordings_is_asked(made: Path) -> None:
    forms = {i.tags["form"] for i in items_of(made / "test") if i.tags.get("words") == "new"}
    assert forms == set(sets.wordings()) - {"version"}


def test_no_new_wording_is_one_of_tuning() -> None:
    def bare(template: str) -> str:
        words = re.sub(r"\{\w+\}", "_", template).casefold()
        return " ".join(re.sub(r"[^\w_' ]", " ", words).split())

    asked, presupposed = lexicon().table["ask"], lexicon().table["presupposition"]
    ours = {bare(t) for kind in asked.values() for form in kind.values() for t in form}
    ours |= {bare(row["question"]) for kind in presupposed.values() for row in kind}
    new = {bare(t) for form, kinds in sets.wordings().items() if form != "version" for k in kinds.values() for t in k}
    assert len(new) == sum(len(t) for f, k in sets.wordings().items() if f != "version" for t in k.values())
    assert not ours & new


def test_the_plan_names_sets_and_arms_that_it_has_and_at_most_ten_primary_hypotheses() -> None:
    plan = tomllib.loads((Path(sets.__file__).parent / "plan.toml").read_text("utf-8"))
    names = {row["name"] for row in plan["set"]}
    arms = {row["name"] for row in plan["arm"]} | {"base"}
    for row in plan["hypothesis"]:
        assert row["set"] in names and {row["arm"], row["against"]} <= arms
    assert sum(row.get("primary", False) for row in plan["hypothesis"]) <= 10
