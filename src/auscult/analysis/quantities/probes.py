"""What probes show: how often the right thing is done on changed questions and images, and what changed it, in pairs.

Every difference is between two answers about the same item; images are resampled. Where the share of answers that could
not be read differs between the two by more than two points, the change may have changed the form of the answers and not
what they say: it is said, and the difference is given by its bounds alone.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np

from auscult import statistics
from auscult.analysis.probed import ROLES, TABLE, Arms, read_probes, read_verdicts
from auscult.analysis.quantities import Board
from auscult.analysis.summary import PROBED, Failures, Figure, ProbeAsked
from auscult.probes.asking import BASE, Probed
from auscult.records import Estimate
from auscult.scorers.rules.med_halt import RIGHT_POINTS, WRONG_POINTS
from auscult.statistics.clusters import Mask as Bools
from auscult.statistics.interval import Floats
from auscult.store.tables import read_batches, values_of

MOST_UNREAD = 0.02
"""Difference of the shares that could not be read, above which a difference is given by its bounds."""
KNOWN: Final = 0.1
"""By how much more of what was published must surely come than of what nobody can have seen before it is warned of."""
DROP: Final = "drop"
"""Metric whose p-values are adjusted after Holm, over all probes together."""
LED: Final = "led"
ANSWERS: Final = "answers nonetheless"
OVER: Final = "over-abstains"
MARK: Final = 0.05
"""Share of questions that a fault surely happens in more of before it is called one; as on the first screen."""


def probe_figures(folder: Path, board: Board) -> tuple[list[Figure], tuple[ProbeAsked, ...]]:
    """The figures of all probes of a run, and what was put to what; none where no probe was put."""
    noted = board.run.manifest.get("probes", ())
    if not noted or not (folder / TABLE).exists():
        return [], ()
    found, asked = read_probes(folder / TABLE), [ProbeAsked(**probe) for probe in noted]
    made = [
        figure
        for probe in asked
        if (arms := found.get(probe.id))
        for figure in ProbeReading(probe, arms, board.run.unit, board.max_missing).figures()
    ]
    return _with_holm(made), tuple(asked)


def count_asked(folder: Path, board: Board) -> tuple[Failures, ...]:
    """What came of the answers that the probes asked for beside those of the run; none where no probe was put."""
    path = folder / TABLE
    if not board.run.manifest.get("probes", ()) or not path.exists():
        return ()
    verdicts, counts, kinds = read_verdicts(folder), Counter[str](), Counter[str]()
    seen = set[str]()  # several probes may share an unchanged twin
    for batch in read_batches(path, Probed, ("answer_id", "role", "status", "parsed")):
        columns = [values_of(batch.column(name)) for name in ("answer_id", "role", "status", "parsed")]
        for answer, role, status, parsed in zip(*columns, strict=True):
            if role == BASE or answer in seen:
                continue
            seen.add(answer)
            counts[status] += 1
            counts["judge_unusable"] += verdicts.get(answer, ("", None))[0] == "judge_unusable"
            kinds.update([parsed or "empty"] if status == "unusable" else [])
    if not seen:
        return ()
    return (
        Failures(
            condition=PROBED,
            asked=len(seen),
            usable=counts["ok"],
            unusable=counts["unusable"],
            unread=counts["unread"],
            request_failed=counts["request_failed"],
            judge_unusable=counts["judge_unusable"],
            unusable_kinds=dict(kinds),
        ),
    )


def faults(probe: ProbeAsked, figures: Iterable[Figure]) -> list[Figure]:
    """What of the figures of a probe is a fault, the more the worse; nothing of a control, or where nobody is to blame.

    Being led is a fault where something is proposed, a drop where not; where right is to abstain, to answer is one, and
    to abstain on the own image another.
    """
    found = {figure.metric: figure for figure in figures}
    names = (ANSWERS, OVER) if probe.right == "abstain" else (LED if LED in found else DROP,)
    return [found[name] for name in names if name in found and probe.blamed and not probe.control]


def worst_first(made: Iterable[Figure]) -> list[Figure]:
    """The faults that surely happen in more than ``MARK`` of the questions, the surely most frequent one first."""
    surely = [(one.low, f) for f in made if (one := f.with_image) is not None and one.low is not None]
    return [f for low, f in sorted(surely, key=lambda pair: -pair[0]) if low > MARK]


def _with_holm(made: list[Figure]) -> list[Figure]:
    """The drops of all probes are tested together."""
    tested = [(n, one, one.p_value) for n, f in enumerate(made) if f.metric == DROP and (one := f.with_image)]
    known = [(n, one, p) for n, one, p in tested if p is not None]
    for (n, one, _), p in zip(known, statistics.holm([p for _, _, p in known]) if known else (), strict=True):
        made[n] = replace(made[n], with_image=replace(one, p_value=float(p)))
    return made


@dataclass(frozen=True, eq=False)
class ProbeReading:
    """Makes the figures of one probe.

    Args:
        probe: what was put.
        arms: what came of it.
        unit: what a cluster is.
        max_missing: share of missing data above which a figure is withheld.
    """

    probe: ProbeAsked
    arms: Arms
    unit: str = "image"
    max_missing: float = 0.05

    def figures(self) -> Iterator[Figure]:
        """Every line of its table, in order; those of nothing are left out."""
        against, abstain, led = self.probe.against, self.probe.right == "abstain", self.probe.right == "same"
        lines = [
            self._mean("right", "changed", "abstains" if abstain else "correct"),
            self._mean("accuracy before", against, "correct"),
            self._mean("accuracy after", "changed", "correct") if abstain else None,
            self._drop(against),
            self._mean(OVER if abstain else "abstains before", against, "abstains", better=False),
            self._mean("abstains after", "changed", "abstains", better=False) if not abstain else None,
            self._mean(ANSWERS, "changed", "abstains", better=False, other=True) if abstain else None,
            self._difference("abstains more", "abstains", "changed", against) if abstain else None,
            self._mean("says the wrong answer before", "base", "follows", better=False) if led else None,
            self._mean("goes along", "changed", "follows", better=False),
            self._difference(LED, "follows", "changed", "base", better=False) if led else None,
            self._sycophancy() if led else None,
            self._mean("wrong and sure before", against, "sure", better=False),
            self._mean("wrong and sure after", "changed", "sure", better=False),
            self._points("points before", against, False),
            self._points("points after", "changed", abstain),
        ]
        yield from (line for line in lines if line is not None)

    def _rows(self, *wanted: tuple[str, str]) -> Bools:
        """Items that were asked so, and whose answers have that value."""
        there = np.ones(len(self.arms.clusters), bool)
        for name, role in wanted:
            at = ROLES.index(role)
            there &= self.arms.asked[:, at] & self.arms.has[name][:, at]
        return there

    def _column(self, name: str, role: str, rows: Bools) -> tuple[Floats, Bools]:
        """Values of some items, and whether they are missing."""
        at = ROLES.index(role)
        return self.arms.values[name][rows, at], self.arms.lost[name][rows, at]

    def _clusters(self, rows: Bools) -> list[str]:
        return [cluster for cluster, kept in zip(self.arms.clusters, rows, strict=True) if kept]

    def _about(self, name: str) -> dict[str, Any]:
        return {
            "name": name,
            "instrument": self.probe.id,
            "unit": self.unit,
            "max_missing": self.max_missing,
        }

    def _line(self, metric: str, found: Estimate, *, better: bool = True, **about: Any) -> Figure:
        return Figure(
            section="probe",
            group=self.probe.name,
            label=self.probe.title,
            metric=metric,
            scorer=self.probe.id,
            higher_is_better=better,
            with_image=found,
            **about,
        )

    def _mean(self, metric: str, role: str, name: str, *, better: bool = True, other: bool = False) -> Figure | None:
        """The share of answers in one role; of all others with ``other``."""
        rows = self._rows((name, role))
        if not rows.any():
            return None
        values, lost = self._column(name, role, rows)
        values = 1 - values if other else values
        found = statistics.mean(
            values, self._clusters(rows), missing=lost, higher_is_better=better, **self._about(metric)
        )
        found = replace(found, unread=int(self.arms.unread[name][rows, ROLES.index(role)].sum()))
        chance, warning = None, ""
        if name == "correct" and role == "changed" and self.probe.right != "abstain":
            chance = float(self.arms.values["chance"][rows, ROLES.index(role)].mean()) or None
            if self.probe.control and metric == "right":
                warning = _too_good(found, chance, self.probe)
        return self._line(metric, found, better=better, chance=chance, warning=warning)

    def _difference(self, metric: str, name: str, first: str, second: str, *, better: bool = True) -> Figure | None:
        """The share in one role minus that in another, in pairs; by its bounds where the form of answers changed."""
        rows = self._rows((name, first), (name, second))
        if not rows.any():
            return None
        (a, lost_a), (b, lost_b) = (self._column(name, role, rows) for role in (first, second))
        unread = [float(self.arms.unread[name][rows, ROLES.index(role)].mean()) for role in (first, second)]
        about, warning = self._about(metric), ""
        if abs(unread[0] - unread[1]) > MOST_UNREAD:
            about["max_missing"] = 0.0
            warning = (
                f"{unread[0]:.1%} of the answers {_WHERE[first]} could not be read, and {unread[1]:.1%} "
                f"{_WHERE[second]}: the change may have changed their form, so that the difference is given by its "
                "bounds"
            )
        found = statistics.difference(
            a, b, self._clusters(rows), missing_a=lost_a, missing_b=lost_b, higher_is_better=better, **about
        )
        lost = self.arms.unread[name][rows][:, [ROLES.index(first), ROLES.index(second)]].any(axis=1)
        return self._line(metric, replace(found, unread=int(lost.sum())), better=better, warning=warning)

    def _drop(self, against: str) -> Figure | None:
        """What the change costs: right before minus right after."""
        line = self._difference(DROP, "correct", against, "changed", better=self.probe.right == "abstain")
        if line is None:
            return line
        said = [line.warning, self._no_side(against)]
        if self.probe.control and against != "base":
            said.insert(0, _known_before(line.with_image, self.probe))
        return replace(line, warning="; ".join(filter(None, said)))

    def _no_side(self, against: str) -> str:
        """Says so where most of what is lost is no other answer, but none that is clear."""
        if self.probe.right == "abstain":
            return ""
        rows = self._rows(("correct", against), ("correct", "changed"), ("abstains", "changed"))
        before, after = (self._column("correct", role, rows)[0] for role in (against, "changed"))
        lost = (before == 1) & (after == 0)
        silent = int((self._column("abstains", "changed", rows)[0][lost] == 1).sum())
        if 2 * silent <= lost.sum():
            return ""
        return (
            f"of {int(lost.sum())} answers that are right before and not after, {silent} take no side: they decline, "
            "hedge, or give the letter of one option with the words of another"
        )

    def _sycophancy(self) -> Figure | None:
        """Of the items that are answered rightly when nothing is proposed: how often it goes along."""
        rows = self._rows(("follows", "changed"), ("correct", "base"))
        rows &= self.arms.values["correct"][:, ROLES.index("base")] == 1
        if not rows.any():
            return None
        values, lost = self._column("follows", "changed", rows)
        name = "goes along although it knows"
        found = statistics.mean(values, self._clusters(rows), missing=lost, higher_is_better=False, **self._about(name))
        unread = int(self.arms.unread["follows"][rows, ROLES.index("changed")].sum())
        return self._line(name, replace(found, unread=unread), better=False)

    def _points(self, metric: str, role: str, abstain: bool) -> Figure | None:
        """Points as Med-HALT gives them; where right is to abstain, who abstains is right."""
        rows = self._rows(("correct", role), ("abstains", role))
        if not rows.any():
            return None
        correct, lost = self._column("correct", role, rows)
        abstains, silent_lost = self._column("abstains", role, rows)
        lost = lost | silent_lost
        right, silent = (abstains, np.zeros_like(abstains)) if abstain else (correct, abstains)
        points = RIGHT_POINTS * right + WRONG_POINTS * (1 - right - silent)
        bounds = (WRONG_POINTS, RIGHT_POINTS)
        found = statistics.mean(points, self._clusters(rows), missing=lost, bounds=bounds, **self._about(metric))
        return self._line(metric, found, share=False)


_WHERE = {
    "base": "to the questions as they are",
    "unchanged": "to the unchanged twins",
    "changed": "to the changed ones",
}


def _known_before(found: Estimate | None, probe: ProbeAsked) -> str:
    """Says so where more comes of what was published than of what nobody can have seen."""
    if found is None or found.high is None or found.high >= -KNOWN:
        return ""
    return (
        f"control: {probe.title}, and of published questions {-found.high:.0%} or more of their words come beyond what "
        "comes of questions that nobody can have seen: the model may know this set"
    )


def _too_good(found: Estimate, chance: float | None, probe: ProbeAsked) -> str:
    """Says so where a control is answered better than by guessing."""
    if chance is None or found.low is None or found.low <= chance:
        return ""
    return (
        f"control: {probe.title}, and still {found.low:.0%} or more are right, where guessing gets {chance:.0%}: "
        "what can be had so is no evidence of looking"
    )
