"""ClinHallu's figures as its released code makes them, defects included: they stand beside ours, under its name.

Source: alibaba-damo-academy/ClinHallu, arXiv 2606.14697, code of 15 June 2026: accuracy over the valid and judged
records of each run; step rates over all records, with an empty step and a failed judgement as hallucinated; differences
of accuracies unpaired; the average gives each set the same weight.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from auscult.diagnosis.diagnosis import Finding
from auscult.diagnosis.table import ArmTable, Diagnosed
from auscult.records import Estimate
from auscult.statistics.clusters import Mask

SYSTEM = "ClinHallu (arXiv 2606.14697)"
STEPS = {
    "H^V": ("replace_kr", "visual_recognition"),
    "H^K": ("replace_vr", "knowledge_recall"),
    "H^R": ("replace_vr_kr", "reasoning"),
}
DELTAS = {"ΔV": "replace_vr", "ΔK": "replace_kr", "ΔVK": "replace_vr_kr"}
DIGITS = 4
AVERAGE = "average over sets"


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """A published figure: ``of`` records are its denominator, its own; no figure where there is none.

    ``clusters`` are the images or patients of these records, where they are known.
    """

    name: str
    events: int
    of: int
    clusters: int = 0

    @property
    def value(self) -> float | None:
        """Rounded as the released code does."""
        return round(self.events / self.of, DIGITS) if self.of else None


def accuracy(arm: ArmTable) -> Count:
    """Right answers among those that are valid and have a verdict; what is open has none."""
    known = _known(arm)
    return Count(name="Acc", events=int((arm.right[known] == 1).sum()), of=int(known.sum()))


def _known(arm: ArmTable) -> Mask:
    """Answers that are valid and have a verdict."""
    return np.asarray((arm.status > 0) & ~arm.missing & arm.valid & (arm.right == arm.right_most))


def step_rate(arm: ArmTable, stage: str, name: str) -> Count:
    """Hallucinated steps over all records of the run: an empty step, and one without a verdict, is hallucinated."""
    cleared = arm.put & (arm.wrong_most[stage] == 0)
    of = int(records(arm, stage).sum())
    return Count(name=name, events=of - int(cleared.sum()), of=of)


def records(arm: ArmTable, stage: str) -> Mask:
    """Items that have a record of a run, an empty step among them."""
    return np.asarray(arm.put | arm.absent[stage])


def published(table: Diagnosed) -> dict[str, Count]:
    """Accuracy of each of the four runs (``Acc``, ``Acc replace_vr``, ...) and the three step rates, those there are.

    H^V is of ``replace_kr``, whose V is the baseline's own: where that V was not judged again, its verdicts count.
    """
    found: dict[str, Count] = {}
    for name in ("baseline", *DELTAS.values()):
        if name in table.arms:
            count = accuracy(table.arms[name])
            label = "Acc" if name == "baseline" else f"Acc {name}"
            found[label] = replace(
                count, name=label, clusters=_clusters(table, np.asarray(_known(table.arms[name]).any(axis=1)))
            )
    for name, (arm, stage) in STEPS.items():
        judged = arm if table.judged(arm, stage) else "baseline" if name == "H^V" else ""
        if judged and table.judged(judged, stage):
            count = step_rate(table.arms[judged], stage, name)
            found[name] = replace(count, clusters=_clusters(table, records(table.arms[judged], stage)))
    return found


def _clusters(table: Diagnosed, rows: Mask) -> int:
    return len(np.unique(table.clusters[rows]))


def deltas(found: Mapping[str, Count]) -> dict[str, float]:
    """Accuracy of each replacement minus that of the baseline, each over its own denominator."""
    base = found["Acc"].value if "Acc" in found else None
    made = {}
    for name, arm in DELTAS.items():
        value = found[f"Acc {arm}"].value if f"Acc {arm}" in found else None
        if base is not None and value is not None:
            made[name] = round(value - base, DIGITS)
    return made


def macro(values: Mapping[str, float]) -> float:
    """The average over data sets, each with the same weight whatever its size."""
    return float(np.mean(list(values.values())))


def published_findings(table: Diagnosed) -> Iterator[Finding]:
    """The figures of all items, and the macro mean over the sets where there are several (tag ``set``)."""
    every = published(table)
    for name, count in every.items():
        yield _finding(name, count.value, count, table.unit)
    whole = Count(name="", events=0, of=len(table), clusters=len(np.unique(table.clusters)))
    for name, delta in deltas(every).items():
        yield _finding(name, delta, whole, table.unit)
    sets = sorted(set(table.tags.get("set", ())))
    if len(sets) < 2:
        return
    names = np.array(table.tags["set"], object)
    by_set = {of: published(table.at(names == of)) for of in sets}
    for of, counts in by_set.items():
        for name, count in counts.items():
            yield _finding(name, count.value, count, table.unit, of)
    for name in every:
        values = {of: value for of, counts in by_set.items() if (value := counts[name].value) is not None}
        if len(values) == len(sets):
            yield _finding(name, macro(values), whole, table.unit, AVERAGE)


def _finding(name: str, value: float | None, of: Count, unit: str, group: str = "") -> Finding:
    """A published figure: no interval, since there is none."""
    held = "" if value is not None else "its denominator is 0"
    estimate = Estimate(
        name=name,
        value=value,
        n=of.of,
        clusters=of.clusters,
        unit=unit,
        instrument=SYSTEM,
        variance=(),
        method="none",
        withheld=held,
    )
    return Finding(section="published", group=group, label=name, metric=name, estimate=estimate)
