"""The words of ``wordings.toml``, read once: findings, their properties, and how claims are phrased."""

from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from auscult.records import rank
from auscult.store.files import shipped_table

FOREIGN, FOREIGN_SHARE = 2, 4
"""How many findings of other regions of the body are named on an image, and on one image of how many."""
_MISTAKABLE = (("X-ray", "CT", "MRI", "ultrasound"), ("chest", "brain", "abdomen"))
ORDER = ("side", "place", "grade", "attribute", "half", "count")


@dataclass(frozen=True)
class Entry:
    """How a finding is spoken of.

    Attributes:
        noun: its name in a sentence.
        region: of the body where it can occur; empty where it can be anywhere.
        mass: whether it takes no article.
        sided: whether it has a side.
        graded: whether it is small, moderate or large.
        severe: whether its grades are called mild, moderate and marked.
        places: where it can lie.
        attributes: what it can look like.
        countable: whether it is counted.
        towards: whether its side is a direction.
        templates: phrases of its own: property → with ``{value}`` and ``{noun}``.
        said: how a property is said of it, where that is its own: property → with ``{value}``.
    """

    noun: str
    region: str
    mass: bool = False
    sided: bool = False
    graded: bool = False
    severe: bool = False
    places: tuple[str, ...] = ()
    attributes: tuple[str, ...] = ()
    countable: bool = False
    towards: bool = False
    templates: tuple[tuple[str, str], ...] = ()
    said: tuple[tuple[str, str], ...] = ()


class Lexicon:
    """The table, opened.

    Args:
        table: the content of ``wordings.toml``.
    """

    def __init__(self, table: dict[str, Any]) -> None:
        self.table = table
        self.version: str = table["version"]
        self.findings = {name: _entry(name, row) for name, row in table["finding"].items()}
        self.alias: dict[str, str] = table["alias"]
        self.views: list[dict[str, str]] = table["view"]
        self.values = {p: tuple(row.get("values", ())) for p, row in table["property"].items()}
        self.modalities: dict[str, str] = table["modality"]
        self._properties = {name: tuple(self._of(name)) for name in self.findings}

    @cached_property
    def core(self) -> tuple[str, ...]:
        """The findings that are spoken of everywhere: those that have a grade."""
        return tuple(name for name, e in self.findings.items() if e.graded)

    def named(self, label: str) -> str:
        """The finding that a label of a data set is; the label itself where the lexicon lacks it."""
        return self.alias.get(label, label)

    def properties(self, finding: str) -> tuple[tuple[tuple[str, str], tuple[str, ...]], ...]:
        """Each property that the finding has, as in ``claims.about``, with all its values."""
        return self._properties.get(finding, ())

    def _of(self, finding: str) -> list[tuple[tuple[str, str], tuple[str, ...]]]:
        entry = self.findings[finding]
        has = {
            "side": self.values["side"] if entry.sided else (),
            "place": entry.places,
            "grade": self.values["grade"] if entry.graded else (),
            "attribute": entry.attributes,
            "half": self.values["half"],
            "count": self.values["count"] if entry.countable else (),
        }
        found = [((p, finding), has[p]) for p in ORDER if has[p]]
        others = [o for o, e in self.findings.items() if e.sided and not e.towards and e.region == entry.region]
        return found + [
            (("relation", f"{finding}, {o}"), self.values["relation"])
            for o in sorted(others)
            if entry.sided and not entry.towards and finding < o
        ]

    def foreign(self, region: str, key: str) -> tuple[str, ...]:
        """Findings that cannot be on an image of this region, chosen by ``key``; none where either is empty."""
        if not region or not key or rank(key) % FOREIGN_SHARE:
            return ()
        others = [n for n in self.core if self.findings[n].region not in ("", region)]
        return tuple(sorted(others, key=lambda n: rank(f"{key} {n}"))[:FOREIGN])

    def usual(self, region: str) -> tuple[str, ...]:
        """Findings that one would look for on an image of this region."""
        return tuple(n for n in self.core if region and self.findings[n].region == region)

    def mistakable(self, value: str) -> tuple[str, ...]:
        """A modality or region and those that it could be mistaken for: those of radiology, or the value alone."""
        return next((group for group in _MISTAKABLE if value in group), (value,))

    @cached_property
    def exclusive(self) -> dict[str, tuple[str, ...]]:
        """View or half of the image → all that exclude each other, itself among them."""
        halves = self.values["half"]
        groups = [tuple(g) for g in self.views] + [halves[:2], halves[2:]]
        return {value: group for group in groups for value in group}


def _entry(name: str, row: dict[str, Any]) -> Entry:
    plain = {k: v for k, v in row.items() if k in ("mass", "sided", "graded", "severe", "countable", "region")}
    return Entry(
        noun=row.get("noun", name),
        places=tuple(row.get("places", ())),
        attributes=tuple(row.get("attributes", ())),
        towards=row.get("preposition") == "To",
        templates=tuple((p, row[p]) for p in ("side", "place") if p in row),
        said=tuple((p, row[f"said_{p}"]) for p in ("side", "place") if f"said_{p}" in row),
        **plain,
    )


@cache
def lexicon() -> Lexicon:
    """The lexicon of this package."""
    return Lexicon(shipped_table("construction/wordings.toml"))
