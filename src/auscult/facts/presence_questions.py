"""A question that asks whether a finding is there → the finding, and what a yes would say of it.

"Is there a left pleural effusion?" asks for a presence, "Are the lungs clear?" for an absence. The question is read as
the statement that it asks about. Where any of its words says more than that ("Is the mass calcified?", "a mass caused
by ...", "an effusion or a mass"), nothing is read: the words are in ``lexicons/presence.toml``.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from auscult.facts._clauses import Hit
from auscult.facts._recast import phrases
from auscult.facts.asking import OPENS, parted
from auscult.facts.lexicon import ACQUISITION, NORMAL_STUDY, SWEEPING, lexicon
from auscult.facts.reading import read_facts
from auscult.facts.reply import stem
from auscult.facts.tokens import Words, folded, normal, words
from auscult.records import Fact
from auscult.store.files import shipped_table

ANY_ABNORMALITY = "any abnormality"
_PARTS = frozenset(
    {"or", "and", "/", "nor", "versus", "vs", ",", ";", ":", "but", "not", "no", "than", "what", "which"}
)
_DEFINITE = frozenset({"the", "this", "that", "these", "those", "his", "her", "their", "its", "both", "all", "each"})
_UNSURE_TRIGGERS = frozenset({"stop", "clause", "infer", "not_now_before", "doubt_before", "doubt_after", "turn"})
_POINTS = frozenset({"this", "that", "these", "those"})
_COUNTS = frozenset({"multiple", "single"})
_SHOWING = frozenset(
    {"show", "demonstrate", "reveal", "display", "depict", "contain", "exhibit", "indicate", "suggest"}
)
_WHOLE = frozenset({"chest", "abdomen", "lung"})
_ANYWHERE = frozenset({"", "general", "device", "bone", "soft tissue", "skin"})
_TRUNK = dict.fromkeys(("lung", "pleura", "heart", "mediastinum", "diaphragm"), "chest")
_TRUNK |= dict.fromkeys(("liver", "gallbladder", "kidney", "abdomen"), "abdomen")
_TURNING = _UNSURE_TRIGGERS | {"deny_before", "deny_after"}
LONGEST = 2_000
"""Characters of a question in which a finding is looked for."""
_LONGEST = 5
"""Words of a finding that the lexicon lacks."""


@dataclass(frozen=True, slots=True)
class FindingAsked:
    """What a yes/no question asks about.

    Attributes:
        finding: canonical name, or the question's own words where ``auscult.facts`` does not know the finding.
        yes_means: whether a yes says that it is there, or that it is not.
        side: of the body, where the question names one.
        place: part of an organ, or organ, where it is asked for; canonical.
        attributes: what it is asked to be like, in the question's words.
    """

    finding: str
    yes_means: Literal["present", "absent"]
    side: str = ""
    place: str = ""
    attributes: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """All that is asked for, in words: ``small left pleural effusion``."""
        grade = [*self.attributes, self.side, self.finding]
        return " ".join(filter(None, grade)) + (f" ({self.place})" if self.place else "")


@lru_cache(maxsize=16_384)
def finding_asked(question: str) -> FindingAsked | None:
    """The finding that a yes/no question asks about; None where it asks about something else, or that is not sure.

    Args:
        question: its words, with or without instructions how to answer.
    """
    sentence = _asked_sentence(question) if len(question) <= LONGEST else None
    if sentence is None:
        return None
    statement = OPENS.sub("", sentence, count=1) if OPENS.match(sentence) else sentence
    statement = statement.strip().rstrip("?.! ").strip()
    plain = folded(statement)
    tokens = words(plain)
    if not tokens.norms or len(tokens.norms) > 40:
        return None
    facts = [f for f in read_facts(statement + ".") if f.finding not in ACQUISITION]
    if len(facts) > 1:
        return None
    return (_of_fact(facts[0], tokens) if facts else None) or _of_words(plain, tokens)


def _asked_sentence(question: str) -> str | None:
    """The one sentence that asks, where nothing is told before it; without an opening that names nothing."""
    found = parted(question)
    if found.several or not all(map(_empty, found.before)):
        return None
    opening, comma, rest = found.question.partition(",")
    return rest.strip() if comma and _empty(opening) else found.question


def _empty(text: str) -> bool:
    """Whether a text speaks of nothing but the picture and how to look at it."""
    tokens = words(folded(text))
    hits = phrases(tokens.norms, lexicon())
    known = _covered(h for h in hits if h.roles.acquisition or h.roles.organ or h.roles.triggers & {"article", "verb"})
    return not any(h.roles.speaks for h in hits) and all(
        n in known or norm in _wording().openings or not norm.isalnum() for n, norm in enumerate(tokens.norms)
    )


def _of_fact(fact: Fact, tokens: Words) -> FindingAsked | None:
    """What is asked, where the reader finds one statement in the question and every word belongs to it."""
    if fact.presence == "uncertain" or fact.comparison or fact.size_mm:
        return None
    hits = phrases(tokens.norms, lexicon())
    own = [h for h in hits if tokens.ends[h.start] > fact.start and tokens.starts[h.end - 1] < fact.end]
    if not own or not _all_known(tokens, hits, own, fact) or _is_given(tokens, hits, own) or _shows(tokens, own):
        return None
    others = [h for h in hits if h not in own]
    organs = _organs(others, hits, tokens)
    if not _can_be_there(fact.finding, organs):
        return None
    name, there, said = fact.finding, fact.presence == "present", tokens.norms[own[0].start : own[-1].end]
    if name == NORMAL_STUDY:
        name, there = "abnormality", not there
    elif there and not (name in SWEEPING or name.endswith("abnormality")):
        if "abnormal" in said:
            return None  # "an abnormal heart size" is not yet a large heart
        name = _renamed(said, fact.finding)
    organ = organs[-1] if organs and _needs_organ(name, fact.finding, organs[-1]) else ""
    like = [" ".join(tokens.norms[h.start : h.end]) for h in others if h.roles.attributes]
    like += [a for a in fact.attributes if a in said and a not in name.split()]
    name = ANY_ABNORMALITY if name == "abnormality" and not organ else name
    return FindingAsked(name, "present" if there else "absent", fact.side, fact.place or organ, tuple(like))


def _all_known(tokens: Words, hits: Sequence[Hit], own: Sequence[Hit], fact: Fact) -> bool:
    """Whether every word names the finding, its place or the picture, or only carries the question."""
    if any(h.roles.triggers & _UNSURE_TRIGGERS and not h.roles.speaks for h in hits):
        return False
    meant = _covered(h for h in hits if h in own or _describes(h, fact))
    return all(
        n in meant or (norm not in _PARTS and (norm in _wording().carrier or norm in "()'\"-"))
        for n, norm in enumerate(tokens.norms)
    )


def _describes(hit: Hit, fact: Fact) -> bool:
    """Whether a phrase is part of what the reader took the question to say."""
    roles = hit.roles
    if roles.speaks or _COUNTS & set(roles.attributes):
        return False
    if roles.organ or roles.place or roles.side or roles.acquisition or "deny_before" in roles.triggers:
        return True
    return bool(roles.attributes) and set(roles.attributes) <= set(fact.attributes)


def _is_given(tokens: Words, hits: Sequence[Hit], own: Sequence[Hit]) -> bool:
    """Whether the question takes the finding for granted and asks something of it: "Is the mass calcified?"."""
    at = own[0].start
    if (own[0].roles.organ and not own[0].roles.speaks) or own[0].roles.predicate:
        return False  # "is the heart enlarged": the organ is given, the finding is not
    while at and tokens.norms[at - 1] not in _DEFINITE:
        before = next((h for h in hits if h.start <= at - 1 < h.end), None)
        if before is None or not (before.roles.side or before.roles.attributes) or before.roles.organ:
            return False
        at -= 1
    whole = at == 1 and tokens.norms[0] in _POINTS and own[-1].end == len(tokens.norms)
    return at > 0 and not whole


def _shows(tokens: Words, own: Sequence[Hit]) -> bool:
    """Whether the finding is what shows something, not what is shown: "Does the mass show calcification?"."""
    return not _SHOWING.isdisjoint(tokens.norms[own[-1].end :])


def _organs(others: Sequence[Hit], hits: Sequence[Hit], tokens: Words) -> list[str]:
    """The organs that the question names beside the finding; "chest" of a chest radiograph is none."""
    pictures = {h.start for h in hits if h.roles.acquisition or h.roles.organ == "study"}
    named = [h for h in others if h.roles.organ and not h.roles.acquisition and h.end not in pictures]
    return [h.roles.organ for h in named if h.roles.organ not in ("study", "pulmonary") and not h.roles.speaks]


def _can_be_there(finding: str, organs: Sequence[str]) -> bool:
    """Whether a finding lies in the same part of the body as the organs beside it."""
    lex = lexicon()
    region = lex.region_of_finding.get(finding, "")
    regions = {r for o in organs if (r := lex.region_of_organ.get(o, "")) not in _ANYWHERE}
    return region in _ANYWHERE or all(_TRUNK.get(r, r) == _TRUNK.get(region, region) for r in regions)


def _needs_organ(name: str, finding: str, organ: str) -> bool:
    """Whether the organ says where a finding is that can be in many."""
    region = lexicon().region_of_finding.get(finding, "")
    wide = region in ("general", "device") or finding.endswith("abnormality") or finding == "fracture"
    if not wide and name == finding:
        return False
    return organ not in _WHOLE and organ != region and not any(w[:4] == organ[:4] for w in name.split())


def _renamed(said: Sequence[str], finding: str) -> str:
    """The finding by its name, or in the question's own words where the name says more or less than they do."""
    name = words(folded(finding)).norms
    loose = any(
        w in _wording().loose or (_names_disease(w) and not name[-1].endswith(w)) for w in said if w not in name
    )
    inferred = finding in _wording().inferred and stem(name[-1]) not in map(stem, said)
    return " ".join(said) if loose or inferred else finding


def _of_words(plain: str, tokens: Words) -> FindingAsked | None:
    """A disease that the lexicon lacks, told by its last word: "Is there diabetic retinopathy?"."""
    norms = tokens.norms
    hits = phrases(norms, lexicon())
    if any(h.roles.triggers & _TURNING or h.roles.normal is not None or h.roles.comparison for h in hits):
        return None
    if any(h.roles.predicate or _COUNTS & set(h.roles.attributes) for h in hits):
        return None
    around = _covered(h for h in hits if h.roles.acquisition or h.roles.organ == "study")
    own = [n for n, norm in enumerate(norms) if n not in around and norm not in _wording().carrier]
    if not own or own[-1] - own[0] + 1 != len(own) or len(own) > _LONGEST:
        return None
    name = [norms[n] for n in own]
    if not all(w.isalpha() for w in name) or not _wording().not_diseases.isdisjoint(name[:-1]):
        return None
    if not _PARTS.isdisjoint(name) or not _names_disease(name[-1]) or (own[0] and norms[own[0] - 1] in _DEFINITE):
        return None
    before = plain[tokens.starts[own[0]] : tokens.starts[own[-1]]]
    return FindingAsked(f"{before}{name[-1]}".replace("-", " "), "present")


def _names_disease(word: str) -> bool:
    known = _wording()
    return word in known.heads or (len(word) > 5 and word.endswith(known.endings) and word not in known.not_diseases)


def _covered(hits: Iterable[Hit]) -> set[int]:
    return {n for h in hits for n in range(h.start, h.end)}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wording:
    """The lists of ``lexicons/presence.toml`` in normal form."""

    carrier: frozenset[str]
    openings: frozenset[str]
    heads: frozenset[str]
    endings: tuple[str, ...]
    not_diseases: frozenset[str]
    loose: frozenset[str]
    inferred: frozenset[str]


@lru_cache(maxsize=1)
def _wording() -> _Wording:
    table = shipped_table("data/lexicons/presence.toml")

    def norms(*texts: str) -> frozenset[str]:
        return frozenset(normal(word) for text in texts for word in text.split())

    said = table["words"]
    return _Wording(
        carrier=norms(said["carrier"], said["picture"]),
        openings=norms(said["carrier"], said["picture"], table["openings"]["words"]),
        heads=norms(table["asked"]["heads"]),
        endings=tuple(table["asked"]["endings"]),
        not_diseases=norms(table["asked"]["not_diseases"]),
        loose=norms(table["inferred"]["loose"]),
        inferred=frozenset(table["inferred"]["findings"]),
    )
