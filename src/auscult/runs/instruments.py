"""The instruments that scored a run, as its manifest keeps them: what reads a run asks nobody else what a score is."""

import re
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from pydantic import TypeAdapter

from auscult.records import Instrument

CHANGED = "Instruments changed: "
"""How the note begins that says of a run that others scored it before."""
_ADAPTER = TypeAdapter(tuple[Instrument, ...])
_HASH = re.compile(r"\b([0-9a-f]{8})[0-9a-f]{24,}\b")


def instruments_of(manifest: dict[str, Any]) -> tuple[Instrument, ...]:
    """All instruments that a run was scored with: rules, judges, text metrics, in the order of their scores."""
    return _ADAPTER.validate_python(manifest.get("instruments", ()))


def as_plain(instruments: Sequence[Instrument]) -> list[dict[str, Any]]:
    """Plain values for the manifest."""
    return [{k: sorted(v) if isinstance(v, frozenset) else v for k, v in asdict(i).items()} for i in instruments]


def brief(name: str) -> str:
    """The name of an instrument for people: long hashes by their first eight digits."""
    return _HASH.sub(r"\1…", name)
