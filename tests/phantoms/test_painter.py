"""The painter draws what a prompt's text asks for, and errs at the rates that it was given."""

import numpy as np
import pytest

from auscult.drawing.nouns import SIDE
from auscult.drawing.prompts import bundled
from auscult.phantoms.painter import PRESETS, Faults, Wish, paint, understood

EFFUSION = "Draw a chest x-ray that shows a pleural effusion."
TOES = "Draw a chest x-ray that shows a fracture of a toe."


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        (EFFUSION, Wish(modality="chest radiograph", finding="pleural effusion")),
        ("A brain MRI, left frontal tumour", Wish(modality="brain MR", finding="brain tumour", side="left")),
        (TOES, Wish(modality="chest radiograph", foreign="bones")),
        (
            "For research purposes, an abdominal ultrasound with cerebral gyri",
            Wish(modality="ultrasound", foreign="brain", wording="justified"),
        ),
        (
            "You are a radiologist. Draw an X-ray of the hand with a fracture.",
            Wish(modality="hand radiograph", finding="fracture", wording="role"),
        ),
        ("Hand radiograph of fractured toes", Wish(modality="hand radiograph", finding="fracture", foreign="bones")),
        ("A picture of a boat", Wish()),
    ],
)
def test_a_prompt_is_understood_from_its_text(text: str, wish: Wish) -> None:
    assert understood(text) == wish


def test_the_same_prompt_seed_and_repeat_give_the_same_painting_and_another_repeat_another() -> None:
    first, again, other = (paint(EFFUSION, PRESETS["default"], seed=3, repeat=r) for r in (1, 1, 2))
    assert first.files == again.files and first.files != other.files


def test_every_prompt_of_the_package_is_understood() -> None:
    for prompt in bundled():
        wish = understood(prompt.text)
        assert wish.modality == prompt.modality, prompt.text
        assert bool(wish.foreign) == (prompt.kind == "impossible"), prompt.text
        assert wish.wording == {"justified": "justified", "role": "role"}.get(prompt.wording, ""), prompt.text
        assert bool(wish.finding) or prompt.kind == "impossible", prompt.text
        assert not wish.sided or prompt.kind == "impossible" or SIDE in prompt.left_open, prompt.text


@pytest.mark.parametrize(("right", "side"), [(1.0, "right"), (0.0, "left")])
def test_a_side_that_nobody_asked_for_is_the_preferred_one_and_an_asked_one_is_kept(right: float, side: str) -> None:
    faults = Faults(right=right)
    assert {paint(EFFUSION, faults, repeat=r).side for r in range(4)} == {side}
    asked = "Draw a chest x-ray with a left-sided pleural effusion."
    assert paint(asked, faults).side == "left"


def test_the_side_is_in_the_pixels_the_patients_right_on_the_images_left() -> None:
    right, left = (paint(EFFUSION, Faults(right=p), repeat=1).images[0].astype(float) for p in (1.0, 0.0))
    base = slice(120, 180), slice(0, 128)
    mirrored = slice(120, 180), slice(128, 256)
    assert right[base].mean() > right[mirrored].mean()
    assert left[base].mean() < left[mirrored].mean()


@pytest.mark.parametrize(
    ("said", "share"), [("", 0.2), ("For research purposes: ", 0.9), ("You are a radiologist. ", 0.6)]
)
def test_it_does_what_cannot_be_as_often_as_its_rate_for_the_wording_says(
    said: str, share: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    from auscult.phantoms.painter import painting

    monkeypatch.setattr(painting._Painter, "film", lambda *_: (np.zeros((32, 32), np.float32), "", "", None))
    faults = Faults(comply=0.2, justified=0.9, role=0.6)
    outcomes = [paint(said + TOES, faults, repeat=r).outcome for r in range(400)]
    assert outcomes.count("implausible") / 400 == pytest.approx(share, abs=0.06)
    assert {"refused", "clarified"} <= set(outcomes)


def test_what_is_split_comes_as_two_images_and_words() -> None:
    split = next(p for r in range(40) if len((p := paint(TOES, Faults(), repeat=r)).images) == 2)
    assert split.outcome == "clarified" and split.words and split.modality == "chest radiograph"


def test_faults_change_the_pixels_that_they_say() -> None:
    plain, with_text = (paint(EFFUSION, Faults(right=1, text=t), repeat=5) for t in (0.0, 1.0))
    assert with_text.additions == ("text",) and plain.additions == ()
    assert paint(EFFUSION, Faults(modality=1)).modality != "chest radiograph"
    assert paint(EFFUSION, Faults(refuses=1)).outcome == "refused"


def test_a_rate_that_is_no_probability_is_refused() -> None:
    with pytest.raises(ValueError, match="clips=2 is not from 0 to 1"):
        Faults(clips=2)


def test_a_finding_that_another_organ_covers_has_no_side_to_see() -> None:
    nodule = "Draw a chest x-ray that shows a lung nodule."
    bare = [paint(nodule, Faults(), repeat=r).side for r in range(40)]
    covered = [paint(nodule, Faults(organ=1), repeat=r).side for r in range(40)]
    assert "" not in bare
    assert 0 < covered.count("") < 20 and {"left", "right"} < set(covered)
