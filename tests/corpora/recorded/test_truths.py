import pytest

from auscult.corpora.recorded.truths import are_yes_or_no, coded, options_of, right_option, yes_no_of
from auscult.errors import UserError
from auscult.store.rows import Row

ROW = Row(3, "a.csv, row 3", {})


@pytest.mark.parametrize(
    ("question", "text", "word"),
    [
        ("Is there an effusion?", "Yes", "yes"),
        ("Is there an effusion?", "1", "yes"),
        ("Is there an effusion?", "FALSE", "no"),
        ("Is there an effusion?", "absent", "no"),
        ("Is there an effusion?", "Yes, on the left.", "yes"),
        ("Is there an effusion?", "No evidence of it", ""),
        ("Is it left or right?", "1", ""),
        ("How many nodules?", "1", ""),
        ("Ist ein Erguss zu sehen?", "ja", "yes"),
        ("Ist ein Erguss zu sehen?", "1", ""),
        ("What is shown?", "Yes, a mass", ""),
    ],
)
def test_a_truth_is_yes_or_no_where_the_question_leaves_no_doubt(question: str, text: str, word: str) -> None:
    assert yes_no_of(question, text) == word


def test_codes_of_a_whole_column_are_read_also_under_questions_in_other_languages() -> None:
    assert are_yes_or_no(["1", "0", "ja"]) and not are_yes_or_no(["1", "2"]) and not are_yes_or_no([])
    assert yes_no_of("Ist ein Erguss zu sehen?", "1", all_so=True) == "yes"
    assert yes_no_of("Wie viele Rundherde?", "1", all_so=True) == ""
    assert (coded(" 1"), coded("FALSE"), coded("Yes."), coded("2")) == ("yes", "no", "", "")


@pytest.mark.parametrize(
    "value",
    [
        "left|right|both",
        "left; right; both",
        "left\nright\nboth",
        "left, right, both",
        "A) left B) right C) both",
        "A. left\nB. right\nC. both",
        "['left', 'right', 'both']",
        '["left", "right", "both"]',
        "{'A': 'left', 'B': 'right', 'C': 'both'}",
        ["(A) left", "(B) right", "(C) both"],
        {"A": "left", "B": "right", "C": "both"},
    ],
)
def test_options_are_read_in_the_ways_that_people_write_them(value: object) -> None:
    assert options_of(ROW, value) == ["left", "right", "both"]


def test_one_option_is_none() -> None:
    with pytest.raises(UserError, match="row 3: options 'left' name one; part them by |"):
        options_of(ROW, "left")
    assert options_of(ROW, "") == []


@pytest.mark.parametrize("truth", ["Right", "B", "(b)", "B.", "B) right"])
def test_the_right_option_is_named_by_text_or_letter(truth: str) -> None:
    assert right_option(ROW, ["left", "right", "both"], truth) == "right"


def test_a_truth_that_is_no_option_is_refused_with_its_row() -> None:
    with pytest.raises(UserError, match=r"row 3: the truth 'middle' is not one of the options \['left', 'right'\]"):
        right_option(ROW, ["left", "right"], "middle")
