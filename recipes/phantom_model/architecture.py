"""The model's shape, its words and its processor; everything that is fixed before the first step."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import (
    CLIPVisionConfig,
    LlamaConfig,
    LlavaConfig,
    LlavaForConditionalGeneration,
    LlavaProcessor,
    PreTrainedTokenizerFast,
)
from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil

SPECIAL = ("<pad>", "<s>", "</s>", "<image>", "<system>", "<user>", "<assistant>")
GREY = (0.3, 0.25)
"""Mean and spread of the grey levels of phantoms."""
CHAT_TEMPLATE = (
    "<s>{% for message in messages %}<{{ message['role'] }}>"
    "{% if message['content'] is string %}{{ message['content'] }}"
    "{% else %}{% for part in message['content'] if part['type'] == 'image' %}<image>{% endfor %}"
    "{% for part in message['content'] if part['type'] == 'text' %}"
    "{{ part['text'] }}{% if not loop.last %}\n{% endif %}{% endfor %}{% endif %}"
    "{% if message['role'] == 'assistant' %}</s>{% endif %}"
    "{% endfor %}{% if add_generation_prompt %}<assistant>{% endif %}"
)
"""Images come first in a turn, wherever they stand in the message: that is how they were taught."""


@dataclass(frozen=True, kw_only=True)
class Shape:
    """Sizes of the model.

    Attributes:
        image: pixels a side that an image is resized to.
        patch: pixels a side of a patch.
        vision: width of the vision tower.
        vision_layers: its layers.
        text: width of the language model.
        text_layers: its layers.
        head: width of an attention head, in both.
        words: size of the vocabulary.
    """

    image: int = 128
    patch: int = 16
    vision: int = 160
    vision_layers: int = 5
    text: int = 192
    text_layers: int = 4
    head: int = 32
    words: int = 1024

    @property
    def patches(self) -> int:
        """Patches of an image."""
        return (self.image // self.patch) ** 2

    @property
    def tokens(self) -> int:
        """Tokens that an image becomes: one for the whole image, then its patches row by row."""
        return 1 + self.patches


def make_tokenizer(texts: Iterable[str], words: int) -> PreTrainedTokenizerFast:
    """Byte-level BPE of the lessons' own words; a digit is always a token of its own, and any text can be written."""
    bpe = Tokenizer(models.BPE())
    bpe.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    )
    bpe.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=words,
        min_frequency=2,
        special_tokens=list(SPECIAL),
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    bpe.train_from_iterator(texts, trainer)
    return as_tokenizer(bpe)


def as_tokenizer(bpe: Tokenizer) -> PreTrainedTokenizerFast:
    """A vocabulary with the names of its special tokens."""
    return PreTrainedTokenizerFast(
        tokenizer_object=bpe,
        pad_token="<pad>",
        bos_token="<s>",
        eos_token="</s>",
        additional_special_tokens=["<image>", "<system>", "<user>", "<assistant>"],
        extra_special_tokens={"image_token": "<image>"},
        model_max_length=2048,
        padding_side="left",
        clean_up_tokenization_spaces=False,
    )


def make_model(shape: Shape, tokenizer: PreTrainedTokenizerFast, seed: int) -> LlavaForConditionalGeneration:
    """A model with random weights."""
    config = LlavaConfig(
        vision_config=CLIPVisionConfig(
            hidden_size=shape.vision,
            intermediate_size=3 * shape.vision,
            num_hidden_layers=shape.vision_layers,
            num_attention_heads=shape.vision // shape.head,
            image_size=shape.image,
            patch_size=shape.patch,
            projection_dim=shape.vision,
        ),
        text_config=LlamaConfig(
            vocab_size=len(tokenizer),
            hidden_size=shape.text,
            intermediate_size=8 * shape.text // 3,
            num_hidden_layers=shape.text_layers,
            num_attention_heads=shape.text // shape.head,
            num_key_value_heads=shape.text // shape.head,
            max_position_embeddings=2048,
            bos_token_id=tokenizer.bos_token_id,
            eos_token_id=tokenizer.eos_token_id,
            pad_token_id=tokenizer.pad_token_id,
            tie_word_embeddings=True,
        ),
        image_token_index=tokenizer.convert_tokens_to_ids("<image>"),
        vision_feature_layer=-1,
        vision_feature_select_strategy="full",
        image_seq_length=shape.tokens,
        tie_word_embeddings=True,
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = LlavaForConditionalGeneration(config)
        _place_patches(model, shape)
    model.generation_config.eos_token_id = tokenizer.eos_token_id
    model.generation_config.pad_token_id = tokenizer.pad_token_id
    model.generation_config.bos_token_id = tokenizer.bos_token_id
    return model


def _place_patches(model: LlavaForConditionalGeneration, shape: Shape) -> None:
    """Begins with position embeddings that say where a patch lies: sines and cosines of its row and column."""
    grid = torch.arange(shape.image // shape.patch, dtype=torch.float32)
    frequencies = 10.0 ** -(torch.arange(shape.vision // 4) / (shape.vision // 4))
    rows, columns = torch.meshgrid(grid, grid, indexing="ij")
    waves = [wave(at.reshape(-1, 1) * frequencies) for at in (columns, rows) for wave in (torch.sin, torch.cos)]
    with torch.no_grad():
        model.model.vision_tower.embeddings.position_embedding.weight[1:] = 0.3 * torch.cat(waves, dim=1)


def make_processor(shape: Shape, tokenizer: PreTrainedTokenizerFast) -> LlavaProcessor:
    """The processor: any image is resized to the model's square, uncropped."""
    side = {"height": shape.image, "width": shape.image}
    return LlavaProcessor(
        image_processor=CLIPImageProcessorPil(
            size=side,
            crop_size=side,
            do_center_crop=False,
            image_mean=[GREY[0]] * 3,
            image_std=[GREY[1]] * 3,
        ),
        tokenizer=tokenizer,
        patch_size=shape.patch,
        vision_feature_select_strategy="full",
        num_additional_image_tokens=1,
        chat_template=CHAT_TEMPLATE,
    )


def save(folder: Path, model: LlavaForConditionalGeneration, processor: LlavaProcessor) -> None:
    """Writes the folder that the Auto classes load, weights in float16."""
    folder.mkdir(parents=True, exist_ok=True)
    half = LlavaForConditionalGeneration(model.config)
    half.load_state_dict(model.state_dict())
    half.generation_config = model.generation_config
    half.half().save_pretrained(folder)
    (folder / "model.safetensors").chmod(0o644)
    processor.save_pretrained(folder)
