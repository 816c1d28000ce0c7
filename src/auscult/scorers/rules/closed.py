"""The closed-answer rule: reads yes/no and choices from free text, and never guesses."""

from auscult.facts.reply import answer_part, language, plain, yes_no_elsewhere
from auscult.records import Instrument, Item
from auscult.scorers import ACCURACY, SAYS_YES, UNCLEAR, Scorer, Verdict
from auscult.scorers.rules._choice import parse_choice
from auscult.scorers.rules._yes_no import parse_yes_no
from auscult.scorers.scoring import BY_LANGUAGE, SILENT, UNREAD, silence, unread

_NO_POSITION = SILENT | {"no option": "none of the options is named"}


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
        return answer_part(text).nothing
    return yes_no_elsewhere(body) or BY_LANGUAGE[language(body)]


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
            return _chosen(item, item.options[found])
        read = found
    return unread(read) if read in UNREAD else _taken(item, read)


def follows(item: Item, reading: str) -> Verdict:
    """What follows from a reading: yes, no, the text of an option, unclear, or no position."""
    chosen = item.answer_type == "choice" and reading in item.options
    return _chosen(item, reading) if chosen else _taken(item, reading)


def _chosen(item: Item, option: str) -> Verdict:
    return Verdict(values={"correct": float(_same(option, item.reference))}, parsed=option)


def _taken(item: Item, read: str) -> Verdict:
    if read in ("yes", "no"):
        values = {"correct": float(_same(read, item.reference)), "says_yes": float(read == "yes")}
        return Verdict(values=values, parsed=read)
    if read in _NO_POSITION:
        return silence(read, {"correct": 0.0}, _NO_POSITION[read])
    return Verdict(
        values={"correct": 0.0, "unclear": 1.0},
        parsed="unclear",
        explanation="the answer hedges, contradicts itself or does not decide",
    )


SCORER = Scorer(
    instrument=Instrument(
        name="closed",
        version="5",
        kind="rule",
        values=(ACCURACY, SAYS_YES, UNCLEAR),
        answer_types=frozenset({"yes_no", "choice"}),
        leads=frozenset({"yes_no", "choice"}),
        reads_class=True,
    ),
    rule=rule,
    follows=follows,
)
