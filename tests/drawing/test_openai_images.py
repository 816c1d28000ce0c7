import pytest
from tests.drawing.studio import animation, drawn, in_base64, picture, studio

from auscult.drawing.generators import GeneratorOptions, create
from auscult.drawing.prompts import bundled
from auscult.errors import UserError
from auscult.models import CallFailed

PROMPT = bundled()[0]


@pytest.fixture(autouse=True)
def no_key(monkeypatch):
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)


async def asked(url, kind="openai", **options):
    generator = create(f"{kind}:m@{url}", GeneratorOptions(**options))
    try:
        return await generator.draw(PROMPT, 0)
    finally:
        await generator.close()


async def test_an_image_in_base64_comes_back_byte_by_byte():
    with studio() as server:
        found = await asked(server.url)
    assert found.images == (picture(PROMPT.text),) and found.tokens_in == 12
    assert server.requests == ["POST /v1/images/generations"]


async def test_an_address_on_the_named_host_is_fetched():
    with studio(lambda body: {"data": [{"url": "/files/1.png"}]}, {"/files/1.png": picture("x")}) as server:
        assert (await asked(server.url)).images == (picture("x"),)


@pytest.mark.parametrize("address", ["http://example.org/1.png", "http://127.0.0.1:9/1.png", "file:///etc/passwd"])
async def test_an_address_elsewhere_is_not_fetched(address):
    with (
        studio(lambda body: {"data": [{"url": address}]}) as server,
        pytest.raises(CallFailed, match="which you named"),
    ):
        await asked(server.url)
    assert server.requests == ["POST /v1/images/generations"]


async def test_a_server_that_takes_no_response_format_is_asked_without_it():
    seen = []

    def picky(body):
        seen.append(body)
        if "response_format" in body:
            return 400, {"error": {"message": "Unknown parameter: 'response_format'."}}
        return drawn(body)

    with studio(picky) as server:
        assert (await asked(server.url, image_size="512x512")).images
    assert "response_format" not in seen[1] and seen[1]["size"] == "512x512"


async def test_a_policy_error_is_a_refusal_in_the_servers_words():
    error = {"code": "content_policy_violation", "message": "Your request was rejected by our safety system."}
    with studio(lambda body: (400, {"error": error})) as server:
        found = await asked(server.url)
    assert not found.images and "safety system" in found.refused


async def test_any_other_refused_request_is_missing_data():
    with (
        studio(lambda body: (400, {"error": {"message": "size must be one of 256x256"}})) as server,
        pytest.raises(CallFailed, match="size must be"),
    ):
        await asked(server.url)


@pytest.mark.parametrize("body", [{"data": None}, {"choices": []}, {"error": {"message": "boom"}}])
async def test_a_reply_of_another_form_is_missing_data(body):
    with studio(lambda _: body) as server, pytest.raises(CallFailed):
        await asked(server.url)


async def test_words_in_place_of_an_image_are_kept():
    with studio(lambda body: {"data": [{"text": "I cannot draw that."}]}) as server:
        found = await asked(server.url)
    assert (found.images, found.text) == ((), "I cannot draw that.")


def test_a_size_that_is_none_is_refused_before_anything_is_asked():
    with pytest.raises(UserError, match="write WIDTHxHEIGHT"):
        create("openai:m@http://localhost:1/v1", GeneratorOptions(image_size="big"))


@pytest.mark.parametrize(
    ("spec", "says"),
    [
        ("openai", "which one"),
        ("nothing", "KIND:NAME"),
        ("openai:", "which one"),
        ("crayon:x", "unknown kind 'crayon'"),
    ],
)
def test_a_wrong_spec_names_the_kinds(spec, says):
    with pytest.raises(UserError, match=says):
        create(spec, GeneratorOptions())


URL = f"data:image/png;base64,{in_base64(picture('c'))}"


@pytest.mark.parametrize(
    ("message", "text"),
    [
        ({"content": "Here.", "images": [{"type": "image_url", "image_url": {"url": URL}}]}, "Here."),
        ({"content": [{"type": "text", "text": "Here."}, {"type": "image_url", "image_url": {"url": URL}}]}, "Here."),
        ({"content": f"Here. ![it]({URL})"}, "Here."),
        ({"content": f"Here. {URL}"}, "Here."),
        ({"content": [{"type": "output_image", "b64_json": in_base64(picture("c"))}]}, ""),
    ],
)
async def test_an_image_in_a_chat_reply_is_found_wherever_servers_put_it(message, text):
    with studio(lambda body: {"choices": [{"message": message}]}) as server:
        found = await asked(server.url, "openai-chat")
    assert (found.images, found.text) == ((picture("c"),), text)


async def test_a_link_to_read_on_in_a_chat_reply_is_no_image_and_is_not_fetched():
    said = "I can't draw that; see [here](http://example.org/anatomy)."
    with studio(lambda body: {"choices": [{"message": {"content": said}}]}) as server:
        found = await asked(server.url, "openai-chat")
    assert (found.images, found.text) == ((), said)


async def test_a_chat_server_that_knows_no_modalities_is_asked_without():
    def picky(body):
        if "modalities" in body:
            return 400, {"error": {"message": "unsupported parameter modalities"}}
        return {"choices": [{"message": {"content": "Which side?"}}]}

    with studio(picky) as server:
        assert (await asked(server.url, "openai-chat")).text == "Which side?"


async def test_what_a_chat_servers_filter_withholds_is_a_refusal():
    choice = {"message": {"content": None}, "finish_reason": "content_filter"}
    with studio(lambda body: {"choices": [choice]}) as server:
        assert "filter" in (await asked(server.url, "openai-chat")).refused


async def test_two_images_and_an_animation_come_back_as_they_are():
    both = [{"b64_json": in_base64(picture("a"))}, {"b64_json": in_base64(animation())}]
    with studio(lambda body: {"data": both}) as server:
        assert (await asked(server.url)).images == (picture("a"), animation())
