import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from auscult.corpora import ReadOptions
from auscult.corpora.hf_disk import read
from auscult.errors import UserError

try:
    import datasets
except ImportError:
    datasets = None
needs_datasets = pytest.mark.skipif(datasets is None, reason="makes the saved dataset that is read: datasets")


@pytest.fixture
def rows(picture):
    one, two = str(picture("a.png", 10)), str(picture("b.png", 20))
    return {
        "image": [one, two, one],
        "question": ["is there a mass?", "which side?", "which plane?"],
        "answer": ["yes", "left", "axial"],
    }


def made(rows, **features):
    kinds = {"image": datasets.Image(), "question": datasets.Value("string"), "answer": datasets.Value("string")}
    return datasets.Dataset.from_dict(rows, features=datasets.Features(kinds | features))


@needs_datasets
def test_a_saved_dataset_is_read_in_one_bundle_an_image(tmp_path, rows):
    made(rows).save_to_disk(tmp_path / "set", num_shards=2)
    bundles = list(read(tmp_path / "set", ReadOptions()))
    assert [[i.source_id for i in b.items] for b in bundles] == [["data-00000:1", "data-00001:1"], ["data-00000:2"]]
    assert bundles[0].items[0].reference == "yes"
    assert bundles[0].case.images[0].width == 8
    assert isinstance(bundles[0].payloads[0], bytes)


@needs_datasets
def test_the_parts_of_a_dictionary_are_splits(tmp_path, rows):
    first = {k: v[:1] for k, v in rows.items()}
    second = {k: v[1:2] for k, v in rows.items()}
    datasets.DatasetDict(train=made(first), validation=made(second)).save_to_disk(tmp_path / "set")
    found = {i.source_id: i.split for b in read(tmp_path / "set", ReadOptions()) for i in b.items}
    assert found == {"train/data-00000:1": "train", "validation/data-00000:1": "validation"}


@needs_datasets
def test_class_numbers_become_their_names(tmp_path, rows):
    labelled = made(rows | {"answer": [1, 0, 1]}, answer=datasets.ClassLabel(names=["benign", "malignant"]))
    labelled.save_to_disk(tmp_path / "set")
    found = [i.reference for b in read(tmp_path / "set", ReadOptions()) for i in b.items]
    assert found == ["malignant", "malignant", "benign"]


@needs_datasets
def test_a_list_of_images_is_one_case(tmp_path, rows):
    several = made(rows | {"image": [rows["image"][:2]] * 3}, image=datasets.List(datasets.Image()))
    several.save_to_disk(tmp_path / "set")
    (bundle,) = read(tmp_path / "set", ReadOptions())
    assert (len(bundle.case.images), len(bundle.payloads), len(bundle.items)) == (2, 2, 3)


@needs_datasets
def test_other_columns_are_named_with_the_remedy(tmp_path, rows):
    made(rows).rename_column("image", "scan").save_to_disk(tmp_path / "set")
    with pytest.raises(UserError, match=r"row 1: no column 'image'; columns there are: .*scan.*--map image=COLUMN"):
        list(read(tmp_path / "set", ReadOptions()))
    assert len(list(read(tmp_path / "set", ReadOptions(columns={"image": "scan"})))) == 2


@needs_datasets
def test_a_damaged_file_is_named(tmp_path, rows):
    made(rows).save_to_disk(tmp_path / "set")
    (shard,) = (tmp_path / "set").glob("*.arrow")
    shard.write_bytes(shard.read_bytes()[:100])
    with pytest.raises(UserError, match=r"data-00000-of-00001.arrow: not a readable table"):
        list(read(tmp_path / "set", ReadOptions()))


def test_a_folder_of_something_else_is_refused(tmp_path):
    with pytest.raises(UserError, match="holds neither dataset_dict.json nor state.json"):
        list(read(tmp_path, ReadOptions()))


def parquet(path, picture, **columns):
    files = [picture("a.png", 10), picture("b.png", 20)]
    images = [{"bytes": f.read_bytes(), "path": f.name} for f in files]
    rows = {"image": images, "question": ["how many?", "which side?"], "answer": ["2", "left"]} | columns
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table(rows), path)
    return path


def test_ones_own_parquet_file_is_a_dataset(tmp_path, picture):
    bundles = list(read(parquet(tmp_path / "mine.parquet", picture), ReadOptions()))
    assert [i.source_id for b in bundles for i in b.items] == ["mine:1", "mine:2"]
    assert {b.case.source for b in bundles} == {"mine"}


@pytest.mark.parametrize(
    ("name", "split"), [("data/test-00000-of-00001", "test"), ("validation", "validation"), ("mine", "")]
)
def test_a_parquet_file_is_called_by_its_split(tmp_path, picture, name, split):
    parquet(tmp_path / "set" / f"{name}.parquet", picture)
    assert {i.split for b in read(tmp_path / "set", ReadOptions()) for i in b.items} == {split}


def test_images_may_be_bytes_or_paths(tmp_path, picture):
    raw = [picture(name, shade).read_bytes() for name, shade in (("a.png", 10), ("b.png", 20))]
    for name, images in (("bytes", raw), ("paths", ["a.png", "b.png"])):
        path = parquet(tmp_path / f"{name}.parquet", picture, image=images)
        found = [
            p if isinstance(p, bytes) else p.read_bytes()
            for b in read(path, ReadOptions(images=tmp_path))
            for p in b.payloads
        ]
        assert found == raw


def test_whole_numbers_beside_a_gap_stay_whole(tmp_path, picture):
    path = parquet(tmp_path / "mine.parquet", picture, answer=[3.0, 2.5], tolerance=[1.0, None])
    assert [i.reference for b in read(path, ReadOptions()) for i in b.items] == ["3", "2.5"]


def test_a_list_of_one_answer_is_the_answer(tmp_path, picture):
    path = parquet(tmp_path / "mine.parquet", picture, answer=[["No"], ["left"]])
    assert [(i.reference, i.answer_type) for b in read(path, ReadOptions()) for i in b.items] == [
        ("no", "yes_no"),
        ("left", "open"),
    ]


def test_a_missing_answer_is_named_with_its_row(tmp_path, picture):
    path = parquet(tmp_path / "mine.parquet", picture, answer=[3.0, float("nan")])
    with pytest.raises(UserError, match=r"mine.parquet, row 2: answer is empty"):
        list(read(path, ReadOptions()))


def test_a_folder_without_a_dataset_says_what_is_read(tmp_path):
    with pytest.raises(UserError, match=r"nor Parquet files; name a folder made by save_to_disk, a \.parquet file"):
        list(read(tmp_path, ReadOptions()))
