"""Questions of one image that ask again what another one asks: in other words, or with options beside without any.

Equal questions of a case are marked where its data set is read (``duplicate_of``). Here those of images with equal
pixels are, too, in whatever data set they stand, and such as have the same content: two that ask whether the same
finding is there, and two that share their answer and, words of grammar left out, the words of the question. Premises
stand beside their like on purpose, and so do paraphrases that a data set names as such.
"""

from array import array
from functools import lru_cache

import numpy as np

from auscult.facts.presence_questions import finding_asked
from auscult.facts.reply import words
from auscult.facts.tokens import listed, normal
from auscult.records import Case, Item, rank

_GRAMMAR = listed(
    "a an the is are be was were do does did of in on at to by for as it its this that these those there here image "
    "picture scan show shown shows see seen visible present any can could you we i please what which tell me have has"
)


class Repeats:
    """Finds the earlier question of each repeat: 8 bytes a case, and ids of questions of images that several show."""

    def __init__(self) -> None:
        self._pixels, self._changes = array("Q"), array("B")
        self._shared: dict[int, dict[int, tuple[str, int]]] | None = None
        self._here: dict[int, tuple[str, int]] = {}
        self._own = False

    def look(self, case: Case, *, own: bool) -> None:
        """First pass: takes note of the pixels of the next case, and whether it is of a user's own data."""
        self._pixels.append(rank("shown", *(i.pixels or i.sha256 for i in case.images)) if case.images else 0)
        self._changes.append(own)

    def begin(self, number: int) -> None:
        """Second pass: what follows is about the case of that number."""
        if self._shared is None:
            values, counts = np.unique(np.frombuffer(self._pixels, np.uint64), return_counts=True)
            self._shared = {int(value): {} for value in values[(counts > 1) & (values != 0)]}
        self._here, self._own = self._shared.get(self._pixels[number], {}), bool(self._changes[number])

    def first(self, item: Item, *, made: bool) -> str:
        """The id of the earlier question that an item repeats; empty where it repeats none.

        Args:
            item: the next one of the case.
            made: whether it was added to those of the data set. Those of a published one are that benchmark: what is
                not marked in it stays so.
        """
        key = _content(item)
        if not key:
            return ""
        options = rank(*sorted(item.options)) if item.options else 0
        first, others = self._here.setdefault(key, (item.id, options))
        same = not (options and others) or options == others
        return first if same and first != item.id and (made or self._own) else ""


def _content(item: Item) -> int:
    """What is asked and answered, as a number; 0 where an item stands beside its like on purpose."""
    if item.premise_form not in ("", "neutral") or item.paraphrase_group:
        return 0
    asked = finding_asked(item.question) if item.answer_type == "yes_no" else None
    if asked:
        there = (item.reference == "yes") == (asked.yes_means == "present")
        return rank("finding", asked.name, str(there))
    return rank("words", *_said(item.question), "?", *_said(item.reference))


@lru_cache(maxsize=16_384)
def _said(text: str) -> tuple[str, ...]:
    said = [normal(word.casefold()) for word in words(text)]
    return tuple(word for word in said if word not in _GRAMMAR) or tuple(said)
