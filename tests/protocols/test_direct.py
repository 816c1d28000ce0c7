from auscult.protocols.direct import Direct, Example, question_text, right_answer
from auscult.records import Decoding, Image, Item, Reply

IMAGE = Image(b"x", "image/png", "0" * 64)


def item(**fields: object) -> Item:
    given = {"id": "i", "case_id": "c", "source_id": "q", "question": "Is there {options}?", "reference": "yes"}
    return Item(**{**given, "answer_type": "yes_no", **fields})  # type: ignore[arg-type]


def test_the_image_comes_first_and_the_question_stands_as_published() -> None:
    call = Direct().call(item(), [IMAGE], "with")
    (turn,) = call.messages
    assert turn.parts[0] is IMAGE and str(turn.parts[1]).startswith("Is there {options}?\n")


def test_without_the_image_only_the_image_is_missing() -> None:
    with_image, without = (Direct().call(item(), [IMAGE], c) for c in ("with", "without"))  # type: ignore[arg-type]
    assert without.images == () and without.messages[0].text == with_image.messages[0].text


def test_options_are_lettered_and_the_right_one_can_be_shown() -> None:
    choice = item(answer_type="choice", options=("left", "right"), reference="right", question="Which side?")
    assert "A. left\nB. right" in question_text(choice)
    assert right_answer(choice) == "B. right"


def test_a_number_is_asked_for_in_its_unit() -> None:
    assert "(mm)" in question_text(item(answer_type="number", unit="mm", question="How wide?"))


def test_examples_come_first_each_in_a_turn_of_its_own() -> None:
    call = Direct(examples=(Example(IMAGE, "q1", "yes"), Example(IMAGE, "q2", "no"))).call(item(), [IMAGE], "with")
    assert [m.role for m in call.messages] == ["user", "assistant"] * 2 + ["user"]
    assert len(call.images) == 3


def test_a_failed_request_is_missing_and_an_empty_or_withheld_reply_is_unusable() -> None:
    protocol = Direct()
    call = protocol.call(item(), [IMAGE], "with")
    made = [
        protocol.answer(call, reply, "m").status
        for reply in (
            Reply(text="no"),
            Reply(text=" "),
            Reply(text="x", finish="content_filter"),
            Reply(failure="timeout"),
        )
    ]
    assert made == ["ok", "unusable", "unusable", "request_failed"]


def test_the_id_of_an_answer_hangs_on_condition_decoding_and_sample() -> None:
    ids = {
        Direct(decoding=Decoding(temperature=t))
        .answer(Direct(decoding=Decoding(temperature=t)).call(item(), [IMAGE], c, r), Reply(text="x", seconds=t), "m")
        .id
        for t in (0.0, 0.7)
        for c in ("with", "without", "wrong")
        for r in (0, 1)
    }
    assert len(ids) == 12
