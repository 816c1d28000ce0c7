import os
import pickle

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from auscult.corpora import ReadOptions
from auscult.corpora.pathvqa import read
from auscult.errors import UserError


def record(image, question, answer):
    return {"image": image, "question": question, "answer": answer}


def pickled(folder, part, content):
    file = folder / "qas" / part / f"{part}_qa.pkl"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(pickle.dumps(content))
    return folder


def test_the_original_folder_is_read_with_its_split(tmp_path, picture):
    picture("train_0422.jpg", 10, folder=tmp_path / "images" / "train")
    picture("test_0001.jpg", 20, folder=tmp_path / "images" / "test")
    pickled(
        tmp_path, "train", [record("train_0422", "Is atrophy present?", "Yes"), record("train_0422", "Where?", "liver")]
    )
    pickled(tmp_path, "test", [record("test_0001", "is this normal?", "no")])
    one, two = read(tmp_path, ReadOptions())
    assert [(i.source_id, i.answer_type, i.reference, i.split) for i in (*one.items, *two.items)] == [
        ("train:1", "yes_no", "yes", "train"),
        ("train:2", "open", "liver", "train"),
        ("test:1", "yes_no", "no", "test"),
    ]
    assert one.case.source_key == "train/train_0422.jpg"


def shard(folder, name, *rows):
    (folder / "data").mkdir(exist_ok=True)
    table = [{"image": {"bytes": p.read_bytes(), "path": p.name}, "question": q, "answer": a} for p, q, a in rows]
    pq.write_table(pa.Table.from_pylist(table), folder / "data" / name)


def test_the_parquet_shards_are_read_with_their_split(tmp_path, picture):
    one, two = picture("a.png", 10), picture("b.png", 20)
    shard(tmp_path, "train-00000-of-00001-abc.parquet", (one, "is it?", "yes"), (one, "what?", "a gland"))
    shard(tmp_path, "validation-00000-of-00001.parquet", (two, "is it?", "no"))
    found = [i for b in read(tmp_path, ReadOptions()) for i in b.items]
    assert [(i.source_id, i.answer_type, i.split) for i in found] == [
        ("train-00000:1", "yes_no", "train"),
        ("train-00000:2", "open", "train"),
        ("validation-00000:1", "yes_no", "validation"),
    ]


class Harmful:
    def __reduce__(self):
        return os.system, ("false",)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ([Harmful()], r"train_qa.pkl: not a plain list of questions \(it asks for posix.system, and would run code\)"),
        ({}, "train_qa.pkl: not a list of questions"),
        (["no record"], "train_qa.pkl, record 1: not a dictionary"),
        ([record("train_1", "is it?", "")], "train_qa.pkl, record 1: answer is empty"),
        ([record("train_1", "is it?", "yes")], r"record 1: image .*train_1.jpg is missing"),
    ],
)
def test_a_broken_file_is_named(tmp_path, content, message):
    with pytest.raises(UserError, match=message):
        list(read(pickled(tmp_path, "train", content), ReadOptions()))


def test_a_truncated_pickle_is_named(tmp_path):
    pickled(tmp_path, "val", [record("a", "b", "c")])
    file = tmp_path / "qas" / "val" / "val_qa.pkl"
    file.write_bytes(file.read_bytes()[:-9])
    with pytest.raises(UserError, match="val_qa.pkl: not a plain list"):
        list(read(tmp_path, ReadOptions()))


def test_a_folder_of_something_else_is_refused(tmp_path):
    with pytest.raises(UserError, match="holds neither qas/"):
        list(read(tmp_path, ReadOptions()))
