"""What tells a premise from the truth where no finding does: the image itself, two sides, a number, medical knowledge.

Words are brought to symbols ("radiograph" is ``modality:X-ray``, "twelve" is 12, a word of knowledge its stem): those
of the premise, those of the truth, and those that exclude the premise.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from auscult import facts as clinical
from auscult.facts.lexicon import lexicon
from auscult.facts.phrasebook import Phrasebook
from auscult.facts.reply import stem
from auscult.facts.statements import Statement
from auscult.facts.vocabulary import vocabulary
from auscult.records import Item
from auscult.scorers.premise.evidence import premise_table, premise_words
from auscult.scorers.premise.findings import ACQUISITION
from auscult.scorers.premise.sentences import passage_of, without_lead

Named = tuple[int, str]
"""Token and symbol."""
Namer = Callable[[list[str]], list[Named]]

_IMPLIED = {
    "view:posteroanterior": "modality:X-ray", "view:anteroposterior": "modality:X-ray",
    "view:T1-weighted": "modality:MRI", "view:T2-weighted": "modality:MRI", "view:diffusion": "modality:MRI",
}  # fmt: skip
ORGAN = "organ:"
"""Begins the symbol of a region that is not named itself: it counts where no region is named."""


@dataclass(frozen=True, slots=True)
class Contrast:
    """What tells a premise from the truth.

    Attributes:
        premise: symbols of the premise, each with whether it stands negated there.
        truth: those of the truth; empty where nothing is known but that the premise is true, or false.
        rivals: symbols that exclude the premise.
        named: finds the symbols of a text.
        whole: whether ``premise`` is all of a premise, of which an answer repeats half.
        knowledge: whether the premise is about medical knowledge: then what is so in general counts.
        shared: words of premise and truth alike: who denies one of them of the premise's own denies the premise.
        others: symbols that exclude the premise unless it is said itself: a CT is no posteroanterior view.
        finding: what a number is about: no such thing is none of them.
    """

    premise: Mapping[str, bool]
    truth: Mapping[str, bool]
    rivals: frozenset[str]
    named: Namer
    whole: bool = False
    knowledge: bool = False
    finding: str = ""
    shared: frozenset[str] = frozenset()
    others: frozenset[str] = frozenset()


@lru_cache(maxsize=1)
def _image_book() -> Phrasebook:
    table = {name: list(terms) for name, terms in premise_table()["image"].items()}
    for phrase, roles in lexicon().trie:
        for kind, value in roles.acquisition:
            table.setdefault(f"{kind}:{value}", []).append(" ".join(phrase))
        if roles.acquisition:
            organs = (lexicon().trie.get((word,)) for word in phrase)  # "chest X-ray"
            for shown in {_shown(o.organ) for o in organs if o} - {""}:
                table.setdefault(f"region:{shown}", []).append(" ".join(phrase))
        elif shown := _shown(roles.organ):
            table.setdefault(f"{ORGAN}{shown}", []).append(" ".join(phrase))
    return Phrasebook(table, {})


@lru_cache(maxsize=1)
def _sides_book() -> Phrasebook:
    return Phrasebook(premise_table()["sides"], {})


def _image(norms: list[str]) -> list[Named]:
    return [(a, symbol) for a, _, kinds in _image_book().find(norms) for symbol in kinds]


def image(norms: list[str]) -> list[Named]:
    """Symbols of the image itself, and those that follow: a T1-weighted image is an MRI."""
    found = _image(norms)
    return found + [(a, _IMPLIED[symbol]) for a, symbol in found if symbol in _IMPLIED]


def sides(norms: list[str]) -> list[Named]:
    """``same`` and ``opposite``."""
    return [(a, symbol) for a, _, kinds in _sides_book().find(norms) for symbol in kinds]


@lru_cache(maxsize=1)
def _counts() -> dict[str, str]:
    """Number word → digits."""
    numbers = str(premise_table()["words"]["number"]).split()
    return {word: str(n) for n, word in enumerate(numbers)} | {"single": "1", "solitary": "1", "pair": "2"}


@lru_cache(maxsize=1)
def _regions() -> dict[str, str]:
    """Region of the lexicon → the region of the body that an image shows."""
    return {part: shown for shown, parts in premise_table()["body"].items() for part in parts}


def _shown(organ: str) -> str:
    """The region of the body that an image of an organ shows, or an empty string."""
    return _regions().get(lexicon().region_of_organ.get(organ, ""), "")


def _count(norms: list[str]) -> list[Named]:
    found = []
    for n, norm in enumerate(norms):
        number = norm if norm.isdigit() else _counts().get(norm)
        if number and not premise_words("unit").issuperset(norms[n + 1 : n + 2] or ["."]):
            found.append((n, number))
    return found


@lru_cache(maxsize=1)
def _synonyms() -> dict[str, str]:
    groups = [[stem(w) for w in line.split()] for line in premise_table()["same"]["words"]]
    return {word: group[0] for group in groups for word in group}


@lru_cache(maxsize=65536)
def _stem(word: str) -> str:
    """A stem without degree: "darker" and "dark" are one."""
    for ending in ("iest", "ier", "est", "er"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            word = word[: -len(ending)]
            break
    found = stem(word)
    return _synonyms().get(found, found)


def _words(norms: list[str]) -> list[Named]:
    empty = vocabulary().empty
    return [(n, _stem(w)) for n, w in enumerate(norms) if w not in empty and w[0].isalnum()]


def _said(text: str, named: Namer) -> dict[str, bool]:
    """Symbol → whether a statement negates it; the last mention counts."""
    return {symbol: said == "absent" for symbol, said, _ in said_of(text, named)}


def said_of(text: str, named: Namer) -> Iterator[tuple[str, str, Statement]]:
    """The symbols of a text, each with what is said of it and where."""
    passage = passage_of(text)
    norms = passage.tokens.norms
    found = named(norms)
    if not found:
        return
    asked = {norms[n] for n, _ in found}
    at: dict[int, list[str]] = {}
    for n, symbol in found:
        at.setdefault(n, []).append(symbol)
    for sentence in passage.statements(asked.__contains__):
        for statement in sentence:
            for n in range(statement.first, statement.end):
                for symbol in at.get(n, ()):
                    yield symbol, statement.says(n), statement


def _between(premise: str, truth: str, named: Namer) -> tuple[dict[str, bool], dict[str, bool]]:
    a, b = _said(premise, named), _said(without_lead(truth), named)
    return (
        {s: v for s, v in a.items() if b.get(s) != v},
        {s: v for s, v in b.items() if a.get(s) != v},
    )


@lru_cache(maxsize=4096)
def _contrast(premise: str, truth: str, category: str, false: bool) -> Contrast | None:
    truth = truth if false else ""
    if category == "distorted knowledge":
        own, true = _between(premise, truth, _words)
        shared = frozenset(_said(premise, _words)) - own.keys() if true else frozenset[str]()
        return Contrast(own, true, _rivals_of_words(own, true), _words, not true, knowledge=True, shared=shared)
    opposed = _said(premise, sides)
    facts = clinical.read_facts(premise)
    if opposed and len({f.finding for f in facts}) > 1:
        own, true = _between(premise, truth, sides)
        true = {s: v for s, v in true.items() if not v} or true
        return Contrast(own, true, frozenset({"same", "opposite"}) - own.keys(), sides)
    counted = [s for s in _said(premise, _count) if s != "0"]
    if counted and facts and " are " in premise:
        own, true = _between(premise, truth, _count)
        return Contrast(own, true, frozenset(map(str, range(13))) - own.keys(), _count, finding=facts[0].finding)
    if any(f.finding not in ACQUISITION for f in facts):
        return None
    own, true = _between(premise, truth, _image)
    if not own or false and not _said(without_lead(truth), _image):
        return None
    true = {s: v for s, v in true.items() if not v and _group(s) in {_group(o) for o in own}}
    if true:
        own = {s: v for s, v in own.items() if _group(s) in {_group(t) for t in true}}
    groups = {_group(s) for s in own}
    rivals = frozenset(s for s in _image_symbols() if _group(s) in groups) - own.keys()
    implied = {_IMPLIED[s] for s in own if s in _IMPLIED}
    others = frozenset(s for s in _image_symbols() if implied and s.startswith("modality:")) - implied
    if "view:lateral" not in own:
        rivals -= {"view:frontal"}  # a frontal view may be either
    return Contrast(own, true, rivals, image, others=others)


@lru_cache(maxsize=1)
def _image_symbols() -> frozenset[str]:
    return frozenset(kind for _, kinds in _image_book() for kind in kinds)


@lru_cache(maxsize=256)
def _group(symbol: str) -> str:
    """What a symbol of an image is a value of: modality, region, projection, weighting, contrast, plane."""
    kind, _, value = symbol.partition(":")
    if kind != "view":
        return kind
    value = {"frontal": "lateral", "diffusion": "T1-weighted"}.get(value, value)
    group = next((g for g in lexicon().exclusive if value in g), frozenset({value}))
    return min(group)


def _rivals_of_words(own: Mapping[str, bool], true: Mapping[str, bool]) -> frozenset[str]:
    """Stems that exclude one of the premise's; none where it names both, as in "brighter than the dark ..."."""
    known = vocabulary().rivals
    plain = {s for s, negated in own.items() if not negated}
    found = {_stem(r) for s in plain for r in known.get(s, ()) if not known[s] & plain}
    return frozenset(found) - own.keys() - true.keys()


def contrast(item: Item) -> Contrast | None:
    """What tells the premise of an item from the truth; None where a finding does, or nothing that is known."""
    return _contrast(item.premise, item.reference, item.category, item.kind == "hallucination")
