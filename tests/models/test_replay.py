import csv
import hashlib
import json
import tracemalloc
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from auscult.errors import UserError
from auscult.models import CallFailed, ModelOptions, capabilities, create
from auscult.records import Call, Image, Item, Message

ROWS = [
    {"id": "q1", "answer": "Yes."},
    {"id": "q2", "answer": 'No, "clear",\nboth sides; naïve'},
    {"id": "q3", "answer": ""},
]


def write(path: Path, rows: list[dict]) -> Path:
    if path.suffix == ".xlsx":
        book = openpyxl.Workbook()
        for row in [list(rows[0]), *(list(row.values()) for row in rows)]:
            book.active.append(row)
        book.save(path)
    elif path.suffix in (".csv", ".tsv"):
        with path.open("w", newline="", encoding="utf-8") as file:
            table = csv.DictWriter(file, list(rows[0]), delimiter="\t" if path.suffix == ".tsv" else ",")
            table.writeheader()
            table.writerows(rows)
    elif path.suffix == ".parquet":
        pq.write_table(pa.Table.from_pylist(rows), path)
    elif path.suffix == ".json":
        path.write_text(json.dumps(rows, indent=1))
    else:
        path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


def open_(path: Path, **columns: str):
    return create(f"replay:{path}", ModelOptions(columns=columns))


def item(source_id: str = "", id: str = "x", question: str = "?") -> Item:
    return Item(id=id, case_id="c", source_id=source_id, question=question, reference="yes", answer_type="open")


async def said(model, about: Item, image: str = "", **fields) -> str:
    parts = (about.question, *([Image(b"", "image/png", image)] if image else []))
    call = Call(messages=(Message("user", parts),), item=about, **fields)
    return (await model.reply([call]))[0].text


@pytest.mark.parametrize("suffix", [".jsonl", ".json", ".csv", ".tsv", ".parquet"])
async def test_answers_come_back_as_recorded_in_any_order(tmp_path, suffix):
    model = open_(write(tmp_path / f"a{suffix}", ROWS))
    for row in reversed(ROWS):
        assert await said(model, item(row["id"])) == row["answer"]
    assert model.conditions == {"with"}
    await model.close()


@pytest.mark.parametrize("suffix", [".jsonl", ".csv", ".parquet"])
async def test_what_was_not_recorded_is_missing_data(tmp_path, suffix):
    model = open_(write(tmp_path / f"a{suffix}", ROWS))
    for about, fields in ((item("q4"), {}), (item("q1"), {"condition": "without"}), (item("q1"), {"repeat": 1})):
        with pytest.raises(CallFailed) as caught:
            await said(model, about, **fields)
        assert (caught.value.kind, caught.value.retryable) == ("not_recorded", False)


async def test_an_items_own_id_comes_before_the_data_sets_id(tmp_path):
    model = open_(write(tmp_path / "a.jsonl", [{"id": "7", "text": "by source"}, {"id": "x", "text": "by item"}]))
    assert await said(model, item("7", id="x")) == "by item"
    assert await said(model, item("7", id="y")) == "by source"


@pytest.mark.parametrize("suffix", [".jsonl", ".csv", ".parquet", ".xlsx"])
async def test_ids_may_be_numbers(tmp_path, suffix):
    model = open_(write(tmp_path / f"a{suffix}", [{"qid": 7, "answer": "a"}, {"qid": 8, "answer": "b"}]))
    assert await said(model, item("8")) == "b"


@pytest.mark.parametrize("suffix", [".jsonl", ".parquet"])
@pytest.mark.parametrize(
    ("given", "text"), [(["left"], "left"), ([["left lung"]], "left lung"), (3.0, "3"), (2.5, "2.5")]
)
async def test_a_list_of_one_is_what_is_in_it_and_a_whole_float_a_whole_number(tmp_path, suffix, given, text):
    model = open_(write(tmp_path / f"a{suffix}", [{"doc_id": 7, "resps": given}]), id="doc_id", text="resps")
    assert await said(model, item("7")) == text


async def test_a_spreadsheet_holds_answers_with_lines_and_quotes(tmp_path):
    model = open_(write(tmp_path / "a.xlsx", ROWS[:2]))
    assert [await said(model, item(row["id"])) for row in ROWS[:2]] == [row["answer"] for row in ROWS[:2]]


async def test_a_list_of_several_answers_is_refused_in_one_line(tmp_path):
    with pytest.raises(UserError, match=r"a\.parquet.*row 1.*not text"):
        open_(write(tmp_path / "a.parquet", [{"id": "q1", "answer": ["left", "right"]}]))


LAYOUTS = {
    "samples.jsonl": {"doc_id": 7, "doc": {"question": "?"}, "target": "no", "filtered_resps": ["Yes."]},
    "predictions.tsv": {"index": 7, "question": "?", "A": "yes", "answer": "A", "prediction": "Yes."},
    "answers.jsonl": {"question_id": 7, "prompt": "?", "text": "Yes.", "model_id": "m"},
    "judged.jsonl": {"question_id": 7, "image": "a", "text": "?", "gpt4_answer": "no", "answer": "Yes.", "result": ""},
}


@pytest.mark.parametrize("name", LAYOUTS)
async def test_files_of_evaluation_suites_need_no_mapping(tmp_path, name):
    assert await said(open_(write(tmp_path / name, [LAYOUTS[name]])), item("7")) == "Yes."


async def test_what_is_mapped_comes_before_the_layout(tmp_path):
    row = LAYOUTS["predictions.tsv"] | {"said": "No."}
    assert await said(open_(write(tmp_path / "a.tsv", [row]), text="said", id="A"), item("yes")) == "No."


async def test_a_quote_in_answers_with_tabs_is_text(tmp_path):
    (tmp_path / "a.tsv").write_text('id\tanswer\nq1\t"Clear" lungs\nq2\t"Clear\nq3\tno\n')
    model = open_(tmp_path / "a.tsv")
    assert [await said(model, item(f"q{n}")) for n in (1, 2, 3)] == ['"Clear" lungs', '"Clear', "no"]


async def test_conditions_and_repeats_are_kept_apart(tmp_path):
    rows = [
        {"id": "q", "text": f"{condition} {repeat}", "condition": condition, "repeat": repeat}
        for condition in ("with", "without")
        for repeat in (0, 1)
    ]
    model = open_(write(tmp_path / "a.csv", rows))
    assert model.conditions == {"with", "without"}
    assert await said(model, item("q"), condition="without", repeat=1) == "without 1"


async def test_question_and_image_find_a_row_where_there_is_no_id(tmp_path):
    (tmp_path / "scan.png").write_bytes(b"one image")
    known = hashlib.sha256(b"one image").hexdigest()
    rows = [{"q": "Is it?", "img": name, "answer": f"of {name[:4]}"} for name in ("scan.png", "f" * 64)]
    model = open_(write(tmp_path / "a.jsonl", rows), question="q", image="img")
    assert await said(model, item(question="Is it?"), known) == "of scan"
    assert await said(model, item(question="Is it?"), "f" * 64) == "of ffff"
    for question, image in (("Was it?", known), ("Is it?", "e" * 64), ("Is it?", "")):
        with pytest.raises(CallFailed, match="not_recorded"):
            await said(model, item(question=question), image)


async def test_a_question_is_found_with_the_image_placeholder_of_its_published_form(tmp_path):
    path = write(tmp_path / "a.jsonl", [{"question": "<image>\nWide?", "image": "1" * 64, "answer": "no"}])
    model = open_(path, question="question", image="image")
    assert await said(model, item(question="Wide?"), image="1" * 64) == "no"


def test_an_image_that_is_not_there_is_one_line(tmp_path):
    path = write(tmp_path / "a.csv", [{"question": "?", "image": "gone.png", "answer": "x"}])
    with pytest.raises(UserError, match="row 1: image 'gone.png' is no file"):
        open_(path, question="question", image="image")


async def test_how_a_reply_ended_is_kept_where_the_recording_says_it(tmp_path):
    ends = {"q1": "MAX_TOKENS", "q2": ""}
    rows = [{"id": name, "answer": "Yes", "finish_reason": end} for name, end in ends.items()]
    model = open_(write(tmp_path / "a.jsonl", rows))
    calls = [Call(messages=(Message("user", ("?",)),), item=item(name)) for name in ("q1", "q2")]
    assert [r.finish for r in await model.reply(calls)] == ["length", ""]


@pytest.mark.parametrize("suffix", [".csv", ".jsonl"])
async def test_how_far_an_answer_leans_to_yes_is_kept_where_the_recording_says_it(tmp_path, suffix):
    rows = [{"id": name, "answer": "Yes", "yes_margin": value} for name, value in (("q1", "-1.5"), ("q2", ""))]
    model = open_(write(tmp_path / f"a{suffix}", rows))
    calls = [Call(messages=(Message("user", ("?",)),), item=item(name)) for name in ("q1", "q2")]
    assert [r.yes_margin for r in await model.reply(calls)] == [-1.5, None]


@pytest.mark.parametrize("said", ["inf", "much"])
def test_a_margin_that_is_no_number_is_one_line(tmp_path, said):
    with pytest.raises(UserError, match=f"row 1: yes_margin is '{said}', no number"):
        open_(write(tmp_path / "a.csv", [{"id": "q1", "answer": "Yes", "yes_margin": said}]))


async def test_a_request_that_failed_elsewhere_stays_missing(tmp_path):
    rows = [
        {"item_id": "a", "id": "1", "text": "", "status": "request_failed"},
        {"item_id": "b", "id": "2", "text": None, "status": "ok"},
        {"item_id": "c", "id": "3", "text": "", "status": "unusable"},
    ]
    model = open_(write(tmp_path / "answers.parquet", rows))
    assert await said(model, item(id="c")) == ""
    for missing in ("a", "b"):
        with pytest.raises(CallFailed, match="not_recorded"):
            await said(model, item(id=missing))


def test_the_same_row_twice_is_fine_and_two_answers_to_one_question_are_not(tmp_path):
    open_(write(tmp_path / "a.jsonl", [*ROWS, ROWS[0]]))
    with pytest.raises(UserError, match="line 1 and .*b.jsonl, line 4 give one question different answers"):
        open_(write(tmp_path / "b.jsonl", [*ROWS, {"id": "q1", "answer": "No."}]))


def test_ids_that_match_no_item_are_named(tmp_path):
    assert open_(write(tmp_path / "a.csv", ROWS)).unmatched({"q1", "q3", "q9"}) == ["q2"]


def test_identity_changes_with_the_file_and_the_mapping_and_nothing_else(tmp_path):
    rows = [{"id": "a", "one": "x", "two": "x"}]
    first = open_(write(tmp_path / "a.jsonl", rows), text="one").identity
    assert open_(write(tmp_path / "moved.jsonl", rows), text="one").identity == first
    assert open_(write(tmp_path / "a.jsonl", rows), text="two").identity != first
    assert open_(write(tmp_path / "a.jsonl", [*rows, {"id": "b", "one": ""}]), text="one").identity != first


def test_a_file_with_reference_and_prediction_is_not_guessed_at(tmp_path):
    path = write(tmp_path / "a.csv", [{"id": "1", "answer": "truth", "prediction": "guess"}])
    with pytest.raises(UserError, match="answer or prediction; say which with --map text=COLUMN"):
        open_(path)
    open_(path, text="prediction")


@pytest.mark.parametrize(
    ("name", "content", "columns", "message"),
    [
        (
            "a.jsonl",
            b'{"id": 1, "said": "x"}',
            {},
            "no column for 'text'; say which with --map text=COLUMN; .*id, said",
        ),
        ("a.csv", b"who,answer\n1,x\n", {}, "no column for 'id'"),
        ("a.csv", b"id,answer\n1,x\n", {"text": "nope"}, "no column 'nope'"),
        ("a.csv", b"id,answer\n1,x\n", {"txet": "answer"}, "no field 'txet'"),
        ("a.csv", b"id,answer\n1,x\n", {"image": "id"}, "'question' and 'image' together"),
        ("a.csv", b"id,answer\n1,x\n2,y,z\n", {}, "row 2: 3 cells under 2 columns"),
        ("a.csv", b'id,answer\n1,x\n2,"y\n', {}, "row 2: not CSV"),
        ("a.csv", b"id,id,answer\n1,1,x\n", {}, "the header names 'id' twice"),
        ("a.csv", b"id,answer\n1,\xe9\n", {}, "line 2, byte 3: not UTF-8"),
        ("a.csv", b"id,answer,condition\n1,x,blind\n", {}, "row 1: condition 'blind' is not one of with"),
        ("a.csv", b"id,answer,repeat\n1,x,one\n", {}, "not a whole number"),
        ("a.csv", b"", {}, "holds no rows"),
        ("a.csv", b"id,answer\n", {}, "holds no rows"),
        ("a.jsonl", b"", {}, "holds no rows"),
        ("a.jsonl", b'{"id": 1, "text": "x"}\n\n{"id": 2, "te', {}, "line 3: not JSON"),
        ("a.jsonl", b'{"id": 1, "text": "\xe9"}', {}, "line 1, byte 20: not UTF-8"),
        ("a.jsonl", b'{"id": 1, "text": null}', {}, "holds no answers"),
        ("a.jsonl", b"7", {}, "not a JSON object"),
        ("a.jsonl", b'{"id": 1, "text": "x"}\n{"id": 2}', {}, "line 2: no column 'text'"),
        ("a.jsonl", b'{"id": 1, "text": ["x", "y"]}', {}, "not text"),
        ("a.csv", b'id,answer\n1,"x\n2,y"\n', {}, "row 1: not CSV .a quote .* swallows the rows"),
        ("a.tsv", b"id\tanswer\n1\tx\ty\n", {}, "3 cells under 2 columns"),
        ("a.parquet", b"PAR1 not really", {}, "not a Parquet file"),
        ("a.xlsx", b"", {}, "cannot be read as a spreadsheet.* or as CSV"),
    ],
)
def test_bad_files_are_one_line_that_says_what_and_where(tmp_path, name, content, columns, message):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(UserError, match=message) as caught:
        open_(tmp_path / name, **columns)
    assert "\n" not in str(caught.value) and name in str(caught.value) or "txet" in message or "together" in message


def test_a_missing_file_is_one_line(tmp_path):
    with pytest.raises(UserError, match="nope.jsonl: no such file"):
        open_(tmp_path / "nope.jsonl")


@pytest.mark.parametrize("name", ["a.jsonl", "a.csv"])
async def test_a_byte_order_mark_is_no_part_of_the_first_name(tmp_path, name):
    path = write(tmp_path / name, ROWS)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert await said(open_(path), item("q1")) == "Yes."


async def test_memory_holds_keys_and_no_rows(tmp_path):
    path = tmp_path / "a.jsonl"
    with path.open("w") as file:
        file.writelines(f'{{"id": "q{n}", "text": "{n} {"long answer " * 100}"}}\n' for n in range(20_000))
    tracemalloc.start()
    try:
        model = open_(path)
        assert (await said(model, item("q19999"))).startswith("19999 ")
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 100 * 20_000 < path.stat().st_size / 10


def judged(folder: Path, name: str, **answers: str) -> Path:
    shape = {"image": "a.jpg", "text": "?\n<image>", "gpt4_answer": "r", "fig_caption": "c", "question": "?"}
    rows = [{"question_id": int(k[1:]), **shape, "answer": v, "result": f"of {v}"} for k, v in answers.items()]
    return write(folder / name, rows)


async def test_medhalltunes_two_files_tell_their_repeated_ids_apart(tmp_path):
    judged(tmp_path, "model-negative.jsonl", q1="n one", q2="n two")
    judged(tmp_path, "model-postive.jsonl", q1="p one")
    model = open_(tmp_path, text="answer")
    assert [await said(model, item(k)) for k in ("P-1", "N-2", "N-1")] == ["p one", "n two", "n one"]
    assert model.unmatched({"N-1"}) == ["N-2", "P-1"] and model.count() == 3
    assert await said(open_(tmp_path, text="result"), item("P-1")) == "of p one"
    with pytest.raises(CallFailed):
        await said(model, item("P-2"))


async def test_one_file_of_medhalltune_knows_its_kind_by_its_name(tmp_path):
    file = judged(tmp_path, "negative.jsonl", q1="n one")
    assert await said(open_(file, text="answer"), item("N-1")) == "n one"
    plain = judged(tmp_path, "answers.jsonl", q1="as it is")
    assert await said(open_(plain, text="answer"), item("1")) == "as it is"
    row = {"question_id": 1, "image": "a.png", "hospital": "Bern", "answer": "not MedHallTune's"}
    other = write(tmp_path / "positive-patients.jsonl", [row])
    assert await said(open_(other), item("1")) == "not MedHallTune's"


def test_a_folder_of_two_answers_of_one_kind_is_refused(tmp_path):
    judged(tmp_path, "a-negative.jsonl", q1="x")
    judged(tmp_path, "b-negative.jsonl", q1="y")
    with pytest.raises(UserError, match="a-negative.jsonl and b-negative.jsonl both hold answers"):
        open_(tmp_path, text="answer")


def test_a_folder_without_answers_is_refused(tmp_path):
    with pytest.raises(UserError, match="is a folder; name a file of recorded answers .* with the column 'answer'"):
        open_(tmp_path)


def test_the_line_of_the_right_file_is_named(tmp_path):
    judged(tmp_path, "negative.jsonl", q1="x", q2="x")
    file = judged(tmp_path, "positive.jsonl", q1="x")
    file.write_text(file.read_text() + '{"question_id": 2, "image": "a", "answer": 3, "x"\n')
    with pytest.raises(UserError, match="positive.jsonl, line 2: not JSON"):
        open_(tmp_path, text="answer")


def test_a_run_notes_that_answers_were_recorded(tmp_path):
    noted = capabilities(open_(write(tmp_path / "a.jsonl", ROWS)))
    assert (noted["recorded"], noted["host"], noted["sees_only"]) == (True, "", "")
