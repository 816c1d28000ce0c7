"""What came of the answers of a run, kind by kind, and what of that must be read before any figure."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from auscult.analysis.joined import CONDITIONS, STATUS, UNUSABLE, Bools, Column, Joined
from auscult.analysis.summary import PROBED, Failures
from auscult.records import Condition

JUDGES = ("judge", "cascade", "reader")


def first_readings(run: Joined, condition: Condition = "with") -> Iterator[tuple[Column, Bools]]:
    """The column that says of an answer whether it was read and is usable, with its items: of the first sound rule."""
    counted = np.zeros(len(run.ids), bool)
    for _, column in run.sound(condition):
        new = column.asked & ~counted
        counted |= new
        yield column, new


def count_failures(run: Joined) -> tuple[Failures, ...]:
    """What came of the answers by image condition."""
    return tuple(found for condition in CONDITIONS if (found := _counted(run, condition)).asked)


def _counted(run: Joined, condition: Condition) -> Failures:
    counts, unclear = np.zeros(len(STATUS) + 1, int), 0
    unusable: Counter[str] = Counter()
    for column, new in first_readings(run, condition):
        status, parsed = column.status[new].ravel(), column.parsed[new].ravel()
        counts += np.bincount(status, minlength=len(counts))
        unclear += int(column.unclear[new].sum())
        codes, times = np.unique(parsed[status == UNUSABLE], return_counts=True)
        for code, n in zip(codes, times, strict=True):
            unusable[run.parsed.names[code] or "empty"] += int(n)
    of = {name: int(counts[code]) for name, code in STATUS.items()}
    return Failures(
        condition=condition,
        asked=int(counts[1:].sum()),
        usable=of["ok"],
        unusable=of["unusable"],
        unread=of["unread"],
        request_failed=of["request_failed"],
        judge_unusable=max(of["judge_unusable"], _not_judged(run, condition)),
        unclear=unclear,
        # where nobody says how a reply ended, an unclosed thought does
        cut_short=max(run.replies.cut[condition], unusable["cut short"]),
        limit=_limit(run.manifest),
        kinds={kind: n for (at, kind), n in run.replies.failures.items() if at == condition},
        unusable_kinds=dict(+unusable),
    )


def _not_judged(run: Joined, condition: Condition) -> int:
    """Answers that came but have no verdict, of the judge that gave the fewest."""
    failed, gone = np.zeros(len(run.ids), bool), []
    for instrument, column in run.scored(condition):
        if instrument.kind in JUDGES:
            gone.append(column.missing.any(axis=1))
        else:
            failed |= (column.status == STATUS["request_failed"]).any(axis=1)
    return int(max(((rows & ~failed).sum() for rows in gone), default=0))


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
                f"{found.request_failed} of {found.asked} {what} ({share:.1%}, {_where(found)}): missing data; "
                "intervals run over their worst and best case."
            )
        if found.unread:
            yield (
                f"{found.unread} of {found.asked} answers could not be read ({found.unread / found.asked:.1%}, "
                f"{_where(found)}): they may take a position, so that they are missing data and not wrong; "
                "intervals run over their worst and best case."
            )
        if found.cut_short:
            yield _of_the_cut(found)


def _where(found: Failures) -> str:
    return "questions of probes" if found.condition == PROBED else f"{found.condition} image"


def _of_the_cut(found: Failures) -> str:
    """How many replies the limit on tokens cut off, what that costs, and what to do."""
    at = "the limit on tokens" if found.limit is None else f"--max-tokens {found.limit}"
    lost = found.unusable_kinds.get("cut short", 0)
    cost = f"{lost} of them before an answer was complete, which counts as unusable" if lost else "all after the answer"
    remedy = "raise the limit where they are made" if found.limit is None else "raise --max-tokens"
    return (
        f"{found.cut_short} of {found.asked} replies were cut short at {at} ({_where(found)}), {cost}; "
        f"{remedy} and evaluate again."
    )


def not_measurable(run: Joined) -> Iterator[str]:
    """Questions that were asked and have a reference, of which a sound rule or text metric can make nothing."""
    asked = np.logical_or.reduce([np.zeros(len(run.ids), bool), *(c.asked for _, c in run.scored())])
    plain = run.referenced & asked & (run.wording == 0)
    for instrument, column in run.scored():
        if instrument.kind in ("premise", *JUDGES) or instrument.published:
            continue
        meant = plain & np.logical_or.reduce([run.where("answer_type", t) for t in instrument.answer_types])
        if n := int((meant & ~column.asked).sum()):
            yield (
                f"{n} of {int(meant.sum())} questions have a reference against which {instrument.id} cannot measure an "
                "answer; they are in none of its figures."
            )


def departures(run: Joined) -> Iterator[str]:
    """What a server had to be asked without, as the details of usable answers tell, a sentence each."""
    for detail, n in run.replies.details.items():
        yield f"{n} of {run.replies.count} answers: {detail}."
