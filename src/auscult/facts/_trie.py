"""Phrases found in tokens: the longest one at each place, from left to right, in one pass."""

from collections.abc import Iterator
from typing import Generic, TypeVar

Role = TypeVar("Role")
_END = ""


class Trie(Generic[Role]):
    """Phrases of tokens, each with what it stands for."""

    def __init__(self) -> None:
        self._root: dict[str, object] = {}

    def add(self, phrase: tuple[str, ...], role: Role) -> None:
        """Adds a phrase, or replaces what it stood for."""
        node = self._root
        for word in phrase:
            node = node.setdefault(word, {})  # type: ignore[assignment]
        node[_END] = role

    def get(self, phrase: tuple[str, ...]) -> Role | None:
        """What exactly this phrase stands for."""
        node: dict[str, object] | None = self._root
        for word in phrase:
            node = node.get(word) if node else None  # type: ignore[assignment]
        return node.get(_END) if node else None  # type: ignore[return-value]

    def __iter__(self) -> Iterator[tuple[tuple[str, ...], Role]]:
        """All phrases, each with what it stands for."""
        rest: list[tuple[tuple[str, ...], dict[str, object]]] = [((), self._root)]
        while rest:
            phrase, node = rest.pop()
            for word, below in node.items():
                if word == _END:
                    yield phrase, below  # type: ignore[misc]
                else:
                    rest.append(((*phrase, word), below))  # type: ignore[arg-type]

    def find(self, norms: list[str], start: int = 0, end: int | None = None) -> Iterator[tuple[int, int, Role]]:
        """Phrases that do not overlap: first token, token after the last, what it stands for.

        Args:
            norms: tokens.
            start: where to begin.
            end: where to stop; a phrase may not reach past it.
        """
        root, i, n = self._root, start, len(norms) if end is None else end
        while i < n:
            node = root.get(norms[i])
            if node is None:
                i += 1
                continue
            j, last, role = i + 1, 0, None
            while True:
                if _END in node and role is not node[_END]:  # type: ignore[operator,index]
                    last, role = j, node[_END]  # type: ignore[index]
                if j == n:
                    break
                below = node.get(norms[j])  # type: ignore[attr-defined]
                if below is None:
                    if norms[j][-2:] == "ly" and norms[j] not in root and j + 1 < n:
                        j += 1  # an adverb: "cannot clearly see"
                        continue
                    break
                node = below
                j += 1
            if last:
                yield i, last, role  # type: ignore[misc]
                i = last
            else:
                i += 1
