"""What is known of a case, as facts that claims can be held against: its facts, labels, tags and annotation."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal

from auscult.construction.checks._claims import REGION, RELATION
from auscult.construction.checks._wording import content, said_in
from auscult.construction.claims import Known
from auscult.construction.known import known_of
from auscult.construction.lexicon import lexicon
from auscult.facts import canonical, entailment, is_a, merged, read_facts
from auscult.facts.lexicon import ACQUISITION, NORMAL_STUDY, SWEEPING
from auscult.facts.lexicon import lexicon as clinical
from auscult.records import Case, Fact
from auscult.store.files import shipped_table

Truth = Literal["true", "false", "unknown"]
_COUNTS = frozenset({"single", "multiple"})
_EITHER = (frozenset({"acute", "old"}), frozenset({"acute", "chronic"}), _COUNTS)
"""What nothing is at once: who says both asks which, or speaks of two things."""
_TURNED: dict[Truth, Truth] = {"true": "false", "false": "true", "unknown": "unknown"}


@dataclass(frozen=True, slots=True)
class Ground:
    """What is known of one image.

    Attributes:
        facts: that it states, merged.
        exhaustive: whether they are all that there is.
        known: the same as the rule-made generators see it: region, organs that are called normal.
        speaks: whether anything is known of findings at all; where nothing is, nothing can be held against it.
        words: of the annotation, with those that mean the same.
    """

    facts: Sequence[Fact]
    exhaustive: bool
    known: Known
    speaks: bool
    words: frozenset[str] = frozenset()
    annotation: str = ""

    def names(self, finding: str) -> bool:
        """Whether a finding is named as being there, or perhaps, or all words of its name stand in the annotation."""
        elsewhere = any(_somewhere(f) and is_a(f.finding, finding) for f in self.facts)
        return self.stands(finding) or elsewhere or (bool(content(finding)) and content(finding) <= self.words)

    def truth(self, claim: Fact) -> Truth:
        """Whether a claim is so, is not so, or cannot be told: silence is not absence."""
        if claim.finding in (REGION, RELATION):
            told = self._region(claim) if claim.finding == REGION else self._relation(claim)
            return told if claim.presence == "present" else _TURNED[told]
        if claim.finding == NORMAL_STUDY:
            return self._normal(claim)
        claim = _undecided(claim)
        told = self._told(claim)
        if told == "unknown" and claim.presence != "uncertain" and self._denied_otherwise(claim):
            return "false" if claim.presence == "present" else "true"
        return told

    def perhaps(self, claim: Fact) -> bool:
        """Whether a claim is of a finding alone that is named as being there perhaps: who denies it says too much."""
        bare = not (claim.side or claim.place or claim.attributes or claim.comparison or claim.size_mm)
        return bare and any(f.presence == "uncertain" and is_a(f.finding, claim.finding) for f in self.facts)

    def _told(self, claim: Fact) -> Truth:
        """Whether a claim is so, in its own terms."""
        found = entailment(self.facts, claim, exhaustive=self.exhaustive)
        if found == "contradicted" and self.stands(claim.finding):  # what is named is not denied at large
            named = [f for f in self.facts if f.finding not in SWEEPING and not _broader(f, claim)]
            found = entailment(named, claim, exhaustive=self.exhaustive)
        if found == "contradicted" and self._of_parts(claim):
            return "unknown"
        if found == "entailed":
            return "true"
        if found == "contradicted" or (claim.presence == "present" and self._excluded(claim.finding)):
            return "false"
        if self.exhaustive and claim.finding in ACQUISITION:
            return "true" if claim.presence == "absent" else "false"
        if claim.presence == "absent":
            there = entailment(self.facts, replace(claim, presence="present"), exhaustive=self.exhaustive)
            if there == "contradicted" or self._excluded(claim.finding) or self._called_normal(claim):
                return "true"
        return "unknown"

    def _of_parts(self, claim: Fact) -> bool:
        """Whether a device that is told in general is known by its kinds alone: clips are right, a port is left."""
        if claim.presence != "present" or clinical().region_of_finding.get(claim.finding) != "device":
            return False
        return self.stands(claim.finding) and all(f.finding != claim.finding for f in self.facts)

    def _denied_otherwise(self, claim: Fact) -> bool:
        """Whether a finding is denied in other words: its kinds, each of them or, of "mass", that of this image."""
        there = replace(claim, presence="present")

        def denied(**other: object) -> bool:
            told = replace(there, **other)  # type: ignore[arg-type]
            return entailment(self.facts, told, exhaustive=self.exhaustive) == "contradicted"

        if is_a(claim.finding, "fracture") and not {"old", "chronic"} & set(claim.attributes):
            return denied(attributes=(*claim.attributes, "acute"))
        if claim.finding in SWEEPING:
            return False
        if any(denied(finding=sign) and not self.stands(sign) for sign in _signs().get(claim.finding, ())):
            return True
        if any(self._certain(other) for other in _excluded().get(claim.finding, ())) and not self.stands(claim.finding):
            return True
        normal = _normal().get(claim.finding)
        if normal and normal.search(self.annotation.casefold()) and not self.stands(claim.finding):
            return True
        kinds = _kinds(claim.finding)
        if clinical().region_of_finding.get(claim.finding) == "general":
            named = [f for f in self.facts if f.finding in kinds]
            return bool(named) and all(f.presence == "absent" and denied(finding=f.finding) for f in named)
        return bool(kinds) and all(denied(finding=kind) for kind in kinds)

    def stands(self, finding: str) -> bool:
        """Whether a finding is named as being there, or perhaps."""
        return any(f.presence != "absent" and is_a(f.finding, finding) for f in self.facts)

    def _certain(self, finding: str) -> bool:
        """Whether a finding is named as being there, without reserve."""
        return any(f.presence == "present" and is_a(f.finding, finding) for f in self.facts)

    def simply(self, claim: Fact) -> bool:
        """Whether a claim is of a finding that is named as being there, and not of its course."""
        return self.stands(claim.finding) and not claim.comparison

    def found_beside(self, claim: Fact) -> list[str]:
        """Findings that are there in the organ, and in the place, of which a claim denies one."""
        region = clinical().region_of_finding
        there = [
            f for f in self.facts if f.presence == "present" and region.get(f.finding) == region.get(claim.finding)
        ]
        placed = [
            f for f in there if (not claim.side or f.side == claim.side) and (not claim.place or f.place == claim.place)
        ]
        return [f.finding for f in placed if region.get(claim.finding) not in (None, "general")]

    def _normal(self, claim: Fact) -> Truth:
        """Whether the study is normal: where something is denied and nothing is there."""
        there = [f for f in self.facts if f.presence != "absent" and f.finding not in (*ACQUISITION, NORMAL_STUDY)]
        called = [f for f in self.facts if f.presence == "absent" or f.finding == NORMAL_STUDY]
        told: Truth = "true" if called and not there else "false" if there else "unknown"
        return told if claim.presence == "present" else _TURNED[told]

    def _region(self, claim: Fact) -> Truth:
        here = self.known.region
        if here not in lexicon().mistakable("chest") or not claim.attributes:
            return "unknown"
        return "true" if here in claim.attributes else "false"

    def _relation(self, claim: Fact) -> Truth:
        *pair, how = claim.attributes
        sides = [{f.side for f in self.facts if f.finding == name and f.presence == "present"} for name in pair]
        if any(len(side) != 1 or not side <= {"left", "right"} for side in sides):
            return "unknown"
        return "true" if (sides[0] == sides[1]) == (how == "same") else "false"

    def _excluded(self, finding: str) -> bool:
        """Whether the finding cannot be on an image of this region of the body."""
        entry = lexicon().findings.get(finding)
        return bool(entry and entry.region and self.known.region and entry.region != self.known.region)

    def _called_normal(self, claim: Fact) -> bool:
        """Whether an organ that is called normal at large is one of which the annotation denies something."""
        if claim.finding not in SWEEPING:
            return False
        region = clinical().region_of_finding.get(claim.finding)
        denied = [f for f in self.facts if f.presence == "absent"]
        return any(region in (None, "general", clinical().region_of_finding.get(f.finding)) for f in denied)


def _undecided(claim: Fact) -> Fact:
    """A claim without what it says two ways: "fresh or healed", or of a device and its parts "one" and "several"."""
    if claim.presence == "absent":
        return claim
    both = [pair for pair in _EITHER if pair <= set(claim.attributes)]
    many = _COUNTS if clinical().region_of_finding.get(claim.finding) == "device" else frozenset()
    off = frozenset().union(*both, many)
    return replace(claim, attributes=tuple(a for a in claim.attributes if a not in off)) if off else claim


def _broader(fact: Fact, claim: Fact) -> bool:
    """Whether a fact denies all of a kind, of which a claim is about one: "lungs are clear. Perhaps atelectasis"."""
    return fact.presence == "absent" and fact.finding != claim.finding and is_a(claim.finding, fact.finding)


def _somewhere(fact: Fact) -> bool:
    """Whether a finding is denied of one place only."""
    return fact.presence == "absent" and bool(fact.side or fact.place) and not fact.attributes


@cache
def _signs() -> dict[str, list[str]]:
    """Findings, and what is there wherever one of them is."""
    signs: dict[str, list[str]] = shipped_table("construction/checks/signs.toml")["signs"]
    return signs


@cache
def _excluded() -> dict[str, list[str]]:
    """Findings, and which others cannot be there beside them."""
    excluded: dict[str, list[str]] = shipped_table("construction/checks/signs.toml")["excluded"]
    return excluded


@cache
def _normal() -> dict[str, re.Pattern[str]]:
    """Findings, and how an annotation says of their organ that it is as it should be."""
    said = shipped_table("construction/checks/signs.toml")["normal"]
    return {finding: re.compile(rule) for finding, rule in said.items()}


@cache
def _kinds(finding: str) -> frozenset[str]:
    """The findings that are a kind of one."""
    return frozenset(name for name, above in clinical().above.items() if finding in above and name != finding)


def ground_of(case: Case) -> Ground:
    """What is known of a case."""
    known = known_of(case, ())
    if case.exhaustive and case.facts:
        return Ground(merged(case.facts), True, known, True, said_in(case.annotation), case.annotation)
    facts = list(read_facts(case.annotation)) if case.annotation else []
    for label, presence in case.findings.items():
        if presence in ("present", "absent", "uncertain"):
            names = dict.fromkeys(filter(None, (canonical(label), lexicon().named(label))))
            facts += [Fact(finding=name, presence=presence) for name in names]
    tagged = {kind for kind in ACQUISITION if known.values.get((kind, ""))}
    facts = [f for f in facts if f.finding not in tagged]  # a caption may name another study: "as seen on CT"
    speaks = any(f.finding not in ACQUISITION for f in facts)
    for finding, there in known.presence.items():
        if not there and finding not in known.conflicts:
            facts.append(Fact(finding=finding, presence="absent"))
    for kind in ("modality", "view"):
        facts += [Fact(finding=kind, presence="present", attributes=(v,)) for v in known.values.get((kind, ""), ())]
    if "no finding" in map(str.casefold, case.findings):
        facts.append(Fact(finding=NORMAL_STUDY, presence="present"))
    return Ground(merged(facts), False, known, speaks, said_in(case.annotation), case.annotation)
