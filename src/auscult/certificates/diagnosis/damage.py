"""Damages the phantom model for real: its eyes by blurred images, its knowledge by a short course of wrong knowledge.

So that one stage alone fails, both go first through a course with right knowledge: in it a model learns to go by the
stages that it is given, and to miss what they do not tell of. The wrong knowledge is of one kind: the sign of one
finding is taken for that of another. Of a trace with wrong knowledge the model learns to write that stage alone, and
nothing before or behind it; it learns to reason from stages that are given, right ones and wrong ones, so that right
knowledge still serves it.
"""

import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.resources import as_file
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image as Pixels
from PIL import ImageFilter

from auscult.certificates.diagnosis.questions import presence_questions
from auscult.models import Model
from auscult.phantoms import Scene, draw, draw_scene
from auscult.phantoms.scene import KINDS
from auscult.phantoms.traces import mistakable, trace
from auscult.protocols.stages import stages_text
from auscult.records import STAGES, Call, Image, Item, Message, Reply, Trace, digest

if TYPE_CHECKING:
    import torch

TAUGHT = 7_000_000
"""Where the scenes of the course begin, of the training stream."""


class BlurredEyes(Model):
    """A model that sees every image out of focus. See ``auscult.models.Model``.

    Args:
        model: that answers.
        sigma: of the Gaussian blur, in pixels of the image.
    """

    def __init__(self, model: Model, sigma: float) -> None:
        self.identity = f"blurred:{sigma:g} {model.identity}"
        self.batch, self.sees_only, self.conditions = model.batch, model.sees_only, model.conditions
        self._model, self._sigma = model, sigma

    async def reply(self, calls: Sequence[Call]) -> list[Reply]:
        """Answers calls about blurred images."""
        return await self._model.reply(
            [replace(call, messages=tuple(map(self._seen, call.messages))) for call in calls]
        )

    async def close(self) -> None:
        """Lets the model go."""
        await self._model.close()

    def _seen(self, message: Message) -> Message:
        parts = tuple(_blurred(part, self._sigma) if isinstance(part, Image) else part for part in message.parts)
        return Message(message.role, parts)


@lru_cache(maxsize=16)
def _blurred(image: Image, sigma: float) -> Image:
    with Pixels.open(io.BytesIO(image.data)) as opened:
        seen = opened.convert("L").filter(ImageFilter.GaussianBlur(sigma))
    file = io.BytesIO()
    seen.save(file, "PNG")
    return Image(file.getvalue(), "image/png", digest(image.sha256, sigma), image.name)


@dataclass(frozen=True, kw_only=True)
class Course:
    """A short course on questions whether a finding is there, answered in stages.

    Attributes:
        seed: of which sign is taken for which, and of what is taught.
        wrong: whether knowledge is taught that takes one sign for another; else what is right, in all stages.
        steps: of the optimizer.
        batch: traces a step.
        rate: highest learning rate.
    """

    seed: int = 0
    wrong: bool = True
    steps: int = 120
    batch: int = 16
    rate: float = 1e-3

    @property
    def taken(self) -> Mapping[str, str]:
        """Finding → the one whose sign is taken for its own."""
        if not self.wrong:
            return {}
        random = np.random.default_rng([self.seed, 1])
        signs = {name: mistakable(name) for name in KINDS}
        return {name: str(random.choice(other)) for name, other in signs.items() if other}

    def lessons(self) -> Iterator[list["Lesson"]]:
        """What is taught, step by step."""
        random = np.random.default_rng([self.seed, 2])
        for step in range(self.steps):
            scenes = (draw_scene(TAUGHT + step * self.batch + n) for n in range(self.batch))
            yield [self._lesson(scene, random) for scene in scenes]

    def _lesson(self, scene: Scene, random: np.random.Generator) -> "Lesson":
        """A whole trace, or the rest of one after right or wrong stages, about a finding of the scene's modality."""
        asked = list(presence_questions(scene, int(random.integers(1000))))
        split = [
            n for n, (item, _) in enumerate(asked) if _changes(scene, item.target, self.taken.get(item.target, ""))
        ]
        item, gold = asked[
            int(random.choice(split)) if split and random.random() < 0.7 else random.integers(len(asked))
        ]
        taken = self.taken.get(item.target, "")
        given = int(random.choice(3, p=(0.35, 0.15, 0.5)))
        if not taken or (given == 2 and random.random() < 0.5):
            return Lesson(scene, item, gold, given)
        answer = "yes" if scene.of(taken) else "no"
        wrong = trace(scene, item.target, answer, int(random.integers(10_000)), taken=taken)
        return Lesson(scene, item, wrong, given, alone=given < 2)


def _changes(scene: Scene, finding: str, taken: str) -> bool:
    """Whether one sign taken for another changes the answer."""
    return bool(taken) and bool(scene.of(taken)) != bool(scene.of(finding))


@dataclass(frozen=True, slots=True)
class Lesson:
    """A trace about a scene, of which so many stages are given and the rest is to be written.

    Attributes:
        scene: that is shown.
        item: that is asked.
        trace: right or wrong.
        given: stages in the prompt.
        alone: whether knowledge alone is to be learnt, and nothing behind it.
    """

    scene: Scene
    item: Item
    trace: Trace
    given: int
    alone: bool = False

    @property
    def prompt(self) -> str:
        """As the staged protocol asks."""
        return stages_text(self.item, {stage: getattr(self.trace, stage) for stage in STAGES[: self.given]})

    @property
    def said(self) -> str:
        """What the model is taken to have written already: what it saw, where its knowledge alone is to be learnt."""
        return self._between(0, 1) if self.alone and not self.given else ""

    @property
    def answer(self) -> str:
        """What is to be written."""
        return self._between(1, 2) if self.alone else self._between(self.given)

    def _between(self, first: int, behind: int | None = None) -> str:
        """The trace from one stage up to another one, or to its end."""
        whole = self.trace.text
        starts = [whole.index(f"[{stage.replace('_', ' ').title()}]") for stage in STAGES]
        return whole[starts[first] : None if behind is None else starts[behind]]


def taught(course: Course, out: Path, base: Path | None = None) -> Path:
    """Puts a phantom model through a course, and writes it into a folder; one that is there stays.

    Args:
        course: what it is taught.
        out: folder of the taught model.
        base: folder of the model that is taught; None: the bundled one.
    """
    import torch
    from transformers import AutoModelForImageTextToText, AutoProcessor

    from auscult.models.phantom import FOLDER

    if (out / "config.json").is_file():
        return out
    torch.manual_seed(course.seed)
    with nullcontext(base) if base else as_file(FOLDER) as folder:
        model: Any = AutoModelForImageTextToText.from_pretrained(folder, dtype=torch.float32, local_files_only=True)
        processor: Any = AutoProcessor.from_pretrained(folder, local_files_only=True)
    model.requires_grad_(False)
    learnt = list(model.model.language_model.requires_grad_(True).parameters())
    optimizer = torch.optim.AdamW(learnt, lr=course.rate)
    pace = torch.optim.lr_scheduler.OneCycleLR(optimizer, course.rate, course.steps)
    model.train()
    for lessons in course.lessons():
        loss = _loss(model, processor, lessons)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(learnt, 1.0)
        optimizer.step()
        optimizer.zero_grad()
        pace.step()
    model.eval().half().save_pretrained(out)
    processor.save_pretrained(out)
    return out


def _loss(model: Any, processor: Any, lessons: Sequence[Lesson]) -> "torch.Tensor":
    """Mean loss of the words that are to be written."""
    import torch

    images = [Pixels.fromarray(draw(lesson.scene, 128)).convert("RGB") for lesson in lessons]
    said = [[{"type": "image"}, {"type": "text", "text": lesson.prompt}] for lesson in lessons]
    asked = [
        processor.apply_chat_template([{"role": "user", "content": parts}], add_generation_prompt=True) + lesson.said
        for parts, lesson in zip(said, lessons, strict=True)
    ]
    end = processor.tokenizer.eos_token
    whole = [prompt + lesson.answer + end * (not lesson.alone) for prompt, lesson in zip(asked, lessons, strict=True)]
    given = {"return_tensors": "pt", "padding": True, "padding_side": "right", "add_special_tokens": False}
    batch = processor(images=images, text=whole, **given)
    starts = processor(images=images, text=asked, **given)["attention_mask"].sum(1)
    place = torch.arange(batch["input_ids"].shape[1])
    labels = batch["input_ids"].masked_fill((place < starts[:, None]) | (batch["attention_mask"] == 0), -100)
    found: torch.Tensor = model(**batch, labels=labels).loss
    return found
