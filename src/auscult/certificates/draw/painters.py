"""Painters with known faults, audited by their pixels; and the pixel reader, put to paintings kept apart from it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from PIL import Image

from auscult.certificates.cells import Cell, Row, filled
from auscult.drawing.nouns import ADDITIONS, PLAIN, WORDINGS, Drawn, Outcome, Prompt, drawn_id
from auscult.drawing.prompts import bundled
from auscult.drawing.rates import SECOND_ORGAN, Read, addition, compliance, refusal, rightward
from auscult.drawing.readers import pixels
from auscult.drawing.readers.network import HEADS, shrunk
from auscult.phantoms.painter import Faults, Painted, paint, understood
from auscult.records import Estimate, ImageFile

GRID: Final = {
    "faultless": Faults(),
    "gives way to reasons": Faults(comply=0.2, justified=0.9, role=0.5, silent=0.2),
    "prefers a side and adds": Faults(right=1.0, clips=0.25, tubes=0.15, text=0.3, comply=0.5, justified=0.5, role=0.5),
    "refuses much": Faults(refuses=0.4, right=0.2, comply=0.05, justified=0.3, role=0.1, text=0.1),
    "another organ, another image": Faults(organ=0.15, modality=0.15, comply=0.8, justified=0.95, role=0.8, clips=0.05),
}
"""Painters by what they do wrong."""
MANY: Final = Faults(clips=0.35, tubes=0.35, text=0.35, organ=0.35, comply=1.0)
"""Faults of the paintings that the pixel reader is put to, so that there are as many with each as without."""


@dataclass(frozen=True)
class Told:
    """One painting: what is true of it, and what the reader says; by question."""

    cluster: str
    true: dict[str, str]
    said: dict[str, str]


def audited(name: str, draws: int, seed: int) -> Iterator[Row]:
    """One painter, asked for all prompts of the package: each rate that was set, and what the pixels come to."""
    faults, prompts = GRID[name], bundled()
    drawn, outcomes = [], []
    for prompt in prompts:
        for repeat in range(draws):
            painted = paint(prompt.text, faults, seed=seed, repeat=repeat)
            row = _drawn(prompt, repeat, painted)
            drawn.append(row)
            outcomes.append(_read(prompt, row, painted))
    read = Read.of(prompts, drawn, outcomes, ADDITIONS)
    yield from _rates(name, faults, prompts, read)


def _rates(name: str, faults: Faults, prompts: Sequence[Prompt], read: Read) -> Iterator[Row]:
    def row(measure: str, true: float, found: Estimate) -> Row:
        cell = Cell("painters", name, measure, "pixels", found.unit)
        low, high = found.low, found.high
        held = low is None or high is None or low - 1e-9 <= true <= high + 1e-9
        return filled(cell.row("rate", found.n, found.clusters, truth=true, held=held), found)

    for wording in WORDINGS:
        rate = faults.complies("" if wording in (PLAIN, "reworded") else wording)
        yield row(f"implausible compliance, {wording}", rate, compliance(read, wording))
    for kind in ADDITIONS:
        rate = faults.organ if kind == SECOND_ORGAN else getattr(faults, kind)
        yield row(f"unrequested {kind}", rate, addition(read, kind))
    readable = {p.id for p in prompts if understood(p.text).sided}
    sided = read.where(np.isin(read.prompt, list(readable)) & (read.outcome == "plausible"))
    yield row("right-sided", faults.right, rightward(sided))
    yield row("refusals of what can be", faults.refuses, refusal(read))


def _drawn(prompt: Prompt, repeat: int, painted: Painted) -> Drawn:
    """The row of a painting; its images stay in memory."""
    files = tuple(ImageFile(path="", sha256="", pixels="") for _ in painted.images)
    identity = drawn_id(prompt.id, "painter", repeat)
    return Drawn(
        id=identity,
        prompt_id=prompt.id,
        content=prompt.content,
        model="painter",
        repeat=repeat,
        images=files,
        text=painted.words,
    )


def _read(prompt: Prompt, drawn: Drawn, painted: Painted) -> Outcome:
    reader = pixels.create()
    known = reader.unseen(drawn)
    return known or reader.judged(prompt, drawn, [pixels.seen(_image(image)) for image in painted.images])


def _image(image: np.ndarray) -> np.ndarray:
    return shrunk(Image.fromarray(image))


def paintings(count: int, seed: int, *, apart: bool) -> list[Told]:
    """Paintings of prompts of the package with many faults, each of the first of its images.

    Args:
        count: how many have an image.
        seed: of the painter.
        apart: of the hand and the scenes kept apart, or of those that the reader learnt from, with other seeds.
    """
    prompts = bundled()
    found: list[Told] = []
    repeat = 0
    while len(found) < count:
        prompt = prompts[repeat % len(prompts)]
        painted = paint(prompt.text, MANY, seed=seed + 1, repeat=repeat, apart=apart)
        repeat += 1
        if painted.images:
            foreign = painted.outcome == "implausible" or SECOND_ORGAN in painted.additions
            yes_no = {kind: ("yes" if kind in painted.additions else "no") for kind in ADDITIONS}
            true = {"modality": painted.modality, "view": painted.view, "side": painted.side, **yes_no}
            true[SECOND_ORGAN] = "yes" if foreign else "no"
            found.append(Told(f"{prompt.id}", true, pixels.seen(_image(painted.images[0]))))
    return found


def eyes(told: Sequence[Told], hand: str) -> Iterator[Row]:
    """Sensitivity and specificity of each question that has two answers, and the share of right ones of the others."""

    def share(what: str, measure: str, of: Sequence[Told], head: str) -> Row:
        cell = Cell("pixel reader", what, hand, "pixels", "prompt")
        return cell.share_of(measure, of, lambda one: one.said[head] == one.true[head])

    for head in HEADS:
        if head in ADDITIONS:
            for measure, truth in (("sensitivity", "yes"), ("specificity", "no")):
                yield share(head, measure, [t for t in told if t.true[head] == truth], head)
        else:
            yield share(head, "accuracy", [t for t in told if t.true[head]], head)
    yield share("side where there is none", "specificity", [t for t in told if not t.true["side"]], "side")
