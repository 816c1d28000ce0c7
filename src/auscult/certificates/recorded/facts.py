"""Findings in recorded answers: what an answer to "Is there an effusion?" says of it behind its yes or no.

An answer that begins with Yes or No and names the finding again says of it what the first word does. What the reader
of facts makes of that text, without its first word, is held against it. Files of labels (``meant``: finding → presence)
are read whole.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache

from auscult.certificates.recorded.closed import with_labels
from auscult.certificates.recorded.grading import NOT_READ, SELF, Classes, Found, Graded, graded, graded_part
from auscult.certificates.recorded.own_words import holds, own_meaning, rest_of, sentences, words
from auscult.certificates.recorded.reading import Recorded
from auscult.facts import canonical, is_a
from auscult.records import Fact

PRESENCE = {"yes": "present", "no": "absent", "unclear": "uncertain"}
Read = Callable[[str], list[Fact]]


def facts_part(reader: Read, rows: Sequence[Recorded]) -> Found:
    """The part of the certificate on recorded answers, a row a finding in an answer."""
    classes = Classes(("present", "absent"), ("uncertain",), ("present", "absent"), "facts")
    return graded_part([g for row in with_labels(rows) for g in grade(reader, row)], classes)


def grade(reader: Read, row: Recorded) -> Iterator[Graded]:
    """Each finding of known presence in an answer, with what was read of it."""
    for finding, meant in row.findings:
        if canonical(finding):
            yield _graded(row, row.answer, finding, meant, reader)
    finding, text = asked_finding(row.question), rest_of(row.answer)
    if row.findings or row.answer_type != "yes_no" or not finding or not _named(finding, text):
        return
    own = own_meaning(row)
    labels = {label for labels in row.labels for label in labels}
    said, by = (labels.pop(), row.labelled_by) if len(labels) == 1 else (own.value if own else "", SELF)
    if canonical(finding) and said in PRESENCE and (said == "unclear" or _plain(finding, text, denied=said == "no")):
        text = text[:1].upper() + text[1:]
        yield _graded(row, text, finding, PRESENCE[said], reader, by)


def _plain(finding: str, text: str, denied: bool) -> bool:
    """Whether every sentence that names the finding denies, or none does, and none only leans to it."""
    naming = [s for s in sentences(text) if _named(finding, s)]
    return all(holds("denials", s) == denied and not holds("soft", s) for s in naming)


def _graded(row: Recorded, text: str, finding: str, meant: str, reader: Read, by: str = "") -> Graded:
    name, places = canonical(finding) or "", [m.span() for m in _naming(finding).finditer(text)]

    def about(fact: Fact) -> bool:
        here = any(fact.start < end and start < fact.end for start, end in places)
        return here or fact.finding == name or is_a(fact.finding, name)

    found = {f.presence for f in reader(text) if about(f)}
    said = found.pop() if len(found) == 1 else "several" if found else NOT_READ
    return graded(row, [(meant,)], said, by=by)


def asked_finding(question: str) -> str:
    """The finding whose presence alone a question asks for; empty where it asks for a side, a size or anything else.

    "Can an effusion be seen on a chest X-ray?" may ask about effusions in general.
    """
    if question.lower().startswith(("can ", "could ")):
        return ""
    low = " ".join(re.findall(r"[a-z0-9'-]+", question.lower()))
    named = [w for w in words("findings") if _named(w, low)]
    finding = max(named, key=len, default="")
    if not finding:
        return ""
    left = _naming(finding).sub(" ", low).split()
    return "" if set(left) - {*words("frame"), *words("plain")} else finding


def _named(finding: str, text: str) -> bool:
    return _naming(finding).search(text) is not None


@cache
def _naming(finding: str) -> re.Pattern[str]:
    return re.compile(rf"\b{re.escape(finding)}(?:e?s)?\b", re.I)
