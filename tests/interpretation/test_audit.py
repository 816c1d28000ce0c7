import csv
import json

import pytest
from PIL import Image

from auscult.api.interpreting import FIGURES, PAGE, ROWS, finish_reading, write_rows
from auscult.corpora import Bundle
from auscult.errors import UserError
from auscult.interpretation.audit import ReadingAudit, ReadingOptions
from auscult.interpretation.figures import Line, denies
from auscult.items.images import take_image
from auscult.items.item_set import ItemSet
from auscult.items.split import SplitPlan
from auscult.items.writer import SourceNote, write_item_set
from auscult.models import ModelOptions
from auscult.records import Case, Estimate, Fact, case_id
from auscult.runs.settings import Settings

ASKED = Settings(canary=False, controls=0, split="test")


def written(folder, cases, train=0, tags=lambda n: {}):
    """An item set of cases, each an image of its own; the first ``train`` of them for training."""

    def bundles():
        for n, (findings, facts) in enumerate(cases):
            picture = folder / f"{n}.png"
            Image.new("RGB", (8, 8), (n % 250, n // 250, 7)).save(picture)
            taken = take_image(picture, picture.name, "here")
            name = case_id([taken.original], "s", f"k{n}")
            known = Case(
                id=name,
                source="s",
                source_key=f"k{n}",
                images=(taken.file,),
                findings=findings,
                facts=facts,
                tags=tags(n),
                group=f"k{n}",
            )
            yield Bundle(known, (), (taken.payload,), split="train" if n < train else "test")

    folder.mkdir(exist_ok=True)
    write_item_set(bundles(), folder / "items", source=SourceNote(reader="made", path="here"), split=SplitPlan())
    return folder / "items"


def audited(tmp_path, items, says, **options):
    """The figures of a model that says of each question what ``says`` does, by (task, way, part, label, metric)."""
    chosen = ReadingOptions(**options)
    blank = tmp_path / "blank.csv"
    blank.write_text("id,text\nnone,none\n")
    out = tmp_path / "audit"
    draft = ReadingAudit(items, f"replay:{blank}", chosen, out, ASKED, ModelOptions())
    with open(tmp_path / "answers.csv", "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "text"])
        for put in draft.put:
            for _, asked in ItemSet(out / put.task.name / "items").groups(split="test"):
                writer.writerows([item.source_id, says(item)] for item in asked)
    audit = ReadingAudit(items, f"replay:{tmp_path / 'answers.csv'}", chosen, out, ASKED, ModelOptions())
    found = finish_reading(audit, "m", out)
    return {(x.task, x.way, x.part, x.label, x.metric): x.figure for x in found.lines}, out


def effusions(present, absent):
    return [({"pleural effusion": "present"}, ())] * present + [({"pleural effusion": "absent"}, ())] * absent


def test_fabrications_and_misses_are_counted_and_what_says_neither_stands_apart(tmp_path):
    items = written(tmp_path / "set", effusions(10, 10))
    said = {f"k{n}": "no" if n < 3 else "yes" for n in range(10)} | {f"k{n}": "no" for n in range(10, 20)}
    said |= {"k10": "yes", "k11": "It may or may not be there.", "k12": ""}
    figures, out = audited(tmp_path, items, lambda item: said[item.source_id.split(":")[0]], task=("pleural-effusion",))
    key = ("pleural-effusion", "zero-shot", "rates", "all")
    assert figures[*key, "miss"].value == pytest.approx(3 / 10)
    assert figures[*key, "fabrication"].value == pytest.approx(1 / 8)
    assert figures[*key, "unclear"].value == pytest.approx(1 / 20)
    assert figures[*key, "no position"].value == pytest.approx(1 / 20)
    told = json.loads((out / FIGURES).read_text())
    assert told["schema"] == "auscult.reading/1" and len(told["figures"]) == len(figures)
    assert len((out / ROWS).read_text().splitlines()) == len(figures) + 1
    page = (out / PAGE).read_text()
    assert "Does it see a pleural effusion?" in page and "pleural-effusion/zero-shot/report.html" in page


def test_misses_are_told_by_size_the_small_ones_first(tmp_path):
    def effusion(size):
        return {"pleural effusion": "present"}, (Fact(finding="pleural effusion", presence="present", size_mm=size),)

    items = written(tmp_path / "set", [effusion(float(size)) for size in range(1, 41)])
    figures, _ = audited(
        tmp_path,
        items,
        lambda item: "no" if float(item.tags["true_value"]) <= 10 else "yes",
        task=("pleural-effusion",),
    )
    misses = [f.value for (_, _, part, _, _), f in figures.items() if part == "size"]
    assert len(misses) == 4 and misses[0] == 1 and misses[-1] == 0


def test_misses_are_told_by_contrast_where_the_cases_know_it_and_the_first_screen_says_both_ends(tmp_path):
    items = written(tmp_path / "set", effusions(40, 5), tags=lambda n: {"contrast": f"{(n + 1) / 45:g}"})
    figures, out = audited(
        tmp_path,
        items,
        lambda item: "no" if float(item.tags["contrast"]) <= 10.5 / 45 or item.reference == "no" else "yes",
        task=("pleural-effusion",),
    )
    faint = {label: f.value for (_, _, part, label, _), f in figures.items() if part == "contrast"}
    assert list(faint.values())[0] == 1 and list(faint.values())[-1] == 0 and len(faint) == 4
    assert list(faint)[0].endswith("of its contrast") and not any(part == "size" for _, _, part, _, _ in figures)
    page = (out / PAGE).read_text()
    assert "Faintest, 0.02 to 0.24 of its contrast: missed in 10 of 10 (69 to 100 of 100)" in page
    assert "Plainest, 0.67 to 0.89" in page


def shifts(sizes):
    for n, size in enumerate(sizes):
        side = ("left", "right")[n % 2]
        fact = Fact(finding="midline shift", presence="present", side=side, size_mm=float(size))
        yield ({"midline shift": "present"}, (fact,)) if size else ({"midline shift": "absent"}, ())


def test_a_shift_that_is_always_said_2_mm_too_large_has_that_bias_and_no_spread(tmp_path):
    items = written(tmp_path / "set", list(shifts([0, 0, 0, *range(4, 26)])))

    def says(item):
        if item.answer_type == "choice":
            return "left"
        return f"{float(item.reference) + 2:g} mm" if item.reference != "0" else "There is no midline shift."

    figures, _ = audited(tmp_path, items, says, task=("midline-shift",))
    agreed = ("midline-shift", "zero-shot", "agreement")
    off = [2.0] * 22 + [0.0] * 3
    assert figures[*agreed, "all", "bias"].value == pytest.approx(sum(off) / 25)
    assert figures[*agreed, "all", "within 2 mm"].value == 1
    assert figures[*agreed, "nothing there", "more than 2 mm"].value == 0
    assert figures["midline-shift", "zero-shot", "side", "left", "right"].value == 1
    assert figures["midline-shift", "zero-shot", "side", "right", "right"].value == 0


def test_who_says_that_there_is_none_says_0_mm_and_who_says_both_says_nothing():
    assert denies("No, there is no midline shift.", ["midline shift"])
    assert not denies(
        "There is no midline shift to the left. There is a midline shift to the right.", ["midline shift"]
    )
    assert not denies("The brain looks fine.", ["midline shift"])


def test_a_task_that_the_cases_cannot_be_asked_is_left_out_or_refused_where_it_was_named(tmp_path):
    items = written(tmp_path / "set", effusions(2, 2))
    audit = ReadingAudit(items, "baseline:always-last", ReadingOptions(), tmp_path / "out", ASKED, ModelOptions())
    assert [put.task.name for put in audit.put] == ["pleural-effusion"] and len(audit.left_out) == 4
    with pytest.raises(UserError, match="no case says whether there is ascites"):
        ReadingAudit(
            items, "baseline:always-last", ReadingOptions(task=("ascites",)), tmp_path / "o", ASKED, ModelOptions()
        )


def test_examples_are_set_against_none_on_the_same_images(tmp_path):
    items = written(tmp_path / "set", effusions(12, 0) + effusions(0, 12))
    options = ReadingOptions(task=("pleural-effusion",), shots=(0, 2), train_share=0.4)
    audit = ReadingAudit(items, "baseline:always-last", options, tmp_path / "audit", ASKED, ModelOptions())
    lines = finish_reading(audit, "m", tmp_path / "audit").lines
    changes = {line.metric: line.figure for line in lines if line.way == "few-shot 2 minus zero-shot"}
    asked = [
        item.reference
        for _, items in ItemSet(tmp_path / "audit/pleural-effusion/items").groups("test")
        for item in items
    ]
    assert (changes["miss"].value, changes["miss"].n) == (0, asked.count("yes"))
    assert 0 < changes["fabrication"].n == asked.count("no") < 12
    assert {put.way for put in audit.put} == {"zero-shot", "few-shot 2"}


def test_a_number_below_0_of_examples_is_refused(tmp_path):
    with pytest.raises(UserError, match="--shots is below 0"):
        ReadingAudit(tmp_path, "m", ReadingOptions(shots=(-1,)), tmp_path, ASKED, ModelOptions())


def test_a_class_that_looks_like_a_formula_is_none_in_the_table(tmp_path):
    figure = Estimate(name="recall", value=0.25, n=4, clusters=4)
    line = Line(task="x", way="zero-shot", part="classes", label="=HYPERLINK(A1)", metric="recall", figure=figure)
    write_rows(tmp_path / ROWS, [line])
    (row,) = csv.DictReader((tmp_path / ROWS).open(newline=""))
    assert (row["label"], row["value"], row["low"], row["n"]) == ("'=HYPERLINK(A1)", "0.25", "", "4")
