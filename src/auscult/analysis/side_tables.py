"""The tables beside the headline: detection, measurements, paraphrase consistency, published rules."""

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from auscult import statistics
from auscult.analysis.consistency import GroupConsistency
from auscult.analysis.consistency import consistency as group_consistency
from auscult.analysis.detection import Detection as Counts
from auscult.analysis.detection import detect
from auscult.analysis.figures import Board, Metric, Sample, estimate, sample, valued, with_kinds, with_note
from auscult.analysis.outcomes import STATUS, Bools, Column, Floats
from auscult.analysis.summary import Detection, Figure, PublishedRule
from auscult.records import Estimate
from auscult.scorers import Scorer

ALL = "all findings"
_NONE, _NOWHERE = np.empty(0), np.empty(0, np.intp)
NOTHING_DECIDED = Counts("", 0, 0, 0, 0, 0, 0, _NONE, _NOWHERE, _NONE, _NOWHERE)


def _instrument(scorers: list[Scorer], name: str) -> str:
    return next((f"{s.name}@{s.version}" for s in scorers if s.name == name), "")


def detection(board: Board, scorers: list[Scorer]) -> tuple[tuple[Figure, ...], tuple[Detection, ...]]:
    """Fabrication and miss of every finding that is asked for by yes/no questions, all of them together first.

    Each sample of a question counts as an answer of its own.
    """
    outcomes, scorer = board.outcomes, _instrument(scorers, "closed")
    column = board.column(scorer, "with")
    if column is None:
        return (), ()
    asked = column.asked & outcomes.where("answer_type", "yes_no") & (outcomes.labels["target"] > 0)
    names = outcomes.codes["target"].names
    targets = sorted(set(outcomes.labels["target"][asked].tolist()), key=lambda code: names[code])
    lines = [(names[code], asked & (outcomes.labels["target"] == code)) for code in targets]
    if len(lines) > 1:
        lines.insert(0, (ALL, asked))
    made = [_detected(board, column, name, items, scorer) for name, items in lines]
    return tuple(f for figures, _ in made for f in figures), tuple(counts for _, counts in made)


def _detected(board: Board, column: Column, target: str, items: Bools, scorer: str) -> tuple[list[Figure], Detection]:
    outcomes = board.outcomes
    rows, samples = np.nonzero(items[:, None] & (column.status > 0))
    lost = column.status[rows, samples] > 2
    parsed = [outcomes.parsed.names[code] for code in column.parsed[rows, samples]]
    known = np.flatnonzero(~lost)
    references = ["yes" if outcomes.yes[row] else "no" for row in rows[known]]
    found = detect([target] * len(known), references, [parsed[k] for k in known])
    one = found[0] if found else NOTHING_DECIDED

    def rate(name: str, wrong: Floats, at: NDArray[np.intp], positive: bool) -> Estimate | None:
        """The wrong among the decided; requests that failed and answers unread about items of that kind are missing."""
        gone = np.flatnonzero(lost & (outcomes.yes[rows] == positive))
        places = np.concatenate([known[at], gone])
        if not len(places):
            return None
        found = statistics.mean(
            np.concatenate([wrong, np.full(len(gone), np.nan)]),
            outcomes.cluster[rows[places]],
            missing=np.arange(len(places)) >= len(at),
            name=name,
            instrument=scorer,
            unit=outcomes.unit,
            max_missing=board.max_missing,
            higher_is_better=False,
        )
        of_kind = rows[gone], samples[gone]
        return replace(found, unread=int(column.unread[of_kind].sum()), unjudged=int(column.unjudged[of_kind].sum()))

    counts = Detection(
        target=target,
        tp=one.tp,
        fp=one.fp,
        tn=one.tn,
        fn=one.fn,
        unclear_present=one.unclear_present,
        unclear_absent=one.unclear_absent,
    )
    rates = (
        rate("fabrication", one.fabricated, one.fabricated_rows, positive=False),
        rate("miss", one.missed, one.missed_rows, positive=True),
    )
    about: dict[str, Any] = {"section": "detection", "label": target, "scorer": scorer, "higher_is_better": False}
    return [Figure(metric=found.name, with_image=found, **about) for found in rates if found], counts


RANGES = "answered by a range, a limit or a possibility: these have no error and are left out"


def measurements(board: Board, scorers: list[Scorer]) -> tuple[Figure, ...]:
    """Mean absolute error of numbers, by unit, among answers that hold a number.

    The others are counted as unusable; who gives a range or a limit has no error either, which a note says.
    """
    outcomes, scorer = board.outcomes, _instrument(scorers, "number")
    column = board.column(scorer, "with")
    if column is None:
        return ()
    figures, name = [], "mean absolute error"
    about: dict[str, Any] = {
        "scorer": scorer,
        "answer_type": "number",
        "share": False,
        "higher_is_better": False,
    }
    for unit in sorted(set(outcomes.labels["unit"][outcomes.where("answer_type", "number")].tolist())):
        items = outcomes.where("answer_type", "number") & (outcomes.labels["unit"] == unit)
        having = valued(column, "absolute_error", items)
        taken = sample(outcomes, column, "absolute_error", having)
        error = estimate(outcomes, taken, name, scorer, board.max_missing, bounds=(0.0, None), higher_is_better=False)
        if error is not None:
            if hedged := int((items & column.asked & ~having).sum()):
                error = with_note(error, f"{hedged} {RANGES}")
            label = outcomes.codes["unit"].names[unit] or "count"
            figures.append(Figure(section="measurement", label=label, metric=name, with_image=error, **about))
    return tuple(figures)


def consistency(board: Board, scorers: list[Scorer]) -> tuple[Figure, ...]:
    """Worst of k and flip rate over groups of questions about one case that mean the same (first sample of each).

    A group of which a request failed, or an answer could not be read, is missing.
    """
    outcomes, scorer = board.outcomes, _instrument(scorers, "closed")
    column = board.column(scorer, "with")
    if column is None:
        return ()
    members: dict[tuple[int, int], list[int]] = {}
    for row in np.flatnonzero(column.asked & (outcomes.labels["paraphrase_group"] > 0)):
        key = int(outcomes.case[row]), int(outcomes.labels["paraphrase_group"][row])
        members.setdefault(key, []).append(int(row))
    kept = [rows for rows in members.values() if len(rows) > 1]
    if not kept:
        return ()
    missing = np.array([bool((column.status[rows, 0] > 2).any()) for rows in kept])
    groups = group_consistency({str(n): [_said(board, column, row) for row in rows] for n, rows in enumerate(kept)})
    clusters = np.array([outcomes.cluster[rows[0]] for rows in kept])
    flips = missing | np.array([g.flipped is not None for g in groups])
    every = np.ones(len(groups), bool)
    made = [
        ("right in every phrasing", np.array([g.worst for g in groups]), every),
        ("flip rate", np.array([float(g.flipped or 0) for g in groups]), flips),
    ]
    return tuple(
        Figure(
            section="consistency",
            label=f"{int(which.sum())} groups of {_sizes(groups)} phrasings",
            metric=name,
            scorer=scorer,
            higher_is_better=name != "flip rate",
            with_image=statistics.mean(
                np.where(missing, np.nan, values)[which],
                clusters[which],
                missing=missing[which],
                name=name,
                instrument=scorer,
                unit=outcomes.unit,
                max_missing=board.max_missing,
                higher_is_better=name != "flip rate",
            ),
        )
        for name, values, which in made
        if which.any()
    )


def _sizes(groups: list[GroupConsistency]) -> str:
    sizes = [g.k for g in groups]
    return str(sizes[0]) if len(set(sizes)) == 1 else f"{min(sizes)} to {max(sizes)}"


def _said(board: Board, column: Column, row: int) -> tuple[str, float]:
    """What was read, empty where no position was taken, and whether it is right."""
    correct = column.value("correct")[row, 0]
    read = column.status[row, 0] == STATUS["ok"] and not column.unclear[row, 0]
    return board.outcomes.parsed.names[column.parsed[row, 0]] if read else "", 0.0 if np.isnan(correct) else correct


SOUND = {"yes_no": "closed", "choice": "closed", "open": "token-f1", "report": "facts", "number": "number"}


def published_rules(board: Board, scorers: list[Scorer]) -> tuple[tuple[Figure, ...], tuple[PublishedRule, ...]]:
    """Every published rule beside the sound one for the same type of answer, on the same answers."""
    outcomes, found = board.outcomes, []
    for rule in (s for s in scorers if s.published):
        for answer_type in sorted(rule.answer_types):
            sound = next((s for s in scorers if s.name == SOUND.get(answer_type)), None)
            items = outcomes.where("answer_type", answer_type)
            if sound is not None and items.any():
                found.append(_beside(board, rule, sound, items, answer_type))
    known = [f for f in found if f is not None]
    return tuple(f for figures, _ in known for f in figures), tuple(counts for _, counts in known)


def _beside(
    board: Board, rule: Scorer, sound: Scorer, items: Bools, answer_type: str
) -> tuple[list[Figure], PublishedRule] | None:
    outcomes = board.outcomes
    metrics = [Metric(s.primary, s.primary, f"{s.name}@{s.version}") for s in (rule, sound)]
    columns = [board.column(m.scorer, "with") for m in metrics]
    if columns[0] is None or columns[1] is None:
        return None
    both = items & columns[0].asked & columns[1].asked
    for metric, column in zip(metrics, columns, strict=True):
        both = both if column is None else valued(column, metric.value, both)
    taken: list[Sample] = [
        sample(outcomes, c, m.value, both) for c, m in zip(columns, metrics, strict=True) if c is not None
    ]
    estimates = [
        estimate(outcomes, t, m.name, m.scorer, board.max_missing) for t, m in zip(taken, metrics, strict=True)
    ]
    if estimates[0] is None or estimates[1] is None:
        return None
    a, b = (t.means for t in taken)
    known = ~(taken[0].missing | taken[1].missing)
    difference = statistics.difference(
        a,
        b,
        taken[0].clusters,
        missing_a=taken[0].missing,
        missing_b=taken[1].missing,
        name="published minus sound",
        instrument=f"{metrics[0].scorer} against {metrics[1].scorer}",
        unit=outcomes.unit,
        max_missing=board.max_missing,
    )
    name = f"{rule.name} ({answer_type.replace('_', '/')})"
    about: dict[str, Any] = {"section": "published", "group": name, "label": rule.published}
    three = (*estimates, with_kinds(difference, *taken))
    figures = [
        Figure(metric=metric, scorer=found.instrument, with_image=found, **about)
        for metric, found in zip(("published", "sound", "difference"), three, strict=True)
        if found
    ]
    disagree = int((np.abs(a[known] - b[known]) > 1e-9).sum())
    return figures, PublishedRule(rule=name, system=rule.published, disagree=disagree, n=int(known.sum()))
