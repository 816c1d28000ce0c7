"""DICOM files: the test files that pydicom carries, and small ones made here."""

from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from auscult.errors import UserError
from auscult.items import dicom
from auscult.items.dicom import INVERTED, ONE_FRAME, SCALED, WINDOWED, is_dicom, read_frame

pydicom = pytest.importorskip("pydicom")
FILES = Path(pydicom.__file__).parent / "data" / "test_files"
SECRET = "Doe^Jane"


def made(pixels: Any, **tags: Any) -> bytes:
    """A file with these pixels, and names all over its header."""
    from pydicom.dataset import Dataset, FileMetaDataset
    from pydicom.uid import ExplicitVRLittleEndian, SecondaryCaptureImageStorage

    pixels = np.asarray(pixels)
    ds = Dataset()
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.file_meta.MediaStorageSOPClassUID = SecondaryCaptureImageStorage
    ds.file_meta.MediaStorageSOPInstanceUID = "1.2.3"
    ds.PatientName, ds.PatientID, ds.StudyDescription, ds.InstitutionName = SECRET, "4711", SECRET, SECRET
    ds.Rows, ds.Columns = pixels.shape[-2:]
    ds.SamplesPerPixel, ds.PhotometricInterpretation = 1, "MONOCHROME2"
    ds.BitsAllocated = ds.BitsStored = pixels.dtype.itemsize * 8
    ds.HighBit, ds.PixelRepresentation = ds.BitsStored - 1, int(pixels.dtype.kind == "i")
    if pixels.ndim == 3:
        ds.NumberOfFrames = pixels.shape[0]
    for name, value in tags.items():
        setattr(ds, name, value)
    ds.PixelData = pixels.tobytes()
    out = BytesIO()
    ds.save_as(out, enforce_file_format=True)
    return out.getvalue()


def shades(data: bytes, number: int | None = None) -> list[int]:
    return np.asarray(read_frame(data, "a row", number).image).ravel().tolist()


def test_the_files_window_decides_what_is_black_and_white() -> None:
    ramp = np.array([[-1000, 0, 40, 80, 1000]], np.int16)
    data = made(ramp, WindowCenter=[40, 500], WindowWidth=[81, 10], RescaleSlope=1, RescaleIntercept=0)
    frame = read_frame(data, "a row")
    assert np.asarray(frame.image).ravel().tolist() == [0, 2, 129, 255, 255]
    assert frame.changes == (WINDOWED,) and frame.window == "-0.5 to 80.5"


def test_the_window_is_one_of_values_after_rescaling() -> None:
    stored = np.array([[0, 1024, 2048]], np.uint16)
    data = made(stored, WindowCenter=0, WindowWidth=2049, RescaleSlope=1, RescaleIntercept=-1024)
    assert shades(data) == [0, 128, 255]


def test_window_functions_differ_as_the_standard_says() -> None:
    ramp = np.array([[0, 50, 100]], np.int16)
    exact = made(ramp, WindowCenter=50, WindowWidth=100, VOILUTFunction="LINEAR_EXACT")
    sigmoid = made(ramp, WindowCenter=50, WindowWidth=100, VOILUTFunction="SIGMOID")
    assert shades(exact) == [0, 128, 255] and shades(sigmoid) == [30, 128, 225]


def test_white_as_the_lowest_value_is_inverted_and_said() -> None:
    ramp = np.array([[0, 255]], np.uint8)
    frame = read_frame(made(ramp, PhotometricInterpretation="MONOCHROME1"), "a row")
    assert np.asarray(frame.image).ravel().tolist() == [255, 0] and frame.changes == (INVERTED,)


def test_eight_bits_without_a_window_stay_as_they_are_and_sixteen_are_scaled_by_percentiles() -> None:
    assert shades(made(np.array([[7, 200]], np.uint8))) == [7, 200]
    deep = read_frame(made(np.arange(40_000, 41_000, dtype=np.uint16).reshape(25, 40)), "a row")
    assert deep.changes == (SCALED,) and deep.window == "40005 to 40994"


def test_one_frame_of_several_must_be_chosen() -> None:
    film = np.array([[[0, 1]], [[2, 3]], [[4, 5]]], np.uint8)
    assert shades(made(film), 2) == [2, 3] and ONE_FRAME in read_frame(made(film), "a row", 2).changes
    for number, said in ((None, "name one of them: FILE#1 to FILE#3"), (4, "no frame 4"), (0, "no frame 0")):
        with pytest.raises(UserError, match=said):
            read_frame(made(film), "a row", number)


def test_nothing_of_the_header_comes_with_the_pixels_but_what_the_study_is() -> None:
    header = {"Modality": "CT", "BodyPartExamined": "CHEST", "ViewPosition": "PA"}
    frame = read_frame(made(np.zeros((2, 2), np.uint8), **header), "a row")
    assert frame.tags == {"modality": "CT", "anatomy": "chest", "view": "PA"} and not frame.burned_in
    out = BytesIO()
    frame.image.save(out, "PNG")
    assert SECRET.encode() not in out.getvalue() and b"4711" not in out.getvalue()
    free_text = read_frame(made(np.zeros((2, 2), np.uint8), BodyPartExamined="DOE JANE 1961"), "a row")
    assert free_text.tags == {}


def test_a_file_that_says_that_names_are_burned_in_is_known() -> None:
    assert read_frame(made(np.zeros((2, 2), np.uint8), BurnedInAnnotation="YES"), "a row").burned_in


def test_a_file_without_an_image_is_refused_by_name() -> None:
    with pytest.raises(UserError, match="a row is a DICOM file without an image"):
        read_frame((FILES / "test-SR.dcm").read_bytes(), "a row")


@pytest.mark.parametrize("path", sorted(FILES.glob("*.dcm")), ids=lambda p: p.name)
def test_each_of_pydicoms_files_is_shown_or_refused_in_a_line(path: Path) -> None:
    data = path.read_bytes()
    assert is_dicom(data) == (data[128:132] == b"DICM")
    for number in (None, 1):
        try:
            frame = read_frame(data, f"row 1: image {path.name}", number)
        except UserError as error:
            assert path.name in str(error) and "\n" not in str(error)
        else:
            assert frame.image.mode in ("L", "RGB") and min(frame.image.size) > 0


def test_most_of_pydicoms_images_are_shown() -> None:
    shown, refused = [], []
    for path in sorted(FILES.glob("*.dcm")):
        try:
            read_frame(path.read_bytes(), path.name, 1)
            shown.append(path.name)
        except UserError as error:
            if "without an image" not in str(error):
                refused.append(path.name)
    assert len(shown) >= 4 * len(refused), refused


def test_a_table_of_dicom_files_becomes_an_item_set_that_knows_what_they_are_and_nobodys_name(tmp_path: Path) -> None:
    from auscult.api.building import build

    film = np.arange(24, dtype=np.uint8).reshape(3, 2, 4) * 10
    (tmp_path / "a.dcm").write_bytes(made(film, Modality="CT", BodyPartExamined="CHEST"))
    (tmp_path / "b.dcm").write_bytes(made(film[0], Modality="DX"))
    (tmp_path / "t.csv").write_text(
        "image,question,answer\na.dcm#1,Is there an effusion?,yes\na.dcm#3,Is there an effusion?,no\nb.dcm,Is it?,no\n"
    )
    items = build("image-folder", tmp_path / "t.csv", tmp_path / "items")
    cases = {case.source_key: case for case in items.cases()}
    assert cases["a.dcm#1"].tags["modality"] == "CT" and cases["b.dcm"].tags["modality"] == "X-ray"
    assert len({case.images[0].pixels for case in cases.values()}) == 2  # a.dcm#1 and b.dcm show the same
    stored = [path.read_bytes() for path in (tmp_path / "items").rglob("*") if path.is_file()]
    assert not any(SECRET.encode() in data or b"4711" in data for data in stored)


def test_a_file_with_burned_in_names_is_refused_with_its_row(tmp_path: Path) -> None:
    from auscult.api.building import build

    (tmp_path / "a.dcm").write_bytes(made(np.zeros((2, 2), np.uint8), BurnedInAnnotation="YES"))
    (tmp_path / "t.csv").write_text("image,question,answer\na.dcm,Is there an effusion?,yes\n")
    with pytest.raises(UserError, match=r"a\.dcm says that names are burned into its pixels"):
        build("image-folder", tmp_path / "t.csv", tmp_path / "items")


def test_what_every_decoder_says_is_told_in_one_line():
    error = RuntimeError("Exceptions were raised by all available plugins:\n  gdcm: no codec\n  pylibjpeg: broken")
    assert dicom._why(error).endswith("by all available plugins: gdcm: no codec; pylibjpeg: broken")
