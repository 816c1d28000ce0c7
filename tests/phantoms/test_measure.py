"""Truth is in the pixels: a routine that knows nothing of scenes and of drawing recovers it."""

import ast
from collections import Counter
from functools import cache
from pathlib import Path

import numpy as np
import pytest

import auscult.phantoms
from auscult.phantoms.distribution import draw_scene
from auscult.phantoms.images import draw
from auscult.phantoms.measure import Reading, measure
from auscult.phantoms.scene import KINDS, MODALITIES, Modality, Scene, kinds_of

N = 100
NAMES = [k.name for k in KINDS.values()]
# 95 of 100 sizes are measured within: a few pixels of 3.1 mm (chest, abdomen) or 1.6 mm (brain); ratios.
TOLERANCE = {
    "pleural effusion": 5.0,
    "pneumothorax": 3.0,
    "lung nodule": 5.0,
    "consolidation": 12.0,
    "cardiomegaly": 0.04,
    "brain tumour": 4.0,
    "midline shift": 1.5,
    "hydrocephalus": 0.02,
    "ascites": 5.0,
    "renal cyst": 5.0,
    "liver lesion": 3.0,
}


@cache
def read(modality: Modality) -> list[tuple[Scene, Reading]]:
    scenes = [draw_scene(i, "test", modality) for i in range(N)]
    return [(scene, measure(draw(scene))) for scene in scenes]


def spots(kind_name: str) -> list[tuple[str, str]]:
    kind = KINDS[kind_name]
    return [("left", ""), ("right", "")] if kind.sided else [("", p) for p in kind.places] or [("", "")]


@pytest.mark.parametrize("modality", MODALITIES)
def test_modality_and_view_are_recovered(modality: Modality) -> None:
    right = [r.modality == modality and r.view == s.view for s, r in read(modality)]
    assert np.mean(right) >= 0.99


@pytest.mark.parametrize("name", NAMES)
def test_presence_and_side_are_recovered(name: str) -> None:
    cells: Counter[tuple[bool, bool]] = Counter()
    for scene, reading in read(KINDS[name].modality):
        for side, place in spots(name):
            seen = any(f.name == name and f.side == side and place in ("", f.place) for f in reading.findings)
            cells[bool(scene.of(name, side, place)), seen] += 1
    sensitivity = cells[True, True] / (cells[True, True] + cells[True, False])
    specificity = cells[False, False] / (cells[False, False] + cells[False, True])
    assert sensitivity >= 0.97 and specificity >= 0.97, cells
    assert cells[True, True] + cells[True, False] >= 20


@pytest.mark.parametrize("name", NAMES)
def test_size_place_and_look_are_recovered(name: str) -> None:
    errors, right = [], []
    for scene, reading in read(KINDS[name].modality):
        for side, place in spots(name):
            for true in scene.of(name, side, place):
                for f in reading.findings:
                    if f.name == name and f.side == side and place in ("", f.place):
                        errors.append(abs(f.size - true.size))
                        right.append(f.place == true.place and f.attribute == true.attribute)
    assert np.quantile(errors, 0.95) <= TOLERANCE[name] and np.mean(right) >= 0.98


def test_it_works_on_combinations_that_no_other_split_has_and_at_another_resolution() -> None:
    for modality in MODALITIES:
        wrong = total = 0
        for i in range(8):
            scene = draw_scene(i, "unseen", modality)
            seen = {(f.name, f.side) for f in measure(draw(scene, 192)).findings}
            true = {(f.name, f.side) for f in scene.findings}
            wrong, total = wrong + len(seen ^ true), total + sum(len(spots(k.name)) for k in kinds_of(modality))
        assert wrong / total <= 0.05


def test_it_imports_nothing_that_draws() -> None:
    room = Path(auscult.phantoms.__file__).parent
    for file in [room / "measure.py", room / "_profiles.py", *room.glob("_*_measures.py")]:
        imported = {n.module for n in ast.walk(ast.parse(file.read_text("utf-8"))) if isinstance(n, ast.ImportFrom)}
        own = {m for m in imported if m and m.startswith("auscult")}
        assert all(m.endswith(("_measures", "_profiles")) for m in own), file
