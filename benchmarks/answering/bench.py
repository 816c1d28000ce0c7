"""Questions of one image: a shared prefix against one ``generate`` a question and against one padded batch.

Run: python benchmarks/answering/bench.py --out /tmp/answering.json
It takes several minutes; beside other work add --threads 1.

The model is a LLaVA with random weights, in the proportions of LLaVA-1.5 (a vision tower of a twentieth of the language
model, 24 x 24 patches of 14 pixels = 576 image tokens, no end token, so that every answer has full length), float32.
All three ways do the same work, from the image file and the questions to texts; they take turns in one process.
"""

import argparse
import hashlib
import io
import json
import os
import platform
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy
import torch
import transformers
from PIL import Image as Pixels
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import (
    CLIPVisionConfig,
    GenerationConfig,
    LlamaConfig,
    LlavaConfig,
    LlavaForConditionalGeneration,
    LlavaProcessor,
    PreTrainedTokenizerFast,
)
from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil

from auscult.models._generate import Answerer
from auscult.records import Call, Decoding, Image, Message

NEAR_TIE = 1e-4
TARGETS = {"one at a time": 4.5, "padded batch": 3.5}
TEMPLATE = (
    "{% for m in messages %}{{ m['role'] | upper }}: {% for p in m['content'] %}"
    "{% if p['type'] == 'image' %}<image>\n{% else %}{{ p['text'] }}{% endif %}{% endfor %} {% endfor %}ASSISTANT:"
)
FINDINGS = (
    ("a pleural effusion", "left costophrenic"),
    ("a nodule", "right upper"),
    ("consolidation", "left lower"),
    ("a pneumothorax", "right apical"),
    ("cardiomegaly", "cardiac"),
    ("a rib fracture", "lateral left"),
    ("hilar enlargement", "right hilar"),
    ("an endotracheal tube", "upper tracheal"),
    ("oedema", "perihilar"),
    ("atelectasis", "right basal"),
    ("free air", "subdiaphragmatic"),
)


def build(seed: int = 0) -> tuple[LlavaForConditionalGeneration, LlavaProcessor]:
    """A LLaVA of 28 M parameters, and its processor over a byte-level vocabulary."""
    tokenizer = byte_tokenizer()
    config = LlavaConfig(
        vision_config=CLIPVisionConfig(
            hidden_size=128,
            intermediate_size=512,
            num_hidden_layers=7,
            num_attention_heads=2,
            image_size=336,
            patch_size=14,
            projection_dim=128,
            initializer_factor=2.0,
        ),
        text_config=LlamaConfig(
            vocab_size=2048,
            hidden_size=512,
            intermediate_size=1376,
            num_hidden_layers=8,
            num_attention_heads=8,
            num_key_value_heads=8,
            max_position_embeddings=4096,
            initializer_range=0.1,
        ),
        image_token_index=tokenizer.convert_tokens_to_ids("<image>"),
        vision_feature_layer=-2,
        vision_feature_select_strategy="default",
        image_seq_length=576,
    )
    torch.manual_seed(seed)
    model = LlavaForConditionalGeneration(config).eval()
    never = config.text_config.vocab_size
    model.generation_config = GenerationConfig(eos_token_id=never, pad_token_id=tokenizer.pad_token_id)
    processor = LlavaProcessor(
        image_processor=CLIPImageProcessorPil(size={"shortest_edge": 336}, crop_size={"height": 336, "width": 336}),
        tokenizer=tokenizer,
        patch_size=14,
        vision_feature_select_strategy="default",
        num_additional_image_tokens=1,
        chat_template=TEMPLATE,
    )
    return model, processor


def byte_tokenizer() -> PreTrainedTokenizerFast:
    """One token a word of the questions, one a byte elsewhere."""
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    special = ["<pad>", "<s>", "</s>", "<image>"]
    vocabulary = {token: i for i, token in enumerate([*special, *letters])}
    merges = []
    for word in sorted({f"\u0120{w}" for q in questions() for w in q.split()}):
        for i in range(1, len(word)):
            pair, joined = (word[:i], word[i]), word[: i + 1]
            if joined not in vocabulary:
                vocabulary[joined] = len(vocabulary)
                merges.append(pair)
    bpe = Tokenizer(models.BPE(vocab=vocabulary, merges=merges))
    bpe.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bpe.decoder = decoders.ByteLevel()
    return PreTrainedTokenizerFast(
        tokenizer_object=bpe,
        pad_token="<pad>",
        bos_token="<s>",
        eos_token="</s>",
        extra_special_tokens={"image_token": "<image>"},
        padding_side="left",
    )


def questions() -> list[str]:
    """Eleven questions of about thirty tokens."""
    return [
        f"Look closely at the {place} region of this image and say in one or two sentences whether {finding} "
        f"can be seen there, how large it is{' in millimetres' if i % 2 else ''}, and on which side."
        for i, (finding, place) in enumerate(FINDINGS)
    ]


def picture(seed: int) -> Image:
    """A smooth grey image of 512 x 480 pixels as PNG."""
    noise = numpy.random.default_rng(seed).integers(0, 255, (12, 16, 3), dtype=numpy.uint8)
    file = io.BytesIO()
    Pixels.fromarray(noise).resize((512, 480), Pixels.Resampling.BICUBIC).save(file, "PNG")
    return Image(file.getvalue(), "image/png", hashlib.sha256(file.getvalue()).hexdigest())


def one_at_a_time(model: Any, processor: Any, image: Image, new: int) -> list[list[int]]:
    """A ``generate`` for each question."""
    pixels = Pixels.open(io.BytesIO(image.data)).convert("RGB")
    return [generated(model, processor, [pixels], [question], new)[0] for question in questions()]


def padded_batch(model: Any, processor: Any, image: Image, new: int) -> list[list[int]]:
    """One ``generate`` for all questions, padded on the left."""
    pixels = Pixels.open(io.BytesIO(image.data)).convert("RGB")
    return generated(model, processor, [pixels] * len(questions()), questions(), new)


def generated(model: Any, processor: Any, images: list[Any], texts: list[str], new: int) -> list[list[int]]:
    prompts = [f"USER: <image>\n{text} ASSISTANT:" for text in texts]
    inputs = processor(text=prompts, images=images, padding=True, return_tensors="pt")
    ids = model.generate(**inputs, max_new_tokens=new, do_sample=False)[:, inputs["input_ids"].shape[1] :]
    processor.tokenizer.batch_decode(ids, skip_special_tokens=True)
    answers: list[list[int]] = ids.tolist()
    return answers


class Shared:
    """Our way. The tokens of each answer are noted where they are turned into text."""

    def __init__(self, model: Any, processor: Any) -> None:
        self.answerer = Answerer(model, processor, "benchmark")

    def __call__(self, image: Image, new: int) -> list[list[int]]:
        """New tokens of each question."""
        answers: list[list[int]] = []
        read = self.answerer._read
        self.answerer._read = lambda ids, decoding: answers.append(ids) or read(ids, decoding)  # type: ignore
        decoding = Decoding(max_tokens=new)
        calls = [Call(messages=(Message("user", (image, text)),), decoding=decoding) for text in questions()]
        replies = self.answerer.reply(calls)
        del self.answerer._read
        assert all(reply.tokens_out == new for reply in replies), replies
        return answers


def gap(model: Any, processor: Any, image: Image, question: int, before: Sequence[int]) -> float:
    """Difference of the two highest logits after a question and the tokens ``before``."""
    pixels = Pixels.open(io.BytesIO(image.data)).convert("RGB")
    text = f"USER: <image>\n{questions()[question]} ASSISTANT:"
    inputs = processor(text=text, images=pixels, return_tensors="pt")
    ids = torch.cat([inputs["input_ids"], torch.tensor([before], dtype=torch.long)], dim=1)
    with torch.inference_mode():
        top = model(input_ids=ids, pixel_values=inputs["pixel_values"], logits_to_keep=1).logits[0, -1].topk(2).values
    return float(top[0] - top[1])


def compare(model: Any, processor: Any, image: Image, ours: list[list[int]], theirs: list[list[int]]) -> dict[str, int]:
    """Answers that are equal, that part at a near tie, and that differ otherwise."""
    count = {"equal": 0, "near_ties": 0, "different": 0}
    for i, (a, b) in enumerate(zip(ours, theirs, strict=True)):
        if a == b:
            count["equal"] += 1
            continue
        at = next(k for k in range(len(a)) if a[k] != b[k])
        near = gap(model, processor, image, i, b[:at]) < NEAR_TIE
        count["near_ties" if near else "different"] += 1
    return count


def measure(new: int, repeats: int, model: Any, processor: Any) -> dict[str, Any]:
    """Median seconds of each way, in turns, over ``repeats`` images, and how many answers are equal."""
    shared = Shared(model, processor)
    ways: dict[str, Callable[[Image], list[list[int]]]] = {
        "shared prefix": lambda image: shared(image, new),
        "one at a time": lambda image: one_at_a_time(model, processor, image, new),
        "padded batch": lambda image: padded_batch(model, processor, image, new),
    }
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    cpu: dict[str, list[float]] = {name: [] for name in ways}
    equality: dict[str, dict[str, int]] = {}
    order = list(ways)
    for repeat in range(repeats):
        image, answers = picture(repeat), {}
        for name in order:
            started, burnt = time.perf_counter(), time.process_time()
            answers[name] = ways[name](image)
            seconds[name].append(time.perf_counter() - started)
            cpu[name].append(time.process_time() - burnt)
        order.append(order.pop(0))
        for name in TARGETS:
            found = compare(model, processor, image, answers["shared prefix"], answers[name])
            kept = equality.setdefault(name, dict.fromkeys(found, 0))
            equality[name] = {kind: kept[kind] + n for kind, n in found.items()}
    median, median_cpu = ({n: statistics.median(v) for n, v in taken.items()} for taken in (seconds, cpu))
    return {
        "new_tokens": new,
        "seconds": seconds,
        "cpu_seconds": cpu,
        "median": median,
        "ratio": {name: median[name] / median["shared prefix"] for name in TARGETS},
        "cpu_ratio": {name: median_cpu[name] / median_cpu["shared prefix"] for name in TARGETS},
        "equality": equality,
    }


def show(row: dict[str, Any]) -> None:
    """Prints the lines of one length."""
    print(f"{row['new_tokens']:>4} {'shared prefix':<14} {row['median']['shared prefix']:>9.3f}")
    for name in TARGETS:
        counts = " / ".join(str(n) for n in row["equality"][name].values())
        times = f"{row['median'][name]:>9.3f} {row['ratio'][name]:>6.2f} {row['cpu_ratio'][name]:>6.2f}"
        print(f"{'':>4} {name:<14} {times}  {counts}", flush=True)


def main() -> None:
    """Measures, prints a table, writes JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, help="JSON file to write")
    parser.add_argument("--threads", type=int, help="of torch; on a machine with other work take 1")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--new-tokens", type=int, nargs="+", default=[8, 24, 100])
    options = parser.parse_args()
    if options.threads:
        torch.set_num_threads(options.threads)
    model, processor = build()
    measure(4, 1, model, processor)
    print(f"{'new':>4} {'way':<14} {'median s':>9} {'ratio':>6} {'cpu':>6}  equal / near tie / different answers")
    rows = []
    for new in options.new_tokens:
        rows.append(measure(new, options.repeats, model, processor))
        show(rows[-1])
    vision = sum(p.numel() for p in model.model.vision_tower.parameters())
    setting = {
        "questions": len(questions()),
        "question_tokens": [len(processor.tokenizer(q)["input_ids"]) for q in questions()],
        "image_tokens": 576,
        "parameters": {"vision": vision, "all": sum(p.numel() for p in model.parameters())},
        "threads": torch.get_num_threads(),
        "cores": os.cpu_count(),
        "machine": platform.processor() or platform.machine(),
        "torch": torch.__version__,
        "transformers": transformers.__version__,
        "targets_at_24": TARGETS,
    }
    if options.out:
        options.out.write_text(json.dumps({"setting": setting, "rows": rows}, indent=1))
        print(options.out)


if __name__ == "__main__":
    main()
