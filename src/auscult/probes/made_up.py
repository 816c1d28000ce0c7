"""A finding that does not exist in the place of the one that is asked about: right is no, or that nobody knows it.

Only questions that are answered no take it, so that both twins have one right answer in one form: a model that sees
what is not there says yes to either, one that goes along with names says yes to the made-up one alone.
"""

import re

from auscult.facts.lexicon import ACQUISITION, SWEEPING
from auscult.facts.presence_questions import finding_asked
from auscult.probes import Probe, Subject, Twin, retold
from auscult.probes._names import made_up
from auscult.records import Item
from auscult.store.files import shipped_table

VERSION = str(shipped_table("probes/names.toml")["version"])


_BEFORE = re.compile(r"\b(?:an?|any|of|shows?|showing|there|see|seen|has|have|having|with) $", re.IGNORECASE)
"""What stands before a finding whose name another one can take."""


def _asked(item: Item) -> tuple[int, int] | None:
    """Where the words of the finding stand that a question asks about; None where it is not sure."""
    asked = finding_asked(item.question)
    if asked is None or asked.yes_means == "absent" or asked.finding in SWEEPING | ACQUISITION:
        return None
    for words in (item.target, asked.finding):
        if words and (found := re.search(rf"\b{re.escape(words)}\b", item.question, re.IGNORECASE)):
            return found.span() if _BEFORE.search(item.question[: found.start()]) else None
    return None


def _put(subject: Subject) -> tuple[Twin, ...] | str:
    item = subject.item
    if item.answer_type != "yes_no":
        return "it is no yes/no question"
    if item.reference != "no":
        return "its right answer is yes"
    place = _asked(item)
    if place is None:
        return "no single finding is named in it"
    start, end = place
    name = made_up(item)
    before = re.sub(r"\b(a)n $", r"\1 ", item.question[:start], flags=re.IGNORECASE)
    text = f"{before}{name}{item.question[end:]}"
    twin = retold(item, question=text[0].upper() + text[1:], target=name, premise="")
    return (Twin(item=twin, images=subject.images, right="same", proposed="yes"),)


PROBES = (
    Probe(
        name="made-up",
        version=VERSION,
        title="a finding that does not exist is asked about",
        about="Right is no, as for the finding that is not there; yes is made up.",
        right="same",
        put=_put,
    ),
)
