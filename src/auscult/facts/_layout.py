"""Tables, lists, forms and JSON brought to sentences: "| Mass | No |", "Mass (-)", "[ ] mass", ``{"mass": false}``.

Only the normal forms of tokens change, and breaks are put in: every word stays at its place in the text. What the cells
say is read by the same rules as prose ("mass: no").
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from auscult.facts.tokens import Words, listed
from auscult.store.files import shipped_table

_STRUCTURED = re.compile(
    r"[|{=_\u2610-\u2612\u2713-\u2718\u274c\u2705]|\[[ x]?\]|\s-\s|[:?(][\s\"'*]*[-+\w]|:\s*\n", re.IGNORECASE
)
_HINT = re.compile(r"[|{=_\[:?(\u2610-\u2612\u2713-\u2718\u274c\u2705]|\s-\s")  # far cheaper, and mostly all there is
_TICKED = re.compile(r"[\u2611\u2713\u2714\u2705]")
_CHECKED, _UNCHECKED, _CROSS = frozenset("\u2611\u2713\u2714\u2705"), "\u2610", frozenset("\u2717\u2718\u274c")
_BALLOT = "\u2612"
_ENDS = frozenset(".,;|)}]!")
_QUOTES = frozenset("\"'`*")
_BEFORE_VALUE = frozenset(":=?(-")
_BULLETS = frozenset("-*•+")
_VERBS = listed("is are was were has have show demonstrate appear remain reveal see it this there")
_MOST_OF_LABEL = 12  # tokens of a line that can be what a value is said of


def arranged(text: str, tokens: Words) -> Words:
    """The tokens of a text with its layout told in words.

    Args:
        text: as it was given; characters are at the places that ``tokens`` name.
        tokens: of the text.

    Returns:
        Tokens: a denying value is ``no`` after ``:``, an affirming one ``yes``, and ``;`` stands where a cell, a line
        of a form or a member of an object ends. The same object where the text has no such layout.
    """
    if not _HINT.search(text) or not _STRUCTURED.search(text):
        return tokens
    return _Layout(text, tokens).told()


class _Layout:
    def __init__(self, text: str, tokens: Words) -> None:
        self.text, self.tokens = text, tokens
        self.norms: list[str] = []
        self.starts: list[int] = []
        self.ends: list[int] = []
        self.ticks = _TICKED.search(text) is not None
        self.brackets = "{}[]" if "{" in text else ""  # "[" alone heads a section
        self.columns: list[str] = []
        self.under = ""  # what a header says of the list below it

    def told(self) -> Words:
        for low, high in self._lines():
            self._line(low, high)
        return Words(self.norms, self.starts, self.ends)

    def _lines(self) -> Iterator[tuple[int, int]]:
        """Token ranges of the lines."""
        norms, starts, ends = self.tokens
        first = 0
        for n in range(1, len(norms)):
            if "\n" in self.text[ends[n - 1] : starts[n]]:
                yield first, n
                first = n
        if norms:
            yield first, len(norms)

    def _put(self, norm: str, n: int) -> None:
        self.norms.append(norm)
        self.starts.append(self.tokens.starts[n])
        self.ends.append(self.tokens.ends[n])

    def _break(self) -> None:
        """A sentence ends here."""
        if self.norms and self.norms[-1] != ";":
            at = self.ends[-1]
            self.norms.append(";")
            self.starts.append(at)
            self.ends.append(at)

    def _line(self, low: int, high: int) -> None:
        norms = self.tokens.norms
        bars = [n for n in range(low, high) if norms[n] == "|"]
        if len(bars) > 1 or (bars and self.columns):
            self._row(low, high, bars)
            return
        self.columns = []
        bullet = norms[low] in _BULLETS and high > low + 1
        if self.under and not bullet:
            self.under = ""
        if bullet and self.under == "no":
            self._break()
            self._put("no", low)
            low += 1
        elif (value := self._header(low, high)) is not None:
            self.under = value
            self._break()
            return
        self._words(low, high)

    def _header(self, low: int, high: int) -> str | None:
        """What a line such as "Absent:" says of the list below it."""
        words = [w for w in self.tokens.norms[low:high] if w not in _QUOTES and w not in _BULLETS]
        if len(words) == 2 and words[1] == ":" and high < len(self.tokens.norms):
            return _value(words[0])
        return None

    def _words(self, low: int, high: int) -> None:
        """A line, its values told."""
        norms, n, begun = self.tokens.norms, low, len(self.norms)
        while n < high:
            norm = norms[n]
            if norm in self.brackets:
                if norm != "[":
                    self._break()
                n += 1
            elif norm == "_" or (norm in _QUOTES and norm != "'"):
                n += 1
            elif end := self._box(n, high) or self._value(n, high) or self._heading(n, high, begun):
                n = end
            else:
                self._put(norm, n)
                n += 1

    def _value(self, n: int, high: int) -> int:
        """Tells the value after a colon, an equals sign or a question, or in brackets; where it ends, or 0."""
        norms = self.tokens.norms
        if norms[n] not in _BEFORE_VALUE:
            return 0
        at = n + 1
        while at < high and norms[at] in _QUOTES:
            at += 1
        if at == high:
            return 0
        value = _value(norms[at])
        if norms[at].replace(".", "").isdigit() and norms[at + 1 : at + 2] == ["%"]:
            value, at = "possible", at + 1  # "Mass: 40 %"
        if value is None or (norms[n] == "(" and norms[at + 1 : at + 2] != [")"]):
            return 0
        after = at + 1
        while after < high and norms[after] in _QUOTES:
            after += 1
        if after < high and norms[after] not in _ENDS:
            return 0
        if not self.norms or self.norms[-1] == ";":
            return 0
        self._put(":", n)
        self._put(value, at)
        if after < high and norms[after] in _ENDS:
            self._put(";" if norms[after] not in ".!" else ".", after)
            return after + 1
        self._break()
        return after

    def _heading(self, n: int, high: int, begun: int) -> int:
        """Tells "No: effusion, mass." as a denial of what follows; where its colon ends, or 0."""
        norms = self.tokens.norms
        opens = len(self.norms) == begun or self.norms[-1] in (";", ".")
        if not opens or n + 2 >= high:
            return 0
        colon = n + 1
        while colon < high and norms[colon] in _QUOTES:
            colon += 1
        if norms[colon : colon + 1] != [":"] or (value := _value(norms[n])) is None:
            return 0
        end = next((m for m in range(colon + 1, high) if norms[m] in ".;}]"), high)
        if end - colon > _MOST_OF_LABEL or not _VERBS.isdisjoint(norms[colon + 1 : end]):
            return 0
        self._break()
        if value == "no":
            self._put("no", n)
        return colon + 1

    def _box(self, n: int, high: int) -> int:
        """Tells a box before what it ticks, or a mark after it; where it ends, or 0."""
        norms = self.tokens.norms
        norm, end = norms[n], n + 1
        if norm == "[" and norms[n + 1 : n + 2] == ["]"]:
            norm, end = _UNCHECKED, n + 2
        elif norm == "[" and norms[n + 1 : n + 3] == ["x", "]"]:
            norm, end = "\u2611", n + 3
        elif norm == _BALLOT:
            norm = "\u2717" if self.ticks else "\u2611"
        if norm in _CROSS or norm in _CHECKED:
            labelled = bool(self.norms) and self.norms[-1] not in (";", ".") and self._closes(end, high)
            if labelled:
                self._put(":", n)
                self._put("no" if norm in _CROSS else "yes", n)
                self._break()
                return end
        elif norm != _UNCHECKED:
            return 0
        elif self.norms and self.norms[-1] == ":" and self._closes(end, high):
            self._put("no", n)
            self._break()
            return end
        self._break()
        if norm == _UNCHECKED or norm in _CROSS:
            self._put("no", n)
        return end

    def _closes(self, end: int, high: int) -> bool:
        """Whether a mark stands at the end of its label, and not before the next one."""
        return end == high or self.tokens.norms[end] in _ENDS

    def _row(self, low: int, high: int, bars: Sequence[int]) -> None:
        """Tells a row of a table: its first cell is what the others are said of."""
        norms = self.tokens.norms
        edges = [*([] if bars[0] == low else [low - 1]), *bars, *([] if bars[-1] == high - 1 else [high])]
        cells = [
            [n for n in range(a + 1, b) if norms[n] not in _QUOTES and norms[n] != "_"]
            for a, b in zip(edges, edges[1:], strict=False)
        ]
        if all(norms[n] in "-:" for cell in cells for n in cell):
            return
        if not self.columns and self._opens(cells):
            return
        self._break()
        for n in cells[0]:
            self._put(norms[n], n)
        for column, cell in enumerate(cells[1:], 1):
            self._cell(cell, self.columns[column] if column < len(self.columns) else "")
        self._break()

    def _opens(self, cells: Sequence[Sequence[int]]) -> bool:
        """Keeps the names of a table's columns; whether its first row is no more than that."""
        norms = self.tokens.norms
        names = [" ".join(norms[n] for n in cell if norms[n] not in "?:") for cell in cells]
        label = names[0] in _phrases()["label"]
        self.columns = names if label else [""] * len(names)
        return label

    def _cell(self, cell: Sequence[int], column: str) -> None:
        """Tells a cell; under "Absent", a mark or a "yes" denies."""
        norms = self.tokens.norms
        if not cell:
            return
        value = _value(norms[cell[0]]) if len(cell) == 1 else None
        header = _value(column)
        marked = len(cell) == 1 and (norms[cell[0]] in _CHECKED or norms[cell[0]] in ("x", _BALLOT))
        if marked:
            value = header
        elif value and header == "no":
            value = "no" if value == "yes" else "yes"
        self._put(":", cell[0])
        if value:
            self._put(value, cell[0])
            return
        for n in cell:
            self._put(norms[n], n)


@lru_cache(maxsize=1)
def _phrases() -> dict[str, frozenset[str]]:
    return {name: frozenset(words) for name, words in shipped_table("data/lexicons/layout.toml").items()}


def _value(word: str) -> str | None:
    """``yes`` or ``no`` of a word that stands alone in a cell; None where it is no such word."""
    phrases = _phrases()
    return "no" if word in phrases["no"] else "yes" if word in phrases["yes"] else None
