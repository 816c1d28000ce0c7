"""Losses and gradients of packed pairs are those of the pairs apart, on a saved and loaded model of each family."""

import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")
peft = pytest.importorskip("peft")

from tests.models.tiny_families import (  # noqa: E402
    FAMILIES,
    IMAGE,
    SIGLIP,
    TEXT,
    VOCABULARY,
    internvl,
    llava,
    qwen2_5_vl,
    qwen3_vl,
)
from transformers.integrations.sdpa_attention import sdpa_attention_forward  # noqa: E402

from auscult.errors import UserError  # noqa: E402
from auscult.tuning.families import FAMILIES as TUNED  # noqa: E402
from auscult.tuning.families import family_of, unpackable  # noqa: E402
from auscult.tuning.lora import check_adapted, layer_pattern  # noqa: E402
from auscult.tuning.packing import (  # noqa: E402
    PREFIX,
    Packed,
    Pair,
    Shown,
    pack,
    token_losses,
    token_losses_apart,
)

PACKED = [(name, text) for name, family in TUNED.items() for text in family.texts]
SEEING = [(name, family.texts[0]) for name, family in TUNED.items() if family.texts]
ALL_PARTS = ("language", "connector", "vision")
EXACT = 1e-5
"""Relative, in float32."""


def smolvlm(text: dict[str, Any]) -> tuple[Any, list[int], dict[str, Any]]:
    config, head, image = FAMILIES["idefics3"](text)
    given = config.to_dict() | {"model_type": "smolvlm"}
    given["vision_config"]["model_type"] = "smolvlm_vision"
    return transformers.SmolVLMConfig(**given), head, image


def paligemma(text: dict[str, Any]) -> tuple[Any, list[int], dict[str, Any]]:
    config = transformers.PaliGemmaConfig(
        vision_config=SIGLIP | {"vision_use_head": False, "projection_dim": 32},
        text_config=TEXT | {"model_type": "gemma", "head_dim": 8},
        image_token_index=IMAGE,
        projection_dim=32,
    )
    return config, [*[IMAGE] * 16, 1, 7], {"pixel_values": torch.randn(1, 3, 32, 32)}


MAKERS = FAMILIES | {
    "smolvlm": smolvlm,
    "qwen2_5_vl": qwen2_5_vl,
    "qwen3_vl": qwen3_vl,
    "internvl": internvl,
    "paligemma": paligemma,
}


def opened(
    family: str,
    text: str,
    folder: Path,
    attention: str = "sdpa",
    parts: tuple[str, ...] = ("language",),
    shown: int | None = None,
) -> tuple[Any, list[int], dict[str, Any]]:
    """A LoRA on a tiny model of a family that was saved and loaded, the tokens of an image, and that image."""
    torch.manual_seed(3)
    own = {} if text == "llama" else {"model_type": text, "sliding_window": None}
    config, head, image = MAKERS[family](own)
    if shown:
        config.vision_feature_layer = shown
    model = transformers.AutoModelForImageTextToText.from_config(config)
    for parameter in model.parameters():
        if parameter.ndim > 1:
            torch.nn.init.normal_(parameter, std=0.3)
    model.save_pretrained(folder)
    loaded = transformers.AutoModelForImageTextToText.from_pretrained(folder, attn_implementation=attention)
    return with_lora(loaded, parts), head, image


def with_lora(model: Any, parts: tuple[str, ...]) -> Any:
    patterns = "|".join(layer_pattern(model.config, part, "linear") for part in parts)
    lora = peft.LoraConfig(r=4, lora_alpha=8, target_modules=patterns)
    tuned = peft.get_peft_model(model.eval(), lora)
    for name, parameter in tuned.named_parameters():
        if "lora_B" in name:  # zero at first, so that nothing would reach the other half
            torch.nn.init.normal_(parameter, std=0.1)
    return tuned


def pairs_of(model: Any, head: list[int], image: dict[str, Any], count: int, draw: random.Random) -> Shown:
    """Pairs of unlike lengths about an image of its own."""
    pixels = {name: torch.randn_like(value) if value.is_floating_point() else value for name, value in image.items()}
    pairs = []
    for number in range(count):
        asked = head + draw.choices(range(10, VOCABULARY), k=draw.randint(1, 12))
        ids = torch.tensor(asked + draw.choices(range(10, VOCABULARY), k=draw.randint(1, 9)))
        tokens, positions = {"input_ids": ids}, torch.arange(len(ids))
        if family_of(model.config).axes == 3:
            tokens["mm_token_type_ids"] = (ids == IMAGE).int()
            positions = model.get_base_model().model.get_rope_index(
                ids[None], tokens["mm_token_type_ids"][None], image_grid_thw=pixels["image_grid_thw"]
            )[0][:, 0]
        weights = torch.ones(len(ids) - len(asked))
        pairs.append(Pair(name=f"q{number}", tokens=tokens, positions=positions, asked=len(asked), weights=weights))
    return Shown(pixels=pixels, pairs=tuple(pairs))


def gradients(model: Any) -> dict[str, Any]:
    found = {name: p.grad.clone() for name, p in model.named_parameters() if p.grad is not None}
    model.zero_grad(set_to_none=True)
    return found


def apart(model: Any, shown: list[Shown]) -> tuple[list[float], dict[str, Any]]:
    """Loss of each pair and gradients of their sum, pair by pair, without anything of ours but the cross-entropy."""
    losses = []
    for one in shown:
        for pair in one.pairs:
            tokens = {name: values[None] for name, values in pair.tokens.items()}
            out = model(**tokens, **one.pixels, attention_mask=torch.ones_like(tokens["input_ids"]))
            learnt = pair.ids[pair.asked :]
            loss = torch.nn.functional.cross_entropy(out.logits[0, pair.asked - 1 : -1], learnt, reduction="sum")
            loss.backward()
            losses.append(loss.item())
    return losses, gradients(model)


def together(model: Any, sequences: list[Packed]) -> tuple[dict[str, float], dict[str, Any]]:
    losses: dict[str, float] = {}
    for packed in sequences:
        each = token_losses(model, packed)
        each.sum().backward()
        sums = torch.zeros(len(packed.names)).index_add_(0, packed.pair, each.detach())
        losses |= dict(zip(packed.names, sums.tolist(), strict=True))
    return losses, gradients(model)


def distance(ours: dict[str, Any], theirs: dict[str, Any]) -> float:
    """Greatest difference of any gradient, as a share of the greatest value of its tensor."""
    assert ours.keys() == theirs.keys() and ours
    assert all(float(t.abs().max()) > 1e-6 for t in theirs.values())
    return max(float((ours[n] - t).abs().max() / t.abs().max()) for n, t in theirs.items())


@pytest.mark.parametrize(("family", "text"), PACKED)
def test_packed_losses_and_gradients_are_those_of_the_pairs_apart(family: str, text: str, tmp_path: Path) -> None:
    packed_as_apart(*opened(family, text, tmp_path))


@pytest.mark.parametrize(("family", "text"), SEEING)
def test_so_they_are_where_what_sees_learns_too(family: str, text: str, tmp_path: Path) -> None:
    model, head, image = opened(family, text, tmp_path, parts=ALL_PARTS)
    packed_as_apart(model, head, image)


@pytest.mark.parametrize("shown", [-2, [-3, -2], 1])
def test_layers_behind_the_one_that_is_shown_to_the_text_model_are_not_adapted(shown: Any, tmp_path: Path) -> None:
    model, head, image = opened("llava", "llama", tmp_path, parts=("vision",), shown=shown)
    layers = {name.partition(".layers.")[2][:1] for name, m in model.named_modules() if hasattr(m, "lora_A")}
    assert layers == ({"0"} if shown == 1 else {"0", "1"}), "of three"
    packed_as_apart(model, head, image)


def packed_as_apart(model: Any, head: list[int], image: dict[str, Any]) -> None:
    """Checks it of pairs about four images in three sequences; every weight that learns has a gradient."""
    assert not unpackable(model.config)
    draw = random.Random(5)
    shown = [pairs_of(model, head, image, count, draw) for count in (5, 1, 3, 4)]
    numbered = [
        Shown(
            pixels=s.pixels,
            pairs=tuple(replace(p, name=f"{i}-{p.name}") for p in s.pairs),
        )
        for i, s in enumerate(shown)
    ]
    losses, theirs = apart(model, numbered)
    in_three = (pack(numbered, model.config, budget, multiple=16) for budget in range(40, 2000))
    sequences = next(found for found in in_three if len(found) == 3)  # whose gradients add up
    assert all(len(packed) % 16 == 0 for packed in sequences)
    assert any(len(set(packed.image.tolist())) > 2 for packed in sequences), "several images were to share a sequence"
    ours_losses, ours = together(model, sequences)
    assert len(ours) == sum(p.requires_grad for p in model.parameters())
    names = [p.name for s in numbered for p in s.pairs]
    assert [ours_losses[name] for name in names] == pytest.approx(losses, rel=EXACT)
    assert distance(ours, theirs) < EXACT


def linear_layers(model: Any, parts: tuple[str, ...]) -> set[str]:
    """All linear layers of some parts of a model; those of the text model's blocks alone, without its last one."""
    family = family_of(model.config)
    found = set()
    for name, module in model.named_modules():
        plain = name.removeprefix("base_model.model.")
        if hasattr(module, "lora_A") or type(module) is torch.nn.Linear and "lora_" not in name:
            language = plain.startswith(f"{family.language}.")
            connector = plain.startswith(tuple(f"{leads}." for leads in family.connector))
            part = "language" if language else "connector" if connector else "vision"
            if part in parts and not plain.startswith("lm_head"):
                found.add(plain.removesuffix(".base_layer"))
    return found


@pytest.mark.parametrize("parts", [("language",), ALL_PARTS], ids=["language", "all"])
@pytest.mark.parametrize("family", sorted(TUNED))
def test_merged_and_unmerged_logits_agree_and_what_is_adapted_is_all_that_was_named(
    family: str, parts: tuple[str, ...], tmp_path: Path
) -> None:
    parts = tuple(part for part in parts if (family, part) != ("gemma3", "connector"))  # has no linear layer
    model, head, image = opened(family, "llama" if family != "internvl" else "qwen3", tmp_path, parts=parts)
    adapted = {name.removeprefix("base_model.model.") for name, m in model.named_modules() if hasattr(m, "lora_A")}
    assert adapted == linear_layers(model, parts)
    check_adapted(model, adapted)
    pair = pairs_of(model, head, image, 1, random.Random(1)).pairs[0]
    given = {name: values[None] for name, values in pair.tokens.items()} | image
    if family == "paligemma":
        given["token_type_ids"] = (torch.arange(len(pair.ids)) >= pair.asked).long()[None]
    if family == "gemma3":
        given["token_type_ids"] = (pair.ids == IMAGE).long()[None]
    with torch.no_grad():
        unmerged = model(**given).logits
        merged = model.merge_and_unload()(**given).logits
        plain = transformers.AutoModelForImageTextToText.from_pretrained(tmp_path)(**given).logits
    assert torch.allclose(unmerged, merged, rtol=1e-4, atol=1e-4 * float(unmerged.abs().max()))
    assert not torch.allclose(plain, merged, rtol=0.05, atol=0.05 * float(plain.abs().max()))


def test_eager_attention_packs_as_exactly(tmp_path: Path) -> None:
    model, head, image = opened("llava", "llama", tmp_path, "eager")
    shown = [pairs_of(model, head, image, 4, random.Random(2))]
    losses, theirs = apart(model, shown)
    ours_losses, ours = together(model, pack(shown, model.config, budget=4096))
    assert list(ours_losses.values()) == pytest.approx(losses, rel=EXACT)
    assert distance(ours, theirs) < EXACT


def in_a_batch(model: Any, one: Shown) -> dict[str, Any]:
    """Gradients of the sum of the losses of the pairs as a padded batch, which is the usual way."""
    longest = max(len(pair.ids) for pair in one.pairs)
    mask = torch.stack([(torch.arange(longest) < len(pair.ids)).long() for pair in one.pairs])
    ids = torch.stack([torch.nn.functional.pad(pair.ids, (0, longest - len(pair.ids))) for pair in one.pairs])
    pixels = {name: torch.cat([value] * len(one.pairs)) for name, value in one.pixels.items()}
    logits = model(input_ids=ids, attention_mask=mask, **pixels).logits.float()
    losses = [
        torch.nn.functional.cross_entropy(
            logits[n, pair.asked - 1 : len(pair.ids) - 1], pair.ids[pair.asked :], reduction="sum"
        )
        for n, pair in enumerate(one.pairs)
    ]
    torch.stack(losses).sum().backward()
    return gradients(model)


def test_in_bfloat16_packed_gradients_are_as_near_to_the_true_ones_as_those_of_plain_runs(tmp_path: Path) -> None:
    model, head, image = opened("llava", "llama", tmp_path)
    with torch.no_grad():
        for parameter in model.parameters():  # so that both formats hold the same weights
            parameter.copy_(parameter.bfloat16().float())
    shown = [pairs_of(model, head, image, 4, random.Random(2))]
    shown = [replace(one, pixels={n: v.bfloat16().float() for n, v in one.pixels.items()}) for one in shown]
    true = apart(model, shown)[1]
    model.bfloat16()
    halved = [replace(one, pixels={n: v.bfloat16() for n, v in one.pixels.items()}) for one in shown]
    ways = {
        "packed": together(model, pack(halved, model.config, budget=4096))[1],
        "apart": apart(model, halved)[1],
        "batch": in_a_batch(model, halved[0]),
    }
    off = {way: off_by(found, true) for way, found in ways.items()}
    assert off["packed"] < 1.5 * max(off["apart"], off["batch"])


def off_by(ours: dict[str, Any], theirs: dict[str, Any]) -> float:
    """Length of the difference of all gradients, as a share of their length."""
    difference = sum(float((ours[n].double() - t.double()).pow(2).sum()) for n, t in theirs.items())
    return float((difference / sum(float(t.double().pow(2).sum()) for t in theirs.values())) ** 0.5)


def test_one_token_that_sees_another_pair_would_be_found(tmp_path: Path) -> None:
    model, head, image = opened("llava", "llama", tmp_path)
    shown = [pairs_of(model, head, image, 4, random.Random(2))]
    _, theirs = apart(model, shown)
    packed = pack(shown, model.config, budget=4096)[0]
    leaky = Packed(**(vars(packed) | {"owner": torch.where(packed.owner == 1, 0, packed.owner)}))
    assert distance(together(model, [leaky])[1], theirs) > 100 * EXACT


def test_pairs_one_by_one_have_the_same_losses(tmp_path: Path) -> None:
    model, head, image = opened("llava_next", "llama", tmp_path)
    one = pairs_of(model, head, image, 3, random.Random(2))
    losses, theirs = apart(model, [one])
    ours = []
    for pair in one.pairs:
        each = token_losses_apart(model, one.pixels, pair)
        each.sum().backward()
        ours.append(each.sum().item())
    assert ours == pytest.approx(losses, rel=EXACT)
    assert distance(gradients(model), theirs) < EXACT


def plain(name: str, asked: list[int], answer: list[int]) -> Pair:
    ids = torch.tensor(asked + answer)
    tokens, weights = {"input_ids": ids}, torch.ones(len(answer))
    return Pair(name=name, tokens=tokens, positions=torch.arange(len(ids)), asked=len(asked), weights=weights)


def small_config() -> Any:
    config = llava({})[0]
    config._attn_implementation = "sdpa"
    return config


def test_an_image_with_more_pairs_than_the_budget_is_repeated_and_no_pair_is_cut() -> None:
    head, pixels = [1, *[IMAGE] * 16, 7], {"pixel_values": torch.randn(1, 3, 32, 32)}
    pairs = tuple(plain(f"q{n}", [*head, 20 + n, 8], [30 + n] * 10) for n in range(5))
    sequences = pack([Shown(pixels=pixels, pairs=pairs)], small_config(), budget=45)
    assert [packed.names for packed in sequences] == [("q0", "q1"), ("q2", "q3"), ("q4",)]
    assert [int((packed.tokens["input_ids"] == IMAGE).sum()) for packed in sequences] == [16, 16, 16]
    assert sum(len(packed.targets) for packed in sequences) == 50
    long = Shown(pixels=pixels, pairs=(plain("long", head, [9] * 100),))
    assert [len(packed) for packed in pack([long], small_config(), budget=45)] == [118]


def test_pairs_whose_image_comes_after_their_words_keep_an_image_each() -> None:
    pixels = {"pixel_values": torch.randn(1, 3, 32, 32)}
    pairs = tuple(plain(f"q{n}", [1, 20 + n, *[IMAGE] * 4, 7], [30, 2]) for n in range(3))
    packed = pack([Shown(pixels=pixels, pairs=pairs)], small_config(), budget=4096)[0]
    assert packed.pixels["pixel_values"].shape[0] == 3
    assert PREFIX not in packed.owner.tolist()


def test_pairs_without_an_image_share_their_first_words() -> None:
    shown = Shown(pixels={}, pairs=(plain("a", [1, 7, 8], [9, 2]), plain("b", [1, 7, 9], [9, 9, 2])))
    packed = pack([shown], small_config(), budget=4096)[0]
    assert not packed.pixels
    assert packed.tokens["input_ids"].tolist() == [[1, 7, 8, 9, 2, 9, 9, 9, 2]]
    assert packed.positions.tolist() == [[0, 1, 2, 3, 4, 2, 3, 4, 5]]
    assert packed.labels.tolist() == [9, 2, 9, 9, 2]
    assert packed.pair.tolist() == [0, 0, 1, 1, 1]


def refused(**changes: Any) -> Any:
    config = llava(changes)[0]
    config._attn_implementation = "sdpa"
    return config


@pytest.mark.parametrize(
    ("config", "said"),
    [
        (
            lambda: transformers.PaliGemmaConfig(vision_config=SIGLIP, text_config=TEXT | {"model_type": "gemma"}),
            "paligemma cannot be packed: image and question look ahead",
        ),
        (lambda: FAMILIES["gemma3"]({})[0], "gemma3 cannot be packed: the tokens of an image look ahead"),
        (lambda: refused(model_type="mistral", sliding_window=16), "looks back through a sliding window"),
        (
            lambda: refused(rope_parameters={"rope_type": "dynamic", "factor": 2.0, "rope_theta": 1e4}),
            r"llava with llama cannot be packed: its positions \(dynamic\) depend on the length",
        ),
        (lambda: refused(model_type="gemma"), "llava with gemma is not packed: nobody has tested"),
    ],
    ids=["paligemma", "gemma3", "sliding-window", "dynamic-rope", "untested"],
)
def test_what_cannot_be_branched_is_refused_by_name(config: Any, said: str) -> None:
    made = config()
    if made.model_type != "llava":
        made._attn_implementation = "sdpa"
    shown = Shown(pixels={}, pairs=(plain("a", [1, 7], [9, 2]),))
    with pytest.raises(UserError, match=said):
        pack([shown], made, budget=64)


def test_a_family_that_is_not_known_is_refused_with_those_that_are() -> None:
    with pytest.raises(UserError, match="type 'blip-2' cannot be tuned; known: gemma3, idefics3, internvl, llava"):
        family_of(transformers.Blip2Config())


def test_gradient_checkpointing_packs_as_exactly(tmp_path: Path) -> None:
    model, head, image = opened("llava", "llama", tmp_path)
    shown = [pairs_of(model, head, image, 4, random.Random(2))]
    _, theirs = apart(model, shown)
    model.train()
    model.gradient_checkpointing_enable(gradient_checkpointing_kwargs={"use_reentrant": False})
    assert distance(together(model, pack(shown, model.config, budget=4096))[1], theirs) < EXACT


def test_no_token_is_compared_with_those_of_another_image(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model, head, image = opened("llava", "llama", tmp_path)
    draw = random.Random(2)
    packed = pack([pairs_of(model, head, image, 4, draw) for _ in range(3)], model.config, budget=4096)[0]
    assert set(packed.image.tolist()) == {0, 1, 2}
    compared = []

    def counted(module: Any, query: Any, key: Any, *rest: Any, **how: Any) -> Any:
        compared.append((query.shape[2], key.shape[2]))
        return sdpa_attention_forward(module, query, key, *rest, **how)

    monkeypatch.setattr("auscult.tuning.attention.sdpa_attention_forward", counted)
    token_losses(model, packed)
    assert compared and max(seen for _, seen in compared) < len(packed) / 2
