"""What guessing gets: always the more frequent answer, one in k, or always the last option.

In three tasks of MedVH the right option is the last in 500 of 500 items. That line stands beside a model's accuracy on
choices, in the published order and, where the run put them in another one, in that.
"""

import numpy as np

from auscult.analysis.joined import Bools, Joined
from auscult.analysis.quantities import Board, Quantity
from auscult.analysis.samples import of_rows
from auscult.analysis.summary import Figure
from auscult.records import Estimate, Value

PUBLISHED, SHOWN = "always the last option, as published", "always the last option, as shown"
MARGIN = 0.1
"""By how much taking the last option must surely beat guessing before it is warned of."""
INSTRUMENT = "place of the right option"


def chance(run: Joined, items: Bools) -> float | None:
    """What guessing gives: always the more frequent of yes and no, or one in k for a choice of k; else None."""
    if not items.any():
        return None
    if run.where("answer_type", "yes_no")[items].all():
        share = float(run.yes[items].mean())
        return max(share, 1 - share)
    options = run.options[items]
    return float(np.mean(1 / options)) if (options > 0).all() else None


def last_option(board: Board) -> list[Figure]:
    """Accuracy on the choices of a run of whoever always takes the last option; no line where there are no choices."""
    run, figures = board.run, []
    rows = np.flatnonzero(run.where("answer_type", "choice"))
    quantity = Quantity(name="guessing", scorer=INSTRUMENT, value=Value(name="guessing"))
    bound = int(run.bound[rows].sum())
    note = f"{bound} choices name options by letter and keep their order" if bound else ""
    guessed = chance(run, run.where("answer_type", "choice"))
    for shown, label in enumerate((PUBLISHED, SHOWN) if run.shown_anew else (PUBLISHED,)):
        right = run.last[rows, shown].astype(np.float64)
        taken = of_rows(run, rows.tolist(), right, np.zeros(len(rows), bool))
        if (found := quantity.estimate(taken, board.max_missing)) is not None:
            told = _gives_away(found, guessed) if bool(shown) == run.shown_anew else ""
            figures.append(
                Figure(
                    section="headline",
                    label=label,
                    metric=quantity.name,
                    scorer=INSTRUMENT,
                    answer_type="choice",
                    with_image=found,
                    warning="; ".join(filter(None, (told, note if shown else ""))),
                )
            )
    return figures


def _gives_away(found: Estimate, chance: float | None) -> str:
    """Says so where the place of the right option gives it away."""
    if chance is None or found.low is None or found.low <= chance + MARGIN:
        return ""
    return (
        f"control: {found.low:.0%} or more of the choices are right for whoever always takes the last option, where "
        f"guessing gets {chance:.0%}: put them in another order (--protocol shuffled:SEED)"
    )
