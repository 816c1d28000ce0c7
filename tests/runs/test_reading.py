"""A second reader on a run: only what no rule could read is asked about; figures name both, shares are told."""

import subprocess
import sys
from collections import Counter
from pathlib import Path

import orjson
import pytest
from tests.analysis.worked import ask, study, write_run
from tests.scorers.judges.judge_server import JudgeServer, judge_server, wait_until

from auscult.analysis import summarise
from auscult.engine.limits import AskOptions
from auscult.errors import BudgetReached, UserError
from auscult.records import Answer, Certificate, Score
from auscult.runs.folder import read_manifest, run_folder
from auscult.runs.reading import Reading
from auscult.runs.reading_options import ReaderOptions
from auscult.runs.rescoring import Readers, rescore
from auscult.scorers import rules_for
from auscult.store.tables import read_rows

FRENCH = "L'image montre un épanchement pleural du côté gauche."
"""An answer that the rules leave unread."""
QUICK = ReaderOptions(asking=AskOptions(retries=1, pause=0.01, concurrency=4))


def make_run(folder: Path, cases: int = 6) -> Path:
    """Of each case one answer that a rule reads and one that none does; one has failed and one is empty."""
    studies = []
    for n in range(cases):
        said = [f"{FRENCH} Cas {n}.", f"{FRENCH} Sans image {n}."]
        questions = [ask("Is there air?", "no", "Yes."), ask("Is there an effusion?", "yes", *said)]
        studies.append((study(f"s{n}"), [*questions, ask("Is it ill?", "yes", "!timeout", "")]))
    with run_folder(folder, {"model": "worked"}) as run:
        run.note(model={"spec": "openai:m@http://h/v1", "identity": "openai:m@http://h/v1", "host": "h"})
        run.note(canary={"status": "skipped", "detail": ""}, items={"source": {"reader": "by hand"}})
        write_run(folder, studies)
    return folder


def yes(text: str, before: int) -> str:
    return '{"quote": "", "reading": "yes"}'


def read_by(run: Path, server: JudgeServer, options: ReaderOptions = QUICK) -> list[Score]:
    rescore(run, Readers(reader=server.spec, reader_options=options))
    return closed(run)


def closed(run: Path) -> list[Score]:
    return [s for s in read_rows(run / "scores.parquet", Score) if s.scorer == "closed"]


def test_only_what_no_rule_could_read_is_asked_about_and_its_rows_stand_among_the_others(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run")
    before = closed(run)
    with judge_server(yes) as server:
        after = read_by(run, server)
        assert len(server.asked) == 12 and all("épanchement" in text for text in server.texts)
    assert Counter(s.status for s in before)["unread"] == 12
    assert [s.answer_id for s in after] == [s.answer_id for s in before]
    assert {s.version for s in after} == {f"5+reader@1+{server.spec}"}
    for old, new in zip(before, after, strict=True):
        if old.status == "unread":
            assert (new.status, new.parsed, new.values["correct"]) == ("ok", "yes", 1.0)
            assert new.explanation == f"read by reader@1+{server.spec}"
        else:
            assert (new.status, new.parsed, new.values) == (old.status, old.parsed, old.values)


def test_figures_name_both_readers_and_the_run_tells_the_share_of_each(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run")
    with judge_server(lambda text, before: yes(text, before) if "Sans" not in text else "?") as server:
        read_by(run, server)
    summary = summarise(run)
    both = f"closed@5+reader@1+{server.spec}"
    assert any(f.with_image and f.with_image.instrument == both for f in summary.figures)
    said = f"Of 24 answers the rules read 50.0 %, {server.spec} 25.0 %; 25.0 % are unread."
    assert said in summary.warnings
    manifest = read_manifest(run)
    (instrument,) = [i for i in manifest["instruments"] if i["name"] == "closed"]
    assert instrument["judge"] == server.spec and said in instrument["notes"]


def test_the_rules_certificate_vouches_for_the_rule_and_the_readers_own_for_the_reader(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", cases=2)
    with judge_server(yes) as server:
        read_by(run, server)
    name = f"reader@1+{server.spec}"
    assert f"Used without a certificate: {name}." in summarise(run).limits
    own = Certificate(instrument=name, subject="", passed=None, figures=(), summary="")
    (tmp_path / "reader.json").write_bytes(orjson.dumps(own))
    rescore(run, Readers(certificates=(tmp_path / "reader.json",)))
    summary = summarise(run)
    assert not any("without a certificate" in line for line in summary.limits)
    assert {"closed@5", name} <= {c.instrument.partition(",")[0] for c in summary.certificates}


def test_scored_again_it_is_read_as_before_without_asking_and_without_a_server(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run")
    with judge_server(yes) as server:
        read = read_by(run, server)
        assert read_by(run, server) == read and len(server.asked) == 12
    rescore(run, Readers())
    assert closed(run) == read
    notes = read_manifest(run)["notes"]
    assert len(notes) == 1 and "are unread" in notes[0]


def test_a_run_without_a_reader_is_asked_of_nobody(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run")
    rescore(run, Readers())
    assert not (run / "readers").exists() and "reader" not in read_manifest(run)


def test_what_failed_stays_unread_and_is_asked_again_by_the_same_call(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", cases=2)
    with judge_server(lambda text, before: 500) as server:
        assert Counter(s.status for s in read_by(run, server))["unread"] == 4
    with judge_server(yes) as again:
        server.url = again.url
        assert Counter(s.status for s in read_by(run, again))["unread"] == 0


def test_a_run_that_was_not_read_to_its_end_asks_for_its_reader(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", cases=2)
    with judge_server(lambda text, before: 500) as server:
        read_by(run, server)
    with pytest.raises(UserError, match="name it with --reader"):
        rescore(run, Readers())


def test_a_budget_stops_it_and_a_larger_one_goes_on(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run")
    with judge_server(yes) as server:
        with pytest.raises(BudgetReached):
            read_by(run, server, ReaderOptions(asking=AskOptions(budget_calls=5)))
        assert len(server.asked) == 5
        read_by(run, server, ReaderOptions(asking=AskOptions(budget_calls=12)))
        assert len(server.asked) == 12


def test_the_forecast_is_what_is_then_asked(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run")
    with judge_server(yes) as server:
        reading = Reading(run, rules_for(), server.spec, QUICK)
        forecast = reading.forecast()
        assert not server.asked and not (run / "readers").exists()
        read_by(run, server)
        assert len(server.asked) == forecast.calls == 12
        assert "127.0.0.1" in forecast.describe() and reading.forecast().finished == 12


PROGRAM = """
import sys
from pathlib import Path
from auscult.runs.rescoring import Readers, rescore
from auscult.runs.reading_options import ReaderOptions
from auscult.engine.limits import AskOptions
options = ReaderOptions(asking=AskOptions(concurrency=4))
rescore(Path(sys.argv[1]), Readers(reader=sys.argv[2], reader_options=options))
"""


def test_killed_in_the_middle_it_goes_on_and_ends_as_if_undisturbed(tmp_path: Path) -> None:
    run, calm = make_run(tmp_path / "run", cases=12), make_run(tmp_path / "calm", cases=12)
    with judge_server(yes, sleep=0.2) as server:
        whole = read_by(calm, server)
        server.asked.clear()
        command = [sys.executable, "-c", PROGRAM, str(run), server.spec]
        for at in (5, 12):
            process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
            wait_until(lambda at=at: len(server.asked) >= at)
            process.kill()
            process.wait()
        assert len(server.asked) < 24, "it was not killed in the middle"
        subprocess.run(command, capture_output=True, check=True)
        repeats = len(server.asked) - len(set(server.texts))
    assert len(set(server.texts)) == 24 and repeats <= 2 * 4
    assert closed(run) == whole
    assert len(list(read_rows(run / "answers.parquet", Answer))) == len(whole)
