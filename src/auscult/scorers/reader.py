"""A second reader: a model says what an answer says where no rule could tell, never whether that is right.

It is shown the question, what may be said, and the answer; no image and no reference. What follows from its reading is
the rule's own to say (``Scorer.follows``), so that the two readers score alike. Off unless the user names a model.
"""

import math
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files

import orjson

from auscult.engine.ask import Ask
from auscult.facts.reply import without_thought
from auscult.records import Answer, Call, Decoding, Instrument, Item, Message, Reply, Score
from auscult.scorers.judges.asking import Unreadable, ask_until_read, fence
from auscult.scorers.judges.replies import JsonReply
from auscult.scorers.scoring import ACCURACY, NO_POSITION, Scorer, row, unread

NAME, VERSION = "reader", "1"
UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Unread:
    """An answer that a rule could not read."""

    scorer: Scorer
    item: Item
    answer: Answer


class _Said(JsonReply):
    """What counts of a reply; the quote before it is there to make a model look."""

    reading: str | int | float


@cache
def _prompt() -> str:
    return (files("auscult.scorers") / f"reader-{VERSION}.txt").read_text("utf-8").strip("\n")


class Reader:
    """A model that reads what rules left unread.

    Args:
        identity: of the model.
        tries: how often a reply that cannot be read is asked for.
        max_tokens: of a reply, reasoning included.
        schema: whether the JSON schema is sent; some servers refuse one.
    """

    def __init__(self, identity: str, tries: int = 2, max_tokens: int = 1_024, schema: bool = True) -> None:
        self.identity, self.tries, self.schema = identity, tries, schema
        self._decoding = Decoding(max_tokens=max_tokens)
        self.instrument = Instrument(
            name=NAME,
            version=f"{VERSION}+{identity}",
            kind="reader",
            values=(replace(ACCURACY, estimator="none", headline=False),),
            about="reads answers that no rule could read",
            answer_types=frozenset({"yes_no", "choice", "number"}),
            judge=identity,
        )

    def beside(self, scorer: Scorer) -> Scorer:
        """A rule with this reader beside it: its rows name both. One that says not what follows stays as it is."""
        own = scorer.instrument
        if scorer.follows is None or own.published:
            return scorer
        return replace(
            scorer, instrument=replace(own, version=f"{own.version}+{self.instrument.id}", judge=self.identity)
        )

    async def scores(self, subjects: Sequence[Unread], ask: Ask) -> list[Score]:
        """One row a subject, in order: of its reading; unread where the reply cannot be read; or request failed."""
        calls = [self._call(s) for s in subjects]
        said = await ask_until_read(calls, lambda n, reply: _reading(subjects[n], reply), ask, self.tries)
        return [
            self._row(subject, verdict.value)
            if verdict.value is not None
            else self._unread(
                subject, "request_failed" if verdict.status == "request_failed" else "unread", verdict.why
            )
            for subject, verdict in zip(subjects, said, strict=True)
        ]

    def _row(self, subject: Unread, reading: str) -> Score:
        assert subject.scorer.follows is not None
        found = subject.scorer.follows(subject.item, reading)
        why = f"read by {self.instrument.id}" + (f": {found.explanation}" if found.explanation else "")
        what = {"status": found.status, "parsed": found.parsed, "values": dict(found.values), "explanation": why}
        return row(subject.scorer.instrument, subject.answer, **what)

    def _unread(self, subject: Unread, status: str, why: str) -> Score:
        left = unread(f"neither the rule nor {self.instrument.id} could read it: {why}")
        return row(
            subject.scorer.instrument, subject.answer, status=status, parsed=left.parsed, explanation=left.explanation
        )

    def _call(self, subject: Unread) -> Call:
        """The rules first, the same for all; then the question with what may be said; the answer last."""
        item = subject.item
        options = [f"{n}. {option}" for n, option in enumerate(item.options, 1) if item.answer_type == "choice"]
        sections = [
            fence("question", "\n".join([item.question, *options]), item.id),
            "Readings: " + ", ".join(_may_be_said(item)),
            fence("answer", without_thought(subject.answer.text)[0].strip(), item.id),
        ]
        messages = (Message("system", (_prompt(),)), Message("user", ("\n".join(sections),)))
        schema = _schema(item) if self.schema else ""
        return Call(
            messages=messages, decoding=self._decoding, schema=schema, item=item, condition=subject.answer.condition
        )


def instruments_in(name: str) -> tuple[str, ...]:
    """A rule and the reader beside it, each as ``name@version``; another instrument alone."""
    rule, beside, reader = name.partition(f"+{NAME}@")
    return (rule, f"{NAME}@{reader}") if beside else (name,)


def _words(item: Item) -> tuple[str, ...]:
    """The readings that are words of a list."""
    own = ("yes", "no") if item.answer_type == "yes_no" else ()
    numbers = tuple(str(n) for n in range(1, len(item.options) + 1)) if item.answer_type == "choice" else ()
    return (*own, *numbers, UNCLEAR, "none")


def _may_be_said(item: Item) -> tuple[str, ...]:
    number = (f"a number in {item.unit or 'digits'}",) if item.answer_type == "number" else ()
    return (*number, *_words(item))


def _schema(item: Item) -> str:
    reading = {"type": "string"} if item.answer_type == "number" else {"type": "string", "enum": list(_words(item))}
    whole = {
        "type": "object",
        "properties": {"quote": {"type": "string"}, "reading": reading},
        "required": ["quote", "reading"],
        "additionalProperties": False,
    }
    return orjson.dumps(whole).decode()


def _reading(subject: Unread, reply: Reply) -> str:
    """What a reply reads: yes, no, the text of an option, a number, unclear, or no position.

    Raises:
        Unreadable: it says anything else.
    """
    item = subject.item
    said = _Said.read(reply.text, subject.answer.text).reading
    word = said.strip().casefold() if isinstance(said, str) else f"{said:.15g}"
    if word == "none":
        return NO_POSITION
    if word in _words(item):
        return item.options[int(word) - 1] if word.isdigit() else word
    if item.answer_type == "number":
        with suppress(ValueError):
            if math.isfinite(number := float(word)):
                return f"{number:.15g}"
    raise Unreadable(f"the reading is none of {', '.join(_may_be_said(item))}")
