import csv
import shutil
import sys
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont
from PIL.PngImagePlugin import PngInfo

from auscult.corpora import ReadOptions, read
from auscult.errors import UserError
from auscult.items.item_set import ItemSet, ItemSetManifest
from auscult.items.patient_data import screening
from auscult.items.patient_data.burned_in import NOT_LOOKED_FOR, BurnedIn, kinds_in, legible
from auscult.items.patient_data.screening import FOUND, PatientData, word_signs
from auscult.items.patient_data.turned import turned_words
from auscult.items.writer import SourceNote, write_item_set
from auscult.records import Item, Trace

NAME = "Rosalind Featherstone"
HEAD = "image,question,answer,patient,tag.site"
CLEAN = "a.png,Is there an effusion?,yes,P1,ward"
Build = Callable[..., ItemSetManifest]


@pytest.fixture
def build(tmp_path: Path) -> Build:
    """Builds an item set of rows of questions on images; the folder is ``set``."""

    def made(*rows: str, **options: object) -> ItemSetManifest:
        names = {row.partition(",")[0] for row in rows}
        for number, name in enumerate(sorted(names)):
            if not (tmp_path / name).exists():
                Image.new("L", (8, 8), 20 * number).save(tmp_path / name)
        (tmp_path / "t.csv").write_text("\n".join([HEAD, *rows]) + "\n", "utf-8")
        bundles = read("image-folder", tmp_path / "t.csv", ReadOptions())
        note = SourceNote(reader="image-folder", path="t.csv")
        said = options.pop("say", None)
        return write_item_set(
            bundles,
            tmp_path / "set",
            source=note,
            say=said,  # type: ignore[arg-type]
            patient_data=PatientData(**options),  # type: ignore[arg-type]
            overwrite=True,
        )

    return made


def rows_of(folder: Path) -> list[dict[str, str]]:
    return list(csv.DictReader((folder / "set" / FOUND).open(encoding="utf-8", newline="")))


@pytest.mark.parametrize(
    ("row", "field"),
    [
        (f"b.png,Which lobe of {NAME} is affected?,left,P2,ward", "question"),
        (f"b.png,Who reported this?,Dr. {NAME},P2,ward", "reference"),
        (f"b.png,Is there a mass?,no,P2,seen by Dr. {NAME}", "tag site"),
        ("Rosalind_Featherstone.png,Is there a mass?,no,P2,ward", "the source's name of it"),
        (f"b.png,Is there a mass?,no,{NAME},ward", "the name of its group"),
    ],
)
def test_a_row_with_a_name_anywhere_is_named_without_it_and_left_out(
    build: Build, tmp_path: Path, row: str, field: str
) -> None:
    made = build(CLEAN, row)
    assert made.items == 1 and sum(made.left_out.values()) == 1 and not made.patient_data["kept"]
    assert field in [found["field"] for found in rows_of(tmp_path)] and {r["kind"] for r in rows_of(tmp_path)} == {
        "name"
    }
    stored = b"".join(path.read_bytes() for path in (tmp_path / "set").rglob("*") if path.is_file())
    assert b"Featherstone" not in stored and "Featherstone" not in repr(list(ItemSet(tmp_path / "set").all()))


def test_other_questions_on_the_image_stay(build: Build) -> None:
    made = build(CLEAN, f"a.png,Does {NAME} have a mass?,no,P1,ward")
    assert (made.cases, made.items) == (1, 1)
    assert made.left_out == {"may hold patient data: name in question (questions)": 1}


def test_a_trace_that_a_model_wrote_is_looked_at() -> None:
    trace = Trace(visual_recognition=f"The chest of {NAME} is seen.", answer="yes")
    item = Item(
        id="i", case_id="c", source_id="s", question="Is it?", reference="yes", answer_type="yes_no", trace=trace
    )
    assert list(map(str, word_signs(item))) == ["name in the trace"]


def test_what_may_stay_is_kept_listed_and_noted(build: Build, tmp_path: Path) -> None:
    made = build(CLEAN, f"b.png,Which lobe of {NAME} is affected?,left,P2,ward", keep=True)
    assert made.items == 2 and not made.left_out and made.patient_data["kept"]
    assert made.noted["may hold patient data: name in question (questions), kept as asked"] == 1
    assert [row["kept"] for row in rows_of(tmp_path)] == ["yes"]


def test_a_source_of_nothing_else_is_refused_with_what_to_do_and_leaves_nothing(build: Build, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"all 2 cases may hold patient data .*--allow-patient-data") as raised:
        build(*(f"{n}.png,Does {NAME} have a mass?,no,P1,ward" for n in "ab"))
    assert NAME not in str(raised.value) and "question" in str(raised.value)
    assert not (tmp_path / "set").exists()


def test_a_set_without_patient_data_has_no_list(build: Build, tmp_path: Path) -> None:
    assert not build(CLEAN).left_out and not (tmp_path / "set" / FOUND).exists()


def header(path: Path, kind: str) -> None:
    """Writes an image whose metadata hold a name, or a place."""
    image = Image.new("L", (8, 8), 90)
    exif = Image.Exif()
    if kind == "png":
        info = PngInfo()
        info.add_text("Patient", NAME)
        image.save(path.with_suffix(".png"), pnginfo=info)
    elif kind == "comment":
        image.save(path, comment=f"Name: {NAME}")
    elif kind == "taken":
        exif.get_ifd(0x8769)[0x9003] = "2019:03:14 08:00:00"
        image.save(path, exif=exif)
    else:
        exif[0x013B] = NAME
        image.save(path, exif=exif)


@pytest.mark.parametrize(
    ("kind", "suffix"), [("png", ".png"), ("comment", ".jpg"), ("artist", ".jpg"), ("taken", ".jpg")]
)
def test_the_metadata_of_an_image_are_looked_at(build: Build, tmp_path: Path, kind: str, suffix: str) -> None:
    header(tmp_path / "b.jpg", kind)
    made = build(CLEAN, f"b{suffix},Is there a mass?,no,P2,ward")
    assert made.cases == 1 and "the header of an image" in rows_of(tmp_path)[0]["field"]


def test_what_a_dicom_header_says_reaches_no_set_and_is_looked_for_in_the_texts(tmp_path: Path) -> None:
    data = pytest.importorskip("pydicom.data")
    shutil.copy(data.get_testdata_file("CT_small.dcm"), tmp_path / "a.dcm")
    shutil.copy(data.get_testdata_file("MR_small.dcm"), tmp_path / "b.dcm")
    rows = "image,caption", "a.dcm,The abdomen of CompressedSamples is normal.", "b.dcm,No mass is seen."
    (tmp_path / "t.csv").write_text("\n".join(rows) + "\n")
    bundles = read("captions", tmp_path / "t.csv", ReadOptions())
    made = write_item_set(bundles, tmp_path / "set", source=SourceNote(reader="captions", path="t.csv"))
    assert made.cases == 1 and rows_of(tmp_path)[0]["kind"] == "what the header says of the person"
    stored = b"".join(path.read_bytes() for path in (tmp_path / "set").rglob("*") if path.is_file())
    assert b"CompressedSamples" not in stored and b"4MR1" not in stored


def test_without_the_program_pixels_are_not_read_which_is_said_once_and_noted(build: Build) -> None:
    said: list[str] = []
    made = build(CLEAN, "b.png,Is there a mass?,no,P2,ward", say=said.append)
    assert said == [NOT_LOOKED_FOR] and made.patient_data["burned_in_text"] == "not looked for"


@pytest.fixture
def reading(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program in place of tesseract: it reads a name off ``b.png``, which holds a line; the file counts its calls."""
    image = Image.new("L", (40, 40), 20)
    ImageDraw.Draw(image).line((5, 20, 35, 20), 250, 2)
    image.save(tmp_path / "b.png")
    calls, program = tmp_path / "calls", tmp_path / "tesseract"
    program.write_text(
        f"#!{sys.executable}\nimport sys\nfrom PIL import Image\n"
        "if '--version' in sys.argv: print('tesseract 9'); sys.exit()\n"
        f"open({str(calls)!r}, 'a').write('x')\n"
        "for line in open(sys.argv[1]):\n"
        f"    print('AP ERECT' if Image.open(line.strip()).getextrema()[0] > 10 else 'NAME: {NAME}', end=chr(12))\n"
    )
    program.chmod(0o755)
    monkeypatch.setattr(screening, "program", lambda: str(program))
    return calls


def test_a_name_in_the_pixels_is_left_out_and_an_image_is_read_once(
    build: Build, tmp_path: Path, reading: Path
) -> None:
    rows = (CLEAN, "b.png,Is there a mass?,no,P2,ward")
    made = build(*rows)
    assert made.cases == 1 and rows_of(tmp_path)[0]["field"] == "the pixels of an image"
    assert made.patient_data["burned_in_text"] == "tesseract 9" and reading.read_text() == "x"
    assert build(*rows).cases == 1 and reading.read_text() == "x"
    assert NAME not in (tmp_path / "set.drafts" / screening.MEMORY).read_text()


def test_a_program_that_fails_leaves_images_unread_and_counted(
    tmp_path: Path, build: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(screening, "program", lambda: "/bin/false")
    made = build(CLEAN, "b.png,Is there a mass?,no,P2,ward")
    assert made.cases == 2 and made.noted["images in which tesseract could look for no burned-in text"] == 2


def test_who_gave_an_image_to_an_archive_is_no_patient() -> None:
    assert kinds_in("MedPix\nUploader : Rosalind Featherstone\nRosalind Featherstone, 10-17-2004") == ()
    assert kinds_in("FEATHERSTONE^ROSALIND\nDOB 03/14/1957") == ("name", "date of birth")
    assert kinds_in("L\nAP ERECT MOBILE\n80 kVp 5 mAs\n— / Ss ee $C") == ()


def test_what_is_known_from_a_broken_line_of_memory_is_nothing(tmp_path: Path) -> None:
    memory = tmp_path / "m.jsonl"
    memory.write_bytes(b'["2.1","ab"]\n["2.1\n7\n\xff\n')
    assert list(BurnedIn(memory, "tesseract").read([])) == []


@pytest.mark.parametrize(("ground", "letters"), [(20, 255), (5, 150), (5, 200), (228, 255), (120, 170)])
def test_letters_stand_black_on_white_whatever_they_stand_on(tmp_path: Path, ground: int, letters: int) -> None:
    image = Image.new("L", (600, 400), 40)
    image.paste(ground, (0, 200, 600, 400))
    image.paste(235, (200, 0, 400, 150))  # a bone or an abdomen is no letter
    plain = image.copy()
    ImageDraw.Draw(image).text((20, 300), "FEATHERSTONE", letters, ImageFont.load_default(24))
    image.save(tmp_path / "i.png")
    read = np.asarray(legible((tmp_path / "i.png").read_bytes()).resize((600, 400))) < 128
    written = np.asarray(image) != np.asarray(plain)
    assert read[written].mean() > 0.5 and not read[:280].any()


def labelled(angle: int) -> Image.Image:
    """A dark image with a name and a birth date, turned."""
    label = Image.new("L", (340, 70), 40)
    ImageDraw.Draw(label).text((5, 5), "FEATHERSTONE, ROSALIND\nDOB 03/14/1957", 250, ImageFont.load_default(24))
    image = Image.new("L", (600, 500), 40)
    image.paste(200, (300, 250, 560, 460))  # a bone or an abdomen is no line
    image.paste(label.rotate(angle, expand=True), (20, 20))
    return image


@pytest.mark.parametrize(("angle", "cut_out"), [(0, False), (90, True), (270, True)])
def test_turned_lines_alone_are_cut_out_to_be_read_again(angle: int, cut_out: bool) -> None:
    data = BytesIO()
    labelled(angle).save(data, "PNG")
    upright = legible(data.getvalue())
    page = turned_words(upright)
    assert (page is not None) is cut_out
    assert page is None or page.width * page.height < upright.width * upright.height / 2, "little more is read"


@pytest.mark.skipif(not shutil.which("tesseract"), reason="needs tesseract")
@pytest.mark.parametrize("angle", [0, 90, 270])
def test_the_real_program_reads_a_birth_date_however_it_is_turned(
    build: Build, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, angle: int
) -> None:
    monkeypatch.setattr(screening, "program", lambda: "tesseract")
    labelled(angle).save(tmp_path / "b.png")
    made = build(CLEAN, "b.png,Is there a mass?,no,P2,ward")
    assert made.cases == 1 and {"date of birth"} <= {row["kind"] for row in rows_of(tmp_path)}


def test_an_archives_mark_is_known_though_a_letter_of_it_is_misread() -> None:
    assert kinds_in("973-e5, Uptoader : Stephen Foster\n\nource : Stephen Foster, 11-23-2006") == ()
    assert "name" in kinds_in("Patient name: Stephen Foster\n\nDOB 03/04/1951")
