import hashlib
from pathlib import Path

import orjson
import pytest
from PIL import Image

from auscult.errors import UserError
from auscult.phantoms.distribution import draw_scene
from auscult.phantoms.folder import PER_SEED, FolderPlan, write_folder
from auscult.phantoms.images import box, draw, draw_with_masks
from auscult.phantoms.texts import caption, labels, report
from auscult.records import Fact

PLAN = FolderPlan(n=12, seed=7, size=64)


def content(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("phantoms") / "P"
    write_folder(PLAN, out)
    return out


def rows(folder: Path) -> list[dict]:  # type: ignore[type-arg]
    return [orjson.loads(line) for line in (folder / "phantoms.jsonl").read_bytes().splitlines()]


def test_the_same_seed_gives_the_same_bytes(drawn: Path, tmp_path: Path) -> None:
    write_folder(PLAN, tmp_path / "again")
    assert content(tmp_path / "again") == content(drawn)


def test_different_seeds_share_no_scene() -> None:
    one, other = FolderPlan(n=5, seed=1), FolderPlan(n=5, seed=2)
    assert not {s.key for s in one.scenes()} & {s.key for s in other.scenes()}
    assert [s.seed for s in one.scenes()] == [PER_SEED + i for i in range(5)]


def test_a_row_holds_all_that_follows_from_its_scene(drawn: Path) -> None:
    for i, row in enumerate(rows(drawn)):
        scene = draw_scene(7 * PER_SEED + i, "test")
        assert row["key"] == scene.key and row["seed"] == scene.seed and row["noise"] == scene.noise
        assert row["report"] == report(scene, i) and row["caption"] == caption(scene, i)
        assert row["labels"] == labels(scene)
        assert [m["value"] for m in row["measurements"]] == [f.size for f in scene.findings]
        assert len([Fact(**f) for f in row["facts"] if f["presence"] == "present"]) == len(scene.findings) + 2 + (
            not scene.findings
        )
        corners = [tuple(b[c] for c in ("x_min", "y_min", "x_max", "y_max")) for b in row["boxes"]]
        assert corners == [box(mask) for mask in draw_with_masks(scene, 64)[1]]
        assert row["trace"]["text"].endswith("[Answer] " + ("yes" if scene.of(row["trace"]["finding"]) else "no"))


def test_images_are_grey_png_without_metadata(drawn: Path) -> None:
    for i, row in enumerate(rows(drawn)):
        file = drawn / row["image"]
        assert hashlib.sha256(file.read_bytes()).hexdigest() == row["sha256"]
        with Image.open(file) as image:
            assert (image.format, image.mode, image.size, image.info) == ("PNG", "L", (64, 64), {})
            assert image.tobytes() == draw(draw_scene(7 * PER_SEED + i, "test"), 64).tobytes()


def test_the_manifest_says_what_the_set_is(drawn: Path) -> None:
    manifest = orjson.loads((drawn / "manifest.json").read_bytes())
    assert manifest["plan"]["seed"] == 7 and manifest["plan"]["split"] == "test" and manifest["plan"]["n"] == 12
    assert sum(manifest["modalities"].values()) == 12
    named = [
        set(name for name, p in row["labels"].items() if p == "present") or {"normal study"} for row in rows(drawn)
    ]
    assert manifest["findings"] == {n: sum(n in names for names in named) for n in manifest["findings"]}
    assert manifest["digest"] == hashlib.sha256((drawn / "phantoms.jsonl").read_bytes()).hexdigest()


def test_modalities_are_taken_in_turn(tmp_path: Path) -> None:
    plan = FolderPlan(n=4, seed=0, size=64, modalities=("brain MR", "abdominal CT"))
    write_folder(plan, tmp_path / "P")
    assert [r["modality"] for r in rows(tmp_path / "P")] == ["brain MR", "abdominal CT"] * 2


def test_nothing_is_there_until_all_is(tmp_path: Path) -> None:
    seen: list[bool] = []

    def advance() -> None:
        seen.append((tmp_path / "P").exists())
        if len(seen) == 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_folder(PLAN, tmp_path / "P", advance=advance)
    assert seen == [False] * 5 and not list(tmp_path.iterdir())


def test_the_same_set_is_left_as_it_is(drawn: Path) -> None:
    before = (drawn / "manifest.json").stat().st_mtime_ns, (drawn / "manifest.json").stat().st_ino
    drawn_again: list[int] = []
    _, same = write_folder(PLAN, drawn, advance=lambda: drawn_again.append(1))
    assert same and not drawn_again
    assert before == ((drawn / "manifest.json").stat().st_mtime_ns, (drawn / "manifest.json").stat().st_ino)


def test_another_set_is_replaced_only_when_told(tmp_path: Path) -> None:
    write_folder(FolderPlan(n=2, seed=1, size=64), tmp_path / "P")
    other = FolderPlan(n=3, seed=1, size=64)
    with pytest.raises(UserError, match="another set.*--overwrite"):
        write_folder(other, tmp_path / "P")
    assert len(rows(tmp_path / "P")) == 2
    write_folder(other, tmp_path / "P", overwrite=True)
    assert len(rows(tmp_path / "P")) == 3 and [p.name for p in tmp_path.iterdir()] == ["P"]


@pytest.mark.parametrize("broken", ["phantoms.jsonl", "images/000001.png"])
def test_an_altered_or_missing_file_is_noticed(tmp_path: Path, broken: str) -> None:
    plan = FolderPlan(n=2, seed=1, size=64)
    write_folder(plan, tmp_path / "P")
    file = tmp_path / "P" / broken
    file.write_bytes(file.read_bytes() + b" ")
    with pytest.raises(UserError, match="altered"):
        write_folder(plan, tmp_path / "P")
    file.unlink()
    with pytest.raises(UserError, match="missing"):
        write_folder(plan, tmp_path / "P")


def test_what_is_not_phantoms_is_never_touched(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(UserError, match="is a file"):
        write_folder(PLAN, tmp_path / "file", overwrite=True)
    with pytest.raises(UserError, match="holds no phantoms"):
        write_folder(PLAN, tmp_path, overwrite=True)
    write_folder(FolderPlan(n=1, seed=1, size=64), tmp_path / "P")
    (tmp_path / "P" / "notes.txt").write_text("mine")
    with pytest.raises(UserError, match="notes.txt"):
        write_folder(PLAN, tmp_path / "P", overwrite=True)
    assert (tmp_path / "P" / "notes.txt").read_text() == "mine"


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"n": 0}, "1 to"),
        ({"n": PER_SEED + 1}, "1 to"),
        ({"seed": -1}, "seed -1"),
        ({"size": 32}, "size 32"),
        ({"split": "dev"}, "'dev' is unknown"),
        ({"modalities": ("CT",)}, "'CT' is unknown"),
    ],
)
def test_a_plan_that_cannot_be_drawn_is_refused(wrong: dict[str, object], words: str) -> None:
    with pytest.raises(UserError, match=words):
        FolderPlan(**({"n": 2, "seed": 1} | wrong))  # type: ignore[arg-type]
