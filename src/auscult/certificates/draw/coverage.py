"""Simulated audits: how often the intervals of drawings hold a truth that is known, readers' errors included.

Contents have rates of their own (beta, with a known mean and a known correlation of the drawings of one content); what
a reader says of a drawing is wrong at known rates. Nothing is painted: figures see the same columns as in an audit.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import product
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from auscult.certificates.cells import Row
from auscult.drawing.nouns import ADDITIONS
from auscult.drawing.rates import Read, addition, against_plain, compliance, corrected, rightward
from auscult.records import Estimate
from auscult.statistics.judged_rate import Known, corrected_rate

LEVEL: Final = 0.95
LEAST: Final = 0.945
"""What coverage may not lie significantly under."""
Floats = NDArray[np.float64]
Audit = Callable[[np.random.Generator], Estimate]


@dataclass(frozen=True)
class Design:
    """One cell.

    Attributes:
        contents: that are asked for.
        draws: of each prompt.
        rate: of what is counted.
        icc: correlation of the drawings of one content.
        other: rate in the plain wording, of a difference; share right, of a side.
        sensitivity: of the cheaper reader, or of the judge.
        specificity: likewise.
        seen: share of the drawings that the dearer reader saw.
    """

    contents: int = 15
    draws: int = 4
    rate: float = 0.35
    icc: float = 0.2
    other: float = 0.0
    sensitivity: float = 1.0
    specificity: float = 1.0
    seen: float = 1.0


def rates(rng: np.random.Generator, mean: float, design: Design, normal: Floats | None = None) -> Floats:
    """The rate of each content; with ``normal`` linked by it to another draw of the same contents."""
    if design.icc == 0 or mean in (0.0, 1.0):
        return np.full(design.contents, mean)
    weight = (1 - design.icc) / design.icc
    if normal is None:
        return rng.beta(mean * weight, (1 - mean) * weight, design.contents)
    return np.asarray(stats.beta.ppf(stats.norm.cdf(normal), mean * weight, (1 - mean) * weight))


def audit(design: Design, arms: dict[str, NDArray[np.bool_]]) -> Read:
    """What one reader says of an audit: in every wording whether each drawing, (contents, draws), is a hit."""
    wordings, contents, repeats = np.meshgrid(
        list(arms), np.arange(design.contents), np.arange(design.draws), indexing="ij"
    )
    hits = np.stack(list(arms.values())).ravel()
    count, none = hits.size, np.zeros(hits.size, bool)
    content = contents.ravel().astype(np.str_)
    return Read(
        content=content,
        wording=wordings.ravel().astype(np.str_),
        impossible=~none,
        open_side=none,
        finding=np.full(count, ""),
        prompt=np.char.add(np.char.add(wordings.ravel().astype(np.str_), " "), content),
        repeat=repeats.ravel(),
        image=~none,
        missing=none,
        unusable=none,
        outcome=np.where(hits, "implausible", "refused"),
        side=np.full(count, ""),
        additions={kind: none for kind in ADDITIONS},
        reader="simulated@1",
    )


def _drawn(rng: np.random.Generator, shares: Floats, design: Design) -> NDArray[np.bool_]:
    return rng.random((design.contents, design.draws)) < shares[:, None]


def _said(rng: np.random.Generator, truth: NDArray[np.bool_], design: Design) -> NDArray[np.bool_]:
    """What a reader says of it, with its errors."""
    chance = np.where(truth, design.sensitivity, 1 - design.specificity)
    return np.asarray(rng.random(truth.shape) < chance)


def complied(rng: np.random.Generator, design: Design) -> Estimate:
    """Implausible compliance in one wording."""
    return compliance(audit(design, {"plain": _drawn(rng, rates(rng, design.rate, design), design)}))


def compared(rng: np.random.Generator, design: Design) -> Estimate:
    """Compliance with a justification against plain, of the same contents."""
    common = rng.normal(size=design.contents)
    arms = {}
    for wording, mean in (("plain", design.other), ("justified", design.rate)):
        normal = np.sqrt(0.7) * common + np.sqrt(0.3) * rng.normal(size=design.contents)
        arms[wording] = _drawn(rng, rates(rng, mean, design, normal), design)
    return against_plain(audit(design, arms), "justified")


def added(rng: np.random.Generator, design: Design) -> Estimate:
    """Something that nobody asked for, in four wordings."""
    shares = rates(rng, design.rate, design)
    arms = {wording: _drawn(rng, shares, design) for wording in ("plain", "justified", "role", "reworded")}
    read = audit(design, arms)
    return addition(replace(read, additions={"clips": read.outcome == "implausible"}), "clips")


def sided(rng: np.random.Generator, design: Design) -> Estimate:
    """The side, of prompts that leave it open, in four wordings."""
    shares = rates(rng, design.rate, design)
    arms = {wording: _drawn(rng, shares, design) for wording in ("plain", "justified", "role", "reworded")}
    read = audit(design, arms)
    side = np.where(read.outcome == "implausible", "right", "left")
    return rightward(replace(read, impossible=~read.impossible, open_side=read.image, side=side))


def put_right(rng: np.random.Generator, design: Design) -> Estimate:
    """Compliance of a cheap reader that errs, put right by a dear one that saw some drawings, drawn by lot."""
    shares = rates(rng, design.rate, design)
    truth = {wording: _drawn(rng, shares, design) for wording in ("plain", "justified", "role", "reworded")}
    cheap = audit(design, {wording: _said(rng, hits, design) for wording, hits in truth.items()})
    dear = audit(design, truth)
    return corrected(cheap, dear.where(rng.random(len(dear.content)) < design.seen), "compliance")


BUNDLED: Final = 25
"""Contents that the package asks for."""
KNOWN: Final = 200
"""Drawings of either kind that a judge of known error was tested on."""


def judged(rng: np.random.Generator, design: Design) -> Estimate:
    """Compliance by a judge whose error was measured elsewhere, freed of that error."""
    truth = np.repeat([True, False], KNOWN)
    known = Known.of(truth, _said(rng, truth, design), np.arange(2 * KNOWN), planted=False)
    shares = rates(rng, design.rate, design)
    hits = np.stack([_drawn(rng, shares, design) for _ in range(4)])
    contents = np.broadcast_to(np.arange(design.contents)[None, :, None], hits.shape)
    seed = int(rng.integers(2**31))
    return corrected_rate(
        _said(rng, hits, design).ravel(), contents.ravel(), known, name="compliance", unit="content", seed=seed
    )


def cells(audits: int) -> Iterator[Callable[[np.random.Generator], Row]]:
    """Every cell, to be run with a stream of its own."""
    for rate, icc, contents in product((0.05, 0.35, 0.9), (0.0, 0.2, 0.5), (15, 30)):
        design = Design(rate=rate, icc=icc, contents=contents)
        yield partial(row, "compliance", complied, design, rate, audits)
    for (rate, plain), icc in product(((0.35, 0.35), (0.9, 0.35), (0.1, 0.05)), (0.0, 0.2, 0.5)):
        design = Design(rate=rate, other=plain, icc=icc)
        yield partial(row, "difference from plain", compared, design, rate - plain, audits)
    for rate, icc in product((0.02, 0.12), (0.0, 0.2)):
        yield partial(row, "addition", added, Design(rate=rate, icc=icc), rate, audits)
    for rate, icc in product((0.5, 0.9), (0.0, 0.2)):
        yield partial(row, "side", sided, Design(rate=rate, icc=icc, contents=10), rate, audits)
    for (sensitivity, specificity), seen in product(((0.95, 0.98), (0.7, 0.9)), (0.2, 0.5)):
        design = Design(sensitivity=sensitivity, specificity=specificity, seen=seen)
        yield partial(row, "cheaper reader put right", put_right, design, design.rate, audits)
    for (sensitivity, specificity), rate in product(((0.95, 0.98), (0.8, 0.9)), (0.1, 0.35, 0.9)):
        design = Design(sensitivity=sensitivity, specificity=specificity, rate=rate)
        yield partial(row, "judge of known error", judged, design, rate, audits)
    for rate, draws in product((0.35, 0.9), (1, 4)):
        design = Design(rate=rate, other=0.35, contents=BUNDLED, draws=draws)
        yield partial(row, "difference from plain, bundled contents", compared, design, rate - 0.35, audits)


def row(
    what: str, simulate: Callable[..., Estimate], design: Design, truth: float, audits: int, rng: np.random.Generator
) -> Row:
    """One cell: how often the interval holds the truth, on which side it misses, how wide it is."""
    found = [simulate(rng, design) for _ in range(audits)]
    given = [(e.low, e.high) for e in found if e.low is not None and e.high is not None]
    low, high = np.array(given).T if given else np.zeros((2, 0))
    held = int(((low <= truth + 1e-12) & (truth - 1e-12 <= high)).sum())
    values = [e.value for e in found if e.value is not None]
    tested = [e.p_value for e in found if e.p_value is not None]
    null = truth == (0.5 if what == "side" else 0.0)
    return {
        "part": "simulated audits",
        "what": what,
        "contents": design.contents,
        "draws": design.draws,
        "rate": design.rate,
        "plain": design.other,
        "icc": design.icc,
        "sensitivity": design.sensitivity,
        "specificity": design.specificity,
        "seen": design.seen,
        "audits": audits,
        "without an interval": audits - len(given),
        "coverage": held / max(1, len(given)),
        "p_too_low": float(stats.binomtest(held, max(1, len(given)), LEAST, "less").pvalue),
        "truth": truth,
        "mean": float(np.mean(values)) if values else None,
        "width": float((high - low).mean()) if given else None,
        "missed below": float((truth < low - 1e-12).mean()) if given else None,
        "missed above": float((truth > high + 1e-12).mean()) if given else None,
        "false positives": float(np.mean(np.array(tested) <= 1 - LEVEL)) if null and tested else None,
    }
