import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")

from tests.models.tiny_families import FAMILIES, IMAGE, SIGLIP, TEXT, VOCABULARY, llava  # noqa: E402

from auscult.models._generate import SHARING, can_share  # noqa: E402
from auscult.models._prefix import Prefix, shared_length  # noqa: E402

NEAR_TIE = 1e-4
CASES = [(family, text, "sdpa") for family, texts in SHARING.items() for text in texts]
CASES += [("llava", "llama", "eager"), ("gemma3", "gemma3_text", "eager")]


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """With so small matrices a second thread only waits."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.mark.parametrize(("family", "text", "attention"), CASES)
def test_each_family_that_shares_answers_as_one_generate_a_question(family: str, text: str, attention: str) -> None:
    torch.manual_seed(3)
    config, head, image = FAMILIES[family]({"model_type": text, "sliding_window": None} if text != "llama" else {})
    model = transformers.AutoModelForImageTextToText.from_config(config, attn_implementation=attention).eval()
    for parameter in model.parameters():
        if parameter.ndim > 1:
            torch.nn.init.normal_(parameter, std=0.3)
    assert can_share(model.config)
    ends = set(range(10, VOCABULARY, 13))
    model.generation_config = transformers.GenerationConfig(eos_token_id=sorted(ends), pad_token_id=0)
    draw = random.Random(5)
    prompts = [head + draw.choices(range(10, VOCABULARY), k=draw.randint(1, 25)) for _ in range(12)]
    ties, answers = 0, []
    with torch.inference_mode():
        inputs = [inputs_of(family, prompt, image) for prompt in prompts]
        length = shared_length(prompts, IMAGE)
        prefix = Prefix(model, inputs[0], length)
        shared = prefix.answers([p[length:] for p in prompts], 20, lambda new: new[-1] in ends)
        for prompt, given, ours in zip(prompts, inputs, shared, strict=True):
            out = model.generate(
                **given, do_sample=False, max_new_tokens=20, return_dict_in_generate=True, output_logits=True
            )
            theirs = out.sequences[0, len(prompt) :].tolist()
            answers.append(tuple(theirs))
            if ours != theirs:
                top = [step[0].topk(2).values for step in out.logits]
                assert min(float(t[0] - t[1]) for t in top) < NEAR_TIE, (ours, theirs)
                ties += 1
    assert ties <= 1
    assert len(set(answers)) >= 8, "the model was to answer questions differently"


def inputs_of(family: str, prompt: list[int], image: dict[str, Any]) -> dict[str, Any]:
    ids = torch.tensor([prompt])
    kinds = {"token_type_ids": (ids == IMAGE).long()} if family == "gemma3" else {}
    return {"input_ids": ids, "attention_mask": torch.ones_like(ids), **kinds, **image}


@pytest.mark.parametrize(
    "config",
    [
        lambda: transformers.PaliGemmaConfig(vision_config=SIGLIP, text_config=TEXT | {"model_type": "gemma"}),
        lambda: transformers.Qwen2VLConfig(),
        lambda: llava({"model_type": "mistral", "sliding_window": 16})[0],
        lambda: llava({"rope_parameters": {"rope_type": "dynamic", "factor": 2.0, "rope_theta": 1e4}})[0],
    ],
    ids=["paligemma", "qwen2-vl", "sliding-window", "dynamic-rope"],
)
def test_families_whose_prefix_depends_on_what_follows_or_is_untested_do_not_share(config: Callable[[], Any]) -> None:
    made = config()
    made._attn_implementation = "sdpa"
    assert not can_share(made)


@pytest.mark.parametrize(
    ("prompts", "length"),
    [
        ([[1, IMAGE, 7, 8], [1, IMAGE, 7, 9, 9]], 3),
        ([[1, IMAGE, 7, 8], [1, IMAGE, 7]], 2),
        ([[1, IMAGE, 7]], 2),
        ([[1, 7, IMAGE, 8], [1, 8, IMAGE, 8]], 0),
        ([[1, IMAGE, 7], [1, IMAGE, IMAGE, 7]], 0),
        ([[1, 7], [2, 7]], 0),
    ],
)
def test_the_shared_part_holds_every_image_and_leaves_each_prompt_a_token(
    prompts: list[list[int]], length: int
) -> None:
    assert shared_length(prompts, IMAGE) == length
