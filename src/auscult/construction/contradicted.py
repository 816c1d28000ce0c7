"""Images with equal pixels of which different rows say opposite things: nothing is made of what they disagree on.

Which of them is right cannot be told, and a model that is asked both can be right on one alone. The rows' own questions
are held against each other by ``auscult.items.contradicted``; this is for what is made of captions, labels and answers.
"""

from array import array
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

import numpy as np

from auscult.construction.checks import Refusal
from auscult.construction.claims import Claim, stated
from auscult.construction.known import known_of
from auscult.construction.lexicon import lexicon
from auscult.facts import read_facts
from auscult.items.item_set import CASES
from auscult.items.writer import DRAFTS
from auscult.records import Case, Item, rank
from auscult.store.tables import read_rows

CHECK = "same image"
REASON = "another row with the same pixels says the opposite"
NAMED = 5
"""Disagreements that are named."""
MORE = "more rows with the same pixels that say opposite things"


class Contradicted:
    """Finds, between the passes over the cases, what rows with the same pixels disagree on: 8 bytes a case.

    Args:
        folder: of the item set that is being written.
    """

    def __init__(self, folder: Path) -> None:
        self._folder, self._pixels = folder, array("Q")
        self._disputed: dict[str, frozenset[str]] = {}
        self.noted: Counter[str] = Counter()

    def look(self, case: Case) -> None:
        """First pass: takes note of the pixels of the next case."""
        self._pixels.append(rank("shown", *(i.pixels or i.sha256 for i in case.images)) if case.images else 0)

    def find(self) -> None:
        """Between the passes: reads again the cases whose pixels others show too, and what is known of each."""
        pixels = np.frombuffer(self._pixels, np.uint64)
        values, counts = np.unique(pixels, return_counts=True)
        again = np.isin(pixels, values[(counts > 1) & (values != 0)])
        if not again.any():
            return
        said: dict[int, list[tuple[Case, dict[Claim, bool]]]] = {}
        for number, (case, items) in enumerate(self._cases()):
            if again[number]:
                told = {s.claim: s.truth for s in stated(known_of(case, items)) if s.truth is not None and not s.unfit}
                said.setdefault(int(pixels[number]), []).append((case, told))
        for rows in said.values():
            self._compare(rows)

    def _cases(self) -> Iterator[tuple[Case, Sequence[Item]]]:
        """The cases with the questions of their data set."""
        groups = groupby(read_rows(self._folder / DRAFTS, Item), key=lambda item: item.case_id)
        ahead = next(groups, None)
        for case in read_rows(self._folder / CASES, Case):
            if ahead is None or ahead[0] != case.id:
                yield case, ()
                continue
            yield case, list(ahead[1])
            ahead = next(groups, None)

    def _compare(self, rows: Sequence[tuple[Case, dict[Claim, bool]]]) -> None:
        claims = {claim for _, told in rows for claim in told}
        both = [c for c in claims if len({told[c] for _, told in rows if c in told}) > 1]
        if not both:
            return
        about = sorted({claim.finding or claim.statement for claim in both})
        nouns = {lexicon().findings[name].noun for name in about if name in lexicon().findings}
        for case, _ in rows:
            self._disputed[case.id] = frozenset({*about, *nouns})
        sides = [
            next(case.source_key for case, told in rows if told.get(min(both)) is truth) for truth in (True, False)
        ]
        if len(self.noted) < NAMED:
            named = f"'{sides[0]}' and '{sides[1]}' ({', '.join(about)})"
            self.noted[f"rows with the same pixels say opposite things, of which nothing is asked: {named}"] += 1
        else:
            self.noted[MORE] += 1

    def refusal(self, case: Case, item: Item) -> Refusal | None:
        """Why an item may not stay, or None."""
        disputed = self._disputed.get(case.id)
        if not disputed:
            return None
        texts = (item.question, item.premise, item.reference)
        about = {lexicon().named(f.finding) for text in texts for f in read_facts(text)}
        about |= {item.target, item.tags.get("statement", "")}
        both = sorted(about & disputed)
        return Refusal(CHECK, REASON, f"{REASON}: {', '.join(both)}") if both else None
