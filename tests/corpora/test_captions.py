import json

import pytest

from auscult.corpora import ReadOptions
from auscult.corpora import read as corpora_read
from auscult.corpora.captions import read
from auscult.errors import UserError

NORMAL = "The lungs are clear. No pleural effusion."


def table(folder, picture, text, *names, suffix=".csv"):
    for name in names:
        picture(name)
    file = folder / f"captions{suffix}"
    file.write_text(text)
    return file


def test_a_caption_becomes_the_annotation_and_the_reader_says_where_it_stood(tmp_path, picture):
    file = table(tmp_path, picture, "filename,Report\na.png,Small left effusion.\nb.png,Normal.\n", "a.png", "b.png")
    made = list(read(file, ReadOptions(licence="ours")))
    assert [(b.case.source_key, b.case.annotation, b.case.licence) for b in made] == [
        ("a.png", "Small left effusion.", "ours"),
        ("b.png", "Normal.", "ours"),
    ]
    assert made[0].items == ()
    assert set(made[0].noted) == {"cases whose image is column 'filename'", "cases whose caption is column 'Report'"}


def test_the_layout_of_roco_is_read_without_the_suffix_of_its_images(tmp_path, picture):
    file = table(tmp_path, picture, "ID,Caption\nROCO_1,CT of the chest.\n", "ROCO_1.png")
    (made,) = read(file, ReadOptions())
    assert (made.case.source_key, made.case.annotation) == ("ROCO_1.png", "CT of the chest.")


def test_the_sections_of_a_report_are_put_together(tmp_path, picture):
    file = table(tmp_path, picture, "image,findings,impression\na.png,Clear lungs.,Normal.\n", "a.png")
    (made,) = read(file, ReadOptions())
    assert made.case.annotation == "Findings: Clear lungs.\nImpression: Normal."


def test_texts_beside_images_need_no_table(tmp_path, picture):
    picture("a.png")
    picture("b.png")
    (tmp_path / "a.txt").write_text(NORMAL)
    (made,) = read(tmp_path, ReadOptions())
    assert (made.case.source_key, made.case.annotation) == ("a.png", NORMAL)


def test_two_views_of_one_patient_with_one_report_are_one_study(tmp_path, picture):
    rows = [{"image": n, "text": t, "patient": p} for n, t, p in (("a.png", "x", "1"), ("b.png", "x", "1"))]
    rows += [{"image": "c.png", "text": "x", "patient": "2"}, {"image": "d.png", "text": "y", "patient": "2"}]
    names = [row["image"] for row in rows]
    file = table(tmp_path, picture, "\n".join(map(json.dumps, rows)), *names, suffix=".jsonl")
    made = list(read(file, ReadOptions()))
    assert [b.case.source_key for b in made] == ["a.png+b.png", "c.png", "d.png"]
    assert [(b.case.group, b.case.group_kind) for b in made] == [("1", "patient"), ("2", "patient"), ("2", "patient")]


def test_all_rows_that_cannot_be_used_are_said_at_once_or_left_out_and_counted(tmp_path, picture):
    text = "image,caption\na.png,Clear.\nno.png,Clear.\nnone.png,Clear.\n"
    file = table(tmp_path, picture, text, "a.png")
    with pytest.raises(UserError, match=r"2 rows cannot be used.*--skip-bad:(?s:.*)no.png is missing(?s:.*)none.png"):
        list(read(file, ReadOptions()))
    (made,) = read(file, ReadOptions(skip_bad=True))
    assert made.left_out == {"rows that cannot be used": 2}
    assert any("none.png is missing" in said for said in made.noted)


def test_what_is_said_of_left_out_rows_names_files_relative_to_the_data_set(tmp_path, picture):
    text = "image,caption\na.png,Clear.\nno.png,Clear.\nb.png,Clear.\n"
    file = table(tmp_path, picture, text, "a.png")
    (broken := tmp_path / "b.png").write_bytes(b"no picture")
    (made,) = corpora_read("captions", file, ReadOptions(skip_bad=True, images=tmp_path))
    said = [line for line in made.noted if line.startswith("left out: ")]
    assert len(said) == 2 and any(broken.name in line for line in said)
    assert not [line for line in said if str(tmp_path) in line]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("image,age\na.png,3\n", r"no column of captions or reports; name it with --map caption=COLUMN; .* image, age"),
        ("x,caption\na.png,Clear.\n", "no column of image files; name it with --map image=COLUMN"),
    ],
)
def test_a_table_without_images_or_captions_is_refused_at_once(tmp_path, picture, text, message):
    with pytest.raises(UserError, match=message):
        list(read(table(tmp_path, picture, text, "a.png"), ReadOptions()))


def test_a_field_that_does_not_exist_is_named(tmp_path, picture):
    file = table(tmp_path, picture, "image,caption\na.png,Clear.\n", "a.png")
    with pytest.raises(UserError, match=r"--map caption=...: no such field|no column 'x' for caption"):
        list(read(file, ReadOptions(columns={"caption": "x"})))
    with pytest.raises(UserError, match=r"--map question=...: no such field; fields: image, caption"):
        list(read(file, ReadOptions(columns={"question": "caption"})))
