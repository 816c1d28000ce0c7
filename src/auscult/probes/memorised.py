"""Memorisation: the first half of a published question is to be completed; who has seen it before can.

After the detector of Nori et al. 2023 (arXiv 2303.13375): overlap of what comes with what stands there, no image
shown. How much of a question can be guessed from its beginning is not known, so that a question of a generator, which
nobody can have seen, is cut and put in the same words beside it; what counts is the difference. That published
questions are easier to guess than made ones is possible: a difference near 1 is memory, a small one may be the form
of the questions.
"""

import re
from dataclasses import replace
from difflib import SequenceMatcher

from auscult.probes import Probe, Subject, Twin, retold
from auscult.probes._control_words import drawn, version
from auscult.probes.reading import Reading
from auscult.records import Answer, Item

COMPLETION = "completion"
"""Tag of a twin that is to be completed."""
LEAST_WORDS = 8
"""Of a question: halves of a shorter one are guessed."""
VERBATIM = 0.95
"""Overlap from which on a half is called completed word for word (Nori et al. 2023)."""
RUN = 3
"""Words that must stand together to count."""


def fresh(item: Item) -> str:
    """A question that nobody can have seen, drawn by an item."""
    text = drawn("forms", item)
    for kind in ("view", "finding", "other", "place"):
        text = text.replace(f"{{{kind}}}", drawn(kind, item))
    return text


def halves(question: str) -> tuple[str, str]:
    """A question cut in its middle, by words; the second half empty where it is too short."""
    words = question.split()
    if len(words) < LEAST_WORDS:
        return question, ""
    return " ".join(words[: len(words) // 2]), " ".join(words[len(words) // 2 :])


def overlap(said: str, begun: str, rest: str) -> float:
    """The share of the words of the rest of a question that an answer holds as they stand there, from 0 to 1.

    Runs of ``RUN`` words and more count, since shorter ones come by chance; case, marks and a repeated start do not.
    """
    told, wanted = _plain(said), _plain(rest).split()
    words = told.removeprefix(_plain(begun)).split()
    runs = SequenceMatcher(None, wanted, words, autojunk=False).get_matching_blocks()
    return sum(run.size for run in runs if run.size >= min(RUN, len(wanted))) / len(wanted)


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[^\w\s]+", " ", text.casefold()).split())


def _put(subject: Subject) -> tuple[Twin, ...] | str:
    item = subject.item
    if not halves(item.question)[1]:
        return f"its question has fewer than {LEAST_WORDS} words"
    own, made = (_completion(item, question) for question in (item.question, fresh(item)))
    return (
        Twin(item=made, condition="without", role="unchanged", right="changed"),
        Twin(item=own, condition="without", right="changed"),
    )


def _completion(item: Item, question: str) -> Item:
    begun, rest = halves(question)
    bare = replace(item, answer_type="open", options=(), premise="", premise_form="", twin="", target="", unit="")
    tags = {**item.tags, COMPLETION: begun}
    return retold(bare, question=drawn("complete", item).replace("{begun}", begun), reference=rest, tags=tags)


def _read(item: Item, answer: Answer, proposed: str, offer: str) -> Reading:
    if COMPLETION not in item.tags:
        return Reading(status=answer.status)
    if answer.status == "request_failed":
        return Reading(status=answer.status)
    found = overlap(answer.text, item.tags[COMPLETION], item.reference)
    return Reading(status=answer.status, parsed="word for word" if found >= VERBATIM else "", correct=found)


PROBES = (
    Probe(
        name="memorised",
        version=version(),
        title="the first half of the question is to be completed",
        about="Control: overlap with the published second half, beside that of questions made for this, which nobody "
        "can have seen.",
        right="changed",
        against="unchanged",
        control=True,
        conditions=frozenset({"with", "without"}),
        chance=lambda item: None,
        put=_put,
        read=_read,
    ),
)
