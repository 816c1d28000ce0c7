"""What the loop damages is one stage, what it counts is the errors of that stage, and what it promises has limits."""

from itertools import islice
from typing import Any

import pytest
from recipes.cure.loop import ERRORS, line, product, table, wanted
from recipes.cure.traces import damage

from auscult.certificates.diagnosis.damage import Lesson


def lessons(stage: str) -> list[Lesson]:
    return [lesson for step in islice(damage(stage, 3).lessons(), 12) for lesson in step]


@pytest.mark.parametrize("stage", ["knowledge", "eyes", "reasoning"])
def test_a_course_teaches_errors_of_one_stage_and_what_follows_from_them(stage: str) -> None:
    taught = [lesson for lesson in lessons(stage) if not lesson.given]
    wrong = {s: [is_wrong(lesson.item, lesson.trace) for lesson in taught] for s, (_, is_wrong) in ERRORS.items()}
    assert sum(wrong[stage]) > 0.2 * len(taught)
    for other in {"knowledge", "eyes"} - {stage}:
        assert not any(wrong[other])
    if stage == "eyes":  # it concludes the opposite of what is right, as it must from what it stands on
        assert all(not r or s for r, s in zip(wrong["reasoning"], wrong[stage], strict=True))


def test_a_model_whose_eyes_are_damaged_is_taught_to_believe_right_ones_that_are_given() -> None:
    given = [lesson for lesson in lessons("eyes") if lesson.given]
    wrong = [ERRORS["eyes"][1](lesson.item, lesson.trace) for lesson in given]
    assert 0 < sum(wrong) < len(wrong)
    assert all(ERRORS["eyes"][1](x.item, x.trace) or x.trace.answer == x.item.reference for x in given)


def row(came: int, seed: int = 1) -> dict[str, Any]:
    """Forty items on twenty images: sixteen errors before, none after; so many answers more are right."""
    wrong = [[1.0] * 16 + [0.0] * 24, [0.0] * 40]
    right = [[0.0] * 16 + [1.0] * 24, [1.0] * came + [0.0] * (16 - came) + [1.0] * 24]
    return {
        "stage": "eyes",
        "seed": seed,
        "named": "eyes",
        "if_right": {"value": 0.4, "low": 0.3, "high": 0.5},
        "new": {"image": [n % 20 for n in range(40)], "right": right, "given_back": right, "wrong": {"eyes": wrong}},
    }


def test_what_came_is_held_against_what_was_promised() -> None:
    kept, broken = line([row(16)]), line([row(2)])
    assert (kept.before, kept.after, kept.promised[0]) == (0.4, 0.0, pytest.approx(0.4))
    assert kept.came[0] == pytest.approx(0.4)
    assert kept.kept
    assert broken.came[0] == pytest.approx(0.05)
    assert not broken.kept
    assert line([row(16), row(16, 2)]).kept
    assert sum(text.startswith("| eyes") for text in table([row(16), row(2, 2)])) == 2


def test_limits_of_a_product_hold_those_of_its_parts() -> None:
    assert product((0.4, 0.3, 0.5), (1.0, 1.0, 1.0)) == pytest.approx((0.4, 0.3, 0.5))
    value, low, high = product((0.4, 0.3, 0.5), (0.5, 0.3, 0.7))
    assert low < 0.5 * 0.3 < value < 0.5 * 0.5 < high


def test_models_that_have_their_line_are_not_done_again() -> None:
    left = list(wanted(("eyes", "knowledge"), (1, 2), [row(1)]))
    assert left == [("knowledge", 1), ("eyes", 2), ("knowledge", 2)]
