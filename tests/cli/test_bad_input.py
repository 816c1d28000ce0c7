"""Bad input is one line, what and where and what to do, exit code 2, and nothing is lost."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from filelock import FileLock
from tests.cli.conftest import Auscult, Ran
from tests.models.servers import scripted_server

from auscult.corpora import vqa_rad
from auscult.records import Case
from auscult.store.tables import read_rows

BASELINE = "baseline:majority"


def one_line(ran: Ran, *words: str) -> None:
    assert ran.code == 2, ran
    assert ran.out == "" and ran.err.startswith("auscult: ") and ran.err.count("\n") == 1, ran.err
    assert all(word in ran.err for word in words), ran.err


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ("majority", ["KIND:NAME", "baseline"]),
        ("oracle:x", ["unknown kind 'oracle'", "openai"]),
        ("baseline:best", ["best", "question-only"]),
        ("local:/no/such/folder", ["/no/such/folder"]),
        ("replay:/no/such/file.csv", ["/no/such/file.csv"]),
        ("openai:x@ftp://host", ["ftp"]),
    ],
)
def test_a_model_that_is_none(
    auscult: Auscult, sample_items: Path, tmp_path: Path, spec: str, words: list[str]
) -> None:
    one_line(auscult("evaluate", sample_items, "--model", spec, "--out", tmp_path / "run", "--offline"), *words)
    assert not (tmp_path / "run").exists()


def test_a_model_folder_that_is_none(auscult: Auscult, sample_items: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    one_line(
        auscult("evaluate", sample_items, "--model", f"local:{tmp_path / 'empty'}", "--out", tmp_path / "run"), "empty"
    )


def test_a_server_that_cannot_be_reached(auscult: Auscult, sample_items: Path, tmp_path: Path) -> None:
    ran = auscult("evaluate", sample_items, "--model", "openai:x@http://127.0.0.1:9/v1", "--out", tmp_path / "run")
    assert ran.code == 7 and "cannot reach http://127.0.0.1:9/v1" in ran.err.splitlines()[-1]


def test_items_that_are_none(auscult: Auscult, tmp_path: Path) -> None:
    one_line(auscult("evaluate", tmp_path / "no", "--model", BASELINE, "--out", tmp_path / "run"), "no", "build")


def test_an_image_that_is_gone(auscult: Auscult, sample_items: Path, tmp_path: Path) -> None:
    shutil.copytree(sample_items, tmp_path / "items")
    case = next(c for c in read_rows(tmp_path / "items" / "cases.parquet", Case))
    (tmp_path / "items" / case.images[0].path).unlink()
    ran = auscult(
        "evaluate", tmp_path / "items", "--model", "baseline:always-last", "--out", tmp_path / "run", "--split", "all"
    )
    assert ran.code == 2 and case.images[0].path in ran.err.splitlines()[-1]


def test_an_unknown_split_and_settings_without_a_meaning(auscult: Auscult, sample_items: Path, tmp_path: Path) -> None:
    command = ["evaluate", sample_items, "--model", BASELINE, "--out", tmp_path / "run"]
    one_line(auscult(*command, "--split", "dev"), "no split 'dev'", "test", "train")
    one_line(auscult(*command, "--samples", "2"), "temperature")
    one_line(auscult(*command, "--budget-cost", "5"), "--price-in")
    one_line(auscult(*command, "--map", "text"), "FIELD=COLUMN")


def test_nothing_is_asked_whose_answer_was_shown(auscult: Auscult, sample_items: Path, tmp_path: Path) -> None:
    command = ["evaluate", sample_items, "--out", tmp_path / "run", "--split", "all", "--model"]
    one_line(auscult(*command, BASELINE), "training split", "--split")
    one_line(
        auscult(*command, "openai:x@http://127.0.0.1:9/v1", "--protocol", "few-shot:1"), "training split", "--split"
    )


def test_a_run_folder_begun_with_other_settings(auscult: Auscult, sample_items: Path, tmp_path: Path) -> None:
    command = ["evaluate", sample_items, "--out", tmp_path / "run", "--model"]
    assert auscult(*command, BASELINE).code == 0
    one_line(auscult(*command, "baseline:always-last"), "other settings", "model was", "another --out")
    shutil.rmtree(tmp_path / "run" / "journal")
    one_line(auscult(*command, "baseline:always-last"), "other settings")
    assert (tmp_path / "run" / "answers.parquet").exists(), "answers without their journal are answers still"


def test_a_run_folder_that_another_process_works_on(auscult: Auscult, sample_items: Path, tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    with FileLock(tmp_path / "run" / ".lock"):
        one_line(auscult("evaluate", sample_items, "--model", BASELINE, "--out", tmp_path / "run"), "another process")


def test_a_folder_that_is_no_run_is_left_alone(auscult: Auscult, sample_items: Path, tmp_path: Path) -> None:
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter1.txt").write_text("do not touch")
    refused = auscult("evaluate", sample_items, "--model", BASELINE, "--out", tmp_path / "thesis")
    one_line(refused, "is not empty and no run folder")
    assert "name another with --out" in refused.err
    one_line(auscult("report", tmp_path / "thesis"), "no run folder")
    assert [p.name for p in (tmp_path / "thesis").iterdir()] == ["chapter1.txt"]


def test_a_run_that_never_began_may_begin_anew(auscult: Auscult, sample_items: Path, tmp_path: Path) -> None:
    command = ["evaluate", sample_items, "--out", tmp_path / "run", "--model"]
    assert auscult(*command, "openai:x@http://127.0.0.1:9/v1").code == 7
    assert auscult(*command, BASELINE).code == 0


def test_a_run_is_never_put_where_a_rebuild_would_delete_it(
    auscult: Auscult, sample_items: Path, tmp_path: Path
) -> None:
    shutil.copytree(sample_items, tmp_path / "items")
    one_line(
        auscult("evaluate", tmp_path / "items", "--model", BASELINE, "--out", tmp_path / "items" / "run"), "lies in"
    )
    (tmp_path / "items" / "notes.txt").write_text("mine")
    rebuild = ["build", "--from", "item-set", sample_items, "--out", tmp_path / "items", "--overwrite"]
    one_line(auscult(*rebuild), "notes.txt")
    assert (tmp_path / "items" / "notes.txt").read_text() == "mine"


def test_recorded_answers_of_which_none_belongs_to_the_set(
    auscult: Auscult, sample_items: Path, tmp_path: Path
) -> None:
    (tmp_path / "r.csv").write_text("id,text\nzzz,yes\nyyy,no\n")
    one_line(
        auscult("evaluate", sample_items, "--model", f"replay:{tmp_path / 'r.csv'}", "--out", tmp_path / "run"), "zzz"
    )


def test_few_shot_without_examples_is_not_run_as_zero_shot(
    auscult: Auscult, sample_items: Path, tmp_path: Path
) -> None:
    ran = auscult(
        "evaluate",
        sample_items,
        "--model",
        "baseline:always-last",
        "--protocol",
        "few-shot:2",
        "--out",
        tmp_path / "run",
    )
    one_line(ran, "few-shot needs")


def test_a_protocol_or_a_generator_that_is_not_there(auscult: Auscult, sample_items: Path, tmp_path: Path) -> None:
    command = ["evaluate", sample_items, "--model", "baseline:always-last", "--out", tmp_path / "run", "--protocol"]
    one_line(auscult(*command, "nope"), "unknown protocol 'nope'", "direct, few-shot, shuffled")
    one_line(auscult(*command, "shuffled"), "write shuffled:seed")
    build = ["build", "--from", "vqa-rad", vqa_rad.sample_path(), "--out", tmp_path / "items", "--generate"]
    one_line(auscult(*build, "nope"), "unknown generator 'nope'", "premises")


def test_the_report_of_an_unfinished_run_says_how_to_go_on(
    auscult: Auscult, sample_items: Path, tmp_path: Path
) -> None:
    with scripted_server() as server:
        spec = f"openai:any@{server.base_url}"
        words = ["evaluate", sample_items, "--model", spec, "--out", tmp_path / "run", "--budget-calls", 20]
        assert auscult(*words).code == 3
    one_line(auscult("report", tmp_path / "run"), "not finished", "go on with: auscult evaluate", "--budget-calls")


def test_a_damaged_manifest_is_no_run_to_report(auscult: Auscult, tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text("{")
    one_line(auscult("report", tmp_path), "manifest.json: is no JSON", "damaged")
    assert not (tmp_path / "report.html").exists()


def test_a_damaged_table_is_made_again_from_the_journal(auscult: Auscult, sample_items: Path, tmp_path: Path) -> None:
    with scripted_server() as server:
        words = ["evaluate", sample_items, "--model", f"openai:any@{server.base_url}", "--out", tmp_path / "run"]
        assert auscult(*words).code == 0
        asked, answers = server.counts()["asked"], tmp_path / "run" / "answers.parquet"
        answers.write_bytes(answers.read_bytes()[:1000])
        assert auscult(*words).code == 0
        assert server.counts()["asked"] == asked


FULL = """
import resource, signal, sys
import auscult.cli, auscult.runs.evaluation
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, resource.RLIM_INFINITY))
auscult.cli.main()
"""


def test_a_full_disk_loses_nothing(auscult: Auscult, sample_items: Path, tmp_path: Path) -> None:
    with scripted_server() as server:
        command = ["evaluate", sample_items, "--model", f"openai:any@{server.base_url}", "--out", tmp_path / "run"]
        assert auscult(*command, "--limit", "1", "--dry-run").code == 0
        words = [sys.executable, "-c", FULL, *(str(c) for c in command)]
        ran = subprocess.run(words, capture_output=True, text=True, check=False)
        assert ran.returncode == 2 and "Traceback" not in ran.stderr, ran.stderr
        assert "make room" in ran.stderr.splitlines()[-1]
        finished = sum(server.counts()["answered"].values())
        assert finished > 10
        assert auscult(*command).code == 0
        repeats = sum(n - 1 for n in server.counts()["asked"].values())
    assert repeats <= 32 + 2  # calls in flight, and the canary, which asks about each of two images twice


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.csv", b"picture,question,answer\nx.png,q,a\n", ["a.csv", "image", "picture"]),
        ("b.csv", b"image,question,answer\n\xff\xfe,q,a\n", ["b.csv", "UTF-8"]),
        ("c.csv", b"image,question,answer\nno.png,q,a\n", ["c.csv", "no.png"]),
        ("f.csv", b"image;question;answer\nno.png;q;a\n", ["f.csv, row 1", "no.png is missing"]),
        ("d.csv", b"image,question,answer\n", ["d.csv"]),
        ("e.jsonl", b'{"image": "x.png", "question": "q", "answer": "a"}\n{"image": \n', ["e.jsonl"]),
    ],
)
def test_a_table_that_cannot_be_read(
    auscult: Auscult, tmp_path: Path, name: str, content: bytes, words: list[str]
) -> None:
    (tmp_path / name).write_bytes(content)
    if name == "e.jsonl":
        from PIL import Image

        Image.new("L", (8, 8)).save(tmp_path / "x.png")
    one_line(auscult("build", "--from", "image-folder", tmp_path / name, "--out", tmp_path / "items"), *words)
    assert not (tmp_path / "items").exists()


@pytest.mark.parametrize("content", [b"", b"\x89PNG\r\n\x1a\n broken", b"plain text"], ids=["empty", "broken", "text"])
def test_an_image_that_is_none(auscult: Auscult, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.png").write_bytes(content)
    (tmp_path / "a.csv").write_text("image,question,answer\nx.png,q,a\n")
    ran = auscult("build", "--from", "image-folder", tmp_path / "a.csv", "--out", tmp_path / "items")
    one_line(ran, "x.png")
