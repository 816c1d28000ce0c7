from dataclasses import replace

from tests.protocols.putting import put

from auscult.protocols import Asking, Example, Question, create
from auscult.protocols.direct import question_text, right_answer
from auscult.records import Decoding, Image, Item, Reply

IMAGE = Image(b"x", "image/png", "0" * 64)


def item(**fields: object) -> Item:
    given = {"id": "i", "case_id": "c", "source_id": "q", "question": "Is there {options}?", "reference": "yes"}
    return Item(**{**given, "answer_type": "yes_no", **fields})  # type: ignore[arg-type]


ASKED = Question(item=item(), images=(IMAGE,))


def test_the_image_comes_first_and_the_question_stands_as_published() -> None:
    (call,) = put(create("direct"), ASKED).calls
    (turn,) = call.messages
    assert turn.parts[0] is IMAGE and str(turn.parts[1]).startswith("Is there {options}?\n")


def test_without_the_image_only_the_image_is_missing() -> None:
    with_image, without = put(create("direct"), ASKED, replace(ASKED, images=(), condition="without")).calls
    assert without.images == () and without.messages[0].text == with_image.messages[0].text


def test_options_are_lettered_and_the_right_one_can_be_shown() -> None:
    choice = item(answer_type="choice", options=("left", "right"), reference="right", question="Which side?")
    assert "A. left\nB. right" in question_text(choice)
    assert right_answer(choice) == "B. right"


def test_a_number_is_asked_for_in_its_unit() -> None:
    assert "(mm)" in question_text(item(answer_type="number", unit="mm", question="How wide?"))


def test_examples_come_first_each_in_a_turn_of_its_own() -> None:
    examples = (Example(IMAGE, item(id="e1")), Example(IMAGE, item(id="e2", reference="no")))
    asked = put(create("direct"), replace(ASKED, examples=examples))
    (call,) = asked.calls
    assert [m.role for m in call.messages] == ["user", "assistant"] * 2 + ["user"]
    assert [m.text for m in call.messages[1::2]] == ["yes", "no"] and len(call.images) == 3
    assert asked.answers[0].examples == ("e1", "e2")


def test_a_failed_request_is_missing_and_an_empty_or_withheld_reply_is_unusable() -> None:
    replies = Reply(text="no"), Reply(text=" "), Reply(text="x", finish="content_filter"), Reply(failure="timeout")
    made = [put(create("direct"), ASKED, says=reply).answers[0].status for reply in replies]
    assert made == ["ok", "unusable", "unusable", "request_failed"]


def test_how_far_an_answer_leans_is_kept_where_yes_or_no_is_asked() -> None:
    says = Reply(text="Yes, there is.", yes_margin=1.5)
    asked = [
        item(),
        item(answer_type="open", premise="There is a mass.", premise_form="polar"),
        item(answer_type="open", premise="There is a mass.", premise_form="presupposition"),
        item(answer_type="choice", options=("left", "right"), reference="right"),
    ]
    made = [put(create("direct"), replace(ASKED, item=one), says=says).answers[0].yes_margin for one in asked]
    assert made == [1.5, 1.5, None, None]


def test_the_id_of_an_answer_hangs_on_condition_decoding_and_sample() -> None:
    ids = {
        answer.id
        for t in (0.0, 0.7)
        for answer in put(
            create("direct", Asking(model="m", decoding=Decoding(temperature=t))),
            *(
                replace(ASKED, condition=c, repeat=r)  # type: ignore[arg-type]
                for c in ("with", "without", "wrong")
                for r in (0, 1)
            ),
        ).answers
    }
    assert len(ids) == 12


def test_the_id_of_an_answer_stays_what_it_was() -> None:
    """Golden: ids of runs that were made before protocols were parts."""
    (answer,) = put(create("direct", Asking(model="m")), ASKED).answers
    assert answer.id == "2e9d1d8d3aaa71cc54edebbc"
