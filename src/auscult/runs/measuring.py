"""Answers → scores of text metrics, in chunks: an encoder takes many texts at once."""

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from auscult.facts.cut_short import CUT_SHORT, unfinished
from auscult.facts.reply import without_thought
from auscult.records import Answer, Instrument, Score, ScoreStatus
from auscult.runs.scores import answered
from auscult.scorers import TextMetric, row

CHUNK = 2048
TEXTS = ("open", "report")
"""Types of answers that are texts; of a yes or a number, overlap of words says nothing."""
ROUNDING = 1e-9


def _within(values: dict[str, float], instrument: Instrument) -> dict[str, float]:
    """The same without what rounding put beyond the scale; what lies further out stays, and is refused later."""
    for value in instrument.values:
        (low, high), given = value.bounds, values[value.name]
        if low - ROUNDING <= given <= high + ROUNDING:
            values[value.name] = min(max(given, low), high)
    return values


def metric_rows(items: Path, answers: Path, metrics: Sequence[TextMetric]) -> Iterator[Score]:
    """Scores of every answer by every metric that can measure it, in the order of the answers.

    An unusable answer, one cut short before it was complete too, is scored as an empty text; a failed request stays
    missing. What a model thought before it answered is taken off; nothing else is, since these metrics are published
    with their own tokens.
    """
    texts = (
        (item, answer, [m for m in metrics if m.applies(item, answer.condition)])
        for item, answer in (answered(items, answers) if metrics else ())
    )
    measured = (found for found in texts if found[2])
    while chunk := list(islice(measured, CHUNK)):
        scores = {
            id(metric): iter(
                metric.score(
                    [
                        (_answered(answer), item.reference)
                        for item, answer, able in chunk
                        if metric in able and answer.status != "request_failed"
                    ]
                )
            )
            for metric in metrics
        }
        for _, answer, able in chunk:
            for metric in able:
                failed = answer.status == "request_failed"
                values = {} if failed else _within(next(scores[id(metric)]), metric.instrument)
                yield _row(metric.instrument, answer, values)


def _answered(answer: Answer) -> str:
    """The text of an answer without its thought; empty where it is unusable."""
    text, thought, _ = without_thought(answer.text) if _status(answer) == "ok" else ("", False, False)
    return text.strip() if thought else text


def _status(answer: Answer) -> ScoreStatus:
    return "unusable" if unfinished(answer) else answer.status


def _row(instrument: Instrument, answer: Answer, values: dict[str, float]) -> Score:
    parsed = CUT_SHORT if unfinished(answer) else ""
    return row(instrument, answer, status=_status(answer), parsed=parsed, values=values, explanation=answer.failure)
