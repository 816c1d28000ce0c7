"""What is known of an image, and the claims that can be made of it: each true, false or unmentioned.

Silence is not absence. A claim is false only where the annotation denies it, where it names everything that there is,
or where the anatomy excludes it (tier ``excluded by anatomy``); what is merely not mentioned is ``unmentioned``.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from auscult.construction.lexicon import lexicon
from auscult.records import Fact

UNMENTIONED, EXCLUDED, EXHAUSTIVE = "unmentioned", "excluded by anatomy", "exhaustive"
NONEXISTENT, WRONG_ATTRIBUTE, DISTORTED = "nonexistent object", "wrong attribute", "distorted knowledge"
SEVERAL = "several findings of that name"


class Claim(NamedTuple):
    """One statement that an image may make true or false.

    Attributes:
        statement: presence, side, place, grade, attribute, relation, half, count, modality, view or region.
        finding: what it is about; empty for modality, view and region.
        value: the property claimed. Of the presence of a finding that the lexicon lacks: ``a``, ``mass`` or ``plural``.
        other: the second finding of a relation.
    """

    statement: str
    finding: str
    value: str = ""
    other: str = ""

    @property
    def category(self) -> str:
        """The category of the item in which this claim is false, as in MedHallTune."""
        return NONEXISTENT if self.statement == "presence" else WRONG_ATTRIBUTE

    @property
    def about(self) -> tuple[str, str]:
        """The property that it is about: claims of equal ``about`` exclude each other where the finding is one."""
        return about(self.statement, self.finding, self.other)

    @property
    def name(self) -> str:
        """One line that names the claim, for tags and rejects."""
        return "; ".join(filter(None, self))


def about(statement: str, finding: str, other: str = "") -> tuple[str, str]:
    """The key of a property in ``Known.values``."""
    return statement, f"{finding}, {other}" if other else finding


class Stated(NamedTuple):
    """A claim on an image. ``unfit`` says why no premise is made of it, whatever its truth; empty where it may be."""

    claim: Claim
    truth: bool | None
    tier: str
    unfit: str = ""


@dataclass(kw_only=True)
class Known:
    """What is known of one image.

    Attributes:
        presence: finding → whether it is there; what is not named is not known.
        values: property (see ``about``) → the values that hold.
        closed: properties of which every value that does not hold is false.
        denied: property → values that are false, where not all others are.
        number: finding → how many there are; what is not named is one.
        tiers: property or (presence, finding) → how it is known; else ``tier``.
        nouns: findings that the lexicon lacks → ``a``, ``mass`` or ``plural``.
        tier: how the rest is known.
        region: chest, brain, abdomen, ...; empty where it is not known.
        measured: whether size, side and place of whatever is there are known, so that they can be asked for.
        conflicts: findings on which the annotation contradicts itself.
        uncertain: findings that the annotation neither asserts nor denies.
        words: (presence, finding) → the sentence of the annotation that says so, where one does.
    """

    presence: dict[str, bool] = field(default_factory=dict)
    values: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    closed: set[tuple[str, str]] = field(default_factory=set)
    denied: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    number: dict[str, int] = field(default_factory=dict)
    tiers: dict[tuple[str, str], str] = field(default_factory=dict)
    nouns: dict[str, str] = field(default_factory=dict)
    tier: str = EXHAUSTIVE
    region: str = ""
    measured: bool = False
    conflicts: set[str] = field(default_factory=set)
    uncertain: set[str] = field(default_factory=set)
    words: dict[tuple[str, str], str] = field(default_factory=dict)

    @property
    def modality(self) -> str:
        """The kind of image, or empty."""
        return next(iter(self.values.get(("modality", ""), ())), "")

    def truth(self, claim: Claim) -> bool | None:
        """Whether a claim holds; None where that is not known."""
        if claim.statement == "presence":
            return self.presence.get(claim.finding)
        found = self.values.get(claim.about, ())
        if claim.value in found:
            return True
        if claim.statement in ("modality", "region") and found:
            return False
        if claim.statement == "view" and any(v in found for v in lexicon().exclusive[claim.value]):
            return False
        return False if claim.about in self.closed or claim.value in self.denied.get(claim.about, ()) else None

    def true_value(self, claim: Claim) -> str:
        """The one value that holds instead of the claimed one; empty where there is none or several."""
        found = self.values.get(claim.about, ())
        if claim.statement in ("view", "half"):
            found = tuple(v for v in found if v in lexicon().exclusive[claim.value])
        return found[0] if len(found) == 1 else ""


def known_of_facts(facts: Iterable[Fact], *, region: str = "") -> Known:
    """What is known where the facts are all that there is (a phantom).

    Args:
        facts: present and absent findings, modality, view.
        region: of the body; where it is empty, the region of the findings.
    """
    known = Known(measured=True)
    grades, sides = lexicon().values["grade"], lexicon().values["side"]
    collected: dict[tuple[str, str], list[str]] = {}
    for fact in facts:
        name = fact.finding
        if name in ("modality", "view"):
            collected.setdefault((name, ""), []).extend(fact.attributes)
            continue
        if name not in lexicon().findings or fact.presence == "uncertain":
            continue
        known.presence[name] = known.presence.get(name, False) or fact.presence == "present"
        if fact.presence == "absent":
            continue
        known.number[name] = known.number.get(name, 0) + 1
        attributes = lexicon().findings[name].attributes
        for statement, held in (
            ("side", sides if fact.side == "bilateral" else (fact.side,)),
            ("place", (fact.place,)),
            ("grade", tuple(a for a in fact.attributes if a in grades)),
            ("attribute", tuple(a for a in fact.attributes if a in attributes)),
        ):
            if any(held):
                collected.setdefault((statement, name), []).extend(held)
    known.values = {key: tuple(dict.fromkeys(found)) for key, found in collected.items()}
    known.closed = set(known.values)
    known.region = region or next((r for n in known.presence if (r := lexicon().findings[n].region)), "")
    if known.region:
        known.values["region", ""] = (known.region,)
    add_relations(known)
    return known


def add_relations(known: Known) -> None:
    """Adds which two findings lie on the same side, where each of them is there once and has one side."""
    sides = known.values
    one = [f for f, there in known.presence.items() if there and known.number.get(f, 1) == 1 and related(f)]
    one = sorted(f for f in one if len(sides.get(("side", f), ())) == 1)
    same, opposite = lexicon().values["relation"]
    for first in one:
        for second in one:
            if first < second and lexicon().findings[first].region == lexicon().findings[second].region:
                key = about("relation", first, second)
                known.values[key] = (same if sides["side", first] == sides["side", second] else opposite,)
                known.closed.add(key)


def related(finding: str) -> bool:
    """Whether a finding lies on a side as a thing does (a shift points to one)."""
    entry = lexicon().findings.get(finding)
    return bool(entry and entry.sided and not entry.towards)


def stated(known: Known, key: str = "") -> Iterator[Stated]:
    """All claims on an image, in fixed order, with their truth and tier.

    Args:
        known: of the image.
        key: chooses which two findings of other regions are named (tier ``excluded by anatomy``); empty: none.
    """
    yield from _presences(known, key)
    for finding, there in known.presence.items():
        if there:
            yield from _properties(known, finding)
    yield from _image(known)


def _presences(known: Known, key: str) -> Iterator[Stated]:
    for finding, there in known.presence.items():
        claim = Claim("presence", finding, known.nouns.get(finding, ""))
        unfit = "the annotation contradicts itself" if finding in known.conflicts else ""
        unfit = unfit or (SEVERAL if there and known.number.get(finding, 1) > 1 else "")
        yield Stated(claim, there, known.tiers.get(claim.about, known.tier), unfit)
    for finding in lexicon().foreign(known.region, key):
        if finding not in known.presence:
            yield Stated(Claim("presence", finding), False, EXCLUDED)
    usual = () if known.measured else lexicon().usual(known.region)
    for finding in dict.fromkeys((*usual, *sorted(known.uncertain))):
        if finding not in known.presence:
            unfit = "the annotation is uncertain" if finding in known.uncertain else ""
            yield Stated(Claim("presence", finding), None, UNMENTIONED, unfit)


def _properties(known: Known, finding: str) -> Iterator[Stated]:
    several = SEVERAL if known.number.get(finding, 1) > 1 else ""
    for key, universe in lexicon().properties(finding):
        if key not in known.values and not known.measured and key[0] not in ("side", "grade"):
            continue
        other = key[1].partition(", ")[2]
        if other and key not in known.values:
            continue
        for value in universe:
            claim = Claim(key[0], finding, value, other)
            truth = known.truth(claim)
            if truth is None and known.measured:
                continue
            tier = UNMENTIONED if truth is None else known.tiers.get(key, known.tier)
            yield Stated(claim, truth, tier, "" if key[0] == "count" else several)


def _image(known: Known) -> Iterator[Stated]:
    for statement in ("modality", "region"):
        for held in known.values.get((statement, ""), ()):
            tier = known.tiers.get((statement, ""), known.tier)
            for value in lexicon().mistakable(held):
                yield Stated(Claim(statement, "", value), value == held, tier)
    for group in lexicon().views:
        claims = [Claim("view", "", value) for value in group]
        truths = [known.truth(c) for c in claims]
        tier = known.tiers.get(("view", ""), known.tier)
        yield from (Stated(c, t, tier) for c, t in zip(claims, truths, strict=True) if t is not None)
