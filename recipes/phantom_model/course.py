"""The whole course: words, sight, speech, export. Every part goes on where it was stopped."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Generic, TypeVar

import numpy as np
import orjson
import torch
from PIL import Image
from tokenizers import Tokenizer
from transformers import LlavaForConditionalGeneration, PreTrainedTokenizerFast

from auscult.construction.lexicon import lexicon
from auscult.phantoms.distribution import VERSION, draw_scene
from auscult.phantoms.scene import Scene, Split
from auscult.phantoms.texts import wordings
from auscult.protocols.direct import prompts
from auscult.records import digest
from auscult.store.files import replace_file, shipped_table
from recipes.phantom_model.architecture import Shape, as_tokenizer, make_model, make_processor, make_tokenizer, save
from recipes.phantom_model.lessons import AGAIN, FIRST, FOLLOWING, LAST, LATER, Lesson, Mix, Teacher, asks
from recipes.phantom_model.packing import prefix_ids
from recipes.phantom_model.schedule import restore, train
from recipes.phantom_model.sight import Eye, Truth, picture, seen, truth
from recipes.phantom_model.speech import Pack, Speaker, heard, pack, shares

_Batch = TypeVar("_Batch")


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How long and how fast everything is learnt.

    Attributes:
        shape: of the model.
        seed: of the weights and of what is chosen among lessons.
        words_from: scenes whose lessons the vocabulary is made from.
        sight_steps: of the vision tower.
        sight_images: a step.
        sight_rate: highest learning rates, of what AdamW learns and of what Muon learns.
        speech_steps: of the language model.
        speech_again: the last ones of these, whose rate rises again, to a lower peak, once a number.
        speech_images: a step.
        speech_rate: likewise.
        mixes: of lessons, each with the step from which it holds.
        lanes: of an image.
        watch_images: validation images that accuracy is logged on.
        watch_every: steps between two such lines.
    """

    shape: Shape = field(default_factory=Shape)
    seed: int = 7
    words_from: int = 2000
    sight_steps: int = 1800
    sight_images: int = 32
    sight_rate: tuple[float, float] = (2e-3, 1e-2)
    speech_steps: int = 4300
    speech_again: tuple[int, ...] = (500, 600)
    speech_images: int = 8
    speech_rate: tuple[float, float] = (2e-3, 8e-3)
    mixes: tuple[tuple[int, Mix], ...] = ((0, FIRST), (600, LATER), (1800, LAST), (3200, AGAIN), (3700, FOLLOWING))
    lanes: int = 3
    watch_images: int = 96
    watch_every: int = 100

    def made_of(self, part: str) -> str:
        """Names what a step of ``sight`` or ``speech`` depends on."""
        later = () if part == "speech" else ("speech", "lanes", "mixes")
        mine = {k: v for k, v in asdict(self).items() if not k.startswith(later)}
        return digest(part, mine, VERSION, list(_texts().values()) if part == "speech" else [])


MODEL = "phantom-4"
"""Version of the model that this recipe makes; another recipe makes another version."""
SPEECH_SEEDS = 10_000_000
"""Where the scenes of the second half begin: the vision tower has seen none of them."""


def _texts() -> dict[str, str]:
    """Versions of the wordings that lessons are made of."""
    return {
        "phantoms": wordings()["version"],
        "traces": shipped_table("phantoms/traces.toml")["version"],
        "questions": lexicon().version,
        "asks": asks()["version"],
        "stages": prompts("staged")["version"],
    }


class Ahead(Generic[_Batch]):
    """Makes the batch of the next step while this one is learnt."""

    def __init__(self, make: Callable[[int], _Batch]) -> None:
        self._make, self._worker = make, ThreadPoolExecutor(max_workers=1)
        self._next: tuple[int, Future[_Batch]] | None = None

    def __call__(self, step: int) -> _Batch:
        """The batch of a step."""
        waiting = self._next[1] if self._next and self._next[0] == step else self._worker.submit(self._make, step)
        self._next = (step + 1, self._worker.submit(self._make, step + 1))
        return waiting.result()


class Course:
    """The course of one plan in one folder.

    Args:
        plan: what is learnt.
        folder: of checkpoints and logs.
        save_seconds: between checkpoints.
    """

    def __init__(self, plan: Plan, folder: Path, save_seconds: float = 120.0) -> None:
        self.plan, self.folder, self._save_seconds = plan, folder, save_seconds
        folder.mkdir(parents=True, exist_ok=True)
        self.tokenizer = self._words()
        self.processor = make_processor(plan.shape, self.tokenizer)
        self.model: LlavaForConditionalGeneration = make_model(plan.shape, self.tokenizer, plan.seed)
        self._started = time.monotonic()

    def learn(self) -> None:
        """Learns everything that is not learnt yet."""
        self.see()
        self.speak()

    def write(self, out: Path) -> None:
        """Writes the folder that the Auto classes load, and what the model was made from."""
        save(out, self.model, self.processor)
        plan = asdict(self.plan)
        made = {"version": MODEL, "shape": plan.pop("shape"), "plan": plan, "distribution": VERSION, "texts": _texts()}
        replace_file(out / "phantom.json", orjson.dumps(made, option=orjson.OPT_INDENT_2) + b"\n")

    def restore(self) -> dict[str, int]:
        """Takes the weights of the checkpoints that are there; returns the steps that each part has behind it."""
        done = {}
        eye = Eye(self.model.model.vision_tower, self.plan.shape.vision)
        speaker = Speaker(self.model, self.tokenizer, self.plan.shape.tokens)
        for part, module in (("sight", eye), ("speech", speaker)):
            if (self.folder / f"{part}.pt").exists():
                done[part] = restore(module, self.folder / f"{part}.pt", self.plan.made_of(part))["step"]
        return done

    def see(self) -> None:
        """Trains the vision tower."""
        plan = self.plan
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(plan.seed)
            eye = Eye(self.model.model.vision_tower, plan.shape.vision)
        held_out = self._pictures("validation", 0, 2 * plan.watch_images)
        ahead = Ahead(lambda step: self._pictures("train", step * plan.sight_images, plan.sight_images))

        def watch(step: int) -> None:
            if step % plan.watch_every == 0 or step == plan.sight_steps:
                self._log({"sight": step, "of": plan.sight_steps, **seen(eye, *held_out)})

        train(
            eye,
            lambda step: eye.loss(*ahead(step)),
            file=self.folder / "sight.pt",
            made_of=plan.made_of("sight"),
            steps=plan.sight_steps,
            peak=plan.sight_rate[0],
            matrix_peak=plan.sight_rate[1],
            watch=watch,
            save_seconds=self._save_seconds,
        )

    def speak(self) -> None:
        """Trains projector and language model on the frozen tower."""
        plan = self.plan
        count = plan.speech_images
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(plan.seed)
            speaker = Speaker(self.model, self.tokenizer, plan.shape.tokens)
        held_out = [
            self._pack("validation", start, min(16, plan.watch_images - start), plan.speech_steps, [1, start])
            for start in range(0, plan.watch_images, 16)
        ]
        ahead = Ahead(lambda step: self._pack("train", SPEECH_SEEDS + step * count, count, step, [0, step]))

        def watch(step: int) -> None:
            if step % plan.watch_every == 0 or step == plan.speech_steps:
                found = heard(speaker, held_out)
                for name, key in _VIEWS.items():
                    self._log({"speech": step, "of": plan.speech_steps, "by": name, **shares(found, key)})

        train(
            speaker,
            lambda step: speaker.loss(ahead(step)),
            file=self.folder / "speech.pt",
            made_of=plan.made_of("speech"),
            steps=plan.speech_steps,
            peak=plan.speech_rate[0],
            matrix_peak=plan.speech_rate[1],
            again=plan.speech_again,
            watch=watch,
            save_seconds=self._save_seconds,
        )

    def _words(self) -> PreTrainedTokenizerFast:
        def texts() -> Iterator[str]:
            for seed in range(self.plan.words_from):
                for lesson in self._lessons(draw_scene(seed), np.random.default_rng([self.plan.seed, 2, seed])):
                    yield lesson.prompt
                    yield lesson.answer

        file = self.folder / "words.json"
        if not file.exists():
            made = make_tokenizer(texts(), self.plan.shape.words).backend_tokenizer
            replace_file(file, made.to_str().encode())
        return as_tokenizer(Tokenizer.from_file(str(file)))

    def _lessons(self, scene: Scene, random: np.random.Generator, step: int = 0) -> list[Lesson]:
        mix = [mix for start, mix in self.plan.mixes if start <= step][-1]
        return list(Teacher(scene, random, mix).lessons(16 * self.plan.lanes))

    def _pixels(self, images: list[Image.Image]) -> torch.Tensor:
        pixels: torch.Tensor = self.processor.image_processor(images, return_tensors="pt")["pixel_values"]
        return pixels

    def _pictures(self, split: Split, start: int, count: int) -> tuple[torch.Tensor, list[Truth]]:
        scenes = [draw_scene(start + i, split) for i in range(count)]
        shape = self.plan.shape
        drawn = [picture(s) for s in scenes]
        truths = [truth(s, found, shape.image // shape.patch) for s, (_, found) in zip(scenes, drawn, strict=True)]
        return self._pixels([image for image, _ in drawn]), truths

    def _pack(self, split: Split, start: int, count: int, step: int, seed: list[int]) -> Pack:
        scenes = [draw_scene(start + i, split) for i in range(count)]
        random = np.random.default_rng([self.plan.seed, *seed])
        lessons = [self._lessons(scene, random, step) for scene in scenes]
        prefix = len(prefix_ids(self.tokenizer, self.plan.shape.tokens))
        return pack(self._pixels([picture(s)[0] for s in scenes]), lessons, self.tokenizer, prefix, self.plan.lanes)

    def _log(self, line: dict[str, object]) -> None:
        whole = {"seconds": round(time.monotonic() - self._started), **line}
        text = orjson.dumps(whole, option=orjson.OPT_SERIALIZE_NUMPY).decode()
        with (self.folder / "log.jsonl").open("a", encoding="utf-8") as file:
            file.write(text + "\n")
        print(text, flush=True)


_VIEWS: dict[str, Callable[[Lesson], str]] = {
    "kind": lambda lesson: "blind" if lesson.blind else lesson.kind,
    "neutral": lambda lesson: lesson.target if lesson.kind == "neutral" and not lesson.blind else "",
    "statement": lambda lesson: f"{lesson.statement} {lesson.truth}" if lesson.kind == "neutral" else "",
}
"""What accuracy is logged by."""
