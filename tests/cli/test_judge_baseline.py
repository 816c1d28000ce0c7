import json
from pathlib import Path

import pytest
import typer
from tests.runs.judged_run import make_run
from tests.scorers.judges.judge_server import judge_server
from typer.testing import CliRunner

from auscult.cli import judge_baseline
from auscult.errors import UserError


def auscult(*args: object) -> str:
    """Runs the command as a program's only one; what it says on both streams."""
    app = typer.Typer()
    app.callback()(lambda: None)
    judge_baseline.register(app)
    result = CliRunner().invoke(app, ["judge-baseline", *map(str, args)])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.output


def test_the_baselines_run_becomes_an_anchor_file(tmp_path: Path) -> None:
    run, out = make_run(tmp_path / "run"), tmp_path / "anchors.jsonl"
    with judge_server(lambda text, before: "10/10" if "2.1, left" in text else "8 7 6 9\nGood.") as server:
        dry = auscult(run, "--judge", server.spec, "--out", out, "--dry-run")
        assert "calls to ask:      6" in dry
        assert not out.exists() and not server.asked
        said = auscult(run, "--judge", server.spec, "--out", out, "--judge-tries", "2", "--concurrency", "2")
    rows = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    assert len(rows) == 5
    assert rows[0]["scores"] == {"accuracy": 8, "relevance": 7, "detail": 6, "risk": 9}
    assert rows[0]["judgement"] == "8 7 6 9\nGood."
    assert "answers, captions and references go to 127.0.0.1" in said
    assert "5 anchors; 1 answers have none" in said
    assert "1 x judge_unusable: unreadable 2 times" in said
    assert str(out) in said.splitlines()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--protocol", "none"), "unknown judge protocol 'none'"),
        (("--parse-policy", "lenient"), "unknown parse policy 'lenient'"),
        (("--protocol", "clinical-blind"), "takes no anchors"),
        (("--budget-cost", "1"), "needs prices"),
    ],
)
def test_what_cannot_be_is_one_line(options: tuple[str, ...], said: str, tmp_path: Path) -> None:
    run = make_run(tmp_path / "run")
    with pytest.raises(UserError, match=said):
        auscult(run, "--judge", "openai:judge@http://127.0.0.1:9/v1", "--out", tmp_path / "a.jsonl", *options)


def test_an_output_folder_that_is_not_there_is_said_before_anything_is_asked(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run")
    with judge_server(lambda text, before: "8 7 6 9\nGood.") as server:
        with pytest.raises(UserError, match="no such folder"):
            auscult(run, "--judge", server.spec, "--out", tmp_path / "none" / "a.jsonl")
        assert not server.asked
