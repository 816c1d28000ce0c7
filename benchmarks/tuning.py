"""Tuning on all pairs of an image at once, beside the same pairs apart and beside TRL's SFTTrainer, in one run.

A model of LLaVA's shape with random weights and 576 image tokens; ten pairs an image. The three learn from the same
pairs with the same adapter and count the same tokens of loss. Each runs in a process of its own, whose peak memory is
told; they take their steps in turn, after one to warm up, so that whatever else the machine does meets all of them.

    nice -n 15 .venv/bin/python -m benchmarks.tuning --threads 1
"""

import argparse
import json
import re
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
ENDED = "{% endif %}{% if message['role'] == 'assistant' %}</s>{% else %}\n{% endif %}{% endfor %}"
"""How a turn of the model ends in the template, for all three alike."""
WAYS = ("packed", "apart", "trl")
PAIRS = 10
"""About an image."""


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
        chat_template=CHAT_TEMPLATE.replace("{% endif %}\n{% endfor %}", ENDED),
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


def turn(**figures: float) -> None:
    """Says what the last step took, and waits until it is this process's turn again."""
    print(json.dumps(figures), flush=True)
    if not sys.stdin.readline():
        raise SystemExit


class Clock:
    """Seconds since a step began: on the wall, and of this process's own computing."""

    def __init__(self) -> None:
        self._begun = _now()

    def taken(self) -> dict[str, float]:
        """What a step took."""
        wall, computing = (now - then for now, then in zip(_now(), self._begun, strict=True))
        return {"wall": wall, "computing": computing}


def _now() -> tuple[float, float]:
    return time.perf_counter(), time.process_time()


def ours(base: Path, items: Path, packs: bool) -> None:
    """Steps of our own way, one image each."""
    from auscult.items.item_set import ItemSet
    from auscult.models import ModelOptions
    from auscult.models.folders import opened
    from auscult.tuning.computing import memory_kept
    from auscult.tuning.encoding import Encoder
    from auscult.tuning.learning import Learner, learnt_tokens
    from auscult.tuning.lessons import Lessons
    from auscult.tuning.lora import with_lora
    from auscult.tuning.options import TuningOptions

    options = TuningOptions(split="all", held_out=0, epochs=1, batch=PAIRS, gradient_checkpointing=False)
    weights, lessons = opened(str(base), ModelOptions(offline=True)), Lessons(ItemSet(items), options)
    learner = Learner(with_lora(weights, options), Encoder(weights), options, packs)
    turn()
    with memory_kept(weights.device):  # as ``auscult tune`` does, in both of our ways
        for step in lessons.steps(0, options):
            clock = Clock()
            units = learner.units(lessons, step)
            learner.step(units, 1e-4)
            turn(**clock.taken(), tokens=learnt_tokens(units))


def trl(base: Path, items: Path) -> None:
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
        for lesson in lessons.read(Chunk(number, 0, PAIRS)):
            text = [{"type": "image"}, {"type": "text", "text": lesson.call.messages[0].text}]
            answer = [{"type": "text", "text": lesson.answer}]
            rows.append(
                {
                    "prompt": [{"role": "user", "content": text}],
                    "completion": [{"role": "assistant", "content": answer}],
                    "images": [Image.open(items / lesson.call.images[0].name).convert("RGB")],
                }
            )
    learnt: list[int] = []

    class Turns(TrainerCallback):  # type: ignore[misc]
        def on_train_begin(self, *_: Any, **__: Any) -> None:
            turn()
            self.clock = Clock()

        def on_step_end(self, *_: Any, **__: Any) -> None:
            turn(**self.clock.taken(), tokens=learnt.pop(0))
            self.clock = Clock()

    with tempfile.TemporaryDirectory() as out:
        how = SFTConfig(
            output_dir=out,
            per_device_train_batch_size=PAIRS,
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
            callbacks=[Turns()],
        )
        collate = trainer.data_collator

        def counted(examples: Any) -> Any:
            batch = collate(examples)
            learnt.append(int((batch["labels"] != -100).sum()))
            return batch

        trainer.data_collator = counted
        trainer.train()


def measured(folder: Path, threads: int, steps: int) -> dict[str, dict[str, float]]:
    """Way → what its steps took, in turns, so that whatever else the machine does meets all of them."""
    asked = ["--folder", str(folder), "--threads", str(threads)]
    programs = {
        way: subprocess.Popen(
            [sys.executable, "-m", "benchmarks.tuning", "--way", way, *asked],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for way in WAYS
    }
    found: dict[str, list[dict[str, float]]] = {way: [] for way in WAYS}
    for program in programs.values():
        _said(program)
    for _ in range(steps + 1):  # the first one warms up
        for way, program in programs.items():
            assert program.stdin
            print(file=program.stdin, flush=True)
            found[way].append(_said(program))
    peaks = {}
    for way, program in programs.items():
        peaks[way] = _peak(program.pid)
        program.communicate()
    return {
        way: {
            "seconds_a_pair": sum(s["wall"] for s in taken[1:]) / steps / PAIRS,
            "cpu_seconds_a_pair": sum(s["computing"] for s in taken[1:]) / steps / PAIRS,
            "tokens_of_loss": sum(s["tokens"] for s in taken),
            "peak_mb": peaks[way],
        }
        for way, taken in found.items()
    }


def _said(program: "subprocess.Popen[str]") -> dict[str, float]:
    """The next line of figures; what else a library prints is passed over."""
    assert program.stdout
    for line in program.stdout:
        if line.startswith("{"):
            return json.loads(line)  # type: ignore[no-any-return]
    raise SystemExit(f"{program.args!r} ended early")


def _peak(process: int) -> int:
    """Most memory that a process has held, in MB."""
    status = Path(f"/proc/{process}/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+)", status)[1]) // 1024  # type: ignore[index]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--steps", type=int, default=6)
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
        if asked.way == "trl":
            trl(base, items)
        else:
            ours(base, items, asked.way == "packed")
        return
    with tempfile.TemporaryDirectory() as folder:
        make_model(Path(folder) / "base", asked.width, asked.layers)
        make_items(Path(folder) / "set", asked.steps + 1, PAIRS)
        found = measured(Path(folder), asked.threads, asked.steps)
    for way, figures in found.items():
        print(json.dumps({"way": way, **figures}))
    quickest = found["packed"]["cpu_seconds_a_pair"]
    times = {f"times_{way}": figures["cpu_seconds_a_pair"] / quickest for way, figures in found.items()}
    same = len({figures["tokens_of_loss"] for figures in found.values()}) == 1
    print(json.dumps({**times, "same_tokens_of_loss": same}))


if __name__ == "__main__":
    main()
