"""What an answer says of a premise, all its sentences read together; and the words of premises, kept as data."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from auscult.store.files import shipped_table


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the content of an answer says of a premise.

    Attributes:
        accepts: it entails the premise.
        denies: it contradicts the premise.
        truth: it states the truth.
        hedges: it speaks of the premised thing, and calls it possible.
        open: it names what tells the premise from the truth, and which way was not understood.
    """

    accepts: bool = False
    denies: bool = False
    truth: bool = False
    hedges: bool = False
    open: bool = False


def premise_table() -> dict[str, dict[str, Any]]:
    """``lexicons/premises.toml``, read once."""
    return shipped_table("data/lexicons/premises.toml")


@lru_cache(maxsize=64)
def premise_words(name: str) -> frozenset[str]:
    """A list of words of that file, in normal form."""
    return frozenset(str(premise_table()["words"][name]).split())
