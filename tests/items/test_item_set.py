import shutil
from pathlib import Path

import orjson
import pytest

from auscult.corpora import ReadOptions
from auscult.corpora.item_set import read
from auscult.corpora.vqa_rad import read as read_vqa_rad
from auscult.corpora.vqa_rad import sample_path
from auscult.errors import UserError
from auscult.items.item_set import ItemSet
from auscult.items.writer import SourceNote, write_item_set


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    out = tmp_path_factory.mktemp("sets") / "sample"
    note = SourceNote(reader="vqa-rad", path="sample")
    write_item_set(read_vqa_rad(sample_path(), ReadOptions()), out, source=note)
    return out


@pytest.fixture
def copy(built, tmp_path):
    return shutil.copytree(built, tmp_path / "moved")


def test_groups_stream_cases_with_all_their_items_in_stored_order(built):
    opened = ItemSet(built)
    groups = list(opened.groups())
    assert [case.id for case, _ in groups] == [case.id for case in opened.cases()]
    assert sum(len(items) for _, items in groups) == len(opened) == 324
    assert all(item.case_id == case.id for case, items in groups for item in items)


def test_a_split_holds_its_items_only_and_the_parts_make_the_whole(built):
    opened = ItemSet(built)
    parts = {part: [i for _, items in opened.groups(part) for i in items] for part in ("train", "test")}
    assert all(i.split == part for part, items in parts.items() for i in items)
    assert sum(map(len, parts.values())) == len(opened)


def test_images_load_with_bytes_and_type(copy):
    opened = ItemSet(copy)
    case = next(opened.cases())
    image = opened.load_image(case.images[0])
    assert image.mime == "image/jpeg"
    assert (
        image.data == (sample_path() / "images" / f"synpic{case.source_key.removeprefix('vqarad-')}.jpg").read_bytes()
    )


def test_an_image_that_is_gone_or_altered_is_named(copy):
    opened = ItemSet(copy)
    one, two = list(opened.cases())[:2]
    (copy / one.images[0].path).unlink()
    (copy / two.images[0].path).write_bytes(b"other")
    with pytest.raises(UserError, match=f"{one.images[0].sha256}.jpg is missing"):
        opened.load_image(one.images[0])
    with pytest.raises(UserError, match="altered since the item set was built"):
        opened.load_image(two.images[0])


def test_a_table_that_is_gone_or_altered_is_named(copy):
    (copy / "items.parquet").write_bytes((copy / "cases.parquet").read_bytes())
    with pytest.raises(UserError, match=r"items.parquet: altered"):
        ItemSet(copy)
    (copy / "items.parquet").unlink()
    with pytest.raises(UserError, match=r"items.parquet: missing"):
        ItemSet(copy)


@pytest.mark.parametrize(
    ("manifest", "message"),
    [
        (None, "no item set .no manifest.json.; make one with: auscult build"),
        (b"{", "is no JSON"),
        (b"[]", "no manifest of an item set"),
        (b'{"format": 1}', "no manifest of an item set .package is missing or wrong"),
        (b'{"format": 99}', "layout 99 is not 1"),
    ],
)
def test_a_folder_that_is_no_item_set_is_refused(tmp_path, manifest, message):
    if manifest is not None:
        (tmp_path / "manifest.json").write_bytes(manifest)
    with pytest.raises(UserError, match=message):
        ItemSet(tmp_path)


def test_a_missing_folder_is_refused(tmp_path):
    with pytest.raises(UserError, match="no such folder"):
        ItemSet(tmp_path / "none")


def test_a_set_built_again_from_itself_is_the_same(built, tmp_path):
    again = write_item_set(
        read(built, ReadOptions()), tmp_path / "again", source=SourceNote(reader="item-set", path=str(built))
    )
    assert again.digest == ItemSet(built).digest
    assert again.counts == orjson.loads((built / "manifest.json").read_bytes())["counts"]


def test_a_run_is_called_one_and_its_item_set_is_named(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text('{"schema": "auscult.run/1", "items": {"path": "my-items"}}')
    with pytest.raises(UserError, match="is a run and no item set; name its item set: my-items"):
        ItemSet(tmp_path)
