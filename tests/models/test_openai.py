import asyncio
import contextlib
import math
import os
import socket
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from io import BytesIO

import orjson
import pytest
from PIL import Image as Picture
from tests.models.servers import scripted_server, scripted_text, transformers_server
from tests.models.tiny_llava import make_tiny_llava

from auscult.errors import UserError
from auscult.models import CallFailed, ModelOptions, create
from auscult.models._chat_reply import one_line, parse_reply, refuses_parameter, retry_after
from auscult.models._dialect import Dialect
from auscult.models.leaning import listed_margin
from auscult.models.openai import split_spec
from auscult.records import Call, Decoding, Image, Item, Message, Reply

KEY = "sk-test/0123456789+abcdef=="


@pytest.fixture(autouse=True)
def no_key(monkeypatch):
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)


@pytest.fixture(scope="module")
def server():
    with scripted_server(retry_after="7", location="http://example.org/v1", text="") as running:
        yield running


def image(colour: int) -> Image:
    stream = BytesIO()
    Picture.new("RGB", (40, 40), (colour, 255 - colour, 90)).save(stream, "PNG")
    return Image(stream.getvalue(), "image/png", f"{colour:064x}")


def question(*parts: str | Image, **fields) -> Call:
    return Call(messages=(Message("user", parts or ("Is there an effusion?",)),), **fields)


async def ask(base_url: str, call: Call | None = None, name: str = "tiny", **options) -> Reply:
    model = create(f"openai:{name}@{base_url}", ModelOptions(**options))
    try:
        return (await model.reply([call or question()]))[0]
    finally:
        await model.close()


@pytest.fixture(scope="module")
def failed(server):
    async def call(fault: str, **options) -> CallFailed:
        with pytest.raises(CallFailed) as caught:
            await ask(server.with_fault(fault), **options)
        return caught.value

    return call


# What is sent


async def test_texts_and_several_images_arrive_in_order(server):
    a, b = image(1), image(2)
    reply = await ask(server.base_url, question("First:", a, "second:", b, "which is worse?"))
    assert reply.text == scripted_text(["First:", "second:", "which is worse?"], [a.data_url, b.data_url])


async def test_a_reply_carries_finish_tokens_and_seconds(server):
    reply = await ask(server.base_url)
    assert (reply.finish, reply.tokens_out, reply.failure) == ("stop", 7, "")
    assert reply.tokens_in > reply.tokens_cached == 1 and 0 < reply.seconds < 10


async def test_a_large_image_arrives_whole(server):
    big = Image(os.urandom(3_000_000), "image/jpeg", "f" * 64)
    reply = await ask(server.base_url, question(big, "?"))
    assert reply.text == scripted_text(["?"], [big.data_url])


def sent(call: Call) -> dict:
    return orjson.loads(create("openai:tiny", ModelOptions())._body(call, Dialect()))


def test_decoding_is_sent_as_asked():
    how = Decoding(temperature=0.7, top_p=0.9, max_tokens=33, seed=5, stop=("\n",))
    body = sent(question(decoding=how))
    assert (body["model"], body["temperature"], body["top_p"], body["max_tokens"]) == ("tiny", 0.7, 0.9, 33)
    assert (body["seed"], body["stop"]) == (5, ["\n"])


def test_defaults_that_servers_may_refuse_are_left_out():
    assert sent(question()).keys() == {"model", "messages", "temperature", "max_tokens"}


def test_a_schema_becomes_a_response_format():
    body = sent(question(schema='{"type": "object"}'))
    assert body["response_format"]["json_schema"]["schema"] == {"type": "object"}


def test_texts_without_images_are_sent_as_plain_text():
    call = Call(messages=(Message("system", ("Be brief.",)), Message("user", ("Hello",))))
    assert sent(call)["messages"] == [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hello"}]


async def test_a_server_that_knows_the_limit_under_its_newer_name_is_asked_in_that_name():
    with scripted_server(faults="max-tokens") as running:
        model = create(f"openai:tiny@{running.base_url}", ModelOptions())
        replies = [(await model.reply([question()]))[0] for _ in range(2)]
        await model.close()
        assert [r.finish for r in replies] == ["stop", "stop"]
        assert sorted(running.counts()["asked"].values()) == [1, 2]


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("no-temperature", "asked without temperature"),
        ("no-schema", "no form of the reply was asked for; --no-judge-schema"),
        ("only-json-object", "any JSON object was asked for"),
        ("validator", "any JSON object was asked for"),
    ],
)
async def test_what_a_server_does_not_take_is_left_out_and_said_once(fault, said, capsys):
    with scripted_server(faults=fault) as running:
        model = create(f"openai:tiny@{running.base_url}", ModelOptions())
        replies = [(await model.reply([question(schema='{"type": "object"}')]))[0] for _ in range(2)]
        await model.close()
        assert sorted(running.counts()["asked"].values()) == [1, 2]
    assert all(said in r.detail and r.finish == "stop" for r in replies)
    assert [said in line for line in capsys.readouterr().err.splitlines()] == [True]


def yes_no(text: str = "Is there an effusion?") -> Call:
    asked = Item(id="i", case_id="c", source_id="q", question=text, reference="yes", answer_type="yes_no")
    return question(text, item=asked)


async def test_how_far_an_answer_leans_to_yes_is_asked_for_and_comes_back(server):
    assert (await ask(server.base_url, yes_no())).yes_margin is None
    reply = await ask(server.base_url, yes_no(), margins=True)
    assert reply.yes_margin == pytest.approx(math.log((0.4 + 0.1) / (0.3 + 0.05)))
    assert reply.detail == ""
    assert create("openai:tiny", ModelOptions(margins=True)).identity != create("openai:tiny", ModelOptions()).identity


@pytest.mark.parametrize(
    ("fault", "said", "asked", "known"),
    [
        ("few-logprobs", "", [1, 2], True),
        ("no-logprobs", "the server gives no log-probabilities", [1, 1, 2], False),
        ("ignores-logprobs", "no log-probability of yes or no came with some answers", [2], False),
    ],
)
async def test_a_server_without_log_probabilities_answers_and_says_so_once(fault, said, asked, known, capsys):
    with scripted_server(faults=fault) as running:
        model = create(f"openai:tiny@{running.base_url}", ModelOptions(margins=True))
        replies = [(await model.reply([yes_no()]))[0] for _ in range(2)]
        await model.close()
        assert sorted(running.counts()["asked"].values()) == asked
    assert all((r.yes_margin is not None) == known and r.finish == "stop" for r in replies)
    assert [said in line for line in capsys.readouterr().err.splitlines()] == [True] * bool(said)


@pytest.mark.parametrize(
    ("top", "margin"),
    [
        ({"Yes": 0.5, "no": 0.25, "The": 0.125}, math.log(2)),
        ({"\u2581Yes": 0.5, "\u0120no": 0.25}, math.log(2)),
        ({"Yes": 0.5, "The": 0.125}, math.log(4)),
        ({"Nothing": 0.5, "The": 0.125, "Yesterday": 0.1}, None),
        ({}, None),
    ],
)
def test_a_word_that_is_not_listed_is_as_likely_as_the_least_likely_token_that_is(top, margin):
    found = listed_margin([{"token": t, "logprob": math.log(p)} for t, p in top.items()])
    assert found == (None if margin is None else pytest.approx(margin))


@pytest.mark.parametrize("odd", [None, [], "x", {"content": None}, {"content": [{"token": "Yes"}]}, {"content": ["x"]}])
def test_log_probabilities_in_another_form_are_none(odd):
    body = {"choices": [{"message": {"content": "Yes."}, "finish_reason": "stop", "logprobs": odd}]}
    assert parse_reply(orjson.dumps(body), str) == Reply(text="Yes.", finish="stop")


def test_log_probabilities_of_reasoning_are_not_those_of_the_answer():
    listed = {"content": [{"token": "Hm", "top_logprobs": [{"token": "Yes", "logprob": -0.1}]}]}
    body = {"choices": [{"message": {"content": "Yes."}, "finish_reason": "stop", "logprobs": listed}]}
    assert parse_reply(orjson.dumps(body), str).yes_margin is None


async def test_a_server_that_takes_everything_is_asked_for_everything(server):
    assert (await ask(server.base_url, question(schema='{"type": "object"}'))).detail == ""


@pytest.mark.parametrize(
    ("message", "whole"),
    [
        ("Unsupported parameter: 'temperature' is not supported with this model.", True),
        ("`temperature` is deprecated for this model.", True),
        ('[{"loc": ["body", "temperature"], "msg": "Extra inputs are not permitted"}]', True),
        ("this model does not support temperature", True),
        (
            "Unsupported value: 'temperature' does not support 0.0 with this model. Only 1 is.",
            False,
        ),
        ("temperature must be at most 1, this is not supported", False),
        ("the image is not supported", False),
    ],
)
def test_a_parameter_that_is_refused_is_told_from_a_value_that_is(message, whole):
    body = orjson.dumps({"error": {"message": message}})
    assert refuses_parameter(body, "temperature") is whole
    assert (Dialect().after(400, body, question()) == Dialect(without=frozenset({"temperature"}))) is whole


def test_a_router_that_finds_no_server_for_a_schema_is_asked_without_it():
    body = orjson.dumps({"error": {"message": "No endpoints found that support response_format"}})
    assert Dialect().after(404, body, question(schema="{}")) == Dialect(form="")


def test_a_refusal_of_another_kind_teaches_nothing():
    body = orjson.dumps({"error": {"message": "this model's context is 4096 tokens"}})
    assert Dialect().after(400, body, question(schema="{}")) is None
    assert Dialect().after(503, b"response_format json_schema", question(schema="{}")) is None
    assert Dialect().after(400, b"json_schema is not supported", question()) is None


# What comes back


@pytest.mark.parametrize(
    "fault", ["truncated", "html", "latin-1", "not-json", "no-choices", "empty-choices", "no-message"]
)
async def test_an_unreadable_reply_is_a_failure_that_is_worth_another_try(fault, failed):
    error = await failed(fault)
    assert (error.kind, error.retryable) == ("bad_reply", True)
    assert "\n" not in error.detail


async def test_an_error_inside_a_200_is_a_failure(failed):
    error = await failed("error-in-200")
    assert (error.kind, error.retryable, error.overload) == ("server_error", True, True)


async def test_a_huge_reply_is_cut_off(failed):
    error = await failed("huge")
    assert (error.kind, error.retryable) == ("bad_reply", False)


@pytest.mark.parametrize("fault", ["refusal", "filter"])
async def test_a_refused_or_filtered_answer_is_the_models_own_outcome(server, fault):
    reply = await ask(server.with_fault(fault))
    assert (reply.text, reply.finish, reply.failure) == ("", "content_filter", "")
    assert reply.detail


async def test_content_in_parts_is_joined(server):
    assert (await ask(server.with_fault("parts"))).text == scripted_text(["Is there an effusion?"], [])


async def test_null_content_after_the_limit_is_an_empty_answer(server):
    reply = await ask(server.with_fault("null"))
    assert (reply.text, reply.finish) == ("", "length")


async def test_a_cut_answer_says_so(server):
    assert (await ask(server.with_fault("length"))).finish == "length"


async def test_usage_may_be_absent(server):
    reply = await ask(server.with_fault("no-usage"))
    assert (reply.tokens_in, reply.tokens_out, reply.tokens_cached, bool(reply.text)) == (0, 0, 0, True)


async def test_reasoning_beside_the_answer_is_left_out(server):
    assert (await ask(server.with_fault("reasoning"))).text == scripted_text(["Is there an effusion?"], [])


@pytest.mark.parametrize(
    "message",
    [{}, {"content": 3}, {"content": [{"type": "image"}]}, {"content": ["yes"]}, {"content": {"text": "yes"}}],
)
def test_a_message_without_readable_content_is_no_answer(message):
    body = orjson.dumps({"choices": [{"message": message}]})
    with pytest.raises(CallFailed, match="bad_reply"):
        parse_reply(body, str)


@pytest.mark.parametrize(
    "body", [b"", b"null", b"[]", b'"yes"', b'{"choices": "yes"}', b'{"choices": [null]}', b"\xff\xfe"]
)
def test_json_that_is_no_completion_is_no_answer(body):
    with pytest.raises(CallFailed, match="bad_reply"):
        parse_reply(body, str)


# Failures


@pytest.mark.parametrize(
    ("fault", "kind", "retryable", "overload"),
    [
        ("429", "rate_limited", True, True),
        ("quota", "rate_limited", False, False),
        ("408", "timeout", True, True),
        ("500", "server_error", True, False),
        ("502", "server_error", True, False),
        ("503", "server_error", True, True),
        ("504", "server_error", True, True),
        ("400", "rejected", False, False),
        ("413", "rejected", False, False),
        ("invalid", "rejected", False, False),
        ("404", "rejected", False, False),
        ("disconnect", "no_connection", True, False),
        ("reset", "no_connection", True, False),
    ],
)
async def test_failures_say_whether_to_try_again(fault, kind, retryable, overload, failed):
    error = await failed(fault)
    assert (error.kind, error.retryable, error.overload) == (kind, retryable, overload)


async def test_the_wait_that_a_server_asks_for_reaches_the_engine(failed):
    error = await failed("429")
    assert error.retry_after == 7


def test_the_wait_is_read_in_seconds_milliseconds_and_dates():
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=60), usegmt=True)
    assert retry_after({"Retry-After": "1.5"}) == 1.5
    assert retry_after({"retry-after-ms": "250", "Retry-After": "1"}) == 0.25
    assert 55 < (retry_after({"Retry-After": date}) or 0) <= 60
    assert retry_after({"Retry-After": "-3"}) == 0
    assert [retry_after({"Retry-After": bad}) for bad in ("soon", "nan", "inf", "")] == [None] * 4


async def test_nobody_listening_is_no_connection():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        with pytest.raises(CallFailed) as caught:
            await ask(f"http://127.0.0.1:{free.getsockname()[1]}/v1")
    assert (caught.value.kind, caught.value.retryable) == ("no_connection", True)
    assert "connection refused" in caught.value.detail


async def test_a_host_that_does_not_exist_is_no_connection():
    with pytest.raises(CallFailed) as caught:
        await ask("http://no-such-host.invalid/v1")
    assert caught.value.kind == "no_connection"


async def test_something_that_is_no_web_server_is_a_bad_reply():
    async def greet(_, writer):
        writer.write(b"220 mail ready\r\n")
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(greet, "127.0.0.1", 0) as mail:
        with pytest.raises(CallFailed) as caught:
            await ask(f"http://127.0.0.1:{mail.sockets[0].getsockname()[1]}/v1")
    assert caught.value.kind == "bad_reply"


async def test_a_redirect_is_not_followed(failed):
    error = await failed("301")
    assert error.kind == "rejected" and "redirect to http://example.org/v1" in error.detail


async def test_a_refused_decoding_says_which_part(failed):
    error = await failed("temperature")
    assert error.kind == "rejected" and "change --temperature" in error.detail


async def test_a_request_that_failed_with_a_schema_names_the_way_without_it(server):
    for fault, kind in (("400", "rejected"), ("500", "server_error"), ("invalid", "rejected")):
        with pytest.raises(CallFailed, match="--no-judge-schema") as caught:
            await ask(server.with_fault(fault), question(schema="{}"))
        assert caught.value.kind == kind
    with pytest.raises(CallFailed) as caught:
        await ask(server.with_fault("400"))
    assert "--no-judge-schema" not in caught.value.detail


# Keys


async def test_a_key_never_leaves_in_an_error(monkeypatch, failed):
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    error = await failed("echo-key")
    assert "bad header [key] bad key [key]" in error.detail
    assert KEY not in str(error) and KEY[3:12] not in repr(error.__dict__)
    assert len(error.detail) < 330 and error.detail.isprintable() and "\\x1b" in error.detail


async def test_a_key_is_not_in_identity_repr_or_reply(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    with scripted_server(text=f"Yes. {KEY}") as running:
        assert (await ask(running.base_url)).text == "Yes. [key]"
    model = create("openai:tiny", ModelOptions())
    assert KEY not in repr(model) + model.identity


async def test_a_named_variable_holds_the_key(monkeypatch, failed):
    monkeypatch.setenv("HOSPITAL_KEY", "short")
    error = await failed("echo-key", key_env="HOSPITAL_KEY")
    assert "[key]" in error.detail and "short" not in error.detail


def test_a_named_variable_that_is_not_set_is_a_user_error():
    with pytest.raises(UserError, match="NO_SUCH_KEY"):
        create("openai:tiny", ModelOptions(key_env="NO_SUCH_KEY"))


def test_the_default_key_does_not_travel_unencrypted_to_another_machine(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    assert create("openai:tiny@http://gpu-7:8000/v1", ModelOptions())._key == ""
    assert create("openai:tiny@http://gpu-7:8000/v1", ModelOptions(key_env="OPENAI_API_KEY"))._key == KEY
    assert create("openai:tiny@https://gpu-7:8000/v1", ModelOptions())._key == KEY


async def test_a_refused_key_names_its_variable(failed):
    assert "OPENAI_API_KEY is not set" in (await failed("401")).detail


def test_partly_masked_keys_are_taken_out_too():
    assert one_line("Incorrect API key: sk-ab***9xyz") == "Incorrect API key: [key]"


# Names and addresses


@pytest.mark.parametrize(
    ("rest", "name", "url"),
    [
        ("gpt-5", "gpt-5", "https://api.openai.com/v1"),
        ("org/llava:7b@http://localhost:8000/v1/", "org/llava:7b", "http://localhost:8000/v1"),
        ("a@b@HTTP://GPU-7:80/v1", "a@b", "http://gpu-7/v1"),
        ("m@http://x@https://h:443", "m@http://x", "https://h"),
        ("m@http://[::1]:8000/v1", "m", "http://[::1]:8000/v1"),
    ],
)
def test_a_spec_is_split_at_the_last_address(rest, name, url):
    assert split_spec(rest) == (name, url)
    assert create(f"openai:{rest}", ModelOptions()).identity == f"openai:{name}@{url}"


@pytest.mark.parametrize(
    "rest",
    ["m@localhost:8000/v1", "@http://h/v1", "m@http://", "m@http://h:99999/v1", "m@http://a b/v1", "m@http://[::1/v1"],
)
def test_a_malformed_spec_is_a_user_error(rest):
    with pytest.raises(UserError):
        create(f"openai:{rest}", ModelOptions())


def test_an_address_that_holds_a_secret_is_refused_without_repeating_it():
    for url in ("http://me:hush@h/v1", "http://h/v1?api_key=hush"):
        with pytest.raises(UserError) as caught:
            create(f"openai:m@{url}", ModelOptions())
        assert "hush" not in str(caught.value)


def test_off_line_mode_allows_loopback_only():
    for host in ("localhost", "127.0.0.1", "127.1.2.3", "[::1]"):
        create(f"openai:m@http://{host}:8000/v1", ModelOptions(offline=True))
    for spec in ("openai:gpt-5", "openai:m@http://10.0.0.1/v1", "openai:m@http://localhost.evil.org/v1"):
        with pytest.raises(UserError, match="off-line"):
            create(spec, ModelOptions(offline=True))


async def test_proxies_of_the_environment_are_not_used(server, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    assert (await ask(server.base_url)).finish == "stop"


# Probing


async def probe(base_url: str) -> None:
    await create(f"openai:tiny@{base_url}", ModelOptions()).probe()


async def test_a_server_that_answers_passes_the_probe_even_without_a_list_of_models(server):
    await probe(server.base_url)
    await probe(server.with_fault("404"))


async def test_the_probe_tells_that_nobody_listens():
    with pytest.raises(UserError, match=r"cannot reach http://127.0.0.1:9/v1: connection refused"):
        await probe("http://127.0.0.1:9/v1")


async def test_the_probe_tells_that_the_key_is_missing(server):
    with pytest.raises(UserError, match="OPENAI_API_KEY is not set"):
        await probe(server.with_fault("401"))


def test_a_model_can_be_probed_in_one_event_loop_and_asked_in_another(server):
    model = create(f"openai:tiny@{server.base_url}", ModelOptions())
    asyncio.run(model.probe())

    async def use() -> Reply:
        try:
            return (await model.reply([question()]))[0]
        finally:
            await model.close()

    assert asyncio.run(use()).finish == "stop"


# A real model behind a real server


@pytest.fixture
def transformers_serve():
    pytest.importorskip("torch")
    with contextlib.ExitStack() as stack:
        try:
            running = stack.enter_context(transformers_server())
        except RuntimeError as error:
            pytest.skip(str(error))
        yield running


async def test_a_real_model_behind_transformers_serve_sees_each_image(transformers_serve, tmp_path):
    folder = make_tiny_llava(tmp_path / "llava")
    calls = [question(image(c), "Is the heart normal?", decoding=Decoding(max_tokens=8)) for c in (0, 250, 0)]
    first, other, again = [await ask(transformers_serve.base_url, call, name=str(folder)) for call in calls]
    assert first.text and first.text == again.text != other.text
    assert first.tokens_in > 16 and first.tokens_out == 8
