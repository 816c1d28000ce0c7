"""What people have labelled: gold findings of chest reports, negation, entailment, errors of vignettes.

Reads the published files as they are; only the half (or third) that no development has used.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from auscult.certificates.planting.reports import Report
from auscult.errors import UserError
from auscult.store.rows import read_rows

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
    """A sentence of a report (``cluster``), where its concept stands, and whether people call it negated."""

    cluster: str
    sentence: str
    start: int
    end: int
    negated: bool


@dataclass(frozen=True)
class Claim:
    """A sentence of a pair of reports (``cluster``), what else is known, and how a radiologist relates them."""

    cluster: str
    sentence: str
    known: str
    status: str


@dataclass(frozen=True)
class Vignette:
    """A clinical text in sentences, and whether one of them was made wrong."""

    name: str
    sentences: tuple[str, ...]
    wrong: bool

    @property
    def cluster(self) -> str:
        """Each text stands for itself."""
        return self.name


def published(path: Path, columns: Sequence[str]) -> Iterator[Mapping[str, Any]]:
    """Rows of a published file of any kind that ``store.rows`` reads.

    Raises:
        UserError: the file cannot be read, or a row lacks one of the columns.
    """
    for row in read_rows(path):
        if lacking := [c for c in columns if c not in row.values]:
            raise UserError(f"{row.where}: no column {lacking[0]!r}; take the file as published")
        yield row.values


def held_out_reports(folder: Path) -> list[Report]:
    """Reports with an even number and some text: the half that is kept for certificates."""
    rows = published(folder / "indiana_reports.csv", ("uid", "findings", "impression"))
    found = [Report(r["uid"], r["findings"], r["impression"]) for r in rows if int(r["uid"]) % 2 == 0]
    return [r for r in found if r.sentences]


def gold(folder: Path) -> dict[str, set[str]]:
    """Report number → findings that its gold row marks."""
    rows = published(folder / "openi_gold_14_labels.csv", ("filename", *GOLD_TERMS))
    return {r["filename"].removeprefix("CXR"): {name for name in GOLD_TERMS if r[name] == "1"} for r in rows}


def negation_cases(folder: Path) -> list[NegationCase]:
    """The third third of the sentences; the concept, marked by capitals, is put in small letters."""
    cases = []
    columns = ("report", "concept", "sentence", "negation_binary")
    for number, row in enumerate(published(folder / "sentences.jsonl", columns)):
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
    columns = ("example_id", "input", "output")
    for example in published(folder / "entailment_radiologist_labelled.json", columns):
        for side, other in (("A", "B"), ("B", "A")):
            known = " ".join(example["input"][f"phrases_{other}"])
            found += [
                Claim(example["example_id"], p["phrase"], known, p["status"])
                for p in example["output"][f"phrases_{side}_evidenced"]
            ]
    return found


def vignettes(folder: Path) -> list[Vignette]:
    """Texts with one planted medical error or none."""
    rows = published(folder / "medec_ms_validation.csv", ("Text ID", "Sentences", "Error Flag"))
    return [
        Vignette(
            row["Text ID"],
            tuple(line.partition(" ")[2] for line in row["Sentences"].splitlines() if line.strip()),
            row["Error Flag"] == "1",
        )
        for row in rows
    ]
