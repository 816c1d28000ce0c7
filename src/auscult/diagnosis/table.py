"""The arms of a diagnosis in arrays: one row an item, the same rows in every arm."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from auscult.analysis.joined import OK, STATUS, UNUSABLE
from auscult.errors import UserError
from auscult.records import STAGES
from auscult.statistics.clusters import Codes, Labels, Mask, checked_labels
from auscult.statistics.interval import Floats

Kind = TypeVar("Kind", bound=np.generic)


@dataclass(frozen=True, kw_only=True, eq=False)
class ArmTable:
    """What came of one arm; arrays of shape (items, draws) unless said otherwise.

    Attributes:
        right: 1 where the answer is right, 0 where not, an invalid trace and an answer that takes no position among
            them; between the two, the least that it can be; NaN where it is missing or was not put.
        right_most: the greatest that it can be; ``right`` itself where it is known.
        status: 0 not put (a stage of the model's own is lacking), 1 ok, 2 unusable, 3 request failed, 4 judge unusable,
            5 unread; above 2 is missing data.
        valid: the trace is one.
        wrong: stage that the model wrote in this arm → 1 where it is hallucinated, 0 where not, the least where that is
            open, NaN without a verdict, of the first draw, shape (items,).
        wrong_most: the greatest that it can be.
        absent: stage → whether the model wrote no text for it, shape (items,): no verdict, and none is missing.
        illegible: stage → whether the judge could read nothing in it, shape (items,): no verdict, by its own doing.
        quality: stage → other values that its judge gives (``factuality``, ``completeness``, ``effectiveness``, and
            ``factuality_at_most``), of the first draw, shape (items,); NaN where there is none.
        adopts: where an error is planted: 1 where the answer is the one that it entails, the least where that is open,
            NaN where it is missing; None where none is planted.
        adopts_own: the same of the answer with the model's own stage in the planted one's place, shape (items,).
        adopts_most: the greatest that ``adopts`` can be; None: itself.
        adopts_own_most: likewise.
        degree: how grave the planted error of each item is; empty where none is planted.
    """

    right: Floats
    right_most: Floats
    status: NDArray[np.int8]
    valid: Mask
    wrong: Mapping[str, Floats] = field(default_factory=dict)
    wrong_most: Mapping[str, Floats] = field(default_factory=dict)
    absent: Mapping[str, Mask] = field(default_factory=dict)
    illegible: Mapping[str, Mask] = field(default_factory=dict)
    quality: Mapping[str, Mapping[str, Floats]] = field(default_factory=dict)
    adopts: Floats | None = None
    adopts_own: Floats | None = None
    adopts_most: Floats | None = None
    adopts_own_most: Floats | None = None
    degree: tuple[str, ...] = ()

    @classmethod
    def of(
        cls,
        right: ArrayLike,
        *,
        right_most: ArrayLike | None = None,
        status: ArrayLike | None = None,
        valid: ArrayLike | None = None,
        wrong: Mapping[str, Floats] | None = None,
        wrong_most: Mapping[str, Floats] | None = None,
        absent: Mapping[str, Mask] | None = None,
        adopts: ArrayLike | None = None,
        adopts_own: Floats | None = None,
        degree: tuple[str, ...] = (),
    ) -> "ArmTable":
        """An arm from arrays of shape (items,) or (items, draws).

        What is not given is the usual: all put, ok and valid, every value known, no error planted.
        """
        least = _two(right, np.float64)
        codes = np.full(least.shape, OK, np.int8) if status is None else _two(status, np.int8)
        known = (codes == OK) | (codes == UNUSABLE)
        least = np.where(known, least, np.nan)
        verdicts = dict(wrong or {})
        return cls(
            right=least,
            right_most=least if right_most is None else np.where(known, _two(right_most, np.float64), np.nan),
            status=codes,
            valid=codes == OK if valid is None else _two(valid, np.bool_),
            wrong=verdicts,
            wrong_most=verdicts | dict(wrong_most or {}),
            absent={stage: np.zeros(len(least), bool) for stage in verdicts} | dict(absent or {}),
            adopts=None if adopts is None else np.where(known, _two(adopts, np.float64), np.nan),
            adopts_own=adopts_own,
            degree=degree,
        )

    @property
    def draws(self) -> int:
        """Answers an item."""
        return int(self.right.shape[1])

    @property
    def put(self) -> Mask:
        """Items that the arm was put for, shape (items,)."""
        return np.asarray((self.status > 0).any(axis=1))

    @property
    def missing(self) -> Mask:
        """Answers that are missing data."""
        return np.asarray(self.status > UNUSABLE)

    @property
    def unread(self) -> Mask:
        """Answers that could not be read."""
        return np.asarray(self.status == STATUS["unread"])

    def unheard(self, stage: str) -> Mask:
        """Items whose stage the model wrote and no judge gave a verdict on, shape (items,)."""
        written = self.put & ~self.missing[:, 0] & ~self.absent[stage]
        return np.asarray(np.isnan(self.wrong[stage]) & written)

    def at(self, rows: NDArray[np.generic]) -> "ArmTable":
        """The arm at some rows: a mask or their places."""

        def some(values: Floats | None) -> Floats | None:
            return None if values is None else values[rows]

        return replace(
            self,
            right=self.right[rows],
            right_most=self.right_most[rows],
            status=self.status[rows],
            valid=self.valid[rows],
            wrong={stage: values[rows] for stage, values in self.wrong.items()},
            wrong_most={stage: values[rows] for stage, values in self.wrong_most.items()},
            absent={stage: values[rows] for stage, values in self.absent.items()},
            illegible={stage: values[rows] for stage, values in self.illegible.items()},
            quality={s: {name: v[rows] for name, v in of.items()} for s, of in self.quality.items()},
            adopts=some(self.adopts),
            adopts_own=some(self.adopts_own),
            adopts_most=some(self.adopts_most),
            adopts_own_most=some(self.adopts_own_most),
            degree=tuple(np.array(self.degree, object)[rows]) if self.degree else (),
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class Diagnosed:
    """A diagnosis in arrays.

    Attributes:
        items: ids, one a row.
        clusters: code of the image or patient of each, from 0.
        unit: what a cluster is.
        arms: name → what came of it; ``baseline`` is always there.
        tags: name of a tag (modality, anatomy, question type, set) → its value of each item; empty where it has none.
        left_out: why items of the set are no row here (no gold trace, ...) → how many.
        max_missing: greatest share of missing answers or verdicts at which a figure is still given.
    """

    items: tuple[str, ...]
    clusters: Codes
    arms: Mapping[str, ArmTable]
    unit: str = "image"
    tags: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    left_out: Mapping[str, int] = field(default_factory=dict)
    max_missing: float = 0.05

    @classmethod
    def of(
        cls,
        arms: Mapping[str, ArmTable],
        clusters: Labels | None = None,
        *,
        items: tuple[str, ...] = (),
        unit: str = "image",
        tags: Mapping[str, tuple[str, ...]] | None = None,
        left_out: Mapping[str, int] | None = None,
    ) -> "Diagnosed":
        """A diagnosis of arms of the same items.

        Args:
            arms: by name.
            clusters: image or patient of each item; None: each is its own.
            items: ids; none: numbers.
            unit: what a cluster is.
            tags: by name.
            left_out: by reason.

        Raises:
            UserError: there is no baseline, or the arms have not the same number of items.
        """
        if "baseline" not in arms:
            raise UserError("a diagnosis needs the arm 'baseline': what the model says with nothing given")
        counts = {name: len(arm.right) for name, arm in arms.items()}
        if len(set(counts.values())) > 1:
            told = ", ".join(f"{name} {count}" for name, count in counts.items())
            raise UserError(f"the arms have not the same items ({told}); give one row an item in each")
        count = counts["baseline"]
        return cls(
            items=items or tuple(map(str, range(count))),
            clusters=np.arange(count) if clusters is None else checked_labels("diagnosis", clusters, count),
            arms=dict(arms),
            unit=unit,
            tags=dict(tags or {}),
            left_out=dict(left_out or {}),
        )

    def __len__(self) -> int:
        return len(self.items)

    def at(self, rows: NDArray[np.generic]) -> "Diagnosed":
        """The diagnosis of some items: a mask or their places."""
        places = np.flatnonzero(rows) if rows.dtype == bool else rows
        return replace(
            self,
            items=tuple(self.items[n] for n in places),
            clusters=np.unique(self.clusters[places], return_inverse=True)[1],
            arms={name: arm.at(places) for name, arm in self.arms.items()},
            tags={name: tuple(values[n] for n in places) for name, values in self.tags.items()},
        )

    def judged(self, arm: str, stage: str) -> bool:
        """Whether a stage was judged in an arm."""
        return stage in STAGES and arm in self.arms and stage in self.arms[arm].wrong


def _two(values: ArrayLike, kind: type[Kind]) -> NDArray[Kind]:
    """An array of shape (items, draws)."""
    found: NDArray[Kind] = np.asarray(values, kind)
    return found[:, None] if found.ndim == 1 else found
