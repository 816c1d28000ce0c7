import asyncio
import hashlib
import io
import json
import random
import shutil
import socket
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PIL import Image as Pixels
from tests.models.tiny_llava import make_tiny_llava

from auscult.errors import MissingExtra, UserError
from auscult.models import CallFailed, ModelOptions, create
from auscult.models.local import LocalModel
from auscult.records import Call, Decoding, Image, Message, Reply

WORDS = "is there a nodule in the left right lung pleural effusion heart normal large small image region seen"
NEAR_TIE = 1e-4


def picture(seed: int, width: int = 40, height: int = 32) -> Image:
    file = io.BytesIO()
    Pixels.frombytes("RGB", (width, height), random.Random(seed).randbytes(width * height * 3)).save(file, "PNG")
    return Image(file.getvalue(), "image/png", hashlib.sha256(file.getvalue()).hexdigest())


def questions(count: int, seed: int = 0) -> list[str]:
    draw = random.Random(seed)
    return [" ".join(draw.choices(WORDS.split(), k=draw.randint(1, 20))) + "?" for _ in range(count)]


def ask(*parts: str | Image, repeat: int = 0, **decoding: Any) -> Call:
    how = Decoding(**({"max_tokens": 24} | decoding))
    return Call(messages=(Message("user", parts),), decoding=how, repeat=repeat)


def answer(model: LocalModel, calls: Sequence[Call]) -> list[Reply]:
    return asyncio.run(model.reply(calls))


def outcome(reply: Reply) -> tuple[str, str, int, int]:
    assert not reply.failure, reply
    return reply.text, reply.finish, reply.tokens_in, reply.tokens_out


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny LLaVA with forty end tokens, so that its answers end early and at different times."""
    made = make_tiny_llava(tmp_path_factory.mktemp("local") / "tiny")
    settings = made / "generation_config.json"
    ends = list(range(20, 380, 9))
    settings.write_text(
        json.dumps(json.loads(settings.read_text()) | {"eos_token_id": ends, "repetition_penalty": 1.3})
    )
    return made


@pytest.fixture(scope="module")
def model(folder: Path) -> Iterator[LocalModel]:
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # with so small matrices a second thread only waits
    opened = create(f"local:{folder}", ModelOptions(offline=True))
    assert isinstance(opened, LocalModel)
    yield opened
    asyncio.run(opened.close())
    torch.set_num_threads(threads)


class Reference:
    """One ``generate`` a question, as anybody would write it."""

    def __init__(self, folder: Path) -> None:
        from transformers import AutoModelForImageTextToText, AutoProcessor

        self.model = AutoModelForImageTextToText.from_pretrained(folder).eval()
        self.model.generation_config.repetition_penalty = None
        self.processor = AutoProcessor.from_pretrained(folder)

    def __call__(self, call: Call) -> tuple[tuple[str, str, int, int], float]:
        """What is expected of a call's reply, and the smallest difference of the two highest logits on the way."""
        content = [
            {"type": "text", "text": p}
            if isinstance(p, str)
            else {"type": "image", "image": Pixels.open(io.BytesIO(p.data)).convert("RGB")}
            for p in call.messages[0].parts
        ]
        inputs = self.processor.apply_chat_template(
            [{"role": "user", "content": content}],
            add_generation_prompt=True,
            tokenize=True,
            return_dict=True,
            return_tensors="pt",
        )
        out = self.model.generate(
            **inputs,
            do_sample=False,
            max_new_tokens=call.decoding.max_tokens,
            return_dict_in_generate=True,
            output_logits=True,
        )
        start = inputs["input_ids"].shape[1]
        new = out.sequences[0, start:].tolist()
        over = new[-1] in self.model.generation_config.eos_token_id
        text = self.processor.tokenizer.decode(new[:-1] if over else new, skip_special_tokens=True).strip()
        top = [step[0].topk(2).values for step in out.logits]
        return (text, "stop" if over else "length", start, len(new)), min(float(t[0] - t[1]) for t in top)


@pytest.fixture(scope="module")
def reference(folder: Path, model: LocalModel) -> Reference:
    return Reference(folder)


def test_answers_off_a_shared_prefix_equal_one_generate_a_question(model: LocalModel, reference: Reference) -> None:
    calls = [ask(picture(seed), q) for seed in range(5) for q in questions(42, seed)]
    ties = 0
    lengths = set()
    for call, reply in zip(calls, answer(model, calls), strict=True):
        expected, gap = reference(call)
        lengths.add(reply.tokens_out)
        if outcome(reply) != expected:
            assert gap < NEAR_TIE, (call.messages[0].text, reply, expected)
            ties += 1
    assert ties <= 2, f"{ties} of 210 answers part at a near tie"
    assert len(lengths) > 15, "the answers were to end at different times"


def test_an_answer_does_not_depend_on_order_or_company(model: LocalModel) -> None:
    calls = [ask(picture(seed), q) for seed in range(3) for q in questions(12, seed)]
    calls += [ask(q) for q in questions(5)]
    together = dict(zip(calls, map(outcome, answer(model, calls)), strict=True))
    mixed = random.Random(1).sample(calls, len(calls))
    assert dict(zip(mixed, map(outcome, answer(model, mixed)), strict=True)) == together
    assert {call: outcome(answer(model, [call])[0]) for call in calls} == together


def test_the_vision_tower_runs_and_the_image_is_prepared_once_for_all_questions_of_an_image(
    model: LocalModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    answerer = model._answerer
    assert answerer is not None
    seen, prepared = [], []
    hook = answerer._model.model.vision_tower.register_forward_hook(lambda *_: seen.append(1))
    own = type(answerer._processor.image_processor).preprocess
    monkeypatch.setattr(
        type(answerer._processor.image_processor), "preprocess", lambda *a, **k: prepared.append(1) or own(*a, **k)
    )
    answer(model, [ask(picture(seed), q) for q in questions(30) for seed in (1, 2)])
    hook.remove()
    assert (len(seen), len(prepared)) == (2, 2)


def test_another_image_gives_other_answers(model: LocalModel) -> None:
    replies = answer(model, [ask(picture(seed), q) for q in questions(10) for seed in (1, 2)])
    assert sum(a.text != b.text for a, b in zip(replies[::2], replies[1::2], strict=True)) >= 9


def test_two_images_in_a_message_keep_their_order(model: LocalModel, reference: Reference) -> None:
    one, two = picture(1), picture(2)
    calls = [ask(a, b, q) for a, b in ((one, two), (two, one)) for q in questions(6)]
    calls += [ask(one, "and", two, q) for q in questions(3)]
    replies = [outcome(r) for r in answer(model, calls)]
    assert replies == [reference(call)[0] for call in calls]
    assert replies[:6] != replies[6:12]


def test_questions_without_an_image_and_images_after_the_question_are_answered_as_one_at_a_time(
    model: LocalModel, reference: Reference
) -> None:
    calls = [ask(q) for q in questions(6)] + [ask(q, picture(3)) for q in questions(6)] + [ask(picture(3), "nodule?")]
    assert [outcome(r) for r in answer(model, calls)] == [reference(call)[0] for call in calls]


@pytest.mark.parametrize("image_first", [True, False])
def test_an_answer_ends_before_its_stop_string(model: LocalModel, image_first: bool) -> None:
    asked = [(picture(1), q) if image_first else (q, picture(1)) for q in questions(12)]
    stopped = 0
    for parts, free in zip(asked, answer(model, [ask(*parts) for parts in asked]), strict=True):
        stop = next((pair for at in range(2, 20) if (pair := free.text[at : at + 2]).isalnum()), "never")
        reply = answer(model, [ask(*parts, stop=("never", stop))])[0]
        assert reply.text == free.text.partition(stop)[0].strip()
        if stop in free.text:
            assert reply.finish == "stop"
            stopped += reply.tokens_out < free.tokens_out
    assert stopped >= 3


def test_sampling_repeats_with_the_same_call_and_differs_with_another_repeat(model: LocalModel) -> None:
    calls = [ask(picture(1), "nodule?", repeat=r, temperature=1.0, seed=7) for r in range(4)]
    first = [outcome(r) for r in answer(model, calls)]
    assert [outcome(r) for r in answer(model, calls[::-1])] == first[::-1]
    assert len({text for text, *_ in first}) == 4


def test_sampled_answers_off_a_prefix_hang_on_no_other_call(model: LocalModel) -> None:
    calls = [ask(picture(1), q, temperature=1.0, top_p=0.8) for q in questions(6)]
    together = [outcome(r) for r in answer(model, calls)]
    assert [outcome(answer(model, [call])[0]) for call in calls] == together


def test_the_next_questions_about_an_image_start_from_what_was_computed_for_the_first(
    model: LocalModel, reference: Reference
) -> None:
    first, second = questions(4, seed=1), questions(5, seed=2)
    answer(model, [ask(picture(2), "heart?")])  # another image
    before = answer(model, [ask(picture(1), q) for q in first])
    after = answer(model, [ask(picture(1), q) for q in second])
    assert before[0].tokens_cached == 0 < min(r.tokens_cached for r in [*before[1:], *after])
    assert all(r.tokens_cached < r.tokens_in for r in [*before, *after])
    for question, reply in zip(second, after, strict=True):
        expected, margin = reference(ask(picture(1), question))
        assert outcome(reply) == expected or margin < NEAR_TIE


def test_a_question_that_goes_on_where_another_ended_computes_only_what_is_new(model: LocalModel) -> None:
    answer(model, [ask(picture(3), "nodule in the left lung?")])
    (longer,) = answer(model, [ask(picture(3), "nodule in the left lung? heart?")])
    (image,) = answer(model, [ask(picture(3), "?")])
    assert longer.tokens_cached > image.tokens_cached + 5
    fresh = answer(model, [ask(picture(4), "?"), ask(picture(3), "nodule in the left lung? heart?")])[1]
    assert outcome(fresh) == outcome(longer)


def test_control_tokens_in_a_question_are_plain_text(model: LocalModel) -> None:
    plain, marked = answer(model, [ask(picture(1), "nodule?"), ask(picture(1), "nodule? <image> </s>")])
    assert not marked.failure
    assert marked.tokens_in > plain.tokens_in + 5


def test_too_little_gpu_memory_for_a_batch_halves_it(model: LocalModel, monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    from auscult.models._prefix import Prefix

    calls = [ask(picture(1), q) for q in questions(12)]
    expected = [outcome(r) for r in answer(model, calls)]
    sizes, own = [], Prefix.answers

    def answers(self: Prefix, rests: Sequence[list[int]], *rest: Any) -> list[list[int]]:
        sizes.append(len(rests))
        if len(rests) > 3:
            raise torch.OutOfMemoryError("allocation of 1 GiB failed")
        return own(self, rests, *rest)

    monkeypatch.setattr(Prefix, "answers", answers)
    monkeypatch.setattr(model._answerer, "_rows", 16)
    assert [outcome(r) for r in answer(model, calls)] == expected
    assert sizes == [12, 6, 3, 3, 3, 3]


def test_a_call_that_cannot_be_put_fails_alone(model: LocalModel) -> None:
    broken = Image(b"GIF89a", "image/gif", "0" * 64)
    replies = answer(model, [ask(broken, "nodule?"), ask(picture(1), "heart " * 2100), ask(picture(1), "heart?")])
    assert [r.failure for r in replies] == ["rejected", "rejected", ""]
    assert "image cannot be read" in replies[0].detail
    assert "reads at most 2048" in replies[1].detail


async def test_the_event_loop_stays_free_while_the_model_works(
    model: LocalModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model, "_answerer", SimpleNamespace(reply=lambda calls: time.sleep(0.3) or []))
    work = asyncio.create_task(model.reply([]))
    ticks = 0
    while not work.done():
        await asyncio.sleep(0.02)
        ticks += 1
    assert ticks > 3


def test_identity_follows_content_and_number_format_not_place(folder: Path, tmp_path: Path, model: LocalModel) -> None:
    def identity(**options: str) -> str:
        return create(f"local:{copy}", ModelOptions(offline=True, **options)).identity

    copy = shutil.copytree(folder, tmp_path / "copy")
    (copy / "README.md").write_text("about")
    assert identity() == model.identity
    found = {model.identity, identity(dtype="bfloat16")}
    template = copy / "chat_template.jinja"
    template.write_text(template.read_text() + " ")
    found.add(identity())
    make_tiny_llava(copy, seed=1)
    found.add(identity())
    assert len(found) == 4


def test_a_folder_is_loaded_without_a_connection(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    create(f"local:{folder}", ModelOptions())


def test_a_model_in_the_hub_cache_is_loaded_off_line_and_is_the_same_as_its_folder(
    folder: Path, model: LocalModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repo, commit = tmp_path / "models--owner--tiny", "0123456789" * 4
    shutil.copytree(folder, repo / "snapshots" / commit)
    (repo / "refs").mkdir()
    (repo / "refs" / "main").write_text(commit)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    assert create("local:owner/tiny", ModelOptions(offline=True)).identity == model.identity


async def test_an_error_inside_the_model_fails_these_calls_only(
    model: LocalModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(calls: list[Call]) -> list[Reply]:
        raise RuntimeError("shapes do not match\nand more")

    with monkeypatch.context() as patch:
        patch.setattr(model._answerer, "reply", fail)
        with pytest.raises(CallFailed, match="server_error: shapes do not match$"):
            await model.reply([ask("heart?")])
    assert not (await model.reply([ask("heart?")]))[0].failure


def refusal(spec: object, **options: Any) -> str:
    with pytest.raises(UserError) as error:
        create(f"local:{spec}", ModelOptions(**({"offline": True} | options)))
    assert "\n" not in str(error.value)
    return str(error.value)


def test_what_is_no_model_is_refused_in_one_line(folder: Path, tmp_path: Path) -> None:
    assert "is no model folder" in refusal(tmp_path / "none")
    assert "has no config.json" in refusal(tmp_path)
    assert "local hub cache (off-line) does not give it" in refusal("nobody-has-this/model-name")
    assert "float32, bfloat16, float16" in refusal(folder, dtype="int3")
    assert "device 'warp' cannot be used" in refusal(folder, device="warp")


def damaged(folder: Path, target: Path) -> Path:
    return shutil.copytree(folder, target, dirs_exist_ok=True)


def test_a_damaged_folder_is_refused_in_one_line(folder: Path, tmp_path: Path) -> None:
    from safetensors.torch import load_file, save_file

    short = damaged(folder, tmp_path / "short") / "model.safetensors"
    short.write_bytes(short.read_bytes()[:5000])
    assert "cannot be loaded" in refusal(short.parent)

    lacking = damaged(folder, tmp_path / "lacking") / "model.safetensors"
    tensors = load_file(lacking)
    del tensors[sorted(tensors)[0]]
    save_file(tensors, lacking, metadata={"format": "pt"})
    assert "lack 1 tensors" in refusal(lacking.parent)

    mute = damaged(folder, tmp_path / "mute")
    (mute / "chat_template.jinja").unlink()
    assert "has no chat template" in refusal(mute)

    text = damaged(folder, tmp_path / "text")
    (text / "config.json").write_text(json.dumps({"model_type": "gpt2"}))
    assert "holds a gpt2 model" in refusal(text)

    wordless = damaged(folder, tmp_path / "wordless") / "tokenizer.json"
    wordless.write_text(wordless.read_text()[:500])
    assert "cannot be loaded" in refusal(wordless.parent)

    unparsable = damaged(folder, tmp_path / "unparsable")
    (unparsable / "config.json").write_text("{")
    assert "cannot be loaded" in refusal(unparsable)


def test_a_missing_package_is_named_with_its_remedy(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(MissingExtra, match=r"auscult\[local\]"):
        create(f"local:{folder}", ModelOptions())
