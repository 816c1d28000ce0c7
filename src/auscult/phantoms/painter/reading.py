"""What a prompt asks for, from its words: kind of image, finding, side, what cannot be on it, and how it is put."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from auscult.phantoms.scene import KINDS
from auscult.store.files import shipped_table


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What was understood.

    Attributes:
        modality: kind of image; empty where none was named.
        finding: what it is to show, of those that are at home on it; empty where none was named.
        side: that was asked for; empty where none was.
        foreign: how that is drawn which cannot be on it (``bones``, ``brain``); empty where all can be.
        wording: ``justified``, ``role``, or empty.
    """

    modality: str = ""
    finding: str = ""
    side: str = ""
    foreign: str = ""
    wording: str = ""

    @property
    def sided(self) -> bool:
        """Whether what is asked for has a side that an image of this kind shows."""
        known = KINDS.get(self.finding)
        return bool(known and known.sided and known.modality == self.modality)


@cache
def vocabulary() -> Mapping[str, Any]:
    """The words that the painter knows."""
    return shipped_table("phantoms/painter/vocabulary.toml")


@cache
def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    longest_first = sorted(words, key=len, reverse=True)
    return re.compile(rf"(?<![\w-])(?:{'|'.join(re.escape(word) for word in longest_first)})(?![\w-])")


def _named(text: str, table: Mapping[str, Iterable[str]]) -> str:
    """The name of which a word stands first in the text; of several at one place the longest."""
    places = [
        (found.start(), -len(found[0]), name)
        for name, words in table.items()
        if (found := _pattern(tuple(words)).search(text))
    ]
    return min(places)[2] if places else ""


def understood(text: str) -> Wish:
    """Reads a prompt."""
    words = vocabulary()
    text = " ".join(text.lower().split()).replace("\N{NON-BREAKING HYPHEN}", "-")
    modality = _named(text, words["modality"])
    rest = _pattern(tuple(words["modality"].get(modality, ("\0",)))).sub(" ", text)
    return Wish(
        modality=modality,
        finding=_finding(rest, modality),
        side=_named(rest, words["side"]),
        foreign=_foreign(rest, modality),
        wording=_named(text, words["wording"]),
    )


def _finding(text: str, modality: str) -> str:
    at_home = {name: words for name, words in vocabulary()["finding"].items() if name in SHOWN.get(modality, ())}
    return _named(text, at_home)


def _foreign(text: str, modality: str) -> str:
    """The first part of the body that an image of this kind cannot show."""
    words = vocabulary()
    home, never = words["home"].get(modality, ()), tuple(words["never"].get(modality, ()))
    if not modality:
        return ""
    if never and _pattern(never).search(text):
        return "bones"
    return _named(text, {name: of for name, of in words["part"].items() if name not in home})


SHOWN: Mapping[str, tuple[str, ...]] = {
    **{m: tuple(k.name for k in KINDS.values() if k.modality == m) for m in ("chest radiograph", "brain MR")},
    "abdominal CT": ("ascites", "renal cyst", "liver lesion"),
    "ultrasound": ("gallstone", "renal cyst", "ascites", "kidney stone", "thyroid nodule"),
    "hand radiograph": ("fracture", "joint wear"),
}
"""The findings that the painter can draw on each kind of image."""
