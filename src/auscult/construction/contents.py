"""What is in a set of pairs, counted as it streams by: for the card of an export, and of whatever holds pairs."""

from collections import Counter
from collections.abc import Iterator, Sequence

from auscult.records import Case, Item

ALL = "all pairs"
_NOT_SAID = "not said"
TABLES = {
    "part": "Part",
    "kind": "Kind",
    "category": "Category",
    "form": "Form of the question",
    "modality": "Modality",
    "tier": "How the truth is known",
    "style": "Style",
    "difficulty": "Difficulty",
    "source": "Source and licence",
}
"""What is counted, and its heading."""


class Contents:
    """Counts pairs: a few numbers a value, whatever their number."""

    def __init__(self) -> None:
        self._counts: dict[str, Counter[str]] = {name: Counter() for name in TABLES}
        self._words: dict[str, Counter[int]] = {}
        self._closed: dict[str, Counter[str]] = {}

    def add(self, case: Case, item: Item, part: str, answer: str) -> None:
        """Counts a pair.

        Args:
            case: what it is about.
            item: its question.
            part: where it is written.
            answer: as it is trained on or held against.
        """
        told = {
            "part": part,
            "kind": item.kind,
            "category": item.category,
            "form": item.premise_form,
            "modality": case.tags.get("modality", ""),
            "tier": item.tags.get("tier", ""),
            "style": item.style,
            "difficulty": item.difficulty,
            "source": f"{case.source}: {case.licence or 'licence not stated'}",
        }
        for name, value in told.items():
            self._counts[name][value] += 1
        for group in (ALL, item.kind):
            self._words.setdefault(group, Counter())[len(answer.split())] += 1
            if item.answer_type == "yes_no":
                self._closed.setdefault(group, Counter())[item.reference] += 1

    @property
    def parts(self) -> dict[str, int]:
        """Pairs by part."""
        return dict(self._counts["part"])

    def lines(self) -> Iterator[str]:
        """All counts in Markdown; what has one value alone, and says nothing by that, is left out."""
        if not self.parts:
            return
        for name, title in TABLES.items():
            counts = self._counts[name]
            if set(counts) - {""}:
                yield from ("", f"## {title}", "")
                yield from table(
                    [title.casefold(), "pairs"], [[value or _NOT_SAID, f"{n:,}"] for value, n in counts.most_common()]
                )
        yield from ("", "## Length and polarity", "")
        yield (
            "A reader of answers, or of their length, may not tell hallucination pairs from the others: words of the "
            "answers, and how many of the questions for yes or no are answered yes."
        )
        yield ""
        rows = [self._row(group) for group in (*sorted(self._words.keys() - {ALL}), ALL)]
        yield from table(["pairs", "number", "words, mean", "words, middle half", "yes", "no"], rows)

    def _row(self, group: str) -> list[str]:
        words, closed = self._words[group], self._closed.get(group, Counter())
        number = sum(words.values())
        mean = sum(length * n for length, n in words.items()) / number
        low, high = (quantile(words, share) for share in (0.25, 0.75))
        return [group, f"{number:,}", f"{mean:.1f}", f"{low} to {high}", f"{closed['yes']:,}", f"{closed['no']:,}"]


def quantile(counts: Counter[int], share: float) -> int:
    """The least value at or under which this share of all lies."""
    place = share * sum(counts.values())
    below = 0
    for value in sorted(counts):
        below += counts[value]
        if below >= place:
            return value
    return 0


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """A table in Markdown; bars and line breaks in its cells are written so that they stay cells."""
    cells = (["".join(" " if c in "\n\r" else c for c in cell).replace("|", "\\|") for cell in row] for row in rows)
    return [f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *cells)]
