"""What people have labelled: gold findings of chest reports, negation, entailment, errors of vignettes.

Reads the published files as they are; only the half (or third) that no development has used.
"""

import csv
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from auscult.certificates.planting.reports import Report
from auscult.errors import UserError

GOLD_TERMS: dict[str, tuple[str, ...]] = {
    "Atelectasis": ("atelectasis",),
    "Cardiomegaly": ("cardiomegaly",),
    "Effusion": ("pleural effusion",),
    "Infiltration": ("infiltrate", "infiltration"),
    "Mass": ("lung mass", "mass"),
    "Nodule": ("lung nodule", "nodule"),
    "Pneumonia": ("pneumonia",),
    "Pneumothorax": ("pneumothorax",),
    "Consolidation": ("consolidation",),
    "Edema": ("pulmonary edema", "pulmonary oedema", "edema"),
    "Emphysema": ("emphysema",),
    "Fibrosis": ("pulmonary fibrosis", "fibrosis"),
    "Pleural_Thickening": ("pleural thickening",),
}
"""Column of the gold table → terms for it; the table has no positive hernia."""


@dataclass(frozen=True)
class NegationCase:
    """A sentence, where its concept stands, and whether people call it negated."""

    report: str
    sentence: str
    start: int
    end: int
    negated: bool


@dataclass(frozen=True)
class Claim:
    """A sentence about a study, what else is known of it, and how a radiologist relates them."""

    pair: str
    sentence: str
    known: str
    status: str


@dataclass(frozen=True)
class Vignette:
    """A clinical text in sentences, and whether one of them was made wrong."""

    name: str
    sentences: tuple[str, ...]
    wrong: bool


def table(path: Path, columns: tuple[str, ...]) -> list[dict[str, str]]:
    """Rows of a CSV file.

    Raises:
        UserError: the file cannot be read or lacks a column.
    """
    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file, strict=True))
    except OSError as error:
        raise UserError(
            f"{path}: cannot be read ({error.strerror}); give the folder that holds the data sets"
        ) from None
    except (UnicodeDecodeError, csv.Error) as error:
        raise UserError(f"{path}: no CSV in UTF-8 ({error}); take the file as published") from None
    lacking = [c for c in columns if not rows or c not in rows[0]]
    if lacking:
        raise UserError(f"{path}: no column {lacking[0]!r}; take the file as published")
    return [{k: v or "" for k, v in row.items() if isinstance(k, str)} for row in rows]


def _json(path: Path, lines: bool) -> Any:
    try:
        text = path.read_text("utf-8")
        return [json.loads(x) for x in text.splitlines() if x.strip()] if lines else json.loads(text)
    except OSError as error:
        raise UserError(
            f"{path}: cannot be read ({error.strerror}); give the folder that holds the data sets"
        ) from None
    except ValueError:
        raise UserError(f"{path}: not JSON; take the file as published") from None


def held_out_reports(folder: Path) -> list[Report]:
    """Reports with an even number and some text: the half that is kept for certificates."""
    rows = table(folder / "indiana_reports.csv", ("uid", "findings", "impression"))
    found = [Report(r["uid"], r["findings"], r["impression"]) for r in rows if int(r["uid"]) % 2 == 0]
    return [r for r in found if r.sentences]


def gold(folder: Path) -> dict[str, set[str]]:
    """Report number → findings that its gold row marks."""
    rows = table(folder / "openi_gold_14_labels.csv", ("filename", *GOLD_TERMS))
    return {r["filename"].removeprefix("CXR"): {name for name in GOLD_TERMS if r[name] == "1"} for r in rows}


def negation_cases(folder: Path) -> list[NegationCase]:
    """The third third of the sentences; the concept, marked by capitals, is put in small letters."""
    cases = []
    for number, row in enumerate(_json(folder / "sentences.jsonl", lines=True)):
        words = r"\s+".join(map(re.escape, row["concept"].upper().split()))
        # Concepts with signs in them were not put in capitals.
        match = re.search(words, row["sentence"]) or re.search(words, row["sentence"], re.I)
        if number % 3 != 2 or not match:
            continue
        start, end = match.span()
        text = row["sentence"][:start] + match[0].lower() + row["sentence"][end:]
        cases.append(NegationCase(str(row["report"]), text, start, end, row["negation_binary"] == "negated"))
    return cases


def claims(folder: Path) -> list[Claim]:
    """The sentences that a radiologist labelled, each with the other report of its pair."""
    found = []
    for example in _json(folder / "entailment_radiologist_labelled.json", lines=False):
        for side, other in (("A", "B"), ("B", "A")):
            known = " ".join(example["input"][f"phrases_{other}"])
            found += [
                Claim(example["example_id"], p["phrase"], known, p["status"])
                for p in example["output"][f"phrases_{side}_evidenced"]
            ]
    return found


def vignettes(folder: Path) -> list[Vignette]:
    """Texts with one planted medical error or none."""
    rows = table(folder / "medec_ms_validation.csv", ("Text ID", "Sentences", "Error Flag"))
    return [
        Vignette(
            row["Text ID"],
            tuple(line.partition(" ")[2] for line in row["Sentences"].splitlines() if line.strip()),
            row["Error Flag"] == "1",
        )
        for row in rows
    ]
