"""Detection in both directions: findings made up, and findings missed.

Source: Das, Sakib, Ahmed 2025 (arXiv 2508.07031): fabrication = FP/(FP+TN), miss = FN/(FN+TP). Answers that say
neither yes nor no are counted apart, and enter neither rate.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray


@dataclass(slots=True)
class _Rows:
    rows: list[int] = field(default_factory=list)
    wrong: list[float] = field(default_factory=list)
    unclear: int = 0


@dataclass(frozen=True, slots=True)
class Detection:
    """Counts for one target, and the 0/1 outcomes behind the two rates.

    Attributes:
        target: what was asked about.
        tp: present, and said to be.
        fp: absent, but said to be present.
        tn: absent, and said to be.
        fn: present, but said to be absent.
        unclear_present: present; the answer says neither.
        unclear_absent: absent; the answer says neither.
        fabricated: shape (fp + tn,), 1 where fabricated.
        fabricated_rows: shape (fp + tn,), position of each in the input, so that clusters can be looked up.
        missed: shape (fn + tp,), 1 where missed.
        missed_rows: shape (fn + tp,), likewise.
    """

    target: str
    tp: int
    fp: int
    tn: int
    fn: int
    unclear_present: int
    unclear_absent: int
    fabricated: NDArray[np.float64]
    fabricated_rows: NDArray[np.intp]
    missed: NDArray[np.float64]
    missed_rows: NDArray[np.intp]

    @property
    def fabrication(self) -> float | None:
        """FP/(FP+TN); None where nothing absent was decided."""
        return float(self.fabricated.mean()) if self.fabricated.size else None

    @property
    def miss(self) -> float | None:
        """FN/(FN+TP); None where nothing present was decided."""
        return float(self.missed.mean()) if self.missed.size else None


def detect(targets: Sequence[str], references: Sequence[str], parsed: Sequence[str]) -> list[Detection]:
    """Counts per target, in order of first appearance.

    Args:
        targets: what each question asks about, one a row.
        references: ``yes`` (present) or ``no`` (absent), one a row.
        parsed: what was read; anything but ``yes`` and ``no`` is unclear.

    Raises:
        ValueError: the three differ in length, or a reference is neither yes nor no.
    """
    found: dict[str, dict[str, _Rows]] = {}
    for row, (target, reference, said) in enumerate(zip(targets, references, parsed, strict=True)):
        truth = reference.strip().lower()
        if truth not in ("yes", "no"):
            raise ValueError(f"row {row}: reference '{reference}' is neither yes nor no")
        side = found.setdefault(target, {"yes": _Rows(), "no": _Rows()})[truth]
        if said in ("yes", "no"):
            side.rows.append(row)
            side.wrong.append(float(said != truth))
        else:
            side.unclear += 1
    return [_detection(target, sides["yes"], sides["no"]) for target, sides in found.items()]


def _detection(target: str, present: _Rows, absent: _Rows) -> Detection:
    fn, fp = int(sum(present.wrong)), int(sum(absent.wrong))
    return Detection(
        target=target,
        tp=len(present.rows) - fn,
        fp=fp,
        tn=len(absent.rows) - fp,
        fn=fn,
        unclear_present=present.unclear,
        unclear_absent=absent.unclear,
        fabricated=np.array(absent.wrong, dtype=np.float64),
        fabricated_rows=np.array(absent.rows, dtype=np.intp),
        missed=np.array(present.wrong, dtype=np.float64),
        missed_rows=np.array(present.rows, dtype=np.intp),
    )
