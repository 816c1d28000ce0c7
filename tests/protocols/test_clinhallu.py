from dataclasses import replace

from tests.diagnosis.made import rest, trace
from tests.protocols.putting import put
from tests.protocols.test_direct import ASKED

from auscult.protocols import Asking, create
from auscult.records import Decoding, Image, Reply

ASKING = Asking(model="m", decoding=Decoding(max_tokens=50, seed=3))
SHOWN = replace(ASKED, images=(Image(b"x", "image/png", "a"), Image(b"y", "image/png", "b")))


def test_a_system_message_comes_first_and_all_images_follow_the_text() -> None:
    (call,) = put(create("clinhallu", ASKING), SHOWN, says=trace()).calls
    assert [m.role for m in call.messages] == ["system", "user"]
    assert [isinstance(p, str) for p in call.messages[1].parts] == [True, False, False]


def test_it_is_decoded_as_published_whatever_the_run_says() -> None:
    (call,) = put(create("clinhallu", ASKING), ASKED, says=trace()).calls
    d = call.decoding
    assert (d.temperature, d.top_p, d.max_tokens, d.seed) == (0.7, 0.9, 4096, 3)


def test_images_are_sent_again_with_a_given_stage() -> None:
    given = {"visual_recognition": "A dark film.", "knowledge_recall": "A film is dark."}
    asked = put(
        create("clinhallu", ASKING), replace(SHOWN, given=given), says=lambda call: rest(call.messages[-1].text)
    )
    assert len(asked.calls[0].images) == 2 and asked.answers[0].status == "ok"


def test_an_invalid_trace_is_asked_for_fifty_times_more_and_the_last_one_stands() -> None:
    said = iter(["first", *["between"] * 49, "last"])
    asked = put(create("clinhallu", ASKING), ASKED, says=lambda call: next(said))
    (answer,) = asked.answers
    assert (len(asked.calls), answer.attempts, answer.status, answer.trace) == (51, 51, "unusable", "last")


def test_a_failure_at_the_first_attempt_ends_the_sample() -> None:
    asked = put(create("clinhallu", ASKING), ASKED, says=Reply(failure="server_error"))
    assert len(asked.calls) == 1 and asked.answers[0].status == "request_failed"


def test_a_later_failure_costs_that_attempt_alone() -> None:
    said = iter(["nothing", Reply(failure="timeout"), trace("no")])
    (answer,) = put(create("clinhallu", ASKING), ASKED, says=lambda call: next(said)).answers  # type: ignore[arg-type,return-value]
    assert (answer.status, answer.text, answer.attempts) == ("ok", "no", 2)
    said = iter(["nothing", *[Reply(failure="timeout")] * 50])
    (answer,) = put(create("clinhallu", ASKING), ASKED, says=lambda call: next(said)).answers  # type: ignore[arg-type,return-value]
    assert (answer.status, answer.detail) == ("unusable", "no visual recognition")


def test_headers_must_be_spelt_as_published() -> None:
    bold = trace().replace("[Visual Recognition]", "**Visual Recognition**")
    assert put(create("clinhallu", ASKING), ASKED, says=bold).answers[0].status == "unusable"
    assert put(create("staged"), ASKED, says=bold).answers[0].status == "ok"


def test_an_empty_stage_leaves_its_block_out_of_the_trace_so_that_it_stays_invalid() -> None:
    given = {"visual_recognition": "", "knowledge_recall": "A film is dark."}
    asked = put(create("clinhallu", ASKING), replace(ASKED, given=given), says=lambda c: rest(c.messages[-1].text))
    assert len(asked.calls) == 51 and asked.answers[0].detail == "no visual recognition"
