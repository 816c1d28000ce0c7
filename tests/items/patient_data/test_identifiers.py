import csv
import json
from collections import Counter
from pathlib import Path

import pytest

from auscult.items.patient_data.identifiers import identifiers, identifiers_of_file, known_in
from auscult.items.patient_data.screening import masked

PLANTED = Path(__file__).parent / "planted.tsv"
NOBODY = """
A Swan-Ganz catheter and a Foley are in place; the Jackson-Pratt drain was removed.
Hodgkin lymphoma, Crohn disease, Guillain-Barre syndrome, Austin Flint murmur, Mallory-Weiss tear.
Pierre Robin sequence.
Fractures of T12, L1-L2 and the 5/6 ribs; strength 5/5; a 2-3 mm nodule; 12.5 x 3.4 cm; pain 2/10; BP 120/80.
Discussed with Dr. XXXX on XXXX at XXXX. Compared to XXXX.
Patient name: [NAME]. Date of birth: **DATE[Jun 13 1931]. MRN: ___. Seen by [**First Name8 (NamePattern2) **].
PMC1234567 figure 2; ISIC_0024306; CXR1_1_IM-0001-3001; MIMIC-CXR; NIH ChestX-ray14; VQA-RAD; PadChest.
Patient: Male. Name: Chest CT. Attending: Cardiology. Provider: Radiology. Reader: Left lower lobe.
MR Brain without contrast. MS lesions. DR Grade 2. PA and lateral. MD notified.
In patients over 90 years old, and adults 65 to 95 years of age, screening is not advised. SpO2 96%, HR 98.
May show calcification. The heart is enlarged; March fracture. Will repeat in 3 months. Grade II, stage IV.
See https://www.ncbi.nlm.nih.gov/pmc/articles/PMC123 or https://doi.org/10.1000/182.
C. Congo red; D. Masson trichrome; A. Smith fracture; B. Baker cyst.
Heart size normal. Lungs clear. Low volumes. Large effusion. Prior sternotomy. Few nodules. Early failure. Brown tumor.
Severe MR. Cardiomegaly. SEVERE MR. CARDIOMEGALY. No MR. Small effusion. History of MS. Lesions are seen.
Mild DR. Macular edema.
PMID: 19920115; study NCT20190312; 20190399 cells.
The accuracy 0.20190312; acc to 4 criteria; ACC/AHA 2017; exam 2; CT20190312A.
Patients 12,000; file 1234567.png; records 12345.
Dose 1.2.840.10008.5.1; sodium 140; glucose 185 mg/dL; 1000 mg BID; WBC 10.5; kVp 110; 512 x 512; TR 2000 TE 90.
""".strip().splitlines()


def planted() -> list[tuple[str, str, str, list[tuple[int, int]]]]:
    """Half, kind, text and where the identifiers stand."""
    rows = []
    lines = [line for line in PLANTED.read_text("utf-8").splitlines() if not line.startswith("#")]
    for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
        spans, text = [], ""
        for number, part in enumerate(row["text"].replace("]", "[").split("[")):
            if number % 2:
                spans.append((len(text), len(text) + len(part)))
            text += part
        rows.append((row["half"], row["kind"], text, spans))
    return rows


def share(half: str, names: bool) -> float:
    """Of the planted notes, those of which nothing is missed."""
    hits = [
        all(any(one.start < end and one.end > start for one in identifiers(text)) for start, end in spans)
        for part, kind, text, spans in planted()
        if part == half and (kind == "name") == names
    ]
    assert len(hits) >= 50
    return sum(hits) / len(hits)


def test_what_is_no_name_is_found_in_notes_of_forms_that_the_rules_were_not_made_on() -> None:
    assert share("tuned", names=False) == 1 and share("held", names=False) >= 0.95


def test_names_are_found_in_four_of_five_notes_of_such_forms() -> None:
    assert share("tuned", names=True) >= 0.9 and share("held", names=True) >= 0.8


@pytest.mark.parametrize("text", NOBODY)
def test_eponyms_levels_measures_marks_and_public_sets_are_nobody(text: str) -> None:
    assert identifiers(text) == ()


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("NAME: DOE^JANE", "name"),
        ("Seen by Dr. Vlachopoulou", "name"),
        ("Smith, John A", "name"),
        ("SSN 078-05-1120", "record number"),
        ("DOB 3/5/57", "date of birth"),
        ("geb. am 3. März 1957", "date"),
        ("le 14 juillet 2019", "date"),
        ("患者は2019年 3月 14日に入院", "date"),
        ("a 102-year-old woman", "age over 89"),
        ("MRN 0012345", "record number"),
        ("acc A1234567", "record number"),
        ("The patient is well, record 4471982.", "record number"),
        ("patient A4471982 was seen", "record number"),
        ("Acc. 7654321 compared", "record number"),
        ("Exam RX0012345", "record number"),
        ("Exam 20190312.", "date"),
        ("CT 20190312143000", "date"),
        ("Seen by MR. Xylanthemum", "name"),
        ("MR. JOHN FEATHERSTONE", "name"),
        ("MR. Featherstone was seen", "name"),
        ("NHS number 943 476 5919", "record number"),
        ("Call (617) 555-0142", "phone number"),
        ("Hauptstraße 12", "postal address"),
        ("12 rue de la Paix", "postal address"),
        ("London SW1A 1AA", "postal address"),
        ("m.muster@klinik-nord.de", "e-mail address"),
        ("https://portal.klinik-nord.de/p/4711", "web address"),
    ],
)
def test_a_form_is_known_by_its_kind(text: str, kind: str) -> None:
    assert kind in {one.kind for one in identifiers(text)}, identifiers(text)


@pytest.mark.parametrize("name", ["John_Smith_CT.png", "smith-john.dcm", "ct_20190314.png", "MRN12345678.png"])
def test_a_file_that_is_called_after_a_person_or_a_day_is_found(name: str) -> None:
    assert identifiers_of_file(name)


@pytest.mark.parametrize(
    "name",
    ["CXR1_1_IM-0001-3001.dcm.png", "ISIC_0024306.jpg", "00000013_005.png", "synpic100132.jpg", "BloodImage_00001.png"]
    + ["PMC1234567_fig1.jpg", "left_lung_upper.png", "benign_203.png", "case12/slice_003.png", "1.2.840.113619.2.png"],
)
def test_names_of_files_of_public_sets_are_nobody(name: str) -> None:
    assert identifiers_of_file(name) == ()


def test_what_the_header_says_is_found_in_any_words() -> None:
    assert known_in("the film of ms. xylanthemum shows", ("XYLANTHEMUM^ROSA", "4711"))
    assert not known_in("an anonymous film", ("ANONYMOUS^PATIENT",)) and not known_in("4711", ())


def test_a_masked_name_shows_its_form_and_not_its_letters() -> None:
    assert masked("scans/John_Smith_19570314.png") == f"scans/{'•' * 10}_{'•' * 8}.png"


def test_in_public_sets_at_most_one_text_in_a_thousand_is_flagged_and_those_hold_days_and_ages(
    shared_data: Path,
) -> None:
    texts: set[str] = set()
    for row in csv.DictReader((shared_data / "iu-reports" / "indiana_reports.csv").open(encoding="utf-8")):
        texts.update((row["findings"], row["impression"], row["indication"], row["MeSH"]))
    for path in [*(shared_data / "medec").glob("*.jsonl"), *(shared_data / "vqa-rad").glob("*.jsonl")]:
        rows = map(json.loads, path.read_text("utf-8").splitlines())
        texts.update(value for row in rows for value in row.values() if isinstance(value, str))
    found = Counter(one.kind for text in texts for one in identifiers(text))
    assert len(texts) > 10_000 and found.total() <= len(texts) / 1000 and set(found) <= {"date", "age over 89"}, found
