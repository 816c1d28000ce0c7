import errno
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image
from tests.conftest import REPO

from auscult.corpora import Bundle, ReadOptions
from auscult.corpora._bundles import ABSENCE, FINDING, NO_FINDING, seal
from auscult.corpora.vqa_rad import read, sample_path
from auscult.errors import UserError
from auscult.items.contradicted import KEPT, OPEN, OTHERWISE
from auscult.items.images import take_image
from auscult.items.item_set import ItemSet
from auscult.items.split import SplitPlan
from auscult.items.writer import SourceNote, write_item_set
from auscult.records import Case, Item

NOTE = SourceNote(reader="vqa-rad", path="somewhere", options={"licence": "CC0"})


def question(name="q1", text="Is there a mass?", reference="yes", split=""):
    return Item(
        id="", case_id="", source_id=name, question=text, reference=reference, answer_type="yes_no", split=split
    )


def study(key, *items, group="", image: Path | None = None):
    case = Case(id="", source="made", source_key=key, group=group)
    return seal(case, items, [take_image(image, image.name, "row 1")] if image else [])


def build(bundles, out, **options):
    return write_item_set(bundles, out, source=NOTE, **options)


def sample():
    return read(sample_path(), ReadOptions())


def test_the_folder_explains_itself(tmp_path):
    steps = []
    made = build(sample(), tmp_path / "set", progress=lambda cases, items: steps.append((cases, items)))
    assert sorted(p.name for p in (tmp_path / "set").iterdir()) == [
        "cases.parquet",
        "images",
        "items.parquet",
        "manifest.json",
    ]
    assert (made.cases, made.items, made.images, made.duplicates) == (25, 324, 25, 46)
    assert made.counts["answer_type"] == {"choice": 4, "open": 120, "yes_no": 200}
    assert made.groups == {"image": 25}
    assert made.licences == {"CC0 1.0": 25}
    assert made.source == {"reader": "vqa-rad", "path": "somewhere", "options": {"licence": "CC0"}}
    assert (len(steps), steps[-1]) == (25, (25, 324))
    assert [p.name for p in tmp_path.iterdir()] == ["set"]


def test_images_are_copied_byte_for_byte_under_the_hash_of_their_content(tmp_path):
    build(sample(), tmp_path / "set")
    for case in ItemSet(tmp_path / "set").cases():
        (image,) = case.images
        assert image.path == f"images/{image.sha256[:2]}/{image.sha256}.jpg"
        original = sample_path() / "images" / f"synpic{case.source_key.removeprefix('vqarad-')}.jpg"
        assert (tmp_path / "set" / image.path).read_bytes() == original.read_bytes()


def test_building_twice_gives_the_same_content(tmp_path):
    one, two = build(sample(), tmp_path / "one"), build(sample(), tmp_path / "two")
    assert one == two
    assert build(sample(), tmp_path / "seed", split=SplitPlan(seed=1)).digest != one.digest


def test_what_is_peculiar_to_images_and_questions_is_counted(tmp_path):
    file = tmp_path / "print.jpg"
    Image.new("CMYK", (8, 6)).save(file)
    asked = [question("q1", "<image> Mass?"), question("q2", "In <image>, is there a mass?"), question("q3")]
    asked += [question("q4", "Are the lungs clear?"), question("q5", "Is this a CT?")]
    made = build([study("a", *asked, image=file)], tmp_path / "set")
    assert made.noted == {
        FINDING: 3,
        ABSENCE: 1,
        NO_FINDING: 1,
        "image placeholders before the words of a question, taken off (tag image_token)": 1,
        "image placeholders inside the words of a question, written as words (tag image_token)": 1,
        "images in CMYK, converted to RGB (tag image_changes)": 1,
    }
    assert ItemSet(tmp_path / "set").manifest.noted == made.noted


def test_the_identical_set_is_left_as_it_is_and_another_one_is_refused(tmp_path):
    said: list[str] = []
    first = build(sample(), tmp_path / "set")
    before = (tmp_path / "set" / "manifest.json").stat().st_mtime_ns
    assert build(sample(), tmp_path / "set", say=said.append) == first
    assert said[-1:] == [f"{tmp_path / 'set'}: already holds the identical item set; left as it is"]
    assert (tmp_path / "set" / "manifest.json").stat().st_mtime_ns == before
    with pytest.raises(UserError, match="holds another item set; .*--overwrite"):
        build(sample(), tmp_path / "set", limit=3)
    assert build(sample(), tmp_path / "set", limit=3, overwrite=True).cases == 3
    assert ItemSet(tmp_path / "set").manifest.limit == 3
    assert [p.name for p in tmp_path.iterdir()] == ["set"]


def test_a_folder_of_something_else_is_never_replaced(tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(UserError, match="is not empty and holds no item set"):
        build(sample(), tmp_path, overwrite=True)
    with pytest.raises(UserError, match="is a file"):
        build(sample(), tmp_path / "thesis.txt")
    assert [p.name for p in tmp_path.iterdir()] == ["thesis.txt"]


@pytest.mark.parametrize("error", [UserError("row 2: broken"), KeyboardInterrupt()])
def test_nothing_is_left_where_reading_fails_half_way(tmp_path, error):
    def broken():
        yield from list(sample())[:3]
        raise error

    with pytest.raises(type(error)):
        build(broken(), tmp_path / "set")
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_one_line_and_leaves_nothing(tmp_path):
    def full():
        yield next(sample())
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(UserError, match="the disk is full; make room"):
        build(full(), tmp_path / "set")
    assert list(tmp_path.iterdir()) == []


def test_one_source_id_with_two_contents_is_an_error(tmp_path):
    bundles = [study("a", question("q1")), study("b", question("q2")), study("c", question("q1", "Is it normal?"))]
    with pytest.raises(UserError, match=r"source id 'q1' has two contents: .*'Is it normal\?'"):
        build(bundles, tmp_path / "set")
    with pytest.raises(UserError, match="source id 'a' has two contents: two cases carry it"):
        build([study("a", question("q1")), study("a", question("q2"), group="other")], tmp_path / "set")


def test_the_same_row_twice_is_kept_once_and_counted(tmp_path):
    made = build([study("a", question(), question(), question("q2"))], tmp_path / "set")
    assert (made.items, made.duplicates) == (2, 1)
    assert made.left_out == {"the same row again (same id and content)": 1}
    ((_, items),) = ItemSet(tmp_path / "set").groups()
    assert [(i.source_id, i.duplicate_of) for i in items] == [("q1", ""), ("q2", items[0].id)]


def test_a_published_split_that_leaks_names_the_cases_and_the_remedy(tmp_path):
    bundles = [study("a", question("1", split="train"), group="P"), study("b", question("2", split="test"), group="P")]
    with pytest.raises(UserError, match=r"leaks: cases 'a' and 'b' share a patient or an image .*--resplit"):
        build(bundles, tmp_path / "set")
    made = build(bundles, tmp_path / "set", split=SplitPlan(published=False))
    assert len(made.counts["split"]) == 1
    with pytest.raises(UserError, match=r"case 'c' is in several parts \(test, train\)"):
        build([study("c", question("1", split="train"), question("2", split="test"))], tmp_path / "other")
    both = [study("c", question("1", split="train"), question("2", "Why?", split="test"))]
    assert build(both, tmp_path / "both", split=SplitPlan(published=False)).items == 2


def test_one_picture_of_two_patients_is_stored_once_and_joins_them(tmp_path, picture):
    image = picture("a.png")
    bundles = [study(k, question(k), group=f"patient {k}", image=image) for k in "ab"]
    made = build(bundles, tmp_path / "set")
    assert (made.cases, made.images, made.joined) == (2, 1, 2)
    assert len(made.counts["split"]) == 1


def test_an_image_that_changes_while_it_is_read_is_refused(tmp_path, picture):
    bundle = study("a", question(), image=picture("a.png", 10))
    picture("a.png", 99)
    with pytest.raises(UserError, match="image a.png changed while it was read"):
        build([bundle], tmp_path / "set")


def test_a_case_without_questions_is_kept_and_counted(tmp_path):
    made = build([study("a"), study("b", question())], tmp_path / "set")
    assert (made.cases, made.items, made.cases_without_items) == (2, 1, 1)


def test_no_cases_at_all_is_an_error(tmp_path):
    with pytest.raises(UserError, match="somewhere: no cases; nothing to build"):
        build([], tmp_path / "set")


def test_ids_do_not_depend_on_split_tags_or_place(tmp_path):
    def ids(out, bundles, **options):
        build(bundles, out, **options)
        return [i.id for _, items in ItemSet(out).groups() for i in items]

    def tagged() -> list[Bundle]:
        return [replace(b, items=tuple(replace(i, tags={"new": "tag"}) for i in b.items)) for b in sample()]

    assert ids(tmp_path / "one", sample()) == ids(tmp_path / "two", tagged(), split=SplitPlan(seed=9))


MEMORY = """
import sys, tempfile
from pathlib import Path
from auscult.items.writer import SourceNote, write_item_set
from auscult.corpora._bundles import ABSENCE, FINDING, NO_FINDING, seal
from auscult.records import Case, Item

def peak():
    for line in open("/proc/self/status"):
        if line.startswith("VmHWM"):
            return int(line.split()[1]) // 1024

def studies(n):
    for i in range(n):
        case = Case(id="", source="made", source_key=f"study {i}", annotation="no acute finding " * 10)
        yield seal(case, [Item(id="", case_id="", source_id=f"{i}-{k}", question=f"Is finding {k} of study {i} there?",
                               reference="yes", answer_type="yes_no") for k in range(10)])

def build(n):
    with tempfile.TemporaryDirectory() as out:
        write_item_set(studies(n // 10), Path(out) / "set", source=SourceNote(reader="made", path=""))
    return peak()

small = build(20_000)
print(build(int(sys.argv[1])) - small)
"""


@pytest.mark.slow
def test_memory_holds_keys_never_rows():
    done = subprocess.run([sys.executable, "-c", MEMORY, "200000"], capture_output=True, text=True, check=True)
    grown = int(done.stdout)
    assert grown * 2**20 / 180_000 < 150, f"{grown} MiB more for 180,000 more items"


def test_the_same_picture_saved_another_way_lies_in_the_same_part_as_its_original(tmp_path):
    sample = sorted((REPO / "src" / "auscult" / "data" / "vqa-rad-sample" / "images").glob("*.jpg"))[:8]
    studies = []
    for number, path in enumerate(sample):
        with Image.open(path) as image:
            small = tmp_path / f"small-{number}.jpg"
            image.convert("RGB").resize((256, 256 * image.height // image.width)).save(small, quality=60)
        studies += [study(k, question(k), image=f) for k, f in ((f"a{number}", path), (f"b{number}", small))]
    made = build(studies, tmp_path / "set")
    parts = {case.source_key: {i.split for i in items} for case, items in ItemSet(tmp_path / "set").groups()}
    assert len(set().union(*parts.values())) == 2
    assert all(parts[f"a{n}"] == parts[f"b{n}"] for n in range(8))
    assert made.noted["cases whose image is a near-duplicate of another patient's or study's"] == 16


def test_one_question_of_the_same_pixels_with_two_answers_is_left_out_on_both_sides_counted_and_named(
    tmp_path, picture
):
    one, other = picture("a.png"), picture("b.png")
    bundles = [
        study("1", question("q1"), question("q2", "Is there an effusion?"), image=one),
        study("2", question("q3", "Is  there a MASS?", "no"), question("q4", "Is there an effusion?"), image=other),
        study("3", question("q5", reference="no"), image=picture("c.png", shade=9)),
    ]
    made = build(bundles, tmp_path / "set")
    assert [i.source_id for i in ItemSet(tmp_path / "set")] == ["q2", "q4", "q5"]
    assert made.left_out == {OTHERWISE: 2}
    assert made.noted[f"left out: {OTHERWISE}: 'q1' (yes) and 'q3' (no)"] == 2


def test_one_image_asked_the_same_twice_and_answered_otherwise_keeps_neither_in_data_of_ones_own(tmp_path, picture):
    same = study(
        "1", question("q1"), question("q2", reference="no"), question("q3", "Is it wide?"), image=picture("a.png")
    )
    made = build([replace(same, own=True)], tmp_path / "set")
    assert (made.items, made.left_out) == (1, {OTHERWISE: 2})
    made = build([same], tmp_path / "published")
    assert (made.items, made.left_out) == (3, {}), "the benchmark is what was published"
    assert made.noted[f"{KEPT}: {OTHERWISE}"] == 2
    assert made.noted[f"{KEPT}: {OTHERWISE}: 'q1' (yes) and 'q2' (no)"] == 2


def test_open_questions_answered_in_two_ways_in_data_of_ones_own_stay_counted_and_named(tmp_path, picture):
    def asked(name, answer):
        return replace(question(name, "What is the heart size?", answer), answer_type="open")

    same = study("1", asked("q1", "normal"), asked("q2", "Normal."), image=picture("a.png"))
    other = study("2", asked("q3", "enlarged"), image=picture("b.png"))
    made = build([replace(b, own=True) for b in (same, other)], tmp_path / "set")
    assert (made.items, made.left_out) == (3, {})
    assert made.noted[OPEN] == 3
    assert f"{OPEN.partition(':')[0]}: 'q1' (normal) and 'q3' (enlarged)" in made.noted
    made = build([replace(same, own=True)], tmp_path / "alike")
    assert not made.noted, "a capital and a full stop make no other answer"


def test_what_is_noted_of_a_question_counts_those_that_stay(tmp_path, picture):
    same = study(
        "1", question("q1"), question("q2", reference="no"), question("q3", "Is there an effusion?"), image=picture()
    )
    made = build([replace(same, own=True)], tmp_path / "set")
    assert (made.items, made.noted[FINDING]) == (1, 1)


def test_what_named_a_question_that_is_left_out_names_it_no_more(tmp_path, picture):
    bundle = study(
        "1", question("q1"), question("q2", reference="no"), question("q3", "It is wide?"), image=picture("a.png")
    )
    q1, q2, q3 = bundle.items
    build([replace(bundle, own=True, items=(q1, q2, replace(q3, twin=q1.id)))], tmp_path / "set")
    assert [(i.source_id, i.twin) for i in ItemSet(tmp_path / "set")] == [("q3", "")]
