import pytest

from auscult.errors import UserError
from auscult.facts.units import asked_unit
from auscult.interpretation.making import SIDE, SIZE, knows, questions
from auscult.interpretation.tasks import chosen, tasks
from auscult.records import Case, Fact

EFFUSION, SHIFT, TUMOUR = (tasks()[name] for name in ("pleural-effusion", "midline-shift", "brain-tumour-type"))


def case(findings, *facts):
    return Case(id="c", source="s", source_key="k", findings=findings, facts=facts)


def shift(side, size):
    return Fact(finding="midline shift", presence="present", side=side, size_mm=size)


def test_the_tasks_of_the_paper_are_there_and_can_be_put():
    assert set(tasks()) == {"brain-tumour-type", "lung-cancer", "pleural-effusion", "ascites", "midline-shift"}
    assert all(task.question.endswith("?") and (task.findings or task.options) for task in tasks().values())
    assert all(asked_unit(task.unit) for task in tasks().values() if task.answer == "number")


def test_a_finding_is_asked_for_where_the_case_says_whether_it_is_there_and_nowhere_else():
    (there,) = questions(EFFUSION, case({"Effusion": "present"}))
    (absent,) = questions(EFFUSION, case({"pleural effusion": "absent"}))
    assert (there.reference, absent.reference) == ("yes", "no")
    assert not questions(EFFUSION, case({"pleural effusion": "unmentioned"}))
    assert not questions(EFFUSION, case({"pleural effusion": "uncertain"})) and not questions(EFFUSION, case({}))


def test_size_and_side_of_a_finding_go_with_its_question():
    known = case({"pleural effusion": "present"}, Fact(finding="pleural effusion", presence="present", size_mm=12.0))
    (item,) = questions(EFFUSION, known)
    assert item.tags[SIZE] == "12" and SIDE not in item.tags


def test_a_shift_is_asked_in_mm_and_for_its_side_and_none_is_0_mm():
    number, side = questions(SHIFT, case({"midline shift": "present"}, shift("left", 6.0)))
    assert (number.answer_type, number.reference, number.unit) == ("number", "6", "mm") and number.tolerance == 2
    assert (side.options, side.reference) == (("left", "right"), "left")
    (none,) = questions(SHIFT, case({"midline shift": "absent"}))
    assert none.reference == "0"
    assert not questions(SHIFT, case({"midline shift": "present"}))


def test_a_kind_is_asked_for_where_exactly_one_is_known():
    (item,) = questions(TUMOUR, case({"glioma": "present", "meningioma": "absent", "pituitary tumor": "absent"}))
    assert item.reference == "glioma" and "pituitary tumour" in item.options
    assert not questions(TUMOUR, case({"glioma": "absent"}))
    assert not questions(TUMOUR, case({"glioma": "present", "meningioma": "present"}))


def test_a_user_says_under_which_name_the_cases_know_the_finding():
    (task,) = chosen(["lung-cancer"], ["Malignant nodule"])
    assert knows(task, case({"malignant nodule": "present"})).present
    with pytest.raises(UserError, match="unknown task 'tumor'; known: brain-tumour-type"):
        chosen(["tumor"])
    with pytest.raises(UserError, match="name that --task alone"):
        chosen([], ["nodule"])
