import csv
import json

import pytest

import auscult
from auscult.analysis import summarise
from auscult.models.baseline import AlwaysLast
from auscult.records import Answer, Item
from auscult.store.tables import read_rows


def evaluated(root, source, says, **more):
    """The lines of twins of a run whose answers are written here."""
    auscult.build(source, root, root / "items", **more)
    with open(root / "answers.csv", "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "text"])
        for item in read_rows(root / "items" / "items.parquet", Item):
            writer.writerow([item.source_id, says(item)])
    auscult.evaluate(root / "items", f"replay:{root / 'answers.csv'}", root / "run", controls=0, canary=False)
    assert sum(1 for _ in read_rows(root / "run" / "answers.parquet", Answer))
    return {(f.label, f.metric): f for f in summarise(root / "run").of("twins")}


@pytest.fixture
def confusing(tmp_path, picture):
    rows = []
    for n in range(12):
        for side in (1, 2):
            picture(f"{10 * n + side}.jpg", 10 * n + side, folder=tmp_path / "data" / "images")
        rows.append([n, f"a{n}", f"b{n}", 10 * n + 1, 10 * n + 2, "What is it?", "A duct", "A stone", "A", "B"])
    with open(tmp_path / "data" / "dataset.csv", "w", newline="") as file:
        writer = csv.writer(file)
        names = "id im_1 im_2 im_1_local im_2_local question option_A option_B im_1_correct im_2_correct"
        writer.writerows([names.split(), *rows])
    return tmp_path


def test_a_pair_counts_where_both_are_right_and_is_confused_where_one_option_is_taken_for_both(confusing):
    def says(item):
        number = int(item.tags["confusing_pair"])
        return (
            item.reference
            if number < 6
            else "A duct"
            if number < 9
            else {"A duct": "A stone"}.get(item.reference, "A duct")
        )

    found = evaluated(confusing, "mediconfusion", says)
    of_pairs = "confusing pairs of images"
    assert found[of_pairs, "set accuracy"].with_image.value == pytest.approx(6 / 12)
    assert found[of_pairs, "confusion"].with_image.value == pytest.approx(3 / 12)
    assert found[of_pairs, "set accuracy"].chance == 0.25


def test_images_that_pairs_share_belong_together(confusing):
    rows = (confusing / "data" / "dataset.csv").read_text().splitlines()
    shared = [rows[0], *(row.replace(f",{10 * n + 1},", ",1,") for n, row in enumerate(rows[1:]))]
    (confusing / "data" / "dataset.csv").write_text("\n".join(shared))
    found = evaluated(confusing, "mediconfusion", lambda item: item.reference)
    assert found["confusing pairs of images", "set accuracy"].with_image.clusters == 1


def test_always_last_is_right_under_every_wrong_premise_and_drops_below_zero(tmp_path, picture):
    folder = tmp_path / "multi_choices" / "NOTA"
    rows = [
        {
            "question_id": n,
            "img_name": f"m{n}.jpg",
            "question": "How large?",
            "choices": "A: a. B: b. C: None of the above.",
        }
        for n in range(12)
    ]
    for n in range(12):
        picture(f"m{n}.jpg", 10 + n, folder=folder)
    (folder / "test_nota_src.json").write_text(json.dumps([row | {"gt": "C"} for row in rows]))
    plain = [row | {"gt": "B", "choices": "A: a. B: b. C: c. D: None of the above."} for row in rows]
    (folder / "test_nota_baseline.json").write_text(json.dumps(plain))
    found = evaluated(tmp_path, "medvh", AlwaysLast().answer)
    assert found["none of the above", "right on the changed one"].with_image.value == 1
    assert found["none of the above", "right on the plain question"].with_image.value == 0
    assert found["none of the above", "drop"].with_image.value == -1
