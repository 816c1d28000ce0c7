import json

import pytest

from auscult.corpora import ReadOptions
from auscult.corpora.medhalltune import read
from auscult.errors import UserError
from auscult.items.writer import SourceNote, write_item_set

QUESTION = {"question_id": 7, "image": "pmc_1_0.jpg", "question": "Is that pus?\n<image>"}
ANNOTATED = {
    "question_id": 7,
    "image": "pmc_1_0.jpg",
    "text": "Is that pus?\n<image>",
    "gpt4_answer": "No, it is blood.",
    "fig_caption": "Haemothorax.",
}
JUDGED = ANNOTATED | {"question": "Is that pus?", "answer": " Yes. ", "result": "2 3 4 5\n\nIt invents pus."}


def written(folder, **files):
    for name, rows in files.items():
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return folder


def items(path, **options):
    return [i for b in read(path, ReadOptions(**options)) for i in b.items]


def test_annotations_become_open_items_whose_ids_tell_n_from_p(tmp_path):
    other = ANNOTATED | {"image": "pmc_2_0.jpg", "gpt4_answer": "Yes."}
    n, p = read(written(tmp_path, val_negative_qa=[ANNOTATED], val_positive_qa=[other]), ReadOptions())
    (one,), (two,) = n.items, p.items
    assert (one.source_id, one.kind, one.reference) == ("N-7", "hallucination", "No, it is blood.")
    assert (two.source_id, two.kind, two.reference) == ("P-7", "non-hallucination", "Yes.")
    assert (one.question, one.tags, one.split) == ("Is that pus?", {"image_token": "after"}, "validation")
    assert (n.case.source_key, n.case.annotation, n.case.images) == ("pmc_1_0.jpg", "Haemothorax.", ())


def test_the_misspelt_published_name_is_read_as_positive(tmp_path):
    name = "llava-med-prediction-postive-GPT4o-eval-filtered"
    assert items(written(tmp_path, **{name: [JUDGED]}))[0].source_id == "P-7"


def test_released_questions_have_no_reference(tmp_path):
    (item,) = items(written(tmp_path, negative_qa=[QUESTION]))
    assert (item.question, item.reference, item.kind) == ("Is that pus?", "", "hallucination")


def test_a_folder_gives_the_fullest_file_of_each_kind(tmp_path):
    prediction = QUESTION | {"answer": "Yes."}
    written(tmp_path, negative_qa=[QUESTION], a_negative_prediction=[prediction], positive_qa=[QUESTION])
    assert [(i.source_id, i.reference) for i in items(tmp_path)] == [("N-7", ""), ("P-7", "")]
    written(tmp_path, negative_judged=[JUDGED])
    assert [i.reference for i in items(tmp_path)] == ["No, it is blood.", ""]
    written(tmp_path, negative_judged_2=[JUDGED])
    with pytest.raises(UserError, match=r"negative_judged.jsonl and negative_judged_2.jsonl could both hold"):
        items(tmp_path)


def test_images_are_used_where_there_are_some(tmp_path, picture):
    written(tmp_path, negative_qa=[QUESTION])
    file = picture("pmc_1_0.jpg", folder=tmp_path / "images")
    (bundle,) = read(tmp_path, ReadOptions())
    assert bundle.payloads == (file,) and bundle.case.images[0].width == 8
    with pytest.raises(UserError, match=r"negative_qa.jsonl, line 1: image .*pmc_1_0.jpg is missing"):
        items(tmp_path, images=tmp_path / "elsewhere")


@pytest.mark.parametrize(
    ("name", "row", "message"),
    [
        ("qa", JUDGED, "its name says neither negative"),
        ("negative_and_positive", JUDGED, "its name says neither negative"),
        ("negative", JUDGED | {"image": ""}, "negative.jsonl, line 1: image is empty"),
        ("negative", JUDGED | {"text": "<image>"}, "line 1: the question is empty"),
    ],
)
def test_a_broken_file_is_named(tmp_path, name, row, message):
    with pytest.raises(UserError, match=message):
        items(written(tmp_path, **{name: [row]}) / f"{name}.jsonl")


def test_one_id_with_two_contents_names_both_lines(tmp_path):
    other = JUDGED | {"text": "Is that bile?"}
    file = written(tmp_path, negative=[JUDGED, other]) / "negative.jsonl"
    with pytest.raises(UserError, match=r"line 2: question id 'N-7' has another content than in .*line 1"):
        items(file)


def test_a_reference_that_is_missing_in_one_row_is_named(tmp_path):
    other = ANNOTATED | {"question_id": 8, "gpt4_answer": ""}
    with pytest.raises(UserError, match="line 2: gpt4_answer is empty here and not elsewhere"):
        items(written(tmp_path, negative_qa=[ANNOTATED, other]))


def test_a_second_caption_on_one_image_is_counted(tmp_path):
    other = ANNOTATED | {"question_id": 8, "fig_caption": "Another one."}
    (bundle,) = read(written(tmp_path, negative_qa=[ANNOTATED, other]), ReadOptions())
    assert bundle.case.annotation == "Haemothorax."
    assert bundle.left_out == {"a caption that differs from the first one on its image": 1}


def test_both_files_build_into_one_item_set(tmp_path):
    written(tmp_path, negative_qa=[ANNOTATED], positive_qa=[ANNOTATED | {"image": "pmc_2_0.jpg"}])
    manifest = write_item_set(
        read(tmp_path, ReadOptions()), tmp_path / "items", source=SourceNote(reader="medhalltune", path="-")
    )
    assert manifest.counts["kind"] == {"hallucination": 1, "non-hallucination": 1}
    assert (manifest.items, manifest.counts["split"]) == (2, {"validation": 2})


def test_a_folder_of_something_else_is_refused(tmp_path):
    with pytest.raises(UserError, match="holds no negative or positive JSONL file"):
        items(tmp_path)
