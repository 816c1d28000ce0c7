"""Sentences cut into clauses, and the mentions of findings in them."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from auscult.facts.lexicon import Lexicon, Roles
from auscult.facts.tokens import listed

_MOST_HITS = 60  # in a clause: text without any punctuation must not take quadratic time
HARD = listed(
    "in on at within along from which that measuring measure is are was were , and or with : ( ) involving affecting "
    "show demonstrate seen noted has have plus as over near adjacent abutting to could may might represent reflect "
    "suggest suggesting suggestive consistent compatible indicating likely probably possibly due secondary "
    "without no not"
)
"""Words that part a description from a finding after it."""
_NAMES_ITSELF = ("ing", "ment", "ion", "ence", "ness", "ity", "shift", "drift", "fluid", "air", "gas", "water")
_REACH_OF_ORGAN = 14  # tokens between an organ and the word that says what is wrong with it


@dataclass(slots=True)
class Hit:
    """A phrase of the lexicon in a text: tokens ``start`` to ``end``, exclusive."""

    start: int
    end: int
    roles: Roles


@dataclass(slots=True)
class Mention:
    """A finding that a clause names, before it is known whether it says that it is there.

    Attributes:
        finding: canonical name.
        at: place of its hit in the clause.
        low: first token of its words, the organ's included.
        high: token after the last.
        inverted: whether the words say that it is not there ("clear").
        roles: of its phrase.
        organ: place in the clause of the organ that made it.
        elsewhere: (side, place) where the clause says that it is not.
        perhaps: (side, place) where the clause says that it may be.
        lender: mention later in a list that its side was taken from.
    """

    finding: str
    at: int
    low: int
    high: int
    inverted: bool = False
    roles: Roles = field(default_factory=Roles)
    side: str = ""
    place: str = ""
    attributes: list[str] = field(default_factory=list)
    size_mm: float | None = None
    comparison: str = ""
    organ: int | None = None
    elsewhere: list[tuple[str, str]] = field(default_factory=list)
    perhaps: list[tuple[str, str]] = field(default_factory=list)
    lender: "Mention | None" = None


def clauses(hits: Sequence[Hit]) -> list[list[Hit]]:
    """Hits of a sentence, clause by clause.

    A clause ends at a contrast ("but", "except") and where a joint starts a new subject with its own verb: "the heart
    is normal and the lungs are hyperinflated", "no effusion is seen, and there is a nodule".
    """
    found: list[list[Hit]] = []
    current: list[Hit] = []
    joint, verb_before, verb_now = -1, False, False
    for hit in hits:
        kinds = hit.roles.triggers
        if "clause" in kinds or len(current) == _MOST_HITS:
            found.append(current)
            current, joint, verb_before, verb_now = [], -1, False, False
            if "clause" in kinds:
                continue
        if "joint" in kinds and "either" not in kinds:
            if joint < 0 or not verb_before or not any("deny_before" in h.roles.triggers for h in current[joint:]):
                joint = len(current)
            verb_before, verb_now = verb_before or verb_now, False
        elif "verb" in kinds and not verb_now:
            verb_now = True
            while joint >= 0 and _new_subject(current, joint, verb_before, hit):
                found.append(current[:joint])
                current, verb_before = current[joint + 1 :], False
                joint = max((n for n, h in enumerate(current) if _joins(h)), default=-1)
        current.append(hit)
    found.append(current)
    return [c for c in found if c]


def _joins(hit: Hit) -> bool:
    return "joint" in hit.roles.triggers and "either" not in hit.roles.triggers


def _new_subject(current: list[Hit], joint: int, verb_before: bool, verb: Hit) -> bool:
    """Whether what stands between a joint and a verb is the subject of a clause of its own."""
    between = current[joint + 1 :]
    if any("not_a_denial" in h.roles.triggers for h in between):
        return False
    organ = any(h.roles.organ or h.roles.place for h in between)
    finding = any(h.roles.finding or h.roles.noun is not None for h in between)
    denied = any("deny_before" in h.roles.triggers for h in between)
    if verb_before and (organ or finding):
        return True
    if current[joint].end == verb.start and "there" in verb.roles.triggers:
        return True
    before = current[:joint]
    said = any(h.roles.speaks for h in before)
    return said and not denied and organ and not finding


def mentions(clause: Sequence[Hit], lexicon: Lexicon, region: str, norms: Sequence[str]) -> list[Mention]:
    """The findings named in a clause, in order.

    Args:
        clause: its hits.
        lexicon: the terms.
        norms: tokens of the text.
        region: organ that a bare "mass" or "cyst" lies in, where the clause names none; may be empty.
    """
    found: list[Mention] = []
    taken: set[int] = set()
    for n, hit in enumerate(clause):
        roles = hit.roles
        if not roles.speaks:
            continue
        if roles.normal is not None:
            found += _normal(clause, n, lexicon, taken, norms)
            continue
        finding, organ = roles.finding, None
        attributes = list(roles.attributes)
        if roles.noun is not None:
            if roles.predicate and _says_of_finding(clause, n, norms):
                continue
            finding, organ = _noun(clause, n, lexicon, region)
            if not finding:
                continue
            if organ is not None and any(m.organ == organ and m.finding == finding for m in found):
                continue  # "tortuous and ectatic": said twice of one organ
            if roles.predicate:
                attributes = [a for a in attributes if a != "large"]
        low, high = hit.start, hit.end
        if organ is not None:
            taken.add(organ)
            if roles.noun is not None and not roles.noun.get(""):
                low, high = min(low, clause[organ].start), max(high, clause[organ].end)
        found.append(
            Mention(finding, n, low, high, False, roles, roles.own_side, roles.own_place, attributes, organ=organ)
        )
    return found


def _says_of_finding(clause: Sequence[Hit], n: int, norms: Sequence[str]) -> bool:
    """Whether a word such as "big" stands before a finding and describes it: "a big cyst on the kidney"."""
    if norms[clause[n].end - 1].endswith(_NAMES_ITSELF):
        return False
    before = n - 1
    while before >= 0 and clause[before].roles.attributes and clause[before].end == clause[before + 1].start:
        before -= 1
    if before >= 0 and clause[before].end == clause[before + 1].start:
        roles = clause[before].roles
        if "verb" in roles.triggers and "there" not in roles.triggers or roles.organ:
            return False
    following = next((h for h in clause[n + 1 :] if h.roles.speaks), None)
    if following is None or following.roles.predicate or following.roles.normal is not None:
        return False
    return HARD.isdisjoint(norms[clause[n].end : following.start])


def _is_study(hit: Hit) -> bool:
    return hit.roles.organ == "study" or any(kind == "modality" for kind, _ in hit.roles.acquisition)


def _organ_of(roles: Roles, lexicon: Lexicon) -> str:
    return roles.organ or (lexicon.organ_of_place.get(roles.place, "") if roles.place else "")


def _noun(clause: Sequence[Hit], n: int, lexicon: Lexicon, region: str) -> tuple[str, int | None]:
    """What a word such as "mass" or "enlarged" makes with the nearest organ that it fits, and that organ's hit."""
    noun = clause[n].roles.noun or {}
    default = noun.get("", "")
    best: tuple[int, str, int] | None = None
    for m, hit in enumerate(clause):
        if m == n or hit.roles.normal is not None and hit.roles.organ:
            continue
        organ = _organ_of(hit.roles, lexicon)
        if not organ and hit.roles.finding and default:
            organ = lexicon.region_of_finding.get(hit.roles.finding, "")
        if not organ:
            continue
        made = lexicon.made_of(noun, organ, exact=not default)
        if made is None:
            continue
        if not default and _between_has_other(clause, m, n):
            continue
        gap = clause[n].start - hit.end if m < n else hit.start - clause[n].end
        joined = any(_joins(h) for h in clause[min(m, n) + 1 : max(m, n)])
        gap = 2 * gap + (m > n) + 10 * joined
        if (default or gap <= 2 * _REACH_OF_ORGAN + 10) and (best is None or gap < best[0]):
            best = gap, made, m
    if best:
        return best[1], best[2]
    if region and default and default != "abnormality":
        made = lexicon.made_of(noun, region)
        if made is not None:
            return made, None
    return default or clause[n].roles.finding, None


def _between_has_other(clause: Sequence[Hit], m: int, n: int) -> bool:
    """Whether another finding stands between an organ and the word about it."""
    low, high = min(m, n), max(m, n)
    return any(
        h.roles.finding or (h.roles.normal is not None and not h.roles.attributes) for h in clause[low + 1 : high]
    )


def _normal(clause: Sequence[Hit], n: int, lexicon: Lexicon, taken: set[int], norms: Sequence[str]) -> list[Mention]:
    """What "normal" or "clear" excludes: of the organs before it ("heart and lungs are normal"), or right after it."""
    hit = clause[n]
    table = hit.roles.normal or {}
    organs: list[int] = []
    following = next((m for m in range(n + 1, len(clause)) if clause[m].roles.organ), None)
    if following is not None and not any(
        h.roles.speaks or h.roles.triggers & {"verb", "joint", "stop"} for h in clause[n + 1 : following]
    ):
        organs = [following]
        for m in range(following + 1, len(clause)):
            if clause[m].roles.speaks or "verb" in clause[m].roles.triggers:
                organs = [o for o in organs if o == following or o < m - 1]
                break
            if clause[m].roles.organ and "joint" in clause[m - 1].roles.triggers:
                organs.append(m)
    else:
        for m in range(n - 1, -1, -1):
            if clause[m].roles.speaks:
                break
            if clause[m].roles.organ and m not in taken:
                organs.append(m)
    found = []
    for m in sorted(organs):
        finding = lexicon.made_of(table, clause[m].roles.organ, exact=True)
        whole = any(_is_study(h) and clause[m].end == h.start for h in clause[m + 1 : m + 2]) or any(
            _is_study(h) and 1 <= clause[m].start - h.end <= 2 and norms[h.end] == "of" for h in clause[m - 1 : m]
        )
        if "study" in table and whole:
            finding = table["study"]  # a normal brain MRI, or MRI of the brain, is a normal study
        taken.add(m)
        if finding:
            low, high = min(hit.start, clause[m].start), max(hit.end, clause[m].end)
            found.append(Mention(finding, n, low, high, True, hit.roles))
    return found
