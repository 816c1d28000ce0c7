"""Findings in recorded answers: what an answer to "Is there an effusion?" says of it behind its yes or no.

An answer that begins with Yes or No and names the finding again says of it what the first word does. What the reader
of facts makes of that text, without its first word, is held against it. Files of labels (``meant``: finding → presence)
are read whole.
"""

import re
from collections.abc import Callable, Iterator, Sequence

from auscult.certificates.recorded.closed import with_labels
from auscult.certificates.recorded.grading import SELF, Classes, Found, Graded, Outcome, Row, graded_part
from auscult.certificates.recorded.own_words import own_meaning, rest_of, words
from auscult.certificates.recorded.reading import Recorded
from auscult.facts import canonical, is_a
from auscult.records import Fact

PRESENCE = {"yes": "present", "no": "absent", "unclear": "uncertain"}
Read = Callable[[str], list[Fact]]


def facts_part(reader: Read, rows: Sequence[Recorded], instrument: str = "facts") -> Found:
    """The part of the certificate on recorded answers, a row a finding in an answer."""
    classes = Classes(("present", "absent"), ("uncertain",), ("present", "absent"), instrument)
    graded = [g for row in with_labels(rows) for g in grade(reader, row)]
    none: Iterator[Row] = iter(())
    return graded_part(graded, classes, lambda headline: none)


def grade(reader: Read, row: Recorded) -> Iterator[Graded]:
    """Each finding of known presence in an answer, with what was read of it."""
    for finding, meant in row.findings:
        if name := canonical(finding):
            yield _graded(row, row.answer, name, meant, reader, row.labelled_by or "by labels of the source")
    finding, text = asked_finding(row.question), rest_of(row.answer)
    if row.findings or row.answer_type != "yes_no" or not finding or not _named(finding, text):
        return
    name, own = canonical(finding), own_meaning(row)
    labels = {label for labels in row.labels for label in labels}
    said, by = (labels.pop(), row.labelled_by) if len(labels) == 1 else (own.value if own else "", SELF)
    if name and said in PRESENCE and (own or row.labels):
        yield _graded(row, text[:1].upper() + text[1:], name, PRESENCE[said], reader, by or "by labels of the source")


def _graded(row: Recorded, text: str, name: str, meant: str, reader: Read, by: str) -> Graded:
    found = {f.presence for f in reader(text) if f.finding == name or is_a(f.finding, name)}
    said = found.pop() if len(found) == 1 else "several" if found else "unread"
    outcome: Outcome = "right" if said == meant else "unread" if said == "unread" else "misread"
    return Graded(row, meant, said, outcome, by=by)


def asked_finding(question: str) -> str:
    """The finding whose presence alone a question asks for; empty where it asks for a side, a size or anything else."""
    low = " ".join(re.findall(r"[a-z0-9'-]+", question.lower()))
    named = [w for w in words("findings") if _named(w, low)]
    finding = max(named, key=len, default="")
    if not finding:
        return ""
    left = re.sub(rf"\b{re.escape(finding)}(?:e?s)?\b", " ", low).split()
    return "" if set(left) - {*words("frame"), *words("plain")} else finding


def _named(finding: str, text: str) -> bool:
    return re.search(rf"\b{re.escape(finding)}(?:e?s)?\b", text.lower()) is not None
