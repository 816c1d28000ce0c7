"""Facts against facts: what an answer says, held against what is known.

Rules that a reader of results must know (``docs/concepts/facts.md`` has them with examples):

* A specific finding entails a general one (a lung nodule is a lung lesion); a general denial covers the specific ones.
* An absent fact denies the finding *with its qualifiers*: "no large effusion" does not deny a small one.
* Naming a side, place, size or grade names all there are: a right effusion contradicts a known left one. Left is part
  of bilateral; bilateral against left contradicts the side.
* Silence is not absence. Only an exhaustive reference makes it so.
* A word about the look of a finding ("patchy", "well-defined") that the reference leaves unsaid makes no claim
  unsupported; a harder one ("calcified", "large", a size) does.
* A hedged claim ("possible effusion") is not contradicted by a denial: it is unsupported then, and never made up. It is
  contradicted where the finding is known to be elsewhere or otherwise.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from auscult.facts.lexicon import ACQUISITION, NORMAL_STUDY, SWEEPING, attribute_relations, is_a, lexicon, places
from auscult.records import Fact

Status = Literal["supported", "contradicted", "unsupported", "omitted"]
Difference = Literal["", "presence", "side", "place", "size", "attribute", "comparison", "object"]
Entailment = Literal["entailed", "contradicted", "unknown"]
SIZE_TOLERANCE_MM = 1.0
SIZE_TOLERANCE_SHARE = 0.15
_ABNORMALITY = "abnormality"


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What became of one fact.

    Attributes:
        fact: of the answer, with its span there; of the reference where it is ``omitted``.
        status: supported, contradicted or unsupported by the reference; or omitted by the answer.
        against: the fact of the reference that decided, if one did.
        difference: what differs from it. ``object``: the reference has no such finding.
        exhaustive: whether the reference names everything that there is to name.
    """

    fact: Fact
    status: Status
    against: Fact | None = None
    difference: Difference = ""
    exhaustive: bool = False

    @property
    def hallucination(self) -> bool:
        """Whether the claim is made up: contradicted, or of something that an exhaustive reference does not name.

        Exhaustive is meant of findings: what a claim says beyond the reference of a finding that it names stays open. A
        hedged claim that is merely unsupported is not made up: it does not say that something is there.
        """
        if self.status == "contradicted":
            return True
        unnamed = self.status == "unsupported" and self.exhaustive and self.against is None
        return unnamed and self.fact.presence != "uncertain"

    @property
    def undecided(self) -> bool:
        """Whether nobody can say from this reference if the claim is made up.

        A hedge on what the reference denies is decided: it is never made up.
        """
        hedged_denied = self.fact.presence == "uncertain" and self.against is not None and self.difference == "presence"
        return self.status == "unsupported" and not hedged_denied and not (self.exhaustive and self.against is None)

    @property
    def goes_further(self) -> bool:
        """Whether the reference has the finding, and leaves open what more the claim says of it."""
        known = self.against is not None and self.against.presence == "present"
        return self.undecided and known and self.difference in ("side", "place", "size", "attribute", "comparison")


@dataclass(frozen=True, slots=True)
class _Fit:
    """How a known finding stands to the qualifiers of a claim: those it conflicts with, and those it leaves open."""

    conflicts: tuple[Difference, ...]
    open: tuple[Difference, ...]

    @property
    def full(self) -> bool:
        return not self.conflicts and not self.open


def same_size(one: float, other: float) -> bool:
    """Whether two sizes in mm agree: within 1 mm or 15 % of the larger, whichever is more."""
    return abs(one - other) <= max(SIZE_TOLERANCE_MM, SIZE_TOLERANCE_SHARE * max(one, other))


_Judged = tuple[Difference, Difference]


def _judge(known: object, claimed: object, same: bool, where: Difference) -> _Judged:
    """(conflict, open) of one qualifier."""
    if not claimed or same:
        return "", ""
    return (where, "") if known else ("", where)


def _place(known: str, claimed: str) -> _Judged:
    if not claimed or not known:
        return "", "place" if claimed else ""
    stands = places(known, claimed)
    return "place" if stands == "other" else "", "place" if stands == "open" else ""


def _attributes(known: tuple[str, ...], claimed: tuple[str, ...], strict: bool) -> _Judged:
    conflict: Difference = ""
    unstated: Difference = ""
    implied, excluded = attribute_relations(known)
    for name in claimed:
        if name in implied:
            continue
        if name in excluded:
            conflict = "attribute"
        elif strict or name not in lexicon().soft:
            unstated = "attribute"
    return conflict, unstated


def _fit(known: Fact, claim: Fact, strict: bool = False) -> _Fit:
    """How a finding meets the qualifiers of a claim; ``strict``: those of a denial, each of which narrows it."""
    side = known.side == claim.side or (known.side == "bilateral" and claim.side in ("left", "right"))
    size = known.size_mm is not None and claim.size_mm is not None and same_size(known.size_mm, claim.size_mm)
    judged: tuple[_Judged, ...] = (
        _judge(known.side, claim.side, side, "side"),
        _place(known.place, claim.place),
        _judge(known.size_mm, claim.size_mm, size, "size"),
        _attributes(known.attributes, claim.attributes, strict),
        _judge(known.comparison, claim.comparison, known.comparison == claim.comparison, "comparison"),
    )
    return _Fit(tuple(c for c, _ in judged if c), tuple(o for _, o in judged if o))


def _plain(fact: Fact) -> Fact:
    """A normal study is the absence of any abnormality; a resolved finding is an absent one."""
    if fact.finding == NORMAL_STUDY:
        flipped: dict[str, Literal["present", "absent", "uncertain"]] = {"present": "absent", "absent": "present"}
        return replace(fact, finding=_ABNORMALITY, presence=flipped.get(fact.presence, "uncertain"))
    if fact.comparison == "resolved":
        return replace(fact, comparison="")
    return fact


def merged(facts: Iterable[Fact]) -> list[Fact]:
    """Facts with those joined that can be about the same thing: same finding and presence, and no conflict.

    A report names a nodule, measures it in the next sentence and repeats it in its impression: one fact, not three.
    """
    found: list[Fact] = []
    for fact in facts:
        for n, other in enumerate(found):
            if fact.presence == "absent" or (fact.finding, fact.presence) != (other.finding, other.presence):
                continue
            if _fit(other, fact).conflicts or _fit(fact, other).conflicts:
                continue
            found[n] = replace(
                other,
                side=other.side or fact.side,
                place=other.place or fact.place,
                attributes=tuple(sorted({*other.attributes, *fact.attributes})),
                size_mm=other.size_mm if other.size_mm is not None else fact.size_mm,
                comparison=other.comparison or fact.comparison,
            )
            break
        else:
            found.append(fact)
    return found


Outcome = tuple[Entailment, Fact | None, Difference]


def _of_present(known: Sequence[Fact], claim: Fact, exhaustive: bool) -> Outcome:
    """A claim that something is there, for certain or perhaps."""
    hedged = claim.presence == "uncertain"
    enough = ("present", "uncertain") if hedged else ("present",)
    best: tuple[int, Fact, Difference, bool] | None = None
    doubtful: Fact | None = None
    for fact in known:
        if fact.presence == "absent" or not is_a(fact.finding, claim.finding):
            continue
        if fact.presence not in enough:
            doubtful = doubtful or fact
            continue
        fit = _fit(fact, claim)
        if fit.full:
            return "entailed", fact, ""
        rank = 10 * len(fit.conflicts) + len(fit.open)
        if best is None or rank < best[0]:
            best = rank, fact, (fit.conflicts or fit.open)[0], bool(fit.conflicts)
    for fact in known:
        if fact.presence == "absent" and is_a(claim.finding, fact.finding) and _fit(claim, fact, strict=True).full:
            return "unknown" if hedged else "contradicted", fact, "presence"
    if best:
        return "contradicted" if best[3] else "unknown", best[1], best[2]
    if doubtful:
        return "unknown", doubtful, "presence"
    general = next((f for f in known if f.presence != "absent" and is_a(claim.finding, f.finding)), None)
    if general:
        return "unknown", general, "object"
    return "contradicted" if exhaustive and not hedged else "unknown", None, "object"


def _of_absent(known: Sequence[Fact], claim: Fact, exhaustive: bool) -> Outcome:
    """A claim that something is not there.

    A denial in the same terms supports it even where the reference also names a case of it ("The lungs are clear" in a
    report that mentions an old scar); a wider denial does not.
    """
    for fact in known:
        if fact.presence == "absent" and fact.finding == claim.finding and _fit(claim, fact, strict=True).full:
            return "entailed", fact, ""
    open_to: Fact | None = None
    for fact in known:
        if fact.presence == "absent":
            continue
        below, above = is_a(fact.finding, claim.finding), is_a(claim.finding, fact.finding)
        if not below and not above:
            continue
        fit = _fit(fact, claim, strict=True)
        if below and fit.full and fact.presence == "present":
            return "contradicted", fact, "presence"
        if not fit.conflicts:
            open_to = open_to or fact
    for fact in known:
        if fact.presence == "absent" and is_a(claim.finding, fact.finding) and _fit(claim, fact, strict=True).full:
            return "entailed", fact, ""
    if open_to:
        return "unknown", open_to, "presence"
    return ("entailed", None, "") if exhaustive else ("unknown", None, "object")


def _outcome(known: Sequence[Fact], claim: Fact, exhaustive: bool) -> Outcome:
    """``known`` is plain and merged."""
    claim = _plain(claim)
    parts = [claim]
    if claim.side == "bilateral" and claim.presence != "absent":
        whole = _of_present(known, claim, exhaustive)
        if whole[0] == "entailed":
            return whole
        halves = [_of_present(known, replace(claim, side=s), exhaustive) for s in ("left", "right")]
        return halves[0] if all(h[0] == "entailed" for h in halves) else whole
    if claim.finding in ACQUISITION and len(claim.attributes) > 1:
        parts = [replace(claim, attributes=(a,)) for a in claim.attributes]
    judge = _of_absent if claim.presence == "absent" else _of_present
    outcomes = [judge(known, part, exhaustive) for part in parts]
    order = ("contradicted", "unknown", "entailed")
    return min(outcomes, key=lambda o: order.index(o[0]))


def entailment(known: Sequence[Fact], claim: Fact, *, exhaustive: bool) -> Entailment:
    """Whether what is known entails a claim, contradicts it, or leaves it open.

    With ``exhaustive``, ``known`` is all that there is: a finding that it does not name is absent. It does not say
    everything about what it names: a claim that goes further ("glioma" where a tumour is known) stays unknown.
    """
    return _outcome(merged(_plain(f) for f in known), claim, exhaustive)[0]


def findings_named(reference: Sequence[Fact]) -> list[Fact]:
    """The findings that an answer may omit: those present, each once, without acquisition and normality."""
    return [f for f in merged(_plain(f) for f in reference) if f.presence == "present" and _can_be_omitted(f.finding)]


@lru_cache(maxsize=4096)
def _can_be_omitted(finding: str) -> bool:
    return finding not in ACQUISITION and finding not in SWEEPING


def _names(claim: Fact, fact: Fact) -> bool:
    """Whether a claim speaks of that finding of the reference, there and not elsewhere."""
    if claim.presence == "absent" or claim.finding in SWEEPING:
        return False
    if not is_a(claim.finding, fact.finding) and not is_a(fact.finding, claim.finding):
        return False
    return not {"side", "place"} & {*_fit(fact, claim).conflicts} or claim.side == "bilateral"


def compare(answer: Sequence[Fact], reference: Sequence[Fact], *, exhaustive: bool) -> list[Checked]:
    """Every fact of the answer, in order, and then what it omits of the reference.

    Args:
        answer: facts of the text that is checked.
        reference: facts that are known.
        exhaustive: whether the reference names all that there is.

    Returns:
        One ``Checked`` a fact of the answer: ``supported``, ``contradicted`` (with the fact that speaks against it and
        what differs) or ``unsupported``; then ``omitted`` for each finding of the reference that the answer neither
        names nor contradicts.
    """
    known = merged(_plain(f) for f in reference)
    found = []
    for claim in answer:
        outcome, against, difference = _outcome(known, claim, exhaustive)
        status: Status = "unsupported"
        if outcome == "entailed":
            status = "supported"
        elif outcome == "contradicted" and against is not None:
            status = "contradicted"
        found.append(Checked(fact=claim, status=status, against=against, difference=difference, exhaustive=exhaustive))
    spoken = {id(c.against) for c in found if c.status == "contradicted"}
    for fact in known:
        if fact.presence != "present" or not _can_be_omitted(fact.finding) or id(fact) in spoken:
            continue
        if not any(_names(claim, fact) for claim in answer):
            found.append(Checked(fact=fact, status="omitted", difference="object", exhaustive=exhaustive))
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Counts over the facts of one answer.

    Attributes:
        claims: facts of the answer.
        asserted: those that say that something is there, for certain.
        asserted_right: of these, supported, or going further than the reference does (``Checked.goes_further``).
        contradicted: claims that the reference contradicts, denials included.
        hallucinated: claims that are made up, see ``Checked.hallucination``.
        undecided: claims of which the reference does not tell, see ``Checked.undecided``.
        hedged: claims that something may be there.
        named: findings of the reference.
        omitted: of these, neither named nor contradicted.
        denied: of these, contradicted by the answer.
    """

    claims: int
    asserted: int
    asserted_right: int
    contradicted: int
    hallucinated: int
    undecided: int
    hedged: int
    named: int
    omitted: int
    denied: int


def tally(checked: Sequence[Checked], reference: Sequence[Fact]) -> Tally:
    """Counts what ``compare`` found; ``reference`` as it was given there."""
    claims = [c for c in checked if c.status != "omitted"]
    asserted = [c for c in claims if c.fact.presence == "present"]
    right = {c.against for c in claims if c.status == "supported"}
    against = {c.against for c in claims if c.status == "contradicted"} - right
    named = findings_named(reference)
    return Tally(
        claims=len(claims),
        asserted=len(asserted),
        asserted_right=sum(c.status == "supported" or c.goes_further for c in asserted),
        contradicted=sum(c.status == "contradicted" for c in claims),
        hallucinated=sum(c.hallucination for c in claims),
        undecided=sum(c.undecided for c in claims),
        hedged=sum(c.fact.presence == "uncertain" for c in claims),
        named=len(named),
        omitted=sum(c.status == "omitted" for c in checked),
        denied=sum(f in against for f in named),
    )
