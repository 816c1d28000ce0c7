"""Controls of a diagnosis: gold's style, answers without an image, what should not help, and draws that differ."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from auscult.diagnosis.diagnosis import Finding, What
from auscult.diagnosis.effects import (
    GAINS,
    OF_KNOWLEDGE,
    Outcome,
    accuracy,
    effect,
    outcome,
    put_in,
    share,
    style,
)
from auscult.diagnosis.table import Diagnosed
from auscult.records import Estimate

QUESTION, WITH_EYES, WITH_KNOWLEDGE = "text_question", "text_gold_vr", "text_gold_kr"
"""Arms without an image: the question alone, and with one gold stage."""
OTHERS: dict[str, tuple[str, What, str]] = {
    "other_vr": ("self_vr", "eyes", "another item's stage"),
    "irrelevant_vr": ("self_vr", "eyes", "a true stage about something else"),
    "other_kr": ("self_vr_kr", "knowledge", "another item's stage"),
    "irrelevant_kr": ("self_vr_kr", "knowledge", "a true stage about something else"),
}
"""Arm → the arm with the model's own stage, which stage it is, and what is given."""
IMAGES = {"wrong_image": "another image", "noised_image": "the image noised", "without_image": "no image"}


def controls(table: Diagnosed) -> Iterator[Finding]:
    """The figures of all controls that were run, but those of planted errors."""
    yield from _style(table)
    yield from _answerability(table)
    for arm, (own, what, label) in OTHERS.items():
        if (found := effect(table, arm, own, name=f"effect of {label}: {what}")) is not None:
            yield Finding(section="other", what=what, group=arm, label=label, estimate=found)
    for arm, label in IMAGES.items():
        if (found := effect(table, arm, "baseline", name=f"effect of {label}")) is not None:
            yield Finding(section="image", group=arm, label=label, estimate=found)
    yield from _unstable(table)


def _style(table: Diagnosed) -> Iterator[Finding]:
    whats: tuple[What, ...] = ("eyes", "knowledge")
    for what in whats:
        if (found := style(table, what)) is not None:
            label = "effect of gold where its own was right"
            yield Finding(section="style", what=what, label=label, estimate=found[0], remark=found[1])


def _answerability(table: Diagnosed) -> Iterator[Finding]:
    """What is answered with no image: by the question alone, by what each gold stage adds."""
    if QUESTION not in table.arms:
        return
    label = "right with the question alone"
    yield Finding(section="answerability", group=QUESTION, label=label, estimate=accuracy(table, QUESTION))
    about: tuple[tuple[str, What, str], ...] = (
        (WITH_KNOWLEDGE, "knowledge", "leakage"),
        (WITH_EYES, "eyes", "mediation"),
    )
    for arm, what, metric in about:
        if (found := effect(table, arm, QUESTION, name=metric)) is not None:
            yield Finding(section="answerability", what=what, group=arm, label=metric, metric=metric, estimate=found)
    if (found := without_leaks(table)) is not None:
        label = "gain of right knowledge without the items whose gold states the answer"
        yield Finding(section="answerability", what="knowledge", label=label, metric="gain", estimate=found)


def without_leaks(table: Diagnosed) -> Estimate | None:
    """The gain of right knowledge on items whose gold knowledge does not by itself turn an unseen answer right."""
    rows = put_in(table, (QUESTION, WITH_KNOWLEDGE, *GAINS[OF_KNOWLEDGE]))
    if rows is None:
        return None
    every = np.ones(len(table), bool)
    alone, told = (outcome(table.arms[arm], every) for arm in (QUESTION, WITH_KNOWLEDGE))
    stated = (np.nan_to_num(alone.most) < 0.5) & (np.nan_to_num(told.least) > 0.5)
    return effect(table, *GAINS[OF_KNOWLEDGE], rows & ~stated, name="gain of right knowledge that does not leak")


def _unstable(table: Diagnosed) -> Iterator[Finding]:
    """Of arms with several draws: items whose draws differ, and how often two of them do."""
    for name, arm in table.arms.items():
        if arm.draws < 2 or not arm.put.any():
            continue
        found = outcome(arm, arm.put)
        known = ~found.lost & (found.least == found.most)
        right, draws = found.least, arm.draws
        mixed = np.where(known, (right > 0) & (right < 1), 0.0)
        pairs = np.where(known, 2 * right * (1 - right) * draws / (draws - 1), 0.0).clip(0, 1)
        for metric, label, values in (
            ("unstable", f"items whose {draws} draws differ", mixed),
            ("flip", "two draws of an item differ", pairs),
        ):
            least, most = values, np.where(known, values, 1.0)
            made = share(table, Outcome(least, most, ~known, np.zeros_like(known)), arm.put, label)
            made = replace(made, variance=("items", "images", "decoding"), usable_value=None, coverage=None)
            yield Finding(section="unstable", group=name, metric=metric, label=label, estimate=made)
