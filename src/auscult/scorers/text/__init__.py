"""Two texts → numbers: METEOR, ROUGE, BLEU, BERTScore. Nothing here knows items, answers or runs.

Each module of this room has ``create(rest, options)``, which makes a metric; the name says whose implementation it
equals. What these metrics cannot see is measured beside them: ``blind_spots``.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Protocol

from auscult.errors import UserError
from auscult.registry import Room
from auscult.scorers.text._blind_spots import CHANGES, BlindSpots, blind_spots

__all__ = [
    "CHANGES",
    "ROOM",
    "BlindSpots",
    "MetricOptions",
    "Shift",
    "TextMetric",
    "blind_spots",
    "create",
    "score_pairs",
    "shift",
]

ROOM = Room("auscult.scorers.text", "text metric", "auscult.text_metrics", needs="create")


class TextMetric(Protocol):
    """A named way to compare a candidate with one reference.

    Attributes:
        name: as in tables and Score rows.
        version: changes when any score can change; holds the encoder where there is one.
        values: the names of its figures, the one that stands for it first.
        implementation: one line for tables: whose implementation it equals, with what settings.
    """

    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def version(self) -> str: ...  # noqa: D102
    @property
    def values(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def implementation(self) -> str: ...  # noqa: D102

    def score(self, pairs: Sequence[tuple[str, str]]) -> list[dict[str, float]]:
        """Scores of (candidate, reference) pairs, in their order; an empty text has a score too."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricOptions:
    """What a metric may be given beside its name; each takes what it knows.

    Attributes:
        wordnet: folder of WordNet's files (``index.noun``, ``data.noun``, ...); looked for where None.
        store: folder in which embeddings are kept across runs; None keeps some of them in memory.
        baseline: file with BERTScore's baseline of the encoder (CSV with LAYER,P,R,F): scores are rescaled with it.
        device: where an encoder runs; the GPU where there is one.
        dtype: number format of the encoder; float32, on a GPU bfloat16.
        offline: never ask a model hub.
    """

    wordnet: Path | None = None
    store: Path | None = None
    baseline: Path | None = None
    device: str = ""
    dtype: str = ""
    offline: bool = False


def create(spec: str, options: MetricOptions | None = None) -> TextMetric:
    """Makes a metric from its name: ``meteor``, ``rouge``, ``bleu``, ``sacrebleu``, ``bertscore:ENCODER@LAYER``.

    Raises:
        UserError: no such metric, or what follows the colon is of no use to it.
    """
    name, _, rest = spec.partition(":")
    made: TextMetric = ROOM.get(name).create(rest, options or MetricOptions())
    return made


def refuse_rest(name: str, rest: str) -> None:
    """For metrics that have no settings of their own.

    Raises:
        UserError: something follows the colon.
    """
    if rest:
        raise UserError(f"text metric '{name}:{rest}': {name} takes nothing after its name; write {name}")


def score_pairs(
    metrics: Sequence[TextMetric], pairs: Iterable[tuple[str, str]], chunk: int = 2_000
) -> Iterator[tuple[dict[str, float], ...]]:
    """Scores a stream of (candidate, reference) pairs; for each pair the values of every metric, in their order.

    Only ``chunk`` pairs are held at a time. Larger ones let BERTScore batch texts of one length better.
    """
    stream = iter(pairs)
    while part := list(islice(stream, chunk)):
        yield from zip(*(metric.score(part) for metric in metrics), strict=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """How far one metric's scores lie from another's on the same pairs.

    Attributes:
        pairs: how many were compared.
        mean: second minus first, on average.
        sd: standard deviation of that difference.
        largest: the greatest absolute difference.
    """

    pairs: int
    mean: float
    sd: float
    largest: float


def shift(first: TextMetric, second: TextMetric, pairs: Sequence[tuple[str, str]]) -> dict[str, Shift]:
    """What changes when the second metric takes the first one's place, for example int8 in place of float32.

    Raises:
        UserError: the two have no value in common, or there are no pairs.
    """
    shared = [name for name in first.values if name in second.values]
    if not shared or not pairs:
        raise UserError(f"{first.name} and {second.name} cannot be compared on {len(pairs)} pairs: nothing in common")
    before, after = first.score(pairs), second.score(pairs)
    found = {}
    for name in shared:
        differences = [b[name] - a[name] for a, b in zip(before, after, strict=True)]
        mean = math.fsum(differences) / len(differences)
        spread = math.fsum((d - mean) ** 2 for d in differences) / len(differences)
        found[name] = Shift(pairs=len(pairs), mean=mean, sd=math.sqrt(spread), largest=max(map(abs, differences)))
    return found
