import json
from pathlib import Path

import pytest
from tests.cli.conftest import Auscult
from tests.runs.judged_run import make_run
from tests.scorers.judges.judge_server import judge_server


def test_the_baselines_run_becomes_an_anchor_file(auscult: Auscult, tmp_path: Path) -> None:
    run, out = make_run(tmp_path / "run"), tmp_path / "anchors.jsonl"
    with judge_server(lambda text, before: "10/10" if "2.1, left" in text else "8 7 6 9\nGood.") as server:
        dry = auscult("judge-baseline", run, "--judge", server.spec, "--out", out, "--dry-run")
        assert "calls to ask:      6" in dry.out
        assert not out.exists() and not server.asked
        words = ["--judge-tries", 2, "--judge-concurrency", 2]
        ran = auscult("judge-baseline", run, "--judge", server.spec, "--out", out, *words)
    rows = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    assert len(rows) == 5
    assert rows[0]["scores"] == {"accuracy": 8, "relevance": 7, "detail": 6, "risk": 9}
    assert rows[0]["judgement"] == "8 7 6 9\nGood."
    assert "answers, captions and references go to 127.0.0.1" in ran.err
    assert "5 anchors; 1 answers have none" in ran.err
    assert "1 x judge_unusable: unreadable 2 times" in ran.err
    assert ran.code == 0 and ran.path == out


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--judge-protocol", "none"), "unknown judge protocol 'none'"),
        (("--parse-policy", "lenient"), "unknown parse policy 'lenient'"),
        (("--judge-protocol", "clinical-blind"), "takes no anchors"),
        (("--judge-budget-cost", "1"), "needs prices"),
    ],
)
def test_what_cannot_be_is_one_line(options: tuple[str, ...], said: str, auscult: Auscult, tmp_path: Path) -> None:
    run, judge = make_run(tmp_path / "run"), "openai:judge@http://127.0.0.1:9/v1"
    ran = auscult("judge-baseline", run, "--judge", judge, "--out", tmp_path / "a.jsonl", *options)
    assert ran.code == 2 and said in ran.err and ran.err.count("\n") == 1


def test_an_output_folder_that_is_not_there_is_said_before_anything_is_asked(auscult: Auscult, tmp_path: Path) -> None:
    run = make_run(tmp_path / "run")
    with judge_server(lambda text, before: "8 7 6 9\nGood.") as server:
        ran = auscult("judge-baseline", run, "--judge", server.spec, "--out", tmp_path / "none" / "a.jsonl")
        assert ran.code == 2 and "its folder is not there" in ran.err and not server.asked
