"""The answers of a run, written as one file and checked as anybody's: the figures are those of the run."""

import csv
import json
from pathlib import Path

import pytest
from PIL import Image

import auscult as au
from auscult.records import Answer, Case, Item
from auscult.store.tables import read_rows

HEAD = ("id", "image", "patient", "question", "answer", "options", "answer_type", "unit", "tolerance", "category")
HEAD += ("modality", "tag.site")
SIDES = "left|right"
SAID = {
    "effusion": ("Yes.", "No pleural effusion.", "Maybe.", "-", "yes", "1"),
    "side": ("left", "B", "right", "", "Left.", "A)"),
    "normal": ("Yes, on the left.", "No", "nan", "yes", "None", "Yes, to the left."),
    "size": ("12 mm", "14", "about 30 mm", "9", "No idea.", "11"),
}


def asked(n: int) -> list[dict[str, str]]:
    """Four questions of one of two images of a patient."""
    common = {"image": f"i{n}.png", "patient": f"p{n // 2}", "modality": "CT" if n % 3 else "X-ray"}
    common |= {"tag.site": "north" if n < 6 else "south"}
    return [
        common | row
        for row in (
            {"id": f"effusion-{n}", "question": "Is there a pleural effusion?", "answer": "yes" if n % 2 else "no"},
            {"id": f"side-{n}", "question": "Which side is it on?", "answer": "left", "options": SIDES},
            {"id": f"normal-{n}", "question": "Is it seen?", "answer": "Yes, on the left.", "answer_type": "open"},
            {"id": f"size-{n}", "question": "How large is it?", "answer": "12", "answer_type": "number"}
            | {"unit": "mm", "tolerance": "2", "category": "size"},
        )
    ]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> au.Run:
    folder = tmp_path_factory.mktemp("own")
    rows = [row for n in range(12) for row in asked(n)]
    for n in range(12):
        Image.effect_noise((48, 48), 20 + 9 * n).save(folder / f"i{n}.png")
    with open(folder / "data.csv", "w", newline="") as file:
        table = csv.DictWriter(file, HEAD, restval="")
        table.writeheader()
        table.writerows(rows)
    items = au.build("image-folder", folder, folder / "items")
    with open(folder / "said.jsonl", "w") as file:
        for row in rows:
            kind, n = row["id"].split("-")
            if row["id"] != "side-7":  # its request fails
                file.write(json.dumps({"id": row["id"], "answer": SAID[kind][int(n) * 7 % 6]}) + "\n")
    return au.evaluate(items, f"replay:{folder / 'said.jsonl'}", folder / "run", controls=0)


def figures(run: au.Run) -> dict[tuple[str, ...], dict[str, object]]:
    names = ("section", "label", "metric", "instrument", "condition")
    return {tuple(row[name] for name in names): row for row in run.figures}


@pytest.mark.parametrize("form", ["csv", "jsonl"])
@pytest.mark.parametrize("beside", [True, False])
def test_a_check_of_an_exported_run_gives_all_its_figures_and_limits(
    run: au.Run, tmp_path: Path, form: str, beside: bool
) -> None:
    out = (run.folder.parent if beside else tmp_path) / f"answers.{form}"
    au.export(run, form, out)
    checked = au.check(out, tmp_path / "checked")
    found, expected = figures(checked.run), figures(run)
    assert len(expected) > 60 and {row["clusters"] for row in expected.values()} >= {6, 3}
    assert found == expected
    shown = [bool(case.images) for case in read_rows(checked.run.folder / "cases.parquet", Case)]
    assert all(shown) if beside else not any(shown)


def test_the_questions_and_what_became_of_them_are_the_same(run: au.Run, tmp_path: Path) -> None:
    au.export(run, "csv", tmp_path / "answers.csv")
    checked = au.check(tmp_path / "answers.csv", tmp_path / "checked").run.folder

    def told(folder: Path) -> set[tuple[object, ...]]:
        said = {a.item_id: (a.status, a.text) for a in read_rows(folder / "answers.parquet", Answer)}
        return {
            (i.source_id, i.answer_type, i.options, i.reference, i.unit, i.tolerance, i.target, *said[i.id])
            for i in read_rows(folder / "items.parquet", Item)
        }

    assert told(checked) == told(run.folder)


def test_columns_that_say_nothing_are_left_out(run: au.Run, tmp_path: Path) -> None:
    au.export(run, "csv", tmp_path / "answers.csv")
    with open(tmp_path / "answers.csv", newline="") as file:
        rows = {row["source_id"]: row for row in csv.DictReader(file)}
    row = rows["side-3"]
    assert (row["case"], row["patient"], row["options"], row["answer_type"]) == ("i3.png", "p1", SIDES, "choice")
    assert (row["tag.site"], row["tag.modality"], row["status"]) == ("north", "X-ray", "unusable")
    assert not row.keys() & {"premise", "premise_form", "paraphrase_group"}
    assert rows["side-7"]["status"] == "request_failed"


def test_options_with_bars_are_read_back(run: au.Run, tmp_path: Path) -> None:
    table = [{"image": "i0.png", "question": "Which one?", "answer": "x|y", "options": ["x|y", "z", "x, y; z"]}]
    (tmp_path / "data.jsonl").write_text("".join(json.dumps(row) + "\n" for row in table))
    (tmp_path / "i0.png").write_bytes((run.folder.parent / "i0.png").read_bytes())
    items = au.build("image-folder", tmp_path / "data.jsonl", tmp_path / "items")
    (tmp_path / "said.jsonl").write_text(json.dumps({"id": "row 1", "answer": "x|y"}) + "\n")
    one = au.evaluate(items, f"replay:{tmp_path / 'said.jsonl'}", tmp_path / "run", controls=0)
    au.export(one, "csv", tmp_path / "answers.csv")
    checked = au.check(tmp_path / "answers.csv", tmp_path / "checked").run
    (item,) = read_rows(checked.folder / "items.parquet", Item)
    assert (item.options, item.reference) == (("x|y", "z", "x, y; z"), "x|y")
