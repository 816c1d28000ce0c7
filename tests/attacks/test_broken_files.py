"""Whatever a file holds, reading it ends in one line with its name and exit code 2, and never in a traceback."""

import json
import pickle
import shutil
import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.attacks.fuzz import fuzz
from tests.attacks.seeds import pictures
from tests.cli.conftest import Auscult, Ran

from auscult.store import sheets

DEEP = "[" * 100_000
LONG = "9" * 5_000
ROW = {"image": "a.png", "question": "Is it normal?", "answer": "no"}


def one_line(ran: Ran, name: str) -> None:
    assert ran.code == 2, ran
    assert ran.err.startswith("auscult: ") and ran.err.count("\n") == 1, ran.err
    assert name in ran.err, ran.err


def not_utf8() -> pa.Table:
    words = pa.array([b"\xff\xfe"], pa.binary())
    broken = pa.Array.from_buffers(pa.string(), 1, words.buffers())
    return pa.table({"image": ["a.png"], "question": broken, "answer": ["no"]})


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("deep.jsonl", DEEP),
        ("deep.json", DEEP),
        ("deep-object.json", '[{"question": "[[\\\\", "more": ' + '[{"a":' * 50_000),
        ("deep-object.jsonl", '{"question": ' * 50_000),
        ("deep-list.jsonl", json.dumps(ROW | {"more": 0}).replace("0", "[" * 300 + "]" * 300)),
        ("half.jsonl", json.dumps(ROW | {"question": "\ud800"})),
        ("half.json", json.dumps([ROW | {"question": "\ud800"}])),
        ("zero.jsonl", json.dumps(ROW | {"image": "a\0.png"})),
        ("half-name.jsonl", json.dumps(ROW | {"image": "\udc80.png"})),
        ("zero.csv", "image,question,answer\na\0.png,q,a\n"),
        ("bytes.csv", b"image,question,answer\na.png,\xff,no\n"),
    ],
)
def test_a_broken_table_is_one_line(auscult: Auscult, tmp_path: Path, name: str, content: str | bytes) -> None:
    pictures(tmp_path, "a.png")
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    one_line(auscult("build", "--from", "image-folder", path, "--out", tmp_path / "items"), name)


@pytest.mark.parametrize("number", [LONG, "-" + LONG, "1" + "0" * 400, "18446744073709551616"])
def test_a_number_of_any_length_is_its_digits(auscult: Auscult, tmp_path: Path, number: str) -> None:
    pictures(tmp_path, "a.png")
    (tmp_path / "t.jsonl").write_text(json.dumps(ROW | {"id": 0}).replace("0}", f"{number}}}"))
    assert auscult("build", "--from", "image-folder", tmp_path / "t.jsonl", "--out", tmp_path / "items").code == 0
    found = pq.read_table(tmp_path / "items" / "items.parquet")["source_id"].to_pylist()
    assert found == [number]


def test_a_parquet_file_with_bytes_that_are_no_text_is_one_line(auscult: Auscult, tmp_path: Path) -> None:
    pictures(tmp_path, "a.png")
    pq.write_table(not_utf8(), tmp_path / "t.parquet")
    words = ["build", "--from", "hf-disk", tmp_path / "t.parquet", "--images", tmp_path, "--out", tmp_path / "items"]
    one_line(auscult(*words), "t.parquet")


@pytest.mark.parametrize("split", [".", "..", "", "../up", "/etc", "a/b", "\0", None, 7, {"a": 1}])
def test_a_part_that_is_no_name_of_a_folder_is_one_line(auscult: Auscult, tmp_path: Path, split: object) -> None:
    (tmp_path / "set").mkdir()
    (tmp_path / "set" / "dataset_dict.json").write_text(json.dumps({"splits": [split]}))
    one_line(auscult("build", "--from", "hf-disk", tmp_path / "set", "--out", tmp_path / "items"), "dataset_dict.json")


class Runs:
    """A pickle that would run a command."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        import os

        return os.system, ("touch pwned",)


@pytest.mark.parametrize(
    "content",
    [
        pickle.dumps([Runs()]),
        pickle.dumps({"a": 1}),
        b"\x80\x04\x8e\xff\xff\xff\xff\xff\xff\xff\x7f",  # eight exabytes of bytes
        b"\x80\x04\x95\xff\xff\xff\xff\xff\xff\xff\xff",  # a frame without an end
        b"\x80\x04]\x94h\x01s.",
        b"",
        b"no pickle",
        b"(" * 100_000,
    ],
)
def test_a_pickle_runs_nothing_and_is_one_line(
    auscult: Auscult, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "qas" / "train").mkdir(parents=True)
    (tmp_path / "qas" / "train" / "train_qa.pkl").write_bytes(content)
    one_line(auscult("build", "--from", "pathvqa", tmp_path, "--out", tmp_path / "items"), "train_qa.pkl")
    assert not (tmp_path / "pwned").exists()


@pytest.mark.parametrize(
    "content",
    [
        "a = " + DEEP,
        "a." * 5_000 + "b = 1",
        f"seed = {LONG}",
        "\0",
        'a = "\\ud800"',
        "[a]\n[a]\n",
        b"\xff",
    ],
)
def test_a_broken_toml_file_is_one_line(
    auscult: Auscult, sample_items: Path, tmp_path: Path, content: str | bytes
) -> None:
    path = tmp_path / "given.toml"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    one_line(auscult("evaluate", sample_items, "--config", path, "--out", tmp_path / "run"), "given.toml")
    ran = auscult("gate", path, tmp_path / "run")
    one_line(ran, "given.toml")


def test_a_spreadsheet_that_unpacks_without_end_is_refused(
    auscult: Auscult, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheets, "LARGEST_SHEET", 2**20)
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", bytes(5 * 2**20))
    assert path.stat().st_size < 10_000
    ran = auscult("build", "--from", "image-folder", path, "--out", tmp_path / "items")
    one_line(ran, "bomb.xlsx")
    assert "unpacks to 5,242,880 bytes" in ran.err


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("settings", []),
        ("model", "x"),
        ("versions", {"auscult": 3}),
        ("created", "yesterday"),
        ("instruments", [{"name": 1}]),
        ("tables", {"items.parquet": 4}),
        ("canary", None),
        ("items", {"path": {}}),
        ("scorers", "default"),
    ],
)
def test_a_manifest_with_other_values_is_one_line(
    auscult: Auscult, sample_items: Path, tmp_path: Path, key: str, value: object
) -> None:
    out = tmp_path / "run"
    words = ["evaluate", sample_items, "--model", "baseline:always-last", "--split", "all", "--controls", "0"]
    assert auscult(*words, "--out", out).code == 0
    manifest = json.loads((out / "manifest.json").read_text())
    (out / "manifest.json").write_text(json.dumps(manifest | {key: value}))
    one_line(auscult("report", out), "manifest.json")
    shutil.rmtree(out)


def test_broken_files_drawn_by_chance_end_in_one_line(tmp_path: Path) -> None:
    """A few seconds of what ``python -m tests.attacks.fuzz`` does for an hour."""
    count, findings = fuzz(first=100_000, minutes=0.5, most=60)
    assert count and not [f for f in findings if not f.error.startswith("no one line")], findings
