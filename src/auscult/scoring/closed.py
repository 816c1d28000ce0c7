"""The closed-answer rule: reads yes/no and choices from free text, and never guesses."""

from auscult.records import Item
from auscult.scoring import Scorer, Verdict
from auscult.scoring._choice import parse_choice
from auscult.scoring._yes_no import parse_yes_no

_UNREAD = {
    "unclear": "the answer hedges, contradicts itself or does not decide",
    "refused": "the answer declines to answer",
    "off_format": "the answer says nothing about the question",
}


def _same(a: str, b: str) -> bool:
    return " ".join(a.split()).casefold() == " ".join(b.split()).casefold()


def rule(item: Item, text: str) -> Verdict:
    """``correct`` (0 or 1), and for yes/no ``says_yes``; what cannot be read is unusable and not correct.

    ``parsed`` is yes, no or the text of the chosen option; else unclear, refused or off_format.
    """
    read: int | str
    answer: str | None
    if item.answer_type == "yes_no":
        read = parse_yes_no(item.question, text)
        answer = read if read in ("yes", "no") else None
    else:
        read = parse_choice(item.question, item.options, text)
        answer = item.options[read] if isinstance(read, int) else None
    if answer is None:
        return Verdict(values={"correct": 0.0}, parsed=str(read), status="unusable", explanation=_UNREAD[str(read)])
    values = {"correct": float(_same(answer, item.reference))}
    if item.answer_type == "yes_no":
        values["says_yes"] = float(answer == "yes")
    return Verdict(values=values, parsed=answer)


SCORER = Scorer(
    name="closed",
    version="2",
    answer_types=frozenset({"yes_no", "choice"}),
    primary="correct",
    rule=rule,
)
