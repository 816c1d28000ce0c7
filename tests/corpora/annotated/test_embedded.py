"""Captions and labels of Hugging Face datasets, and the ImageFolder that ``datasets`` lays out."""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from auscult.corpora import ReadOptions, read
from auscult.errors import UserError


def test_a_table_with_images_and_captions_inside_is_read_as_captions(tmp_path, picture):
    rows = [
        {
            "image": {"bytes": picture(f"{n}.png", 50 * n).read_bytes(), "path": None},
            "text": f"No effusion {n}.",
            "pid": n,
        }
        for n in (1, 2)
    ]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "own.parquet")
    made = list(read("captions", tmp_path / "own.parquet", ReadOptions(columns={"patient": "pid"})))
    assert [(b.case.annotation, b.case.group, b.case.source) for b in made] == [
        ("No effusion 1.", "1", "own"),
        ("No effusion 2.", "2", "own"),
    ]
    assert all(isinstance(b.payloads[0], bytes) for b in made)
    assert "cases whose caption is column 'text'" in made[0].noted
    with pytest.raises(UserError, match="it looks like another format: --from captions"):
        list(read("hf-disk", tmp_path / "own.parquet", ReadOptions()))


def test_parts_of_a_dictionary_are_the_split_and_class_names_the_labels(tmp_path, picture):
    datasets = pytest.importorskip("datasets")
    features = datasets.Features(
        {"image": datasets.Image(), "label": datasets.ClassLabel(names=["normal", "pneumonia"])}
    )
    parts = {
        part: datasets.Dataset.from_dict(
            {"image": [str(picture(f"{part}.png", shade))], "label": [1]}, features=features
        )
        for part, shade in (("train", 10), ("test", 200))
    }
    datasets.DatasetDict(parts).save_to_disk(tmp_path / "set")
    made = list(read("labels", tmp_path / "set", ReadOptions()))
    assert [(b.split, b.case.findings) for b in made] == [
        ("train", {"pneumonia": "present"}),
        ("test", {"pneumonia": "present"}),
    ]


def test_an_image_folder_has_its_captions_in_metadata_one_a_part(tmp_path, picture):
    for part, shade in (("train", 10), ("test", 200)):
        picture(f"{part}/a.png", shade)
        (tmp_path / part / "metadata.csv").write_text(f"file_name,caption\na.png,No effusion in {part}.\n")
    made = list(read("captions", tmp_path, ReadOptions()))
    assert {(b.case.source_key, b.split, b.case.annotation) for b in made} == {
        ("train/a.png", "train", "No effusion in train."),
        ("test/a.png", "test", "No effusion in test."),
    }


def test_classes_may_lie_in_parts(tmp_path, picture):
    picture("train/normal/a.png", 10)
    picture("test/pneumonia/a.png", 99)
    made = list(read("labels", tmp_path, ReadOptions()))
    assert [(b.case.source_key, b.split) for b in made] == [
        ("test/pneumonia/a.png", "test"),
        ("train/normal/a.png", "train"),
    ]


def test_a_study_in_two_parts_is_refused(tmp_path, picture):
    picture("a.png")
    picture("b.png", 9)
    (tmp_path / "t.csv").write_text("image,caption,study,split\na.png,x,1,train\nb.png,x,1,test\n")
    with pytest.raises(UserError, match=r"row 2: rows of one study or image are in several parts \(test, train\)"):
        list(read("captions", tmp_path / "t.csv", ReadOptions()))
