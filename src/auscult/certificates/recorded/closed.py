"""Recorded answers to closed questions: what was meant by each, and what the reader of closed answers makes of it."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from random import Random

from auscult.certificates.cells import Cell, Row
from auscult.certificates.recorded.bias import bias_rows
from auscult.certificates.recorded.grading import (
    NOT_READ,
    PART,
    SELF,
    UNIT,
    Classes,
    Found,
    Graded,
    graded,
    graded_part,
)
from auscult.certificates.recorded.labels import folded
from auscult.certificates.recorded.own_words import own_meaning
from auscult.certificates.recorded.reading import Recorded
from auscult.scorers import Scorer

OPTION, OTHER_OPTION = "an option", "another option"
UNCLEAR, NO_POSITION = "unclear", "no position"
NEITHER = frozenset({UNCLEAR, NO_POSITION})
"""Readings that take no side: what is meant as one of them may be read as the other, no figure of a model moves."""


def with_labels(rows: Sequence[Recorded]) -> list[Recorded]:
    """Each label once: an answer takes the label of a labelled copy of it (a sample checked by hand), which goes."""
    labelled = {(r.model, *r.text): r for r in rows if r.labels}
    originals = {(r.model, *r.text) for r in rows if not r.labels}
    found = []
    for row in rows:
        key = (row.model, *row.text)
        if row.labels and key in originals:
            continue
        copy = labelled.get(key)
        found.append(row if row.labels or not copy else replace(row, labels=copy.labels, labelled_by=copy.labelled_by))
    return found


def closed_part(scorer: Scorer, rows: Sequence[Recorded]) -> Found:
    """The part on recorded answers: yes, no and options must be read, what takes no side has an interval."""
    known = [g for row in with_labels(rows) if (g := grade(scorer, row))]

    def more(headline: Sequence[Graded]) -> Iterator[Row]:
        yield from bias_rows(headline, ("yes", "no"), scorer.instrument.name)
        yield from checked_rows(known, scorer.instrument.name)

    return graded_part(
        known, Classes(("yes", "no", OPTION), (UNCLEAR, NO_POSITION), ("yes", "no"), scorer.instrument.name), more
    )


def read(scorer: Scorer, row: Recorded) -> str:
    """What the reader makes of an answer: yes, no, an option's text, unclear, no position or unread."""
    verdict = scorer.rule(row.item, row.answer)
    if verdict.status == "ok":
        return verdict.parsed
    return NO_POSITION if verdict.status == "unusable" else NOT_READ


def grade(scorer: Scorer, row: Recorded) -> Graded | None:
    """An answer of known meaning with its reading; None where nobody says what it means."""
    if row.answer_type not in ("yes_no", "choice") or (row.answer_type == "choice" and len(row.options) < 2):
        return None
    own = own_meaning(row)
    if not row.labels and not own:
        return None
    labels = row.labels or ((own.value,),) if own else row.labels
    given = [tuple(_value(row, label) for label in one) for one in labels]

    def kind(value: str) -> str:
        return OPTION if row.answer_type == "choice" and value not in NEITHER else value

    by, bare = "" if row.labels else SELF, bool(own and own.bare)
    found = graded(row, given, read(scorer, row), neither=NEITHER, kind=kind, by=by, bare=bare)
    if row.answer_type == "choice" and found.read not in (*NEITHER, NOT_READ):
        return replace(found, read=OPTION if found.outcome == "right" else OTHER_OPTION)
    return found


def _value(row: Recorded, label: str) -> str:
    """A label as a reading: refused and none are no position."""
    option = next((o for o in row.options if folded(o) == folded(label)), None)
    return option or {"none": NO_POSITION, "refused": NO_POSITION}.get(label, label)


def sample(rows: Sequence[Recorded], each: int, seed: int) -> list[dict[str, object]]:
    """Answers that say themselves what they mean, some of each class, to be checked by hand: rows for a file.

    Corrected where ``meant`` is wrong and put beside the answers, the file is read as labels of theirs.
    """
    by_class: dict[str, dict[tuple[str, ...], Recorded]] = {"yes": {}, "no": {}, OPTION: {}}
    for row in rows:
        if not row.labels and not row.written and (own := own_meaning(row)) and not own.bare:
            by_class[OPTION if row.answer_type == "choice" else own.value].setdefault(row.text, row)
    found = []
    for texts in by_class.values():
        chosen = Random(seed).sample(list(texts.values()), min(each, len(texts)))
        for row in chosen:
            own = own_meaning(row)
            about = {"model": row.model, "question": row.question, "options": list(row.options), "answer": row.answer}
            kept: dict[str, object] = {**about, "answer_type": row.answer_type, "image": row.image}
            found.append(kept | {"dataset": row.dataset, "source": row.source, "meant": own.value if own else ""})
    return found


def checked_rows(known: Sequence[Graded], instrument: str) -> Iterator[Row]:
    """How often a person's label agrees with what an answer says of itself, where both are there."""
    pairs = [(g, own) for g in known if g.row.labels and not g.row.written and (own := own_meaning(g.row))]
    for name in ("yes", "no", OPTION):
        some = [(g, own) for g, own in pairs if not own.bare and (OPTION if g.row.options else own.value) == name]
        if some:
            hits = [folded(own.value) in {folded(x) for labels in g.row.labels for x in labels} for g, own in some]
            cell = Cell(f"{PART}: what answers say themselves, checked by hand", name, "", instrument, UNIT)
            yield cell.share("labelled so", hits, [g.row.cluster for g, _ in some], least=1)
