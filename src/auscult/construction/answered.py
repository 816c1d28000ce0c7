"""Answers of a data set as facts: "Is there a pneumothorax?", answered no, says that there is none.

A question is read where its words leave no doubt about the finding; all others are passed over.
"""

import re
from collections.abc import Sequence

from auscult.construction.acquisition import named
from auscult.construction.claims import Known
from auscult.construction.lexicon import lexicon
from auscult.construction.nouns import noun_kind
from auscult.facts import canonical
from auscult.records import Item

_EXISTS = re.compile(
    r"(?:(?:is|are|is/are) there|do you see|can you see|can you appreciate"
    r"|does (?:this|the) (?:image|picture|patient|x-ray|ct|mri) (?:show|have|contain|demonstrate))"
    r" (?:any )?(?:evidence of |signs? of )?(?:(?P<article>an?|any) )?(?P<np>[a-z][a-z -]+?)"
    r"(?: (?:present|seen|visible|identified|shown|noted))?"
    r"(?: (?:in|on) (?:this|the) (?:image|picture|scan|film|x-ray|cxr|ct|mri|study|above image|above scan))?"
)
_PASSIVE = re.compile(
    r"(?:is|are) (?:(?P<article>an?) )(?P<np>[a-z][a-z -]+?) (?:present|seen|visible|identified|shown)"
)
_BIG_HEART = re.compile(
    r"(?:is|is/are|does) the (?:the )?(?:heart|cardiac silhouette) (?:size )?(?:enlarged|look enlarged)"
)
_IMAGE = re.compile(r"(?:is|was) (?:this|the image)(?: image| film| chest x ray)? (?:an?|in|of|taken)\b.*")
_DOUBT = re.compile(
    r"\b(?:or|and|(?:ab)?normal|abnormalit(?:y|ies)|the|this|that|more|less|than|not?|other|what|same|contrast|both|only"
    r"|structures?|patient|findings?|pathology|disease|anything|something|presence|good|two|placed|anywhere|pictured"
    r"|demonstrated|removed|left|right|[a-z]+-sided)\b"
)
_LONGEST = 4


def add_answers(known: Known, items: Sequence[Item]) -> None:
    """Adds what the answers of a data set say of one image.

    Args:
        known: of the image; what contradicts itself is marked and never asked.
        items: the image's questions.
    """
    asserted: dict[tuple[str, str], set[str]] = {}
    denied: dict[tuple[str, str], set[str]] = {}
    for item in items:
        question, answer = _plain(item.question), item.reference.strip().casefold().rstrip(".")
        if item.premise_form or " not " in f" {question} ":
            continue
        if answer in ("yes", "no"):
            _add_presence(known, question, answer == "yes")
        told = asserted if answer != "no" else denied
        for statement in ("modality", "view", "region"):
            words = question if answer in ("yes", "no") and _IMAGE.fullmatch(question) else ""
            if item.answer_type == "open" and statement in _asked_for(item):
                words = answer
            found = named(words, statement)
            if found and (len(found) == 1 or statement == "view" and told is asserted):
                told.setdefault((statement, ""), set()).update(found)
    _settle(known, asserted, denied)


def _settle(known: Known, asserted: dict[tuple[str, str], set[str]], denied: dict[tuple[str, str], set[str]]) -> None:
    """Takes over what does not contradict itself."""
    for key, found in asserted.items():
        held = set(known.values.get(key, ())) | found
        groups = [lexicon().exclusive.get(v) or lexicon().mistakable(v) for v in held]
        clean = sorted(v for v, g in zip(held, groups, strict=True) if sum(o in held for o in g) == 1)
        known.values[key] = tuple(v for v in clean if v not in denied.get(key, ()))
    for key, values in denied.items():
        known.denied[key] = tuple(sorted(values - asserted.get(key, set())))
    if not known.region and len(known.values.get(("region", ""), ())) == 1:
        known.region = known.values["region", ""][0]


def _asked_for(item: Item) -> set[str]:
    kinds = set(item.category.split("+"))
    view = {"modality", "view"} if kinds & {"modality", "plane"} else set()
    return view | ({"region"} if "organ" in kinds else set())


def _plain(question: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"[^\w/ -]+", " ", question.casefold())).strip()


def _add_presence(known: Known, question: str, there: bool) -> None:
    finding, kind = "", ""
    match = _EXISTS.fullmatch(question) or _PASSIVE.fullmatch(question)
    if _BIG_HEART.fullmatch(question):
        finding = "cardiomegaly"
    elif match:
        finding, kind = _finding(match["np"], match["article"] or "")
    if not finding or (not there and match and _is_narrower(match["np"], finding)):
        return
    if known.presence.setdefault(finding, there) != there:
        known.conflicts.add(finding)
    if kind:
        known.nouns.setdefault(finding, kind)


def _is_narrower(np: str, finding: str) -> bool:
    """Whether a phrase names a kind of the finding: none of that kind ("tension pneumothorax") is not yet none."""
    words, named = np.split(), finding.split()
    return len(words) > len(named) and all(any(w.startswith(name) for w in words) for name in named)


def _finding(np: str, article: str) -> tuple[str, str]:
    """The finding that a noun phrase names, and how it takes an article; empty where it is in doubt."""
    words = np.split()
    if not words or len(words) > _LONGEST or _DOUBT.search(np) or any(len(w) < 3 for w in words[:1]):
        return "", ""
    for name in filter(None, (np, canonical(np))):
        if lexicon().named(name) in lexicon().findings:
            return lexicon().named(name), ""
    kind = noun_kind(np, article)
    return np, "mass" if kind == "a" and article not in ("a", "an") else kind
