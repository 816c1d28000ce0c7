import csv
import zipfile

import pytest

from auscult.corpora import ReadOptions
from auscult.corpora.pmc_vqa import read
from auscult.errors import UserError

FIRST = ["Figure_path", "Question", "Answer", "Choice A", "Choice B", "Choice C", "Choice D", "Answer_label"]
ROW = ["PMC1_F1.jpg", "Which organ is shown?", " Liver", " A:Spleen ", " B:Liver ", " C:Kidney ", " D:Lung ", "B"]
SECOND = ["index", "Figure_path", "Caption", "Question", *FIRST[3:7], "Answer", "split"]
ROW_2 = [
    "17",
    "PMC2_Fig1_3.jpg",
    "CT of the liver.",
    "Which organ?",
    " A: Spleen",
    "B: Liver",
    "C: Lung",
    "",
    "B",
    "test",
]


def table(folder, name, header, *rows):
    folder.mkdir(exist_ok=True)
    with open(folder / name, "w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header, *rows])
    return folder


def items(folder, options=None):
    return [i for b in read(folder, options or ReadOptions()) for i in b.items]


def test_version_1_gives_options_without_their_letters_and_the_published_split(tmp_path, picture):
    picture("PMC1_F1.jpg", folder=tmp_path / "images")
    table(tmp_path, "test.csv", FIRST, ROW, ["PMC1_F1.jpg", "Which side?", "", "left", "right", "", "", "A"])
    (bundle,) = read(tmp_path, ReadOptions())
    one, two = bundle.items
    assert (one.answer_type, one.options, one.reference) == ("choice", ("Spleen", "Liver", "Kidney", "Lung"), "Liver")
    assert (one.source_id, one.split, bundle.case.source_key) == ("test:1", "test", "PMC1_F1.jpg")
    assert (two.options, two.reference) == (("left", "right"), "left")


def test_version_2_gives_the_letter_as_answer_and_the_caption_as_annotation(tmp_path, picture):
    picture("PMC2_Fig1_3.jpg", folder=tmp_path / "figures")
    table(tmp_path, "train_2.csv", SECOND, ROW_2)
    (bundle,) = read(tmp_path, ReadOptions())
    (item,) = bundle.items
    assert (item.options, item.reference) == (("Spleen", "Liver", "Lung"), "Liver")
    assert (item.source_id, item.split, bundle.case.annotation) == ("train_2:17", "train", "CT of the liver.")


def test_images_are_read_from_the_archive_as_it_is_published(tmp_path, picture):
    file = picture("PMC1_F1.jpg", folder=tmp_path / "elsewhere")
    table(tmp_path / "set", "test.csv", FIRST, ROW)
    with zipfile.ZipFile(tmp_path / "set" / "images.zip", "w") as archive:
        archive.write(file, "images/PMC1_F1.jpg")
    (bundle,) = read(tmp_path / "set", ReadOptions())
    assert bundle.payloads == (file.read_bytes(),)


def test_an_answer_that_contradicts_its_letter_is_left_out_and_counted(tmp_path, picture):
    picture("PMC1_F1.jpg", folder=tmp_path / "images")
    table(tmp_path, "test.csv", FIRST, ROW, [*ROW[:2], "Lung", *ROW[3:]], [*ROW[:2], "B: liver", *ROW[3:]])
    (bundle,) = read(tmp_path, ReadOptions())
    assert [i.source_id for i in bundle.items] == ["test:1", "test:3"]
    assert bundle.left_out == {"the answer's text is not the option of its letter": 1}


def test_options_that_repeat_keep_their_letters_and_a_tag(tmp_path, picture):
    picture("PMC1_F1.jpg", folder=tmp_path / "images")
    table(tmp_path, "test.csv", FIRST, [*ROW[:2], "", "CT", "MRI", "ct", "PET", "C"], ROW)
    one, two = items(tmp_path)
    assert (one.options, one.reference, one.tags) == (("CT", "MRI", "ct", "PET"), "ct", {"repeated_option": "yes"})
    assert two.tags == {}


def test_an_option_that_only_begins_like_its_letter_stays_whole(tmp_path, picture):
    picture("PMC1_F1.jpg", folder=tmp_path / "images")
    options = ["Salmonella", "Shigella", "C. difficile", "E. coli"]
    table(tmp_path, "test.csv", FIRST, [*ROW[:2], "C. difficile", *options, "C"])
    assert (items(tmp_path)[0].options, items(tmp_path)[0].reference) == (tuple(options), "C. difficile")


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ([*ROW[:7], "E"], r"test.csv, row 1: the answer 'E' is no letter of an option \(A, B, C, D\)"),
        ([*ROW[:3], "x", "", "y", "z", "A"], "row 1: option B is empty"),
        ([*ROW[:3], "x", "", "", "", "A"], "row 1: 1 option where a choice needs two"),
        ([*ROW[:7], ""], "row 1: Answer_label is empty"),
        (["PMC9.jpg", *ROW[1:]], "row 1: image PMC9.jpg is missing .*--images"),
        (["../PMC9.jpg", *ROW[1:]], "lies outside"),
    ],
)
def test_a_broken_row_is_named(tmp_path, picture, row, message):
    picture("PMC1_F1.jpg", folder=tmp_path / "images")
    with pytest.raises(UserError, match=message):
        items(table(tmp_path, "test.csv", FIRST, row))


def test_one_id_for_two_questions_names_both_rows(tmp_path, picture):
    picture("PMC2_Fig1_3.jpg", folder=tmp_path / "figures")
    table(tmp_path, "test_2.csv", SECOND, ROW_2, [*ROW_2[:3], "Which side?", *ROW_2[4:]], ROW_2)
    with pytest.raises(UserError, match=r"row 2: question id 'test_2:17' has another content than in .*row 1"):
        items(tmp_path)


def test_two_versions_in_one_folder_must_be_told_apart(tmp_path, picture):
    picture("PMC2_Fig1_3.jpg", folder=tmp_path / "figures")
    table(tmp_path, "test.csv", FIRST, ROW)
    table(tmp_path, "test_2.csv", SECOND, ROW_2)
    with pytest.raises(UserError, match=r"both versions of PMC-VQA; name one file, .*test_2.csv"):
        items(tmp_path)
    assert [i.source_id for i in items(tmp_path / "test_2.csv")] == ["test_2:17"]


def test_a_folder_of_something_else_is_refused(tmp_path):
    with pytest.raises(UserError, match="holds none of train.csv"):
        items(tmp_path)
