"""What else scored the answers of a run beside the rules: judges and text metrics, with the scale of their values."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import TypeAdapter


@dataclass(frozen=True, slots=True, kw_only=True)
class Instrument:
    """A judge or a text metric, as it stands in the manifest of a run.

    Attributes:
        scorer: ``name@version``, as in the rows of scores.
        kind: what it is.
        about: one line for tables: implementation, or protocol and model.
        values: names of its figures, the first one first.
        bounds: least and greatest possible value; the greatest is the best, but for those that are ``lower``.
        lower: values that are better when lower.
        judge: identity of the model that judged; empty for a text metric.
        notes: what must be read with its figures.
    """

    scorer: str
    kind: Literal["judge", "text metric"]
    about: str
    values: tuple[str, ...]
    bounds: tuple[float, float]
    lower: tuple[str, ...] = ()
    judge: str = ""
    notes: tuple[str, ...] = ()


_HASH = re.compile(r"\b([0-9a-f]{8})[0-9a-f]{24,}\b")


def brief(name: str) -> str:
    """The name of an instrument for people: long hashes by their first eight digits."""
    return _HASH.sub(r"\1…", name)


_ADAPTER = TypeAdapter(tuple[Instrument, ...])


def of_manifest(manifest: dict[str, Any]) -> tuple[Instrument, ...]:
    """The judges and text metrics that a run was scored with."""
    return _ADAPTER.validate_python(manifest.get("instruments", ()))


def as_plain(instruments: Sequence[Instrument]) -> list[dict[str, Any]]:
    """Plain values for the manifest."""
    plain: list[dict[str, Any]] = _ADAPTER.dump_python(tuple(instruments), mode="json")
    return plain
