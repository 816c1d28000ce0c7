"""Many p-values at once."""

from collections.abc import Sequence

import numpy as np

from auscult.errors import UserError
from auscult.statistics.guard import as_numbers


def holm(p_values: Sequence[float]) -> list[float]:
    """Adjusted p-values, in the order given: each is significant at alpha where it is at most alpha.

    Keeps the chance of any false finding among all of them under alpha, whatever their dependence.

    Args:
        p_values: each from 0 to 1, shape (tests,).

    Raises:
        UserError: one is no number from 0 to 1.

    Source: Holm 1979, Scandinavian Journal of Statistics 6, 65-70.
    """
    given = as_numbers("Holm", p_values)
    if (wrong := given[~((given >= 0) & (given <= 1))]).size:
        raise UserError(f"Holm: {wrong[0]:g} is no p-value; give numbers from 0 to 1, leave out what was not tested")
    order = np.argsort(given, kind="stable")
    raised = given[order] * np.arange(len(given), 0, -1)
    adjusted = np.empty_like(given)
    adjusted[order] = np.minimum(np.maximum.accumulate(raised), 1.0)
    return [float(p) for p in adjusted]
