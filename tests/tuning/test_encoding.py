import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from auscult.errors import UserError  # noqa: E402
from auscult.items.item_set import ItemSet  # noqa: E402
from auscult.models import ModelOptions  # noqa: E402
from auscult.models.folders import Opened, opened  # noqa: E402
from auscult.models.phantom import bundled  # noqa: E402
from auscult.models.prompting import Renderings, conversation, decoded, rendered  # noqa: E402
from auscult.tuning.encoding import Encoder  # noqa: E402
from auscult.tuning.lessons import Chunk, Lessons  # noqa: E402
from auscult.tuning.options import TuningOptions  # noqa: E402


@pytest.fixture(scope="module")
def weights(base: Path) -> Opened:
    return opened(str(base), ModelOptions(offline=True))


def first_case(items: ItemSet, pairs: int) -> tuple[Lessons, Chunk]:
    lessons = Lessons(items, TuningOptions(held_out=0))
    number = next(n for n in lessons.learnt if lessons.pairs([n]) == pairs)
    return lessons, Chunk(number, 0, pairs)


def test_a_pair_is_the_prompt_that_is_put_when_it_is_asked_and_the_answer_with_an_end(
    items: ItemSet, weights: Opened
) -> None:
    lessons, chunk = first_case(items, 4)
    shown = Encoder(weights).shown(lessons.read(chunk))
    tokenizer, end = weights.processor.tokenizer, weights.processor.tokenizer.eos_token_id
    for lesson, pair in zip(lessons.read(chunk), shown.pairs, strict=True):
        asked, answer = pair.ids[: pair.asked], pair.ids[pair.asked :]
        assert int((asked == weights.model.config.image_token_id).sum()) == 16
        text = tokenizer.decode(asked[asked != weights.model.config.image_token_id])
        assert text.endswith(f"{lesson.call.messages[0].text}ASSISTANT:")
        assert tokenizer.decode(answer[:-1]).strip() == lesson.answer
        assert answer[-1] == end and end not in answer[:-1]
    assert shown.pixels["pixel_values"].shape == (1, 3, 32, 32)


def test_what_follows_the_end_of_the_answer_in_a_template_is_not_learnt(items: ItemSet) -> None:
    phantom = bundled(ModelOptions(offline=True))
    lessons, chunk = first_case(items, 2)
    given = phantom.model.generation_config.eos_token_id
    ends = {given} if isinstance(given, int) else set(given)
    for pair in Encoder(phantom).shown(lessons.read(chunk)).pairs:
        answer = pair.ids[pair.asked :].tolist()
        assert answer[-1] in ends and not ends & set(answer[:-1]) and len(answer) > 1


def test_a_template_that_writes_the_prompt_otherwise_once_it_is_answered_still_gives_the_answer(
    items: ItemSet, weights: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    lessons, chunk = first_case(items, 1)
    usual = Encoder(weights).shown(lessons.read(chunk)).pairs[0]
    odd = weights.processor.chat_template.replace("ASSISTANT:{% endif %}", "ASSISTANT, now:{% endif %}")
    monkeypatch.setattr(weights.processor, "chat_template", odd)
    pair = Encoder(weights).shown(lessons.read(chunk)).pairs[0]
    read = weights.processor.tokenizer.decode
    assert read(pair.ids[pair.asked :]).strip() == read(usual.ids[usual.asked :]).strip()
    assert read(pair.ids[: pair.asked]).endswith("ASSISTANT, now:")


def test_a_pair_that_is_longer_than_the_model_reads_is_refused_with_the_numbers_and_never_cut(
    items: ItemSet, weights: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(weights.model.config.text_config, "max_position_embeddings", 40)
    lessons, chunk = first_case(items, 1)
    with pytest.raises(UserError) as error:
        Encoder(weights).shown(lessons.read(chunk))
    numbers = [int(word) for word in re.findall(r" (\d+)\b", str(error.value))]
    assert numbers[0] == 16 and sum(numbers[:3]) == numbers[3] > numbers[4] == 40
    assert "nothing is cut" in str(error.value)


def test_special_tokens_in_a_question_are_plain_text(items: ItemSet, weights: Opened) -> None:
    lessons, chunk = first_case(items, 1)
    lesson = lessons.read(chunk)[0]
    message = replace(lesson.call.messages[0], parts=(*lesson.call.messages[0].parts, "<image> </s>"))
    pair = Encoder(weights).shown([replace(lesson, call=replace(lesson.call, messages=(message,)))]).pairs[0]
    assert int((pair.ids == weights.model.config.image_token_id).sum()) == 16
    assert weights.processor.tokenizer.eos_token_id not in pair.ids[: pair.asked]


def turns_of(items: ItemSet, *texts: str) -> list[list[dict[str, Any]]]:
    """Turns about the same image that ask these, prompt and answered."""
    lessons, chunk = first_case(items, 1)
    lesson = lessons.read(chunk)[0]
    opened = {image.sha256: decoded(image) for image in lesson.call.images}
    image = next(part for part in lesson.call.messages[0].parts if not isinstance(part, str))
    calls = [replace(lesson.call, messages=(replace(lesson.call.messages[0], parts=(image, t)),)) for t in texts]
    return [conversation(call, opened) for call in calls]


ODD = ("is it there?", " with a blank", "\nwith a line", "", "</s> a control token", "ünïcode 肺", "is it there? yes")


@pytest.mark.parametrize("prompt", [True, False])
@pytest.mark.parametrize("name", ["tiny", "phantom"])
def test_what_follows_an_image_is_made_into_the_same_tokens_as_with_all_that_stands_before_it(
    name: str, prompt: bool, items: ItemSet, weights: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    of = weights if name == "tiny" else bundled(ModelOptions(offline=True))
    turns = turns_of(items, *ODD)
    whole = [rendered(of.processor, turn, prompt=prompt) for turn in turns]
    asked = []
    monkeypatch.setattr(
        "auscult.models.prompting.rendered", lambda *given, **how: (asked.append(given[1]), rendered(*given, **how))[1]
    )
    once = Renderings(of.processor, of.model.config.image_token_id)
    for turn, expected in zip(turns, whole, strict=True):
        found = once(turn, prompt=prompt)
        assert found.keys() == expected.keys()
        assert all(torch.equal(found[key], expected[key]) for key in expected)
    assert asked == [turns[0], turns[4]], "all but the first and the one with a control token were to share their image"


def test_where_what_follows_an_image_is_not_told_apart_the_processor_is_asked_each_time(
    items: ItemSet, weights: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tokenizers.processors import TemplateProcessing

    tokenizer = weights.processor.tokenizer
    end = (tokenizer.eos_token, tokenizer.eos_token_id)
    ended = TemplateProcessing(single=f"$A {end[0]}", special_tokens=[end])
    monkeypatch.setattr(tokenizer._tokenizer, "post_processor", ended)
    once = Renderings(weights.processor, weights.model.config.image_token_id)
    for turn in turns_of(items, "is it there?", "is it not?"):
        expected = rendered(weights.processor, turn)
        assert int(expected["input_ids"][0, -1]) == tokenizer.eos_token_id
        assert torch.equal(once(turn, prompt=True)["input_ids"], expected["input_ids"])
