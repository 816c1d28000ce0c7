"""What a researcher does in a notebook: five lines to an evaluation, tables out, pictures of what went wrong."""

import asyncio
import csv
import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from tests.conftest import REPO

import auscult as au
from auscult.corpora import vqa_rad
from auscult.errors import MissingExtra
from auscult.reports.tables_csv import write_csv

PAGE = (REPO / "docs" / "how-to" / "use-from-python.md").read_text("utf-8")
CRITERIA = """
schema = "auscult.criteria/1"
title = "First look"
version = "1"
created = "2020-01-01T00:00:00Z"
who = "the safety team"

[[criterion]]
kind = "failures"
name = "answers come"
why = "a model that does not answer cannot be measured"
measure = "request failed"
at_most = 0.5
"""


@pytest.fixture(scope="module")
def items(tmp_path_factory: pytest.TempPathFactory) -> au.ItemSet:
    return au.build("vqa-rad", vqa_rad.sample_path(), tmp_path_factory.mktemp("items") / "items")


@pytest.fixture(scope="module")
def run(items: au.ItemSet, tmp_path_factory: pytest.TempPathFactory) -> au.Run:
    return au.evaluate(items, "baseline:question-only", tmp_path_factory.mktemp("run") / "run", judge="facts")


def test_the_page_on_python_runs_from_its_first_line_to_its_last(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "vqa-rad").symlink_to(vqa_rad.sample_path())
    (tmp_path / "criteria.toml").write_text(CRITERIA)
    code = "\n".join(re.findall(r"```python\n(.*?)```", PAGE, re.S))
    ran = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    assert (tmp_path / "run" / "report.html").exists() and "closed" not in ran.stderr
    assert "accuracy" in ran.stdout and "INCONCLUSIVE" in ran.stdout


def test_an_item_set_says_what_it_is_and_streams_its_items(items: au.ItemSet) -> None:
    assert len(list(items)) == len(items) and repr(len(items)) in repr(items).replace(",", "")
    assert "<table>" in items._repr_html_()


def test_every_figure_of_the_summary_is_a_row_for_each_image_condition(run: au.Run) -> None:
    rows = list(run.figures)
    first = run.summary.figures[0]
    own = next(r for r in rows if r["metric"] == first.metric and r["condition"] == "with")
    assert first.with_image and own["value"] == first.with_image.value and own["n"] == first.with_image.n
    assert {r["condition"] for r in rows} >= {"with", "without", "with minus without"}
    assert run.figures.to_arrow().num_rows == len(rows) == len(run.figures.to_pandas())


def test_figures_are_the_rows_of_the_csv(run: au.Run, tmp_path: Path) -> None:
    with write_csv(run.folder, tmp_path / "figures.csv").open(newline="") as file:
        lines = list(csv.DictReader(file))
    assert list(lines[0]) == run.figures.columns
    numbers = [(r["section"], r["label"], r["metric"], r["condition"], r["value"]) for r in run.figures]
    assert numbers == [
        (r["section"], r["label"], r["metric"], r["condition"], float(r["value"]) if r["value"] else None)
        for r in lines
    ]


def test_answers_stream_with_their_questions_in_stored_order(run: au.Run) -> None:
    answers = run.answers.to_arrow()
    assert answers.num_rows == sum(f.asked for f in run.summary.failures)
    assert {"question", "reference", "text", "condition", "status"} <= set(answers.column_names)
    assert all(isinstance(batch, pa.RecordBatch) and batch.num_rows <= 7 for batch in run.answers.batches(7))
    assert next(iter(run.answers)) == answers.slice(0, 1).to_pylist()[0]


def test_scores_are_a_table_too(run: au.Run) -> None:
    assert {"closed", "support"} <= set(run.scores.to_arrow()["scorer"].to_pylist())


def test_the_worst_answers_are_wrong_and_come_with_their_images(run: au.Run) -> None:
    worst = run.worst(5)
    assert 0 < len(worst) <= 5 and all(a["outcome"] != "right" for a in worst)
    page = worst._repr_html_()
    assert "data:image/" in page and next(iter(worst))["question"].split()[0] in page


def test_a_run_shows_its_title_its_warnings_and_its_headline(run: au.Run) -> None:
    assert run.summary.title in repr(run)
    shown = run._repr_html_()
    assert "accuracy" in shown and all(w.split(".")[0][:40] in shown for w in run.summary.warnings if "'" not in w)


def test_runs_are_compared_and_the_differences_are_a_table(items: au.ItemSet, run: au.Run, tmp_path: Path) -> None:
    other = au.evaluate(items, "baseline:majority", tmp_path / "other")
    compared = au.compare([run, other])
    assert "accuracy" in repr(compared) and "<iframe" in compared._repr_html_()
    rows = compared.figures.to_pandas()
    assert set(rows["row"]) == {"baseline:question-only", "baseline:majority"}
    tests = list(compared.differences)
    assert tests and all(t["p_holm"] is not None or t["withheld"] for t in tests)
    assert compared.page(tmp_path / "compare.html").exists()


def test_a_gate_gives_its_verdict(run: au.Run, tmp_path: Path) -> None:
    (tmp_path / "criteria.toml").write_text(CRITERIA)
    decision = au.gate(tmp_path / "criteria.toml", run)
    assert decision.verdict == "INCONCLUSIVE" == decision.verdicts["answers come"]  # 13 images are too few
    assert "at least 20 images" in repr(decision)


def test_a_run_is_scored_anew_without_asking_the_model(items: au.ItemSet, tmp_path: Path) -> None:
    au.evaluate(items, "baseline:majority", tmp_path / "run")
    again = au.score(tmp_path / "run", judge="facts")
    made = again.manifest
    assert made["rescored"] == [f"auscult.score({str(tmp_path / 'run')!r}, judge='facts')"]
    assert made["command"].startswith("auscult.evaluate(")
    assert "judge" in [q.kind for q in again.summary.quality]


async def test_an_evaluation_works_inside_a_running_loop(items: au.ItemSet, tmp_path: Path) -> None:
    assert asyncio.get_running_loop()
    assert au.evaluate(items, "baseline:majority", tmp_path / "run").summary.items


def test_a_folder_that_is_no_run_is_refused_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(au.UserError, match="no run folder") as refused:
        au.Run(tmp_path)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    "call",
    [
        lambda run: au.Run(None),  # type: ignore[arg-type]
        lambda run: au.Run(""),
        lambda run: au.compare(run),  # type: ignore[arg-type]
        lambda run: au.compare("run"),
        lambda run: au.compare([1, 2]),  # type: ignore[list-item]
        lambda run: au.gate(None, run),  # type: ignore[arg-type]
        lambda run: au.gate(run, "criteria.toml"),  # type: ignore[arg-type]
        lambda run: au.evaluate(None, "baseline:majority", "out"),  # type: ignore[arg-type]
        lambda run: au.evaluate(run, "baseline:majority", "out"),
        lambda run: au.evaluate("items", None, "out"),  # type: ignore[arg-type]
        lambda run: au.evaluate("items", "baseline:majority", "out", limits=3),
        lambda run: run.worst("x"),
        lambda run: run.worst(-1),
    ],
)
def test_what_cannot_be_meant_is_refused_in_one_line(run: au.Run, call: Callable[[au.Run], object]) -> None:
    with pytest.raises(au.UserError) as refused:
        call(run)
    assert "\n" not in str(refused.value)


def test_options_of_the_command_are_arguments(items: au.ItemSet, tmp_path: Path) -> None:
    run = au.evaluate(items, "baseline:majority", tmp_path / "run", limit=2, controls=0, max_tokens=9, seed=5)
    assert (run.manifest["settings"]["seed"], run.manifest["settings"]["decoding"]["seed"]) == (5, None)
    assert run.manifest["settings"]["limit"] == 2 and run.manifest["settings"]["decoding"]["max_tokens"] == 9
    with pytest.raises(au.UserError, match="no option 'limits'; do you mean limit"):
        au.evaluate(items, "baseline:majority", tmp_path / "run", limits=2)


def test_a_run_holds_its_cases_and_items_too_and_is_itself(run: au.Run) -> None:
    assert run.items.to_arrow().num_rows == run.summary.items and run.cases.to_arrow().num_rows == run.summary.cases
    assert au.Run(run.folder) == run and hash(au.Run(run.folder)) == hash(run)
    assert len(repr(run.figures)) < 200


def test_without_pandas_the_line_that_installs_it_is_said(run: au.Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(MissingExtra, match=r"pip install 'auscult\[pandas\]'"):
        run.figures.to_pandas()


def test_nothing_heavy_is_imported_before_it_is_used() -> None:
    code = "import auscult, sys; print(sorted({'numpy', 'pyarrow', 'scipy', 'pydantic'} & set(sys.modules)))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


def test_every_public_name_is_there_and_documented() -> None:
    for name in au.__all__:
        assert name in dir(au) and (name == "__version__" or getattr(au, name).__doc__)


def test_a_run_made_from_python_says_by_what_call(run: au.Run) -> None:
    command = str(run.manifest["command"])
    assert command.startswith("auscult.evaluate(") and str(run.folder) in command


def test_a_check_from_python_says_by_what_call(tmp_path: Path) -> None:
    table = tmp_path / "answers.csv"
    table.write_text("question,truth,answer\nIs there an effusion?,yes,Yes.\nIs there a mass?,no,Yes.\n")
    run = au.check(table, tmp_path / "run", must=["inventions <= 10%"]).run
    where = f"{str(table)!r}, {str(tmp_path / 'run')!r}"
    assert run.manifest["command"] == f"auscult.check({where}, must=('inventions <= 10%',))"


class Own(au.Model):
    """A model as a script has one."""

    def __init__(self, text: str) -> None:
        self.identity, self.text, self.asked = f"own:{text}", text, 0

    async def reply(self, calls: Sequence[au.Call]) -> list[au.Reply]:
        self.asked += len(calls)
        return [au.Reply(text=self.text, finish="stop") for _ in calls]


def test_a_model_of_ones_own_is_asked_goes_on_and_another_is_refused(items: au.ItemSet, tmp_path: Path) -> None:
    own = Own("Yes.")
    run = au.evaluate(items, own, tmp_path / "run", limit=4, controls=0, canary=False)
    assert {a["text"] for a in run.answers} == {"Yes."} and 0 < own.asked <= len(list(run.answers))
    assert run.manifest["model"]["identity"] == run.manifest["model"]["spec"] == "own:Yes."
    assert "'own:Yes.'" in run.manifest["command"]
    again = Own("Yes.")
    au.evaluate(items, again, tmp_path / "run", limit=4, controls=0, canary=False)
    assert again.asked == 0
    with pytest.raises(au.UserError, match="model"):
        au.evaluate(items, Own("No."), tmp_path / "run", limit=4, controls=0, canary=False)


class Unnamed(Own):
    identity = ""

    def __init__(self) -> None:
        pass


@pytest.mark.parametrize(
    ("model", "why"),
    [
        (Own, "not Own; give an object"),
        (print, "has no identity"),
        (object(), "not object"),
        (Unnamed(), "names nothing"),
    ],
)
def test_what_is_no_model_is_told_how_to_be_one(items: au.ItemSet, tmp_path: Path, model: Any, why: str) -> None:
    with pytest.raises(au.UserError, match=why) as refused:
        au.evaluate(items, model, tmp_path / "run")
    assert "add-a-part.md" in str(refused.value) and not (tmp_path / "run").exists()


class Table:
    """As a data frame prints itself."""

    def to_csv(self, path: str) -> None: ...

    def __repr__(self) -> str:
        return "  question answer\n0 x y"


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"limit": "three"}, "limit: 'three' should be a valid integer"),
        ({"limit": 2.5}, "limit: 2.5 should be a valid integer"),
        ({"limit": 0}, "limit must be 1 or more, not 0"),
        ({"temperature": "hot"}, "temperature: 'hot' should be a valid number"),
        ({"protocol": object()}, "protocol: <object object at"),
        ({"probe": "noise"}, "probe: 'noise' should be a valid tuple"),
        ({"settings": {"limit": 2}}, "settings are an object, as in settings=au.Settings"),
        ({"settings": au.Settings}, "settings are an object"),
        ({"settings": au.Settings(limit="3")}, "limit must be 1 or more, not '3'"),  # type: ignore[arg-type]
        ({"scorers": [object()]}, "scorers are named by texts"),
        ({"scorers": 3}, "scorers are named by texts"),
        ({"judge": object()}, "a judge is named by a text"),
    ],
)
def test_options_that_cannot_be_are_refused_in_one_line(
    items: au.ItemSet, tmp_path: Path, given: dict[str, Any], why: str
) -> None:
    with pytest.raises(au.UserError) as refused:
        au.evaluate(items, "baseline:majority", tmp_path / "run", **given)
    assert str(refused.value).startswith(why) and "\n" not in str(refused.value)
    assert not (tmp_path / "run").exists()


def test_numbers_as_texts_and_scorers_as_a_list_are_taken(items: au.ItemSet, tmp_path: Path) -> None:
    run = au.evaluate(
        items, "baseline:majority", tmp_path / "run", limit="3", controls=0, canary=False, scorers=["closed"]
    )
    assert run.summary.cases == 3 and {row["scorer"] for row in run.scores} == {"closed"}


def test_tables_in_memory_and_limits_of_a_build_are_refused_in_one_line(tmp_path: Path) -> None:
    calls: list[Callable[[], object]] = [
        lambda: au.check(Table(), tmp_path / "out"),  # type: ignore[arg-type]
        lambda: au.build("image-folder", Table(), tmp_path / "out"),  # type: ignore[arg-type]
    ]
    for call in calls:
        with pytest.raises(au.UserError, match="is a path, not a Table; write it to a CSV file and name that$"):
            call()
    for limit in ("3", 0, 2.5):
        with pytest.raises(au.UserError, match=re.escape(f"limit must be 1 or more, not {limit!r}")):
            au.build("vqa-rad", vqa_rad.sample_path(), tmp_path / "out", limit=limit)  # type: ignore[arg-type]
    with pytest.raises(au.UserError, match="unknown generator 'presences'; did you mean 'presence'"):
        au.build("vqa-rad", vqa_rad.sample_path(), tmp_path / "out", generate="presences")


def test_errors_speak_python(tmp_path: Path) -> None:
    with pytest.raises(au.UserError, match=r"auscult.build\(FORMAT, PATH, FOLDER\)"):
        au.evaluate(tmp_path / "none", "baseline:majority", tmp_path / "run")
    with pytest.raises(au.UserError, match=r"two runs or more, as in compare\(\[run, other\]\), not \['run'\]$"):
        au.compare(["run"])


def test_all_that_docstrings_of_public_functions_name_is_public() -> None:
    for name in ("BudgetReached", "MissingExtra", "SplitPlan", "SignOffOptions", "PatientData", "Call", "Reply"):
        assert name in au.__all__ and getattr(au, name)


def test_answers_that_are_wrong_are_found_by_their_scores(run: au.Run) -> None:
    line = next(line for line in PAGE.splitlines() if line.startswith("wrong = "))
    names: dict[str, Any] = {"run": run}
    exec(line, names)  # the line that the page shows
    answers = {a["id"]: a for a in run.answers if a["condition"] == "with"}
    closed = {i for i, a in answers.items() if a["answer_type"] == "yes_no" and a["status"] == "ok"}
    told = {i for i in closed if not answers[i]["text"].lower().startswith(answers[i]["reference"])}
    assert told and names["wrong"] & closed == told
