"""Small and faint findings: exact, drawn anew from the same scenes, and as faint as they say."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import orjson

from auscult.corpora import ReadOptions
from auscult.corpora.phantoms import read
from auscult.phantoms.distribution import draw_scene
from auscult.phantoms.folder import FolderPlan, write_folder
from auscult.phantoms.images import draw, draw_with_masks
from auscult.phantoms.scene import SceneFinding
from auscult.phantoms.subtle import CONTRAST, SHAPES, plain, subtle

SCENES = [draw_scene(seed) for seed in range(60)]


def test_findings_are_smaller_than_a_moderate_one_and_keep_side_and_place() -> None:
    for scene in SCENES:
        small = subtle(scene)
        assert [(f.name, f.side, f.place) for f in small.findings] == [
            (f.name, f.side, f.place) for f in scene.findings
        ]
        assert all(f.size <= f.kind.limits[0] and f.size >= 1 for f in small.findings if f.kind.unit)
        assert all(f in scene.findings for f in small.findings if not f.kind.unit)
        assert 0.1 <= small.anatomy[CONTRAST] <= 1
    assert any(f.size < f.kind.smallest for s in SCENES for f in subtle(s).findings if f.kind.unit)


def test_the_same_scene_gives_the_same_subtle_one_under_a_name_of_its_own() -> None:
    scene = SCENES[0]
    assert subtle(scene) == subtle(scene) and subtle(scene).key != scene.key


def test_a_finding_stands_out_by_the_contrast_that_is_said() -> None:
    nodule = SceneFinding(name="lung nodule", side="left", place="middle zone", size=24.0, centre=(75.0, 0.0))
    scene = replace(next(s for s in SCENES if s.modality == "chest radiograph"), findings=(nodule,))
    (where,) = draw_with_masks(scene)[1]
    empty = draw(plain(scene)).astype(float)

    def apart(contrast: float) -> float:
        shown = replace(scene, anatomy=scene.anatomy | {CONTRAST: contrast})
        return float((draw(shown) - empty)[where].mean())

    assert apart(1.0) > 50
    assert abs(apart(0.25) / apart(1.0) - 0.25) < 0.05
    assert np.array_equal(draw(replace(scene, anatomy=scene.anatomy | {CONTRAST: 1.0})), draw(scene))


def test_what_moves_and_adds_nothing_is_never_a_ghost_of_itself() -> None:
    for scene in SCENES:
        assert {f.name for f in plain(scene).findings} == {f.name for f in scene.findings} & SHAPES


def test_every_subtle_phantom_can_be_drawn() -> None:
    with np.errstate(all="raise"):
        for scene in SCENES:
            draw(subtle(scene), 64)


def test_a_folder_says_that_it_is_subtle_and_its_cases_how_plainly_they_show(tmp_path: Path) -> None:
    usual, small = FolderPlan(n=6, seed=3, size=64), FolderPlan(n=6, seed=3, size=64, subtle=True)
    assert "subtle" not in usual.as_dict() and small.as_dict()["subtle"] is True
    write_folder(small, tmp_path / "P")
    rows = [orjson.loads(line) for line in (tmp_path / "P" / "phantoms.jsonl").read_bytes().splitlines()]
    cases = [bundle.case for bundle in read(tmp_path / "P", ReadOptions())]
    assert [case.tags["contrast"] for case in cases] == [f"{row['anatomy'][CONTRAST]:g}" for row in rows]
