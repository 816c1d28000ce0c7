"""What tells of a person in a text or in the name of a file: kinds and places, never more.

Rules are data with a version (``patterns.toml``); names of persons are read by ``names``. No text leaves this machine,
and no model is asked.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from auscult.items.patient_data.names import given, names_in, surname
from auscult.store.files import shipped_table

NAME, DATE, NUMBER = "name", "date", "record number"
EMPTY = frozenset(
    {"anonymous", "anonymized", "anonymised", "anon", "none", "unknown", "test", "phantom", "patient", "name", "the"}
)
"""What stands in a header where a name was taken out."""
REMEMBERED = 4_096
"""Texts whose identifiers are remembered: tags come again on each image, what is written of one image does not."""
LONGEST = 100_000
"""Characters of a text that are looked at."""
_MARKED = re.compile(r"\*\*[A-Z-]+(?:\[[^\]\n]*\])?|\[\*\*.*?\*\*\]|\*\*\*?[\w-]*\*\*\*?")
"""What a program that takes names out leaves in their place, surrogates and all: ``**DATE[Sep 27 2007]``."""
_STAMP = re.compile(r"(?<!\d)(?:19[2-9]\d|20[0-3]\d)[-_.]?(?:0[1-9]|1[0-2])[-_.]?(?:0[1-9]|[12]\d|3[01])(?!\d)")
_DAY_FIRST = re.compile(r"(?<![\d.])(?:0[1-9]|[12]\d|3[01])([-_.])(?:0[1-9]|1[0-2])\1(?:19[2-9]\d|20[0-3]\d)(?!\d)")
_RECORD = re.compile(r"(?i)(?:^|[\W_])(?:mrn|ssn|accession|acc|patientid|patient_id|pid|nhs)[-_#:= ]*\d{4,}")
_CAMEL = re.compile(r"[A-Z]?[a-zß-öø-ÿ]+(?:['’][a-z]+)?|[A-ZÀ-Þ]+(?![a-z])")


@dataclass(frozen=True, slots=True)
class Identifier:
    """Something in a text that may tell of a person.

    Attributes:
        kind: name, date, record number, ...
        start: where it begins.
        end: where it ends.
    """

    kind: str
    start: int
    end: int


def rules_version() -> str:
    """Version of the rules."""
    return str(shipped_table("items/patient_data/patterns.toml")["version"])


@dataclass(frozen=True)
class _Rule:
    kind: str
    pattern: re.Pattern[str]
    words: tuple[str, ...]
    shape: re.Pattern[str] | None


@cache
def _rules() -> tuple[_Rule, ...]:
    table = shipped_table("items/patient_data/patterns.toml")
    lists = {name: f"(?:{' '.join(text.split())})" for name, text in table["lists"].items()}
    found = []
    for row in table["rule"]:
        pattern = row["pattern"]
        for name, text in lists.items():
            pattern = pattern.replace(f"{{{name}}}", text)
        flags = re.VERBOSE | (0 if row.get("case") else re.IGNORECASE)
        shape = re.compile(row["shape"]) if "shape" in row else None
        found.append(
            _Rule(
                row["kind"],
                re.compile(pattern, flags),
                tuple(word.replace("_", " ") for word in row.get("words", "").split()),
                shape,
            )
        )
    return tuple(found)


@lru_cache(maxsize=REMEMBERED)
def identifiers(text: str) -> tuple[Identifier, ...]:
    """What may tell of a person in a text, in its order; the first of what overlaps."""
    text = text[:LONGEST]
    found = list(_found(text))
    found.sort(key=lambda one: (one.start, -one.end))
    kept: list[Identifier] = []
    for one in found:
        if not kept or one.start >= kept[-1].end:
            kept.append(one)
    return tuple(kept)


def _found(text: str) -> Iterator[Identifier]:
    text = _MARKED.sub(lambda mark: "_" * len(mark[0]), text)
    low = text.lower()
    there: dict[object, bool] = {None: True, (): True}
    for rule in _rules():
        if rule.shape not in there and rule.shape:
            there[rule.shape] = rule.shape.search(text) is not None
        if there[rule.shape] and rule.words not in there:
            there[rule.words] = any(map(low.__contains__, rule.words))
        if there[rule.shape] and there[rule.words]:
            for found in rule.pattern.finditer(text):
                yield Identifier(rule.kind, *found.span())
    yield from (Identifier(NAME, *span) for span in names_in(text))


@lru_cache(maxsize=REMEMBERED)
def identifiers_of_file(name: str) -> tuple[Identifier, ...]:
    """What may tell of a person in the name of a file: a given name beside a surname, a date, a labelled number."""
    found = [Identifier(DATE, *m.span()) for p in (_STAMP, _DAY_FIRST) for m in p.finditer(name)]
    found += [Identifier(NUMBER, *m.span()) for m in _RECORD.finditer(name)]
    parts = [(m[0].casefold(), m.start(), m.end()) for m in _CAMEL.finditer(name)]
    for (one, start, to), (other, at, end) in zip(parts, parts[1:], strict=False):
        if re.fullmatch(r"[-_.,^+ ]{0,2}", name[to:at]) and _both(one, other):
            found.append(Identifier(NAME, start, end))
    return tuple(sorted(found, key=lambda i: i.start))


def _both(one: str, other: str) -> bool:
    """Whether two parts of a file's name are a person's name, in either order; neither may be a word."""
    return (given(one) == 2 and surname(other) == 2) or (surname(one) == 2 and given(other) == 2)


def known_in(text: str, identity: tuple[str, ...]) -> tuple[Identifier, ...]:
    """Where a text holds what the header of the case's own image says of the person.

    Args:
        text: to look into.
        identity: names and numbers, as the header has them (``DOE^JOHN``).
    """
    if not identity:
        return ()
    parts = {p for value in identity for p in re.split(r"[\^\s,=]+", value) if len(p) > 2 and p.casefold() not in EMPTY}
    if not parts:
        return ()
    pattern = "|".join(sorted(map(re.escape, parts), key=len, reverse=True))
    found = re.finditer(rf"(?i)(?<![^\W_])(?:{pattern})(?![^\W_])", text)
    return tuple(Identifier("what the header says of the person", *one.span()) for one in found)
