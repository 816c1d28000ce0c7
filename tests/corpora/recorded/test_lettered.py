"""Options that stand in the words of a question, as prompts have them."""

import csv
from pathlib import Path

import pytest

from auscult.corpora.recorded.lettered import are_lettered, lettered
from auscult.corpora.recorded.said import Said
from auscult.corpora.recorded.table import RecordedTable, TableOptions
from auscult.records import Item


@pytest.mark.parametrize(
    "question",
    [
        "Which lung?\nA. Left\nB. Right lung",
        "Which lung? A. Left B. Right lung",
        "Which lung? (A) Left (B) Right lung",
        "Which lung?\nOptions:\nA) Left\nB) Right lung\nAnswer with the letter.",
        "Which lung? A: Left, B: Right lung.",
    ],
)
def test_options_are_read_in_every_form(question: str) -> None:
    found = lettered(question)
    assert found is not None and (found.asked, found.options) == ("Which lung?", ("Left", "Right lung"))
    for text in ("B", "(B)", "b.", "Answer: B", "The answer is B.", "B. Right lung", "right lung."):
        assert found.meant(text) == "Right lung"
    assert found.meant("C") == found.meant("B. Left") == found.meant("A mass") == ""


@pytest.mark.parametrize(
    "question",
    [
        "Is there a mass?",
        "Hepatitis A. or B. virus?",
        "A. Left B. Right",
        "Which? A. Left C. Right",
        "Which? A. x B. x",
    ],
)
def test_other_questions_have_none(question: str) -> None:
    found = lettered(question)
    assert found is None or not are_lettered([(question, "yes", ["no"])])


def read(path: Path) -> tuple[list[Item], list[Said], list[str]]:
    table, said = RecordedTable(path, TableOptions()), list[Said]()
    return [i for b in table.bundles(said.append) for i in b.items], said, [*table.describe(), *table.understood()]


def test_a_table_of_such_questions_is_read_as_choices_and_yes_no_questions(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    rows = [
        ("Is there a mass?\nA. Yes\nB. No", "A", "(B)"),
        ("Is there a mass?\nA. Yes\nB. No", "B", "Answer: B"),
        ("Which side? A. Left B. Right", "Right", "A"),
    ]
    with open(path, "w", newline="") as file:
        csv.writer(file).writerows([("question", "truth", "prediction"), *rows])
    items, said, told = read(path)
    assert [(i.answer_type, i.reference, i.target) for i in items[:2]] == [
        ("yes_no", "yes", "mass"),
        ("yes_no", "no", "mass"),
    ]
    assert (items[2].answer_type, items[2].options, items[2].reference) == ("choice", ("Left", "Right"), "Right")
    assert [s.text for s in said] == ["no", "no", "A"]
    assert any(line.startswith("questions hold their options (A, B, ...)") for line in told)


def test_where_the_truths_are_no_options_nothing_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    with open(path, "w", newline="") as file:
        row = ("Which side? A. Left B. Right", "In the upper lobe", "A")
        csv.writer(file).writerows([("question", "truth", "prediction"), row])
    assert [i.answer_type for i in read(path)[0]] == ["open"]
