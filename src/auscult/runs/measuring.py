"""Answers → scores of text metrics: open answers and reports, with their own image, in chunks."""

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from auscult.facts.cut_short import CUT_SHORT, unfinished
from auscult.facts.reply import without_thought
from auscult.records import Answer, Instrument, Item, Score, ScoreStatus, Value, score_id
from auscult.runs.scores import answered
from auscult.scorers.text import TextMetric

CHUNK = 2048
TEXTS = ("open", "report")
"""Types of answers that are texts; of a yes or a number, overlap of words says nothing."""


ROUNDING = 1e-9


def bounds_of(metric: TextMetric) -> tuple[float, float]:
    """The scale of a metric: 0 to 1 where it names no other."""
    found: tuple[float, float] = getattr(metric, "bounds", (0.0, 1.0))
    return found


def _within(values: dict[str, float], bounds: tuple[float, float]) -> dict[str, float]:
    """The same without what rounding put beyond the scale; what lies further out stays, and is refused later."""
    low, high = bounds
    return {
        name: high if high < v <= high + ROUNDING else low if low - ROUNDING <= v < low else v
        for name, v in values.items()
    }


def instrument_of(metric: TextMetric) -> Instrument:
    """How a text metric stands in the manifest."""
    low, high = bounds_of(metric)
    return Instrument(
        name=metric.name,
        version=metric.version,
        kind="text",
        about=metric.implementation,
        values=tuple(Value(name=name, low=low, high=high, share=False) for name in metric.values),
    )


def metric_rows(items: Path, answers: Path, metrics: Sequence[TextMetric]) -> Iterator[Score]:
    """Scores of every text answer by every metric that can measure its reference, in the order of the answers.

    An unusable answer, one cut short before it was complete too, is scored as an empty text; a failed request stays
    missing. What a model thought before it answered is taken off; nothing else is, since these metrics are published
    with their own tokens.
    """
    texts = (
        (item, answer)
        for item, answer in answered(items, answers)
        if answer.condition == "with" and item.answer_type in TEXTS and item.reference.strip()
    )
    while chunk := list(islice(texts, CHUNK)):
        known = [(item, answer) for item, answer in chunk if answer.status != "request_failed"]
        pairs = [(_answered(answer), item.reference) for item, answer in known]
        found = [iter(metric.score(pairs)) for metric in metrics]
        for item, answer in chunk:
            for metric, values in zip(metrics, found, strict=True):
                failed = answer.status == "request_failed"
                measured = {} if failed else _within(next(values), bounds_of(metric))
                if _reads(metric, item.reference):
                    yield _score(item, answer, metric, measured)


def _answered(answer: Answer) -> str:
    """The text of an answer without its thought; empty where it is unusable."""
    text, thought, _ = without_thought(answer.text) if _status(answer) == "ok" else ("", False, False)
    return text.strip() if thought else text


def _reads(metric: TextMetric, reference: str) -> bool:
    """Whether a metric can measure against a reference; one that does not say so can."""
    reads = getattr(metric, "reads", None)
    return reads is None or bool(reads(reference))


def _status(answer: Answer) -> ScoreStatus:
    return "unusable" if unfinished(answer) else answer.status


def _score(item: Item, answer: Answer, metric: TextMetric, values: dict[str, float]) -> Score:
    return Score(
        id=score_id(answer.id, metric.name, metric.version, 0),
        answer_id=answer.id,
        item_id=item.id,
        case_id=answer.case_id,
        scorer=metric.name,
        version=metric.version,
        condition=answer.condition,
        repeat=answer.repeat,
        status=_status(answer),
        parsed=CUT_SHORT if unfinished(answer) else "",
        values=values,
        explanation=answer.failure,
    )
