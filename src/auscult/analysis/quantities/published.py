"""Published scoring rules beside the sound one for the same type of answer, on the same answers.

A rule that gives points stands a second time, in points: the sound reading gives the same ones, and none to an answer
that takes no position or hedges.
"""

from dataclasses import replace

import numpy as np

from auscult.analysis.joined import UNUSABLE, Bools, Column
from auscult.analysis.quantities import Board, Quantity
from auscult.analysis.samples import Sample
from auscult.analysis.summary import Figure, PublishedRule
from auscult.records import Instrument, Value
from auscult.scorers.rules.med_halt import POINTS, RIGHT_POINTS, WRONG_POINTS


def published_rules(board: Board) -> tuple[list[Figure], tuple[PublishedRule, ...]]:
    """Every published rule of a run, with the difference that it makes."""
    run = board.run
    figures: list[Figure] = []
    rules = []
    for rule in (i for i, _ in run.scored() if i.published):
        for answer_type in sorted(rule.answer_types):
            sound, items = run.leading(answer_type), run.where("answer_type", answer_type)
            if sound is None:
                continue
            kind = answer_type.replace("_", "/")
            named = {f"{rule.name} ({kind})": rule.primary, f"{rule.name}, points ({kind})": POINTS}
            for name, value in named.items():
                if value in rule.values and (found := _beside(board, name, rule, sound, items, value)):
                    figures += found[0]
                    rules.append(found[1])
    return figures, tuple(rules)


def _in_points(taken: Sample, column: Column) -> Sample:
    """Right and wrong of the sound reading as points; who takes no position, or hedges, neither gains nor loses."""
    abstains = ((column.status == UNUSABLE) | column.unclear)[taken.rows]
    points = np.where(abstains, 0.0, WRONG_POINTS + (RIGHT_POINTS - WRONG_POINTS) * taken.values)
    return replace(taken, values=np.where(taken.lost, np.nan, points))


def _beside(
    board: Board, name: str, rule: Instrument, sound: Instrument, items: Bools, value: Value
) -> tuple[list[Figure], PublishedRule] | None:
    """A published value, the sound one on its scale, and their difference; None where one has no figure."""
    run = board.run
    pair = [Quantity(name=v.name, scorer=i.id, value=v) for i, v in ((rule, value), (sound, sound.primary))]
    for quantity in pair:
        column = run.columns[quantity.scorer, "with"]
        items = quantity.having(column, items & column.asked)
    taken = [quantity.sample(run, items) for quantity in pair]
    if value is POINTS:
        pair[1] = Quantity(name=value.name, scorer=sound.id, value=value)
        taken[1] = _in_points(taken[1], run.columns[sound.id, "with"])
    estimates = [q.estimate(t, board.max_missing) for q, t in zip(pair, taken, strict=True)]
    if estimates[0] is None or estimates[1] is None:
        return None
    on = pair[1].value
    against = Quantity(name="published minus sound", scorer=f"{rule.id} against {sound.id}", value=on)
    three = (*estimates, against.difference(taken[0], taken[1], board.max_missing))
    figures = [
        Figure(
            section="published",
            group=name,
            label=rule.published,
            metric=metric,
            scorer=found.instrument,
            share=on.share,
            with_image=found,
        )
        for metric, found in zip(("published", "sound", "difference"), three, strict=True)
        if found
    ]
    known = ~(taken[0].missing | taken[1].missing)
    apart = np.abs(taken[0].means[known] - taken[1].means[known]) > 1e-9
    return figures, PublishedRule(rule=name, system=rule.published, disagree=int(apart.sum()), n=int(known.sum()))
