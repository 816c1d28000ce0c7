"""Which format a data set has, by the names of its files and of the fields of its first row; nothing else is read."""

from collections.abc import Mapping
from itertools import islice
from pathlib import Path

from auscult.corpora._hf_tables import table_columns, tables_of
from auscult.corpora.annotated.cases import SUFFIXES as IMAGES
from auscult.corpora.annotated.columns import Survey
from auscult.corpora.annotated.source import METADATA
from auscult.errors import UserError
from auscult.store.given import open_given
from auscult.store.rows import SUFFIXES, Row, read_rows

FILES = {
    "item-set": ("manifest.json", "cases.parquet"),
    "phantoms": ("phantoms.jsonl",),
    "iu-reports": ("indiana_reports.csv",),
    "vqa-rad": ("items.jsonl", "qa.jsonl"),
    "slake": ("imgs", "train.json"),
    "pathvqa": ("qas",),
    "omnimedvqa": ("QA_information",),
    "medxpertqa": ("MM",),
    "pubmedvision": ("PubMedVision_*.json",),
    "llava-med": ("*fig_captions*.json",),
    "roco": ("*traindata.csv",),
    "clinhallu": ("results/*/gold/*/gold_cot.jsonl",),
    "medvh": ("multi_choices/*",),
    "med-hallmark": ("Conventional..json",),
    "cares": ("data/*/*_factuality.jsonl",),
    "halt-medvqa": ("data/fake_qa*.json", "data/swap_img*.json"),
}
"""Format → what lies in its folder, all of it."""
MORE_FILES = {"roco": ("*_captions.csv",), "pmc-vqa": ("test_clean.csv",), "medhalltune": ("*negative*.jsonl",)} | {
    "slake": ("qa_en.jsonl",),
    "med-halt": ("*/reasoning_*.csv",),
    "mediconfusion": ("data/dataset.csv", "data/image_dict.json"),
}
"""The same, where a format has two layouts."""
FIELDS = {
    "clinhallu": ({"gold_cot"},),
    "hidden-flaws": ({"image_comprehension", "image_correctness"},),
    "mediconfusion": ({"im_1_correct", "im_2_correct"},),
    "med-hallmark": ({"conversations", "classification_label"},),
    "med-halt": ({"subject_name", "exam_name", "options"},),
    "medvh": ({"img_name", "choices", "gt"},),
    "llava-med": ({"pair_id", "fig_caption"}, {"conversatons"}, {"conversations", "domain"}),
    "pubmedvision": ({"Original_Caption"}, {"conversations", "body_part"}),
    "medhalltune": ({"question_id", "gpt4_answer"},),
    "llava-json": ({"conversations"},),
}
"""Format → fields that tell it from all below it."""
LOOKED_AT = 1_000
"""Files of a folder, at most."""


def recognised(path: Path) -> str:
    """The format that a data set looks like; empty where it looks like none that is known."""
    try:
        return _of_folder(path) if path.is_dir() else _of_file(path)
    except (UserError, OSError):
        return ""


def _of_folder(folder: Path) -> str:
    for listed in (FILES, MORE_FILES):
        for name, there in listed.items():
            if all(any(folder.glob(pattern)) for pattern in there):
                return name
    if tables := tables_of(folder):
        return _of_fields(dict.fromkeys(table_columns(tables[0])), "hf-disk")
    tables = sorted(p for p in folder.iterdir() if p.suffix.lower() in SUFFIXES)
    tables = tables or sorted(p for name in METADATA for p in folder.glob(f"*/{name}"))
    if found := _of_file(tables[0]) if tables else "":
        return found
    files = list(islice((p for p in folder.rglob("*") if p.is_file()), LOOKED_AT))
    if any(p.suffix.lower() == ".dcm" for p in files):
        return "dicom"
    images = [p for p in files if p.suffix.lower() in IMAGES]
    if any(p.with_suffix(".txt").is_file() for p in images):
        return "captions"
    return "labels" if any(len(p.relative_to(folder).parts) == 2 for p in images) else ""


def _of_file(file: Path) -> str:
    if file.suffix.lower() not in SUFFIXES:
        return "dicom" if _is_dicom(file) else ""
    if file.suffix == ".parquet":
        return _of_fields(dict.fromkeys(table_columns(file)), "hf-disk")
    if file.suffix == ".json" and _by_domain(file):
        return "llava-med"
    row = next(read_rows(file))
    return _of_fields(row.values, "image-folder")


def _of_fields(values: Mapping[str, object], questions: str) -> str:
    """The format of a table with these columns; ``questions`` where they ask and answer."""
    for name, told in FIELDS.items():
        if any(fields <= values.keys() for fields in told):
            return name
    if {"question", "answer"} <= values.keys():
        return questions
    for name, needed in (("captions", "caption"), ("labels", "labels")):
        survey = Survey({}, Path(), labels=needed == "labels")
        survey.look(Row(1, "", {column: value or "x" for column, value in values.items()}))
        try:
            survey.columns(needed)
        except UserError:
            continue
        return name
    return ""


def _is_dicom(file: Path) -> bool:
    from auscult.items.dicom import is_dicom

    with open_given(file) as raw:
        return is_dicom(raw.read(132))


def _by_domain(file: Path) -> bool:
    from auscult.corpora.llava_med import by_domain

    return by_domain(file)
