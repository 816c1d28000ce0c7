"""What people wrote down as meant by a recorded answer: known words in any case, or the row is refused."""

from collections.abc import Mapping
from typing import Any

from auscult.errors import UserError
from auscult.store.rows import NOTHING
from auscult.store.rows import Row as Line

COLUMNS = ("label_1", "label_2", "label_3")
SIDES = ("yes", "no")
NEITHER = ("unclear", "refused", "none", "no position")
PREMISE = ("accepted", "denied", "corrected", "hedged", "unclear", "evaded", "refused", "none")
PRESENCE = ("present", "absent", "uncertain")
Labels = tuple[tuple[str, ...], ...]


def given_labels(line: Line) -> Labels:
    """What each labeller wrote, several readings (``yes|unclear``) in one tuple.

    Raises:
        UserError: a label is neither a text nor, as ``meant``, findings with their presence.
    """
    for names in (("meant",), COLUMNS, ("label",)):
        if found := tuple(said for name in names if (said := _said(line, name))):
            return found
    return ()


def _said(line: Line, name: str) -> tuple[str, ...]:
    value = line.values.get(name)
    if value is None or isinstance(value, Mapping) or (name == "label" and not isinstance(value, str)):
        return ()
    if not isinstance(value, str):
        raise _refused(line, name, value, "write a word in quotes")
    if value.strip().casefold() in NOTHING:
        return ()
    return tuple(part.strip() for part in value.split("|") if part.strip())


def given_findings(line: Line) -> tuple[tuple[str, str], ...]:
    """Findings that ``meant`` names, with their presence.

    Raises:
        UserError: something else is said of one.
    """
    meant = line.values.get("meant")
    if not isinstance(meant, Mapping):
        return ()
    for finding, said in meant.items():
        if not isinstance(said, str) or said.casefold() not in PRESENCE:
            raise _refused(line, f"meant, {finding}:", said, f"known: {', '.join(PRESENCE)}")
    return tuple((str(finding), said.casefold()) for finding, said in meant.items())


def checked_labels(line: Line, labels: Labels, answer_type: str, options: tuple[str, ...], premise: bool) -> Labels:
    """The labels in the words that certificates know; those of numbers and of free text as they are.

    Raises:
        UserError: a label is none of these words, and no option.
    """
    known = {"yes_no": (*SIDES, *NEITHER), "choice": (*options, *NEITHER), "open": PREMISE if premise else ()}
    words = known.get(answer_type, ())
    if not words:
        return labels
    if answer_type == "choice" and labels and len(options) < 2:
        raise UserError(f"{line.where}: a labelled choice with fewer than two options; give 'options' as a list")
    spelled = {folded(word): word for word in reversed(words)}
    for said in labels:
        for label in said:
            if folded(label) not in spelled:
                raise _refused(line, "meant", label, f"known: {', '.join(words)}")
    return tuple(tuple(spelled[folded(label)] for label in said) for said in labels)


def folded(text: str) -> str:
    """Lower case, one space between words."""
    return " ".join(text.casefold().split())


def _refused(line: Line, name: str, value: Any, remedy: str) -> UserError:
    return UserError(f"{line.where}: {name} {str(value)[:40]!r} says nothing that is known; {remedy}; or leave it out")
