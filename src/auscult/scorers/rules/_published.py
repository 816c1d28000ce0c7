"""Rules as published systems score: each under its system's name, beside the sound one, off the headline."""

from collections.abc import Callable

from auscult.records import AnswerType, Instrument, Item, Value
from auscult.scorers.scoring import ACCURACY, Scorer, Verdict


def published(
    name: str,
    rule: Callable[[Item, str], Verdict],
    *answer_types: AnswerType,
    system: str,
    source: str,
    values: tuple[Value, ...] = (ACCURACY,),
) -> Scorer:
    """A published rule; its program scores empty answers too."""
    instrument = Instrument(
        name=name,
        version="1",
        kind="rule",
        values=values,
        source=source,
        answer_types=frozenset(answer_types),
        published=system,
    )
    return Scorer(instrument=instrument, rule=rule, counts_unusable=True)
