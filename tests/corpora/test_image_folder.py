import json

import pytest

from auscult.corpora import ReadOptions
from auscult.corpora.image_folder import read
from auscult.errors import UserError


def table(folder, text, name="questions.csv"):
    (folder / name).write_text(text)
    return folder


def test_rows_on_one_image_come_together_wherever_they_stand(tmp_path, picture):
    picture("a.png", 10)
    picture("b.png", 20)
    table(tmp_path, "image,question,answer\na.png,Mass?,Yes\nb.png,Side?,left\na.png,Plane?,axial\n")
    bundles = list(read(tmp_path, ReadOptions()))
    assert [(b.case.source_key, [i.source_id for i in b.items]) for b in bundles] == [
        ("a.png", ["row 1", "row 3"]),
        ("b.png", ["row 2"]),
    ]
    assert [(i.answer_type, i.reference) for i in bundles[0].items] == [("yes_no", "yes"), ("open", "axial")]


def test_columns_can_be_mapped_and_tags_named(tmp_path, picture):
    picture("pics/a.png")
    text = "file,q,a,pid,site,tag.view\na.png,Mass?,no,P7,Bern,AP\n"
    columns = {"image": "file", "question": "q", "answer": "a", "patient": "pid", "tag.hospital": "site"}
    options = ReadOptions(columns=columns, images=tmp_path / "pics", licence="CC0")
    (bundle,) = read(table(tmp_path, text), options)
    assert (bundle.case.group, bundle.case.group_kind, bundle.case.licence) == ("P7", "patient", "CC0")
    assert bundle.items[0].tags == {"view": "AP", "hospital": "Bern"}


def test_a_jsonl_row_may_say_everything_about_an_item(tmp_path, picture):
    picture("a.png")
    row = {
        "image": "a.png",
        "id": "q1",
        "question": "How long is the nodule?",
        "answer": "12.5",
        "answer_type": "number",
        "unit": "mm",
        "tolerance": 2,
        "split": "val",
        "kind": "hallucination",
        "category": "size",
        "target": "nodule",
        "modality": "CT",
    }
    (bundle,) = read(table(tmp_path, json.dumps(row), "q.jsonl"), ReadOptions())
    item = bundle.items[0]
    assert (item.answer_type, item.reference, item.unit, item.tolerance) == ("number", "12.5", "mm", 2.0)
    assert (item.split, item.kind, item.category, item.target) == ("validation", "hallucination", "size", "nodule")
    assert bundle.case.tags == {"modality": "CT"}


def test_options_make_a_choice(tmp_path, picture):
    picture("a.png")
    table(tmp_path, "image,question,answer,options\na.png,Side?,LEFT,left|right|both\n")
    (bundle,) = read(tmp_path, ReadOptions())
    assert (bundle.items[0].options, bundle.items[0].reference) == (("left", "right", "both"), "left")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "picture,question,answer\na.png,q,a\n",
            r"row 1: no column 'image'; columns there are: picture, question, answer",
        ),
        ("image,question,answer\na.png,q,\n", "row 1: answer is empty"),
        ("image,question,answer\na.png,<image> or <image>?,a\n", "row 1: 2 image placeholders .* with 1 image;"),
        ("image,question,answer\nb.png,q,a\n", r"row 1: image .*b\.png is missing"),
        ("image,question,answer\n../a.png,q,a\n", "row 1: .* lies outside"),
        ("image,question,answer,options\na.png,q,up,left|right\n", "answer 'up' is not one of the options"),
        ("image,question,answer,options\na.png,q,left,left\n", "must be two or more"),
        ("image,question,answer,answer_type\na.png,q,maybe,yes_no\n", "write yes or no"),
        ("image,question,answer,answer_type\na.png,q,two,number\n", "answer 'two' is no number"),
        ("image,question,answer,answer_type\na.png,q,inf,number\n", "answer 'inf' is no number"),
        ("image,question,answer\na.png,q,NaN\n", "row 1: answer is 'NaN', which programs write for a missing value"),
        ("image,question,answer\na.png,null,a\n", "row 1: question is 'null', which programs write"),
        ("image,question,answer,patient\na.png,q,a,nan\n", "row 1: patient is 'nan', .* leave the cell empty"),
        ("image,question,answer\na.png,q,N/A\n", "row 1: the answer is 'N/A', which says nothing"),
        ("image,question,answer\na.png,The rib is broken.,TRUE\n", "row 1: the answer is 'TRUE' .* yes or no"),
        ("image,question,answer\na.png,Is the rib broken?,0\n", "row 1: the answer is '0' .* yes or no"),
        ('image,question,answer\na.png,"Is it wide?,no\na.png,Is it CT?",yes\n', "row 1: .* swallows the rows"),
        ("image,question,answer,answer_type\na.png,q,a,essay\n", "answer_type 'essay' is unknown"),
        ("image,question,answer,split\na.png,q,a,dev\n", "split 'dev' is unknown"),
        ("image,question,answer,patient\na.png,q,a,P1\na.png,r,b,P2\n", "row 2: patient 'P2' differs from 'P1'"),
    ],
)
def test_a_broken_row_is_one_line_with_its_place(tmp_path, picture, text, message):
    picture("a.png")
    with pytest.raises(UserError, match=message) as error:
        list(read(table(tmp_path, text), ReadOptions()))
    assert "questions.csv" in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("question", "answer", "kind"),
    [("Which lesion?", "None", "open"), ("How many?", "1", "open"), ("Is it one?", "0", "open")],
)
def test_an_answer_that_may_be_meant_is_kept(tmp_path, picture, question, answer, kind):
    picture("a.png")
    said = "open" if question == "Is it one?" else ""
    text = f"image,question,answer,answer_type\na.png,{question},{answer},{said}\n"
    (bundle,) = read(table(tmp_path, text), ReadOptions())
    assert (bundle.items[0].reference, bundle.items[0].answer_type) == (answer, kind)


def test_what_is_no_answer_alone_may_be_the_right_option(tmp_path, picture):
    picture("a.png")
    (bundle,) = read(table(tmp_path, "image,question,answer,options\na.png,q,n/a,N/A|left\n"), ReadOptions())
    assert bundle.items[0].reference == "N/A"


@pytest.mark.parametrize(
    ("question", "answer", "said", "kind"),
    [
        ("Is it wide?", "No", "CLOSED", "yes_no"),
        ("Is the lesion left or right?", "left", "CLOSED", "choice"),
        ("Where is it?", "liver", "CLOSED", "open"),
        ("Is it wide?", "no", "OPEN", "open"),
    ],
)
def test_closed_and_open_are_understood_as_answer_types(tmp_path, picture, question, answer, said, kind):
    picture("a.png")
    text = f"image,question,answer,answer_type\na.png,{question},{answer},{said}\n"
    (bundle,) = read(table(tmp_path, text), ReadOptions())
    assert bundle.items[0].answer_type == kind


def test_a_mapping_of_an_unknown_field_is_refused(tmp_path):
    with pytest.raises(UserError, match="--map picture=.*: no such field; fields: image, question"):
        list(read(table(tmp_path, "image\n"), ReadOptions(columns={"picture": "image"})))


@pytest.mark.parametrize(("names", "found"), [([], "none"), (["a.csv", "b.jsonl"], "a.csv, b.jsonl")])
def test_a_folder_must_hold_exactly_one_table(tmp_path, names, found):
    for name in names:
        table(tmp_path, "image\n", name)
    with pytest.raises(UserError, match=f"found: {found}"):
        list(read(tmp_path, ReadOptions()))


@pytest.mark.parametrize(
    ("name", "hint"), [("q.parquet", "--from hf-disk"), ("q.docx", "neither a folder nor a table")]
)
def test_a_table_of_another_kind_says_how_it_can_be_read(tmp_path, name, hint):
    with pytest.raises(UserError, match=hint):
        list(read(table(tmp_path, "", name) / name, ReadOptions()))


@pytest.mark.parametrize(
    ("options", "answer", "why"),
    [
        ("a mass|mass", "mass", "are the same words"),
        ("2|two", "two", "are the same words"),
        ("B|A", "A", "called like the letter"),
        ("...|liver", "liver", "no word or sign"),
    ],
)
def test_options_that_no_answer_could_choose_between_are_refused_with_their_row(
    tmp_path, picture, options, answer, why
):
    picture("a.png")
    table(tmp_path, f"image,question,answer,options\na.png,Which?,{answer},{options}\n")
    with pytest.raises(UserError, match=f"row 1: .*{why}.*reword the options"):
        list(read(tmp_path, ReadOptions()))


def test_a_unit_that_no_answer_could_have_is_refused_with_its_row(tmp_path, picture):
    picture("a.png")
    table(tmp_path, "image,question,answer,answer_type,unit\na.png,How large?,3,number,mm (axial)\n")
    with pytest.raises(UserError, match=r"row 1: unit 'mm \(axial\)' cannot be read in an answer; write it like mm"):
        list(read(tmp_path, ReadOptions()))


def test_signs_and_units_of_every_kind_are_accepted(tmp_path, picture):
    picture("a.png")
    text = "image,question,answer,answer_type,options,unit\na.png,Which?,ER-,choice,ER+|ER-,\n"
    table(tmp_path, text + "a.png,How much?,110,number,,mg/dL\na.png,How often?,80,number,,beats/min\n")
    (bundle,) = read(tmp_path, ReadOptions())
    assert [i.unit for i in bundle.items] == ["", "mg/dL", "beats/min"] and bundle.items[0].options == ("ER+", "ER-")


def test_more_options_than_letters_are_refused_with_their_row(tmp_path, picture):
    picture("a.png")
    table(tmp_path, f"image,question,answer,options\na.png,Which?,n0,{'|'.join(f'n{n}' for n in range(27))}\n")
    with pytest.raises(UserError, match="row 1: 27 options; at most 26 have a letter"):
        list(read(tmp_path, ReadOptions()))


def test_one_id_with_two_contents_is_refused_with_both_rows(tmp_path, picture):
    picture("a.png")
    table(tmp_path, "id,image,question,answer\nq,a.png,Mass?,yes\nq,a.png,Mass?,yes\nq,a.png,Cyst?,yes\n")
    with pytest.raises(UserError, match=r"row 3: question id 'q' has another content than in .*questions.csv, row 1"):
        list(read(tmp_path, ReadOptions()))


def test_all_rows_that_cannot_be_used_are_said_at_once_or_left_out_and_counted(tmp_path, picture):
    picture("a.png")
    (tmp_path / "broken.png").write_bytes(b"no image")
    rows = ["a.png,Is there a mass?,yes", "no.png,Is there a mass?,yes", "a.png,Mass?,nan"]
    rows += [f"broken.png,Is there {n}?,no" for n in range(20)]
    (tmp_path / "t.csv").write_text("\n".join(["image,question,answer", *rows]))
    with pytest.raises(
        UserError, match=r"22 rows cannot be used.*(?s:.*)row 2: image .*no.png(?s:.*)row 3: answer is 'nan'"
    ):
        list(read(tmp_path / "t.csv", ReadOptions()))
    (made,) = read(tmp_path / "t.csv", ReadOptions(skip_bad=True))
    assert [i.question for i in made.items] == ["Is there a mass?"]
    assert made.left_out == {"rows that cannot be used": 22}


def test_a_lacking_column_is_said_once(tmp_path, picture):
    picture("a.png")
    (tmp_path / "t.csv").write_text("image,question\na.png,x\na.png,y\n")
    with pytest.raises(UserError, match=r"row 1: no column 'answer'; columns there are: image, question"):
        list(read(tmp_path / "t.csv", ReadOptions()))


def test_yes_and_no_as_options_make_a_yes_no_question_that_counts_inventions(tmp_path, picture):
    picture("a.png")
    (tmp_path / "t.csv").write_text("image,question,options,answer\na.png,Is there a mass?,Yes|No,No\n")
    (made,) = read(tmp_path / "t.csv", ReadOptions())
    (item,) = made.items
    assert (item.answer_type, item.options, item.reference, item.target) == ("yes_no", (), "no", "mass")
