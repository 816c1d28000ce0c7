"""What came of the answers of a run, kind by kind, and what of that must be read before any figure."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from auscult.analysis.figures import CONDITIONS
from auscult.analysis.outcomes import STATUS, Outcomes
from auscult.analysis.summary import Failures
from auscult.records import Answer, Condition, Instrument
from auscult.runs.measuring import TEXTS
from auscult.scorers import Scorer
from auscult.store.tables import read_columns


def _not_judged(outcomes: Outcomes, condition: Condition, judges: Sequence[Instrument]) -> int:
    """Answers that came but have no verdict, of the judge that gave the fewest."""
    columns = {name: c for (name, at), c in outcomes.columns.items() if at == condition}
    names = {judge.id for judge in judges}
    failed = np.zeros(len(outcomes.ids), bool)
    for name, column in columns.items():
        if name not in names:
            failed |= (column.status == STATUS["request_failed"]).any(axis=1)
    gone = [(c.status > STATUS["unusable"]).any(axis=1) for name, c in columns.items() if name in names]
    return int(max(((rows & ~failed).sum() for rows in gone), default=0))


def count_failures(
    outcomes: Outcomes, answers: Path, scorers: list[Scorer], judges: Sequence[Instrument], manifest: dict[str, Any]
) -> tuple[Failures, ...]:
    """What came of the answers by image condition. Whether one is read and usable, its first sound scorer says."""
    columns = read_columns(answers, Answer, ["condition", "failure", "finish"])
    kinds: dict[str, dict[str, int]] = {}
    cut: Counter[str] = Counter()
    for row in columns.group_by(["condition", "failure", "finish"]).aggregate([([], "count_all")]).to_pylist():
        if row["failure"]:
            of_condition = kinds.setdefault(row["condition"], {})
            of_condition[row["failure"]] = of_condition.get(row["failure"], 0) + row["count_all"]
        elif row["finish"] == "length":
            cut[row["condition"]] += row["count_all"]
    found = []
    for condition in CONDITIONS:
        counts, unclear = np.zeros(len(STATUS) + 1, int), 0
        unusable: Counter[str] = Counter()
        counted = np.zeros(len(outcomes.ids), bool)
        for scorer in scorers:
            column = outcomes.columns.get((f"{scorer.name}@{scorer.version}", condition))
            if column is None or scorer.published:
                continue
            new = column.asked & ~counted
            counted |= new
            status, parsed = column.status[new].ravel(), column.parsed[new].ravel()
            counts += np.bincount(status, minlength=len(counts))
            unclear += int(column.unclear[new].sum())
            codes, times = np.unique(parsed[status == STATUS["unusable"]], return_counts=True)
            for code, n in zip(codes, times, strict=True):
                unusable[outcomes.parsed.names[code] or "empty"] += int(n)
        if counted.any():
            of = {name: int(counts[code]) for name, code in STATUS.items()}
            found.append(
                Failures(
                    condition=condition,
                    asked=int(counts[1:].sum()),
                    usable=of["ok"],
                    unusable=of["unusable"],
                    unread=of["unread"],
                    request_failed=of["request_failed"],
                    judge_unusable=max(of["judge_unusable"], _not_judged(outcomes, condition, judges)),
                    unclear=unclear,
                    # where nobody says how a reply ended, an unclosed thought does
                    cut_short=max(cut[condition], unusable["cut short"]),
                    limit=_limit(manifest),
                    kinds=kinds.get(condition, {}),
                    unusable_kinds=dict(+unusable),
                )
            )
    return tuple(found)


def _limit(manifest: dict[str, Any]) -> int | None:
    """The limit on tokens that answers were made with; None where they were recorded elsewhere."""
    if manifest["model"].get("recorded"):
        return None
    most = manifest.get("settings", {}).get("decoding", {}).get("max_tokens")
    return int(most) if most else None


def of_failures(failures: Sequence[Failures]) -> Iterator[str]:
    """What is missing and what was cut short, a sentence each."""
    for found in failures:
        if found.request_failed:
            share = found.request_failed / found.asked
            what = "questions have no recorded answer" if set(found.kinds) == {"not_recorded"} else "requests failed"
            yield (
                f"{found.request_failed} of {found.asked} {what} ({share:.1%}, {found.condition} image): missing data; "
                "intervals run over their worst and best case."
            )
        if found.unread:
            yield (
                f"{found.unread} of {found.asked} answers could not be read ({found.unread / found.asked:.1%}, "
                f"{found.condition} image): they may take a position, so that they are missing data and not wrong; "
                "intervals run over their worst and best case."
            )
        if found.cut_short:
            yield _of_the_cut(found)


def not_measurable(outcomes: Outcomes, scorers: Sequence[Scorer], metrics: Sequence[Instrument]) -> Iterator[str]:
    """Questions that were asked and have a reference, of which a sound scorer or text metric can make nothing."""
    asked = np.zeros(len(outcomes.ids), bool)
    for (_, condition), column in outcomes.columns.items():
        if condition == "with":
            asked |= column.asked
    plain = outcomes.referenced & asked & (outcomes.wording == 0)
    types: dict[str, Iterable[str]] = {
        f"{s.name}@{s.version}": s.answer_types for s in scorers if not s.published and not s.premise
    }
    types |= {m.id: TEXTS for m in metrics}
    for name, of in types.items():
        scored = outcomes.columns.get((name, "with"))
        if scored is None:
            continue
        meant = plain & np.logical_or.reduce([outcomes.where("answer_type", t) for t in of])
        if n := int((meant & ~scored.asked).sum()):
            yield (
                f"{n} of {int(meant.sum())} questions have a reference against which {name} cannot measure an answer; "
                "they are in none of its figures."
            )


def _of_the_cut(found: Failures) -> str:
    """How many replies the limit on tokens cut off, what that costs, and what to do."""
    at = "the limit on tokens" if found.limit is None else f"--max-tokens {found.limit}"
    lost = found.unusable_kinds.get("cut short", 0)
    cost = f"{lost} of them before an answer was complete, which counts as unusable" if lost else "all after the answer"
    remedy = "raise the limit where they are made" if found.limit is None else "raise --max-tokens"
    return (
        f"{found.cut_short} of {found.asked} replies were cut short at {at} ({found.condition} image), {cost}; "
        f"{remedy} and evaluate again."
    )


def departures(answers: Path) -> Iterator[str]:
    """What a server had to be asked without, as the details of usable answers tell, a sentence each."""
    columns = read_columns(answers, Answer, ["status", "detail"])
    for row in columns.group_by(["status", "detail"]).aggregate([([], "count_all")]).to_pylist():
        if row["status"] == "ok" and row["detail"]:
            yield f"{row['count_all']} of {len(columns)} answers: {row['detail']}."
