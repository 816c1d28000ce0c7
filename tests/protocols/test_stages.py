import pytest

from auscult.protocols.stages import stages_text
from auscult.records import STAGES, Item

ITEM = Item(id="1", case_id="c", source_id="s", question="Is there a mass?", reference="no", answer_type="yes_no")
GIVEN = {"visual_recognition": "A chest film.", "knowledge_recall": "A mass is round."}


@pytest.mark.parametrize("given", range(3))
def test_finished_stages_stand_under_their_headers_and_the_others_are_asked_for(given: int) -> None:
    finished = {stage: GIVEN[stage] for stage in STAGES[:given]}
    text = stages_text(ITEM, finished)
    assert text.startswith("Is there a mass?\n")
    headers = [f"[{stage.replace('_', ' ').title()}]" for stage in STAGES]
    for header, stage in zip(headers, STAGES, strict=True):
        assert text.count(header) == 1
        assert (f"{header}\n{finished[stage]}" in text) if stage in finished else f"{header} What" in text
    assert text.endswith("[Answer] with yes or no alone.")


def test_options_stand_with_their_letters_and_braces_of_a_question_are_left_alone() -> None:
    item = Item(
        id="1",
        case_id="c",
        source_id="s",
        question="Which {given}?",
        reference="CT",
        answer_type="choice",
        options=("X-ray", "CT"),
    )
    text = stages_text(item)
    assert text.startswith("Which {given}?\nOptions:\nA. X-ray\nB. CT\nAnswer in three stages")
    assert text.endswith("with the letter of one option and its text.")


def test_a_number_is_asked_for_in_its_unit() -> None:
    item = Item(
        id="1", case_id="c", source_id="s", question="How large?", reference="12", answer_type="number", unit="mm"
    )
    assert stages_text(item).endswith("with one number and its unit (mm).")
