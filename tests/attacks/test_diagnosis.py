"""Promise: whatever a model or a judge does wrong in a diagnosis is counted by its name, and nothing is dropped."""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import orjson
import pytest
from aiohttp import web
from tests.attacks.serving import completion, serving
from tests.diagnosis.made import Writer, item_set, question, rest, trace, two_by_two

from auscult.diagnosis.arms import ARMS, GROUPS, arm_of
from auscult.diagnosis.examination import Examination
from auscult.diagnosis.settings import DiagnosisSettings
from auscult.engine.limits import AskOptions
from auscult.errors import ServerDown
from auscult.records import Answer, Call, Item, Reply, Score
from auscult.runs.judging_options import JudgingOptions
from auscult.store.tables import read_rows

NO_SIGHT = "no visual recognition"
LACKING = "no own visual recognition"
OWN = [name for name in GROUPS["default"] if ARMS[name].own]


def diagnosed(tmp_path: Path, says: Callable[[Call], str | Reply], protocol: str = "staged") -> list[Answer]:
    two_by_two(tmp_path / "items")
    settings = DiagnosisSettings(protocol=protocol)
    Examination(tmp_path / "items", Writer(says), settings=settings).run(tmp_path / "out")
    rows = list(read_rows(tmp_path / "out" / "answers.parquet", Answer))
    scored = [score.answer_id for score in read_rows(tmp_path / "out" / "scores.parquet", Score)]
    assert len(rows) == 4 * len(GROUPS["default"]) and scored == [row.id for row in rows], "a row was dropped"
    return rows


def told(rows: list[Answer]) -> dict[str, Counter[str]]:
    """Arm → what is said of its answers; nothing of those that are well."""
    found: dict[str, Counter[str]] = {name: Counter() for name in GROUPS["default"]}
    for row in rows:
        found[arm_of(row)][row.detail if row.status != "ok" else ""] += 1
    return found


def test_a_model_that_never_writes_a_trace_is_unusable_in_every_arm_and_arms_without_a_partner_say_so(
    tmp_path: Path,
) -> None:
    found = told(diagnosed(tmp_path, lambda call: "The heart is enlarged, yes."))
    assert {arm: found[arm] for arm in OWN} == {arm: Counter({LACKING: 4}) for arm in OWN}
    assert found["baseline"] == {NO_SIGHT: 4}
    assert found["replace_vr"] == {"no knowledge recall": 4} and found["replace_vr_kr"] == {"no reasoning": 4}


def test_a_model_that_stops_after_the_second_stage_has_its_own_stages_and_no_answer(tmp_path: Path) -> None:
    def says(call: Call) -> str:
        return rest(call.messages[-1].text).partition("[Reasoning]")[0] or "Nothing follows."

    found = told(diagnosed(tmp_path, says))
    assert all(arm == {"no reasoning": 4} for arm in found.values())


def test_a_model_that_answers_in_its_first_stage_keeps_that_stage_and_its_answer_does_not_count(
    tmp_path: Path,
) -> None:
    def says(call: Call) -> str:
        text = call.messages[-1].text
        return "[Visual Recognition] A patch is seen.\n[Answer] yes" if "finished" not in text else rest(text)

    rows = diagnosed(tmp_path, says)
    found = told(rows)
    assert found["baseline"] == {"no knowledge recall": 4} and found["self_vr"] == {"": 4}
    assert found["self_vr_kr"] == {"no own knowledge recall": 4}
    right = {s.answer_id: s for s in read_rows(tmp_path / "out" / "scores.parquet", Score)}
    assert {(right[a.id].status, right[a.id].values["correct"]) for a in rows if arm_of(a) == "baseline"} == {
        ("unusable", 0.0)
    }
    assert {a.stages["visual_recognition"] for a in rows if arm_of(a) == "self_vr"} == {"A patch is seen."}


def test_a_model_that_repeats_a_header_is_read_as_the_published_program_reads_it(tmp_path: Path) -> None:
    twice = trace("no", "I see a patch.") + "\n" + trace("yes", "I see two patches.")
    rows = diagnosed(tmp_path, lambda call: twice)
    given = {arm_of(a): a.stages.get("visual_recognition", "") for a in rows}
    assert {a.text for a in rows} == {"yes"} and given["self_vr"] == "I see two patches."


def test_a_model_that_cannot_be_reached_for_some_questions_leaves_all_their_arms_missing_and_asks_them_again(
    tmp_path: Path,
) -> None:
    down = {"b"}

    def says(call: Call) -> str | Reply:
        assert call.item is not None
        failed = call.item.source_id in down and "finished" not in call.messages[-1].text
        return Reply(failure="server_error", detail="500") if failed else rest(call.messages[-1].text)

    rows = diagnosed(tmp_path, says)
    lost = {arm_of(a): (a.status, a.failure) for a in rows if a.status != "ok"}
    assert lost == {"baseline": ("request_failed", "server_error")} | {
        arm: ("request_failed", "no_partner") for arm in OWN
    }
    down.clear()
    model = Writer(says)
    Examination(tmp_path / "items", model).run(tmp_path / "out")
    rows = list(read_rows(tmp_path / "out" / "answers.parquet", Answer))
    assert {a.status for a in rows} == {"ok"} and len(model.calls) == 1 + len(OWN)


def test_as_published_an_arm_without_the_models_own_stage_is_put_with_an_empty_one_and_stays_invalid(
    tmp_path: Path,
) -> None:
    def says(call: Call) -> str:
        text = call.messages[-1].text
        return rest(text) if "finished" in text else "I cannot say."

    found = told(diagnosed(tmp_path, says, "clinhallu"))
    assert found["replace_kr"] == {NO_SIGHT: 4} and found["replace_vr"] == {"": 4}


def verdicts(request: bytes) -> web.Response:
    body = json.loads(request)
    assert body["model"] == "judge"
    found = {"statement": "It is so.", "against": "the reference", "why": "It was read.", "stands": "supported"}
    said = json.dumps({"evidence": [found], "verdict": "supported"})
    return web.Response(
        body=completion(message={"role": "assistant", "content": said}), content_type="application/json"
    )


class Judge:
    """Judges the first stages, and then answers no more."""

    def __init__(self, verdicts: int) -> None:
        self.left = verdicts

    async def __call__(self, request: web.Request) -> web.Response:
        self.left -= 1
        return verdicts(await request.read()) if self.left >= 0 else web.Response(status=502, text="no backend")


def test_a_judge_that_goes_down_in_the_middle_stops_the_diagnosis_and_the_same_call_goes_on(tmp_path: Path) -> None:
    two_by_two(tmp_path / "items")
    chat, model = Judge(10), Writer()
    asking = AskOptions(retries=1, pause=0.01, concurrency=2)
    judging = JudgingOptions(asking=asking)
    with serving(chat) as server:
        judge = f"openai:judge@{server.url}"
        with pytest.raises(ServerDown, match="finished calls are kept"):
            Examination(tmp_path / "items", model, judge, judging=judging).run(tmp_path / "out")
        kept, asked = 10, server.chats
        chat.left = 10_000
        again = Writer()
        Examination(tmp_path / "items", again, judge, judging=judging).run(tmp_path / "out")
        assert not again.calls
        judged = list(read_rows(tmp_path / "out" / "verdicts.parquet", Score))
        manifest = orjson.loads((tmp_path / "out" / "manifest.json").read_bytes())
    assert {v.status for v in judged} == {"ok"} and len(judged) == 40
    assert server.chats - asked == manifest["judge"]["calls"]["calls"] - kept


def test_a_judge_that_gives_no_verdict_leaves_stages_without_one_and_says_why(tmp_path: Path) -> None:
    two_by_two(tmp_path / "items")
    Examination(tmp_path / "items", Writer(), Writer(lambda call: "I would rather not.", name="j")).run(
        tmp_path / "out"
    )
    judged = list(read_rows(tmp_path / "out" / "verdicts.parquet", Score))
    assert len(judged) == 40 and {v.status for v in judged} == {"judge_unusable"}
    assert all("not one JSON object" in v.explanation for v in judged)


def test_a_question_that_stands_twice_is_asked_once_and_has_two_rows(tmp_path: Path) -> None:
    item_set(tmp_path / "items", [question("a"), question("twin", question=question("a").question)])
    model = Writer()
    Examination(tmp_path / "items", model, Writer()).run(tmp_path / "out")
    rows = list(read_rows(tmp_path / "out" / "answers.parquet", Answer))
    assert len(rows) == 2 * len(GROUPS["default"]) and len({a.id for a in rows}) == len(rows)
    assert len(model.calls) == len(GROUPS["default"])
    marked = [item.duplicate_of != "" for item in read_rows(tmp_path / "out" / "items.parquet", Item)]
    assert marked == [False, True]


@pytest.mark.parametrize("command", ["report", "score", "gate", "compare", "export"])
def test_commands_of_a_run_say_in_a_line_that_a_diagnosis_is_none(tmp_path: Path, command: str) -> None:
    two_by_two(tmp_path / "items")
    out = tmp_path / "out"
    Examination(tmp_path / "items", Writer()).run(out)
    words = {
        "gate": [tmp_path / "criteria.toml", out],
        "compare": [out, out],
        "export": [out, "--to", "jsonl", "--out", tmp_path / "x.jsonl"],
    }.get(command, [out])
    (tmp_path / "criteria.toml").write_text(
        'title = "t"\nwho = "w"\n[[criterion]]\nname = "accuracy"\nat_least = 0.5\nwhy = "x"\n'
    )
    ran = subprocess.run([sys.executable, "-m", "auscult", command, *map(str, words)], capture_output=True, text=True)
    assert ran.returncode == 2 and len(ran.stderr.strip().splitlines()) == 1
    if command != "gate":
        assert "is a diagnosis and no run" in ran.stderr
