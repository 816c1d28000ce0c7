import json

import pytest

from auscult.corpora import ReadOptions
from auscult.corpora.brain_mri import read
from auscult.errors import UserError


def labelled(folder, picture, **change):
    picture("a.png")
    row = {"id": "x", "image": "a.png", "labels": ["glioma tumor"], "modality": "MRI"} | change
    (folder / "items.jsonl").write_text(json.dumps(row))
    return folder


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"labels": ["no tumor"]}, "line 1: label 'no tumor' is unknown; known: glioma tumor"),
        ({"labels": []}, "0 labels where there must be one"),
        ({"labels": "glioma tumor"}, "labels is no list"),
        ({"image": "b.png"}, "b.png is missing"),
        ({"sha256": "0"}, "sha256 differs"),
        ({"id": None}, "id is empty"),
    ],
)
def test_a_broken_row_is_named_by_file_and_line(tmp_path, picture, change, message):
    with pytest.raises(UserError, match=message):
        list(read(labelled(tmp_path, picture, **change), ReadOptions()))


def test_a_folder_without_items_is_refused(tmp_path):
    with pytest.raises(UserError, match=r"holds no items.jsonl; name the folder of the data set 'brain-mri'"):
        list(read(tmp_path, ReadOptions()))


def test_images_may_lie_in_another_folder(tmp_path, picture):
    folder = labelled(tmp_path, picture)
    (folder / "a.png").rename(folder / "elsewhere.png")
    (folder / "pictures").mkdir()
    (folder / "elsewhere.png").rename(folder / "pictures" / "a.png")
    (bundle,) = read(folder, ReadOptions(images=folder / "pictures"))
    assert bundle.payloads == (folder / "pictures" / "a.png",)
