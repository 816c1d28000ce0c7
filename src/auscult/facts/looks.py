"""Looks against looks and findings: whether a white patch is the one that is known, or can be a consolidation.

What a finding can look like is a list (``lexicons/appearances.toml``). As with facts, naming a side, place or size
names all there are; silence is not absence unless all is told; a hedge is never made up.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from auscult.facts.appearances import ANY, NORMAL, Appearance, table
from auscult.facts.checking import same_size
from auscult.facts.lexicon import places
from auscult.records import Fact

Outcome = Literal["supported", "contradicted", "open"]
KINDS = ("tone", "form", "edge", "change")
_OWN = frozenset({"midline", "ventricles", "costophrenic angle", "sulci", "diaphragm"})
"""Organs that are told of apart from the region that they lie in."""
_AT = {"costophrenic angle": "lower zone", "diaphragm": "lower zone"}
"""Where an organ lies, in words for places of another."""
_TOGETHER = {"pleura": "lung", "diaphragm": "lung", "mediastinum": "lung", "peritoneum": "abdomen"}
"""Regions in which the same look can be told of."""
_SOLID = frozenset({"liver", "kidney", "brain"})
_RATIO_MM = 0.035
"""Ratios that differ by less agree."""


@dataclass(frozen=True, slots=True)
class Look:
    """What a finding can look like: what is left out may be anything."""

    tone: frozenset[str] = frozenset()
    form: frozenset[str] = frozenset()
    edge: frozenset[str] = frozenset()
    change: frozenset[str] = frozenset()
    regions: frozenset[str] = frozenset()

    @classmethod
    def of(cls, seen: Appearance) -> "Look":
        """That of one appearance."""
        form = "" if seen.form == ANY else seen.form
        kinds = {"tone": seen.tone, "form": form, "edge": seen.edge, "change": seen.change}
        regions = frozenset({seen.region}) - {""}
        return cls(**{kind: frozenset({is_}) - {""} for kind, is_ in kinds.items()}, regions=regions)

    def differs(self, seen: Appearance, *, one_organ: bool = False) -> str:
        """The first kind of word in which an appearance cannot be this look; empty where it can.

        Args:
            seen: the appearance.
            one_organ: whether both are told of one organ, so that a shape there and a change of it can be one thing.
        """
        for kind in KINDS:
            may, is_ = getattr(self, kind), getattr(seen, kind)
            if one_organ and kind == "form":
                continue
            if may and is_ and is_ != ANY and is_ not in may:
                return kind
        if not one_organ and self.change and seen.form and not seen.change and not self.form:
            return "form"
        if not one_organ and self.form and seen.change and not seen.form and not self.change:
            return "change"
        if self.regions and seen.region and not _near(seen.region, self.regions):
            return "place"
        return ""

    def matches(self, seen: Appearance) -> bool:
        """Whether an appearance tells the shape or the change that this look has, or the tone where it has neither."""
        kinds = [kind for kind in ("form", "change") if getattr(self, kind)] or ["tone"]
        return not self.differs(seen) and all(getattr(seen, kind) in getattr(self, kind) for kind in kinds)

    def tells(self, seen: Appearance) -> bool:
        """Whether anything of an appearance is held against this look."""
        shape = "" if seen.form == ANY else seen.form
        said = {"tone": seen.tone, "form": shape, "edge": seen.edge, "change": seen.change}
        return any(getattr(self, kind) and is_ for kind, is_ in said.items())


def _near(region: str, regions: Iterable[str]) -> bool:
    return region in regions or _TOGETHER.get(region, region) in {_TOGETHER.get(r, r) for r in regions}


@lru_cache(maxsize=1)
def looks() -> Mapping[str, tuple[Look, ...]]:
    """Finding → what it can look like."""
    found = {}
    for finding, given in table()["looks"].items():
        rows = [{name: frozenset(may.split("|")) for name, may in dict(row).items()} for row in given]  # type: ignore[call-overload]
        found[finding] = tuple(
            Look(**{kind: row.get(kind, frozenset()) for kind in KINDS}, regions=row.get("in", frozenset()))
            for row in rows
        )
    return found


@dataclass(frozen=True, slots=True)
class Known:
    """Something that is known to be seen, or not to be: an appearance, or a finding with what it can look like."""

    looks: tuple[Look, ...]
    present: bool
    side: str = ""
    place: str = ""
    organ: str = ""
    size_mm: float | None = None
    ratio: float | None = None

    @classmethod
    def seen(cls, a: Appearance) -> "Known":
        """From an appearance."""
        return cls((Look.of(a),), a.presence != "absent", a.side, a.place, _own(a), a.size_mm, a.ratio)

    @classmethod
    def finding(cls, fact: Fact) -> "Known | None":
        """From a finding; None where it is not known what that looks like."""
        may = looks().get(fact.finding)
        if may is None or fact.presence == "uncertain":
            return None
        return cls(may, fact.presence == "present", fact.side, fact.place, "", fact.size_mm)

    def elsewhere(self, claim: Appearance) -> str:
        """What differs besides the look: side, place or size; empty where nothing does."""
        sides = {self.side, claim.side} - {""}
        if len(sides) == 2 and not ("bilateral" in sides and claim.side != "bilateral"):
            return "side"
        if self.place and claim.place and places(self.place, claim.place) == "other":
            return "place"
        if self.size_mm is not None and claim.size_mm is not None and not same_size(self.size_mm, claim.size_mm):
            return "size"
        if self.ratio is not None and claim.ratio is not None and abs(self.ratio - claim.ratio) > _RATIO_MM:
            return "size"
        return ""

    def overlaps(self, other: "Known") -> bool:
        """Whether both can be one thing, by look and side."""
        return not {*self.looks}.isdisjoint(other.looks) and len({self.side, other.side} - {""}) < 2

    def differs(self, claim: Appearance) -> str:
        """In what the look cannot be that of a claim; empty where it can."""
        own = _own(claim)
        if self.organ and own and self.organ != own:
            return "organ"
        if _AT.get(own, self.place) != self.place and self.place:
            return "place"
        one = bool(own) and own == self.organ and claim.change != NORMAL and not _is_normal(self)
        found = [look.differs(claim, one_organ=one) for look in self.looks]
        return "" if "" in found else found[0]


def _own(a: Appearance) -> str:
    return a.organ if a.organ in _OWN else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedLook:
    """What became of one appearance: ``difference`` says in what it is wrong, ``object`` that there is nothing such."""

    seen: Appearance
    outcome: Outcome
    difference: str = ""


def compare_looks(
    claims: Sequence[Appearance],
    known: Sequence[Known],
    *,
    exhaustive: bool,
    named: Sequence[Known] = (),
    told: Sequence[Appearance] = (),
) -> list[CheckedLook]:
    """Each appearance that a text tells of against what is known, in order.

    Args:
        claims: of the text that is checked.
        known: appearances and findings, present and absent.
        exhaustive: whether these are all that there is to see.
        named: findings that the text names beside its looks, so that "nothing else" leaves them out.
        told: looks that it tells of beside the claims, likewise.
    """
    untold = [k for k in known if k.present and not any(k.overlaps(n) for n in named)]
    return [_checked(claim, (*claims, *told), known, exhaustive, untold) for claim in claims]


def _checked(
    claim: Appearance, claims: Sequence[Appearance], known: Sequence[Known], exhaustive: bool, there: Sequence[Known]
) -> CheckedLook:
    outcome: Outcome
    if claim.rest and (claim.organ or claim.form != ANY):
        outcome, why = "supported" if exhaustive else "open", ""  # "the other lung is clear"
    elif claim.rest:
        outcome, why = _rest(claims, there, exhaustive)
    elif claim.presence == "absent" or claim.change == NORMAL:
        outcome, why = _denied(claim, known, exhaustive)
    else:
        outcome, why = _claimed(claim, known, exhaustive)
    if claim.presence == "uncertain" and outcome == "contradicted":
        outcome, why = "open", "hedged"
    return CheckedLook(seen=claim, outcome=outcome, difference=why)


_Told = tuple[Outcome, str]


def _claimed(claim: Appearance, known: Sequence[Known], exhaustive: bool) -> _Told:
    """Something is said to be seen."""
    abnormal = [k for k in known if k.present and not _is_normal(k)]
    alike = [k for k in abnormal if not k.differs(claim)]
    wrong = [k.elsewhere(claim) for k in alike]
    if "" in wrong:
        told = any(_tells(k, claim) or Look.of(claim) in k.looks for k in alike)
        return ("supported", "") if told else ("open", "")
    if wrong:
        return "contradicted", wrong[0]
    denied = [k for k in known if (not k.present or _is_normal(k)) and _covers(k, claim)]
    if denied:
        return "contradicted", "presence"
    if not exhaustive:
        return "open", "object"
    here = [k.differs(claim) for k in abnormal if _placed(k, claim) and not k.elsewhere(claim)]
    return "contradicted", here[0] if here and here[0] in KINDS else "object"


def _tells(known: Known, claim: Appearance) -> bool:
    return any(look.tells(claim) for look in known.looks) or _placed(known, claim)


def _placed(known: Known, claim: Appearance) -> bool:
    """Whether both are told of one place."""
    same_place = bool(known.place and claim.place and places(known.place, claim.place) == "same")
    own = _own(claim)
    return same_place or bool(own and own == known.organ)


def _is_normal(known: Known) -> bool:
    return any(NORMAL in look.change for look in known.looks)


def _covers(denial: Known, claim: Appearance) -> bool:
    """Whether what is denied, or an organ that is called normal, rules a claim out."""
    if denial.elsewhere(claim) in ("side", "place") or (denial.side and not claim.side):
        return False
    if not _is_normal(denial):
        return denial.differs(claim) == "" and _tells(denial, claim)
    own = _own(claim)
    if denial.organ or own:
        return denial.organ == own
    if claim.change and not claim.form and claim.region == "brain":
        return False  # ventricles and midline are told of by name
    if claim.form == "band" and claim.region in _SOLID:
        return False  # a band around it
    return any(_holds(look.regions, claim) for look in denial.looks)


def _holds(normal: frozenset[str], claim: Appearance) -> bool:
    """Whether something seen lies in a region that is called normal: of heart and mediastinum only their own change."""
    if not claim.form and not claim.tone:
        return claim.region in normal
    inside = claim.region in normal or ("lung" in normal and claim.region in ("pleura", "diaphragm"))
    return inside and claim.region not in ("heart", "mediastinum", "")


def _denied(claim: Appearance, known: Sequence[Known], exhaustive: bool) -> _Told:
    """Something is said not to be seen, or an organ to be as it should."""
    told = Known.seen(claim)
    for k in known:
        if not k.present or _is_normal(k):
            continue
        for look in k.looks:
            seen = _as_seen(k, look)
            if seen is not None and _covers(told if claim.change == NORMAL else replace(told, present=False), seen):
                return "contradicted", "presence"
    if exhaustive:
        return "supported", ""
    same = [k for k in known if (not k.present or _is_normal(k)) and not k.differs(claim) and not k.elsewhere(claim)]
    return ("supported", "") if any(_tells(k, claim) or _is_normal(k) for k in same) else ("open", "")


def _as_seen(known: Known, look: Look) -> Appearance | None:
    """One look of something known as an appearance; where it may be several, what it must be."""
    form = _only(look.form) or (ANY if look.form else "")
    region = next(iter(look.regions)) if len(look.regions) == 1 else ""
    if look.regions and not region:
        together = {_TOGETHER.get(r, r) for r in look.regions}
        region = next(iter(together)) if len(together) == 1 else ""
    return Appearance(
        tone=_only(look.tone),
        form=form,
        edge=_only(look.edge),
        change=_only(look.change),
        region=region,
        organ=known.organ,
        side=known.side,
        place=known.place,
        size_mm=known.size_mm,
    )


def _only(may: frozenset[str]) -> str:
    """The one that it must be; empty where it may be several."""
    return next(iter(may)) if len(may) == 1 else ""


def _rest(claims: Sequence[Appearance], there: Sequence[Known], exhaustive: bool) -> _Told:
    """Nothing is said to be seen besides what is told of: wrong where something known is told of nowhere."""
    told = [c for c in claims if not c.rest and c.presence != "absent" and c.change != NORMAL]
    for k in there:
        if not _is_normal(k) and all(k.differs(c) or k.elsewhere(c) in ("side", "place") for c in told):
            return "contradicted", "presence"
    return ("supported", "") if exhaustive else ("open", "")
