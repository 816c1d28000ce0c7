from pathlib import Path

import numpy as np
import pytest
from tests.items.test_dicom import made

from auscult.construction import generating
from auscult.corpora import ReadOptions, read
from auscult.errors import UserError
from auscult.items.dicom import NO_PICTURE
from auscult.items.item_set import ItemSet
from auscult.items.writer import SourceNote, write_item_set

pydicom = pytest.importorskip("pydicom")
FILES = Path(pydicom.__file__).parent / "data" / "test_files"


def put(folder, name, shade=10, frames=0, **tags):
    shape = (frames, 4, 5) if frames else (4, 5)
    steps = np.arange(frames or 1, dtype=np.uint8).reshape(-1, 1, 1) if frames else 0
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(made(np.full(shape, shade, np.uint8) + steps, **tags))
    return path


def first_pixel(payload):
    import io

    from PIL import Image

    return Image.open(io.BytesIO(payload)).getpixel((0, 0))


def test_each_file_is_a_case_with_what_its_header_may_say_and_no_name(tmp_path):
    put(tmp_path, "Doe^Jane/front.dcm", Modality="DX", BodyPartExamined="CHEST", ViewPosition="PA")
    put(tmp_path, "Doe^Jane/side", 20, Modality="DX", ViewPosition="LL")
    put(tmp_path, "other.dcm", 30, PatientID="4712")
    (tmp_path / "notes.docx").touch()
    front, side, other = (b.case for b in read("dicom", tmp_path, ReadOptions()))
    assert front.tags == {"modality": "X-ray", "anatomy": "chest", "view": "PA"}
    assert front.group == side.group != other.group and front.group_kind == "patient"
    assert not any(word in str(c) for c in (front, side, other) for word in ("Doe", "Jane", "front"))


def test_of_a_series_and_of_a_file_of_several_frames_the_middle_slices_are_taken(tmp_path):
    for number in (3, 1, 2, 5, 4):
        tags = {"Modality": "CT", "SeriesInstanceUID": "1.2.9", "InstanceNumber": number}
        put(tmp_path, f"{9 - number}.dcm", number, **tags)
    put(tmp_path, "loop.dcm", 100, frames=7, PatientID="9")
    series, loop = read("dicom", tmp_path, ReadOptions())
    assert [first_pixel(b.payloads[0]) for b in (series, loop)] == [3, 103]
    assert loop.case.source_key.endswith("#4")
    series, loop = read("dicom", tmp_path, ReadOptions(slices=3))
    assert [first_pixel(p) for p in series.payloads] == [1, 3, 5]
    assert [first_pixel(p) for p in loop.payloads] == [101, 103, 105]


def test_a_text_beside_a_file_is_its_report(tmp_path):
    put(tmp_path, "a.dcm")
    (tmp_path / "a.txt").write_text("Indication: cough.\nFindings: No pleural effusion.\n")
    (bundle,) = read("dicom", tmp_path, ReadOptions())
    assert bundle.case.annotation == "Findings: No pleural effusion."
    assert bundle.case.context == {"indication": "cough."}
    assert not any("without a usable text" in line for line in bundle.noted)


def test_a_folder_without_texts_is_a_set_that_says_what_it_needs_for_questions(tmp_path):
    put(tmp_path / "in", "a.dcm", 10, Modality="CT")
    put(tmp_path / "in", "b.dcm", 90, Modality="MR", PatientID="2")
    note = SourceNote(reader="dicom", path="in")
    manifest = write_item_set(read("dicom", tmp_path / "in", ReadOptions()), tmp_path / "set", source=note)
    (line,) = (line for line in manifest.noted if "without a usable text" in line)
    assert manifest.noted[line] == manifest.cases == 2 and manifest.items == 0
    assert "captions or reports" in line and "NAME.txt beside each NAME.dcm" in line


def test_what_kind_of_image_it_is_can_be_asked_all_the_same(tmp_path):
    for number in range(6):
        kind = ("CT", "MR")[number % 2]
        tags = {"Modality": kind, "BodyPartExamined": "CHEST", "PatientID": str(number)}
        put(tmp_path / "in", f"{number}.dcm", 30 * number, **tags)
    note = SourceNote(reader="dicom", path="in")
    add = generating(["premises"])
    write_item_set(read("dicom", tmp_path / "in", ReadOptions()), tmp_path / "set", source=note, add=add)
    assert "modality" in {i.tags.get("statement") for i in ItemSet(tmp_path / "set")}


def test_the_files_that_pydicom_carries_are_read_or_named(tmp_path):
    bundles = list(read("dicom", FILES, ReadOptions(skip_bad=True)))
    assert len(bundles) > 40 and all(b.case.images for b in bundles)
    with pytest.raises(UserError, match="rows cannot be used(?s:.*)badVR.dcm: not a readable DICOM file"):
        list(read("dicom", FILES, ReadOptions()))


def test_a_broken_file_is_left_out_alone_and_by_name(tmp_path):
    for name in ("MR_small.dcm", "MR_truncated.dcm", "CT_small.dcm"):
        (tmp_path / name).write_bytes((FILES / name).read_bytes())
    ct, mr = sorted(read("dicom", tmp_path, ReadOptions(skip_bad=True)), key=lambda b: b.case.tags["modality"])
    assert mr.case.tags["modality"] == "MRI" and ct.case.tags["modality"] == "CT"
    left = {name: n for b in (ct, mr) for name, n in b.left_out.items()}
    assert left == {"rows that cannot be used": 1}
    (line,) = (line for b in (ct, mr) for line in b.noted if line.startswith("left out: "))
    assert "MR_truncated.dcm" in line


def test_another_slice_stands_in_for_a_broken_one(tmp_path):
    for number in (1, 2, 3):
        put(tmp_path, f"{number}.dcm", number, Modality="CT", SeriesInstanceUID="1.2.9", InstanceNumber=number)
    whole = (tmp_path / "2.dcm").read_bytes()
    (tmp_path / "2.dcm").write_bytes(whole[:-8])
    (series,) = read("dicom", tmp_path, ReadOptions(skip_bad=True))
    assert first_pixel(series.payloads[0]) in (1, 3) and series.left_out["rows that cannot be used"] == 1
    (tmp_path / "3.txt").write_bytes(b"\xff\xfe\xff")
    (series,) = read("dicom", tmp_path, ReadOptions(skip_bad=True))
    assert first_pixel(series.payloads[0]) == 1 and any("3.txt" in line for line in series.noted)


def test_of_many_files_that_are_left_out_the_first_are_named_and_the_rest_counted(tmp_path):
    put(tmp_path, "good.dcm")
    for number in range(12):
        broken = put(tmp_path, f"{number}.dcm", number)
        broken.write_bytes(broken.read_bytes()[:-8])
    (bundle,) = read("dicom", tmp_path, ReadOptions(skip_bad=True))
    told = [line for line in bundle.noted if line.startswith("left out: ")]
    assert len(told) == 11 and told[-1] == "left out: ... and 2 more"


def test_doses_outlines_and_segmentations_are_counted_and_no_images(tmp_path):
    for name in ("rtdose.dcm", "rtplan.dcm", "test-SR.dcm", "CT_small.dcm"):
        (tmp_path / name).write_bytes((FILES / name).read_bytes())
    put(tmp_path, "seg.dcm", 1, Modality="SEG")
    put(tmp_path, "unsaid.dcm", 2, Modality="OT", SOPClassUID="1.2.840.10008.5.1.4.1.1.66.4")
    put(tmp_path, "portal.dcm", 3, Modality="RTIMAGE", SOPClassUID="1.2.840.10008.5.1.4.1.1.481.1")
    bundles = list(read("dicom", tmp_path, ReadOptions()))
    assert len(bundles) == 2
    left = {name: n for b in bundles for name, n in b.left_out.items()}
    assert left == {f"{NO_PICTURE}: {kind}": n for kind, n in {"RTDOSE": 1, "RTPLAN": 1, "SR": 1, "SEG": 2}.items()}


def test_a_folder_without_dicom_is_refused(tmp_path):
    (tmp_path / "a.png").touch()
    with pytest.raises(UserError, match="holds no DICOM file with an image"):
        list(read("dicom", tmp_path, ReadOptions()))
