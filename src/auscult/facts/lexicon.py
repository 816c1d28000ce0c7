"""The terms that are known: findings with their hierarchy, organs, descriptions and triggers; loaded on first use.

The lists are data (``auscult/data/lexicons``, with their sources and licences). One trie holds them all: a phrase may
play several roles ("bibasilar" is a side and a place).
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import product
from typing import Any, Literal

from auscult.facts._trie import Trie
from auscult.facts.tokens import words
from auscult.store.files import shipped_table

NORMAL_STUDY = "normal study"
ACQUISITION = frozenset({"modality", "view"})
SWEEPING = frozenset(
    f"{of}abnormality"
    for of in (
        "", "acute ", "acute cardiopulmonary ", "acute intracranial ", "acute abdominal ", "lung ", "pleural ",
        "cardiac ", "mediastinal ", "bone ", "brain ", "liver ", "renal ", "abdominal ", "bowel ", "aortic ",
        "bladder ",
    )
) | {NORMAL_STUDY}  # fmt: skip
"""Findings that stand for a whole organ: denied where it is called normal, and too wide to name anything by."""
GRADES = ("small", "moderate", "large")
SIZE_WORDS = frozenset({"large", "big"})
"""Beside an organ they say that it is enlarged, not how much."""
_KEPT_OF_TERMS = frozenset({"calcified", "loculated", "free-flowing", "tension"})
_CHOICE = re.compile(r"\(([^()]*)\)")
_SET = re.compile(r"\{(\w+)\}")
_MAIN_ORGAN = {"neck": "thyroid", "gallbladder": "gallbladder"}
_ACUTE_OF = {
    "lung": "acute cardiopulmonary abnormality", "pleura": "acute cardiopulmonary abnormality",
    "heart": "acute cardiopulmonary abnormality", "mediastinum": "acute cardiopulmonary abnormality",
    "brain": "acute intracranial abnormality", "abdomen": "acute abdominal abnormality",
}  # fmt: skip


@dataclass(slots=True)
class Roles:
    """What one phrase can mean. Names of ``triggers`` are those of ``triggers.toml``."""

    finding: str = ""
    noun: Mapping[str, str] | None = None
    normal: Mapping[str, str] | None = None
    organ: str = ""
    place: str = ""
    side: str = ""
    attributes: tuple[str, ...] = ()
    comparison: str = ""
    acquisition: tuple[tuple[str, str], ...] = ()
    triggers: frozenset[str] = frozenset()
    own_side: str = ""
    own_place: str = ""
    ends_in_organ: bool = False

    @property
    def speaks(self) -> bool:
        """Whether the phrase can name a finding."""
        return bool(self.finding) or self.noun is not None or self.normal is not None

    @property
    def predicate(self) -> bool:
        """Whether the phrase means something only of an organ: "enlarged", "shifted"."""
        return self.noun is not None and not self.noun.get("") and not self.finding


@dataclass(slots=True)
class Lexicon:
    """Everything that the reader knows."""

    trie: Trie[Roles] = field(default_factory=Trie)
    names: dict[str, str] = field(default_factory=dict)
    above: dict[str, frozenset[str]] = field(default_factory=dict)
    region_of_finding: dict[str, str] = field(default_factory=dict)
    region_of_organ: dict[str, str] = field(default_factory=dict)
    organ_of_place: dict[str, str] = field(default_factory=dict)
    unsided: frozenset[str] = frozenset()
    around: dict[str, frozenset[str]] = field(default_factory=dict)
    overlapping: dict[str, frozenset[str]] = field(default_factory=dict)
    exclusive: tuple[frozenset[str], ...] = ()
    implied: dict[str, frozenset[str]] = field(default_factory=dict)
    soft: frozenset[str] = frozenset()
    short: dict[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)

    def made_of(self, noun: Mapping[str, str], organ: str, exact: bool = False) -> str | None:
        """The finding that a word makes beside an organ; None where it makes none there."""
        if organ in noun:
            return noun[organ]
        if exact:
            return None
        region = self.region_of_organ.get(organ, "")
        return noun.get(_MAIN_ORGAN.get(region, region)) if region else None

    def acute(self, finding: str) -> str:
        """The acute form of a sweeping abnormality, or an empty string."""
        if finding == "abnormality":
            return "acute abnormality"
        return _ACUTE_OF.get(self.region_of_finding.get(finding, ""), "")


def expand(term: str) -> Iterator[str]:
    """A term with ``(a|b|)`` written out, also within another."""
    choice = _CHOICE.search(term)
    if choice is None:
        yield term
        return
    for part in choice[1].split("|"):
        yield from expand(term[: choice.start()] + part.replace("|", "") + term[choice.end() :])


def with_sets(term: str, sets: Mapping[str, str]) -> str:
    """A term with the names of sets, ``{name}``, replaced by what they hold, also where a set names another."""
    while filled := _SET.search(term):
        term = term[: filled.start()] + sets[filled[1]] + term[filled.end() :]
    return term


class _Builder:
    def __init__(self) -> None:
        self.lexicon = Lexicon()
        self.roles: dict[tuple[str, ...], Roles] = {}

    def add(self, terms: Iterable[str], **given: Any) -> None:
        for term in terms:
            for written in expand(term):
                phrase = tuple(words(written.lower()).norms)
                if not phrase:
                    continue
                roles = self.roles.setdefault(phrase, Roles())
                for name, value in given.items():
                    old = getattr(roles, name)
                    if isinstance(value, (tuple, frozenset)):
                        value = (
                            old | value
                            if isinstance(value, frozenset)
                            else old + tuple(v for v in value if v not in old)
                        )
                    elif old and name == "finding":
                        continue
                    setattr(roles, name, value)

    def findings(self, table: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> None:
        parents: dict[str, list[str]] = {}
        unsided = set()
        for region, findings in table.items():
            for name, about in findings.items():
                parents[name] = about.get("is_a", [])
                self.lexicon.region_of_finding[name] = region
                self.lexicon.names[" ".join(words(name).norms)] = name
                if about.get("unsided"):
                    unsided.add(name)
                self.add([name, *about.get("terms", ())], finding=name)
        self.lexicon.unsided = frozenset(unsided)

        def closure(name: str) -> frozenset[str]:
            return frozenset({name}).union(*(closure(p) for p in parents[name]))

        self.lexicon.above = {name: closure(name) for name in parents}

    def descriptions(self, table: Mapping[str, Any]) -> None:
        lexicon = self.lexicon
        for name, about in table["organ"].items():
            lexicon.region_of_organ[name] = about["region"]
            self.add(about["terms"], organ=name)
        for kind in ("noun", "normal"):
            for about in table[kind].values():
                self.add(about["terms"], **{kind: {k: v for k, v in about.items() if k != "terms"}})
        wider: dict[str, set[str]] = {}
        for name, about in table["place"].items():
            lexicon.organ_of_place[name] = about["organ"]
            self.add([name, *about.get("terms", ())], place=name)
            lexicon.around[name] = frozenset(about.get("within", ()))
            for part in about.get("covers", ()):
                wider.setdefault(part, {part}).add(name)
                wider.setdefault(name, {name}).add(part)
        lexicon.overlapping = {k: frozenset(v) for k, v in wider.items()}
        for side, terms in table["side"].items():
            self.add(terms, side=side)
        for attribute, terms in table["attribute"].items():
            self.add(terms, attributes=(attribute,))
        for comparison, terms in table["comparison"].items():
            self.add(terms, comparison=comparison)
        for name, terms in table["acquisition"].items():
            kind, _, value = name.partition(":")
            self.add(terms, acquisition=((kind, value),))
        for term, names in table["short"].items():
            lexicon.short[term] = tuple((n.partition(":")[0], n.partition(":")[2]) for n in names)
        lexicon.exclusive = tuple(frozenset(g) for g in table["exclusive"]["groups"])
        lexicon.soft = frozenset(table["exclusive"]["soft"])
        lexicon.implied = {k: frozenset(v) for k, v in table["implies"].items()}

    def finish(self) -> Lexicon:
        for side, level, noun in product(
            ("left", "right"), ("upper", "mid", "middle", "lower"), ("lung", "lobe", "zone", "chest", "hemithorax")
        ):
            place = {"mid": "middle"}.get(level, level) + " zone"
            self.add([f"{level} {side} {noun}", f"{side} {level} {noun}"], side=side, place=place)
            self.add([f"both {level} {noun}"], side="bilateral", place=place)
            self.add([f"{level} (part|half|third|portion|aspect) of the {side} {noun}"], side=side, place=place)
        for phrase, roles in self.roles.items():
            if roles.finding or roles.noun is not None:
                self._own(phrase, roles)
            self.lexicon.trie.add(phrase, roles)
        return self.lexicon

    def _own(self, phrase: tuple[str, ...], roles: Roles) -> None:
        """What a term of several words says beside the finding: "left lower lobe collapse", "mildly enlarged heart"."""
        if len(phrase) < 2:
            return
        last = self.roles.get(phrase[-1:])
        roles.ends_in_organ = last is not None and bool(last.organ) and not last.speaks
        for word in phrase:
            if word in ("left", "right", "bilateral"):
                roles.own_side = word
            elif word == "both":
                roles.own_side = "bilateral"
            elif word in ("upper", "middle", "lower") and "lobe" in phrase:
                roles.own_place = f"{word} zone"
            else:
                single = self.roles.get((word,))
                name = roles.finding.split()
                if single and single.attributes and word not in name and not single.speaks:
                    kept = tuple(
                        a for a in single.attributes if (a in GRADES and word not in SIZE_WORDS) or a in _KEPT_OF_TERMS
                    )
                    roles.attributes = roles.attributes + kept


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """The bundled lexicon, read once."""
    builder = _Builder()
    builder.findings(shipped_table("data/lexicons/findings.toml"))
    builder.descriptions(shipped_table("data/lexicons/descriptions.toml"))
    triggers = shipped_table("data/lexicons/triggers.toml")
    for name, terms in triggers["phrases"].items():
        builder.add(
            (with_sets(t, triggers["sets"]) for t in terms), triggers=frozenset({name.removesuffix("_elsewhere")})
        )
    return builder.finish()


@lru_cache(maxsize=65536)
def is_a(finding: str, general: str) -> bool:
    """Whether a finding is the other one or a kind of it; a name that is not known is only itself."""
    return finding == general or general in lexicon().above.get(finding, ())


@lru_cache(maxsize=4096)
def places(known: str, claimed: str) -> Literal["same", "open", "other"]:
    """How a known place stands to a claimed one.

    Returns:
        same: it is that place or lies in it; open: it may be (frontoparietal and frontal, or a part of the known
        place); other: it is not.
    """
    lex = lexicon()
    if known == claimed or claimed in lex.around.get(known, ()):
        return "same"
    if claimed in lex.overlapping.get(known, ()) or known in lex.around.get(claimed, ()):
        return "open"
    return "other"


@lru_cache(maxsize=4096)
def attribute_relations(known: tuple[str, ...]) -> tuple[frozenset[str], frozenset[str]]:
    """Attributes that follow from the known ones, and those that they exclude."""
    lex = lexicon()
    implied = frozenset(known).union(*(lex.implied.get(a, frozenset()) for a in known))
    excluded: set[str] = set()
    for group in lex.exclusive:
        if group & implied:
            excluded |= group - implied
    return implied, frozenset(excluded)
