"""What questions and answers claim, as facts: a question is read as the statement that it asks about.

Beside what ``auscult.facts`` reads there are two more kinds of claims, which have a ``finding`` of their own:
``REGION`` (the part of the body that an image shows) and ``RELATION`` (whether two findings lie on one side).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from auscult.construction.acquisition import named
from auscult.facts import read_facts
from auscult.facts.lexicon import ACQUISITION, NORMAL_STUDY, SWEEPING, lexicon
from auscult.facts.tokens import words
from auscult.records import Fact

REGION, RELATION = "region of the body", "relation"
_MANY = 131_072
_VERBS = "call|say|describe|agree|see|confirm|consider|regard|think|identify"
_AUXILIARY = "is|are|was|were|does|do|did|can|could|has|have|would|isn't|aren't|doesn't"
_OPENS = re.compile(
    rf"^(?:would|do|can|could|did) (?:you|we|one|i) (?:{_VERBS})(?: that)?\b|^(?:{_AUXILIARY})\b", re.IGNORECASE
)
_HOW = re.compile(r"^(?:and )?how (?:\w+)", re.IGNORECASE)
_TAG = re.compile(r",[^,?]{1,24}\?\s*$")
_CLAUSE = re.compile(r"[.;!?]\s+|[.;!?]$")
_DENIED = re.compile(r"\b(?:no|not|never|nor)\b|n't\b", re.IGNORECASE)
_OR = re.compile(r"\bor\b", re.IGNORECASE)
_SIDES = re.compile(r"\s*\b(?:(?:lies?|is|are) )?on the (same|opposite|other) side (?:as|from|of|to) ", re.IGNORECASE)
_OF_IMAGE = re.compile(
    r"\b(?:image|picture|scan|radiograph|film|x-ray|ct|mri|study|this|it)\b[\w\s,-]{0,40}?\b(?:of|shows?|is) "
    r"(?:(?:the|a|an) )?(chest|thorax|brain|head|skull|abdomen)"
    r"(?=\s*(?:$|[.,;:?!)])|\s+(?:that|which|in|and|with|was|made|we|x-ray|ct|mri?|scan|radiograph|image)\b)"
    r"|\b(?:this|it|shown here) (?:is )?(?:an? )?(chest|brain|head|abdominal|abdomen) "
    r"(?:x-ray|ct|mri?|scan|radiograph|film|image|study)\b",
    re.IGNORECASE,
)
_OTHER = re.compile(r"\bon the (?:other|opposite|contralateral) side(?! (?:as|from|of|to)\b)", re.IGNORECASE)
_FEW = 12
"""Words of an answer that may leave out what it speaks of."""
_PRONOUN = re.compile(
    r"(^|[.,;:] (?:but |and |although |though |yet )?|\b(?:but|and|although|though) )"
    r"(it|they|this|these|that one)(?= (?:is|are|lies|lie|measures?|has|have|does|do|appears?|was|were|can|could"
    r"|remains?|stays?|looks?|seems?)\b)",
    re.IGNORECASE,
)
_ORGAN = re.compile(
    r"\b((?:the|both) [a-z-]+(?: [a-z-]+)??)"
    r"(?= (?:look|appear|lie|located|seen|like|on|in|here|normal|size|is|are|has|have|become|well|fully|clear|big|large"
    r"|enlarged|widened|collapsed|shifted|displaced|elevated|mildly|slightly|moderately|markedly|severely)\b"
    r"|\s*[?.])"
)
_GONE = re.compile(
    r"\b(?:removed|taken out|pulled|gone|missing|absent|resolved|disappeared|cleared up|excluded|ruled out|denied"
    r"|not)\b",
    re.IGNORECASE,
)
_QUOTED = re.compile("“[^”]*”")
_VERB = re.compile(r"\b(?:is|are|was|were|has|have|had|shows?|shown|seen|there|remains?|lies?|sits?)\b", re.IGNORECASE)
_IN_PASSING = re.compile(
    r"\b(?:on|in|from) (?:this|the|these|that) (?:\w+ ){0,2}(?:radiograph|film|x-ray|ct|mri|scan|image|study)\b",
    re.IGNORECASE,
)
_IT_IS, _END = "(?:it|they) (?:is|are|has|have|does|do|did|was|were)", r"(?=\s*(?:[.,;:]|$))"
_SHORT = re.compile(
    rf"^(?:{_IT_IS}(?: not|n['’]t)?(?: look (?:so|like it))?|not (?:really|quite|exactly|fully|at all|yet))"
    r"(?:[,.;:]\s+|[.]?$)",
    re.IGNORECASE,
)
_COLON = re.compile(r"(?<=[a-z]):\s+(?=[a-z])")
"""What follows a colon in an answer is said by itself: "I would not speak of pneumonia: there are nodules"."""
_OF_KIND = re.compile(
    r"\b(?:kind|type|sort|modality|view|views|projection|technique|taken|made|acquired|image|picture|scan)\b",
    re.IGNORECASE,
)
_BESIDE = re.compile(r"\b(?:besides?|apart from|other than|else|except(?: for)?|in addition)\b", re.IGNORECASE)
"""Whoever asks for something else does not ask about what he names."""
_AND = re.compile(
    r",? (?:and|but|so|while|whereas) (?=(?:the|there|it|they|both|its|no|his|her) [^,.;]{0,60}?"
    r"\b(?:is|are|was|were|looks?|appears?|has|have|had|shows?|lies?|remains?|stays?|can|may|does|do)\b)",
    re.IGNORECASE,
)
"""A statement of its own: what is denied before it is not denied in it."""
_ANEW = re.compile(
    r",? (?:and|but|plus|with) (?=(?:an?|one|two|some|several|a few|minor|mild|moderate|small|slight|old|healed) )"
    r"(?![^.;]*\b(?:is|are|was|were) (?:not|absent|excluded)\b)",
    re.IGNORECASE,
)
"""What ends a list is said by itself where it has an article or a grade: "no air leak, an ordinary heart, and minor
scoliosis"."""
_CONTRAST = re.compile(
    r",? (?:rather than|instead of|as opposed to|(?:and )?not (?:just|merely|only|simply))\b[^,.;:?!]*", re.IGNORECASE
)
"""What something is told to be more than, or other than, is not told of the image."""
_REMAINS = re.compile(r"\b(is|are) left(?= (?:at|in|on|over|behind|after)\b)", re.IGNORECASE)
"""No side."""
_AS_BEFORE = re.compile(
    r"\b(?:no|not) different(?: (?:from|to|than))? "
    r"(?:before|previous(?:ly)?|(?:it|they) (?:was|were)|(?:the )?(?:last|earlier|previous|prior|old) \w+)\b",
    re.IGNORECASE,
)
_OWN = re.compile(
    r", (?=(?:the )?(?:lungs?|heart|mediastinum|bones?|pleura) (?:clear|normal|unremarkable|intact)\b)", re.IGNORECASE
)
"""What begins anew after a comma is not denied with what stands before it: "No acute disease, lungs clear"."""
_EVIDENT = re.compile(r"\b(?:still )?not (?:in evidence|on view|to be (?:seen|found))\b", re.IGNORECASE)
_UNMOVED = re.compile(
    r"\b(?:(?:did|has|have|had|is|are|was|were) (?:not|never)|(?:did|has|have|had|is|are|was|were)n['’]t) "
    r"(?:grow|grown|growing|change|changed|increased?|decreased?|shrink|shrunk|progress(?:ed)?|worsen(?:ed)?|move|moved)\b",
    re.IGNORECASE,
)
"""What is said not to have changed is not said not to be there."""
_CHANGE = re.compile(
    r"^(?:has|have|did) .*\b(?:changed?|alter(?:ed)?|differ(?:ed)?|shift(?:ed)?|moved?)\b", re.IGNORECASE
)
_BECAME = re.compile(r"^(?:and )?what (?:has )?(?:became|become|happened)\b", re.IGNORECASE)
_NONE = re.compile(
    r"^\W*(?:none|neither|nothing|nowhere|nobody|no (?:side|lobe|lung|one|part|zone)"
    r"|(?:on|in|at|by|from) (?:neither|none|nothing|no (?:side|lobe|lung))"
    r"|there (?:is|are|was|were) (?:none|no such|nothing)|there (?:is|are)n['’]t (?:any|one|such)"
    rf"|{_IT_IS}(?: not|n['’]t){_END})\b",
    re.IGNORECASE,
)
_YES = re.compile(
    rf"^\W*(?:yes|yeah|correct|right|true|indeed|that is (?:right|correct|so)|{_IT_IS}{_END})\b", re.IGNORECASE
)
_NO = re.compile(
    r"^\W*(?:no|nope|not|none|neither|nothing|incorrect|wrong|false|there (?:is|are) none"
    rf"|that is (?:not|wrong|incorrect)|{_IT_IS}(?: not|n['’]t){_END})\b",
    re.IGNORECASE,
)


def polar(question: str) -> bool:
    """Whether a question can be answered by yes or no, tags included."""
    return bool(_OPENS.match(question.strip()) or _TAG.search(question))


def of_change(question: str) -> bool:
    """Whether a question takes its finding for granted and asks only whether it is as before."""
    return _CHANGE.search(question.strip()) is not None


def of_outcome(question: str) -> bool:
    """Whether a question asks what has become of something, which may be gone."""
    return _BECAME.search(question.strip()) is not None


def names_image_in_passing(question: str) -> bool:
    """Whether a question says what kind of image it is about and asks something else of it."""
    return _IN_PASSING.search(question) is not None


def of_findings(claims: Sequence[Fact], question: str) -> list[Fact]:
    """Claims without those on the kind of image where nobody asks for it: "Next? A CT of the chest"."""
    if _OF_KIND.search(question) or any(c.finding in (*ACQUISITION, REGION) for c in asked(question)):
        return list(claims)
    return [c for c in claims if c.finding not in (*ACQUISITION, REGION)]


def without_short(answer: str) -> str:
    """An answer without the short one with which it begins: "It is not, the lungs are clear"."""
    return _SHORT.sub("", answer.strip())


def denies_all(answer: str) -> bool:
    """Whether an answer says that there is nothing of what is asked for: "none", "on neither side"."""
    return _NONE.match(answer) is not None


@lru_cache(maxsize=_MANY)
def asked(question: str) -> tuple[Fact, ...]:
    """What a question takes for granted, or asks to be confirmed."""
    found = alternatives(claimed(question))
    whole = [f for f in found if f.finding == NORMAL_STUDY]
    return tuple(f for f in found if f not in whole) if _of_organ(question) else found


def claimed(question: str) -> str:
    """The statement that a question asks about: without its tag, or without the verb with which it opens."""
    said = _uncontrasted(question.strip())
    body = _TAG.sub(".", said)
    if body == said:
        body = _HOW.sub("", _OPENS.sub("", said, count=1)).strip().rstrip("? ") + "."
    return body


def _uncontrasted(text: str) -> str:
    return _REMAINS.sub(r"\1 remaining", _CONTRAST.sub("", text))


def _anew(text: str) -> str:
    """A text whose lists end in a sentence of their own, where something is denied before."""
    return _ANEW.sub(lambda m: ". There is " if _DENIED.search(text[: m.start()]) else m[0], text)


@lru_cache(maxsize=_MANY)
def alternatives(text: str) -> tuple[Fact, ...]:
    """What a text claims; of two findings that it joins by "or" each is claimed, and not perhaps."""
    found = tuple(_read(text, ""))
    if not either(text) or not all(f.presence == "uncertain" for f in found):
        return found
    each = tuple(_read(_OR.sub("and", text), ""))
    names = {f.finding for f in found}
    alike = len(names) > 1 and names == {f.finding for f in each} and all(f.presence == "present" for f in each)
    return each if alike else found


def either(text: str) -> bool:
    """Whether a text joins what it claims by "or": it is so where one of it is so."""
    return _OR.search(text) is not None and not denied(text)


@lru_cache(maxsize=_MANY)
def stated(text: str, context: str = "") -> tuple[Fact, ...]:
    """What a text states; what it leaves out is taken from what it named before, or from the question."""
    subject = _subject(context) if context and not _BESIDE.search(context) else ""
    text = _UNMOVED.sub("is unchanged", _COLON.sub(". ", without_short(_uncontrasted(text))))
    text = _OWN.sub(". ", _AS_BEFORE.sub("unchanged", text))
    said = _PRONOUN.sub(lambda m: f"{m[1]}{_named_before(text[: m.start()]) or subject or m[2]}", text.strip())
    said = _EVIDENT.sub("not seen", _anew(_AND.sub(". ", _OTHER.sub(_opposite(context), said))))
    found = tuple(f for f in _read(said, context) if f.finding != NORMAL_STUDY or not _of_organ(context))
    put = _QUOTED.sub("", context)
    if _GONE.search(put) and not polar(put) and not _VERB.search(said):
        return tuple(replace(f, presence="absent") if f.presence == "present" else f for f in found)
    if found or not subject or len(text.split()) > _FEW or lead(text):
        return found
    bare = re.sub(r"^the (?=(?:upper|lower|middle|left|right) )", "in the ", said.rstrip(" ."), flags=re.IGNORECASE)
    told = _read(f"{subject.capitalize()} is {bare[:1].lower()}{bare[1:]}.", "")
    return tuple(f for f in told if _says_more(f) and f.presence == "present")


@lru_cache(maxsize=_MANY)
def _of_organ(question: str) -> bool:
    """Whether a question is about a part of what an image shows: what is normal then is that part, not the study."""
    named = {roles.organ for _, _, roles in lexicon().trie.find(words(question.casefold()).norms)}
    return bool(named - {"", "study", "chest", "pulmonary"})


def _opposite(question: str) -> str:
    """Where the other side is, seen from the one that a question names."""
    sides = set(re.findall(r"\b(left|right)\b", _TAG.sub("", question.casefold())))
    return f"on the {'left' if sides == {'right'} else 'right'}" if len(sides) == 1 else ""


def _says_more(fact: Fact) -> bool:
    return bool(fact.side or fact.place or fact.attributes or fact.comparison) or fact.size_mm is not None


@lru_cache(maxsize=_MANY)
def _named_before(text: str) -> str:
    """What a pronoun stands for that comes after a text: the one finding that it names."""
    names = {f.finding for f in read_facts(text) if f.finding not in ACQUISITION}
    return f"the {names.pop()}" if len(names) == 1 else ""


@lru_cache(maxsize=_MANY)
def _subject(question: str) -> str:
    """What an answer speaks of that does not name it: the one finding that is asked about, or the organ."""
    claims = [f for f in asked(question) if f.finding not in (*ACQUISITION, REGION, RELATION)]
    about = {f.finding for f in claims if f.presence != "absent"}
    organ = _ORGAN.search(question.casefold())
    first = organ and (
        organ.start() == 0 or re.fullmatch(rf"(?:{_AUXILIARY}) ", question[: organ.start()], re.IGNORECASE)
    )
    if (
        organ
        and (first or not about)
        and any(roles.organ for _, _, roles in lexicon().trie.find(words(organ[1]).norms))
    ):
        return organ[1]
    about = about or {f.finding for f in claims if f.finding not in SWEEPING}
    return f"the {about.pop()}" if len(about) == 1 else ""


@lru_cache(maxsize=_MANY)
def lead(answer: str) -> str:
    """``yes``, ``no`` or empty: how an answer begins."""
    return "yes" if _YES.match(answer) else "no" if _NO.match(answer) else ""


def denied(text: str) -> bool:
    """Whether a text denies anything."""
    return _DENIED.search(text) is not None


def _read(text: str, context: str) -> Iterator[Fact]:
    clauses = _CLAUSE.split(text) if _SIDES.search(text) or _OF_IMAGE.search(text) else ()
    plain = []
    for clause in clauses:
        sides = _SIDES.search(clause)
        if sides:
            yield from _relation(clause, sides)
            denied = _DENIED.search(clause[: sides.start()])
            rest = re.search(r"\s(?:is|are)\s.*", clause[sides.end() :])
            plain.append("" if denied else clause[: sides.start()] + (rest[0] if rest else ""))
        else:
            plain.append(clause)
        if found := _OF_IMAGE.search(clause):
            presence = "absent" if _DENIED.search(clause[: found.end()].removeprefix("No,")) else "present"
            region = named(found[1] or found[2], "region")
            yield Fact(finding=REGION, presence=presence, attributes=region)  # type: ignore[arg-type]
    yield from read_facts(". ".join(filter(None, plain)) + "." if plain else text, context)


def _relation(clause: str, sides: re.Match[str]) -> Iterator[Fact]:
    before, after = clause[: sides.start()].strip(), clause[sides.end() :].strip()
    denied = _DENIED.search(re.sub(r"^\W*no,", "", before, flags=re.IGNORECASE))
    first = read_facts(re.sub(r"\b(?:no|not)\b", "", before.rstrip(",")) + ".")
    second = read_facts(f"There is {after}.")
    if first and second:
        pair = sorted((first[-1].finding, second[0].finding))
        same = "same" if sides[1].casefold() == "same" else "opposite"
        presence = "absent" if denied else "present"
        yield Fact(finding=RELATION, presence=presence, attributes=(*pair, same))  # type: ignore[arg-type]
