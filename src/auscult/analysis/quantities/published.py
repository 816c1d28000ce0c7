"""Published scoring rules beside the sound one for the same type of answer, on the same answers."""

from typing import Any

import numpy as np

from auscult.analysis.joined import Bools
from auscult.analysis.quantities import Board, Quantity
from auscult.analysis.summary import Figure, PublishedRule
from auscult.records import Instrument


def published_rules(board: Board) -> tuple[list[Figure], tuple[PublishedRule, ...]]:
    """Every published rule of a run, with the difference that it makes."""
    run = board.run
    figures: list[Figure] = []
    rules = []
    for rule in (i for i, _ in run.scored() if i.published):
        for answer_type in sorted(rule.answer_types):
            sound, items = run.leading(answer_type), run.where("answer_type", answer_type)
            if sound is not None and (found := _beside(board, rule, sound, items, answer_type)) is not None:
                figures += found[0]
                rules.append(found[1])
    return figures, tuple(rules)


def _beside(
    board: Board, rule: Instrument, sound: Instrument, items: Bools, answer_type: str
) -> tuple[list[Figure], PublishedRule] | None:
    run = board.run
    pair = [Quantity(name=i.primary.name, scorer=i.id, value=i.primary) for i in (rule, sound)]
    for quantity in pair:
        column = run.columns[quantity.scorer, "with"]
        items = quantity.having(column, items & column.asked)
    taken = [quantity.sample(run, items) for quantity in pair]
    estimates = [q.estimate(t, board.max_missing) for q, t in zip(pair, taken, strict=True)]
    if estimates[0] is None or estimates[1] is None:
        return None
    against = Quantity(
        name="published minus sound", scorer=f"{pair[0].scorer} against {pair[1].scorer}", value=sound.primary
    )
    three = (*estimates, against.difference(taken[0], taken[1], board.max_missing))
    name = f"{rule.name} ({answer_type.replace('_', '/')})"
    about: dict[str, Any] = {"section": "published", "group": name, "label": rule.published}
    figures = [
        Figure(metric=metric, scorer=found.instrument, share=sound.primary.share, with_image=found, **about)
        for metric, found in zip(("published", "sound", "difference"), three, strict=True)
        if found
    ]
    known = ~(taken[0].missing | taken[1].missing)
    apart = np.abs(taken[0].means[known] - taken[1].means[known]) > 1e-9
    return figures, PublishedRule(rule=name, system=rule.published, disagree=int(apart.sum()), n=int(known.sum()))
