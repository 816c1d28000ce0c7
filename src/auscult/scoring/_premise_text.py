"""An answer as assertions: what it says, apart from yes and no, from what it only mentions, and from what it denies.

Nothing here knows findings. ``_premise_facts`` and ``_premise_knowledge`` say what the assertions mean for a premise.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from auscult.scoring import _lexicon as lx
from auscult.scoring._polarity import carries_content, rephrase, tokens
from auscult.scoring._premise_doubt import hedges, may_be, only_doubts
from auscult.scoring._premise_negation import expanded, plainly
from auscult.scoring._premise_stance import judge
from auscult.scoring._text import declined

Says = str
"""``yes`` or ``no`` (particles), ``agree`` or ``disagree`` (with the statement as it stands), or empty."""

_SENTENCE = re.compile(
    r"(?<=[.!?])(?=\s|[A-Z])|[;\n]+|[()\[\]]"
    r"|(?<!nothing)(?<!anything)(?<!help)(?<!but),? (?:but|however,?|although|though)"
    r" (?=(?:it|this|that|there|they|i|we|the|its|these)\b)",
    re.I,
)
_WOULD_BE = re.compile(
    r"^(?:if\b.*\b(?:were|was|had)\b|were there\b|had there been\b).*\bwould\b[^,]*"
    r"|\bwould\b.*\bif (?:there|it|this) (?:were|was|had)\b"
)
_TO = (
    r"(?:measur|grad|describ|locali[sz]|locat|assess|evaluat|quantif|stag|size|report|point|rat|judg|estimat|explain"
    r"|classif|speak of|talk about|characteri[sz]|place|assign)\w*"
)
_NOTHING_TO = re.compile(
    r"\b(?:what|something|anything|things?|one|that) (?:that |which )?(?:you (?:\w+ ){1,2}?)?(?:(?:is|are|was)"
    r" (?:not|never|nowhere)"
    r" (?:there|here|present|visible|seen|shown|found)\b|(?:does|do|did) not (?:exist|appear|occur)|is absent|is"
    r" missing)"
    rf"|\b(?:nothing|none|no (?:\w+ ){{1,3}}?)(?: there| here| visible| present)? ?(?:for me )?(?:to|that"
    rf" (?:could|can|i can))"
    rf" (?:be )?{_TO}"
    r"|\b(?:question|issue|matter)(?: \w+){0,6}? (?:does not (?:apply|arise)|is (?:\w+ly )?(?:moot|void|pointless"
    r"|meaningless|without object|not applicable|irrelevant))"
)
_ASKED_FOR = (
    r"(?:size|side|region|part|modality|view|type|kind|location|position|place|zone|lobe|extent|degree|cause|sequence"
    r"|weighting|projection|grade|severity|width|depth|diameter|measurements?|dimensions?|technique)"
)
_WITHHOLDS = re.compile(
    r"\b(?:cannot|could not|unable to|not able to|impossible to|not possible to|not qualified to|not trained to"
    r"|not allowed to|do not|will not) (?:\w+ ){0,2}?(?:(?:identify|determine|recogni[sz]e|tell|make out|specify"
    r"|name|see"
    rf"|read|assess|judge|give|provide|state) (?:the|its|a|which|what)? ?(?:exact |precise |reliable |correct"
    rf" )?{_ASKED_FOR}\b"
    r"|(?:provide|offer|give|make|interpret|comment on|advise on|count) (?:an?|any|the|medical|them|it|scans?"
    r"|images?)\b"
    r"(?: (?:medical|definit\w+|reliable|exact|precise|clear|certain))?(?: (?:diagnos\w+|interpretations?|advice"
    r"|opinion"
    r"|assessment|answer|estimate|number|judge?ment|scans?|images?))?|explain (?:that|this|it)|interpret|answer)"
)
_REFUSAL_JOINT = re.compile(
    r",? (?:so|and so|and|therefore|thus|hence|consequently|which (?:means|is why)|because|since|as|given that"
    r"|due to the fact that|for)\b(?: that)?(?= )|[,:]| - "
)
_QUOTED = re.compile(r'"[^"]{3,200}"|(?<!\w)\'[^\']{8,200}\'(?!\w)')
_BY_NATURE = re.compile(
    r"^(?!(?:there|it|this|that|its|both|i|we|they|here)\b)(?!the (?!(?:\w+) of an?\b))(?:[\w-]+ ){1,5}?"
    r"(?:(?:is|are) (?:(?:usually|often|typically|commonly|best|normally|generally|sometimes|frequently|always) )?"
    r"(?:measured|defined|diagnosed|assessed|graded|classified|estimated|quantified|evaluated|treated|managed|called"
    r"|acquired|used)|uses?|use|relies on|rely on|refers? to|means|occurs?|results? from)\b(?![^.;]*\b(?:here"
    r"|this|cm|mm)\b)"
)
_MENTION = re.compile(
    r"\b(?:(?:the|this|your) (?:question|premise|assumption|statement|claim|prompt|wording)|you)\b"
    r"(?= (?:\w+ ){0,3}?(?:ask|assum|presuppos|impl|suggest|state|say|said|mention|claim|refer|is|was|seems|appears"
    r"|cannot|rests))[^,.;:]*[,.;:]?"
)
_TAIL = re.compile(
    r",? (?:actually|in fact|indeed|of course|though|instead|in reality|i (?:fear|think|believe|would say"
    r"|am afraid))(?=\W*$)"
)
_NAMED = re.compile(
    r"(?<!what)(?<!as)(?<!than)(?<!that)(?: (?:of|in) (?:the|your|this) question| (?:that |which )?(?:you (?:mention"
    r"|ask about|speak of|describe|refer to"
    r"|name)|the question (?:mentions|asks about|speaks of|names)|(?:is |was )asked (?:about|for)))\b(?! (?:is"
    r"|was) wrong\b)"
    r"|(?<=\bthe )(?:supposed|alleged|so-called|presumed|asked) "
)
_APOLOGY = re.compile(r"\b(?:i am )?(?:very |so )?(?:sorry|afraid)\b(?: but| to say| that)?[, ]*|\bmy apologies[, ]*")
_THAT = (
    r"(?: to (?:say|claim|state|assume|conclude|call))?(?: that)?\s+"
    r"(?!no\b|not\b|with\b|otherwise\b|(?:(?:it|that|this|so|you|one|as much)\b\s*)+(?:$|[,.;:!]))"
)
_IS = r"(?:it|that|this)(?:'s| is| was| would be)(?: \w+ly| just| also)?"
_WOULD_NOT = r"i (?:would not|wouldn't|do not|don't|cannot|can't|could not)"
_SO = r"(?:true|correct|right|accurate|the case)"
_DENIES = re.compile(
    rf"^(?:{_IS} (?:wrong|incorrect|false|untrue|inaccurate|a mistake|not {_SO})|it (?:isn't|wasn't) {_SO}"
    rf"|{_WOULD_NOT} (?:say|think|believe|agree|claim|state)|i (?:doubt|deny|dispute)){_THAT}(?!so\b)"
    rf"|^i disagree that\s+"
)
_AFFIRMS = re.compile(
    rf"^(?:{_WOULD_NOT} (?:deny|doubt|dispute)|there (?:is|can be) no (?:doubt|question)|without (?:a |any )?doubt,?"
    rf"|i (?:would |do |can )?(?:say|think|believe|agree|see|confirm|know|note)"
    rf"|{_IS} (?:true|correct|clear|evident|obvious|the case)){_THAT}"
)
_WHOLE_FRAME = re.compile(
    r"\bthat\s+$|\bto (?:say|claim|state|assume|conclude|call)\b|\bdoubt,?\s+$"
    r"|\b(?:deny|dispute|say|think|believe|claim|state|see)\s+$"
)
_FILLER = re.compile(
    r"^(?:(?:well|so|actually|in fact|overall|however|but|yet|nevertheless|still|and|ok(?:ay)?|oh|hmm|to be"
    r" precise|in short|therefore|thus"
    r"|sorry|(?:in|on) this (?:image|case|study|scan|film|radiograph)|based on (?:the|this) \w+"
    r"|looking at (?:the|this) \w+|as far as i can (?:see|tell)|assistant|response|reply|findings?|impression|a)\b"
    r"\s*[,:-]?\s+|[,.:;!\s-]+)+"
)
_END = r"(?=\s*(?:[,.;:!]|-(?!\w)|$))"
_CLAUSE = (
    r"(?=\s*(?:[,.;:!]|-(?!\w)|$)|\s+(?:there|it|this|that|the|they|these|those|i|we|he|she|because|since|but|as"
    r"|both|you"
    r"|definitely|indeed|is|are|does)\b)"
)
_THIS_IS = r"(?:(?:that|this|it|which)(?:'s| is| was| sounds| seems| would be)|you are|you're)"
_LEADS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (says, re.compile(pattern))
    for says, pattern in (
        (
            "disagree",
            rf"^(?:{_THIS_IS} )?(?:not (?:quite |entirely |exactly )?(?:so|{_SO})|not quite|incorrect|false|wrong"
            r"|untrue|inaccurate|mistaken|a misconception|the opposite|the other way (?:a)?round|i disagree|not"
            r" at all"
            rf"|quite the (?:opposite|contrary|reverse)|(?:on the|to the) contrary|by no means|hardly|scarcely"
            rf"|far from it"
            r"|not (?:really|in the least|exactly)|no such thing|impossible|nonsense|out of the question|i think not"
            rf"|i (?:fear|believe|should think) not|(?:an? )?(?:common |mere |popular )?(?:myth|fallacy|error"
            rf"|mistake|misconception)){_END}",
        ),
        ("disagree", rf"^{_THIS_IS}(?:n't| not) (?:so|{_SO}){_END}"),
        ("disagree", rf"^i (?:do not|don't) (?:think|believe) so{_END}|^(?:i )?doubt it{_END}"),
        (
            "agree",
            rf"^(?:{_THIS_IS} )?(?:(?:absolute|entire|perfect)ly |quite )?(?:so|exactly|precisely|{_SO}){_END}"
            r"|^(?:i agree|agreed|exactly|precisely|definitely|certainly|absolutely|of course|surely|sure|affirmative"
            r"|clearly|obviously|i (?:do )?(?:think|believe) so(?: too)?|true enough|just so|granted|confirmed"
            r"|naturally"
            r"|quite(?: right| so)?|indeed so|no doubt|as you say|exactly (?:that|this|so)|(?:so )?right you are"
            r"|well (?:spotted|seen|observed)|(?:this|that) i can confirm"
            r"|so it seems|(?:it|that|this) (?:does |certainly |really )?looks? (?:like (?:it|that)|that way)|i"
            r" have nothing to add"
            r"|undoubtedly|without (?:a )?doubt|probably|likely"
            r"|most likely)"
            rf"{_END}",
        ),
        ("yes", rf"^(?:yes|yeah|yep|yup|yea|y){_CLAUSE}|^yes\b(?=\s+\w)"),
        ("agree", r"^indeed\b(?=\s*(?:[,.;:!]|$))"),
        ("no", rf"^(?:no|nope|nah|n){_CLAUSE}|^(?:no way|never|(?:definite|certain)ly not){_END}"),
        ("no", rf"^i (?:(?:would|must|will|have|am|can|only|going|afraid|to|rather) ){{0,4}}(?:say|answer) no{_END}"),
        ("yes", rf"^i (?:(?:would|must|will|have|am|can|only|going|to|rather) ){{0,4}}(?:say|answer) yes{_END}"),
        ("no", rf"^(?:absolutely|clearly|most likely|probably|likely|of course) not{_END}"),
    )
)
_CANNOT = r"\b(?:can ?not|can't|could not|couldn't"
_REFUSES = re.compile(
    rf"{_CANNOT}|unable to|not able to|not possible to|impossible to)\s+(?:\w+ ){{0,2}}?"
    r"(?:measure|quantify|estimate|establish|verify|specify|identify the|grade|answer|see (?:the|any) image"
    r"|do (?:that|this|so))\b"
    r"|\b(?:does|do|did)(?: not|n't) (?:allow|permit|let)\b|\binsufficient\b"
    rf"|{_CANNOT}) be (?:\w+ )?(?:measured|quantified|estimated|specified|told|known|established|verified)\b"
    r"|\b(?:not|non)[ -]?(?:diagnostic|interpretable|assessable)\b"
)
_DENIAL = re.compile(r"\b(?:no|not|none|nothing|never|neither|absent|without|free of)\b")
_OWN = "size|side|position|location|extent|width|depth|height|diameter"
_PRONOUN_SUBJECT = re.compile(
    rf"^(?:(?:it|this|that|they|these|those|he|she)(?:'s|'re)?|there(?:'s)?|which|(?:its|the) (?:{_OWN})"
    r"|the (?:answer|finding|lesion|abnormality))\b"
)
_OPPOSITE = re.compile(r"\b(?:the )?(?:other|opposite|contralateral|wrong) side\b")


@dataclass(frozen=True, slots=True)
class Assertion:
    """One sentence of an answer.

    Attributes:
        text: lower case, without its leading yes or no.
        lead: what the leading particle says, see ``Says``.
        denied: whether it stands in "it is wrong to say that ...".
        elliptic: whether it leaves out what it speaks of: "about 3 cm", "it is large", "on the left".
        hedged: whether the whole sentence is in doubt.
    """

    text: str
    lead: Says
    denied: bool
    elliptic: bool
    hedged: bool = False


@dataclass(frozen=True, slots=True)
class Said:
    """An answer, taken apart.

    Attributes:
        assertions: in order.
        hedges: whether a whole sentence is in doubt ("yes and no", "if any", "I am not sure that ...").
        unsure: whether a sentence says nothing but doubt ("I am not certain."), and so takes the others back.
        refuses: whether it declines to answer.
        rejects: whether it points at what the question takes for granted.
    """

    assertions: tuple[Assertion, ...]
    hedges: bool
    refuses: bool
    rejects: bool
    unsure: bool = False


def _leading(text: str) -> tuple[Says, str]:
    """The leading particles of a sentence and the rest; "no, that is the opposite" has two, and the second counts."""
    lead = ""
    while text := _FILLER.sub("", text):
        for says, pattern in _LEADS:
            if m := pattern.match(text):
                lead = says if says in ("agree", "disagree") and lead != "no" or not lead else lead
                text = text[m.end() :]
                break
        else:
            break
    return lead, text.strip(" .,!:;-")


def without_lead(text: str) -> str:
    """A reference without the yes or no that it opens with."""
    return _leading(text.lower())[1]


def by_nature(text: str) -> bool:
    """Whether a sentence tells what is so in general ("a shift is measured at the septum"), and nothing of an image."""
    return _BY_NATURE.match(text) is not None


def is_refusal(sentence: str) -> bool:
    """Whether a sentence declines to answer, and does not go on to answer all the same."""
    if " but " in sentence:
        return False
    if _WITHHOLDS.search(sentence):
        return True

    def declines(text: str) -> bool:
        return declined(text) is not None or _REFUSES.search(text) is not None

    return declines(sentence) and declines(plainly(sentence))


def _beside_refusal(sentence: str) -> str:
    """What a sentence says beside declining: "no effusion is visible" of "..., so I leave its size open"."""
    rest = [part.strip() for part in _REFUSAL_JOINT.split(sentence)]
    return ", ".join(part for part in rest if part and not is_refusal(part) and _DENIAL.search(plainly(part)))


def _assertion(sentence: str) -> tuple[Assertion | None, bool]:
    """A sentence as an assertion, if it asserts anything; and whether it points at what the question presupposes."""
    hedged = hedges(sentence)
    lead, text = _leading(sentence)
    denied, framed = False, True
    while framed:
        framed = False
        for pattern, flips in ((_DENIES, True), (_AFFIRMS, False)):
            if (m := pattern.match(text)) and _WHOLE_FRAME.search(m[0]):
                denied, framed, text = denied != flips, True, text[m.end() :]
    judged = judge(text)
    if judged.stance and not (lead == "no" and judged.stance == "agree"):
        lead = judged.stance
    if judged.stance or judged.points:
        more, text = _leading(judged.rest)
        lead = lead or more
        hedged = hedged or (bool(judged.stance) and may_be(sentence))
    text = plainly(_FILLER.sub("", _MENTION.sub(" ", text).lstrip())).strip(" .,!:;-")
    if not text and not lead:
        return None, judged.points
    elliptic = bool(_PRONOUN_SUBJECT.match(text)) or lx.VERBS.isdisjoint(tokens(rephrase(text)))
    return Assertion(text, lead, denied, elliptic, hedged), judged.points


@lru_cache(maxsize=16384)
def take_apart(text: str) -> Said:
    """Splits a plain text into assertions; questions, quotations and what the question is said to say are left out."""
    assertions: list[Assertion] = []
    refuses, hedged, rejects, unsure = False, False, False, False
    for sentence in _SENTENCE.split(_QUOTED.sub("this", text)):
        told = " ".join(sentence.lower().split())
        if not told or told.endswith("?") or not any(c.isalnum() for c in told):
            continue
        told = _NAMED.sub("", _TAIL.sub("", expanded(told)))
        if len(sorry := _APOLOGY.sub("", told)) > 2:
            told = sorry
        if (m := _WOULD_BE.search(told)) and not (told := told[m.end() :].strip()):
            continue
        if _NOTHING_TO.search(told):
            rejects = True
        elif is_refusal(told):
            refuses, told = True, _beside_refusal(told)
            if not told:
                continue
        found, points = _assertion(told)
        rejects = rejects or points
        if found and found.hedged:
            hedged = True
            unsure = unsure or only_doubts(told)
        if found:
            assertions.append(found)
    return Said(tuple(assertions), hedged, refuses, rejects, unsure)


def ellipsis(text: str) -> str:
    """What a clause without content of its own says: ``pos`` ("it is"), ``neg`` ("none seen"), ``hedge``, or empty."""
    if _NEITHER.match(text):
        return "neg"
    words = tokens(rephrase(text.replace("'m ", " am ")))
    if not words or any(w in lx.HYPOTHETICAL for w in words):
        return ""
    if any(carries_content(w) and w not in _EMPTY for w in words):
        return ""
    if lx.HEDGE & set(words):
        return "hedge"
    negations = sum(w in lx.FORWARD or w in lx.BACKWARD for w in words)
    if negations % 2:
        return "neg"
    verb = set(words) & (lx.AUXILIARY | lx.EXIST | {"does", "has", "positive"})
    return "pos" if verb and set(words) & (lx.PRONOUN | lx.EXIST) and words[-1] not in ("it", "that", "this") else ""


_NEITHER = re.compile(
    r"^(?:it is |they are )?(?:(?:on |in |at )?(?:the )?(?:neither|no|none)(?: the)?(?: sides?| one| of (?:them"
    r"|the two|both)"
    r"| left(?: side)?,?(?: nor| or)(?: on)?(?: the)? right)?(?: side)?|not on the left(?: side)?,?(?: and| or|"
    r" nor| but)?(?: also| equally)?(?: not)?"
    r"(?: on)?(?: the)? right(?: side)?(?: either)?)$"
)
_EMPTY = lx.listed(
    "such thing anything nothing neither side sides either one ones abnormality lesion here all something"
)


def on_the_other_side(text: str, side: str) -> str:
    """A text with "the opposite side" spelled out, given the side that it is opposite to."""
    other = {"left": "right side", "right": "left side"}.get(side)
    return _OPPOSITE.sub(f"the {other}", text) if other else text


def without_subject(text: str) -> str:
    """An elliptic clause without its pronoun."""
    return _PRONOUN_SUBJECT.sub("", text).strip()
