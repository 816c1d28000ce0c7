"""Tuning on all pairs of an image at once, beside the same pairs apart and beside TRL's SFTTrainer, in one run.

A model of LLaVA's shape with random weights and 576 image tokens; ten pairs an image. The three learn from the same
pairs with the same adapter and count the same tokens of loss; each is timed after one step to warm up. Peak memory is
the process's own, so that each runs in a process of its own.

    nice -n 15 .venv/bin/python -m benchmarks.tuning --threads 1
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

WORDS = [
    "is",
    "there",
    "a",
    "pleural",
    "effusion",
    "in",
    "the",
    "left",
    "lung",
    "nodule",
    "right",
    "heart",
    "normal",
    "image",
]
WAYS = ("packed", "apart", "trl")


def make_model(folder: Path, width: int, layers: int) -> Path:
    """A LLaVA with 24 × 24 image tokens, saved with its processor."""
    import torch
    from tests.models.tiny_llava import CHAT_TEMPLATE, _tokenizer
    from transformers import CLIPVisionConfig, LlamaConfig, LlavaConfig, LlavaForConditionalGeneration, LlavaProcessor
    from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil

    tokenizer, side = _tokenizer(), {"height": 336, "width": 336}
    size = {"hidden_size": width, "intermediate_size": 4 * width, "num_attention_heads": width // 64}
    config = LlavaConfig(
        vision_config=CLIPVisionConfig(**size, num_hidden_layers=layers, image_size=336, patch_size=14),
        text_config=LlamaConfig(
            **size,
            num_hidden_layers=layers,
            vocab_size=len(tokenizer),
            eos_token_id=tokenizer.eos_token_id,
            bos_token_id=tokenizer.bos_token_id,
            pad_token_id=tokenizer.pad_token_id,
        ),
        image_token_index=tokenizer.convert_tokens_to_ids("<image>"),
        image_seq_length=576,
    )
    torch.manual_seed(0)
    model = LlavaForConditionalGeneration(config)
    model.generation_config.eos_token_id = tokenizer.eos_token_id
    images = CLIPImageProcessorPil(size=side, crop_size=side)
    processor = LlavaProcessor(
        image_processor=images,
        tokenizer=tokenizer,
        patch_size=14,
        vision_feature_select_strategy="default",
        num_additional_image_tokens=1,
        chat_template=CHAT_TEMPLATE,
    )
    model.save_pretrained(folder)
    processor.save_pretrained(folder)
    return folder


def make_items(folder: Path, images: int, pairs: int) -> Path:
    """An item set of pictures of noise, with as many questions of each."""
    import numpy as np
    from PIL import Image

    import auscult

    folder.mkdir()
    draw = np.random.default_rng(0)
    rows = ["image,question,answer,patient,id"]
    for n in range(images):
        Image.fromarray(draw.integers(0, 255, (336, 336, 3), dtype=np.uint8)).save(folder / f"{n}.png")
        for m in range(pairs):
            asked, answer = " ".join(draw.choice(WORDS, 3)), " ".join(draw.choice(WORDS, 4))
            rows.append(f"{n}.png,{asked} {m}?,{answer},p{n},{n}-{m}")
    (folder / "table.csv").write_text("\n".join(rows) + "\n")
    auscult.build("image-folder", folder / "table.csv", folder / "items")
    return folder / "items"


def ours(base: Path, items: Path, packs: bool) -> dict[str, float]:
    """Seconds a pair of our own way; one step an image."""
    from auscult.items.item_set import ItemSet
    from auscult.models import ModelOptions
    from auscult.models.folders import opened
    from auscult.tuning.encoding import Encoder
    from auscult.tuning.learning import Learner
    from auscult.tuning.lessons import Lessons
    from auscult.tuning.lora import with_lora
    from auscult.tuning.options import TuningOptions

    options = TuningOptions(split="all", held_out=0, epochs=1, batch=10, gradient_checkpointing=False)
    weights, lessons = opened(str(base), ModelOptions(offline=True)), Lessons(ItemSet(items), options)
    encoder = Encoder(weights)
    learner = Learner(with_lora(weights, options), encoder, options, packs)
    steps = lessons.steps(0, options)
    learner.step(learner.units(lessons, steps[0]), 1e-4)
    started, pairs, tokens = time.perf_counter(), 0, 0
    for step in steps[1:]:
        units = learner.units(lessons, step)
        learner.step(units, 1e-4)
        pairs += sum(map(len, step))
        tokens += sum(len(u.labels) if packs else len(u[1].ids) - u[1].asked for u in units)  # type: ignore[union-attr,index]
    return {"seconds_a_pair": (time.perf_counter() - started) / pairs, "pairs": pairs, "tokens_of_loss": tokens}


def trl(base: Path, items: Path) -> dict[str, float]:
    """The same by TRL's SFTTrainer: prompt and completion, the ten pairs of an image in a batch, nothing cut."""
    from datasets import Dataset
    from peft import LoraConfig
    from PIL import Image
    from transformers import AutoModelForImageTextToText, AutoProcessor, TrainerCallback
    from trl import SFTConfig, SFTTrainer

    from auscult.items.item_set import ItemSet
    from auscult.tuning.lessons import Chunk, Lessons
    from auscult.tuning.options import TuningOptions

    lessons = Lessons(ItemSet(items), TuningOptions(split="all", held_out=0))
    rows: list[dict[str, Any]] = []
    for number in lessons.learnt:
        for lesson in lessons.read(Chunk(number, 0, 10)):
            text = [{"type": "image"}, {"type": "text", "text": lesson.call.messages[0].text}]
            answer = [{"type": "text", "text": lesson.answer}]
            rows.append(
                {
                    "prompt": [{"role": "user", "content": text}],
                    "completion": [{"role": "assistant", "content": answer}],
                    "images": [Image.open(items / lesson.call.images[0].name).convert("RGB")],
                }
            )
    times: list[float] = []

    class Clock(TrainerCallback):  # type: ignore[misc]
        def on_step_end(self, *_: Any, **__: Any) -> None:
            times.append(time.perf_counter())

    with tempfile.TemporaryDirectory() as out:
        how = SFTConfig(
            output_dir=out,
            per_device_train_batch_size=10,
            num_train_epochs=1,
            max_length=None,
            use_cpu=True,
            bf16=False,
            gradient_checkpointing=False,
            completion_only_loss=True,
            report_to=[],
            save_strategy="no",
            logging_strategy="no",
            disable_tqdm=True,
        )
        layers = r"model\.language_model\..*\.(q_proj|k_proj|v_proj|o_proj|gate_proj|up_proj|down_proj)"
        trainer = SFTTrainer(
            model=AutoModelForImageTextToText.from_pretrained(base),
            args=how,
            train_dataset=Dataset.from_list(rows),
            processing_class=AutoProcessor.from_pretrained(base),
            peft_config=LoraConfig(r=16, lora_alpha=32, target_modules=layers),
            callbacks=[Clock()],
        )
        trainer.train()
    pairs = len(rows) - 10
    return {"seconds_a_pair": (times[-1] - times[0]) / pairs, "pairs": pairs}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--images", type=int, default=7)
    parser.add_argument("--width", type=int, default=256)
    parser.add_argument("--layers", type=int, default=4)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--way", choices=WAYS)
    parser.add_argument("--folder", type=Path)
    asked = parser.parse_args()
    if asked.way:
        import torch

        torch.set_num_threads(asked.threads)
        base, items = asked.folder / "base", asked.folder / "set" / "items"
        found = trl(base, items) if asked.way == "trl" else ours(base, items, asked.way == "packed")
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps({"way": asked.way, **found, "peak_mb": round(peak)}))
        return
    with tempfile.TemporaryDirectory() as folder:
        make_model(Path(folder) / "base", asked.width, asked.layers)
        make_items(Path(folder) / "set", asked.images, 10)
        found = []
        for way in WAYS:
            words = ["--way", way, "--folder", folder, "--threads", str(asked.threads)]
            ran = subprocess.run([sys.executable, "-m", "benchmarks.tuning", *words], check=True, capture_output=True)
            found.append(json.loads(ran.stdout.decode().splitlines()[-1]))
            print(json.dumps(found[-1]), flush=True)
        quickest = found[0]["seconds_a_pair"]
        print(json.dumps({f"times_faster_than_{f['way']}": f["seconds_a_pair"] / quickest for f in found[1:]}))


if __name__ == "__main__":
    main()
