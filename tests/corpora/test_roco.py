import zipfile

import pytest

from auscult.corpora import ReadOptions, read
from auscult.errors import UserError


def test_the_first_roco_has_its_parts_in_folders_and_names_of_images(tmp_path, picture):
    for part, name, shade in (
        ("train", "PMC1_F1.jpg", 40),
        ("validation", "PMC2_F1.jpg", 90),
        ("test", "PMC3_F1.jpg", 140),
    ):
        picture(f"{part}/radiology/images/{name}", shade)
        table = (
            tmp_path
            / part
            / "radiology"
            / {"train": "traindata.csv", "validation": "valdata.csv"}.get(part, "testdata.csv")
        )
        table.write_text(f'id,name,caption\nROCO_{shade},{name}," Chest radiograph of {part}. "\n')
    made = list(read("roco", tmp_path, ReadOptions()))
    assert {(b.case.source_key, b.split, b.case.annotation) for b in made} == {
        ("PMC1_F1.jpg", "train", "Chest radiograph of train."),
        ("PMC2_F1.jpg", "validation", "Chest radiograph of validation."),
        ("PMC3_F1.jpg", "test", "Chest radiograph of test."),
    }


def test_the_second_roco_leaves_the_suffix_out_and_packs_its_images(tmp_path, picture):
    (tmp_path / "train_captions.csv").write_text("ID,Caption\nROCOv2_1,CT of the chest.\nROCOv2_2,\n")
    (tmp_path / "test_captions.csv").write_text("ID,Caption\nROCOv2_3,MRI of the head.\n")
    picture("test/ROCOv2_3.jpg")
    with zipfile.ZipFile(tmp_path / "train_images.zip", "w") as packed:
        packed.write(picture("ROCOv2_1.jpg", 30), "train/ROCOv2_1.jpg")
    (tmp_path / "ROCOv2_1.jpg").unlink()
    made = list(read("roco", tmp_path, ReadOptions()))
    assert [(b.case.source_key, b.split) for b in made] == [("ROCOv2_3.jpg", "test"), ("ROCOv2_1.jpg", "train")]
    assert made[0].left_out == {"rows without a caption": 1}


def test_an_image_that_is_not_there_is_named(tmp_path):
    (tmp_path / "testdata.csv").write_text("id,name,caption\nROCO_1,a.jpg,CT.\n")
    with pytest.raises(UserError, match=r"testdata.csv, row 1: image a.jpg is missing"):
        list(read("roco", tmp_path, ReadOptions()))
