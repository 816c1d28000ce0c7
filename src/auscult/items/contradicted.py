"""Closed questions that are asked of the same pixels twice, and answered otherwise: nobody can be right on both."""

from array import array
from collections import Counter
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from auscult.records import Case, Item, rank
from auscult.store.tables import read_rows

OTHERWISE = "the same question of the same pixels, answered otherwise in another row"
KEPT = "kept, as published"
"""How what is noted of a published data set begins: how many there are, and the first ones by name."""
CLOSED = ("yes_no", "choice")
"""Types of answer of which two that differ cannot both be right."""
NAMED = 5
Mask = NDArray[np.bool_]


class Answers:
    """What is asked of which pixels, and how it is answered: 24 bytes a question.

    Attributes:
        left_out: reason → how many questions.
        noted: what a user should know, and how often.
    """

    def __init__(self) -> None:
        self.left_out: Counter[str] = Counter()
        self.noted: Counter[str] = Counter()
        self._asked, self._answered, self._published = array("Q"), array("Q"), array("Q")

    def add(self, case: Case, item: Item, published: int) -> None:
        """Adds a question.

        Args:
            case: it is about.
            item: the question.
            published: number of the case in a published data set, from 1; 0: of one's own.
        """
        shown = [image.pixels or image.sha256 for image in case.images]
        closed = bool(shown) and item.answer_type in CLOSED
        asked = (*shown, " ".join(item.question.casefold().split()), *sorted(item.options))
        self._asked.append(rank("asked", *asked) if closed else 0)
        self._answered.append(rank(item.reference) if closed else 0)
        self._published.append(published)

    def contradicted(self, among: Mask, rows: Path) -> Mask:
        """Which questions are to go; they are counted and the first of them named.

        What a published data set answers in two ways about one of its cases stays: it is that benchmark. It is noted.

        Args:
            among: which questions are looked at, shape (questions,).
            rows: file of all questions, in their order.
        """
        asked, answered, case = (
            np.frombuffer(keys, np.uint64) for keys in (self._asked, self._answered, self._published)
        )
        at = np.flatnonzero(among & (asked != 0))
        at = at[np.lexsort((answered[at], asked[at]))]
        pairs = (np.diff(asked[at]) == 0) & (np.diff(answered[at]) != 0)
        otherwise = among & np.isin(asked, asked[at[1:][pairs]])
        at = np.flatnonzero(otherwise)
        at = at[np.lexsort((case[at], asked[at]))]
        apart = (np.diff(asked[at]) == 0) & (np.diff(case[at]) != 0)
        gone: Mask = otherwise & (np.isin(asked, asked[at[1:][apart]]) | (case == 0))
        self.left_out[OTHERWISE] += int(gone.sum())
        self._name(gone, f"left out: {OTHERWISE}", rows)
        if kept := int((otherwise & ~gone).sum()):
            self.noted[f"{KEPT}: {OTHERWISE}"] = kept
        self._name(otherwise & ~gone, f"{KEPT}: {OTHERWISE}", rows)
        return gone

    def _name(self, found: Mask, what: str, rows: Path) -> None:
        asked, answered = np.frombuffer(self._asked, np.uint64), np.frombuffer(self._answered, np.uint64)
        places = np.flatnonzero(found)
        firsts = places[np.sort(np.unique(asked[found], return_index=True)[1])]
        for one in firsts[:NAMED]:
            same = places[asked[places] == asked[one]]
            rival = same[answered[same] != answered[one]][0]
            item, against = (next(iter(read_rows(rows, Item, skip=int(place)))) for place in (one, rival))
            said = f"'{item.source_id}' ({item.reference}) and '{against.source_id}' ({against.reference})"
            self.noted[f"{what}: {said}"] = len(same)
        if more := int(np.isin(asked[places], asked[firsts[NAMED:]]).sum()):
            self.noted[f"{what}: more of them"] = more
