from dataclasses import replace

import pytest
from tests.diagnosis.made import rest, trace
from tests.protocols.putting import put
from tests.protocols.test_direct import ASKED

from auscult.errors import UserError
from auscult.protocols import Asking, create
from auscult.records import Decoding, Image, Reply

WARM = Asking(model="m", decoding=Decoding(temperature=0.7))
GIVEN = replace(ASKED, given={"visual_recognition": "A dark film."}, arm="replace_vr")
SHOWN = replace(ASKED, images=(Image(b"x", "image/png", "hash"),))


def test_the_image_comes_first_and_one_call_is_made() -> None:
    (call,) = put(create("staged"), SHOWN, says=trace()).calls
    assert call.messages[0].parts[0] == SHOWN.images[0] and len(call.messages) == 1


def test_the_answer_is_what_stands_on_the_answer_line_and_the_trace_is_all_of_it() -> None:
    (answer,) = put(create("staged"), ASKED, says=trace("no")).answers
    assert (answer.status, answer.text, answer.trace, answer.attempts) == ("ok", "no", trace("no"), 1)


def test_a_given_stage_stands_in_the_prompt_in_the_trace_and_in_the_name() -> None:
    asked = put(create("staged"), GIVEN, says=lambda call: rest(call.messages[0].text))
    (answer,) = asked.answers
    assert "[Visual Recognition]\nA dark film." in asked.calls[0].messages[0].text
    assert answer.trace.startswith("[Visual Recognition]\nA dark film.\n\n[Knowledge Recall]")
    assert answer.protocol == "staged@1/replace_vr" and answer.stages == GIVEN.given and answer.status == "ok"


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("I cannot tell.", "no visual recognition"),
        (trace("") + " ", "no answer"),
        (trace().partition("[Reasoning]")[0], "no reasoning"),
        ("", "empty"),
    ],
)
def test_a_trace_that_is_none_is_the_models_own_outcome_and_says_why(said: str, why: str) -> None:
    (answer,) = put(create("staged"), ASKED, says=said).answers
    assert (answer.status, answer.detail) == ("unusable", why)


def test_a_failed_request_is_missing_data() -> None:
    (answer,) = put(create("staged"), ASKED, says=Reply(failure="timeout")).answers
    assert answer.status == "request_failed"


def test_it_is_tried_again_until_a_trace_is_valid_and_all_tries_are_counted() -> None:
    said = iter(["nothing", "[Visual Recognition] a b c", trace()])
    asked = put(create("staged:51", WARM), ASKED, says=lambda call: next(said))
    (answer,) = asked.answers
    assert (answer.status, answer.attempts, answer.tokens_in, answer.protocol) == ("ok", 3, 30, "staged:51@1")
    assert len({call.key("m") for call in asked.calls}) == 3


def test_a_model_that_never_writes_a_trace_is_asked_as_often_as_is_said_and_no_more() -> None:
    asked = put(create("staged:4", WARM), ASKED, says="no")
    assert len(asked.calls) == 4 and asked.answers[0].attempts == 4 and asked.answers[0].status == "unusable"


def test_a_failed_try_leaves_an_answer_open_unless_another_try_gave_a_trace() -> None:
    for last, status in ((trace(), "ok"), ("nothing", "request_failed")):
        said = iter(["nothing", Reply(failure="timeout"), last])
        asked = put(create("staged:3", WARM), ASKED, says=lambda call, said=said: next(said))  # type: ignore[misc]
        assert asked.answers[0].status == status


def test_tries_at_temperature_zero_are_refused() -> None:
    with pytest.raises(UserError, match="'staged:51' at temperature 0 repeats one trace"):
        create("staged:51")


def test_what_stands_behind_the_answer_line_cuts_no_answer_short() -> None:
    cut = Reply(text=f"{trace('yes')}\nAnd then I would", finish="length")
    whole = Reply(text=trace("the left upper"), finish="length")
    assert [put(create("staged"), ASKED, says=r).answers[0].finish for r in (cut, whole)] == ["stop", "length"]
