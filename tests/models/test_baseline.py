import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from auscult.corpora import Bundle
from auscult.errors import UserError
from auscult.items.writer import SourceNote, write_item_set
from auscult.models import ModelOptions, create
from auscult.records import Call, Case, Item, Reply, case_id, item_id

Row = dict[str, object]


def question(text: str, reference: str, answer_type: str = "yes_no", split: str = "train", **fields) -> Row:
    return {"question": text, "reference": reference, "answer_type": answer_type, "split": split, **fields}


def item_set(folder: Path, rows: Iterable[Row]) -> Path:
    """An item set of cases without images, one question each."""

    def bundles():
        for number, row in enumerate(rows):
            source_id = str(row.pop("source_id", number))
            case = Case(id=case_id([], "test", source_id), source="test", source_key=source_id, group=source_id)
            name = item_id(case.id, row["question"], row.get("options", ()), row["reference"], source_id)
            yield Bundle(case, (Item(id=name, case_id=case.id, source_id=source_id, **row),))

    write_item_set(bundles(), folder, source=SourceNote(reader="test", path="-"))
    return folder


def baseline(name: str, *train: Path):
    return create(f"baseline:{name}", ModelOptions(train=train))


async def reply(model, row: Row) -> Reply:
    item = Item(id="i", case_id="c", source_id="s", **{**row, "reference": "hidden"})
    return (await model.reply([Call(messages=(), item=item)]))[0]


async def said(model, *row, **fields) -> str:
    return (await reply(model, question(row[0], "", *row[1:], **fields))).text


LEARN = [
    *(question(f"Is there an effusion on the {side}?", "yes") for side in ("left", "right", "film")),
    *(question(f"Is the heart {word}?", "no") for word in ("enlarged", "displaced", "small", "absent")),
    *(
        question("Which organ?", organ, "choice", options=("liver", "lung"))
        for organ in ("lung", "lung", "lung", "liver")
    ),
    *(question("Which plane?", "axial", "choice", options=("axial", "coronal", "sagittal")) for _ in range(2)),
    *(question("How long is the liver?", n, "number", unit="mm") for n in ("150", "152", "154", "156", "158")),
    *(question("How wide is the aorta?", n, "number", unit="mm") for n in ("20", "22", "24", "26", "28")),
    *(question("What modality is this?", "CT", "open") for _ in range(3)),
    *(question("What organ is shown?", "brain", "open") for _ in range(2)),
    question("Describe.", "Clear lungs.", "report"),
]


@pytest.fixture(scope="module")
def train(tmp_path_factory) -> Path:
    return item_set(tmp_path_factory.mktemp("sets") / "train", [dict(row) for row in LEARN])


async def test_majority_gives_the_most_frequent_reference_of_the_answer_type(train):
    model = baseline("majority", train)
    assert await said(model, "Is there an effusion on the left?") == "no"
    assert await said(model, "What organ is shown?", "open") == "CT"
    assert await said(model, "Describe.", "report") == "Clear lungs."


async def test_majority_of_a_choice_is_the_option_that_was_right_most_often_else_the_position(train):
    model = baseline("majority", train)
    assert await said(model, "?", "choice", options=("Liver", "LUNG", "axial")) == "LUNG"
    assert await said(model, "?", "choice", options=("spleen", "kidney")) == "kidney"
    assert await said(model, "?", "choice", options=("spleen", "kidney", "bowel")) == "spleen"


async def test_question_only_learns_what_the_wording_gives_away(train):
    model = baseline("question-only", train)
    assert await said(model, "Is there an effusion?") == "yes"
    assert await said(model, "Is the heart rotated?") == "no"
    assert await said(model, "What modality was used?", "open") == "CT"
    assert await said(model, "What organ is this?", "open") == "brain"
    assert await said(model, "Which organ is it?", "choice", options=("lung", "liver")) == "lung"
    assert await said(model, "How wide is this aorta?", "number", unit="mm") == "24"
    assert await said(model, "How long is this liver?", "number", unit="mm") == "154"


async def test_always_last_says_no_and_takes_the_last_option():
    model = baseline("always-last")
    assert await said(model, "?") == "no"
    assert await said(model, "?", "choice", options=("a", "b", "c")) == "c"


@pytest.mark.parametrize("name", ["always-last", "majority", "question-only"])
async def test_a_type_that_was_never_seen_gets_an_empty_answer_that_says_so(train, name):
    got = await reply(baseline(name, train), question("?", "", "trace"))
    assert (got.text, got.failure) == ("", "") and "'trace'" in got.detail


@pytest.mark.parametrize("name", ["always-last", "majority", "question-only"])
@pytest.mark.parametrize("answer_type", ["yes_no", "choice", "number", "open", "report", "trace"])
async def test_every_answer_type_is_tolerated_even_when_odd(train, name, answer_type):
    for odd in ("", "?", "病変はありますか", "x" * 5000):
        text = await said(
            baseline(name, train), odd, answer_type, options=(odd, "b") if answer_type == "choice" else ()
        )
        assert isinstance(text, str)


@pytest.mark.parametrize("name", ["majority", "question-only"])
async def test_nothing_is_learned_from_test_items(tmp_path, train, name):
    poison = [question(f"Is there an effusion on the {n}?", "no", split="test", source_id=f"t{n}") for n in range(40)]
    poison += [question("What modality is this?", "poison", "open", "test", source_id=f"o{n}") for n in range(40)]
    poison += [
        question("Which organ?", "liver", "choice", "test", options=("liver", "lung"), source_id=f"c{n}")
        for n in range(40)
    ]
    mixed, clean = baseline(name, item_set(tmp_path / "mixed", [*map(dict, LEARN), *poison])), baseline(name, train)
    assert mixed.identity == clean.identity
    for row in LEARN:
        assert await reply(mixed, row) == await reply(clean, row)


def test_identity_changes_with_the_training_data(tmp_path, train):
    rows = [dict(row) for row in LEARN]
    rows[0]["reference"] = "no"
    other = item_set(tmp_path / "other", rows)
    for name in ("majority", "question-only"):
        assert baseline(name, train).identity != baseline(name, other).identity
        assert baseline(name, train).identity != baseline(name, train, other).identity


@pytest.mark.parametrize("name", ["majority", "question-only"])
def test_without_a_training_split_there_is_no_baseline(tmp_path, name):
    with pytest.raises(UserError, match="no item set has none; .*--train FOLDER"):
        baseline(name)
    only_test = item_set(tmp_path / "set", [question("?", "yes", split="test")])
    with pytest.raises(UserError, match="learns from a training split"):
        baseline(name, only_test)


@pytest.mark.parametrize(("name", "learns"), [("always-last", False), ("majority", True), ("question-only", True)])
def test_a_baseline_says_whether_it_learnt_the_training_split(train, name, learns):
    model = create(f"baseline:{name}", ModelOptions(train=(train,)))
    assert (model.learns, model.blind, model.recorded) == (learns, True, False)


def test_an_unknown_baseline_names_the_known_ones():
    with pytest.raises(UserError, match="always-last, majority, question-only"):
        baseline("random")


async def test_a_baseline_cannot_judge(train):
    with pytest.raises(UserError, match="cannot judge"):
        await baseline("majority", train).reply([Call(messages=())])


async def test_a_set_of_one_item_is_enough_for_the_majority_answer(tmp_path):
    for number, row in enumerate((question("?", "yes"), question("?", "a", "choice", options=("a",)))):
        model = baseline("question-only", item_set(tmp_path / str(number), [dict(row)]))
        assert (await reply(model, row)).text == row["reference"]


async def test_answers_do_not_depend_on_the_process(train):
    code = (
        "import asyncio, sys; from pathlib import Path\n"
        "from tests.models.test_baseline import all_answers\n"
        "print(asyncio.run(all_answers(Path(sys.argv[1]))))"
    )
    root = Path(__file__).resolve().parents[2]
    env = {**os.environ, "PYTHONHASHSEED": "1", "PYTHONPATH": str(root)}
    other = subprocess.run(
        [sys.executable, "-c", code, str(train)], env=env, cwd=root, capture_output=True, text=True, check=True
    )
    assert other.stdout.strip() == await all_answers(train)


async def all_answers(train: Path) -> str:
    model = baseline("question-only", train)
    return str([model.identity, *[(await reply(model, row)).text for row in LEARN]])
