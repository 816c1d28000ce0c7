"""The exact verdict on stages about phantoms: each kind of error alone makes its own stage false, and no other."""

from dataclasses import replace

import pytest

from auscult.diagnosis.scene_judge import knowledge, reasoning, vision
from auscult.records import Trace

SEEN = "Frontal chest film, shoulder blades aside: {}."
GOLD = SEEN.format("40 mm of white at the right lung base and 20 mm white disc in the left upper zone")
RIGHT = Trace(
    visual_recognition=GOLD,
    knowledge_recall="Lung nodule shows as a round white disc in a lung.",
    reasoning="The 20 mm white disc in the left upper zone is a 20 mm lung nodule in the left upper zone.",
    answer="yes",
)


@pytest.mark.parametrize(
    ("said", "false", "lacks"),
    [
        (
            "40 mm high white area at the right lung base and 22 mm round white spot in the left upper zone",
            False,
            False,
        ),
        ("40 mm of white at the right lung base", False, True),
        ("40 mm of white at the left lung base and 20 mm white disc in the left upper zone", True, True),
        ("60 mm of white at the right lung base and 20 mm white disc in the left upper zone", True, True),
        ("nothing unusual", True, True),
    ],
)
def test_a_first_stage_is_false_by_what_it_says_and_lacks_what_it_does_not(said: str, false: bool, lacks: bool) -> None:
    found = vision(SEEN.format(said), GOLD)
    assert found is not None
    assert (bool(found.false), bool(found.lacks)) == (false, lacks)


def test_another_view_is_false_and_other_words_are_not_read() -> None:
    found = vision(GOLD.replace("shoulder blades aside", "shoulder blades over the lungs"), GOLD)
    assert found is not None
    assert found.false
    assert vision("A nodule in the left lung.", GOLD) is None


def test_knowledge_is_false_where_it_takes_the_sign_of_another_finding() -> None:
    for said, false in (("a round white disc in a lung", False), ("a hazy white patch in a lung", True)):
        found = knowledge("lung nodule", f"Lung nodule shows as {said}.")
        assert found is not None
        assert bool(found.false) == false
    assert knowledge("lung nodule", "A nodule is small.") is None


@pytest.mark.parametrize(
    ("changed", "false"),
    [
        ({}, False),
        ({"answer": "no"}, True),
        ({"reasoning": "No such sign is visible here, so there is no lung nodule.", "answer": "no"}, True),
        (
            {
                "reasoning": RIGHT.reasoning.replace(
                    "a 20 mm lung nodule in the left", "a 20 mm lung nodule in the right"
                )
            },
            True,
        ),
        (
            {
                "reasoning": RIGHT.reasoning.replace(
                    "20 mm white disc in the left upper", "20 mm white disc in the left lower"
                )
            },
            True,
        ),
        # Wrong eyes, or wrong knowledge, from which it draws what follows: no error of the reasoning.
        (
            {
                "visual_recognition": SEEN.format("nothing unusual"),
                "reasoning": "No such sign is visible here, so there is no lung nodule.",
                "answer": "no",
            },
            False,
        ),
        (
            {
                "knowledge_recall": "Lung nodule shows as a hazy white patch in a lung.",
                "reasoning": "No such sign is visible here, so there is no lung nodule.",
                "answer": "no",
            },
            False,
        ),
    ],
)
def test_reasoning_is_false_where_it_does_not_follow_from_its_own_stages(changed: dict[str, str], false: bool) -> None:
    found = reasoning("lung nodule", replace(RIGHT, **changed))
    assert found is not None
    assert bool(found.false) == false
