import json
from collections import Counter

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from auscult.corpora import ReadOptions
from auscult.corpora.vqa_rad import read, sample_path
from auscult.errors import UserError


@pytest.fixture(scope="module")
def bundles(shared_data):
    return list(read(shared_data / "vqa-rad", ReadOptions()))


@pytest.fixture(scope="module")
def items(bundles):
    return {i.source_id: i for b in bundles for i in b.items}


def test_all_images_and_questions_come_once(bundles, items):
    assert (len(bundles), sum(len(b.items) for b in bundles), len(items)) == (219, 2443, 2443)
    assert len({i.id for i in items.values()}) == 2443


def test_answers_have_the_types_that_the_data_publish(items):
    assert Counter(i.answer_type for i in items.values()) == {"yes_no": 1360, "open": 1037, "choice": 46}
    assert Counter(i.reference for i in items.values() if i.answer_type == "yes_no") == {"yes": 610, "no": 750}
    assert all(i.reference in i.options for i in items.values() if i.answer_type == "choice")
    assert sum(i.answer_type == "open" and i.tags["answer_type"] == "CLOSED" for i in items.values()) == 38


def test_exact_repeats_point_to_the_first_of_their_kind(bundles):
    repeats = [(i, b) for b in bundles for i in b.items if i.duplicate_of]
    assert len(repeats) == 327
    for item, bundle in repeats:
        first = next(i for i in bundle.items if i.id == item.duplicate_of)
        assert (first.question, first.reference, first.duplicate_of) == (item.question, item.reference, "")


def test_paraphrases_are_grouped_by_the_stated_rule(items):
    groups = Counter(i.paraphrase_group for i in items.values() if i.paraphrase_group)
    assert (len(groups), sum(groups.values())) == (688, 1950)
    assert Counter(groups.values()) == {2: 401, 4: 287}
    together = {items[q].paraphrase_group for q in ("train-3459", "train-3460", "train-3461", "train-3462")}
    assert together == {"vqarad-12210:3459"}  # hyperinflation: asked freely, as a paraphrase, and as two frames


@pytest.mark.parametrize(
    ("one", "other", "why"),
    [
        ("train-409", "train-411", "frames in other words: the lungs, the whole radiograph"),
        ("train-677", "train-679", "another question type"),
        ("test-598", "test-600", "another answer"),
        ("test-2586", "train-2587", "a what-question that is answered yes"),
    ],
)
def test_questions_that_may_mean_something_else_are_not_grouped(items, one, other, why):
    groups = {items[one].paraphrase_group, items[other].paraphrase_group}
    assert len(groups) == 2 or groups == {""}, why


def test_all_members_of_a_paraphrase_group_share_image_and_answer(items):
    said: dict[str, set[tuple[str, str]]] = {}
    for item in items.values():
        said.setdefault(item.paraphrase_group, set()).add((item.case_id, item.reference.casefold().strip(" .")))
    assert all(len(answers) == 1 for group, answers in said.items() if group)


def test_cases_carry_tags_and_are_grouped_by_image(bundles):
    assert Counter(b.case.tags.get("modality") for b in bundles) == {"X-ray": 77, "CT": 77, "MRI": 27, None: 38}
    assert all(b.case.group_kind == "image" and b.case.group == b.case.images[0].pixels for b in bundles)
    assert {b.case.licence for b in bundles} == {"CC0 1.0"}


def test_a_question_keeps_type_and_official_split_as_tags(items):
    item = items["train-111"]
    assert item.category == "attribute+size"
    assert item.tags == {
        "phrase_type": "freeform",
        "question_type": "ATTRIB+SIZE",
        "answer_type": "CLOSED",
        "official_split": "train",
    }
    assert item.split == ""


def test_ids_stay_what_they_are():
    bundle = next(read(sample_path(), ReadOptions()))
    assert (bundle.case.id, bundle.items[0].id) == ("44c5ca574dce7d7e3dda60be", "14a2c5fddded506948e9182d")


def test_the_sample_is_small_and_a_part_of_the_whole(bundles):
    sample = {b.case.id: b for b in read(sample_path(), ReadOptions())}
    assert (len(sample), sum(len(b.items) for b in sample.values())) == (25, 324)
    assert sum(f.stat().st_size for f in sample_path().rglob("*") if f.is_file()) < 3_000_000
    whole = {b.case.id: b for b in bundles}
    assert all(b.items == whole[key].items for key, b in sample.items())


def published(folder, rows, name="train-00000-of-00001-ab12.parquet"):
    image = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
    schema = pa.schema([("image", image), ("question", pa.string()), ("answer", pa.string())])
    (folder / "data").mkdir(exist_ok=True)
    pq.write_table(pa.Table.from_pylist(rows, schema), folder / "data" / name)


def test_the_published_parquet_form_is_read_and_grouped_by_image(tmp_path, picture):
    one, two = ({"bytes": picture(f"{n}.png", shade).read_bytes(), "path": None} for n, shade in (("a", 10), ("b", 20)))
    published(
        tmp_path,
        [
            {"image": one, "question": "is there a mass?", "answer": "Yes"},
            {"image": two, "question": "which side?", "answer": "left"},
            {"image": one, "question": "which plane?", "answer": "axial"},
        ],
    )
    published(tmp_path, [{"image": two, "question": "is it normal?", "answer": "no"}], "test-00000-of-00001-cd.parquet")
    found = list(read(tmp_path, ReadOptions()))
    asked = [[(i.source_id, i.answer_type, i.reference, i.tags["official_split"]) for i in b.items] for b in found]
    assert asked == [
        [("test-00000:1", "yes_no", "no", "test"), ("train-00000:2", "open", "left", "train")],
        [("train-00000:1", "yes_no", "yes", "train"), ("train-00000:3", "open", "axial", "train")],
    ]


def test_other_columns_in_the_parquet_form_are_named(tmp_path):
    (tmp_path / "data").mkdir()
    pq.write_table(pa.table({"picture": ["a"], "question": ["q"]}), tmp_path / "data" / "train-0.parquet")
    with pytest.raises(
        UserError, match=r"train-0.parquet, row 1: no column 'image'; columns there are: picture, question"
    ):
        list(read(tmp_path, ReadOptions()))


def small_copy(tmp_path, picture, **change):
    picture("x.png")
    item = {"id": "v1", "image": "x.png", "modality": "CT", "anatomy": "head"}
    question = {
        "qid": "train-1",
        "image_id": "v1",
        "question": "Is there a mass?",
        "answer": "Yes",
        "answer_type": "CLOSED",
        "question_type": ["PRES"],
        "phrase_type": "freeform",
        "official_split": "train",
    }
    (tmp_path / "items.jsonl").write_text(json.dumps(item) + "\n")
    (tmp_path / "qa.jsonl").write_text(json.dumps(question | change) + "\n")
    return tmp_path


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"image_id": "v9"}, r"qa.jsonl, line 1: image_id 'v9' is not in items.jsonl"),
        ({"answer": ""}, "line 1: answer is empty"),
        ({"question_type": ["PRESENCE"]}, "question_type .* is no list of PRES"),
    ],
)
def test_a_broken_question_is_named_by_file_and_line(tmp_path, picture, change, message):
    with pytest.raises(UserError, match=message):
        list(read(small_copy(tmp_path, picture, **change), ReadOptions()))


def test_a_folder_of_something_else_is_refused(tmp_path):
    with pytest.raises(UserError, match="holds neither qa.jsonl nor data/"):
        read(tmp_path, ReadOptions())
