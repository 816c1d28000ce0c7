from pathlib import Path

import numpy as np
import pytest
from tests.analysis.worked import ask, study, write_run
from tests.runs.judged_run import OPEN, judge_run
from tests.scorers.judges.judge_server import judge_server
from tests.scorers.judges.test_support import verdict

from auscult.analysis.joining import join
from auscult.analysis.quantities.cascade import Routed, calibrate_run
from auscult.errors import UserError
from auscult.records import Score
from auscult.runs.folder import RunFolder, read_manifest, run_folder
from auscult.runs.instruments import as_plain
from auscult.runs.judging_options import JudgingOptions
from auscult.scorers.judges import JudgeOptions
from auscult.scorers.judges.cascade import write_calibration
from auscult.store.tables import read_rows, write_rows

PLAIN, FALSE, HARD = "A left pleural effusion.", "A right pleural effusion.", "An effusion, as the ward had feared."
SUPPORT = JudgingOptions(protocol="support")


def make_run(folder: Path, cases: int) -> Path:
    """Three open answers about each case: a right one, a wrong one and one that is for a judge to read."""

    def question(name: str, said: str):
        return ask(name, "There is a left pleural effusion.", said, **OPEN)

    asked = [question("What?", PLAIN), question("What is there?", FALSE), question("What else?", HARD)]
    studies = [(study(f"s{n}", annotation="A chest film."), asked) for n in range(cases)]
    with run_folder(folder, {"model": "worked"}) as run:
        run.note(model={"spec": "m", "identity": "m", "host": ""})
        write_run(folder, studies)
    return folder


def judges(text: str, before: int) -> str:
    return verdict("contradicted" if FALSE in text else "supported")


def harsh(text: str, before: int) -> str:
    """Does not accept what the checker takes for supported."""
    return verdict("contradicted" if FALSE in text else "open" if PLAIN in text else "supported")


def test_from_a_judged_run_to_a_routed_one(tmp_path: Path) -> None:
    split, run, path = make_run(tmp_path / "split", 60), make_run(tmp_path / "run", 40), tmp_path / "cascade.json"
    with judge_server(judges) as server:
        judge_run(split, server.spec, SUPPORT)
        found = calibrate_run(split)
        assert found.on and (found.certain, found.items, found.clusters) == (120, 180, 60)
        write_calibration(path, found)
        before = len(server.asked)
        more = {"calibration": str(path), "audit": "0.3"}
        done = judge_run(run, server.spec, JudgingOptions(protocol="cascade", judge=JudgeOptions(more=more)))
        saved = 120 - (len(server.asked) - before)
    assert saved > 40
    write_rows(run / "scores.parquet", Score, read_rows(done.scores, Score))
    (folder := RunFolder(run, read_manifest(run))).note(instruments=as_plain([done.instrument]))
    joined, everything = join(folder.path), np.ones(120, bool)
    supported, contradicted = (
        Routed(name=v.name, scorer=done.instrument.id, value=v).total(joined, everything)
        for v in done.instrument.values[:2]
    )
    total = supported
    assert total.saved == saved and total.certain == 80 and total.error.value == 0
    assert total.estimate.value == pytest.approx(2 / 3) and total.estimate.clusters == 40
    assert contradicted.estimate.value == pytest.approx(1 / 3)


def test_a_judge_that_thinks_otherwise_switches_nothing_on(tmp_path: Path) -> None:
    split = make_run(tmp_path / "split", 60)
    with judge_server(harsh) as server:
        judge_run(split, server.spec, SUPPORT)
    found = calibrate_run(split)
    assert not found.on and found.agreement == 0.5


def test_without_a_judge_model_there_is_no_calibration(tmp_path: Path) -> None:
    split = make_run(tmp_path / "split", 2)
    judge_run(split, "facts", SUPPORT)
    with pytest.raises(UserError, match="0 judge models gave verdicts of support"):
        calibrate_run(split)
