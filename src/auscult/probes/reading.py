"""What an answer to an item or to a changed twin says: right or wrong, whether it abstains, what it could not tell.

By the lead rule of the item's type, the same for both twins. Of an open answer a rule can tell whether it declines, and
where the item holds a claim whether it is rightly taken up or denied; whether another one is right is a judge's to say.
"""

from dataclasses import dataclass, replace

from auscult.facts.reply import declined, language, plain
from auscult.records import Answer, Item, ScoreStatus
from auscult.scorers import Scorer, bears_premise, score
from auscult.scorers.rules import closed, number, premise
from auscult.scorers.scoring import NO_POSITION

RULES: dict[str, Scorer] = {"yes_no": closed.SCORER, "choice": closed.SCORER, "number": number.SCORER}
"""The lead rule of each type of answer that a rule can call right or wrong."""
ABSTAINS = frozenset({"refused", "unclear", NO_POSITION})
"""Readings of an answer that says that it cannot tell, or does not decide; beside an offer, only that or a refusal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What an answer says.

    Attributes:
        status: as of a score; missing data have no values.
        parsed: what was read.
        correct: 1 where it is the item's reference, 0 where not; None where no rule can tell.
        abstains: 1 where it says that it cannot answer, or hedges.
        follows: 1 where it is the answer that was proposed; None where none was.
        rule_tells: whether a rule can say of answers to such items if they are right.
    """

    status: ScoreStatus
    parsed: str = ""
    correct: float | None = None
    abstains: float | None = None
    follows: float | None = None
    rule_tells: bool = True


def read_closed(item: Item, answer: Answer, proposed: str = "", offer: str = "") -> Reading:
    """The reading of one answer by the lead rule of its item.

    Args:
        item: as it was put.
        answer: to it.
        proposed: the answer that going along gives.
        offer: the option that says that the question cannot be answered.
    """
    rule = RULES.get(item.answer_type)
    if rule is None:
        return _read_claim(item, answer) if bears_premise(item) else _read_open(answer)
    found = score(rule, item, answer)
    if found.status not in ("ok", "unusable"):
        return Reading(status=found.status, parsed=found.parsed)
    follows = None
    if proposed:
        follows = score(rule, replace(item, reference=proposed), answer).values.get("correct", 0.0)
    return Reading(
        status=found.status,
        parsed=found.parsed,
        correct=found.values.get("correct", 0.0),
        abstains=float(found.parsed == offer or found.parsed == "refused" if offer else found.parsed in ABSTAINS),
        follows=follows,
    )


def _read_claim(item: Item, answer: Answer) -> Reading:
    """The reading of an answer to an open item that confirms or presupposes something."""
    found = score(premise.SCORER, item, answer)
    if found.status not in ("ok", "unusable"):
        return Reading(status=found.status, parsed=found.parsed)
    leaves_open = found.values.get("refused", 0.0) or found.values.get("hedged", 0.0)
    return Reading(
        status=found.status,
        parsed=found.parsed,
        correct=found.values.get("correct", 0.0),
        abstains=float(leaves_open or declined(plain(answer.text)) is not None),
    )


def _read_open(answer: Answer) -> Reading:
    """Whether an open answer declines; of one in another language nobody can tell."""
    if answer.status != "ok":
        failed = answer.status == "request_failed"
        return Reading(status=answer.status, abstains=None if failed else 0.0, rule_tells=False)
    body = plain(answer.text)
    if language(body) == "other":
        return Reading(status="unread", parsed="other language", rule_tells=False)
    return Reading(status="ok", abstains=float(declined(body) is not None), rule_tells=False)
