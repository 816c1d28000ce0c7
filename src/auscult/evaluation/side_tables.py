"""The tables beside the headline: detection, measurements, paraphrase consistency, published rules."""

import numpy as np

from auscult import statistics
from auscult.evaluation.figures import Board, Metric, Sample, estimate, sample
from auscult.evaluation.outcomes import Bools, Column
from auscult.evaluation.summary import Detection, Figure, PublishedRule
from auscult.records import Estimate
from auscult.scoring import Scorer
from auscult.scoring._consistency import consistency as group_consistency
from auscult.scoring._detection import detect

ALL = "all findings"


def _instrument(scorers: list[Scorer], name: str) -> str:
    return next((f"{s.name}@{s.version}" for s in scorers if s.name == name), "")


def detection(board: Board, scorers: list[Scorer]) -> tuple[Detection, ...]:
    """Fabrication and miss of every finding that is asked for by yes/no questions, all of them together first."""
    outcomes, scorer = board.outcomes, _instrument(scorers, "closed")
    column = board.column(scorer, "with")
    if column is None:
        return ()
    asked = column.asked & outcomes.where("answer_type", "yes_no") & (outcomes.labels["target"] > 0)
    asked &= (column.status < 3).all(axis=1)
    rows = np.flatnonzero(asked)
    names = outcomes.codes["target"].names
    targets = [names[code] for code in outcomes.labels["target"][rows]]
    references = ["yes" if yes else "no" for yes in outcomes.yes[rows]]
    parsed = [outcomes.parsed.names[code] for code in column.parsed[rows, 0]]
    found = []
    for name, named in [(ALL, [ALL] * len(rows)), ("", targets)]:
        if name == ALL and len(set(targets)) < 2:
            continue
        for one in detect(named, references, parsed):
            found.append(
                Detection(
                    target=one.target,
                    tp=one.tp,
                    fp=one.fp,
                    tn=one.tn,
                    fn=one.fn,
                    unclear_present=one.unclear_present,
                    unclear_absent=one.unclear_absent,
                    fabrication=_rate(board, one.fabricated, rows[one.fabricated_rows], "fabrication", scorer),
                    miss=_rate(board, one.missed, rows[one.missed_rows], "miss", scorer),
                )
            )
    return tuple(found)


def _rate(board: Board, wrong: np.ndarray, rows: np.ndarray, name: str, scorer: str) -> Estimate | None:
    if not len(wrong):
        return None
    outcomes = board.outcomes
    return statistics.mean(
        wrong,
        outcomes.cluster[rows],
        name=name,
        instrument=scorer,
        unit=outcomes.unit,
        higher_is_better=False,
    )


def measurements(board: Board, scorers: list[Scorer]) -> tuple[Figure, ...]:
    """Mean absolute error of numbers, by unit, among answers that hold a number."""
    outcomes, scorer = board.outcomes, _instrument(scorers, "number")
    column = board.column(scorer, "with")
    if column is None:
        return ()
    figures = []
    for unit in sorted(set(outcomes.labels["unit"][outcomes.where("answer_type", "number")].tolist())):
        items = outcomes.where("answer_type", "number") & (outcomes.labels["unit"] == unit)
        taken = sample(outcomes, column, "absolute_error", items, only_usable=True)
        if len(taken.values):
            name = outcomes.codes["unit"].names[unit] or "count"
            error = statistics.mean(
                taken.values.mean(axis=1),
                taken.clusters,
                missing=taken.missing,
                name="mean absolute error",
                instrument=scorer,
                unit=outcomes.unit,
                bounds=(0.0, None),
                higher_is_better=False,
                max_missing=board.max_missing,
            )
            figures.append(
                Figure(label=name, metric="mean absolute error", scorer=scorer, answer_type="number", with_image=error)
            )
    return tuple(figures)


def consistency(board: Board, scorers: list[Scorer]) -> tuple[Figure, ...]:
    """Worst of k and flip rate over groups of questions that mean the same, where both were asked and answered."""
    outcomes, scorer = board.outcomes, _instrument(scorers, "closed")
    column = board.column(scorer, "with")
    if column is None:
        return ()
    grouped = column.asked & (outcomes.labels["paraphrase_group"] > 0) & (column.status < 3).all(axis=1)
    members: dict[int, list[int]] = {}
    for row in np.flatnonzero(grouped):
        members.setdefault(int(outcomes.labels["paraphrase_group"][row]), []).append(int(row))
    members = {code: rows for code, rows in members.items() if len(rows) > 1}
    answers = {str(code): [_said(board, column, row) for row in rows] for code, rows in members.items()}
    groups = group_consistency(answers)
    if not groups:
        return ()
    clusters = np.array([outcomes.cluster[members[int(g.group)][0]] for g in groups])
    flips = np.array([g.flipped is not None for g in groups])
    made = [
        ("right in every phrasing", np.array([g.worst for g in groups]), clusters),
        ("flip rate", np.array([float(g.flipped or 0) for g in groups])[flips], clusters[flips]),
    ]
    return tuple(
        Figure(
            label=f"{len(values)} groups of {_sizes(groups)} phrasings",
            metric=name,
            scorer=scorer,
            with_image=statistics.mean(
                values,
                where,
                name=name,
                instrument=scorer,
                unit=outcomes.unit,
                higher_is_better=name != "flip rate",
            ),
        )
        for name, values, where in made
        if len(values)
    )


def _sizes(groups: list) -> str:  # type: ignore[type-arg]
    sizes = [g.k for g in groups]
    return str(sizes[0]) if len(set(sizes)) == 1 else f"{min(sizes)} to {max(sizes)}"


def _said(board: Board, column: Column, row: int) -> tuple[str, float]:
    correct = column.values["correct"][row, 0]
    return board.outcomes.parsed.names[column.parsed[row, 0]], 0.0 if np.isnan(correct) else float(correct)


SOUND = {"yes_no": "closed", "choice": "closed", "open": "token-f1", "report": "token-f1", "number": "number"}


def published_rules(board: Board, scorers: list[Scorer]) -> tuple[PublishedRule, ...]:
    """Every published rule beside the sound one for the same type of answer, on the same answers."""
    outcomes, found = board.outcomes, []
    for rule in (s for s in scorers if s.published):
        for answer_type in sorted(rule.answer_types):
            sound = next((s for s in scorers if s.name == SOUND.get(answer_type)), None)
            items = outcomes.where("answer_type", answer_type)
            if sound is not None and items.any():
                found.append(_beside(board, rule, sound, items, answer_type))
    return tuple(f for f in found if f is not None)


def _beside(board: Board, rule: Scorer, sound: Scorer, items: Bools, answer_type: str) -> PublishedRule | None:
    outcomes = board.outcomes
    metrics = [Metric(s.primary, s.primary, f"{s.name}@{s.version}") for s in (rule, sound)]
    columns = [board.column(m.scorer, "with") for m in metrics]
    if columns[0] is None or columns[1] is None:
        return None
    both = items & columns[0].asked & columns[1].asked
    taken: list[Sample] = [
        sample(outcomes, c, m.value, both) for c, m in zip(columns, metrics, strict=True) if c is not None
    ]
    estimates = [
        estimate(outcomes, t, m.name, m.scorer, board.max_missing) for t, m in zip(taken, metrics, strict=True)
    ]
    if estimates[0] is None or estimates[1] is None:
        return None
    a, b = (t.values.mean(axis=1) for t in taken)
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
    return PublishedRule(
        rule=f"{rule.name} ({answer_type.replace('_', '/')})",
        system=rule.published,
        published=estimates[0],
        sound=estimates[1],
        difference=difference,
        disagree=int((np.abs(a[known] - b[known]) > 1e-9).sum()),
        n=int(known.sum()),
    )
