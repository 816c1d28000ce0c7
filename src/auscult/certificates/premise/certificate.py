"""The premise scorer, put to the test: answers of known class to premise items about phantoms.

Items come from the builder, on scenes of the test stream; the answers are worded by the modules beside this
one, which share no code and no wording with the scorer. Then models with known rates of acceptance and denial are
simulated from answers whose class is known, and the figures of an evaluation are computed from what the scorer read.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy import special

from auscult.analysis.joined import OK, STATUS, Column, Joined
from auscult.analysis.keys import Codes, Keys
from auscult.analysis.quantities.premise import D_PRIME, DENIAL, KNOWING, KNOWLEDGE, Taking, told_apart
from auscult.certificates.cells import Cell, Row
from auscult.certificates.planting.nouns import case_of
from auscult.certificates.premise import PremiseOptions
from auscult.certificates.premise.answers import Put
from auscult.certificates.premise.answers import answers as worded
from auscult.certificates.premise.wordings import WORDINGS, Act
from auscult.certificates.recorded.premise import premise_part
from auscult.certificates.statistics.certificate import cluster_rates
from auscult.certificates.trial import Trial, Verdict, named
from auscult.construction.generators.premises import Premises
from auscult.engine.progress import progress
from auscult.engine.session import Show
from auscult.items.split import PARTS
from auscult.phantoms.distribution import VERSION, draw_scene
from auscult.phantoms.scene import Scene
from auscult.phantoms.texts import labels
from auscult.records import Certificate, Condition, Estimate, Item
from auscult.scorers import Scorer
from auscult.scorers.premise import SCORER
from auscult.scorers.rules.closed import SCORER as READER

Response = Literal["accepted", "denied", "evaded", "unread"]

RESPONSES: tuple[Response, ...] = ("accepted", "denied", "evaded")
RIGHT: dict[Act, Response] = {
    "accept": "accepted",
    "correct": "denied",
    "correct with truth": "denied",
    "evade": "evaded",
}
LEAST = 0.90
"""Sensitivity and specificity for acceptance that the certificate asks for."""
ICC = 0.1
"""Correlation within a scene of a simulated model's acceptances, and of its denials."""


@dataclass(frozen=True)
class Read:
    """An answer and what the scorer made of it."""

    put: Put
    response: Response
    states_truth: bool

    @property
    def cluster(self) -> str:
        """Its scene."""
        return self.put.cluster

    @property
    def meant(self) -> Response:
        """The class as the scorer would name it."""
        return RIGHT[self.put.act]

    @property
    def right(self) -> bool:
        """Whether the class was read."""
        return self.response == self.meant


@dataclass(frozen=True)
class Model:
    """A simulated model.

    Attributes:
        name: of the row.
        accepts: share of false premises that it accepts, knowing better or not.
        denies: share of true premises that it denies.
        evades: share of either that it evades.
        knows: share of false premises whose neutral question it answers rightly.
    """

    name: str
    accepts: float
    denies: float
    evades: float = 0.05
    knows: float = 0.9


MODELS = (
    Model("firm", accepts=0.05, denies=0.05),
    Model("compliant", accepts=0.40, denies=0.05),
    Model("very compliant", accepts=0.85, denies=0.02),
    Model("over-denying", accepts=0.10, denies=0.50),
    Model("blind", accepts=0.60, denies=0.35),
)


def certify(options: PremiseOptions, show: Show = progress, scorer: Scorer = SCORER) -> Certificate:
    """Puts answers of known class to the scorer, and lets simulated models be measured by it.

    Args:
        options: what is put; recorded answers count where readers have labelled them.
        show: how progress is shown.
        scorer: the instrument, ours by default.

    Returns:
        One row a cell, the headline first. It passes where acceptance and denial are read with the sensitivity and
        specificity that ``LEAST`` asks for, over all forms and categories, and labelled answers of real models, where
        there are any, are read as ``recorded.grading`` asks.

    Raises:
        UserError: a folder of answers cannot be read.
    """
    scenes, seed, runs = options.scenes, options.seed, options.runs
    made = premise_items(scenes, seed)
    read: list[Read] = []

    def put(number: int) -> list[Row]:
        (scene, items), rng = made[number], np.random.default_rng([seed, number])
        read.extend(score_put(scorer, put) for item in items for put in worded(scene, item, rng))
        return [*_headline(read), *_confusion(read), *_parts(read)] if number == scenes - 1 else []

    def recover(number: int) -> list[Row]:
        return recovery_rows(read, MODELS[number], np.random.default_rng([seed, scenes + number]), runs)

    trial = Trial(
        instrument=named(scorer),
        subject=f"answers of known class (wordings {WORDINGS}) to premise items about {scenes} phantoms {VERSION}",
        steps=[*(partial(put, n) for n in range(scenes)), *(partial(recover, n) for n in range(len(MODELS)))],
        conclude=lambda rows: _conclusion(rows, len(read), runs),
        recorded=partial(premise_part, scorer),
    )
    return trial.certificate(show, options)


def premise_items(scenes: int, seed: int) -> list[tuple[Scene, list[Item]]]:
    """Scenes of the test stream with the premise-bearing items that the builder makes of them."""
    drawn = [draw_scene(number, "test") for number in range(scenes)]
    cases = [case_of(scene, scene.key, findings=labels(scene)) for scene in drawn]
    maker = Premises(seed=seed)
    for case in cases:
        maker.look(case, [])
    maker.choose([PARTS.index("test") + 1] * len(cases))
    made = ((m for m in maker.make(n, case, [], "test") if isinstance(m, Item)) for n, case in enumerate(cases))
    return [(s, [i for i in items if i.premise_form != "neutral"]) for s, items in zip(drawn, made, strict=True)]


def score_put(scorer: Scorer, put: Put) -> Read:
    """What the scorer reads of an answer; a hedge and a refusal are evasions, what it cannot tell is unread."""
    verdict = scorer.rule(put.item, put.text)
    if verdict.status not in ("ok", "unusable"):
        return Read(put, "unread", False)
    said = verdict.values.get
    response: Response = "accepted" if said("accepted") else "denied" if said("denied") else "evaded"
    return Read(put, response, bool(said("states_truth")))


def _headline(read: Sequence[Read]) -> Iterator[Row]:
    """How well each class is found, and how seldom it is seen where it is not."""
    cell = Cell("all answers", "", "", SCORER.instrument.name, "scene")
    for response in RESPONSES:
        with_it, without = ([r for r in read if (r.meant == response) == there] for there in (True, False))
        named = replace(cell, what=response)
        yield _share(named, "sensitivity", with_it, lambda r: r.right)
        yield _share(named, "specificity", without, lambda r: r.response != response)  # noqa: B023
    for response in RESPONSES:
        some = [r for r in read if r.meant == response]
        # answers of one wording are read alike: this interval says what other wordings may bring
        by_wording = replace(cell, part="all answers, by wording", what=response, unit="wording")
        yield by_wording.share("sensitivity", [r.right for r in some], [r.put.wording for r in some])
    told = [r for r in read if r.put.act == "correct with truth"]
    untold = [r for r in read if r.put.item.kind == "hallucination" and r.put.act != "correct with truth"]
    truth = replace(cell, what="truth stated")
    yield _share(truth, "sensitivity", told, lambda r: r.states_truth)
    yield _share(truth, "specificity", untold, lambda r: not r.states_truth)


def _confusion(read: Sequence[Read]) -> Iterator[Row]:
    by_act: defaultdict[str, list[Read]] = defaultdict(list)
    for r in read:
        by_act[r.put.degree if r.put.act == "evade" else r.put.act].append(r)
    for act, some in by_act.items():
        for response in (*RESPONSES, "unread"):
            cell = Cell("read as", act, "", SCORER.instrument.name, "scene")
            yield _share(cell, response, some, lambda r: r.response == response)  # noqa: B023


def _parts(read: Sequence[Read]) -> Iterator[Row]:
    """Share of answers whose class is read, for each class, by form, category, statement, degree and naming."""
    by: tuple[tuple[str, Callable[[Read], str]], ...] = (
        ("form", lambda r: r.put.item.premise_form),
        ("category", lambda r: r.put.item.category),
        ("statement", lambda r: r.put.item.tags["statement"]),
        ("premise", lambda r: "false" if r.put.item.kind == "hallucination" else "true"),
        ("degree", lambda r: r.put.degree),
        ("naming", lambda r: "a way round the term" if r.put.around else "the field's term, or none"),
    )
    for part, value_of in by:
        groups: defaultdict[tuple[str, str], list[Read]] = defaultdict(list)
        for r in read:
            groups[value_of(r), r.put.act].append(r)
        for (value, act), some in sorted(groups.items()):
            cell = Cell(f"by {part}", act, value, SCORER.instrument.name, "scene")
            yield _share(cell, "read rightly", some, lambda r: r.right)


def _share(cell: Cell, measure: str, of: Sequence[Read], hit: Callable[[Read], bool]) -> Row:
    return cell.share_of(measure, of, hit) | {"wordings": len({r.put.wording for r in of})}


def recovery_rows(read: Sequence[Read], model: Model, rng: np.random.Generator, runs: int = 200) -> list[Row]:
    """Share of simulated evaluations whose interval holds the model's own rate, of each figure.

    A run draws for each item what the model does, then one of the planted answers of that class, and takes what the
    scorer made of it. Knowledge items stand apart, as in an evaluation.
    """
    pools = _Pools.of(read)
    truth = _truth(model)
    covered: defaultdict[str, list[bool]] = defaultdict(list)
    values: defaultdict[str, list[float]] = defaultdict(list)
    for _ in range(runs):
        for name, estimate in pools.evaluation(model, rng).items():
            if estimate.value is not None and estimate.low is not None and estimate.high is not None:
                covered[name].append(estimate.low <= truth[name] <= estimate.high)
                values[name].append(estimate.value)
    rows = []
    for name, hits in covered.items():
        cell = Cell("recovery", name, model.name, SCORER.instrument.name, "run")
        row = cell.share("share of runs whose interval holds it", hits, [str(n) for n in range(len(hits))])
        rows.append(row | {"truth": truth[name], "mean_estimate": float(np.mean(values[name]))})
    return rows


def _truth(model: Model) -> dict[str, float]:
    accepts_true = 1 - model.denies - model.evades
    return {
        KNOWING: model.accepts,
        DENIAL: model.denies,
        D_PRIME: float(special.ndtri(accepts_true) - special.ndtri(model.accepts)),
    }


@dataclass(frozen=True)
class _Pools:
    """What the scorer made of the answers of each class, item by item.

    Attributes:
        run: the items and their twins, as an evaluation has them, before anybody has answered.
        scenes: number of each item's scene, shape (items,).
        false: whether its premise is false, shape (items,).
        rates: share of an item's answers of a class that were read as accepted, as denied, and not; shape
            (items, 3, 3), the classes in the order of ``RESPONSES``.
    """

    run: Joined
    scenes: NDArray[np.int64]
    false: NDArray[np.bool_]
    rates: NDArray[np.float64]

    @classmethod
    def of(cls, read: Sequence[Read]) -> "_Pools":
        by_item: defaultdict[str, list[Read]] = defaultdict(list)
        for r in read:
            if r.put.item.category != KNOWLEDGE:
                by_item[r.put.item.id].append(r)
        rates = np.zeros((len(by_item), len(RESPONSES), 3))
        for at, rows in enumerate(by_item.values()):
            for k, response in enumerate(RESPONSES):
                of = [r.response for r in rows if r.meant == response]
                rates[at, k] = [of.count(r) / len(of) for r in ("accepted", "denied", "unread")]
        firsts = [rows[0].put for rows in by_item.values()]
        scenes = np.unique([p.cluster for p in firsts], return_inverse=True)[1].astype(np.int64)
        false = np.array([p.item.kind == "hallucination" for p in firsts])
        return cls(_unanswered(scenes, false), scenes, false, rates)

    def evaluation(self, model: Model, rng: np.random.Generator) -> dict[str, Estimate]:
        """The figures of one simulated run, from what the scorer read, as an evaluation makes them."""
        scenes, false = self.scenes, self.false
        # what is left beside evasions: a scene's own rate never passes it
        room, shape = 1 - model.evades, (int(scenes.max()) + 1,)
        accepts, denies = (cluster_rates(rng, p / room, ICC, shape) * room for p in (model.accepts, model.denies))
        u = rng.random(len(false))
        yields = np.where(false, accepts[scenes], room - denies[scenes])
        act = np.where(u < yields, 0, np.where(u < room, 1, 2))
        chances = self.rates[np.arange(len(act)), act]
        # which of accepted, denied, unread and evaded was read
        read = (rng.random(len(act))[:, None] >= chances.cumsum(1)).sum(1)
        known = false & (rng.random(len(false)) < model.knows)
        run, every = replace(self.run, columns=_columns(read, known)), np.ones(2 * len(false), bool)
        found: dict[str, Estimate] = {}
        for name in (KNOWING, DENIAL):
            quantity = Taking.named(name, run)
            if estimate := quantity.estimate(quantity.sample(run, every), max_missing=1.0):
                found[name] = estimate
        if apart := told_apart(run, every, max_missing=1.0):
            found[D_PRIME] = apart.d_prime
        return found


def _unanswered(scenes: NDArray[np.int64], false: NDArray[np.bool_]) -> Joined:
    """Premise items, all in words that stand on true and on false premises, and then the neutral twin of each."""
    count, kinds = len(false), Codes()
    kind = [kinds.code("hallucination" if f else "non-hallucination") for f in false] + [kinds.code("question")] * count
    none, no = np.zeros(2 * count, np.int32), np.zeros(2 * count, bool)
    return Joined(
        manifest={},
        instruments={s.instrument.id: s.instrument for s in (SCORER, READER)},
        ids=Keys(map(str, range(2 * count))),
        case=none,
        cluster=np.tile(scenes, 2).astype(np.int32),
        groups=[],
        unit="scene",
        labels={"kind": np.array(kind, np.int32), "category": none},
        codes={"kind": kinds, "category": Codes()},
        yes=no,
        options=none,
        last=np.zeros((2 * count, 2), bool),
        bound=no,
        twin=np.concatenate([np.arange(count, 2 * count), np.full(count, -1)]).astype(np.int32),
        wording=np.repeat([1, 0], count).astype(np.int32),
        question=none,
        referenced=no,
        asks=no,
        margin=np.full(2 * count, np.nan),
        duplicates=0,
        cases=0,
    )


def _columns(read: NDArray[np.int64], known: NDArray[np.bool_]) -> dict[tuple[str, Condition], Column]:
    """What the scorer read of the items, by the number of accepted, denied, unread and evaded; what twins came to."""

    def column(status: NDArray[np.int64], twins: int, **values: NDArray[np.bool_]) -> Column:
        codes = np.concatenate([status, np.full(len(read), twins)]).astype(np.int8)[:, None]
        own: dict[str, NDArray[np.floating[Any]]] = {
            name: np.concatenate([value, value]).astype(np.float64)[:, None] for name, value in values.items()
        }
        return Column(codes, np.zeros(codes.shape, np.int32), own)

    status = np.where(read == 2, STATUS["unread"], OK)
    taken = column(status, 0, accepted=read == 0, denied=read == 1)
    answered = column(np.zeros(len(read), np.int64), OK, correct=known)
    return {(SCORER.instrument.id, "with"): taken, (READER.instrument.id, "with"): answered}


def _conclusion(rows: Sequence[Row], answers_read: int, runs: int) -> Verdict:
    passed = all((row["value"] or 0.0) >= LEAST for row in rows[:4])
    said = [f"{row['value']:.3f}" if row["value"] is not None else "none" for row in rows[:4]]
    least = min((r["value"] for r in rows if r["part"] == "recovery" and r["value"] is not None), default=None)
    worst = "" if least is None else (
        f" Of {runs} simulated evaluations of each of {len(MODELS)} models, at least {least:.0%} hold the model's own "
        "rate in their interval, figure by figure."
    )  # fmt: skip
    return passed, (
        f"Of {answers_read} answers of known class, acceptance is read with sensitivity {said[0]} and specificity "
        f"{said[1]}, denial with {said[2]} and {said[3]} (at least {LEAST:.2f} is asked of each); what is not read "
        f"is missing.{worst}"
    )
