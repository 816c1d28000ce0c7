from pathlib import Path
from typing import Any

import orjson
import pytest
from tests.corpora.test_hidden_flaws import row as judged
from tests.corpora.test_hidden_flaws import written as hidden_flaws

from auscult.corpora.recorded.traces import RecordedTraces, read_traces
from auscult.errors import UserError

RAW = "[Visual Recognition]\nA white area.\n[Knowledge Recall]\nFluid is white.\n[Reasoning]\nSo fluid.\n[Answer] yes"


def published(index: int, raw: str = RAW, **more: Any) -> dict[str, Any]:
    cot = {"cot": {"raw": raw}, "cot_meta": {"model": "M", "generation_attempts": 3}} if raw else {}
    return {"question": "?", "answer": "yes", "original_index": index, "cot_valid": bool(raw)} | cot | more


def lines(file: Path, *rows: dict[str, Any]) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in rows))
    return file


def runs(folder: Path) -> Path:
    home = folder / "results" / "vqa-rad-test" / "eval" / "M"
    failed = published(13, "", generation_status="api_failed")
    lines(home / "model_cot.jsonl", published(12), failed)
    lines(home / "replace" / "replace_vr.jsonl", published(12, "given\n" + RAW))
    lines(home / "judge_details.jsonl", published(12))
    return home


def test_the_output_files_of_a_published_run_are_its_arms(tmp_path: Path) -> None:
    found = list(read_traces(runs(tmp_path)))
    assert [(t.name, t.arm, t.text, t.failure, t.attempts) for t in found] == [
        ("vqa-rad-test:12", "baseline", RAW, "", 3),
        ("vqa-rad-test:13", "baseline", "", "api_failed", 1),
        ("vqa-rad-test:12", "replace_vr", "given\n" + RAW, "", 3),
    ]
    assert {t.model for t in found} == {"M", ""}


def test_a_table_names_item_arm_and_text_and_where_it_has_them_draw_and_failure(tmp_path: Path) -> None:
    table = tmp_path / "traces.csv"
    table.write_text('id,arm,text,draw,failure\nq1,baseline,"a\nb",0,\nq1,resample,c,1,\nq2,baseline,,,timeout\n')
    assert [(t.name, t.arm, t.text, t.draw, t.failure) for t in read_traces(table)] == [
        ("q1", "baseline", "a\nb", 0, ""),
        ("q1", "resample", "c", 1, ""),
        ("q2", "baseline", "", 0, "timeout"),
    ]


def test_judged_rationales_are_a_baseline(tmp_path: Path) -> None:
    (trace,) = read_traces(hidden_flaws(tmp_path / "H", judged(7)))
    assert (trace.name, trace.arm, trace.model) == ("7", "baseline", "GPT-4V")
    assert trace.text.endswith("[Answer] A. Scurvy")


def test_traces_are_found_by_item_whether_named_by_id_source_id_or_own_id_alone(tmp_path: Path) -> None:
    for names in ([("i", "vqa-rad-test:12")], [("i", "12")], [("vqa-rad-test:12", "x")]):
        traces = RecordedTraces(runs(tmp_path), names)
        own = traces.of(names[0][0])
        assert {key: trace.text for key, trace in own.items()} == {
            ("baseline", 0): RAW,
            ("replace_vr", 0): "given\n" + RAW,
        }
        assert traces.arms == {"baseline": 1, "replace_vr": 1} and traces.models == ("M",)
        assert traces.of("other") == {}


def test_traces_of_no_item_and_traces_recorded_twice_are_counted_and_said(tmp_path: Path) -> None:
    file = lines(
        tmp_path / "t.jsonl",
        *({"id": "q1", "arm": "baseline", "text": text} for text in ("first", "first", "second")),
        *({"id": name, "arm": "baseline", "text": "x", "model": name} for name in ("q1", "q8", "q9")),
        {"id": "q2", "arm": "baseline", "text": "y", "model": "N"},
    )
    traces = RecordedTraces(file, [("a", "q1"), ("b", "q2")])
    assert traces.of("a")["baseline", 0].text == "x"
    assert (traces.unmatched, traces.repeated, traces.conflicting, traces.arms) == (2, 1, 2, {"baseline": 2})
    notes = " ".join(traces.notes())
    assert "name no item of the set, left out: 2 " in notes and "'q8', 'q9'" in notes
    assert "again, word for word: 1;" in notes and "again, in other words, for the same item, arm and draw: 2;" in notes
    assert "several models: q1, N" in notes


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([{"id": "q1", "text": "x"}], "no column arm"),
        ([{"id": "", "arm": "a", "text": "x"}], "id is empty"),
        ([{"id": "q1", "arm": "a", "text": "x", "draw": "one"}], "draw is 'one', no whole number"),
        ([{"id": "q9", "arm": "a", "text": "x"}], "no trace names an item of the set.*'q9'"),
    ],
)
def test_what_cannot_be_used_is_one_line(tmp_path: Path, rows: list[dict[str, Any]], words: str) -> None:
    file = lines(tmp_path / "t.jsonl", *rows)
    with pytest.raises(UserError, match=words) as error:
        RecordedTraces(file, [("a", "q1")])
    assert "\n" not in str(error.value)


def test_a_folder_without_output_files_says_what_to_name(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="holds none of ClinHallu's output files"):
        list(read_traces(tmp_path))
