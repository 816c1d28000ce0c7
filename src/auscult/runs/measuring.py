"""Answers → scores of text metrics."""

from collections.abc import Iterator, Sequence

from auscult.facts.cut_short import CUT_SHORT, unfinished
from auscult.facts.reply import without_thought
from auscult.records import Answer, Instrument, Item, Score, ScoreStatus
from auscult.scorers import TextMetric, row

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


def metric_rows(pairs: Sequence[tuple[Item, Answer]], metrics: Sequence[TextMetric]) -> Iterator[Score]:
    """Scores of every answer by every metric that can measure it, in the order of the answers.

    An unusable answer, one cut short before it was complete too, is scored as an empty text; a failed request stays
    missing. What a model thought before it answered is taken off; nothing else is, since these metrics are published
    with their own tokens.
    """
    scores: list[tuple[TextMetric, set[int], Iterator[dict[str, float]]]] = []
    for metric in metrics:
        able = [n for n, (item, answer) in enumerate(pairs) if metric.applies(item, answer.condition)]
        known = [pairs[n] for n in able if pairs[n][1].status != "request_failed"]
        texts = [(_answered(answer), item.reference) for item, answer in known]
        scores.append((metric, set(able), iter(metric.score(texts) if texts else ())))
    for n, (_, answer) in enumerate(pairs):
        for metric, able_to, found in scores:
            if n in able_to:
                values = {} if answer.status == "request_failed" else _within(next(found), metric.instrument)
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
