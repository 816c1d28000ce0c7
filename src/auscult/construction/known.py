"""What a case and the questions of its data set say of an image: facts, labels, boxes, answers, report."""

from collections import Counter
from collections.abc import Sequence

from auscult.construction.acquisition import named
from auscult.construction.answered import add_answers
from auscult.construction.claims import Known, known_of_facts
from auscult.construction.lexicon import lexicon
from auscult.construction.nouns import noun_kind
from auscult.construction.readable import foreign
from auscult.construction.reported import add_report, modality_of
from auscult.records import Case, Item

ANNOTATED = "annotated"
BORDER = 0.05
"""A box counts as in a half of the image where it stays this share of the width away from the border between them."""


def known_of(case: Case, items: Sequence[Item]) -> Known:
    """What is known of a case; an annotation in another language tells nothing, though some of its words are Latin.

    Args:
        case: with facts, labels, boxes, tags or a report.
        items: the questions of its data set, with their answers.
    """
    regions = named(case.tags.get("anatomy", ""), "region")
    if case.exhaustive and case.facts:
        return known_of_facts(case.facts, region=regions[0] if len(regions) == 1 else "")
    known = Known(tier=ANNOTATED, region=regions[0] if len(regions) == 1 else "")
    if known.region:
        known.values["region", ""] = (known.region,)
    modality = named(case.tags.get("modality", ""), "modality") or modality_of(case.annotation)
    if len(modality) == 1:
        known.values["modality", ""] = (modality[0],)
    view = named(" ".join(case.tags.get(t, "") for t in ("view", "sequence")), "view")
    if view:
        known.values["view", ""] = view
    _add_labels(known, case)
    _add_boxes(known, case, items)
    if not case.findings:
        add_answers(known, items)
    if len(case.annotation.split()) > 2 and not foreign(case.annotation):
        add_report(known, case.annotation)
    return known


def _add_labels(known: Known, case: Case) -> None:
    for label, presence in case.findings.items():
        if presence in ("present", "absent"):
            finding = lexicon().named(label)
            if finding not in lexicon().findings:
                finding = label.casefold()
                known.nouns[finding] = noun_kind(finding)
            known.presence[finding] = presence == "present"


def _add_boxes(known: Known, case: Case, items: Sequence[Item]) -> None:
    """Count and place of what is boxed, where the set counts it: then all of it is boxed."""
    boxed = Counter(lexicon().named(b.label) for b in case.boxes)
    counted = {
        lexicon().named(i.target): int(i.reference) for i in items if i.answer_type == "number" and i.tolerance == 0
    }
    for finding, number in counted.items():
        if not number or boxed[finding] != number or finding not in lexicon().findings:
            continue
        known.number[finding] = number
        known.values["count", finding] = (str(number),)
        known.closed.add(("count", finding))
        if number == 1 and case.images and case.images[0].width:
            box = next(b for b in case.boxes if lexicon().named(b.label) == finding)
            held = [
                _half(box.x_min, box.x_max, case.images[0].width, "left half", "right half"),
                _half(box.y_min, box.y_max, case.images[0].height, "upper half", "lower half"),
            ]
            known.values["half", finding] = tuple(filter(None, held))
            known.denied["half", finding] = tuple(
                v for h in filter(None, held) for v in lexicon().exclusive[h] if v != h
            )


def _half(low: float, high: float, extent: int, first: str, second: str) -> str:
    if high <= extent * (0.5 - BORDER):
        return first
    return second if low >= extent * (0.5 + BORDER) else ""
