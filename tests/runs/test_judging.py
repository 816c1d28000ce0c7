import hashlib
import json
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from tests.analysis.worked import ask
from tests.models.tiny_llava import make_tiny_llava
from tests.runs.judged_run import judge_run, make_run
from tests.scorers.judges.judge_server import graded, judge_server, wait_until

from auscult.engine.limits import AskOptions
from auscult.errors import BudgetReached, UserError
from auscult.records import Answer, Score
from auscult.runs import judging
from auscult.runs.anchoring import make_anchors
from auscult.runs.judged import Judgement, judgements
from auscult.runs.judging import Judging
from auscult.runs.judging_options import JudgingOptions
from auscult.scorers.judges import JudgeOptions
from auscult.store.held import held
from auscult.store.tables import read_rows, write_rows

ASKING = AskOptions(retries=1, pause=0.01)
QUICK = JudgingOptions(judge=JudgeOptions(tries=2), asking=ASKING)


def by_text(text: str, before: int) -> str:
    """Grades that follow from the whole prompt."""
    number = hashlib.blake2b(text.encode(), digest_size=8).digest()
    return graded(*(1 + b % 10 for b in number[:5]))


def lines(text: str, before: int) -> str:
    number = hashlib.blake2b(text.encode(), digest_size=8).digest()
    return " ".join(str(1 + b % 10) for b in number[:4]) + "\nSo it is."


def scores(done: Judgement) -> list[Score]:
    return list(read_rows(done.scores, Score))


def test_every_open_answer_with_its_image_gets_a_score_in_the_order_of_the_answers(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", more=[ask("Is it?", "yes", "Yes."), ask("What?", "Air.", "", answer_type="open")])
    with judge_server(by_text) as server:
        done = judge_run(run, server.spec, QUICK)
    answers = [a for a in read_rows(run / "answers.parquet", Answer) if a.condition == "with" and a.text != "Yes."]
    assert [s.answer_id for s in scores(done)] == [a.id for a in answers]
    assert [s.status for s in scores(done)] == ["ok", "ok", "unusable", "ok", "ok", "ok", "ok"]
    assert len(server.asked) == 6
    assert done.counts == {"ok": 6, "unusable": 1}


def test_the_judge_sees_the_case_and_the_item_that_the_answer_is_about(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run")
    with judge_server(by_text) as server:
        judge_run(run, server.spec, QUICK)
    for case in range(3):
        for n in range(2):
            (text,) = [t for t in server.texts if f"Finding {case}.{n}, left side." in t]
            assert f"Caption {case} of" in text
            assert f"What is seen at {n}?" in text


def test_the_same_call_again_asks_nothing(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run")
    with judge_server(by_text) as server:
        first = judge_run(run, server.spec, QUICK)
        again = judge_run(run, server.spec, QUICK)
        assert len(server.asked) == 6
    assert again == first
    assert judgements(run) == [first]


def test_a_finished_table_needs_no_judge_at_all(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run")
    with judge_server(by_text) as server:
        spec, first = server.spec, judge_run(run, server.spec, QUICK)
    assert judge_run(run, spec, QUICK) == first


def test_a_damaged_table_is_made_again_from_the_journal(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run")
    with judge_server(by_text) as server:
        first = judge_run(run, server.spec, QUICK)
        whole = scores(first)
        first.scores.write_bytes(b"PAR1")
        assert scores(judge_run(run, server.spec, QUICK)) == whole
        assert len(server.asked) == 6


def test_answers_that_came_later_are_judged_and_the_others_not_asked_again(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run")
    answers = list(read_rows(run / "answers.parquet", Answer))
    late = next(a.id for a in answers[3:] if a.condition == "with")
    failed = [replace(a, status="request_failed", text="", failure="timeout") if a.id == late else a for a in answers]
    write_rows(run / "answers.parquet", Answer, failed)
    with judge_server(by_text) as server:
        assert judge_run(run, server.spec, QUICK).counts == {"ok": 5, "request_failed": 1}
        write_rows(run / "answers.parquet", Answer, answers)
        assert judge_run(run, server.spec, QUICK).counts == {"ok": 6}
        assert len(server.asked) == len(set(server.texts)) == 6


def test_a_finished_table_of_other_answers_is_made_anew(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run")
    answers = list(read_rows(run / "answers.parquet", Answer))
    with judge_server(by_text) as server:
        old = scores(judge_run(run, server.spec, QUICK))
        write_rows(run / "answers.parquet", Answer, [replace(answers[0], text="Something else."), *answers[1:]])
        new = scores(judge_run(run, server.spec, QUICK))
        assert len(server.asked) == 7
    assert new[0] != old[0]
    assert new[1:] == old[1:]


def test_failed_requests_are_missing_and_asked_again_by_the_next_call(tmp_path: Path) -> None:
    run, down = make_run(tmp_path / "run"), [True]

    def says(text: str, before: int) -> str | int:
        return 503 if down[0] and "Finding 1.0" in text else by_text(text, before)

    with judge_server(says) as server:
        assert judge_run(run, server.spec, QUICK).counts == {"ok": 5, "request_failed": 1}
        down[0] = False
        server.asked.clear()
        assert judge_run(run, server.spec, QUICK).counts == {"ok": 6}
        assert len(server.asked) == 1


def test_verdicts_that_cannot_be_read_are_counted_by_reason(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run")
    with judge_server(lambda text, before: "10/10" if "Finding 1." in text else by_text(text, before)) as server:
        done = judge_run(run, server.spec, QUICK)
        assert len(server.asked) == 4 + 2 * 2
    assert done.counts == {"ok": 4, "judge_unusable": 2}
    assert done.reasons == {"judge_unusable: unreadable 2 times, at last: not one JSON object": 2}
    assert not any(s.values for s in scores(done) if s.status == "judge_unusable")


def test_killed_in_the_middle_it_goes_on_and_ends_as_if_undisturbed(tmp_path: Path) -> None:
    run, calm = make_run(tmp_path / "run", cases=12), make_run(tmp_path / "calm", cases=12)
    with judge_server(by_text, sleep=0.02) as server:
        whole = scores(judge_run(calm, server.spec, QUICK))
        server.asked.clear()
        command = [sys.executable, "-m", "tests.runs.judged_run", str(run), server.spec]
        kills = []
        for at in (5, 12):
            process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
            wait_until(lambda at=at: len(server.asked) >= at)
            process.kill()
            process.wait()
            kills.append(len(server.asked))
        assert kills[-1] < 24, "it was not killed in the middle"
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        repeats = sum(Counter(server.texts).values()) - len(set(server.texts))
    assert said == "judging\ndone\n"
    assert len(set(server.texts)) == 24
    assert repeats <= 2 * 4, "more was asked twice than was in flight"
    (done,) = judgements(run)
    assert scores(done) == whole


def test_two_processes_do_not_judge_one_run_with_one_model_at_once(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run")
    with judge_server(by_text) as server:
        judging = Judging(run, server.spec, QUICK)
        with held(judging.home, ""), pytest.raises(UserError, match="another process is judging"):
            judge_run(run, server.spec, QUICK)


def test_the_forecast_is_what_is_then_asked(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run")
    asking = replace(ASKING, price_in=2.0, price_out=8.0)
    options = replace(QUICK, asking=asking, judge=JudgeOptions(repeats=2))
    with judge_server(by_text) as server:
        judging = Judging(run, server.spec, options)
        before = judging.forecast()
        assert not server.asked
        assert not (run / "judges").exists()
        done = judge_run(run, server.spec, options)
        after = judging.forecast()
        assert len(server.asked) == before.calls == 12
        sent = sum(len(t) for t in server.texts)
    assert (after.calls, after.finished) == (0, 12)
    assert before.common + before.own == before.tokens_in
    assert before.tokens_in == pytest.approx(sent / 4, rel=0.02)
    assert before.tokens_out == 12 * 2048
    assert before.cost == pytest.approx((before.tokens_in * 2 + before.tokens_out * 8) / 1e6)
    assert done.prompts.calls == 12
    prompts = done.prompts
    total = prompts.calls * prompts.common + prompts.own
    assert total == pytest.approx(sent / 4, rel=0.02)
    assert prompts.common > 0.8 * total / 12
    assert done.cost == pytest.approx((done.tokens_in * 2 + done.tokens_out * 8) / 1e6)
    assert "calls to ask:      12 (0 more" in before.describe() and "sent to:           127.0.0.1" in before.describe()


def test_unreadable_replies_of_an_earlier_run_are_in_the_forecast(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run")
    with judge_server(lambda text, before: "10/10") as server:
        judge_run(run, server.spec, QUICK)
        more = Judging(run, server.spec, replace(QUICK, judge=JudgeOptions(tries=5))).forecast()
    assert (more.calls, more.finished) == (6, 12)


def test_a_budget_stops_and_a_larger_one_goes_on(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run")
    with judge_server(by_text) as server:
        for calls in (4, 5):  # of the run in all: what an earlier call spent counts
            with pytest.raises(BudgetReached):
                judge_run(run, server.spec, replace(QUICK, asking=replace(ASKING, budget_calls=calls)))
            assert len(server.asked) == calls
        assert judgements(run) == []
        assert judge_run(run, server.spec, replace(QUICK, asking=replace(ASKING, budget_calls=6))).counts == {"ok": 6}
        assert len(server.asked) == 6


def test_repeats_add_to_what_was_asked(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run")
    with judge_server(by_text) as server:
        one = judge_run(run, server.spec, QUICK)
        three = judge_run(run, server.spec, replace(QUICK, judge=JudgeOptions(repeats=3)))
        assert len(server.asked) == 18
    assert one.scores != three.scores
    assert three.instrument.version.endswith("[repeats=3]")
    assert "harm_sd" in scores(three)[0].values
    assert {j.instrument for j in judgements(run)} == {one.instrument, three.instrument}


def test_another_policy_asks_nothing(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run")
    options = replace(QUICK, protocol="medhalltune", judge=JudgeOptions(tries=1))
    with judge_server(lambda text, before: "8.5 0 11 3\nSo.") as server:
        strict = judge_run(run, server.spec, options)
        published = judge_run(run, server.spec, replace(options, judge=JudgeOptions(tries=1, policy="published")))
        assert len(server.asked) == 6
    assert strict.counts == {"judge_unusable": 6}
    assert published.counts == {"ok": 6}


def test_other_tries_make_the_table_anew_in_its_place(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run")
    with judge_server(lambda text, before: by_text(text, before) if before else "?") as server:
        once = judge_run(run, server.spec, replace(QUICK, judge=JudgeOptions(tries=1)))
        assert once.counts == {"judge_unusable": 6}
        twice = judge_run(run, server.spec, QUICK)
        assert len(server.asked) == 12
    assert (twice.counts, twice.scores) == ({"ok": 6}, once.scores)


def test_another_way_of_reading_makes_the_table_anew_and_asks_nothing(tmp_path: Path, monkeypatch) -> None:
    run = make_run(tmp_path / "run")
    with judge_server(by_text) as server:
        with monkeypatch.context() as older:
            older.setattr(judging, "READING", 1)
            first = judge_run(run, server.spec, QUICK)
        asked = len(server.asked)
        again = judge_run(run, server.spec, QUICK)
    assert (first.settings["reading"], again.settings["reading"], len(server.asked)) == (1, 2, asked)
    assert scores(again) == scores(first)


def test_other_conditions_and_types_on_request(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", more=[ask("Is it?", "yes", "Yes.", "No.")])
    with judge_server(by_text) as server:
        both = judge_run(run, server.spec, replace(QUICK, conditions=("with", "without"), answer_types=()))
    assert Counter(s.condition for s in scores(both)) == {"with": 7, "without": 7}


def test_with_nothing_to_judge_it_says_what_there_is(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run")
    with pytest.raises(
        UserError, match="nothing to judge: no answer to report items under with image .its items are open"
    ):
        judge_run(run, "openai:judge@http://127.0.0.1:9/v1", replace(QUICK, answer_types=("report",)))


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"protocol": "pairwise"}, "compares with another run"),
        ({"asking": AskOptions(concurrency=0)}, "concurrency must be 1 or more, not 0"),
        ({"asking": AskOptions(budget_cost=1.0)}, "needs prices"),
        ({"protocol": "clinial"}, "unknown judge protocol"),
        ({"judge": JudgeOptions(repeats=0)}, "repeats"),
    ],
)
def test_options_that_mean_nothing_are_refused(options: dict, said: str, tmp_path: Path) -> None:
    run = make_run(tmp_path / "run")
    with pytest.raises(UserError, match=said):
        judge_run(run, "openai:judge@http://127.0.0.1:9/v1", replace(QUICK, **options))
    assert not (run / "judges").exists()


def test_a_judge_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot reach"):
        judge_run(make_run(tmp_path / "run"), "openai:judge@http://127.0.0.1:9/v1", QUICK)


def test_tables_that_do_not_belong_together_are_one_line(tmp_path: Path) -> None:
    run, other = make_run(tmp_path / "run"), make_run(tmp_path / "other", cases=2)
    (other / "cases.parquet").replace(run / "cases.parquet")
    with judge_server(by_text) as server, pytest.raises(UserError, match="its tables do not belong together"):
        judge_run(run, server.spec, QUICK)


def test_a_folder_that_is_no_run_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no run folder"):
        judge_run(tmp_path, "openai:judge@http://127.0.0.1:9/v1", QUICK)


def test_a_judge_of_the_family_that_wrote_the_items_is_named_from_the_item_set(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run")
    file = run / "manifest.json"
    manifest = json.loads(file.read_text())
    wrote = [{"name": "premises", "version": "1"}, {"name": "drafted", "model": "openai:gpt-4o@https://a.example/v1"}]
    manifest["items"] = {**manifest.get("items", {}), "generators": wrote}
    file.write_text(json.dumps(manifest))
    with judge_server(by_text) as server:
        kin = judge_run(run, server.spec.replace("judge@", "gpt-5@"), QUICK)
    assert any("generator of the items (openai:gpt-4o" in note for note in kin.instrument.notes)
    assert not any("premises" in note for note in kin.instrument.notes)


def test_a_judge_of_the_candidates_family_is_named(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run")
    with judge_server(by_text) as server:
        kin = judge_run(run, server.spec.replace("judge@", "gpt-5@"), QUICK)
        stranger = judge_run(run, server.spec, QUICK)
    assert "one family (gpt)" in kin.instrument.notes[0]
    assert stranger.instrument.notes == ()


def test_the_instrument_says_who_judged_how(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run")
    with judge_server(by_text) as server:
        instrument = judge_run(run, server.spec, QUICK).instrument
    assert instrument.id == f"clinical@1+{server.spec}"
    assert (instrument.kind, instrument.bounds, instrument.judge) == ("judge", (1.0, 10.0), server.spec)
    assert instrument.names == ("accuracy", "relevance", "detail", "risk", "harm")


def anchors_of(run: Path, spec: str, out: Path, protocol: str = "medhalltune") -> list[dict]:
    judging = Judging(run, spec, replace(QUICK, protocol=protocol))
    made = make_anchors(judging, out)
    judging.close()
    rows = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    assert made.rows == len(rows)
    return rows


@pytest.mark.parametrize(("protocol", "says"), [("medhalltune", lines), ("clinical", by_text)])
def test_a_baselines_judgements_anchor_those_of_others(protocol: str, says: object, tmp_path: Path) -> None:
    base = make_run(tmp_path / "base", more=[ask("What?", "Air.", "", answer_type="open")])
    run, out = make_run(tmp_path / "run", more=[ask("What?", "Air.", "Air.", answer_type="open")]), tmp_path / "a.jsonl"
    with judge_server(says) as server:
        rows = anchors_of(base, server.spec, out, protocol)
        assert len(rows) == len(server.asked) == 6
        server.asked.clear()
        options = replace(QUICK, protocol=protocol, anchors=out)
        bare = judge_run(run, server.spec, replace(QUICK, protocol=protocol))
        done = judge_run(run, server.spec, options)
    assert done.counts == {"ok": 6, "judge_unusable": 1}
    assert done.reasons == {"judge_unusable: the anchor file has no row for this item": 1}
    anchored = [t for t in server.texts if rows[0]["judgement"] in t and rows[0]["answer"] in t]
    assert len(anchored) >= 1
    assert (done.anchor, done.anchors) == ("openai:gpt-4o@https://h/v1", 6)
    assert done.instrument.version.startswith(bare.instrument.version + "[anchor=")
    assert any("The candidate and the anchor are the same model" in w for w in done.instrument.notes)


def test_anchors_of_another_judge_are_refused(tmp_path: Path) -> None:
    base, out = make_run(tmp_path / "base"), tmp_path / "a.jsonl"
    with judge_server(lines) as server:
        anchors_of(base, server.spec, out)
        options = replace(QUICK, protocol="medhalltune", anchors=out)
        with pytest.raises(UserError, match=r"a.jsonl: row 1: was judged by .*, not by"):
            judge_run(base, server.spec.replace("judge@", "other@"), options)
        with pytest.raises(UserError, match="is of judge protocol medhalltune/1, not clinical/1"):
            judge_run(base, server.spec, replace(options, protocol="clinical"))


def test_no_anchor_file_is_made_while_requests_fail(tmp_path: Path) -> None:
    base, out = make_run(tmp_path / "base"), tmp_path / "a.jsonl"
    with (
        judge_server(lambda text, before: 500 if "Finding 1.0" in text else lines(text, before)) as server,
        pytest.raises(UserError, match="1 of 6 answers have no judgement"),
    ):
        anchors_of(base, server.spec, out)
    assert not out.exists()


def test_pairs_of_two_runs_are_judged_in_both_orders(tmp_path: Path) -> None:
    run, other = make_run(tmp_path / "run", cases=4), make_run(tmp_path / "other", cases=3)
    answers = list(read_rows(other / "answers.parquet", Answer))
    write_rows(other / "answers.parquet", Answer, [replace(a, text=a.text.replace("left", "right")) for a in answers])

    def says(text: str, before: int) -> str:
        better = "first" if "left" in text.split("<<first ")[1].split("<<end")[0] else "second"
        return json.dumps({"evidence": [], "verdict": better})

    with judge_server(says) as server:
        done = judge_run(run, server.spec, replace(QUICK, protocol="pairwise", against=other))
        assert len(server.asked) == 12
    assert done.counts == {"ok": 6, "judge_unusable": 2}
    assert [s.values.get("first") for s in scores(done)] == [1.0] * 6 + [None] * 2


@pytest.mark.slow
def test_a_tiny_random_model_as_a_judge_gives_no_score(tmp_path: Path) -> None:
    """It proves that a judge runs in this process too; what such a model says is no verdict."""
    run = make_run(tmp_path / "run", cases=1, items=2)
    folder = make_tiny_llava(tmp_path / "tiny")
    for name in ("config.json", "tokenizer_config.json"):  # a context that holds the rubric
        file = folder / name
        file.write_text(file.read_text("utf-8").replace("2048", "65536"), "utf-8")
    done = judge_run(run, f"local:{folder}", replace(QUICK, judge=JudgeOptions(tries=2, max_tokens=16)))
    assert done.counts == {"judge_unusable": 2}, done.reasons
    assert done.calls == 4
