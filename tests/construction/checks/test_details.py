"""A side, place, course, grade, level or length that is not the annotation's is refused, whatever its words."""

from dataclasses import replace
from typing import Any

import pytest

from auscult.construction.checks import checks
from auscult.records import Case, Item

(DETAILS,) = checks(("details",))
REPORT = (
    "Findings: There is a left chest wall cardiac generator with 2 leads. The tip of a PICC is in the upper SVC. "
    "Pleural based density in the right base, 1.7 cm, is stable from previous studies. Mild compression of T9. Old "
    "fracture of the left 7th rib. The thoracic aorta is enlarged. Interstitial opacities, right greater than left. "
    "The nodule is not calcified. | Impression: No acute disease."
)
CASE = Case(id="c", source="made", source_key="1", annotation=REPORT)


def refused(
    question: str, answer: str, kind: Any = "non-hallucination", tier: str = "drafted", report: str = ""
) -> str:
    case = Case(id="d", source="made", source_key="2", annotation=report) if report else CASE
    made = Item(id="i", case_id="c", source_id="s", question=question, reference=answer, answer_type="open")
    made = replace(made, kind=kind, category="findings", tags={"tier": tier})
    return DETAILS.refuse(case, made, [])


@pytest.mark.parametrize(
    ("question", "wrong", "right", "why"),
    [
        (
            "On which side was the generator implanted?",
            "On the right.",
            "On the left side of the chest.",
            "another side",
        ),
        ("Where does the PICC end?", "In the right atrium.", "In the superior vena cava.", "no such site"),
        ("How has the density at the base changed?", "It has grown.", "It has not grown at all.", "another course"),
        ("How big is the density?", "About 4 cm.", "A little under 2 cm.", "no such length"),
        ("Which vertebra is compressed?", "T5 is.", "The ninth thoracic one, T9.", "no such level"),
        ("How much is T9 compressed?", "Massively.", "Only a little.", "another grade"),
        ("Which rib is broken?", "The fourth rib.", "The seventh rib.", "no such rib"),
        ("When did the rib break?", "It is a fresh fracture.", "It is an old fracture.", "another age"),
        ("Is the aorta wide?", "No, the aorta is narrow.", "The aorta is dilated.", "another width"),
        ("Which side has more of the opacities?", "The left.", "The right.", "another side"),
        ("The nodule is calcified, right?", "Yes, it is calcified.", "It is not calcified.", "another calcification"),
        ("What else is in the lung?", "A cavity.", "Nothing else.", "no such thing"),
    ],
)
def test_a_detail_that_is_not_the_annotations_is_refused_and_its_own_passes(
    question: str, wrong: str, right: str, why: str
) -> None:
    assert why in refused(question, wrong)
    assert not refused(question, right)


def test_what_an_answer_denies_is_no_detail_of_it() -> None:
    assert not refused("Is the generator on the right?", "No, it is not on the right but on the left.")


def test_only_one_side_is_not_both() -> None:
    both = "Findings: Small bilateral pleural effusions."
    assert "another side" in refused("Where is the fluid?", "The effusion is only on the left.", report=both)
    assert not refused("Where is the fluid?", "There is an effusion on the left.", report=both)


def test_the_clause_that_speaks_of_the_thing_decides() -> None:
    report = "Findings: Bilateral axillary densities are artifacts, healed right lateral 10th rib fracture noted."
    assert "another side" in refused("On which side is the healed rib fracture?", "On the left.", report=report)
    assert not refused("On which side is the healed rib fracture?", "On the right.", report=report)


def test_a_course_where_the_annotation_compares_nothing_is_made_up() -> None:
    report = "Findings: A nodule in the left lung."
    assert "no such course" in refused("How does the nodule compare?", "The nodule is larger.", report=report)


def test_a_false_premise_is_not_held_against_its_denial() -> None:
    assert not refused("How far has the density on the left grown?", "It is stable.", kind="hallucination")


def test_items_that_rules_make_pass() -> None:
    assert not refused("On which side is the generator?", "On the right.", tier="stated")


@pytest.mark.parametrize(
    ("question", "wrong", "right", "why", "report"),
    [
        # Each clause of an answer is held against the sentence that it is about.
        (
            "How marked are the opacities at the bases?",
            "They are severe, in lungs with low volumes and a heart that is normal in size.",
            "They are mild, in lungs with low volumes and a heart that is normal in size.",
            "another grade",
            "The heart size is normal. Low lung volumes. Mild bibasilar opacities. No mass.",
        ),
        # What is said of the whole study holds for all that it shows.
        (
            "What is the trend?",
            "The lungs have improved.",
            "The lungs have not changed.",
            "another course",
            "Lungs clear. Heart size normal. No change from prior exam.",
        ),
        # Nobody speaks in passing of what has gone, or has come.
        (
            "How does this compare?",
            "The effusion has resolved.",
            "There is no effusion.",
            "no such course",
            "No effusion. Lungs clear.",
        ),
        # More than it should be is no change.
        (
            "What about the size of the heart?",
            "It is bigger than it should be.",
            "It is as big as is usual.",
            "another grade",
            "Heart size is normal.",
        ),
    ],
)
def test_each_clause_is_held_against_what_it_is_about(
    question: str, wrong: str, right: str, why: str, report: str
) -> None:
    assert why in refused(question, wrong, report=report)
    assert not refused(question, right, report=report)


def test_words_that_only_look_like_a_detail_are_none() -> None:
    report = "Stable 5 mm nodule in the right lung. Cardiomegaly."
    assert not refused("Is it harmless?", "Both features are signs of an old scar left by an infection.", report=report)
    assert not refused("Is the heart bigger than it should be?", "Yes, it is bigger than normal.", report=report)


def test_lung_volumes_are_low_or_high() -> None:
    report = "The lungs are hyperinflated. Flattened diaphragms."
    assert "another volume" in refused("Describe the lungs.", "Low lung volumes.", report=report)
    assert not refused("Describe the lungs.", "The lungs are overexpanded.", report=report)


def test_abbreviated_sides_are_sides() -> None:
    report = "Calcified granuloma in the right lower lobe. Leads in the right atrium."
    assert "another side" in refused("Where is the granuloma?", "LLL.", report=report)
    assert not refused("Where is the granuloma?", "RLL.", report=report)
    assert "another side" in refused("Where do the leads end?", "Over L atrium.", report=report)


SPINE = "Degenerative changes of the thoracic spine. Small left effusion. The right lung is clear. Clips on the right."


@pytest.mark.parametrize(
    ("question", "wrong", "right", "why"),
    [
        ("Where is the spine worn?", "In the cervical spine.", "In its thoracic spine.", "another segment"),
        ("What of the spine?", "Its lumbar part is worn.", "The thoracic spine is worn.", "another segment"),
        ("What was operated on?", "The left clavicle.", "Clips remain on the right.", "no such thing"),
    ],
)
def test_a_part_of_the_spine_or_a_bone_that_is_not_the_annotation_s_is_refused(question, wrong, right, why):
    assert why in refused(question, wrong, report=SPINE)
    assert not refused(question, right, report=SPINE)


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Why is there a large right effusion?", "The effusion is on the left; the right side is free of fluid."),
        ("What of the effusion?", "A little of it is left at the base."),
        ("What is new?", "Nothing new is seen."),
    ],
)
def test_a_side_that_is_spared_and_what_is_left_over_are_no_side_and_nothing_new_no_course(question, answer):
    assert not refused(question, answer, report=f"{SPINE} The chest is stable.")


def test_the_edge_of_something_is_no_grade():
    report = "Mild opacity at the right base."
    assert not refused("Where is the opacity?", "At the very bottom of the right lung.", report=report)
    assert refused("How dense is the opacity?", "It is very dense.", report=report)
