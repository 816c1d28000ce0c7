from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest

from auscult.corpora import Bundle, ReadOptions
from auscult.corpora.phantoms import read
from auscult.errors import UserError
from auscult.items.item_set import ItemSet
from auscult.items.writer import SourceNote, write_item_set
from auscult.phantoms.distribution import draw_scene
from auscult.phantoms.folder import FolderPlan, write_folder
from auscult.phantoms.scene import Scene
from auscult.phantoms.texts import facts_of, labels, report
from auscult.records import Item
from auscult.scorers.rules.closed import SCORER as CLOSED
from auscult.scorers.rules.number import SCORER as NUMBER

PLAN = FolderPlan(n=24, seed=3, size=64)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("phantoms") / "P"
    write_folder(PLAN, out)
    return out


@pytest.fixture(scope="module")
def pairs(folder: Path) -> list[tuple[Scene, Bundle]]:
    return list(zip(PLAN.scenes(), read(folder, ReadOptions()), strict=True))


def test_a_case_knows_all_that_its_scene_says(pairs: list[tuple[Scene, Bundle]]) -> None:
    for i, (scene, bundle) in enumerate(pairs):
        case = bundle.case
        assert case.facts == facts_of(scene) and case.findings == labels(scene)
        assert case.annotation == report(scene, i) and case.exhaustive
        assert [b.label for b in case.boxes] == [f.name for f in scene.findings]
        assert (case.group, case.licence, case.source) == (scene.key, "CC0 1.0", "phantoms")
        assert case.tags["view"] == scene.view and case.tags["modality"] in ("X-ray", "MRI", "CT")


def items(pairs: list[tuple[Scene, Bundle]], category: str) -> list[tuple[Scene, Item]]:
    return [(s, i) for s, b in pairs for i in b.items if i.category == category]


def test_every_case_has_a_report_a_modality_and_a_view(pairs: list[tuple[Scene, Bundle]]) -> None:
    for category in ("report", "modality", "view"):
        assert len(items(pairs, category)) == PLAN.n
    for scene, item in items(pairs, "view"):
        assert item.reference == scene.view and item.reference in item.options
    assert all(item.tags["exhaustive"] == "yes" for _, item in items(pairs, "report"))


def test_only_a_finding_that_stands_alone_is_asked_for_its_side_and_place(pairs: list[tuple[Scene, Bundle]]) -> None:
    for category, options in (("side", "side"), ("place", "place")):
        asked = items(pairs, category)
        assert asked
        for scene, item in asked:
            (finding,) = scene.of(item.target)
            assert item.reference == getattr(finding, options) and item.reference in item.options
    expected = sum(len(s.of(f.name)) == 1 and f.kind.sided for s, _ in pairs for f in s.findings)
    assert len(items(pairs, "side")) == expected


def test_sizes_are_numbers_in_mm_with_a_tolerance(pairs: list[tuple[Scene, Bundle]]) -> None:
    asked = items(pairs, "size")
    assert len(asked) == sum(f.kind.unit == "mm" for s, _ in pairs for f in s.findings)
    for scene, item in asked:
        assert float(item.reference) in [f.size for f in scene.of(item.target)]
        assert item.unit == "mm" and item.tolerance == max(3, 0.15 * float(item.reference))
        assert any(f.side in item.question and f.place in item.question for f in scene.of(item.target))


def test_every_question_takes_for_granted_only_what_is_so(pairs: list[tuple[Scene, Bundle]]) -> None:
    for scene, bundle in pairs:
        for item in bundle.items:
            assert item.kind == "question" and (not item.target or scene.of(item.target))


def test_the_right_answers_score_as_right(pairs: list[tuple[Scene, Bundle]]) -> None:
    for _, bundle in pairs:
        for item in bundle.items:
            if item.answer_type != "report":
                rule = NUMBER.rule if item.answer_type == "number" else CLOSED.rule
                text = f"{item.reference} mm" if item.unit else item.reference
                assert rule(item, text).values["correct"] == 1.0, item


@pytest.mark.parametrize(
    ("split", "part"), [("train", "train"), ("validation", "validation"), ("test", "test"), ("unseen", "test")]
)
def test_a_split_of_scenes_stays_a_split_of_items(tmp_path: Path, split: Any, part: str) -> None:
    write_folder(FolderPlan(n=4, seed=0, split=split, size=64), tmp_path / "P")
    bundles = list(read(tmp_path / "P", ReadOptions()))
    assert {i.split for b in bundles for i in b.items} == {part}
    assert {i.tags["phantom_split"] for b in bundles for i in b.items} == {split}
    assert {b.case.tags["phantom_split"] for b in bundles} == {split}
    assert [b.case.source_key for b in bundles] == [draw_scene(i, split).key for i in range(4)]


def test_an_item_set_keeps_everything(folder: Path, tmp_path: Path, pairs: list[tuple[Scene, Bundle]]) -> None:
    source = SourceNote(reader="phantoms", path=str(folder))
    write_item_set(read(folder, ReadOptions()), tmp_path / "items", source=source)
    kept = list(ItemSet(tmp_path / "items").groups("test"))
    assert [c.facts for c, _ in kept] == [b.case.facts for _, b in pairs]
    assert [i for _, group in kept for i in group] == [i for _, b in pairs for i in b.items]


def _altered(folder: Path, edit: Callable[[dict[str, Any]], object]) -> None:
    """Edits the first row and notes the new digest, as somebody who makes phantoms of their own would."""
    import hashlib

    first, *rest = (folder / "phantoms.jsonl").read_bytes().splitlines()
    row = orjson.loads(first)
    edit(row)
    raw = b"\n".join([orjson.dumps(row), *rest]) + b"\n"
    (folder / "phantoms.jsonl").write_bytes(raw)
    manifest = orjson.loads((folder / "manifest.json").read_bytes()) | {"digest": hashlib.sha256(raw).hexdigest()}
    (folder / "manifest.json").write_bytes(orjson.dumps(manifest))


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (lambda row: row.pop("facts"), "line 1: no phantom .facts: Field required"),
        (lambda row: row["facts"][0].update(presence="perhaps"), "facts.0.presence"),
        (lambda row: row.update(split="dev"), "split"),
        (lambda row: row.update(modality="ultrasound"), "modality"),
        (lambda row: row.update(image="../secret.png"), "lies outside"),
        (lambda row: row.update(image="images/none.png"), "missing"),
        (lambda row: row.update(sha256="0" * 64), "sha256 differs"),
    ],
)
def test_a_broken_row_is_one_line(tmp_path: Path, edit: Callable[[dict[str, Any]], object], words: str) -> None:
    write_folder(FolderPlan(n=2, seed=0, size=64), tmp_path / "P")
    _altered(tmp_path / "P", edit)
    with pytest.raises(UserError, match=words) as error:
        list(read(tmp_path / "P", ReadOptions()))
    assert "\n" not in str(error.value)


def test_a_folder_that_is_none_or_was_altered(tmp_path: Path, folder: Path) -> None:
    with pytest.raises(UserError, match="holds no manifest.json"):
        list(read(tmp_path, ReadOptions()))
    write_folder(FolderPlan(n=1, seed=0, size=64), tmp_path / "P")
    rows = tmp_path / "P" / "phantoms.jsonl"
    rows.write_bytes(rows.read_bytes().replace(b"present", b"absent"))
    with pytest.raises(UserError, match="altered"):
        list(read(tmp_path / "P", ReadOptions()))
    rows.unlink()
    with pytest.raises(UserError, match="missing"):
        list(read(tmp_path / "P", ReadOptions()))
    (tmp_path / "P" / "manifest.json").write_text('{"format": 1}')
    (tmp_path / "P" / "items.parquet").touch()
    with pytest.raises(UserError, match="is an item set.*--from item-set"):
        next(read(tmp_path / "P", ReadOptions()))
    (tmp_path / "P" / "items.parquet").unlink()
    with pytest.raises(UserError, match="no manifest of phantoms"):
        list(read(tmp_path / "P", ReadOptions()))
    manifest = orjson.loads((folder / "manifest.json").read_bytes()) | {"format": 99}
    (tmp_path / "P" / "manifest.json").write_bytes(orjson.dumps(manifest))
    with pytest.raises(UserError, match="format 99"):
        list(read(tmp_path / "P", ReadOptions()))
