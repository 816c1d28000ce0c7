"""The closed-answer rule: reads yes/no and choices from free text, and never guesses."""

from auscult.facts.reply import answer_part, language, plain, yes_no_elsewhere
from auscult.records import Item
from auscult.scorers import Scorer, Verdict
from auscult.scorers.rules._choice import parse_choice
from auscult.scorers.rules._yes_no import parse_yes_no

_UNREAD = {
    "unread": "what the answer says of the question could not be told",
    "other language": "the answer is not in English",
}
_NO_POSITION = {
    "refused": "the answer declines to answer",
    "empty": "nothing was said",
    "cut short": "the answer ends while the model was still thinking",
    "no language": "what was said is no language",
    "no option": "none of the options is named",
}
_BY_LANGUAGE = {"english": "unread", "other": "other language", "none": "no language"}


def _same(a: str, b: str) -> bool:
    return " ".join(a.split()).casefold() == " ".join(b.split()).casefold()


def read_yes_no(question: str, text: str) -> str:
    """An answer to a yes/no question: yes, no, unclear, or a key of the tables above."""
    read: str = parse_yes_no(question, text)
    spoken = text.lstrip(" *\"'")[:3].lower()
    if read in ("yes", "unclear", "refused") or (read == "no" and spoken != "no "):
        return read
    body = plain(text)
    if read == "no":  # "No lobo direito" is Portuguese for "in the right lobe"
        return "other language" if language(body) == "other" and yes_no_elsewhere(body) != "no" else "no"
    if not body:
        reply = answer_part(text)
        return "unread" if reply.too_long else "cut short" if reply.thought_open else "empty"
    return (
        yes_no_elsewhere(body)
        or {"english": "unread", "other": "other language", "none": "no language"}[language(body)]
    )


def rule(item: Item, text: str) -> Verdict:
    """``correct`` (0 or 1), for yes/no ``says_yes``, and ``unclear`` where the answer hedges or contradicts itself.

    ``parsed`` is yes, no, the text of the chosen option, or unclear: readings. An answer that takes no position is
    unusable, and ``parsed`` says why; one that may take a position that could not be told is unread.
    """
    if item.answer_type == "yes_no":
        read = read_yes_no(item.question, text)
    else:
        found = parse_choice(item.question, item.options, text)
        if isinstance(found, int):
            chosen = item.options[found]
            return Verdict(values={"correct": float(_same(chosen, item.reference))}, parsed=chosen)
        read = found
    if read in ("yes", "no"):
        values = {"correct": float(_same(read, item.reference)), "says_yes": float(read == "yes")}
        return Verdict(values=values, parsed=read)
    if read in _UNREAD:
        return Verdict(status="unread", parsed="unread", explanation=_UNREAD[read])
    if read in _NO_POSITION:
        return Verdict(values={"correct": 0.0}, status="unusable", parsed=read, explanation=_NO_POSITION[read])
    return Verdict(
        values={"correct": 0.0, "unclear": 1.0},
        parsed="unclear",
        explanation="the answer hedges, contradicts itself or does not decide",
    )


SCORER = Scorer(
    name="closed",
    version="3",
    answer_types=frozenset({"yes_no", "choice"}),
    primary="correct",
    lower_is_better=frozenset({"unclear"}),
    rule=rule,
)
