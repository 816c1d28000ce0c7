import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from auscult.corpora import ReadOptions
from auscult.corpora.medframeqa import read
from auscult.errors import UserError

IMAGE = pa.struct([("bytes", pa.binary()), ("path", pa.string())])


def row(frames, **change):
    """A published row: five image columns, those without a frame null."""
    images = [{"bytes": f.read_bytes(), "path": f.name} for f in frames]
    images += [None] * (5 - len(images))
    return {
        "question_id": "q1",
        "system": "Nervous System",
        "organ": "brain",
        "keyword": "edema",
        "modality": "MRI",
        "video_id": "v1",
        "question": "What do the frames have in common?",
        "options": ["Edema", "Bleeding", "Fracture"],
        "correct_answer": "B",
        "reasoning_chain": "made up",
        **{f"image_{n}": image for n, image in enumerate(images, start=1)},
    } | change


def published(root, *rows):
    (root / "data").mkdir()
    columns = {name: IMAGE for name in rows[0] if name.startswith("image_")}
    columns = {n: columns.get(n, pa.list_(pa.string()) if n == "options" else pa.string()) for n in rows[0]}
    table = pa.Table.from_pylist(list(rows), schema=pa.schema(list(columns.items())))
    pq.write_table(table, root / "data" / "test-00000-of-00001.parquet")
    return root


def test_frames_come_in_order_as_one_case_and_a_video_is_the_unit(tmp_path, picture):
    a, b, c = (picture(f"{n}.png", 10 * n) for n in (1, 2, 3))
    other = row([b, a, c], question_id="q2", correct_answer="A")
    one, two = read(published(tmp_path, row([a, b]), other), ReadOptions())
    assert [i.path for i in one.case.images] == ["1.png", "2.png"]
    assert [i.path for i in two.case.images] == ["2.png", "1.png", "3.png"]
    assert (one.case.group, one.case.group_kind, one.case.tags) == ("v1", "study", {"modality": "MRI"})
    (item,) = one.items
    assert (item.options, item.reference) == (("Edema", "Bleeding", "Fracture"), "Bleeding")
    assert (item.source_id, item.split, item.category) == ("q1", "test", "nervous system")
    assert item.tags == {"system": "Nervous System", "organ": "brain", "keyword": "edema"}


def test_questions_on_the_same_frames_share_their_case(tmp_path, picture):
    frames = [picture("1.png", 10), picture("2.png", 20)]
    (bundle,) = read(published(tmp_path, row(frames), row(frames, question_id="q2")), ReadOptions())
    assert [i.source_id for i in bundle.items] == ["q1", "q2"] and len(bundle.payloads) == 2


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"correct_answer": "D"}, r"test-00000-of-00001.parquet, row 1: the answer 'D' is no letter of an option"),
        ({"options": ["one"]}, "row 1: 1 option where"),
        ({"options": None}, "row 1: options is no list"),
        ({"image_1": None, "image_2": None}, "row 1: no image"),
        ({"question": " "}, "row 1: question is empty"),
    ],
)
def test_a_broken_row_is_named(tmp_path, picture, change, message):
    frames = [picture("1.png", 10), picture("2.png", 20)]
    with pytest.raises(UserError, match=message):
        list(read(published(tmp_path, row(frames, **change)), ReadOptions()))


def test_one_id_for_two_questions_names_both_rows(tmp_path, picture):
    frames = [picture("1.png", 10), picture("2.png", 20)]
    with pytest.raises(UserError, match=r"row 2: question id 'q1' has another content than in .*row 1"):
        list(read(published(tmp_path, row(frames), row(frames, correct_answer="A")), ReadOptions()))


def test_a_folder_of_something_else_is_refused(tmp_path):
    with pytest.raises(UserError, match="holds no data/"):
        list(read(tmp_path, ReadOptions()))
