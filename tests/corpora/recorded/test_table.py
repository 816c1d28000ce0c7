"""A table of recorded answers → questions and answers: the same in every dialect, and what is wrong with rows."""

import csv
import io
import json
from collections.abc import Callable, Sequence
from pathlib import Path

import openpyxl
import pandas
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auscult.corpora.recorded.said import Said
from auscult.corpora.recorded.table import RecordedTable, TableOptions
from auscult.errors import UserError
from auscult.records import Item

HEADER = ("Study ID", "Question", "Expected Answer", "Model output")
WORDS = (
    st.text(st.sampled_from("abäöü é;,|\t\"'0§-"), min_size=1, max_size=12)
    .map(str.strip)
    .filter(lambda t: any(c.isalpha() for c in t) and "§§" not in t)  # as Windows writes it, "ä§§" is good UTF-8
)
FINDINGS = ("pleural effusion", "pneumothorax", "mass")
ROW = st.tuples(st.sampled_from(FINDINGS), st.sampled_from(("yes", "no")), WORDS)


def read(path: Path, **options: object) -> tuple[list[Item], list[Said], RecordedTable]:
    table = RecordedTable(path, TableOptions(**options))  # type: ignore[arg-type]
    said: list[Said] = []
    return [item for bundle in table.bundles(said.append) for item in bundle.items], said, table


def table(path: Path, header: Sequence[str], *rows: Sequence[object]) -> Path:
    with open(path, "w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header, *rows])
    return path


def _text(delimiter: str, encoding: str) -> Callable[[Path, list[tuple[str, ...]]], None]:
    def write(path: Path, rows: list[tuple[str, ...]]) -> None:
        text = io.StringIO(newline="")
        csv.writer(text, delimiter=delimiter).writerows([HEADER, *rows])
        path.write_bytes(text.getvalue().encode(encoding))

    return write


def _sheet(path: Path, rows: list[tuple[str, ...]]) -> None:
    book = openpyxl.Workbook()
    for row in (("Results",), HEADER, *rows):
        book.active.append(row)
    book.save(path)


def _lines(path: Path, rows: list[tuple[str, ...]]) -> None:
    path.write_text("\n".join(json.dumps(dict(zip(HEADER, row, strict=True))) for row in rows))


def _list(path: Path, rows: list[tuple[str, ...]]) -> None:
    path.write_text(json.dumps([dict(zip(HEADER, row, strict=True)) for row in rows]))


def _parquet(path: Path, rows: list[tuple[str, ...]]) -> None:
    pandas.DataFrame(rows, columns=HEADER).to_parquet(path)


WRITERS = {
    "semicolons.csv": _text(";", "utf-8-sig"),
    "commas.csv": _text(",", "utf-16"),
    "windows.csv": _text(";", "cp1252"),
    "tabs.tsv": _text("\t", "utf-8"),
    "sheet.xlsx": _sheet,
    "lines.jsonl": _lines,
    "list.json": _list,
    "frame.parquet": _parquet,
}


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rows=st.lists(ROW, min_size=2, max_size=6))
def test_one_table_gives_the_same_items_and_answers_in_every_dialect_and_format(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str, str]]
) -> None:
    folder = tmp_path_factory.mktemp("same")
    whole = [(f"S{n}", f"Is there a {f}?", truth, f"x {said}") for n, (f, truth, said) in enumerate(rows)]
    found = {}
    for name, write in WRITERS.items():
        write(folder / name, whole)
        items, said, _ = read(folder / name)
        found[name] = ([(i.id, i.question, i.reference, i.target, i.source_id) for i in items], said)
    first = found["lines.jsonl"]
    assert [s.text for s in first[1]] == [row[3] for row in whole]
    assert [name for name, other in found.items() if other != first] == []


def test_codes_for_yes_and_no_are_read_and_counted(tmp_path: Path) -> None:
    path = table(tmp_path / "a.csv", ("question", "truth", "output"), ("Is there a mass?", "1", "0"))
    items, said, made = read(path)
    assert (items[0].reference, items[0].answer_type, said[0].text) == ("yes", "yes_no", "no")
    assert list(made.understood()) == ["cells read as yes or no: '1' as yes (1), '0' as no (1)"]


def test_truth_values_of_json_and_parquet_are_yes_and_no(tmp_path: Path) -> None:
    frame = pandas.DataFrame({"id": [1.0, 2.0], "question": ["Is there a mass?"] * 2, "truth": [True, False]})
    frame["output"] = [False, True]
    frame.to_parquet(tmp_path / "a.parquet")
    items, said, _ = read(tmp_path / "a.parquet")
    assert [(i.source_id, i.reference) for i in items] == [("1", "yes"), ("2", "no")]
    assert [s.text for s in said] == ["no", "yes"]


def test_an_id_that_several_questions_share_names_their_study(tmp_path: Path) -> None:
    rows = [(s, f"Is there a {f}?", "no", "No.") for s in ("S1", "S2") for f in FINDINGS]
    items, _, made = read(table(tmp_path / "a.csv", HEADER, *rows))
    assert made.survey.cases == "Study ID" and len({i.case_id for i in items}) == 2
    rows = [(n, *row[1:]) for n, row in enumerate(rows)]
    items, _, made = read(table(tmp_path / "b.csv", ("id", *HEADER[1:]), *rows))
    assert made.survey.cases == "" and [i.source_id for i in items] == [str(n) for n in range(6)]


def test_images_that_are_there_come_with_their_rows_and_one_that_is_missing_is_a_fault(
    tmp_path: Path, picture: Callable[..., Path]
) -> None:
    for n in range(2):
        picture(f"i{n}.png", 50 * n)
    rows = [(f"i{n}", f"Is there a {f}?", "no", "No.") for n in range(2) for f in FINDINGS]
    path = table(tmp_path / "a.csv", ("image", "question", "truth", "output"), *rows)
    made = RecordedTable(path, TableOptions())
    bundles = list(made.bundles(lambda _: None))
    assert [len(b.case.images) for b in bundles] == [1, 1] and {i.split for b in bundles for i in b.items} == {"test"}
    table(path, ("image", "question", "truth", "output"), *rows, ("i9", "Is there a mass?", "no", "No."))
    with pytest.raises(UserError, match=r"row 7: image .*i9 is missing"):
        read(path)
    with pytest.raises(UserError, match="holds none of the images that"):
        RecordedTable(path, TableOptions(images=tmp_path / "elsewhere"))


def test_without_images_cases_are_known_by_the_names_of_images(tmp_path: Path) -> None:
    rows = [(f"i{n}.png", f"P{n}", f"Is there a {f}?", "no", "No.") for n in range(2) for f in FINDINGS]
    items, _, made = read(table(tmp_path / "a.csv", ("image", "patient", "question", "truth", "output"), *rows))
    assert len({i.case_id for i in items}) == 2 and list(made.notes()) == []
    assert any("--images FOLDER" in line for line in made.describe())


def test_without_any_name_of_image_or_patient_it_is_said_that_rows_stand_alone(tmp_path: Path) -> None:
    path = table(tmp_path / "a.csv", ("question", "truth", "output"), ("Is there a mass?", "no", "No."))
    assert ["--map image=COLUMN" in note for note in read(path)[2].notes()] == [True]


def test_rows_that_repeat_are_counted_once_and_rows_that_differ_are_refused_with_both(tmp_path: Path) -> None:
    row = ("q1", "Is there a mass?", "no", "No.")
    path = table(tmp_path / "a.csv", ("id", *HEADER[1:]), row, ("q2", "Is there a nodule?", "no", "No."), row)
    items, said, made = read(path)
    assert len(items) == len(said) == 2 and "1 rows repeat an earlier row" in next(made.notes())
    table(path, ("id", *HEADER[1:]), row, ("q2", "Is there a nodule?", "no", "No."), (*row[:3], "Yes."))
    with pytest.raises(UserError, match="row 3: gives the question of row 1 another answer or truth; .*--map repeat="):
        read(path)


def test_all_faults_are_said_at_once_and_left_out_where_that_is_allowed(tmp_path: Path) -> None:
    good = ("q0", "Is there a mass?", "no", "No.")
    bad = [(f"q{n}", "Is there a mass?", "" if n % 2 else "nan", "No.") for n in range(1, 13)]
    path = table(tmp_path / "a.csv", ("id", *HEADER[1:]), good, *bad)
    with pytest.raises(UserError) as caught:
        read(path)
    assert "12 rows cannot be used" in str(caught.value) and "... and 2 more" in str(caught.value)
    assert "row 3: Expected Answer is 'nan'" in str(caught.value)
    items, said, made = read(path, skip_bad=True)
    assert [i.source_id for i in items] == ["q0"] and len(said) == 1
    assert "12 of 13 rows of the table could not be used" in next(made.notes())
    with pytest.raises(UserError, match="no row can be used; the first: "):
        read(table(path, ("id", *HEADER[1:]), *bad), skip_bad=True)


def test_what_was_not_recorded_is_missing_and_not_empty(tmp_path: Path) -> None:
    rows = [
        {"id": n, "question": "Is it?", "truth": "no", "output": said} for n, said in enumerate(("No", None, "nan", ""))
    ]
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, rows)))
    items, said, made = read(tmp_path / "a.jsonl")
    assert len(items) == 4 and [s.text for s in said] == ["No", ""] and "2 answers are empty" in next(made.notes())


def test_models_in_a_column_answer_the_same_items(tmp_path: Path) -> None:
    rows = [(f"i{n}", m, "Is there a mass?", "no", m) for m in ("gpt", "llava") for n in range(3)]
    items, said, made = read(table(tmp_path / "a.csv", ("case", "model", "question", "truth", "answer"), *rows))
    assert made.models == ("gpt", "llava") and len(items) == 3
    assert {s.id for s in said if s.model == "gpt"} == {i.source_id for i in items}
    assert {s.id for s in said if s.model == "llava"} == {i.source_id for i in items}


def test_a_group_becomes_a_tag_and_options_a_choice(tmp_path: Path) -> None:
    header = ("question", "options", "key", "prediction", "group")
    path = table(tmp_path / "a.csv", header, ("Which lung?", "left|right", "B", "right", "Bern"))
    items, _, _ = read(path)
    assert (items[0].answer_type, items[0].reference, items[0].tags) == ("choice", "right", {"subgroup": "Bern"})


def test_a_file_of_an_evaluation_suite_is_known_by_its_layout(tmp_path: Path) -> None:
    rows = [{"question": "Is there a mass?", "answer_gt": "no", "answer_pred": "No.", "sample_id": n} for n in range(3)]
    (tmp_path / "a.json").write_text(json.dumps(rows))
    items, said, _ = read(tmp_path / "a.json")
    assert len(items) == 3 and said[0].text == "No." and items[0].reference == "no"


def test_labels_of_the_images_say_what_is_right_where_the_table_does_not(tmp_path: Path) -> None:
    labels = table(tmp_path / "labels.csv", ("image", "effusion", "Pneumothorax"), ("a.png", 1, 0), ("b.png", 0, ""))
    rows = [
        (f"{i}.png", f"Is there {f}?", "No.") for i in "abc" for f in ("a pleural effusion", "a pneumothorax", "pain")
    ]
    path = table(tmp_path / "a.csv", ("image", "question", "prediction"), *rows)
    items, said, made = read(path, findings=labels)
    assert [(i.target, i.reference) for i in items] == [
        ("pleural effusion", "yes"),
        ("pneumothorax", "no"),
        ("pleural effusion", "no"),
    ]
    assert len(said) == 3 and "6 of 9 rows are left out" in next(made.notes())
    assert "labels of 2 images: pleural effusion, pneumothorax" in list(made.describe())[1]
    with pytest.raises(UserError, match="no column of images, by which .*labels.csv could be matched"):
        read(table(tmp_path / "b.csv", ("question", "prediction"), ("Is it?", "No.")), findings=labels)
    with pytest.raises(UserError, match="--map truth=COLUMN, or give labels of the images with --findings TABLE"):
        read(path)


def test_a_table_that_names_findings_and_asks_nothing_is_asked_for_each(tmp_path: Path) -> None:
    path = table(tmp_path / "a.csv", ("image", "Finding", "label", "pred"), ("a.png", "Effusion", 1, 0))
    items, said, made = read(path)
    assert (items[0].question, items[0].reference, said[0].text) == ("Is there effusion?", "yes", "no")
    assert next(made.describe()).endswith(
        "question = Is there FINDING?; truth = label; answer = pred; image = image; target = Finding"
    )


@pytest.mark.parametrize("name", ["sub\\a.png", "sub/a", "/data/of/somebody/a.png", "C:\\images\\a.png"])
def test_images_are_found_as_windows_and_other_machines_name_them(
    tmp_path: Path, picture: Callable[..., Path], name: str
) -> None:
    picture("sub/a.png" if name.startswith("sub") else "a.png")
    path = table(tmp_path / "a.csv", ("image", "question", "truth", "pred"), (name, "Is there a mass?", "no", "No."))
    made = RecordedTable(path, TableOptions())
    assert [len(b.case.images) for b in made.bundles(lambda _: None)] == [1]


@pytest.mark.parametrize("name", ["target", "kind", "category", "unit", "options", "premise", "tag.site", "split"])
def test_a_column_of_truths_or_answers_is_nothing_else_as_well(tmp_path: Path, name: str) -> None:
    rows = ("Is there a mass?", "no", "No."), ("Is there an effusion?", "yes", "No.")
    plain, _, _ = read(table(tmp_path / "plain.csv", ("question", "truth", "pred"), *rows))
    as_truth = table(tmp_path / "truth.csv", ("question", name, "pred"), *rows)
    items, said, _ = read(as_truth, columns=(("truth", name),))
    assert [(i.target, i.reference) for i in items] == [("mass", "no"), ("pleural effusion", "yes")]
    assert [i.id for i in items] == [i.id for i in plain] and [i.tags for i in items] == [i.tags for i in plain]
    as_answer = table(tmp_path / "answer.csv", ("question", "truth", name), *rows)
    items, said, _ = read(as_answer, columns=(("answer", name),))
    assert [s.text for s in said] == ["No.", "No."] and items == plain


def test_the_samples_of_lmms_eval_have_their_truth_in_target_and_no_finding(tmp_path: Path) -> None:
    rows = [
        {"doc_id": n, "doc": {"question": q, "image_id": f"i{n}"}, "target": t, "filtered_resps": ["No."]}
        for n, (q, t) in enumerate([("Is there a mass?", "no"), ("Which side is affected?", "Left")])
    ]
    path = tmp_path / "lmms.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)))
    items, _, _ = read(path)
    assert sorted((i.reference, i.target) for i in items) == [("Left", ""), ("no", "mass")]
