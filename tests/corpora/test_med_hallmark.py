import json

import pytest

from auscult.corpora import ReadOptions
from auscult.corpora.med_hallmark import AGAIN, NO_TRUTH, labelled, read
from auscult.errors import UserError


def judged(question, answer, label, truth="No", image="rad/synpic1.jpg"):
    known = f"\nground-truth: {truth}" if truth else ""
    told = f"Rules.\n\nquestion: {question}\nMed-VLM answer: {answer}{known}\n\nPlease judge by the rules."
    turns = [{"from": "human", "value": told}, {"from": "gpt", "value": "a class"}]
    return {"id": 1, "conversations": turns, "image": image, "classification_label": label}


WEAK = {
    "conversations": [
        {"from": "human", "value": "As a beginner: is a rib broken?"},
        {"from": "gpt", "value": "No, there is none."},
    ],
    "image": "synpic1.jpg",
}


@pytest.fixture
def root(tmp_path, picture):
    picture("synpic1.jpg", 1, folder=tmp_path / "images" / "vqa-rad")
    picture("xmlab1/source.jpg", 2, folder=tmp_path / "images")
    return tmp_path


def published(root, name, *rows):
    (root / name).write_text(json.dumps(rows))
    return root


def test_questions_and_truths_are_read_out_of_the_instructions(root):
    published(root, "Conventional..json", judged("Are the lungs normal?", "Yes.\nThey are.", 0))
    published(root, "Counterfactual..json", judged("In this MRI?", "No", 3, "It is CT.", "slake/xmlab1/source.jpg"))
    published(root, "Confidence_weakening.json", WEAK)
    published(root, "Irg.json", {"question": "never read"})
    found = {i.category: i for b in read(root, ReadOptions(images=root / "images")) for i in b.items}
    assert set(found) == {"conventional", "counterfactual", "confidence weakening"}
    assert (found["conventional"].question, found["conventional"].reference) == ("Are the lungs normal?", "no")
    assert (found["counterfactual"].answer_type, found["counterfactual"].reference) == ("open", "It is CT.")
    assert (found["confidence weakening"].answer_type, found["confidence weakening"].reference) == ("yes_no", "no")


def test_one_question_with_several_labelled_answers_comes_once_and_those_without_truth_are_counted(root):
    rows = judged("Is it?", "Yes", 0), judged("Is it?", "No", 5), judged("Is that?", "No", 1, truth="")
    (bundle,) = read(published(root, "Conventional..json", *rows), ReadOptions(images=root / "images"))
    assert len(bundle.items) == 1 and bundle.left_out == {AGAIN: 1, NO_TRUTH: 1}


def test_labelled_answers_come_with_the_kind_of_their_hallucination(root):
    rows = judged("Is it?", "Yes,\n\nit is.", 0), judged("Is it?", "No", 5, truth="")
    one, other = labelled(published(root, "Conventional..json", *rows) / "Conventional..json")
    assert (one.answer, one.truth, one.label) == ("Yes,\n\nit is.", "No", "catastrophic")
    assert (other.truth, other.label) == ("", "correct")


def test_a_row_of_another_form_is_named(root):
    broken = judged("Is it?", "Yes", 9)
    with pytest.raises(UserError, match="label from 0 to 5"):
        list(read(published(root, "Conventional..json", broken), ReadOptions(images=root / "images")))


def test_a_folder_of_something_else_is_refused(tmp_path):
    with pytest.raises(UserError, match=r"holds no Conventional..json"):
        list(read(tmp_path, ReadOptions()))
