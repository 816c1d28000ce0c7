"""What became of the gold traces that a model wrote for an item set: one row a candidate, accepted or not."""

from dataclasses import dataclass, field
from typing import Literal

TRACES = "traces.parquet"
"""Table of an item set, beside its items."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejection:
    """Why a candidate is no gold trace.

    Attributes:
        check: what refuses it: structure, answer, reading, facts or leak.
        reason: why, in words that many rows share.
        said: what is wrong with this one.
    """

    check: str
    reason: str
    said: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A trace that a model wrote for an item.

    Attributes:
        item_id: the item.
        case_id: its case.
        status: ok for a gold trace, rejected, or request_failed: then the same command asks again.
        text: the whole of it.
        answer: its answer.
        passed: what found the answer right: letter, judge, rule or string match; empty where nothing did.
        rejections: all that refuses it, in the order of the checks; empty for a gold trace.
        stages: stage → how it stands against the annotation: supported, contradicted or open; without those not read.
        attempts: calls that it took.
        model: identity of who wrote it.
    """

    item_id: str
    case_id: str
    status: Literal["ok", "rejected", "request_failed"]
    text: str = ""
    answer: str = ""
    passed: str = ""
    rejections: tuple[Rejection, ...] = ()
    stages: dict[str, str] = field(default_factory=dict)
    attempts: int = 0
    model: str = ""
