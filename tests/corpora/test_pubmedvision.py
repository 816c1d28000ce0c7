import json
import zipfile

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from auscult.corpora import ReadOptions, read
from auscult.errors import UserError


def talk(name, *images):
    said = [{"from": "human", "value": "Is there a mass?"}, {"from": "gpt", "value": "No, there is none."}]
    return {"image": list(images), "id": name, "modality": "Computed Tomography", "body_part": "Chest"} | {
        "conversations": said
    }


def caption(name, text, *images):
    return {"id": name, "image": list(images), "modality": "Ultrasound", "body_part": "Liver", "Original_Caption": text}


@pytest.fixture
def published(tmp_path, picture):
    names = ("pmc_1_0.jpg", "pmc_1_1.jpg", "pmc_2_0.jpg")
    for number, name in enumerate(names):
        picture(f"images/{name}", 60 * (number + 1))
    one, other, third = (f"images/{name}" for name in names)
    files = {
        "PubMedVision_Alignment_VQA.json": [talk("Alignment_VQA_1", one, other)],
        "PubMedVision_InstructionTuning_VQA.json": [talk("InstructionTuning_VQA_1", one, other)],
        "PubMedVision_Original_Caption.json": [
            caption("Original_Caption_1", "CT without a mass.", one, other),
            caption("Original_Caption_2", "A cyst of the liver.", third),
        ],
    }
    for name, rows in files.items():
        (tmp_path / name).write_text(json.dumps(rows))
    return tmp_path


def test_conversations_of_a_figure_are_one_case_with_its_original_caption(published):
    (made,) = read("pubmedvision", published, ReadOptions())
    assert made.case.source_key == "images/pmc_1_0.jpg,images/pmc_1_1.jpg" and len(made.case.images) == 2
    assert made.case.annotation == "CT without a mass."
    assert made.case.tags == {"modality": "Computed Tomography", "anatomy": "Chest"}
    assert (made.case.group, made.case.group_kind) == ("pmc_1", "study")
    assert [i.source_id for i in made.items] == ["Alignment_VQA_1#0", "InstructionTuning_VQA_1#0"]


def test_original_captions_alone_are_cases_without_questions(published):
    made = list(read("pubmedvision", published / "PubMedVision_Original_Caption.json", ReadOptions()))
    assert [b.case.annotation for b in made] == ["CT without a mass.", "A cyst of the liver."]
    assert not any(b.items for b in made)


def test_images_may_stay_in_their_archives(published):
    for number, name in enumerate(("pmc_1_0.jpg", "pmc_1_1.jpg")):
        with zipfile.ZipFile(published / f"images_{number}.zip", "w") as packed:
            packed.write(published / "images" / name, f"images/{name}")
        (published / "images" / name).unlink()
    (made,) = read("pubmedvision", published / "PubMedVision_Alignment_VQA.json", ReadOptions())
    assert len(made.payloads) == 2 and all(isinstance(p, bytes) for p in made.payloads)


@pytest.mark.parametrize("inside", [True, False])
def test_parquet_has_the_same_rows_with_the_images_inside_or_by_name(published, inside):
    rows = json.loads((published / "PubMedVision_Alignment_VQA.json").read_text())
    for row in rows:
        row["Original_Caption"] = "CT without a mass."
        if inside:
            row["image"] = [{"bytes": (published / n).read_bytes(), "path": n} for n in row["image"]]
    (published / "data").mkdir()
    pq.write_table(pa.Table.from_pylist(rows), published / "data" / "train-00000-of-00001.parquet")
    (made,) = read("pubmedvision", published / "data" / "train-00000-of-00001.parquet", ReadOptions())
    assert (len(made.case.images), made.case.annotation) == (2, "CT without a mass.")
    assert made.case.tags["anatomy"] == "Chest"
    assert [(i.question, i.reference) for i in made.items] == [("Is there a mass?", "No, there is none.")]


def test_a_record_without_image_is_refused_with_its_place(published):
    (published / "x.json").write_text(json.dumps([talk("a")]))
    with pytest.raises(UserError, match=r"x.json, record 1: no image"):
        list(read("pubmedvision", published / "x.json", ReadOptions()))
