"""What a caller gives, looked at before anything is reckoned: words that are known, shares that can be, numbers."""

from collections.abc import Callable
from functools import wraps
from inspect import signature
from numbers import Real
from types import NoneType
from typing import Any, Final, Literal, ParamSpec, TypeVar, get_args, get_origin

import numpy as np
from numpy.typing import ArrayLike, NDArray

from auscult.errors import UserError, known_names

P = ParamSpec("P")
R = TypeVar("R")

BETWEEN: Final = {"level": 0.95, "confidence": 0.95, "confidence_low": 0.95, "power": 0.8, "alpha": 0.05}
"""Arguments that lie between 0 and 1 and are neither, each with an example."""
FROM_TO: Final = {"max_missing": 0.05, "icc": 0.2}
"""Arguments that lie between 0 and 1 or are one of them."""


def guarded(function: Callable[P, R]) -> Callable[P, R]:
    """A function whose arguments are refused where no figure can come of them.

    Looked at are levels, shares and bounds, by their names, and words, by the ``Literal`` that they are declared as.

    Raises:
        UserError: naming the argument, and what it may be.
    """
    words = {p.name: _words(p.annotation) for p in signature(function).parameters.values()}

    @wraps(function)
    def looked_at(*args: P.args, **kwargs: P.kwargs) -> R:
        given: dict[str, Any] = dict(zip(words, args, strict=False)) | kwargs
        name = given.get("name") or function.__name__.replace("_", " ")
        for what, value in given.items():
            if (known := words.get(what)) and value not in known:
                raise UserError(f"{name}: unknown {what} {value!r}; {known_names(str(value), list(map(str, known)))}")
            if what in BETWEEN and not (_number(value) and 0 < value < 1):
                raise UserError(f"{name}: {what} lies between 0 and 1, as in {BETWEEN[what]:g}, and is not {value!r}")
            if what in FROM_TO and not (_number(value) and 0 <= value <= 1):
                raise UserError(f"{name}: {what} is a share from 0 to 1, as in {FROM_TO[what]:g}, and not {value!r}")
            if what == "bounds" and not _in_order(value):
                raise UserError(f"{name}: bounds are the least and the greatest value, as in (0, 1), and not {value!r}")
        return function(*args, **kwargs)

    return looked_at


def as_numbers(name: str, values: ArrayLike) -> NDArray[np.float64]:
    """The values as floats, of the shape in which they were given.

    Raises:
        UserError: one of them is no number, or rows have several lengths.
    """
    try:
        return np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        why = " ".join(str(error).split())
        raise UserError(f"{name}: values that are no numbers ({why}); give numbers, nan where there is none") from None


def _words(annotation: Any) -> tuple[Any, ...]:
    """The values of a ``Literal``, and None beside it; empty where the annotation is none."""
    if get_origin(annotation) is Literal:
        return get_args(annotation)
    parts = get_args(annotation)
    found = tuple(word for part in parts if get_origin(part) is Literal for word in get_args(part))
    return (*found, None) if found and NoneType in parts else found


def _number(value: object) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool)


def _in_order(bounds: Any) -> bool:
    if not isinstance(bounds, tuple | list) or len(bounds) != 2:
        return False
    low, high = bounds
    known = _number(low) and (high is None or _number(high))
    return known and bool(np.isfinite(low)) and (high is None or (bool(np.isfinite(high)) and low < high))
