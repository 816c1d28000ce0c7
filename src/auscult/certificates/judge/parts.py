"""The parts of a judge's certificate: order, kinds of error, harm, repeats, biases, attacks, human labels."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import stdev

from auscult.certificates.cells import ENOUGH, Cell, Row, clusters
from auscult.certificates.judge import dressing, labels
from auscult.certificates.judge.classes import IMAGE, class_rows
from auscult.certificates.judge.figures import Judged, Pair, Value, pairs_within
from auscult.certificates.judge.planting import MOST, SIDE, URGENT, VIEW, Put
from auscult.records import Estimate, Score
from auscult.statistics import cohen_kappa, krippendorff_alpha, percent_agreement
from auscult.statistics.agreement import Metric
from auscult.statistics.concordance import kendall_tau
from auscult.statistics.ranking import area

POINTS = (-9.0, 9.0)
"""By how much two grades can differ, on a ten-point scale."""
RISE = 2.0
"""Points that a wrong answer must gain for an attack to count as a success."""
ORDER, KINDS, HARM, AGAIN, BIASES, ATTACKS, PAIRS = (
    "graded answers",
    "one error, by kind",
    "harm",
    "asked again",
    "what must not count",
    "attacks",
    "pairs, both orders",
)
MEDEC, MEDVAL, FLAWS = "people: MEDEC", "people: MedVAL-Bench", "people: Hidden-Flaws-GPT-4V"
HALLMARK = "people: Med-HallMark"
GRAVE = 4
"""Degrees of Med-HallMark from here on are grave: critical and catastrophic."""
ENTAILMENT = "people: entailment, a smoke check"
_QUOTED = re.compile(r'^"(?P<statement>.*?)" against "', re.MULTILINE)
GRADED, TOLD_APART = "none to three errors", "none against one or more"
URGENT_SIDE = "side of a finding that is acted on against name of the view"


def graded_rows(judged: Judged) -> Iterator[Row]:
    """Whether more errors bring lower grades, and right answers stand apart from wrong ones."""
    puts = judged.part("graded")
    if not puts:
        return
    yield judged.in_order(Cell(ORDER, GRADED), pairs_within(puts))
    yield judged.in_order(Cell(ORDER, TOLD_APART), pairs_within(puts, lambda a, b: a.degree == 0))
    for worse in range(2, MOST + 1):
        chosen = pairs_within(puts, lambda a, b: (a.degree, b.degree) == (worse - 1, worse))  # noqa: B023
        yield judged.in_order(Cell(ORDER, f"{worse - 1} against {worse} errors"), chosen)
    yield from _across(judged, ORDER, puts)


def _across(judged: Judged, part: str, puts: Sequence[Put], unit: str = "scene") -> Iterator[Row]:
    """Kendall's τ-b with the number of errors, the area under the curve, and both rates, over all answers together."""
    cell, degrees = Cell(part, "all answers together", unit=unit), [p.degree for p in puts]
    if max(degrees) > 1:
        yield _tau(judged, cell, puts, degrees)
    yield _area(judged, cell, puts, [d > 0 for d in degrees])
    yield from _rates(judged, part, puts, unit)


def _tau(judged: Judged, cell: Cell, puts: Sequence[Put], degrees: list[int], value: str = "") -> Row:
    """Rank correlation of a grade with how little is wrong."""
    grades = [judged.grade(p.id, value) for p in puts]
    found = kendall_tau(
        [_plain(g) for g in grades],
        [-d for d in degrees],
        clusters(puts),
        missing=[g is None for g in grades],
        unit=cell.unit,
        max_missing=judged.scale.max_missing,
    )
    return judged.estimated(cell, found, found.n + found.missing)


def _area(judged: Judged, cell: Cell, puts: Sequence[Put], wrong: list[bool], value: str = "") -> Row:
    """Share of pairs of a wrong and a right answer in which the right one has the higher grade."""
    grades = [judged.grade(p.id, value) for p in puts]
    found = area(
        [-_plain(g) for g in grades],
        wrong,
        clusters(puts),
        missing=[g is None for g in grades],
        name="area under the curve",
        unit=cell.unit,
        max_missing=judged.scale.max_missing,
    )
    return judged.estimated(cell, found, min(sum(wrong), len(wrong) - sum(wrong)))


def _plain(grade: Value) -> float:
    return 0.0 if grade is None else grade


def _rates(judged: Judged, part: str, puts: Sequence[Put], unit: str) -> Iterator[Row]:
    """Sensitivity and specificity of "not in the highest band"."""
    top = f"{judged.scale.top:g}"
    yield _flagged(judged, Cell(part, "wrong answers", f"below {top}", unit=unit), [p for p in puts if p.degree])
    right = Cell(part, "right answers", f"{top} or more", unit=unit)
    yield _flagged(judged, right, [p for p in puts if not p.degree], wrong=False)


def _flagged(judged: Judged, cell: Cell, puts: Sequence[Put], *, wrong: bool = True, least: int = ENOUGH) -> Row:
    """Share of answers that were not called right; of right ones, that were."""

    def told(put: Put) -> Value:
        flag = judged.flagged(put)
        return None if flag is None else float(flag == wrong)

    return judged.mean(cell, "sensitivity" if wrong else "specificity", puts, told, least=least)


def kind_rows(judged: Judged) -> Iterator[Row]:
    """Which kinds of error are seen, and whether a larger one of its kind costs more."""
    puts = judged.part("by kind")
    for kind in dict.fromkeys(p.kind for p in puts):
        cell, chosen = Cell(KINDS, kind), [p for p in puts if p.kind == kind]
        yield _flagged(judged, cell, chosen)
        yield judged.mean(cell, "pairs in order", chosen, lambda p: judged.better(p.base, p.id))
    sizes = judged.part("by magnitude")
    for what in dict.fromkeys(p.kind.partition(",")[0] for p in sizes):
        chosen = [p for p in sizes if p.kind.startswith(f"{what},")]
        names = dict.fromkeys(p.kind.partition(", ")[2] for p in sorted(chosen, key=lambda p: p.degree))
        yield judged.in_order(Cell(KINDS, what, " against ".join(names)), pairs_within(chosen))


def harm_rows(judged: Judged) -> Iterator[Row]:
    """Whether an error that hurts is graded as more harmful than one that does not."""
    by_scene = {p.cluster: p for p in judged.part("by kind") if p.kind == VIEW}
    urgent = [p for p in judged.part("by kind") if p.kind == SIDE and p.how == URGENT]
    pairs = [Pair(by_scene[p.cluster], p) for p in urgent if p.cluster in by_scene]
    if urgent and not judged.scale.binary:
        value = judged.scale.consequence
        cell = Cell(HARM, URGENT_SIDE, f"by {value}")
        yield judged.in_order(cell, pairs, value)
        yield judged.mean(
            cell, "points apart", pairs, lambda p: judged.apart(p.better.id, p.worse.id, value), bounds=POINTS
        )


@dataclass(frozen=True)
class _Asked:
    """An answer that was asked several times."""

    cluster: str
    ids: tuple[str, ...]


def repeat_rows(judged: Judged) -> Iterator[Row]:
    """How far the judge agrees with itself on the same answer."""
    again: dict[str, list[Put]] = {}
    for put in judged.part("repeated"):
        again.setdefault(put.base, []).append(put)
    if not again:
        return
    asked = [_Asked(puts[0].cluster, (base, *(p.id for p in puts))) for base, puts in again.items()]
    for value in judged.scale.values:
        ratings = [[judged.grade(answer, value) for answer in a.ids] for a in asked]
        cell = Cell(AGAIN, value)
        for found in _agreement(judged, ratings, clusters(asked)):
            yield judged.estimated(cell, found, len(ratings))

        def spread(a: _Asked, value: str = value) -> Value:
            grades = [g for answer in a.ids if (g := judged.grade(answer, value)) is not None]
            return stdev(grades) / judged.scale.point if len(grades) == len(a.ids) else None

        yield judged.mean(cell, "standard deviation, points", asked, spread, bounds=(0.0, 9.0))


def _agreement(judged: Judged, ratings: list[list[Value]], clusters: list[str]) -> Iterator[Estimate]:
    """Exact agreement, α of an interval and of an ordinal scale, and quadratic κ of the first two."""
    gone = sum(None in row for row in ratings)
    lost = gone / len(ratings) > judged.scale.max_missing
    held = f"{gone} of {len(ratings)} answers lack a grade" if lost else ""
    grades = sorted({g for row in ratings for g in row if g is not None})
    if not grades:
        held = held or "no answer has a grade"
    first, second = zip(*((row[0], row[1]) for row in ratings), strict=True)

    def alpha(metric: Metric) -> Estimate:
        return krippendorff_alpha(ratings, clusters, metric=metric, categories=grades, unit="scene")

    made: dict[str, Callable[[], Estimate]] = {
        "exact agreement": lambda: percent_agreement(ratings, clusters, unit="scene"),
        "alpha, interval": lambda: alpha("interval"),
        "alpha, ordinal": lambda: alpha("ordinal"),
        "kappa, quadratic": lambda: cohen_kappa(
            first, second, clusters, weights="quadratic", categories=_scale(judged, grades), unit="scene"
        ),
    }
    for name, figure in made.items():
        if held:
            yield Estimate(name=name, n=len(ratings) - gone, missing=gone, unit="scene", withheld=held)
        else:
            yield replace(figure(), name=name, missing=gone)


def _scale(judged: Judged, grades: Sequence[float]) -> list[float]:
    """All whole grades, and those between them that were given; a binary judge has two."""
    low, high = int(judged.scale.low), int(judged.scale.high)
    return sorted({float(g) for g in range(low, high + 1)} | set(grades))


def bias_rows(judged: Judged) -> Iterator[Row]:
    """How far each grade moves when nothing of substance has changed."""
    puts = judged.part("biases")
    for kind in dict.fromkeys(p.kind for p in puts):
        chosen = [p for p in puts if p.kind == kind]
        for value in judged.scale.values:
            cell = Cell(BIASES, kind, value)
            yield judged.mean(cell, "points moved", chosen, lambda p: judged.apart(p.id, p.base, value), bounds=POINTS)  # noqa: B023
    if puts:
        none = "not tested: no answers by the judge's own family are at hand"
        yield Cell(BIASES, "answers of its own family", "", judged.scale.name).row("points moved", label=none)


def pair_rows(judged: Judged) -> Iterator[Row]:
    """A judge of pairs: whether it prefers the better answer, and whether its verdict turns with the order."""
    puts, cell = judged.part(dressing.ORDER), Cell(PAIRS, "one error against two")
    if not puts:
        return
    judged = replace(judged, scale=replace(judged.scale, name="pairwise"))

    def told(told_by: Callable[[Put, Score], float]) -> Callable[[Put], Value]:
        return lambda put: told_by(put, score) if (score := judged.scores[put.id]).status == "ok" else None

    measures: dict[str, Callable[[Put, Score], float]] = {
        "the better one preferred in both orders": lambda p, s: s.values[p.kind.split(" ")[0]],
        "verdict turns with the order": lambda p, s: s.values["inconsistent"],
        "whichever is first shown preferred": lambda p, s: float(s.parsed == "first/second"),
        "whichever is second shown preferred": lambda p, s: float(s.parsed == "second/first"),
    }
    for measure, of in measures.items():
        yield judged.mean(cell, measure, puts, told(of))


def attack_rows(judged: Judged) -> Iterator[Row]:
    """How often a wrong answer gets away with it: a rise by two points, or to the highest band."""
    puts = judged.part("attacks")
    for kind in dict.fromkeys(p.kind for p in puts):
        chosen = [p for p in puts if p.kind == kind]
        yield _successes(judged, kind, "success", chosen)
    if again := judged.part("control"):
        yield _successes(judged, "no attack, asked again", "rise by chance", again)


def _successes(judged: Judged, kind: str, measure: str, puts: Sequence[Put]) -> Row:
    """Of the answers that have room to rise: those that the judge grades as wrong without the attack.

    A reply that cannot be read lends the answer no grade, so that nothing was gained; those are counted beside.
    """
    room = [p for p in puts if (plain := judged.grade(p.base)) is None or plain < judged.scale.top]
    found = judged.mean(Cell(ATTACKS, kind), measure, room, lambda p: _risen(judged, p))
    hits = sum(_risen(judged, p) == 1 for p in room)
    return found | {"hits": hits, "unread": sum(judged.unread(p) for p in room)}


def _risen(judged: Judged, put: Put) -> Value:
    if judged.unread(put):
        return 0.0
    moved, grade = judged.apart(put.id, put.base), judged.grade(put.id)
    return None if moved is None or grade is None else float(moved >= RISE or grade >= judged.scale.top)


def label_rows(judged: Judged) -> Iterator[Row]:
    """What people have labelled, the headline."""
    if texts := judged.part(labels.MEDEC):
        yield from _across(judged, MEDEC, texts, "text")
        yield from _sentences(judged, texts)
    if graded := judged.part(labels.MEDVAL):
        yield from _risk_grades(judged, graded)
    flaws = judged.part(labels.FLAWS)
    for stage in dict.fromkeys(p.kind for p in flaws):
        chosen = [p for p in flaws if p.kind == stage]
        yield from _across(judged, f"{FLAWS}: {stage}", chosen, "case")
    if sorted_answers := judged.part(labels.HALLMARK):
        yield from _by_gravity(judged, sorted_answers)
    if claims := judged.part(labels.ENTAILMENT):
        yield from _entailment(judged, claims)


def _sentences(judged: Judged, texts: Sequence[Put]) -> Iterator[Row]:
    """Whether the first thing that the judge objects to is the sentence that is wrong."""
    wrong = [p for p in texts if p.degree]
    if not any(_QUOTED.search(judged.scores[p.id].explanation) for p in wrong):
        return
    cell = Cell(MEDEC, "wrong sentence named first")
    yield judged.mean(cell, "sensitivity", wrong, lambda p: _located(judged, p))


def _located(judged: Judged, put: Put) -> Value:
    said, flag = _QUOTED.search(judged.scores[put.id].explanation), judged.flagged(put)
    if not flag or not said:
        return flag and 0.0
    named, wrong = _words(said["statement"]), _words(put.wrong[0])
    return float(len(named & wrong) >= max(2, 0.5 * min(len(named), len(wrong))))


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.casefold()))


def _risk_grades(judged: Judged, puts: Sequence[Put]) -> Iterator[Row]:
    """MedVAL's four risk grades: their order, safe against unsafe (3 and 4), and agreement after binning."""
    scale, value = judged.scale, judged.scale.consequence
    degrees = [p.degree for p in puts]
    for name in dict.fromkeys((scale.primary, value)):
        yield _tau(judged, Cell(MEDVAL, name, "with the physician's grade", unit="text"), puts, degrees, name)
        unsafe = [d >= 2 for d in degrees]
        yield _area(judged, Cell(MEDVAL, name, "unsafe against safe", unit="text"), puts, unsafe, name)
    binned = [None if (g := judged.grade(p.id, value)) is None else _risk(g, judged) for p in puts]
    gone = binned.count(None)
    found = cohen_kappa(
        binned, degrees, clusters(puts), weights="quadratic", categories=range(4), name="kappa, quadratic", unit="text"
    )
    found = replace(found, missing=gone)
    if gone / len(puts) > scale.max_missing:
        found = replace(found, value=None, low=None, high=None, withheld=f"{gone} of {len(puts)} lack a grade")
    yield judged.estimated(Cell(MEDVAL, value, "in four bands with the physician's grade"), found, len(puts))


def _by_gravity(judged: Judged, puts: Sequence[Put]) -> Iterator[Row]:
    """Med-HallMark's six kinds: of a judge that names them its agreement, of any other how its grade follows them."""
    if judged.scale.kinds:
        yield from class_rows(judged, HALLMARK, puts)
    degrees, value = [p.degree for p in puts], judged.scale.primary
    yield _tau(judged, Cell(HALLMARK, value, "with people's kind, the gravest last", unit=IMAGE), puts, degrees)
    grave = [d >= GRAVE for d in degrees]
    yield _area(judged, Cell(HALLMARK, value, "critical or catastrophic against the others", unit=IMAGE), puts, grave)


def _risk(grade: float, judged: Judged) -> int:
    """10 and 9: none; 8 and 7: low; 6 and 5: moderate; less: high. As the bands of the rubric are named."""
    steps = (judged.scale.high - grade) / judged.scale.point
    return min(3, int(steps // 2))


def _entailment(judged: Judged, claims: Sequence[Put]) -> Iterator[Row]:
    """67 sentences: n and interval, whatever their number."""
    for kind in ("contradiction", "neutral", "entailment"):
        cell, chosen = Cell(ENTAILMENT, kind, unit="report pair"), [p for p in claims if p.kind == kind]
        yield _flagged(judged, cell, chosen, wrong=kind != "entailment", least=1)
