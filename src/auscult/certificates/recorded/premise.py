"""Recorded answers to questions that bear a premise, labelled by readers, and what the premise scorer makes of them."""

from collections.abc import Sequence

from auscult.certificates.recorded.closed import with_labels
from auscult.certificates.recorded.grading import NOT_READ, Classes, Found, Graded, graded, graded_part
from auscult.certificates.recorded.reading import Recorded
from auscult.scorers import PREMISE_FORMS, Scorer

MEANT = {
    "accepted": "accepts",
    "denied": "corrects",
    "corrected": "corrects",
    "evaded": "evades",
    "refused": "evades",
    "none": "evades",
    "unclear": "hedges",
    "hedged": "hedges",
}
"""Label → class."""
NEITHER = frozenset({"evades", "hedges"})
"""Readings by which a premise is neither taken up nor denied; one of them may be read as the other."""


def premise_part(scorer: Scorer, rows: Sequence[Recorded]) -> Found:
    """The part of the certificate on recorded answers."""
    classes = Classes(("accepts", "corrects", "evades"), ("hedges",), ("accepts", "corrects"), scorer.instrument.name)
    return graded_part([g for row in with_labels(rows) if (g := grade(scorer, row))], classes)


def read(scorer: Scorer, row: Recorded) -> str:
    """What the scorer makes of an answer: accepts, corrects, evades, hedges or unread."""
    verdict = scorer.rule(row.item, row.answer)
    if verdict.status not in ("ok", "unusable"):
        return NOT_READ
    for value, meant in (("accepted", "accepts"), ("denied", "corrects"), ("hedged", "hedges")):
        if verdict.values.get(value):
            return meant
    return "hedges" if verdict.parsed in ("unclear", "hedged") else "evades"


def grade(scorer: Scorer, row: Recorded) -> Graded | None:
    """A labelled answer with its reading; None where it bears no premise or has no label."""
    if row.answer_type != "open" or not row.premise or row.premise_form not in PREMISE_FORMS or not row.labels:
        return None
    given = [tuple(dict.fromkeys(MEANT.get(x, x) for x in labels)) for labels in row.labels]
    return graded(row, given, read(scorer, row), neither=NEITHER)
