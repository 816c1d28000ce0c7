import json

import pytest

from auscult.corpora import ReadOptions
from auscult.corpora.llava_json import read
from auscult.errors import UserError


def turns(*texts):
    return [{"from": ("human", "gpt")[i % 2], "value": text} for i, text in enumerate(texts)]


def record(image="a.png", name="r1", said=("<image>\nIs it normal?", "No.")):
    return {"id": name, "image": image, "conversations": turns(*said)}


def write(folder, *records, lines=False):
    path = folder / "talk.json"
    path.write_text("\n".join(map(json.dumps, records)) if lines else json.dumps(records))
    return path


@pytest.mark.parametrize("lines", [False, True])
def test_each_pair_of_turns_is_a_question_on_its_image(tmp_path, picture, lines):
    picture("a.png")
    path = write(
        tmp_path, record(said=("<image>\nModality?", "CT", "Organ?\n<image>", "liver")), record(name="r2"), lines=lines
    )
    (bundle,) = read(path, ReadOptions())
    assert [(i.source_id, i.question, i.reference, i.answer_type) for i in bundle.items] == [
        ("r1#0", "Modality?", "CT", "open"),
        ("r1#1", "Organ?", "liver", "open"),
        ("r2#0", "Is it normal?", "no", "yes_no"),
    ]


@pytest.mark.parametrize(
    ("said", "reply", "kind"),
    [
        ("CLOSED", "Yes", "yes_no"),
        ("closed", "left", "choice"),
        ("OPEN", "Yes", "open"),
        ("", "No.", "yes_no"),
        ("", "No, it is small.", "open"),
    ],
)
def test_the_reply_and_the_answer_type_say_whether_a_question_is_closed(tmp_path, picture, said, reply, kind):
    picture("a.png")
    one = record(said=("<image>\nIs the lesion left or right?", reply)) | ({"answer_type": said} if said else {})
    (bundle,) = read(write(tmp_path, one), ReadOptions())
    assert bundle.items[0].answer_type == kind


def test_several_images_and_none_are_possible(tmp_path, picture):
    picture("a.png", 1)
    picture("b.png", 2)
    text = record(None, "t", ("Is a lung an organ?", "Yes"))
    bundles = list(read(write(tmp_path, record(["a.png", "b.png"]), text), ReadOptions()))
    assert [len(b.case.images) for b in bundles] == [2, 0]


@pytest.mark.parametrize(
    ("said", "questions"),
    [
        (("<image>\n<image>\nSame side?", "yes"), ["Same side?"]),
        (("Is <image> older than <image>?", "yes"), ["Is image 1 older than image 2?"]),
        (("<image>\nSide?", "left", "<image>\nAnd here?", "right"), ["image 1\nSide?", "image 2\nAnd here?"]),
    ],
)
def test_placeholders_of_several_images_keep_their_places(tmp_path, picture, said, questions):
    picture("a.png", 1)
    picture("b.png", 2)
    (bundle,) = read(write(tmp_path, record(["a.png", "b.png"], said=said)), ReadOptions())
    assert [i.question for i in bundle.items] == questions


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"conversations": turns("a")}, "turns go human; must be human, gpt"),
        ({"conversations": turns()}, "turns go nowhere"),
        ({"conversations": [{"role": "user"}]}, "no list of {from, value} turns"),
        ({"conversations": turns("<image>", "yes")}, "an empty turn"),
        ({"conversations": turns("q", "null")}, "an empty turn"),
        ({"image": None}, "1 image placeholder .* with 0 images"),
        ({"conversations": turns("<image> or <image>?", "x")}, "2 image placeholders .* with 1 image;"),
        ({"answer_type": "essay"}, "answer_type 'essay' is unknown; known: CLOSED, OPEN"),
        ({"image": 3}, "image is '3', not a file name"),
        ({"image": "none.png"}, r"image .*none.png is missing"),
    ],
)
def test_a_broken_record_is_one_line_with_its_place(tmp_path, change, message):
    with pytest.raises(UserError, match=message) as error:
        list(read(write(tmp_path, record() | change), ReadOptions()))
    assert "talk.json, record 1" in str(error.value)


def test_another_name_of_the_field_can_be_mapped(tmp_path, picture):
    picture("a.png")
    odd = {"id": "x", "image": "a.png", "conversatons": turns("q", "a")}
    with pytest.raises(UserError, match=r"no 'conversations'; fields there are: id, image, conversatons; .*--map"):
        list(read(write(tmp_path, odd), ReadOptions()))
    assert len(list(read(write(tmp_path, odd), ReadOptions(columns={"conversations": "conversatons"})))) == 1


def test_records_that_cannot_be_used_are_said_at_once_or_left_out_and_counted(tmp_path, picture):
    picture("a.png")
    good = {
        "id": "1",
        "image": "a.png",
        "conversations": [{"from": "human", "value": "Mass?"}, {"from": "gpt", "value": "No"}],
    }
    bad = [{**good, "id": "2", "image": "no.png"}, {**good, "id": "3", "conversations": []}]
    (tmp_path / "t.json").write_text(json.dumps([good, *bad]))
    with pytest.raises(UserError, match=r"2 rows cannot be used(?s:.*)record 3(?s:.*)no.png is missing"):
        list(read(tmp_path / "t.json", ReadOptions()))
    (made,) = read(tmp_path / "t.json", ReadOptions(skip_bad=True))
    assert (len(made.items), made.left_out) == (1, {"rows that cannot be used": 2})
