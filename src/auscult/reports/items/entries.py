"""An item, or something rejected, as a page shows it: with its image, its annotation, and what was said of it."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from auscult.construction.generators import Reject
from auscult.facts import read_facts
from auscult.items.item_set import CASES, ITEMS, ItemSet
from auscult.records import Case, Item
from auscult.reports.gallery import Choice, Facets, described
from auscult.reports.marking import LONGEST, Piece, stretches
from auscult.reports.thumbnails import Picture, picture_of
from auscult.store.tables import read_where

FILTERS = ("Check", "Reason", "Kind", "Category", "Form", "Answer", "Part")
SHOWN = 4_000
"""Characters of an annotation that a page shows."""
MOST_CHOICES = 40
"""Values of a filter beyond which it is left out: reasons that name their item are of no use as one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What somebody said of an item: a checker model, or a reviewer."""

    who: str
    word: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One item, or one reject.

    Attributes:
        item: the item; of a reject what is kept of it, its id empty where it was never one.
        claim: of a reject of which no question was made: what it would have been about.
        truth: whether its premise is true or false; empty where it has none.
        annotation: with the words marked that it rests on.
        evidence: these words, where they do not stand in the annotation.
        twin: the neutral item about the same fact.
        tier: how its truth is known.
        reason: why it was rejected.
        check: who rejected it.
        said: in the words of a checker, or what a model answered.
        verdicts: what was said of it.
        facets: numbers of its filter values.
    """

    item: Item
    claim: str = ""
    truth: str = ""
    annotation: tuple[Piece, ...] = ()
    evidence: str = ""
    twin: Item | None = None
    tier: str = ""
    reason: str = ""
    check: str = ""
    said: str = ""
    verdicts: tuple[Verdict, ...] = ()
    facets: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One image study with its items below it, and what labels say of it."""

    case: Case
    pictures: tuple[Picture, ...]
    alt: str
    known: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """All cards of a page, and the filters: name → choices."""

    cards: tuple[Card, ...]
    filters: Mapping[str, tuple[Choice, ...]]


def shown(
    items: ItemSet, rows: Sequence[Item | Reject], longest: int, verdicts: Mapping[str, Sequence[Verdict]]
) -> Shown:
    """Rows of an item set, with all that a page shows beside them.

    Args:
        items: the set.
        rows: items or rejects, in order; those of a case are put together.
        longest: long side of the images, in pixels.
        verdicts: item → what was said of it.
    """
    cases = {c.id: c for c in read_where(items.folder / CASES, Case, "id", {r.case_id for r in rows})}
    twins = {r.twin for r in rows if isinstance(r, Item) and r.twin}
    named = {i.id: i for i in read_where(items.folder / ITEMS, Item, "id", twins)}
    facets, by_case = Facets(FILTERS), defaultdict[str, list[Entry]](list)
    for row in rows:
        case = cases[row.case_id]
        made = _of_item(row, named) if isinstance(row, Item) else _of_reject(row)
        by_case[case.id].append(
            replace(
                made,
                annotation=annotated(case.annotation, made.item),
                evidence="" if _places(case.annotation, row.evidence) else row.evidence,
                verdicts=tuple(verdicts.get(made.item.id, ())) if made.item.id else (),
                facets=tuple(_facets(facets, made)),
            )
        )
    cards = [_card(cases[key], entries, items.folder, longest) for key, entries in by_case.items()]
    filters = {n: c for n, c in facets.filters().items() if len(c) <= MOST_CHOICES}
    return Shown(cards=tuple(cards), filters=filters)


def _card(case: Case, entries: Sequence[Entry], folder: Path, longest: int) -> Card:
    said = [f"{finding}: {presence}" for finding, presence in case.findings.items() if presence != "unmentioned"]
    return Card(
        case=case,
        pictures=tuple(picture_of(image, folder, longest) for image in case.images),
        alt=described(case),
        known="; ".join(said),
        entries=tuple(entries),
    )


def _of_item(item: Item, named: Mapping[str, Item]) -> Entry:
    return Entry(
        item=item, truth=_truth(item.kind, item.premise), twin=named.get(item.twin), tier=item.tags.get("tier", "")
    )


def _of_reject(reject: Reject) -> Entry:
    item = Item(
        id=reject.item_id,
        case_id=reject.case_id,
        source_id="",
        question=reject.question,
        reference=reject.reference,
        answer_type="open",
        kind=reject.kind or "question",  # type: ignore[arg-type]
        category=reject.category,
        premise_form=reject.premise_form,
        evidence=reject.evidence,
        target=reject.finding,
        split=reject.split,
    )
    words = (reject.statement, reject.finding, reject.value, reject.other)
    return Entry(
        item=item,
        claim=", ".join(filter(None, words)),
        truth=reject.truth,
        tier=reject.tier,
        reason=reject.reason,
        check=reject.check,
        said=reject.said,
    )


def _truth(kind: str, premise: str) -> str:
    return {"hallucination": "false", "non-hallucination": "true"}.get(kind, "") if premise else ""


def _facets(facets: Facets, entry: Entry) -> Iterator[int]:
    item = entry.item
    values = {
        "Check": entry.check,
        "Reason": entry.reason,
        "Kind": item.kind if item.question else "",
        "Category": item.category,
        "Form": item.premise_form,
        "Answer": "" if entry.reason else item.answer_type.replace("_", "/"),
        "Part": item.split,
    }
    yield from (facets.number(name, value) for name, value in values.items() if value)


def annotated(annotation: str, item: Item) -> tuple[Piece, ...]:
    """An annotation with the words marked that an item rests on.

    These are the words that it names; where it names none, those that state something of what it asks about.
    """
    spans = _places(annotation, item.evidence)
    if not spans and not item.evidence and item.target:
        facts = read_facts(annotation[:LONGEST])
        spans = sorted((f.start, f.end) for f in facts if f.finding == item.target and f.end > f.start)
    return stretches(annotation, spans, SHOWN) if annotation else ()


def _places(text: str, evidence: str) -> list[tuple[int, int]]:
    """Where words stand in a text, whatever its case and spaces; empty where they do not."""
    words = evidence.split()
    if not words or len(evidence) > LONGEST:
        return []
    found = re.search(r"\s+".join(map(re.escape, words)), text, re.IGNORECASE)
    return [found.span()] if found else []
