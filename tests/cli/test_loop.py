"""The whole loop, as a user runs it."""

import json
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from tests.cli.conftest import Auscult
from tests.demonstrated import demo
from tests.models.servers import scripted_server, transformers_server
from tests.models.tiny_llava import make_tiny_llava

from auscult.analysis.summary import read_summary
from auscult.records import Answer, Item
from auscult.store.tables import read_rows


def test_build_evaluate_report_on_the_real_set(auscult: Auscult, shared_data: Path, tmp_path: Path) -> None:
    built = auscult("build", "--from", "vqa-rad", shared_data / "vqa-rad", "--out", tmp_path / "items")
    assert built.code == 0 and built.path == tmp_path / "items"
    run = auscult("evaluate", tmp_path / "items", "--model", "baseline:question-only", "--out", tmp_path / "run")
    assert run.code == 0 and run.path == tmp_path / "run", run.err
    report = auscult("report", tmp_path / "run", "--csv", tmp_path / "figures.csv")
    assert report.code == 0 and report.path == tmp_path / "run" / "report.html" and report.path.stat().st_size > 50_000
    summary = read_summary(tmp_path / "run" / "summary.json")
    accuracy = next(f for f in summary.of("headline") if f.answer_type == "yes_no" and f.metric == "accuracy")
    assert accuracy.with_image and accuracy.with_image.low is not None
    assert accuracy.gain_over_none and accuracy.gain_over_none.value == 0
    assert "not shown to be better than without the image" in accuracy.warning
    assert "accuracy" in (tmp_path / "figures.csv").read_text()


def test_the_demo_shows_its_first_screens_and_ends_with_the_path(
    auscult: Auscult, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with demo(tmp_path_factory) as (folder, said):
        path = Path(said.splitlines()[-1])
        assert path.name == "report.html" and path.is_file()
        assert "invents none of" in said and "a coin gets 50" in said
        assert (folder / "painter" / "drawing.html").is_file() and "A painter of phantoms" in said
        words = " ".join(said.split())
        assert "oes along with 11 of 100, before 53" in words, "of the same answers as the figure of the run above it"
        assert words.count("pairs told apart") <= 1 and " of 100 pairs, was 95" in words
        assert "enies what is true in 3" in words
        again = auscult("demo", "--out", folder)
        assert again.code == 0 and again.path == path
        quiet = auscult("demo", "--out", folder, "-q")
        assert quiet.code == 0 and quiet.out == f"{path}\n" and not quiet.err.replace("\n", "")


def test_a_demo_in_the_folder_of_another_one_says_what_works_in_one_line(auscult: Auscult, tmp_path: Path) -> None:
    drawn = ("phantoms", "--n", 3, "--size", 64)
    for folder in (tmp_path / "drawn" / "phantoms", tmp_path / "full" / "phantom-items"):
        assert auscult(*drawn, "--out", folder).code == 0
    for out in (tmp_path / "drawn", tmp_path / "full"):
        ran = auscult("demo", "--n", 10, "--out", out)
        assert ran.code == 2 and "--overwrite" not in ran.err and ran.err.count("\n") == 1, ran.err
        assert f"{out} is of a demo of another version or another --n, or was altered; remove it, or name" in ran.err


def test_a_model_behind_a_server(auscult: Auscult, sample_items: Path, tmp_path: Path) -> None:
    with scripted_server() as server:
        run = auscult("evaluate", sample_items, "--model", f"openai:any@{server.base_url}", "--out", tmp_path / "run")
        counts = server.counts()
    assert run.code == 0, run.err
    assert "questions and images go to 127.0.0.1" in run.err
    summary = read_summary(tmp_path / "run" / "summary.json")
    assert summary.canary.status == "passed"
    assert {f.condition for f in summary.failures} == {"with", "without", "wrong"}
    again = [n for n in counts["asked"].values() if n > 1]
    assert again == [2, 2], "only the canary asks a question twice, about each of its two images"
    assert summary.usage.calls == sum(counts["answered"].values())


def test_a_server_that_ignores_the_image_is_caught_or_called_out(
    auscult: Auscult, sample_items: Path, tmp_path: Path
) -> None:
    with scripted_server(ignore_images=True) as server:
        run = auscult("evaluate", sample_items, "--model", f"openai:any@{server.base_url}", "--out", tmp_path / "run")
    assert run.code == 2 and "canary" in run.err and run.err.count("\n") <= 2


def test_a_tiny_real_model_in_this_process(auscult: Auscult, sample_items: Path, tmp_path: Path) -> None:
    model = make_tiny_llava(tmp_path / "model")
    options = ["--limit", 2, "--controls", 5, "--max-tokens", 4, "--device", "cpu"]
    run = auscult("evaluate", sample_items, "--model", f"local:{model}", "--out", tmp_path / "run", *options)
    assert run.code == 0, run.err
    answers = list(read_rows(tmp_path / "run" / "answers.parquet", Answer))
    assert answers and all(a.status != "request_failed" and a.tokens_out <= 4 for a in answers)
    assert auscult("report", tmp_path / "run").code == 0


def test_a_tiny_real_model_behind_a_real_server(auscult: Auscult, sample_items: Path, tmp_path: Path) -> None:
    model = make_tiny_llava(tmp_path / "model")
    try:
        with transformers_server() as server:
            spec = f"openai:{model}@{server.base_url}"
            options = ["--limit", 1, "--controls", 0, "--max-tokens", 4, "--concurrency", 2]
            run = auscult("evaluate", sample_items, "--model", spec, "--out", tmp_path / "run", *options)
    except RuntimeError as error:
        pytest.skip(str(error))
    assert run.code == 0, run.err
    answers = list(read_rows(tmp_path / "run" / "answers.parquet", Answer))
    assert answers and all(a.status != "request_failed" for a in answers)


def test_recorded_answers_are_scored_as_they_stand(auscult: Auscult, sample_items: Path, tmp_path: Path) -> None:
    items = [i for i in read_rows(sample_items / "items.parquet", Item) if i.split == "test"]
    rows = [{"qid": i.source_id, "said": i.reference} for i in items if i.answer_type == "yes_no"]
    rows.append({"qid": "of another set", "said": "yes"})
    (tmp_path / "answers.jsonl").write_text("".join(json.dumps(r) + "\n" for r in rows))
    spec = f"replay:{tmp_path / 'answers.jsonl'}"
    mapping = ["--map", "id=qid", "--map", "text=said"]
    run = auscult("evaluate", sample_items, "--model", spec, "--out", tmp_path / "run", *mapping)
    assert run.code == 0, run.err
    summary = read_summary(tmp_path / "run" / "summary.json")
    headline = {(f.answer_type, f.metric): f.with_image for f in summary.of("headline")}
    right = headline["yes_no", "accuracy"]
    assert right and right.value == 1 and right.missing == 0
    not_there = headline["open", "recall"]
    assert not_there and not_there.value is None and not_there.withheld and not_there.missing > 0
    failures = summary.failures[0]
    assert failures.request_failed == failures.kinds["not_recorded"] == len(items) - len(rows) + 1
    assert any("1 recorded answers belong to no question" in w for w in summary.warnings)


def test_a_dry_run_says_what_it_would_cost_and_asks_nothing(
    auscult: Auscult, sample_items: Path, tmp_path: Path
) -> None:
    spec, prices = "openai:any@http://127.0.0.1:9/v1", ["--price-in", 2, "--price-out", 10]
    ran = auscult("evaluate", sample_items, "--model", spec, "--out", tmp_path / "run", *prices, "--dry-run")
    assert ran.code == 0 and "sent to:           127.0.0.1" in ran.out and "at most about" in ran.out
    assert not (tmp_path / "run").exists()


def test_a_dry_run_into_the_folder_of_another_model_is_refused_in_one_line(
    auscult: Auscult, sample_items: Path, tmp_path: Path
) -> None:
    out = tmp_path / "run"
    with scripted_server() as server:
        spec = f"openai:any@{server.base_url}"
        assert auscult("evaluate", sample_items, "--model", spec, "--out", out, "--limit", 2).code == 0
        dry = ["--out", out, "--limit", 2, "--dry-run"]
        same = auscult("evaluate", sample_items, "--model", spec, *dry)
        other = auscult("evaluate", sample_items, "--model", "baseline:majority", *dry)
    assert "another run" not in same.out
    assert other.code == 2 and other.out == "" and other.err.count("\n") == 1
    assert "belongs to another run" in other.err and "model was" in other.err and "--out" in other.err


def test_the_same_command_asks_nothing_again_and_gives_the_same_summary(
    auscult: Auscult, sample_items: Path, tmp_path: Path
) -> None:
    with scripted_server() as server:
        command = ["evaluate", sample_items, "--model", f"openai:any@{server.base_url}", "--out", tmp_path / "run"]
        assert auscult(*command).code == 0
        asked, first = server.counts()["asked"], (tmp_path / "run" / "summary.json").read_text()
        assert auscult(*command).code == 0
        assert server.counts()["asked"] == asked
    assert json.loads((tmp_path / "run" / "summary.json").read_text())["figures"] == json.loads(first)["figures"]


def test_an_evaluation_killed_in_the_middle_ends_as_if_undisturbed(sample_items: Path, tmp_path: Path) -> None:
    with scripted_server(sleep_ms=20) as server:

        def command(out: str) -> list[str]:
            spec = f"openai:any@{server.base_url}"
            words = ["evaluate", str(sample_items), "--model", spec, "--out", str(tmp_path / out), "--concurrency", "4"]
            return [sys.executable, "-c", "from auscult.cli import main; main()", *words]

        subprocess.run(command("calm"), check=True, capture_output=True)
        for _ in range(3):
            process = subprocess.Popen(command("killed"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            lines, end = tmp_path / "killed" / "journal", time.monotonic() + 30
            before = _size(lines)
            while _size(lines) < before + 2_000 and time.monotonic() < end:
                time.sleep(0.01)
            process.kill()
            process.wait()
        assert not (tmp_path / "killed" / "answers.parquet").exists(), "the kills came too late"
        subprocess.run(command("killed"), check=True, capture_output=True)
    for table in ("cases", "items", "answers", "scores"):
        left_out = [] if table != "answers" else ["seconds", "attempts", "cost"]
        one, other = (
            pq.read_table(tmp_path / out / f"{table}.parquet").drop_columns(left_out) for out in ("calm", "killed")
        )
        assert one.equals(other), table


def test_ctrl_c_stops_in_one_line_and_the_same_command_goes_on(
    auscult: Auscult, sample_items: Path, tmp_path: Path
) -> None:
    with scripted_server(sleep_ms=150) as server:
        words = ["evaluate", sample_items, "--model", f"openai:any@{server.base_url}", "--out", tmp_path / "run"]
        # whoever starts the tests in the background has them, and all that they start, ignore the signal
        heard = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
        code = f"{heard}; from auscult.cli import main; main()"
        command = [sys.executable, "-c", code, *(str(w) for w in words)]
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
            while _size(tmp_path / "run" / "journal") < 2_000:
                time.sleep(0.01)
            process.send_signal(signal.SIGINT)
            _, said = process.communicate(timeout=30)
        assert process.returncode == 130 and said.splitlines()[-1].startswith("auscult: stopped; the same command")
        assert "Traceback" not in said
        assert auscult(*words).code == 0


def _size(folder: Path) -> int:
    return sum(p.stat().st_size for p in folder.glob("*.jsonl")) if folder.is_dir() else 0


def test_samples_at_a_temperature_hold_decoding_variance(auscult: Auscult, sample_items: Path, tmp_path: Path) -> None:
    with scripted_server() as server:
        spec = f"openai:any@{server.base_url}"
        options = ["--samples", 3, "--temperature", 0.7, "--controls", 0]
        run = auscult("evaluate", sample_items, "--model", spec, "--out", tmp_path / "run", *options)
    assert run.code == 0, run.err
    figure = read_summary(tmp_path / "run" / "summary.json").of("headline")[0].with_image
    assert figure and "decoding" in figure.variance


@pytest.mark.parametrize("name", ["majority", "always-last"])
def test_every_baseline_runs(auscult: Auscult, sample_items: Path, tmp_path: Path, name: str) -> None:
    assert auscult("evaluate", sample_items, "--model", f"baseline:{name}", "--out", tmp_path / "run").code == 0


def test_the_loop_opens_no_connection(
    auscult: Auscult, sample_items: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*args: object) -> None:
        raise AssertionError(f"a connection to {args[1:]} was tried")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket.socket, "connect_ex", refuse)
    run = tmp_path / "run"
    assert auscult("evaluate", sample_items, "--model", "baseline:majority", "--out", run, "--offline").code == 0
    assert auscult("report", run).code == 0


def test_off_line_a_server_elsewhere_is_refused(auscult: Auscult, sample_items: Path, tmp_path: Path) -> None:
    spec = "openai:any@https://models.example/v1"
    ran = auscult("evaluate", sample_items, "--model", spec, "--out", tmp_path / "run", "--offline")
    assert ran.code == 2 and "models.example" in ran.err


def test_a_server_that_stumbles_gives_the_same_answers_in_the_end(
    auscult: Auscult, sample_items: Path, tmp_path: Path
) -> None:
    faults = ["429", "500", "truncated", "empty-choices", "disconnect", "html"]
    options = ["--limit", 4, "--controls", 10]
    for out, script in (("calm", {}), ("stumbling", {"faults": faults, "times": 2, "share": 0.3})):
        with scripted_server(**script) as server:  # type: ignore[arg-type]
            spec = f"openai:any@{server.base_url}"
            ran = auscult("evaluate", sample_items, "--model", spec, "--out", tmp_path / out, *options)
        assert ran.code == 0, ran.err
    calm, stumbling = (list(read_rows(tmp_path / out / "answers.parquet", Answer)) for out in ("calm", "stumbling"))
    assert [a.text for a in calm] == [a.text for a in stumbling]
    assert all(a.status == "ok" for a in stumbling) and any(a.attempts == 3 for a in stumbling)


def test_a_server_that_stays_broken_withholds_the_figures_and_says_why(
    auscult: Auscult, sample_items: Path, tmp_path: Path
) -> None:
    with scripted_server(faults=["500"], share=0.3) as server:
        spec, options = f"openai:any@{server.base_url}", ["--retries", 0, "--no-canary", "--controls", 0]
        ran = auscult("evaluate", sample_items, "--model", spec, "--out", tmp_path / "run", *options)
    assert ran.code == 4 and "figures are withheld" in ran.err, ran.err
    assert ran.path == tmp_path / "run"
    summary = read_summary(tmp_path / "run" / "summary.json")
    accuracy = next(f.with_image for f in summary.of("headline") if f.metric == "accuracy")
    assert accuracy and accuracy.value is None and accuracy.alone and accuracy.withheld
    assert accuracy.worst is not None and accuracy.best is not None and accuracy.best - accuracy.worst > 0.2
    assert summary.failures[0].kinds == {"server_error": summary.failures[0].request_failed}
    assert any("requests failed" in w for w in summary.warnings) and any(
        "Canary skipped" in w for w in summary.warnings
    )
    assert "withheld" in auscult("report", tmp_path / "run").path.read_text()
