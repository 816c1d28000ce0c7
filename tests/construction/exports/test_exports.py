"""Item sets in the forms of other tools, each opened by the tool itself where it is there."""

import json
import re
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from PIL import Image as Picture

from auscult.api import export
from auscult.api.building import build
from auscult.construction import exports
from auscult.corpora import ReadOptions, vqa_rad
from auscult.errors import UserError
from auscult.items.item_set import ItemSet
from auscult.items.split import SplitPlan
from auscult.protocols.direct import question_text, right_answer
from auscult.records import Item


@pytest.fixture(scope="module")
def items(tmp_path_factory: pytest.TempPathFactory) -> ItemSet:
    out = tmp_path_factory.mktemp("set") / "items"
    shares = SplitPlan(shares={"train": 0.4, "test": 0.6})
    return build("vqa-rad", vqa_rad.sample_path(), out, split=shares)


def _many_images(folder: Path) -> ItemSet:
    """A set of one question about two images."""
    for name in "ab":
        Picture.new("RGB", (9, 9), "red" if name == "a" else "blue").save(folder / f"{name}.png")
    row = {
        "id": "1",
        "image": ["a.png", "b.png"],
        "conversations": [
            {"from": "human", "value": "<image>\n<image>\nDid it grow?"},
            {"from": "gpt", "value": "yes"},
        ],
    }
    (folder / "two.json").write_text(json.dumps([row]))
    return build("llava-json", folder / "two.json", folder / "two", options=ReadOptions(images=folder))


def _asked_one_way(group: Sequence[Item]) -> list[tuple[str, str]]:
    """Questions with their right answers, but for those of which a set of one's own makes nothing: VQA-RAD answers some
    yes and no, and one "Not sure."."""
    answers: dict[str, set[str]] = defaultdict(set)
    for item in group:
        answers[item.question.casefold()].add(right_answer(item))
    unsure = {question for question, said in answers.items() if "Not sure." in said}
    both = {question for question, said in answers.items() if {"yes", "no"} <= said}
    return [(question_text(i), right_answer(i)) for i in group if i.question.casefold() not in both | unsure]


@pytest.mark.parametrize("form", ["hf", "trl"])
def test_datasets_opens_the_folder_with_its_images_once_on_disk(items: ItemSet, tmp_path: Path, form: str) -> None:
    datasets = pytest.importorskip("datasets")
    done = export(items, form, tmp_path / "out")
    loaded = datasets.load_dataset(str(tmp_path / "out"), cache_dir=str(tmp_path / "cache"))
    assert {name: len(part) for name, part in loaded.items()} == done.pairs == items.manifest.counts["split"]
    assert len(list((tmp_path / "out").rglob("*.jpg"))) == done.images == items.manifest.images
    by_prompt = {question_text(i): right_answer(i) for _, group in items.groups() for i in group}
    row = loaded["train"][0]
    assert row["images"][0].size == (512, 512)
    assert row["completion"][0]["content"] == by_prompt[row["prompt"][0]["content"]]
    if form == "hf":
        kept = {(i.id, i.question, i.reference) for _, group in items.groups("test") for i in group}
        test = loaded["test"].remove_columns("images")
        assert {(r["id"], r["question"], r["reference"]) for r in test} == kept


@pytest.mark.parametrize("form", ["sharegpt", "llava"])
def test_a_text_has_a_placeholder_for_each_of_its_images(tmp_path: Path, form: str) -> None:
    export(_many_images(tmp_path), form, tmp_path / "out")
    if form == "sharegpt":
        (file,) = (tmp_path / "out").glob("*.jsonl")
        row = json.loads(file.read_text())
        texts, images = [m["content"] for m in row["messages"]], row["images"]
    else:
        (file,) = (p for p in (tmp_path / "out").glob("*.json") if p.name != "croissant.json")
        (row,) = json.loads(file.read_text())
        texts, images = [m["value"] for m in row["conversations"]], row["image"]
    assert "".join(texts).count("<image>") == len(images) == 2
    assert [Picture.open(tmp_path / "out" / path).getpixel((1, 1)) for path in images] == [(255, 0, 0), (0, 0, 255)]
    assert texts[1] == "yes"


def test_llama_factory_finds_each_part_under_the_name_that_its_list_gives(items: ItemSet, tmp_path: Path) -> None:
    export(items, "sharegpt", tmp_path / "out")
    listed = json.loads((tmp_path / "out" / "dataset_info.json").read_text())
    assert set(listed) == {"auscult_train", "auscult_test"}
    for entry in listed.values():
        rows = [json.loads(line) for line in (tmp_path / "out" / entry["file_name"]).read_text().splitlines()]
        assert rows and all((tmp_path / "out" / row["images"][0]).is_file() for row in rows)
        role, said = entry["tags"]["role_tag"], entry["tags"]["content_tag"]
        assert [turn[role] for turn in rows[0]["messages"]] == ["user", "assistant"] and rows[0]["messages"][0][said]


def test_llava_conversations_are_read_back_as_the_same_questions(items: ItemSet, tmp_path: Path) -> None:
    export(items, "llava", tmp_path / "out", split=["test"])
    again = build("llava-json", tmp_path / "out" / "test.json", tmp_path / "again")
    asked = sorted(pair for _, group in items.groups("test") for pair in _asked_one_way(group))
    assert sorted((i.question, i.reference) for i in again if i.answer_type == "yes_no") == [
        pair for pair in asked if pair[1] in ("yes", "no")
    ]
    assert len(again) == len(asked)


def test_medhalltunes_files_are_read_back_with_kind_and_reference(tmp_path: Path) -> None:
    from auscult.phantoms.folder import FolderPlan, write_folder

    write_folder(FolderPlan(n=12, seed=5, size=64), tmp_path / "drawn")
    made = build("phantoms", tmp_path / "drawn", tmp_path / "set", generate=["premises"])
    export(made, "medhalltune", tmp_path / "out")
    again = build(
        "medhalltune", tmp_path / "out" / "test", tmp_path / "again", options=ReadOptions(images=tmp_path / "out")
    )
    false = sorted((i.question, i.reference) for i in made if i.kind == "hallucination")
    assert false and sorted((i.question, i.reference) for i in again if i.kind == "hallucination") == false
    assert len(again) == len(made)


def test_a_set_without_images_is_a_plain_table(tmp_path: Path) -> None:
    (tmp_path / "indiana_reports.csv").write_text(
        "uid,MeSH,Problems,image,indication,comparison,findings,impression\n"
        "1,normal,normal,Chest,Cough,None,The lungs are clear.,No acute disease.\n"
    )
    (tmp_path / "indiana_projections.csv").write_text("uid,filename,projection\n1,a.png,Frontal\n")
    made = build("iu-reports", tmp_path, tmp_path / "set")
    export(made, "hf", tmp_path / "out")
    (part,) = (p for p in (tmp_path / "out").iterdir() if p.is_dir())
    assert [p.name for p in part.iterdir()] == ["data.parquet"]
    assert "images_file_names" not in pq.read_schema(part / "data.parquet").names


@pytest.mark.parametrize("form", ["hf", "sharegpt", "llava", "medhalltune"])
def test_the_metadata_are_valid_croissant(items: ItemSet, tmp_path: Path, form: str) -> None:
    croissant = pytest.importorskip("mlcroissant")
    export(items, form, tmp_path / "out")
    assert croissant.Dataset(jsonld=str(tmp_path / "out" / "croissant.json")).metadata.name == "items"


def test_the_card_says_what_a_part_may_be_used_for(items: ItemSet, tmp_path: Path) -> None:
    for split, said in (
        ((), "Tune on the train part"),
        (("test",), "test part alone"),
        (("train",), "No test part is here"),
    ):
        export(items, "llava", tmp_path / "-".join(("out", *split)), split=split)
        assert said in (tmp_path / "-".join(("out", *split)) / "README.md").read_text()


@pytest.mark.parametrize("form", ["trl", "llava", "sharegpt"])
def test_the_line_that_opens_an_export_names_a_part_that_is_there(items: ItemSet, tmp_path: Path, form: str) -> None:
    for split, there, other in (((), "train", "test"), (("test",), "test", "train")):
        export(items, form, tmp_path / there, split=split)
        line = (tmp_path / there / "README.md").read_text().split("```")[1].replace("cli train", "")
        assert re.search(rf'\["{there}"\]|/{there}\.json', line) and not re.search(rf"\W{other}\W", line)


def test_what_cannot_be_written_is_refused_and_leaves_nothing(items: ItemSet, tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "x").touch()
    for form, out, parts, said in (
        ("hf", "full", (), "is there already"),
        ("xml", "out", (), "unknown form 'xml'; .*known: hf, llava"),
        ("llama-factory", "out", (), "unknown form 'llama-factory'; LLaMA-Factory reads --to sharegpt"),
        ("csv", "out", (), "unknown form 'csv'; it is one of the answers of a run"),
        ("hf", "out", ("validation",), "no split 'validation'"),
    ):
        with pytest.raises(UserError, match=said):
            export(items, form, tmp_path / out, split=parts)
    with pytest.raises(UserError, match="lies in the item set"):
        export(items, "hf", items.folder / "out")
    assert {p.name for p in tmp_path.iterdir()} == {"full"}


def test_a_set_without_a_question_is_not_exported(tmp_path: Path) -> None:
    Picture.new("L", (16, 16), 9).save(tmp_path / "a.png")
    (tmp_path / "c.csv").write_text("image,caption\na.png,There is an effusion.\n")
    made = build("captions", tmp_path / "c.csv", tmp_path / "set", generate=[])
    assert not len(made)
    for split in ((), ("test",)):
        with pytest.raises(UserError, match="holds no question, so that there is nothing to export"):
            export(made, "hf", tmp_path / "out", split=split)
    assert not (tmp_path / "out").exists()


def test_an_altered_image_stops_the_export(items: ItemSet, tmp_path: Path) -> None:
    import shutil

    shutil.copytree(items.folder, tmp_path / "items")
    next((tmp_path / "items" / "images").rglob("*.jpg")).write_bytes(b"no image")
    with pytest.raises(UserError, match="image"):
        export(ItemSet(tmp_path / "items"), "trl", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_text_that_holds_the_mark_of_an_image_is_refused(items: ItemSet, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="marks the place of an image"):
        exports.export(items, "llava", tmp_path / "out", put=lambda i: "see <image>", right=right_answer)
    assert not (tmp_path / "out").exists()
