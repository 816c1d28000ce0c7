"""Premises about the image itself: its modality, view, weighting, contrast and the region that it shows.

Such a premise has no finding. Its words are few and each excludes others: an answer is read by which of them it affirms
and which it denies, clause by clause, whatever the sentence around them looks like.
"""

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from auscult import facts as clinical
from auscult.scoring import _lexicon as lx
from auscult.scoring._polarity import tokens
from auscult.scoring._premise_facts import ACQUISITION, Content
from auscult.scoring._premise_text import Said, ellipsis, without_lead

_VALUES: dict[str, dict[str, str]] = {
    "modality": {
        "X-ray": r"x[- ]?rays?|radiograph\w*|radiogram\w*|roentgen\w*|plain films?|(?:chest |frontal )film|cxr",
        "CT": r"ct|cts|cat scans?|(?:computed |computeri[sz]ed |computer )(?:axial )?tomogra\w+|tomogram\w*",
        "MRI": r"mri|mris|mr|magnetic[- ]resonance(?: imag\w+| tomogra\w+)?|magnetic imag\w+",
        "ultrasound": r"ultraso\w+|sonogra\w+|echogra\w+|echocardiogra\w+",
        "mammography": r"mammogra\w+",
        "microscopy": r"microscop\w+|micrographs?|histolog\w+|histopatholog\w+",
        "dermoscopy": r"dermoscop\w+|dermatoscop\w+",
        "fundus photography": r"fundus\w*(?: photograph\w*)?",
        "nuclear imaging": r"pet|spect|scintigra\w+|positron emission",
        "photograph": r"photographs?|photos?",
    },
    "projection": {
        "posteroanterior": r"postero[- ]?anterior\w*|pa|posterior[- ](?:to[- ])?anterior|(?:from )?back to front",
        "anteroposterior": r"antero[- ]?posterior\w*|ap|anterior[- ](?:to[- ])?posterior|(?:from )?front to back",
        "lateral": r"lateral(?:ly)?|from the side|side[- ]?view|profile",
        "frontal": r"frontal(?:ly)?",
    },
    "weighting": {
        "T1": r"t1(?:w|wi)?",
        "T2": r"t2(?:w|wi)?|flair",
        "diffusion": r"diffusion|dwi|adc",
        "proton density": r"proton[- ]density",
    },
    "contrast": {
        "with": r"contrast(?:ed)?(?:[- ](?:enhanc\w+|agents?|medi(?:um|a)|material|dye|study|scan))?|post[-"
        r" ]?contrast"
        r"|enhanced|gadolinium|enhancement|dye",
        "without": r"non[- ]?(?:contrast|enhanced)(?:ed)?(?:[- ](?:enhanced|study|scan))?|unenhanced"
        r"|pre[- ]?contrast|native|plain (?:ct|scan|study|mri?)",
    },
    "plane": {"axial": r"axial|transverse|transaxial", "coronal": r"coronal", "sagittal": r"sagittal|saggital"},
    "region": {
        "brain": r"brains?|heads?|skull|crani\w+|intracranial|cerebr\w+|neurocranium|neuro\w*",
        "chest": r"chest|thora\w+|upper torso",
        "abdomen": r"abdom\w+|belly|tummy|stomach region|upper trunk",
        "pelvis": r"pelvi\w+", "spine": r"spin(?:e|al)|vertebral column", "neck": r"neck|cervical",
        "breast": r"breasts?", "eye": r"eyes?|retina\w*", "skin": r"skin", "blood": r"blood (?:film|smear)",
        "limb": r"knees?|hips?|hands?|f(?:oo|ee)t|legs?|arms?|wrists?|ankles?|shoulders?|elbows?|extremit\w+|limbs?",
    },
}  # fmt: skip
_ORGANS = {
    "brain": r"ventricles?|cerebell\w+|hemispheres?|cortex|grey matter|gray matter",
    "chest": r"lungs?|heart|ribs?|ribcage|diaphragm|cardiac|pulmonary|mediastin\w+",
    "abdomen": r"livers?|kidneys?|spleen|bowel|pancreas|gallbladder|hepatic|renal",
}
_SHOWN = re.compile(
    r"\b(?:shows?|showing|depicts?|displays?|see|sees|seen|visible|views?|images?|imaged|imaging|pictures?|contains?"
    r"|looking at|scans?|scanned|of|study|section|slice|cut|through)\b"
)
_OF_LESION = re.compile(r"\b(?:tumou?r|lesion|mass|nodule|cyst|rim|ring|homogeneous\w*|margins?)\b")
_IMPLIES = {
    ("projection", "posteroanterior"): ("modality", "X-ray"),
    ("projection", "anteroposterior"): ("modality", "X-ray"),
    ("projection", "frontal"): ("modality", "X-ray"),
    ("weighting", "T1"): ("modality", "MRI"),
    ("weighting", "T2"): ("modality", "MRI"),
    ("weighting", "diffusion"): ("modality", "MRI"),
}
_CUT = re.compile(
    r"[,;:.]|\b(?:but|although|though|while|whereas|however|because|since|as (?=(?:the|it|there)\b)"
    r"|so(?= (?:it|this|the|we|that|must)\b)|which|and(?= (?:not|it|this|that|there|the|no|i|shows?|depicts?)\b))\b"
)
_ONLY_THIS = re.compile(r"\b(?:rather than|instead of|as opposed to|unlike|and not|not|in contrast to|than)\b")
_BEFORE = re.compile(
    r"\b(?:not|no|never|none|nothing|neither|nor|cannot|without|hardly|scarcely|lacks?|lacking|wrong(?:ly)?"
    r"|incorrect(?:ly)?|mistaken(?:ly)?|false(?:ly)?|anything but|far from|absence|rather than|instead of|unlike"
    r"|as opposed to|fails?|free of|devoid|doubt|doubtful|deny|dispute|disagree|refuse|nobody|misnomer|excludes?"
    r"|rules? out|in contrast to|impossible|other than|different from|against)\b"
)
_AFTER = re.compile(
    r"\b(?:(?:is|are|was|were|has|have|been|looks?|seems?|appears?|can|could|would) (?:\w+ ){0,2}?not\b|not?\b\W*$"
    r"|cannot be|not (?:what|how|the|used|given|present|seen|shown|visible|possible|likely|correct|right|so)\b"
    r"|(?:is|are|was|seems?|would be|looks?) (?:\w+ ){0,2}?(?:wrong|absent|missing|incorrect|false|excluded|ruled out"
    r"|out of the question|a mistake|mistaken|impossible|untrue|an error|unlikely)|does not\b|did not\b)"
)
_NOT_A_DENIAL = re.compile(
    r"\b(?:no|without(?: an?| any)?|little) (?:doubt|question)\b|\bno (?:other|different)\b|\bnothing (?:but|else)\b"
    r"|\bnot only\b|\bnone other\b|\bno longer\b|\bnot just\b|\bwithout (?:hesitation|fail)\b"
)
_WOULD = re.compile(r"^(?!i |we |this |it |that )[\w -]+ would (?:be|have|show|appear|look)\b")
_TRAILING_NO = re.compile(r"^([\w -]{1,40})[,:] (?:no|not)$")
_HEDGES = frozenset({*lx.HEDGE, "either", "probable"}) - {"concern", "concerning"}
_ALTERNATIVE = re.compile(r"^[\s\w-]{0,14}\bor\b[\s\w-]{0,14}$")


@dataclass(frozen=True, slots=True)
class About:
    """A premise about the image, and the truth, as values of kinds.

    Attributes:
        premise: kind → value that is taken for granted.
        truth: kind → value that is so; where nothing is known but that the premise is false, it is empty.
    """

    premise: dict[str, str]
    truth: dict[str, str]

    @property
    def false(self) -> set[str]:
        """Kinds in which the premise differs from the truth; all of them where the truth does not tell."""
        differ = {k for k, v in self.premise.items() if k in self.truth and self.truth[k] != v}
        return differ or set(self.premise)


@dataclass(frozen=True, slots=True)
class _Mention:
    kind: str
    value: str
    start: int
    end: int


_MENTIONS = tuple(
    (kind, value, re.compile(rf"(?<![\w-])(?:{pattern})(?![\w])(?!-(?:ray|thoracic|abdominal)\b)"))
    for kind, values in _VALUES.items()
    for value, pattern in values.items()
)
_ORGAN_WORDS = tuple((value, re.compile(rf"\b(?:{pattern})\b")) for value, pattern in _ORGANS.items())


def _mentions(clause: str) -> list[_Mention]:
    found = [
        _Mention(kind, value, m.start(), m.end())
        for kind, value, pattern in _MENTIONS
        for m in pattern.finditer(clause)
        if kind != "contrast" or _OF_LESION.search(clause) is None
    ]
    if _SHOWN.search(clause) and not any(m.kind == "region" for m in found):
        found += [
            _Mention("region", value, m.start(), m.end())
            for value, pattern in _ORGAN_WORDS
            for m in pattern.finditer(clause)
        ]
    longest = [m for m in set(found) if not any(_inside(m, o) for o in found)]
    return sorted(longest, key=lambda m: m.start)


def _inside(one: _Mention, other: _Mention) -> bool:
    return one.kind == other.kind and other.start <= one.start and one.end <= other.end and other != one


@lru_cache(maxsize=4096)
def about(premise: str, truth: str) -> About | None:
    """What a premise says of the image; None where it speaks of a finding, or of no value that is known."""
    if any(f.finding not in ACQUISITION for f in clinical.read_facts(premise)):
        return None
    said, (true, denied) = _values(premise)[0], _values(without_lead(truth))
    return About(said, true) if said and (true or denied) else None


def _values(text: str) -> tuple[dict[str, str], dict[str, str]]:
    """The values that a statement affirms, and those that it denies."""
    found: tuple[dict[str, str], dict[str, str]] = {}, {}
    for clause in _clauses(text.lower()):
        for mention, turned in _read_clause(clause):
            found[turned].setdefault(mention.kind, mention.value)
    return found


def _clauses(text: str) -> list[str]:
    text = _TRAILING_NO.sub(r"not \1", text.strip(" .,;:!"))
    return [c.strip() for c in _CUT.split(text) if c and c.strip()]


def _read_clause(clause: str) -> list[tuple[_Mention, bool]]:
    """The values that a clause names, each with whether it is denied there."""
    mentions = _mentions(clause)
    found: list[tuple[_Mention, bool]] = []
    plain = _NOT_A_DENIAL.sub(lambda m: " " * len(m[0]), clause)
    for n, mention in enumerate(mentions):
        before = plain[: mention.start]
        if n:
            gap = plain[mentions[n - 1].end : mention.start]
            if _ONLY_THIS.search(gap):
                found.append((mention, len(_BEFORE.findall(gap)) % 2 == 1 or " than " in f" {gap} "))
                continue
        turns = _count(before)
        last = n + 1 == len(mentions)
        after = plain[mention.end : len(plain) if last else mentions[n + 1].start]
        turned = (turns % 2 == 1) != (_AFTER.search(after) is not None)
        found.append((mention, turned))
    return [_positive(m, t) for m, t in found]


def _positive(mention: _Mention, turned: bool) -> tuple[_Mention, bool]:
    """A denied contrast is a scan without it, and the reverse."""
    if mention.kind != "contrast" or not turned:
        return mention, turned
    return replace(mention, value="without" if mention.value == "with" else "with"), False


def _count(before: str) -> int:
    """Negations before a value; those after "rather than" belong to what stands there."""
    parts = re.split(r"\b(?:rather than|instead of|as opposed to)\b", before)
    return len(_BEFORE.findall(parts[0] if len(parts) > 1 and _mentions(parts[1]) else before))


def read(said: Said, about_: About, *, modal: bool) -> Content:
    """What an answer says of a premise about the image.

    Args:
        said: the answer.
        about_: the premise.
        modal: whether a possibility is asked, which a hedge then answers.
    """
    accepts, denies, truth, hedges, foreign = False, False, False, False, False
    for assertion in said.assertions:
        empty = "" if _mentions(assertion.text) else ellipsis(assertion.text)
        if not assertion.hedged and (empty == "neg" or (empty == "pos" and assertion.elliptic)):
            accepts, denies = accepts or empty == "pos", denies or empty == "neg"
            continue
        clauses = _clauses(assertion.text)
        doubted = False
        for clause in clauses:
            if _WOULD.search(clause):
                continue
            mentions = [(m, t != assertion.denied) for m, t in _read_clause(clause)]
            doubted = (assertion.hedged or not _HEDGES.isdisjoint(tokens(clause)) or _alternative(clause)) and not modal
            for mention, turned in mentions:
                for kind, value in _known(mention, turned):
                    wanted = about_.premise.get(kind)
                    if wanted is None or (value == "frontal" and wanted != "lateral"):
                        continue  # a frontal view may be either
                    if doubted:
                        hedges = hedges or kind in about_.false
                        continue
                    same = value == wanted
                    accepts = accepts or (same and not turned and kind in about_.false)
                    denies = denies or same == turned
                    truth = truth or (not turned and about_.truth.get(kind) == value and value != wanted)
            foreign = foreign or not (mentions or empty)
    if denies and not about_.false & set(about_.truth) and not truth:
        truth = any(_named(a.text) for a in said.assertions)  # nothing but "it is not" is known to be true
    return Content(accepts=accepts, denies=denies, hedges=hedges, truth=truth and denies, foreign=foreign)


def _named(text: str) -> bool:
    return bool(_mentions(text))


def _alternative(clause: str) -> bool:
    mentions = _mentions(clause)
    return any(
        one.kind == two.kind and one.value != two.value and _ALTERNATIVE.match(clause[one.end : two.start])
        for one, two in zip(mentions, mentions[1:], strict=False)
    )


def _known(mention: _Mention, turned: bool) -> list[tuple[str, str]]:
    """A value and what follows from it; one of two leaves the other where it is denied."""
    found = [(mention.kind, mention.value)]
    if not turned and (more := _IMPLIES.get(found[0])):
        found.append(more)
    return found
