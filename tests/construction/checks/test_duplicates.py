import pytest
from tests.construction.checks.test_checks import CASE, item

from auscult.construction.checks import checks

(DUPLICATES,) = checks(["duplicates"])


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Is there a pleural effusion?", "is there a pleural effusion"),
        ("Is there a pleural effusion?", "Is there any pleural effusion in this image?"),
        ("Is there a left effusion?", "Can you see a left effusion?"),
        ("What is shown in the left lower lobe?", "What can be seen in the left lower lobe?"),
    ],
)
def test_the_same_question_in_the_same_or_nearly_the_same_words_is_refused(first, second):
    assert "same question" in DUPLICATES.refuse(CASE, item(second, id="2"), [item(first, id="1")])


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Is there a left pleural effusion?", "Is there a right pleural effusion?"),
        ("Is there a pleural effusion?", "Is there no pleural effusion?"),
        ("Is there a 3 mm stone in the kidney?", "Is there a 5 mm stone in the kidney?"),
        ("How large is the pleural effusion?", "Where is the pleural effusion?"),
        ("Is this a CT scan?", "Is this an MRI scan?"),
        ("Is there a cell in the upper half of the image?", "Is there a cell in the lower half of the image?"),
        ("There is an effusion, right?", "There is a right effusion, right?"),
    ],
)
def test_questions_that_differ_in_a_word_that_matters_stay(first, second):
    assert not DUPLICATES.refuse(CASE, item(second, id="2"), [item(first, id="1")])


def test_another_form_of_the_same_question_stays():
    polar = item("Is there an effusion?", id="1", premise_form="polar")
    assert not DUPLICATES.refuse(CASE, item("Is there an effusion?", id="2", premise_form="neutral"), [polar])
