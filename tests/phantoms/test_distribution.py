from functools import cache

import pytest
from tests.phantoms.scenes import some

from auscult.phantoms.distribution import UNSEEN, draw_scene
from auscult.phantoms.scene import KINDS, MODALITIES, SPLITS, VIEWS, Scene


@cache
def by_split() -> dict[str, list[Scene]]:
    return {split: some(900, split) for split in SPLITS}


def combinations(scene: Scene) -> list[object]:
    return [
        c
        for c in UNSEEN
        for f in scene.findings
        if c.modality == scene.modality and c.holds(scene.view, f.name, f.side, f.place)
    ]


def test_no_two_splits_share_a_scene() -> None:
    keys = [{s.key for s in scenes} for scenes in by_split().values()]
    assert all(len(k) == 900 for k in keys)
    assert len(set.union(*keys)) == 3600


def test_every_unseen_scene_holds_a_combination_that_no_other_split_has() -> None:
    for split, scenes in by_split().items():
        held = [bool(combinations(s)) for s in scenes]
        assert all(held) if split == "unseen" else not any(held)
    assert {c for s in by_split()["unseen"] for c in combinations(s)} == set(UNSEEN)


def test_the_parts_of_every_unseen_combination_are_seen_in_training() -> None:
    seen = {(s.view, f.name) for s in by_split()["train"] for f in s.findings}
    placed = {(f.name, f.side) for s in by_split()["train"] for f in s.findings}
    placed |= {(f.name, f.place) for s in by_split()["train"] for f in s.findings}
    for c in UNSEEN:
        assert (c.view or VIEWS[c.modality][0], c.finding) in seen
        assert (c.finding, c.side) in placed or not c.side
        assert (c.finding, c.place) in placed or not c.place


def test_a_seed_gives_the_same_scene_again() -> None:
    assert draw_scene(41, "test") == draw_scene(41, "test")
    assert draw_scene(41, "test").key == draw_scene(41, "test").key != draw_scene(42, "test").key


def test_what_is_drawn_lies_within_what_its_kind_allows() -> None:
    for scene in (s for scenes in by_split().values() for s in scenes):
        assert scene.view in VIEWS[scene.modality]
        for f in scene.findings:
            assert f.kind.modality == scene.modality and f.kind.smallest <= f.size <= f.kind.largest
            assert bool(f.side) == f.kind.sided and bool(f.place) == bool(f.kind.places)
            assert (f.attribute in f.kind.attributes) if f.attribute else True


def test_a_side_and_place_hold_one_finding_of_a_name_at_most() -> None:
    for scene in (s for scenes in by_split().values() for s in scenes):
        spots = [(f.name, f.side, "" if f.kind.sided else f.place) for f in scene.findings]
        assert len(spots) == len(set(spots))


def test_every_finding_is_common_and_normal_studies_too() -> None:
    scenes = by_split()["train"]
    assert all(sum(bool(s.of(name)) for s in scenes) > 60 for name in KINDS)
    assert sum(not s.findings for s in scenes) > 90


def test_the_modality_is_drawn_where_it_is_not_given() -> None:
    assert {draw_scene(seed).modality for seed in range(40)} == set(MODALITIES)


def test_what_is_no_seed_or_split_is_refused() -> None:
    with pytest.raises(ValueError, match="-1"):
        draw_scene(-1)
    with pytest.raises(ValueError, match="dev"):
        draw_scene(1, "dev")  # type: ignore[arg-type]
