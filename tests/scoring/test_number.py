import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.scoring.items import item

from auscult.errors import UserError
from auscult.scoring.number import parse_number, rule


def read(unit, text, question="How large is it?"):
    return parse_number(item("3", question, "number", unit=unit), text)


@pytest.mark.parametrize(
    ("unit", "text", "expected"),
    [
        ("cm", "3 cm", 3),
        ("cm", "3cm.", 3),
        ("cm", "The mass measures approximately 3.5 cm in diameter.", 3.5),
        ("mm", "3.5 cm", 35),
        ("cm", "35 mm", 3.5),
        ("cm", "3,5 cm", 3.5),
        ("mm", "1,200 mm", 1200),
        ("mm", "three millimeters", 3),
        ("mm", "3.5-mm nodule", 3.5),
        ("ml", "0.5 l", 500),
        ("%", "50 percent", 50),
        ("°", "12 degrees", 12),
        ("HU", "-10 HU", -10),
        ("cm", "about 3 cm (30 mm)", 3),
        ("mm", '{"answer": "3 mm"}', 3),
        ("mm", "The C6/7 disc bulges 3 mm", 3),
        ("mm", "5 mm shift on the T2 image at L4", 5),
        ("mm", "The mass is 3 mm. Answer: 5 mm", 5),
        ("", "**3**", 3),
        ("", "There are two lesions.", 2),
        ("", "twenty-one", 21),
        ("", "a pair of kidneys", 2),
        ("", "There are no lesions.", 0),
        ("", "12 ribs on the left, 12 on the right", 12),
    ],
)
def test_reads_a_measurement(unit, text, expected):
    assert read(unit, text) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("unit", "text"),
    [
        ("cm", "3-4 cm"),
        ("cm", "3 to 4 cm"),
        ("cm", "3 cm to 4 cm"),
        ("cm", "between 3 and 4 cm"),
        ("cm", "5.2 cm x 3.1 cm"),
        ("mm", "less than 5 mm"),
        ("mm", "<5 mm"),
        ("mm", "not 5 mm"),
        ("mm", "possibly 5 mm"),
        ("mm", "The mass is 3 mm and the shift is 5 mm"),
        ("", "2-3 nodules"),
        ("", "two or three"),
        ("", "at least 3"),
    ],
)
def test_ranges_limits_and_rivals_are_unclear(unit, text):
    assert read(unit, text) == "unclear"


@pytest.mark.parametrize(
    "text", ["T1-weighted", "The L4 vertebra", "C6/7", "C6-7", "the 5th rib", "3D", "1/2", "3 cm", "one of them"]
)
def test_names_and_measurements_are_not_counts(text):
    assert read("", text) == "off_format"


@pytest.mark.parametrize("text", ["3", "3 ml", "large", ""])
def test_a_length_needs_a_length_unit(text):
    assert read("cm", text) == "off_format"


def test_a_bare_number_has_the_unit_that_the_question_names():
    assert read("mm", "5", question="How many mm is the shift?") == 5


def test_a_refusal_is_told():
    assert read("mm", "I cannot determine the size.") == "refused"


def test_error_is_in_the_unit_of_the_item():
    verdict = rule(item("2.4", "How large?", "number", unit="cm", tolerance=0.1), "25 mm")
    assert verdict.values["correct"] == 1.0
    assert verdict.values["absolute_error"] == pytest.approx(0.1)


def test_beyond_the_tolerance_is_wrong():
    assert rule(item("2.4", "How large?", "number", unit="cm", tolerance=0.1), "2.6 cm").values["correct"] == 0.0


def test_an_unread_number_has_no_error():
    verdict = rule(item("2.4", "How large?", "number", unit="cm"), "2-3 cm")
    assert verdict.status == "unusable" and verdict.values == {"correct": 0.0}


def test_a_reference_that_is_no_number_is_a_user_error():
    with pytest.raises(UserError, match="reference 'large' is not a number"):
        rule(item("large", "How large?", "number"), "3")


@given(st.text(), st.sampled_from(["", "mm", "HU", "%"]))
def test_never_raises(text, unit):
    assert isinstance(read(unit, text), float) or read(unit, text) in ("unclear", "refused", "off_format")


@given(st.integers(0, 10**6), st.sampled_from(["mm", "cm", "m"]))
def test_conversion_does_not_change_a_length(value, unit):
    factor = {"mm": 1, "cm": 10, "m": 1000}[unit]
    assert read("mm", f"{value} {unit}") == pytest.approx(value * factor)
