"""Whether a mention is said to be there, not to be there, or perhaps; or is not said of the patient now.

After NegEx (Chapman 2001) and ConText (Harkema 2009), with two differences: a scope has no length but ends at clauses,
causes and list items that carry their own description ("no pneumothorax, small left effusion"), and doubt is a result
of its own.
"""

from collections.abc import Sequence
from typing import Literal

from auscult.facts._clauses import Hit, Mention
from auscult.facts.lexicon import GRADES

Said = Literal["present", "absent", "uncertain", "not_now"]
_DESCRIBES = frozenset({"unchanged", "increased", "decreased"})
_OWN = frozenset({*GRADES, "old"})
_WHERE = frozenset({"in", "on", "at", "the", "of", "within", "involving"})
CONCEPT = "concept"
"""Stands for words of which nothing is known: what is called normal may be an organ, and is there."""
_BEING = frozenset({"is", "are", "was", "were", "appear", "appears", "remain", "remains", "seem", "look", "been"})
_ABSENCES = frozenset({"absence", "lack", "without", "loss"})
_RELATIVE = frozenset({"that", "which", "who"})
_ARTICLES = frozenset({"a", "an", "the", "any", "this"})
_FLIPPED: dict[Said, Said] = {"present": "absent", "absent": "present"}


def said(clause: Sequence[Hit], mention: Mention, norms: Sequence[str]) -> Said:
    """What a clause says of one of its mentions."""
    found = _said(clause, mention, norms)
    return _FLIPPED.get(found, found) if mention.inverted else found


def _said(clause: Sequence[Hit], mention: Mention, norms: Sequence[str]) -> Said:
    denied = doubted = not_now = False
    turns = 0
    doubt_at = -1
    for n, hit in enumerate(clause):
        kinds = hit.roles.triggers
        if (
            hit.roles.normal is not None
            and n > mention.at
            and mention.finding != CONCEPT
            and _called_normal(clause, mention.at, n, norms)
        ):
            denied = True
        if not kinds or n == mention.at or (hit.start >= mention.low and hit.end <= mention.high and hit.roles.speaks):
            continue
        if n < mention.at:
            if "turn" in kinds:
                turns += 1
            elif "deny_before" in kinds and not denied and not _lead(hit, norms):
                denied = _reaches(clause, n, mention.at, norms, list_ends=False)
            elif "doubt_before" in kinds and not doubted:
                doubted = _reaches(clause, n, mention.at, norms, list_ends=not _opens_list(hit, norms))
                doubt_at = n
            elif "not_now_before" in kinds and not not_now:
                not_now = _reaches(clause, n, mention.at, norms, list_ends=True)
        elif "deny_before" in kinds and _final_no(hit, norms):
            denied = denied or _reaches_back(clause, mention.at, n, norms)
        elif kinds & {"deny_after", "doubt_after"} and _reaches_back(clause, mention.at, n, norms):
            if "doubt_after" in kinds:
                doubted, doubt_at = True, n
            elif not _none_elsewhere(clause, n, norms):
                denied = True
    if doubted and (not denied or doubt_at > mention.at):
        return "not_now" if not_now else "uncertain"
    if denied != (turns % 2 == 1):
        return "absent"
    return "not_now" if not_now else "present"


def _none_elsewhere(clause: Sequence[Hit], n: int, norms: Sequence[str]) -> bool:
    """Whether this is the "none" of "on the left, none on the right": it denies the other side alone."""
    return (
        norms[clause[n].start] == "none"
        and any(h.roles.side for h in clause[:n])
        and any(h.roles.side for h in clause[n + 1 :])
    )


def _opens_list(hit: Hit, norms: Sequence[str]) -> bool:
    """Whether all of a list is in doubt: "the differential diagnosis includes infection, haemorrhage, ..."."""
    return "differential" in norms[hit.start : hit.end] or norms[hit.end - 1] in ("include", "includes", "including")


def _lead(hit: Hit, norms: Sequence[str]) -> bool:
    """Whether this is the answer "No," and denies nothing that follows."""
    return norms[hit.start] == "no" and hit.end < len(norms) and norms[hit.end] in ",.:" and hit.end == hit.start + 1


def _called_normal(clause: Sequence[Hit], mention: int, normal: int, norms: Sequence[str]) -> bool:
    """Whether a finding is itself called normal: "vascular prominence is within normal limits"."""
    between = clause[mention + 1 : normal]
    if (
        clause[mention].roles.normal is not None
        or clause[mention].roles.acquisition
        or "study" not in (clause[normal].roles.normal or {})
    ):
        return False
    if any(h.roles.speaks or h.roles.organ or h.roles.triggers & {"joint", "stop"} for h in between):
        return False
    return any(norms[h.start] in _BEING for h in between)


def _final_no(hit: Hit, norms: Sequence[str]) -> bool:
    """Whether this is the "no" of a table: "Effusion: no"."""
    if norms[hit.start] != "no" or hit.end != hit.start + 1 or norms[hit.start - 1] not in (":", "-", "="):
        return False
    return hit.end == len(norms) or norms[hit.end] in ".,;"


def _later_or(clause: Sequence[Hit], start: int) -> bool:
    """Whether the list that goes on here is joined by "or" before anything else is said."""
    for hit in clause[start:]:
        if "either" in hit.roles.triggers:
            return True
        if hit.roles.triggers & {"verb", "stop"}:
            return False
    return False


def _own_description(clause: Sequence[Hit], joint: int, norms: Sequence[str]) -> bool:
    """Whether what follows a joint is described for itself: "and a small effusion", ", left pneumothorax"."""
    word = norms[clause[joint].start]
    for hit in clause[joint + 1 :]:
        roles = hit.roles
        if roles.speaks:
            return False
        if "article" in roles.triggers or roles.comparison in _DESCRIBES or _OWN & set(roles.attributes):
            return True
        if roles.side and word in (",", "with"):
            return True
    return False


def _own_statement(clause: Sequence[Hit], trigger: int, joint: int, norms: Sequence[str]) -> bool:
    """Whether the last member of a list is said to be there, or where it is: "no effusion, consolidation is present".

    After "no A or B," the list is closed: then "noted" will do.
    """
    if norms[clause[joint].start] != ",":
        return False
    item = clause[joint + 1 :]
    if any("joint" in h.roles.triggers for h in item):
        return False
    named = next((n for n, h in enumerate(item) if h.roles.speaks), len(item))
    after = item[named + 1 :]
    if any(h.roles.comparison == "new" for h in item[:named]):
        return True
    closed = any("either" in h.roles.triggers for h in clause[trigger + 1 : joint])
    affirmed = any("affirm" in h.roles.triggers and (closed or h.end - h.start > 1) for h in after)
    placed = any((h.roles.side or h.roles.place) and norms[h.start - 1] in _WHERE for h in after)
    return affirmed or placed


def _denies_predicate(clause: Sequence[Hit], trigger: int, norms: Sequence[str]) -> bool:
    """Whether a denial takes an adjective from an organ before it: "the heart is not enlarged"."""
    if not trigger or not clause[trigger - 1].roles.organ and "verb" not in clause[trigger - 1].roles.triggers:
        return False
    following = next((h for h in clause[trigger + 1 :] if h.roles.speaks or h.roles.organ), None)
    if following is None:
        return False
    adjective = norms[clause[trigger].start] == "not" and following.start == clause[trigger].end
    if not following.roles.predicate and following.roles.normal is None and not adjective:
        return False
    return any(h.roles.organ for h in clause[:trigger])


def _change_of_finding(clause: Sequence[Hit], n: int, norms: Sequence[str]) -> bool:
    """Whether this is what a finding does, not an organ: in "no enlargement of the nodule", the nodule is there."""
    if norms[clause[n].end : clause[n].end + 1] != ["of"]:
        return False
    following = next((h.roles for h in clause[n + 1 :] if h.roles.speaks or h.roles.organ or h.roles.place), None)
    return following is not None and following.speaks and not following.predicate


def image_denied(clause: Sequence[Hit], at: int, norms: Sequence[str]) -> bool:
    """Whether a denial stands right before a word about the image: "not a CT", but not "no effusion on this CT"."""
    low = clause[at].start
    for hit in reversed(clause[:at]):
        while low > hit.end and norms[low - 1] in _ARTICLES:
            low -= 1
        if low != hit.end:
            return False
        if "deny_before" in hit.roles.triggers:
            return True
        listed_too = "joint" in hit.roles.triggers and norms[hit.start] in ("and", "or", "nor")
        if not (hit.roles.acquisition or hit.roles.organ or listed_too or "article" in hit.roles.triggers):
            return False
        low = hit.start
    return False


def _past_adjective(clause: Sequence[Hit], trigger: int, norms: Sequence[str]) -> int:
    """Where findings may stand behind a denial: in "no displaced, acute fracture" the first word describes the last."""
    first = trigger + 1
    describes = (
        norms[clause[trigger].start] in ("no", "without")
        and first < len(clause)
        and clause[first].roles.predicate
        and clause[first].start == clause[trigger].end
    )
    return first + describes


def _reaches(clause: Sequence[Hit], trigger: int, mention: int, norms: Sequence[str], *, list_ends: bool) -> bool:
    """Whether a trigger governs a later mention.

    Args:
        clause: its hits.
        trigger: place of the trigger.
        mention: place of the mention.
        norms: tokens of the text.
        list_ends: whether a comma ends the scope unless the list goes on with "or".
    """
    if norms[clause[trigger].start] == "non" and clause[mention].start != clause[trigger].end:
        return False
    of_organ = _denies_predicate(clause, trigger, norms)
    for n in range(trigger + 1, mention):
        kinds = clause[n].roles.triggers
        if clause[n].roles.predicate and _change_of_finding(clause, n, norms):
            return False
        if not kinds:
            continue
        aimed = norms[clause[n].start - 1] == "to"  # "without an opacity to suggest pneumonia": neither is there
        if (
            "infer" in kinds
            and not aimed
            and (norms[clause[trigger].start] in _ABSENCES or norms[clause[n].start - 1] == ",")
        ):
            return False
        if "stop" in kinds and clause[n].start == clause[trigger].end and n == trigger + 1:
            continue  # "is not currently ..."
        if "stop" in kinds or "deny_after" in kinds and "deny_before" not in kinds:
            return False
        if "joint" in kinds:
            word = norms[clause[n].start]
            if "either" in kinds:
                continue
            named = any(h.roles.speaks for h in clause[_past_adjective(clause, trigger, norms) : n])
            if not named:
                continue
            goes_on = word == "," and _later_or(clause, n + 1)
            if (list_ends or of_organ) and word == "," and not goes_on:
                return False
            if not goes_on and (_own_description(clause, n, norms) or _own_statement(clause, trigger, n, norms)):
                return False
    return True


def described(trigger: Hit, norms: Sequence[str]) -> bool:
    """Whether a trigger stands in a relative clause: "a uterus that has been removed is shown"."""
    before = trigger.start - 1
    while before > 0 and norms[before] in ("has", "have", "been"):
        before -= 1
    return before >= 0 and norms[before] in _RELATIVE


def _reaches_back(clause: Sequence[Hit], mention: int, trigger: int, norms: Sequence[str]) -> bool:
    """Whether a trigger governs an earlier mention: across a comma only in a list that "and" or "or" joins."""
    joined = crossed = False
    if described(clause[trigger], norms):
        return False
    for n in range(trigger - 1, mention, -1):
        hit = clause[n]
        if hit.roles.triggers & {"stop", "deny_before"} and not hit.roles.speaks:
            return False
        if hit.roles.speaks:
            crossed = True
        if crossed and "affirm" in hit.roles.triggers:
            return False  # "calcification is seen, a lymph node is not"
        if "joint" in hit.roles.triggers:
            word = norms[hit.start]
            if word == "with":
                return False
            if word == "," and crossed and not joined:
                return False
            joined = joined or word != ","
    return True
