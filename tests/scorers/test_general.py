"""What an answer tells of any image, or in place of what was asked, takes no head back; what contradicts it does."""

import pytest

from auscult.scorers.rules.closed import read_yes_no

NO = [
    ("Is the pancreas visible?", "No, the pancreas is not visible. The pancreas is located behind the stomach."),
    ("Does the picture contain the bladder?", "No. The bladder would be seen lower in the pelvis."),
    ("Is this a sagittal view?", "No, it is an axial one. Sagittal planes are vertical slices of the body."),
    ("Are there kidneys in the image?", "No, this is the neck, and the kidneys are situated in the abdomen."),
    ("Do the organs in the image exist in the chest?", "No, the organs are in the head, not the chest."),
    ("Is this a chest X-ray?", "No, this is an X-ray of the knee."),
]
CONTRADICTED = [
    ("Does the image show the heart?", "No. The heart is visible and enlarged."),
    ("Does the image show the heart?", "No, the heart is visible."),
    ("Is this a CT?", "No. It is a CT scan."),
    ("Is this a CT?", "No, this is a CT."),
    ("Is there a mass?", "No. The mass is located in the left lung."),
]


@pytest.mark.parametrize(("question", "answer"), NO)
def test_a_general_statement_takes_no_head_back(question: str, answer: str) -> None:
    assert read_yes_no(question, answer) == "no"


@pytest.mark.parametrize(("question", "answer"), CONTRADICTED)
def test_what_says_the_contrary_of_the_head_is_unclear(question: str, answer: str) -> None:
    assert read_yes_no(question, answer) == "unclear"
