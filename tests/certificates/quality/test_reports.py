"""Real reports, in a folder of the published form: made-up texts stand in for those that may not be copied."""

import csv
from dataclasses import replace
from pathlib import Path

import pytest
from tests.certificates.progress import counted

from auscult.certificates.quality import QualityOptions, certificate
from auscult.certificates.quality.certificate import certify
from auscult.certificates.quality.checkers import sample
from auscult.certificates.quality.hand_written import FILES, hand_written
from auscult.certificates.quality.sets import cases_in
from auscult.construction.certified import BY_HAND, REAL
from auscult.records import Certificate

TEXTS = {
    "2": ("There is a small left pleural effusion. No pneumothorax. Heart size is normal.", "Follow up."),
    "4": ("The lungs are clear. No pleural effusion or pneumothorax. Mild scoliosis.", "No acute disease."),
    "6": ("There is a 6 mm nodule in the right upper lobe. No pulmonary edema.", "Follow up."),
    "7": ("There is moderate cardiomegaly.", "Follow up."),
    "1639": ("Both lungs are clear.", "Nothing found."),
    "2007": ("The heart is normal.", "Nothing found."),
    "64": ("The picture is of poor quality.", "Please repeat."),
    "46": ("The picture is of poor quality.", "Please repeat."),
}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data") / "iu-reports"
    folder.mkdir()
    columns = ("uid", "MeSH", "Problems", "image", "indication", "comparison", "findings", "impression")
    with (folder / "indiana_reports.csv").open("w", newline="") as file:
        table = csv.DictWriter(file, columns)
        table.writeheader()
        table.writerows({"uid": uid, "findings": f, "impression": i} for uid, (f, i) in TEXTS.items())
    (folder / "indiana_projections.csv").write_text("uid,filename,projection\n2,2.png,Frontal\n")
    return folder.parent


@pytest.fixture(scope="module")
def made(data: Path) -> Certificate:
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(FILES, "held_out", FILES["development"])
        return certify(QualityOptions(data=data, scenes=5), counted([]))


def test_pairs_written_by_hand_stand_first(made: Certificate) -> None:
    assert made.figures[0]["part"] == BY_HAND and made.figures[0]["unit"] == "report"
    parts = [p for p in dict.fromkeys(r["part"] for r in made.figures) if "author" not in p]
    assert parts[1] == REAL and "sets from real reports" in parts and "made by rules, phantoms" in parts


def test_each_author_has_rows_of_his_own(data: Path) -> None:
    cases = cases_in(data)
    pairs = [replace(p, author="AB"[n % 2]) for n, p in enumerate(hand_written(cases, "development"))]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(certificate, "hand_written", lambda cases, half: pairs)
        rows = certificate.hand_written_rows(certificate.Bench(), cases, QualityOptions())
    of = {r["part"]: r["n"] for r in rows if r["measure"] == "specificity" and r["instrument"] == "all checks"}
    assert set(of) == {BY_HAND, f"{BY_HAND}, author A", f"{BY_HAND}, author B"}
    assert of[BY_HAND] == sum(n for part, n in of.items() if part != BY_HAND)


def test_only_reports_of_the_half_are_used(data: Path) -> None:
    held = certify(QualityOptions(data=data, scenes=1), counted([]))
    own = certify(QualityOptions(data=data, scenes=1, half="development"), counted([]))
    alone = [next(r for r in c.figures if r["part"] == REAL and r["what"] == "no error") for c in (held, own)]
    # 2, 4 and 6; of those with odd numbers only 7 says something plainly.
    assert alone[0]["clusters"] == 3 and alone[1]["clusters"] == 1
    assert alone[0]["n"] > alone[1]["n"]


def test_hand_written_pairs_are_about_the_reports_that_are_there(data: Path) -> None:
    pairs = hand_written(cases_in(data), "development")
    assert {p.case.source_key for p in pairs} == {"1639", "2007", "64", "46"} and len(pairs) == 26
    assert not {p.item.id for p in hand_written(cases_in(data), "held_out")} & {p.item.id for p in pairs}
    corrections = [p for p in pairs if p.item.kind == "hallucination"]
    assert corrections and all(p.item.premise for p in corrections)


def test_a_few_reports_pass_nothing(made: Certificate) -> None:
    assert made.passed is not True and "insufficient" in made.summary


def test_a_folder_without_the_reports_is_said(tmp_path: Path) -> None:
    found = certify(QualityOptions(data=tmp_path, scenes=2), counted([]))
    assert found.passed is None and "for want of data: iu-reports" in found.summary


def test_a_sample_holds_right_and_wrong_pairs_in_equal_number(data: Path) -> None:
    chosen = sample(hand_written(cases_in(data), "development"), 8, 0)
    assert sum(bool(p.error) for p in chosen) == 4 and len({p.item.id for p in chosen}) == 8
