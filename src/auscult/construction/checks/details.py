"""Are side, place, course, grade, level and size those of the annotation? What is said is held against what it says.

A pair that names what the annotation names, and gives it another side or another course, is wrong whatever words it is
put in. Each property (``details.toml``) has few values: those that a pair gives are held against those of the sentences
of the annotation that share most words with it. A value that contradicts them is refused, and so is one of a kind that
nobody gives in passing (a side, a vertebra, a length, a change) where the annotation gives none such at all.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, ClassVar

from auscult.construction.checks import Check
from auscult.construction.checks._claims import claimed, polar
from auscult.construction.checks._wording import DRAFTED, MANY, content, denied, here, led, said_in, sentences
from auscult.construction.claims import DISTORTED
from auscult.facts import same_size, sizes
from auscult.records import Case, Item
from auscult.store.files import shipped_table

OTHERWISE = "the annotation gives another {}"
NOWHERE = "the annotation gives no such {}"
NEAR = 0.6
"""Sentences of the annotation count that share this part of what the closest shares with a pair."""
ABOUT = 0.3
"""How far a length may be off that is only about so much."""
BROAD = 0.2
"""Weight of a word that tells little, such as "lung"; of others 1."""
_LENGTH = re.compile(r"(\d+(?:\.\d+)?)\s*([cm])(?:m\b|entimet|illimet)")
"""A length, of a thing or between two."""
_PIECE = re.compile(r",? (?:and|but|while|whereas|although|though) |, |; ", re.IGNORECASE)
_HEAD = re.compile(r"\b(?:findings|impression|conclusion|caption)\s*:", re.IGNORECASE)


@dataclass(kw_only=True, eq=False)
class Details(Check):
    """Refuses drafted pairs that give a side, place, course, grade, level or size that is not the annotation's."""

    name: ClassVar[str] = "details"
    version: ClassVar[str] = "4"

    def refuse(self, case: Case, item: Item, kept: Sequence[Item]) -> str:
        """See ``Check``."""
        if item.tags.get("tier") != DRAFTED or item.category == DISTORTED or not case.annotation.strip():
            return ""
        if item.answer_type not in ("open", "yes_no"):
            return ""
        for said in _statements(item, said_in(case.annotation)):
            if why := _otherwise(case.annotation, said) or _unnamed(case.annotation, said):
                return why
        return ""


@dataclass(frozen=True, slots=True)
class _Said:
    """A statement about the image: its words, and the question that it is an answer to."""

    text: str
    question: str = ""


@dataclass(frozen=True, slots=True)
class _Value:
    """A value of a property: how it is told, which values of an annotation are it too, and which exclude it."""

    rule: re.Pattern[str]
    holds: frozenset[str]
    against: frozenset[str]


def _statements(item: Item, known: frozenset[str]) -> Iterator[_Said]:
    """What a pair says of the image: what is asked where the answer is yes, then the sentences of the answer."""
    said, body = led(item.reference) if polar(item.question) else ("", item.reference)
    if said == "yes" and not _rule("some").search(item.question.casefold()):
        yield _Said(claimed(item.question))
    for sentence in here(item, body, known):
        yield _Said(sentence, item.question)
        yield from _pieces(sentence, item.question, known)


def gives_another(text: str, than: str) -> bool:
    """Whether a text gives a property another value than a second one, which excludes it: the left, not the right."""
    told, table = _values(_undenied(text), text), _properties()
    for name, values in _values(than.casefold(), than).items():
        others = told.get(name, frozenset())
        if not values & others and any(table[name][value].against & others for value in values):
            return True
    return False


def gives_otherwise(annotation: str, text: str) -> bool:
    """Whether a text gives a property another value than an annotation does."""
    return bool(_otherwise(annotation, _Said(text)))


def _pieces(sentence: str, question: str, known: frozenset[str]) -> Iterator[_Said]:
    """The clauses of a sentence that name something of an annotation; one that denies anything is left to the whole."""
    clauses = _PIECE.split(sentence)
    for number, clause in enumerate(clauses if len(clauses) > 1 else ()):
        about = content(_bare(clause)) | (content(_bare(question)) if not number else frozenset())
        if (about & known) - _broad() and not denied(clause):
            yield _Said(clause, "" if number else question)


def _otherwise(annotation: str, said: _Said) -> str:
    """The property that the annotation gives otherwise; empty where there is none."""
    parts = _parts(annotation)
    given = _values(_undenied(said.text), said.text)
    if not given:
        return ""
    about = content(_bare(said.text)) | content(_bare(said.question))
    whole = _near(parts, about)
    whole = whole or list(parts)
    clauses = _near([clause for part in whole for clause in part.split(",")], about)
    compared = bool(_rule("compares").search(f"{said.text} {said.question}".casefold()))
    for name, values in given.items():
        here = (compared and name == "side" and _leading(whole)) or _of(clauses, name) or _of(whole, name)
        here = here or _of([part for part in parts if _whole(name, part)], name)
        if here and _against(name, values, here, said.text):
            return f"{OTHERWISE.format(name)}: {', '.join(sorted(values))}; {', '.join(sorted(here))}"
        if not here and values & set(_table()[name]["needs"]) and not _of(parts, name):
            return f"{NOWHERE.format(name)}: {', '.join(sorted(values))}"
    return ""


def _whole(name: str, part: str) -> bool:
    """Whether a sentence tells a property of the whole study."""
    return "whole" in _table()[name] and bool(_rule("whole", name).search(part.casefold()))


def _leading(parts: Sequence[str]) -> frozenset[str]:
    """The side that has more than the other."""
    found = [one for part in parts for one in _rule("leads").finditer(part.casefold())]
    return frozenset(one[1] or one[2] for one in found)


def _against(name: str, values: frozenset[str], here: frozenset[str], text: str) -> bool:
    """Whether none of the values is borne out, and one of the annotation's excludes it."""
    table = _properties()[name]
    only = name == "side" and bool(_rule("only").search(text.casefold()))
    for value in values:
        fits = {value, *(() if only else table[value].holds)}
        if value == "both" and {"left", "right"} <= here:
            return False
        if fits & here and not (only and {"both", "left", "right"} - {value} & here and "both" in here):
            return False
    if name == "side" and values == {"both"}:
        return len(here) == 1
    if only and "both" in here:
        return True
    return any(table[value].against & here for value in values)


def _unnamed(annotation: str, said: _Said) -> str:
    """A level, rib, length or site that the annotation does not name; empty where there is none."""
    low = _spelled(_undenied(said.text))
    there = _spelled(annotation.casefold())
    for name in ("level", "rib"):
        named = {"".join(m.groups()) for m in _rule(name, "named").finditer(low)}
        if named and not named & {"".join(m.groups()) for m in _rule(name, "named").finditer(there)}:
            return f"{NOWHERE.format(name)}: {', '.join(sorted(named))}"
    made_up = [f[0] for rule in _lines("thing") if (f := rule.search(low)) and not rule.search(there)]
    if made_up:
        return f"{NOWHERE.format('thing')}: {', '.join(made_up)}"
    lengths = [mm for _, _, mm in sizes(said.text, 0, len(said.text))]
    known = [float(m[1]) * (10 if m[2] == "c" else 1) for m in _LENGTH.finditer(annotation.casefold())]
    known += [mm for _, _, mm in sizes(annotation, 0, len(annotation))]
    loose = ABOUT if _rule("about").search(low) else 0
    if any(not any(same_size(mm, one) or abs(mm - one) <= loose * one for one in known) for mm in lengths):
        return f"{NOWHERE.format('length')}: {said.text}"
    if not _rule("asks", "site").search(said.question.casefold()):
        return ""
    sites = [rule for rule in _lines("site") if rule.search(low)]
    if sites and not any(rule.search(there) for rule in sites):
        return f"{NOWHERE.format('site')}: {said.text}"
    return ""


@lru_cache(maxsize=MANY)
def _parts(annotation: str) -> tuple[str, ...]:
    return tuple(sentences(_HEAD.sub(". ", annotation)))


def _near(parts: Sequence[str], about: frozenset[str]) -> list[str]:
    """The sentences that share most with what is spoken of; a word that few of them have counts more."""
    held = [about & said_in(part) for part in parts]
    often = {word: sum(word in one for one in held) for word in about}
    shared = [sum((BROAD if word in _broad() else 1) / often[word] for word in one) for one in held]
    most = max(shared, default=0.0)
    return [part for part, share in zip(parts, shared, strict=True) if most and share >= NEAR * most]


def _of(parts: Sequence[str], name: str) -> frozenset[str]:
    """The values of a property in some sentences."""
    return frozenset(value for part in parts for value in _values(_undenied(part), part).get(name, ()))


def _undenied(text: str) -> str:
    return _rule("denied").sub(" ", text.casefold())


@lru_cache(maxsize=MANY)
def _values(text: str, whole: str) -> Mapping[str, frozenset[str]]:
    """Property → its values in a text, without what it denies; some are told by denying: looked for in the whole."""
    found: dict[str, frozenset[str]] = {}
    for name, values in _properties().items():
        left, named = (whole.casefold() if "denials" in _table()[name] else text), set()
        for value, one in values.items():
            left, times = one.rule.subn(" ", left)
            if times:
                named.add(value)
                if name in ("side", "height") and value == "both":
                    left = text
        if named:
            found[name] = frozenset(named)
    return found


@lru_cache(maxsize=MANY)
def _bare(text: str) -> str:
    """A text without the values of properties: what it speaks of."""
    low = text.casefold()
    for values in _properties().values():
        for one in values.values():
            low = one.rule.sub(" ", low)
    return low


def _spelled(text: str) -> str:
    """A text with the numbers of ribs in digits."""
    spelled: Mapping[str, str] = _table()["named"]["spelled"]
    return re.sub(rf"\b(?:{'|'.join(spelled)})\b(?=[a-z ,]*\b(?:ribs?|costo[a-z]+)\b)", lambda m: spelled[m[0]], text)


@cache
def _properties() -> Mapping[str, Mapping[str, _Value]]:
    return {
        name: {
            value: _Value(
                re.compile(rf"(?<![\w-])(?:{one['words']})(?!\w)"), frozenset(one["holds"]), frozenset(one["against"])
            )
            for value, one in part["values"].items()
        }
        for name, part in _table().items()
        if isinstance(part, dict) and "values" in part
    }


@cache
def _broad() -> frozenset[str]:
    return said_in(_table()["broad"])


@cache
def _lines(part: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(rf"(?<!\w)(?:{line})(?!\w)") for line in _table()[part]["lines"])


@cache
def _rule(name: str, part: str = "") -> re.Pattern[str]:
    return re.compile(_table()[part][name] if part else _table()[name])


def _table() -> dict[str, Any]:
    return shipped_table("construction/checks/details.toml")


CHECK = Details
