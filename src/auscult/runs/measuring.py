"""Answers → scores of text metrics."""

import math
from collections.abc import Iterator, Sequence
from numbers import Real
from typing import Any

from auscult.errors import PartFailed, UserError
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
        measured = _measured(metric, texts, [item.source_id for item, _ in known]) if texts else []
        scores.append((metric, set(able), iter(measured)))
    for n, (_, answer) in enumerate(pairs):
        for metric, able_to, found in scores:
            if n in able_to:
                values = {} if answer.status == "request_failed" else _within(next(found), metric.instrument)
                yield _row(metric.instrument, answer, values)


def _measured(metric: TextMetric, texts: list[tuple[str, str]], names: list[str]) -> list[dict[str, float]]:
    """The values of some pairs of texts; where a metric fails, which question it fails at.

    Raises:
        PartFailed: that.
    """
    try:
        found, why = list(metric.score(texts)), ""
        if len(found) != len(texts):
            why = f"it gave {len(found)} values for {len(texts)} answers"
    except UserError:
        raise
    except Exception as error:  # whatever a metric of another package does wrong is not ours to show
        if len(texts) == 1:
            raise PartFailed(f"metric {metric.instrument.name}", f"question '{names[0]}'", error) from error
        for text, name in zip(texts, names, strict=True):
            _measured(metric, [text], [name])
        raise PartFailed(f"metric {metric.instrument.name}", f"{len(texts)} answers together", error) from error
    for values, name in zip(found, names, strict=False):
        why = why or _odd(metric, values)
        if why:
            raise PartFailed(f"metric {metric.instrument.name}", f"question '{name}'", why)
    return found


def _odd(metric: TextMetric, values: Any) -> str:
    """Why the values of one answer cannot stand in a table; empty where they can."""
    for name in metric.instrument.names:
        value = values.get(name) if isinstance(values, dict) else None
        if isinstance(value, bool) or not isinstance(value, float | Real) or not math.isfinite(value):
            return f"its value {name!r} is no number but {value!r:.40}"
    return ""


def _answered(answer: Answer) -> str:
    """The text of an answer without its thought; empty where it is unusable."""
    text, thought, _ = without_thought(answer.text) if _status(answer) == "ok" else ("", False, False)
    return text.strip() if thought else text


def _status(answer: Answer) -> ScoreStatus:
    return "unusable" if unfinished(answer) else answer.status


def _row(instrument: Instrument, answer: Answer, values: dict[str, float]) -> Score:
    parsed = CUT_SHORT if unfinished(answer) else ""
    return row(instrument, answer, status=_status(answer), parsed=parsed, values=values, explanation=answer.failure)
