"""The loop: damage one stage of the phantom model, diagnose, tune what the diagnosis names, and hold it to its word.

A diagnosis says how much more is right if a stage is right: the gain over the model's own stages, with its interval.
If tuning takes that stage's error rate from p to p′, the gain that is to be expected is that times (p − p′) / p. Here
it is held against the gain on images that neither diagnosis nor tuning has seen.

An error of a stage is one that bears on the question: eyes that do not see what is asked for, or see it where it is
not; knowledge that takes another sign for it; reasoning that concludes the opposite of what is right, though both
stages before it are right. All of it is read exactly, by ``auscult.phantoms.told``. Each model leaves a line in
``rows.jsonl``; what has its line is not done again.
"""

import argparse
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import orjson
from numpy.typing import NDArray

from auscult.certificates.diagnosis.damage import Course, taught
from auscult.certificates.diagnosis.questions import presence_questions
from auscult.diagnosis.arms import arm_of
from auscult.diagnosis.effects import OWN, effect, still_wrong
from auscult.diagnosis.examination import Examination
from auscult.diagnosis.figures import first_named
from auscult.diagnosis.judging import cases_of
from auscult.diagnosis.reading import read
from auscult.diagnosis.settings import DiagnosisSettings
from auscult.diagnosis.table import Diagnosed
from auscult.facts.traces import read_trace
from auscult.phantoms import told
from auscult.phantoms.folder import FolderPlan
from auscult.printing import give, tell
from auscult.records import Estimate, Item, Trace
from auscult.statistics.crossed import Crossed, crossed
from auscult.tuning.making import Tuning
from auscult.tuning.options import TuningOptions
from recipes.cure.traces import damage, twice, write

ROWS: Final = "rows.jsonl"
STAGES: Final = ("knowledge", "eyes", "reasoning")
SEEDS: Final = (0, 1, 2)
TUNED: Final = FolderPlan(n=30, seed=1621, split="train")
DIAGNOSED: Final = FolderPlan(n=20, seed=1622, split="test")
NEW: Final = FolderPlan(n=30, seed=1623, split="test")
WEIGHTS: Final = {"eyes": "1,0,0,0", "knowledge": "0,1,0,0", "reasoning": "0,0,1,1"}
"""What the diagnosis names → what is learnt: that stage alone; reasoning with the answer that it ends in."""
CURE: Final = TuningOptions(
    learn="trace", epochs=2, batch=8, rank=8, alpha=16, learning_rate=5e-3, tokens=900, held_out=0, patience=0
)
MEASURED: Final = "baseline,self_vr_kr,replace_vr_kr"
"""Arms that new images are put in, before and after."""
Floats = NDArray[np.float64]
Wrong = Callable[[Item, Trace], bool]


def wrong_eyes(item: Item, trace: Trace) -> bool:
    """Whether what is asked for is seen where it is not, or not where it is."""
    seen = told.seen(trace.visual_recognition)
    return seen is None or bool(seen.of(item.target)) != (item.reference == "yes")


def wrong_knowledge(item: Item, trace: Trace) -> bool:
    """Whether what is recalled is not so, or not about what is asked for."""
    return not told.is_known(item.target, trace.knowledge_recall)


def wrong_reasoning(item: Item, trace: Trace) -> bool:
    """Whether, after right stages, the opposite of what is right is concluded, or answered."""
    said = told.concluded(item.target, trace.reasoning)
    return said is None or bool(said.looks) != (item.reference == "yes") or trace.answer.lower() != item.reference


ERRORS: Final[Mapping[str, tuple[str, Wrong]]] = {
    "eyes": ("baseline", wrong_eyes),
    "knowledge": ("baseline", wrong_knowledge),
    "reasoning": ("replace_vr_kr", wrong_reasoning),
}
"""Stage → the arm whose traces show its error unaided, and what an error is."""


@dataclass(frozen=True, eq=False)
class Asked:
    """What a model said of the new images, by item.

    Attributes:
        items: ids.
        right: whether the answer of its own trace is right.
        given_back: the same with its own first two stages given back to it, as the diagnosis has it.
        wrong: stage → whether it is in error.
        clusters: code of each item's image.
    """

    items: tuple[str, ...]
    right: Floats
    given_back: Floats
    wrong: Mapping[str, Floats]
    clusters: NDArray[np.int64]

    @classmethod
    def of(cls, folder: Path) -> "Asked":
        """From the folder of a diagnosis."""
        table = read(folder)
        place = {name: n for n, name in enumerate(table.items)}
        wrong = {stage: np.full(len(table), np.nan) for stage in ERRORS}
        for group in cases_of(folder):
            for item, answer in group.answers:
                for stage, (arm, is_wrong) in ERRORS.items():
                    if arm_of(answer) == arm:
                        wrong[stage][place[item.id]] = is_wrong(item, read_trace(answer.trace).trace)
        right, back = ((table.arms[arm].right[:, 0] == 1).astype(np.float64) for arm in ("baseline", OWN))
        return cls(table.items, right, back, wrong, np.asarray(table.clusters, np.int64))


def examined(items: Path, spec: str, out: Path, arms: str) -> Path:
    """Puts a model's stages to the test; goes on where it was stopped."""
    settings = DiagnosisSettings(arms=arms, judge_protocol="scene", split="all")
    Examination(items, spec, settings=settings).run(out)
    return out


def gain_if_right(table: Diagnosed, stage: str) -> Estimate:
    """How much more is right if a stage is: gold in place of the model's own; of reasoning what both leave wrong."""
    if stage == "reasoning":
        return still_wrong(table)
    found = effect(table, {"eyes": "gold_vr_own_kr", "knowledge": "replace_kr"}[stage], OWN)
    assert found is not None, "both arms were asked"
    return found


def row_of(stage: str, seed: int, work: Path) -> dict[str, Any]:
    """Damages a model, diagnoses it, tunes what is named, and measures."""
    here = work / f"{stage}-{seed}"
    sets = {
        "diagnosed": write(work / "diagnosed", DIAGNOSED, presence_questions),
        "new": write(work / "new", NEW, presence_questions),
        "tuned": write(work / "tuned", TUNED, twice),
    }
    right = taught(Course(seed=0, wrong=False), work / "right")
    course = damage(stage, seed)
    course = replace(course, steps=240) if stage == "knowledge" else course
    spec = f"local:{taught(course, here / 'model', right)}"
    table = read(examined(sets["diagnosed"], spec, here / "diagnosis", "default,gold_vr_own_kr"))
    named = first_named(table) or stage
    before = Asked.of(examined(sets["new"], spec, here / "before", MEASURED))
    options = replace(CURE, stage_weights=WEIGHTS[named], seed=seed)
    Tuning(sets["tuned"], spec, options).run(here / "cured")
    after = Asked.of(examined(sets["new"], f"local:{here / 'cured'}", here / "after", MEASURED))
    gain = gain_if_right(table, named)
    return {
        "stage": stage,
        "seed": seed,
        "named": named,
        "if_right": {"value": gain.value, "low": gain.low, "high": gain.high, "items": gain.n, "images": gain.clusters},
        "others": {other: gain_if_right(table, other).value for other in STAGES},
        "new": {
            "image": before.clusters.tolist(),
            "right": [before.right.tolist(), after.right.tolist()],
            "given_back": [before.given_back.tolist(), after.given_back.tolist()],
            "wrong": {s: [before.wrong[s].tolist(), after.wrong[s].tolist()] for s in ERRORS},
        },
    }


def by_image(values: Sequence[Floats], image: Sequence[int]) -> Floats:
    """Totals by image, shape (seeds, images)."""
    return np.array([np.bincount(image, row) for row in values])


@dataclass(frozen=True, kw_only=True)
class Line:
    """What was promised and what came, of one model or of several of a stage.

    Attributes:
        gain: accuracy if the stage were right, less the model's own, with its limits.
        before: p.
        after: p′.
        less: (p − p′) / p, with its limits.
        promised: the one times the other, with its limits.
        came: gain of accuracy on new images, with its limits.
        given_back: the same where its own stages are given back to it.
    """

    gain: tuple[float, float, float]
    before: float
    after: float
    less: tuple[float, float, float]
    promised: tuple[float, float, float]
    came: tuple[float, float, float]
    given_back: tuple[float, float, float]

    @property
    def kept(self) -> bool:
        """Whether what came lies within the interval of what was promised."""
        return self.promised[1] <= self.came[0] <= self.promised[2]


def line(rows: Sequence[Mapping[str, Any]]) -> Line:
    """Of some models that were asked about the same images."""
    image = rows[0]["new"]["image"]
    named = [row["named"] for row in rows]
    p, q = ([row["new"]["wrong"][n][k] for row, n in zip(rows, named, strict=True)] for k in (0, 1))
    more, back = (
        by_image([np.subtract(row["new"][key][1], row["new"][key][0]) for row in rows], image)
        for key in ("right", "given_back")
    )
    ones = by_image([np.ones(len(image))] * len(rows), image)
    before, after = by_image([np.array(x) for x in p], image), by_image([np.array(x) for x in q], image)
    less = crossed(after - before, before, ones)
    gain = _mean_gain(rows)
    fewer = tuple(-1 * end for end in (_limits(less)[0], _limits(less)[2], _limits(less)[1]))
    return Line(
        gain=gain,
        before=float(before.sum() / ones.sum()),
        after=float(after.sum() / ones.sum()),
        less=(fewer[0], fewer[1], fewer[2]),
        promised=product(gain, (fewer[0], fewer[1], fewer[2])),
        came=_limits(crossed(more, ones)),
        given_back=_limits(crossed(back, ones)),
    )


def _mean_gain(rows: Sequence[Mapping[str, Any]]) -> tuple[float, float, float]:
    """The mean of the gains that diagnoses promised, its limits from theirs as if they hung together wholly."""
    gains = [row["if_right"] for row in rows]
    return tuple(float(np.mean([g[end] for g in gains])) for end in ("value", "low", "high"))  # type: ignore[return-value]


def _limits(found: Crossed) -> tuple[float, float, float]:
    value = 0.0 if found.value is None else found.value
    return value, -1.0 if found.low is None else found.low, 1.0 if found.high is None else found.high


def product(one: tuple[float, float, float], other: tuple[float, float, float]) -> tuple[float, float, float]:
    """Two estimates of different images times each other, with limits from theirs (MOVER).

    Source: Donner and Zou 2012, Statistical Methods in Medical Research 21, 347-359.
    """
    (a, a_low, a_high), (b, b_low, b_high) = one, other
    value = a * b
    below = ((b * (a - a_low)) ** 2 + (a * (b - b_low)) ** 2) ** 0.5
    above = ((b * (a_high - a)) ** 2 + (a * (b_high - b)) ** 2) ** 0.5
    return value, value - below, value + above


def read_rows(out: Path) -> list[dict[str, Any]]:
    """The models that are done."""
    path = out / ROWS
    return [orjson.loads(raw) for raw in path.read_bytes().splitlines()] if path.exists() else []


def table(rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """What was promised and what came: of each model, and of all of a stage."""
    head = "damaged | seed | named | gain if right | p → p′ | promised: gain × (p − p′) / p | came | kept"
    yield f"| {head} | came, own stages given back |"
    yield "|---|---|---|---|---|---|---|---|---|"
    for stage in STAGES:
        those = [row for row in rows if row["stage"] == stage]
        for row in those:
            yield _told(stage, str(row["seed"]), row["named"], line([row]))
        right = [row for row in those if row["named"] == stage]
        if len(right) > 1:
            yield _told(f"**{stage}**", f"{len(right)} together", stage, line(right))


def _told(stage: str, seed: str, named: str, found: Line) -> str:
    def of(limits: tuple[float, float, float]) -> str:
        return f"{limits[0]:+.3f} ({limits[1]:+.3f} to {limits[2]:+.3f})"

    errors = f"{found.before:.2f} → {found.after:.2f}"
    cells = (
        stage,
        seed,
        named,
        of(found.gain),
        errors,
        of(found.promised),
        of(found.came),
        "yes" if found.kept else "no",
        of(found.given_back),
    )
    return f"| {' | '.join(cells)} |"


def wanted(stages: Iterable[str], seeds: Iterable[int], done: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, int]]:
    """The models that are not done: all stages of a seed, then the next seed."""
    there = {(row["stage"], row["seed"]) for row in done}
    chosen = tuple(stages)
    return ((stage, seed) for seed in seeds for stage in chosen if (stage, seed) not in there)


def main() -> None:
    """Does the models that have no line yet, and prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("recipes/cure/loop"), help="folder of the rows")
    parser.add_argument("--work", type=Path, default=Path("recipes/cure/items/loop"), help="models, sets, diagnoses")
    parser.add_argument("--stages", nargs="*", default=list(STAGES), choices=STAGES)
    parser.add_argument("--table", action="store_true", help="print the table of what is done, and do nothing")
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    for stage, seed in () if given.table else list(wanted(given.stages, SEEDS, read_rows(given.out))):
        row = row_of(stage, seed, given.work.resolve())
        with open(given.out / ROWS, "ab") as file:
            file.write(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE))
        tell(f"{stage}, seed {seed}: {row['named']} is named first")
    give(*table(read_rows(given.out)))


if __name__ == "__main__":
    main()
