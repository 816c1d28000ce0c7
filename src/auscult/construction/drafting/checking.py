"""Checker models: whether a pair is right by its annotation, one call a pair and model, without the image; they vote.

A verdict that cannot be read, or that its own reason contradicts, is none: it lets no pair in, and no pair counts as
found wrong by it.
"""

import asyncio
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from auscult.construction.drafting import CheckerOptions
from auscult.construction.drafting.asking import prompt
from auscult.engine.ask import Ask
from auscult.engine.fence import fence
from auscult.engine.replies import JsonReply, Text, Unreadable, ask_until_read
from auscult.records import Call, Case, Decoding, Item, Message, Reply

CHECK = "check-1"
"""The prompt in use; its name ends in its version."""
FOUND_WRONG, NO_MAJORITY = "found wrong by the checker models", "no majority of the checker models finds it right"
UNDECIDED, NOT_ASKED = "a checker's verdict cannot be used", "a checker could not be asked"
Says = Literal["right", "wrong", "unusable", "request_failed"]


class Opinion(JsonReply):
    """The form of a verdict: the reason before it."""

    quote: Text
    stands: Literal["supported", "contradicted", "not mentioned", "knowledge"]
    reason: Text
    verdict: Literal["right", "wrong"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What one checker says of one item.

    Attributes:
        item_id: the item.
        checker: identity of the model.
        verdict: right or wrong; unusable where its reply is no verdict; request_failed where there is no reply.
        reason: the checker's own, or why there is no verdict.
    """

    item_id: str
    checker: str
    verdict: Says
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Checker:
    """A model that checks, ready to be asked.

    Attributes:
        identity: of the model.
        ask: how it is asked.
        options: tries, tokens, form of the verdict.
    """

    identity: str
    ask: Ask
    options: CheckerOptions


async def verdicts(case: Case, items: Sequence[Item], checkers: Sequence[Checker]) -> list[list[Verdict]]:
    """What each checker says of each item of a case; for each item one verdict a checker, in their order."""
    said = await asyncio.gather(*(_verdicts(case, items, checker) for checker in checkers))
    return [list(of_item) for of_item in zip(*said, strict=True)] if checkers else [[] for _ in items]


async def _verdicts(case: Case, items: Sequence[Item], checker: Checker) -> list[Verdict]:
    def read(number: int, reply: Reply) -> Opinion:
        return _opinion(case, items[number], reply.text)

    calls = [check_call(case, item, checker.options) for item in items]
    found = await ask_until_read(calls, read, checker.ask, checker.options.tries)
    made = []
    for item, one in zip(items, found, strict=True):
        missing: Says = "request_failed" if one.status == "request_failed" else "unusable"
        says, why = (one.value.verdict, one.value.reason) if one.value else (missing, one.why)
        made.append(Verdict(item_id=item.id, checker=checker.identity, verdict=says, reason=why))
    return made


def check_call(case: Case, item: Item, options: CheckerOptions) -> Call:
    """Asks whether a pair is right: what is common to all pairs of a case comes first."""
    sections = (
        fence("annotation", case.annotation, case.id),
        fence("question", item.question, item.id),
        fence("answer", item.reference, item.id),
    )
    return Call(
        messages=(Message("system", (prompt(CHECK),)), Message("user", ("\n\n".join(sections),))),
        decoding=Decoding(max_tokens=options.max_tokens),
        schema=Opinion.form() if options.schema else "",
    )


def _opinion(case: Case, item: Item, text: str) -> Opinion:
    """What a checker's reply says.

    Raises:
        Unreadable: it is no verdict, its parts contradict each other, or it quotes what the annotation does not say.
    """
    found = Opinion.read(text, f"{item.question}\n{item.reference}\n{case.annotation}")
    agrees = {"supported": ("right",), "contradicted": ("wrong",), "not mentioned": ("wrong",)}
    if found.verdict not in agrees.get(found.stands, ("right", "wrong")):
        raise Unreadable(f"says {found.verdict}, and {found.stands} as its reason [{found.reason[:60]!r}]")
    if found.stands in ("supported", "contradicted") and not _quoted(found.quote, case.annotation):
        raise Unreadable(f"quotes what the annotation does not say [{found.quote[:60]!r}]")
    return found


def _quoted(quote: str, text: str) -> bool:
    """Whether words stand in a text in that order, marks and capitals aside."""
    words, among = (" ".join(re.findall(r"\w+", t.casefold())) for t in (quote, text))
    return bool(words) and f" {words} " in f" {among} "


@dataclass(frozen=True, slots=True)
class Vote:
    """What several verdicts come to.

    Attributes:
        accepted: whether more than half of all checkers say right.
        failed: whether a checker that could not be asked may yet decide.
        reason: why the item is not accepted.
        said: the reasons of those who do not accept it.
    """

    accepted: bool
    failed: bool = False
    reason: str = ""
    said: str = ""


def vote(given: Sequence[Verdict]) -> Vote:
    """The majority of all checkers; a tie rejects, and what is missing is no vote for either side."""
    count = Counter(one.verdict for one in given)
    half = len(given) / 2
    if not given or count["right"] > half:
        return Vote(True)
    said = "; ".join(f"{one.checker}: {one.verdict}: {one.reason}" for one in given if one.verdict != "right")
    if count["right"] + count["request_failed"] > half:
        return Vote(False, True, NOT_ASKED, said)
    if count["right"] + count["request_failed"] + count["unusable"] > half:
        return Vote(False, False, UNDECIDED, said)
    return Vote(False, False, FOUND_WRONG if count["wrong"] > half else NO_MAJORITY, said)
