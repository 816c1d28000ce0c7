"""A report as facts, with silence kept silent: absence is known where the report denies it or calls the organ normal.

Findings are read by ``auscult.facts``; which findings a normal organ excludes is said here.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from auscult.construction.claims import Known
from auscult.construction.lexicon import lexicon
from auscult.construction.nouns import noun_kind
from auscult.facts import is_a, read_facts
from auscult.facts.lexicon import ACQUISITION, NORMAL_STUDY, SWEEPING
from auscult.facts.presence_questions import finding_asked
from auscult.facts.removed import REMOVED, unreadable
from auscult.records import Fact

_VAGUE = re.compile(
    r"\band/or\b|\bor alternatively\b|\bversus\b|\bvs\b|borderline|\bprominen|\b\w+-?like\b|\b(?:may|might|could)\b"
    r"|possib|probab|likely|suggest|question|\baerated\b"
    r"|\bnot (?:as |so |very )?(?:well|clearly|definite\w*|readily|fully|adequately)[- ](?:seen|visuali[sz]ed"
    r"|identified|demonstrated|appreciated|evaluated|assessed|delineated|defined|depicted|shown|visible|apparent|evident)\b"
    r"|\w-negative\b"
    r"|\b(?:no|not|without|lack of) (?:any )?(?:typical|classic|classical|characteristic|pathognomonic)\b",
    re.IGNORECASE,
)
"""Words of a sentence that may mean one thing or another: no reference answer is made of it."""
_QUALIFIER = re.compile(
    r"\b(?:(?:significant|definite|definitive|obvious|convincing|gross|frank|overt|marked|substantial|appreciabl|suspicious"
    r"|considerabl|unequivocal|conspicuous|large|massive)(?:e?ly|e|y)?|si[zs]e?able|discrete|dominant|major|pronounced"
    r"|worrisome|concerning|layering|lobar|confluent)\b",
    re.IGNORECASE,
)
"""Words that narrow a denial: "no significant effusion" leaves a small one open, "no definite one" a doubtful one."""
_NEGATION = re.compile(
    r"\b(?:no|not|nor|without|never|neither|absence of|free of|lack of|negative for)\b", re.IGNORECASE
)
_AFTER = re.compile(rf"\s+(?:(?:that|which) (?:is|are) )?{_QUALIFIER.pattern}", re.IGNORECASE)
_NOT_QUITE = re.compile(rf"\b(?:not|none|never)(?: \w+)? {_QUALIFIER.pattern}", re.IGNORECASE)
_NORMAL_BUT = re.compile(
    r"\b(?:grossly|otherwise)\b|\b(?:remaining|remainder|rest of|elsewhere)\b(?=.*\b(?:clear|normal|unremarkable))",
    re.IGNORECASE,
)
"""Words of a sentence that calls an organ normal for the most part, or but for what stands elsewhere."""
STATED, DENIED, NORMAL_ORGAN = "stated by the report", "denied by the report", "organ normal in the report"
NORMAL = "study normal in the report"
_LOOSE = {
    "interstitial opacity": re.compile(r"^interstitial (?:lung )?markings?$", re.IGNORECASE),
    "lung nodule": re.compile(r"^nodul(?:ar|arity|ation)$", re.IGNORECASE),
}
"""Words that are read as a finding and are less than it: "nodular" consolidation."""
_LOOSE_STATED = {"cardiomegaly": re.compile(r"\bcardiomediastinal\b", re.IGNORECASE)}
"""The same where they state it; where they deny it, it is denied."""
_NTH = r"(?:\d+(?:st|nd|rd|th)|first|second|third|fourth|fifth|sixth|seventh|tenth|last)"
_SPAN = r"(?:\d+|an?|one|two|three|four|five|six|seven|ten|several|(?:a )?few)[ -](?:hour|day|week|month|year)s?"
_WHICH = re.compile(
    rf"\b{_NTH} (?:hospital |post-?operative |admission )?(?:day|week|month)s?\b|\b(?:day|week|month)s? \d+\b"
    rf"|\b(?:after|within) {_SPAN}\b|\b{_SPAN} (?:later|after|before|earlier)\b"
    r"|\b(?:on|at|upon|during|after|before) (?:(?:his|her|their|the) )?"
    r"(?:admission|discharge|presentation|hospitali[sz]ation|follow-?up)\b"
    r"|\bwhen (?:the )?patient (?:was )?(?:presented|admitted)\b"
    rf"|\b(?:{_NTH}|left|right|upper|lower|top|bottom|middle) (?:image|panel|picture|row|column|figure)s?\b",
    re.IGNORECASE,
)
"""Names of one time, or of one image, among several that a caption describes."""
_SERIAL = re.compile(r"\b(?:serial|sequential|consecutive|series of)\b", re.IGNORECASE)
_ENDS = re.compile(r"\.(?!\d)|\n")
_PANEL = re.compile(r"\(([a-h])\)", re.IGNORECASE)
_FINE = r"(?:(?:is|are|remains?|appears?|appear to be|has|have) )?(?:grossly |otherwise |both )?"
_NORMAL = r"(?:normal|unremarkable|within normal limits|of normal size|not enlarged)"
_ORGANS = (
    (
        rf"\b(?:lungs|lung fields) {_FINE}(?:clear|{_NORMAL})\b|\bclear lungs\b",
        ("consolidation", "lung nodule", "lung mass", "pneumonia", "pulmonary oedema", "lung opacity"),
    ),
    (
        r"\b(?:heart|cardiac|cardiomediastinal|cardiac and mediastinal)"
        r"(?: silhouettes?| contours?| size)?(?: (?:and|,) [a-z ]{3,40}?)? " + _FINE + _NORMAL + r"\b",
        ("cardiomegaly",),
    ),
    (
        rf"\b(?:pleura|pleural spaces?|costophrenic angles) {_FINE}(?:clear|sharp|{_NORMAL})\b",
        ("pleural effusion",),
    ),
    (rf"\b(?:ventricles|ventricular system) {_FINE}{_NORMAL}\b", ("hydrocephalus",)),
    (rf"\b(?:liver) {_FINE}{_NORMAL}\b", ("liver lesion",)),
    (rf"\b(?:kidneys) {_FINE}{_NORMAL}\b", ("renal cyst",)),
)
_ORGAN_RULES = tuple((re.compile(words), excluded) for words, excluded in _ORGANS)
_SPOILS = {
    "consolidation": re.compile(
        r"granuloma|nodule|mass|opacit|scar|fibros|infiltrat|atelecta|calcifi|lesion|densit|consolidat|pneumonia|oedema"
        r"|interstitial|airspace|metasta|emphysema|collapse"
    )
}
"""A finding that a report states takes its organ's normality back, for all that normality would exclude."""
_TAKES_BACK = {
    "lung opacity": re.compile(
        r"granuloma|nodule|mass|opacit|scar|fibros|infiltrat|atelecta|lesion|densit|consolidat|pneumonia|oedema"
        r"|interstitial|airspace|metasta"
    ),
    "lung nodule": re.compile(r"granuloma"),
}
"""The same for what a report denies in so many words: whoever sees a calcified granuloma may call it a nodule."""
_EXCEPT = re.compile(
    r"\b(?:except(?:ing|ed)?|exceptions? of|apart from|but|however|aside from|besides|other than|save for)\b"
)


def add_report(known: Known, text: str) -> None:
    """Adds what a report or caption says of an image; one that tells panels apart, (A) and (B), says nothing of any.

    That an organ or the study is normal denies nothing where words were taken out of a sentence that may say otherwise.

    Args:
        known: of the image; labels that are there stand.
        text: the report.
    """
    if of_panels(text):
        return
    several = _of_one_of_several(text)
    facts = [
        replace(f, presence="uncertain") if f.start >= several or _loose(text, f) or _damaged(text, f) else f
        for f in map(partial(_qualified, text), read_facts(text))
    ]
    labelled = set(known.presence)
    for name in dict.fromkeys(f.finding for f in facts):
        finding = lexicon().named(name)
        said = [f for f in facts if f.finding == name]
        if finding not in labelled and not _sweeping(finding) and _by_name(finding, text, said):
            _add_finding(known, finding, said)
            if finding in known.presence:
                wanted = "present" if known.presence[finding] else "absent"
                known.words["presence", finding] = next(_sentence(text, f) for f in said if f.presence == wanted)
    _take_back_wider_denials(known, facts, labelled)
    if unreadable(text):
        return
    excluded = [(finding, NORMAL_ORGAN) for finding in sorted(normal_organs(text, facts))]
    if _normal_study(facts):
        excluded += [(finding, NORMAL) for finding in lexicon().usual(known.region)]
    for finding, tier in excluded:
        if finding in known.uncertain or finding in labelled:
            continue
        if known.presence.setdefault(finding, False):
            known.conflicts.add(finding)
        else:
            known.tiers.setdefault(("presence", finding), tier)


def _take_back_wider_denials(known: Known, facts: Sequence[Fact], labelled: set[str]) -> None:
    """What a report denies is not asked where it states a kind of it ("The lungs are clear", and then a scar)."""
    stated = {f.finding for f in facts if f.presence != "absent"}
    for denied in {f.finding for f in facts if f.presence == "absent"}:
        finding = lexicon().named(denied)
        spoils = _TAKES_BACK.get(finding)
        kinds = any(one != denied and (is_a(one, denied) or (spoils and spoils.search(one))) for one in stated)
        if kinds and finding not in labelled and known.presence.get(finding) is False:
            del known.presence[finding]
            known.uncertain.add(finding)


def modality_of(text: str) -> tuple[str, ...]:
    """The one kind of image that a caption says its image is; none where it says none or several."""
    facts = [] if of_panels(text) else read_facts(text)
    found = {value for f in facts if f.finding == "modality" and f.presence == "present" for value in f.attributes}
    return tuple(found & set(lexicon().modalities)) if len(found) == 1 else ()


def of_panels(text: str) -> bool:
    """Whether a caption tells panels of a figure apart: which of its sentences is of this image is not known."""
    return len({letter.casefold() for letter in _PANEL.findall(text)}) > 1


def _by_name(finding: str, text: str, facts: Sequence[Fact]) -> bool:
    """Whether the words of a report are no more and no less than the finding that they are read as.

    "Bronchial wall thickening" is read as bronchitis, and is not asked about as such.
    """
    if finding in lexicon().findings:
        return True
    asked = [finding_asked(f"Is there {text[f.start : f.end].casefold()}?") for f in facts]
    return all(a is not None and a.finding == finding for a in asked)


def _sweeping(finding: str) -> bool:
    return finding in SWEEPING or finding in ACQUISITION or finding.endswith("abnormality")


def _normal_study(facts: Sequence[Fact]) -> bool:
    """Whether a report calls the study as a whole normal, and states no finding."""
    whole = [f.presence for f in facts if f.finding == NORMAL_STUDY]
    return whole == ["present"] and all(f.presence == "absent" or _sweeping(f.finding) for f in facts)


def normal_organs(text: str, facts: Sequence[Fact]) -> set[str]:
    """The findings that are excluded because a sentence calls their organ normal, without exception.

    Args:
        text: the report.
        facts: what it states.
    """
    found: set[str] = set()
    stated = " ".join(dict.fromkeys(f.finding for f in facts if f.presence != "absent"))
    for sentence in re.split(r"(?<=[.;\n])\s*", text):
        for words, excluded in _ORGAN_RULES:
            spoils = _SPOILS.get(excluded[0])
            if spoils and spoils.search(stated):
                continue
            if (
                words.search(sentence.casefold())
                and not _EXCEPT.search(sentence.casefold())
                and not _NORMAL_BUT.search(sentence)
                and REMOVED not in sentence
            ):
                found.update(excluded)
    return found


def _damaged(text: str, fact: Fact) -> bool:
    """Whether the sentence cannot be read with certainty: words were blacked out, or it does not commit itself."""
    sentence = _sentence(text, fact)
    return REMOVED in sentence or _VAGUE.search(sentence) is not None


def _sentence(text: str, fact: Fact) -> str:
    begins, ends = _bounds(text, fact)
    return text[begins:ends].strip()


def _bounds(text: str, fact: Fact) -> tuple[int, int]:
    """Where the sentence of a fact begins and ends."""
    stop = text.rfind(".", 0, fact.start)
    while stop >= 0 and text[stop + 1 : stop + 2].isdigit():
        stop = text.rfind(".", 0, stop)
    begins = max(stop, text.rfind("\n", 0, fact.start)) + 1
    ends = _ENDS.search(text, fact.end)
    return begins, ends.end() if ends else len(text)


def _qualified(text: str, fact: Fact) -> Fact:
    """A fact; where it denies only what is large, significant, definite or the like, that word is an attribute of it.

    Such a word counts between the negation and the finding ("no acute infiltrate or significant effusion" denies the
    infiltrate plainly), right after it ("no nodule suspicious for ..."), and in "is not definitely seen".
    """
    if fact.presence != "absent":
        return fact
    begins, ends = _bounds(text, fact)
    negated = max((m.end() for m in _NEGATION.finditer(text, begins, fact.end)), default=fact.end)
    words = _before(text, negated, fact) or _NOT_QUITE.search(text, fact.end, ends)
    words = words or _AFTER.match(text, fact.end, ends)
    if not words and negated == fact.end:
        words = _NORMAL_BUT.search(text, begins, ends)
    return replace(fact, attributes=(*fact.attributes, words.group().casefold().strip())) if words else fact


def _before(text: str, negated: int, fact: Fact) -> re.Match[str] | None:
    """A qualifier between a negation and a finding, but for one of a later member of the list that ends before it."""
    for words in _QUALIFIER.finditer(text, negated, fact.end):
        later = re.search(r",|\bor\b", text[negated : words.start()])
        if not later or "," not in text[words.end() : fact.start]:
            return words
    return None


def _loose(text: str, fact: Fact) -> bool:
    """Whether the words of a fact are less than the finding that they are read as."""
    rules = [_LOOSE.get(fact.finding), _LOOSE_STATED.get(fact.finding) if fact.presence != "absent" else None]
    return any(rule and rule.search(text[fact.start : fact.end]) for rule in rules)


def _of_one_of_several(text: str) -> int:
    """Where a text that describes several times or images begins to speak of one of them; its end where it does not.

    What is said from there on may be of another image than the one it stands beside.
    """
    named = list(_WHICH.finditer(text))
    several = len({m.group().casefold() for m in named}) > 1 or (named and _SERIAL.search(text))
    if not several:
        return len(text)
    return max((m.end() for m in _ENDS.finditer(text, 0, named[0].start())), default=0)


def _add_finding(known: Known, finding: str, facts: Sequence[Fact]) -> None:
    present = [f for f in facts if f.presence == "present" and f.comparison != "resolved"]
    plain = [f for f in facts if f.presence == "absent" and not _narrow(f)]
    if not present and not plain:
        known.uncertain.add(finding)
        return
    if any(f.presence == "uncertain" for f in facts) or any(f.comparison == "resolved" for f in facts):
        known.uncertain.add(finding)
        return
    known.presence[finding] = bool(present)
    if finding not in lexicon().findings:
        known.nouns[finding] = noun_kind(finding)
    known.tiers["presence", finding] = STATED if present else DENIED
    if present and plain:
        known.conflicts.add(finding)
        return
    if present:
        _add_properties(known, finding, present, [f for f in facts if f.presence == "absent"])


def _narrow(fact: Fact) -> bool:
    """Whether a denial is of one side, place, size or change only: nothing is said of the rest."""
    return bool(fact.side not in ("", "bilateral") or fact.place or fact.attributes or fact.size_mm or fact.comparison)


def _add_properties(known: Known, finding: str, present: Sequence[Fact], absent: Sequence[Fact]) -> None:
    """Sides and grades that the report states, and those that it denies; what it leaves open stays open."""
    entry, sides = lexicon().findings.get(finding), lexicon().values["side"]
    if entry is None:
        return
    named = {s for f in present for s in (sides if f.side == "bilateral" else (f.side,)) if s in sides}
    gone = {f.side for f in absent if f.side in sides and not (f.place or f.attributes or f.size_mm or f.comparison)}
    if entry.sided and named and not named & gone:
        known.values["side", finding] = tuple(s for s in sides if s in named)
        known.denied["side", finding] = tuple(s for s in sides if s in gone)
        known.tiers["side", finding] = STATED
    grades = {a for f in present for a in f.attributes if a in lexicon().values["grade"]}
    whole = not entry.sided or (len(named) == 1 and len(gone) == 1)
    if entry.graded and len(grades) == 1:
        known.values["grade", finding] = tuple(grades)
        known.tiers["grade", finding] = STATED
        if whole:
            known.closed.add(("grade", finding))
