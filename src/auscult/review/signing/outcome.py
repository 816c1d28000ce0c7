"""Decisions of reviewers → what becomes of each item, and how far two reviewers agree."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Literal

from auscult.construction.checks import Refusal
from auscult.items.patient_data.screening import masked_text
from auscult.records import Estimate, Item
from auscult.review.signing.files import Signature, Signed
from auscult.statistics import cohen_kappa, gwet_ac, percent_agreement

CHECK = "sign-off"
"""Who rejected an item that a reviewer refused."""
DECISIONS = ("accept", "mend", "refuse")
DISPUTED = "reviewers disagree"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What becomes of an item.

    Attributes:
        word: accepted, mended, refused, disputed, or unfit: mended to what a check refuses.
        item: as it stays; None where it does not.
        refusal: why it does not.
        signatures: of those who decided on it.
    """

    word: Literal["accepted", "mended", "refused", "disputed", "unfit"]
    item: Item | None
    refusal: Refusal | None
    signatures: Sequence[Signature]


def outcomes(signed: Signed, accept_disputed: bool) -> dict[str, Outcome]:
    """Item → what becomes of it.

    Args:
        signed: what reviewers decided.
        accept_disputed: keep an item on which they differ: as the one who mends it would have it, else as it is. One
            that is mended in two ways is not kept.
    """
    return {name: _outcome(given, accept_disputed) for name, given in signed.given.items()}


def _outcome(given: Sequence[Signature], accept_disputed: bool) -> Outcome:
    decisions = {s.decision.decision for s in given}
    wanted = {s.item.id: s.item for s in given if s.item and s.decision.decision == "mend"}
    premises = {s.item.premise for s in given if s.item and s.decision.decision == "mend"}
    kept = next(iter(wanted.values()), next((s.item for s in given if s.item), None))
    if len(decisions) == 1 and len(wanted) <= 1 and len(premises) <= 1:
        word: Literal["accepted", "mended", "refused"] = (
            "refused" if kept is None else "mended" if wanted else "accepted"
        )
        refusal = None if kept else Refusal(CHECK, masked_text(given[0].decision.reason), said_by(given))
        return Outcome(word=word, item=kept, refusal=refusal, signatures=given)
    if accept_disputed and len(wanted) <= 1 and len(premises) <= 1:
        return Outcome(word="disputed", item=kept, refusal=None, signatures=given)
    return Outcome(word="disputed", item=None, refusal=Refusal(CHECK, DISPUTED, said_by(given)), signatures=given)


def said_by(given: Sequence[Signature]) -> str:
    """Who decided what, and why, in which whatever may tell of a person is a row of dots."""
    said = []
    for one in given:
        mended = [
            f"{f}: {t}" for f in ("question", "reference", "premise") if (t := getattr(one.decision, f)) is not None
        ]
        why = masked_text(one.decision.reason or "; ".join(mended))
        said.append(f"{one.reviewer}, {one.day}: {one.decision.decision}{f' ({why})' if why else ''}")
    return "; ".join(said)


def agreement(signed: Signed, groups: Mapping[str, str]) -> list[dict[str, Any]]:
    """How far reviewers agree, on the items that two or more decided on; empty where there are none.

    Args:
        signed: what they decided.
        groups: case → patient or image: items of one are not independent.
    """
    shared = {name: given for name, given in signed.given.items() if len(given) > 1}
    if not shared:
        return []
    of = [groups[signed.items[name].case_id] for name in shared]
    reviewers = list(signed.shown)
    table = [[_decision(given, reviewer) for reviewer in reviewers] for given in shared.values()]
    return [_figure(e) for e in _estimates(table, of, reviewers)]


def _decision(given: Sequence[Signature], reviewer: str) -> str | None:
    return next((s.decision.decision for s in given if s.reviewer == reviewer), None)


def _estimates(table: list[list[str | None]], of: list[str], reviewers: Sequence[str]) -> Iterator[Estimate]:
    yield percent_agreement(table, of, categories=DECISIONS)
    yield gwet_ac(table, of, categories=DECISIONS)
    for a, b in combinations(range(len(reviewers)), 2):
        both = [(row[a], row[b]) for row in table if row[a] and row[b]]
        if both and len(reviewers) == 2:
            first, second = zip(*both, strict=True)
            yield cohen_kappa(list(first), list(second), of, categories=DECISIONS)


def _figure(e: Estimate) -> dict[str, Any]:
    return {"name": e.name, "value": e.value, "low": e.low, "high": e.high, "n": e.n, "note": e.note or e.withheld}


def summary(signed: Signed, settled: Mapping[str, Outcome], agreed: list[dict[str, Any]], total: int) -> dict[str, Any]:
    """What the manifest says of a sign-off: who, when, how many, agreement, and one sentence for the card.

    Args:
        signed: what reviewers decided.
        settled: what becomes of each item.
        agreed: their agreement.
        total: items of the set that was signed off.
    """
    days = sorted(s.decision.when.date().isoformat() for given in signed.given.values() for s in given)
    counts = Counter(o.word for o in settled.values())
    by = {
        reviewer: dict(
            sorted(
                Counter(s.decision.decision for g in signed.given.values() for s in g if s.reviewer == reviewer).items()
            )
        )
        for reviewer in signed.shown
    }
    found = {
        "reviewers": by,
        "shown": dict(signed.shown),
        "from": days[0],
        "to": days[-1],
        "items": total,
        "signed": len(settled),
        **{word: counts[word] for word in ("accepted", "mended", "refused", "disputed", "unfit")},
        "unfit_for": dict(Counter(o.refusal.reason for o in settled.values() if o.word == "unfit" and o.refusal)),
        "disputed_kept": sum(o.word == "disputed" and o.item is not None for o in settled.values()),
        "agreement": agreed,
    }
    return {**found, "said": _sentence(found)}


def _sentence(found: Mapping[str, Any]) -> str:
    when = found["from"] if found["from"] == found["to"] else f"{found['from']} to {found['to']}"
    said = (
        f"{found['signed']:,} of {found['items']:,} items signed off by {' and '.join(found['reviewers'])} ({when}): "
        f"{found['accepted']:,} accepted, {found['mended']:,} mended, {found['refused']:,} refused"
    )
    if found["disputed"]:
        said += f", {found['disputed']:,} in dispute ({found['disputed_kept']:,} of them kept)"
    if found["unfit"]:
        why = "; ".join(f"{reason} {n:,}" for reason, n in found["unfit_for"].items())
        said += f", {found['unfit']:,} mended to what is refused like any such item ({why})"
    figures = [_agreed(figure) for figure in found["agreement"] if figure["value"] is not None]
    return f"{said}." + (f" Agreement: {'; '.join(figures)}." if figures else "")


def _agreed(figure: Mapping[str, Any]) -> str:
    share = figure["name"] == "percent agreement"
    value, low, high = (
        None if v is None else f"{v:.0%}" if share else f"{v:.2f}"
        for v in (figure["value"], figure["low"], figure["high"])
    )
    limits = f" ({low} to {high})" if low and high else ""
    return f"{figure['name']} {value}{limits} on {figure['n']:,} items"
