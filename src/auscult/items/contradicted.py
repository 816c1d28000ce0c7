"""Questions that are asked of the same pixels twice, and answered otherwise: on closed ones nobody can be right twice.

Two answers to an open one may both hold ("a mass", "a tumour of the left lung"): those of one's own data stay, counted
and named, for their owner to look at.
"""

from array import array
from collections import Counter
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from auscult.records import Case, Item, rank
from auscult.store.tables import read_rows

OTHERWISE = "the same question of the same pixels, answered otherwise in another row"
OPEN = "open questions of the same pixels answered otherwise, kept: look at them, since both are tested and tuned on"
KEPT = "kept, as published"
"""How what is noted of a published data set begins: how many there are, and the first ones by name."""
CLOSED = ("yes_no", "choice")
"""Types of answer of which two that differ cannot both be right."""
NAMED = 5
Mask = NDArray[np.bool_]


class Answers:
    """What is asked of which pixels, and how it is answered: 25 bytes a question.

    Attributes:
        left_out: reason → how many questions.
        noted: what a user should know, and how often.
    """

    def __init__(self) -> None:
        self.left_out: Counter[str] = Counter()
        self.noted: Counter[str] = Counter()
        self._asked, self._answered, self._published = array("Q"), array("Q"), array("Q")
        self._open = array("B")

    def add(self, case: Case, item: Item, published: int) -> None:
        """Adds a question.

        Args:
            case: it is about.
            item: the question.
            published: number of the case in a published data set, from 1; 0: of one's own.
        """
        shown = [image.pixels or image.sha256 for image in case.images]
        is_open = item.answer_type not in CLOSED
        looked_at = bool(shown) and (not is_open or (not published and item.answer_type == "open"))
        asked = (*shown, " ".join(item.question.casefold().split()), *sorted(item.options))
        answer = " ".join(item.reference.casefold().rstrip(". ").split()) if is_open else item.reference
        self._asked.append(rank("asked", *asked) if looked_at else 0)
        self._answered.append(rank(answer) if looked_at else 0)
        self._open.append(is_open)
        self._published.append(published)

    def contradicted(self, among: Mask, rows: Path) -> Mask:
        """Which questions are to go; they are counted and the first of them named.

        What a published data set answers in two ways about one of its cases stays: it is that benchmark. It is noted.

        Args:
            among: which questions are looked at, shape (questions,).
            rows: file of all questions, in their order.
        """
        asked, case = (np.frombuffer(keys, np.uint64) for keys in (self._asked, self._published))
        opened = np.frombuffer(self._open, np.bool_)
        otherwise = self._otherwise(among & ~opened)
        at = np.flatnonzero(otherwise)
        at = at[np.lexsort((case[at], asked[at]))]
        apart = (np.diff(asked[at]) == 0) & (np.diff(case[at]) != 0)
        gone: Mask = otherwise & (np.isin(asked, asked[at[1:][apart]]) | (case == 0))
        self.left_out[OTHERWISE] += int(gone.sum())
        self._name(gone, f"left out: {OTHERWISE}", rows)
        if kept := int((otherwise & ~gone).sum()):
            self.noted[f"{KEPT}: {OTHERWISE}"] = kept
        self._name(otherwise & ~gone, f"{KEPT}: {OTHERWISE}", rows)
        in_two_ways = self._otherwise(among & opened)
        if in_two_ways.any():
            self.noted[OPEN] = int(in_two_ways.sum())
            self._name(in_two_ways, OPEN.partition(":")[0], rows)
        return gone

    def _otherwise(self, among: Mask) -> Mask:
        """Which of some questions are asked and answered otherwise among them too."""
        asked, answered = np.frombuffer(self._asked, np.uint64), np.frombuffer(self._answered, np.uint64)
        at = np.flatnonzero(among & (asked != 0))
        at = at[np.lexsort((answered[at], asked[at]))]
        pairs = (np.diff(asked[at]) == 0) & (np.diff(answered[at]) != 0)
        found: Mask = among & np.isin(asked, asked[at[1:][pairs]])
        return found

    def _name(self, found: Mask, what: str, rows: Path) -> None:
        asked, answered = np.frombuffer(self._asked, np.uint64), np.frombuffer(self._answered, np.uint64)
        places = np.flatnonzero(found)
        firsts = places[np.sort(np.unique(asked[found], return_index=True)[1])]
        for one in firsts[:NAMED]:
            same = places[asked[places] == asked[one]]
            rival = same[answered[same] != answered[one]][0]
            item, against = (next(iter(read_rows(rows, Item, skip=int(place)))) for place in (one, rival))
            said = " and ".join(f"'{one.source_id}' ({one.reference[:40]})" for one in (item, against))
            self.noted[f"{what}: {said}"] = len(same)
        if more := int(np.isin(asked[places], asked[firsts[NAMED:]]).sum()):
            self.noted[f"{what}: more of them"] = more
