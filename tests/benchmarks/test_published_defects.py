"""The page of replayed defects is what its program gives, and the golden cases of the published rules hold."""

from pathlib import Path

import pytest
from benchmarks.published_defects.__main__ import page, rows
from benchmarks.published_defects.closed_questions import cares
from benchmarks.published_defects.recorded import asked, recorded

from auscult.records import Item
from auscult.scorers import create

PAGE = Path(__file__).parents[2] / "docs" / "concepts" / "published-defects.md"


def test_the_page_is_what_the_program_writes() -> None:
    assert PAGE.read_text("utf-8") == page(), "run: python -m benchmarks.published_defects --out " + str(PAGE.name)


def test_at_least_fifteen_defects_each_with_another_number_than_the_sound_one() -> None:
    found = rows()
    assert len(found) >= 15 and len({row.system.split(",")[0] for row in found}) >= 8
    for row in found:
        assert row.sound.value is not None and row.sound.n + row.sound.missing >= 70
        assert row.published is None or abs(row.published - row.sound.value) > 0.005, row.defect


def test_every_recorded_answer_is_to_a_question_of_the_sample() -> None:
    said = recorded("yes_no")
    assert [s.item.id for s in said] == [i.id for _, i in asked("yes_no")]
    assert {s.text for s in said} >= {None, ""}


def closed(reference: str) -> Item:
    return Item(id="", case_id="", source_id="", question="?", reference=reference, answer_type="yes_no")


@pytest.mark.parametrize(
    ("scorer", "reference", "text", "value"),
    [
        ("llava-med-closed", "no", "normal heart", 1.0),
        ("pope", "yes", "", 1.0),
        ("vcd", "no", "not sure", 1.0),
        ("closed", "no", "normal heart", None),
        ("closed", "yes", "", 0.0),
        ("closed", "no", "not sure", 0.0),
    ],
)
def test_golden_cases(scorer: str, reference: str, text: str, value: float) -> None:
    assert create(scorer).rule(closed(reference), text).values.get("correct") == value


def test_cares_reads_a_refusal_as_yes() -> None:
    said = recorded("yes_no")[0]
    refusal = "I'm sorry, but I cannot interpret medical images."
    assert [cares(type(said)(closed(truth), "g", refusal)) for truth in ("yes", "no")] == [1.0, 0.0]
