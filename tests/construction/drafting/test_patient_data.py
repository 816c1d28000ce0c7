"""What a generator writes of persons: in no item, in no table, and counted."""

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.construction.drafting.batch_server import Asked, batch_server
from tests.construction.drafting.scripted import make, right

from auscult.api.building import build
from auscult.construction import REJECTS
from auscult.construction.generators import Reject
from auscult.construction.screened import HOLDS
from auscult.items.item_set import ItemSet
from auscult.items.patient_data.screening import FOUND, PatientData
from auscult.store.tables import read_rows, write_rows

SAID = {
    "name and birth date": ", as in Rosalind Featherstone, born 03/14/1957.",
    "record number": " The patient's record number is 4471982.",
}
TOLD = ("Featherstone", "4471982", "03/14/1957")


def telling(words: str, *, checks: str = "") -> Callable[[Asked], str]:
    """A generator that tells of a person at the end of each answer, and a kind checker."""

    def says(asked: Asked) -> str:
        reply = right(asked)
        if asked.checks:
            return reply.replace("It says so.", checks or "It says so.")
        return reply.replace('in this image."', f'in this image{words}"')

    return says


def texts_of(folder: Path) -> str:
    """All that stands in the tables, cards and sheets of a set; journals lie elsewhere."""
    told = []
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        if path.suffix == ".parquet":
            import pyarrow.parquet as pq

            told.append(repr(pq.read_table(path).to_pylist()))
        else:
            told.append(path.read_bytes().decode("utf-8", "replace"))
    return "\n".join(told)


@pytest.mark.parametrize("words", SAID.values(), ids=SAID)
def test_a_pair_that_tells_of_a_person_is_a_reject_with_its_words_masked_and_no_checker_is_sent_it(
    captions: Path, tmp_path: Path, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with batch_server(telling(words)) as server:
        made = make(server.url, captions, tmp_path / "set", checkers=(f"openai:c@{server.url}",))
    assert not list(made.all()) and not [asked for asked in server.asked if asked.checks]
    rejects = list(read_rows(made.folder / REJECTS, Reject))
    assert {(row.check, row.reason) for row in rejects if row.item_id} == {("patient data", HOLDS)}
    assert all("•" in row.reference for row in rejects if row.item_id)
    told = texts_of(made.folder) + texts_of(tmp_path / "set.audit") + repr(capsys.readouterr())
    assert not [secret for secret in TOLD if secret in told]


def test_such_pairs_are_counted_and_listed_as_all_rows_of_patient_data_are(captions: Path, tmp_path: Path) -> None:
    with batch_server(telling(SAID["record number"])) as server:
        made = make(server.url, captions, tmp_path / "set")
    rejects = [row for row in read_rows(made.folder / REJECTS, Reject) if row.check == "patient data"]
    assert rejects
    assert made.manifest.left_out == {"may hold patient data: record number in reference (drafted pairs)": len(rejects)}
    listed = list(csv.DictReader((made.folder / FOUND).open(encoding="utf-8", newline="")))
    assert [row["question"] for row in listed] == [row.item_id for row in rejects]
    assert {(row["field"], row["kind"], row["kept"]) for row in listed} == {("reference", "record number", "no")}


def test_they_stay_where_that_is_asked_for_and_are_noted(captions: Path, tmp_path: Path) -> None:
    with batch_server(telling(SAID["record number"])) as server:
        from auscult.construction.drafting import DraftingOptions

        made = build(
            "captions",
            captions,
            tmp_path / "set",
            generator=f"openai:g@{server.url}",
            drafting=DraftingOptions(pairs=6, text_only=True),
            patient_data=PatientData(keep=True, burned_in=False),
        )
    there = [item for item in made.all() if "4471982" in item.reference]
    assert len(there) == sum(made.manifest.noted.values()) > 0 and not made.manifest.left_out


def test_a_reply_that_is_no_pair_is_masked_too(captions: Path, tmp_path: Path) -> None:
    def says(asked: Asked) -> str:
        return json.dumps({"pairs": [{"slot": 99, "question": "Who is it?\nRosalind Featherstone?", "answer": "She."}]})

    with batch_server(says) as server:
        made = make(server.url, captions, tmp_path / "set")
    assert "She." in texts_of(made.folder) and "Featherstone" not in texts_of(made.folder)


def test_what_a_checker_says_of_a_person_is_masked(captions: Path, tmp_path: Path) -> None:
    says = telling("", checks="This is Rosalind Featherstone.")
    with batch_server(says) as server:
        made = make(server.url, captions, tmp_path / "set", checkers=(f"openai:c@{server.url}",))
    assert len(made) and "•" in texts_of(made.folder) and "Featherstone" not in texts_of(made.folder)


def test_what_another_set_refused_is_masked_as_it_is_taken_over(captions: Path, tmp_path: Path) -> None:
    with batch_server(right) as server:
        old = make(server.url, captions, tmp_path / "old")
    rows = list(read_rows(old.folder / REJECTS, Reject))
    row = Reject(case_id=next(iter(old.cases())).id, split="test", reason="r", said="Seen by Rosalind Featherstone.")
    write_rows(old.folder / REJECTS, Reject, [*rows, row])
    manifest = json.loads((old.folder / "manifest.json").read_text())
    from auscult.store.files import content_hash

    manifest["tables"][REJECTS] = content_hash(old.folder / REJECTS)
    (old.folder / "manifest.json").write_text(json.dumps(manifest))
    new = build("item-set", old.folder, tmp_path / "new")
    assert "Featherstone" not in texts_of(new.folder) and "Seen by" in texts_of(new.folder)
    kept = build("item-set", old.folder, tmp_path / "kept", patient_data=PatientData(keep=True))
    assert "Featherstone" in texts_of(kept.folder)
    assert isinstance(new, ItemSet)
