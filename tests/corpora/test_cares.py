import json

import pytest

from auscult.corpora import ReadOptions
from auscult.corpora.cares import GIVEN_AWAY, UNANSWERED, UNDECIDED, read
from auscult.errors import UserError

YES_NO = " Please choose from the following two options: [yes, no]\n<image>"
XRAY = {"question_id": 0, "image": "a/0.png", "text": "Is the heart large?" + YES_NO, "answer": "No."}
SKIN = {
    "question_id": "I1",
    "options": "A:scalp, B:upper extremity",
    "fig_caption": "B:upper extremity",
    "age": 45,
    "image": "a/0.png",
    "text": "This is a medical Question with several Options, and so on. The Question is:Which part?"
    "The candidate Options are:[A:scalp, B:upper extremity]\n",
}
SPINE = {"question_id": 0, "image": "a/0.png", "text": "Is it seen?\n", "options": "A:Yes, B:No", "answer": "B:No"}


def bundle(tmp_path, picture, *rows):
    picture("a/0.png", folder=tmp_path / "images")
    (tmp_path / "data" / "SET").mkdir(parents=True, exist_ok=True)
    (tmp_path / "data" / "SET" / "set_factuality.jsonl").write_text("\n".join(map(json.dumps, rows)))
    (found,) = read(tmp_path, ReadOptions(images=tmp_path / "images"))
    return found


def test_yes_no_choice_and_open_questions_are_told_apart_and_lists_of_answers_taken_off(tmp_path, picture):
    rows = (XRAY, SKIN, SPINE, XRAY | {"text": "What is shown?", "answer": "A cyst."})
    xray, skin, spine, open_ = bundle(tmp_path, picture, *rows).items
    assert (xray.question, xray.answer_type, xray.reference) == ("Is the heart large?", "yes_no", "no")
    assert (skin.question, skin.options, skin.reference) == (
        "Which part?",
        ("scalp", "upper extremity"),
        "upper extremity",
    )
    assert (spine.answer_type, spine.reference) == ("yes_no", "no")
    assert (open_.answer_type, open_.reference) == ("open", "A cyst.")
    assert len({item.source_id for item in (xray, skin, spine, open_)}) == 4


def test_a_list_that_is_not_the_options_stays_and_is_tagged(tmp_path, picture):
    (item,) = bundle(tmp_path, picture, SKIN | {"options": "A:scalp, B:hand", "fig_caption": "B:hand"}).items
    assert "candidate Options" in item.question and item.tags["choices_in_question"] == "yes"


def test_a_question_that_holds_its_answer_is_tagged(tmp_path, picture):
    (item,) = bundle(tmp_path, picture, XRAY | {"text": "Is it large? - No" + YES_NO}).items
    assert item.tags[GIVEN_AWAY] == "yes"


def test_answers_that_decide_nothing_are_counted(tmp_path, picture):
    vague = XRAY | {"answer": "The report does not say."}
    found = bundle(tmp_path, picture, XRAY, vague, XRAY | {"answer": ""})
    assert found.left_out == {UNDECIDED: 1, UNANSWERED: 1} and len(found.items) == 1


def test_an_answer_that_is_another_option_than_its_letter_is_refused(tmp_path, picture):
    with pytest.raises(UserError, match="the answer 'A:upper extremity' is not option A"):
        bundle(tmp_path, picture, SKIN | {"fig_caption": "A:upper extremity"})


def test_a_folder_of_something_else_is_refused(tmp_path):
    with pytest.raises(UserError, match="holds no data/"):
        list(read(tmp_path, ReadOptions()))
