"""A folder of phantoms: ``images/000000.png`` …, ``phantoms.jsonl`` with all that follows from each scene, a manifest.

Without pixels it holds the scenes alone: all that is known of each, but no image and no box. It explains itself: who
reads it needs nothing of this package. It appears under its name only when it is whole.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import version
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray
from PIL import Image

from auscult.errors import UserError
from auscult.phantoms.distribution import VERSION, draw_scene
from auscult.phantoms.images import box, draw_with_masks
from auscult.phantoms.scene import KINDS, MODALITIES, SPLITS, VIEWS, Modality, Scene, Split, kinds_of
from auscult.phantoms.subtle import subtle
from auscult.phantoms.texts import MODALITY_NAMES, Choices, caption, facts_of, labels, report, wordings
from auscult.phantoms.traces import trace
from auscult.store.files import content_hash, draft_folder, put_in_place, write_json
from auscult.store.given import NoSuchFile, read_given, read_json

FORMAT = 1
PER_SEED = 1_000_000
"""Image i of seed S shows the scene with seed S * PER_SEED + i: different seeds share no scene."""
SMALLEST, LARGEST = 64, 2048
"""Pixels a side: with fewer the smallest findings vanish."""
MANIFEST, ROWS, IMAGES = "manifest.json", "phantoms.jsonl", "images"


@dataclass(frozen=True, kw_only=True)
class FolderPlan:
    """What a folder holds.

    Attributes:
        n: number of phantoms, 1 to ``PER_SEED``.
        seed: 0 or more.
        split: stream of scenes.
        size: pixels a side; 0: no image is drawn.
        modalities: taken in turn; empty: as the distribution draws them.
        subtle: whether findings are small and faint.
    """

    n: int
    seed: int
    split: Split = "test"
    size: int = 128
    modalities: tuple[Modality, ...] = ()
    subtle: bool = False

    def __post_init__(self) -> None:
        """Refuses what cannot be drawn."""
        for given, known in (((self.split,), SPLITS), (self.modalities, MODALITIES)):
            for name in set(given) - set(known):
                raise UserError(f"'{name}' is unknown; known: {', '.join(known)}")
        if not 1 <= self.n <= PER_SEED:
            raise UserError(f"{self.n} phantoms: a set holds 1 to {PER_SEED:,}; make several with different seeds")
        if not 0 <= self.seed < 2**40:
            raise UserError(f"seed {self.seed}: give a number from 0 to {2**40 - 1}")
        if self.size and not SMALLEST <= self.size <= LARGEST:
            raise UserError(f"size {self.size}: phantoms are drawn with {SMALLEST} to {LARGEST} pixels a side")

    def scenes(self) -> Iterator[Scene]:
        """The scenes, in order."""
        for i in range(self.n):
            modality = self.modalities[i % len(self.modalities)] if self.modalities else None
            scene = draw_scene(self.seed * PER_SEED + i, self.split, modality)
            yield subtle(scene) if self.subtle else scene

    def as_dict(self) -> dict[str, Any]:
        """What makes a set the set that it is."""
        modalities = list(self.modalities or MODALITIES)
        drawn = {"distribution": VERSION, "wordings": wordings()["version"]}
        plan = drawn | asdict(self) | {"modalities": modalities, "in_turn": bool(self.modalities)}
        return plan if self.subtle else {name: what for name, what in plan.items() if name != "subtle"}


def write_folder(
    plan: FolderPlan, out: Path, *, overwrite: bool = False, advance: Callable[[], None] = lambda: None
) -> tuple[dict[str, Any], bool]:
    """Writes a folder of phantoms.

    Args:
        plan: what it holds.
        out: folder to make. Nothing is there until all is written.
        overwrite: replace another set that is there.
        advance: called after every phantom.

    Returns:
        The manifest, and whether the identical set was already there and left as it is.

    Raises:
        UserError: ``out`` holds something else, or another or an altered set.
    """
    there = _there(out)
    if there and not overwrite:
        if there.get("plan") != plan.as_dict():
            raise UserError(f"{out}: holds another set of phantoms; name another folder, or give --overwrite")
        check(out, there)
        return there, True
    with draft_folder(out) as draft:
        manifest = _write(plan, draft, advance)
        put_in_place(draft, out)
    return manifest, False


ROWS_MOST = 2**31
"""Bytes of the rows of a set that is there already."""


def check(folder: Path, manifest: dict[str, Any]) -> None:
    """Makes sure that a set is as it was written.

    Raises:
        UserError: a file is missing or was altered.
    """
    try:
        rows = read_given(folder / ROWS, ROWS_MOST)
        if hashlib.sha256(rows).hexdigest() != manifest.get("digest"):
            raise UserError(f"{folder / ROWS}: altered since it was made; draw the set again with --overwrite")
        for row in map(orjson.loads, rows.splitlines()):
            image = folder / row.get("image", "")
            if "image" in row and content_hash(image) != row["sha256"]:
                raise UserError(f"{image}: altered since it was made; draw the set again with --overwrite")
    except NoSuchFile as error:
        raise UserError(f"{str(error).partition(': ')[0]}: missing; draw the set again with --overwrite") from None


def _there(out: Path) -> dict[str, Any] | None:
    """The manifest of the set that is there, if there is one."""
    if out.exists() and not out.is_dir():
        raise UserError(f"{out}: is a file; name a folder with --out")
    if not out.is_dir() or not any(out.iterdir()):
        return None
    try:
        manifest = read_json(out / MANIFEST, "draw the set again with --overwrite")
    except NoSuchFile:
        manifest = {}
    if not isinstance(manifest, dict) or "plan" not in manifest:
        raise UserError(f"{out}: is not empty and holds no phantoms; name another folder with --out")
    others = sorted({p.name for p in out.iterdir()} - {MANIFEST, ROWS, IMAGES})
    if others:
        raise UserError(f"{out}: holds {others[0]!r} beside phantoms; move it, or name another folder")
    return manifest


def _write(plan: FolderPlan, folder: Path, advance: Callable[[], None]) -> dict[str, Any]:
    found: Counter[str] = Counter()
    modalities: Counter[str] = Counter()
    state = hashlib.sha256()
    with open(folder / ROWS, "wb") as rows:
        for i, scene in enumerate(plan.scenes()):
            about, boxes = _drawn(scene, plan.size, folder, i) if plan.size else ({}, [])
            line = orjson.dumps(about | _row(scene, boxes, i), option=orjson.OPT_APPEND_NEWLINE)
            rows.write(line)
            state.update(line)
            modalities[scene.modality] += 1
            found.update({f.name for f in scene.findings} or {"normal study"})
            advance()
    manifest = {
        "format": FORMAT,
        "package": version("auscult"),
        "plan": plan.as_dict(),
        "scene_seeds": [plan.seed * PER_SEED, plan.seed * PER_SEED + plan.n - 1],
        "modalities": dict(sorted(modalities.items())),
        "findings": {name: found[name] for name in (*KINDS, "normal study") if found[name]},
        "kinds": {k.name: asdict(k) for k in KINDS.values()},
        "views": VIEWS,
        "modality_names": MODALITY_NAMES,
        "digest": state.hexdigest(),
    }
    write_json(folder / MANIFEST, manifest)
    return manifest


def _drawn(scene: Scene, size: int, folder: Path, number: int) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Draws a scene: what its row says of the image, and its boxes."""
    name = f"{IMAGES}/{number:06d}.png"
    pixels, masks = draw_with_masks(scene, size)
    data = _png(pixels)
    (folder / IMAGES).mkdir(exist_ok=True)
    (folder / name).write_bytes(data)
    seen = [(f, mask) for f, mask in zip(scene.findings, masks, strict=True) if mask.any()]
    boxes = [{"label": f.name} | _corners(mask) for f, mask in seen]
    return {"image": name, "sha256": hashlib.sha256(data).hexdigest(), "size": size}, boxes


def _png(pixels: NDArray[np.uint8]) -> bytes:
    """A PNG: 8 bits, grey, no metadata."""
    file = BytesIO()
    # Noise repeats nothing: Huffman codes alone (zlib's Z_HUFFMAN_ONLY) are as small, and faster.
    Image.fromarray(pixels).save(file, "PNG", compress_type=2)
    return file.getvalue()


def _corners(mask: NDArray[np.bool_]) -> dict[str, int]:
    return dict(zip(("x_min", "y_min", "x_max", "y_max"), box(mask), strict=True))


def _row(scene: Scene, boxes: list[dict[str, Any]], wording: int) -> dict[str, Any]:
    """Everything that follows from a scene, as plain values; one number words report, caption and trace."""
    asked = Choices(wording, "asked").one([k.name for k in kinds_of(scene.modality)])
    question, known = f"Does this image show {asked}?", labels(scene)
    example = trace(scene, asked, "yes" if known[asked] == "present" else "no", wording)
    return {
        "key": scene.key,
        "seed": scene.seed,
        "split": scene.split,
        "distribution": scene.distribution,
        "modality": scene.modality,
        "view": scene.view,
        "findings": [asdict(f) for f in scene.findings],
        "anatomy": scene.anatomy,
        "noise": scene.noise,
        "facts": facts_of(scene),
        "labels": known,
        "boxes": boxes,
        "measurements": [
            {"finding": f.name, "side": f.side, "place": f.place, "measure": f.kind.measure}
            | {"value": f.size, "unit": f.kind.unit, "grade": f.grade}
            for f in scene.findings
        ],
        "caption": caption(scene, wording),
        "report": report(scene, wording),
        "trace": {"finding": asked, "question": question, "answer": example.answer, "text": example.text},
    }
