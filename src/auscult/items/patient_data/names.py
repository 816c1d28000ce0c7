"""Names of persons in a text: after a title or a label, before a degree, or a given name beside a surname.

A list of names alone would flag every eponym of medicine, and a capital alone every heading; so each rule asks for two
signs at once (``patterns.toml``, ``given_names*.txt``, ``surnames*.txt``). Single names without any sign are missed.
"""

import re
from collections.abc import Callable, Iterator
from functools import cache
from importlib.resources import files

from auscult.store.files import shipped_table

_CAPITAL, _SMALL = "A-ZÀ-ÖØ-Þ", "a-zß-öø-ÿ"
_HEAD = rf"(?:(?:[OD]|Mc|Mac|al)['’-]?)?[{_CAPITAL}](?:[{_SMALL}]+|[{_CAPITAL}]+)"
WORD = rf"{_HEAD}(?:(?:['’][{_CAPITAL}]|-[{_CAPITAL}]?)[{_SMALL}{_CAPITAL}]+)*"
"""A word that begins with a capital: Smith, SMITH, O'Brien, McNeil, Meyer-Lindenberg."""
_INITIAL = rf"[{_CAPITAL}]\.?"
_JOINT = r"(?:van|von|de|del|della|der|den|di|da|dos|la|le|el|al|bin|ibn|abu|zu)"
_NAME = rf"(?:(?:{_INITIAL}|{_JOINT})\s+){{0,3}}{WORD}(?:[ \t]+(?:(?:{_INITIAL}|{_JOINT})[ \t]+){{0,2}}{WORD}){{0,2}}"


@cache
def names_listed(name: str) -> frozenset[str]:
    """A list of names of this package, in lower case."""
    lines = (files("auscult") / "items/patient_data" / f"{name}.txt").read_text("utf-8").splitlines()
    return frozenset(line for line in lines if not line.startswith("#"))


@cache
def _words(name: str) -> frozenset[str]:
    text = shipped_table("items/patient_data/patterns.toml")["names"][name]
    return frozenset(
        part for line in re.split(r"[;\n]" if name == "eponyms" else r"\s", text) if (part := line.strip())
    )


def given(word: str) -> int:
    """How surely a word in lower case is a given name: 2 where it is nothing else, 1 where it is a word too, 0."""
    return 2 if word in names_listed("given_names") else int(word in names_listed("given_names_words"))


def surname(word: str) -> int:
    """How surely a word in lower case is a surname, as ``given``."""
    if word in names_listed("surnames") or ("-" in word and all(map(surname, word.split("-")))):
        return 2
    return int(word in names_listed("surnames_words"))


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    table = shipped_table("items/patient_data/patterns.toml")
    said, credential = table["names"], table["lists"]["credential"]
    loud, quiet = "|".join(said["titles_in_capitals"].split()), "|".join(said["titles"].split())
    named, strong, weak = (re.sub(r"\s*\|\s*", "|", " ".join(said[n].split())) for n in ("named", "strong", "weak"))
    title = rf"\b(?:(?:{quiet})\.?|(?P<loud>{loud})\.)\s+(?:(?:med|[DP]r(?:of)?)\.?\s+)*"
    return {
        "title": re.compile(rf"{title}(?P<name>{_NAME})"),
        "named": re.compile(
            rf"\b(?i:{named})(?:\s*[:=#-])?\s+(?P<name>(?:{_JOINT}\s+)?{_NAME}(?:,\s+{WORD})?)|(?i:\bpatient),\s+(?P<other>{WORD}\s+{WORD}),"
        ),
        "strong": re.compile(
            rf"\b(?i:{strong})(?:\s*[:=#-])?\s+(?:(?i:dr|mr|mrs|ms|prof)\.?\s+)?(?P<name>(?:{_JOINT}\s+)?{_NAME}(?:,\s+{WORD})?)"
        ),
        "weak": re.compile(
            rf"\b(?i:{weak})(?:\s*\([a-z]+\))?\s*[:=]\s*(?:(?i:father|mother|daughter|son|wife|husband),?\s+)?(?P<name>(?:{_JOINT}\s+)?{_NAME}(?:,\s+{WORD})?)"
        ),
        "credential": re.compile(
            rf"(?P<name>(?:{_INITIAL}\s+)*{WORD}(?:\s+(?:{_INITIAL}|{WORD}))*),?\s+(?:{credential})(?![\w-])"
        ),
        "pair": re.compile(rf"(?<![\w'’-])(?=(?P<name>{WORD},?\s+(?:{_INITIAL}\s+)?(?:{_JOINT}\s+)?{WORD})(?![\w-]))"),
        "initialled": re.compile(
            rf"(?<![\w'’.-])(?P<name>(?:[{_CAPITAL}]\.\s?[{_CAPITAL}]\.\s?|[G-Z]\.\s){WORD})(?![\w-])"
        ),
        "caret": re.compile(rf"(?P<name>[{_CAPITAL}{_SMALL}-]{{2,}}\^[{_CAPITAL}{_SMALL}-]+)"),
        "parts": re.compile(WORD),
        "capitals": re.compile(rf"[{_CAPITAL}][\w'’]+"),
    }


@cache
def _all_names() -> frozenset[str]:
    parts = ("given_names", "given_names_words", "surnames", "surnames_words")
    return frozenset().union(*map(names_listed, parts))


def names_in(text: str) -> Iterator[tuple[int, int]]:
    """Where names of persons stand in a text."""
    patterns = _patterns()
    capitals = patterns["capitals"].findall(text)
    titled = not _titles().isdisjoint(capitals)
    labelled = "name" in text or "NAME" in text or "Name" in text or "atient," in text or "signed" in text
    listed = any(word.casefold() in _all_names() for word in capitals)
    for rule, fits in _FITS.items():
        if not (titled if rule == "title" else listed or (rule == "named" and labelled)):
            continue
        for found in patterns[rule].finditer(text):
            group = "other" if rule == "named" and found["other"] else "name"
            if rule == "title" and found["loud"] and not _is_title(text[: found.start()], found["name"]):
                continue
            said = found[group]
            words = [w.casefold() for w in patterns["parts"].findall(said)]
            if rule == "caret":
                words = said.casefold().split("^")
            if words and not set(words) & _words("placeholders") and fits(said, words, text[found.end(group) :]):
                yield found.span(group)


@cache
def _titles() -> frozenset[str]:
    said = shipped_table("items/patient_data/patterns.toml")["names"]
    return frozenset({*said["titles"].split(), *said["titles_in_capitals"].split()})


def _is_title(before: str, said: str) -> bool:
    """Whether a title in capitals is one, or an abbreviation that ends a sentence: "Severe MR. Cardiomegaly."."""
    sentence = re.split(r"[.;:!?]\s", before)[-1].split()
    capitals = said.isupper() and not " ".join(sentence).isupper()
    if sentence and (capitals or sentence[-1].casefold() in _words("before_title")):
        return True
    least = 2 if sentence else 1
    return any(max(given(w), surname(w)) >= least for w in map(str.casefold, _patterns()["parts"].findall(said)))


def _titled(said: str, words: list[str], after: str) -> bool:
    """After a title any word with a capital is a name, but for the few that no person is called."""
    return words[0] not in _words("no_person")


def _one_word(said: str, words: list[str], after: str) -> bool:
    """After a strong label: a word that is a name, or two that may be one."""
    known = given(words[0]) or surname(words[0]) or (len(words) > 1 and surname(words[-1]) == 2)
    return bool(known) and not _thing(after)


def _labelled(said: str, words: list[str], after: str) -> bool:
    """After a weak label: a given name, or a surname beside another word that may be a name."""
    if len(words) == 1:
        return given(words[0]) == 2 or surname(words[0]) == 2
    return max(map(given, words)) + max(map(surname, words)) > 1 and not set(words) & _words("heads")


def _degree(said: str, words: list[str], after: str) -> bool:
    return surname(words[-1]) == 2 or (surname(words[-1]) == 1 and (len(words) == 1 or given(words[0]) > 0))


def _pair(said: str, words: list[str], after: str) -> bool:
    one, other = words[0], words[-1]
    if len(words) < 2 or _thing(after) or f"{one} {other}" in _words("eponyms"):
        return False
    if "," in said:
        one, other = other, one
        return given(one) == 2 and surname(other) == 2
    if given(one) and surname(other) and given(one) + surname(other) > 2:
        return True
    return surname(one) == 2 and given(other) == 2 and given(one) == 0 and said.isupper()


def _initialled(said: str, words: list[str], after: str) -> bool:
    return surname(words[-1]) == 2 and not _thing(after)


def _thing(after: str) -> bool:
    """Whether what follows is a thing that is called after somebody: ... syndrome, White syndrome, 's disease."""
    found = re.match(r"(?:['’]s)?[\s-]+(?:[A-Z][a-z]+[\s-]+)?(\w+)", after)
    near = re.match(r"(?:['’]s)?[\s-]+(\w+)", after)
    return any(one is not None and one[1].casefold() in _words("heads") for one in (found, near))


_FITS: dict[str, Callable[[str, list[str], str], bool]] = {
    "title": _titled,
    "named": lambda said, words, after: not set(words) & (_words("no_person") | _words("heads")),
    "strong": _one_word,
    "weak": _labelled,
    "credential": _degree,
    "pair": _pair,
    "initialled": _initialled,
    "caret": lambda said, words, after: any(given(w) or surname(w) for w in words),
}
