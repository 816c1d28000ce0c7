"""Phrases of several kinds, kept as data (``auscult/data/lexicons``), found in the tokens of a text in one pass."""

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from auscult.facts._trie import Trie
from auscult.facts.lexicon import expand, with_sets
from auscult.facts.tokens import words
from auscult.store.files import shipped_table

Found = tuple[int, int, frozenset[str]]
"""First token, token after the last, kinds."""


class Phrasebook:
    """The phrases of one file: kind → phrases, with choices ``(a|b|)`` and sets ``{name}``."""

    def __init__(self, table: Mapping[str, Iterable[str]], sets: dict[str, str]) -> None:
        kinds: dict[tuple[str, ...], set[str]] = {}
        for kind, phrases in table.items():
            for phrase in phrases:
                for written in expand(with_sets(phrase, sets)):
                    if key := tuple(words(written.lower()).norms):
                        kinds.setdefault(key, set()).add(kind)
        self._trie: Trie[frozenset[str]] = Trie()
        for key, own in kinds.items():
            self._trie.add(key, frozenset(own))

    def __iter__(self) -> Iterator[tuple[tuple[str, ...], frozenset[str]]]:
        """All phrases, each with its kinds."""
        return iter(self._trie)

    def find(self, norms: list[str], first: int = 0, end: int | None = None) -> Iterator[Found]:
        """The longest phrase at each place, from left to right."""
        return self._trie.find(norms, first, end)


@lru_cache(maxsize=8)
def phrasebook(name: str) -> Phrasebook:
    """The phrases of ``lexicons/<name>.toml``, read once."""
    table = shipped_table(f"data/lexicons/{name}.toml")
    return Phrasebook(table["phrases"], table.get("sets", {}))
