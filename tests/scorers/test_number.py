import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.scorers.items import item

from auscult.errors import UserError
from auscult.scorers.rules.number import parse_number, rule
from auscult.scorers.scoring import SILENT, UNREAD

NONE_READ = {"unclear", "no number", *SILENT, *UNREAD}


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
        ("HU", "–40 HU", -40),
        ("HU", "−40 HU", -40),
        ("HU", "minus 40 HU", -40),
        ("cm", "2 1/2 cm", 2.5),
        ("cm", "2½ cm", 2.5),
        ("cm", "two and a half centimetres", 2.5),
        ("cm", ".5 cm", 0.5),
        ("cm", "half a centimetre", 0.5),
        ("", "one hundred", 100),
        ("", "two hundred and five", 205),
        ("", "a dozen", 12),
        ("", "10⁶", 1e6),
        ("", "1.2 million", 1.2e6),
        ("", "1.2e3", 1200),
        ("", "3 × 10^4", 30000),
        ("°C", "38 °C", 38),
        ("°C", "38 degrees", 38),
        ("°C", "100.4 °F", 38),
        ("mg/dL", "110 mg/dL", 110),
        ("g/L", "110 mg/dL", 1.1),
        ("cm2", "5 cm2", 5),
        ("cm²", "500 mm²", 5),
        ("cm3", "5 ml", 5),
        ("ml", "5 cubic centimetres", 5),
        ("beats/min", "80 beats/min", 80),
        ("bpm", "80 beats per minute", 80),
        ("10^9/L", "4.5 × 10⁹/L", 4.5),
        ("mmHg", "120 mm Hg", 120),
        ("points", "7 points", 7),
        ("%", "The percentage is 10.0.", 10),
        ("mm", "Answer: 5 mm. Normal is below 3 mm.", 5),
        ("mm", "One axis is 3 mm, the other 9 mm. Therefore the short axis is 3 mm.", 3),
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
        ("", "2-3 nodules"),
        ("", "two or three"),
        ("", "at least 3"),
    ],
)
def test_ranges_limits_and_possibilities_are_unclear(unit, text):
    assert read(unit, text) == "unclear"
    assert rule(item("3", "How large?", "number", unit=unit), text).values == {"correct": 0.0, "unclear": 1.0}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The cyst in the right kidney measures 3 cm.", "other side"),
        ("The right renal cyst is 3 cm in diameter.", "other side"),
        ("It is on the right. It measures 3 cm.", "other side"),
        ("On the right, the cyst measures 3 cm.", "other side"),
        ("There is a cyst in the right kidney, measuring 3 cm.", "other side"),
        ("There is a 3 cm cyst in the right kidney.", "other side"),
        ("The left kidney is normal and the right kidney has a 3 cm cyst.", "other side"),
        ("The left cyst is 2 cm, the right one is 3 cm.", 2),
        ("3 cm on the right, 2 cm on the left", 2),
        ("The right cyst measures 3 cm. The left cyst measures 2 cm.", 2),
        ("The right lung is clear and the cyst measures 3 cm.", 3),
        ("There is no cyst on the right. The cyst measures 3 cm.", 3),
        ("The cysts in the left and right kidneys measure 3 cm.", 3),
        ("The cysts in the left kidney and the right kidney measure 3 cm.", 3),
        ("Right, the left cyst measures 3 cm.", 3),
        ("That's right: 3 cm.", 3),
        ("3 cm", 3),
    ],
)
def test_what_is_measured_on_the_side_not_asked_about_is_no_answer(text, expected):
    found = read("cm", text, question="How large is the cyst in the left kidney?")
    assert found == expected


def test_the_size_of_the_other_sides_finding_is_wrong_though_the_number_is_the_same():
    asked = item("3", "How large is the left renal cyst?", "number", unit="cm", tolerance=0.5)
    found = rule(asked, "The right renal cyst measures 3 cm.")
    assert (found.status, found.parsed, found.values) == ("ok", "other side", {"correct": 0.0})


def test_a_side_named_behind_the_question_is_not_the_one_asked_about():
    question = "How large is the cyst in the left kidney? A colleague measured the right one."
    assert read("cm", "The left one measures 2 cm, the right one 3 cm.", question=question) == 2


def test_a_question_that_names_no_side_or_both_takes_any():
    for question in ("How large is the cyst?", "How much larger is the left kidney than the right?"):
        assert read("cm", "The right one measures 3 cm.", question=question) == 3


@pytest.mark.parametrize("text", ["The mass is 3 mm and the shift is 5 mm", "5", "It is 5."])
def test_several_measurements_and_one_without_a_unit_are_unread(text):
    assert read("mm", text) == "unread"
    assert rule(item("3", "How large?", "number", unit="mm"), text).status == "unread"


@pytest.mark.parametrize(
    "text", ["T1-weighted", "The L4 vertebra", "C6/7", "C6-7", "the 5th rib", "3D", "1/2", "3 cm", "one of them"]
)
def test_names_and_measurements_are_not_counts(text):
    assert read("", text) == "no number"


@pytest.mark.parametrize("text", ["3 ml", "3 cm²", "large", "left half of the lung"])
def test_a_length_needs_a_length_unit(text):
    assert read("cm", text) == "no number"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("", "empty"),
        ("<think>Maybe 3", "cut short"),
        ("grun dolvi teek wanset plor mib", "no language"),
        ("Please ask a radiologist.", "refused"),
        ("El corazón es de tamaño normal y no hay derrame.", "other language"),
    ],
)
def test_what_is_no_number_is_told_by_its_kind(text, kind):
    assert read("mm", text) == kind


@pytest.mark.parametrize("unit", ["mm (axial)", "foo/bar", "#"])
def test_a_unit_that_cannot_be_read_is_a_user_error(unit):
    with pytest.raises(UserError, match="cannot be read"):
        rule(item("3", "How large?", "number", unit=unit), "3 mm")


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


def test_an_answer_without_a_number_is_unusable_and_has_no_error():
    verdict = rule(item("2.4", "How large?", "number", unit="cm"), "It is large.")
    assert (verdict.status, verdict.parsed, verdict.values) == ("unusable", "no number", {"correct": 0.0})


def test_a_reference_that_is_no_number_is_a_user_error():
    with pytest.raises(UserError, match="reference 'large' is not a number"):
        rule(item("large", "How large?", "number"), "3")


@given(st.text(), st.sampled_from(["", "mm", "HU", "%"]))
def test_never_raises(text, unit):
    assert isinstance(read(unit, text), float) or read(unit, text) in NONE_READ


@given(st.integers(0, 10**6), st.sampled_from(["mm", "cm", "m"]))
def test_conversion_does_not_change_a_length(value, unit):
    factor = {"mm": 1, "cm": 10, "m": 1000}[unit]
    assert read("mm", f"{value} {unit}") == pytest.approx(value * factor)


def test_a_long_answer_takes_no_more_than_proportional_time():
    start = time.process_time()
    for text in ("3 mm, " * 8000, "one hundred " * 4000, "5 mg/dl/" * 6000, "1/2" * 16000, "-" * 49000, "9" * 49000):
        read("mm", text)
    assert time.process_time() - start < 5
