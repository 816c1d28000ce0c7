"""``--reader`` and ``auscult calibrate reader``: said where answers go, foreseen, off unless it is named."""

from pathlib import Path

import orjson
from tests.certificates.reader.test_certificate import recorded, says
from tests.cli.conftest import Auscult
from tests.runs.test_reading import yes
from tests.scorers.judges.judge_server import judge_server

FRENCH = "L'image montre un épanchement pleural du côté gauche."


def answered(sample_items: Path, folder: Path) -> Path:
    """Answers in French to the questions of an item set, which no rule reads."""
    from auscult.records import Item
    from auscult.store.tables import read_rows

    items = [i for i in read_rows(sample_items / "items.parquet", Item) if i.answer_type == "yes_no"]
    rows = [{"id": i.source_id, "text": f"{FRENCH} Cas {n}."} for n, i in enumerate(items)]
    path = folder / "answers.jsonl"
    path.write_bytes(b"\n".join(map(orjson.dumps, rows)))
    return path


def test_a_reader_is_named_foreseen_told_and_shown(auscult: Auscult, sample_items: Path, tmp_path: Path) -> None:
    answers, run = answered(sample_items, tmp_path), tmp_path / "run"
    assert auscult("check", answers, "--items", sample_items, "--split", "all", "--out", run).code in (
        0,
        4,
    )
    with judge_server(yes) as server:
        dry = auscult("score", run, "--reader", server.spec, "--dry-run")
        assert dry.code == 0 and "sent to:           127.0.0.1" in dry.out and not server.asked
        made = auscult("score", run, "--reader", server.spec, "--reader-concurrency", 2)
        assert made.code == 0 and server.asked, made.err
    assert f"calls to ask:      {len(server.asked)} (0 more" in dry.out
    assert f"go to the reader {server.spec}" in made.err
    warnings = orjson.loads((run / "summary.json").read_bytes())["warnings"]
    assert any(f"{server.spec}" in line and "are unread" in line for line in warnings)


def test_a_reader_is_certified_from_the_command_line(auscult: Auscult, tmp_path: Path) -> None:
    answers, out = recorded(tmp_path / "answers"), tmp_path / "reader.json"
    with judge_server(says) as server:
        command = ("calibrate", "reader", "--reader", server.spec, "--answers", answers, "--out", out)
        assert "calls to ask:      12" in auscult(*command, "--dry-run").out
        ran = auscult(*command)
    assert ran.code == 0 and ran.out.strip().splitlines()[-1] == str(out), ran.err
    assert orjson.loads(out.read_bytes())["instrument"] == f"reader@1+{server.spec}"
