import asyncio
import csv
import hashlib
import io
import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import orjson
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from tests.reports import synthetic
from tests.reports.browser import Browser, chromium

from auscult.errors import UserError
from auscult.records import Case, Item
from auscult.review.agreement import agree, as_json, terminal_table
from auscult.review.drawing import draw, in_order
from auscult.review.rating import make_sheet
from auscult.runs.ratings import HARMS, PROBLEMS, REFERENCES, VERDICTS
from auscult.store.tables import read_rows, write_rows

Rows = list[dict[str, str]]


@pytest.fixture(scope="module")
def rated(tmp_path_factory):
    """A run folder whose answers mean harm."""
    run = synthetic.build(tmp_path_factory.mktemp("rated"))
    settings = {"model": "replay:secret-model"}
    items = {"path": str(run.parent / "items")}
    manifest = {"schema": "auscult.run/1", "settings": settings, "items": items}
    manifest["instruments"] = synthetic.summary(run.parent).manifest["instruments"]
    (run / "manifest.json").write_bytes(orjson.dumps(manifest))
    return run


@pytest.fixture(scope="module")
def sheet(rated, tmp_path_factory):
    out = tmp_path_factory.mktemp("sheets") / "sheet"
    make_sheet([rated], out, n=100, seed=1, raters=["A", "B"])
    return out


def read(path: Path) -> Rows:
    return list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"), newline="")))


def write(path: Path, rows: Rows, **how: str) -> Path:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), **how)
    writer.writeheader()
    writer.writerows(rows)
    path.write_text(text.getvalue(), how.get("encoding", "utf-8"))
    return path


def fill(sheet: Path, rater: str, out: Path, verdicts: list[str], **more: str) -> Path:
    """Verdicts in the order of row ids, so that raters can be made to agree."""
    rows = sorted(read(sheet / rater / f"sheet-{rater}.csv"), key=lambda r: r["row"])
    for k, row in enumerate(rows):
        row["verdict"] = verdicts[k % len(verdicts)]
        if row["verdict"] in ("wrong", "partly"):
            row |= {"problems": "other", "harm": "mild"} | more
    return write(out / f"filled-{rater}.csv", rows)


def test_nothing_names_the_model_the_reference_or_a_score(rated, sheet):
    for path in (sheet / "A").rglob("*"):
        data = path.read_bytes() if path.is_file() else b""
        assert b"secret-model" not in data and b"closed@5" not in data and b"closed" not in path.name.encode()
    assert "reference" not in read(sheet / "A" / "sheet-A.csv")[0]
    key = json.loads((sheet / "key.json").read_text())
    assert {row["model"] for row in key["rows"].values()} == {"replay:secret-model"}


def test_the_reference_waits_in_a_table_of_its_own_and_behind_the_verdict_on_the_page(sheet):
    references = read(sheet / "A" / "references-A.csv")
    key = json.loads((sheet / "key.json").read_text())["rows"]
    assert {r["row"]: r["reference"] for r in references} == {n: r["reference"] for n, r in key.items()}
    page = (sheet / "A" / "sheet-A.html").read_text("utf-8")
    assert page.count('<div class="reference" hidden>') == len(key)


def test_the_options_of_a_choice_are_shown_in_table_and_page(rated, tmp_path):
    items = list(read_rows(rated / "items.parquet", Item))
    copy = tmp_path / "run"
    shutil.copytree(rated, copy)
    shown = [replace(i, options=("benign", "malignant <b>")) for i in items]
    (copy / "items.parquet").unlink()
    write_rows(copy / "items.parquet", Item, shown)
    make_sheet([copy], tmp_path / "sheet", n=3, seed=1)
    rows = read(tmp_path / "sheet" / "A" / "sheet-A.csv")
    assert {r["options"] for r in rows} == {"benign; malignant <b>"}
    page = (tmp_path / "sheet" / "A" / "sheet-A.html").read_text()
    assert page.count("<li>benign</li>") == 3 and "malignant &lt;b&gt;" in page


def test_raters_get_the_same_answers_in_their_own_order(sheet):
    orders = [[r["row"] for r in read(sheet / rater / f"sheet-{rater}.csv")] for rater in "AB"]
    assert orders[0] != orders[1] and sorted(orders[0]) == sorted(orders[1])
    key = json.loads((sheet / "key.json").read_text())
    assert set(key["rows"]) == set(orders[0]) and not {r["answer"] for r in key["rows"].values()} & set(orders[0])


def test_the_same_seed_gives_the_same_sheet_and_another_one_another(rated, sheet, tmp_path):
    again, other = tmp_path / "again", tmp_path / "other"
    make_sheet([rated], again, n=100, seed=1, raters=["A", "B"])
    make_sheet([rated], other, n=100, seed=2)
    name = "A/sheet-A.csv"
    assert (again / name).read_bytes() == (sheet / name).read_bytes() != (other / name).read_bytes()


def test_how_each_answer_was_drawn_is_noted(rated, tmp_path):
    made = make_sheet([rated], tmp_path / "sheet", n=12, seed=3)
    key = json.loads((tmp_path / "sheet" / "key.json").read_text())
    (draw,) = key["draws"]
    assert sum(s["drawn"] for s in draw["strata"]) == made.rows == 12 == len(key["rows"])
    assert sum(s["answers"] for s in draw["strata"]) == made.found
    letters = [chr(ord("a") + k) for k in range(len(draw["strata"]))]
    assert [draw["of_items"].count(x) for x in letters] == [s["answers"] for s in draw["strata"]]
    probabilities = {s["name"]: s["drawn"] / s["answers"] for s in draw["strata"]}
    assert all(row["probability"] == probabilities[row["stratum"]] for row in key["rows"].values())
    assert {name.rpartition(", ")[2] for name in probabilities} >= {"called right", "called wrong"}


def test_more_are_drawn_of_what_instruments_are_unsure_of(rated):
    drawn = draw([rated], 20, 1)[0].draw.strata
    chances = {kind: [s.probability for s in drawn if s.name.endswith(kind)] for kind in ("unsure", "called right")}
    assert chances["unsure"] and min(chances["unsure"]) > max(chances["called right"])


def test_every_stretch_of_a_sheet_holds_its_share_of_each_kind():
    strata = [(f"r{k}", "rare" if k < 10 else "frequent") for k in range(100)]
    order = in_order(strata, 1, "A")
    assert sorted(order) == list(range(100)) and order != in_order(strata, 1, "B")
    for end in (20, 50, 80):
        assert abs(sum(k < 10 for k in order[:end]) - end / 10) <= 1


def test_failed_empty_and_control_answers_are_not_rated(rated, sheet):
    key = json.loads((sheet / "key.json").read_text())
    assert all(row["text"] for row in key["rows"].values())
    assert len({row["item"] for row in key["rows"].values()}) == len(key["rows"])


def test_no_cell_is_a_formula(tmp_path, rated, monkeypatch):
    texts = ["=1+1", "+1", "@SUM(1)", "\t=1", "＝1"]
    monkeypatch.setattr(synthetic, "NASTY", texts)
    run = synthetic.build(tmp_path / "formulas")
    (run / "manifest.json").write_bytes((rated / "manifest.json").read_bytes())
    make_sheet([run], tmp_path / "sheet", n=100)
    cells = [cell for r in read(tmp_path / "sheet" / "A" / "sheet-A.csv") for cell in r.values()]
    assert {f"'{t}" for t in texts} <= set(cells)
    assert not [c for c in cells if c.startswith(("=", "+", "-", "@", "\t", "＝"))]


def test_an_image_that_is_gone_is_said_and_others_are_inside_the_page(sheet):
    page = (sheet / "A" / "sheet-A.html").read_text("utf-8")
    assert "The image is not there." in page
    names = {name for r in read(sheet / "A" / "sheet-A.csv") for name in r["image"].split()}
    assert len(names) == 5 and all((sheet / "A" / name).is_file() for name in names)
    assert all(Path(name).name in page for name in names) and page.count("data:image/") == 5


def test_what_image_files_say_of_their_patient_does_not_go_out(tmp_path, rated):
    run = synthetic.build(tmp_path / "named")
    (run / "manifest.json").write_bytes(
        (rated / "manifest.json").read_bytes().replace(str(rated.parent).encode(), str(run.parent).encode())
    )
    note = PngInfo()
    note.add_text("Comment", "PATIENT^NAME")
    cases = []
    for k, case in enumerate(read_rows(run / "cases.parquet", Case)):
        file, out = run.parent / "items" / case.images[0].path, io.BytesIO()
        picture = Image.open(io.BytesIO(synthetic.draw(k)))
        if k % 2:
            picture.save(out, "PNG", pnginfo=note)
        else:
            picture.save(out, "JPEG", comment=b"PATIENT^NAME")
        file.write_bytes(out.getvalue())
        sha = hashlib.sha256(out.getvalue()).hexdigest()
        cases.append(replace(case, images=(replace(case.images[0], sha256=sha),)))
    write_rows(run / "cases.parquet", Case, cases)
    make_sheet([run], tmp_path / "sheet", n=100)
    files = [f for f in (tmp_path / "sheet" / "A" / "images").iterdir()]
    assert len(files) == 6 and not [f for f in files if b"PATIENT" in f.read_bytes()]
    before = np.asarray(Image.open(io.BytesIO(synthetic.draw(1))))
    assert any(np.array_equal(before, np.asarray(Image.open(f))) for f in files)


def test_a_sheet_that_is_there_is_never_written_over(rated, sheet):
    before = (sheet / "key.json").read_bytes()
    with pytest.raises(UserError, match="is there already"):
        make_sheet([rated], sheet, n=3)
    assert (sheet / "key.json").read_bytes() == before


@pytest.mark.parametrize("raters", [["A", "A"], [], ["../x"], ["A b"]])
def test_names_of_raters_are_checked(rated, tmp_path, raters):
    with pytest.raises(UserError, match="raters"):
        make_sheet([rated], tmp_path / "sheet", raters=raters)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_no_run_is_refused(tmp_path):
    with pytest.raises(UserError, match="no run folder"):
        make_sheet([tmp_path], tmp_path / "sheet")


def test_raters_who_say_the_same_agree(sheet, tmp_path):
    verdicts = ["correct", "wrong", "correct", "partly"]
    found = agree(sheet, [fill(sheet, r, tmp_path, verdicts) for r in "AB"])
    of_raters = [f for f in found.figures if f.between == "A and B" and f.over == "all"]
    assert {f.estimate.value for f in of_raters if f.what.startswith(("verdict", "wrong"))} == {1.0}
    assert found.disagreements == () and found.confusion["A and B"]["correct"]["correct"] > 10
    assert found.confusion["A and B"]["correct"]["partly"] == 0


def test_disagreements_are_listed_with_what_each_said(sheet, tmp_path):
    a = fill(sheet, "A", tmp_path, ["correct"])
    b = fill(sheet, "B", tmp_path, ["correct"] * 9 + ["wrong"], comment="not there")
    found = agree(sheet, [a, b])
    first = found.disagreements[0]
    assert (first["verdict A"], first["verdict B"]) == ("correct", "wrong")
    assert first["comment B"] == "not there" and first["model"] == "replay:secret-model"
    assert len(found.disagreements) == found.confusion["A and B"]["correct"]["wrong"] == found.rows // 10


def test_a_rater_who_says_what_the_scorer_says_agrees_with_it(sheet, tmp_path):
    rows = json.loads((sheet / "key.json").read_text())["rows"]
    table = read(sheet / "A" / "sheet-A.csv")
    for row in table:
        text, truth = rows[row["row"]]["text"], rows[row["row"]]["reference"]
        row["verdict"] = "correct" if text.lower().startswith(truth) else "wrong"
    found = agree(sheet, [write(tmp_path / "a.csv", table)])
    kappa = next(
        f.estimate
        for f in found.figures
        if f.between == "A and closed@5" and f.over == "all" and "kappa" in f.estimate.instrument
    )
    assert kappa.value > 0.9 and kappa.unit == "image"
    assert found.scorers["A and closed@5"]["wrong"]["wrong"] > 5
    assert "closed@5" in json.loads(as_json(found))["disagreements"].__repr__() or not found.disagreements
    assert len(terminal_table(found).rows) >= 1


def test_cannot_tell_and_empty_cells_are_no_ratings(sheet, tmp_path):
    a = fill(sheet, "A", tmp_path, ["correct", "cannot tell", ""])
    b = fill(sheet, "B", tmp_path, ["correct"])
    found = agree(sheet, [a, b])
    n = next(f.estimate.n for f in found.figures if f.between == "A and B")
    assert n < found.raters["A"] < found.raters["B"] == found.rows
    assert any(note.startswith("rater A:") for note in found.notes)


def test_sheets_saved_by_other_spreadsheets_are_read(sheet, tmp_path):
    rows = read(sheet / "A" / "sheet-A.csv")
    for row in rows:
        row |= {"verdict": " Wrong", "comment": "größer"}
    (tmp_path / "a.csv").write_bytes(b"")
    path = write(tmp_path / "a.csv", rows, delimiter=";")
    path.write_bytes(path.read_text("utf-8").replace("⟨", "<").replace("⟩", ">").encode("cp1252", "replace"))
    assert agree(sheet, [path]).raters == {"A": len(rows)}


def spoil(rows: Rows, change: dict[str, str]) -> Rows:
    return [rows[0] | change, *rows[1:]]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"verdict": "maybe"}, "row 1 .*verdict 'maybe' is none of correct, partly, wrong, cannot tell"),
        ({"verdict": "partly", "harm": "6"}, "row 1 .*harm '6' is none of none, mild, severe"),
        (
            {"verdict": "partly", "problems": "invented; bad"},
            "row 1 .*problems 'bad' is none of invented, missed, other",
        ),
        ({"verdict": "correct", "problems": "missed"}, "row 1 .*'correct', and yet something is wrong"),
        ({"verdict": "correct", "reference_is": "no"}, "row 1 .*reference_is 'no' is none of right, wrong"),
        ({"row": "r000"}, "row 1 .r000.: not a row of this sheet"),
        ({"harm": "mild"}, "row 1 .*harm without a verdict"),
        ({"rater": "B"}, "names A, B"),
    ],
)
def test_a_wrong_cell_is_one_line_with_file_row_and_reason(sheet, tmp_path, change, said):
    rows = spoil(read(sheet / "A" / "sheet-A.csv"), change)
    with pytest.raises(UserError, match=said) as error:
        agree(sheet, [write(tmp_path / "a.csv", rows)])
    assert str(tmp_path / "a.csv") in str(error.value) and "\n" not in str(error.value)


def test_a_row_twice_a_missing_column_and_a_second_sheet_are_refused(sheet, tmp_path):
    rows = read(sheet / "A" / "sheet-A.csv")
    with pytest.raises(UserError, match="twice"):
        agree(sheet, [write(tmp_path / "a.csv", [*rows, rows[0]])])
    with pytest.raises(UserError, match="no column 'harm'"):
        agree(sheet, [write(tmp_path / "b.csv", [{k: v for k, v in r.items() if k != "harm"} for r in rows])])
    whole = write(tmp_path / "c.csv", rows)
    with pytest.raises(UserError, match="second sheet of rater A"):
        agree(sheet, [whole, whole])
    with pytest.raises(UserError, match="no rating sheet"):
        agree(tmp_path, [whole])


@pytest.mark.skipif(chromium() is None, reason="no browser: install Debian's chromium")
async def test_the_page_rates_by_keys_keeps_ratings_and_saves_a_sheet_that_is_read(sheet, tmp_path):
    def key(name: str, code: str = "", *, shift: bool = False) -> str:
        about = json.dumps({"key": name, "code": code, "shiftKey": shift, "bubbles": True, "cancelable": True})
        return f"document.body.dispatchEvent(new KeyboardEvent('keydown', {about}))"

    saved = """(() => { let made; URL.createObjectURL = (blob) => { made = blob; return "#"; };
    document.getElementById("export").click(); return made.text(); })()"""
    page = sheet / "A" / "sheet-A.html"
    async with Browser() as browser:
        await browser.open(page, 1280)
        hidden = "document.querySelector('.row:not([hidden]) .reference').hidden"
        for name, code in (("3", "Digit3"), ("i", ""), ("o", ""), ("y", "")):
            await browser.value(key(name, code))
            assert await browser.value(hidden)  # not before the answer is judged
        await browser.value(key("s"))
        assert not await browser.value(hidden)
        for name, code in (("1", "Digit1"), ("n", ""), ("w", "")):  # the judgement stays; the reference is asked
            await browser.value(key(name, code))
        await browser.value(
            """(() => { const box = document.querySelector(".row:not([hidden]) textarea"); box.value = '=a "b", c';
            box.dispatchEvent(new Event("input", {bubbles: true})); })()"""
        )
        await browser.value(key("ArrowRight"))
        await browser.value(key("1", "Digit1"))
        await browser.value(key("y"))
        await browser.value(key("Enter"))
        await browser.value(key("1", "Digit1"))
        for _ in range(40):  # the browser writes what a page keeps a little later
            await browser.open(page, 1280)
            if "2 rated" in (where := await browser.value("document.getElementById('where').textContent")):
                break
            await asyncio.sleep(0.25)
        assert "2 rated" in where
        assert await browser.value("[...document.querySelectorAll('.row')].filter(r => !r.hidden).length") == 1
        text = await browser.value(saved)
    assert browser.complaints == [] and browser.dialogs == []
    assert {r for r in browser.requests if not r.startswith("data:")} == {page.as_uri()}
    (tmp_path / "filled-A.csv").write_text(text, "utf-8")
    first, second, third, *_ = read(tmp_path / "filled-A.csv")
    assert (first["verdict"], first["problems"], first["harm"]) == ("wrong", "invented;other", "severe")
    assert (first["reference_is"], second["reference_is"], third["reference_is"]) == ("wrong", "right", "")
    assert first["comment"] == '\'=a "b", c' and second["verdict"] == third["verdict"] == "correct"
    assert agree(sheet, [tmp_path / "filled-A.csv"]).raters == {"A": 3}


def test_the_page_offers_what_the_reader_takes(sheet):
    page = (sheet / "A" / "sheet-A.html").read_text("utf-8")
    assert all(f'value="{value}"' in page for value in (*VERDICTS, *PROBLEMS, *HARMS, *REFERENCES))
