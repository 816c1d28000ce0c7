"""What a model writes is looked at for patient data as what comes in is: such a pair is refused before it is an item.

Of what is refused, for this or another reason, the words that may tell of a person are rows of dots in every table of
the set. What templates make of a case holds no words but those of the case, which was looked at before.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar

from auscult.construction.checks import Check
from auscult.construction.drafting.checking import Verdict
from auscult.construction.generators import Reject
from auscult.construction.traces import Candidate
from auscult.items.patient_data.identifiers import identifiers, rules_version
from auscult.items.patient_data.screening import WHY, FoundRows, Sign, masked_text, word_signs
from auscult.records import Case, Item

FREE = "drafted"
"""Tier of items whose words a model chose."""
HOLDS = "it may hold patient data"
DRAFTED = "drafted pairs"
_TEXTS = ("question", "reference", "evidence", "said")


def templated(item: Item) -> bool:
    """Whether the words of an item are a template's: they are the same on many images, near-duplicates or not."""
    return item.tags.get("tier", FREE) != FREE


@dataclass(kw_only=True, eq=False)
class PatientDataCheck(Check):
    """Refuses an item whose words, where a template did not choose them, may tell of a person."""

    name: ClassVar[str] = "patient data"
    version: ClassVar[str] = rules_version()

    def refuse(self, case: Case, item: Item, kept: Sequence[Item]) -> str:
        """See ``Check``."""
        signs = () if templated(item) else tuple(dict.fromkeys(word_signs(item)))
        return f"{HOLDS}: {'; '.join(map(str, signs))}" if signs else ""


def masked_reject(row: Reject) -> Reject:
    """A refused row, in which whatever may tell of a person is a row of dots."""
    if row.tier not in ("", FREE):
        return row
    changed = {field: shown for field in _TEXTS if (shown := masked_text(text := getattr(row, field))) != text}
    return replace(row, **changed) if changed else row


def masked_verdict(row: Verdict) -> Verdict:
    """What a checker said, in which whatever may tell of a person is a row of dots."""
    return row if (shown := masked_text(row.reason)) == row.reason else replace(row, reason=shown)


def masked_candidate(row: Candidate) -> Candidate:
    """A trace that a model wrote, in which whatever may tell of a person is a row of dots."""
    said = tuple(replace(one, said=masked_text(one.said)) for one in row.rejections)
    return replace(row, text=masked_text(row.text), answer=masked_text(row.answer), rejections=said)


class Screened:
    """Counts and lists what a model wrote of persons, and masks it in what is refused.

    Args:
        folder: of the item set that is being written.
        keep: nothing is refused or masked for it; all is counted and listed.

    Attributes:
        left_out: reason → pairs that are no items for it.
        noted: reason → pairs that are, since that was asked for.
    """

    def __init__(self, folder: Path, keep: bool) -> None:
        self.checks: list[Check] = [] if keep else [PatientDataCheck()]
        self.left_out, self.noted = Counter[str](), Counter[str]()
        self._keep, self._found = keep, FoundRows(folder)

    def kept(self, case: Case, item: Item) -> None:
        """Takes note of an item that stays."""
        if self._keep and not templated(item) and (signs := list(dict.fromkeys(word_signs(item)))):
            self.noted[f"{WHY}{signs[0]} ({DRAFTED}), kept as asked"] += 1
            self._found.write("", case, item.source_id, signs, kept=True)

    def refused(self, case: Case, row: Reject) -> Reject:
        """A row as it may be written."""
        if self._keep:
            return row
        hidden = masked_reject(row)
        if row.check == PatientDataCheck.name:
            signs = [Sign(field, kind) for kind, _, field in (one.partition(" in ") for one in row.said.split("; "))]
            self.left_out[f"{WHY}{signs[0]} ({DRAFTED})"] += 1
        else:
            changed = (f for f in _TEXTS if getattr(hidden, f) != getattr(row, f))
            signs = [Sign(field, one.kind) for field in changed for one in identifiers(getattr(row, field))]
        if signs:
            self._found.write("", case, row.item_id, list(dict.fromkeys(signs)), kept=False)
        return hidden

    def close(self) -> None:
        """Closes the list."""
        self._found.close()
