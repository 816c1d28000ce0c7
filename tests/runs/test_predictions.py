import csv
import json
import shutil
from dataclasses import replace

import pytest

from auscult.api import evaluate, export
from auscult.corpora import ReadOptions
from auscult.corpora.medhalltune import read
from auscult.errors import UserError
from auscult.items.writer import SourceNote, write_item_set
from auscult.records import Answer
from auscult.runs import predictions
from auscult.runs.folder import RunFolder, read_manifest
from auscult.runs.predictions import write_predictions
from auscult.runs.settings import Settings
from auscult.store.tables import read_rows, write_rows

N = [
    {
        "question_id": k,
        "image": f"pmc_{k % 2}_0.jpg",
        "text": f"Is {k} pus?\n<image>",
        "gpt4_answer": "No.",
        "fig_caption": "",
    }
    for k in (1, 2, 3, 7)
]
P = [row | {"image": "pmc_9_0.jpg", "gpt4_answer": "Yes.", "text": f"Is {row['question_id']} blood?"} for row in N[:3]]
SAID = {
    "N-1": 'No, "clear",\r\nboth sides; naïve',
    "N-2": "",
    "N-7": "1\n\n2,3",
    "P-1": " Yes ",
    "P-2": "=1+1",
    "P-3": "No.",
}
"""What is recorded; N-3 is not, so that its request fails."""


@pytest.fixture(scope="module")
def items(tmp_path_factory):
    folder = tmp_path_factory.mktemp("set")
    for name, rows in (("negative", N), ("positive", P)):
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    write_item_set(read(folder, ReadOptions()), folder / "items", source=SourceNote(reader="medhalltune", path="-"))
    return folder / "items"


def answers_of(run):
    return {a.item_id: (a.status, a.text) for a in read_rows(run / "answers.parquet", Answer)}


@pytest.fixture(scope="module")
def run(items, tmp_path_factory):
    folder = tmp_path_factory.mktemp("run")
    recorded = folder / "said.jsonl"
    recorded.write_text("".join(json.dumps({"id": k, "answer": v}) + "\n" for k, v in SAID.items()))
    evaluate(items, f"replay:{recorded}", folder / "run", SETTINGS, show=quiet)
    return folder / "run"


SETTINGS = Settings(split="", controls=0, max_missing=1.0)


class Quiet:
    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def advance(self, *_):
        pass


def quiet(*_):
    return Quiet()


def lines(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_official_files_have_the_published_fields_and_ids(run, tmp_path):
    written = write_predictions(run, tmp_path / "official")
    files = tmp_path / "official" / "negative.jsonl", tmp_path / "official" / "positive.jsonl"
    assert written.files == dict(zip(files, (3, 3), strict=True)) and written.failed == 1
    assert sorted(f.name for f in (tmp_path / "official").iterdir()) == ["negative.jsonl", "positive.jsonl"]
    rows = {row["question_id"]: row for row in lines(files[0])}
    assert rows.keys() == {1, 2, 7}
    assert rows[7] == {"question_id": 7, "image": "pmc_1_0.jpg", "question": "Is 7 pus?", "answer": "1\n\n2,3"}
    assert list(rows[7]) == ["question_id", "image", "question", "answer"]


@pytest.mark.parametrize(("form", "name"), [("medhalltune", "official"), ("jsonl", "a.jsonl"), ("csv", "a.csv")])
def test_what_was_written_answers_as_the_run_did(items, run, tmp_path, form, name):
    write_predictions(run, tmp_path / name, form)
    evaluate(items, f"replay:{tmp_path / name}", tmp_path / "again", SETTINGS, show=quiet)
    assert answers_of(tmp_path / "again") == answers_of(run)
    assert {text for status, text in answers_of(run).values() if status != "request_failed"} == set(SAID.values())


def test_one_official_file_alone_answers_its_kind(items, run, tmp_path):
    write_predictions(run, tmp_path / "official")
    evaluate(items, f"replay:{tmp_path / 'official' / 'positive.jsonl'}", tmp_path / "again", SETTINGS, show=quiet)
    found = [status for status, _ in answers_of(tmp_path / "again").values()]
    assert found.count("request_failed") == len(N) and found.count("ok") == len(P)


def test_general_files_keep_failed_requests_with_their_status(run, tmp_path):
    assert write_predictions(run, tmp_path / "a.csv", "csv").failed == 1
    write_predictions(run, tmp_path / "a.jsonl", "jsonl")
    with open(tmp_path / "a.csv", newline="") as file:
        table = {row["source_id"]: row for row in csv.DictReader(file)}
    rows = {row["source_id"]: row for row in lines(tmp_path / "a.jsonl")}
    assert len(table) == len(rows) == 7
    for kept in (table["N-3"], rows["N-3"]):
        assert (kept["status"], kept["answer"] or None, kept["reference"]) == ("request_failed", None, "No.")
    assert (rows["N-2"]["status"], rows["N-2"]["answer"]) == ("unusable", "")
    assert table["N-1"]["answer"] == SAID["N-1"]


def note_anew(run):
    """Notes tables that a test wrote, as if the run had."""
    (run / "answers.state.json").unlink()
    folder = RunFolder(run, read_manifest(run))
    folder.note(tables=folder.digests("answers"))


def test_answers_of_the_controls_are_not_written(run, tmp_path):
    shutil.copytree(run, tmp_path / "run")
    table = tmp_path / "run" / "answers.parquet"
    answers = list(read_rows(table, Answer))
    blind = [replace(a, condition="without", text="seen nothing", status="ok") for a in answers]
    write_rows(table, Answer, [a for pair in zip(answers, blind, strict=True) for a in pair])
    note_anew(tmp_path / "run")
    assert sum(write_predictions(tmp_path / "run", tmp_path / "out").files.values()) == len(SAID)
    write_predictions(tmp_path / "run", tmp_path / "a.jsonl", "jsonl")
    assert "seen nothing" not in (tmp_path / "a.jsonl").read_text() and len(lines(tmp_path / "a.jsonl")) == 7


@pytest.mark.parametrize("form", predictions.FORMS)
def test_nothing_is_left_where_writing_fails(run, tmp_path, form, monkeypatch):
    calls = []

    def full(row):
        calls.append(row)
        if len(calls) == 4:
            raise OSError(28, "No space left on device")
        return b"{}\n"

    monkeypatch.setattr(predictions, "_json_line", full)
    monkeypatch.setattr(predictions, "_csv_line", full)
    with pytest.raises(UserError, match="cannot be written .No space left on device."):
        write_predictions(run, tmp_path / "out", form)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_there_stays_as_it_was_where_writing_fails(run, tmp_path, monkeypatch):
    write_predictions(run, tmp_path / "out")
    before = {f.name: f.read_bytes() for f in (tmp_path / "out").iterdir()}
    monkeypatch.setattr(predictions, "_json_line", lambda row: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        write_predictions(run, tmp_path / "out")
    assert {f.name: f.read_bytes() for f in (tmp_path / "out").iterdir()} == before


def test_what_cannot_be_written_is_said(run, tmp_path):
    with pytest.raises(UserError, match="unknown form 'xml' of the answers of a run; known: medhalltune, jsonl, csv"):
        write_predictions(run, tmp_path / "x", "xml")
    with pytest.raises(UserError, match="no run folder"):
        write_predictions(tmp_path / "none", tmp_path / "x")
    with pytest.raises(UserError, match="lies in the run"):
        write_predictions(run, run / "answers.parquet", "jsonl")
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match="is a file; the two official files need a folder"):
        write_predictions(run, tmp_path / "file")


def test_other_items_have_no_official_form(tmp_path, picture):
    (tmp_path / "t.csv").write_text(f"id,image,question,answer\nq1,{picture().name},Is it?,yes\n")
    from auscult.corpora.image_folder import read as read_table

    table = read_table(tmp_path / "t.csv", ReadOptions())
    write_item_set(table, tmp_path / "items", source=SourceNote(reader="image-folder", path="-"))
    evaluate(tmp_path / "items", "baseline:always-last", tmp_path / "run", SETTINGS, show=quiet)
    with pytest.raises(UserError, match="question 'q1' is not MedHallTune's"):
        write_predictions(tmp_path / "run", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_stale_file_of_the_other_kind_is_not_left_beside(items, run, tmp_path):
    (tmp_path / "negative.jsonl").write_text(json.dumps(N[0]) + "\n")
    source = SourceNote(reader="medhalltune", path="-")
    write_item_set(read(tmp_path / "negative.jsonl", ReadOptions()), tmp_path / "items", source=source)
    evaluate(tmp_path / "items", "baseline:always-last", tmp_path / "run", SETTINGS, show=quiet)
    write_predictions(run, tmp_path / "out")
    with pytest.raises(UserError, match="positive.jsonl: is there, and this run has no non-hallucination questions"):
        write_predictions(tmp_path / "run", tmp_path / "out")


def test_export_writes_the_answers_of_a_run_where_it_is_given_one(run, tmp_path):
    done = export(run, "jsonl", tmp_path / "answers.jsonl")
    assert sum(done.files.values()) == len((tmp_path / "answers.jsonl").read_text().splitlines())
    with pytest.raises(UserError, match="unknown form 'hf' of the answers of a run; known: medhalltune, jsonl, csv"):
        export(run, "hf", tmp_path / "out")
    with pytest.raises(UserError, match="is a run, and --split is of an item set"):
        export(run, "csv", tmp_path / "out.csv", split=["test"])
    with pytest.raises(UserError, match="no such folder|no item set|manifest"):
        export(tmp_path / "none", "csv", tmp_path / "out.csv")
