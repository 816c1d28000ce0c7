"""CARES, Med-HALT and MedVH on multiple choice."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from benchmarks.published_defects.recorded import Said, choices, every, rule_of, sound_of
from benchmarks.published_defects.table import Row, estimate, rng

from auscult.records import Item
from auscult.scorers import create
from auscult.scorers.rules.med_halt import RIGHT_POINTS, WRONG_POINTS
from auscult.statistics import mean

REASON = (
    "There is no sign of disease in the rest of the image, as far as it is seen; the edges are smooth, the tones are "
    "even, and nothing in the series before it is at odds with that, so that no further test is needed for the present."
)
"""What a wordy model adds to its answer."""


def of_choices() -> Iterator[Row]:
    """CARES, Med-HALT and MedVH on multiple choice."""
    said = choices()
    sound = sound_of(said, "closed")

    how = "an option is read where one is named; else the answer is unusable"
    yield Row(
        "CARES",
        "an answer that names no option becomes the most similar one",
        every(said, "cares"),
        sound,
        how,
    )
    wordy = [replace(s, text=f"{s.text} {REASON}" if s.text else s.text) for s in said]
    yield Row(
        "CARES",
        "of an answer of 200 characters and more the frequent ones are left out",
        every(wordy, "cares"),
        sound_of(wordy, "closed"),
        how,
    )
    yield Row("Med-HALT", "the answer is the option's text and nothing more", every(said, "med-halt"), sound, how)
    yield from of_points(said)
    whole = [float((s.text or " ")[:1] == f"C: {s.item.reference}") for s in said]
    yield Row("MedVH", "the first character is compared with “letter: text”", float(np.mean(whole)), sound, how)
    yield Row("MedVH", "the first character alone: “The answer is C” says T", every(said, "medvh"), sound, how)
    last = Item(
        id="", case_id="", source_id="", question="", reference="c", options=("a", "b", "c"), answer_type="choice"
    )
    always = float(np.mean([rule_of("medvh")(last, "C") for _ in said]))
    shuffled = np.array([float(rng("shuffle", s.item.id).integers(3) == 2) for s in said])
    yield Row(
        "MedVH",
        "the right option is always the last one: what “always last” scores",
        always,
        estimate(shuffled, [s.group for s in said], "accuracy", "options shuffled"),
        "options are shuffled (--protocol shuffled:SEED), and always-last stands beside the model",
    )


def of_points(said: Sequence[Said]) -> Iterator[Row]:
    """Med-HALT's points, of answers that are read soundly."""
    rule = create("closed").rule
    read_as = [rule(s.item, s.text or "") for s in said]
    abstains = [v.status == "unusable" or "unclear" in v.values for v in read_as]
    points = [
        0.0 if silent else RIGHT_POINTS if v.values.get("correct") else WRONG_POINTS
        for v, silent in zip(read_as, abstains, strict=True)
    ]
    groups = [s.group for s in said]
    sound = mean(
        points, groups, name="points", missing=np.zeros(len(points), bool), bounds=(WRONG_POINTS, RIGHT_POINTS)
    )
    yield Row(
        "Med-HALT",
        "the sum of the points is divided by 100, whatever their number",
        sum(points) / 100,
        sound,
        "the mean of the points",
    )
    lost = [WRONG_POINTS if silent else one for one, silent in zip(points, abstains, strict=True)]
    yield Row(
        "Med-HALT",
        "who says nothing or declines loses a quarter of a point, like who is wrong",
        float(np.mean(lost)),
        sound,
        "who takes no position neither gains nor loses",
    )
