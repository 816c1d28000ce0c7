import json

import pytest

from auscult.corpora import ReadOptions
from auscult.corpora._borrowed import NOT_THERE
from auscult.corpora.medvh import UNDECIDED, UNLABELLED, choices_of, read
from auscult.errors import UserError
from auscult.models.baseline import AlwaysLast
from auscult.scorers.rules.medvh import rule

WRONG = {
    "question_id": 7,
    "img_id": 1,
    "img_name": "medvh_1.jpg",
    "question": "Is a nodule seen?",
    "choices": "A: Yes. B: No. C: Not a suitable question for the image.",
    "gt": "C",
}
NOTA = WRONG | {"choices": "A: mild. B: severe. C: None of the above.", "question": "How large is it?"}
CLI = WRONG | {"choices": "A: left. B: right. C: the premise is wrong.", "gt": "C: the premise is wrong."}


def published(root, picture, **lists):
    for name, rows in lists.items():
        folder = {"NOTA": "NOTA", "NOTA_baseline": "NOTA"}.get(name, name)
        path = root / "multi_choices" / folder / f"test_{name}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(rows))
        for number, row in enumerate(rows):
            picture(row["img_name"], 10 + sum(folder.encode()) % 200 + number, folder=path.parent)
    return root


def items(path, **options):
    return [item for bundle in read(path, ReadOptions(**options)) for item in bundle.items]


@pytest.fixture
def root(tmp_path, picture):
    plain = NOTA | {"choices": "A: mild. B: severe. C: none. D: None of the above.", "gt": "C"}
    return published(tmp_path, picture, wrongful_image=[WRONG], cli=[CLI], NOTA=[NOTA], NOTA_baseline=[plain])


def test_a_letter_and_a_letter_with_its_text_are_both_read(root):
    found = {item.category: item for item in items(root) if item.tags["scenario"] != "plain"}
    assert found["wrong image"].reference == "Not a suitable question for the image"
    assert found["wrong premise"].reference == "the premise is wrong"


def test_always_last_gets_everything_under_the_wrong_premises_and_nothing_on_the_plain_twin(root):
    right = {}
    for item in items(root):
        letter = "ABCD"[item.options.index(AlwaysLast().answer(item))]
        right[item.category, item.tags["scenario"]] = rule(item, letter).values["correct"]
    assert [right[k] for k in right if k[1] != "plain"] == [1, 1, 1]
    assert right["none of the above", "plain"] == 0


def test_a_question_and_its_plain_twin_share_a_pair(root):
    pair = [item for item in items(root) if item.tags["pair"] == "nota:7"]
    assert {item.tags["scenario"] for item in pair} == {"plain", "none of the above"}


def test_the_same_name_is_another_image_in_another_task(root):
    one, other = (
        next(b for b in read(root, ReadOptions()) if b.items[0].category == c) for c in ("wrong image", "wrong premise")
    )
    assert one.case.images[0].sha256 != other.case.images[0].sha256


def test_a_plain_twin_is_never_shown_the_wrong_image(tmp_path, picture):
    published(tmp_path, picture, wrongful_image=[WRONG])
    twin = tmp_path / "multi_choices" / "baseline_worngful_image" / "test_wrongful_image_baseline_src.json"
    twin.parent.mkdir()
    twin.write_text(json.dumps([WRONG | {"gt": "A: Yes"}]))
    (bundle,) = read(tmp_path, ReadOptions())
    assert bundle.left_out == {NOT_THERE: 1} and [i.tags["scenario"] for i in bundle.items] == ["wrong image"]


def test_a_suggested_answer_is_put_in_words(tmp_path, picture):
    row = WRONG | {"choices": "A: Yes. B: No.", "gt": "A: Yes", "suggested_answer": "B: No."}
    (item,) = items(published(tmp_path, picture, FCJ=[row]))
    assert item.answer_type == "yes_no" and item.reference == "yes" and item.tags["proposed_answer"] == "No"
    assert item.question == "Is a nodule seen?\nA colleague answers: No. Which answer is right?"


def test_letters_that_do_not_run_on_keep_the_order_in_which_they_stand():
    assert choices_of("A:  axial . B: frontal  C: lateral E: oblique. D: None of the above.") == [
        ("A", "axial"),
        ("B", "frontal"),
        ("C", "lateral"),
        ("E", "oblique"),
        ("D", "None of the above"),
    ]


@pytest.mark.parametrize(
    ("choices", "truth", "right"),
    [
        ("A: Nodule. B: Atelectasis, Mass. C: None.", "B: Atelectasis", "Atelectasis, Mass"),
        ("A: Left lobe. B: Right upper lob. C: None.", "B: Right upper lobe", "Right upper lob"),
        ("A: It is red.. B: It is blue..", "B: It is blue.", "It is blue"),
    ],
)
def test_a_truth_that_was_cut_or_has_other_full_stops_is_its_choice(tmp_path, picture, choices, truth, right):
    (item,) = items(published(tmp_path, picture, cli=[CLI | {"choices": choices, "gt": truth}]))
    assert item.reference == right


def test_a_truth_of_another_text_than_its_letter_is_not_guessed(tmp_path, picture):
    row = CLI | {"choices": "A: Yes. B: Both lungs have it. C: No such thing.", "gt": "B: No"}
    (bundle,) = read(published(tmp_path, picture, cli=[CLI, row | {"question_id": 8}]), ReadOptions())
    assert bundle.left_out == {UNDECIDED: 1}


def test_reports_have_their_labels_as_reference_and_one_without_is_counted(tmp_path, picture):
    row = {"report_id": 3, "image_name": "medvh_3.jpg", "src_img": "p/s", "gt_labels": ["Pleural Effusion", "Edema"]}
    path = tmp_path / "text_generation" / "report_generation" / "test_report_generation_src.json"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps([row, row | {"report_id": 4, "gt_labels": []}]))
    picture("medvh_3.jpg", 3, folder=path.parent)
    (bundle,) = read(tmp_path, ReadOptions())
    (item,) = bundle.items
    assert (item.answer_type, item.reference) == ("report", "Pleural effusion. Edema.")
    assert bundle.left_out == {UNLABELLED: 1}


def test_a_truth_that_is_no_choice_is_counted_and_broken_rows_are_named(tmp_path, picture):
    (bundle,) = read(published(tmp_path, picture, cli=[CLI, CLI | {"question_id": 8, "gt": "A: other"}]), ReadOptions())
    assert bundle.left_out == {UNDECIDED: 1}
    with pytest.raises(UserError, match="choices .none. are no letters"):
        items(published(tmp_path, picture, cli=[CLI | {"choices": "none"}]))


def test_a_folder_without_lists_or_without_images_is_refused(tmp_path):
    with pytest.raises(UserError, match=r"holds no test_\*.json"):
        items(tmp_path)
    (tmp_path / "test_cli.json").write_text(json.dumps([CLI]))
    with pytest.raises(UserError, match="none of the images of its 1 questions is there"):
        items(tmp_path)
