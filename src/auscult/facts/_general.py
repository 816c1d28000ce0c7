"""Sentences that tell what is so in general ("an effusion is fluid in the pleural space"), and nothing of a patient."""

import re
from collections.abc import Sequence

from auscult.facts._clauses import Hit
from auscult.facts.lexicon import SWEEPING
from auscult.facts.tokens import Words, listed

_ARTICLES = listed("a an")
_LEADING = listed("a an any in general generally , - * the term word so that means")
_COPULA = listed("is are")
_INTO_NOUN = listed(
    "a an the any one abnormal excess excessive extra pathological pathologic common medical clinical acute chronic "
    "localized focal general simply just when where defined described free small large round"
)
_GENUS = listed(
    "collection accumulation buildup build presence fluid air gas blood condition disease disorder infection "
    "inflammation type form kind term name sign process phenomenon enlargement dilatation dilation swelling leak "
    "sac pocket growth tumor displacement thickening leakage collapse spot lump bag "
    "when where defined"
)
_HOW_OFTEN = listed(
    "usually often commonly typically generally frequently sometimes rarely always mostly normally occasionally common "
    "rare frequent uncommon seldom"
)
_BY_NATURE = listed("occur occurs happen happens mean means refer refers arise develop develops describe describes")
_NAMED = listed("called termed named")
_MODAL = listed("can may might could")
_OF_THIS_CASE = listed(
    "seen noted visualized identified appreciated detected found present visible excluded ruled there here this these "
    "now today image patient his her now currently see not"
)
_DOES = listed("cause lead result occur develop arise accompany follow be")
_DONE = listed("caused associated a an the common related")
_OF_PEOPLE = re.compile(
    r"\W*(?:in|among) (?:(?:most|many|some|all|older|elderly|young|healthy) )?"
    r"(?:patients|people|adults|children|individuals|men|women|smokers)\b"
)
_LONG_SUBJECT = 6  # tokens of "in the left lobe of the liver" between a subject and its verb


def is_general(hits: Sequence[Hit], plain: str, tokens: Words, first: int, end: int) -> bool:
    """Whether a sentence has an indefinite subject ("effusions", "an effusion") and says what it is or does by nature.

    A side, a length, a comparison or a word such as "seen" shows that a patient is meant.

    Args:
        hits: of the sentence.
        plain: the text, folded.
        tokens: of the text.
        first: first token of the sentence.
        end: token after it.
    """
    norms = tokens.norms
    subject = next((h for h in hits if h.roles.speaks), None)
    if subject is None or not subject.roles.finding and subject.roles.noun is None:
        return False
    if any(h.roles.side or h.roles.comparison for h in hits):
        return False
    if _OF_PEOPLE.match(plain, tokens.starts[first]):
        return True
    if not _OF_THIS_CASE.isdisjoint(norms[first:end]):
        return False
    if subject.roles.finding in SWEEPING or any(n not in _LEADING for n in _before(hits, norms, first, subject)):
        return False
    verb = _verb(hits, norms, subject.end, end)
    if verb is None:
        return False
    last = subject.end - 1
    plural = plain[tokens.starts[last] : tokens.ends[last]] == norms[last] + "s"
    return _by_nature(norms, verb, end, plural or norms[subject.start - 1 : subject.start] in (["a"], ["an"]))


def _before(hits: Sequence[Hit], norms: Sequence[str], first: int, subject: Hit) -> list[str]:
    """Tokens before a subject that are no adjectives of it."""
    described = {n for h in hits if h.roles.attributes or h.roles.organ for n in range(h.start, h.end)}
    return [norms[n] for n in range(first, subject.start) if n not in described]


def _verb(hits: Sequence[Hit], norms: Sequence[str], start: int, end: int) -> int | None:
    """The verb of a subject that ends at ``start``: right after it or after "in the brain"."""
    inside = {n for h in hits if h.roles.organ or h.roles.place for n in range(h.start, h.end)}
    for n in range(start, min(end, start + _LONG_SUBJECT)):
        if norms[n] in _COPULA or norms[n] in _MODAL or norms[n] in _BY_NATURE or norms[n] in _HOW_OFTEN:
            return n
        if n not in inside and norms[n] not in ("in", "of", "the", "a", "an", "within"):
            return None
    return None


def _by_nature(norms: Sequence[str], verb: int, end: int, indefinite: bool) -> bool:
    """Whether what follows tells what something is, how often it comes, or what it can do.

    ``indefinite``: the subject is a plural or has an article; "effusion may be due to" can be this patient's.
    """
    word, rest = norms[verb], [*norms[verb + 1 : end], "", ""]
    if word in _BY_NATURE or word in _HOW_OFTEN or rest[0] in _HOW_OFTEN or rest[0] in _NAMED:
        return True
    if word in _MODAL:
        if word != "can" and not indefinite:
            return False
        return word == "can" or (rest[0] in _DOES and (rest[0] != "be" or rest[1] in _DONE))
    n = 0
    while rest[n] in _INTO_NOUN and rest[n] not in _GENUS:
        n += 1
    return rest[n] in _GENUS or (n > 0 and rest[n + 1] in _GENUS)
