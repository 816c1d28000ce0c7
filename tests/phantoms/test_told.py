"""Traces in a phantom's words are read back as the scene that they were written from."""

from collections.abc import Iterator

import pytest

from auscult.phantoms import Scene, told
from auscult.phantoms.distribution import draw_scene
from auscult.phantoms.scene import KINDS, kinds_of
from auscult.phantoms.texts import HELD_OUT
from auscult.phantoms.traces import mistakable, trace


def scenes() -> Iterator[Scene]:
    return (draw_scene(seed, "validation") for seed in range(60))


@pytest.mark.parametrize("wording", [3, HELD_OUT + 3])
def test_every_finding_that_is_told_of_is_read_with_side_place_and_size(wording: int) -> None:
    for scene in scenes():
        said = told.seen(trace(scene, "modality", "X-ray", wording).visual_recognition)
        assert said is not None
        assert (said.modality, said.view) == (scene.modality, scene.view)
        read = sorted((look.finding, look.side, look.place, look.size) for look in said.looks)
        assert read == sorted((f.name, f.side, f.place, f.size) for f in scene.findings)


@pytest.mark.parametrize("wording", [5, HELD_OUT + 5])
def test_a_conclusion_is_read_as_the_looks_that_are_taken_for_the_finding(wording: int) -> None:
    for scene in scenes():
        for kind in kinds_of(scene.modality):
            said = told.concluded(kind.name, trace(scene, kind.name, "yes", wording).reasoning)
            assert said is not None
            assert sorted(look.size for look, _ in said.looks) == sorted(f.size for f in scene.of(kind.name))
            assert all(called.get("grade", told.grade_of(look)) == told.grade_of(look) for look, called in said.looks)


@pytest.mark.parametrize("wording", [*range(8), HELD_OUT])
def test_knowledge_is_what_is_known_of_the_finding_unless_it_takes_the_sign_of_another(wording: int) -> None:
    scene = draw_scene(1, "validation", "chest radiograph")
    for name in (kind.name for kind in kinds_of(scene.modality)):
        assert told.is_known(name, trace(scene, name, "yes", wording).knowledge_recall)
        for other in mistakable(name):
            said = trace(scene, name, "yes", wording, taken=other).knowledge_recall
            assert not told.is_known(name, said)
            assert told.sign_recalled(name, said) == other


def test_other_words_are_not_read() -> None:
    assert told.seen("A frontal film with a nodule.") is None
    assert told.seen("Frontal chest film, shoulder blades aside: 12 mm black rim in the left kidney.") is None
    assert told.concluded("ascites", "There is ascites.") is None
    assert told.concluded("ascites", "No such sign is visible here, so there is no renal cyst.") is None
    assert all(told.sign_recalled(name, "Nothing is known of it.") is None for name in KINDS)
