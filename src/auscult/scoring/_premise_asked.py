"""Whether an answer gives what a presupposition asks for: then it takes over what the question takes for granted."""

import re

from auscult.records import Item
from auscult.scoring import _lexicon as lx
from auscult.scoring._polarity import carries_content, tokens
from auscult.scoring._premise_text import Assertion, Said
from auscult.scoring._text import stem

_NEGATIVE = re.compile(
    r"\b(?:no|not|none|nothing|never|neither|nor|cannot|absent|without|free of|lacks?|lacking|excluded|fails?"
    r"|wrong(?:ly)?"
    r"|mistaken(?:ly)?|incorrect(?:ly)?|rather than|instead)\b"
)
_MEASURE = re.compile(
    r"\d\s*(?:mm|cm|ml|%|percent|millimet|centimet)|\b(?:small|large|big|tiny|huge|wide|narrow|long|short|deep|thick"
    r"|thin"
    r"|mild|moderate|severe|minimal|massive|extensive|considerable|trace|slight|marked|pronounced|gross|round"
    r"|irregular|oval"
    r"|subtle|enormous|sizeable|modest|(?:a|one) (?:third|half|quarter)|two thirds|half of|grade \w+|litres?"
    r"|size of an?|sliver|layer|amount|medium|middle|(?:lower|upper) (?:third|half)|millimet\w+|centimet\w+)\b"
)
_MODALITY = re.compile(
    r"\b(?:x-? ?rays?|radiograph\w*|roentgen\w*|plain film|film|cts?|computed tomogra\w+|tomogra\w+|mri?s?"
    r"|magnetic resonance"
    r"|ultraso\w+|sonogra\w+|mammogra\w+|microscop\w+|histolog\w+|dermoscop\w+|dermatoscop\w+|fundus\w*|pet"
    r"|scintigra\w+"
    r"|fluoroscop\w+|t[12]|flair)\b"
)
_REGION = re.compile(
    r"\b(?:chest|thorax|thoracic|brain|head|skull|crani\w+|cerebr\w+|abdom\w+|belly|pelvi\w+|neck|spine|breast|eyes?"
    r"|retina"
    r"|skin|blood|lungs?|heart|liver|kidneys?|knee|hip|hand|foot|leg|arm|torso|trunk|upper body)\b"
)
_PLACE = re.compile(
    r"\b(?:left|right|upper|lower|middle|frontal|parietal|temporal|occipital|ape(?:x|ices)|apical|bas(?:e|al|es)"
    r"|hil(?:um|ar)"
    r"|peripher\w+|central(?:ly)?|lobes?|zones?|poles?|segments?|anterior|posterior|superior|inferior|cortex"
    r"|lateral\w*"
    r"|medial\w*|both|bilateral(?:ly)?)\b"
)
_SIDE = re.compile(r"\b(?:left|right|both|bilateral(?:ly)?|either)\b")
_CAUSE = re.compile(
    r"\b(?:why|how come|what (?:causes|caused|explains|produces|led|makes)|cause of|reason|how does it come about)\b"
)
_ASKS = (
    (
        re.compile(
            r"\b(?:kind|type|sort) of (?:image|study|scan|exam\w*|picture|investigation|test|imaging)|\bmodality\b"
            r"|\bimaging (?:technique|method)|\bhow was\b.*\b(?:acquired|made|taken|obtained|imaged)"
        ),
        _MODALITY,
    ),
    (
        re.compile(
            r"\b(?:part|region|area|section) of the (?:body|patient)|\bbody (?:part|region)|\banatomical region"
            r"|\b(?:which|what) (?:organ|region)\b|\bwhat does this \w+.*\b(?:show|depict)"
        ),
        _REGION,
    ),
    (re.compile(r"\b(?:which|what) side\b|\bleft or right\b"), _SIDE),
    (
        re.compile(
            r"\b(?:which|what) (?:\w+ )?(?:zone|lobe|part|region|segment|half|quadrant|hemisphere|pole)\b"
            r"|\bwhere\b|\b(?:position|location)\b"
        ),
        _PLACE,
    ),
    (
        re.compile(
            r"\b(?:how|what (?:is|are) the (?:size|extent|width|depth|height|diameter|shape|grade|degree)|measure)\b"
            r"(?! come| does it come)"
        ),
        _MEASURE,
    ),
)
_CLAUSE = re.compile(r"[,:]|\b(?:and|but|since|because|as|which|although|though|while|where)\b")
_HOLDER = re.compile(
    r"^(?:i (?:can )?(?:see|find|would (?:still )?(?:say|call it|grade it))|we (?:can )?(?:see|have)|it|this|that"
    r"|there is"
    r"|(?:the|this|that|its) (?:\w+ ){0,3}?(?P<noun>\w+) (?:is|are|was|were|measures|lies|looks|appears|shows?"
    r"|depicts?"
    r"|reaches|takes|occupies|fills|seems|has|would be))\b"
)
_BECAUSE = re.compile(
    r"\b(?:because|due to|caused by|(?:the|a) result of|since|owing to|secondary to|reason|explanation|explain\w*"
    r"|thanks to"
    r"|account(?:s|ed)? for|comes? from|stems? from|results? from|by virtue of|cause)\b"
)
_IS_REASON = re.compile(r"^(?:(?:this|that|it) is )?(?:because|due to|owing to|caused by|the result of)\b")


_NOT_MUCH = re.compile(
    r"\bnot (?:very|so|too|particularly|especially|overly|only|just|merely|exactly|(?:large|bigg|wid|small"
    r"|thick)er than"
    r"|more than|less than)\b|\bno (?:more|less|larger|bigger|wider|smaller) than\b|^without [\w ]+? (?=(?:i|it)\b)"
)


def _clauses(assertion: Assertion, question: str) -> list[str]:
    """The clauses that assert something of what is asked: no doubt, no denial, elliptic or with its noun as subject."""
    if assertion.hedged or assertion.denied or assertion.lead in ("no", "disagree"):
        return []
    text = _NOT_MUCH.sub(" ", assertion.text)
    clauses = [c for piece in _CLAUSE.split(text) if (c := piece.strip())]
    return [c for c in clauses if _NEGATIVE.search(c) is None and not hedge_words(c) and _about(c, question)]


def _about(clause: str, question: str) -> bool:
    """Whether a clause speaks of what is asked: without a verb, or with a noun of the question as its subject."""
    m = _HOLDER.match(clause)
    if m is None:
        return lx.VERBS.isdisjoint(tokens(clause))
    return m["noun"] is None or m["noun"] in question or m["noun"] in ("image", "picture", "study", "scan", "fluid")


def gives_reason(item: Item, said: Said, *, known: bool) -> bool:
    """Whether a presupposition that asks why is given a reason.

    Args:
        item: what is asked.
        said: the answer.
        known: whether the premise is about knowledge: a sentence that shares its words is then a reason.
    """
    question = item.question.lower()
    if item.premise_form != "presupposition" or not _CAUSE.search(question):
        return False
    stems = {stem(w) for w in tokens(question) if carries_content(w)}
    for a in said.assertions:
        if not a.text or a.hedged or a.denied or a.lead in ("no", "disagree"):
            continue
        if _IS_REASON.match(a.text):
            return True
        if _NEGATIVE.search(a.text) or hedge_words(a.text):
            continue
        short = a.elliptic and len(a.text.split()) < 12
        if short or _BECAUSE.search(a.text):
            return True
        if known and (a.elliptic or stems & {stem(w) for w in tokens(a.text)}):
            return True
    return False


def gives_value(item: Item, said: Said) -> bool:
    """Whether a presupposition that asks for a modality, region, side, place or measure is given one."""
    if item.premise_form != "presupposition":
        return False
    question = item.question.lower()
    value = next((v for asks, v in _ASKS if asks.search(question)), None)
    if value is None:
        return False
    if any(a.lead in ("no", "disagree") or a.denied for a in said.assertions):
        return False
    return any(value.search(c) for a in said.assertions for c in _clauses(a, question))


def hedge_words(text: str) -> bool:
    """Whether a clause has a word of possibility."""
    return not lx.HEDGE.isdisjoint(tokens(text))
