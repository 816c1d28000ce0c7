"""Premises about two findings on the same side or on opposite sides of the body."""

import re
from dataclasses import dataclass
from functools import lru_cache

from auscult import facts as clinical
from auscult.scoring import _lexicon as lx
from auscult.scoring._polarity import tokens
from auscult.scoring._premise_facts import Content
from auscult.scoring._premise_text import Said, ellipsis

_SAME = (
    r"same (?:side|half|hemithorax|lung)s?|ipsilateral(?:ly)?|one (?:and the same )?side\b|(?:share|shares"
    r"|sharing|have"
    r"|has) (?:a|the|one) (?:common )?side|common side|on (?:that|its|this) side|side of the (?=\w)|together"
    r"|side by side|both (?:\w+ ){0,3}(?:left|right)"
)
_OPPOSITE = (
    r"opposite(?: (?:side|half|hemithorax|lung)s?)?|opposing sides|other (?:side|half|hemithorax|lung)"
    r"|contralateral(?:ly)?"
    r"|(?:different|separate|distinct|two|both) (?:side|half|halve|hemithorace|lung)s|across (?:from|the midline)"
    r"|facing side"
)
_SIDE = re.compile(r"\b(left|right)\b")
_STANDS = re.compile(rf"\b(?:(?P<same>{_SAME})|(?P<opposite>{_OPPOSITE}))")
_IN_PREMISE = re.compile(r"\bon the (?P<word>same|opposite) side (?:as|from|of|to) (?:the |an? )?(?P<other>[\w -]+)")
_CUT = re.compile(
    r"[,;:.]|\b(?:but|although|though|while|whereas|however|because|since|rather than|instead of"
    r"|and(?= (?:not|it|this|they|there|both|the two)\b))\b"
)
_CUT_AFTER_NOT = re.compile(r"\b(?:rather than|instead of|and not|not)\b")
_NEGATES = re.compile(
    r"\b(?:not|no|never|none|nothing|neither|cannot|without|nowhere|lacks?|hardly|fails?|free|clear|spared|unaffected"
    r"|uninvolved|normal|wrong|incorrect|mistaken|false|untrue|anything but|far from|doubt|deny|dispute|empty"
    r"|absent|missing|excluded"
    r"|unfounded|nonexistent)\b"
)


@dataclass(frozen=True, slots=True)
class About:
    """A premise about the sides of two findings.

    Attributes:
        same: whether it puts them on the same side.
        one: the finding that is spoken of.
        other: the finding that it is held against.
        false: whether the premise is false.
    """

    same: bool
    one: str
    other: str
    false: bool


@lru_cache(maxsize=4096)
def about(premise: str, *, false: bool) -> About | None:
    """What a premise says of two findings; None where it is about something else."""
    m = _IN_PREMISE.search(premise.lower())
    if m is None:
        return None
    names = [f.finding for f in clinical.read_facts(premise)]
    return About(m["word"] == "same", names[0], names[-1], false) if len(set(names)) == 2 else None


def read(said: Said, about_: About) -> Content:
    """What an answer says of a premise about two sides."""
    accepts, denies, truth, hedges, foreign = False, False, False, False, False
    for assertion in said.assertions:
        if not assertion.hedged and (empty := ellipsis(assertion.text)) in ("pos", "neg"):
            accepts, denies = accepts or empty == "pos", denies or empty == "neg"
            continue
        stands = _by_sides(assertion.text, about_)
        plain = "" if stands is not None else assertion.text
        for clause in _clauses(plain):
            m = _STANDS.search(clause)
            if m is None:
                continue
            if assertion.hedged or not lx.HEDGE.isdisjoint(tokens(clause)):
                hedges = True
                continue
            turned = (len(_NEGATES.findall(clause)) % 2 == 1) != assertion.denied
            agrees = (m["same"] is not None) == about_.same
            accepts = accepts or agrees != turned
            denies = denies or agrees == turned
            truth = truth or (not agrees and not turned)
        if stands is not None:
            agrees = (stands == about_.same) != assertion.denied
            accepts, denies, truth = accepts or agrees, denies or not agrees, truth or not agrees
        elif not accepts and not denies and not hedges:
            gone = _gone(assertion.text, about_)
            denies = denies or (gone and not assertion.hedged and not assertion.denied)
            foreign = foreign or not gone
    if accepts and denies and truth:
        accepts = False  # "not on the other side but on the same side": the second says what is so
    return Content(
        accepts=accepts, denies=denies, hedges=hedges, truth=truth and denies and about_.false, foreign=foreign
    )


def _clauses(text: str) -> list[str]:
    found: list[str] = []
    for piece in _CUT.split(text):
        m = _CUT_AFTER_NOT.search(piece)
        apart = m and _STANDS.search(piece, 0, m.start()) and _STANDS.search(piece, m.end())
        found += [piece] if not apart or m is None else [piece[: m.start()], piece[m.start() :]]
    return [f"not {c}" if n and _swapped(text, c) else c for n, c in enumerate(found) if c.strip()]


def _swapped(text: str, clause: str) -> bool:
    """Whether a clause stands after "rather than"."""
    at = text.find(clause)
    return re.search(r"\b(?:rather than|instead of)\s*$", text[:at]) is not None


def _gone(text: str, about_: About) -> bool:
    """Whether the finding that is spoken of is said not to be there at all."""
    return any(f.finding == about_.one and f.presence == "absent" and not f.side for f in clinical.read_facts(text))


def _by_sides(text: str, about_: About) -> bool | None:
    """Whether an answer that names a side for each finding puts both on the same; None where it does not name both."""
    found: dict[str, set[str]] = {about_.one: set(), about_.other: set()}
    spelled = re.sub(r"(?<!lung )\bnodule\b", "lung nodule", text)
    facts = [f for f in clinical.read_facts(f"{spelled}.") if f.finding in found and f.presence == "present"]
    for fact, after in zip(facts, [*facts[1:], None], strict=False):
        own = _SIDE.findall(spelled, fact.end, after.start if after else len(spelled))
        found[fact.finding].update([fact.side] if fact.side in ("left", "right") and not own else own)
    one, other = found[about_.one], found[about_.other]
    if len(facts) == 2 and not one and len(other) == 1:
        one = other if re.search(r"\bboth\b", text) else one
    return one == other if len(one) == len(other) == 1 else None
