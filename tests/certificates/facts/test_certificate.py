"""The certificate of the facts reader: what it counts, what it withholds, and that a bad reader fails it."""

import csv
import json
import shutil
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from tests.certificates.progress import counted

from auscult.certificates.cells import Cell
from auscult.certificates.facts import FactsOptions, certificate
from auscult.certificates.facts.certificate import Reader, certify, planted_rows
from auscult.certificates.planting.phantoms import Put
from auscult.errors import UserError
from auscult.facts import Checked
from auscult.records import Certificate, Fact

EFFUSION = Fact(finding="pleural effusion", presence="present")


def says(status: str) -> Reader:
    """A reader to which everything, or nothing, is wrong."""
    found = [Checked(fact=EFFUSION, status=status, against=None, difference="")] if status else []  # type: ignore[arg-type]
    return Reader(
        name=f"says {status}",
        read=lambda text: [EFFUSION],
        compare=lambda answer, reference, exhaustive: found,
        entailment=lambda known, claim, exhaustive: "unknown",
        presence=lambda text, start, end: "present",
    )


def rows(found: Certificate, **wanted: object) -> list[dict[str, Any]]:
    return [r for r in found.figures if all(r[k] == v for k, v in wanted.items())]


def one(found: Certificate, **wanted: object) -> dict[str, Any]:
    (row,) = rows(found, **wanted)
    return row


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of 240 made-up reports, half of them with even numbers, with a gold table."""
    folder = tmp_path_factory.mktemp("data") / "iu-reports"
    folder.mkdir()
    sides, grades = ("left", "right"), ("Mild", "Severe")
    texts = [
        f"There is a {12 + n % 5} mm nodule in the {sides[n // 2 % 2]} upper lobe. {grades[n // 2 % 2]} cardiomegaly."
        for n in range(240)
    ]
    with open(folder / "indiana_reports.csv", "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["uid", "findings", "impression"])
        writer.writerows([n, text, "No pneumothorax or effusion."] for n, text in enumerate(texts))
    labels = certificate.human.GOLD_TERMS
    with open(folder / "openi_gold_14_labels.csv", "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["filename", *labels])
        writer.writerows([f"CXR{n}", *(int(x in ("Nodule", "Cardiomegaly")) for x in labels)] for n in range(240))
    return folder.parent


def test_a_reader_that_sees_nothing_fails(reports: Path) -> None:
    found = certify(FactsOptions(data=reports, scenes=1), reader=says(""))
    assert found.passed is False
    assert one(found, what="object errors", degree="all reworded")["value"] == 0
    assert one(found, part="real reports", what="no error", degree="all reworded")["value"] == 1


def test_a_reader_to_which_all_is_wrong_fails(reports: Path) -> None:
    found = certify(FactsOptions(data=reports, scenes=1), reader=says("contradicted"))
    assert found.passed is False
    assert one(found, what="object errors", degree="all reworded")["value"] == 1
    assert one(found, part="real reports", what="no error", degree="all reworded")["value"] == 0


def test_ours_passes_on_plain_reports_and_finds_the_error_where_it_is(reports: Path) -> None:
    found = certify(FactsOptions(data=reports, scenes=1))
    assert found.passed, found.summary
    row = one(found, what="object errors", degree="rest copied")
    assert row["value"] > 0.9 and row["located"] > 0.9 and row["low"] <= row["value"] <= row["high"]


def test_only_reports_with_even_numbers_are_used(reports: Path) -> None:
    used = certificate.human.held_out_reports(reports / "iu-reports")
    assert sorted(int(r.uid) for r in used) == list(range(0, 240, 2))
    found = certify(FactsOptions(data=reports, scenes=1), reader=says(""))
    assert one(found, part="real reports", what="no error", degree="copied")["n"] == 120


def test_without_data_it_claims_nothing_and_says_what_is_missing() -> None:
    found = certify(FactsOptions(scenes=2))
    assert found.passed is None and "iu-reports, medec" in found.summary
    assert {r["part"] for r in found.figures} == {"hand-written sentences", "phantoms"}


def test_a_cell_of_under_a_hundred_reads_insufficient() -> None:
    found = certify(FactsOptions(scenes=30))
    small = one(found, part="phantoms", what="side swapped")
    assert small["n"] < 100 and small["label"] == "insufficient"
    assert small["value"] is small["low"] is small["high"] is small["located"] is None


def test_ours_finds_most_errors_about_phantoms() -> None:
    found = certify(FactsOptions(scenes=60))
    assert one(found, part="phantoms", what="all errors")["value"] > 0.6
    assert one(found, part="phantoms", what="no error", degree="")["value"] > 0.6


def test_the_certificate_is_plain_data_and_repeatable() -> None:
    one_, two = (certify(FactsOptions(scenes=3, seed=4)) for _ in range(2))
    assert json.loads(json.dumps(asdict(one_)["figures"])) == list(two.figures)


def test_progress_counts_parts() -> None:
    seen: list[tuple[int, int | None]] = []
    certify(FactsOptions(scenes=1), show=counted(seen))
    assert seen == [(1, 2), (2, 2)]


def test_gold_findings_stand_beside_keywords(reports: Path) -> None:
    found = certify(FactsOptions(data=reports, scenes=1), reader=says(""))
    ours, keywords = (one(found, what="all findings", instrument=i) for i in ("facts", "keywords"))
    # Each of the 120 reports has two marked findings; this reader names one that is not marked, an effusion.
    assert (ours["n"], ours["hits"], ours["false_alarms"], ours["value"]) == (240, 0, 120, 0)
    assert (keywords["hits"], keywords["false_alarms"]) == (240, 240)
    assert keywords["value"] == pytest.approx(2 / 3)


def test_the_last_third_of_the_negation_sentences_is_read_in_small_letters(tmp_path: Path) -> None:
    rows_ = [
        {"report": n, "concept": "fever", "sentence": f"{n} no FEVER", "negation_binary": "negated"} for n in range(300)
    ]
    (tmp_path / "sentences.jsonl").write_text("\n".join(json.dumps(r) for r in rows_))
    cases = certificate.human.negation_cases(tmp_path)
    assert [c.sentence for c in cases] == [f"{n} no fever" for n in range(2, 300, 3)]
    assert all(c.sentence[c.start : c.end] == "fever" and c.negated for c in cases)
    found = certificate.negation_rows(says(""), cases * 2)
    accuracy = {r["instrument"]: r["value"] for r in found if r["measure"] == "accuracy"}
    assert accuracy == {"facts": 0, "NegEx, 6 tokens": 1, "NegEx, whole sentence": 1}
    assert [r["value"] for r in found if r["measure"] == "accuracy gained"] == [-1, -1]


def test_a_sentence_is_entailed_only_if_all_of_it_is() -> None:
    said = {"a": ["entailed"], "b": ["entailed", "unknown"], "c": ["entailed", "contradicted"], "d": []}
    reader = Reader(
        read=lambda text: [Fact(finding=s, presence="present") for s in said.get(text, [])],
        entailment=lambda known, claim, exhaustive: claim.finding,
    )
    right = {"a": "entailment", "b": "neutral", "c": "contradiction", "d": "neutral"}
    found = certificate.entailment_rows(reader, [certificate.human.Claim(k, k, "x", v) for k, v in right.items()])
    assert [(r["value"], r["instrument"]) for r in found if r["measure"] == "accuracy"] == [
        (1, "facts"),
        (0.5, "always neutral"),
    ]


def test_a_vignette_is_flagged_only_where_it_contradicts_itself() -> None:
    texts = [
        certificate.human.Vignette(str(n), ("There is ascites.", second), n % 2 == 0)
        for n, second in enumerate(["There is no ascites.", "The heart is normal."] * 100)
    ]
    found = certificate.vignette_rows(Reader(), texts)
    assert [(r["measure"], r["n"], r["value"]) for r in found] == [("sensitivity", 100, 1), ("specificity", 100, 1)]


def put(**given: Any) -> Put:
    return Put(cluster="a", reference="", answer="A. B. C.", **given)


@pytest.mark.parametrize(
    ("flagged", "given", "flag"),
    [
        ([("contradicted", 3)], {"kind": "x", "planted": ("B.",)}, "at the error"),
        ([("contradicted", 0)], {"kind": "x", "planted": ("B.",)}, "elsewhere"),
        ([("omitted", 0)], {"kind": "x", "left_out": "pleural effusion"}, "at the error"),
        ([("omitted", 0)], {"kind": "x", "planted": ("B.",), "complete": False}, ""),
        ([("supported", 3)], {"kind": "x", "planted": ("B.",)}, ""),
    ],
)
def test_an_error_is_found_where_it_stands_or_elsewhere(
    flagged: Sequence[tuple[str, int]], given: dict[str, Any], flag: str
) -> None:
    checked = [
        Checked(
            fact=Fact(finding="pleural effusion", presence="present", start=at, end=at + 1),
            status=status,  # type: ignore[arg-type]
            against=None,
            difference="",
        )
        for status, at in flagged
    ]
    assert certificate._flag(put(**given), checked) == flag


def test_a_tenth_more_is_shown_but_not_counted() -> None:
    def tried(degree: str) -> list[certificate.Tried]:
        return [certificate.Tried(put(kind="size changed", degree=degree), "")] * 150

    found = planted_rows(Cell("phantoms", "", unit="scene"), tried("factor 1.1") + tried("factor 2"))
    assert [(r["what"], r["degree"], r["n"]) for r in found if r["measure"] == "sensitivity"] == [
        ("all errors", "", 150),
        ("size changed", "factor 1.1", 150),
        ("size changed", "factor 2", 150),
    ]


def test_a_table_without_its_column_is_refused(reports: Path, tmp_path: Path) -> None:
    shutil.copytree(reports, tmp_path / "data")
    (tmp_path / "data" / "iu-reports" / "indiana_reports.csv").write_text("uid,text\n2,No effusion.\n")
    with pytest.raises(UserError, match="no column 'findings'"):
        certify(FactsOptions(data=tmp_path / "data", scenes=1))


def test_no_sentence_of_a_real_report_is_in_the_certificate(
    shared_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = certificate.human.held_out_reports(shared_data / "iu-reports")[:150]
    monkeypatch.setattr(certificate.human, "held_out_reports", lambda folder: real)
    monkeypatch.chdir(tmp_path)
    figures = json.dumps(asdict(certify(FactsOptions(data=shared_data, scenes=1))))
    assert not [s for r in real for s in r.sentences if len(s) > 20 and s in figures]
    assert not list(tmp_path.iterdir())
