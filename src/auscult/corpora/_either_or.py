"""Reads the options of an either/or question ("left or right?") from its words, only where there is no doubt."""

import re
from dataclasses import replace

from auscult.corpora._bundles import polar, yes_or_no
from auscult.records import Item

_PAIRS = [
    {"left", "right"},
    {"male", "female"},
    {"ap", "pa"},
    {"ct", "mri"},
    {"cystic", "solid"},
    {"focal", "diffuse"},
    {"superior", "inferior"},
    {"more", "less"},
    {"with", "without"},
    {"regular", "irregular"},
    {"gray", "white"},
]
_BEFORE = {"a", "an", "the", "in", "on", "is", "are", "was", "either", "there", "with", "relative", "of"}
_AFTER = {"in", "on", "of", "to", "than", "for", "from", "relative", "seen", "present"}
_LEADING = re.compile(r"^(?:(?:in|on|the|a|an)\s+)+")


def plain(text: str) -> str:
    """Lower case, punctuation as spaces, no leading article or preposition."""
    return _LEADING.sub("", re.sub(r"[^\w>%.-]+", " ", text.casefold().rstrip("?. ")).strip())


def either_or(question: str, reference: str) -> tuple[tuple[str, ...], str] | None:
    """The options of a closed question and the right one among them, or None where the words leave doubt.

    Two forms are read. A question with which, what, where or how, whose options follow its only or first comma
    ("Which is bigger, liver or spleen?"). And ``X or Y`` within a question without commas, where X and Y are single
    words that stand for the whole of each option: words fenced by function words on both sides ("the apex or base of"),
    a known pair (left/right, AP/PA), or words that share their last five letters (hyperdense/hypodense). In a pair,
    words after Y belong to both options where the reference has them ("gray or white matter": "gray matter", "white
    matter"). The reference must equal exactly one option.
    """
    words = question.strip().rstrip("?. ")
    found = _listed(words) if re.match(r"(?i)(which|what|where|how)\b", words) else _paired(words, reference)
    if found is None:
        return None
    options = tuple(dict.fromkeys(found))
    right = [o for o in options if plain(o) == plain(reference)]
    if len(right) != 1 or len({plain(o) for o in options}) < 2:
        return None
    return options, right[0]


def _listed(words: str) -> list[str] | None:
    _, comma, tail = words.partition(",")
    parts = [p.strip() for p in re.split(r"\s*,\s*(?:or\s+)?|\s+or\s+", tail.strip())]
    if not comma or " or " not in tail or not all(parts):
        return None
    if len(parts) == 2 and {parts[0].casefold(), parts[1].split()[0].casefold()} in _PAIRS and " " in parts[1]:
        return None
    return parts


def _paired(words: str, reference: str) -> list[str] | None:
    if "," in words or len(re.findall(r"\sor\s", words)) != 1:
        return None
    before, after = (part.split() for part in re.split(r"\sor\s", words))
    if len(before) < 2 or not after:
        return None
    left, right, tail = before[-1], after[0], after[1:]
    low = {left.casefold(), right.casefold()}
    known = low in _PAIRS or (len(low) == 2 and min(map(len, low)) > 5 and left[-5:] == right[-5:])
    fenced = before[-2].casefold() in _BEFORE and not low & (_BEFORE | _AFTER)
    if fenced and (not tail or tail[0].casefold() in _AFTER):
        return [left, right]
    for length in range(len(tail) + 1 if known else 0):
        shared = " ".join(tail[:length])
        options = [f"{left} {shared}".strip(), f"{right} {shared}".strip()]
        if plain(reference) in map(plain, options):
            return options
    return None


def closed(item: Item) -> Item:
    """An item whose question is published as closed: yes/no, a choice where its options are beyond doubt, else open."""
    found = either_or(item.question, item.reference)
    if found and not yes_or_no(item.reference):
        return replace(item, answer_type="choice", options=found[0], reference=found[1])
    return polar(item)
