from collections import Counter

import pytest
from recipes.phantom_model.measure import balanced, by, near

from auscult.phantoms.distribution import draw_scene

SCENES = [draw_scene(seed, "test") for seed in range(60)]


def test_of_each_finding_and_statement_as_many_true_as_false_questions_are_asked() -> None:
    asked = balanced(SCENES, 1)
    count = Counter((a.claim.finding, a.claim.statement, a.truth) for a in asked)
    assert len(asked) > 300
    assert all(count[finding, statement, True] == count[finding, statement, False] for finding, statement, _ in count)
    assert {a.claim.statement for a in asked} >= {"presence", "side", "place", "grade", "modality", "view"}


def test_accuracy_is_told_by_finding_with_n_and_images() -> None:
    asked = balanced(SCENES, 1)
    right = [float(a.claim.finding != "ascites") for a in asked]
    found = by(asked, right, "finding")
    assert found["ascites"].value == 0
    assert found["pneumothorax"].value == 1
    assert found["all"].n == len(asked)
    assert found["all"].clusters == len({a.scene for a in asked})


@pytest.mark.parametrize(
    ("said", "right", "is_near"),
    [("23 mm", "20 mm", True), ("24 mm", "20 mm", False), ("114 mm", "100 mm", True), ("none", "20 mm", False)],
)
def test_a_size_is_near_within_3_mm_or_15_percent(said: str, right: str, is_near: bool) -> None:
    assert near(said, right) == is_near
