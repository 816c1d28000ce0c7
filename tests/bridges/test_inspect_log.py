"""A run as an ``.eval`` log: every answer and every score of it, and the report's own figures."""

import sys
from pathlib import Path

import pytest
from inspect_ai.log import EvalLog, list_eval_logs, read_eval_log, read_eval_log_sample_summaries
from inspect_ai.model import ContentImage
from tests.bridges.table_model import FAILS
from tests.bridges.worked_set import ROWS, quiet, write_answers, write_items
from tests.runs.judged_run import make_run
from typer.testing import CliRunner

from auscult.analysis.summary import read_summary
from auscult.api import evaluate
from auscult.bridges.inspect_log import Written, write_inspect_log
from auscult.cli import app
from auscult.errors import MissingExtra, UserError
from auscult.items.item_set import ItemSet
from auscult.records import Answer, Condition, Decoding, Score
from auscult.runs.rescoring import Readers
from auscult.runs.settings import Settings
from auscult.store.tables import read_rows

Logs = dict[Condition, tuple[Written, EvalLog]]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of the worked set with controls and a text metric."""
    folder = tmp_path_factory.mktemp("run")
    items, recorded = write_items(folder), write_answers(folder / "said.csv", blind=True)
    settings = Settings(controls=300, canary=False, max_missing=0.5)
    readers = Readers(scorers=("default", "rouge"))
    evaluate(items, f"replay:{recorded}", folder / "run", settings, show=quiet, readers=readers)
    (folder / "logs").mkdir()
    return folder


@pytest.fixture(scope="module")
def logs(folder: Path) -> Logs:
    found: Logs = {}
    for condition in ("with", "without", "wrong"):
        out = folder / "logs" / f"{condition}.eval"
        written = write_inspect_log(folder / "run", out, condition=condition, images=condition != "without")
        found[condition] = written, read_eval_log(out, resolve_attachments=True)
    return found


def test_a_log_holds_every_answer_of_its_condition(folder: Path, logs: Logs) -> None:
    answers = list(read_rows(folder / "run" / "answers.parquet", Answer))
    for condition, (written, log) in logs.items():
        of_it = {a.item_id: a for a in answers if a.condition == condition}
        assert log.samples is not None and written.samples == len(log.samples) == len(of_it)
        for sample in log.samples:
            answer = of_it[str(sample.id)]
            assert sample.metadata["status"] == answer.status
            assert sample.metadata["condition"] == condition
            if answer.status != "request_failed":
                assert sample.output.completion == answer.text == sample.messages[-1].text
    assert logs["with"][0] == Written(samples=10, failed=1)


def test_a_log_holds_every_score_of_its_answers(folder: Path, logs: Logs) -> None:
    scores = list(read_rows(folder / "run" / "scores.parquet", Score))
    assert {"closed", "facts", "rouge", "pope"} <= {s.scorer for s in scores}
    for condition, (_, log) in logs.items():
        there = {(str(s.id), name): score for s in log.samples or [] for name, score in (s.scores or {}).items()}
        ours = {(s.item_id, s.scorer): s for s in scores if s.condition == condition}
        assert set(there) == set(ours) and ours
        for key, score in ours.items():
            found = there[key]
            assert found.metadata == {
                "scorer": f"{score.scorer}@{score.version}",
                "status": score.status,
                "values": score.values,
            }
            if score.status in ("request_failed", "unread"):
                assert found.value != found.value and found.reason == score.status
            elif isinstance(found.value, dict):
                assert {k: v for k, v in found.value.items() if v is not None}.items() <= score.values.items() or (
                    score.status == "unusable"
                )
            else:
                assert found.value in score.values.values()


def test_a_failed_request_is_an_error_and_unscored(logs: Logs) -> None:
    failed = [s for s in logs["with"][1].samples or [] if s.error is not None]
    assert [s.metadata["source_id"] for s in failed] == [f"q{n}" for n, row in enumerate(ROWS) if row[5] == FAILS]
    (sample,) = failed
    assert sample.error and sample.error.message.startswith("request failed: not_recorded")
    assert sample.output.empty and {s.reason for s in (sample.scores or {}).values()} == {"request_failed"}


def test_an_unusable_answer_is_no_error_and_says_why(logs: Logs) -> None:
    told = {s.metadata["source_id"]: (s.scores or {}).get("closed") for s in logs["with"][1].samples or []}
    refused, empty = told["q4"], told["q6"]
    assert refused and empty and (refused.value, empty.value) == (0.0, 0.0)
    assert (refused.reason, empty.reason) == ("refusal", "no_response")


def test_figures_are_those_of_the_report(folder: Path, logs: Logs) -> None:
    summary = read_summary(folder / "run" / "summary.json")
    for condition, (_, log) in logs.items():
        assert log.results
        there = {(s.scorer, k, m.value) for s in log.results.scores for k, m in s.metrics.items()}
        figures = [*summary.of("headline"), *summary.of("quality")]
        compared = 0
        for figure in figures:
            found = {"with": figure.with_image, "without": figure.without_image, "wrong": figure.wrong_image}[condition]
            if found is None or found.value is None or figure.scorer == "place of the right option":
                continue
            name = figure.scorer.split("@")[0]
            assert (name, figure.metric, found.value) in there
            assert found.low is None or (name, f"{figure.metric} low", found.low) in there
            compared += 1
        assert compared >= (10 if condition == "with" else 7)


def test_the_log_says_what_must_be_read_first(logs: Logs) -> None:
    log = logs["without"][1]
    about = log.eval.metadata or {}
    assert log.eval.task == "image-folder, without the image" and about["condition"] == "without"
    assert any("Canary skipped" in warning for warning in about["warnings"])
    assert log.eval.dataset.samples == len(log.samples or [])


def test_images_are_those_that_were_shown_and_only_on_request(folder: Path, logs: Logs) -> None:
    opened = ItemSet(folder / "items")
    urls = {i.sha256: opened.load_image(i).data_url for case in opened.cases() for i in case.images}
    shown = {a.id: a.shown for a in read_rows(folder / "run" / "answers.parquet", Answer)}
    for condition in ("with", "wrong"):
        for sample in logs[condition][1].samples or []:
            assert not isinstance(sample.input, str) and not isinstance(sample.input[0].content, str)
            images = [c.image for c in sample.input[0].content if isinstance(c, ContentImage)]
            assert images == [urls[sha256] for sha256 in shown[sample.metadata["answer_id"]]] != []
    assert all(len(s.input[0].content) == 1 for s in logs["without"][1].samples or [])  # type: ignore[union-attr]


def test_the_listing_of_the_viewer_finds_the_logs(folder: Path, logs: Logs) -> None:
    assert len(list_eval_logs(str(folder / "logs"))) == len(logs)
    summaries = read_eval_log_sample_summaries(folder / "logs" / "with.eval")
    assert len(summaries) == 10 and sum(bool(s.error) for s in summaries) == 1


def test_samples_of_sampled_decoding_are_epochs(tmp_path: Path) -> None:
    items = write_items(tmp_path)
    rows = "".join(f"q{n},Yes.,{k}\n" for n in range(10) for k in range(3))
    (tmp_path / "said.csv").write_text("id,answer,repeat\n" + rows)
    settings = Settings(samples=3, decoding=Decoding(temperature=0.7), controls=0, canary=False)
    evaluate(items, f"replay:{tmp_path / 'said.csv'}", tmp_path / "run", settings, show=quiet)
    write_inspect_log(tmp_path / "run", tmp_path / "run.eval")
    log = read_eval_log(tmp_path / "run.eval")
    assert log.eval.config.epochs == 3 and log.eval.dataset.samples == 10
    assert sorted({s.epoch for s in log.samples or []}) == [1, 2, 3] and len(log.samples or []) == 30


def test_bad_requests_are_one_line_and_leave_nothing(folder: Path, tmp_path: Path) -> None:
    run = folder / "run"
    for out, condition, words in (
        (tmp_path / "run.json", "with", "ends in .eval"),
        (tmp_path / "no" / "run.eval", "with", "no such folder"),
        (run / "run.eval", "with", "name another place"),
        (tmp_path / "run.eval", "backwards", "unknown condition 'backwards'"),
    ):
        with pytest.raises(UserError, match=words):
            write_inspect_log(run, out, condition=condition)  # type: ignore[arg-type]
    with pytest.raises(UserError, match="no run folder"):
        write_inspect_log(folder / "logs", tmp_path / "run.eval")
    unfinished = make_run(tmp_path / "unfinished")
    with pytest.raises(UserError, match="this run is not finished"):
        write_inspect_log(unfinished, tmp_path / "run.eval")
    assert not list(tmp_path.glob("*.eval")) and not list(tmp_path.glob(".*"))


def test_images_of_an_item_set_that_has_changed_are_refused(tmp_path: Path) -> None:
    items, recorded = write_items(tmp_path), write_answers(tmp_path / "said.csv")
    evaluate(items, f"replay:{recorded}", tmp_path / "run", Settings(controls=0, canary=False), show=quiet)
    items.rename(tmp_path / "elsewhere")
    write_inspect_log(tmp_path / "run", tmp_path / "run.eval")
    with pytest.raises(UserError, match="no such folder"):
        write_inspect_log(tmp_path / "run", tmp_path / "run2.eval", images=True)


def test_without_the_extra_it_is_one_line_with_the_remedy(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "inspect_ai.log", None)
    with pytest.raises(MissingExtra, match=r"pip install 'auscult\[inspect\]'"):
        write_inspect_log(folder / "run", tmp_path / "run.eval")


def test_the_command_prints_the_path_of_the_log(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "run.eval"
    ran = CliRunner().invoke(app, ["inspect-log", str(folder / "run"), "--out", str(out), "--condition", "wrong"])
    assert ran.exit_code == 0 and ran.stdout.splitlines() == [str(out)]
    assert "10 answers, 0 of them failed requests" in ran.stderr
    assert (read_eval_log(out, header_only=True).eval.metadata or {})["condition"] == "wrong"
