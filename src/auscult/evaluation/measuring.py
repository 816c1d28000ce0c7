"""Answers → scores of text metrics: open answers and reports, with their own image, in chunks."""

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from auscult.evaluation.instruments import Instrument
from auscult.evaluation.scores import answered
from auscult.metrics import TextMetric
from auscult.records import Answer, Item, Score, ScoreStatus, score_id

CHUNK = 2048
TEXTS = ("open", "report")
"""Types of answers that are texts; of a yes or a number, overlap of words says nothing."""


def bounds_of(metric: TextMetric) -> tuple[float, float]:
    """The scale of a metric: cosines can be negative, overlaps cannot."""
    return getattr(metric, "bounds", (0.0, 1.0))


def instrument_of(metric: TextMetric) -> Instrument:
    """How a text metric stands in the manifest."""
    return Instrument(
        scorer=f"{metric.name}@{metric.version}",
        kind="text metric",
        about=metric.implementation,
        values=metric.values,
        bounds=bounds_of(metric),
    )


def metric_rows(items: Path, answers: Path, metrics: Sequence[TextMetric]) -> Iterator[Score]:
    """Scores of every text answer that has a reference, by every metric, in the order of the answers.

    An empty answer gets the worst value of the scale; a failed request stays missing.
    """
    texts = (
        (item, answer)
        for item, answer in answered(items, answers)
        if answer.condition == "with" and item.answer_type in TEXTS and item.reference.strip()
    )
    while chunk := list(islice(texts, CHUNK)):
        pairs = [(answer.text, item.reference) for item, answer in chunk if answer.status == "ok"]
        found = [iter(metric.score(pairs)) for metric in metrics]
        for item, answer in chunk:
            for metric, values in zip(metrics, found, strict=True):
                yield _score(item, answer, metric, next(values) if answer.status == "ok" else {})


def _score(item: Item, answer: Answer, metric: TextMetric, values: dict[str, float]) -> Score:
    status: ScoreStatus = answer.status
    if status == "unusable":
        values = dict.fromkeys(metric.values, bounds_of(metric)[0])
    return Score(
        id=score_id(answer.id, metric.name, metric.version, 0),
        answer_id=answer.id,
        item_id=item.id,
        case_id=answer.case_id,
        scorer=metric.name,
        version=metric.version,
        condition=answer.condition,
        repeat=answer.repeat,
        status=status,
        values=values,
        explanation=answer.failure,
    )
