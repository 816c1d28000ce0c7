"""What always choosing the last option gets: what the places of the right options give away, without any model.

In three tasks of MedVH the right option is the last in 500 of 500 items. The line stands beside a model's accuracy on
choices, in the published order and, where the run put them in another one, in that.
"""

from pathlib import Path

import numpy as np

from auscult import statistics
from auscult.analysis.outcomes import Outcomes
from auscult.analysis.summary import Figure
from auscult.protocols.shuffled import bound_to_letters
from auscult.records import Item
from auscult.runs.scores import answered
from auscult.store.tables import read_rows

PUBLISHED, SHOWN = "always the last option, as published", "always the last option, as shown"
INSTRUMENT = "place of the right option"


def last_option(run: Path, outcomes: Outcomes) -> tuple[Figure, ...]:
    """Accuracy on the choices of a run of whoever always takes the last option; no line where there are no choices.

    Args:
        run: a finished run.
        outcomes: of the same run, for its patients or images.
    """
    published: dict[str, float] = {}
    rows, orders, bound = [], {}, 0
    for row, item in enumerate(read_rows(run / "items.parquet", Item)):
        if item.answer_type == "choice":
            rows.append(row)
            published[item.id], orders[item.id] = _right_is_last(item), hash(item.options)
            bound += bound_to_letters(item)
    if not rows:
        return ()
    shown, lines = dict(published), [(PUBLISHED, published)]
    for item, _ in answered(run / "items.parquet", run / "answers.parquet"):
        if item.id in orders and hash(item.options) != orders[item.id]:
            shown[item.id] = _right_is_last(item)
            lines[1:] = [(SHOWN, shown)]
    clusters, note = outcomes.cluster[np.array(rows)], ""
    if bound and len(lines) > 1:
        note = f"{bound} choices name options by letter and keep their order"
    return tuple(
        Figure(
            section="headline",
            label=label,
            metric="guessing",
            scorer=INSTRUMENT,
            answer_type="choice",
            with_image=statistics.mean(
                np.array(list(right.values())), clusters, name="guessing", instrument=INSTRUMENT, unit=outcomes.unit
            ),
            warning=note if label == SHOWN else "",
        )
        for label, right in lines
    )


def _right_is_last(item: Item) -> float:
    return float(item.options[-1] == item.reference)
