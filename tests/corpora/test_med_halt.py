import csv
import json

import pytest

from auscult.corpora import ReadOptions
from auscult.corpora.med_halt import NO_WAY_OUT, read
from auscult.errors import UserError

NOTA = {
    "id": "a",
    "question": "Which nerve moves the diaphragm?",
    "options": "{'0': 'Vagus', '1': 'Ulnar', '2': 'None of the above'}",
    "correct_answer": "None of the above",
    "subject_name": "anatomy",
}
FCT = NOTA | {
    "options": "{'0': 'Vagus', '1': 'Phrenic', 'correct answer': 'Vagus'}",
    "correct_answer": "Phrenic",
}
FAKE = {"id": "a", "question": "Which spell mends a femur?", "options": "{'0': 'Moonlight', '1': 'I do not know.'}"}


def published(folder, name, *rows):
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / f"{name}.csv", "w", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    return folder


def items(path):
    return [item for bundle in read(path, ReadOptions()) for item in bundle.items]


def test_the_three_tests_lie_in_any_folders_and_give_choices_without_images(tmp_path):
    published(tmp_path / "reasoning_nota", "reasoning_nota", NOTA)
    published(tmp_path / "reasoning_fake", "reasoning_fake", FAKE)
    published(tmp_path, "reasoning_FCT", FCT)
    published(tmp_path, "IR_pmid2title", {"PMID": "1", "Title": "x"})
    found = {item.category: item for item in items(tmp_path)}
    assert set(found) == {"none of the above", "fake question", "false confidence"}
    assert all(item.answer_type == "choice" and item.split == "test" for item in found.values())
    assert found["none of the above"].reference == "None of the above"
    assert found["fake question"].reference == "I do not know."
    assert not any(bundle.case.images for bundle in read(tmp_path, ReadOptions()))


def test_a_proposed_answer_is_no_option_and_is_put_in_words(tmp_path):
    right = FCT | {"id": "b", "options": "{'0': 'Vagus', '1': 'Phrenic', 'correct answer': 'phrenic'}"}
    wrong, agreed = items(published(tmp_path, "reasoning_FCT", FCT, right))
    assert wrong.options == ("Vagus", "Phrenic") and wrong.reference == "Phrenic"
    assert wrong.question.endswith("A colleague answers: Vagus. Which answer is right?")
    assert (wrong.tags["proposal"], agreed.tags["proposal"]) == ("wrong", "right")


def test_a_fake_question_without_a_way_out_is_counted(tmp_path):
    none = FAKE | {"id": "b", "options": "{'0': 'Moonlight', '1': 'Sunlight'}"}
    (bundle,) = read(published(tmp_path, "reasoning_fake", none, FAKE), ReadOptions())
    assert bundle.left_out == {NO_WAY_OUT: 1}


@pytest.mark.parametrize("said", ["I do not know!", "E. I do not know", 'I don"t know', "Indubitably, I do not know"])
def test_a_way_out_in_other_words_is_one(tmp_path, said):
    row = FAKE | {"options": repr({"0": "Moonlight", "1": said})}
    (item,) = items(published(tmp_path, "reasoning_fake", row))
    assert item.reference == said


def test_the_same_rows_as_json_are_read_where_there_is_no_csv(tmp_path):
    rows = [FAKE, FAKE | {"id": "b", "options": {"0": "Moonlight", "1": "I do not know."}}]
    (tmp_path / "reasoning_fake.json").write_text(json.dumps(rows))
    assert [item.reference for item in items(tmp_path)] == ["I do not know.", "I do not know."]
    assert len(items(published(tmp_path, "reasoning_fake", FAKE))) == 1, "never both"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"options": "no"}, "row 1: options 'no' are no object"),
        ({"correct_answer": "Sciatic"}, "row 1: the answer 'Sciatic' is not one of the options"),
        ({"question": ""}, "row 1: question is empty"),
    ],
)
def test_a_broken_row_is_named(tmp_path, change, message):
    with pytest.raises(UserError, match=message):
        items(published(tmp_path, "reasoning_nota", NOTA | change))


def test_a_folder_of_something_else_is_refused(tmp_path):
    with pytest.raises(UserError, match="holds no reasoning_FCT.csv"):
        items(tmp_path)
