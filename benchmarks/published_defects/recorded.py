"""Answers that this program makes to the questions of the bundled sample, and what a scorer makes of all of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

import numpy as np
from benchmarks.published_defects.table import estimate, rng

from auscult.corpora import ReadOptions
from auscult.corpora.vqa_rad import read
from auscult.records import Estimate, Item
from auscult.scorers import create


@dataclass(frozen=True)
class Said:
    """One recorded answer; ``text`` is None where the request failed. ``group`` is the image."""

    item: Item
    group: str
    text: str | None


CLOSED = {
    "yes": (
        "Yes",
        "Yes, that can be seen here.",
        "There is nothing normal about this; yes.",
        "The image shows it, and not in one place alone. So yes.",
    ),
    "no": ("No", "No, the heart is of normal size.", "No. Nothing of the kind.", "no abnormality of that kind is seen"),
}
UNSURE = ("I am not sure.", "It is hard to say.", "This cannot be judged from one image.")
REFUSED = ("I'm sorry, but I cannot interpret medical images.", "As a language model I give no diagnosis.")


def closed_answer(item: Item, random: np.random.Generator) -> str | None:
    """An answer to a yes/no question: right in seven of ten, else wrong, unsure, refused, empty or failed."""
    u = random.random()
    if u > 0.96:
        return None
    if u > 0.93:
        return ""
    if u > 0.90:
        return str(random.choice(REFUSED))
    if u > 0.82:
        return str(random.choice(UNSURE))
    right = u < 0.62
    said = item.reference if right else {"yes": "no", "no": "yes"}[item.reference]
    return str(random.choice(CLOSED[said]))


def open_answer(item: Item, random: np.random.Generator) -> str | None:
    """An answer to an open question: right, half right with a word said again and again, or beside the point."""
    u, words = random.random(), item.reference.split()
    if u > 0.97:
        return None
    if u > 0.94:
        return ""
    if u < 0.35:
        return item.reference
    if u < 0.65:
        return " ".join([words[0]] * int(random.integers(2, 5)) + ["region"])
    return str(random.choice(["The lungs are clear.", "An axial image of the body.", "Further imaging is needed."]))


@cache
def asked(answer_type: str) -> tuple[tuple[str, Item], ...]:
    """Image and item of every question of a type in the bundled sample."""
    with_group = []
    for bundle in read(Path(str(files("auscult") / "data" / "vqa-rad-sample")), ReadOptions()):
        with_group += [(bundle.case.group, i) for i in bundle.items if i.answer_type == answer_type]
    return tuple(with_group)


@cache
def recorded(answer_type: str) -> tuple[Said, ...]:
    """The recorded answers to the questions of a type."""
    answer: Callable[[Item, np.random.Generator], str | None] = (
        closed_answer if answer_type == "yes_no" else open_answer
    )
    return tuple(Said(item, group, answer(item, rng(item.id))) for group, item in asked(answer_type))


@cache
def choices() -> tuple[Said, ...]:
    """Multiple choice of the yes/no questions' modalities, three options, the right one last as in MedVH's files."""
    options, found = ("ultrasound", "X-ray", "none of these applies"), []
    for n, (group, item) in enumerate(asked("yes_no")):
        made = Item(
            id=f"choice-{item.id}",
            case_id=item.case_id,
            source_id=f"choice-{n}",
            question=item.question,
            reference=options[2],
            options=options,
            answer_type="choice",
        )
        u = rng("choice", item.id).random()
        text = (
            f"C. {options[2]}"
            if u < 0.4
            else "The answer is C."
            if u < 0.55
            else "A. ultrasound"
            if u < 0.75
            else "B"
            if u < 0.85
            else "I cannot choose."
            if u < 0.95
            else ""
        )
        found.append(Said(made, group, text))
    return tuple(found)


def rule_of(name: str) -> Callable[[Item, str], float]:
    """A scorer of the package by name, as item and text → value; NaN where it could not read the text."""
    scorer = create(name)

    def value(item: Item, text: str) -> float:
        verdict = scorer.rule(item, text)
        return (
            float("nan")
            if verdict.status == "unread"
            else float(verdict.values.get(scorer.instrument.primary.name, 0.0))
        )

    return value


def sound_of(said: Sequence[Said], name: str, metric: str = "accuracy") -> Estimate:
    """The package's own figure: failed requests and unread answers are missing, unusable ones are not correct."""
    rule = rule_of(name)
    values = np.array([np.nan if s.text is None else rule(s.item, s.text) for s in said])
    return estimate(values, [s.group for s in said], metric, name)


def every(said: Sequence[Said], name: str) -> float:
    """A published rule over all rows, a failed request being the empty text that the scripts make of it."""
    rule = rule_of(name)
    return float(np.mean([rule(s.item, s.text or "") for s in said]))
