"""What the finished model can do, measured on scenes of other seeds through the path that users take.

``python -m recipes.phantom_model.measure`` writes the model card into the model's folder.
"""

import argparse
import asyncio
import hashlib
import io
import re
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import torch
from PIL import Image as Pixels

from auscult import statistics
from auscult.analysis.summary import Summary, read_summary
from auscult.construction.claims import EXCLUDED, Claim, stated
from auscult.construction.wordings import PHRASINGS, ask
from auscult.facts import compare, read_facts
from auscult.facts.traces import published_trace
from auscult.models import Model, ModelOptions, create
from auscult.phantoms.distribution import draw_scene
from auscult.phantoms.images import draw
from auscult.phantoms.scene import Scene, Split
from auscult.phantoms.texts import facts_of, report
from auscult.protocols import Asking, Question
from auscult.protocols.direct import Direct
from auscult.records import Call, Decoding, Estimate, Image, Item, Message
from auscult.scorers.rules.closed import SCORER as CLOSED
from auscult.scorers.rules.closed import rule
from recipes.phantom_model.lessons import Lesson, Teacher, known_of

SEED = 5_000_000
"""Where the measured scenes begin."""
RELATED = 1_000_000
"""Where, from there, the scenes begin of which relations are asked."""
MOST = 60
"""Questions of one finding, statement and truth: as many true ones as false ones."""
VALID = "ClinHallu's rule for a valid trace"
EQUAL = "the same text after [Answer]"
CLOSED_FORMS = ("with yes or no alone.", "with the letter of one option and its text.")
"""How the prompts of traces end whose answer is yes or no, or an option."""
SIZES_NEAR = "sizes within 15 % or 3 mm"
DECODING = Decoding(max_tokens=256)


@dataclass(frozen=True, slots=True)
class Asked:
    """A yes/no question about a scene, by number."""

    scene: int
    claim: Claim
    truth: bool
    question: str


@dataclass(kw_only=True)
class Figures:
    """Everything that the card says."""

    neutral: dict[str, Estimate] = field(default_factory=dict)
    statements: dict[str, Estimate] = field(default_factory=dict)
    unseen: dict[str, Estimate] = field(default_factory=dict)
    texts: dict[str, Estimate] = field(default_factory=dict)
    premise: Summary | None = None
    speed: float = 0.0
    commands: tuple[str, ...] = ()


def balanced(scenes: Sequence[Scene], seed: int) -> list[Asked]:
    """Neutral questions on claims that items make: of each finding and statement as many true ones as false ones."""
    random = np.random.default_rng([SEED, seed])
    pool: dict[tuple[str, str], dict[bool, list[Asked]]] = defaultdict(lambda: {True: [], False: []})
    for number, scene in enumerate(scenes):
        known = known_of(scene)
        for one in stated(known, scene.key):
            if one.truth is None or one.unfit or one.tier == EXCLUDED:
                continue
            asked = ask(one.claim, "neutral", int(random.integers(PHRASINGS)), known)
            if asked:
                about = one.claim.finding, one.claim.statement
                pool[about][one.truth].append(Asked(number, one.claim, one.truth, asked.text))
    chosen: list[Asked] = []
    for found in pool.values():
        count = min(MOST, *map(len, found.values()))
        for rows in found.values():
            chosen += [rows[i] for i in random.choice(len(rows), count, replace=False)]
    return chosen


def shown(scene: Scene) -> Image:
    """A scene as a file of 128 pixels a side."""
    file = io.BytesIO()
    Pixels.fromarray(draw(scene)).save(file, "PNG")
    return Image(file.getvalue(), "image/png", hashlib.sha256(file.getvalue()).hexdigest())


def answers(model: Model, calls: Sequence[tuple[int, Call]]) -> tuple[list[str], float]:
    """Replies to calls, each with the number of its scene; calls of one scene together. And seconds."""
    groups: dict[int, list[int]] = defaultdict(list)
    for i, (scene, _) in enumerate(calls):
        groups[scene].append(i)

    async def all_groups() -> dict[int, str]:
        found = {}
        for members in groups.values():
            for i, reply in zip(members, await model.reply([calls[i][1] for i in members]), strict=True):
                found[i] = reply.text
        return found

    started = time.perf_counter()
    texts = asyncio.run(all_groups())
    return [texts[i] for i in range(len(calls))], time.perf_counter() - started


def yes_no(model: Model, split: Split, images: int, seed: int) -> tuple[list[Asked], list[float], float]:
    """Balanced questions on a split, whether each was answered rightly, and questions a second."""
    scenes = [draw_scene(SEED + i, split) for i in range(images)]
    asked = balanced(scenes, seed)
    files = {number: shown(scenes[number]) for number in {a.scene for a in asked}}
    items = [
        Item(
            id=str(i),
            case_id=str(a.scene),
            source_id=str(i),
            question=a.question,
            reference="yes" if a.truth else "no",
            answer_type="yes_no",
        )
        for i, a in enumerate(asked)
    ]
    direct = Direct(asking=Asking(decoding=DECODING))
    put = [(a.scene, Question(item=item, images=(files[a.scene],))) for a, item in zip(asked, items, strict=True)]
    calls = [(scene, direct.call(question)) for scene, question in put]
    texts, seconds = answers(model, calls)
    right = [rule(item, text).values["correct"] for item, text in zip(items, texts, strict=True)]
    return asked, right, len(asked) / seconds


def relations(model: Model, count: int) -> Estimate:
    """Neutral questions on whether two findings lie on one side: as many that hold as that do not, one an image."""
    random, rows, scenes = np.random.default_rng([SEED, 5]), [], []
    while len(rows) < count:
        teacher = Teacher(draw_scene(SEED + RELATED + len(scenes), "test"), random)
        scenes.append(draw_scene(SEED + RELATED + len(scenes), "test"))
        lesson = teacher.relation()
        if lesson and lesson.truth is bool(len(rows) % 2):
            rows.append((len(scenes) - 1, replace(lesson, blind=False)))
    said = _said(model, scenes, rows)
    right = [float(r.text.casefold().startswith("yes" if r.lesson.truth else "no")) for r in said]
    return share(right, [r.scene for r in said], "relations", "first word")


def by(asked: Sequence[Asked], right: Sequence[float], key: str) -> dict[str, Estimate]:
    """Accuracy by ``finding`` or ``statement``, ``all`` first."""
    names = [getattr(a.claim, key) or a.claim.statement for a in asked]
    rows = {"all": list(range(len(asked)))}
    for name in sorted(set(names)):
        rows[name] = [i for i, n in enumerate(names) if n == name]
    return {name: share([right[i] for i in on], [asked[i].scene for i in on], name) for name, on in rows.items()}


def share(values: Sequence[float], clusters: Sequence[int], name: str, instrument: str = "") -> Estimate:
    """A mean with its interval by image."""
    return statistics.mean(
        values, np.asarray(clusters), name=name, instrument=instrument or CLOSED.instrument.id, unit="image"
    )


def texts(model: Model, images: int) -> dict[str, Estimate]:
    """Reports by the fact checker; traces by their form and answer, and what they follow; choices; sizes."""
    random = np.random.default_rng([SEED, 3])
    scenes = [draw_scene(SEED + i, "test") for i in range(images)]
    made: dict[str, list[tuple[int, Lesson | None]]] = defaultdict(list)
    for number, scene in enumerate(scenes):
        teacher = Teacher(scene, random)
        made["report"].append((number, teacher.report()))
        made["trace"].append((number, teacher.trace()))
        made["continue"].append((number, teacher.continuation()))
        made["vision"].append((number, teacher.misled("visual_recognition")))
        made["knowledge"].append((number, teacher.misled("knowledge_recall")))
        made["choice"].append((number, teacher.choice()))
        made["size"].append((number, teacher.measurement()))
    said = {name: _said(model, scenes, rows) for name, rows in made.items()}
    found = _reports(scenes, said["report"])
    for name, label in (("trace", "traces"), ("continue", "continued traces")):
        read = [published_trace(f"{r.lesson.given}\n{r.text}") for r in said[name]]
        where = [r.scene for r in said[name]]
        found[f"{label}: valid form"] = share([float(not t.invalid) for t in read], where, label, VALID)
        for of, closed in (("yes/no and options", True), ("sizes and premises", False)):
            rows = [r for r in said[name] if r.lesson.prompt.endswith(CLOSED_FORMS) is closed]
            found[f"{label}, {of}: right answer"] = share(_answered(rows), [r.scene for r in rows], label, EQUAL)
    for name, label in (("vision", "of another image"), ("knowledge", "with the sign of another finding")):
        where = [r.scene for r in said[name]]
        found[f"a given stage {label}: followed"] = share(_answered(said[name]), where, label, EQUAL)
    for name, label, hit in (("choice", "choices of 2 or 3: right", _same_letter), ("size", SIZES_NEAR, near)):
        rows = said[name]
        right = [float(hit(r.text, r.lesson.answer)) for r in rows]
        found[label] = share(right, [r.scene for r in rows], label, "first letter or number")
    return found


@dataclass(frozen=True, slots=True)
class Said:
    """What was said to a lesson's prompt about a scene, by number."""

    scene: int
    lesson: Lesson
    text: str


def _said(model: Model, scenes: Sequence[Scene], rows: Sequence[tuple[int, Lesson | None]]) -> list[Said]:
    asked = [(n, lesson) for n, lesson in rows if lesson]
    replies, _ = answers(model, [(n, _call(shown(scenes[n]), lesson.prompt)) for n, lesson in asked])
    return [Said(n, lesson, text) for (n, lesson), text in zip(asked, replies, strict=True)]


def _call(image: Image, prompt: str) -> Call:
    return Call(messages=(Message("user", (image, prompt)),), decoding=DECODING)


def _reports(scenes: Sequence[Scene], rows: Sequence[Said]) -> dict[str, Estimate]:
    """How much of a report is so, and how much of what is so it says; beside it the same of true ones."""
    found = {}
    for label, texts_ in (
        ("reports", [(r.scene, r.text) for r in rows]),
        ("true reports, as the checker reads them", [(r.scene, report(scenes[r.scene], r.scene)) for r in rows]),
    ):
        true: list[tuple[int, float]] = []
        told: list[tuple[int, float]] = []
        for n, text in texts_:
            for checked in compare(read_facts(text), facts_of(scenes[n]), exhaustive=True):
                if checked.status != "omitted":
                    true.append((n, float(checked.status == "supported")))
                if checked.status in ("omitted", "supported"):
                    told.append((n, float(checked.status == "supported")))
        for what, values in (("statements that are so", true), ("supported among supported and omitted", told)):
            name = f"{label}: {what}"
            found[name] = share([v for _, v in values], [n for n, _ in values], name, "facts checker")
    return found


def _answered(rows: Sequence[Said]) -> list[float]:
    """Whether each trace ends in the answer that its stages lead to."""
    texts_ = [(f"{r.lesson.given}\n{text}" for text in (r.text, r.lesson.answer)) for r in rows]
    return [float(published_trace(a).trace.answer == published_trace(b).trace.answer) for a, b in texts_]


def _same_letter(text: str, right: str) -> bool:
    return text[:1] == right[:1]


def near(text: str, right: str) -> bool:
    """Whether the first number of a text is within 15 % of the right one, or within 3."""
    number, wanted = re.search(r"\d+(?:\.\d+)?", text), float(right.split()[0])
    return number is not None and abs(float(number[0]) - wanted) <= max(3.0, 0.15 * wanted)


def premises(images: int, folder: Path) -> tuple[Summary, tuple[str, ...]]:
    """Premise response through the command line, and the commands."""
    auscult = str(Path(sys.executable).with_name("auscult"))
    commands = (
        f"auscult phantoms --n {images} --seed 71 --split test --out phantoms",
        "auscult build --from phantoms phantoms --out items",
        "auscult evaluate items --model phantom --out run",
    )
    for command in commands:
        words = [auscult, *command.split()[1:]]
        subprocess.run(words, cwd=folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT)
    return read_summary(folder / "run" / "summary.json"), commands


def measure(images: int) -> Figures:
    """All figures of the bundled model."""
    figures = Figures()
    model = create("phantom", ModelOptions(offline=True))
    asked, right, figures.speed = yes_no(model, "test", images, 1)
    figures.neutral, figures.statements = by(asked, right, "finding"), by(asked, right, "statement")
    asked, right, _ = yes_no(model, "unseen", images // 2, 2)
    figures.unseen = by(asked, right, "finding")
    figures.texts = texts(model, images)
    figures.texts["neutral questions on the sides of two findings"] = relations(model, images)
    asyncio.run(model.close())
    with tempfile.TemporaryDirectory() as folder:
        figures.premise, figures.commands = premises(images // 2, Path(folder))
    return figures


def main() -> None:
    """Measures the bundled model and writes its card."""
    from recipes.phantom_model.card import write_card

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=int, default=600, help="test scenes that yes/no questions are about")
    parser.add_argument("--threads", type=int, default=1, help="cores to use")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    write_card(measure(arguments.images), arguments.threads)


if __name__ == "__main__":
    main()
